"""A statement brought as a file: who may, what is kept, what is refused, and reading again."""

from __future__ import annotations

import json
from datetime import date

import pytest

from gateway.bank import archive, inbox
from gateway.bank.channel import FileRef, Listing, Reply, Request
from gateway.bank.tables import messages
from gateway.core.authority import Actor, Role
from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.flows.take_file import CHANNEL, EXCHANGE, brought_by, take_statement
from gateway.flows.take_message import reimport, take_message
from gateway.onec.incoming import read_file
from gateway.payments.tables import entries
from gateway.service.rounds import bank_round, take_onec
from gateway.store import alarms
from gateway.store.schema import blobs, journal
from tests.flows.desk import Desk, PretendChannel, camt, line61, mt940, ntry, text_document, text_file
from tests.flows.shop import ACCOUNTANT, DIRECTOR, TERMS, Shop
from tests.flows.test_paid_to_pick import one


class QuietChannel(PretendChannel):
    """A bank with nothing new."""

    def __init__(self) -> None:
        super().__init__("signed")

    def list_files(self, since: date | None, cursor: str = "") -> Listing:
        return Listing(())


FILE = text_file(text_document(200_000, doc_no="17"), closing=200_000)
ORDERS = text_file(text_document(200_000, doc_no="17").replace("ДатаПоступило", "СрокПлатежа"))


def test_only_those_who_answer_for_the_money_may_bring_a_statement(shop: Shop) -> None:
    may = set()
    for role in Role:
        try:
            take_statement(shop.store, TERMS, FILE, "kl.txt", Actor("кто-то", role))
            may.add(role)
        except Refused as refused:
            assert refused.code == "authority.missing"
    assert may == {Role.ACCOUNTANT, Role.DIRECTOR, Role.OWNER, Role.SERVICE}


def test_the_bytes_are_kept_as_they_came_in_the_name_of_who_brought_them(shop: Shop) -> None:
    done = take_statement(shop.store, TERMS, FILE, "kl_to_1c.txt", DIRECTOR)
    row = one(shop.rows(messages))
    assert (row.id, row.channel, row.state, row.evidence) == (done.message_id, CHANNEL, "taken", "file")
    assert one(shop.rows(blobs, sha256=row.sha256)).bytes == FILE
    assert json.loads(row.proof)["signer_subject"] == "director:zimin"
    told = one(shop.rows(journal, kind="file.imported"))
    assert told.actor == "director:zimin"
    assert json.loads(told.body)["name"] == "kl_to_1c.txt"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (FILE, "1c-text"),
        (text_file(text_document(200_000, doc_no="17", name="ООО Вернисаж"), encoding="cp866"), "1c-text"),
        (text_file(text_document(200_000, doc_no="17"), encoding="utf-8"), "1c-text"),
        (mt940(line61(200_000), closing=200_000), "mt940"),
        (camt("camt.053", ntry(200_000)), "camt"),
        (camt("camt.052", ntry(200_000)), "camt"),
    ],
    ids=["cp1251", "cp866", "utf-8", "mt940", "053", "052"],
)
def test_every_format_is_taken(shop: Shop, content: bytes, kind: str) -> None:
    done = take_statement(shop.store, TERMS, content, "x", ACCOUNTANT)
    assert (done.format, done.taken.lines, done.taken.payments) == (kind, 1, 1)
    entry = one(shop.rows(entries))
    assert (entry.amount, entry.evidence) == (200_000, "file")
    assert ("Вернисаж" in entry.party_name) == (kind != "mt940")
    again = take_statement(shop.store, TERMS, content, "copy", DIRECTOR)
    assert (again.known, again.message_id) == (True, done.message_id)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.not_statement"),
        (b"<html/>", "file.not_statement"),
        (b"PK\x03\x04", "file.not_statement"),
        (text_file().replace("КонецФайла".encode("cp1251"), b""), "onec.bank_truncated"),
        (ORDERS, "file.payment_orders"),
        (camt("camt.053", ntry(200_000))[:-60], "bank.malformed"),
        (mt940(":61:wrong"), "bank.malformed"),
    ],
    ids=["empty", "html", "zip", "cut text", "payment orders", "cut camt", "bad tag"],
)
def test_what_is_no_whole_statement_leaves_no_line(shop: Shop, content: bytes, code: str) -> None:
    for _ in range(2):
        with pytest.raises(KvitError) as refused:
            take_statement(shop.store, TERMS, content, "x", ACCOUNTANT)
        assert refused.value.code == code
    assert shop.rows(entries) == []
    with shop.store.reading() as connection:
        assert alarms.open_alarms(connection, "test") == []


