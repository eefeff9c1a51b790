"""What a lender keeps from his lump payment for goods that came back: a line below zero in his registry.

Such a line is no money of the other buyers: their loans are paid in full, and the return is settled. So for the
matcher a registry whose lines below zero are all returns that wait is one without them, whose partner keeps that much
more; every other check of it stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from gateway.core.money import Money, total
from gateway.core.references import Reference, may_mean, reference_key
from gateway.loans import returns
from gateway.loans.tables import agreements
from gateway.loans.tables import returns as return_rows
from gateway.matching.payout import RegistryLookup
from gateway.orders.tables import invoices
from gateway.payments.registries.model import PayoutSource, Registry, RegistryLine
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


class LoanRegistries:
    """A partner's registries with what he kept back told as his fee; see `matching.RegistryLookup`.

    Attributes:
        kept: by registry's id, what he kept back in those that were asked for.
    """

    def __init__(self, unit: Unit, inner: RegistryLookup, partner_inn: str, payment_id: str) -> None:
        self.kept: dict[str, Money] = {}
        self._unit = unit
        self._inner = inner
        self._partner_inn = partner_inn
        self._payment_id = payment_id

    def find(self, source: str, number: str) -> Sequence[Registry]:
        return [self._read(one) for one in self._inner.find(source, number)]

    def of_sum(self, source: str, net: Money) -> Sequence[Registry]:
        return [self._read(one) for one in self._inner.of_sum(source, net)]

    def _read(self, registry: Registry) -> Registry:
        kept = kept_total(self._unit, registry.lines, self._partner_inn, self._payment_id)
        if registry.source != PayoutSource.LOAN or not kept:
            return registry
        self.kept[registry.id] = kept
        return replace(
            registry,
            gross=registry.gross + kept,
            fee=registry.fee + kept,
            lines=tuple(line for line in registry.lines if line.amount.kopecks > 0),
        )


def kept_total(unit: Unit, lines: Sequence[RegistryLine], partner_inn: str, payment_id: str) -> Money:
    """What a registry's lines below zero keep for returns that wait; zero unless every one of them is such a return.

    Args:
        payment_id: the payment that is judged; returns it has settled already count as waiting.
    """
    negative = [line for line in lines if line.amount.kopecks < 0]
    found = _fitting(unit, negative, partner_inn, payment_id)
    return total([-line.amount for line in negative]) if found is not None else Money.zero()


def follow(unit: Unit, registry: Registry | None, partner_inn: str, payment_id: str) -> None:
    """Settle the returns the registry behind a payment keeps money for; those of a decision taken back wait again.

    Args:
        registry: the one that explains the payment now; None for none.
    """
    negative = [line for line in registry.lines if line.amount.kopecks < 0] if registry is not None else []
    wanted = _fitting(unit, negative, partner_inn, payment_id) or []
    settled = unit.connection.execute(
        select(return_rows).where(
            return_rows.c.kept_by == payment_id, return_rows.c.netted == 0, return_rows.c.company == unit.company
        )
    ).all()
    ids = {row.id for row in wanted}
    for row in settled:
        if row.id not in ids:
            returns.unsettled(unit, row)
    for row in wanted:
        if row.kept_by is None:
            returns.settled(unit, row, kept_by=payment_id)


def _fitting(unit: Unit, negative: Sequence[RegistryLine], partner_inn: str, payment_id: str) -> list[AnyRow] | None:
    """The returns each line below zero stands for; None when one of them stands for none that waits, or may mean two
    agreements."""
    found: list[AnyRow] = []
    for line in negative:
        waiting = [row for row in _returns_of(unit, line, partner_inn, payment_id) if row not in found]
        if len({row.agreement_id for row in waiting}) > 1:
            return None
        due = Money(sum(row.to_lender for row in waiting))
        one = next((row for row in waiting if row.to_lender == -line.amount.kopecks), None)
        if one is not None:
            found.append(one)
        elif due and due == -line.amount:
            found.extend(waiting)
        else:
            return None
    return found


def _returns_of(unit: Unit, line: RegistryLine, partner_inn: str, payment_id: str) -> Sequence[AnyRow]:
    """The agreement's returns that wait for their money, or that this very payment has settled."""
    if line.kind is not Reference.LOAN:
        return []
    found = unit.connection.execute(
        select(return_rows, agreements.c.number)
        .join(agreements, agreements.c.id == return_rows.c.agreement_id)
        .join(invoices, invoices.c.id == agreements.c.invoice_id)
        .where(
            agreements.c.company == unit.company,
            agreements.c.key == reference_key(line.key),
            invoices.c.buyer_inn.in_(("", partner_inn)),
            return_rows.c.to_lender > 0,
            return_rows.c.executed_at.is_(None) | ((return_rows.c.kept_by == payment_id) & (return_rows.c.netted == 0)),
        )
        .order_by(return_rows.c.id)
    ).all()
    return [row for row in found if may_mean(line.key, row.number)]
