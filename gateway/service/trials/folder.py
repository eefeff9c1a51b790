"""A folder with invoices.jsonl, payments.jsonl and, optionally, registries.jsonl: the exchange format of back-tests.

JSON Lines, UTF-8, one object a line, money in whole kopecks, dates "2026-11-21"; docs/backtest.md lists the fields.
What the matcher needs must be there and be right, or the row is left out. Further fields of the format may be missing;
one of the wrong type is reported, and the row is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.matching.facts import PaymentIn
from gateway.matching.index import BuyerKind, InvoiceCard, InvoiceState, card
from gateway.payments.registries.model import PayoutSource, Registry, RegistryLine
from gateway.service.trials import fields, json_lines
from gateway.service.trials.bad_rows import BadRows
from gateway.service.trials.json_lines import Line

INVOICES, PAYMENTS, REGISTRIES = "invoices.jsonl", "payments.jsonl", "registries.jsonl"

PARTNERS = {
    "7700000122": PayoutSource.ACQUIRER.value,
    "7724490000": PayoutSource.POST.value,
    "7700000203": PayoutSource.LOAN.value,
}
"""ИНН → kind of the payout partners that files in this format speak of, unless somebody says otherwise."""

OWN_ACCOUNT = "40702810900000000001"  # the format has one account of ours and does not name it
_REGISTRY_LINE = 64 << 20  # bytes: one line holds a whole registry

_STATES = [state.value for state in InvoiceState]
_KINDS = [kind.value for kind in BuyerKind]
_SOURCES = [source.value for source in PayoutSource]
_REFERENCES = [kind.value for kind in Reference]
_UNUSED: dict[str, dict[str, type]] = {
    INVOICES: {"vat_rate": int, "vat": int, "buyer_kpp": str, "contract_no": str},
    PAYMENTS: {"payer_bik": str, "payer_bank": str, "bank_ref": str, "statement": str},
}
_NAMES: dict[type, str] = {int: "whole number", str: "text"}

Stopped = Callable[[], bool]


def check(folder: Path) -> None:
    """See that the folder has what a back-test needs.

    Raises:
        Refused: `trial.file_missing`.
    """
    for name in (INVOICES, PAYMENTS):
        if not (folder / name).is_file():
            raise Refused("trial.file_missing", file=name, folder=str(folder))


def invoices(folder: Path, bad: BadRows, *, stopped: Stopped = lambda: False) -> Iterator[InvoiceCard]:
    """The invoices, as they are read."""
    seen: set[str] = set()
    for line in json_lines.read(folder / INVOICES, bad, stopped=stopped):
        try:
            invoice = _invoice(line.row)
            _once(invoice.id, seen)
        except Refused as error:
            bad.report(INVOICES, line.number, error, _told(line))
            continue
        _look_at_unused(INVOICES, line, bad)
        yield invoice


def registries(folder: Path, bad: BadRows) -> list[Registry]:
    """The registries; none when there is no file. One that does not add up is reported, and no payment rests on it."""
    path = folder / REGISTRIES
    if not path.is_file():
        return []
    found: list[Registry] = []
    seen: set[str] = set()
    for line in json_lines.read(path, bad, longest=_REGISTRY_LINE):
        try:
            registry = _registry(line.row)
            _once(registry.id, seen)
        except Refused as error:
            bad.report(REGISTRIES, line.number, error, _told(line))
            continue
        if not registry.sound:
            unsound = Refused("trial.registry_unsound", expected=registry.gross, given=registry.lines_total)
            bad.report(REGISTRIES, line.number, unsound, _told(line), skipped=False)
        found.append(registry)
    return found


class Payments:
    """The payments in the order of their arrival, whatever the order of the lines.

    The file is read twice: once to check every line and to learn its place, then in order. So a year of payments
    costs sixteen bytes a line and not the payments themselves.
    """

    def __init__(self, folder: Path, bad: BadRows, *, stopped: Stopped = lambda: False) -> None:
        self._path = folder / PAYMENTS
        self._places = _places(self._path, bad, stopped)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[PaymentIn]:
        with self._path.open("rb") as file:
            for _, offset in self._places:
                file.seek(offset)
                yield _payment(json_lines.parse(file.readline()))


def _places(path: Path, bad: BadRows, stopped: Stopped) -> list[tuple[int, int]]:
    """(seq, byte) of each line that holds a payment, in order of arrival."""
    places: list[tuple[int, int]] = []
    ids: set[str] = set()
    numbers: set[int] = set()
    before = 0
    for line in json_lines.read(path, bad, stopped=stopped):
        try:
            _once(_payment(line.row).id, ids)
        except Refused as error:
            bad.report(PAYMENTS, line.number, error, _told(line))
            continue
        _look_at_unused(PAYMENTS, line, bad)
        before = _arrival(line, numbers, before, bad)
        places.append((before, line.offset))
    places.sort()
    return places


def _arrival(line: Line, numbers: set[int], before: int, bad: BadRows) -> int:
    """The row's place in the order of arrival; without a usable one it comes right behind the row above it."""
    try:
        seq = fields.whole(line.row, "seq")
    except Refused as error:
        bad.report(PAYMENTS, line.number, error, _told(line), skipped=False)
        return before
    if seq in numbers:
        bad.report(PAYMENTS, line.number, Refused("trial.seq_repeated", seq=seq), _told(line), skipped=False)
    numbers.add(seq)
    return seq


