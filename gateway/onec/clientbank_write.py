"""Writing payments for 1C as 1CClientBankExchange 1.03, windows-1251, CRLF: every 1C loads this file.

Values cannot break the structure: line ends inside them become spaces, so no purpose can smuggle in a document of its
own. Characters windows-1251 does not have become "?" and are counted, so that the caller can say so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from gateway.bank.formats.clientbank import FIRST_LINE, LAST_LINE, AccountSection, Side
from gateway.core.clock import MOSCOW
from gateway.core.money import Money
from gateway.onec.written import Written

KIND = "Платежное поручение"

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_PURPOSE_PIECES = 6
# Typographic signs with an exact plain equivalent; anything else that does not fit becomes "?"
_PLAIN = str.maketrans(
    {"−": "-", "‑": "-", "‐": "-", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u200b": "", "\ufeff": "", "₽": "р"}
)


@dataclass(frozen=True, slots=True)
class IncomingPayment:
    """A payment to hand to 1C.

    Attributes:
        number, date: of the payer's document.
        credited: the day the bank credited it.
        payee: our own side; `payee.account` must be one of the accounts of the file.
        payment_kind: ВидОплаты, the code of the operation ("01" payment order).
        priority: Очередность, 1–5.
        uin: Код; "" when none.
    """

    number: str
    date: dt.date
    amount: Money
    credited: dt.date
    payer: Side
    payee: Side
    purpose: str
    kind: str = KIND
    payment_kind: str = "01"
    priority: str = "5"
    uin: str = ""


def write(
    payments: Sequence[IncomingPayment],
    *,
    made_at: dt.datetime,
    accounts: Sequence[str] = (),
    sections: Sequence[AccountSection] = (),
    date_from: dt.date | None = None,
    date_to: dt.date | None = None,
    sender: str = "Kvit",
    receiver: str = "1С:Предприятие",
    zone: ZoneInfo = MOSCOW,
) -> Written:
    """The file with `payments` in the given order.

    Args:
        made_at: when the facts were so, aware; the same facts and the same instant give the same bytes.
        accounts: our accounts the file is about; those of the payments and sections are added.
        sections: balances, written where all four sums are known.
        date_from, date_to: the period; by default that of the payments (of `made_at` when there are none).

    Raises:
        ValueError: `made_at` has no zone, or an amount is not above zero.
    """
    if made_at.tzinfo is None:
        raise ValueError("made_at needs a zone")
    if any(payment.amount <= Money.zero() for payment in payments):
        raise ValueError("a payment is above zero")
    local = made_at.astimezone(zone)
    days = [payment.credited for payment in payments] or [local.date()]
    own = dict.fromkeys([*accounts, *(s.account for s in sections), *(p.payee.account for p in payments)])
    lines = [
        FIRST_LINE,
        "ВерсияФормата=1.03",
        "Кодировка=Windows",
        f"Отправитель={one_line(sender)}",
        f"Получатель={one_line(receiver)}",
        f"ДатаСоздания={day_text(local.date())}",
        f"ВремяСоздания={local:%H:%M:%S}",
        f"ДатаНачала={day_text(date_from or min(days))}",
        f"ДатаКонца={day_text(date_to or max(days))}",
        *(f"РасчСчет={one_line(account)}" for account in own if account),
    ]
    for section in sections:
        lines.extend(_section(section))
    for payment in payments:
        lines.extend(_document(payment))
    lines.append(LAST_LINE)
    return encoded("\r\n".join(lines) + "\r\n")


def _section(section: AccountSection) -> Iterator[str]:
    if section.chains is None:
        return
    yield "СекцияРасчСчет"
    if section.date_from:
        yield f"ДатаНачала={day_text(section.date_from)}"
    if section.date_to:
        yield f"ДатаКонца={day_text(section.date_to)}"
    yield f"РасчСчет={one_line(section.account)}"
    for key, amount in (
        ("НачальныйОстаток", section.opening),
        ("ВсегоПоступило", section.received),
        ("ВсегоСписано", section.written_off),
        ("КонечныйОстаток", section.closing),
    ):
        yield f"{key}={amount}"
    yield "КонецРасчСчет"


def _document(payment: IncomingPayment) -> Iterator[str]:
    yield f"СекцияДокумент={one_line(payment.kind)}"
    yield f"Номер={one_line(payment.number)}"
    yield f"Дата={day_text(payment.date)}"
    yield f"Сумма={payment.amount.decimal_text()}"
    yield from side_lines("Плательщик", payment.payer, "")
    yield from side_lines("Получатель", payment.payee, f"ДатаПоступило={day_text(payment.credited)}")
    yield "ВидПлатежа="
    yield f"ВидОплаты={one_line(payment.payment_kind)}"
    if payment.uin:
        yield f"Код={one_line(payment.uin)}"
    yield f"Очередность={one_line(payment.priority)}"
    pieces = [piece for part in payment.purpose.splitlines() if (piece := one_line(part))]
    yield f"НазначениеПлатежа={' '.join(pieces)}"
    if 1 < len(pieces) <= _PURPOSE_PIECES:
        yield from (f"НазначениеПлатежа{n}={piece}" for n, piece in enumerate(pieces, start=1))
    yield "КонецДокумента"


def side_lines(who: str, side: Side, moved: str) -> Iterator[str]:
    """The lines of payer or payee; `moved` is the line with the day the money moved, "" for none."""
    yield f"{who}Счет={one_line(side.account)}"
    if moved:
        yield moved
    yield f"{who}={one_line(side.name)}"
    yield f"{who}ИНН={one_line(side.inn)}"
    yield f"{who}КПП={one_line(side.kpp)}"
    yield f"{who}1={one_line(side.name)}"
    if side.indirect:
        yield f"{who}2={one_line(side.account)}"
        yield f"{who}3={one_line(side.bank)}"
        yield f"{who}4={one_line(side.bank_city)}"
    yield f"{who}РасчСчет={one_line(side.settlement_account or side.account)}"
    yield f"{who}Банк1={one_line(side.bank)}"
    yield f"{who}Банк2={one_line(side.bank_city)}"
    yield f"{who}БИК={one_line(side.bic)}"
    yield f"{who}Корсчет={one_line(side.correspondent)}"


def one_line(text: str) -> str:
    """A value that cannot break the structure."""
    return _CONTROL.sub(" ", text).strip()


def day_text(day: dt.date) -> str:
    """A date as the format writes it."""
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


def encoded(text: str) -> Written:
    """The bytes, windows-1251, with what had to be replaced counted."""
    plain = text.translate(_PLAIN)
    content = plain.encode("cp1251", errors="replace")
    replaced = content.count(b"?") - plain.count("?")
    return Written(content, replaced=replaced)
