"""One application with everything about it: what lenders say, papers, money, goods, and what may be done now.

Every sum leads to where it comes from: payments and statement lines by id, with the bank's message behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from gateway.api.reads import loan_actions, loan_money
from gateway.api.reads.loans import Asking, item, labelled
from gateway.api.reads.texts import in_catalogue, quantity, said, stored_list
from gateway.core.authority import Actor
from gateway.core.catalogue import sentence
from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.loans import applications, coverage, dated, documents, findings, queries, visits
from gateway.loans.coverage import Choice
from gateway.loans.model import ApplicationState
from gateway.loans.split import split
from gateway.loans.tables import agreements, decisions, identity_checks, lender_views
from gateway.store.schema import AnyRow
from gateway.store.schema import alarms as alarm_rows

_PAPER_FACTS = (
    "id", "version", "lender", "number", "date", "made_at", "loan", "discount", "transfer", "months", "rate", "psk",
    "psk_ours", "sign_by", "cooling_until", "lender_cooling_until", "signing", "signing_way", "signing_cost",
    "identity_failures", "identity_checked_at", "signed_at", "verified_at", "original", "holder", "waybill", "sent_at",
    "arrived_at", "funding", "received", "funded_at", "invoice_id", "goods", "released_at", "shipped_at",
    "delivered_at", "committed_at", "returned",
)  # fmt: skip
_VISIT_FACTS = (
    "id", "courier", "day", "hours", "cost", "ordered_at", "ordered_by", "out_at", "met_at", "ended_at", "result",
    "note",
)  # fmt: skip
_MACHINES = ("signing", "original", "funding", "goods")


def card(connection: Connection, asking: Asking, loan_id: str) -> dict[str, Any]:
    """One application.

    Raises:
        Refused: `authority.missing`, `loan.not_found`.
    """
    found = queries.card(connection, asking.company, asking.loans, asking.actor, loan_id, asking.now)
    row = applications.read(connection, asking.company, loan_id)
    papers = connection.execute(
        select(agreements).where(agreements.c.application_id == loan_id).order_by(agreements.c.id)
    ).all()
    live = next((paper for paper in papers if paper.live), None)
    views = _views(connection, loan_id)
    whole = item(asking, found)
    return {
        **whole,
        "basket": [{**line, "qty": quantity(line["qty"])} for line in found["basket"]],
        "actions": loan_actions.allowed(asking.actor, row, live, found["decisions"]),
        "decisions": [_decision(asking, one, views.get(one["id"], [])) for one in found["decisions"]],
        "choices": _choices(connection, asking, row),
        "agreement": _agreement(asking, live) if live is not None else None,
        "earlier_agreements": [_earlier(asking, paper) for paper in papers if not paper.live],
        "identity_checks": _checks(connection, papers),
        "visits": _visits(connection, papers),
        "payments": loan_money.payments(connection, papers),
        "returns": loan_money.returns(connection, loan_id),
        "settlement": loan_money.register_lines(connection, row.company, papers),
        "documents": papers_of(connection, asking.actor, row),
        "missing": _missing(connection, row),
        "timeline": [_told(event) for event in found["events"]],
    }  # fmt: skip


def papers_of(connection: Connection, actor: Actor, application: AnyRow) -> list[dict[str, Any]]:
    """The documents of an application; those this person may not open are listed as such."""
    return [
        {
            "id": paper.id,
            "agreement_id": paper.agreement_id,
            "kind": paper.kind.value,
            **labelled("api.loan_document", paper.kind, "kind"),
            "name": paper.name,
            "media_type": paper.media_type,
            "size": paper.size,
            "sha256": paper.sha256,
            "at": paper.at,
            "by": paper.by,
            "purged": paper.purged,
            "readable": paper.readable,
        }
        for paper in documents.listed(connection, actor, application)
    ]


def _decision(asking: Asking, found: Mapping[str, Any], views: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        **{name: found[name] for name in ("id", "lender", "state", "external_id", "reason", "offers", "seen_status")},
        **{name: found[name] for name in ("asked_at", "answered_at", "failures")},
        "title": asking.title(found["lender"]),
        **labelled("loan.decision", found["state"], "state"),
        "wanted": [{"field": field, "text": text} for field, text in found["wanted"].items()],
        "heard_at": found["polled_at"],
        "ask_at": found["poll_at"],
        "error": trouble(found["error"]) if found["error"] else None,
        "views": list(views),
    }


def coded(code: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A message as {code, text_ru, text_en}."""
    return {"code": code, **said(code, values or {})}


def trouble(error: str) -> dict[str, Any]:
    """What is wrong between us and a lender: only the error's code is kept, so these words name no values."""
    known = f"api.lender_trouble.{error.removeprefix('lender.')}"
    return {"code": error, **said(known if in_catalogue(known) else "api.lender_trouble.other")}


def _views(connection: Connection, loan_id: str) -> dict[str, list[dict[str, Any]]]:
    """What each lender ever said, by decision: never the words themselves, which are sealed."""
    rows = connection.execute(
        select(lender_views.c.id, lender_views.c.decision_id, lender_views.c.at, lender_views.c.status,
               lender_views.c.known)
        .join(decisions, decisions.c.id == lender_views.c.decision_id)
        .where(decisions.c.application_id == loan_id)
        .order_by(lender_views.c.id)
    )  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        view = {"id": row.id, "at": row.at, "status": row.status, "known": bool(row.known)}
        found.setdefault(row.decision_id, []).append(view)
    return found


