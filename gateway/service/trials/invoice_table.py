"""Invoices from a table, as somebody exported it: XLSX, CSV or DBF with a row of headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.requisites import is_inn
from gateway.core.text import fold, name_key
from gateway.matching.index import BuyerKind, InvoiceCard, InvoiceState, card
from gateway.payments.registries.read import Limits, Row, read_rows
from gateway.payments.registries.values import amount as read_amount
from gateway.payments.registries.values import day as read_day
from gateway.service.trials.bad_rows import BadRows
from gateway.service.trials.columns import Columns, find_heading

# A firm's own list, read by a command and not by the service.
_LIMITS = Limits(
    file_bytes=128 << 20, unpacked_bytes=1 << 30, elements=80_000_000, held_elements=20_000_000, rows=1_000_000
)
_LOOKED_AT = 40  # rows: headings stand at the top
_NO_TABLE = {
    "registry.file_empty", "registry.old_workbook", "registry.row_unreadable", "registry.text_unreadable",
    "registry.workbook_broken",
}  # fmt: skip
_STATES = {
    InvoiceState.CANCELLED: ("отмен", "аннулир", "удал", "cancel", "void"),
    InvoiceState.OPEN: ("не оплач", "неоплач", "частично", "открыт", "выставлен", "ожида", "к оплате", "unpaid", "part",
                        "open", "due", "sent"),
    InvoiceState.PAID: ("оплач", "закрыт", "paid", "closed"),
}  # fmt: skip
_PERSON_WORDS = 3  # "Иванов Иван Петрович"


def read(content: bytes, name: str, columns: Mapping[str, str], bad: BadRows) -> Iterator[tuple[int, InvoiceCard]]:
    """(row, invoice) of each row below the headings; rows with neither a number nor a date are totals and titles.

    Raises:
        Refused: `trial.no_invoices`, `trial.columns_missing`, `trial.column_unknown`, `registry.too_many_rows`, ….
    """
    try:
        rows = read_rows(content, _LIMITS)
        first = list(islice(rows, _LOOKED_AT))
        heading, places = find_heading(first, columns, name)
        for row in chain(first, rows):
            if row.number > heading.number:
                yield from _of_row(row, places, name, bad)
    except Refused as error:
        if error.code in _NO_TABLE:
            raise Refused("trial.no_invoices", file=name) from None
        raise


def _of_row(row: Row, places: Columns, name: str, bad: BadRows) -> Iterator[tuple[int, InvoiceCard]]:
    cells = {field: row.cells[place] for field, place in places.items() if place < len(row.cells)}
    if not cells.get("date") and not any(c.isdigit() for c in cells.get("number", "")):
        return
    try:
        yield row.number, _card(cells)
    except Refused as error:
        bad.report(name, row.number, error, row.line)


def _card(cells: Mapping[str, str]) -> InvoiceCard:
    number, buyer, inn = _needed(cells, "number"), cells.get("buyer_name", ""), _inn(cells.get("buyer_inn", ""))
    on = read_day(_needed(cells, "date"))
    if on is None:
        raise Refused("trial.field_date", field="date", value=cells["date"][:40])
    if not inn and not buyer:
        raise Refused("trial.field_empty", field="buyer_name")
    amount = _sum(cells, "amount", 1)
    state, due = _standing(cells, amount)
    return card(
        cells.get("id") or f"{number}/{on.isoformat()}/{inn or name_key(buyer)}",
        number,
        on,
        amount,
        due,
        state.value,
        buyer_id=cells.get("buyer_id") or inn or name_key(buyer),
        buyer_kind=_kind(cells.get("buyer_kind", ""), inn, buyer).value,
        buyer_name=buyer,
        buyer_inn=inn,
        known_accounts=[
            account for account in cells.get("accounts", "").replace(",", " ").split() if account.isdigit()
        ],
        order_no=cells.get("order_no", ""),
        loan_no=cells.get("loan_no", ""),
        track=cells.get("track", ""),
    )


def _needed(cells: Mapping[str, str], field: str) -> str:
    value = cells.get(field, "")
    if not value:
        raise Refused("trial.field_empty", field=field)
    return value


def _sum(cells: Mapping[str, str], field: str, least: int) -> Money:
    text = _needed(cells, field)
    try:
        value = read_amount(text, "roubles")
    except Refused:
        raise Refused("trial.field_unreadable_sum", field=field, value=text[:40]) from None
    if value.kopecks < least:
        raise Refused("trial.field_sum", field=field, value=text[:40], least=Money(least))
    return value


def _standing(cells: Mapping[str, str], amount: Money) -> tuple[InvoiceState, Money]:
    """The state and what is due: by the words of the state, else by the rest, else open in full.

    Raises:
        Refused: `trial.field_unknown`, `trial.due_impossible`.
    """
    rest = _sum(cells, "due", 0) if cells.get("due") else None
    state = _state(cells.get("status", ""))
    if state is None:
        state = InvoiceState.PAID if rest == Money(0) else InvoiceState.OPEN
    if state is not InvoiceState.OPEN:
        return state, Money(0)
    due = amount if rest is None else rest
    if not Money(0) < due <= amount:
        raise Refused("trial.due_impossible", due=due, amount=amount, status=state.value)
    return state, due


def _state(text: str) -> InvoiceState | None:
    if not text:
        return None
    folded = fold(text)
    for state, words in _STATES.items():
        if any(fold(word) in folded for word in words):
            return state
    raise Refused("trial.field_unknown", field="status", value=text[:40], known="открыт, оплачен, отменен")


def _inn(text: str) -> str:
    """The digits. A spreadsheet that took an ИНН for a number has dropped its leading zero."""
    digits = "".join(c for c in text.partition("/")[0] if c.isdigit())
    padded = f"0{digits}"
    return padded if len(digits) in (9, 11) and is_inn(padded) else digits


def _kind(text: str, inn: str, name: str) -> BuyerKind:
    """As said, else by the length of the ИНН; without one three plain words are a person's name."""
    if text in set(BuyerKind):
        return BuyerKind(text)
    if inn:
        return BuyerKind.COMPANY if len(inn) == 10 else BuyerKind.TRADER
    words = name_key(name).split()
    plain = len(words) == len(name.split()) == _PERSON_WORDS and all(word.isalpha() for word in words)
    return BuyerKind.INDIVIDUAL if plain else BuyerKind.COMPANY
