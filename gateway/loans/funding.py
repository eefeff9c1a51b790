"""The lender's money for an agreement, and what of it is owed to the shop.

How far a loan is funded is read off the live allocations to its receivable and the returns the lender may keep from it
(`gateway.loans.netting`) each time, never counted up. The shop's share is a line of the settlement register. It is owed
from the moment the lender's whole transfer is here by evidence and the agreement is signed and in force
(`LoanTerms.shop_due` may ask for more); what takes that away takes the line back by one of the opposite sign. So an
agreement may have several lines, of which the last stands or none does:

    loan:<agreement>:funded, …:funded:2        the transfer, our fee kept from it, VAT inside the fee
    loan:<agreement>:unfunded:1, …             the whole of the line with that number, taken back
    loan:<agreement>:returned:<return>:1, …    the part of it that goes back to the lender for goods that came back
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from gateway.core.authority import Role
from gateway.core.clock import business_date, from_text
from gateway.core.errors import KvitError
from gateway.core.money import Money
from gateway.loans import (
    agreement_rows,
    alerts,
    applications,
    events,
    lender_fee,
    netting,
    reasons,
    receivable,
    returns,
    stage,
    void_money,
)
from gateway.loans.agreement_checks import fee_of
from gateway.loans.findings import holding
from gateway.loans.model import ApplicationEvent, ApplicationState, DecisionState
from gateway.loans.papers import FundingEvent, FundingState, GoodsState, SigningState
from gateway.loans.split import fee_vat
from gateway.loans.tables import decisions, shops
from gateway.loans.tables import returns as return_rows
from gateway.loans.terms import LoanTerms, ShopDue
from gateway.settlement import register
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

REVERSED_TASK = "task.loan_money_reversed"
REVERSED_PAID_TASK = "task.loan_money_reversed_paid"
NOT_SETTLED = "loan.shop_not_settled"
_IN_FORCE = frozenset({ApplicationState.ACTIVE, ApplicationState.CLOSED, ApplicationState.RETURNED})
_SIGNED = frozenset({SigningState.SIGNED, SigningState.VERIFIED})
_NOT_GONE = frozenset({GoodsState.HELD, GoodsState.RELEASED})
_WITH_BUYER = frozenset({GoodsState.DELIVERED, GoodsState.COMMITTED, GoodsState.RETURNED})


@dataclass(frozen=True, slots=True)
class CameIn:
    """A lender's money for one agreement, as it is allocated now.

    Attributes:
        payment_ids: the payments it came with, the oldest first.
        proved: it is the whole transfer, by evidence goods would be released on.
    """

    amount: Money
    payment_ids: tuple[str, ...]
    proved: bool


def follow(unit: Unit, terms: LoanTerms, row: AnyRow, came: CameIn) -> AnyRow:
    """Bring an agreement's funding in line with the money that is here; done twice it changes nothing. Returns its row.

    Money that was taken back, by the bank or by a person, is told to the accountant until it comes again, and opens an
    application that was closed; so is money told of that came for a loan that came to nothing.
    """
    if row.funding == FundingState.VOID:
        return _follow_void(unit, terms, row, came)
    kept = netting.follow(unit, row, came.amount, came.payment_ids)
    owed = Money(row.transfer) - kept
    event = _event(row, came, owed)
    if event is None:
        return row
    whole = event is FundingEvent.WHOLE
    before = Money(row.received)
    row = agreement_rows.step(unit, row, event, received=came.amount.kopecks, funded_at=unit.at if whole else None)
    receivable.expect(unit, row, owed)
    unit.journal(
        "agreement.funded",
        agreement_rows.subject(row.id),
        application=row.application_id,
        funding=row.funding,
        received=row.received,
        payments=list(came.payment_ids),
    )
    _write(unit, row, before, kept)
    _tell(unit, terms, row, came, before)
    _reopen(unit, row)
    return row


def _follow_void(unit: Unit, terms: LoanTerms, row: AnyRow, came: CameIn) -> AnyRow:
    if came.amount.kopecks != row.received:
        row = agreement_rows.change(unit, row, received=came.amount.kopecks)
        _give_void_back(unit, terms, row)
    return row


def _event(row: AnyRow, came: CameIn, owed: Money) -> FundingEvent | None:
    """What brings the machine to where the money stands; None where it is there."""
    received = row.funding == FundingState.RECEIVED
    whole = bool(came.amount) and came.amount == owed
    if came.amount.kopecks == row.received and whole == received:
        return None
    if not came.amount:
        return FundingEvent.REVERSE
    return FundingEvent.WHOLE if whole else FundingEvent.PART


def _write(unit: Unit, row: AnyRow, before: Money, kept: Money) -> None:
    """How it came out, for people: a sum that is neither the transfer nor the transfer less what came back is shown
    against both."""
    amount, may_keep = Money(row.received), netting.waiting(unit, row.id)
    told = {"agreement": row.number, "amount": str(amount), "before": str(before), "kept": str(kept)}
    told |= {"short": str(Money(row.transfer) - amount), "back": str(may_keep)}
    told["differs"] = str(amount - (Money(row.transfer) - may_keep))
    kind = f"money_{row.funding}"
    if row.funding == FundingState.RECEIVED and kept:
        kind = "money_netted"
    elif row.funding == FundingState.PARTLY and may_keep:
        kind = "money_neither"
    events.write(unit, row.application_id, kind, **told)


def _tell(unit: Unit, terms: LoanTerms, row: AnyRow, came: CameIn, before: Money) -> None:
    application = applications.load(unit, row.application_id)
    if row.funding == FundingState.RECEIVED:
        for reason in (REVERSED_TASK, REVERSED_PAID_TASK):
            alerts.end(unit, reason, application, agreement=row.number)
        alerts.end_underpaid(unit, came.payment_ids, row.number)
    elif row.received < before.kopecks:
        paid = stage.is_paid_to_shop(unit, row.id)
        reason = REVERSED_PAID_TASK if paid else REVERSED_TASK
        alerts.tell(unit, terms, reason, application, role=Role.ACCOUNTANT, agreement=row.number)


def _reopen(unit: Unit, row: AnyRow) -> None:
    """An application was closed on money that is not here any more: it waits for it as before."""
    application = applications.load(unit, row.application_id)
    if application.state == ApplicationState.CLOSED and row.live and row.funding != FundingState.RECEIVED:
        applications.step(unit, application, ApplicationEvent.REOPEN)
        events.write(unit, application.id, "reopened", agreement=row.number)


def call_off(unit: Unit, terms: LoanTerms, row: AnyRow) -> None:
    """An agreement is void: the shop is owed nothing under it, and a lender's money that is here has to go back to him;
    done twice it changes nothing."""
    settle_shop(unit, terms, row, CameIn(Money(row.received), (), proved=False))
    _give_void_back(unit, terms, row)


def _give_void_back(unit: Unit, terms: LoanTerms, row: AnyRow) -> None:
    """What nobody owes us is no sale: it waits to be sent back as returns do, and the accountant sees that it does."""
    if void_money.follow(unit, row):
        application = applications.load(unit, row.application_id)
        alerts.tell(unit, terms, returns.VOID_TASK, application, role=Role.ACCOUNTANT, agreement=row.number)


def settle_shop(unit: Unit, terms: LoanTerms, row: AnyRow, came: CameIn) -> None:
    """Bring the shop's lines in the register in line with an agreement; done twice it changes nothing.

    What keeps it from being written down (a rate of VAT nobody has chosen, say) raises an alarm and is tried again
    with the next round: it must not hold up the money itself.
    """
    subject = agreement_rows.subject(row.id)
    try:
        with unit.step():
            _settle(unit, terms, row, came)
    except KvitError as error:
        if NOT_SETTLED not in alarms.open_about(unit, subject):
            values = {"agreement": row.number, "reason": error.text("ru"), "reason_en": error.text("en")}
            alarms.raise_alarm(unit, NOT_SETTLED, subject, values)
    else:
        alarms.clear(unit, NOT_SETTLED, subject)


def is_due(unit: Unit, terms: LoanTerms, application: AnyRow, row: AnyRow, came: CameIn) -> bool:
    """Whether a shop's share is owed to it, once it was signed for; see the module. Nothing is owed to our own."""
    here = row.live and row.funding == FundingState.RECEIVED and came.proved
    if not here or application.state not in _IN_FORCE or _is_own(unit, row.shop_id):
        return False
    return row.goods in due_in(terms) and not (row.goods in _NOT_GONE and _is_in_doubt(unit, row))


