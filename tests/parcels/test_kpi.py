"""How many parcels come back: by cohort, with what is at stake, and what reminders are worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.parcels import ending, kpi
from gateway.parcels.intervals import wilson
from gateway.parcels.kpi import By, Fate, Outcome, reckon
from gateway.parcels.model import EndedHow
from gateway.parcels.tables import parcels
from tests.parcels.histories import START
from tests.parcels.house import MANAGER, OTHER, THIRD, House

ONE = Outcome(date(2026, 10, 5), 5.0, Fate.DELIVERED, False, "post", "69", "", Money(1000_00), Money(300_00))
BACK = replace(ONE, fate=Fate.RETURNED, days=30.0)
LOST = replace(ONE, fate=Fate.LOST, days=45.0)
OPEN = replace(ONE, fate=None, days=20.0)
JANUARY = date(2027, 1, 10)


def test_a_month_by_hand() -> None:
    """Seven collected, two back, one lost: everything is over, so the shares are counted ones."""
    found = reckon([*[ONE] * 7, BACK, BACK, LOST], JANUARY)
    [month] = found.cohorts
    assert (month.month, month.parcels, month.open, month.mature) == (date(2026, 10, 1), 10, 0, True)
    assert {name: round(share.value, 9) for name, share in month.shares.items()} == {
        "delivered": 0.7, "returned": 0.2, "lost": 0.1, "": 0.0,
    }  # fmt: skip
    assert month.shares["returned"].low == pytest.approx(wilson(2, 10).low)
    assert (month.at_stake, month.lost) == (Money(0), Money(2 * 600_00 + 300_00))
    assert found.overall is not None and found.overall.shares == month.shares
    assert found.comparison is None


def test_a_young_month_is_shown_open_and_counts_in_no_total() -> None:
    young = [replace(OPEN, accepted_on=date(2026, 12, 20)), replace(ONE, accepted_on=date(2026, 12, 3))]
    found = reckon([ONE, BACK, *young], JANUARY)
    october, december = found.cohorts
    assert (october.mature, december.mature) == (True, False)
    assert (december.open, december.cod_at_stake, december.at_stake) == (1, Money(1000_00), Money(1600_00))
    assert found.overall is not None and found.overall.parcels == 2
    assert [cohort.parcels for cohort in found.groups[By.CARRIER]] == [2]


def test_an_old_month_is_settled_although_one_never_ended() -> None:
    long_past = reckon([ONE, BACK, OPEN], date(2026, 12, 31)).cohorts[0]
    assert (long_past.open, long_past.mature) == (1, True)  # sixty days after its end
    assert reckon([ONE, BACK, OPEN], date(2026, 12, 30)).cohorts[0].mature is False
    assert reckon([ONE, BACK], date(2026, 10, 31)).cohorts[0].mature is False  # more may be posted in it


def test_groups_say_where_parcels_come_back_from() -> None:
    far = replace(BACK, region="25", carrier="cdek", shop="mebel")
    found = reckon([ONE, ONE, ONE, far, far], JANUARY)
    by_region = {cohort.group: cohort.shares["returned"].value for cohort in found.groups[By.REGION]}
    assert by_region == {"69": 0.0, "25": 1.0}
    assert [cohort.group for cohort in found.groups[By.SHOP]] == ["", "mebel"]


def test_what_reminders_are_worth_is_said_by_the_control_group_only() -> None:
    reminded = [*[ONE] * 190, *[BACK] * 10]
    control = [replace(one, control=True) for one in [*[ONE] * 34, *[BACK] * 6]]
    before = [replace(BACK, accepted_on=date(2026, 8, 3))] * 50  # a month without a control group says nothing
    found = reckon([*reminded, *control, *before], JANUARY).comparison
    assert found is not None
    assert (found.reminded, found.control) == (200, 40)
    assert found.saved.value == pytest.approx(0.15 - 0.05)
    assert found.saved.low > 0  # shown, with an interval that leaves zero out
    few = reckon([*reminded[:20], *reminded[-1:], *control[-7:]], JANUARY).comparison
    assert few is not None and few.saved.low < 0.6 * few.saved.value  # few parcels, wide interval


def test_outcomes_are_read_from_the_houses_own_parcels(house: House) -> None:
    taken = house.put(cod=Money(500_00), postage=Money(200_00)).id
    house.tell(taken, ("1:1", 0, "443063"), ("8:2", 3, "170100"), ("2:1", 5, "170100"))
    back = house.put(OTHER).id
    house.tell(back, ("1:1", 0, "443063"), ("8:2", 3, "170100"), ("3:1", 20, "170100"))
    silent = house.put(THIRD).id
    house.tell(silent, ("1:1", 0, "443063"))
    mistaken = house.put("RA123456789RU").id
    house.tell(mistaken, ("1:1", 0, "443063"))
    house.clock.at = START + timedelta(days=40)
    house.do(SERVICE, lambda unit: ending.end(unit, silent, EndedHow.SILENT))
    house.do(MANAGER, lambda unit: ending.end(unit, mistaken, EndedHow.REMOVED))
    house.do(SERVICE, lambda unit: unit.update(parcels, back, control=1))
    with house.store.reading() as connection:
        found = kpi.outcomes(connection, "test", house.terms, START + timedelta(days=90))
        figures = kpi.figures(connection, "test", house.terms, START + timedelta(days=90))
    assert sorted((one.days, one.fate, one.control) for one in found if one.fate) == [
        (5.0, Fate.DELIVERED, False),
        (20.0, Fate.RETURNED, True),
    ]
    assert [one.days for one in found if one.fate is None] == [40.0]  # as long as it was watched, not until today
    assert figures.cohorts[0].parcels == 3
    assert figures.comparison is not None and figures.comparison.control == 1
