"""What the sandbox bank books: payments in and out, and reversals.

Every operation has one reference of its own for ever, the same in every message about it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gateway.bank.sandbox import behave
from gateway.bank.sandbox.books import Account, accounts, fact, next_number, put_fact
from gateway.bank.statement import Party
from gateway.core.clock import business_date, to_text
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.core.vat import standard_rate

INCOMING, OUTGOING, REVERSED = "PMNT/RCDT/DMCT", "PMNT/ICDT/DMCT", "PMNT/RCDT/RPCR"
RETURNED = "PMNT/ICDT/RRTN"
UNKNOWN_CODE = "QQQQ/QQQQ/QQQQ"
_INSERT = (
    "INSERT INTO operations (account, ref, amount, incoming, reversal, original_ref, booked, bank_time, name, inn, kpp,"
    " payer_account, bic, bank_name, purpose, doc_no, doc_date, tx_id, code, e2e)"
    " VALUES (:account, :ref, :amount, :incoming, :reversal, :original_ref, :booked, :bank_time, :name, :inn, :kpp,"
    " :payer_account, :bic, :bank_name, :purpose, :doc_no, :doc_date, :tx_id, :code, :e2e)"
)
_PAYERS_BANK = ("044525225", "ПАО Сбербанк, г. Москва")


@dataclass(frozen=True, slots=True)
class Payment:
    """Somebody's payment order. Empty fields are filled in plausibly and the same way each time.

    Attributes:
        amount: more than zero.
        invoice: number for the purpose where none is given.
        purpose: up to 210 characters in a real order; not limited here.
        doc_no, doc_date: of the payment order; the next number and the day of the operation by default.
        at: the bank's instant of the operation, UTC; now by default. May lie in the past.
        e2e: the payer's own id of his order.
    """

    amount: Money
    invoice: str = ""
    payer: str = ""
    inn: str = ""
    kpp: str = ""
    account: str = ""
    bic: str = ""
    bank_name: str = ""
    purpose: str = ""
    doc_no: str = ""
    doc_date: date | None = None
    at: datetime | None = None
    e2e: str = ""


def book(
    db: sqlite3.Connection, account: Account, payments: Sequence[Payment], now: datetime, *, incoming: bool = True
) -> list[str]:
    """Book payments on `account` in their order; their references.

    An operation is booked on the day of its instant, but never on a day that is closed already.

    Raises:
        Refused: `sandbox.amount` unless every sum is more than zero.
    """
    open_day = date.fromisoformat(fact(db, "open_day"))
    last = next_number(db, "operation") - 1
    rows = []
    for number, payment in enumerate(payments, last + 1):
        if payment.amount <= Money.zero():
            raise Refused("sandbox.amount", amount=payment.amount)
        at = payment.at or now
        booked = max(open_day, business_date(at))
        odd = behave.take_payment(db)
        party = _payer(payment)
        rows.append(
            {
                "account": account.number,
                "ref": _reference(booked, number),
                "amount": payment.amount.kopecks,
                "incoming": incoming,
                "reversal": False,
                "original_ref": "",
                "booked": booked.isoformat(),
                "bank_time": to_text(at),
                "name": party.name,
                "inn": party.inn,
                "kpp": party.kpp,
                "payer_account": party.account,
                "bic": party.bic,
                "bank_name": party.bank_name,
                "purpose": payment.purpose or _purpose(payment, booked),
                "doc_no": payment.doc_no or str(number % 999_999 + 1),
                "doc_date": (payment.doc_date or booked).isoformat(),
                "tx_id": new_id(),
                "code": UNKNOWN_CODE if odd else INCOMING if incoming else OUTGOING,
                "e2e": payment.e2e,
            }
        )
    put_fact(db, "counter.operation", str(last + len(rows)))
    db.executemany(_INSERT, rows)
    return [str(row["ref"]) for row in rows]


def reverse(
    db: sqlite3.Connection, ref: str, now: datetime, *, why: str = "Сторно", code: str = REVERSED
) -> tuple[Account, str]:
    """Undo the operation `ref` by a reversal entry of the same sum; the account and the reversal's reference.

    Args:
        why: stands before the purpose.
        code: of the reversal; RETURNED for our own payment that came back.

    Raises:
        Refused: `sandbox.unknown_operation`, `sandbox.reversed_already`.
    """
    row = db.execute("SELECT * FROM operations WHERE ref = ? AND reversal = 0", (ref,)).fetchone()
    if row is None:
        raise Refused("sandbox.unknown_operation", ref=ref)
    if db.execute("SELECT 1 FROM operations WHERE original_ref = ?", (ref,)).fetchone():
        raise Refused("sandbox.reversed_already", ref=ref)
    booked = max(date.fromisoformat(fact(db, "open_day")), business_date(now))
    undoing = {
        **dict(row),
        "ref": _reference(booked, next_number(db, "operation")),
        "incoming": not row["incoming"],
        "reversal": True,
        "original_ref": ref,
        "booked": booked.isoformat(),
        "bank_time": to_text(now),
        "purpose": f"{why}: {row['purpose']}",
        "tx_id": new_id(),
        "code": code,
    }
    db.execute(_INSERT, undoing)
    return account_of(db, row["account"]), str(undoing["ref"])


def _reference(booked: date, number: int) -> str:
    """AcctSvcrRef: unique for ever, since the number never starts anew."""
    return f"KS{booked:%y%m%d}{number:08d}"


def account_of(db: sqlite3.Connection, number: str = "") -> Account:
    """The account `number`, or the first one.

    Raises:
        Refused: `sandbox.unknown_account`.
    """
    for account in accounts(db):
        if number in ("", account.number):
            return account
    raise Refused("sandbox.unknown_account", account=number)


def balance(db: sqlite3.Connection, account: Account, before: date | None = None) -> Money:
    """The balance now, or at the beginning of the day `before`."""
    until = before.isoformat() if before else "9999"
    row = db.execute(
        "SELECT coalesce(sum(CASE WHEN incoming THEN amount ELSE -amount END), 0) AS turnover"
        " FROM operations WHERE account = ? AND booked < ?",
        (account.number, until),
    ).fetchone()
    return Money(account.opening + row["turnover"])


def count(db: sqlite3.Connection, account: Account) -> int:
    """How many operations there were on `account`."""
    row = db.execute("SELECT count(*) FROM operations WHERE account = ?", (account.number,)).fetchone()
    return int(row[0])


def _payer(payment: Payment) -> Party:
    """Who pays; an account is made up from the ИНН or the name, always the same one for the same payer."""
    bic = payment.bic or _PAYERS_BANK[0]
    bank_name = payment.bank_name or (_PAYERS_BANK[1] if bic == _PAYERS_BANK[0] else "")
    account = payment.account or _made_up_account(payment, bic)
    return Party(payment.payer, payment.inn, payment.kpp, account, bic, bank_name)


def _made_up_account(payment: Payment, bic: str) -> str:
    """40802 a sole trader's, 40702 a company's, 40817 a person's."""
    kind = {10: "40702", 12: "40802"}.get(len(payment.inn), "40817")
    digest = hashlib.sha256((payment.inn or payment.payer).encode()).digest()
    return with_key(f"{kind}8100{int.from_bytes(digest[:6], 'big') % 10**11:011d}", bic)


def _purpose(payment: Payment, booked: date) -> str:
    percent = standard_rate(booked).percent
    vat = payment.amount.vat_inside(percent).decimal_text().replace(".", "-")
    subject = f"по счету № {payment.invoice}" if payment.invoice else "за товар"
    return f"Оплата {subject}. В т.ч. НДС {percent}% {vat} руб."
