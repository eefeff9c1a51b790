"""The board and the list: counted right, walked through whole, found by every filter, masked for everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from gateway.core import catalogue
from gateway.core.authority import Actor, Role
from gateway.core.clock import FixedClock, from_text
from gateway.core.errors import Refused
from gateway.loans import problems, queries
from gateway.loans.problems import Problem
from gateway.loans.queries import Filters, Page
from gateway.loans.stage import OPEN, Stage
from gateway.loans.tables import agreements, applications, decisions
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.store.schema import AnyRow
from tests.loans import seed
from tests.loans.house import CALLER, COMPANY, MANAGER, NOW, TERMS, House

COUNT, SHOPS = 600, 6
SHOP_MANAGER = Actor("Олег", Role.SHOP_MANAGER, party="s2")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Six hundred applications of six shops, at every stage."""
    url = sqlite_url(tmp_path_factory.mktemp("queries") / "kvit.db")
    upgrade(url)
    store = Store(url, FixedClock(NOW), COMPANY)
    seed.write_shops(store, SHOPS)
    seed.write_applications(store, TERMS.sealer, COUNT, shop_count=SHOPS, days=100)
    yield store
    store.close()


@pytest.fixture(scope="module")
def rows(full: Store) -> list[AnyRow]:
    with full.reading() as connection:
        return list(connection.execute(select(applications)))


def listed(store: Store, filters: Filters = Filters(), actor: Actor = MANAGER, **more: Any) -> Page:  # noqa: B008
    with store.reading() as connection:
        return queries.listed(connection, COMPANY, TERMS, actor, filters, NOW, **more)


def test_the_board_counts_adds_up_and_says_who_waits_longest(full: Store, rows: list[AnyRow]) -> None:
    with full.reading() as connection:
        lines = queries.board(connection, COMPANY, TERMS, MANAGER, NOW)
    assert [line.stage for line in lines] == list(Stage)
    for line in lines:
        here = [row for row in rows if row.stage == line.stage]
        assert (line.count, line.goods) == (len(here), sum(row.goods for row in here))
        assert line.oldest == min((row.stage_since for row in here), default="")
        red = [row for row in here if line.stage in OPEN and row.stage_since < LIMITS[line.stage]]
        assert line.red == len(red)
    assert sum(line.red for line in lines) > 0


def test_an_empty_board_has_every_stage(house: House) -> None:
    with house.store.reading() as connection:
        lines = queries.board(connection, COMPANY, TERMS, MANAGER, NOW)
    assert [(line.stage, line.count, line.oldest, line.goods, line.red) for line in lines] == [
        (stage, 0, "", 0, 0) for stage in Stage
    ]


def test_a_shop_sees_its_own_board_and_list(full: Store, rows: list[AnyRow]) -> None:
    own = [row for row in rows if row.shop_id == "s2"]
    with full.reading() as connection:
        lines = queries.board(connection, COMPANY, TERMS, SHOP_MANAGER, NOW)
    assert {line.stage.value: line.count for line in lines if line.count} == Counter(row.stage for row in own)
    page = listed(full, actor=SHOP_MANAGER)
    assert page.total == len(own)
    assert {item["shop_id"] for item in page.items} == {"s2"}
    assert listed(full, Filters(shop="s3"), SHOP_MANAGER).total == 0
    assert listed(full, Filters(number=1), SHOP_MANAGER).total == 0


@pytest.mark.parametrize("sort", ["made_at", "-made_at", "stage_since", "-stage_since"])
@pytest.mark.parametrize("filters", [Filters(), Filters(lender="third"), Filters(surname="Иванов")])
def test_slices_make_up_the_whole_list_in_order(full: Store, sort: str, filters: Filters) -> None:
    whole = listed(full, filters, sort=sort, limit=queries.MOST_ROWS)
    walked, after = [], None
    while True:
        page = listed(full, filters, sort=sort, limit=37, after=after)
        assert page.total == whole.total
        walked += [item["id"] for item in page.items]
        after = page.next
        if after is None or len(walked) >= queries.MOST_ROWS:
            break
    assert walked[: queries.MOST_ROWS] == [item["id"] for item in whole.items]
    key = sort.removeprefix("-")
    keys = [(item[key], item["id"]) for item in whole.items]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


