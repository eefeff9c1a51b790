"""What people write into the register by hand, each with a reason the party reads in its next statement."""

from __future__ import annotations

from datetime import date

from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.settlement import register
from gateway.settlement.model import LineKind, NewLine, Party
from gateway.store.unit import Unit

_REASON_LIMIT = 500


def take_back(unit: Unit, line_id: str, key: str, reason: str, share: Money | None = None) -> str:
    """Take a wrong line back, or a part of it; see `register.reverse`. Returns the new line's id.

    Args:
        key: the request's own; the same again is the same line.

    Raises:
        Refused: `authority.missing`, `settlement.no_reason`, and what `register.reverse` raises.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    event, said = f"by_hand:{key}", _reason(reason)
    return register.reverse(unit, line_id, event, _day_of(unit, event), share, note=said)


def charge(unit: Unit, party: Party, fee: Money, vat: Money, document: str, key: str, reason: str) -> str:
    """What the party owes us by itself: a courier's visit, a monthly fee. Returns the line's id.

    Args:
        fee: above zero, the VAT inside it.

    Raises:
        Refused: `authority.missing`, `settlement.no_reason`, `settlement.sum_wrong`, `settlement.event_differs`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    if not Money.zero() <= vat < fee:
        raise Refused("settlement.sum_wrong", amount=str(fee))
    return _append(unit, LineKind.CHARGE, party, Money.zero(), fee, vat, document, key, reason)


def correct(unit: Unit, party: Party, amount: Money, document: str, key: str, reason: str) -> str:
    """A sum in the party's favour, or against it when negative. Returns the line's id.

    Raises:
        Refused: `authority.missing`, `settlement.no_reason`, `settlement.sum_wrong`, `settlement.event_differs`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    if not amount:
        raise Refused("settlement.sum_wrong", amount=str(amount))
    return _append(unit, LineKind.CORRECTION, party, amount, Money.zero(), Money.zero(), document, key, reason)


def _append(
    unit: Unit, kind: LineKind, party: Party, gross: Money, fee: Money, vat: Money, document: str, key: str, reason: str
) -> str:
    event = f"by_hand:{key}"
    line = NewLine(
        kind=kind,
        party=party,
        source_event=event,
        subject=f"settlement_key:{key}",
        document=" ".join(document.split())[:80],
        on=_day_of(unit, event),
        gross=gross,
        fee=fee,
        net=gross - fee,
        vat=vat,
        note=_reason(reason),
    )
    return register.append(unit, line)


def _day_of(unit: Unit, event: str) -> date:
    """Today; the day of the first time where the request comes again."""
    earlier = register.line_by_event(unit, event)
    return business_date(unit.now) if earlier is None else date.fromisoformat(earlier.on)


def _reason(text: str) -> str:
    said = " ".join(text.split())[:_REASON_LIMIT]
    if not said:
        raise Refused("settlement.no_reason", about="reason")
    return said
