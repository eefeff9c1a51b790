"""GOST R 34.10-2012: keys, raw signatures, digests, certificate chains, XML signatures. openssl made the keys."""

from __future__ import annotations

import ctypes
import pickle
import ssl
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.clock import FixedClock
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.signing import canonical, der, gost, gost_kinds, gost_libcrypto, raw
from gateway.signing.cms import encrypt, sign_detached, verify_detached
from gateway.signing.gost import GostKey, load_gost_key, load_gost_pkcs12
from gateway.signing.policy import ALGORITHMS, MODERN, TrustPolicy
from gateway.signing.signature import DS
from gateway.signing.trust import establish, read_certificate
from gateway.signing.wsse import sign_envelope, verify_envelope
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.bank.bxd import pretend
from tests.signing.certificates import self_signed
from tests.signing.gost_files import PASSPHRASE, GostFiles, gost_files
from tests.signing.tools import openssl

NAMES = ["gost2012-256", "gost2012-512"]
DOCUMENT = '<a xmlns="urn:x" xmlns:y="urn:y"> <b y:c="1"/>Оплата </a>'.encode()
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/>'
    "<s:Body><pay xmlns='urn:p'>Оплата</pay></s:Body></s:Envelope>"
).encode()


def now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=1)  # openssl's certificates begin to be valid when they are made


@pytest.fixture(params=NAMES)
def files(request: pytest.FixtureRequest) -> GostFiles:
    return gost_files(request.param)


def code(error: pytest.ExceptionInfo[KvitError]) -> str:
    assert "{" not in error.value.text("ru") + error.value.text("en")
    return error.value.code


@pytest.mark.parametrize(
    ("octets", "size", "expected"),
    [  # RFC 6986, 10.1 and 10.2 (written there in reverse order of octets)
        (
            "323130393837363534333231303938373635343332313039383736353433323130393837363534333231303938373635343332313039383736353433323130",
            256,
            "00557be5e584fd52a449b16b0251d05d27f94ab76cbaa6da890b59d8ef1e159d",
        ),
        (
            "323130393837363534333231303938373635343332313039383736353433323130393837363534333231303938373635343332313039383736353433323130",
            512,
            "486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00"
            "fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b",
        ),
    ],
)
def test_digests_are_those_of_the_standard(octets: str, size: int, expected: str) -> None:
    gost_files()
    found = raw.digest(f"gostr34112012-{size}", bytes.fromhex(octets)[::-1])
    assert found[::-1].hex() == expected


def test_signatures_verify_and_no_change_of_them_does(files: GostFiles) -> None:
    key, algorithm = files.key(), ALGORITHMS[files.name]
    value = key.sign(b"octets", algorithm)
    assert raw.verify(key.certificate, algorithm, b"octets", value)
    assert not raw.verify(key.certificate, algorithm, b"Octets", value)
    assert not raw.verify(files.anchor, algorithm, b"octets", value)
    for wrong in (b"", value[:-1], value + b"\x00", bytes(len(value)), value[::-1], b"\xff" * len(value)):
        assert not raw.verify(key.certificate, algorithm, b"octets", wrong)


def test_openssl_agrees_on_raw_signatures(files: GostFiles, tmp_path: Path) -> None:
    digest = "md_" + files.name.replace("2012-", "12_")
    public = openssl("x509", "-engine", "gost", "-in", files.folder / "cert.pem", "-pubkey", "-noout")
    (tmp_path / "public.pem").write_bytes(public)
    (tmp_path / "octets").write_bytes(DOCUMENT)
    (tmp_path / "value").write_bytes(files.key().sign(DOCUMENT, ALGORITHMS[files.name]))
    command = ("dgst", "-engine", "gost", f"-{digest}")
    verify = ("-verify", tmp_path / "public.pem", "-signature", tmp_path / "value", tmp_path / "octets")
    assert b"Verified OK" in openssl(*command, *verify)
    theirs = openssl(*command, "-sign", files.folder / "plain.pem", tmp_path / "octets")
    assert raw.verify(files.key().certificate, ALGORITHMS[files.name], DOCUMENT, theirs)


def test_a_key_knows_its_own_algorithm_only(files: GostFiles) -> None:
    for name in sorted(ALGORITHMS.keys() - {files.name}):
        with pytest.raises(Refused) as caught:
            files.key().sign(b"x", ALGORITHMS[name])
        assert code(caught) == "signing.key_cannot"
    with pytest.raises(Refused) as caught:
        files.key().decrypt_key(b"x", "rsa-pkcs1v15")
    assert code(caught) == "signing.key_cannot_decrypt"
    rsa = pretend.bank_key()
    value = files.key().sign(b"x", ALGORITHMS[files.name])
    assert not raw.verify(rsa.certificate, ALGORITHMS[files.name], b"x", value)
    assert not raw.verify(files.anchor, ALGORITHMS["rsa-sha256"], b"x", value)


