"""The agreement a sandbox lender draws up: its facts, and the paper."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gateway.core.money import Money
from gateway.loans.sandbox import pdf
from gateway.loans.sandbox.books import Account, next_number
from gateway.loans.schedule import DayCount, Schedule, annuity

_SIGN_DAYS = timedelta(days=10)
_ROWS_OF_A_PAGE = 38
_DOCUMENT = "agreement"


def draw_up(
    db: sqlite3.Connection, lender: Account, row: sqlite3.Row, offer: dict[str, Any], on: date
) -> dict[str, Any]:
    """The agreement of an accepted offer; its PDF goes into the books."""
    number = f"{on:%y%m}{next_number(db, 'agreement'):06d}"
    made = {
        "number": number,
        "dated": on.isoformat(),
        **{name: offer[name] for name in ("loan", "discount", "months", "rate", "psk")},
        "document": _DOCUMENT,
        "passport": json.loads(row["request"])["person"]["passport"],
        "cooling_until": "",
        "sign_by": (on + _SIGN_DAYS).isoformat(),
        "digital": False,
    }
    paper = write_paper(lender.name, json.loads(row["request"])["person"], made, on)
    db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (row["id"], _DOCUMENT, paper))
    return made


def write_paper(lender: str, person: dict[str, str], made: dict[str, Any], on: date) -> bytes:
    """The agreement as a PDF; ПСК stands in the square frame, upper right on page 1."""
    loan = Money(made["loan"])
    schedule = annuity(loan, Decimal(made["rate"]), made["months"], on, DayCount.MONTHS)
    name = " ".join(person.get(part, "") for part in ("surname", "name", "patronymic")).strip()
    facts = [
        f"Кредитор: {lender}",
        f"Заемщик: {name}",
        f"Паспорт: {made['passport'][:4]} {made['passport'][4:]}",
        f"Сумма кредита: {_sum(loan)} руб.",
        f"Срок: {made['months']} мес.",
        f"Процентная ставка: {made['rate']} % годовых",
        f"Ежемесячный платеж: {_sum(schedule.payment)} руб.",
        f"Подписать до: {date.fromisoformat(made['sign_by']):%d.%m.%Y}",
    ]
    first: list[pdf.Word | pdf.Box] = [
        pdf.Word(50, 780, f"ДОГОВОР ПОТРЕБИТЕЛЬСКОГО КРЕДИТА № {made['number']}", 13),
        pdf.Word(50, 760, f"от {on:%d.%m.%Y}. Образец: песочница, денег никто не выдаёт."),
        pdf.Box(430, 670, 120, 70),
        pdf.Word(438, 722, "ПОЛНАЯ СТОИМОСТЬ", 9),
        pdf.Word(438, 710, "КРЕДИТА", 9),
        pdf.Word(438, 686, f"{made['psk']} %", 14),
        *(pdf.Word(50, 720 - 16 * place, line) for place, line in enumerate(facts)),
        pdf.Word(50, 570, "Заемщик ____________________      Кредитор ____________________"),
    ]
    return pdf.write([first, *_schedule_pages(schedule)], f"Договор {made['number']}")


def _schedule_pages(schedule: Schedule) -> list[list[pdf.Word | pdf.Box]]:
    lines = [
        f"{number}.  {row.on:%d.%m.%Y}   платеж {_sum(row.payment)}   основной долг {_sum(row.principal)}"
        f"   проценты {_sum(row.interest)}   остаток {_sum(row.balance)}"
        for number, row in enumerate(schedule.rows, start=1)
    ]
    return [
        [
            pdf.Word(50, 790, "График платежей", 13),
            *(
                pdf.Word(50, 765 - 18 * place, line, 9)
                for place, line in enumerate(lines[start : start + _ROWS_OF_A_PAGE])
            ),
        ]
        for start in range(0, len(lines), _ROWS_OF_A_PAGE)
    ]


def _sum(amount: Money) -> str:
    roubles, _, kopecks = amount.decimal_text().partition(".")
    return f"{int(roubles):,}".replace(",", " ") + f",{kopecks}"
