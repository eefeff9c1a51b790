"""The service's own renewals, the commands beside it, and what they say."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.bank.bxd.client import BxdChannel
from gateway.bank.sandbox.certificates import activation_code
from gateway.service.enrolment import _Work, renew
from gateway.service.renewals import FAILED, Renewals, renewal_due
from gateway.service.wiring import Bank, open_banks
from gateway.signing.keys import fingerprint
from gateway.store import alarms
from tests.service.bank_house import House
from tests.service.conftest import Kvit

ROOT = Path(__file__).resolve().parents[2]


def opened(house: House, **table: object) -> Bank:
    """The bank as the running service has it, its entry in kvit.toml changed by `table`."""
    bank = open_banks(house.installation)[0]
    return Bank(bank.table.model_copy(update=table), bank.profile, bank.channel)


def open_alarms(house: House) -> list[alarms.Alarm]:
    with house.installation.store.reading() as connection:
        return alarms.open_alarms(connection, house.installation.store.company)


def in_use(bank: Bank) -> datetime:
    assert isinstance(bank.channel, BxdChannel)
    return bank.channel.certificate_expires


def test_the_service_renews_in_time_and_goes_on_with_the_same_channel(house: House) -> None:
    old = house.ends_in(days=59)
    bank = opened(house)
    renewals = Renewals(house.installation, [bank])
    assert renewal_due(bank, datetime.now(UTC))
    assert house.polls(bank.channel)
    renewals.look()
    assert in_use(bank) > datetime.now(UTC) + timedelta(days=700)
    assert not renewal_due(bank, datetime.now(UTC))
    renewals.refresh(bank)
    assert house.polls(bank.channel)
    assert house.key().certificate != old.certificate
    assert open_alarms(house) == []
    renewals.look()  # nothing is due any more
    assert house.journal() == ["certificate.received", "certificate.switched"]
    bank.channel.close()


@pytest.mark.parametrize("table", [{"renew_days_before": 30}, {"renew_days_before": 0}, {"key_kind": "token"}])
def test_it_leaves_alone_what_is_not_its_to_renew(house: House, table: dict[str, object]) -> None:
    house.ends_in(days=59)
    bank = opened(house, **table)
    assert not renewal_due(bank, datetime.now(UTC))
    Renewals(house.installation, [bank]).look()
    assert house.journal() == []
    bank.channel.close()


@pytest.mark.parametrize(("days", "severity"), [(40, "warning"), (5, "error")])
def test_a_renewal_that_fails_is_an_alarm_until_it_succeeds(
    house: House, days: int, severity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ends_in(days=days)
    bank = opened(house)
    renewals = Renewals(house.installation, [bank])
    with monkeypatch.context() as patch:
        patch.setattr(house.server._http.certificates, "handle", lambda *_: (b"out of order", 500))
        renewals.look()
        renewals.look()
    (raised,) = open_alarms(house)
    assert (raised.code, raised.severity, raised.count) == (FAILED, severity, 2)
    assert raised.values["days"] == days - 1 and "{" not in str(raised.values["reason"])
    assert house.polls(bank.channel)  # with the old key, meanwhile
    renewals.look()
    assert open_alarms(house) == []
    bank.channel.close()


def test_a_key_exchanged_by_a_command_is_taken_up_before_the_next_poll(house: House, kvit: Kvit) -> None:
    house.ends_in(days=20)
    bank = opened(house)
    renewals = Renewals(house.installation, [bank])
    assert house.polls(bank.channel)
    answer = kvit("bank", "renew", "--home", house.installation.home.root, "--json")
    assert (answer.code, answer.json["days_left"]) == (0, 729)
    renewals.refresh(bank)
    assert house.polls(bank.channel)  # the old one would be refused by now
    assert in_use(bank).date().isoformat() == answer.json["expires"]
    bank.channel.close()


def test_what_was_interrupted_after_the_bank_had_seen_the_new_key_is_finished_before_the_next_poll(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ends_in(days=20)
    bank = opened(house)
    renewals = Renewals(house.installation, [bank])
    prove = _Work._prove

    def then_dead(work: _Work, new: Any) -> None:
        prove(work, new)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_Work, "_prove", then_dead)
        with pytest.raises(KeyboardInterrupt):
            renew(house.desk, house.table)
    assert not house.polls(bank.channel)  # the bank takes the new key only, and the service has the old one
    renewals.refresh(bank)
    assert house.polls(bank.channel)
    bank.channel.close()


def test_a_key_that_cannot_be_taken_up_does_not_stop_the_polls(house: House) -> None:
    house.ends_in(days=20)
    bank = opened(house)
    renewals = Renewals(house.installation, [bank])
    house.slot.new_file.write_bytes(b"not a key")
    renewals.refresh(bank)
    assert house.polls(bank.channel)
    bank.channel.close()


# A real kill -9, in a real process

KILLED = """
import os, signal
from gateway.service import enrolment, key_slot
from gateway.bank.bxd.certificates.service import CertificateService

