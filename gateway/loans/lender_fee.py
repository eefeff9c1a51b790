"""Our fee where the tariff says that the lender bears it: a charge to him for each loan the shop is owed the money of.

He pays it apart, by our statement (docs/lenders.md): the transfer that comes is whole, and none of it is kept from the
shop. The charge follows the shop's line and is taken back with it: whole when the money is gone, in proportion for
goods that came back. Of our own shop's loans, where we are the seller, nothing is charged to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.loans import agreement_rows, dated, events
from gateway.loans.split import fee_vat, split
from gateway.loans.terms import LoanTerms
from gateway.settlement import register
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


def follow(unit: Unit, terms: LoanTerms, application: AnyRow, row: AnyRow, shop_lines: Sequence[AnyRow]) -> None:
    """Bring the lender's charges for an agreement in line with the shop's lines; done twice it changes nothing.

    Args:
        shop_lines: lines that say the agreement was funded, in order.

    Raises:
        Refused: `loan.vat_no_rate`, `loan.vat_ambiguous`.
    """
    for number, shop_line in enumerate(shop_lines, 1):
        left = register.left_of(unit, shop_line.id)
        event = f"loan:{row.id}:lender_fee:{number}"
        charged = register.line_by_event(unit, event)
        if charged is None and left:
            charged = _charge(unit, terms, application, row, event)
        if charged is not None:
            _take_back(unit, terms, charged, left, Money(shop_line.gross))


def _charge(unit: Unit, terms: LoanTerms, application: AnyRow, row: AnyRow, event: str) -> AnyRow | None:
    """The lender's line; None where the tariff of the agreement's day asks him for nothing."""
    goods, loan = Money(application.goods), Money(row.loan)
    agreed = date.fromisoformat(row.date)
    tariff = dated.tariff_on(unit.connection, unit.company, row.shop_id, row.lender, agreed)
    fee = split(goods, goods - loan, Money(row.discount), tariff).lender_fee
    if not fee:
        return None
    on = business_date(unit.now, terms.zone)
    line_id = register.append(
        unit,
        NewLine(
            kind=LineKind.CHARGE,
            party=Party(PartyKind.LENDER, row.lender),
            source_event=event,
            subject=agreement_rows.subject(row.id),
            document=row.number,
            on=on,
            gross=Money.zero(),
            fee=fee,
            net=-fee,
            vat=fee_vat(fee, terms.vat, on, terms.vat_percent),
        ),
    )
    events.write(unit, row.application_id, "lender_charged", agreement=row.number, amount=str(fee))
    return register.line_of(unit, line_id)


def _take_back(unit: Unit, terms: LoanTerms, charged: AnyRow, left: Money, gross: Money) -> None:
    """Leave of a charge what is left of the shop's line, half up to the kopeck."""
    due = (2 * charged.fee * left.kopecks + gross.kopecks) // (2 * gross.kopecks)
    share = register.left_of(unit, charged.id) - Money(due)
    if share > Money.zero():
        on = max(business_date(unit.now, terms.zone), date.fromisoformat(charged.on))
        register.reverse(unit, charged.id, f"{charged.source_event}:{left.kopecks}", on, share)
