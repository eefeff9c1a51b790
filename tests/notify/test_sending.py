"""The loop that hands over: what each answer makes of a message, limits, letters that follow, the end of a process."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.clock import FixedClock, from_text
from gateway.core.money import Money
from gateway.notify import consents, queue, spend
from gateway.notify.gateways.ports import AWAY, Answer, Fate, Receipt, Reply, Word
from gateway.notify.model import ConsentSource, ConsentWord
from gateway.notify.sending import Sender, due_at
from gateway.notify.terms import NotifyTerms
from gateway.store import Store, alarms
from tests.notify.conftest import NOON
from tests.notify.messages import EMAIL, MAIL, PHONE, SMS, TERMS, Scripted, all_rows, new, queued, row, values_of


def open_codes(store: Store) -> set[str]:
    with store.reading() as connection:
        return {each.code for each in alarms.open_alarms(connection, "frames")}


@pytest.mark.parametrize(
    ("answer", "state", "reason", "alarm"),
    [
        (Answer("", Fate.TAKEN), "sent", "", ""),
        (Answer("", Fate.REFUSED, code="notify.refused", said="0x0B"), "failed", "notify.refused", ""),
        (Answer("", Fate.UNKNOWN, code="notify.no_answer"), "unknown", "notify.no_answer", "notify.unknown"),
        (Answer("", Fate.UNKNOWN, ("77",), code="notify.partly"), "unknown", "notify.partly", "notify.unknown"),
        (Answer("", Fate.NOT_TAKEN, code=AWAY), "queued", AWAY, AWAY),
        (Answer("", Fate.NOT_TAKEN, code="notify.gateway_busy", retry_after=3.0), "queued", "notify.gateway_busy", ""),
    ],
)
def test_what_the_gateway_says_is_what_becomes_of_it(
    store: Store, clock: FixedClock, answer: Answer, state: str, reason: str, alarm: str
) -> None:
    message = queued(store, new())
    sms = Scripted(usual=answer)
    sms.during = lambda: _nobody_is_in_a_unit(store, message)
    sender = Sender(store, TERMS, sms, None)
    sender.round()
    found = row(store, message)
    assert (found.state, found.reason, found.said) == (state, reason, answer.said)
    assert open_codes(store) == ({alarm} if alarm else set())
    assert (found.handed_at is None) == (state == "queued")
    for _ in range(3):
        sender.round()
    assert len(sms.seen) == 1  # also what was put off is not repeated before its time
    if state == "queued":
        assert from_text(found.not_before) > NOON
        sms.usual = Answer("", Fate.TAKEN)
        clock.advance(timedelta(seconds=20))
        sender.round()
        assert (len(sms.seen), row(store, message).state, open_codes(store)) == (2, "sent", set())


def _nobody_is_in_a_unit(store: Store, message: str) -> None:
    """While the gateway works, what it works on stands in the table already, and the writer is free."""
    with store.unit() as unit:
        assert unit.connection.exec_driver_sql("SELECT state FROM notifications").scalar_one() == "sending"


def test_after_a_crash_nothing_is_sent_again_and_receipts_settle_it(store: Store) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    ids = [queued(store, new(f"parcel:{n}", phone=f"+7916123450{n}")) for n in range(3)]
    sms = Scripted()
    sms.during = die
    with pytest.raises(Killed):
        Sender(store, TERMS, sms, None).round()
    assert [each.state for each in all_rows(store)] == ["sending"] * 3
    after = Scripted()
    sender = Sender(store, TERMS, after, None)
    sender.round()
    assert after.seen == []
    assert [(each.state, each.reason) for each in all_rows(store)] == [("unknown", "notify.stopped")] * 3
    assert open_codes(store) == {"notify.unknown"}
    after.coming = [
        Receipt("901", Word.DELIVERED, "DELIVRD 000", number=1, address="+79161234500"),
        Receipt("902", Word.DELIVERED, "DELIVRD 000", number=1, address="+79161234500"),  # its second part
        Receipt("903", Word.FAILED, "UNDELIV 001", address="+79161234501"),  # without our number
        Receipt("904", Word.DELIVERED, "DELIVRD 000", number=77, address="+79161234502"),  # not this one
    ]
    sender.round()
    assert after.acknowledged == 4
    assert [row(store, each).state for each in ids] == ["delivered", "failed", "unknown"]
    after.coming = [Receipt("905", Word.DELIVERED, "DELIVRD", whole=True, number=3, address="+79161234502")]
    sender.round()
    assert row(store, ids[2]).state == "delivered"
    assert open_codes(store) == set()
    assert after.seen == []


def test_receipts_that_overtake_their_answers_are_kept_for_them(store: Store) -> None:
    ids = [queued(store, new(f"parcel:{n}")) for n in range(3)]  # three to one number
    sms = Scripted()
    sms.during = lambda: sms.coming.append(Receipt(f"{len(sms.seen)}", Word.DELIVERED, "DELIVRD", address=PHONE))
    sender = Sender(store, TERMS, sms, None)
    sender.round()
    assert sms.acknowledged == 3
    assert [row(store, each).state for each in ids] == ["delivered"] * 3


def test_a_gateway_that_says_nothing_of_a_message_leaves_it_unknown(store: Store) -> None:
    message = queued(store, new())
    mute = Scripted()
    mute.send = lambda messages: iter(())  # type: ignore[method-assign]
    Sender(store, TERMS, mute, None).round()
    assert values_of(row(store, message), "state", "reason") == {"state": "unknown", "reason": "notify.no_answer"}


def test_what_could_not_leave_in_its_time_loses_its_sense(store: Store, clock: FixedClock) -> None:
    message = queued(store, new())
    sms = Scripted()
    sms.why_not = AWAY
    sender = Sender(store, TERMS, sms, None)
    sender.round()
    sender.round()
    assert open_codes(store) == {AWAY}
    assert due_at(store) == NOON
    clock.advance(TERMS.lives + timedelta(seconds=1))
    sms.why_not = ""
    sender.round()
    assert sms.seen == []
    assert values_of(row(store, message), "state", "reason") == {"state": "expired", "reason": "notify.too_late"}
    assert due_at(store) is None


def test_a_word_or_the_night_between_the_queue_and_the_gateway_counts(store: Store, clock: FixedClock) -> None:
    stopped, kept = queued(store, new()), queued(store, new("parcel:2", phone="+79031234567"))
    sms = Scripted()
    sms.why_not = AWAY
    sender = Sender(store, TERMS, sms, None)
    sender.round()
    with store.unit() as unit:
        consents.put(unit, PHONE, SMS, ConsentWord.WITHDRAWN, ConsentSource.LINK, "parcel:1")
        unit.commit()
    clock.advance(timedelta(hours=11))  # 23:00 in Moscow
    sms.why_not = ""
    sender.round()
    assert sms.seen == []
    assert values_of(row(store, stopped), "state", "reason") == {"state": "withdrawn", "reason": "notify.no_consent"}
    assert from_text(row(store, kept).not_before) == NOON.replace(hour=6) + timedelta(days=1)
    clock.advance(timedelta(hours=10))
    sender.round()
    assert [each.id for each in sms.seen] == [kept]


@pytest.mark.parametrize(
    ("terms", "code", "again_after"),
    [
        (replace(TERMS, day_limit=2), spend.OVER_DAY, timedelta(hours=21)),
        (replace(TERMS, month_limit=Money(1500)), spend.OVER_MONTH, timedelta(days=8, hours=0)),
    ],
)
def test_over_the_limit_they_wait_and_say_so(
    store: Store, clock: FixedClock, terms: NotifyTerms, code: str, again_after: timedelta
) -> None:
    terms = replace(terms, lives=timedelta(days=30))
    ids = [queued(store, new(f"parcel:{n}"), terms) for n in range(3)]  # 7 roubles each
    letter = queued(store, new("parcel:9", phone="", email=MAIL), terms)
    sms, mail = Scripted(), Scripted("smtp")
    sender = Sender(store, terms, sms, mail)
    for _ in range(3):
        sender.round()
    assert [each.id for each in sms.seen] == ids[:2]
    assert [each.id for each in mail.seen] == [letter]  # letters cost nothing
    assert values_of(row(store, ids[2]), "state", "reason") == {"state": "queued", "reason": code}
    assert open_codes(store) == {code}
    clock.advance(again_after)
    sender.round()
    sender.round()
    assert [each.id for each in sms.seen] == ids
    assert row(store, ids[2]).reason == ""
    assert open_codes(store) == set()


@pytest.mark.parametrize("ends", ["failed", "silent", "unknown", "delivered", "no consent"])
def test_a_letter_follows_an_sms_that_does_not_get_there(store: Store, clock: FixedClock, ends: str) -> None:
    message = queued(store, new(email=MAIL))
    sms, mail = Scripted(), Scripted("smtp")
    if ends == "unknown":
        sms.usual = Answer("", Fate.UNKNOWN, code="notify.no_answer")
    sender = Sender(store, TERMS, sms, mail)
    sender.round()
    if ends in ("failed", "delivered", "no consent"):
        word = Word.DELIVERED if ends == "delivered" else Word.FAILED
        sms.coming = [Receipt("1", word, "ENDED")]
    if ends == "no consent":
        with store.unit() as unit:
            consents.put(unit, MAIL, EMAIL, ConsentWord.WITHDRAWN, ConsentSource.LINK, "parcel:1")
            unit.commit()
    if ends in ("silent", "unknown"):
        clock.advance(TERMS.fallback_after - timedelta(minutes=1))
        sender.round()
        assert mail.seen == []
        clock.advance(timedelta(minutes=1))
    for _ in range(3):
        sender.round()
        clock.advance(timedelta(hours=13))
    follows = ends in ("failed", "silent", "unknown")
    assert [(each.address, each.subject) for each in mail.seen] == ([(MAIL, "Заказ СР-12 ждёт вас")] if follows else [])
    if follows:
        (letter,) = [each for each in all_rows(store) if each.channel == "email"]
        assert (letter.replaces, letter.event, letter.state, letter.price) == (message, "ready.1", "sent", 0)
        assert "https://shop.example/u/7Yk2mQ" in letter.body
        assert mail.seen[0].unsubscribe == "https://shop.example/u/7Yk2mQ"
    assert len(sms.seen) == 1


def test_stop_says_the_subscriber_and_nothing_more_is_sent_to_him(store: Store, clock: FixedClock) -> None:
    sent = queued(store, new())
    later = queued(store, new("parcel:2", earliest=NOON + timedelta(hours=2)))
    others = queued(store, new("parcel:3", phone="+79031234567", earliest=NOON + timedelta(hours=2)))
    sms = Scripted()
    sender = Sender(store, TERMS, sms, None)
    sender.round()
    sms.coming = [Reply("79161234567", "спасибо"), Reply("79161234567", "СТОП!")]
    sender.round()
    clock.advance(timedelta(hours=3))
    sender.round()
    assert [each.id for each in sms.seen] == [sent, others]
    assert values_of(row(store, later), "state", "reason") == {"state": "withdrawn", "reason": "notify.replied"}
    with store.reading() as connection:
        (word,) = consents.words(connection, "frames", PHONE, SMS)
    assert (word.word, word.source) == (ConsentWord.WITHDRAWN, ConsentSource.REPLY)


def test_told_to_stop_it_hands_over_no_more(store: Store) -> None:
    queued(store, new())
    sms = Scripted()
    sender = Sender(store, TERMS, sms, None)
    sender.stop()
    sender.round()
    assert sms.seen == []


def test_after_a_long_standstill_nothing_out_of_date_leaves_however_much_waits(store: Store, clock: FixedClock) -> None:
    with store.unit() as unit:
        for number in range(205):  # more than one round puts away
            queue.write(unit, TERMS, new(f"parcel:{number}", phone=f"+7916123{number:04d}"))
        unit.commit()
    clock.advance(TERMS.lives + timedelta(days=1))
    sms = Scripted(at_once=10)
    sender = Sender(store, TERMS, sms, None)
    sender.round()
    sender.round()
    assert not sms.seen and {each.state for each in all_rows(store)} == {"expired"}
