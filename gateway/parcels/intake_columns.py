"""Which column of a list of parcels says what: guessed from its headings, or from its numbers where it has none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.text import heading_key
from gateway.parcels import barcodes
from gateway.parcels.model import CarrierKey, Source
from gateway.parcels.parcels import NewParcel
from gateway.payments.registries.read import Row
from gateway.payments.registries.values import amount
from gateway.store.schema import dumps

_LOOKED_AT = 30  # rows: headings stand at the top
_COLUMN = "№{number}"

# Field → what its heading may say, the surest first. What is named more narrowly comes first: "сумма наложенного
# платежа" is no sum of the order, and an electronic address no address.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "email": ("e-mail", "email", "электронн", "почта получателя", "mail"),
    "phone": ("телефон", "тел", "моб", "phone", "tel"),
    "index_to": ("индекс", "postcode", "zip", "index"),
    "cod": ("наложен", "нп", "сумма к получению", "к оплате получателем", "cod", "cash on delivery"),
    "declared": ("объявлен", "оценочн", "declared", "insured", "value"),
    "postage": ("стоимость доставки", "стоимость пересылки", "плата за пересылку", "почтовый сбор", "postage",
                "shipping cost", "доставк"),
    "track": ("трек", "шпи", "рпо", "штрих", "почтовый идентификатор", "номер отправления", "номер посылки", "накладн",
              "track", "barcode", "waybill", "shpi", "отправление"),
    "order_sum": ("сумма заказа", "стоимость заказа", "сумма", "order sum", "order total", "amount", "total", "sum"),
    "order_no": ("номер заказа", "заказ", "order"),
    "consent": ("согласие", "consent"),
    "carrier": ("служба доставки", "перевозчик", "carrier"),
    "mail_type": ("вид отправления", "mail type", "mailtype"),
    "shop": ("магазин", "агент", "shop", "agent"),
    "address": ("адрес", "address", "куда"),
    "name": ("фио", "получатель", "покупатель", "клиент", "имя", "recipient", "customer", "name"),
}  # fmt: skip
FIELDS = tuple(_WORDS)
"""What a column may say."""

_SUMS = ("order_sum", "declared", "cod", "postage")
_TEXTS = ("order_no", "name", "phone", "email", "index_to", "address")
_YES = frozenset({"1", "+", "да", "yes", "y", "true", "истина", "v", "x"})
_CARRIERS = MappingProxyType(
    {"почта": CarrierKey.POST, "post": CarrierKey.POST, "ems": CarrierKey.POST, "сдэк": CarrierKey.CDEK,
     "cdek": CarrierKey.CDEK}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A list of parcels.

    Attributes:
        heads: names of the columns, each once; "№3" for one without.
        rows: below the heads.
        guess: field → head.
    """

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    guess: Mapping[str, str]

    @property
    def heads_hash(self) -> str:
        """What lists of one program have in common."""
        return hashlib.sha256(dumps(list(self.heads)).encode()).hexdigest()


def table_of(rows: Sequence[Row]) -> Table:
    """Heads and rows of a list, with a guess which column says what.

    Raises:
        Refused: `parcel.list_empty`.
    """
    if not rows:
        raise Refused("parcel.list_empty")
    for place, row in enumerate(rows[:_LOOKED_AT]):
        found = _guess(row.cells)
        if "track" in found and not _tracks(row.cells):
            return _table(row.cells, rows[place + 1 :], found)
    return _under_unknown_heads(rows)


def check_mapping(table: Table, mapping: Mapping[str, str]) -> dict[str, str]:
    """`mapping` without empty ones, if it fits the table.

    Raises:
        Refused: `parcel.mapping_unknown` for a field or head that is none, `parcel.mapping_no_track`.
    """
    named = {field: head for field, head in mapping.items() if head}
    for field, head in named.items():
        if field not in FIELDS or head not in table.heads:
            raise Refused("parcel.mapping_unknown", field=field[:40], head=head[:60])
    if "track" not in named:
        raise Refused("parcel.mapping_no_track", heads=", ".join(table.heads)[:300])
    return named


def parcel_of(table: Table, mapping: Mapping[str, str], row: Row, shop: str) -> NewParcel:
    """What one row tells.

    Args:
        shop: whose goods it is where the row does not say.

    Raises:
        Refused: `parcel.list_sum` for a sum nobody can read.
    """
    cells = {field: _cell(table, row, head) for field, head in mapping.items()}
    told: dict[str, Any] = {field: cells[field] for field in _TEXTS if field in cells}
    told |= {field: _sum(field, cells[field]) for field in _SUMS if cells.get(field)}
    mail_type = cells.get("mail_type", "")
    return NewParcel(
        cells["track"],
        Source.FILE,
        carrier=_carrier(cells.get("carrier", "")),
        shop=cells.get("shop", "") or shop,
        mail_type=int(mail_type) if mail_type.isdecimal() and len(mail_type) < 4 else 0,
        consent=cells.get("consent", "").casefold() in _YES,
        **told,
    )


def _guess(cells: Sequence[str]) -> dict[str, int]:
    """Field → column; a heading that is the very word goes before one that has it in it."""
    keys = [heading_key(cell) for cell in cells]
    found: dict[str, int] = {}
    for exact in (True, False):
        for field, words in _WORDS.items():
            for word in map(heading_key, words):
                if field in found:
                    break
                for column, key in enumerate(keys):
                    fits = key == word if exact else len(word) > 2 and word in key
                    if key and fits and column not in found.values():
                        found[field] = column
                        break
    return found


def _under_unknown_heads(rows: Sequence[Row]) -> Table:
    """The column that has numbers of parcels in it is theirs; what stands over the first of them is its head."""
    for place, row in enumerate(rows[:_LOOKED_AT]):
        if columns := _tracks(row.cells):
            above = rows[place - 1].cells if place else ()
            heads = above if len(above) > columns[0] and above[columns[0]] else ()
            return _table(heads, rows[place:], {**_guess(heads), "track": columns[0]})
    return _table(rows[0].cells, rows[1:], {})


def _table(heads: Sequence[str], rows: Sequence[Row], found: Mapping[str, int]) -> Table:
    width = max((len(row.cells) for row in rows), default=0)
    names: dict[str, None] = {}
    for number in range(1, max(width, len(heads)) + 1):
        head = heads[number - 1] if number <= len(heads) else ""
        numbered = _COLUMN.format(number=number)
        names[numbered if not head else f"{head} {numbered}" if head in names else head] = None
    named = tuple(names)
    return Table(named, tuple(rows), {field: named[column] for field, column in found.items()})


def _tracks(cells: Sequence[str]) -> list[int]:
    """Columns that hold a parcel's number."""
    found = []
    for column, cell in enumerate(cells):
        try:
            barcodes.check(cell)
        except Refused:
            continue
        found.append(column)
    return found


def _cell(table: Table, row: Row, head: str) -> str:
    column = table.heads.index(head)
    return row.cells[column] if column < len(row.cells) else ""


def _sum(field: str, text: str) -> Money:
    try:
        return amount(text, "roubles")
    except Refused:
        raise Refused("parcel.list_sum", field=field, text=text[:40]) from None


def _carrier(text: str) -> CarrierKey | None:
    said = heading_key(text)
    return next((key for word, key in _CARRIERS.items() if heading_key(word) in said), None) if said else None
