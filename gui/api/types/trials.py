"""Back-tests of the matcher: what it would have done with past payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import SILENT, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many payments, and what they add up to in kopecks."""

    count: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Tally):
    """A part of all payments; the shares are 0 to 1."""

    share_of_count: float = 0.0
    share_of_amount: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialExample:
    """One payment that shows what its outcome is about."""

    booked: date | None = None
    payer: str = ""
    amount: int = 0
    purpose: str = ""
    why: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOutcome(Tally):
    """The payments of one outcome; `decision` is "auto", "person" or "duplicate"."""

    decision: str
    outcome: str = ""
    text: Said = SILENT
    suggested: int = 0
    example: TrialExample = TrialExample()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialAdvice(Tally):
    """What could be improved, and how many payments it is about."""

    code: str
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A back-test that was kept.

    Attributes:
        source: what was read, as a person named it.
        first, last: days of the first and the last payment.
        released: invoices that would have been released without a person.
        suggested: payments for a person that come with a suggestion.
        bad_rows: rows of the input that could not be taken as they stood.
        stopped: it was ended before the last payment.
    """

    id: str
    at: datetime
    by: str = ""
    source: str = ""
    first: date | None = None
    last: date | None = None
    payments: Tally = Tally()
    auto: Share = Share()
    person: Share = Share()
    duplicate: Share = Share()
    suggested: int = 0
    released: Tally = Tally()
    outcomes: tuple[TrialOutcome, ...] = ()
    advice: tuple[TrialAdvice, ...] = ()
    bad_rows: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialList:
    """The back-tests kept, newest first."""

    items: tuple[Trial, ...] = ()
    server_time: datetime | None = None
