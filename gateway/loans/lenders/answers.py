"""What comes back from a lender, written down in one unit: an answer, or that there was none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from gateway.core.errors import KvitError
from gateway.loans.lenders import contact
from gateway.loans.lenders.decisions import keep_raw, load, take_view
from gateway.loans.lenders.errors import UnreadableAnswer
from gateway.loans.lenders.ports import LenderView
from gateway.loans.terms import LoanTerms
from gateway.store import Store, Unit

Follow = Callable[[Unit, str], None]
"""(unit, application's id): what else must be true together with a lender's new word."""


def nothing(unit: Unit, application_id: str) -> None:
    """Where nothing else follows."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Writes answers down.

    Attributes:
        alarm_after: a lender who did not answer for so long is an alarm.
        follow: called in the same unit after a view that was new; the release of goods hangs on it.
    """

    store: Store
    terms: LoanTerms
    alarm_after: timedelta = contact.ALARM_AFTER
    follow: Follow = nothing

    def take(self, decision_id: str, application_id: str, view: LenderView) -> bool:
        """See `take_view`."""
        with self.store.unit() as unit:
            changed = take_view(unit, self.terms, decision_id, view)
            if changed:
                self.follow(unit, application_id)
            unit.commit()
        return changed

    def failed(self, decision_id: str, error: KvitError) -> None:
        """There was no answer, or none that makes sense: its bytes are kept."""
        with self.store.unit() as unit:
            row = load(unit, decision_id)
            if isinstance(error, UnreadableAnswer):
                keep_raw(unit, self.terms, row, error.raw, None)
            contact.failed(unit, row, error, self.alarm_after)
            unit.commit()
