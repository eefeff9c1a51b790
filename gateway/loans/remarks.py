"""What people and lenders say of an application in words of their own.

Such words may name the buyer or anybody else, so they are sealed as his data are and go with them; the journal, the
history, the outbox and a lender get codes instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection, select, update

from gateway.core.ids import new_id
from gateway.core.text import one_line
from gateway.loans.tables import remarks
from gateway.loans.terms import LoanTerms
from gateway.store.unit import Unit

LONGEST = 500


class Kind(StrEnum):
    """What a remark is about."""

    END = "end"
    WITHDRAWN = "withdrawn"
    FAULT = "fault"  # in the signed papers
    ORIGINAL = "original"  # which the lender does not accept
    SUMS = "sums"  # of an agreement that was held
    RETURN = "return"
    LENDER = "lender"  # his own words: why he says no, what he wants


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark, opened.

    Attributes:
        by: who said it: "manager:Марк", "lender:volga".
    """

    kind: Kind
    at: str
    by: str
    text: str = field(repr=False)


def keep(unit: Unit, terms: LoanTerms, application_id: str, kind: Kind, text: str, by: str = "") -> None:
    """Keep a remark, sealed; nothing for no words, and the same words of one kind once.

    Args:
        by: whose words they are; this unit's actor's where not named.
    """
    said = one_line(text, LONGEST)
    if not said:
        return
    digest = terms.sealer.digest(f"{application_id}\0{kind.value}\0{said}")
    here = (remarks.c.application_id == application_id, remarks.c.digest == digest)
    if unit.connection.execute(select(remarks.c.id).where(*here)).first() is not None:
        return
    remark_id = new_id()
    unit.insert(
        remarks,
        {
            "id": remark_id,
            "company": unit.company,
            "application_id": application_id,
            "kind": kind.value,
            "at": unit.at,
            "by": by or str(unit.actor),
            "digest": digest,
            "sealed": terms.sealer.seal_bytes(_about(application_id, remark_id), said.encode()),
        },
    )


def read(connection: Connection, terms: LoanTerms, application_id: str) -> list[Remark]:
    """Every remark that is still here, oldest first; whoever shows them asks for the right and journals it.

    Raises:
        Corrupt: `loan.unsealable`.
    """
    rows = connection.execute(
        select(remarks).where(remarks.c.application_id == application_id).order_by(remarks.c.id)
    ).all()
    return [
        Remark(
            Kind(row.kind), row.at, row.by, terms.sealer.open_bytes(_about(application_id, row.id), row.sealed).decode()
        )
        for row in rows
        if row.sealed
    ]


def purge(unit: Unit, application_id: str) -> int:
    """Empty an application's remarks. Returns how many there were."""
    here = (remarks.c.application_id == application_id, remarks.c.digest != "")
    return unit.connection.execute(update(remarks).where(*here).values(sealed=b"", digest="")).rowcount


def _about(application_id: str, remark_id: str) -> str:
    return f"loan:{application_id}:remark:{remark_id}"
