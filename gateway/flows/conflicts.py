"""Somebody else was faster: who, when, and what he decided."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select

from gateway.core.catalogue import sentence
from gateway.core.clock import from_text
from gateway.core.errors import Conflict
from gateway.flows.terms import Terms
from gateway.matching.tables import decisions
from gateway.payments import service as payments
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


def name_of(actor: str) -> str:
    """The person's name in "accountant:ivanova"; the program's own name for itself."""
    return actor.partition(":")[2] or "Kvit"


def local_time(stored: str, zone: ZoneInfo) -> str:
    """A stored instant as people here write it: "23.11.2026 10:05"."""
    return f"{from_text(stored).astimezone(zone):%d.%m.%Y %H:%M}"


def load_payment(unit: Unit, terms: Terms, payment_id: str, expected_version: int | None) -> AnyRow:
    """The payment's row.

    Raises:
        Refused: `payment.unknown`.
        Conflict: `payment.changed`, naming the colleague, when it is not the version the caller saw.
    """
    row = payments.load(unit, payment_id)
    if expected_version is not None and row.version != expected_version:
        raise payment_changed(unit, terms, payment_id)
    return row


def payment_changed(unit: Unit, terms: Terms, payment_id: str) -> Conflict:
    """The error for whoever decides on a payment he saw in an older state: `payment.changed`."""
    return Conflict("payment.changed", **_last_word(unit, terms, payment_id))


def not_the_last(unit: Unit, terms: Terms, payment_id: str) -> Conflict:
    """The error for whoever takes back a decision another one came after: `undo.not_last`."""
    return Conflict("undo.not_last", **_last_word(unit, terms, payment_id))


def _last_word(unit: Unit, terms: Terms, payment_id: str) -> dict[str, str]:
    row = payments.load(unit, payment_id)
    last = unit.connection.execute(
        select(decisions.c.kind, decisions.c.by, decisions.c.at)
        .where(decisions.c.payment_id == payment_id, decisions.c.company == unit.company)
        .order_by(decisions.c.id.desc())
        .limit(1)
    ).one_or_none()
    kind, by, at = (last.kind, last.by, last.at) if last is not None else ("received", "", row.bank_time)
    return {
        "payer": row.payer,
        "state": row.state,
        "by": name_of(by),
        "at": at,
        "when": local_time(at, terms.zone),
        "what": _said(kind, "ru"),
        "what_en": _said(kind, "en"),
    }


def _said(kind: str, language: str) -> str:
    return sentence(f"api.history.{kind}", language, {}).rstrip(".")
