"""Enveloped signatures: the honest path. Attacks are in tests/hostile."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.core.errors import Corrupt
from gateway.signing.signature import DS
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, policy

DOCUMENT = '<?xml version="1.0" encoding="windows-1251"?><a xmlns="urn:x"> <b c="1"/>Оплата </a>'.encode("windows-1251")


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "rsa-sha384", "rsa-sha512"])
def test_what_we_sign_verifies(algorithm: str) -> None:
    signed = sign_enveloped(DOCUMENT, pretend.bank_key(), algorithm=algorithm)
    verified = verify_enveloped(signed, policy(), NOW)
    assert verified.content == '<a xmlns="urn:x"> <b c="1"></b>Оплата </a>'.encode()
    assert verified.root.tag == "{urn:x}a"
    assert verified.certificate == pretend.bank_key().certificate
    assert verified.anchor == pretend.authority().certificate
    assert verified.algorithms == (algorithm, algorithm.removeprefix("rsa-"))


def test_sha1_can_be_made_but_counts_only_behind_the_switch() -> None:
    signed = sign_enveloped(DOCUMENT, pretend.bank_key(), algorithm="rsa-sha1")
    assert verify_enveloped(signed, policy(legacy=True), NOW)
    with pytest.raises(Corrupt) as caught:
        verify_enveloped(signed, policy(), NOW)
    assert caught.value.code == "signature.algorithm"


def test_the_signature_is_the_last_child_and_names_its_certificate() -> None:
    root = etree.fromstring(sign_enveloped(DOCUMENT, pretend.bank_key()))
    assert root[-1].tag == f"{{{DS}}}Signature"
    reference = root.find(f".//{{{DS}}}Reference")
    assert reference is not None
    assert reference.get("URI") == ""
    assert len(list(root.iter(f"{{{DS}}}X509Certificate"))) == 1


def test_text_around_the_signature_stays_where_it_was() -> None:
    signed = sign_enveloped(b"<a>1</a>", pretend.bank_key())
    # white space behind the signature is outside of it, so it is signed content that is missing
    with pytest.raises(Corrupt) as caught:
        verify_enveloped(signed.replace(b"</Signature></a>", b"</Signature> </a>"), policy(), NOW)
    assert caught.value.code == "signature.invalid"


def test_further_certificates_of_the_chain_may_stand_beside_the_signers() -> None:
    root = etree.fromstring(sign_enveloped(DOCUMENT, pretend.bank_key()))
    data = next(root.iter(f"{{{DS}}}X509Data"))
    other = sign_enveloped(DOCUMENT, pretend.authority().key)
    data.insert(0, next(etree.fromstring(other).iter(f"{{{DS}}}X509Certificate")))
    assert verify_enveloped(etree.tostring(root), policy(), NOW).certificate == pretend.bank_key().certificate