def _once(row_id: str, seen: set[str]) -> None:
    if row_id in seen:
        raise Refused("trial.id_repeated", id=row_id[:80])
    seen.add(row_id)


def _told(line: Line) -> str:
    return str(line.row.get("id", ""))


def _look_at_unused(file: str, line: Line, bad: BadRows) -> None:
    for name, kind in _UNUSED[file].items():
        if name in line.row and type(line.row[name]) is not kind:
            error = Refused("trial.field_type", field=name, wanted=_NAMES[kind])
            bad.report(file, line.number, error, _told(line), skipped=False)


def _invoice(row: dict[str, Any]) -> InvoiceCard:
    amount, due = fields.money(row, "amount"), fields.money(row, "due")
    state = fields.choice(row, "status", _STATES)
    if due > amount or (due and state != InvoiceState.OPEN):
        raise Refused("trial.due_impossible", due=due, amount=amount, status=state)
    return card(
        fields.text(row, "id", needed=True),
        fields.text(row, "number", needed=True),
        fields.day(row, "date"),
        amount,
        due,
        state,
        buyer_id=fields.text(row, "buyer_id"),
        buyer_kind=fields.choice(row, "buyer_kind", _KINDS),
        buyer_name=fields.text(row, "buyer_name"),
        buyer_inn=fields.text(row, "buyer_inn"),
        known_accounts=fields.texts(row, "known_accounts"),
        order_no=fields.text(row, "order_no"),
        loan_no=fields.text(row, "loan_no"),
        track=fields.text(row, "track"),
    )


def _payment(row: dict[str, Any]) -> PaymentIn:
    return PaymentIn(
        id=fields.text(row, "id", needed=True),
        account=OWN_ACCOUNT,
        payer_name=fields.text(row, "payer_name"),
        payer_inn=fields.text(row, "payer_inn"),
        payer_kpp=fields.text(row, "payer_kpp"),
        payer_account=fields.text(row, "payer_account"),
        amount=fields.money(row, "amount", least=1),
        purpose=fields.text(row, "purpose"),
        doc_no=fields.text(row, "doc_no"),
        doc_date=fields.day(row, "doc_date"),
        booked=fields.day(row, "booked"),
    )


def _registry(row: dict[str, Any]) -> Registry:
    lines = row.get("lines")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise Refused("trial.field_type", field="lines", wanted="list of objects")
    return Registry(
        id=fields.text(row, "id", needed=True),
        source=fields.choice(row, "source", _SOURCES),
        number=fields.text(row, "number", needed=True),
        date=fields.day(row, "date"),
        gross=fields.money(row, "gross"),
        fee=fields.money(row, "fee"),
        net=fields.money(row, "net"),
        lines=tuple(_registry_line(line) for line in lines),
    )


def _registry_line(row: dict[str, Any]) -> RegistryLine:
    kind, colon, key = fields.text(row, "key", needed=True).partition(":")
    if not colon or not key or kind not in _REFERENCES:
        raise Refused("trial.registry_key", value=f"{kind}{colon}{key}"[:40], known=", ".join(_REFERENCES))
    amount: Money = fields.money(row, "amount", least=1)
    return RegistryLine(Reference(kind), key, amount)
