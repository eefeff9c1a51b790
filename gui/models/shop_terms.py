"""Rows that hold from a day on — tariffs, costs of signing, lenders' terms — as tables and in words."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject

from gui import wording
from gui.api.types import LenderTerms, ShopTariff, SigningTerms
from gui.cells import Pill
from gui.i18n import said, translate
from gui.models.columns import Column
from gui.models.loans import person
from gui.models.table import RowsModel

BASES = ("transfer", "loan", "goods")
PAYERS = ("shop", "lender")
WAYS = ("clerk", "branch", "courier")
CATEGORIES = ("furniture", "appliances", "electronics")
DAY_COUNTS = ("12", "act")
Row = ShopTariff | SigningTerms | LenderTerms


def base_title(base: str) -> str:
    titles = {
        "loan": translate("ShopTerms", "of the loan"),
        "transfer": translate("ShopTerms", "of the lender's transfer"),
        "goods": translate("ShopTerms", "of the goods"),
    }
    return titles.get(base, base)


def payer_title(payer: str) -> str:
    titles = {
        "shop": translate("ShopTerms", "The shop: kept from the transfer"),
        "lender": translate("ShopTerms", "The lender: paid apart"),
    }
    return titles.get(payer, payer)


def way_title(way: str) -> str:
    titles = {
        "clerk": translate("ShopTerms", "At the shop, by its clerk"),
        "branch": translate("ShopTerms", "At the lender's branch"),
        "courier": translate("ShopTerms", "By courier"),
    }
    return titles.get(way, way)


def category_title(category: str) -> str:
    """A segment of goods; another shop's own word is shown as it is."""
    titles = {
        "furniture": translate("ShopTerms", "Furniture"),
        "appliances": translate("ShopTerms", "Home appliances"),
        "electronics": translate("ShopTerms", "Electronics"),
        "other": translate("ShopTerms", "Other goods"),
    }
    return titles.get(category, category)


def day_count_title(day_count: str) -> str:
    titles = {
        "12": translate("ShopTerms", "by months, 1/12 of a year"),
        "act": translate("ShopTerms", "by days of the calendar"),
    }
    return titles.get(day_count, day_count)


def every_lender() -> str:
    return translate("ShopTerms", "Every lender")


def lender_name(row: Row) -> str:
    return row.lender_title or row.lender or every_lender()


def percent(text: str) -> str:
    """ "2.50" → "2,5 %"."""
    return f"{wording.quantity(text)}{wording.NBSP}%"


def fee_words(tariff: ShopTariff) -> str:
    """ "2,5 % of the transfer + 100,00 ₽, at least …, at most …"; "free" where nothing is taken."""
    parts = []
    if wording.quantity(tariff.percent) != "0":
        parts.append(f"{percent(tariff.percent)} {base_title(tariff.base)}")
    if tariff.fixed:
        parts.append(wording.money(tariff.fixed))
    words = " + ".join(parts)
    if not words and not tariff.least:
        return translate("ShopTerms", "free")
    limits = []
    if tariff.least:
        limits.append(translate("ShopTerms", "at least {sum}").format(sum=wording.money(tariff.least)))
    if tariff.most is not None:
        limits.append(translate("ShopTerms", "at most {sum}").format(sum=wording.money(tariff.most)))
    return ", ".join(part for part in (words, *limits) if part)


def tariff_words(tariff: ShopTariff) -> str:
    """A whole tariff in one sentence, as the details under the table show it."""
    visits = (
        translate("ShopTerms", "courier visits are the shop's")
        if tariff.visits
        else translate("ShopTerms", "courier visits are ours")
    )
    return " · ".join((fee_words(tariff), payer_title(tariff.payer), visits, made_words(tariff)))


def whose_words(tariff: ShopTariff) -> str:
    """ "its own, every lender": whom a tariff was set for."""
    whose = translate("ShopTerms", "its own") if tariff.shop_id else translate("ShopTerms", "general")
    everybody = translate("ShopTerms", "every lender")
    return f"{whose}, {tariff.lender_title or tariff.lender or everybody}"