def test_keys_open_from_every_container(files: GostFiles, tmp_path: Path) -> None:
    certificate = (files.folder / "cert.pem").read_bytes()
    password = f"file:{files.folder / 'pass'}"
    command = ("pkcs8", "-engine", "gost", "-topk8", "-v2", "aes256", "-in", files.folder / "plain.pem")
    pkcs8 = openssl(*command, "-outform", "DER", "-passout", password)
    pkcs12 = openssl(
        *("pkcs12", "-engine", "gost", "-export", "-inkey", files.folder / "plain.pem", "-passout", password),
        *("-in", files.folder / "cert.pem", "-certfile", files.folder / "ca.pem"),
    )
    opened = load_gost_pkcs12(pkcs12, PASSPHRASE)
    assert opened.chain == (files.anchor,)
    binary = x509.load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)
    for key in (opened, load_gost_key(pkcs8, PASSPHRASE, certificate), load_gost_key(pkcs8, PASSPHRASE, binary)):
        assert key.certificate == files.key().certificate
        value = key.sign(b"x", ALGORITHMS[files.name])
        assert raw.verify(files.key().certificate, ALGORITHMS[files.name], b"x", value)


def test_containers_that_do_not_open_say_why(files: GostFiles) -> None:
    key, plain, certificate, authority = (
        (files.folder / name).read_bytes() for name in ("key.pem", "plain.pem", "cert.pem", "ca.pem")
    )
    rsa = pretend.bank_key().certificate.public_bytes(Encoding.PEM)
    for arguments, expected in (
        ((key, "wrong", certificate), "signing.wrong_passphrase"),
        ((key, "", certificate), "signing.wrong_passphrase"),
        ((key, PASSPHRASE + "\x00", certificate), "signing.wrong_passphrase"),
        ((key[:200], PASSPHRASE, certificate), "signing.wrong_passphrase"),
        ((b"", PASSPHRASE, certificate), "signing.wrong_passphrase"),
        ((b"\x30\x03\x02\x01\x01", PASSPHRASE, certificate), "signing.wrong_passphrase"),
        ((plain, PASSPHRASE, certificate), "gost.not_encrypted"),
        ((key, PASSPHRASE, authority), "signing.key_mismatch"),
        ((key, PASSPHRASE, rsa), "gost.not_gost"),
        ((key, PASSPHRASE, b"no certificate"), "signing.no_key"),
    ):
        with pytest.raises(Refused) as caught:
            load_gost_key(*arguments)
        assert code(caught) == expected
    rsa_container = pretend.bank_key().to_pkcs12(PASSPHRASE)
    for data, passphrase, expected in (
        (rsa_container, PASSPHRASE, "gost.not_gost"),
        (rsa_container, "wrong", "signing.wrong_passphrase"),
        (b"garbage", PASSPHRASE, "signing.wrong_passphrase"),
    ):
        with pytest.raises(Refused) as caught:
            load_gost_pkcs12(data, passphrase)
        assert code(caught) == expected


def test_a_container_without_a_certificate_is_no_key(files: GostFiles) -> None:
    export = ("pkcs12", "-engine", "gost", "-export", "-passout", "pass:x")
    for only in (
        openssl(*export, "-inkey", files.folder / "plain.pem", "-nocerts"),
        openssl(*export, "-in", files.folder / "cert.pem", "-nokeys"),
    ):
        with pytest.raises(Refused) as caught:
            load_gost_pkcs12(only, "x")
        assert code(caught) == "signing.no_key"


def test_the_key_does_not_leave_the_library(files: GostFiles) -> None:
    key = files.key()
    assert repr(key) == f"GostKey({files.name}, CN=ГОСТ Банк,C=RU)"
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_chains_signed_with_gost_are_traced(files: GostFiles) -> None:
    leaf = files.key().certificate
    assert establish(leaf, files.policy(), now()).anchor == files.anchor
    assert read_certificate(leaf.public_bytes(Encoding.DER)) == leaf
    with pytest.raises(Corrupt) as caught:
        establish(leaf, files.policy(algorithms=MODERN), now())
    assert code(caught) == "certificate.unfit"
    with pytest.raises(Corrupt) as caught:
        establish(leaf, files.policy(anchors=(gost_files(files.name, "B").anchor,)), now())
    assert code(caught) == "certificate.untrusted"
    with pytest.raises(Corrupt) as caught:
        establish(leaf, files.policy(), now() + timedelta(days=25))
    assert code(caught) == "certificate.expired"


def test_gost_counts_only_where_a_profile_names_it() -> None:
    assert not MODERN & set(NAMES)
    default = TrustPolicy()
    for name in NAMES:
        assert not default.accepts(ALGORITHMS[name])
        assert not default.accepts_digest(ALGORITHMS[name].digest)
        named = TrustPolicy(algorithms=frozenset({name}))
        assert named.accepts(ALGORITHMS[name])
        assert named.accepts_digest(ALGORITHMS[name].digest)
        assert not named.accepts(ALGORITHMS["rsa-sha256"])


