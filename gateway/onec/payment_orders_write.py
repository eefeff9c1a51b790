"""How orders fare, for 1C: 1CClientBankExchange again, with the bank's receipt fields filled in.

The format has a place for it: КвитанцияДата, КвитанцияВремя and КвитанцияСодержание of a document say what became of
it, and ДатаСписано says that the money has gone. So an order carries ДатаСписано only once the statement proved it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from gateway.bank.formats.clientbank import FIRST_LINE, LAST_LINE, Side
from gateway.core.clock import MOSCOW
from gateway.core.money import Money
from gateway.onec.clientbank_write import KIND, day_text, encoded, one_line, side_lines
from gateway.onec.written import Written

_TAX_KEYS = (
    ("status", "СтатусСоставителя"),
    ("kbk", "ПоказательКБК"),
    ("oktmo", "ОКАТО"),
    ("basis", "ПоказательОснования"),
    ("period", "ПоказательПериода"),
    ("doc_no", "ПоказательНомера"),
    ("doc_date", "ПоказательДаты"),
)


@dataclass(frozen=True, slots=True)
class OrderStatus:
    """How one order fares.

    Attributes:
        told_at: when it came to this state, aware.
        text: the state and the bank's words, Russian, one line.
        debited: the day the money left by the bank's statement; None before.
        tax: fields 101–109 by `gateway.payments.outgoing.model.TaxFields` names; empty for none.
    """

    number: str
    date: dt.date
    amount: Money
    payer: Side
    payee: Side
    purpose: str
    priority: int
    uin: str
    told_at: dt.datetime
    text: str
    debited: dt.date | None
    tax: dict[str, str]


def write(orders: Sequence[OrderStatus], *, made_at: dt.datetime, zone: ZoneInfo = MOSCOW) -> Written:
    """The file, windows-1251, CRLF; equal arguments give equal bytes.

    Raises:
        ValueError: no order, or an instant without a zone.
    """
    if not orders or made_at.tzinfo is None:
        raise ValueError("orders, and an instant with a zone")
    local = made_at.astimezone(zone)
    days = [order.date for order in orders] + [order.debited for order in orders if order.debited]
    lines = [
        FIRST_LINE,
        "ВерсияФормата=1.03",
        "Кодировка=Windows",
        "Отправитель=Kvit",
        "Получатель=1С:Предприятие",
        f"ДатаСоздания={day_text(local.date())}",
        f"ВремяСоздания={local:%H:%M:%S}",
        f"ДатаНачала={day_text(min(days))}",
        f"ДатаКонца={day_text(max(days))}",
        *(f"РасчСчет={one_line(account)}" for account in dict.fromkeys(order.payer.account for order in orders)),
        f"Документ={KIND}",
    ]
    for order in orders:
        lines.extend(_document(order, zone))
    return encoded("\r\n".join([*lines, LAST_LINE, ""]))


def _document(order: OrderStatus, zone: ZoneInfo) -> Iterator[str]:
    told = order.told_at.astimezone(zone)
    yield f"СекцияДокумент={KIND}"
    yield f"Номер={one_line(order.number)}"
    yield f"Дата={day_text(order.date)}"
    yield f"Сумма={order.amount.decimal_text()}"
    yield f"КвитанцияДата={day_text(told.date())}"
    yield f"КвитанцияВремя={told:%H:%M:%S}"
    yield f"КвитанцияСодержание={one_line(order.text)}"
    yield from side_lines("Плательщик", order.payer, f"ДатаСписано={day_text(order.debited)}" if order.debited else "")
    yield from side_lines("Получатель", order.payee, "")
    yield "ВидПлатежа="
    yield "ВидОплаты=01"
    yield f"Код={one_line(order.uin) or '0'}"
    yield from (f"{key}={one_line(order.tax[name])}" for name, key in _TAX_KEYS if name in order.tax)
    yield f"Очередность={order.priority}"
    yield f"НазначениеПлатежа={one_line(order.purpose)}"
    yield "КонецДокумента"