def row_words(row: Row) -> str:
    """What the table has no room for, said below it."""
    if isinstance(row, ShopTariff):
        return tariff_words(row)
    if isinstance(row, SigningTerms):
        return made_words(row)
    parts = [
        translate("ShopTerms", "down payment at least {percent}").format(percent=percent(row.down_percent)),
        translate("ShopTerms", "interest {how}").format(how=day_count_title(row.day_count)),
        *([translate("ShopTerms", "interest-free for the buyer")] if row.zero_rate else []),
        translate("ShopTerms", "goods: {goods}").format(goods=goods_words(row)),
        made_words(row),
    ]
    return " · ".join(parts)


def made_words(row: Row) -> str:
    told = translate("ShopTerms", "written by {who}, {when}")
    return told.format(who=person(row.made_by), when=wording.moment(row.made_at))


def coverage_words(row: SigningTerms) -> str:
    return wording.money(row.cost) if row.covered else translate("ShopTerms", "not to be had")


def sums_words(row: LenderTerms) -> str:
    return f"{wording.money(row.least, currency=False)} – {wording.money(row.most)}"


def months_words(row: LenderTerms) -> str:
    return ", ".join(map(str, row.months))


def goods_words(row: LenderTerms) -> str:
    """The segments of goods a lender lends for."""
    return ", ".join(map(category_title, row.categories)) or translate("ShopTerms", "any goods")


def standing(row: Row, today: date) -> Pill:
    """Whether a row holds now, will hold, or has had its day."""
    if row.in_force:
        return Pill(translate("ShopTerms", "in force"), "ok", "check")
    if row.since is not None and row.since > today:
        return Pill(translate("ShopTerms", "to come"), "info", "clock")
    return Pill(translate("ShopTerms", "former"), "idle", "minus")


def tariff_model(today: date, parent: QObject | None = None, *, of_a_shop: bool = True) -> RowsModel:
    """Tariffs; those of a shop's card tell which are its own."""
    whose = Column("whose", lambda: translate("ShopTerms", "Whose"), whose_words, width=17, tip=whose_words)
    return RowsModel(
        [
            _since(),
            Column("fee", lambda: translate("ShopTerms", "Fee"), fee_words, paint="strong", width=0, tip=tariff_words),
            whose if of_a_shop else _lender(),
            _standing(today),
        ],
        parent,
    )


def signing_model(today: date, parent: QObject | None = None) -> RowsModel:
    return RowsModel(
        [
            _since(),
            Column("way", lambda: translate("ShopTerms", "Way"), lambda r: said(r.way_said), paint="strong", width=0),
            _lender(),
            Column(
                "region",
                lambda: translate("ShopTerms", "Region"),
                lambda r: r.region or translate("ShopTerms", "every"),
                width=9,
            ),
            Column("cost", lambda: translate("ShopTerms", "Costs us"), coverage_words, width=16, right=True),
            Column("partner", lambda: translate("ShopTerms", "Partner, place"), lambda r: r.partner, width=22),
            _standing(today),
        ],
        parent,
    )


def lender_model(today: date, parent: QObject | None = None) -> RowsModel:
    return RowsModel(
        [
            _since(),
            Column("lender", lambda: translate("ShopTerms", "Lender"), lender_name, paint="strong", width=0),
            Column("sums", lambda: translate("ShopTerms", "Loan"), sums_words, width=27, right=True),
            Column("months", lambda: translate("ShopTerms", "Months"), months_words, width=15),
            Column("rate", lambda: translate("ShopTerms", "A year"), lambda r: percent(r.rate), width=10, right=True),
            Column("goods", lambda: translate("ShopTerms", "Goods"), goods_words, width=26, tip=goods_words),
            _standing(today),
        ],
        parent,
    )


def _since() -> Column:
    return Column("since", lambda: translate("ShopTerms", "From"), lambda r: wording.day(r.since), width=12)


def _lender() -> Column:
    return Column("lender", lambda: translate("ShopTerms", "Lender"), lender_name, width=17)


def _standing(today: date) -> Column:
    return Column(
        "standing",
        lambda: translate("ShopTerms", "State"),
        lambda r: standing(r, today).text,
        paint="pill",
        pill=lambda r: standing(r, today),
        width=14,
        tip=made_words,
    )