LIMITS = problems.red_since(TERMS.red, NOW)
CASES: list[tuple[Filters, Any]] = [
    (Filters(stage="money"), lambda r: r.stage == "money"),
    (Filters(state="declined"), lambda r: r.state == "declined"),
    (Filters(shop="s4"), lambda r: r.shop_id == "s4"),
    (Filters(lender="third"), lambda r: r.lender == "third"),
    (Filters(way="courier"), lambda r: r.signing_way == "courier"),
    (Filters(lender="third", way="courier"), lambda r: (r.lender, r.signing_way) == ("third", "courier")),
    (Filters(lender="third", state="closed"), lambda r: (r.lender, r.state) == ("third", "closed")),
    (Filters(number=101), lambda r: r.number == 101),
    (Filters(order=" З-77 "), lambda r: r.shop_order == "З-77"),
    (Filters(agreement="договор №0013"), lambda r: r.agreement_key == "13"),
    (Filters(phone="8 (916) 000-01-00"), lambda r: r.number == 101),
    (Filters(phone="не номер"), lambda r: False),
    (Filters(surname=" иванов "), lambda r: r.surname_hash == TERMS.sealer.mark("surname", "Иванов")),
    (Filters(problem="call"), lambda r: r.call_due and _call_is_late(r)),
    (Filters(problem="late"), lambda r: r.stage in OPEN and r.stage_since < LIMITS[Stage(r.stage)]),
]  # fmt: skip


def _call_is_late(row: AnyRow) -> bool:
    due = from_text(row.call_due)
    return due < NOW if row.state == "lead" else due < NOW - timedelta(minutes=15)


@pytest.mark.parametrize(("filters", "fits"), CASES)
def test_every_filter_finds_what_it_says(full: Store, rows: list[AnyRow], filters: Filters, fits: Any) -> None:
    expected = {row.id for row in rows if fits(row)}
    page = listed(full, filters, limit=queries.MOST_ROWS)
    assert {item["id"] for item in page.items} == expected
    assert page.total == len(expected)


def test_days_are_those_of_the_company(full: Store, rows: list[AnyRow]) -> None:
    page = listed(full, Filters(since="2026-10-01", until="2026-10-03"), limit=queries.MOST_ROWS)
    days = {row.id: from_text(row.made_at).astimezone(TERMS.zone).date() for row in rows}
    wanted = {row_id for row_id, day in days.items() if date(2026, 10, 1) <= day <= date(2026, 10, 3)}
    assert {item["id"] for item in page.items} == wanted != set()


@pytest.mark.parametrize(
    "problem", [Problem.LENDER, Problem.SIGNING, Problem.ORIGINAL, Problem.MONEY, Problem.AGREEMENT]
)
def test_problems_of_papers_and_lenders_are_found(full: Store, problem: Problem) -> None:
    with full.reading() as connection:
        papers = connection.execute(select(agreements)).all()
        asked = connection.execute(select(decisions).where(decisions.c.failures > 0)).all()
    expected = {
        Problem.LENDER: {d.application_id for d in asked},
        Problem.SIGNING: {p.application_id for p in papers if p.signing == "faulty"},
        Problem.ORIGINAL: set(),
        Problem.MONEY: set(),
        Problem.AGREEMENT: {p.application_id for p in papers if p.warnings != "[]"},
    }[problem]
    found = {item["id"] for item in listed(full, Filters(problem=problem.value)).items}
    assert found == expected
    assert expected or problem in (Problem.ORIGINAL, Problem.MONEY)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(stage="paid"), Filters(state="x"), Filters(way="pigeon"), Filters(problem="rain"),
        Filters(since="21.11.2026"), Filters(until="2026-02-30"), Filters(until="9999-12-31"),
    ],
)  # fmt: skip
def test_a_filter_nobody_knows_is_refused(full: Store, filters: Filters) -> None:
    with pytest.raises(Refused) as caught:
        listed(full, filters)
    assert caught.value.code == "loan.bad_filter"


