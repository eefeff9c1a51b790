"""A shop's applications: the list, a new one typed at the counter, one with its history; confirmed and called off."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.text import no_control
from gateway.flows import loan_release
from gateway.loans import applying, coverage, queries, remarks
from gateway.loans.ending import By, cancel
from gateway.loans.model import Origin, SigningWay
from gateway.loans.queries import Filters
from gateway.loans.reasons import EndReason
from gateway.loans.stage import Stage
from gateway.store import Unit
from gateway.web.access import TheLimits
from gateway.web.account.acting import act, card_address, perform
from gateway.web.account.card import card_page
from gateway.web.account.pages import go, show, told
from gateway.web.account.visits import Desk, Form, TheDesk, TheForm, desk_with
from gateway.web.answers import status_of
from gateway.web.writing import once

router = APIRouter(prefix="/shop/applications", tags=["account"])
Id = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")]
_PAGE = 50
_SEPARATOR = "_"


@router.get("", response_class=Response)
def listed(
    desk: TheDesk,
    stage: Annotated[str, Query(max_length=20)] = "",
    find: Annotated[str, Query(max_length=64)] = "",
    after: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """The shop's applications, the youngest first, by stage or number."""
    room, actor = desk.room, desk.person.actor
    now, place = room.store.clock.now(), _place(no_control(after))
    with room.store.reading() as connection:
        lines = queries.board(connection, room.store.company, room.loans, actor, now)
        page = queries.Page([], 0, None)
        for filters in _filters(stage, no_control(find).strip()):
            page = queries.listed(
                connection, room.store.company, room.loans, actor, filters, now, limit=_PAGE, after=place
            )
            if page.items:
                break
    return show(
        desk,
        "applications.html",
        stages=lines,
        page=page,
        stage=stage,
        find=find,
        next=quote(_SEPARATOR.join(page.next)) if page.next else "",
    )


@router.get("/new", dependencies=[desk_with(Right.LOANS_APPLY)], response_class=Response)
def blank(desk: TheDesk) -> Response:
    """A form for a buyer who stands at the counter."""
    return show(desk, "new.html", error=None, fields={})


@router.post("/new", dependencies=[desk_with(Right.LOANS_APPLY)], response_class=Response)
def apply(desk: TheDesk, limits: TheLimits, form: TheForm) -> Response:
    """Leave an application for a buyer."""
    limits.apply.take(desk.person.actor.party)
    try:
        new = _new(desk, form)
        made = perform(desk, form, "apply", "new", lambda unit: applying.apply(unit, desk.room.loans, new).id)
    except Refused as error:
        return show(desk, "new.html", status_of(error), error=told(error, desk.language), fields=form.fields)
    return go(card_address(made, "applied"))


@router.get("/{application_id}", response_class=Response)
def card(desk: TheDesk, application_id: Id, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    """One application."""
    return card_page(desk, application_id, done=done)


@router.post("/{application_id}/buyer", response_class=Response)
def reveal(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """Read the buyer's name and phone; that they were read is journalled."""
    found = once(
        desk.room,
        desk.person.actor,
        "reveal",
        "",
        None,
        lambda unit: queries.personal_of(unit, desk.room.loans, application_id),
    )
    return card_page(desk, application_id, buyer=found)


@router.post("/{application_id}/confirm", dependencies=[desk_with(Right.LOANS_CONFIRM)], response_class=Response)
def confirm(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """Choose a lender's offer and the way of signing."""

    def work(unit: Unit) -> None:
        lender, _, rest = form.text("choice").partition("|")
        offer, _, way = rest.rpartition("|")
        if way not in {each.value for each in SigningWay}:
            raise Refused("web.choose")
        coverage.accept(unit, desk.room.loans, application_id, lender, offer, SigningWay(way), form.version)

    return act(desk, form, "confirm", application_id, work)


@router.post("/{application_id}/cancel", dependencies=[desk_with(Right.LOANS_CONFIRM)], response_class=Response)
def call_off(desk: TheDesk, application_id: Id, form: TheForm) -> Response:
    """The buyer, or the shop, does not want it any more."""

    def work(unit: Unit) -> None:
        cancel(unit, application_id, form.word("by", By), form.word("reason", EndReason), form.version)
        remarks.keep(unit, desk.room.loans, application_id, remarks.Kind.END, form.text("remark"))
        loan_release.settle_application(unit, desk.room.terms, desk.room.loans, application_id)

    return act(desk, form, "cancel", application_id, work)


def _filters(stage: str, find: str) -> list[Filters]:
    """What a search may mean: our number, else the shop's, else the agreement's."""
    stage = stage if stage in {each.value for each in Stage} else ""
    if not find:
        return [Filters(stage=stage)]
    ours = [Filters(stage=stage, number=int(find))] if find.isascii() and find.isdigit() and len(find) < 16 else []
    return [*ours, Filters(stage=stage, order=find), Filters(stage=stage, agreement=find)]


def _place(after: str) -> tuple[str, str] | None:
    made_at, separator, row_id = after.partition(_SEPARATOR)
    return (made_at, row_id) if separator else None


def _new(desk: Desk, form: Form) -> applying.NewApplication:
    return applying.NewApplication(
        shop=desk.person.actor.party,
        shop_order=form.text("order"),
        phone=form.text("phone"),
        name=form.text("name"),
        goods=form.roubles("goods"),
        down=form.roubles("down"),
        months=form.count("months"),
        delivery=form.text("delivery"),
        origin=Origin.SITE,
    )
