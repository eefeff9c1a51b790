"""Loan and track numbers of invoices: keys by which a lender's or the Post's registry means them.

They come later than the invoice: a parcel has its number when it is posted.
"""

from __future__ import annotations

from sqlalchemy import select

from gateway.core.references import reference_key
from gateway.orders.tables import invoices
from gateway.store.unit import Unit


def reference_columns(loan_no: str, track: str) -> dict[str, str]:
    """The columns of an invoice for those numbers that are given."""
    given = {"loan": ("loan_no", loan_no.strip()), "track": ("track", track.strip())}
    columns: dict[str, str] = {}
    for kind, (column, text) in given.items():
        if text:
            columns |= {column: text, f"{kind}_key": reference_key(text)}
    return columns


def put_references(unit: Unit, order_id: str, loan_no: str, track: str) -> bool:
    """Note them on every invoice of an order, paid or not; returns whether something is new."""
    columns = reference_columns(loan_no, track)
    if not columns:
        return False
    rows = unit.connection.execute(
        select(invoices).where(invoices.c.company == unit.company, invoices.c.order_id == order_id)
    ).all()
    stale = [row for row in rows if any(getattr(row, name) != value for name, value in columns.items())]
    for row in stale:
        unit.update(invoices, row.id, version=row.version + 1, **columns)
        unit.changed("invoice", row.id)
    return bool(stale)


def put_track(unit: Unit, invoice_id: str, track: str) -> bool:
    """One invoice is known by this parcel from now on, or by none where `track` is ""; returns whether that is new."""
    columns = {"track": track, "track_key": reference_key(track) if track else ""}
    row = unit.connection.execute(
        select(invoices).where(invoices.c.id == invoice_id, invoices.c.company == unit.company)
    ).one()
    if row.track == columns["track"] and row.track_key == columns["track_key"]:
        return False
    unit.update(invoices, row.id, version=row.version + 1, **columns)
    unit.changed("invoice", row.id)
    return True
