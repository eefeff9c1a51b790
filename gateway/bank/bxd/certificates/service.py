"""CertificateService and OPCertificateService: one operation, getCertificate, for a first certificate and for the next.

A first request is proved by a secret the bank sent on paper or by SMS: Nordea takes HMAC-SHA1 of the PKCS#10 request
keyed with it, the OP family the secret itself. A renewal is proved by the old key's signature over the request.
"""

from __future__ import annotations

import base64

from cryptography import x509
from lxml import etree

from gateway.bank.bxd.certificates.application import (
    COMMAND,
    CertApplicationRequest,
    certificates_in,
    check_code,
    keyed_hash,
    only_text,
)
from gateway.bank.bxd.certificates.counter import Counter, activation_code
from gateway.bank.bxd.certificates.issued import Issued, Wanted
from gateway.bank.bxd.response import as_bank_error
from gateway.core.errors import Corrupt, Refused
from gateway.core.ids import new_id
from gateway.signing import signature
from gateway.signing.keys import Signer
from gateway.signing.parsing import parse
from gateway.signing.wsse import SOAP, verify_envelope
from gateway.signing.xmldsig import verify_enveloped

_SOFTWARE = "Kvit"
_OPERATION = "getCertificate"


class CertificateService:
    """The certificate service of a bank of the Nordea or the OP family; see `issued.Authority`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def enrol(self, wanted: Wanted, code: str) -> Issued:
        """See `Authority`."""
        code = activation_code(code)
        request = self._request(wanted, self._counter.profile.service, command=COMMAND, code=code)
        return self._get(wanted, request.to_xml())

    def renew(self, wanted: Wanted, old: Signer) -> Issued:
        """See `Authority`."""
        request = self._request(wanted, self._counter.profile.renewal_service)
        return self._get(wanted, request.signed(old, self._counter.customer.algorithm))

    def close(self) -> None:
        self._counter.transport.close()

    def _request(self, wanted: Wanted, service: str, *, command: str = "", code: str = "") -> CertApplicationRequest:
        profile, customer = self._counter.profile, self._counter.customer
        keyed = profile.kind == "hmac"
        return CertApplicationRequest(
            namespace=profile.data_namespace,
            customer_id=customer.customer_id,
            timestamp=self._counter.now(),
            environment=customer.environment,
            software_id=_SOFTWARE,
            service=service,
            content=wanted.signing,
            command=command,
            compression="" if keyed else "false",
            transfer_key=code if not keyed else "",
            hmac=keyed_hash(code, wanted.signing) if keyed and code else b"",
        )

    def _get(self, wanted: Wanted, payload: bytes) -> Issued:
        request_id = new_id()
        envelope = get_certificate(
            self._counter.profile.service_namespace,
            self._counter.customer.customer_id,
            request_id,
            f"{self._counter.now():%Y-%m-%dT%H:%M:%SZ}",
            payload,
        )
        offered = self._read(self._counter.post(envelope, ""), request_id)
        certificate = self._counter.certificate(wanted.signing, offered)
        return Issued(certificate, chain=tuple(c for c in offered if c != certificate))

    def _read(self, raw: bytes, request_id: str) -> list[x509.Certificate]:
        try:
            return self._certificates(raw, request_id)
        except Corrupt as error:
            raise as_bank_error(error) from None

    def _certificates(self, raw: bytes, request_id: str) -> list[x509.Certificate]:
        at, profile, policy = self._counter.now(), self._counter.profile, self._counter.policy
        service = profile.service_namespace
        body = verify_envelope(raw, policy, at).body if profile.signed else _only_body(parse(raw, policy.max_bytes))
        header, carried = _parts(body, service)
        echoed = only_text(header, f"{{{service}}}RequestId")
        if echoed != request_id:
            raise Corrupt("bank.wrong_request_id", expected=request_id, got=echoed[:64])
        code = only_text(header, f"{{{service}}}ResponseCode")
        payload = b"" if carried is None else signature.octets(carried)
        if not payload:
            check_code(code, only_text(header, f"{{{service}}}ResponseText"))
            raise Corrupt("bank.malformed", what="ApplicationResponse")
        root = verify_enveloped(payload, policy, at).root if profile.signed else parse(payload, policy.max_bytes)
        found = certificates_in(root, profile.data_namespace)
        if code:
            check_code(code, only_text(header, f"{{{service}}}ResponseText"))
        return found


def get_certificate(
    namespace: str, customer_id: str, request_id: str, timestamp: str, payload: bytes
) -> etree._Element:
    """The SOAP message around a CertApplicationRequest; WS-Security has no part in it."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap-env": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    asked = etree.SubElement(body, f"{{{namespace}}}{_OPERATION}in", nsmap={"ns0": namespace})
    header = etree.SubElement(asked, f"{{{namespace}}}RequestHeader")
    for name, value in (("SenderId", customer_id), ("RequestId", request_id), ("Timestamp", timestamp)):
        etree.SubElement(header, f"{{{namespace}}}{name}").text = value
    carried = etree.SubElement(asked, f"{{{namespace}}}ApplicationRequest")
    carried.text = base64.b64encode(payload).decode("ascii")
    return envelope


def _only_body(envelope: etree._Element) -> etree._Element:
    """The Body of a message nobody signed: the only one, in its place."""
    found = list(envelope.iter(f"{{{SOAP}}}Body"))
    if envelope.tag != f"{{{SOAP}}}Envelope" or len(found) != 1 or found[0].getparent() is not envelope:
        raise Corrupt("bank.malformed", what="Body")
    return found[0]


def _parts(body: etree._Element, service: str) -> tuple[etree._Element, etree._Element | None]:
    inner = list(body)
    if len(inner) == 1 and inner[0].tag == f"{{{SOAP}}}Fault":
        text = " ".join((node.text or "").strip() for node in inner[0].iter("faultstring"))
        raise Refused("certificates.refused", bank_code="Fault", text=text[:200])
    if len(inner) != 1 or inner[0].tag != f"{{{service}}}{_OPERATION}out":
        raise Corrupt("bank.unknown_content", what=signature.name(inner[0]) if inner else "Body")
    headers = inner[0].findall(f"{{{service}}}ResponseHeader")
    carried = inner[0].findall(f"{{{service}}}ApplicationResponse")
    if len(headers) != 1 or len(carried) > 1:
        raise Corrupt("bank.malformed", what="ResponseHeader")
    return headers[0], carried[0] if carried else None
