"""What 1C's files say, as plain facts: no database, no decisions.

Sums are `Money` in roubles, quantities `Quantity`, instants aware UTC (1C writes local time without a zone; the
reader is told the zone), dates plain dates. Text is stripped: 1C pads fields to their column width. Whatever a file
says that has no field of its own here stands in `extras`, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.core.money import Money
from gateway.core.quantity import Quantity

# ОК 015-94 (МК 002-97): the units of a trading company; files of 2.07 and later give the code alone
_OKEI = {
    "006": "м",
    "055": "м²",
    "112": "л",
    "113": "м³",
    "163": "г",
    "166": "кг",
    "356": "ч",
    "625": "лист",
    "715": "пар",
    "736": "рул",
    "778": "упак",
    "796": "шт",
    "839": "компл",
}


@dataclass(frozen=True, slots=True)
class Extra:
    """A piece of a file without a field of its own.

    Attributes:
        path: local names from the owning element down, "Изготовитель/Наименование"; an attribute is "…@Имя".
        text: its text, stripped.
    """

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: ОКЕИ code ("796", "" if unknown), short name ("шт"), full name, international code."""

    code: str = ""
    name: str = ""
    full_name: str = ""
    international: str = ""
    extras: tuple[Extra, ...] = ()

    @property
    def label(self) -> str:
        """What to print behind a quantity: the short name, or the usual one of the code, or what there is."""
        return self.name or _OKEI.get(self.code, "") or self.full_name or self.code


@dataclass(frozen=True, slots=True)
class Group:
    """A goods group; `parent_id` is "" at the top."""

    id: str
    name: str
    parent_id: str
    deleted: bool
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse as 1C names it."""

    id: str
    name: str
    address: str = ""
    deleted: bool = False
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceType:
    """A kind of price (retail, wholesale); currency "RUB" or as given."""

    id: str
    name: str
    currency: str
    tax_included: bool | None
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """One price of an offer, per unit."""

    type_id: str
    amount: Money
    currency: str
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """A position of the catalogue.

    Attributes:
        id: 1C's key; "guid" or "guid#guid" when goods differ by characteristic.
        sku: Артикул, "" if none.
        barcodes: EAN and the like, in the file's order.
        characteristics: (name, value) that tell this variant from its sisters.
        properties: (property id, value) of the classifier.
        requisites: named values 1C adds (ВидНоменклатуры, Вес, …).
        vat_rate: as written ("22", "Без НДС"), "" if none.
        service: ТипНоменклатуры is Услуга: never in stock.
        deleted: marked for deletion, or Статус="Удален".
        line: where it stands in the file.
    """

    id: str
    sku: str
    name: str
    full_name: str
    unit: Unit
    barcodes: tuple[str, ...]
    group_ids: tuple[str, ...]
    characteristics: tuple[tuple[str, str], ...]
    properties: tuple[tuple[str, str], ...]
    requisites: Mapping[str, str]
    vat_rate: str
    service: bool
    deleted: bool
    line: int
    extras: tuple[Extra, ...] = ()

    @property
    def base_id(self) -> str:
        """The product itself, without its characteristic."""
        return self.id.partition("#")[0]

    @property
    def characteristic_id(self) -> str:
        return self.id.partition("#")[2]

    @property
    def bin(self) -> str:
        """The storage place, where the configuration exports one as a requisite."""
        for name in ("Ячейка", "Место хранения", "Адрес хранения"):
            if self.requisites.get(name):
                return self.requisites[name]
        return ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Classifier and catalogue of one file; either may be missing, then its lists are empty.

    Attributes:
        full: the file says it holds the whole catalogue (СодержитТолькоИзменения="false").
    """

    id: str
    name: str
    full: bool
    products: tuple[Product, ...]
    groups: tuple[Group, ...]
    warehouses: tuple[Warehouse, ...]
    price_types: tuple[PriceType, ...]
    units: tuple[Unit, ...]
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class StockRow:
    """Goods on hand. `warehouse_id` is "" when the file gives only the total over all warehouses.

    `qty` is as 1C says and may be negative (1C allows it when receipts are entered late).
    """

    product_id: str
    warehouse_id: str
    qty: Quantity
    line: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What an offers, prices or rests file says of one product."""

    product_id: str
    sku: str
    name: str
    unit: Unit
    barcodes: tuple[str, ...]
    characteristics: tuple[tuple[str, str], ...]
    prices: tuple[Price, ...]
    total: Quantity | None
    line: int
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Stock:
    """A package of offers.

    Attributes:
        rows: the goods on hand, per warehouse where the file has it, else one row with the total.
        full: the file says it is complete (СодержитТолькоИзменения="false"); when it does not say, it counts as
            changes only, because a wrong "full" would empty the shelves of everything it does not name.
        made_at: when 1C wrote the file.
    """

    rows: tuple[StockRow, ...]
    offers: tuple[Offer, ...]
    warehouses: tuple[Warehouse, ...]
    price_types: tuple[PriceType, ...]
    catalogue_id: str
    full: bool
    made_at: datetime | None
    extras: tuple[Extra, ...] = ()
