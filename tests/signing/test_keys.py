"""PKCS#12 containers."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from gateway.core.errors import Refused
from gateway.signing.keys import Signer, fingerprint, load_pkcs12
from gateway.signing.policy import ALGORITHMS, Algorithm
from tests.bank.bxd import pretend
from tests.signing.certificates import self_signed


def test_a_container_round_trips() -> None:
    key = pretend.bank_key()
    opened = load_pkcs12(key.to_pkcs12("пароль"), "пароль")
    assert opened.certificate == key.certificate
    assert opened.chain == (pretend.authority().certificate,)
    assert opened.private_key.private_numbers() == key.private_key.private_numbers()


def test_it_signs_octets_as_xmldsig_wants() -> None:
    signer: Signer = pretend.bank_key()
    value = signer.sign(b"octets", ALGORITHMS["rsa-sha256"])
    key = pretend.bank_key().private_key.public_key()
    key.verify(value, b"octets", padding.PKCS1v15(), SHA256())


def test_an_algorithm_the_key_does_not_know_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        pretend.bank_key().sign(b"", Algorithm("gost2012-256", "urn:gost", "streebog256"))
    assert caught.value.code == "signing.key_cannot"


def test_a_wrong_pass_phrase_and_a_broken_file_are_refused() -> None:
    data = pretend.bank_key().to_pkcs12("right")
    for broken, phrase in ((data, "wrong"), (data, ""), (data[:-20], "right"), (b"", "right"), (b"no key", "right")):
        with pytest.raises(Refused) as caught:
            load_pkcs12(broken, phrase)
        assert caught.value.code == "signing.wrong_passphrase"


def test_a_container_without_key_is_refused() -> None:
    only_certificate = pkcs12.serialize_key_and_certificates(
        b"x", None, pretend.bank_key().certificate, None, NoEncryption()
    )
    with pytest.raises(Refused) as caught:
        load_pkcs12(only_certificate, "")
    assert caught.value.code == "signing.no_key"


def test_a_key_of_another_kind_is_refused_with_its_name() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    data = pkcs12.serialize_key_and_certificates(b"x", key, self_signed(key), None, NoEncryption())
    with pytest.raises(Refused) as caught:
        load_pkcs12(data, "")
    assert caught.value.code == "signing.key_kind"
    assert "EllipticCurve" in caught.value.text("en") or "EC" in caught.value.text("en")


def test_the_private_key_does_not_show() -> None:
    assert "private" not in repr(pretend.bank_key())


def test_fingerprints_are_lower_case_hex() -> None:
    assert fingerprint(pretend.bank_key().certificate) == pretend.bank_key().certificate.fingerprint(SHA256()).hex()
