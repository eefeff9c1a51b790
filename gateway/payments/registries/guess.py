"""A proposal how a partner's file is to be read, made from the words of its headings. A person confirms it or not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gateway.core.errors import KvitError
from gateway.core.references import Reference
from gateway.core.text import fold, heading_key
from gateway.payments.registries.interpret import ReadRegistry, interpret
from gateway.payments.registries.mapping import ColumnMapping, mapping_of
from gateway.payments.registries.model import PayoutSource
from gateway.payments.registries.read import DEFAULT_LIMITS, Limits, Row, read_rows
from gateway.payments.registries.values import amount, day

_LOOKED_AT = 60  # rows: headings stand at the top
_SHOWN = 20

# Part → what its heading may say, the surest first. Folded; a heading fits when it has the words, behind "=" when it is
# them and nothing else.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "net": (
        "к перечислению", "к выплате", "сумма перечисления", "сумма к возмещению", "к возврату клиенту", "итого к",
        "net", "payout",
    ),
    "fee": (
        "комиссия", "вознаграждение", "удержано", "плата за", "=плата", "=плата, руб.", "тариф", "tarif", "fee",
        "commission", "komiss",
    ),
    "amount": (
        "сумма операции", "сумма платежа", "сумма наложенного", "сумма нп", "получено нп", "=нп",
        "наложенный платеж", "сумма кредита", "сумма заказа", "сумма транзакции", "цена реализации", "принято",
        "сумма", "gross", "amount", "summa", "sum", "payment",
    ),
    "track": (
        "шпи", "штриховой", "шк", "трек", "почтовый идентификатор", "идентификатор отправления", "barcode", "track",
        "номер рпо", "шк рпо", "=рпо", "заказа сдэк", "номер сдэк", "накладн", "rpo", "shpi", "отправление",
    ),
    "loan": (
        "номер заявки", "заявка", "номер кредита", "кредитного договора", "номер займа", "займ", "кредит", "loan",
        "application",
    ),
    "order": (
        "номер заказа", "заказ", "номер отправления", "merchant order", "order", "номер счета", "zakaz", "order_id",
        "идентификатор операции магазина",
    ),
    "number": ("номер реестра", "реестр", "номер списка", "registry", "reestr"),
    "date": ("дата реестра", "дата перечисления", "дата выплаты", "registry date", "payout date", "дата"),
}  # fmt: skip
_ORDER_OF_KINDS: Mapping[PayoutSource, tuple[Reference, ...]] = {
    PayoutSource.POST: (Reference.TRACK, Reference.ORDER, Reference.LOAN),
    PayoutSource.LOAN: (Reference.LOAN, Reference.ORDER, Reference.TRACK),
    PayoutSource.ACQUIRER: (Reference.ORDER, Reference.LOAN, Reference.TRACK),
    PayoutSource.MARKETPLACE: (Reference.ORDER, Reference.TRACK, Reference.LOAN),
}
_NUMBER = r"(?:реестр|спис[ко]|отч[её]т|ведомост|registry)\w*[^№\d]{0,40}(?:№|n|no\.?|номер)?\s*([\w/-]*\d[\w/-]*)"
_NUMBER_FIELD = r"^(?:номер\w*|number|nomer\w*|num|no)\s+([\w/-]*\d[\w/-]*)$"
_DATE = r"(\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d)"
_NET = r"(?:к ?перечислению|к ?выплате|перечислено|net)\D{0,30}?(-?\d[\d \u00a0]*(?:[.,]\d{1,2})?)\s*(?:руб\w*\.?|₽)?$"
# Neither a date nor the number of a form ("f113"): alone, or behind a word
_NAME_NUMBER = r"(?:^|[^a-zа-яё\d.-]|[a-zа-яё]{2}|[a-zа-яё]-)(\d{1,7})(?!\d|[.-]\d)"
_NAME_DATE = r"(\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}|20\d{6})"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a look at a file gives.

    Attributes:
        mapping: a complete mapping, None when something it needs was not found.
        missing: the parts a person has to name: "key", "amount", "number", "date".
        found: the parts that were found, as far as a mapping goes.
        headings: of the table. rows: the first of the file, as they stand there.
        registries: what the mapping makes of the file; empty without one or when it does not work, then `error` says.
    """

    mapping: ColumnMapping | None
    missing: tuple[str, ...]
    found: Mapping[str, Any]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    registries: tuple[ReadRegistry, ...]
    error: KvitError | None = None


