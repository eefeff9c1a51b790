"""One suite for every kind of key: what the rest of the program may rely on, wherever the key lies."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.core.clock import FixedClock
from gateway.core.errors import Corrupt, Refused
from gateway.service.open_keys import OwnKey
from gateway.signing import cms, raw
from gateway.signing.gost import load_gost_key
from gateway.signing.keys import load_pkcs12
from gateway.signing.policy import ALGORITHMS, Algorithm, TrustPolicy
from gateway.signing.token import TokenKey
from gateway.signing.wsse import SOAP, sign_envelope, verify_envelope
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, policy
from tests.signing import gost_files, softhsm

DOCUMENT = '<a xmlns="urn:x"><b>Оплата</b></a>'.encode()
ENVELOPE = f'<e:Envelope xmlns:e="{SOAP}"><e:Body><x xmlns="urn:x">1</x></e:Body></e:Envelope>'.encode()
PASSPHRASE = "пароль-контейнера"


@dataclass(frozen=True)
class Kind:
    """A key and what is known of it from elsewhere.

    Attributes:
        algorithm: the one it signs with.
        rules: under which the bank would believe it.
        anchor: whose certificate stands in its chain.
        secret: what must show nowhere: the octets of the private number (empty where nobody can have them) and what
            opens the key.
    """

    key: OwnKey
    algorithm: Algorithm
    rules: TrustPolicy
    anchor: x509.Certificate
    secret: tuple[str, ...]


def in_a_file() -> Kind:
    own = pretend.bank_key()
    key = load_pkcs12(own.to_pkcs12(PASSPHRASE), PASSPHRASE)
    private = own.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    number = own.private_key.private_numbers().d
    return Kind(
        key,
        ALGORITHMS["rsa-sha256"],
        policy(),
        pretend.authority().certificate,
        (PASSPHRASE, str(number), f"{number:x}", private.hex()),
    )


def on_a_token(hsm: softhsm.Hsm) -> Kind:
    hsm.add("one")
    hsm.put("one", pretend.bank_key())
    key = TokenKey(hsm.place("one"), lambda: softhsm.PIN)
    return Kind(key, ALGORITHMS["rsa-sha256"], policy(), pretend.authority().certificate, (softhsm.PIN,))


def of_gost() -> Kind:
    files = gost_files.gost_files()
    phrase = gost_files.PASSPHRASE
    pem, certificate = ((files.folder / name).read_bytes() for name in ("key.pem", "cert.pem"))
    key = load_gost_key(pem, phrase, certificate, (files.anchor,))
    plain = "".join((files.folder / "plain.pem").read_text().splitlines()[1:-1])
    # openssl made the certificates a moment ago, by the machine's clock
    return Kind(key, ALGORITHMS["gost2012-256"], files.policy(), files.anchor, (phrase, plain))


@pytest.fixture(params=["pkcs12", "token", "gost"])
def kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    if request.param == "pkcs12":
        yield in_a_file()
    elif request.param == "gost":
        yield of_gost()
    else:
        with softhsm.tokens(tmp_path / "hsm", monkeypatch) as hsm:
            yield on_a_token(hsm)


def at(kind: Kind):  # type: ignore[no-untyped-def]
    """An instant at which the certificate counts."""
    return max(NOW, kind.key.certificate.not_valid_before_utc)


def test_certificate_and_chain_are_given(kind: Kind) -> None:
    assert isinstance(kind.key.certificate, x509.Certificate)
    assert kind.key.chain == (kind.anchor,)
    assert kind.key.certificate.issuer == kind.anchor.subject


def test_raw_signatures_verify_under_the_certificate(kind: Kind) -> None:
    for octets in (b"", b"\x00", b"x" * 100_000):
        value = kind.key.sign(octets, kind.algorithm)
        assert raw.verify(kind.key.certificate, kind.algorithm, octets, value)
        assert not raw.verify(kind.key.certificate, kind.algorithm, octets + b"!", value)


def test_an_xml_signature_that_our_verifier_accepts(kind: Kind) -> None:
    signed = sign_enveloped(DOCUMENT, kind.key, algorithm=kind.algorithm.name)
    verified = verify_enveloped(signed, kind.rules, at(kind))
    assert verified.certificate == kind.key.certificate
    assert verified.anchor == kind.anchor
    with pytest.raises(Corrupt):
        verify_enveloped(signed.replace(b"<b>", b"<b>1"), kind.rules, at(kind))


def test_a_soap_message_that_our_verifier_accepts(kind: Kind) -> None:
    envelope = etree.fromstring(ENVELOPE)
    sign_envelope(envelope, kind.key, FixedClock(at(kind)), algorithm=kind.algorithm.name)
    message = etree.tostring(envelope)
    verified = verify_envelope(message, kind.rules, at(kind))
    assert verified.certificate == kind.key.certificate
    with pytest.raises(Corrupt):
        verify_envelope(message.replace(b">1<", b">2<"), kind.rules, at(kind))


def test_a_detached_cms_signature_that_our_verifier_accepts(kind: Kind) -> None:
    signature = cms.sign_detached(DOCUMENT, kind.key, at=at(kind))
    verified = cms.verify_detached(signature, DOCUMENT, kind.rules, at(kind))
    assert verified.certificate == kind.key.certificate
    with pytest.raises(Corrupt):
        cms.verify_detached(signature, DOCUMENT + b" ", kind.rules, at(kind))


def test_an_envelope_for_its_certificate_opens(kind: Kind) -> None:
    """1C:DirectBank's session id comes in one."""
    envelope = cms.encrypt(b"0f8fad5b-d9cb-469f-a165-70867728950e", kind.key.certificate)
    assert cms.decrypt(envelope, kind.key) == b"0f8fad5b-d9cb-469f-a165-70867728950e"


def test_an_envelope_for_another_does_not(kind: Kind) -> None:
    other = cms.encrypt(b"secret", pretend.customer_key().certificate)
    with pytest.raises(Corrupt):
        cms.decrypt(other, kind.key)


def test_an_algorithm_of_another_kind_is_refused(kind: Kind) -> None:
    other = ALGORITHMS["rsa-sha256" if kind.algorithm.name.startswith("gost") else "gost2012-256"]
    with pytest.raises(Refused) as caught:
        kind.key.sign(b"", other)
    assert caught.value.code == "signing.key_cannot"
    with pytest.raises(Refused) as caught:
        kind.key.decrypt_key(b"", "none")
    assert caught.value.code == "signing.key_cannot_decrypt"


def test_threads_may_share_it(kind: Kind) -> None:
    with ThreadPoolExecutor(4) as pool:
        octets = [bytes([n]) * 50 for n in range(24)]
        for data, value in zip(octets, pool.map(lambda o: kind.key.sign(o, kind.algorithm), octets), strict=True):
            assert raw.verify(kind.key.certificate, kind.algorithm, data, value)


def test_no_secret_is_shown_logged_or_carried_away(kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").debug("%r %s", kind.key, kind.key)
        cms.sign_detached(DOCUMENT, kind.key, at=at(kind))
    held = [getattr(kind.key, name, None) for name in getattr(type(kind.key), "__slots__", ()) or vars(kind.key)]
    shown = f"{kind.key!r}{kind.key!s}{held!r}{caplog.text}"
    assert caplog.text
    for secret in kind.secret:
        assert secret and secret not in shown
    with pytest.raises(TypeError):
        pickle.dumps(kind.key)
