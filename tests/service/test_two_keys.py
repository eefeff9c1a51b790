"""A bank with two keys, as Danske: signing and encryption are renewed together, and no answer is lost between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.bank.bxd.certificates import authority
from gateway.bank.bxd.opening import opened
from gateway.core.authority import SERVICE
from gateway.core.clock import FixedClock
from gateway.service import doctor
from gateway.service.config import BankTable, Home, load_config
from gateway.service.enrolment import Desk, _Work, enrol, fetch_bank_certificate, finish, renew
from gateway.service.key_slot import KeySlot, Slots, slots_of
from gateway.service.opening import open_store
from gateway.service.wiring import profile_of, vault_of
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.signing.xmlenc import encrypt_document
from tests.bank.bxd.test_certificate_replies import NOW, Pki, Post, banks_key, root
from tests.service.bank_house import refused

TABLE = BankTable(profile="danske", customer_id="360817", key="danske.p12", encryption_key="danske-encryption.p12")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Pki:
    made = Pki()
    monkeypatch.setattr(authority, "PinnedTransport", lambda *_: Post(made))
    monkeypatch.setattr(_Work, "_prove", lambda work, new: None)  # its file service is tried in tests/bank/bxd
    return made


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    where = Home(home)
    for name in ("danske-tls-root.pem", "danske-root.pem"):
        (where.anchors / name).write_bytes(root().certificate.public_bytes(Encoding.PEM))
    config, clock = load_config(where), FixedClock(NOW)
    store = open_store(where, config, clock)
    yield Desk(where, config, clock, store, vault_of(where), SERVICE)
    store.close()


def slots(desk: Desk) -> Slots:
    profile = profile_of(desk.home, TABLE)
    return slots_of(desk.home, desk.vault, TABLE, profile)  # type: ignore[arg-type]


def keys(desk: Desk) -> list[Pkcs12Key]:
    found = [slot.current() for slot in slots(desk).all]
    assert all(found)
    return [key for key in found if key is not None]


def test_a_pin_brings_both_keys_and_the_banks_own_certificate(desk: Desk, bank: Pki) -> None:
    enrol(desk, TABLE, "1234")
    encryption, signing = keys(desk)
    assert encryption.private_key.private_numbers() != signing.private_key.private_numbers()
    fetched = (desk.home.anchors / "danske-encryption.pem").read_bytes()
    assert fetched == banks_key("DPCRYPT").certificate.public_bytes(Encoding.PEM)


@pytest.mark.parametrize("step", ["encryption-certified", "encryption-switched", "done"])
def test_killed_between_the_two_every_answer_still_opens(
    desk: Desk, bank: Pki, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(desk, TABLE, "1234")
    former, signing = keys(desk)
    to_former = encrypt_document(b"<x/>", former.certificate)
    name = {"encryption-certified": "certify", "encryption-switched": "switch"}.get(step)
    with monkeypatch.context() as patch:
        if name is not None:
            plain = getattr(KeySlot, name)

            def then_dead(slot: KeySlot, *arguments: object) -> None:
                plain(slot, *arguments)
                raise Killed

            patch.setattr(KeySlot, name, then_dead)
            with pytest.raises(Killed):
                renew(desk, TABLE)
        else:
            renew(desk, TABLE)
    # whatever the bank encrypts to now, the former certificate or the new one, some key of ours opens it
    assert opens(desk, to_former)
    pending = slots(desk).encryption
    assert pending is not None
    new = pending.pending()
    certified = new.complete() if new else pending.current()
    assert certified is not None
    assert opens(desk, encrypt_document(b"<x/>", certified.certificate))
    if finish(desk, TABLE) is None and step != "done":
        renew(desk, TABLE)
    assert all(slot.pending() is None for slot in slots(desk).all)
    for old, now in zip((former, signing), keys(desk), strict=True):
        assert fingerprint(old.certificate) != fingerprint(now.certificate)
    assert opens(desk, to_former)


def opens(desk: Desk, message: bytes) -> bool:
    return opened(message, slots(desk).decryptors(), legacy=False, limit=len(message)) == b"<x/>"


def test_a_bank_with_two_keys_wants_two_files(desk: Desk, bank: Pki) -> None:
    one = TABLE.model_copy(update={"encryption_key": ""})
    assert refused(lambda: enrol(desk, one, "1234")).code == "certificates.no_encryption_key"


def test_the_banks_certificate_is_fetched_again_before_it_ends(desk: Desk, bank: Pki) -> None:
    enrol(desk, TABLE, "1234")
    file = desk.home.anchors / "danske-encryption.pem"
    assert not fetch_bank_certificate(desk, TABLE)  # it lasts for long
    ending = banks_key("DPCRYPT", -700, 20).certificate.public_bytes(Encoding.PEM)
    file.write_bytes(ending)
    assert fetch_bank_certificate(desk, TABLE)
    assert file.read_bytes() == banks_key("DPCRYPT").certificate.public_bytes(Encoding.PEM)
    file.unlink()
    assert fetch_bank_certificate(desk, TABLE)


def test_the_doctor_looks_at_both_keys_and_at_the_banks_certificate(desk: Desk, bank: Pki) -> None:
    with desk.home.config_file.open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[[bank]]\nprofile = "danske"\ncustomer_id = "360817"\nkey = "danske.p12"\n'
            'encryption_key = "danske-encryption.p12"\n'
        )

    def found() -> dict[str, str]:
        looked = doctor.examine_home(desk.home, desk.clock, thorough=False)
        named = [(str(f.values.get("name", f.values.get("file", ""))), f.code) for f in looked]
        return {Path(name).name: code for name, code in named if "danske" in name or name == "DPCRYPT"}

    assert found() == {
        "danske.p12": "config.no_key",
        "danske-encryption.p12": "config.no_key",
        "danske-encryption.pem": "bank.no_bank_certificate",
    }
    enrol(desk, TABLE, "1234")
    assert found() == {"danske.p12": "doctor.certificate_lasts", "danske-encryption.p12": "doctor.certificate_lasts"}
    ending = banks_key("DPCRYPT", -700, 20).certificate.public_bytes(Encoding.PEM)
    (desk.home.anchors / "danske-encryption.pem").write_bytes(ending)
    assert found()["DPCRYPT"] == "doctor.anchor_ends"
