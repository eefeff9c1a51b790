"""Back-tests as the release switch shows them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from gateway.api.reads.texts import said
from gateway.matching import trials
from gateway.matching.trial_summary import Answer, Example, Group, Summary, Tally, advice


def newest(connection: Connection, company: str) -> dict[str, Any] | None:
    """The last back-test kept, None when there never was one."""
    found = trials.newest(connection, company)
    return item(found) if found else None


def listed(connection: Connection, company: str, limit: int) -> list[dict[str, Any]]:
    """The last back-tests kept, newest first."""
    return [item(one) for one in trials.listed(connection, company, limit)]


def item(kept: trials.KeptTrial) -> dict[str, Any]:
    """One back-test."""
    summary = kept.summary
    return {
        "id": kept.id,
        "at": kept.at,
        "by": kept.by,
        "source": kept.source,
        "first": summary.first.isoformat() if summary.first else None,
        "last": summary.last.isoformat() if summary.last else None,
        "payments": _tally(summary.payments),
        **{answer.value: _share(summary.tally(answer), summary.payments) for answer in Answer},
        "suggested": summary.suggested,
        "released": _tally(summary.released),
        "outcomes": _outcomes(summary),
        "advice": [{"code": a.code, **said(a.code, a.values), **_tally(a.tally)} for a in advice(summary)],
        "bad_rows": summary.bad_rows,
        "stopped": summary.stopped,
    }


def _outcomes(summary: Summary) -> list[dict[str, Any]]:
    return [
        _outcome(answer, group)
        for answer in (Answer.PERSON, Answer.DUPLICATE, Answer.AUTO)
        for _, group in summary.of(answer)
    ]


def _outcome(answer: Answer, group: Group) -> dict[str, Any]:
    outcome = group.example.outcome
    return {
        "decision": answer.value,
        "outcome": outcome.value,
        **said(f"outcome.{outcome.value}"),
        **_tally(group.tally),
        "suggested": group.suggested,
        "example": _example(group.example),
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "booked": example.booked or None,
        "payer": example.payer,
        "amount": example.kopecks,
        "purpose": example.purpose,
        "why_ru": example.why("ru"),
        "why_en": example.why("en"),
    }


def _share(part: Tally, whole: Tally) -> dict[str, Any]:
    of_count, of_amount = part.share_of(whole)
    return {**_tally(part), "share_of_count": round(of_count, 4), "share_of_amount": round(of_amount, 4)}


def _tally(tally: Tally) -> dict[str, int]:
    return {"count": tally.count, "amount": tally.kopecks}