def _is_in_doubt(unit: Unit, row: AnyRow) -> bool:
    """The lender took his yes back, or contradicts himself: money he may want back is not paid on for goods that are
    still here."""
    decided = select(decisions.c.state).where(
        decisions.c.application_id == row.application_id, decisions.c.lender == row.lender
    )
    return bool(holding(row.warnings)) or unit.connection.execute(decided).scalar_one() != DecisionState.APPROVED


def due_in(terms: LoanTerms) -> frozenset[GoodsState]:
    """Where the goods may be for a shop's share to be owed."""
    return frozenset(GoodsState) if terms.shop_due is ShopDue.FUNDED else _WITH_BUYER


def standing_line(unit: Unit, agreement_id: str) -> AnyRow | None:
    """The agreement's line that has not been taken back for want of money; returned goods may have eaten it up."""
    found = _lines_of(unit, agreement_id)
    if not found or register.line_by_event(unit, f"loan:{agreement_id}:unfunded:{len(found)}") is not None:
        return None
    return found[-1]


def _settle(unit: Unit, terms: LoanTerms, row: AnyRow, came: CameIn) -> None:
    application = applications.load(unit, row.application_id)
    line = standing_line(unit, row.id)
    due = is_due(unit, terms, application, row, came)
    if line is not None and not (due and line.payment_id in came.payment_ids):
        _unfund(unit, terms, row, line)
        line = None
    if due and line is None and _was_signed(unit, row):
        line = _fund(unit, terms, application, row, came)
    if line is not None:
        _take_returns_back(unit, row, line)
    lender_fee.follow(unit, terms, application, row, _lines_of(unit, row.id))
    stage.refresh(unit, row.application_id)