def dead(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def run(*arguments, **named):
        function(*arguments, **named)
        dead()
    return run

step = {step!r}
if step == "asked":
    CertificateService._get = after(CertificateService._get)
elif step == "proved":
    enrolment._Work._prove = after(enrolment._Work._prove)
else:
    key_slot.sync_folder = dead

import sys
sys.argv = ["kvit", "bank", "renew", "--home", {home!r}]
from gateway.service.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("step", ["asked", "proved", "renamed"])
def test_a_process_killed_in_the_middle_leaves_a_working_key(house: House, kvit: Kvit, step: str) -> None:
    old = house.ends_in(days=20)
    home = house.installation.home.root
    script = textwrap.dedent(KILLED).format(step=step, home=str(home))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    key = house.key()
    assert (key.certificate == old.certificate) == (step != "renamed")
    bank = opened(house)
    renewals = Renewals(house.installation, [bank])
    renewals.refresh(bank)
    assert house.polls(bank.channel)
    if in_use(bank) < datetime.now(UTC) + timedelta(days=60):
        renewals.look()
    assert house.polls(bank.channel)
    assert fingerprint(house.key().certificate) == house.sandbox.books.fact("customer_sha256")
    assert house.slot.pending() is None
    bank.channel.close()


# The commands


def test_enrol_takes_the_code_from_a_program_and_says_what_it_got(house: House, kvit: Kvit) -> None:
    home = house.installation.home
    house.slot.file.unlink()
    code = activation_code(house.sandbox.books)
    answer = kvit("bank", "enrol", "--home", home.root, "--code-stdin", "--json", input=f"{code}\n")
    assert answer.code == 0, answer.err
    assert answer.json["former_expires"] is None and answer.json["resumed"] is False
    assert answer.json["sha256"] == fingerprint(house.key().certificate)
    assert kvit("bank", "poll", "--home", home.root).code == 0


def test_enrol_reads_a_file_and_tells_a_wrong_code(house: House, kvit: Kvit, tmp_path: Path) -> None:
    home = house.installation.home
    house.slot.file.unlink()
    (tmp_path / "code").write_text("0000000000\n", encoding="utf-8")
    answer = kvit("bank", "enrol", "--home", home.root, "--code-file", tmp_path / "code", "--language", "ru")
    assert (answer.code, answer.out) == (1, "")
    assert "Банк не выдал сертификат: 30" in answer.err
    assert "0000000000" not in answer.err


def test_the_code_is_never_an_argument(home: Path, kvit: Kvit) -> None:
    assert kvit("bank", "enrol", "--home", home, "1234567890").code == 2
    assert kvit("bank", "enrol", "--home", home, "--code", "1234567890").code == 2


def test_without_anybody_to_ask_it_says_how_to_hand_the_code_over(house: House, kvit: Kvit) -> None:
    answer = kvit("bank", "enrol", "--home", house.installation.home.root, "--language", "en")
    assert answer.code == 2
    assert "--code-file" in answer.err


def test_renew_speaks_to_people_and_starts_over(house: House, kvit: Kvit) -> None:
    house.ends_in(days=20)
    house.slot.new_file.write_bytes(b"not a key")
    home = house.installation.home.root
    failed = kvit("bank", "renew", "--home", home, "--language", "ru")
    assert failed.code == 1 and "Новый ключ не открывается" in failed.err
    house.slot.new_file.unlink()
    answer = kvit("bank", "renew", "--home", home, "--start-over", "--language", "ru")
    assert answer.code == 0 and "новый сертификат действует до" in answer.out
    assert "SHA-256" in answer.out


def test_a_home_without_a_bank_or_with_an_unknown_one_is_told(home: Path, house: House, kvit: Kvit) -> None:
    assert "config.no_bank" in json.dumps(kvit("bank", "renew", "--home", home, "--json").json)
    known = kvit("bank", "renew", "--home", house.installation.home.root, "--profile", "nowhere", "--json")
    assert known.json["error"]["code"] == "key.unknown_bank"
