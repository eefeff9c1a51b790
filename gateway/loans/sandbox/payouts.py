"""Lump sums: at the end of a day a lender pays all loans that began to run in one payment, and lists them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.core.money import Money
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.model import SigningWay
from gateway.loans.sandbox import lending
from gateway.loans.sandbox.books import Account, next_number

LOAN = ""
"""`return_id` of a payout line that pays a loan; other lines keep the money of goods that came back."""


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One line; `amount` is negative where money was kept for goods that came back."""

    agreement: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Payout:
    """A lump sum.

    Attributes:
        number: of the registry, from 1 for each lender.
        amount: what is paid, the sum of the lines.
        purpose: the text of the payment.
        registry: the list, CSV in UTF-8: number of the agreement, sum; sums as "1234,50".
    """

    lender: str
    number: int
    day: date
    amount: Money
    lines: tuple[PayoutLine, ...]
    purpose: str
    registry_name: str
    registry: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DueBack:
    """Money for goods that came back, which a lender waits for."""

    lender: str
    agreement: str
    return_id: str
    amount: Money


def close_day(db: sqlite3.Connection, lender: Account, day: date, now: datetime) -> Payout | None:
    """Pay what is due: loans that run, or run from the signature on, and were not paid, less what came back; None when
    that is nothing.

    Money of returned goods that is more than the day's loans waits for a day with more of them.
    """
    loans = db.execute(
        "SELECT * FROM loans WHERE lender = ? AND state = ? ORDER BY made, id", (lender.key, LenderStatus.COMMITTED)
    ).fetchall()
    if lender.pays == "signed":
        loans += _signed_for_good(db, lender, now)
    due = [(row["id"], LOAN, lending.transfer_of(row)) for row in loans]
    due = [one for one in due if one[2] > 0]
    total = sum(amount for _, _, amount in due)
    for loan_id, return_id, amount in _kept_back(db, lender):
        if amount < total:
            due.append((loan_id, return_id, -amount))
            total -= amount
    if not due:
        return None
    number = next_number(db, f"payout.{lender.key}")
    payout = db.execute(
        "INSERT INTO payouts (lender, number, day, amount) VALUES (?, ?, ?, ?)",
        (lender.key, number, day.isoformat(), total),
    ).lastrowid
    for place, (loan_id, return_id, amount) in enumerate(due, start=1):
        db.execute("INSERT INTO payout_lines VALUES (?, ?, ?, ?, ?)", (payout, place, loan_id, return_id, amount))
        if return_id:
            db.execute("UPDATE returns SET back = 1 WHERE loan = ? AND id = ?", (loan_id, return_id))
        else:
            lending.change(db, loan_id, state=LenderStatus.PAID_OUT.value)
    return next(one for one in made(db, lender.key) if one.number == number)


def made(db: sqlite3.Connection, lender: str) -> list[Payout]:
    """All payouts of a lender, in order."""
    found = []
    for row in db.execute("SELECT * FROM payouts WHERE lender = ? ORDER BY number", (lender,)).fetchall():
        lines = db.execute(
            "SELECT payout_lines.amount, loans.agreement FROM payout_lines JOIN loans ON loans.id = payout_lines.loan"
            " WHERE payout = ? ORDER BY place",
            (row["id"],),
        )
        listed = tuple(PayoutLine(_number(line["agreement"]), Money(line["amount"])) for line in lines)
        found.append(_payout(row, listed))
    return found


def due_back(db: sqlite3.Connection, lender: Account) -> list[DueBack]:
    """What we owe a lender for goods that came back; empty where he keeps it himself."""
    if lender.returns != "expect":
        return []
    rows = db.execute(
        "SELECT returns.*, loans.agreement FROM returns JOIN loans ON loans.id = returns.loan"
        " WHERE loans.lender = ? AND back = 0 ORDER BY returns.loan, returns.id",
        (lender.key,),
    )
    return [DueBack(lender.key, _number(row["agreement"]), row["id"], Money(row["amount"])) for row in rows]


def _signed_for_good(db: sqlite3.Connection, lender: Account, now: datetime) -> list[sqlite3.Row]:
    """Loans signed in the branch or with a courier that can no longer be declined; their goods wait for the money."""
    rows = db.execute(
        "SELECT * FROM loans WHERE lender = ? AND state = ? AND way <> ? AND original <> 'rejected' ORDER BY made, id",
        (lender.key, LenderStatus.SIGNED, SigningWay.CLERK),
    ).fetchall()
    return [row for row in rows if not lending.is_cooling_off(row, now)]


def _kept_back(db: sqlite3.Connection, lender: Account) -> list[tuple[str, str, int]]:
    if lender.returns != "deduct":
        return []
    rows = db.execute(
        "SELECT returns.loan, returns.id, returns.amount FROM returns JOIN loans ON loans.id = returns.loan"
        " WHERE loans.lender = ? AND back = 0 ORDER BY returns.loan, returns.id",
        (lender.key,),
    )
    return [(row["loan"], row["id"], row["amount"]) for row in rows]


def _payout(row: sqlite3.Row, lines: tuple[PayoutLine, ...]) -> Payout:
    day = date.fromisoformat(row["day"])
    title = f"Реестр № {row['number']} от {day:%d.%m.%Y}"
    listed = [title, "Номер кредитного договора;Сумма"]
    listed += [f"{line.agreement};{line.amount.decimal_text().replace('.', ',')}" for line in lines]
    return Payout(
        lender=row["lender"],
        number=row["number"],
        day=day,
        amount=Money(row["amount"]),
        lines=lines,
        purpose=f"Перечисление кредитных средств по реестру № {row['number']} от {day:%d.%m.%Y}, НДС не облагается",
        registry_name=f"{row['lender']}_{row['number']}_{day:%Y%m%d}.csv",
        registry=("\r\n".join(listed) + "\r\n").encode(),
    )


def _number(agreement: str) -> str:
    return str(json.loads(agreement)["number"])
