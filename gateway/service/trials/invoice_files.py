"""Invoices from real files: CommerceML of 1C, or a table (XLSX, CSV) with headings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.matching.index import InvoiceCard, InvoiceState, card
from gateway.onec.archive import DEFAULT_LIMITS, is_zip
from gateway.onec.incoming import open_file, read_file
from gateway.onec.model_documents import CommerceML, Counterparty, OrderDocument
from gateway.service.trials import invoice_table
from gateway.service.trials.bad_rows import BadRows

_SHEETS = b"xl/work"  # in the directory of every workbook
_UNKNOWN = "onec.kind_unknown"
_NOTHING = ("onec.file_empty", "onec.xml_other_root", "onec.xml_broken")


def invoices(files: Sequence[Path], columns: Mapping[str, str], bad: BadRows) -> Iterator[InvoiceCard]:
    """The invoices of all files. A row of a table that comes twice counts once; of a document of 1C's the last copy
    counts, since 1C sends a document again whenever it changes.

    Args:
        columns: field → heading, for tables whose headings say nothing we know.

    Raises:
        Refused: `trial.no_invoices`, `trial.columns_missing`, `trial.column_unknown`, `onec.…`, `registry.…`.
    """
    seen: set[str] = set()
    documents: dict[str, OrderDocument] = {}
    for path in files:
        for name, content in _parts(path):
            file = _commerceml(content, name, bad)
            if file is not None:
                documents.update((document.id, document) for document in file.orders if not document.state_only)
                continue
            for line, invoice in invoice_table.read(content, name, columns, bad):
                if invoice.id in seen:
                    bad.report(name, line, Refused("trial.id_repeated", id=invoice.id[:80]), invoice.number)
                    continue
                seen.add(invoice.id)
                yield invoice
    yield from _of_documents(documents.values())


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of a file, or of each member of an archive; a workbook is no archive here."""
    data = path.read_bytes()
    if is_zip(data[:4]) and _SHEETS not in data:
        yield from open_file(data, path.name, DEFAULT_LIMITS)
    else:
        yield path.name, data


def _commerceml(content: bytes, name: str, bad: BadRows) -> CommerceML | None:
    """What 1C wrote; None for a file that is neither 1C's nor a bank's: a table, if anything."""
    try:
        file = read_file(content, name).content
    except Refused as error:
        if error.code == _UNKNOWN:
            return None
        if error.code in _NOTHING:
            raise Refused("trial.no_invoices", file=name) from None
        raise
    if not isinstance(file, CommerceML):
        raise Refused("trial.no_invoices", file=name)
    for problem in file.problems:
        if problem.skipped:
            bad.add(name, problem)
    return file


def _of_documents(documents: Collection[OrderDocument]) -> Iterator[InvoiceCard]:
    """Invoices, and orders nobody has written an invoice for: those are paid by their own number."""
    orders = {document.id: document for document in documents if document.is_order}
    invoiced = {document.basis_id for document in documents if document.is_invoice}
    for document in documents:
        if document.is_order and document.id in invoiced:
            continue
        yield _card(document, document if document.is_order else orders.get(document.basis_id))


def _card(document: OrderDocument, order: OrderDocument | None) -> InvoiceCard:
    amount = document.amount if document.amount is not None else _lines_total(document)
    state = InvoiceState.PAID if document.paid or not amount else InvoiceState.OPEN
    if document.cancelled or document.deleted:
        state = InvoiceState.CANCELLED
    buyer = document.buyer or _NOBODY
    return card(
        document.id,
        document.number,
        document.date,
        amount,
        amount if state is InvoiceState.OPEN else Money(0),
        state.value,
        buyer_id=buyer.id or f"{buyer.inn}/{buyer.kpp}/{buyer.name}",
        buyer_kind=buyer.kind,
        buyer_name=buyer.full_name or buyer.name,
        buyer_inn=buyer.inn,
        known_accounts=[account.number for account in buyer.accounts],
        order_no=order.number if order else "",
        loan_no=document.loan_no or (order.loan_no if order else ""),
        track=document.track or (order.track if order else ""),
    )


def _lines_total(document: OrderDocument) -> Money:
    return total([line.amount for line in document.lines if line.amount is not None])


_NOBODY = Counterparty("unknown", "—", "", "", True, "", "", (), (), ())
