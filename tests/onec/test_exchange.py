"""The exchange folder: nothing half-written is taken, nothing is lost, nothing is taken over another."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.core.clock import FixedClock
from gateway.core.errors import Corrupt, Refused, Unavailable
from gateway.onec.exchange import ExchangeFolder, FileOutcome, Result
from gateway.onec.incoming import Incoming, Kind
from gateway.onec.model_documents import CommerceML
from tests.onec.facts import bank_document, commerceml, line, offers, order, statement

AT = dt.datetime(2026, 11, 21, 9, 16, 43, tzinfo=dt.UTC)
ORDERS = commerceml(order()).encode()
BROKEN = commerceml(order())[:-40].encode()
PARTLY = commerceml(order("bad", lines=line(qty="две")) + order("good")).encode()
GOODS = commerceml("<Каталог><Ид>c</Ид><Товары><Товар><Ид>p</Ид></Товар></Товары></Каталог>").encode()
STOCK = commerceml(offers("<Предложение><Ид>p</Ид><Количество>1</Количество></Предложение>")).encode()
BANK = statement(bank_document()).encode("cp1251")


class Office:
    """An exchange folder, a clock that moves by hand, and what was taken."""

    def __init__(self, root: Path, handle: Callable[[Incoming], None] | None = None) -> None:
        self.clock = FixedClock(AT)
        self.taken: list[Incoming] = []
        self.handle = handle or self.taken.append
        self.folder = ExchangeFolder(root, self.clock, lambda incoming: self.handle(incoming))
        self.folder.prepare()

    def put(self, name: str, data: bytes) -> Path:
        path = self.folder.incoming / name
        path.write_bytes(data)
        return path

    def look(self, after: float = 5.0) -> dict[str, FileOutcome]:
        self.clock.advance(dt.timedelta(seconds=after))
        return {outcome.name: outcome for outcome in self.folder.look()}

    def settle(self) -> dict[str, FileOutcome]:
        """Two looks, so that what lies there is taken."""
        self.look()
        return self.look()

    def names(self, folder: str) -> list[str]:
        root = self.folder.root / folder
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "exchange")


def test_a_complete_file_is_handed_on_and_put_away_by_day(office: Office) -> None:
    office.put("orders.xml", ORDERS)
    assert office.look()["orders.xml"].result is Result.WAITING
    outcome = office.look()["orders.xml"]
    assert (outcome.result, outcome.sha256) == (Result.DONE, hashlib.sha256(ORDERS).hexdigest())
    assert [(t.name, t.kind, t.sha256, t.size) for t in office.taken] == [
        ("orders.xml", Kind.COMMERCEML, outcome.sha256, len(ORDERS))
    ]
    assert office.names("done") == ["2026-11-21/orders.xml"]
    assert office.names("in") == office.names("rejected") == []
    assert office.look() == {}


def test_a_growing_file_is_left_alone_until_it_rests(office: Office) -> None:
    path = office.put("orders.xml", ORDERS[:100])
    for size in (200, 300, len(ORDERS)):
        assert office.look()["orders.xml"].result is Result.WAITING
        path.write_bytes(ORDERS[:size])
    assert office.look()["orders.xml"].result is Result.WAITING
    assert office.look(0.5)["orders.xml"].result is Result.WAITING
    assert office.look()["orders.xml"].result is Result.DONE


def test_a_file_that_rests_in_the_middle_is_waited_for(office: Office) -> None:
    """A writer slower than the settling time keeps his open file through our rename."""
    path = office.put("orders.xml", b"")
    with path.open("wb") as writer:
        writer.write(ORDERS[:300])
        writer.flush()
        assert office.settle()["orders.xml"].result is Result.UNFINISHED
        writer.write(ORDERS[300:600])
        writer.flush()
        assert office.look(100)["orders.xml"].result is Result.UNFINISHED
        assert office.look(100)["orders.xml"].result is Result.UNFINISHED, "patience begins anew with every change"
        writer.write(ORDERS[600:])
    assert office.look()["orders.xml"].result is Result.DONE
    assert len(office.taken) == 1


def test_a_file_that_never_ends_is_rejected_with_a_report(office: Office) -> None:
    office.put("orders.xml", BROKEN)
    office.put("other.xml", ORDERS)
    first = office.settle()
    assert (first["orders.xml"].result, first["other.xml"].result) == (Result.UNFINISHED, Result.DONE)
    outcome = office.look(200)["orders.xml"]
    assert outcome.result is Result.REJECTED and outcome.error is not None
    assert outcome.error.code == "onec.xml_truncated"
    assert office.names("rejected") == ["orders.xml", "orders.xml.report.txt"]
    assert (office.folder.rejected / "orders.xml").read_bytes() == BROKEN
    text = (office.folder.rejected / "orders.xml.report.txt").read_bytes().decode("utf-8-sig")
    for words in ("Файл не загружен: orders.xml", "21.11.2026 12:", "обрывается на строке", "Что делать", "Not loaded"):
        assert words in text
    assert hashlib.sha256(BROKEN).hexdigest() in text and "\r\n" in text


def test_a_bad_document_costs_a_report_and_nothing_else(office: Office) -> None:
    office.put("orders.xml", PARTLY)
    outcome = office.settle()["orders.xml"]
    assert outcome.result is Result.PARTLY
    content = office.taken[0].content
    assert isinstance(content, CommerceML) and [d.id for d in content.documents] == ["good"]
    assert office.names("done") == ["2026-11-21/orders.xml", "2026-11-21/orders.xml.report.txt"]
    text = (office.folder.done / "2026-11-21" / "orders.xml.report.txt").read_text("utf-8-sig")
    assert "Файл загружен не полностью" in text and "[пропущено] строка 9: 125: «две» — не количество." in text


def test_remarks_do_not_make_a_file_partly_loaded(office: Office) -> None:
    office.put("orders.xml", commerceml(order()).replace('"UTF-8"', '"windows-1251"').encode())
    assert office.settle()["orders.xml"].result is Result.DONE
    text = (office.folder.done / "2026-11-21" / "orders.xml.report.txt").read_text("utf-8-sig")
    assert "Файл загружен с замечаниями" in text and "прочитан правильно" in text


@pytest.mark.parametrize(
    "name",
    [
        "a.tmp",
        "a.xml.part",
        "~$a.xml",
        ".a.xml",
        "a.crdownload",
        "Thumbs.db",
        "desktop.ini",
        "a.xml.report.txt",
        "a.LOCK",
    ],
)
def test_names_of_unfinished_files_are_left_alone(office: Office, name: str) -> None:
    office.put(name, ORDERS)
    assert office.settle() == {}
    assert office.names("in") == [name]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_links_and_folders_are_left_alone(office: Office, tmp_path: Path) -> None:
    outside = tmp_path / "secret.xml"
    outside.write_bytes(ORDERS)
    (office.folder.incoming / "link.xml").symlink_to(outside)
    (office.folder.incoming / "folder.xml").mkdir()
    os.mkfifo(office.folder.incoming / "pipe.xml")
    assert office.settle() == {}
    assert outside.exists()


def test_catalogue_then_stock_then_orders_then_the_rest(office: Office) -> None:
    for name, data in {"a.txt": BANK, "b.xml": ORDERS, "c.xml": STOCK, "d.xml": GOODS, "a-orders.xml": ORDERS}.items():
        office.put(name, data)
    office.settle()
    assert [taken.name for taken in office.taken] == ["d.xml", "c.xml", "a-orders.xml", "b.xml", "a.txt"]
    assert office.taken[-1].kind is Kind.CLIENT_BANK


def test_the_same_name_again_is_kept_beside_the_first(office: Office) -> None:
    for data in (ORDERS, GOODS, ORDERS):
        office.put("orders.xml", data)
        assert office.settle()["orders.xml"].result is Result.DONE
    assert office.names("done") == [f"2026-11-21/orders{n}.xml" for n in (".2", ".3", "")]
    assert office.taken[0].sha256 == office.taken[2].sha256, "whoever takes it can tell that he has had it"


def test_a_second_file_of_a_name_waits_for_the_first(office: Office) -> None:
    office.put("orders.xml", BROKEN)
    office.settle()
    office.put("orders.xml", ORDERS)
    assert [o.result for o in office.settle().values()] == [Result.WAITING]
    office.look(200)
    assert office.settle() == {} or office.names("in") == []
    assert office.names("rejected")[0] == "orders.xml" and office.names("done") == ["2026-11-21/orders.xml"]


def zipped(members: dict[str, bytes], **how: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, **how)
    return buffer.getvalue()


def test_an_archive_of_1c_is_read_member_by_member(office: Office) -> None:
    office.put(
        "v8_1A76_155ae.zip",
        zipped(
            {
                "offers0_1.xml": STOCK,
                "import_files/ab/picture.jpg": b"\xff\xd8",
                "import0_1.xml": GOODS,
                "orders.xml": ORDERS,
            }
        ),
    )
    outcome = office.settle()["v8_1A76_155ae.zip"]
    assert outcome.result is Result.DONE
    assert [t.name for t in office.taken] == [
        "v8_1A76_155ae.zip/import0_1.xml",
        "v8_1A76_155ae.zip/offers0_1.xml",
        "v8_1A76_155ae.zip/orders.xml",
    ]
    assert office.taken[0].sha256 == hashlib.sha256(GOODS).hexdigest()


def test_a_bad_member_leaves_the_good_ones(office: Office) -> None:
    office.put("all.zip", zipped({"a.xml": b"<wrong/>", "b.xml": ORDERS}))
    outcome = office.settle()["all.zip"]
    assert outcome.result is Result.REJECTED and [t.name for t in office.taken] == ["all.zip/b.xml"]
    text = (office.folder.rejected / "all.zip.report.txt").read_text("utf-8-sig")
    assert "В архиве: all.zip/a.xml" in text and "«wrong»" in text and "не полностью" in text


def test_a_refusal_of_the_taker_rejects_the_file_with_his_reason(office: Office) -> None:
    def refuse(_: Incoming) -> None:
        raise Corrupt("onec.order_no_amount", order="125")

    office.handle = refuse
    office.put("orders.xml", ORDERS)
    outcome = office.settle()["orders.xml"]
    assert outcome.result is Result.REJECTED and outcome.error is not None and outcome.error.values == {"order": "125"}


def test_a_taker_who_cannot_now_gets_it_again(office: Office) -> None:
    def busy(_: Incoming) -> None:
        raise Unavailable("onec.in_unreachable", folder="db", detail="locked")

    office.put("orders.xml", ORDERS)
    office.handle = busy
    for _ in range(20):
        outcomes = office.settle()
    assert outcomes["orders.xml"].result is Result.RETRY
    office.handle = office.taken.append
    assert office.look()["orders.xml"].result is Result.DONE
    assert len(office.taken) == 1


def test_a_fault_of_the_program_stops_only_its_own_file(office: Office) -> None:
    def faulty(incoming: Incoming) -> None:
        if incoming.name == "a.xml":
            raise KeyError("secret")
        office.taken.append(incoming)

    office.handle = faulty
    office.put("a.xml", ORDERS)
    office.put("b.xml", ORDERS)
    first = office.settle()
    assert (first["a.xml"].result, first["b.xml"].result) == (Result.RETRY, Result.DONE)
    results = [office.look()["a.xml"] for _ in range(4)]
    assert [o.result for o in results] == [Result.RETRY] * 3 + [Result.REJECTED]
    error = results[-1].error
    assert error is not None and error.code == "onec.handler_failed" and isinstance(error.__cause__, KeyError)
    text = (office.folder.rejected / "a.xml.report.txt").read_text("utf-8-sig")
    assert "KeyError" in text and "secret" not in text


def test_a_locked_file_is_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a file that another program holds open can be neither renamed nor read."""
    office.put("orders.xml", ORDERS)
    office.look()

    def locked(*_: object) -> None:
        raise PermissionError(errno.EACCES, "used by another process")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", locked)
        assert office.look()["orders.xml"].result is Result.BUSY
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", locked)
        assert office.look()["orders.xml"].result is Result.BUSY
    assert office.look()["orders.xml"].result is Result.DONE


