"""What a bank statement says, whatever format it came in: a head, balances and lines.

A format reader (`gateway.bank.formats.*`) yields `StatementHead` and `Entry` objects and nothing else. Fields a file
does not have are empty, never guessed; what was odd about a line stands in its `warnings`.

Line warnings (`Entry.warnings`), none of which may be ignored by who turns a line into a payment:

    currency_foreign        the sum is not in roubles: `amount` holds hundredths of `currency`
    currency_missing        neither the line nor the account names a currency
    amount_missing          no sum anywhere; `amount` is zero
    amount_unreadable       the sum is not a non-negative number of whole hundredths; `amount` is zero
    amount_from_details     the line has no sum of its own; it was added up from its details
    direction_missing       neither credit nor debit is stated; `incoming` is False
    direction_of_details    the details state the other direction than their line; the line's was taken
    details_without_amounts several details, not all with a sum: kept as one line
    details_unbalanced      the details' sums do not add up to the line: kept as one line
    detail_amount_differs   the only detail states another sum (charges, exchange); the line's was taken
    returned                the bank sent our own payment back (a return, not somebody's payment)
    date_unreadable         a date or instant of the line could not be read
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gateway.core.money import Money

ROUBLES = frozenset({"RUB", "RUR"})
"""Codes of the rouble: RUR is the one from before 1998 that Russian banks still write."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who is on the other side of a line. Every field is "" when the file does not say.

    Attributes:
        name: as given, up to 140 characters in ISO 20022.
        inn: ИНН, 10 or 12 digits (or a КИО of 5), as given.
        kpp: КПП, 9 characters.
        account: the 20-digit account, or an IBAN.
        bic: БИК of nine digits where there is one, else the SWIFT code.
        bank_name: name of that bank.
    """

    name: str = ""
    inn: str = ""
    kpp: str = ""
    account: str = ""
    bic: str = ""
    bank_name: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance the bank states.

    Attributes:
        code: OPBD opening, PRCD previous closing, CLBD closing, ITBD interim, … as given.
        amount: negative when the account is overdrawn; as signed by the bank (some Russian banks mark every closing
            balance as debit: a fact of the bank's profile, not corrected here).
        on: the day it is of.
        currency: as given.
    """

    code: str
    amount: Money
    on: date | None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class StatementHead:
    """What a statement says about itself; precedes its lines.

    Attributes:
        kind: "camt.052" intraday, "camt.053" final, "camt.054" notification, or another format's name.
        statement_id: the bank's id of the statement; banks reuse them from year to year.
        number: the electronic (else legal) sequence number, "" where there is none.
        created: when the bank made it; UTC.
        account, owner, bic, currency: of the account.
        period_from, period_to: UTC.
        balances: in file order. Balances found after lines come in a second head with the same id.
        warnings: "balance_unreadable", "date_unreadable".
    """

    kind: str
    statement_id: str
    number: str
    created: datetime | None
    account: str
    owner: str
    bic: str
    currency: str
    period_from: datetime | None
    period_to: datetime | None
    balances: tuple[Balance, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement.

    Attributes:
        ref: the bank's own reference (AcctSvcrRef), "" if none. Stable and unique at some banks only.
        entry_ref: number of the line inside the statement (NtryRef).
        e2e: EndToEndId, "" for NOTPROVIDED. Chosen by the payer, not unique.
        tx_id: TxId, else UETR.
        amount: as given, not negative; zero only together with an `amount_…` warning.
        incoming: money comes in. ISO 20022: the indicator is that of the line itself, so the reversal of somebody's
            payment to us is debit (incoming False, reversal True), and our own payment coming back is incoming True
            with reversal True: no customer's payment either.
        reversal: the line undoes an earlier one (сторно).
        status: "BOOK", "PDNG", "INFO", or the code as given; only BOOK is final.
        booked, value: calendar dates of the bank, never converted between zones.
        bank_time: the instant of the operation at the bank where the file has one; UTC.
        counterparty: the payer of an incoming line, the payee of an outgoing one (of a reversal: of the line undone).
        purpose: назначение платежа.
        doc_no, doc_date: of the payment order (платёжное поручение).
        code: the bank's transaction code as given, "PMNT/RCDT/ESCT".
        original_ref: of a reversal, `ref` of the undone line if the bank says it.
        detail_index: number of the detail inside its line, from 0.
        occurrence: number of this line, from 0, among those of its statement with an equal `identity`.
        warnings: see the module.
        currency: as given; the account's where the line has none.
        batch_ref: of one payment out of several under one line: the bank's reference of that line, "" if none.
        batch_amount: and that line's whole sum.
    """

    ref: str
    entry_ref: str
    e2e: str
    tx_id: str
    amount: Money
    incoming: bool
    reversal: bool
    status: str
    booked: date | None
    value: date | None
    bank_time: datetime | None
    counterparty: Party
    purpose: str
    doc_no: str
    doc_date: date | None
    code: str
    original_ref: str
    detail_index: int
    occurrence: int
    warnings: tuple[str, ...]
    currency: str = "RUB"
    batch_ref: str = ""
    batch_amount: Money | None = None

    @property
    def in_roubles(self) -> bool:
        """`amount` really is roubles."""
        return self.currency in ROUBLES


Identity = tuple[object, ...]


def identity(entry: Entry) -> Identity:
    """What makes a line the same line inside one account, before counting equal ones.

    With a bank reference: the reference, the detail and the sum with its direction (two different operations under one
    reference exist in real files). Without: day, payment order, sum, direction and payer. The purpose is no part of
    it, since banks spell it differently from one message to the next; nor is the status, which changes.
    """
    if entry.ref:
        return (entry.ref, entry.detail_index, entry.amount.kopecks, entry.incoming, entry.reversal)
    return (
        entry.booked,
        entry.doc_no,
        entry.doc_date,
        entry.amount.kopecks,
        entry.incoming,
        entry.reversal,
        entry.counterparty.account,
        entry.counterparty.inn,
    )
