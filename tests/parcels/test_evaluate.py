"""How long parcels take, and how good guesses made of it are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from gateway.core.errors import Refused
from gateway.parcels.evaluate import evaluate, guessed_at
from gateway.parcels.guess_basis import Journey, Place, Scan, build, journey_of, places_of, reach
from gateway.parcels.model import Effect
from gateway.parcels.sandbox.histories import generate_histories
from gateway.parcels.terms import GuessTerms
from tests.parcels.histories import START, record

HOUR = timedelta(hours=1)
LATER = datetime(2027, 3, 1, tzinfo=UTC)
TERMS = GuessTerms(share=Decimal("0.90"), least=9)
SORTED = Place("route", "8:4 140980-170100")


def scans(*steps: tuple[str, float, str]) -> list[Scan]:
    """(code, hours after START, office)."""
    made = (record(code, hours / 24, office, index_to="170100") for code, hours, office in steps)
    return [Scan(each.at, each.code, each.effect, each.office_index, each.index_to) for each in made]


def way(hours: float, *more: tuple[str, float, str], now: datetime = LATER) -> Journey:
    """Accepted, sorted a day later, at the office so many hours after that."""
    steps = (("1:1", 0, "443063"), ("8:4", 24, "140980"), *more)
    return journey_of(scans(*steps, ("8:2", 24 + hours, "170100")) if hours else scans(*steps), now)


def test_what_a_way_is_made_of() -> None:
    arrived = way(30)
    assert [scan.code for scan in arrived.scans] == ["1:1", "8:4"]
    assert (arrived.arrived_at, arrived.ended_at, arrived.forgotten) == (START + 54 * HOUR, None, False)
    assert list(places_of(arrived.scans[1], arrived.index_to)) == [
        SORTED,
        Place("region", "8:4 50-69"),
        Place("all", "8:4 across"),
    ]
    forgotten = way(0, ("2:1", 80, "170100"))
    assert (forgotten.arrived_at, forgotten.forgotten) == (None, True)
    back = way(0, ("3:1", 80, "170100"), ("8:2", 90, "443063"))  # that arrival is the sender's
    assert (back.arrived_at, back.ended_at, back.forgotten) == (None, START + 80 * HOUR, False)
    handed_back = way(0, ("2:2", 80, "443063"))
    assert handed_back.forgotten is False


def test_the_tables_say_within_how_many_hours_the_next_one_arrives() -> None:
    """Nine ways of 10, 20, … 90 hours: the next one is within 90 hours with chance 9/10, and no table says 95 %."""
    basis = build([way(10.0 * number) for number in range(1, 10)], TERMS)
    assert basis[SORTED].count == 9
    found = reach(basis.get, way(30).scans[1], "170100", TERMS)
    assert found and (found.hours, found.place, found.count) == (90.0, SORTED, 9)
    assert basis[SORTED].quantiles[50] == 50.0
    assert reach(basis.get, way(30).scans[1], "170100", GuessTerms(share=Decimal("0.95"), least=9)) is None
    assert build([way(10.0 * number) for number in range(1, 9)], TERMS) == {}


def test_a_forgotten_arrival_is_counted_and_not_timed() -> None:
    known = [way(10.0 * number) for number in range(1, 10)]
    forgotten = [way(0, ("2:1", 500, "170100")) for _ in range(3)]
    with_them, without = build([*known, *forgotten], TERMS), build(known, TERMS)
    assert with_them[SORTED].quantiles == without[SORTED].quantiles
    assert (with_them[SORTED].forgotten, without[SORTED].forgotten) == (3, 0)


def test_what_is_still_on_its_way_makes_the_way_longer_and_never_shorter() -> None:
    known = [way(10.0 * number) for number in range(1, 10)]
    on_its_way = [way(0, now=START + (24 + 45) * HOUR) for _ in range(3)]
    longer, before = build([*known, *on_its_way], TERMS), build(known, TERMS)
    assert (before[SORTED].quantiles[40], longer[SORTED].quantiles[40]) == (40.0, 50.0)
    stuck = [way(0) for _ in range(3)]  # a quarter never arrives: nobody can say 90 %
    assert reach(build([*known, *stuck], TERMS).get, way(30).scans[1], "170100", TERMS) is None


def test_a_narrow_table_with_too_few_gives_way_to_a_wider_one() -> None:
    elsewhere = [
        journey_of(scans(("1:1", 0, "443063"), ("8:4", 24, "140980"), ("8:2", 24 + 10 * n, "170100")), LATER)
        for n in range(1, 6)
    ]
    others = [Journey("170028", each.scans, each.arrived_at, each.ended_at, each.seen_until) for each in elsewhere]
    basis = build([*elsewhere, *others], TERMS)
    found = reach(basis.get, elsewhere[0].scans[1], "170100", TERMS)
    assert found and (found.place, found.count) == (Place("region", "8:4 50-69"), 10)


def test_each_scan_starts_the_wait_anew() -> None:
    journey = way(30)

    def within(hours: float) -> datetime | None:
        return guessed_at(journey, lambda _scan, _to: hours * HOUR)

    assert within(23) == START + 23 * HOUR  # before it was sorted
    assert within(25) == START + 49 * HOUR
    assert guessed_at(journey, lambda _scan, _to: None) is None


@cache
def generated(seed: int) -> Sequence[Journey]:
    found = []
    for finished in generate_histories(seed, 2500, 90):
        its = sorted(Scan(r.at, r.code, r.effect, r.office_index, r.index_to) for r in finished.history.records)
        found.append(journey_of(its, LATER))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_on_generated_parcels_guesses_keep_their_word_and_beat_days_counted_for_all(seed: int) -> None:
    terms = GuessTerms(share=Decimal("0.90"), least=20)
    found = evaluate(generated(seed), terms)
    assert found.trained > 1500
    assert found.guess.premature.low <= 0.10 <= found.guess.premature.high
    assert found.guess.coverage > 0.9
    assert found.baseline.premature.value < 0.13
    assert found.guess.delay_hours is not None and found.baseline.delay_hours is not None
    assert found.guess.delay_hours < found.baseline.delay_hours / 3
    assert found.forgotten > 20
    assert sum(route.quality.parcels for route in found.routes) == found.guess.parcels


def test_asking_for_more_certainty_costs_time_and_in_the_end_gets_silence() -> None:
    loose = evaluate(generated(1), GuessTerms(share=Decimal("0.80"), least=20)).guess
    tight = evaluate(generated(1), GuessTerms(share=Decimal("0.93"), least=20)).guess
    assert loose.premature.value > tight.premature.value
    assert loose.delay_hours is not None and tight.delay_hours is not None
    assert loose.delay_hours < tight.delay_hours
    certain = evaluate(generated(1), GuessTerms(share=Decimal("0.99"), least=20)).guess
    assert certain.abstained > 0.9 * certain.parcels  # three of a hundred never arrive


def test_the_future_is_hidden_from_the_tables() -> None:
    """The Post gets twenty times as slow just before the split: whoever knew how that ends would guess later."""

    def posted(days: float, hours: float) -> Journey:
        known, by = way(hours), timedelta(days=days)
        assert known.arrived_at
        moved = tuple(scan._replace(at=scan.at + by) for scan in known.scans)
        return Journey(known.index_to, moved, known.arrived_at + by, None, known.arrived_at + by)

    first, slow = [posted(0, 10.0 + number % 5) for number in range(20)], [posted(29, 200) for _ in range(20)]
    split = START + timedelta(days=30, hours=5)
    found = evaluate([*first, *slow, *(posted(60, 200) for _ in range(20))], TERMS, split)
    assert (found.trained, found.guess.parcels) == (40, 20)
    assert found.guess.premature.value == 1
    assert first[0].as_known_at(START + 30 * HOUR).arrived_at is None
    assert first[0].as_known_at(START + 12 * HOUR).scans == first[0].scans[:1]


def test_nothing_to_measure_on() -> None:
    with pytest.raises(Refused) as refused:
        evaluate([], TERMS)
    assert refused.value.code == "parcels.evaluate.nothing"
    assert journey_of([], LATER).scans == ()
    assert Effect.FORWARD in {scan.effect for scan in way(0, ("4:3", 30, "140980")).scans}
