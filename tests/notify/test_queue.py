"""The queue: once each, by the first way that is open, taken back, and sent again by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.core.authority import Actor, Role
from gateway.core.clock import FixedClock, from_text
from gateway.core.errors import Refused
from gateway.notify import consents, queue, templates
from gateway.notify.model import ConsentSource, ConsentWord, NotificationState
from gateway.notify.queue import NewNotification
from gateway.notify.sending import Sender
from gateway.notify.tables import notifications
from gateway.notify.templates import Text
from gateway.store import Store
from tests.notify.conftest import NOON
from tests.notify.messages import EMAIL, MAIL, PHONE, SMS, TERMS, Scripted, all_rows, new, queued, row, values_of

CLERK = Actor("Анна", Role.OWNER)
NEEDED = replace(TERMS, consent_needed=True)


def test_written_once_however_often_it_is_told(store: Store) -> None:
    first = queued(store, new())
    assert queued(store, new()) == first
    assert queued(store, new(phone="", email=MAIL)) == first  # another way does not make it another message
    assert queued(store, new(event="ready.2")) != first
    assert queued(store, new(about="parcel:2")) != first
    found = all_rows(store)
    assert len(found) == 3
    assert [each.number for each in found] == [1, 2, 3]
    one = found[0]
    assert values_of(one, "address", "channel", "segments", "price", "template_version", "state") == {
        "address": PHONE, "channel": "sms", "segments": 2, "price": 700, "template_version": 0, "state": "queued",
    }  # fmt: skip
    with pytest.raises(IntegrityError), store.unit() as unit:
        unit.insert(notifications, {**one._mapping, "id": "another"})


@pytest.mark.parametrize(
    ("message", "consents_of", "channel", "why_not"),
    [
        (new(), [PHONE], "sms", ""),
        (new(email=MAIL), [PHONE, MAIL], "sms", ""),
        (new(email=MAIL), [MAIL], "email", ""),
        (new(email=MAIL, channels=(EMAIL, SMS)), [PHONE, MAIL], "email", ""),
        (new(email=MAIL), [], "", "notify.no_consent"),
        (new(phone="+7 495 123-45-67", email=MAIL), [MAIL], "email", ""),
        (new(phone="+7 495 123-45-67"), [], "", "notify.no_address"),
        (new(phone="", email="nobody"), [], "", "notify.no_address"),
        (new(channels=(SMS,), email=MAIL), [MAIL], "", "notify.no_consent"),
    ],
)
def test_the_first_way_that_is_open(
    store: Store, message: NewNotification, consents_of: list[str], channel: str, why_not: str
) -> None:
    with store.unit() as unit:
        for address in consents_of:
            way = EMAIL if "@" in address else SMS
            consents.put(unit, address, way, ConsentWord.GIVEN, ConsentSource.SHOP, "parcel:1")
        assert queue.obstacle(unit.connection, "frames", NEEDED, message) == why_not
        written = queue.write(unit, NEEDED, message)
        unit.commit()
    assert [each.channel for each in all_rows(store)] == ([channel] if channel else [])
    assert (written is None) == bool(why_not)


def test_a_text_that_is_off_leaves_the_other_way(store: Store) -> None:
    with store.unit(CLERK) as unit:
        templates.put(unit, TERMS, Text("roga", "ready", SMS, 0, "", "{{ track }}", active=False))
        assert queue.obstacle(unit.connection, "frames", TERMS, new()) == "notify.text_off"
        unit.commit()
    assert row(store, queued(store, new(email=MAIL))).channel == "email"


def test_it_waits_for_the_day_and_for_its_time(store: Store, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=7))  # 19:00 in Moscow, 23:00 in Novosibirsk
    late = row(store, queued(store, new(offset_minutes=420)))
    assert from_text(late.not_before) == NOON.replace(hour=2) + timedelta(days=1)
    assert from_text(late.not_after) == from_text(late.not_before) + TERMS.lives
    assert from_text(row(store, queued(store, new("parcel:2"))).not_before) == clock.now()
    letter = new("parcel:3", phone="", email=MAIL, offset_minutes=420)
    assert from_text(row(store, queued(store, letter)).not_before) == clock.now()
    later = NOON + timedelta(days=2)
    assert from_text(row(store, queued(store, new("parcel:4", earliest=later))).not_before) == later


def test_taken_back_before_it_is_sent(store: Store) -> None:
    ready = queued(store, new(email=MAIL))
    reminder = queued(store, new(event="reminder.1.1", template="reminder"))
    other = queued(store, new("parcel:2"))
    sms = Scripted(at_once=1)
    Sender(store, TERMS, sms, None).round()
    assert [each.id for each in sms.seen] == [ready]
    with store.unit() as unit:
        assert queue.withdraw(unit, "parcel:1", (), "notify.too_late") == 0
        assert queue.withdraw(unit, "parcel:1", ("ready.", "reminder."), "notify.too_late") == 1
        unit.commit()
    assert values_of(row(store, reminder), "state", "reason") == {"state": "withdrawn", "reason": "notify.too_late"}
    assert row(store, other).state == "queued"
    kept = row(store, ready)
    assert (kept.state, kept.fallback_address) == ("sent", "")  # and no letter will follow


def test_sent_again_by_a_person(store: Store, clock: FixedClock) -> None:
    first = queued(store, new())

    def again(message: str, reason: str = "Не дошло, просит повторить", actor: Actor = CLERK) -> str:
        with store.unit(actor) as unit:
            made = queue.resend(unit, NEEDED, message, reason)
            unit.commit()
        return made

    def refusal(message: str, reason: str = "Не дошло", actor: Actor = CLERK) -> str:
        with pytest.raises(Refused) as refused:
            again(message, reason, actor)
        return refused.value.code

    assert refusal(first) == "notify.under_way"
    Sender(store, TERMS, Scripted(), None).round()
    assert refusal(first) == "notify.no_consent"
    with store.unit() as unit:
        consents.put(unit, PHONE, SMS, ConsentWord.GIVEN, ConsentSource.FORM, "form:1")
        unit.commit()
    assert refusal(first, "  ") == "notify.no_reason"
    assert refusal("nosuch") == "notify.not_found"
    assert refusal(first, actor=Actor("Склад", Role.WAREHOUSE)) == "authority.missing"
    clock.advance(timedelta(hours=10))
    second = again(first)
    made = row(store, second)
    assert values_of(made, "event", "replaces", "note", "state", "body") == {
        "event": "ready.1.again1", "replaces": first, "note": "Не дошло, просит повторить", "state": "queued",
        "body": row(store, first).body,
    }  # fmt: skip
    assert from_text(made.not_before) == NOON.replace(hour=6) + timedelta(days=1)  # not at night either
    assert row(store, first).state == NotificationState.SENT
    clock.advance(timedelta(hours=12))
    Sender(store, TERMS, Scripted(), None).round()
    assert row(store, again(second)).event == "ready.1.again2"
    with store.unit() as unit:
        unit.update(notifications, first, address="", body="")
        unit.commit()
    assert refusal(first) == "notify.too_old"
