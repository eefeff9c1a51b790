"""The call centre: the queue, one call, the questionnaire, and the calculator."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gui.api.types.common import SILENT, Coded, Said
from gui.api.types.loans import Loan


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """The queue in figures: to be called now, of them late, on somebody's line, when the next of the others is due."""

    waiting: int = 0
    late: int = 0
    held: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptLine:
    """One step of what to say; the hint is what to mind."""

    code: str
    text: Said = SILENT
    hint: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSheet:
    """Who is on the line, in full, and what to say."""

    card: Loan
    name: str = ""
    phone: str = ""
    remark: str = ""
    script: tuple[ScriptLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanCall:
    """What is on this person's line; None when there is nobody to call."""

    loan: CallSheet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """What is wrong with a field; with a `warning` it may be sent all the same."""

    field: str
    code: str = ""
    warning: bool = False
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetField:
    name: str
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A questionnaire as it stands.

    Attributes:
        consent: version of the text the buyer agreed to, "" before that; `consent_needed` the one in force.
        complete: it may go to lenders.
    """

    version: int
    values: dict[str, str] = field(default_factory=dict)
    faults: tuple[FieldFault, ...] = ()
    consent: str = ""
    consent_needed: str = ""
    complete: bool = False
    fields: tuple[SheetField, ...] = ()

    @property
    def agreed(self) -> bool:
        return bool(self.consent) and self.consent == self.consent_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderFit:
    """Whether a lender may lend for an application; `asked`: he has it already."""

    lender: str
    title: str = ""
    fits: bool = False
    against: tuple[Coded, ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderFits:
    items: tuple[LenderFit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A loan on one lender's terms, counted by us: the lender's offer rules where it is `approximate`."""

    lender: str
    title: str = ""
    months: int = 0
    rate: str = ""
    loan: int = 0
    payment: int = 0
    last_payment: int = 0
    overpaid: int = 0
    discount: int = 0
    psk: str = ""
    transfer: int = 0
    fee: int | None = None
    to_shop: int | None = None
    approximate: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """Why a lender's terms do not fit."""

    lender: str
    title: str = ""
    code: str = ""
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    quotes: tuple[Quote, ...] = ()
    misfits: tuple[Misfit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLoan:
    """An application that was taken in; `duplicates` are numbers of open ones of this phone in this shop."""

    id: str
    number: int = 0
    known: bool = False
    duplicates: tuple[int, ...] = ()
