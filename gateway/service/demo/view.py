"""The demo on a terminal: the final account as a table, and a live view where there is no screen for a tray."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from sqlalchemy import select

from gateway.core.clock import MOSCOW, from_text
from gateway.core.money import Money
from gateway.orders.tables import orders
from gateway.payments.tables import payments
from gateway.store import Store
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists

_TITLES = {
    "payments": ("Поступлений", "Payments"),
    "allocated": ("Разнесено", "Allocated"),
    "needs_person": ("Решает человек", "Needs a person"),
    "released": ("Отпуск разрешён", "Released"),
    "wrong_releases": ("Ошибочных отпусков", "Wrong releases"),
    "pick_lists": ("Листов сборки", "Pick lists"),
    "call_tasks": ("Звонков", "Call tasks"),
    "duplicates": ("Повторов распознано", "Duplicates recognised"),
    "reversals": ("Отозвано банком", "Taken back by the bank"),
    "journal_ok": ("Журнал цел", "Journal holds"),
}
_ROWS = 8


def final_table(result: dict[str, Any], language: str) -> Table:
    """The account of the story, and each order's clock."""
    russian = language == "ru"
    summary = Table(show_header=False, box=None)
    for key, (ru, en) in _TITLES.items():
        value = result[key]
        shown = ("да" if value else "нет") if russian and isinstance(value, bool) else str(value)
        summary.add_row(ru if russian else en, shown)
    for refused in result["refused"]:
        summary.add_row("Отвергнуто" if russian else "Refused", f"{refused['reason']} ({refused['reference']})")
    summary.add_row("Файлы для 1С" if russian else "Files for 1C", str(len(result["files"])))
    clocks = Table(title="Секунды после операции в банке" if russian else "Seconds after the bank's operation")
    for title in ("Заказ", "Получено", "Разнесено", "Лист", "Звонок") if russian else (
        "Order", "Received", "Allocated", "Pick list", "Call"
    ):  # fmt: skip
        clocks.add_column(title, justify="left" if title in ("Заказ", "Order") else "right")
    for row in result["timeline"]:
        seconds = (row["received_s"], row["allocated_s"], row["pick_list_s"], row["call_task_s"])
        clocks.add_row(row["order"], *("—" if s is None else f"{s:.1f}" for s in seconds))
    both = Table.grid()
    both.add_row(summary)
    both.add_row(clocks)
    return both


def follow(console: Console, store: Store, language: str) -> None:
    """Payments, pick lists and tasks as they come, until Ctrl+C."""
    with Live(console=console, refresh_per_second=2) as live:
        while True:
            live.update(_screen(store, language))
            time.sleep(0.5)


def _screen(store: Store, language: str) -> Group:
    russian = language == "ru"
    money = Table(title="Платежи" if russian else "Payments", expand=True)
    for title in ("Время", "Плательщик", "Сумма", "Состояние") if russian else ("Time", "Payer", "Sum", "State"):
        money.add_column(title)
    lists = Table(title="Сборка" if russian else "Picks", expand=True)
    for title in ("Лист", "Заказ", "Состояние") if russian else ("List", "Order", "State"):
        lists.add_column(title)
    work = Table(title="Задачи" if russian else "Tasks", expand=True)
    for title in ("Срок", "Задача", "Покупатель") if russian else ("Due", "Task", "Customer"):
        work.add_column(title)
    with store.reading() as connection:
        for row in connection.execute(select(payments).order_by(payments.c.bank_time.desc()).limit(_ROWS)):
            money.add_row(_clock(row.bank_time), row.payer, Money(row.amount).screen_text(), row.state)
        for row in connection.execute(
            select(pick_lists, orders.c.number.label("order_number"))
            .join(orders, orders.c.id == pick_lists.c.order_id)
            .order_by(pick_lists.c.id.desc())
            .limit(_ROWS)
        ):
            lists.add_row(row.number, row.order_number, row.state)
        for row in connection.execute(
            select(tasks).where(tasks.c.state == "new").order_by(tasks.c.due_at.desc()).limit(_ROWS)
        ):
            work.add_row(_clock(row.due_at), f"{row.kind} {row.order_number}", row.buyer)
    return Group(money, lists, work)


def _clock(text: str) -> str:
    return f"{from_text(text).astimezone(MOSCOW):%H:%M:%S}"
