"""From an empty folder to evidence in a zip, with nothing but commands, on a real sandbox bank over HTTPS."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.bank.sandbox.launch import launch
from gateway.core.clock import business_date
from gateway.service.demo import shop as shops
from tests.service.conftest import Kvit, tamper

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def trading(kvit: Kvit, sandbox_home: Path, tmp_path: Path) -> Iterator[tuple[Path, shops.Order]]:
    """A shop with goods, orders, a running bank and automatic release; the order is small and unpaid."""
    now = datetime.now(UTC)
    shop = shops.make_shop(business_date(now))
    for name, make in (("1", shops.catalogue_file), ("2", shops.offers_file), ("3", shops.orders_file)):
        (tmp_path / f"{name}.xml").write_bytes(make(shop, now))
    assert kvit("import", *sorted(tmp_path.glob("*.xml")), "--home", sandbox_home).code == 0
    assert kvit("user", "add", "Пётр", "--role", "director", "--home", sandbox_home).code == 0
    assert kvit("release", "automatic", "--by", "Пётр", "--yes", "--home", sandbox_home).code == 0
    order = next(order for order in shop.orders if order.pieces <= 5 and not order.delivery)
    with launch(sandbox_home):
        yield sandbox_home, order


def _pay(kvit: Kvit, home: Path, order: shops.Order) -> None:
    paid = kvit(
        "sandbox", "pay", "--home", home, "--invoice", order.number, "--amount", order.amount.decimal_text(),
        "--payer", order.customer.name, "--inn", order.customer.inn, "--account", order.customer.account,
    )  # fmt: skip
    assert paid.code == 0, paid.err


def test_a_paid_order_can_be_proved_from_its_number(
    kvit: Kvit, trading: tuple[Path, shops.Order], tmp_path: Path
) -> None:
    home, order = trading
    _pay(kvit, home, order)
    (poll,) = kvit("bank", "poll", "--home", home, "--json").json["polls"]
    assert poll["result"] == "new"
    assert [(m["fresh"], m["payments"], m["released"]) for m in poll["messages"]] == [(1, 1, 1)]

    answer = kvit("evidence", order.number, "--out", tmp_path / "e.zip", "--home", home, "--json")
    assert answer.code == 0, answer.err
    (message,) = answer.json["messages"]
    assert message["holds"] is True and "Kvit Sandbox Bank" in message["signer"]
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        names = archive.namelist()
        raw = archive.read(f"messages/{message['id']}.bin")
        records = json.loads(archive.read("evidence.json"))["records"]
        kinds = [json.loads(line)["kind"] for line in archive.read("journal.jsonl").decode().splitlines()]
        statement = archive.read(f"messages/{message['id']}.content.xml").decode()
        certificate = archive.read(f"certificates/{message['id']}.pem")
    assert hashlib.sha256(raw).hexdigest() == message["sha256"]
    assert order.number in statement
    assert certificate.startswith(b"-----BEGIN CERTIFICATE-----")
    assert not [name for name in names if ":" in name]  # Windows has no such file names
    assert [row["amount"] for row in records["allocations"]] == [order.amount.kopecks]
    assert len(records["releases"]) == len(records["pick_lists"]) == 1
    assert {"message.stored", "message.proved", "entry.recorded", "payment.allocated", "order.released"} <= set(kinds)
    again = kvit("evidence", order.number, "--out", tmp_path / "e.zip", "--home", home, "--json")
    assert again.json["error"]["code"] == "evidence.exists"

    # Somebody changes the stored bytes afterwards: the same command says so.
    tamper(home, "UPDATE blobs SET bytes = CAST(replace(bytes, 'e', 'E') AS BLOB)")
    forged = kvit("evidence", order.number, "--out", tmp_path / "f.zip", "--home", home, "--json")
    assert forged.code == 1
    assert forged.json["messages"][0]["reason"] == "message.bytes_changed"


def test_a_forged_message_is_refused_by_name_and_comes_again_honestly(
    kvit: Kvit, trading: tuple[Path, shops.Order]
) -> None:
    home, order = trading
    assert kvit("sandbox", "behave", "forged-signature", "--home", home).code == 0
    _pay(kvit, home, order)
    forged = kvit("bank", "poll", "--home", home, "--json")
    assert forged.code == 1
    (poll,) = forged.json["polls"]
    assert [refused["code"] for refused in poll["refused"]] == ["bank.signature_invalid"]
    status = kvit("status", "--home", home, "--json").json
    assert status["sla"]["released_today"] == 0
    assert [alarm["code"] for alarm in status["alarms"]] == ["bank.signature_invalid"]
    honest = kvit("bank", "poll", "--home", home, "--json")
    assert honest.code == 0
    assert kvit("status", "--home", home, "--json").json["sla"]["released_today"] == 1


def test_the_doctor_finds_the_banks_door_open(kvit: Kvit, trading: tuple[Path, shops.Order]) -> None:
    home, _ = trading
    assert kvit("bank", "poll", "--home", home).code == 0
    found = kvit("doctor", "--home", home, "--json").json
    assert [f for f in found["findings"] if f["state"] != "ok"] == []
    codes = {f["code"] for f in found["findings"]}
    assert {"doctor.bank_opens", "doctor.bank_answers"} <= codes


def test_while_the_service_runs_it_does_the_asking(kvit: Kvit, trading: tuple[Path, shops.Order]) -> None:
    home, order = trading
    settings = home / "kvit.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("poll_every_s = 300", "poll_every_s = 86400"), encoding="utf-8")
    service = subprocess.Popen(
        [sys.executable, "-m", "gateway.service.cli", "serve", "--home", str(home)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 40
        while not (home / "run" / "connection.json").exists():
            assert time.monotonic() < end and service.poll() is None
            time.sleep(0.05)
        # The first poll of the service is over before there is anything to find.
        assert kvit("bank", "poll", "--home", home).code == 0
        _pay(kvit, home, order)
        answer = kvit("bank", "poll", "--home", home, "--json", "--language", "en")
        assert answer.code == 0, answer.err
        assert "The service is running" in answer.err
        assert [poll["result"] for poll in answer.json["polls"]] == ["new"]
        status = kvit("status", "--home", home, "--json").json
        assert status["running"] and status["sla"]["released_today"] == 1
        assert (home / "run" / "console.token").stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    finally:
        service.terminate()
        service.wait(40)
