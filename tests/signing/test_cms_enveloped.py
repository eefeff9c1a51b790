"""Envelopes: what is encrypted to a certificate opens with its key and with no other."""

from __future__ import annotations

import contextlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.signing import cms_enveloped, der
from gateway.signing.cms import decrypt, encrypt, sign_detached
from gateway.signing.keys import KEY_TRANSPORTS, Pkcs12Key
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW
from tests.signing.certificates import issued

SECRET = "сеанс 7f3a".encode()


def code(envelope: bytes, key: Pkcs12Key | None = None) -> str:
    with pytest.raises(Corrupt) as caught:
        decrypt(envelope, key or pretend.bank_key())
    assert "{" not in caught.value.text("ru") + caught.value.text("en")
    return caught.value.code


@pytest.mark.parametrize("transport", sorted(KEY_TRANSPORTS))
@pytest.mark.parametrize("content", [b"", SECRET, b"x" * 16, b"y" * 100_000], ids=len)
def test_what_is_encrypted_opens(transport: str, content: bytes) -> None:
    assert decrypt(encrypt(content, pretend.bank_key().certificate, transport=transport), pretend.bank_key()) == content


def test_every_recipient_opens_it_and_nobody_else() -> None:
    bank, customer = pretend.bank_key(), pretend.customer_key()
    envelope = encrypt(SECRET, bank.certificate, customer.certificate)
    assert decrypt(envelope, bank) == decrypt(envelope, customer) == SECRET
    assert code(envelope, pretend.authority().key) == "cms.not_for_us"


def test_another_key_behind_the_same_certificate_opens_nothing() -> None:
    other = Pkcs12Key(pretend.customer_key().private_key, pretend.bank_key().certificate)
    for transport in sorted(KEY_TRANSPORTS):
        assert code(encrypt(SECRET, pretend.bank_key().certificate, transport=transport), other) == "cms.undecryptable"


def test_the_library_of_others_agrees() -> None:
    own = pretend.bank_key()
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(SECRET).add_recipient(own.certificate)
    theirs = builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    assert decrypt(theirs, own) == SECRET
    ours = encrypt(SECRET, own.certificate)
    assert pkcs7.pkcs7_decrypt_der(ours, own.certificate, own.private_key, []) == SECRET


def test_a_recipient_may_be_named_by_its_key_identifier() -> None:
    certificate = pretend.bank_key().certificate
    named = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    issuer = der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
    envelope = encrypt(SECRET, certificate)
    identifier = der.tlv(der.context(0, constructed=False), named)
    assert decrypt(_swapped(envelope, issuer, identifier), pretend.bank_key()) == SECRET
    without = issued(pretend.authority().key, "no identifier")
    assert code(_swapped(envelope, issuer, identifier), without) == "cms.not_for_us"


@pytest.mark.parametrize("size", [0, 1, 15, 17, 31])
def test_changed_content_is_never_a_crash(size: int) -> None:
    envelope = encrypt(SECRET, pretend.bank_key().certificate)
    cut = der.tlv(der.context(0, constructed=False), bytes(size))
    whole = der.tlv(der.context(0, constructed=False), envelope[-16:])
    assert code(_swapped(envelope, whole, cut)) == "cms.undecryptable"


def test_ciphers_we_do_not_know_are_named() -> None:
    envelope = encrypt(SECRET, pretend.bank_key().certificate)
    gcm = envelope.replace(der.oid("2.16.840.1.101.3.4.1.42"), der.oid("2.16.840.1.101.3.4.1.46"))
    assert code(gcm) == "cms.cipher"
    other = envelope.replace(der.oid("1.2.840.113549.1.1.1"), der.oid("1.2.840.113549.1.1.4"))
    assert code(other) == "cms.cipher"


def test_other_messages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(sign_detached(b"x", pretend.bank_key(), at=NOW)) == "cms.shape"
    assert code(b"") == "cms.malformed"
    monkeypatch.setattr(cms_enveloped, "LARGEST", 100)
    assert code(encrypt(SECRET, pretend.bank_key().certificate)) == "cms.too_large"


def test_a_key_without_the_algorithm_says_so() -> None:
    with pytest.raises(Refused) as caught:
        pretend.bank_key().decrypt_key(b"x", "rsa-oaep-sha512")
    assert caught.value.code == "signing.key_cannot_decrypt"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_envelope_is_opened_or_refused(data: st.DataObject) -> None:
    """CBC does not protect its content, so a change may pass; it never ends in anything but an answer."""
    octets = bytearray(encrypt(SECRET, pretend.bank_key().certificate))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(KvitError):
        assert isinstance(decrypt(bytes(octets), pretend.bank_key()), bytes)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_garbage_is_refused(octets: bytes) -> None:
    assert code(octets) in {"cms.malformed", "cms.shape"}


def _swapped(envelope: bytes, old: bytes, new: bytes) -> bytes:
    """The envelope with one element replaced, all lengths around it made right."""

    def walk(octets: bytes) -> bytes:
        if octets == old:
            return new
        element = der.only(octets)
        if old not in octets or not element.tag & 0x20:
            return octets
        return der.tlv(element.tag, *(walk(part.raw) for part in der.split(element.content)))

    changed = walk(envelope)
    assert changed != envelope
    return changed
