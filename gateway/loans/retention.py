"""Personal data of applications that ended long ago is removed; what proves the money stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from gateway.core.authority import Right
from gateway.core.clock import to_text
from gateway.loans import events, remarks
from gateway.loans.tables import (
    agreements,
    applications,
    decisions,
    documents,
    identity_checks,
    lender_views,
    visits,
)
from gateway.loans.terms import LoanTerms
from gateway.store.unit import Unit

_AT_ONCE = 200


def purge_due(unit: Unit, terms: LoanTerms) -> int:
    """Remove the sealed data of applications that ended `retention_days` ago: who the buyer was, what was asked, the
    papers and the names of their files, the lender's own words, everybody's remarks, and the hashes people were found
    and compared by. Numbers, sums, dates, states and the journal stay.

    At most 200 in one go; call again until it returns 0.

    Returns:
        How many applications were purged.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.LOANS_WORK)
    ended = to_text(unit.now - timedelta(days=terms.retention_days))
    due = unit.connection.execute(
        select(applications.c.id)
        .where(
            applications.c.company == unit.company,
            applications.c.ended_at < ended,
            applications.c.purged_at.is_(None),
        )
        .order_by(applications.c.ended_at)
        .limit(_AT_ONCE)
    ).scalars()
    ids = [str(each) for each in due]
    for application_id in ids:
        _purge(unit, application_id)
    return len(ids)


def _purge(unit: Unit, application_id: str) -> None:
    unit.update(
        applications,
        application_id,
        buyer=b"",
        questionnaire=b"",
        phone_hash="",
        surname_hash="",
        passport_hash="",
        content_hash="",
        purged_at=unit.at,
    )
    papers = unit.connection.execute(
        update(documents).where(documents.c.application_id == application_id).values(sealed=b"", name=documents.c.kind)
    ).rowcount
    asked = select(decisions.c.id).where(decisions.c.application_id == application_id).scalar_subquery()
    views = unit.connection.execute(
        update(lender_views)
        .where(lender_views.c.decision_id.in_(asked))
        .values(raw=b"", status="", digest=lender_views.c.id)
    ).rowcount
    unit.connection.execute(
        update(decisions).where(decisions.c.application_id == application_id).values(wanted="{}", error="")
    )
    remarks.purge(unit, application_id)
    _purge_papers(unit, application_id)
    unit.journal("loan.personal_purged", f"loan:{application_id}", documents=papers, views=views)
    events.write(unit, application_id, "purged")


def _purge_papers(unit: Unit, application_id: str) -> None:
    """What agreements hold of the buyer's passport, and what was noted where he signed."""
    of_it = select(agreements.c.id).where(agreements.c.application_id == application_id).scalar_subquery()
    unit.connection.execute(
        update(agreements).where(agreements.c.id.in_(of_it)).values(passport_hash="", passport_tail="")
    )
    unit.connection.execute(
        update(identity_checks)
        .where(identity_checks.c.agreement_id.in_(of_it))
        .values(place="", typed_hash="", typed_tail="")
    )
    unit.connection.execute(update(visits).where(visits.c.agreement_id.in_(of_it)).values(note=""))
