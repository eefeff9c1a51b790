"""What the matcher answers: an outcome, allocations, what may be released, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.money import Money

ZERO = Money(0)


class Outcome(StrEnum):
    """What a payment turned out to be."""

    # allocated without a person
    EXACT = "exact"
    SEVERAL = "several"
    PARTIAL = "partial"
    OVERPAID = "overpaid"
    THIRD_PARTY_NAMED = "third_party_named"
    THIRD_PARTY_RULE = "third_party_rule"
    INDIVIDUAL = "individual"
    TYPO = "typo"
    UNIQUE_AMOUNT = "unique_amount"
    WHOLE_BALANCE = "whole_balance"
    REGISTRY = "registry"
    LOANS_LISTED = "loans_listed"
    # a person decides
    THIRD_PARTY_UNNAMED = "third_party_unnamed"
    FOREIGN_NUMBER = "foreign_number"
    PAID_INVOICE = "paid_invoice"
    CANCELLED_INVOICE = "cancelled_invoice"
    UNKNOWN_NUMBER = "unknown_number"
    AMBIGUOUS = "ambiguous"
    NO_NUMBER_AMBIGUOUS = "no_number_ambiguous"
    NO_INVOICE = "no_invoice"
    UNKNOWN_PAYER = "unknown_payer"
    CONTRADICTION = "contradiction"
    SUM_DIFFERS = "sum_differs"
    TINY_SUM = "tiny_sum"
    ADVANCE = "advance"
    REFUND = "refund"
    OTHER_INCOME = "other_income"
    OWN_TRANSFER = "own_transfer"
    LOAN = "loan"
    PAYOUT_UNEXPLAINED = "payout_unexplained"
    DUPLICATE_DOCUMENT = "duplicate_document"


@dataclass(slots=True)
class Reason:
    """A fact a decision rests on. Never changed once it is made; not frozen, which would cost more.

    Attributes:
        code: "matching.…", a key of the message catalogue.
        values: what its sentence names; plain text, fit to store.
        span: (start, end) in the original purpose, None when the fact is not from the text.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    span: tuple[int, int] | None = None


Allocations = tuple[tuple[str, Money], ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way a person may decide.

    Attributes:
        difference: payment less what would be allocated; > 0 stays unallocated, never < 0.
    """

    allocations: Allocations
    difference: Money
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Decision:
    """The answer. Conservation: sum of allocations + advance = amount + fee, whenever `automatic`.

    Never changed once it is made; not frozen, which would cost more.

    Attributes:
        automatic: allocations may be booked without a person.
        allocations: (invoice id, > 0), never more than the invoice's rest; empty unless automatic.
        advance: what is left over for the buyer's advance.
        release_ok: invoices this payment may release: covered in full, payer identified or named with his ИНН, no open
            contradiction, no duplicate, a final line. A subset of the invoices allocated to.
        fee: kept back by a payout partner according to his registry; zero otherwise.
        registry_id: the registry that explains the payment; "" if none.
    """

    outcome: Outcome
    automatic: bool
    allocations: Allocations
    advance: Money
    release_ok: frozenset[str]
    reasons: tuple[Reason, ...]
    suggestions: tuple[Suggestion, ...] = ()
    fee: Money = ZERO
    registry_id: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a company allows. The defaults are the strict ones.

    Attributes:
        tolerance: how much may be missing from an invoice and it is still released; credited is what came.
        own_inns, own_accounts: ours; money from them is an own transfer, our ИНН in a text is nobody else's.
        own_names: how we are called; a firm of another name in a text is somebody. Empty: nobody told, none is doubted.
        payout_partners: ИНН → "acquirer", "post", "loan", "marketplace": money only through a registry.
        tiny_percent: a payment under this share of the quoted invoice goes to a person.
        typo: whether a number one edit away from the only invoice that fits is credited (never released).
        typo_digits: shortest counter for which that holds.
        search_invoices, search_items, search_steps: bounds of the search for sums that fit.
    """

    tolerance: Money = ZERO
    own_inns: frozenset[str] = frozenset()
    own_accounts: frozenset[str] = frozenset()
    own_names: tuple[str, ...] = ()
    payout_partners: Mapping[str, str] = field(default_factory=dict)
    tiny_percent: int = 5
    typo: bool = True
    typo_digits: int = 3
    search_invoices: int = 24
    search_items: int = 4
    search_steps: int = 20_000
