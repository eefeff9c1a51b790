"""What a back-test found, as figures: small enough to store, complete enough for a report in either language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from gateway.core.money import Money
from gateway.matching.decision import Decision, Outcome, Reason
from gateway.matching.explain import explain
from gateway.matching.facts import PaymentIn

_PURPOSE = 300  # characters of a purpose kept in an example


class Answer(StrEnum):
    """What becomes of a payment. AUTO: booked at once. DUPLICATE: the same document came before; nothing is booked."""

    AUTO = "auto"
    PERSON = "person"
    DUPLICATE = "duplicate"


def answer_of(decision: Decision) -> Answer:
    """The answer behind a decision."""
    if decision.outcome is Outcome.DUPLICATE_DOCUMENT:
        return Answer.DUPLICATE
    return Answer.AUTO if decision.automatic and decision.allocations else Answer.PERSON


@dataclass(slots=True)
class Tally:
    """So many, and what they add up to in kopecks."""

    count: int = 0
    kopecks: int = 0

    def add(self, kopecks: int) -> None:
        self.count += 1
        self.kopecks += kopecks

    @property
    def amount(self) -> Money:
        return Money(self.kopecks)

    def share_of(self, whole: Tally) -> tuple[float, float]:
        """By count and by money, 0 to 1; 0 of nothing."""
        return _share(self.count, whole.count), _share(self.kopecks, whole.kopecks)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def total_of(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    total = Tally()
    for tally in tallies:
        total.count += tally.count
        total.kopecks += tally.kopecks
    return total


@dataclass(frozen=True, slots=True)
class Example:
    """One payment that shows what its group is about."""

    payment_id: str
    booked: str
    payer: str
    kopecks: int
    purpose: str
    outcome: Outcome
    reasons: tuple[Reason, ...]

    def why(self, language: str) -> str:
        """What happened and why, one sentence, "ru" or "en"."""
        return explain(Decision(self.outcome, False, (), Money(self.kopecks), frozenset(), self.reasons), language)


@dataclass(slots=True)
class Group:
    """The payments of one outcome.

    Attributes:
        suggested: how many of them come with at least one suggestion.
        example: the first of them.
    """

    tally: Tally
    suggested: int
    example: Example


@dataclass(slots=True)
class Summary:
    """What a back-test found.

    Attributes:
        groups: by answer and outcome.
        released: invoices that could have been released without a person, with their full amounts.
        payouts: payments of a payout partner that no registry explains, by kind of partner.
        first, last: days of the payments.
        bad_rows: rows of the input that could not be taken as they stood.
        stopped: somebody ended the back-test before the last payment.
    """

    groups: dict[tuple[Answer, Outcome], Group] = field(default_factory=dict)
    released: Tally = field(default_factory=Tally)
    payouts: dict[str, Tally] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    bad_rows: int = 0
    stopped: bool = False

    def take(self, payment: PaymentIn, decision: Decision) -> None:
        """Count one decided payment."""
        kopecks = payment.amount.kopecks
        key = (answer_of(decision), decision.outcome)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(Tally(), 0, _example(payment, decision))
        group.tally.add(kopecks)
        group.suggested += bool(decision.suggestions)
        day = payment.booked
        if day is not None:
            self.first = day if self.first is None else min(self.first, day)
            self.last = day if self.last is None else max(self.last, day)

    def tally(self, answer: Answer) -> Tally:
        """All payments with this answer."""
        return total_of(group.tally for (given, _), group in self.groups.items() if given is answer)

    @property
    def payments(self) -> Tally:
        return total_of(group.tally for group in self.groups.values())

    @property
    def suggested(self) -> int:
        """Payments for a person that come with a suggestion."""
        return sum(group.suggested for (answer, _), group in self.groups.items() if answer is Answer.PERSON)

    def of(self, answer: Answer) -> list[tuple[Outcome, Group]]:
        """Groups with this answer, the most frequent first."""
        found = [(outcome, group) for (given, outcome), group in self.groups.items() if given is answer]
        return sorted(found, key=lambda item: (-item[1].tally.count, item[0].value))


def _example(payment: PaymentIn, decision: Decision) -> Example:
    return Example(
        payment_id=payment.id,
        booked=payment.booked.isoformat() if payment.booked else "",
        payer=payment.payer_name,
        kopecks=payment.amount.kopecks,
        purpose=payment.purpose[:_PURPOSE],
        outcome=decision.outcome,
        reasons=decision.reasons,
    )


# -------------------------------------------------------------------- what could be improved


@dataclass(frozen=True, slots=True)
class Advice:
    """What would leave less to a person: a sentence of the catalogue and the payments it is about."""

    code: str
    tally: Tally

    @property
    def values(self) -> dict[str, object]:
        return {"count": self.tally.count, "amount": self.tally.amount.decimal_text()}


_REMEDIES: Mapping[str, tuple[Outcome, ...]] = {
    "trial.advice.third_party": (Outcome.THIRD_PARTY_UNNAMED,),
    "trial.advice.unknown_payer": (Outcome.UNKNOWN_PAYER,),
    "trial.advice.invoices": (Outcome.UNKNOWN_NUMBER, Outcome.NO_INVOICE),
    "trial.advice.closed": (Outcome.PAID_INVOICE, Outcome.CANCELLED_INVOICE),
    "trial.advice.numbers": (Outcome.NO_NUMBER_AMBIGUOUS, Outcome.AMBIGUOUS),
}


def advice(summary: Summary) -> Iterator[Advice]:
    """What the firm can do about the payments that went to a person: registries first, then what concerns most."""
    for source, tally in sorted(summary.payouts.items(), key=lambda item: (-item[1].count, item[0])):
        yield Advice(f"trial.advice.registries.{source}", tally)
    found = [
        Advice(code, total_of(g.tally for o, g in summary.of(Answer.PERSON) if o in outcomes))
        for code, outcomes in _REMEDIES.items()
    ]
    yield from sorted((a for a in found if a.tally.count), key=lambda a: -a.tally.count)


# -------------------------------------------------------------------- as stored


def as_json(summary: Summary) -> dict[str, Any]:
    """As `trials.summary` keeps it; see `of_json`."""
    return {
        "groups": [
            {
                "answer": answer.value,
                "outcome": outcome.value,
                **_tally(group.tally),
                "suggested": group.suggested,
                "example": _example_as_json(group.example),
            }
            for (answer, outcome), group in summary.groups.items()
        ],
        "released": _tally(summary.released),
        "payouts": {source: _tally(tally) for source, tally in summary.payouts.items()},
        "first": summary.first.isoformat() if summary.first else None,
        "last": summary.last.isoformat() if summary.last else None,
        "bad_rows": summary.bad_rows,
        "stopped": summary.stopped,
    }


def of_json(stored: Mapping[str, Any]) -> Summary:
    """What `as_json` made, back."""
    groups = {}
    for row in stored["groups"]:
        outcome = Outcome(row["outcome"])
        group = Group(_tally_of(row), row["suggested"], _example_of(row["example"], outcome))
        groups[Answer(row["answer"]), outcome] = group
    return Summary(
        groups,
        _tally_of(stored["released"]),
        {source: _tally_of(tally) for source, tally in stored["payouts"].items()},
        date.fromisoformat(stored["first"]) if stored["first"] else None,
        date.fromisoformat(stored["last"]) if stored["last"] else None,
        stored["bad_rows"],
        stored["stopped"],
    )


def _tally(tally: Tally) -> dict[str, int]:
    return {"count": tally.count, "kopecks": tally.kopecks}


def _tally_of(stored: Mapping[str, Any]) -> Tally:
    return Tally(stored["count"], stored["kopecks"])


def _example_as_json(example: Example) -> dict[str, Any]:
    return {
        "payment_id": example.payment_id,
        "booked": example.booked,
        "payer": example.payer,
        "kopecks": example.kopecks,
        "purpose": example.purpose,
        "reasons": [{"code": r.code, "values": dict(r.values), "span": r.span} for r in example.reasons],
    }


def _example_of(stored: Mapping[str, Any], outcome: Outcome) -> Example:
    reasons = tuple(Reason(r["code"], r["values"], tuple(r["span"]) if r["span"] else None) for r in stored["reasons"])
    return Example(
        stored["payment_id"],
        stored["booked"],
        stored["payer"],
        stored["kopecks"],
        stored["purpose"],
        outcome,
        reasons,
    )
