"""Payment orders of the customer, from whichever channel: judged, executed when they are due, told about.

An order is taken once: neither the same id nor the same number and date from the same account ever pays twice. The
bank works on what waits whenever somebody looks (a request, or `Sandbox.process`), so nothing needs a thread.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gateway.bank.sandbox import behave, engine, files, pain_status, statements
from gateway.bank.sandbox.books import accounts
from gateway.bank.sandbox.directbank import notices
from gateway.bank.sandbox.engine import Payment
from gateway.bank.sandbox.pain_read import Instruction, Unpayable, read
from gateway.bank.statement import ROUBLES
from gateway.core import requisites
from gateway.core.clock import MOSCOW, business_date, to_text
from gateway.core.money import Money

ACCEPTED, SUSPENDED, EXECUTED, REFUSED, RETURNED, RECALLED = (
    "accepted", "suspended", "executed", "refused", "returned", "recalled",
)  # fmt: skip
_OLDEST = timedelta(days=10)
"""How long after its date a payment order can be presented to the payer's bank (762-П, 5.5)."""
_FURTHEST = timedelta(days=366)
_LONGEST_PURPOSE = 210
_NUMBER = re.compile(r"\d{1,6}")
_INSERT = (
    "INSERT INTO orders (channel, source, version, message_id, payment_id, instruction_id, e2e, account, amount, name,"
    " inn, kpp, payee_account, bic, bank_name, purpose, doc_no, doc_date, state, code, reason, behaviour, received,"
    " due, ref) VALUES (:channel, :source, :version, :message_id, :payment_id, :instruction_id, :e2e, :account,"
    " :amount, :name, :inn, :kpp, :payee_account, :bic, :bank_name, :purpose, :doc_no, :doc_date, :state, :code,"
    " :reason, :behaviour, :received, :due, '')"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How orders on their way in are going to fare.

    Attributes:
        behaviour: name and options of the misbehaviour, "" and {} for honest work.
    """

    behaviour: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, active: behave.Active | None) -> Plan:
        return cls(active.name, tuple(sorted(active.options.items()))) if active else cls()

    def to_text(self) -> str:
        return json.dumps([self.behaviour, dict(self.options)], ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Plan:
        if not text:
            return cls()
        name, options = json.loads(text)
        return cls(str(name), tuple(sorted((str(k), str(v)) for k, v in options.items())))

    def option(self, name: str) -> str:
        return dict(self.options).get(name, "")

    def delay(self) -> timedelta:
        """How much later than honestly an order is executed."""
        waits = self.behaviour in ("order-silent", "order-late")
        return timedelta(seconds=float(self.option("seconds"))) if waits else timedelta()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an order is refused: ISO reason, DirectBank error, words."""

    code: str
    error: str
    reason: str


def judge(db: sqlite3.Connection, order: Instruction, now: datetime) -> Verdict | None:
    """What is wrong with an order before any money is looked at; None when nothing is."""
    own = {account.number: account.owner.bic for account in accounts(db)}
    payee, today = order.payee, business_date(now)
    if order.account not in own:
        return Verdict("AC01", "1013", f"Счёт плательщика {order.account} не обслуживается")
    if order.debtor_bic not in ("", own[order.account]):
        return Verdict("RC01", "2205", f"БИК {order.debtor_bic} банка плательщика не наш")
    if order.currency not in ROUBLES:
        return Verdict("AM03", "2205", f"Валюта {order.currency} не поддерживается")
    if order.amount is None or order.amount <= Money.zero():
        return Verdict("AM12", "2205", "Сумма должна быть больше нуля, в целых копейках")
    if not payee.name:
        return Verdict("RR03", "2205", "Нет наименования получателя")
    if payee.inn not in ("", "0") and not requisites.is_inn(payee.inn):
        return Verdict("BE17", "2205", f"ИНН получателя {payee.inn} неверен")
    if payee.kpp not in ("", "0") and not requisites.is_kpp(payee.kpp):
        return Verdict("BE17", "2205", f"КПП получателя {payee.kpp} неверен")
    if not requisites.is_bic(payee.bic):
        return Verdict("RC01", "2205", f"БИК банка получателя {payee.bic} неверен")
    if not requisites.is_account(payee.account, payee.bic, order.correspondent):
        return Verdict("AC03", "2205", f"Счёт получателя {payee.account} неверен для БИК {payee.bic}")
    if not 0 < len(order.purpose.strip()) <= _LONGEST_PURPOSE:
        return Verdict("NARR", "2205", "Назначение платежа: от 1 до 210 знаков")
    if order.doc_no and (not _NUMBER.fullmatch(order.doc_no) or not order.doc_no.strip("0")):
        return Verdict("NARR", "2205", f"Номер поручения {order.doc_no}: до 6 цифр, не ноль")
    if not -_FURTHEST <= today - order.doc_date <= _OLDEST or order.execute_on - today > _FURTHEST:
        return Verdict("DT01", "2205", f"Дата поручения {order.doc_date:%d.%m.%Y} недопустима")
    return _duplicate(db, order)


def _duplicate(db: sqlite3.Connection, order: Instruction) -> Verdict | None:
    known = "SELECT 1 FROM orders WHERE state <> 'refused' AND account = ?"
    if db.execute(f"{known} AND e2e = ?", (order.account, order.e2e)).fetchone():
        return Verdict("AM05", "2202", f"Поручение {order.e2e} уже принято")
    same = f"{known} AND doc_no = ? AND doc_date = ?"
    if order.doc_no and db.execute(same, (order.account, order.doc_no, order.doc_date.isoformat())).fetchone():
        return Verdict("AM05", "2203", f"Поручение № {order.doc_no} от {order.doc_date:%d.%m.%Y} уже принято")
    return None


def take(
    db: sqlite3.Connection,
    channel: str,
    source: str,
    order: Instruction,
    plan: Plan,
    now: datetime,
    *,
    version: str = "",
    message_id: str = "",
) -> Verdict | None:
    """Write an order down, accepted or refused; why it was refused.

    Args:
        source: the file or packet that brought it.
        version, message_id: of the pain.001.
    """
    verdict = judge(db, order, now)
    if verdict is None and plan.behaviour == "order-refused":
        verdict = Verdict(plan.option("code"), "2205", plan.option("reason"))
    asked_for = datetime.combine(order.execute_on, time(), MOSCOW)
    payee = order.payee
    db.execute(
        _INSERT,
        {
            "channel": channel,
            "source": source,
            "version": version,
            "message_id": message_id,
            "payment_id": order.payment_id,
            "instruction_id": order.instruction_id,
            "e2e": order.e2e,
            "account": order.account,
            "amount": order.amount.kopecks if order.amount else 0,
            "name": payee.name,
            "inn": payee.inn,
            "kpp": payee.kpp,
            "payee_account": payee.account,
            "bic": payee.bic,
            "bank_name": payee.bank_name,
            "purpose": order.purpose,
            "doc_no": order.doc_no,
            "doc_date": order.doc_date.isoformat(),
            "state": REFUSED if verdict else ACCEPTED,
            "code": verdict.code if verdict else "",
            "reason": verdict.reason if verdict else "",
            "behaviour": plan.to_text() if plan.behaviour else "",
            "received": to_text(now),
            "due": to_text(max(now, asked_for) + plan.delay()),
        },
    )
    return verdict


def recall(db: sqlite3.Connection, e2e: str) -> bool:
    """Annul an order that has not been executed; False when there is none."""
    done = db.execute(
        "UPDATE orders SET state = ? WHERE e2e = ? AND state IN (?, ?)", (RECALLED, e2e, ACCEPTED, SUSPENDED)
    )
    return done.rowcount > 0


def process(db: sqlite3.Connection, now: datetime) -> int:
    """Do what waits: read uploads, execute what is due, bring back what comes back; how many things were done."""
    return _read_uploads(db, now) + _execute(db, now) + _bring_back(db, now)


def _read_uploads(db: sqlite3.Connection, now: datetime) -> int:
    waiting = db.execute(
        "SELECT reference, content, plan FROM files WHERE direction = 'from_customer' AND status = ? ORDER BY position",
        (files.WAITING,),
    ).fetchall()
    for row in waiting:
        plan = Plan.from_text(row["plan"])
        files.mark_forwarded(db, row["reference"])
        try:
            sent = read(bytes(row["content"]))
            if db.execute("SELECT 1 FROM orders WHERE message_id = ?", (sent.message_id,)).fetchone():
                raise Unpayable("DU01", f"Файл {sent.message_id} уже принят", sent.message_id, sent.version)
        except Unpayable as wrong:
            report = pain_status.write(
                wrong.version, wrong.message_id, "RJCT", (), now, code=wrong.code, reason=wrong.text
            )
            _offer(db, "", report, now)
            continue
        if plan.behaviour != "order-silent":
            _offer(db, "", pain_status.write(sent.version, sent.message_id, "RCVD", (), now), now)
        for order in sent.instructions:
            take(db, behave.BXD, row["reference"], order, plan, now, version=sent.version, message_id=sent.message_id)
        taken = db.execute("SELECT * FROM orders WHERE source = ? ORDER BY id", (row["reference"],)).fetchall()
        refused = sum(order["state"] == REFUSED for order in taken)
        _report(db, taken, "RJCT" if refused == len(taken) else "PART" if refused else "ACCP", now)
    return len(waiting)


def _execute(db: sqlite3.Connection, now: datetime) -> int:
    due = db.execute(
        "SELECT * FROM orders WHERE state IN (?, ?) AND due <= ? ORDER BY id", (ACCEPTED, SUSPENDED, to_text(now))
    ).fetchall()
    changed: list[int] = []
    for row in due:
        account = engine.account_of(db, row["account"])
        if engine.balance(db, account) >= Money(row["amount"]):
            _book(db, row, now)
            changed.append(row["id"])
        elif row["channel"] == behave.BXD:
            _set(db, row["id"], REFUSED, "AM04", "Недостаточно средств на счёте")
            changed.append(row["id"])
        elif row["state"] != SUSPENDED:
            _set(db, row["id"], SUSPENDED, "AM04", "Недостаточно средств на счёте")
            changed.append(row["id"])
    _tell(db, changed, now)
    return len(changed)


def _book(db: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> None:
    account = engine.account_of(db, row["account"])
    payment = Payment(
        amount=Money(row["amount"]), payer=row["name"], inn=row["inn"], kpp=row["kpp"], account=row["payee_account"],
        bic=row["bic"], bank_name=row["bank_name"], purpose=row["purpose"], doc_no=row["doc_no"],
        doc_date=date.fromisoformat(row["doc_date"]), e2e=row["e2e"],
    )  # fmt: skip
    (ref,) = engine.book(db, account, [payment], now, incoming=False)
    plan = Plan.from_text(row["behaviour"])
    back = None
    if plan.behaviour == "order-returned":
        back = to_text(now + timedelta(seconds=float(plan.option("seconds"))))
    db.execute(
        "UPDATE orders SET state = ?, code = '', reason = '', ref = ?, back_due = ? WHERE id = ?",
        (EXECUTED, ref, back, row["id"]),
    )
    statements.notify(db, account, [ref], now)


def _bring_back(db: sqlite3.Connection, now: datetime) -> int:
    """Money whose payee's bank would not have it: booked as the return of our own payment."""
    rows = db.execute(
        "SELECT * FROM orders WHERE state = ? AND back_due <= ? ORDER BY id", (EXECUTED, to_text(now))
    ).fetchall()
    for row in rows:
        why = f"Возврат платежа ({Plan.from_text(row['behaviour']).option('reason')})"
        account, ref = engine.reverse(db, row["ref"], now, why=why, code=engine.RETURNED)
        db.execute("UPDATE orders SET state = ?, back_ref = ? WHERE id = ?", (RETURNED, ref, row["id"]))
        statements.notify(db, account, [ref], now)
    return len(rows)


def _set(db: sqlite3.Connection, number: int, state: str, code: str, reason: str) -> None:
    db.execute("UPDATE orders SET state = ?, code = ?, reason = ? WHERE id = ?", (state, code, reason, number))


# Telling


_TOLD = {ACCEPTED: "ACCP", SUSPENDED: "PDNG", EXECUTED: "ACSC", REFUSED: "RJCT", RETURNED: "ACSC"}


def _tell(db: sqlite3.Connection, numbers: Sequence[int], now: datetime) -> None:
    """Say how the orders `numbers` fare, each on the channel it came by, one report a file."""
    rows = [db.execute("SELECT * FROM orders WHERE id = ?", (number,)).fetchone() for number in numbers]
    for row in rows:
        if row["channel"] == behave.DIRECTBANK and _speaks(row):
            notices.tell_order(db, row["e2e"], row["state"], row["reason"], now)
    for source in dict.fromkeys(row["source"] for row in rows if row["channel"] == behave.BXD):
        _report(db, [row for row in rows if row["source"] == source], "", now)


def _report(db: sqlite3.Connection, rows: Sequence[sqlite3.Row], group_status: str, now: datetime) -> None:
    rows = [row for row in rows if _speaks(row)]
    if not rows:
        return
    told = [
        pain_status.Status(
            row["payment_id"], row["instruction_id"], row["e2e"], _TOLD[row["state"]], row["code"], row["reason"]
        )
        for row in rows
    ]
    first = rows[0]
    report = pain_status.write(first["version"], first["message_id"], group_status, told, now)
    known = {account.number for account in accounts(db)}
    _offer(db, first["account"] if first["account"] in known else "", report, now)


def _offer(db: sqlite3.Connection, account: str, report: bytes, now: datetime) -> None:
    files.offer(db, files.NewFile("pain.002", account, report, 0, 0), now)


def _speaks(row: sqlite3.Row) -> bool:
    return Plan.from_text(row["behaviour"]).behaviour != "order-silent"


# Looking


def listed(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Every order, oldest first, ready for JSON: money in kopecks, instants as text."""
    return [
        {
            "order": row["e2e"],
            "channel": row["channel"],
            "source": row["source"],
            "account": row["account"],
            "amount_kopecks": row["amount"],
            "payee": row["name"],
            "number": row["doc_no"],
            "state": row["state"],
            "code": row["code"],
            "reason": row["reason"],
            "received": row["received"],
            "due": row["due"],
            "ref": row["ref"],
            "back_ref": row["back_ref"],
        }
        for row in db.execute("SELECT * FROM orders ORDER BY id")
    ]
