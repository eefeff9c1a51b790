"""The local HTTP API: one application for the tray and for other programs of the office."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fastapi import FastAPI

from gateway.api import errors
from gateway.api.events import HEARTBEAT_S, Events
from gateway.api.guard import MAX_BODY, Guard
from gateway.api.intake_run import IntakeRun
from gateway.api.metrics import Metrics
from gateway.api.period import PeriodRun
from gateway.api.room import STALE_AFTER_S, Broker, ParcelsRoom, Room, Status
from gateway.api.routes import (
    house,
    lenders,
    loan_applications,
    loan_calls,
    loan_papers,
    loan_terms,
    loans,
    message_texts,
    notifications,
    open,
    orders,
    outgoing,
    parcel_letters,
    parcel_lists,
    parcel_money,
    parcel_report,
    parcels,
    payer_rules,
    payments,
    picks,
    registries,
    settlement,
    shops,
    tasks,
    trials,
)
from gateway.flows.parcel_cod import following
from gateway.flows.terms import Terms
from gateway.store import Store

OPENAPI = "/v1/openapi.json"
_AREAS = (
    house, payments, payer_rules, registries, outgoing, orders, picks, tasks, trials, loans, loan_applications,
    loan_calls, loan_papers, loan_terms, lenders, shops, settlement, parcels,
    parcel_lists, parcel_report, parcel_letters, parcel_money, notifications, message_texts, open,
)  # fmt: skip
# Taken as they are: `include_router` would build each of them a second time at the first request to its area.
_ROUTES = [route for area in _AREAS for route in area.router.routes]


def create_app(
    store: Store,
    terms: Terms,
    status: Status,
    poll_now: Callable[[], None],
    version: str,
    *,
    names: Iterable[str] = (),
    heartbeat_s: float = HEARTBEAT_S,
    max_body: int = MAX_BODY,
    stale_after_s: float = STALE_AFTER_S,
    send_now: Callable[[], None] = lambda: None,
    broker: Broker | None = None,
    parcels_room: ParcelsRoom | None = None,
) -> FastAPI:
    """The API over one store.

    `app.state.notify()` makes open event streams look at once; call it after a commit (`unit.after_commit`).
    `app.state.events.close()` ends them; `ApiServer.stop` does it.

    Args:
        status: the daemon's own knowledge.
        poll_now: asks the daemon for a bank poll; must return at once.
        stale_after_s: age of the last good round at which /healthz turns to 503; some three poll intervals.
        send_now: told when a payment order has its second signature; must return at once.
        broker: terms of a company that brokers loans; without it the routes of loans answer `api.no_loans`.
        parcels_room: terms of a company that watches parcels; without it their routes answer `api.no_parcels`.
        names: host names besides this machine's own under which the API is reached over the LAN.
    """
    events = Events(store, heartbeat_s=heartbeat_s)
    room = Room(store, terms, status, poll_now, version, events, stale_after_s, send_now, broker, parcels_room)
    metrics = Metrics(room)
    app = FastAPI(
        title="Kvit",
        version=version,
        description="Local API of the Kvit gateway. Money is whole kopecks, quantities decimal text, instants UTC.",
        openapi_url=OPENAPI,
        # The interactive pages load their scripts from elsewhere; this API does not.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=_ROUTES,
    )
    app.state.room = room
    app.state.events = room.events
    app.state.notify = room.events.notify
    app.state.metrics = metrics
    if broker is not None:
        app.state.period_run = PeriodRun(store, broker.settlement, events.notify)
    if parcels_room is not None:
        app.state.intake_run = IntakeRun(store, parcels_room.terms, following(terms), events.notify)
    errors.install(app)
    larger = {**registries.LARGER, **loan_papers.LARGER, **parcel_lists.LARGER}
    app.add_middleware(Guard, names=tuple(names), max_body=max_body, observe=metrics.observe, larger=larger)
    return app
