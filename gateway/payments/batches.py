"""One line for many payments, and the payments themselves, told by two messages.

A statement books a batch as one line; its notification lists the single payments, earlier or later. Whichever comes
second must not be more money: when the whole is on record, its payments take its place while nobody has worked on it;
when the payments are, the whole is kept as a line that is no payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from gateway.payments.lines import BOOKED, Keyed
from gateway.payments.model import Habits, PaymentState, line_identity
from gateway.payments.tables import entries, payments
from gateway.store import marks
from gateway.store.schema import marks as mark_rows
from gateway.store.unit import Unit

DETAILED = "detailed"  # outcome of a whole batch whose payments took its place
_UNTOUCHED = (PaymentState.NEW, PaymentState.NEEDS_PERSON)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line stands to a batch on record.

    Attributes:
        covered: its money is on record already: it opens no payment.
        replaces: the payment of the whole, which this payment and those beside it take the place of.
    """

    covered: bool = False
    replaces: str | None = None


ALONE = Standing()


class Batches:
    """The batches the lines of one message belong to."""

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._detailed: dict[str, Any] = {}

    def look_up(self, unit: Unit, lines: Sequence[Keyed]) -> None:
        """Ask the database about the next lines."""
        names = [_mark(keyed.account, keyed.identity) for keyed in lines if keyed.entry.ref]
        if not names:
            return
        rows = unit.connection.execute(
            select(mark_rows.c.name).where(mark_rows.c.company == unit.company, mark_rows.c.name.in_(names))
        )
        self._detailed.update(dict.fromkeys(rows.scalars(), True))

    def standing(self, unit: Unit, keyed: Keyed) -> Standing:
        """Where a booked line that is not on record yet stands; notes a batch whose payments are told."""
        line = keyed.entry
        if line.status != BOOKED:
            return ALONE
        if line.batch_amount is None:
            return Standing(covered=bool(line.ref) and _mark(keyed.account, keyed.identity) in self._detailed)
        if not line.batch_ref:
            return ALONE
        whole = replace(line, ref=line.batch_ref, amount=line.batch_amount, batch_ref="", batch_amount=None)
        identity = line_identity(whole, self._habits.ids_restart_yearly, keyed.space)
        name = _mark(keyed.account, identity)
        if name not in self._detailed:
            marks.put(unit, name, line.batch_amount.kopecks)
            self._detailed[name] = True
        row = unit.connection.execute(
            select(payments.c.id, payments.c.state, payments.c.outcome, payments.c.confirmed_by)
            .join(entries, entries.c.id == payments.c.id)
            .where(entries.c.company == unit.company, entries.c.account == keyed.account, entries.c.key == identity)
        ).one_or_none()
        if row is None or (row.state == PaymentState.NOT_OURS and row.outcome == DETAILED):
            return ALONE
        if row.state in _UNTOUCHED and not row.confirmed_by:
            return Standing(replaces=row.id)
        return Standing(covered=True)


def _mark(account: str, identity: str) -> str:
    return f"batch:{account}:{identity}"
