"""The book of parcels, lots that stand nowhere, and the server as a process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.clock import FixedClock
from gateway.core.errors import Refused
from gateway.parcels.barcodes import check
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox.__main__ import main
from gateway.parcels.sandbox.control import CarrierSandbox
from gateway.parcels.sandbox.journey import Fate, Step
from gateway.parcels.sandbox.server import CarrierServer
from tests.parcels.sandbox.house import COD, NOW


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def sandbox(tmp_path: Path, clock: FixedClock) -> CarrierSandbox:
    return CarrierSandbox.create(tmp_path, clock, seed=7)


def test_there_is_one_sandbox_in_a_folder(sandbox: CarrierSandbox, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        CarrierSandbox.create(tmp_path)
    assert refused.value.code == "sandbox.exists"
    with pytest.raises(Refused) as refused:
        CarrierServer(tmp_path / "elsewhere")
    assert refused.value.code == "sandbox.missing"


def test_credentials_are_new_in_each_and_not_shown(sandbox: CarrierSandbox, tmp_path: Path) -> None:
    known, other = sandbox.credentials(), CarrierSandbox.create(tmp_path / "other").credentials()
    assert known == sandbox.credentials() and known.post_password != other.post_password
    assert known.post_password not in repr(known) and known.cdek_secret not in repr(known)


@pytest.mark.parametrize("carrier", list(CarrierKey))
def test_numbers_given_are_good_ones(sandbox: CarrierSandbox, carrier: CarrierKey) -> None:
    lot = sandbox.stock(5, carrier)
    given = [sandbox.send(carrier).track, *(plan.track for plan in sandbox.send_many(4, carrier))]
    given += [lot.track(serial) for serial in range(5)]
    assert len(set(given)) == 10
    for track in given:
        checked = check(track)
        assert (checked.track, checked.carrier, checked.warnings) == (track, carrier, ())
        assert sandbox.plan(track, carrier).track == track


def test_what_is_not_said_is_honest_and_what_is_said_is_kept(sandbox: CarrierSandbox, tmp_path: Path) -> None:
    plain = sandbox.send()
    assert (plain.fate, plain.forgotten, plain.pays_out, plain.origin, plain.sent) == (
        Fate.COLLECTED, False, True, "101000", NOW,
    )  # fmt: skip
    script = (Step("1:1", timedelta(0), "443063"), Step("8:14", timedelta(hours=5), "443063"))
    said = sandbox.send(
        track="RA644000001RU", origin="443063", destination="690091", fate=Fate.RETURNED, cod=COD, waits_days=4.5,
        order="A-17", mail_type=7, forgotten=True, script=script, sent=NOW - timedelta(days=1),
    )  # fmt: skip
    assert CarrierSandbox(tmp_path).plan("RA644000001RU") == said
    assert [event.code for event in sandbox.events("RA644000001RU")] == ["1:1", "8:14"]


def test_another_future_keeps_the_past(sandbox: CarrierSandbox) -> None:
    track = sandbox.send(destination="690091").track
    past = sandbox.story(track)[:7]
    for fate in (Fate.REFUSED, Fate.RETURNED):
        sandbox.change(track, fate=fate)
        assert sandbox.story(track)[:7] == past
    assert sandbox.story(track)[-1].code == "2:2"


def test_time_passes_at_the_carriers_alone(sandbox: CarrierSandbox, clock: FixedClock) -> None:
    track = sandbox.send().track
    assert sandbox.move_clock(timedelta(days=40)) == sandbox.now() == NOW + timedelta(days=40)
    assert clock.now() == NOW
    assert sandbox.events(track) == sandbox.story(track)


def test_a_lot_of_a_hundred_thousand_costs_nothing_until_it_is_asked_for(sandbox: CarrierSandbox) -> None:
    lot = sandbox.stock(100_000, days=30, first=NOW - timedelta(days=60))
    tracks = [lot.track(serial) for serial in range(0, 100_000, 9_973)]
    stories = [sandbox.events(track) for track in tracks]
    assert all(stories) and len({story[0].at for story in stories}) == len(stories)
    assert sandbox.books.path.stat().st_size < 200_000
    with pytest.raises(Refused):
        sandbox.plan(lot.track(100_000))


def test_it_runs_as_a_process_until_it_is_told_to_stop(sandbox: CarrierSandbox, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway.parcels.sandbox", "--home", str(tmp_path)], stderr=subprocess.PIPE
    )
    try:
        listening = sandbox.folder / "carriers.json"
        until = time.monotonic() + 20
        while not listening.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        told = json.loads(listening.read_text(encoding="utf-8"))
        assert told["pid"] == process.pid and set(told["urls"]) == {"single", "batch", "cdek"}
        (sandbox.folder / "stop").touch()
        assert process.wait(10) == 0 and not listening.exists()
    finally:
        process.kill()
        process.communicate()


def test_a_process_without_a_sandbox_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path)]) == 1
    assert "carriers" in capsys.readouterr().err
