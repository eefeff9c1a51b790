"""The release rule of goods bought on credit: pure, and told line by line, like that of paid orders.

    clerk            the passport was checked and the agreement is signed: the buyer stands in the shop. The lender's
                     money comes later, so the shop's risk limit holds.
    branch, courier  signed, the cooling-off period is over, and the lender's money is here by evidence; or the shop
                     trusts the lender and its risk limit holds.

Whatever the way: the application stands, the shop is not suspended, the lender has not taken his yes back, the sums add
up, nothing said of the agreement contradicts another, and a down payment our own shop asked for by an invoice is here.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.money import Money
from gateway.loans.model import SigningWay
from gateway.orders.release import RuleLine, Verdict


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """What the rule asks.

    Attributes:
        identity_checked, signed: by the agreement's machines, as they stand now.
        cooling_off_over: there is none, or its end has passed.
        amounts_fit: goods = down payment + loan, loan = discount + transfer, or a person let them stand; and the
            order, where it is our own, costs what was applied for.
        contradicted: the lender said something else than before, and nobody has settled it.
        standing: agreement live, application neither cancelled, expired nor declined, nor its own order.
        revoked: the lender took his yes back.
        suspended: the shop is, until it is let work again.
        on_hold: the order is held for another reason than this loan.
        down_paid: the buyer's down payment is here by evidence; true where no invoice of ours asks for it: then the
            shop takes it itself.
        received: the lender's whole transfer is here, proved and not taken back.
        trusted: the shop lets goods go before the lender's money is here.
        exposure: goods of this shop that are out and not paid for by lenders, without these.
        goods: what these are worth.
        limit: of the shop's exposure; None for no limit.
        switched_on: automatic release is on, or a person said so; true where the goods are not ours to hold.
    """

    way: SigningWay
    identity_checked: bool
    signed: bool
    cooling_off_over: bool
    amounts_fit: bool
    contradicted: bool
    standing: bool
    revoked: bool
    suspended: bool
    on_hold: bool
    down_paid: bool
    received: bool
    trusted: bool
    exposure: Money
    goods: Money
    limit: Money | None
    switched_on: bool


def loan_release_rule(facts: LoanFacts) -> Verdict:
    """Whether goods bought on credit may leave."""
    return Verdict(
        (
            RuleLine("loan_identity_checked", facts.identity_checked),
            RuleLine("loan_signed", facts.signed),
            RuleLine("loan_cooling_off_over", facts.cooling_off_over),
            RuleLine("loan_amounts_fit", facts.amounts_fit),
            RuleLine("loan_not_contradicted", not facts.contradicted),
            RuleLine("loan_not_revoked", not facts.revoked),
            RuleLine("loan_shop_not_suspended", not facts.suspended),
            RuleLine("not_cancelled", facts.standing),
            RuleLine("not_on_hold", not facts.on_hold),
            RuleLine("loan_down_paid", facts.down_paid),
            *_money(facts),
            RuleLine("switched_on", facts.switched_on),
        )
    )


def _money(facts: LoanFacts) -> tuple[RuleLine, ...]:
    """Money that is here, or the trust that stands for it."""
    if facts.received:
        return (RuleLine("loan_money_received", True),)
    within = facts.limit is None or facts.exposure + facts.goods <= facts.limit
    if facts.way is SigningWay.CLERK:
        return (RuleLine("loan_within_risk_limit", within),)
    if facts.trusted:
        return (RuleLine("loan_lender_trusted", True), RuleLine("loan_within_risk_limit", within))
    return (RuleLine("loan_money_received", False),)
