"""What the buyer hears of his parcel, from the posting to the end, and what he does not hear."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.flows.parcel_follow import follow
from gateway.notify import consents
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.parcels import ending, reminders, tracking
from gateway.parcels.carriers.ports import History, MoneyRecord, Record
from gateway.parcels.model import EndedHow
from gateway.parcels.terms import ParcelTerms, ReminderTerms
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.store.schema import AnyRow
from tests.parcels.histories import START, record
from tests.parcels.house import MANAGER, TRACK, House

TERMS = ParcelTerms(url="https://parcels.example", morning=time(9, 0))
NOTIFY = NotifyTerms("ООО «Ромашка»", consent_needed=False)
ACCEPTED = ("1:1", 0.0, "443063")
SORTED = ("8:4", 1.0, "140980")
ARRIVED = ("8:2", 3.0, "170100")
ASTRAY = ("4:3", 4.0, "170100")
ELSEWHERE = ("8:2", 5.0, "170028")
COLLECTED = ("2:1", 6.0, "170100")
TURNED = ("3:1", 6.0, "170100")
NIGHT = timedelta(hours=14)  # from START, noon in Moscow, to two o'clock of the next night


class Told(House):
    """A house whose buyers are written to."""

    notify = NOTIFY

    def hear(self, parcel_id: str, *steps: tuple[str, float, str], money: tuple[MoneyRecord, ...] = ()) -> None:
        """The carrier says this, in the night after the last of it."""
        self.clock.at = START + timedelta(days=max(day for _, day, _ in steps)) + NIGHT
        said = tuple(record(code, day, office, place=n) for n, (code, day, office) in enumerate(steps, 1))
        self.heard(parcel_id, said, money)

    def heard(self, parcel_id: str, said: tuple[Record, ...], money: tuple[MoneyRecord, ...] = ()) -> None:
        history = History(TRACK, True, said, money)
        with self.store.unit(SERVICE) as unit:
            taken = tracking.take(unit, self.terms, parcel_id, history, "R-1")
            follow(unit, self.terms, self.notify, taken)
            unit.commit()

    def remind(self) -> int:
        return self.do(SERVICE, lambda unit: reminders.remind_due(unit, self.terms, self.notify))

    def messages(self, state: str = "") -> list[AnyRow]:
        with self.store.reading() as connection:
            rows = connection.execute(select(notifications).order_by(notifications.c.number)).all()
        return [row for row in rows if state in ("", row.state)]

    def events(self, state: str = "") -> list[str]:
        return [row.event for row in self.messages(state)]

    def days_of_reminders(self, days: int) -> list[tuple[int, str, str]]:
        """(day of the month, event, text) of what is written over so many days, looked at each morning and noon."""
        found = []
        for _ in range(days * 2):
            self.clock.advance(timedelta(hours=12))
            known = set(self.events())
            self.remind()
            found += [(self.clock.at.day, row.event, row.template) for row in self.messages() if row.event not in known]
        return found


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("told") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def house(tmp_path: Path, migrated: Path) -> Iterator[Told]:
    shutil.copyfile(migrated, tmp_path / "kvit.db")
    made = Told(tmp_path, TERMS)
    yield made
    made.close()


def test_accepted_and_ready_are_told_once_in_the_morning_with_all_the_buyer_needs(house: Told) -> None:
    parcel = house.put(cod=Money(456_000)).id
    house.hear(parcel, ACCEPTED)
    house.hear(parcel, ACCEPTED, SORTED)
    house.hear(parcel, ACCEPTED, SORTED, ARRIVED)
    house.hear(parcel, ACCEPTED, SORTED, ARRIVED, ("8:25", 3.2, "170100"))  # a note: the same arrival
    assert house.events() == ["accepted", "ready.170100#1"]
    posted, ready = house.messages()
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


def test_what_is_heard_by_day_is_told_at_once_and_not_in_the_quiet_hours_of_the_office(house: Told) -> None:
    parcel = house.put(index_to="690091").id
    house.clock.at = datetime(2026, 10, 9, 9, 30, tzinfo=UTC)  # half past noon in Moscow, 19:30 in Vladivostok
    far = record("8:2", 3.9, "690091", offset=600)
    house.heard(parcel, (record("1:1", 0, "443063"), far))
    assert [(row.event, row.not_before[:16]) for row in house.messages()] == [("ready.690091#1", "2026-10-09T09:30")]
    other = house.put("62009147017544", index_to="690091").id
    house.clock.advance(timedelta(hours=3))  # half past ten in the evening there
    house.heard(other, (far,))
    assert house.messages()[-1].not_before[:16] == "2026-10-09T23:00"  # nine there


def test_a_parcel_first_seen_waiting_is_not_said_to_be_posted(house: Told) -> None:
    parcel = house.put().id
    house.hear(parcel, ACCEPTED, SORTED, ARRIVED)
    assert house.events() == ["ready.170100#1"]


@pytest.mark.parametrize(
    ("code", "said"),
    [("8:9", "в почтомате 170100"), ("8:14", "в центре выдачи посылок 170100"), ("8:39", "в пункте выдачи 170100")],
)
def test_each_kind_of_place_has_its_words(house: Told, code: str, said: str) -> None:
    parcel = house.put().id
    house.hear(parcel, ACCEPTED, (code, 3.0, "170100"))
    assert said in house.messages()[-1].body


def test_the_courier_is_announced_on_his_day_only(house: Told) -> None:
    parcel = house.put(cod=Money(100_00)).id
    out = record("8:15", 3.0, "170100")
    assert out.effect == "courier"
    house.clock.at = START + timedelta(days=3, hours=1)
    house.heard(parcel, (record("1:1", 0, "443063"), out))
    assert house.events() == ["courier.2026-10-08"]
    assert "у курьера" in house.messages()[0].body
    other = house.put("62009147017544").id
    house.clock.at = START + timedelta(days=4, hours=1)
    house.heard(other, (record("1:1", 0, "443063"), out))
    assert house.events() == ["courier.2026-10-08"]


def test_sent_to_the_wrong_office_first(house: Told) -> None:
    parcel = house.put().id
    house.hear(parcel, ACCEPTED, ARRIVED)
    house.hear(parcel, ACCEPTED, ARRIVED, ASTRAY)
    assert (house.events("withdrawn"), house.events("queued")) == (["ready.170100#1"], [])
    assert house.row(parcel).remind_at is None
    house.hear(parcel, ACCEPTED, ARRIVED, ASTRAY, ELSEWHERE)
    assert house.events("queued") == ["ready.170028#1"]
    assert "в отделении 170028" in house.messages("queued")[0].body
    assert house.messages("withdrawn")[0].reason == "parcel.message.no_longer_true"


@pytest.mark.parametrize("end", [COLLECTED, TURNED, ("7:1", 6.0, "170100")])
def test_whatever_ends_the_waiting_takes_back_what_was_not_sent(house: Told, end: tuple[str, float, str]) -> None:
    parcel = house.put().id
    house.hear(parcel, ACCEPTED)
    house.hear(parcel, ACCEPTED, ARRIVED)
    house.hear(parcel, ACCEPTED, ARRIVED, end)
    assert house.events("queued") == []
    assert house.row(parcel).remind_at is None
    house.clock.advance(timedelta(days=20))
    assert house.remind() == 0


def test_reminders_from_the_arrival_and_before_the_end_each_once(house: Told) -> None:
    parcel = house.put(mail_type=4).id
    house.hear(parcel, ACCEPTED, ARRIVED)  # arrived on the 8th, kept until the 23rd
    house.clock.at = datetime(2026, 10, 9, 6, 0, tzinfo=UTC)
    found = house.days_of_reminders(30)
    assert found == [
        (13, "reminder.170100#1.1", "reminder"),
        (18, "reminder.170100#1.2", "reminder"),
        (21, "reminder.170100#1.3", "last_days"),
        (23, "reminder.170100#1.4", "last_days"),
    ]
    row = house.row(parcel)
    assert (row.reminders, row.remind_at) == (4, None)


def test_a_new_arrival_is_reminded_of_anew_and_the_old_one_no_more(house: Told) -> None:
    parcel = house.put(mail_type=4).id
    house.hear(parcel, ACCEPTED, ARRIVED)
    house.clock.at = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
    assert house.remind() == 1
    story = (ACCEPTED, ARRIVED, ("4:3", 9.0, "170100"), ("8:2", 10.0, "170028"))
    house.hear(parcel, *story)
    assert "reminder.170100#1.1" in house.events("withdrawn")
    row = house.row(parcel)
    assert (row.reminders, row.remind_at) == (0, "2026-10-20T06:00:00.000000Z")
    assert house.days_of_reminders(6)[0][:2] == (20, "reminder.170028#1.1")


def test_a_time_the_service_stood_still_is_not_made_up_for(house: Told) -> None:
    parcel = house.put(mail_type=4).id
    house.hear(parcel, ACCEPTED, ARRIVED)
    house.clock.at = datetime(2026, 10, 19, 7, 30, tzinfo=UTC)  # the 13th and the 18th are past
    assert (house.remind(), house.remind()) == (1, 0)
    assert house.events("queued")[-1] == "reminder.170100#1.1"
    assert house.row(parcel).remind_at == "2026-10-21T06:00:00.000000Z"
    house.clock.at = datetime(2026, 10, 24, 6, 0, tzinfo=UTC)  # storage is over since yesterday
    house.remind()
    assert len(house.events()) == 2
    assert house.row(parcel).remind_at is None


def test_a_reminder_that_is_due_survives_news_that_change_nothing(house: Told) -> None:
    parcel = house.put(mail_type=4).id
    house.hear(parcel, ACCEPTED, ARRIVED)
    house.clock.at = datetime(2026, 10, 13, 7, 0, tzinfo=UTC)
    said = tuple(record(*step, place=n) for n, step in enumerate((ACCEPTED, ARRIVED, ("8:25", 7.9, "170100")), 1))
    house.heard(parcel, said)
    house.remind()
    house.heard(parcel, (*said, record("8:25", 7.95, "170100", place=4)))
    assert house.remind() == 0
    assert [event for event in house.events() if event.startswith("reminder")] == ["reminder.170100#1.1"]


def test_a_unit_that_dies_leaves_the_reminder_due_and_the_next_sends_it_once(house: Told) -> None:
    parcel = house.put(mail_type=4).id
    house.hear(parcel, ACCEPTED, ARRIVED)
    house.clock.at = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
    with house.store.unit(SERVICE) as unit:
        assert reminders.remind_due(unit, house.terms, house.notify) == 1  # and no commit
    assert not [event for event in house.events() if event.startswith("reminder")]
    assert (house.remind(), house.remind()) == (1, 0)
    assert house.row(parcel).reminders == 1


def test_the_buyers_word_and_the_money_stop_reminders(house: Told) -> None:
    first = house.put(mail_type=4).id
    house.hear(first, ACCEPTED, ARRIVED)
    house.do(MANAGER, lambda unit: ending.mark_delivered(unit, TERMS, first, EndedHow.BUYER))
    second = house.put("62009147017544", mail_type=4, cod=Money(99_000)).id
    house.hear(second, ACCEPTED, ARRIVED)
    paid = MoneyRecord(START + timedelta(days=4), "3", "Оплачен", Money(99_000), True)
    house.clock.advance(timedelta(hours=30))
    house.heard(second, tuple(record(*step, place=n) for n, step in enumerate((ACCEPTED, ARRIVED), 1)), (paid,))
    house.clock.at = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
    assert house.remind() == 0
    assert house.events("queued") == []


def test_the_control_group_is_told_of_its_parcel_and_not_reminded(house: Told) -> None:
    house.terms = ParcelTerms(url=TERMS.url, control_percent=100)
    parcel = house.put(mail_type=4).id
    assert house.row(parcel).control == 1
    house.hear(parcel, ACCEPTED)
    house.hear(parcel, ACCEPTED, ARRIVED)
    assert house.events() == ["accepted", "ready.170100#1"]
    assert house.row(parcel).remind_at is None


def test_who_does_not_want_it_is_left_alone_and_the_card_says_why(house: Told) -> None:
    parcel = house.put(email="").id
    with house.store.unit(SERVICE) as unit:
        consents.put(unit, "+79161234567", NotificationChannel.SMS, ConsentWord.WITHDRAWN, ConsentSource.LINK, "link")
        unit.commit()
    house.hear(parcel, ACCEPTED)
    house.hear(parcel, ACCEPTED, ARRIVED)
    assert house.messages() == []
    assert house.story(parcel).count("untold_no_consent") == 1


def test_nothing_is_reminded_where_reminders_are_switched_off(house: Told) -> None:
    house.terms = ParcelTerms(reminders=ReminderTerms(every_days=0, days_left=()))
    parcel = house.put(mail_type=4).id
    house.hear(parcel, ACCEPTED, ARRIVED)
    assert house.row(parcel).remind_at is None
    assert "https://" not in house.messages()[0].body  # no public port, no link
