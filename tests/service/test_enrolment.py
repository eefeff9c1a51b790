"""Renewing our certificate at the sandbox bank: no gap, nothing half done, and no way around the bank's rules."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.bank.bxd.certificates import service as certificate_services
from gateway.bank.sandbox.books import Books
from gateway.bank.sandbox.certificates import activation_code
from gateway.bank.sandbox.enrol import load_authority
from gateway.core.errors import Corrupt, Refused, Unavailable
from gateway.core.money import Money
from gateway.service import enrolment
from gateway.service.enrolment import Renewed, enrol, finish, renew, start_over
from gateway.service.instance import InstanceLock
from gateway.service.key_slot import KeySlot
from gateway.service.passphrases import VAULT_SERVICE
from gateway.signing.keys import Pkcs12Key, fingerprint, load_pkcs12
from tests.service.bank_house import House, refused


def test_the_drill_near_the_end_a_renewal_and_not_a_poll_is_missed(house: House) -> None:
    old = house.ends_in(days=20)
    house.sandbox.pay(invoice="1", amount=Money.parse("100.00"), payer="ООО «Багет»")
    assert house.polls()
    before = datetime.now(UTC)
    done = renew(house.desk, house.table)
    assert done.until > before + timedelta(days=700)
    assert done.former_until == old.certificate.not_valid_after_utc
    assert not done.resumed
    house.sandbox.pay(invoice="2", amount=Money.parse("200.00"), payer="ООО «Багет»")
    assert house.polls()
    assert fingerprint(house.key().certificate) == done.sha256
    assert house.journal() == ["certificate.received", "certificate.switched"]
    # the old key is refused from now on, and is kept nevertheless
    assert [fingerprint(k.certificate) for k in house.slot.former()] == [fingerprint(old.certificate)]
    with house.channel() as channel:
        channel.use(old, old)
        assert refused(channel.user_info).code == "bank.fault"
        channel.use(house.key(), house.key())
        assert channel.user_info()["file_types"]


def test_nothing_secret_lies_open(house: House) -> None:
    house.ends_in(days=20)
    renew(house.desk, house.table)
    keys = sorted(file.name for file in house.installation.home.keys.iterdir())
    assert len(keys) == 2  # the key that counts and the former one
    for file in house.installation.home.keys.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        with pytest.raises(Refused):
            load_pkcs12(file.read_bytes(), "")
    passphrases = json.loads(house.installation.home.vault_file.read_text())["secrets"][VAULT_SERVICE]
    assert sum("#" in user for user in passphrases) == 2  # one for each file; the next key's first one is forgotten


# Killed anywhere: what lies on the disk afterwards is a working key, and the rest is done again.

STEPS = ["begin", "ask", "lost-answer", "certify", "prove", "archive", "rename"]


class Killed(BaseException):
    """The process ends here; nothing catches it but the test."""


def kill_at(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object, **__: object) -> object:
        raise Killed(step)

    def after(function: Callable[..., object]) -> Callable[..., object]:
        def done_then_dead(*arguments: object, **named: object) -> object:
            function(*arguments, **named)
            raise Killed(step)

        return done_then_dead

    if step == "begin":  # the pass phrase is in the vault, the file is not written
        monkeypatch.setattr("gateway.service.key_slot.write_private", dead)
    elif step == "ask":
        monkeypatch.setattr(certificate_services.CertificateService, "_get", dead)
    elif step == "lost-answer":
        get = certificate_services.CertificateService._get
        monkeypatch.setattr(certificate_services.CertificateService, "_get", after(get))
    elif step == "certify":
        monkeypatch.setattr(KeySlot, "certify", dead)
    elif step == "prove":  # the bank has seen the new key: the old one counts no more
        monkeypatch.setattr(enrolment._Work, "_prove", after(enrolment._Work._prove))
    elif step == "archive":
        monkeypatch.setattr(KeySlot, "_archive", after(KeySlot._archive))
    else:
        monkeypatch.setattr(KeySlot, "switch", after(KeySlot.switch))


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_the_service_goes_on_and_the_renewal_ends(
    house: House, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = house.ends_in(days=20)
    with monkeypatch.context() as patch:
        kill_at(step, patch)
        with pytest.raises(Killed):
            renew(house.desk, house.table)
    # a key that opens lies in its place, whatever happened
    assert fingerprint(house.key().certificate) in known_to_the_bank(house, old)
    finish(house.desk, house.table)
    assert house.polls()
    request = house.slot.pending()
    done = None if step == "rename" else renewed(house)
    if request is not None and done is not None:  # the very key that was begun, hence the very request
        assert request.private_key.private_numbers() == house.key().private_key.private_numbers()
    assert house.polls()
    assert house.slot.pending() is None
    assert house.key().certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=700)
    assert fingerprint(house.key().certificate) == house.sandbox.books.fact("customer_sha256")


def renewed(house: House) -> Renewed | None:
    """What the service does at its next look: nothing, where `finish` was enough."""
    if house.key().certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=60):
        return None
    return renew(house.desk, house.table)


def known_to_the_bank(house: House, old: Pkcs12Key) -> set[str]:
    with house.sandbox.books.read() as db:
        rows = db.execute("SELECT value FROM facts WHERE name IN ('customer_sha256', 'certificate_next')").fetchall()
    return {row["value"] for row in rows} | {fingerprint(old.certificate)}


def test_a_lost_answer_is_asked_for_again_with_the_same_request(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.ends_in(days=20)
    with monkeypatch.context() as patch:
        kill_at("lost-answer", patch)
        with pytest.raises(Killed):
            renew(house.desk, house.table)
    issued = issued_requests(house.sandbox.books)
    renew(house.desk, house.table)
    assert issued_requests(house.sandbox.books) == issued  # no second certificate
    assert len(issued) == 1


def issued_requests(books: Books) -> list[str]:
    with books.read() as db:
        rows = db.execute("SELECT name FROM facts WHERE name LIKE 'certificate.%' ORDER BY name").fetchall()
    return [row["name"] for row in rows]


def test_a_bank_that_is_away_leaves_the_old_key_and_the_request(house: House) -> None:
    house.ends_in(days=20)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        away = f"https://127.0.0.1:{taken.getsockname()[1]}/services/CorporateFileService"
        table = house.table.model_copy(update={"url": away})
        assert isinstance(refused(lambda: renew(house.desk, table)), Unavailable)
    pending = house.slot.pending()
    assert pending is not None and pending.certificate is None
    assert house.polls()
    renew(house.desk, house.table)
    assert house.key().private_key.private_numbers() == pending.private_key.private_numbers()


def test_a_new_key_that_the_bank_does_not_take_never_counts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    old = house.ends_in(days=20)
    house.sandbox.behave("http-500", operation="getUserInfo")
    assert refused(lambda: renew(house.desk, house.table)).code == "bank.fault"
    assert house.key().certificate == old.certificate
    done = finish(house.desk, house.table)
    assert done is not None and done.resumed
    assert house.polls()


def test_an_ended_key_cannot_renew_and_a_code_can(house: House) -> None:
    house.ends_in(days=-1)
    error = refused(lambda: renew(house.desk, house.table))
    assert error.code == "certificates.ended"
    assert "kvit bank enrol --replace" in error.hint("en")


def test_two_renewals_at_once_are_one(house: House) -> None:
    with InstanceLock(house.installation.home.run / "renewal"):
        assert refused(lambda: renew(house.desk, house.table)).code == "certificates.busy"


def test_giving_up_a_renewal_begins_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.ends_in(days=20)
    with monkeypatch.context() as patch:
        kill_at("ask", patch)
        with pytest.raises(Killed):
            renew(house.desk, house.table)
    first = house.slot.pending()
    start_over(house.desk, house.table)
    assert house.slot.pending() is None
    renew(house.desk, house.table)
    assert first is not None
    assert house.key().private_key.private_numbers() != first.private_key.private_numbers()


def test_a_key_on_a_token_is_renewed_elsewhere(house: House) -> None:
    table = house.table.model_copy(update={"key_kind": "token"})
    assert refused(lambda: renew(house.desk, table)).code == "certificates.key_kind"


def test_an_unreadable_next_key_is_named(house: House) -> None:
    house.ends_in(days=20)
    house.slot.new_file.write_bytes(b"half a file")
    error = refused(lambda: renew(house.desk, house.table))
    assert error.code == "certificates.pending_unreadable"
    assert str(house.slot.new_file) in error.text("ru")
    assert house.polls()  # the key that counts is not touched by it


# A first certificate


def forget_the_key(house: House) -> None:
    for file in house.installation.home.keys.iterdir():
        file.unlink()


def test_a_code_brings_the_first_certificate(house: House) -> None:
    forget_the_key(house)
    assert refused(lambda: renew(house.desk, house.table)).code == "certificates.no_key"
    code = activation_code(house.sandbox.books)
    done = enrol(house.desk, house.table, f" {code}\n")
    assert done.former_until is None
    assert house.polls()
    subject = house.key().certificate.subject.rfc4514_string()
    assert house.table.customer_id in subject
    # a code counts once, and a key that counts is not replaced in passing
    assert refused(lambda: enrol(house.desk, house.table, code)).code == "certificates.have_key"
    error = refused(lambda: enrol(house.desk, house.table, code, replace=True))
    assert (error.code, error.values["bank_code"]) == ("certificates.refused", "30")
    assert code not in error.text("ru")
    assert house.polls()


def test_a_wrong_or_empty_code_is_refused_and_tried_again_with_the_same_key(house: House) -> None:
    forget_the_key(house)
    code = activation_code(house.sandbox.books)
    wrong = f"{(int(code) + 1) % 10**10:010d}"
    assert refused(lambda: enrol(house.desk, house.table, wrong)).values["bank_code"] == "30"
    assert refused(lambda: enrol(house.desk, house.table, "  ")).code == "certificates.no_code"
    pending = house.slot.pending()
    enrol(house.desk, house.table, code)
    assert pending is not None
    assert house.key().private_key.private_numbers() == pending.private_key.private_numbers()


def test_the_code_is_nowhere_afterwards(house: House) -> None:
    forget_the_key(house)
    code = activation_code(house.sandbox.books)
    enrol(house.desk, house.table, code)
    root = house.installation.home.root
    for file in root.rglob("*"):
        if file.is_file() and "sandbox" not in file.relative_to(root).parts:
            assert code.encode() not in file.read_bytes(), file


# The other family of banks


def other_family(house: House) -> None:
    """The installation's own profile of the sandbox, as the OP family would have it."""
    home = house.installation.home
    program = Path(enrolment.__file__).resolve().parents[2] / "certs" / "profiles"
    text = (program / "sandbox.toml").read_text(encoding="utf-8")
    for old, new in (
        ('kind = "hmac" ', 'kind = "transfer-key" '),
        ("/services/CertificateService", "/services/OPCertificateService"),
        ("http://bxd.fi/CertificateService", "http://mlp.op.fi/OPCertificateService"),
        ("http://filetransfer.nordea.com/xmldata/", "http://op.fi/mlp/xmldata/"),
        ('"CN={company}", "serialNumber={customer_id}"', '"CN={customer_id}"'),
        ("signed = true                       # false", "signed = false                      # false"),
    ):
        assert old in text
        text = text.replace(old, new)
    (home.profiles / "sandbox.toml").write_text(text, encoding="utf-8")


