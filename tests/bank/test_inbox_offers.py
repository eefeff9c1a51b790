"""A bank that names each file once only loses us nothing, wherever we die."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.bank import inbox
from gateway.bank.channel import FileRef, Listing, Proven, Reply
from gateway.bank.tables import messages, offers
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.service.rounds import bank_round
from gateway.store import marks
from tests.crash.test_half_done import Bank, columns, open_codes, statement
from tests.flows.shop import TERMS, Shop


class Queue(Bank):
    """Lists unread files only, and a file is read once it was listed: the worst a queue can be."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.unread: list[str] = []
        self.cursors: list[str] = []
        self.dies_at = ""
        self.withholds: set[str] = set()
        self.told: list[str] = []

    def put(self, reference: str, content: bytes) -> None:
        self.files[reference] = content
        self.unread.append(reference)

    def list_files(self, since: date | None, cursor: str = "") -> Listing:
        if self.away:
            raise Unavailable("bank.away", detail="test")
        self.cursors.append(cursor)
        listed, self.unread = self.unread, []
        return Listing(tuple(FileRef(name, "15") for name in listed), f"after {len(self.files)}")

    def fetch(self, ref: FileRef) -> Reply:
        if ref.reference == self.dies_at:
            self.dies_at = ""
            raise KeyboardInterrupt
        if ref.reference in self.withholds:
            raise Refused("bank.response_refused", bank_code="2102", text="Packet not found")
        return super().fetch(ref)

    def acknowledge(self, ref: FileRef) -> None:
        self.told.append(ref.reference)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.goods("frame", main=100)
    yield shop
    shop.close()


@pytest.fixture
def queue(shop: Shop) -> Queue:
    queue = Queue(shop)
    for number in ("125", "126", "127"):
        shop.order(number, {"frame": 2})
        queue.put(f"P{number}", statement(shop.line(200_000, f"Оплата по счету № {number}"), number=f"S{number}"))
    return queue


def cursor(shop: Shop, queue: Queue) -> object:
    with shop.store.reading() as connection:
        return marks.get(connection, "test", f"bank.cursor:{queue.name}")


def test_files_named_once_survive_a_crash_between_two_fetches(shop: Shop, queue: Queue) -> None:
    queue.dies_at = "P126"
    with pytest.raises(KeyboardInterrupt):
        bank_round(shop.store, TERMS, queue)
    assert columns(shop, offers.c.reference) == ["P126", "P127"]
    assert cursor(shop, queue) is None
    done = bank_round(shop.store, TERMS, queue)
    assert len(done.polled.accepted) == 2
    assert sorted(columns(shop, messages.c.reference)) == ["P125", "P126", "P127"]
    assert columns(shop, messages.c.state) == ["taken"] * 3
    assert columns(shop, offers.c.reference) == []


def test_the_cursor_moves_only_when_everything_listed_is_safe(shop: Shop, queue: Queue) -> None:
    queue.withholds = {"P126"}
    bank_round(shop.store, TERMS, queue)
    assert cursor(shop, queue) is None
    queue.withholds = set()
    bank_round(shop.store, TERMS, queue)
    assert cursor(shop, queue) == "after 3"
    bank_round(shop.store, TERMS, queue)
    assert queue.cursors == ["", "", "after 3"]


def test_a_file_the_bank_names_no_more_and_never_gives_is_given_up_with_an_alarm(shop: Shop, queue: Queue) -> None:
    forged = queue.files["P126"]
    queue.files["P126"] = b""
    queue._reply = lambda operation, reference, raw: Bank._reply(  # type: ignore[method-assign]
        queue, operation, reference, b"forged %d" % len(queue.fetched) if reference == "P126" else raw
    )
    for _ in range(8):
        bank_round(shop.store, TERMS, queue)
        shop.clock.at += timedelta(hours=2)
    assert forged and columns(shop, offers.c.reference) == []
    assert "bank.offer_lost" in open_codes(shop)
    assert sorted(set(columns(shop, messages.c.state))) == ["refused", "taken"]


