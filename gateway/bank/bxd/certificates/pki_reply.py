"""Answers of Danske Bank's PkiService.

There is no WS-Security around them: the bank signs the one element that counts, by its xml:id. Only a new tree of the
octets that signature is over is handed on. What is around it (header, fault) is believed by nobody: it can refuse, and
it must repeat our RequestId, no more.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from gateway.bank.bxd.certificates.application import check_code, only_text
from gateway.bank.bxd.certificates.names import PKI, PKI_ELEMENTS
from gateway.bank.bxd.response import as_bank_error
from gateway.core.errors import Corrupt, Refused
from gateway.signing import canonical, signature
from gateway.signing.parsing import local_name, parse
from gateway.signing.policy import ENVELOPED, EXCLUSIVE_C14N, TrustPolicy
from gateway.signing.signature import DS, wrapped
from gateway.signing.trust import establish, read_certificate
from gateway.signing.wsse import SOAP

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"


def read_reply(raw: bytes, operation: str, request_id: str, policy: TrustPolicy, at: datetime) -> etree._Element:
    """The signed answer to `operation`, verified as of `at`.

    Raises:
        Refused: `certificates.refused`: the bank said no.
        Corrupt: `bank.*`: the answer does not hold.
    """
    try:
        return _read(raw, operation, request_id, policy.as_of(at), at)
    except Corrupt as error:
        raise as_bank_error(error) from None


def _read(raw: bytes, operation: str, request_id: str, policy: TrustPolicy, at: datetime) -> etree._Element:
    root = parse(raw, policy.max_bytes)
    header, answer = _parts(root, operation)
    echoed = only_text(header, f"{{{PKI}}}RequestId")
    if echoed != request_id:
        raise Corrupt("bank.wrong_request_id", expected=request_id, got=echoed[:64])
    if answer.find(f"{{{DS}}}Signature") is None:
        # only a refusal may come unsigned: it gives nobody anything
        check_code(*(only_text(answer, f"{{{PKI_ELEMENTS}}}{name}") for name in ("ReturnCode", "ReturnText")))
    verified = _verified(root, answer, policy, at)
    check_code(*(only_text(verified, f"{{{PKI_ELEMENTS}}}{name}") for name in ("ReturnCode", "ReturnText")))
    inside = only_text(verified, f"{{{PKI_ELEMENTS}}}RequestId")
    if inside not in ("", request_id):  # the recorded answers leave it empty
        raise Corrupt("bank.wrong_request_id", expected=request_id, got=inside[:64])
    return verified


def _parts(root: etree._Element, operation: str) -> tuple[etree._Element, etree._Element]:
    """Header and answer, each once, in their places."""
    bodies = list(root.iter(f"{{{SOAP}}}Body"))
    if root.tag != f"{{{SOAP}}}Envelope" or len(bodies) != 1 or bodies[0].getparent() is not root:
        raise Corrupt("bank.malformed", what="Body")
    inner = list(bodies[0])
    if len(inner) == 1 and inner[0].tag in (f"{{{SOAP}}}Fault", f"{{{PKI}}}PKIFactoryServiceFault"):
        raise _fault(inner[0])
    if len(inner) != 1 or inner[0].tag != f"{{{PKI}}}{operation}Out":
        raise Corrupt("bank.unknown_content", what=signature.name(inner[0]) if inner else "Body")
    parts = signature.children(inner[0])
    if [part.tag for part in parts] != [f"{{{PKI}}}ResponseHeader", f"{{{PKI_ELEMENTS}}}{operation}Response"]:
        raise Corrupt("bank.malformed", what=f"{operation}Response")
    return parts[0], parts[1]


def _fault(node: etree._Element) -> Refused:
    """A refusal nobody signed; its code and words are shown, and nothing else follows from them."""
    texts = {local_name(child): (child.text or "").strip() for child in node.iter("*")}
    told = (texts.get("ReturnText", ""), texts.get("AdditionalReturnText", ""), texts.get("faultstring", ""))
    text = " ".join(part for part in told if part)
    return Refused("certificates.refused", bank_code=texts.get("ReturnCode", "Fault")[:16], text=text[:200])


def _verified(root: etree._Element, answer: etree._Element, policy: TrustPolicy, at: datetime) -> etree._Element:
    """A new tree of what the bank's signature in `answer` is over, which is all of `answer`."""
    signature.check_ids(root)
    node = signature.only_signature(root, answer)
    info = signature.read(node, policy)
    named = answer.get(_XML_ID)
    if len(info.references) != 1 or not named or info.references[0].uri != f"#{named}":
        raise wrapped("the reference is not to the answer")
    if [(t.uri, t.prefixes) for t in info.references[0].transforms] != [(ENVELOPED, ()), (EXCLUSIVE_C14N, ())]:
        raise wrapped("the transforms are not those of this service")
    shown = signature.key_info(node).findall(f"{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    if len(shown) != 1:
        raise wrapped("the signer's certificate is not clear")
    certificate = read_certificate(signature.octets(shown[0]))
    establish(certificate, policy, at)
    signature.check_value(node, certificate, ())
    before, tail = node.getprevious(), node.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        answer.text = (answer.text or "") + tail
    answer.remove(node)
    content = canonical.exclusive_part(answer)
    if not info.references[0].matches(content):
        raise Corrupt("signature.invalid")
    return parse(content, len(content))