def test_the_transfer_key_family_enrols_and_renews(house: House) -> None:
    other_family(house)
    forget_the_key(house)
    enrol(house.desk, house.table, activation_code(house.sandbox.books))
    subject = house.key().certificate.subject
    assert [a.rfc4514_string() for a in subject] == ["C=FI", f"CN={house.table.customer_id}"]
    renew(house.desk, house.table)
    assert house.polls()


def test_that_family_takes_no_other_subject_and_explains_nothing(house: House) -> None:
    other_family(house)
    profile = house.installation.home.profiles / "sandbox.toml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace('["C=FI", "CN={customer_id}"]', '["CN={customer_id}"]'), encoding="utf-8")
    error = refused(lambda: renew(house.desk, house.table))
    assert (error.code, error.values["bank_code"]) == ("certificates.refused", "26")


def test_an_unsigned_answer_with_somebody_elses_certificate_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of an unsigned answer is believed but a certificate of the bank's authority for the key we made."""
    other_family(house)
    old = house.ends_in(days=20)
    stranger = load_authority(house.sandbox.folder).issue_client("somebody", datetime.now(UTC)).certificate
    answer = house.server._http.certificates._answer
    monkeypatch.setattr(
        house.server._http.certificates, "_answer", lambda *given: answer(*given[:-1], stranger), raising=True
    )
    error = refused(lambda: renew(house.desk, house.table))
    assert isinstance(error, Corrupt) and error.code == "certificates.not_ours"
    assert house.key().certificate == old.certificate


def test_a_certificate_of_an_unknown_authority_is_refused(house: House) -> None:
    old = house.ends_in(days=20)
    home = house.installation.home
    program = Path(enrolment.__file__).resolve().parents[2] / "certs" / "profiles" / "sandbox.toml"
    text = program.read_text(encoding="utf-8").replace(
        'issuers = ["sandbox-signing-root.pem"]', 'issuers = ["sandbox-tls-root.pem"]'
    )
    (home.profiles / "sandbox.toml").write_text(text, encoding="utf-8")
    assert refused(lambda: renew(house.desk, house.table)).code == "certificates.unknown_issuer"
    assert house.key().certificate == old.certificate
