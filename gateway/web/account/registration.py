"""A shop registers by itself: a public form, checked field by field. Its answer never tells who is with us already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.loans import registration
from gateway.loans.registration import STRANGER, Newcomer, Segment
from gateway.store.schema import dumps
from gateway.web.access import TheAddress, TheLimits, TheRoom
from gateway.web.account.pages import go, show, told
from gateway.web.account.visits import Form, TheForm, TheSessions, TheVisit, Visit
from gateway.web.answers import headers_of, status_of
from gateway.web.sessions import Sessions
from gateway.web.writing import once

router = APIRouter(tags=["account"])
PAGE = "/shop/register"
_TAKEN = f"{PAGE}?done=yes"
_TRAP = "fax"  # people do not see this field, programs fill it in
_TYPED = (
    "name", "inn", "kpp", "account", "bic", "bank_name", "corr_account", "contact", "phone", "email", "site", "region",
)  # fmt: skip


@router.get(PAGE, response_class=Response)
def blank(visit: TheVisit, sessions: TheSessions, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The form, or the words after it."""
    return _page(visit, sessions, done=done == "yes")


@router.post(PAGE, response_class=Response)
def register(
    visit: TheVisit, room: TheRoom, sessions: TheSessions, limits: TheLimits, address: TheAddress, form: TheForm
) -> Response:
    """Take the shop down, to be looked at by us."""
    try:
        limits.register.check(address)
        newcomer = _newcomer(form)
        if faults := _faults(form, newcomer):
            return _page(visit, sessions, form=form, faults=faults)
        limits.register.take(address)
        if not form.text(_TRAP):
            given = room.loans.sealer.digest(dumps(form.fields))
            once(
                room,
                STRANGER,
                "register",
                form.key,
                given,
                lambda unit: registration.register(unit, room.loans, newcomer),
            )
    except (Refused, Unavailable) as error:
        return _page(visit, sessions, form=form, error=error)
    return go(_TAKEN)


def _newcomer(form: Form) -> Newcomer:
    segments = tuple(segment for segment in Segment if form.ticked(f"segment_{segment}"))
    return Newcomer(**{name: form.text(name) for name in _TYPED}, segments=segments)


def _faults(form: Form, newcomer: Newcomer) -> dict[str, Refused]:
    found = registration.faults(newcomer)
    if not form.ticked("consent"):
        found["consent"] = Refused("shop.no_consent")
    return found


def _page(
    visit: Visit,
    sessions: Sessions,
    *,
    form: Form | None = None,
    faults: Mapping[str, Refused] | None = None,
    error: KvitError | None = None,
    done: bool = False,
) -> Response:
    status = status_of(error) if error else 422 if faults else 200
    page = show(
        visit,
        "register.html",
        status,
        fields=form.fields if form else {},
        faults={name: told(fault, visit.language) for name, fault in (faults or {}).items()},
        error=told(error, visit.language) if error else None,
        segments=[segment.value for segment in Segment],
        kept_days=registration.KEPT_DAYS,
        trap=_TRAP,
        done=done,
    )
    page.headers.update(headers_of(error) if error else {})
    sessions.carry(page, visit.session)
    return page
