"""What the screens show, and what is left after the time of keeping."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.core.authority import Actor, Role
from gateway.core.clock import MOSCOW, FixedClock
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.notify import consents, queries, retention
from gateway.notify.gateways.ports import Receipt, Word
from gateway.notify.model import ConsentSource, ConsentWord, NotificationState
from gateway.notify.queries import Filters
from gateway.notify.sending import Sender
from gateway.store import Store
from tests.notify.conftest import NOON
from tests.notify.messages import MAIL, PHONE, SMS, TERMS, Scripted, new, queued, row

OWNER = Actor("Анна", Role.OWNER)


def test_history_list_and_card(store: Store, clock: FixedClock) -> None:
    first = queued(store, new(email=MAIL))
    clock.advance(timedelta(hours=1))
    second = queued(store, new(event="reminder.1.1", template="reminder"))
    letter = queued(store, new("parcel:2", phone="", email=MAIL))
    sms = Scripted(at_once=1)
    sender = Sender(store, TERMS, sms, None)
    sender.round()
    sms.coming = [Receipt("1", Word.DELIVERED, "DELIVRD 000")]
    sender.round()
    with store.reading() as connection:

        def ids(filters: Filters, **more: object) -> list[str]:
            found = queries.page(connection, "frames", MOSCOW, OWNER, filters, **more)  # type: ignore[arg-type]
            return [each.id for each in found.items]

        assert [each.id for each in queries.history(connection, "frames", "parcel:1", OWNER)] == [first, second]
        assert ids(Filters()) == [letter, second, first]
        assert ids(Filters(channel="sms", template="ready", state="delivered")) == [first]
        assert ids(Filters(phone="8 916 1234567")) == [second, first]
        assert ids(Filters(phone="nobody")) == []
        assert ids(Filters(since=date(2026, 11, 24))) == []
        assert ids(Filters(since=date(2026, 11, 23), until=date(2026, 11, 23), about="parcel:2")) == [letter]
        slices, after = [], None
        for _ in range(3):
            found = queries.page(connection, "frames", MOSCOW, OWNER, Filters(), after, 1)
            slices += [each.id for each in found.items]
            after = found.next
        assert (slices, after) == ([letter, second, first], None)
        shown = queries.card(connection, "frames", first, OWNER)
        assert (shown.line.address, shown.line.price, shown.line.letter_may_follow) == (
            "+7916•••4567",
            Money(700),
            True,
        )
        assert (shown.parts, [(each.word, each.taken) for each in shown.receipts]) == (
            [("1", "delivered")], [("DELIVRD 000", True)],
        )  # fmt: skip
        assert queries.card(connection, "frames", letter, OWNER).line.address == "a•••@example.ru"
        assert queries.counts(connection, "frames", OWNER)[NotificationState.QUEUED] == 1
        for ask in (queries.history, queries.card):
            with pytest.raises(Refused) as refused:
                ask(connection, "frames", first, Actor("x", Role.PARCEL_FEED))
            assert refused.value.code == "authority.missing"


def test_months(store: Store, clock: FixedClock) -> None:
    sms, mail = Scripted(), Scripted("smtp")
    sender = Sender(store, TERMS, sms, mail)
    queued(store, new())
    queued(store, new("parcel:2", phone="", email=MAIL))
    sender.round()
    clock.advance(timedelta(days=8, hours=2))  # 1 December in Moscow
    queued(store, new("parcel:3"))
    sender.round()
    sms.coming = [Receipt("1", Word.FAILED, "UNDELIV"), Receipt("3", Word.DELIVERED, "DELIVRD")]
    sender.round()
    with store.reading() as connection:
        december, november, october = queries.months(connection, "frames", MOSCOW, OWNER, clock.now(), last=3)
    assert (december.first, december.sms, december.parts, december.spent) == (date(2026, 12, 1), 1, 2, Money(700))
    assert (december.delivered, december.failed, december.letters) == (1, 0, 0)
    assert (november.first, november.sms, november.failed, november.letters) == (date(2026, 11, 1), 1, 1, 1)
    assert (october.sms, october.spent) == (0, Money(0))


def test_after_the_time_of_keeping_it_is_known_that_it_went_but_not_to_whom(store: Store, clock: FixedClock) -> None:
    old, fresh = queued(store, new(email=MAIL)), None
    with store.unit() as unit:
        consents.put(unit, PHONE, SMS, ConsentWord.GIVEN, ConsentSource.SHOP, "parcel:1")
        unit.commit()
    Sender(store, TERMS, Scripted(), None).round()
    clock.advance(timedelta(days=TERMS.retention_days + 1))
    fresh = queued(store, new("parcel:2"))
    with store.unit() as unit:
        assert (retention.purge_due(unit, TERMS), retention.purge_due(unit, TERMS)) == (1, 0)
        unit.commit()
    left = row(store, old)
    emptied = (left.address, left.subject, left.body, left.unsubscribe, left.fallback_address, left.fallback_body)
    assert emptied == ("",) * 6
    assert (left.state, left.segments, left.handed_at) == ("sent", 2, NOON.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    assert row(store, fresh).address == PHONE
    with store.reading() as connection:
        assert consents.may(connection, "frames", TERMS, PHONE, SMS)
        assert len(consents.words(connection, "frames", PHONE, SMS)) == 1
