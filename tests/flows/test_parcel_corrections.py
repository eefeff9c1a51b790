"""What people put right about a parcel, and what becomes of messages that are on their way to its buyer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.notify import consents
from gateway.notify.gateways.ports import Answer, Fate
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.notify.sending import Sender
from gateway.orders.tables import invoices
from gateway.parcels import contacts, ending
from gateway.parcels.model import EndedHow
from tests.flows.parcel_buyers import ACCEPTED, ARRIVED, Told
from tests.notify.messages import Scripted
from tests.parcels.histories import START, record
from tests.parcels.house import MANAGER, OTHER

WRONG, RIGHT = "+79161234567", "+79990000001"
BUSY = Answer("", Fate.NOT_TAKEN, code="notify.gateway_busy", retry_after=3.0)


def correct(buyers: Told, parcel: str, phone: str, email: str = "") -> None:
    buyers.do(
        MANAGER,
        lambda unit: contacts.set_contacts(unit, buyers.notify, parcel, name="Анна", phone=phone, email=email),
    )


def resend(buyers: Told, message: str) -> str:
    return buyers.do(MANAGER, lambda unit: contacts.resend(unit, buyers.notify, message, "просит ещё раз"))


def sent(buyers: Told, usual: Answer | None = None) -> Scripted:
    """The gateway of a round by day."""
    buyers.clock.advance(timedelta(hours=10))  # from the night to the day
    sms = Scripted(usual=usual)
    Sender(buyers.store, buyers.notify, sms, None).round()
    return sms


def test_what_waits_goes_to_the_right_person_and_never_to_the_wrong_one(buyers: Told) -> None:
    parcel = buyers.put().id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    correct(buyers, parcel, RIGHT, "right@example.ru")
    [message] = buyers.messages()
    assert (message.state, message.address, message.fallback_address) == ("queued", RIGHT, "right@example.ru")
    assert [each.address for each in sent(buyers).seen] == [RIGHT]


def test_without_a_telephone_the_letter_goes_in_place_of_the_sms(buyers: Told) -> None:
    parcel = buyers.put().id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    correct(buyers, parcel, "", "right@example.ru")
    assert [(each.channel, each.state, each.address) for each in buyers.messages()] == [
        ("sms", "withdrawn", WRONG),
        ("email", "queued", "right@example.ru"),
    ]


def test_who_refused_messages_does_not_get_those_of_somebody_else(buyers: Told) -> None:
    buyers.do(
        SERVICE,
        lambda unit: consents.put(
            unit, RIGHT, NotificationChannel.SMS, ConsentWord.WITHDRAWN, ConsentSource.REPLY, "sms"
        ),
    )
    parcel = buyers.put(email="").id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    correct(buyers, parcel, RIGHT)
    assert [(each.state, each.reason) for each in buyers.messages()] == [("withdrawn", "notify.no_consent")]


def test_a_message_sent_again_goes_to_whom_the_parcel_is_for_now(buyers: Told) -> None:
    parcel = buyers.put(email="").id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    sent(buyers)
    [message] = buyers.messages()
    correct(buyers, parcel, RIGHT)
    resend(buyers, message.id)
    assert [(each.event, each.address) for each in buyers.messages("queued")] == [("ready.170100#1.again1", RIGHT)]
    correct(buyers, parcel, "", "right@example.ru")
    with pytest.raises(Refused) as refused:
        resend(buyers, message.id)
    assert refused.value.code == "notify.no_address"


@pytest.mark.parametrize("why", ["collected", "readdressed"])
def test_what_is_taken_back_while_a_busy_gateway_has_it_is_not_tried_again(buyers: Told, why: str) -> None:
    parcel = buyers.put(email="").id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    buyers.clock.advance(timedelta(hours=10))  # from the night to the day
    sms = Scripted(usual=BUSY)

    def meanwhile() -> None:
        if why == "readdressed":
            correct(buyers, parcel, RIGHT)
        else:
            buyers.do(MANAGER, lambda unit: ending.mark_delivered(unit, buyers.terms, parcel, EndedHow.CLERK))

    sms.during = meanwhile
    sender = Sender(buyers.store, buyers.notify, sms, None)
    sender.round()
    buyers.clock.advance(timedelta(minutes=1))
    sms.usual = Answer("", Fate.TAKEN)
    sender.round()
    [message] = buyers.messages()
    assert (len(sms.seen), message.state) == (1, "withdrawn")


@pytest.mark.parametrize("how", ["reopened", "unmuted"])
def test_reminders_go_on_when_a_slip_is_put_right(buyers: Told, how: str) -> None:
    """The carrier has nothing new to say of a parcel that waits: nothing else would put the next reminder down."""
    parcel = buyers.put().id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    if how == "reopened":
        buyers.do(MANAGER, lambda unit: ending.mark_delivered(unit, buyers.terms, parcel, EndedHow.CLERK))
        buyers.do(MANAGER, lambda unit: ending.reopen(unit, buyers.terms, parcel))
    else:
        buyers.do(MANAGER, lambda unit: contacts.mute(unit, buyers.terms, parcel, True))
        buyers.clock.advance(timedelta(days=6))
        buyers.remind()
        assert buyers.row(parcel).remind_at is None
        buyers.do(MANAGER, lambda unit: contacts.mute(unit, buyers.terms, parcel, False))
    assert buyers.row(parcel).remind_at > buyers.store.clock.now().isoformat()
    assert buyers.days_of_reminders(10)


def test_a_delivery_dated_years_ahead_puts_its_money_off_no_longer_than_others(buyers: Told) -> None:
    parcel = buyers.put(cod=Money(456_000)).id
    buyers.clock.at = START + timedelta(days=5)
    buyers.heard(parcel, (record("1:1", 0, "443063"), record("2:1", 4_000, "170100")))
    due = START + timedelta(days=5 + buyers.terms.cod_days)
    assert buyers.row(parcel).cod_due == due.date().isoformat()


def test_an_index_told_later_tells_the_buyers_clock(buyers: Told) -> None:
    parcel = buyers.put(index_to="").id
    buyers.put(index_to="690091")
    assert buyers.row(parcel).offset_minutes == 600


@pytest.mark.parametrize(("order", "told"), [("К-17", 1), ("К-18", 2)])
def test_one_thing_entered_under_both_its_numbers_is_told_of_once(buyers: Told, order: str, told: int) -> None:
    """Unless the other number is of another order: then the carrier's word for it is not enough."""
    was = buyers.put(cod=Money(456_000)).id
    buyers.hear(was, ACCEPTED, ARRIVED)
    now = buyers.put(OTHER, cod=Money(456_000), order_no=order).id
    buyers.heard(now, (record("1:1", 0, "443063"), record("8:2", 3, "170100")))
    anew = (record("1:1", 0, "443063", place=1), record("8:2", 3, "170100", place=2), record("8:26", 3.1, "170100"))
    buyers.heard(was, anew, new_track=OTHER)
    assert [row.about for row in buyers.messages("queued")][-1] == f"parcel:{now}"
    assert len(buyers.messages("queued")) == told
    assert (buyers.row(was).watch == "active", buyers.row(was).invoice_id is None) == (told == 2, False)
    with buyers.store.reading() as connection:
        open_ones = connection.execute(select(invoices.c.id).where(invoices.c.state == "open")).all()
    assert len(open_ones) == told
