"""Which column of a table means what, guessed from the words of its heading or said by a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gateway.core.errors import Refused
from gateway.core.text import heading_key
from gateway.payments.registries.read import Row

# Field → what its heading says, the surest first. Compared by `heading_key`.
WORDS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "номер счета", "№ счета", "счет №", "номер документа", "счет на оплату", "номер", "№", "счет",
        "invoice number", "invoice no", "invoice", "number", "no",
    ),
    "date": ("дата счета", "дата документа", "дата", "invoice date", "date", "issued"),
    "amount": (
        "сумма счета", "сумма документа", "сумма с ндс", "сумма, руб", "сумма руб", "сумма", "всего", "итого",
        "amount", "total", "sum",
    ),
    "due": (
        "к оплате", "остаток к оплате", "остаток", "осталось оплатить", "задолженность", "долг", "не оплачено",
        "due", "rest", "balance", "outstanding",
    ),
    "status": ("статус", "состояние", "состояние оплаты", "статус оплаты", "status", "state"),
    "buyer_name": (
        "покупатель", "наименование покупателя", "контрагент", "клиент", "заказчик", "плательщик", "наименование",
        "buyer", "customer", "client", "buyer name", "customer name", "company", "name",
    ),
    "buyer_inn": ("инн", "инн покупателя", "инн контрагента", "инн клиента", "inn", "tax id", "buyer inn", "tin"),
    "buyer_id": ("код покупателя", "код контрагента", "код клиента", "buyer id", "customer id"),
    "buyer_kind": ("вид покупателя", "вид контрагента", "buyer kind"),
    "accounts": ("расчетный счет", "р/с", "банковский счет", "account", "bank account"),
    "order_no": ("номер заказа", "заказ", "№ заказа", "order number", "order no", "order"),
    "loan_no": ("номер заявки", "номер кредита", "заявка на кредит", "loan number", "loan no", "loan"),
    "track": ("трек-номер", "трек", "шпи", "почтовый идентификатор", "track", "tracking number", "barcode"),
    "id": ("id", "ид", "ключ", "ссылка", "guid", "uuid"),
}  # fmt: skip
_NEEDED = (("number",), ("date",), ("amount",), ("buyer_inn", "buyer_name"))
_TAX = (heading_key("НДС"), heading_key("VAT"))

Columns = Mapping[str, int]
"""Field → place of its column."""


def _key(heading: str) -> str:
    """How headings are compared; "№" alone has no letter and is a heading all the same."""
    return heading_key(heading) or heading.strip()


_KEYS = {field: tuple(dict.fromkeys(_key(word) for word in words)) for field, words in WORDS.items()}


def find_heading(rows: Iterable[Row], asked: Mapping[str, str], file: str) -> tuple[Row, Columns]:
    """The row of headings, and where each field stands.

    Args:
        rows: the first of the file.
        asked: field → heading, as a person says.

    Raises:
        Refused: `trial.columns_missing` naming what was found, `trial.column_unknown`.
    """
    first = list(rows)
    heading, found = max(
        ((row, columns_of(row.cells, asked)) for row in first), key=lambda item: len(item[1]), default=(None, {})
    )
    shown = ", ".join(cell for cell in heading.cells if cell)[:400] if heading else "—"
    for field, column in asked.items():
        if field not in found:
            raise Refused("trial.column_unknown", file=file, column=column[:80], found=shown)
    missing = [" / ".join(fields) for fields in _NEEDED if not any(field in found for field in fields)]
    if heading is None or missing:
        raise Refused(
            "trial.columns_missing", file=file, missing=", ".join(missing), found=shown, fields=", ".join(WORDS)
        )
    return heading, found


def columns_of(cells: Sequence[str], asked: Mapping[str, str]) -> dict[str, int]:
    """The fields a row of headings has: what a person said, then exact words, then words a heading begins with."""
    keys = [_key(cell) for cell in cells]
    found: dict[str, int] = {}
    for field, column in asked.items():
        if (key := _key(column)) in keys:
            found[field] = keys.index(key)
    for begins in (False, True):
        for field, words in _KEYS.items():
            if field not in found:
                place = _place(keys, words, set(found.values()), begins=begins)
                if place is not None:
                    found[field] = place
    return found


def _place(keys: Sequence[str], words: Sequence[str], taken: set[int], *, begins: bool) -> int | None:
    for word in words:
        for place, key in enumerate(keys):
            fits = _begins(key, word) if begins else key == word
            if fits and place not in taken:
                return place
    return None


def _begins(key: str, word: str) -> bool:
    """A longer heading; the sum of the tax is never the sum of the invoice."""
    return len(word) > 3 and key.startswith(word) and not any(tax in key for tax in _TAX)