def test_a_file_of_the_exchange_folder_names_who_handed_it_over(shop: Shop) -> None:
    brought_by(shop.store, FILE, ACCOUNTANT)
    take_onec(shop.store, TERMS, read_file(FILE, "kl.txt"))
    take_onec(shop.store, TERMS, read_file(mt940(line61(1_000), closing=1_000), "day.sta"))
    by = [json.loads(row.transport)["by"] for row in shop.rows(messages)]
    assert by == ["accountant:ivanova", str(EXCHANGE)]


def test_an_import_that_broke_off_is_finished_by_the_next_round(shop: Shop) -> None:
    """The program stopped after the bytes were safe."""
    now = shop.clock.now()
    reply = Reply(Request("r", "import", now, "x" * 64), FILE, now, {"name": "kl.txt", "by": "accountant:ivanova"})
    assert inbox.keep(shop.store, CHANNEL, FileRef("x" * 64, "1c-text"), reply) is not None
    done = bank_round(shop.store, TERMS, QuietChannel())
    assert [message.channel for message, _ in done.taken] == [CHANNEL]
    assert one(shop.rows(entries)).evidence == "file"


def test_a_stored_message_can_be_read_again_without_harm(shop: Shop) -> None:
    """alyf banking #319: import again from the files kept."""
    desk = Desk(shop)
    channel = PretendChannel("signed")
    desk.send(camt("camt.053", *(ntry(1_000, doc_no=str(n % 3)) for n in range(9)), id="S1"))
    before = (desk.entries(), desk.payments())
    [message_id] = archive.readable(shop.store, [channel.name])
    for _ in range(2):
        again = reimport(shop.store, TERMS, {channel.name: channel}, message_id)
        assert (again.state, again.taken.lines, again.taken.fresh, again.error) == ("taken", 9, 0, "")
    assert (desk.entries(), desk.payments()) == before
    with pytest.raises(Refused) as refused:
        reimport(shop.store, TERMS, {}, message_id)
    assert refused.value.code == "message.no_channel"


def test_what_no_reader_understood_is_taken_once_one_does(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = PretendChannel("signed")
    now = shop.clock.now()
    content = camt("camt.053", ntry(1_000, ref="A"), id="S1")
    reply = Reply(Request("r", "downloadFile", now, "F1"), content, now, {})

    def broken(*_: object) -> object:
        raise Corrupt("bank.malformed", what="yesterday's reader")

    message_id = inbox.keep(shop.store, channel.name, FileRef("F1", "XT"), reply)
    assert message_id is not None
    inbox.prove(shop.store, channel, message_id, reply)
    with monkeypatch.context() as yesterday:
        yesterday.setattr("gateway.flows.take_message.read", broken)
        take_message(shop.store, TERMS, channel, message_id)
        assert one(shop.rows(messages)).state == "unreadable"
        again = reimport(shop.store, TERMS, {channel.name: channel}, message_id)
        assert (again.state, again.error) == ("unreadable", "bank.malformed")
    again = reimport(shop.store, TERMS, {channel.name: channel}, message_id)
    assert (again.state, again.taken.fresh, again.error) == ("taken", 1, "")
    with shop.store.reading() as connection:
        assert alarms.open_alarms(connection, "test") == []


def test_a_refused_message_is_not_read(shop: Shop) -> None:
    class Suspicious(PretendChannel):
        def prove(self, reply: Reply, at: object) -> object:
            raise Corrupt("bank.malformed", what="forged")

    channel = Suspicious("signed")
    now = shop.clock.now()
    reply = Reply(Request("r", "downloadFile", now, "F1"), b"forged", now, {})
    message_id = inbox.keep(shop.store, channel.name, FileRef("F1", "XT"), reply)
    assert message_id is not None
    assert inbox.prove(shop.store, channel, message_id, reply) == "bank.malformed"
    with pytest.raises(Refused) as refused:
        reimport(shop.store, TERMS, {channel.name: channel}, message_id)
    assert refused.value.code == "message.was_refused"