def propose(
    data: bytes,
    file_name: str,
    source: PayoutSource,
    mapping: ColumnMapping | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Proposal:
    """Look at a file; with a mapping, see what it makes of it.

    Raises:
        Refused: the file cannot be read at all.
    """
    sheet, element = (mapping.sheet, mapping.element) if mapping else ("", "")
    rows = tuple(islice(read_rows(data, limits, sheet=sheet, element=element), _LOOKED_AT))
    head, parts = _head(rows)
    found = _found(rows, head, parts, file_name, source)
    missing = tuple(name for name in ("key", "amount", "number", "date") if name not in found)
    if mapping is None and not missing:
        mapping = mapping_of(found)
    headings = head.cells if head else ()
    if mapping is None:
        return Proposal(None, missing, found, headings, rows[:_SHOWN], ())
    try:
        made = interpret(read_rows(data, limits, sheet=mapping.sheet, element=mapping.element), mapping, file_name)
    except KvitError as error:
        return Proposal(mapping, missing, found, headings, rows[:_SHOWN], (), error)
    return Proposal(mapping, missing, found, headings, rows[:_SHOWN], tuple(made))


def _head(rows: Sequence[Row]) -> tuple[Row | None, dict[str, str]]:
    """The row that has most headings we know, and part → heading; none when no row has two."""
    best: tuple[Row | None, dict[str, str]] = (None, {})
    for row in rows:
        parts = _parts(row)
        if len(parts) > max(1, len(best[1])):
            best = (row, parts)
    return best


def _parts(row: Row) -> dict[str, str]:
    headings = {cell: fold(cell) for cell in row.cells if heading_key(cell) and not cell[:1].isdigit()}
    parts: dict[str, str] = {}
    for part, words in _WORDS.items():
        free = {heading: folded for heading, folded in headings.items() if heading not in parts.values()}
        fitting = next((h for word in words for h, folded in free.items() if _says(folded, word)), "")
        if fitting:
            parts[part] = fitting
    return parts


def _says(heading: str, word: str) -> bool:
    return heading == fold(word[1:]) if word.startswith("=") else fold(word) in heading


def _found(
    rows: Sequence[Row], head: Row | None, parts: Mapping[str, str], file_name: str, source: PayoutSource
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    kind = next((kind for kind in _ORDER_OF_KINDS[source] if kind.value in parts), None)
    if kind is not None:
        found |= {"kind": kind.value, "key": [parts[kind.value]]}
    found |= {name: parts[name] for name in ("amount", "fee") if name in parts}
    if "net" in parts:
        found["net_column"] = parts["net"]
    outside = [row for row in rows if row is not head]
    body = [row for row in rows if head is not None and row.number > head.number]
    if head is not None and "fee" in parts and _all_negative(body, head.cells.index(parts["fee"])):
        found["fee_negative"] = True
    for name, place in (
        ("number", _number(outside, parts, file_name)),
        ("date", _date(outside, parts, file_name)),
    ):
        if place:
            found[name] = place
    if "net_column" not in found and any(re.search(_NET, row.line, re.IGNORECASE) for row in outside):
        found["net"] = _NET
    return found


def _number(outside: Sequence[Row], parts: Mapping[str, str], file_name: str) -> dict[str, str]:
    if "number" in parts:
        return {"column": parts["number"]}
    for pattern in (_NUMBER, _NUMBER_FIELD):
        if any(re.search(pattern, row.line, re.IGNORECASE) for row in outside):
            return {"heading": pattern}
    return {"file_name": _NAME_NUMBER} if re.search(_NAME_NUMBER, file_name, re.IGNORECASE) else {}


def _date(outside: Sequence[Row], parts: Mapping[str, str], file_name: str) -> dict[str, str]:
    heading = next((row for row in outside if len([c for c in row.cells if c]) <= 2 and day(row.line)), None)
    if heading is not None:
        return {"heading": _DATE}
    named = {"file_name": _NAME_DATE} if day(file_name) else {}
    if "date" in parts and not (named and _is_of_a_row(parts["date"])):
        return {"column": parts["date"]}
    return named


def _is_of_a_row(heading: str) -> bool:
    """Whether a column of dates says something of its row, a buyer's payment say, and not of the registry."""
    *of_the_registry, _ = _WORDS["date"]
    return not any(_says(fold(heading), word) for word in of_the_registry)


def _all_negative(body: Sequence[Row], at: int) -> bool:
    signs: list[bool] = []
    for row in body:
        text = row.cells[at] if at < len(row.cells) else ""
        try:
            if text and (value := amount(text, "roubles")):
                signs.append(value.kopecks < 0)
        except KvitError:
            continue
    return bool(signs) and all(signs)