@pytest.mark.parametrize(
    "change",
    [
        (der.oid("1.2.643.2.2.35.1"), der.oid("1.2.643.2.2.35.0")),  # the test curve
        (der.oid("1.2.643.2.2.35.1"), der.oid("1.2.643.2.2.35.9")),
        (der.oid("1.2.643.7.1.1.2.2"), der.oid("1.2.643.7.1.1.2.3")),
    ],
)
def test_keys_on_curves_we_do_not_know_never_reach_the_engine(
    change: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = gost_files()
    octets = files.key().certificate.public_bytes(Encoding.DER)
    assert change[0] in octets
    odd = x509.load_der_x509_certificate(octets.replace(*change))
    value = files.key().sign(b"x", ALGORITHMS[files.name])
    monkeypatch.setattr(gost, "verify", lambda *_: pytest.fail("the engine was asked"))
    assert not raw.verify(odd, ALGORITHMS[files.name], b"x", value)


def test_points_off_the_curve_are_refused(files: GostFiles) -> None:
    key = files.key()
    octets = key.certificate.public_bytes(Encoding.DER)
    info = gost_kinds.public_key(key.certificate)
    size = gost_kinds.BY_NAME[files.name].octets
    for point in (bytes(size), b"\xff" * size, info[-size:][::-1]):
        odd = x509.load_der_x509_certificate(octets.replace(info, info[:-size] + point))
        value = key.sign(b"x", ALGORITHMS[files.name])
        assert not raw.verify(odd, ALGORITHMS[files.name], b"x", value)


def test_documents_signed_with_gost_verify(files: GostFiles) -> None:
    signed = sign_enveloped(DOCUMENT, files.key(), algorithm=files.name)
    verified = verify_enveloped(signed, files.policy(), now())
    assert verified.content == canonical.document(etree.fromstring(DOCUMENT))
    assert verified.algorithms == (files.name, ALGORITHMS[files.name].digest)
    assert verified.certificate == files.key().certificate
    for old, new, expected in (
        ("urn:y", "urn:z", "signature.invalid"),
        ('y:c="1"', 'y:c="2"', "signature.invalid"),
        ("gostr34112012-", "gostr3411-", "signature.algorithm"),
    ):
        with pytest.raises(Corrupt) as caught:
            verify_enveloped(signed.replace(old.encode(), new.encode()), files.policy(), now())
        assert code(caught) == expected
    with pytest.raises(Corrupt) as caught:
        verify_enveloped(signed, files.policy(algorithms=MODERN), now())
    assert code(caught) == "signature.algorithm"


def test_openssl_verifies_the_value_of_our_documents(files: GostFiles, tmp_path: Path) -> None:
    """The XML engine at hand does not know GOST; openssl knows the value, and the octets are the engine's business."""
    root = etree.fromstring(sign_enveloped(DOCUMENT, files.key(), algorithm=files.name))
    info, value = root.find(f".//{{{DS}}}SignedInfo"), root.findtext(f".//{{{DS}}}SignatureValue")
    assert info is not None and value is not None
    (tmp_path / "value").write_bytes(b64decode(value))
    (tmp_path / "octets").write_bytes(canonical.inclusive_part(info))
    (tmp_path / "public.pem").write_bytes(
        openssl("x509", "-engine", "gost", "-in", files.folder / "cert.pem", "-pubkey", "-noout")
    )
    digest = "md_" + files.name.replace("2012-", "12_")
    verify = ("-verify", tmp_path / "public.pem", "-signature", tmp_path / "value", tmp_path / "octets")
    assert b"Verified OK" in openssl("dgst", "-engine", "gost", f"-{digest}", *verify)


def test_envelopes_signed_with_gost_verify(files: GostFiles) -> None:
    root = etree.fromstring(ENVELOPE)
    sign_envelope(root, files.key(), FixedClock(now()), algorithm=files.name)
    octets = etree.tostring(root)
    verified = verify_envelope(octets, files.policy(), now())
    assert verified.body.findtext("{urn:p}pay") == "Оплата"
    assert verified.algorithms == (files.name, ALGORITHMS[files.name].digest)
    with pytest.raises(Corrupt) as caught:
        verify_envelope(etree.tostring(root).replace(b"urn:p", b"urn:q"), files.policy(), now())
    assert code(caught) == "signature.invalid"
    with pytest.raises(Corrupt) as caught:
        verify_envelope(octets, files.policy(algorithms=MODERN), now())
    assert code(caught) == "signature.algorithm"


def test_a_gost_signature_by_an_rsa_key_is_refused() -> None:
    """The algorithm is said by the message, the key by its certificate: they must fit."""
    files = gost_files()
    signed = sign_enveloped(DOCUMENT, pretend.bank_key())
    root = etree.fromstring(signed)
    method = root.find(f".//{{{DS}}}SignatureMethod")
    assert method is not None
    method.set("Algorithm", ALGORITHMS[files.name].uri)
    rules = pretend.policy(algorithms=MODERN | {files.name})
    with pytest.raises(Corrupt) as caught:
        verify_enveloped(etree.tostring(root), rules, pretend.NOW)
    assert code(caught) == "signature.invalid"


def test_envelopes_open_with_their_own_key_only() -> None:
    files, other = gost_files(), gost_files("gost2012-256", "TCB")
    sealed = encrypt(b"session", files.key().certificate)
    assert files.key().open_envelope(sealed) == b"session"
    with pytest.raises(Corrupt) as caught:
        other.key().open_envelope(sealed)
    assert code(caught) == "cms.undecryptable"
    for place in range(0, len(sealed), 7):
        changed = bytearray(sealed)
        changed[place] ^= 0x55
        try:
            files.key().open_envelope(bytes(changed))
        except KvitError as error:
            assert error.code == "cms.undecryptable"
    changed_key = sealed.replace(info := _wrapped(sealed), info[:-1] + bytes((info[-1] ^ 1,)))
    with pytest.raises(Corrupt) as caught:
        files.key().open_envelope(changed_key)
    assert code(caught) == "cms.undecryptable"
    with pytest.raises(Refused) as refused:
        gost.seal_envelope(b"x", _ec_certificate())
    assert code(refused) == "gost.not_gost"


def test_threads_may_share_a_key(files: GostFiles) -> None:
    key, at = files.key(), now()

    def once(number: int) -> bool:
        content = str(number).encode()
        verified = verify_detached(sign_detached(content, key, at=at), content, files.policy(), at)
        return verified.certificate == key.certificate

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(once, range(80)))


