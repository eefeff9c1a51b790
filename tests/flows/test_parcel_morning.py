"""The morning report and the guesses: once each, whatever happens in between."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.flows.parcel_morning import report_once, write_to_buyers
from gateway.notify import consents
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.parcels import guess, report, watch
from gateway.parcels.model import CodState
from gateway.parcels.report import MorningReport
from gateway.parcels.tables import parcels
from gateway.parcels.terms import GuessTerms
from gateway.parcels.watch import Trouble
from gateway.store import alarms
from tests.flows.parcel_buyers import ACCEPTED, ARRIVED, COLLECTED, SORTED, TERMS, Told
from tests.parcels.histories import START

STAFF = ("director@shop.example", "sklad@shop.example")
TRACKS = ["14102192069353", "62009147017544", "LK035658376US", "80110000000012"]


@pytest.fixture
def troubled(buyers: Told) -> Told:
    """One parcel in each kind of trouble, and one in none, on the morning of the 21st of October."""
    buyers.terms = replace(TERMS, report_to=STAFF)
    stuck = buyers.put(TRACKS[0], cod=Money(100_00), postage=Money(30_00), name="=Гаврилов", order_no="К-1").id
    ends = buyers.put(TRACKS[1], cod=Money(200_00), mail_type=4, order_no="К-2").id
    buyers.put(TRACKS[2], order_no="К-3")  # the carrier never hears of it
    missing = buyers.put("RA644000001RU", cod=Money(700_00), order_no="К-4").id
    back = buyers.put("RA123456789RU", cod=Money(50_00), order_no="К-5").id
    fine = buyers.put("EA123456789RU", order_no="К-6").id
    buyers.hear(stuck, ACCEPTED, SORTED)
    buyers.hear(ends, ACCEPTED, ARRIVED)
    buyers.hear(missing, ACCEPTED, ARRIVED, COLLECTED)
    buyers.do(SERVICE, lambda unit: unit.update(parcels, missing, cod_state=CodState.MISSING.value))
    buyers.hear(back, ACCEPTED, ARRIVED, ("3:1", 14.0, "170100"))
    buyers.hear(fine, ACCEPTED, ("8:4", 15.0, "140980"))
    buyers.clock.at = datetime(2026, 10, 22, 5, 59, tzinfo=UTC)
    return buyers


def _report(house: Told) -> MorningReport | None:
    return house.do(SERVICE, lambda unit: report_once(unit, house.terms, house.notify))


def test_every_trouble_has_its_section_with_whom_to_ring_and_what_is_at_stake(troubled: Told) -> None:
    assert _report(troubled) is None  # a minute early
    troubled.clock.advance(timedelta(minutes=1))
    made = _report(troubled)
    assert made is not None
    found = {
        section.trouble: [(line.order_no, line.at_stake.kopecks) for line in section.lines] for section in made.sections
    }
    assert found == {
        Trouble.STUCK: [("К-1", 160_00)],  # and postage both ways
        Trouble.STORAGE_ENDS: [("К-2", 200_00)],
        Trouble.RETURNING: [("К-5", 50_00)],
        Trouble.NEVER_SEEN: [("К-3", 0)],
        Trouble.COD_MISSING: [("К-4", 700_00)],
    }
    assert (made.count, made.at_stake.kopecks) == (5, 1_110_00)
    text = report.text(made, "ru")
    for said in (
        "Застряли: 1, под угрозой 160,00 ₽",
        f"{TRACKS[0]} (К-1): В пути, 140980",
        "+79161234567, anna@example.ru",
        "хранится до 23.10.2026",
        "Всего строк: 5, под угрозой 1\xa0110,00 ₽",
    ):
        assert said in text
    assert "Stuck: 1, 160.00 ₽ at stake" in report.text(made, "en")


def test_the_report_is_written_to_our_own_people_once_a_day_even_after_a_kill(troubled: Told) -> None:
    troubled.clock.advance(timedelta(hours=2))
    with troubled.store.unit(SERVICE) as unit:
        assert report_once(unit, troubled.terms, troubled.notify) is not None  # killed before the commit
    assert _report(troubled) is not None
    assert _report(troubled) is None
    letters = [row for row in troubled.messages() if row.template == "morning_report"]
    assert [(row.address, row.channel, row.state) for row in letters] == [(one, "email", "queued") for one in STAFF]
    assert letters[0].subject == "Посылки, 22.10.2026: требуют внимания 5"
    troubled.clock.advance(timedelta(days=1))
    assert _report(troubled) is not None
    assert len([row for row in troubled.messages() if row.template == "morning_report"]) == 4


def test_our_own_people_are_written_to_until_they_say_no(buyers: Told) -> None:
    """The settings are the consent; a word of one's own counts more."""
    buyers.terms = replace(TERMS, report_to=STAFF)
    buyers.notify = replace(buyers.notify, consent_needed=True)
    email = NotificationChannel.EMAIL
    with buyers.store.unit(SERVICE) as unit:
        consents.put(unit, STAFF[1], email, ConsentWord.WITHDRAWN, ConsentSource.LINK, "link")
        unit.commit()
    buyers.clock.at = datetime(2026, 10, 22, 7, 0, tzinfo=UTC)
    _report(buyers)
    assert [row.address for row in buyers.messages()] == [STAFF[0]]
    with buyers.store.reading() as connection:
        assert consents.may(connection, "test", buyers.notify, STAFF[0], email)