def test_a_sort_nobody_knows_is_refused(full: Store) -> None:
    with pytest.raises(Refused) as caught:
        listed(full, sort="buyer")
    assert caught.value.code == "loan.bad_filter"


def test_lists_are_masked_for_everybody(full: Store) -> None:
    for actor in (MANAGER, CALLER, SHOP_MANAGER):
        page = listed(full, actor=actor)
        assert all("***" in item["buyer"] and item["phone"].startswith("+7 *** ***-") for item in page.items)
        assert not {"buyer_hash", "phone_hash", "surname_hash", "questionnaire"} & set(page.items[0])


def test_no_list_reads_the_wide_rows_of_all(full: Store) -> None:
    """Counting and finding the keys goes by an index that holds what is asked for; rows are read slice by slice."""
    statements: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, sql: str, given: Any, _context: Any, _many: bool) -> None:
        statements.append((sql, given))

    for filters in (
        Filters(),
        Filters(state="declined"),
        Filters(lender="third", way="clerk"),
        Filters(problem="late"),
    ):
        statements.clear()
        with full.reading() as connection:
            event.listen(connection.engine, "before_cursor_execute", hear)
            queries.listed(connection, COMPANY, TERMS, MANAGER, filters, NOW)
            event.remove(connection.engine, "before_cursor_execute", hear)
            for sql, given in statements[:2]:
                plan = [row[3] for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, given)]
                assert any("COVERING INDEX" in step for step in plan), (filters, plan)


# -- one application -------------------------------------------------------------------------------------------------


def card(house: House, application_id: str, actor: Actor = MANAGER) -> dict[str, Any]:
    with house.store.reading() as connection:
        return queries.card(connection, house.store.company, TERMS, actor, application_id, house.clock.now())


def test_a_card_has_everything_but_personal_data(house: House) -> None:
    row = house.submitted()
    house.answer(row.id, "soap", state="approved", offers='[{"id":"1"}]', error="", failures=2)
    house.agreement(row.id, passport_hash="secret", passport_tail="456")
    shown = card(house, row.id)
    assert (shown["number"], shown["shop"], shown["stage"]) == (1, "Магазин mebel", "decision")
    assert (shown["buyer"], shown["phone"], shown["reveals"]) == ("И***в", "+7 *** ***-12-34", True)
    assert [(d["lender"], d["offers"], d.get("failures")) for d in shown["decisions"]] == [
        ("rest", [], 0),
        ("soap", [{"id": "1"}], 2),
    ]
    assert shown["agreement"]["number"] == "Д-17"
    assert [event["code"] for event in shown["events"]] == [
        "loan.applied",
        "loan.reached",
        "loan.consented",
        "loan.submitted",
        "loan.submitted",
    ]
    text = repr(shown)
    for secret in ("Иванов", "9161231234", "4510123456", "secret", "456'"):
        assert secret not in text


def test_a_shop_sees_answers_and_not_our_trouble_in_getting_them(house: House) -> None:
    row = house.submitted()
    house.answer(row.id, "soap", state="approved", error="timeout", failures=2)
    shown = card(house, row.id, house.boss)
    assert all(not {"error", "failures", "poll_at", "wanted"} & set(decision) for decision in shown["decisions"])
    with pytest.raises(Refused) as caught:
        card(house, row.id, house.stranger)
    assert caught.value.code == "loan.not_found"


def test_every_line_of_a_history_has_its_text(house: House) -> None:
    row = house.submitted()
    for line in card(house, row.id)["events"]:
        for language in ("ru", "en"):
            assert "{" not in catalogue.sentence(line["code"], language, line["values"])