def test_nothing_is_left_behind(files: GostFiles) -> None:
    """A key's memory goes with it, and no error stays for the interpreter's own TLS to find."""
    library = gost_libcrypto.libcrypto()
    errors = ctypes.CDLL("libcrypto.so.3").ERR_peek_error
    errors.restype = ctypes.c_ulong
    freed: list[int] = []
    key = files.key()
    pointer = key._key
    assert not raw.verify(key.certificate, ALGORITHMS[files.name], b"x", bytes(gost_kinds.BY_NAME[files.name].octets))
    with pytest.raises(Refused):
        load_gost_key(b"-----BEGIN ENCRYPTED PRIVATE KEY-----", "x", (files.folder / "cert.pem").read_bytes())
    assert errors() == 0
    ssl.create_default_context()
    free, library.EVP_PKEY_free = library.EVP_PKEY_free, freed.append
    try:
        second = GostKey(library, pointer, gost_kinds.BY_NAME[files.name], key.certificate, ())
        assert freed == []
        del second
        assert freed == [pointer]
    finally:
        library.EVP_PKEY_free = free


def test_undeclared_calls_cannot_happen() -> None:
    gost_files()
    with pytest.raises(AttributeError, match="not declared"):
        gost_libcrypto.libcrypto().EVP_PKEY_new()


def test_without_the_engine_everything_else_works(monkeypatch: pytest.MonkeyPatch) -> None:
    files = gost_files()
    rules = files.policy()
    signed = sign_detached(b"x", files.key(), at=now())
    document = sign_enveloped(DOCUMENT, files.key(), algorithm=files.name)
    monkeypatch.setattr(gost_libcrypto, "_load", lambda: None)
    assert not gost.available()
    assert verify_enveloped(sign_enveloped(DOCUMENT, pretend.bank_key()), pretend.policy(), pretend.NOW)
    assert read_certificate(files.anchor.public_bytes(Encoding.DER)) == files.anchor
    for attempt in (
        lambda: verify_detached(signed, b"y", rules, now()),
        lambda: verify_enveloped(document, rules, now()),
        files.key,
        lambda: gost.digest("gostr34112012-256", b""),
    ):
        with pytest.raises(Unavailable) as caught:
            attempt()
        assert code(caught) == "gost.unavailable"
        assert "libengine-gost-openssl" in caught.value.hint("ru")


def _wrapped(envelope: bytes) -> bytes:
    """The encrypted content key of the only recipient, with its check value at the end of its first part."""
    wrapper = der.split(der.only(envelope).content)[1]
    recipients = der.split(der.only(wrapper.content).content)[1]
    transport = der.only(der.split(der.only(recipients.content).content)[3].content)
    return der.split(transport.content)[0].raw


def _ec_certificate() -> x509.Certificate:
    return self_signed(ec.generate_private_key(ec.SECP256R1()))
