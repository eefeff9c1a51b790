"""XML Encryption: our own round trip, xmlsec1 each way, and everything that must not open."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.signing.signature import DS
from gateway.signing.token import TokenKey
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from gateway.signing.xmlenc import ALGORITHMS, TRANSPORTS, XENC, decrypt_document, encrypt_document, encrypt_element
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, policy
from tests.signing import softhsm
from tests.signing.certificates import self_signed
from tests.signing.tools import run
from tests.standards import need

DOCUMENT = '<a xmlns="urn:x"> <b c="1"/>Оплата &lt;125&gt; </a>'.encode()
E, D = f"{{{XENC}}}", f"{{{DS}}}"
WAYS = [(a, t) for a in ALGORITHMS for t in TRANSPORTS]


def sealed(algorithm: str = "aes256-cbc", transport: str = "rsa-oaep-mgf1p", xml: bytes = DOCUMENT) -> bytes:
    own = pretend.customer_key().certificate
    return encrypt_document(xml, own, algorithm=algorithm, transport=transport, legacy=True)


def opened(xml: bytes, legacy: bool = True) -> bytes:
    return decrypt_document(xml, pretend.customer_key(), legacy=legacy)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(KvitError) as caught:
        call()
    assert "{" not in caught.value.text("ru") + caught.value.text("en") + caught.value.hint("ru")
    return caught.value.code


@pytest.mark.parametrize(("algorithm", "transport"), WAYS)
def test_what_we_encrypt_opens_again(algorithm: str, transport: str) -> None:
    message = sealed(algorithm, transport)
    assert b"urn:x" not in message
    assert opened(message) == DOCUMENT
    assert sealed(algorithm, transport) != message  # a fresh key and a fresh start each time


@pytest.mark.parametrize("size", range(1, 34))
def test_every_length_fills_its_blocks(size: int) -> None:
    document = b"<a>" + b"x" * size + b"</a>"
    assert opened(sealed("aes128-cbc", xml=document)) == document
    assert opened(sealed("tripledes-cbc", xml=document)) == document


def test_a_signature_survives_encryption() -> None:
    signed = sign_enveloped(DOCUMENT, pretend.bank_key())
    verified = verify_enveloped(opened(sealed(xml=signed)), policy(), NOW)
    assert verified.root.tag == "{urn:x}a"


def test_a_declaration_and_comments_stay_outside() -> None:
    document = '<?xml version="1.0" encoding="windows-1251"?><!-- x --><a>Ж<!-- y --></a>'.encode("windows-1251")
    assert opened(sealed(xml=document)).decode() == "<a>Ж</a>"


def test_one_element_of_a_document() -> None:
    root = etree.fromstring(b'<p:out xmlns:p="urn:p" xmlns="urn:d">before<p:in><x/></p:in>after</p:out>')
    made = encrypt_element(root[0], pretend.customer_key().certificate)
    assert root[0] is made and made.tail == "after" and root.text == "before"
    inside = etree.fromstring(opened(etree.tostring(made, with_tail=False)))
    assert [node.tag for node in inside.iter()] == ["{urn:p}in", "{urn:d}x"]
    with pytest.raises(ValueError, match="root"):
        encrypt_element(root, pretend.customer_key().certificate)


@pytest.mark.parametrize(("algorithm", "transport"), [w for w in WAYS if w != ("aes256-cbc", "rsa-oaep-mgf1p")])
def test_old_algorithms_only_behind_the_switch(algorithm: str, transport: str) -> None:
    old = ALGORITHMS[algorithm].legacy or TRANSPORTS[transport].legacy
    message = sealed(algorithm, transport)
    own = pretend.customer_key().certificate
    if not old:
        assert opened(message, legacy=False) == DOCUMENT
        return
    assert refusal(lambda: opened(message, legacy=False)) == "xmlenc.algorithm"
    assert refusal(lambda: encrypt_document(DOCUMENT, own, algorithm=algorithm, transport=transport)) == "xmlenc.legacy"


def test_a_key_on_a_token_opens_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with softhsm.tokens(tmp_path / "hsm", monkeypatch) as hsm:
        hsm.add("one")
        hsm.put("one", pretend.customer_key())
        key = TokenKey(hsm.place("one"), lambda: softhsm.PIN)
        for algorithm, transport in WAYS:
            assert decrypt_document(sealed(algorithm, transport), key, legacy=True) == DOCUMENT
        altered = changed(sealed(), lambda root: flip(root, f"{E}EncryptedKey//{E}CipherValue"))
        assert refusal(lambda: decrypt_document(altered, key)) == "xmlenc.undecryptable"


def test_a_receiver_needs_an_rsa_key() -> None:
    certificate = self_signed(ec.generate_private_key(ec.SECP256R1()))
    assert refusal(lambda: encrypt_document(DOCUMENT, certificate)) == "signing.key_kind"


# xmlsec1


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    own = pretend.customer_key()
    pem = own.private_key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "cert.pem").write_bytes(own.certificate.public_bytes(Encoding.PEM))
    yield tmp_path


@pytest.mark.parametrize(("algorithm", "transport"), WAYS)
def test_xmlsec1_opens_ours(files: Path, algorithm: str, transport: str) -> None:
    (files / "ours.xml").write_bytes(sealed(algorithm, transport))
    done = run("xmlsec1", "--decrypt", "--privkey-pem", files / "key.pem", files / "ours.xml")
    assert done.returncode == 0, done.stderr
    assert etree.tostring(etree.fromstring(done.stdout), method="c14n") == canonical(DOCUMENT)


TEMPLATE = """<xenc:EncryptedData xmlns:xenc="{xenc}" Type="{xenc}Element">
 <xenc:EncryptionMethod Algorithm="{xenc}{algorithm}"/>
 <ds:KeyInfo xmlns:ds="{ds}"><xenc:EncryptedKey Recipient="us">
   <xenc:EncryptionMethod Algorithm="{xenc}{transport}"/>
   <ds:KeyInfo><ds:KeyName/></ds:KeyInfo>
   <xenc:CipherData><xenc:CipherValue/></xenc:CipherData>
 </xenc:EncryptedKey></ds:KeyInfo>
 <xenc:CipherData><xenc:CipherValue/></xenc:CipherData>
