"""A bank that wants requests encrypted to it and encrypts its answers to us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from gateway.bank.bxd import response
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, BankTrust, Profile, load_profile
from gateway.bank.bxd.profile_parts import Encryption
from gateway.bank.channel import FileRef
from gateway.core.clock import SystemClock
from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.signing.keys import Pkcs12Key
from gateway.signing.xmldsig import sign_enveloped
from gateway.signing.xmlenc import encrypt_document
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, PretendBank

PROFILES = Path(__file__).resolve().parents[3] / "certs" / "profiles"


@cache
def key(name: str) -> Pkcs12Key:
    return pretend.authority().issue_signing(name, NOW - timedelta(days=30), NOW + timedelta(days=300))


def sealed(receiver: Pkcs12Key, *, signed: bool = True, old: bool = False) -> bytes:
    """A downloadFile reply whose ApplicationResponse is encrypted to `receiver`."""
    inner = pretend.application(content=pretend.STATEMENT)
    payload = sign_enveloped(inner, pretend.bank_key()) if signed else inner
    names = {"algorithm": "tripledes-cbc", "transport": "rsa-1_5"} if old else {}
    return pretend.signed(pretend.envelope(encrypt_document(payload, receiver.certificate, legacy=old, **names)))


def rules(*keys: Pkcs12Key, **changes: object) -> response.ReplyRules:
    return replace(pretend.rules(**changes), decryptors=keys)


def code(raw: bytes, wanted: response.ReplyRules) -> str:
    with pytest.raises(Corrupt) as caught:
        response.prove(pretend.reply(raw), wanted, NOW)
    assert "{" not in caught.value.text("ru") + caught.value.text("en")
    return caught.value.code


def test_an_encrypted_answer_is_opened_and_its_signature_verified() -> None:
    proven = response.prove(pretend.reply(sealed(key("ours"))), rules(key("ours")), NOW)
    assert proven.content == pretend.STATEMENT
    assert proven.proof.layers == ("soap", "payload")


def test_after_a_renewal_answers_to_the_former_key_open_too() -> None:
    raw = sealed(key("former"))
    assert response.prove(pretend.reply(raw), rules(key("ours"), key("former")), NOW).content == pretend.STATEMENT
    assert code(raw, rules(key("ours"))) == "bank.encrypted_to_another"


def test_encryption_proves_nothing() -> None:
    assert code(sealed(key("ours"), signed=False), rules(key("ours"))) == "bank.payload_signature_missing"


def test_old_ciphers_need_the_switch_and_its_day() -> None:
    raw = sealed(key("ours"), old=True)
    assert code(raw, rules(key("ours"))) == "bank.algorithm_forbidden"
    until = NOW + timedelta(days=1)
    proven = response.prove(pretend.reply(raw), rules(key("ours"), legacy=True, legacy_until=until), NOW)
    assert proven.content == pretend.STATEMENT
    assert code(raw, rules(key("ours"), legacy=True, legacy_until=NOW)) == "bank.algorithm_forbidden"


def test_a_refusal_may_come_unencrypted_but_never_unsigned() -> None:
    inner = pretend.application("30", "Authentication failed")
    raw = pretend.signed(pretend.envelope(sign_enveloped(inner, pretend.bank_key())))
    with pytest.raises(Refused) as caught:
        response.prove(pretend.reply(raw), rules(key("ours")), NOW)
    assert caught.value.values["bank_code"] == "30"
    assert code(pretend.signed(pretend.envelope(inner)), rules(key("ours"))) == "bank.payload_signature_missing"


# The channel


def profile() -> Profile:
    made = load_profile(PROFILES / "sandbox.toml")
    return made.model_copy(update={"encryption": Encryption(bank_certificate="bank.pem", bank_names=["bank"])})


@pytest.fixture
def bank() -> Iterator[PretendBank]:
    with pretend.serving() as running:
        running.opener = key("bank")

        def answer(asked: pretend.Asked) -> bytes:
            inner = sign_enveloped(pretend.application(content=pretend.STATEMENT), pretend.bank_key())
            payload = encrypt_document(inner, key("ours").certificate)
            return pretend.signed(pretend.envelope(payload, asked.operation, asked.request_id), clock=SystemClock())

        running.answer = answer
        yield running


def channel(url: str, trust: BankTrust) -> BxdChannel:
    customer = pretend.customer_key()
    return BxdChannel(profile(), Agreement(pretend.CUSTOMER, "T", url=url), trust, SystemClock(), customer, customer)


def trust(certificate: Pkcs12Key | None) -> BankTrust:
    anchors = (pretend.authority().certificate,)
    return BankTrust(anchors, rules(key("ours")), certificate.certificate if certificate else None)


def test_requests_go_out_encrypted_and_answers_come_back_so(bank: PretendBank) -> None:
    made = channel(bank.url, trust(key("bank")))
    reply = made.fetch(FileRef("A1", "XT"))
    assert b"EncryptedData" not in reply.raw  # inside the base64 of the signed envelope
    assert made.prove(reply, reply.received_at).content == pretend.STATEMENT
    assert bank.heard[0].application.findtext("{*}Command") == "DownloadFile"  # the bank could open it
    made.close()


def test_after_use_the_channel_opens_with_the_new_trust(bank: PretendBank) -> None:
    made = channel(bank.url, trust(key("bank")).opening_with((key("former"),)))
    reply = made.fetch(FileRef("A1", "XT"))
    with pytest.raises(Corrupt):
        made.prove(reply, reply.received_at)
    made.use(pretend.customer_key(), pretend.customer_key(), trust(key("bank")))
    assert made.prove(reply, reply.received_at).content == pretend.STATEMENT
    assert made.fetch(FileRef("A1", "XT")).raw
    made.close()


@pytest.mark.parametrize("which", ["none", "ended"])
def test_nothing_is_sent_without_a_certificate_to_encrypt_to(bank: PretendBank, which: str) -> None:
    ended = pretend.authority().issue_signing("bank", NOW - timedelta(days=300), NOW - timedelta(days=2))
    made = channel(bank.url, trust(None if which == "none" else ended))
    with pytest.raises(KvitError) as caught:
        made.fetch(FileRef("A1", "XT"))
    assert caught.value.code == {"none": "bank.no_bank_certificate", "ended": "bank.bank_certificate_ended"}[which]
    assert "kvit bank" in caught.value.hint("en")
    assert bank.heard == []
    made.close()
