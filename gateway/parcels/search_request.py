"""A request that the carrier search for a parcel (розыск), made out from what is known of it, to be printed and signed.

What it holds is what the Post's form of application asks for: sender, addressee, kind, number, day and office of
posting, declared value, cash on delivery, mass, contents, what is the matter, and what is asked. Law: article 37 of
Federal Law 176-FZ of 17.07.1999 "On Postal Communication": within six months from the posting, in writing; answered
within thirty days. It is printed in Russian whatever the screens speak.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from gateway.core.authority import Right
from gateway.core.clock import business_date, from_text
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.core.text import one_line
from gateway.orders import service as orders
from gateway.parcels import rows, timeline
from gateway.parcels.cod_claim import Claimant
from gateway.parcels.cod_debt import FIRMS, CarrierFirm
from gateway.parcels.model import CarrierKey, Effect, Stage
from gateway.parcels.tables import operations
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_MONTHS = 6
_LONGEST = 200
SEARCHED = frozenset(Stage) - {Stage.DELIVERED, Stage.RETURNED, Stage.REGISTERED}
"""Where a parcel can be searched for: the carrier has it, or lost it."""
_KINDS: Mapping[int, str] = {
    2: "письмо", 3: "бандероль", 4: "посылка", 5: "мелкий пакет", 7: "отправление EMS", 16: "бандероль 1 класса",
    23: "посылка онлайн", 24: "курьер онлайн", 47: "посылка 1 класса",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """The request.

    Attributes:
        until: the last day it can be handed in; None where the day of posting is not known.
        late: that day is over.
    """

    parcel_id: str
    until: date | None
    late: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Posting:
    """How it was accepted, by the carrier's own record."""

    on: date | None
    office: str
    mass: int


def prepare(
    unit: Unit,
    terms: ParcelTerms,
    parcel_id: str,
    sender: Claimant,
    firms: Mapping[CarrierKey, CarrierFirm] = FIRMS,
) -> SearchRequest:
    """Make out the request; that it was made is put into the parcel's timeline.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`, `parcel.nothing_to_search` for one that was handed over, or
            that the carrier has never had.
    """
    unit.actor.require(Right.PARCELS_WORK)
    row = rows.open_for(unit, parcel_id)
    if row.stage not in SEARCHED:
        raise Refused("parcel.nothing_to_search", track=row.track)
    today = business_date(unit.now, terms.zone)
    posting = _posting(unit, terms, row)
    until = months_later(posting.on, _MONTHS) if posting.on else None
    lines = [
        *_sides(sender, firms.get(CarrierKey(row.carrier)) or FIRMS[CarrierKey(row.carrier)]),
        "",
        "ЗАЯВЛЕНИЕ",
        "о розыске почтового отправления",
        "",
        *_parcel(row, posting),
        *_contents(unit, row),
        "",
        *_matter(terms, row),
        "",
        *_demand(row),
        "",
        "Приложения: копия документа о приёме отправления; копия описи вложения (если составлялась).",
        "",
        f"{today:%d.%m.%Y}    ____________________ / {sender.signer or '____________________'}",
    ]
    unit.journal("parcel.search_prepared", f"parcel:{row.id}")
    timeline.write(unit, row.id, "search_prepared")
    return SearchRequest(row.id, until, until is not None and today > until, "\n".join(lines))


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _sides(sender: Claimant, firm: CarrierFirm) -> list[str]:
    numbers = ", ".join(f"{name} {value}" for name, value in (("ИНН", sender.inn), ("КПП", sender.kpp)) if value)
    return _filled(
        ("Кому", firm.name),
        ("От кого (отправитель)", ", ".join(filter(None, (sender.name, numbers)))),
        ("Адрес отправителя", sender.address),
    )


def _parcel(row: AnyRow, posting: _Posting) -> list[str]:
    return _filled(
        ("Вид отправления", _KINDS.get(row.mail_type, "регистрируемое почтовое отправление")),
        ("Номер (ШПИ)", row.track),
        ("Дата приёма", f"{posting.on:%d.%m.%Y}" if posting.on else ""),
        ("Место приёма", posting.office),
        ("Масса", f"{posting.mass} г" if posting.mass else ""),
        ("Объявленная ценность", _sum(row.declared)),
        ("Наложенный платёж", _sum(row.cod)),
        ("Плата за пересылку", _sum(row.postage)),
        ("Адресат", one_line(row.name, _LONGEST)),
        ("Адрес адресата", ", ".join(filter(None, (row.index_to, one_line(row.address, _LONGEST))))),
        ("Телефон адресата", row.phone),
    )


def _contents(unit: Unit, row: AnyRow) -> list[str]:
    """The goods of its order; a blank to fill in where there is none."""
    lines: Sequence[AnyRow] = orders.lines_of(unit, row.order_id) if row.order_id else ()
    goods = [line for line in lines if not line.service]
    if not goods:
        return ["Вложение: ________________________________________"]
    return ["Вложение:", *(f"  {place}) {_named(line)}" for place, line in enumerate(goods, 1))]


def _named(line: AnyRow) -> str:
    return f"{one_line(line.name, _LONGEST)}, {Quantity(line.qty)} {line.unit}, {Money(line.amount).screen_text()}"


def _matter(terms: ParcelTerms, row: AnyRow) -> list[str]:
    seen = business_date(from_text(row.moved_at), terms.zone)
    place = " ".join(filter(None, (row.office_index, one_line(row.office_name, _LONGEST))))
    if row.stage == Stage.LOST:
        return [f"По сведениям оператора связи от {seen:%d.%m.%Y} отправление утрачено."]
    at = f" ({place})" if place else ""
    return [
        f"Отправление до адресата не дошло: последняя запись оператора связи сделана {seen:%d.%m.%Y}{at},",
        "после этого сведений о нём нет.",
    ]


def _demand(row: AnyRow) -> list[str]:
    worth = "объявленную ценность и плату за пересылку" if row.declared else "ущерб и плату за пересылку"
    return [
        "В соответствии со статьями 34 и 37 Федерального закона от 17.07.1999 № 176-ФЗ «О почтовой связи» прошу:",
        "1) разыскать отправление и вручить его адресату, а если это невозможно, вернуть отправителю;",
        f"2) если отправление утрачено, возместить {worth};",
        "3) сообщить о результате письменно в срок, установленный этим законом.",
    ]


def _posting(unit: Unit, terms: ParcelTerms, row: AnyRow) -> _Posting:
    first = unit.connection.execute(
        select(operations)
        .where(operations.c.parcel_id == row.id, operations.c.effect == Effect.ACCEPT.value)
        .order_by(operations.c.at, operations.c.place)
        .limit(1)
    ).one_or_none()
    if first is None:
        accepted = business_date(from_text(row.accepted_at), terms.zone) if row.accepted_at else None
        return _Posting(accepted, "", 0)
    office = " ".join(filter(None, (first.office_index, one_line(first.office, _LONGEST))))
    return _Posting(business_date(from_text(first.at), terms.zone), office, first.mass)


def _filled(*pairs: tuple[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in pairs if value]


def _sum(kopecks: int) -> str:
    return Money(kopecks).screen_text() if kopecks else ""