</xenc:EncryptedData>"""
SESSION_KEYS = {"aes256-cbc": "aes-256", "aes128-cbc": "aes-128", "tripledes-cbc": "des-192"}


@pytest.mark.parametrize(("algorithm", "transport"), WAYS)
def test_we_open_what_xmlsec1_encrypts(files: Path, algorithm: str, transport: str) -> None:
    template = TEMPLATE.format(xenc=XENC, ds=DS, algorithm=algorithm, transport=transport)
    (files / "template.xml").write_text(template)
    (files / "plain.xml").write_bytes(DOCUMENT)
    done = run(
        *("xmlsec1", "--encrypt", "--session-key", SESSION_KEYS[algorithm]),
        *("--pubkey-cert-pem", files / "cert.pem", "--xml-data", files / "plain.xml", files / "template.xml"),
    )
    assert done.returncode == 0, done.stderr
    assert canonical(opened(done.stdout)) == canonical(DOCUMENT)


def test_ours_fits_the_official_schema() -> None:
    folder = need("bxd/xsd")
    own = etree.parse(folder / "xenc-schema.xsd")
    schema_of_signatures = next(folder.glob("*xmldsig*.xsd"))
    for imported in own.iter("{http://www.w3.org/2001/XMLSchema}import"):
        imported.set("schemaLocation", str(schema_of_signatures))
    parser = etree.XMLParser(load_dtd=False, no_network=True)
    schema = etree.XMLSchema(etree.fromstring(etree.tostring(own.getroot()), parser, base_url=f"{folder}/"))
    schema.assertValid(etree.fromstring(sealed()))
    schema.assertValid(etree.fromstring(sealed("tripledes-cbc", "rsa-1_5")))


# What must not open


def changed(message: bytes, change: Callable[[etree._Element], object]) -> bytes:
    root = etree.fromstring(message)
    change(root)
    return etree.tostring(root)


def flip(root: etree._Element, path: str, at: int = 20) -> None:
    node = root.find(f".//{path}")
    assert node is not None and node.text
    octets = bytearray(base64.b64decode(node.text))
    octets[at % len(octets)] ^= 1
    node.text = base64.b64encode(octets).decode()


def drop(path: str) -> Callable[[etree._Element], object]:
    def change(root: etree._Element) -> None:
        node = root.find(f".//{path}")
        assert node is not None
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)

    return change


def twice(path: str) -> Callable[[etree._Element], object]:
    def change(root: etree._Element) -> None:
        node = root.find(f".//{path}")
        assert node is not None
        node.addnext(etree.fromstring(etree.tostring(node, with_tail=False)))

    return change


def put(path: str, attribute: str, value: str) -> Callable[[etree._Element], object]:
    def change(root: etree._Element) -> None:
        node = root.find(f".//{path}") if path else root
        assert node is not None
        node.set(attribute, value)

    return change


def inside(path: str, xml: str) -> Callable[[etree._Element], object]:
    def change(root: etree._Element) -> None:
        node = root.find(f".//{path}") if path else root
        assert node is not None
        node.append(etree.fromstring(xml))

    return change


SHAPES: dict[str, tuple[Callable[[etree._Element], object], str]] = {
    "no method": (drop(f"{E}EncryptionMethod"), "xmlenc.malformed"),
    "no key": (drop(f"{E}EncryptedKey"), "xmlenc.malformed"),
    "no key info": (drop(f"{D}KeyInfo"), "xmlenc.malformed"),
    "no cipher value": (drop(f"{E}CipherValue"), "xmlenc.malformed"),
    "two keys": (twice(f"{E}EncryptedKey"), "xmlenc.malformed"),
    "two certificates": (twice(f"{D}X509Certificate"), "xmlenc.malformed"),
    "two values": (twice(f"{E}CipherValue"), "xmlenc.malformed"),
    "content, not an element": (put("", "Type", XENC + "Content"), "xmlenc.malformed"),
    "no cipher": (put(f"{E}EncryptionMethod", "Algorithm", ""), "xmlenc.algorithm"),
    "gcm": (put(f"{E}EncryptionMethod", "Algorithm", "http://www.w3.org/2009/xmlenc11#aes256-gcm"), "xmlenc.algorithm"),
    "wrapped by AES": (
        put(f"{E}EncryptedKey/{E}EncryptionMethod", "Algorithm", XENC + "kw-aes256"),
        "xmlenc.algorithm",
    ),
    "OAEP with another hash": (put(f"{D}DigestMethod", "Algorithm", XENC + "sha256"), "xmlenc.algorithm"),
    "OAEP with a label": (
        inside(f"{E}EncryptedKey/{E}EncryptionMethod", f'<OAEPparams xmlns="{XENC}">QQ==</OAEPparams>'),
        "xmlenc.algorithm",
    ),
    "a key size": (inside(f"{E}EncryptionMethod", f'<KeySize xmlns="{XENC}">64</KeySize>'), "xmlenc.algorithm"),
    "properties": (inside("", f'<EncryptionProperties xmlns="{XENC}"/>'), "xmlenc.malformed"),
    "a reference": (
        inside(f"{E}EncryptedKey/{E}CipherData", f'<CipherReference xmlns="{XENC}" URI="file:///etc/passwd"/>'),
        "xmlenc.malformed",
    ),
    "a retrieval method": (
        inside(f"{D}KeyInfo", f'<RetrievalMethod xmlns="{DS}" URI="#k"/>'),
        "xmlenc.malformed",
    ),
    "an element in the value": (inside(f"{E}CipherData/{E}CipherValue", "<x/>"), "xmlenc.malformed"),
    "an instruction": (lambda root: root.append(etree.ProcessingInstruction("x")), "xmlenc.malformed"),
    "an altered key": (
        lambda root: flip(root, f"{E}EncryptedKey/{E}CipherData/{E}CipherValue"),
        "xmlenc.undecryptable",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_other_shapes_are_refused(shape: str) -> None:
    change, code = SHAPES[shape]
    assert refusal(lambda: opened(changed(sealed(), change))) == code


def outer_value(root: etree._Element) -> etree._Element:
    found = root.find(f"{E}CipherData/{E}CipherValue")
    assert found is not None
    return found


@pytest.mark.parametrize("text", ["", "AAAA", "!!", "A" * 4 * 11])
def test_impossible_cipher_texts(text: str) -> None:
    def change(root: etree._Element) -> None:
        outer_value(root).text = text

    assert refusal(lambda: opened(changed(sealed(), change))) == "xmlenc.malformed"


def test_another_root_is_not_ours_to_open() -> None:
    assert refusal(lambda: opened(DOCUMENT)) == "xmlenc.malformed"
    assert refusal(lambda: opened(b"<a>" + sealed() + b"</a>")) == "xmlenc.malformed"
    assert refusal(lambda: opened(b"<!DOCTYPE a><a/>")) == "xml.dtd"


def test_a_message_for_somebody_else_names_them() -> None:
    theirs = encrypt_document(DOCUMENT, pretend.bank_key().certificate)
    with pytest.raises(Corrupt) as caught:
        opened(theirs)
    assert caught.value.code == "xmlenc.other_key"
    assert pretend.SIGNER in caught.value.text("en")
    nameless = changed(theirs, drop(f"{E}EncryptedKey/{D}KeyInfo"))
    assert refusal(lambda: opened(nameless)) == "xmlenc.undecryptable"


def test_a_key_of_a_wrong_length_opens_nothing() -> None:
    """A key for AES-128 under a message that says AES-256."""
    short = changed(sealed("aes128-cbc"), put(f"{E}EncryptionMethod", "Algorithm", XENC + "aes256-cbc"))
    assert refusal(lambda: opened(short)) == "xmlenc.undecryptable"


def test_what_is_inside_must_be_a_document_without_dtd() -> None:
    plain = etree.fromstring(sealed())
    for inner in (b"<!DOCTYPE a><a/>", b"no xml", b"<a/><b/>", b""):
        message = etree.tostring(resealed(plain, inner))
        assert refusal(lambda message=message: opened(message)) == "xmlenc.undecryptable"  # type: ignore[misc]


def resealed(root: etree._Element, inner: bytes) -> etree._Element:
    """The same key around other octets, as somebody could do who encrypts by himself."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    wrapped = root.find(f".//{E}EncryptedKey/{E}CipherData/{E}CipherValue")
    assert wrapped is not None and wrapped.text
    key = pretend.customer_key().decrypt_key(base64.b64decode(wrapped.text), "rsa-oaep-sha1")
    more = 16 - len(inner) % 16
    sealing = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
    outer_value(root).text = base64.b64encode(bytes(16) + sealing.update(inner + bytes([more] * more))).decode()
    return root