def test_an_offer_of_what_we_have_is_forgotten(shop: Shop, queue: Queue) -> None:
    bank_round(shop.store, TERMS, queue)
    with shop.store.unit() as unit:
        unit.insert(
            offers,
            {
                "company": "test",
                "channel": queue.name,
                "reference": "P125",
                "position": 1,
                "file_type": "15",
                "service_id": "",
                "created_at": None,
                "offered_at": unit.at,
            },
        )
        unit.commit()
    fetched = list(queue.fetched)
    assert inbox.poll(shop.store, queue).result == "nothing_new"
    assert queue.fetched == fetched
    assert columns(shop, offers.c.reference) == []


def test_the_migration_made_the_table(shop: Shop) -> None:
    with shop.store.reading() as connection:
        assert connection.execute(select(offers)).all() == []


def test_what_cannot_be_judged_here_waits_and_holds_up_nothing(
    shop: Shop, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = queue.prove

    def without_engine(reply: Reply, at: datetime) -> Proven:
        if reply.request.reference == "P126":
            raise Unavailable("gost.unavailable")
        return honest(reply, at)

    monkeypatch.setattr(queue, "prove", without_engine)
    bank_round(shop.store, TERMS, queue)
    assert columns(shop, messages.c.state) == ["taken", "stored", "taken"]
    assert open_codes(shop) == ["gost.unavailable"]
    monkeypatch.setattr(queue, "prove", honest)  # the engine is installed
    bank_round(shop.store, TERMS, queue)
    assert columns(shop, messages.c.state) == ["taken"] * 3
    assert queue.fetched.count("P126") == 1
    assert open_codes(shop) == []


def test_a_reply_refused_before_that_cannot_be_judged_now_holds_up_nothing(
    shop: Shop, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = queue.prove

    def failing(error: KvitError) -> None:
        def prove(reply: Reply, at: datetime) -> Proven:
            if reply.request.reference == "P125":
                raise error
            return honest(reply, at)

        monkeypatch.setattr(queue, "prove", prove)

    failing(Corrupt("bank.untrusted_certificate", subject="CN=new", sha256="aa"))
    queue.withholds = {"P126", "P127"}
    bank_round(shop.store, TERMS, queue)
    failing(Unavailable("gost.unavailable"))
    queue.withholds = set()
    polled = bank_round(shop.store, TERMS, queue).polled
    assert (len(polled.accepted), polled.refused, polled.error) == (2, [("P125", "bank.replayed")], None)
    assert columns(shop, messages.c.state) == ["refused", "taken", "taken"]


def test_a_file_s_bytes_are_durable_before_the_next_is_asked_for(
    shop: Shop, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, seen = queue.fetch, []

    def fetch(ref: FileRef) -> Reply:
        seen.append((columns(shop, messages.c.reference), list(queue.told)))
        return honest(ref)

    monkeypatch.setattr(queue, "fetch", fetch)
    inbox.poll(shop.store, queue)
    assert seen == [([], []), (["P125"], []), (["P125", "P126"], ["P125"])]
    assert queue.told == ["P125", "P126", "P127"]


def test_the_bank_is_told_of_a_file_when_its_verdict_is_on_record(
    shop: Shop, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_record = []
    monkeypatch.setattr(
        queue,
        "acknowledge",
        lambda ref: on_record.append(
            (ref.reference, columns(shop, messages.c.state), columns(shop, offers.c.reference))
        ),
    )
    inbox.poll(shop.store, queue)
    assert on_record == [
        ("P125", ["proved", "stored"], ["P126", "P127"]),
        ("P126", ["proved", "proved", "stored"], ["P127"]),
        ("P127", ["proved"] * 3, []),
    ]


def test_a_verdict_that_could_not_be_written_is_reached_again_out_of_the_stored_bytes(
    shop: Shop, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("store.unreachable", reason="disk full")

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "record", away)
        assert inbox.poll(shop.store, queue).result == "failed"
    assert columns(shop, messages.c.state) == ["stored"]
    assert len(inbox.poll(shop.store, queue).accepted) == 3
    assert columns(shop, messages.c.state) == ["proved"] * 3
    assert queue.fetched.count("P125") == 1
