"""A lender's PDF is here: what can be signed now, is ready."""

from __future__ import annotations

from gateway.loans import agreement_rows, documents, signing
from gateway.loans.documents import Kind
from gateway.loans.terms import LoanTerms
from gateway.store.unit import Unit


def keep_agreement(unit: Unit, terms: LoanTerms, application_id: str, agreement_id: str, content: bytes) -> bool:
    """Store the PDF of an agreement, as the lender gave it, and make its papers ready.

    Returns:
        False when that agreement is void by now: nothing was stored.

    Raises:
        Refused: as `documents.keep`.
    """
    row = agreement_rows.load(unit, agreement_id)
    if not row.live or row.application_id != application_id:
        return False
    documents.keep(unit, terms, application_id, Kind.AGREEMENT, f"{row.number.replace('/', '-')}.pdf", content)
    signing.prepare_if_ready(unit, row)
    return True