def test_the_alarm_of_stuck_parcels_ends_with_them(troubled: Told) -> None:
    troubled.clock.advance(timedelta(hours=2))
    _report(troubled)
    with troubled.store.reading() as connection:
        alarm = next(one for one in alarms.open_alarms(connection, "test") if one.code == watch.STUCK_ALARM)
    assert (alarm.values["stuck"], alarm.values["unknown"]) == (1, 1)
    quiet = replace(troubled.terms, stuck_days=60)
    troubled.do(SERVICE, lambda unit: watch.alarm(unit, quiet))
    with troubled.store.reading() as connection:
        assert watch.STUCK_ALARM not in [one.code for one in alarms.open_alarms(connection, "test")]


def test_the_workbook_has_a_sheet_for_each_trouble_and_no_formula(troubled: Told) -> None:
    with troubled.store.reading() as connection:
        made = report.make(connection, "test", troubled.terms, troubled.clock.now(), [Trouble.STUCK])
    book = load_workbook(io.BytesIO(report.workbook(made, "ru")))
    heads, row = list(book["Застряли"].iter_rows(values_only=True))
    assert (heads[0], heads[-1]) == ("Трек-номер", "Под угрозой, ₽")
    assert row[:5] == (TRACKS[0], "К-1", "=Гаврилов", "+79161234567", "anna@example.ru")
    assert book["Застряли"]["C2"].data_type == "s"
    assert row[-1] == 160


def test_a_house_without_trouble_hears_so(buyers: Told) -> None:
    buyers.terms = replace(TERMS, report_to=STAFF[:1])
    buyers.clock.at = datetime(2026, 10, 22, 7, 0, tzinfo=UTC)
    made = _report(buyers)
    assert made is not None and made.count == 0
    assert buyers.messages()[0].subject == "Посылки, 22.10.2026: всё в порядке"
    assert load_workbook(io.BytesIO(report.workbook(made, "en"))).sheetnames == ["No parcel needs attention."]


def test_what_is_long_silent_is_watched_no_more(troubled: Told) -> None:
    troubled.clock.advance(timedelta(days=80))
    ended = troubled.do(SERVICE, lambda unit: watch.end_silent(unit, troubled.terms))
    assert ended == 3  # the stuck one, the one that waits and the one nobody knows; not those that moved later
    assert troubled.do(SERVICE, lambda unit: watch.end_silent(unit, troubled.terms)) == 0


def _forgetful(house: Told) -> str:
    """Sixteen parcels took three to four days from the sorting centre; the seventeenth has been there for long."""
    house.terms = replace(TERMS, guess=GuessTerms(on=True, share=Decimal("0.90"), least=10))
    for number in range(16):
        parcel = house.put(f"8011000001{number:04d}").id
        house.hear(parcel, ACCEPTED, SORTED, ("8:2", 4.0 + number / 16, "170100"), ("2:1", 6.0, "170100"))
    late = house.put(TRACKS[0]).id
    house.hear(late, ACCEPTED, SORTED)
    house.clock.at = START + timedelta(days=4, hours=22)  # ten in the morning of the 10th
    guess.remake(house.store, house.terms)
    return late


def test_a_forgotten_arrival_is_told_as_a_guess_once_and_ends_with_evidence(buyers: Told) -> None:
    late = _forgetful(buyers)
    row = buyers.row(late)
    assert row.guess_basis == "route:8:4 140980-170100 n=16"
    # nine of ten of the next ones within the sixteenth of sixteen: 3 days and 22.5 hours after the centre
    assert (row.guess_share, row.guess_since) == ("0.90", "2026-10-10T07:30:00.000000Z")

    def morning() -> int:
        return write_to_buyers(buyers.store, buyers.terms, buyers.notify, lambda: False)

    queued = len(buyers.events())
    assert morning() == 0  # half an hour early
    buyers.says_nothing_new(late)
    buyers.clock.advance(timedelta(hours=1))
    assert morning() == 0  # whoever was asked before does not know what came since
    buyers.says_nothing_new(late)
    assert (morning(), morning()) == (1, 0)
    told = buyers.messages()[-1]
    assert (len(buyers.events()), told.event) == (queued + 1, "maybe_ready")
    assert "возможно, уже ждёт вас в отделении 170100" in told.body
    with buyers.store.reading() as connection:
        assert watch.counts(connection, "test", buyers.terms, buyers.clock.now())[Trouble.MAYBE_WAITING] == 1
    buyers.hear(late, ACCEPTED, SORTED, ("8:2", 5.5, "170100"))
    assert buyers.row(late).guess_since is None
    assert "maybe_ready" in buyers.events("withdrawn")


def test_guesses_are_told_to_nobody_while_they_are_off(buyers: Told) -> None:
    late = _forgetful(buyers)
    buyers.terms = replace(buyers.terms, guess=replace(buyers.terms.guess, on=False))
    buyers.clock.advance(timedelta(days=1))
    buyers.says_nothing_new(late)
    assert buyers.do(SERVICE, lambda unit: guess.guess_due(unit, buyers.terms, buyers.notify)) == 0
    assert buyers.row(late).guess_since is not None  # our own people see it all the same


def test_too_few_like_it_and_nothing_is_guessed(buyers: Told) -> None:
    late = _forgetful(buyers)
    guess.remake(buyers.store, replace(buyers.terms, guess=GuessTerms(least=17)))
    assert buyers.row(late).guess_since is None
