"""Whatever hangs on the invoices a payment is credited to, or no longer: brought in line from one place."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.flows import loan_money, parcel_cod
from gateway.flows.terms import Terms
from gateway.store.unit import Unit


def settle(unit: Unit, terms: Terms, payment_id: str, outer_ids: Sequence[str]) -> None:
    """Loans and parcels among what the allocations of a payment touched.

    Args:
        outer_ids: keys of every invoice that was touched.
    """
    loan_money.settle_receivables(unit, terms, payment_id, outer_ids)
    parcel_cod.settle_parcels(unit, terms, outer_ids)