def _choices(connection: Connection, asking: Asking, row: AnyRow) -> list[dict[str, Any]]:
    """What may be accepted, with what each choice leaves the shop."""
    if row.state != ApplicationState.APPROVED:
        return []
    today = business_date(asking.now, asking.loans.zone)
    return [
        _choice(connection, asking, row, choice, today)
        for choice in coverage.choices(connection, asking.loans, row, today)
    ]


def _choice(connection: Connection, asking: Asking, row: AnyRow, choice: Choice, on: date) -> dict[str, Any]:
    offer = choice.offer
    goods = Money(row.goods)
    fits = Money.zero() <= offer.discount <= offer.loan <= goods
    tariff = dated.tariff_on(connection, row.company, row.shop_id, choice.lender, on)
    parts = split(goods, goods - offer.loan, offer.discount, tariff) if fits else None
    return {
        "lender": choice.lender,
        "title": asking.title(choice.lender),
        "offer": {
            "id": offer.id,
            "loan": offer.loan.kopecks,
            "months": offer.months,
            "rate": offer.rate,
            "psk": offer.psk,
            "payment": offer.payment.kopecks,
            "discount": offer.discount.kopecks,
            "ways": [way.value for way in offer.ways],
            "until": offer.until.isoformat() if offer.until else None,
        },
        "way": choice.way.value,
        **labelled("loan.way", choice.way, "way"),
        "cost": choice.cost.kopecks,
        "partner": choice.partner,
        "fee": parts.fee.kopecks if parts else None,
        "to_shop": parts.to_shop.kopecks if parts else None,
    }


def _agreement(asking: Asking, paper: AnyRow) -> dict[str, Any]:
    odd = findings.read(paper.warnings)
    return {
        **_picked(paper, _PAPER_FACTS),
        "title": asking.title(paper.lender),
        **{
            key: text
            for machine in _MACHINES
            for key, text in labelled(f"loan.{machine}", paper._mapping[machine], machine).items()
        },
        "warnings": [
            {
                **coded(one.code, one.values),
                "values": dict(one.values),
                "holds": one.holds,
                "settled_by": one.settled_by,
                "settled_at": one.settled_at or None,
            }
            for one in odd
        ],
        "held": any(one.holds for one in odd),
        "hold_reasons": [coded(f"release.{code}") for code in stored_list(paper.hold_reasons)],
    }


def _earlier(asking: Asking, paper: AnyRow) -> dict[str, Any]:
    facts = _picked(paper, ("id", "lender", "number", "made_at", "signing"))
    return {**facts, "title": asking.title(paper.lender), **labelled("loan.signing", paper.signing, "signing")}


def _checks(connection: Connection, papers: Sequence[AnyRow]) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(identity_checks)
        .where(identity_checks.c.agreement_id.in_([paper.id for paper in papers]))
        .order_by(identity_checks.c.id)
    )
    return [
        {
            **_picked(row, ("id", "at", "by", "place", "way")),
            "number_matches": bool(row.number_matches),
            "photo_matches": bool(row.photo_matches),
        }
        for row in rows
    ]


def _visits(connection: Connection, papers: Sequence[AnyRow]) -> list[dict[str, Any]]:
    found = (visit for paper in papers for visit in visits.of_agreement(connection, paper.id))
    return [_picked(visit, _VISIT_FACTS) for visit in found]


def _missing(connection: Connection, application: AnyRow) -> list[dict[str, str]]:
    """Papers an alarm waits for."""
    beginning = f"loan:{application.id}:"
    subjects = connection.execute(
        select(alarm_rows.c.subject).where(
            alarm_rows.c.company == application.company,
            alarm_rows.c.code == documents.MISSING_ALARM,
            alarm_rows.c.subject.in_([f"{beginning}{kind.value}" for kind in documents.Kind]),
            alarm_rows.c.state == "open",
        )
    ).scalars()
    kinds = [subject.removeprefix(beginning) for subject in subjects]
    return [{"kind": kind, **labelled("api.loan_document", kind, "kind")} for kind in kinds]


def _told(event: Mapping[str, Any]) -> dict[str, Any]:
    code = event["code"]
    # An event nobody has given a sentence is shown by its name rather than hidden.
    text = _sentences(code, event["values"]) if in_catalogue(code) else {"text_ru": code, "text_en": code}
    return {"at": event["at"], "by": event["by"], "code": code, **text}


def _sentences(code: str, values: Mapping[str, Any]) -> dict[str, str]:
    """As `said`, with the codes of a reason and of whose wish it was in words."""
    coded_values = {"reason": "loan.reason.{}", "by": "loan.by.{}"}
    named = {name: group.format(values[name]) for name, group in coded_values.items() if name in values}
    known = {name: word for name, word in named.items() if in_catalogue(word)}
    return {
        f"text_{language}": sentence(
            code, language, {**values, **{name: sentence(word, language, {}) for name, word in known.items()}}
        )
        for language in ("ru", "en")
    }


def _picked(row: AnyRow, names: Sequence[str]) -> dict[str, Any]:
    return {name: row._mapping[name] for name in names}
