"""Who may do what with whose statement, and who does not even learn that it exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.core.authority import Actor, Right, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.settlement import corrections, payouts, queries, statements
from gateway.settlement.model import Party, PartyKind
from tests.payments.outgoing.desk import TODAY
from tests.settlement.house import NAMES, OTHER, OTHER_PERSON, SHOP, SHOP_PERSON, House, line

Use = Callable[[House, str, Actor], Any]


def people() -> list[Actor]:
    """Everybody of ours, the shop whose statement it is, and another shop."""
    inside = [Actor(role.value, role) for role in Role if role not in (Role.SHOP_MANAGER, Role.SHOP_CLERK)]
    clerk = Actor("clerk", Role.SHOP_CLERK, party=SHOP.id)
    return [*inside, SHOP_PERSON, OTHER_PERSON, clerk, Actor("clerk", Role.SHOP_CLERK, party=OTHER.id)]


def read(query: Callable[..., Any], *given: Any, **more: Any) -> Use:
    def use(house: House, statement_id: str, by: Actor) -> Any:
        with house.store.reading() as connection:
            return query(connection, house.store.company, by, *(given or (statement_id,)), **more)

    return use


def tried(house: House, case: Callable[..., Any], *given: Any, by: Actor) -> None:
    """Do it and keep nothing."""
    with house.store.unit(by) as unit:
        case(unit, *given)


def work(case: Callable[..., Any], *given: Any) -> Use:
    return lambda house, statement_id, by: tried(house, case, statement_id, *given, by=by)


READS = {
    "statement": read(queries.statement),
    "lines": read(queries.line_page),
    "history": read(queries.history),
    "payouts": read(queries.payouts_of),
}
ANSWERS = {"accept": work(statements.accept), "dispute": work(statements.dispute, "не сходится")}
WORKS: dict[str, Use] = {
    "open": lambda house, _, by: tried(house, statements.open_period, SHOP, NAMES[SHOP], TODAY, by=by),
    "send": work(statements.send),
    "lapse": work(statements.lapse_silent),
    "fix": work(statements.fix),
    "carry": work(statements.carry),
    "settle": work(statements.settle),
    "draft": lambda house, statement_id, by: tried(house, payouts.draft, house.settling, statement_id, by=by),
    "follow": lambda house, statement_id, by: tried(house, payouts.follow, house.settling, statement_id, by=by),
    "take_back": lambda house, _, by: tried(house, corrections.take_back, house.lines()[0].id, "k", "x", by=by),
    "charge": lambda house, _, by: tried(house, corrections.charge, SHOP, Money(2), Money(0), "d", "k", "x", by=by),
    "correct": lambda house, _, by: tried(house, corrections.correct, SHOP, Money(2), "d", "k", "x", by=by),
}


def outcome(use: Use, house: House, statement_id: str, by: Actor) -> str:
    """ "done", or the code it was refused with."""
    try:
        use(house, statement_id, by)
    except Refused as error:
        return error.code
    return "done"


def expected(name: str, by: Actor) -> set[str]:
    """What may come of it; whether the state allows it is another table's affair."""
    if name in WORKS or (name in ANSWERS and not by.party):
        return (
            {"done", "state.illegal", "settlement.not_silent_yet"}
            if by.may(Right.SETTLEMENT_WORK)
            else {"authority.missing"}
        )
    if not by.may(Right.SETTLEMENT_READ):
        return {"authority.missing"}
    return {"done"} if by.party in ("", SHOP.id) else {"settlement.not_found"}


@pytest.fixture
def sent(house: House) -> str:
    house.append(line("e1"))
    statement_id = house.opened()
    house.do(statements.send, statement_id)
    return statement_id


@pytest.mark.parametrize("name", [*READS, *ANSWERS, *WORKS])
def test_role_and_party_decide(house: House, sent: str, name: str) -> None:
    use = {**READS, **ANSWERS, **WORKS}[name]
    for by in people():
        assert outcome(use, house, sent, by) in expected(name, by), by


def test_the_matrix_has_somebody_who_may_and_somebody_who_may_not() -> None:
    for name in [*READS, *ANSWERS, *WORKS]:
        answers = [expected(name, by) for by in people()]
        assert any("done" in one for one in answers) and any("done" not in one for one in answers), name


@pytest.mark.parametrize("name", [*READS, *ANSWERS])
def test_what_was_not_sent_yet_is_not_the_partys_to_know(house: House, name: str) -> None:
    house.append(line("e1"))
    statement_id = house.opened()
    assert outcome({**READS, **ANSWERS}[name], house, statement_id, SHOP_PERSON) == "settlement.not_found"
    assert queries_rows(house, SHOP_PERSON) == []
    house.do(statements.send, statement_id)
    assert queries_rows(house, SHOP_PERSON) == [statement_id]
    assert queries_rows(house, OTHER_PERSON) == []


def queries_rows(house: House, by: Actor) -> list[str]:
    with house.store.reading() as connection:
        page = queries.statement_page(connection, house.store.company, by)
        counts = queries.statement_counts(connection, house.store.company, by)
    assert counts["all"] == len(page.rows)
    return [row.id for row in page.rows]


def test_an_outsider_asks_for_his_own_balance_only(house: House, sent: str) -> None:
    own = read(queries.balance, SHOP)
    assert own(house, sent, SHOP_PERSON).owed == Money(90_00)
    assert outcome(read(queries.balance, OTHER), house, sent, SHOP_PERSON) == "settlement.not_found"
    with house.store.reading() as connection, pytest.raises(Refused):
        queries.balance_page(connection, house.store.company, SHOP_PERSON)


def test_a_shop_id_is_no_points_id(house: House) -> None:
    """Ids are of their own room: a shop's person must not see the point that happens to have the same id."""
    twin = Party(PartyKind.POINT, SHOP.id)
    house.append(line("e1", party=twin))
    statement_id = house.do(statements.open_period, twin, "Пункт", TODAY)
    assert statement_id is not None
    house.do(statements.send, statement_id)
    assert outcome(READS["statement"], house, statement_id, SHOP_PERSON) == "settlement.not_found"
    assert outcome(ANSWERS["accept"], house, statement_id, SHOP_PERSON) == "settlement.not_found"
