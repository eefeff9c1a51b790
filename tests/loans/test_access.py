"""Tokens of shops, and who may do what with whose application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from gateway.core.authority import OUTSIDE, Actor, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans import (
    access,
    applications,
    callbacks,
    dated,
    ending,
    queries,
    questionnaire,
    registration,
    reminders,
    retention,
    shops,
    submission,
)
from gateway.loans.applying import apply, set_purchase
from gateway.loans.callbacks import CallResult
from gateway.loans.dated import SigningTerms
from gateway.loans.ending import By
from gateway.loans.model import Origin, SigningWay
from gateway.loans.purchase import Purchase
from gateway.loans.queries import Filters
from gateway.loans.reasons import EndReason
from gateway.loans.shops import ShopEvent
from gateway.loans.tables import shop_access
from gateway.loans.tariffs import Tariff
from gateway.store import Store, Unit
from tests.loans.house import DIRECTOR, House, lender_terms, new_shop
from tests.loans.newcomers import newcomer


def enter(house: House, token: str) -> access.Entrant | None:
    with house.store.reading() as connection:
        return access.enter(connection, house.store.company, token)


@pytest.mark.parametrize("kind", access.KINDS)
def test_a_token_lets_one_in_to_its_shop_in_its_part(house: House, kind: Role) -> None:
    given = house.do(DIRECTOR, lambda u: access.give(u, house.shop, kind, "Новый"))
    entrant = enter(house, given.token)
    assert entrant is not None
    assert (entrant.actor, entrant.shop_key) == (Actor("Новый", kind, party=house.shop), "mebel")
    assert str(entrant.actor) == f"{kind.value}:{house.shop}:Новый"


def test_a_token_is_kept_nowhere_and_shown_once(house: House) -> None:
    given = house.do(DIRECTOR, lambda u: access.give(u, house.shop, Role.SHOP_SITE, "сайт"))
    assert given.token.startswith("kvitshop_")
    assert given.token not in repr(given)
    with house.store.reading() as connection:
        rows = connection.execute(select(shop_access)).all()
        listed = access.listed(connection, house.store.company, house.shop)
    kept = repr([*rows, *(r._mapping for r in house.journalled()), listed])
    assert given.token not in kept
    assert {entry["name"] for entry in listed} == {"Олег", "сайт"}
    assert all(set(entry) == {"id", "kind", "name", "made_at", "made_by"} for entry in listed)


def test_a_revoked_token_opens_nothing(house: House) -> None:
    given = house.do(DIRECTOR, lambda u: access.give(u, house.shop, Role.SHOP_CLERK, "Зоя"))
    house.do(DIRECTOR, lambda u: access.revoke(u, given.id))
    assert enter(house, given.token) is None
    assert house.refused(DIRECTOR, lambda u: access.revoke(u, given.id)).code == "shop.access_unknown"
    house.do(DIRECTOR, lambda u: access.give(u, house.shop, Role.SHOP_CLERK, "Зоя"))  # the name is free again


def test_an_unknown_token_and_one_of_a_closed_shop_open_nothing(house: House) -> None:
    given = house.do(DIRECTOR, lambda u: access.give(u, house.shop, Role.SHOP_SITE, "сайт"))
    assert enter(house, given.token + "x") is None
    assert enter(house, "") is None
    assert enter(house, "\ud800") is None
    house.do(DIRECTOR, lambda u: shops.move(u, house.shop, ShopEvent.SUSPEND))
    assert enter(house, given.token) is not None
    house.do(DIRECTOR, lambda u: shops.move(u, house.shop, ShopEvent.CLOSE))
    assert enter(house, given.token) is None


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        (Role.OWNER, "Я", "shop.access_kind"),
        (Role.SHOP_CLERK, " ", "shop.access_name"),
        (Role.SHOP_CLERK, "а" * 81, "shop.access_name"),
        (Role.SHOP_CLERK, "О\u200bлег", "shop.access_name"),
        (Role.SHOP_CLERK, "олег", "shop.access_taken"),  # looks like Олег
    ],
)
def test_an_access_that_will_not_do_is_refused(house: House, kind: Role, name: str, code: str) -> None:
    assert house.refused(DIRECTOR, lambda u: access.give(u, house.shop, kind, name)).code == code


def test_nobody_is_let_in_to_a_closed_shop(house: House) -> None:
    house.do(DIRECTOR, lambda u: shops.move(u, house.shop, ShopEvent.CLOSE))
    refused = house.refused(DIRECTOR, lambda u: access.give(u, house.shop, Role.SHOP_CLERK, "Зоя"))
    assert refused.code == "shop.closed"


# -- role × action × own or another shop -----------------------------------------------------------------------------

DAY = date(2027, 1, 1)


def board(house: House, unit: Unit) -> Any:
    return queries.board(unit.connection, unit.company, house.terms, unit.actor, unit.now)


def listed(house: House, unit: Unit) -> Any:
    return queries.listed(unit.connection, unit.company, house.terms, unit.actor, Filters(), unit.now)


PEOPLE = OUTSIDE - {Role.NEWCOMER, Role.PARCEL_FEED}
# action → (what it does with the application, the roles that may)
ANYBODY = {Role.SERVICE, Role.ACCOUNTANT, Role.MANAGER, Role.DIRECTOR, Role.OWNER, Role.CALL_CENTRE, *PEOPLE}
CALLERS = {Role.SERVICE, Role.MANAGER, Role.CALL_CENTRE, Role.OWNER}
KEEPERS = {Role.DIRECTOR, Role.OWNER}
SUBJECTS: dict[str, tuple[Callable[[House, Unit, str], Any], set[Role]]] = {
    "card": (lambda h, u, a: queries.card(u.connection, u.company, h.terms, u.actor, a, u.now), ANYBODY),
    "personal": (
        lambda h, u, a: queries.personal_of(u, h.terms, a),
        {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER, Role.SHOP_MANAGER, Role.SHOP_CLERK},
    ),
    "read": (lambda h, u, a: questionnaire.read(u, h.terms, a), {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER}),
    "save": (
        lambda h, u, a: questionnaire.save(u, h.terms, a, {"surname": "Иванов"}),
        {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER},
    ),
    "consent": (lambda h, u, a: questionnaire.consent(u, h.terms, a), CALLERS),
    "take": (lambda h, u, a: callbacks.take(u, h.terms, a), CALLERS),
    "hang_up": (lambda h, u, a: callbacks.hang_up(u, h.terms, a), CALLERS),
    "record": (lambda h, u, a: callbacks.record(u, h.terms, a, CallResult.BUSY), CALLERS),
    "purchase": (lambda h, u, a: set_purchase(u, a, Purchase(goods=Money(100))), CALLERS),
    "submit": (lambda h, u, a: submission.submit(u, h.terms, a, ("rest",)), CALLERS),
    "send_again": (lambda h, u, a: submission.send_again(u, a), CALLERS),
    "cancel": (lambda h, u, a: ending.cancel(u, a, By.SHOP, EndReason.CHANGED_MIND), CALLERS | {Role.SHOP_MANAGER}),
}
OTHERS: dict[str, tuple[Callable[[House, Unit], Any], set[Role]]] = {
    "board": (board, ANYBODY),
    "list": (listed, ANYBODY),
    "take_next": (lambda h, u: callbacks.take_next(u, h.terms), CALLERS),
    "queue": (lambda h, u: queries.call_queue(u.connection, u.company, h.terms, u.actor, u.now), CALLERS),
    "remind": (lambda h, u: reminders.remind(u, h.terms), CALLERS),
    "expire": (lambda h, u: ending.expire_due(u, h.terms), {Role.SERVICE, Role.MANAGER, Role.OWNER}),
    "purge": (lambda h, u: retention.purge_due(u, h.terms), {Role.SERVICE, Role.MANAGER, Role.OWNER}),
    "register": (lambda h, u: shops.register(u, new_shop("third")), KEEPERS),
    "register itself": (
        lambda h, u: registration.register(u, h.terms, newcomer("Ещё")),
        {Role.NEWCOMER, Role.OWNER},
    ),
    "lapse": (lambda h, u: registration.lapse_due(u, h.terms), {Role.SERVICE, Role.MANAGER, Role.OWNER}),
    "amend": (lambda h, u: shops.amend(u, h.shop, new_shop("mebel", name="Ещё")), KEEPERS),
    "suspend": (lambda h, u: shops.move(u, h.shop, ShopEvent.SUSPEND), KEEPERS),
    "give": (lambda h, u: access.give(u, h.shop, Role.SHOP_CLERK, "Ещё"), KEEPERS),
    "revoke": (lambda h, u: access.revoke(u, access.listed(u.connection, u.company, h.shop)[0]["id"]), KEEPERS),
    "tariff": (lambda h, u: dated.set_tariff(u, "", "", DAY, Tariff()), KEEPERS),
    "lender": (lambda h, u: dated.set_lender_terms(u, lender_terms("soap", since=DAY)), KEEPERS),
    "signing": (
        lambda h, u: dated.set_signing_terms(u, SigningTerms(SigningWay.CLERK, "", "", DAY, True, Money(0))),
        KEEPERS,
    ),
}


def actor_of(house: House, role: Role, *, own: bool) -> Actor:
    if role not in OUTSIDE:
        return Actor("некто", role)
    return Actor("некто", role, party=house.shop if own else house.other)


def outcome(house: House, actor: Actor, work: Callable[[Unit], Any]) -> str:
    """ "done", or the code of the refusal; nothing is kept."""
    try:
        with house.store.unit(actor) as unit:
            work(unit)
    except Refused as refused:
        return refused.code
    return "done"


def test_every_role_with_an_application_of_its_own_shop_and_of_another(house: House) -> None:
    row = house.filled()
    wrong = []
    for action, (work, roles) in SUBJECTS.items():
        for role in Role:
            for own in (True, False) if role in OUTSIDE else (True,):
                expected = "authority.missing"
                if role in roles:
                    expected = "done" if own else "loan.not_found"
                got = outcome(house, actor_of(house, role, own=own), lambda u, w=work: w(house, u, row.id))
                # of two refusals either may come first, as long as nothing tells that the application is there
                hidden = not own and got in ("authority.missing", "loan.not_found")
                if got != expected and not (hidden and expected != "done"):
                    wrong.append((action, role.value, own, got, expected))
    assert not wrong


def test_every_role_with_what_belongs_to_no_application(house: House) -> None:
    wrong = []
    for action, (work, roles) in OTHERS.items():
        for role in Role:
            got = outcome(house, actor_of(house, role, own=True), lambda u, w=work: w(house, u))
            if got != ("done" if role in roles else "authority.missing"):
                wrong.append((action, role.value, got))
    assert not wrong


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_who_may_leave_an_application_and_where(house: House, role: Role) -> None:
    may = {Role.SERVICE, Role.MANAGER, Role.OWNER, Role.CALL_CENTRE, Role.SHOP_MANAGER, Role.SHOP_SITE}
    for own in (True, False):
        got = outcome(house, actor_of(house, role, own=own), lambda u: apply(u, house.terms, house.new()))
        if role not in may:
            assert got == "authority.missing"
        else:
            assert got == ("done" if own or role not in OUTSIDE else "shop.unknown")


def test_somebody_elses_application_is_like_a_missing_one(house: House) -> None:
    row = house.filled()
    for work, _ in SUBJECTS.values():
        foreign = outcome(house, house.stranger, lambda u, w=work: w(house, u, row.id))
        missing = outcome(house, house.stranger, lambda u, w=work: w(house, u, "nothing"))
        assert foreign == missing


def test_an_outsider_without_a_party_sees_nothing(house: House) -> None:
    row = house.filled()
    nobody = Actor("никто", Role.SHOP_MANAGER)
    with pytest.raises(Refused):
        applications.visible(nobody, row)
    with house.store.reading() as connection:
        assert (
            queries.listed(connection, house.store.company, house.terms, nobody, Filters(), house.clock.now()).total
            == 0
        )


def test_another_company_of_the_same_database_has_no_such_application(house: House) -> None:
    row = house.submitted()
    other = Store(house.store.url, house.clock, "neighbour")
    try:
        with other.reading() as connection, pytest.raises(Refused) as caught:
            applications.read(connection, other.company, row.id)
        assert caught.value.code == "loan.not_found"
        for actor in (DIRECTOR, house.boss):
            with other.unit(actor) as unit, pytest.raises(Refused) as caught:
                applications.open_for(unit, row.id)
            assert caught.value.code == "loan.not_found"
            with other.reading() as connection, pytest.raises(Refused) as caught:
                queries.card(connection, other.company, house.terms, actor, row.id, house.clock.now())
            assert caught.value.code == "loan.not_found"
    finally:
        other.close()


def test_a_site_says_where_it_came_from_whatever_it_claims(house: House) -> None:
    applied = house.do(house.site, lambda u: apply(u, house.terms, house.new(origin=Origin.TRAY)))
    assert house.row(applied.id).origin == "site"
