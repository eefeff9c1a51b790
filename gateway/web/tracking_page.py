"""What the buyer's page says, in his words: where the parcel is, what to pay, until when it is kept.

Nothing of him stands there that he does not know, and nothing whole that a stranger with the link could use: no name,
and of his phone and address only as much as he knows them by.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from gateway.core.catalogue import sentence
from gateway.core.clock import from_text
from gateway.core.errors import KvitError
from gateway.loans.tables import shops
from gateway.notify.addresses import masked
from gateway.parcels import buyer, operations
from gateway.parcels.guess import ON_ITS_WAY
from gateway.parcels.history import standing
from gateway.parcels.model import AT_BUYER, CarrierKey, Effect, Stage, Watch
from gateway.parcels.zones import offset_of
from gateway.store.schema import AnyRow
from gateway.web.html import day, environment, money, style
from gateway.web.room import ParcelsWeb, PublicRoom, Seller

DONE = ("received", "silence", "write")
"""What the page thanks for."""

_LATEST = 4
_ON_ITS_WAY = frozenset(ON_ITS_WAY)
_TO_BE_PAID = _ON_ITS_WAY | {stage.value for stage in AT_BUYER} | {Stage.REGISTERED.value}


@cache
def _style_source() -> str:
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"'sha256-{digest}'"


CSP = f"default-src 'none'; style-src {_style_source()}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""The page loads nothing at all: its style is in it."""


def page(
    connection: Connection, room: PublicRoom, of: ParcelsWeb, row: AnyRow, token: str, language: str, done: str
) -> str:
    """The page of a parcel.

    Args:
        done: what was done a moment ago, one of `DONE`; anything else is passed over.
    """
    now = room.store.clock.now()
    known = operations.read(connection, row.id)
    stands = standing(known.records, now=now, carrier=CarrierKey(row.carrier), mail_type=row.mail_type)
    reaches = buyer.reaches(connection, room.store.company, of.notify, row, token)
    waits = row.stage == Stage.READY
    return _render(
        "tracking.html",
        language,
        token=token,
        done=done if done in DONE else "",
        row=row,
        seller=_seller(connection, room.store.company, of, row.shop),
        stage=row.stage,
        guessed=_may_wait(of, row, now),
        place=stands.waits_at.value if waits and stands.waits_at else "",
        waits=waits,
        days_left=_days_left(of, row, now),
        to_pay=0 if row.cod_collected_at or row.cod_arrived_at or row.stage not in _TO_BE_PAID else row.cod,
        times=list(_times(of, known.operations.values(), language)),
        latest=_LATEST,
        can_receive=buyer.can_receive(row),
        writes_to=[masked(each.address) for each in reaches if each.may],
        silent_to=[masked(each.address) for each in reaches if each.again],
    )


def gone(language: str, error: KvitError | None = None) -> str:
    """The page for a link that leads nowhere, or an error."""
    code = "tracking.gone"
    return _render(
        "tracking_gone.html",
        language,
        text=error.text(language) if error else sentence(code, language, {}),
        hint=error.hint(language) if error else sentence(code, f"hint_{language}", {}),
    )


def _render(template: str, language: str, **values: Any) -> str:
    def say(code: str, **named: object) -> str:
        return sentence(code, language, named)

    return (
        environment()
        .get_template(template)
        .render(
            say=say,
            money=lambda kopecks: money(kopecks, language),
            day=day,
            language=language,
            style=style(),
            **values,
        )
    )


def _seller(connection: Connection, company: str, of: ParcelsWeb, shop: str) -> Seller:
    """Whose goods they are, as the buyer knows them."""
    if shop in of.sellers:
        return of.sellers[shop]
    if shop:
        found = connection.execute(
            select(shops.c.name, shops.c.phone).where(shops.c.company == company, shops.c.key == shop)
        ).one_or_none()
        if found is not None:
            return Seller(found.name, found.phone)
    return Seller(of.notify.company, of.phone)


def _may_wait(of: ParcelsWeb, row: AnyRow, now: datetime) -> bool:
    guessed = row.guess_since is not None and from_text(row.guess_since) <= now
    return of.terms.guess.on and guessed and row.watch == Watch.ACTIVE and not row.back and row.stage in _ON_ITS_WAY


def _days_left(of: ParcelsWeb, row: AnyRow, now: datetime) -> int | None:
    if row.keep_until is None:
        return None
    zone = of.terms.zone if row.offset_minutes is None else timezone(timedelta(minutes=row.offset_minutes))
    there = now.astimezone(zone).date()
    return (datetime.fromisoformat(row.keep_until[:10]).date() - there).days


def _times(of: ParcelsWeb, rows: Any, language: str) -> Iterator[dict[str, str]]:
    """What the carrier says, the latest first, each by the clock of its own office."""
    for row in sorted(rows, key=lambda each: (each.at, each.place, each.id), reverse=True):
        told = row.offset_minutes if row.offset_minutes is not None else offset_of(row.office_index)
        clock = of.terms.zone if told is None else timezone(timedelta(minutes=told))
        own_words = row.text and (language == "ru" or row.effect == Effect.NOTE)
        yield {
            "text": row.text if own_words else sentence(f"tracking.effect.{row.effect}", language, {}),
            "place": " ".join(part for part in (row.office_index, row.office) if part),
            "at": from_text(row.at).astimezone(clock).strftime("%d.%m.%Y %H:%M"),
        }
