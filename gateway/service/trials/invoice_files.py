"""Invoices from real files: CommerceML of 1C, or a table (XLSX, CSV) with headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gateway.bank.formats.reading import statement_format
from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.matching.index import InvoiceCard, InvoiceState, card
from gateway.onec import commerceml_read
from gateway.onec.archive import DEFAULT_LIMITS, is_zip
from gateway.onec.incoming import open_file
from gateway.onec.model_documents import CommerceML, Counterparty, OrderDocument
from gateway.service.trials.bad_rows import BadRows
from gateway.service.trials.invoice_table import read as _of_table

_SHEETS = b"xl/work"  # in the directory of every workbook
_OTHER_XML = ("onec.xml_other_root", "onec.xml_broken")


def invoices(files: Sequence[Path], columns: Mapping[str, str], bad: BadRows) -> Iterator[InvoiceCard]:
    """The invoices of all files; of one that comes twice the first counts.

    Args:
        columns: field → heading, for tables whose headings say nothing we know.

    Raises:
        Refused: `trial.no_invoices`, `trial.columns_missing`, `trial.column_unknown`, `onec.…`, `registry.…`.
    """
    seen: set[str] = set()
    for path in files:
        for line, invoice, name in _of_file(path, columns, bad):
            if invoice.id in seen:
                bad.report(name, line, Refused("trial.id_repeated", id=invoice.id[:80]), invoice.number)
                continue
            seen.add(invoice.id)
            yield invoice


def _of_file(path: Path, columns: Mapping[str, str], bad: BadRows) -> Iterator[tuple[int, InvoiceCard, str]]:
    """(line, invoice, name of the file) of a file, or of each member of an archive."""
    data = path.read_bytes()
    parts = [(path.name, data)]
    if is_zip(data[:4]) and _SHEETS not in data:
        parts = list(open_file(data, path.name, DEFAULT_LIMITS))
    for name, content in parts:
        if statement_format(content):
            raise Refused("trial.no_invoices", file=name)
        read = _of_commerceml(content, name, bad) if _is_xml(content) else _of_table(content, name, columns, bad)
        for line, invoice in read:
            yield line, invoice, name


def _is_xml(content: bytes) -> bool:
    head = content[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return head.startswith(b"<")


def _of_commerceml(content: bytes, name: str, bad: BadRows) -> Iterator[tuple[int, InvoiceCard]]:
    try:
        file = commerceml_read.read(content)
    except Refused as error:
        if error.code in _OTHER_XML:
            raise Refused("trial.no_invoices", file=name) from None
        raise
    for problem in file.problems:
        if problem.skipped:
            bad.add(name, problem)
    return _documents(file)


def _documents(file: CommerceML) -> Iterator[tuple[int, InvoiceCard]]:
    """Invoices, and orders nobody has written an invoice for: those are paid by their own number."""
    numbers = {document.id: document.number for document in file.orders if document.is_order}
    invoiced = {document.basis_id for document in file.orders if document.is_invoice}
    for document in file.orders:
        if document.state_only or (document.is_order and document.id in invoiced):
            continue
        order_no = document.number if document.is_order else numbers.get(document.basis_id, "")
        yield document.line, _card(document, order_no)


def _card(document: OrderDocument, order_no: str) -> InvoiceCard:
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
        order_no=order_no,
    )


def _lines_total(document: OrderDocument) -> Money:
    return total([line.amount for line in document.lines if line.amount is not None])


_NOBODY = Counterparty("unknown", "—", "", "", True, "", "", (), (), ())
