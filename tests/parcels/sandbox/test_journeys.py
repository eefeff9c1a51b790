"""What becomes of parcels: each fate told as it is, the same for the same seed, and understood by our own reckoning."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from gateway.core.money import Money
from gateway.parcels.history import standing
from gateway.parcels.model import CarrierKey, Effect, Stage
from gateway.parcels.sandbox.histories import FROM, Finished, generate_histories, record_of
from gateway.parcels.sandbox.journey import SIGMA, Fate, Plan, Step, arrival, collected_at, journey, money_order
from gateway.parcels.sandbox.offices import forgetting_share, median_days, office
from gateway.parcels.sandbox.world import Lot, World, place_in_lot
from tests.parcels.sandbox.house import COD, DAY, NOW

SEED = 7
YEAR = timedelta(days=365)


def plan(fate: Fate, **changes: object) -> Plan:
    fields: dict[str, object] = {"cod": COD, "fate": fate} | changes
    return Plan("10100001000015", NOW, "101000", "683000", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fate", "told", "stage"),
    [
        (Fate.COLLECTED, "1:1 8:1 8:3 8:4 8:3 8:4 8:2 2:1 63:0", Stage.DELIVERED),
        (Fate.RETURNED, "1:1 8:1 8:3 8:4 8:3 8:4 8:2 8:28 3:1 8:4 8:3 8:2 2:2", Stage.RETURNED),
        (Fate.REFUSED, "1:1 8:1 8:3 8:4 8:3 8:4 8:2 3:4 8:4 8:3 8:2 2:2", Stage.RETURNED),
        (Fate.MISROUTED, "1:1 8:1 8:3 8:4 8:3 8:4 8:2 4:3 8:2 2:1 63:0", Stage.DELIVERED),
        (Fate.STUCK, "1:1 8:1 8:3 8:4", Stage.IN_TRANSIT),
        (Fate.LOST, "1:1 8:1 8:3 8:4 18:0", Stage.LOST),
    ],
)
def test_each_fate_is_told_and_understood(fate: Fate, told: str, stage: Stage) -> None:
    made = plan(fate)
    events = journey(made, SEED)
    assert [event.code for event in events] == told.split()
    assert [event.at for event in events] == sorted(event.at for event in events)
    records = [record_of(made, event, place) for place, event in enumerate(events, 1)]
    assert standing(records, now=NOW + YEAR).stage is stage


def test_a_misrouted_parcel_arrives_twice_and_first_at_a_wrong_office() -> None:
    first, second = (event for event in journey(plan(Fate.MISROUTED), SEED) if event.code == "8:2")
    assert (first.office, second.office) == ("683031", "683000")


def test_a_forgotten_arrival_happened_all_the_same() -> None:
    told, forgotten = plan(Fate.COLLECTED), plan(Fate.COLLECTED, forgotten=True)
    arrived = next(event.at for event in journey(told, SEED) if event.code == "8:2")
    assert arrival(forgotten, SEED) == arrival(told, SEED) == arrived
    assert journey(forgotten, SEED) == tuple(event for event in journey(told, SEED) if event.code != "8:2")


def test_cash_is_collected_with_the_parcel_and_only_then() -> None:
    made = plan(Fate.COLLECTED, waits_days=3.0)
    taken = next(event for event in journey(made, SEED) if event.code == "2:1")
    arrived = arrival(made, SEED)
    assert arrived is not None and timedelta(days=3) <= taken.at - arrived < timedelta(days=4)
    assert 10 <= (taken.at + timedelta(minutes=office("683000").offset_minutes)).hour < 19
    assert collected_at(made, SEED) == taken.at
    assert [(one.kind, one.office, one.at) for one in money_order(made, SEED)] == [
        (1, "683000", taken.at), (3, "101000", taken.at + DAY),
    ]  # fmt: skip
    for unpaid in (plan(Fate.COLLECTED, cod=Money(0)), *map(plan, (Fate.RETURNED, Fate.REFUSED, Fate.LOST))):
        assert collected_at(unpaid, SEED) is None and money_order(unpaid, SEED) == ()


def test_cdek_tells_the_same_in_its_own_words() -> None:
    words = [event.code for event in journey(plan(Fate.COLLECTED, carrier=CarrierKey.CDEK), SEED)]
    assert words[0] == "CREATED" and words[-2:] == ["ACCEPTED_AT_PICK_UP_POINT", "DELIVERED"]
    assert journey(plan(Fate.REFUSED, carrier=CarrierKey.CDEK), SEED)[-1].code == "NOT_DELIVERED"


def test_a_script_is_followed_to_the_letter() -> None:
    script = (Step("9:1", timedelta(0), "101000"), Step("8:13", DAY, "101000"), Step("2:3", 2 * DAY, "683000"))
    made = plan(Fate.LOST, script=script)
    assert [(event.code, event.at - NOW) for event in journey(made, SEED)] == [
        ("9:1", 0 * DAY), ("8:13", DAY), ("2:3", 2 * DAY),
    ]  # fmt: skip
    assert collected_at(made, SEED) == NOW + 2 * DAY


def test_chance_is_the_seeds() -> None:
    lot = Lot(3, CarrierKey.POST, 100_000, NOW, 30.0)
    world = World(1)
    late = world.of_lot(lot, 99_999)  # without the others before it
    assert late == World(1).of_lot(lot, 99_999) != World(2).of_lot(lot, 99_999)
    assert journey(late, 1) != journey(late, 2)
    assert place_in_lot(late.track) == (CarrierKey.POST, 3, 99_999)
    assert [lot.sent(serial) - NOW for serial in (0, 50_000)] == [timedelta(0), timedelta(days=15)]


@pytest.fixture(scope="module")
def finished() -> list[Finished]:
    return list(generate_histories(SEED, 3000, 60))


def test_histories_are_finished_journeys_of_all_kinds(finished: list[Finished]) -> None:
    assert len({one.history.track for one in finished}) == len(finished) == 3000
    assert finished[0].plan.sent == FROM and finished[-1].plan.sent < FROM + timedelta(days=60)
    fates = Counter(one.plan.fate for one in finished)
    assert set(fates) == set(Fate) and 0.75 < fates[Fate.COLLECTED] / 3000 < 0.92
    assert list(generate_histories(SEED, 3000, 60))[:5] == finished[:5]


def test_every_history_is_understood(finished: list[Finished]) -> None:
    expected = {
        Fate.COLLECTED: Stage.DELIVERED, Fate.MISROUTED: Stage.DELIVERED, Fate.RETURNED: Stage.RETURNED,
        Fate.REFUSED: Stage.RETURNED, Fate.LOST: Stage.LOST, Fate.STUCK: Stage.IN_TRANSIT,
    }  # fmt: skip
    for one in finished[:600]:
        assert standing(one.history.records, now=FROM + YEAR).stage is expected[one.plan.fate], one.plan


def test_eight_arrivals_of_a_hundred_are_forgotten_and_offices_differ(finished: list[Finished]) -> None:
    collected = [one for one in finished if one.plan.fate is Fate.COLLECTED]
    silent = [one for one in collected if all(r.effect is not Effect.ARRIVE for r in one.history.records)]
    assert silent == [one for one in collected if one.plan.forgotten]
    assert all(one.arrived_at is not None for one in silent)
    assert 0.05 < len(silent) / len(collected) < 0.11
    shares = [forgetting_share(one.plan.destination) for one in finished]
    assert min(shares) < 0.03 and max(shares) > 0.15


def test_the_way_takes_a_lognormal_time_by_route(finished: list[Finished]) -> None:
    logs = []
    by_route = defaultdict(list)
    for one in finished:
        if one.arrived_at is None or one.plan.fate is Fate.MISROUTED:
            continue
        took = (one.arrived_at - one.plan.sent) / DAY
        median = median_days(one.plan.origin, one.plan.destination)
        logs.append(math.log(took / median))
        by_route[one.plan.origin, office(one.plan.destination).hub].append(took)
    assert abs(statistics.mean(logs)) < 0.03 and abs(statistics.stdev(logs) - SIGMA) < 0.02
    medians = [statistics.median(times) for times in by_route.values() if len(times) > 30]
    assert max(medians) > 3 * min(medians)