def _is_own(unit: Unit, shop_id: str) -> bool:
    return bool(unit.connection.execute(select(shops.c.own).where(shops.c.id == shop_id)).scalar_one())


def _was_signed(unit: Unit, row: AnyRow) -> bool:
    """Signed now; or before, where papers that were owed on once turned out faulty."""
    return SigningState(row.signing) in _SIGNED or bool(_lines_of(unit, row.id))


def _fund(unit: Unit, terms: LoanTerms, application: AnyRow, row: AnyRow, came: CameIn) -> AnyRow:
    """The shop's line: transfer less our fee, by the tariff in force on the agreement's day."""
    number = len(_lines_of(unit, row.id)) + 1
    on = business_date(unit.now, terms.zone)
    transfer = Money(row.transfer)
    agreed = date.fromisoformat(row.date)
    fee = fee_of(unit, application, row.lender, Money(row.loan), Money(row.discount), agreed)
    line_id = register.append(
        unit,
        NewLine(
            kind=LineKind.LOAN,
            party=Party(PartyKind.SHOP, row.shop_id),
            source_event=f"loan:{row.id}:funded" + (f":{number}" if number > 1 else ""),
            subject=agreement_rows.subject(row.id),
            document=row.number,
            on=on,
            gross=transfer,
            fee=fee,
            net=transfer - fee,
            vat=fee_vat(fee, terms.vat, on, terms.vat_percent),
            payment_id=came.payment_ids[-1],
        ),
    )
    if fee.kopecks != application.fee:
        applications.change(unit, application, fee=fee.kopecks)
    told = {"agreement": row.number, "amount": str(transfer - fee), "fee": str(fee)}
    events.write(unit, row.application_id, "shop_due", **told)
    return register.line_of(unit, line_id)


def _unfund(unit: Unit, terms: LoanTerms, row: AnyRow, line: AnyRow) -> None:
    """Take back what is left of a line: its money is not here any more."""
    if not register.left_of(unit, line.id):
        return
    number = len(_lines_of(unit, row.id))
    register.reverse(unit, line.id, f"loan:{row.id}:unfunded:{number}", business_date(unit.now, terms.zone))
    events.write(unit, row.application_id, "shop_not_due", agreement=row.number)


def _take_returns_back(unit: Unit, row: AnyRow, line: AnyRow) -> None:
    """The shop is not paid for what goes back to the lender, and our fee for it is taken back with it."""
    number = len(_lines_of(unit, row.id))
    for one in returns.of_agreement(unit, row.id):
        event = f"loan:{row.id}:returned:{one.id}:{number}"
        if not one.to_lender or register.line_by_event(unit, event) is not None:
            continue
        on = max(business_date(from_text(one.at)), date.fromisoformat(line.on))
        taken = register.line_of(
            unit, register.reverse(unit, line.id, event, on, Money(one.to_lender), note=reasons.words(one.reason))
        )
        unit.update(return_rows, one.id, fee_back=-taken.fee)


def _lines_of(unit: Unit, agreement_id: str) -> Sequence[AnyRow]:
    """Lines that say the agreement was funded, in order."""
    return register.lines_about(unit, agreement_rows.subject(agreement_id), LineKind.LOAN)
