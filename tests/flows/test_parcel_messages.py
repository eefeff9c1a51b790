"""What the buyer hears of his parcel, from the posting to the end, and what he does not hear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.notify import consents
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.parcels import ending, reminders
from gateway.parcels.carriers.ports import MoneyRecord
from gateway.parcels.model import EndedHow
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms, ReminderTerms
from tests.flows.parcel_buyers import ACCEPTED, ARRIVED, COLLECTED, SORTED, TERMS, TURNED, Told
from tests.parcels.histories import START, record
from tests.parcels.house import MANAGER, TRACK

ASTRAY = ("4:3", 4.0, "170100")
ELSEWHERE = ("8:2", 5.0, "170028")


def test_accepted_and_ready_are_told_once_in_the_morning_with_all_the_buyer_needs(buyers: Told) -> None:
    parcel = buyers.put(cod=Money(456_000)).id
    buyers.hear(parcel, ACCEPTED)
    buyers.hear(parcel, ACCEPTED, SORTED)
    buyers.hear(parcel, ACCEPTED, SORTED, ARRIVED)
    buyers.hear(parcel, ACCEPTED, SORTED, ARRIVED, ("8:25", 3.2, "170100"))  # a note: the same arrival
    assert buyers.events() == ["accepted", "ready.170100#1"]
    posted, ready = buyers.messages()
    assert posted.body.startswith(
        f"Заказ К-17 отправлен, номер {TRACK}. При получении 4\xa0560,00\xa0₽.".replace("\xa0", " ")
    )
    assert ready.not_before == "2026-10-09T06:00:00.000000Z"  # asked in the night to the 9th, released at nine
    for said in (
        f"Посылка {TRACK} ждёт вас в отделении 170100 до 23.10.2026",
        "К оплате 4 560,00 ₽",
        "https://parcels.example/t/",
    ):
        assert said in ready.body
    assert (ready.address, ready.fallback_address, ready.offset_minutes) == ("+79161234567", "anna@example.ru", 180)
    assert posted.unsubscribe.rpartition("/")[2] != ready.unsubscribe.rpartition("/")[2]  # a link of its own each


def test_what_is_heard_by_day_is_told_at_once_and_not_in_the_quiet_hours_of_the_office(buyers: Told) -> None:
    parcel = buyers.put(index_to="690091").id
    buyers.clock.at = datetime(2026, 10, 9, 9, 30, tzinfo=UTC)  # half past noon in Moscow, 19:30 in Vladivostok
    far = record("8:2", 3.9, "690091", offset=600)
    buyers.heard(parcel, (record("1:1", 0, "443063"), far))
    assert [(row.event, row.not_before[:16]) for row in buyers.messages()] == [("ready.690091#1", "2026-10-09T09:30")]
    other = buyers.put("62009147017544", index_to="690091").id
    buyers.clock.advance(timedelta(hours=3))  # half past ten in the evening there
    buyers.heard(other, (far,))
    assert buyers.messages()[-1].not_before[:16] == "2026-10-09T23:00"  # nine there


def test_letters_of_the_night_wait_for_the_morning_too(buyers: Told) -> None:
    """They wake nobody, but what the night run heard is told at one time."""
    parcel = buyers.put(phone="").id
    buyers.hear(parcel, ACCEPTED)
    assert [(row.channel, row.not_before[:16]) for row in buyers.messages()] == [("email", "2026-10-06T06:00")]


def test_nobody_is_asked_to_pay_what_he_has_paid(buyers: Told) -> None:
    parcel = buyers.put(cod=Money(456_000)).id
    buyers.do(SERVICE, lambda unit: unit.update(parcels, parcel, cod_arrived_at=unit.at))
    buyers.hear(parcel, ACCEPTED)
    assert "При получении" not in buyers.messages()[0].body


def test_a_parcel_first_seen_waiting_is_not_said_to_be_posted(buyers: Told) -> None:
    parcel = buyers.put().id
    buyers.hear(parcel, ACCEPTED, SORTED, ARRIVED)
    assert buyers.events() == ["ready.170100#1"]
    old = buyers.put("62009147017544").id
    buyers.hear(old, ACCEPTED, ("8:4", 9.0, "140980"))  # entered nine days after its posting
    assert buyers.events() == ["ready.170100#1"]


@pytest.mark.parametrize(
    ("code", "said"),
    [("8:9", "в почтомате 170100"), ("8:14", "в центре выдачи посылок 170100"), ("8:39", "в пункте выдачи 170100")],
)
def test_each_kind_of_place_has_its_words(buyers: Told, code: str, said: str) -> None:
    parcel = buyers.put().id
    buyers.hear(parcel, ACCEPTED, (code, 3.0, "170100"))
    assert said in buyers.messages()[-1].body


def test_the_courier_is_announced_on_his_day_only(buyers: Told) -> None:
    parcel = buyers.put(cod=Money(100_00)).id
    out = record("8:15", 3.0, "170100")
    assert out.effect == "courier"
    buyers.clock.at = START + timedelta(days=3, hours=1)
    buyers.heard(parcel, (record("1:1", 0, "443063"), out))
    assert buyers.events() == ["courier.2026-10-08"]
    assert "у курьера" in buyers.messages()[0].body
    other = buyers.put("62009147017544").id
    buyers.clock.at = START + timedelta(days=4, hours=1)
    buyers.heard(other, (record("1:1", 0, "443063"), out))
    assert buyers.events() == ["courier.2026-10-08"]


def test_sent_to_the_wrong_office_first(buyers: Told) -> None:
    parcel = buyers.put().id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    buyers.hear(parcel, ACCEPTED, ARRIVED, ASTRAY)
    assert (buyers.events("withdrawn"), buyers.events("queued")) == (["ready.170100#1"], [])
    assert buyers.row(parcel).remind_at is None
    buyers.hear(parcel, ACCEPTED, ARRIVED, ASTRAY, ELSEWHERE)
    assert buyers.events("queued") == ["ready.170028#1"]
    assert "в отделении 170028" in buyers.messages("queued")[0].body
    assert buyers.messages("withdrawn")[0].reason == "parcel.message.no_longer_true"


@pytest.mark.parametrize("end", [COLLECTED, TURNED, ("7:1", 6.0, "170100")])
def test_whatever_ends_the_waiting_takes_back_what_was_not_sent(buyers: Told, end: tuple[str, float, str]) -> None:
    parcel = buyers.put().id
    buyers.hear(parcel, ACCEPTED)
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    buyers.hear(parcel, ACCEPTED, ARRIVED, end)
    assert buyers.events("queued") == []
    assert buyers.row(parcel).remind_at is None
    buyers.clock.advance(timedelta(days=20))
    assert buyers.remind() == 0


def test_reminders_from_the_arrival_and_before_the_end_each_once(buyers: Told) -> None:
    parcel = buyers.put(mail_type=4).id
    buyers.hear(parcel, ACCEPTED, ARRIVED)  # arrived on the 8th, kept until the 23rd
    buyers.clock.at = datetime(2026, 10, 9, 6, 0, tzinfo=UTC)
    found = buyers.days_of_reminders(30)
    assert found == [
        (13, "reminder.170100#1.1", "reminder"),
        (18, "reminder.170100#1.2", "reminder"),
        (21, "reminder.170100#1.3", "last_days"),
        (23, "reminder.170100#1.4", "last_days"),
    ]
    row = buyers.row(parcel)
    assert (row.reminders, row.remind_at) == (4, None)


def test_a_new_arrival_is_reminded_of_anew_and_the_old_one_no_more(buyers: Told) -> None:
    parcel = buyers.put(mail_type=4).id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    buyers.clock.at = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
    assert buyers.remind() == 1
    story = (ACCEPTED, ARRIVED, ("4:3", 9.0, "170100"), ("8:2", 10.0, "170028"))
    buyers.hear(parcel, *story)
    assert "reminder.170100#1.1" in buyers.events("withdrawn")
    row = buyers.row(parcel)
    assert (row.reminders, row.remind_at) == (0, "2026-10-20T06:00:00.000000Z")
    assert buyers.days_of_reminders(6)[0][:2] == (20, "reminder.170028#1.1")


def test_a_time_the_service_stood_still_is_not_made_up_for(buyers: Told) -> None:
    parcel = buyers.put(mail_type=4).id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    buyers.clock.at = datetime(2026, 10, 19, 7, 30, tzinfo=UTC)  # the 13th and the 18th are past
    assert (buyers.remind(), buyers.remind()) == (1, 0)
    assert buyers.events("queued")[-1] == "reminder.170100#1.1"
    assert buyers.row(parcel).remind_at == "2026-10-21T06:00:00.000000Z"
    buyers.clock.at = datetime(2026, 10, 24, 6, 0, tzinfo=UTC)  # storage is over since yesterday
    buyers.remind()
    assert len(buyers.events()) == 2
    assert buyers.row(parcel).remind_at is None


def test_a_reminder_that_is_due_survives_news_that_change_nothing(buyers: Told) -> None:
    parcel = buyers.put(mail_type=4).id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    buyers.clock.at = datetime(2026, 10, 13, 7, 0, tzinfo=UTC)
    said = tuple(record(*step, place=n) for n, step in enumerate((ACCEPTED, ARRIVED, ("8:25", 7.9, "170100")), 1))
    buyers.heard(parcel, said)
    buyers.remind()
    buyers.heard(parcel, (*said, record("8:25", 7.95, "170100", place=4)))
    assert buyers.remind() == 0
    assert [event for event in buyers.events() if event.startswith("reminder")] == ["reminder.170100#1.1"]


def test_a_unit_that_dies_leaves_the_reminder_due_and_the_next_sends_it_once(buyers: Told) -> None:
    parcel = buyers.put(mail_type=4).id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    buyers.clock.at = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
    with buyers.store.unit(SERVICE) as unit:
        assert reminders.remind_due(unit, buyers.terms, buyers.notify) == 1  # and no commit
    assert not [event for event in buyers.events() if event.startswith("reminder")]
    assert (buyers.remind(), buyers.remind()) == (1, 0)
    assert buyers.row(parcel).reminders == 1


def test_the_buyers_word_and_the_money_stop_reminders(buyers: Told) -> None:
    first = buyers.put(mail_type=4).id
    buyers.hear(first, ACCEPTED, ARRIVED)
    buyers.do(MANAGER, lambda unit: ending.mark_delivered(unit, TERMS, first, EndedHow.BUYER))
    second = buyers.put("62009147017544", mail_type=4, cod=Money(99_000)).id
    buyers.hear(second, ACCEPTED, ARRIVED)
    paid = MoneyRecord(START + timedelta(days=4), "3", "Оплачен", Money(99_000), True)
    buyers.clock.advance(timedelta(hours=30))
    buyers.heard(second, tuple(record(*step, place=n) for n, step in enumerate((ACCEPTED, ARRIVED), 1)), (paid,))
    buyers.clock.at = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
    assert buyers.remind() == 0
    assert buyers.events("queued") == []


def test_the_control_group_is_told_of_its_parcel_and_not_reminded(buyers: Told) -> None:
    buyers.terms = ParcelTerms(url=TERMS.url, control_percent=100)
    parcel = buyers.put(mail_type=4).id
    assert buyers.row(parcel).control == 1
    buyers.hear(parcel, ACCEPTED)
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    assert buyers.events() == ["accepted", "ready.170100#1"]
    assert buyers.row(parcel).remind_at is None


def test_who_does_not_want_it_is_left_alone_and_the_card_says_why(buyers: Told) -> None:
    parcel = buyers.put(email="").id
    with buyers.store.unit(SERVICE) as unit:
        consents.put(unit, "+79161234567", NotificationChannel.SMS, ConsentWord.WITHDRAWN, ConsentSource.LINK, "link")
        unit.commit()
    buyers.hear(parcel, ACCEPTED)
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    assert buyers.messages() == []
    assert buyers.story(parcel).count("untold_no_consent") == 1


def test_nothing_is_reminded_where_reminders_are_switched_off(buyers: Told) -> None:
    buyers.terms = ParcelTerms(reminders=ReminderTerms(every_days=0, days_left=()))
    parcel = buyers.put(mail_type=4).id
    buyers.hear(parcel, ACCEPTED, ARRIVED)
    assert buyers.row(parcel).remind_at is None
    assert "https://" not in buyers.messages()[0].body  # no public port, no link
