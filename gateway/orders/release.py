"""The release rule: when goods may leave the warehouse. Stricter than allocation, pure, and told line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.money import Money
from gateway.matching.tolerance import within_tolerance

SIGNED, CHANNEL, FILE = "signed", "channel", "file"
NO_TOLERANCE = Money(0)


@dataclass(frozen=True, slots=True)
class Cover:
    """Money that stands behind an order: one live allocation with the proof of its payment.

    Attributes:
        evidence: "signed", "channel" or "file".
        identified: the matcher knows the payer and allows release, or a named person made the allocation.
        confirmed_by: the person who vouches for the payment, "" when nobody did.
        reversed: the bank took the payment back.
        final: from a booked line, not a preliminary one, with nothing odd about it.
    """

    payment_id: str
    message_id: str
    amount: Money
    evidence: str
    identified: bool
    confirmed_by: str
    reversed: bool
    final: bool


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One condition and whether it holds; `code` is in the message catalogue as "release.<code>"."""

    code: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule applied to one order."""

    lines: tuple[RuleLine, ...]

    @property
    def ok(self) -> bool:
        return all(line.ok for line in self.lines)

    @property
    def failed(self) -> tuple[str, ...]:
        return tuple(line.code for line in self.lines if not line.ok)


def release_rule(
    due: Money,
    covers: Sequence[Cover],
    *,
    tolerance: Money = NO_TOLERANCE,
    accepts_channel: bool,
    on_hold: bool,
    cancelled: bool,
    automatic: bool,
) -> Verdict:
    """Whether an order may be released.

    Args:
        due: the whole sum of its invoices.
        covers: live allocations to them.
        tolerance: so much of `due` may be missing, over all its invoices together.
        accepts_channel: the bank's profile allows unsigned messages over mutual TLS as evidence.
        automatic: somebody with the right has switched automatic release on; when off, each payment needs a
            person's confirmation.
    """
    confirmed = [bool(c.confirmed_by) for c in covers]
    proved = [
        c.evidence == SIGNED or (c.evidence == CHANNEL and accepts_channel) or vouched
        for c, vouched in zip(covers, confirmed, strict=True)
    ]
    paid = Money(sum(c.amount.kopecks for c in covers if not c.reversed))
    enough = bool(due) and within_tolerance(due, paid, tolerance)
    return Verdict(
        (
            RuleLine("fully_paid", bool(covers) and enough),
            RuleLine("evidence", bool(covers) and all(proved)),
            RuleLine("payer_identified", bool(covers) and all(c.identified or c.confirmed_by != "" for c in covers)),
            RuleLine("not_reversed", not any(c.reversed for c in covers)),
            RuleLine("final", all(c.final or c.confirmed_by != "" for c in covers)),
            RuleLine("not_cancelled", not cancelled),
            RuleLine("not_on_hold", not on_hold),
            RuleLine("switched_on", automatic or (bool(covers) and all(confirmed))),
        )
    )