def test_a_full_disk_keeps_the_file_for_later(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("orders.xml", BROKEN)
    office.settle()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert office.look(200)["orders.xml"].result is Result.RETRY
    assert office.look()["orders.xml"].result is Result.REJECTED


def test_an_unreachable_folder_is_said_and_found_again(office: Office) -> None:
    away = office.folder.root.with_name("away")
    office.folder.root.rename(away)
    office.folder.root.write_bytes(b"a file stands where the folder was")
    with pytest.raises(Unavailable) as caught:
        office.folder.look()
    assert caught.value.code == "onec.in_unreachable"
    with pytest.raises(Unavailable):
        office.folder.look()
    office.folder.root.unlink()
    away.rename(office.folder.root)
    office.put("orders.xml", ORDERS)
    assert office.settle()["orders.xml"].result is Result.DONE


class Crash(BaseException):
    """The power is gone."""


def crash_points() -> list[tuple[object, str]]:
    return [(Path, "rename"), (Path, "replace"), (Path, "unlink"), (os, "fsync"), (Path, "open"), (Path, "read_bytes")]


def run_until_crash(root: Path, at: int, after: bool, taken: list[str]) -> bool:
    """Two looks, with the power gone at the `at`-th disk operation or hand-over; whether it came to that."""
    office = Office(root, lambda incoming: taken.append(incoming.sha256))
    count = 0
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in crash_points():
            original = getattr(owner, name)

            def counted(*args: Any, _original: Any = original, name: str = name, **kwargs: Any) -> Any:
                nonlocal count
                count += 1
                mine = count
                if mine == at and not after:
                    raise Crash
                result = _original(*args, **kwargs)
                if mine == at:
                    if name == "open":
                        result.close()
                    raise Crash
                return result

            patch.setattr(owner, name, counted)
        try:
            office.look()
            office.look()
        except Crash:
            return True
    return False


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_disk_operation_loses_nothing(tmp_path: Path, after: bool) -> None:
    expected = {hashlib.sha256(data).hexdigest() for data in (ORDERS, PARTLY)}
    at, crashed = 0, True
    while crashed:
        at += 1
        root = tmp_path / str(at)
        taken: list[str] = []
        before = Office(root)
        for name, data in {"orders.xml": ORDERS, "partly.xml": PARTLY, "wrong.xml": b"<wrong/>"}.items():
            before.put(name, data)
        crashed = run_until_crash(root, at, after, taken)
        office = Office(root, lambda incoming, taken=taken: taken.append(incoming.sha256))  # type: ignore[misc]  # default
        office.settle()
        office.look()
        assert set(taken) == expected, f"crash at {at}"
        assert office.names("in") == []
        kept = [name for name in office.names("done") if not name.endswith((".report.txt", ".tmp"))]
        assert sorted({name.split("/")[1].replace(".2", "") for name in kept}) == ["orders.xml", "partly.xml"], at
        rejected = [name for name in office.names("rejected") if not name.startswith(".kvit-")]
        assert rejected == ["wrong.xml", "wrong.xml.report.txt"], f"crash at {at}"
    assert at > 15, "the operations were really counted"


def test_out_is_written_once(office: Office) -> None:
    office.folder.put("payments.txt", b"one")
    office.folder.put("payments.txt", b"one")
    assert office.names("out") == ["payments.txt"]
    with pytest.raises(Refused):
        office.folder.put("payments.txt", b"two")
