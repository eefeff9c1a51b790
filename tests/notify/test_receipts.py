"""Receipts: matched however ids are spelt, believed only while a message is under way, kept in any case."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gateway.notify import consents, receipts
from gateway.notify.gateways.ports import Answer, Fate, Receipt, Word
from gateway.notify.model import ConsentSource
from gateway.notify.sending import Sender
from gateway.notify.tables import receipts as table
from gateway.store import Store
from tests.notify.messages import MAIL, PHONE, SMS, TERMS, Scripted, new, queued, row, values_of


def sent(store: Store, *outer: str, about: str = "parcel:1") -> str:
    message = queued(store, new(about))
    Sender(store, TERMS, Scripted(usual=Answer("", Fate.TAKEN, outer)), None).round()
    assert row(store, message).state == "sent"
    return message


def take(store: Store, outer: str, word: Word = Word.DELIVERED, **more: object) -> bool:
    with store.unit() as unit:
        taken = receipts.take(unit, "smpp", Receipt(outer, word, word.value.upper(), **more))  # type: ignore[arg-type]
        unit.commit()
    return taken


@pytest.mark.parametrize(
    ("answered", "receipted"),
    [
        ("1A2B3C", "1715004"),
        ("1715004", "1A2B3C"),
        ("001a2b3c", "1715004"),
        ("1715004", "001A2B3C"),
        ("1A2B3C", "1a2b3c"),
        ("0012", "12"),
        ("b6f3-77", "b6f3-77"),
    ],
)
def test_ids_in_hexadecimal_or_decimal(store: Store, answered: str, receipted: str) -> None:
    message = sent(store, answered)
    assert take(store, receipted)
    assert row(store, message).state == "delivered"


def test_the_very_id_goes_before_another_spelling_of_it(store: Store) -> None:
    decimal, hexadecimal = sent(store, "16"), sent(store, "10", about="parcel:2")
    assert take(store, "10")
    assert (row(store, decimal).state, row(store, hexadecimal).state) == ("sent", "delivered")


def test_where_bases_are_mixed_the_address_tells_them_apart(store: Store) -> None:
    sixteen, twenty_two = sent(store, "10"), sent(store, "16", about="parcel:2")  # answered in hexadecimal
    assert take(store, "16", number=row(store, sixteen).number, address=PHONE)
    assert (row(store, sixteen).state, row(store, twenty_two).state) == ("delivered", "sent")
    assert take(store, "22", address=PHONE)
    assert row(store, twenty_two).state == "delivered"


def test_delivered_when_every_part_is(store: Store) -> None:
    message = sent(store, "1", "2", "3")
    assert take(store, "3")
    assert take(store, "1")
    assert not take(store, "1")
    assert row(store, message).state == "sent"
    assert take(store, "2")
    assert row(store, message).state == "delivered"


def test_failed_with_the_first_part_that_is_and_the_end_is_the_end(store: Store) -> None:
    message = sent(store, "1", "2")
    assert take(store, "2", Word.FAILED)
    ended = row(store, message)
    assert values_of(ended, "state", "reason", "said") == {"state": "failed", "reason": "notify.said", "said": "FAILED"}
    for outer, word in (("1", Word.DELIVERED), ("2", Word.DELIVERED), ("2", Word.FAILED), ("1", Word.REFUSED)):
        assert not take(store, outer, word)
    assert row(store, message) == ended
    with store.reading() as connection:
        kept = connection.execute(select(table.c.notification_id, table.c.taken).order_by(table.c.id)).all()
        assert consents.words(connection, "frames", PHONE, SMS) == []
    assert [tuple(each) for each in kept] == [(message, 1), *[(message, 0)] * 4]


def test_under_way_is_no_news_of_a_sent_one_and_settles_an_unknown_one(store: Store) -> None:
    message = sent(store, "1")
    assert not take(store, "1", Word.UNDER_WAY)
    assert row(store, message).state == "sent"
    unknown = queued(store, new("parcel:2", event="x", phone="+79031234567"))
    Sender(store, TERMS, Scripted(usual=Answer("", Fate.UNKNOWN, code="notify.no_answer")), None).round()
    late = {"number": row(store, unknown).number, "address": "+79031234567", "whole": True}
    assert take(store, "9", Word.UNDER_WAY, **late)
    assert row(store, unknown).state == "sent"
    assert take(store, "9", whole=True)
    assert row(store, unknown).state == "delivered"


def test_one_that_fits_nothing_is_kept(store: Store) -> None:
    sent(store, "1")
    assert not take(store, "777", address=PHONE)  # the one to that number has its answer
    with store.reading() as connection:
        (kept,) = connection.execute(select(table)).all()
    assert values_of(kept, "outer_id", "word", "notification_id", "taken") == {
        "outer_id": "777", "word": "DELIVERED", "notification_id": None, "taken": 0,
    }  # fmt: skip


def test_who_refused_mailings_at_his_operator_gets_letters(store: Store) -> None:
    message = queued(store, new(email=MAIL))
    sms, mail = Scripted(), Scripted("smtp")
    sender = Sender(store, TERMS, sms, mail)
    sender.round()
    sms.coming = [Receipt("1", Word.REFUSED, "REJECTD 255")]
    sender.round()
    sender.round()
    assert values_of(row(store, message), "state", "reason") == {"state": "failed", "reason": "notify.operator"}
    with store.reading() as connection:
        (word,) = consents.words(connection, "frames", PHONE, SMS)
    assert (word.source, word.evidence) == (ConsentSource.OPERATOR, f"message:{message}")
    assert [each.address for each in mail.seen] == [MAIL]
    assert row(store, queued(store, new("parcel:2", email=MAIL))).channel == "email"