def test_the_size_is_limited() -> None:
    with pytest.raises(Corrupt) as caught:
        decrypt_document(sealed(), pretend.customer_key(), limit=100)
    assert caught.value.code == "xml.too_large"


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 10_000), octet=st.integers(0, 255), cut=st.integers(0, 40))
def test_altered_messages_open_to_the_same_or_not_at_all(at: int, octet: int, cut: int) -> None:
    """CBC lets an attacker alter what comes out: then it is no XML, or other XML, which its own signature refuses."""
    signed = sign_enveloped(DOCUMENT, pretend.bank_key())
    message = bytearray(encrypt_document(signed, pretend.customer_key().certificate))
    message[at % len(message)] = octet
    del message[at % len(message) : at % len(message) + cut]
    try:
        plain = decrypt_document(bytes(message), pretend.customer_key())
        verify_enveloped(plain, policy(), NOW)
    except (Corrupt, Refused):
        return
    assert canonical(plain) == canonical(signed)


def canonical(xml: bytes) -> bytes:
    return etree.tostring(etree.fromstring(xml), method="c14n")


def test_certificates_of_the_message_are_read_strictly() -> None:
    def change(root: etree._Element) -> None:
        node = root.find(f".//{D}X509Certificate")
        assert node is not None
        node.text = base64.b64encode(b"\x30\x03\x02\x01\x01").decode()

    assert refusal(lambda: opened(changed(sealed(), change))) == "certificate.unreadable"


def test_a_renewed_certificate_of_the_same_key_is_ours() -> None:
    own = pretend.customer_key()
    renewed = self_signed(own.private_key, "renewed")
    assert isinstance(renewed, x509.Certificate)
    assert opened(encrypt_document(DOCUMENT, renewed)) == DOCUMENT
