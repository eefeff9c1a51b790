"""From a lender's money to the shop's account, the story of one loan's money.

1. The bank says money came from a lender: one lump payment for many agreements. His registry lists them, and the
   matcher allocates it to the kopeck or not at all (`flows.registries`, `matching.payout`). Each agreement is an
   invoice of the lender there.
2. Wherever such an allocation is made or taken back, the agreement is brought in line: how far it is funded, whether
   its goods may go, what the shop is owed (`flows.loan_money`). Our fee stays with us, by the tariff of the agreement's
   day; the VAT inside it is that of the day the share became due.
3. What needs no payment to become true, the end of a cooling-off period or a delivery, is looked for (`settle_due`),
   and couriers' visits are charged to shops whose tariff says so (`charge_visits`).
4. Register, statement, acceptance by word or silence, payment order by two signatures, debit line: the one engine for
   everybody we settle with (`flows.settlement`).
5. A shop that has its money closes the application, once paper and goods have arrived as well (`close_paid`).
6. Goods that came back go the other way (`flows.loan_return`).
7. 1C gets the registers with their commission acts, and the payments (`flows.settlement_to_1c`).

`settle_loans` is one round of 3 to 7. Every step is a commit of its own and reads what stands, so it may be killed
anywhere and done again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, Select, exists, literal, select

from gateway.core.clock import to_text
from gateway.core.errors import KvitError, Unavailable
from gateway.flows import loan_money, loan_return
from gateway.flows.loan_return import ReturnTerms
from gateway.flows.settlement import settle_accounts
from gateway.flows.settlement_to_1c import tell_1c
from gateway.flows.terms import Terms
from gateway.loans import agreement_rows, ending, funding, visit_charges
from gateway.loans.model import ApplicationState
from gateway.loans.papers import FundingState
from gateway.loans.stage import Stage, settlement_subject
from gateway.loans.tables import agreements, applications, shop_tariffs, visits
from gateway.loans.terms import LoanTerms
from gateway.settlement.model import LineKind, StatementState
from gateway.settlement.tables import lines, statement_lines, statements
from gateway.store import Store, Unit

_AT_ONCE = 500
_WORKED_ON = (Stage.SIGNING, Stage.ORIGINAL, Stage.SHOP)
"""Stages in which an application's money may be here."""
_VISITS_BACK = timedelta(days=92)
_log = structlog.get_logger("flows.loan_to_payout")
Stopped = Callable[[], bool]


def settle_loans(
    store: Store, terms: Terms, loan_terms: LoanTerms, money: ReturnTerms, *, stopped: Stopped = lambda: False
) -> int:
    """One round of everything about loans' money that needs no person.

    Returns:
        How many things were taken a step on.

    Raises:
        Unavailable: the database is away. What else goes wrong with one loan holds up no other.
    """
    return (
        settle_due(store, terms, loan_terms, stopped=stopped)
        + charge_visits(store, loan_terms, stopped=stopped)
        + settle_accounts(store, money.settlement, stopped=stopped)
        + loan_return.settle_returns(store, money, stopped=stopped)
        + close_paid(store, stopped=stopped)
        + tell_1c(store)
    )


def settle_due(store: Store, terms: Terms, loan_terms: LoanTerms, *, stopped: Stopped = lambda: False) -> int:
    """Write down what shops are owed of loans whose money was here before; returns how many were looked at."""
    found = (
        select(agreements.c.id)
        .join(applications, applications.c.id == agreements.c.application_id)
        .where(
            applications.c.company == store.company,
            applications.c.stage.in_([stage.value for stage in _WORKED_ON]),
            applications.c.state == ApplicationState.ACTIVE.value,
            agreements.c.live == 1,
            agreements.c.funding == FundingState.RECEIVED.value,
            agreements.c.goods.in_(funding.due_in(loan_terms)),
            ~exists().where(*_lines_of_agreement()),
        )
    )

    def settle(unit: Unit, agreement_id: str) -> None:
        loan_money.settle_agreement(unit, terms, loan_terms, agreement_rows.load(unit, agreement_id))

    return _each(store, found.order_by(agreements.c.id), settle, stopped)


def charge_visits(store: Store, terms: LoanTerms, *, stopped: Stopped = lambda: False) -> int:
    """Charge couriers' visits of the last months to shops whose tariff says so; returns how many were looked at."""
    some_shop = exists().where(shop_tariffs.c.company == store.company, shop_tariffs.c.visits == 1)
    since = to_text(store.clock.now() - _VISITS_BACK)
    found = select(visits.c.id).where(
        visits.c.company == store.company,
        visits.c.ended_at >= since,
        visits.c.out_at.is_not(None),
        visits.c.cost > 0,
        some_shop,
        ~exists().where(
            lines.c.company == store.company, lines.c.source_event == literal(visit_charges.EVENT) + visits.c.id
        ),
    )
    return _each(
        store, found.order_by(visits.c.id), lambda unit, visit_id: visit_charges.charge(unit, terms, visit_id), stopped
    )


def close_paid(store: Store, *, stopped: Stopped = lambda: False) -> int:
    """Bring applications in line whose shop was paid meanwhile; returns how many were looked at.

    An application is closed once the goods are with the buyer, the paper is at the lender and the shop has its money.
    """
    paid = [StatementState.PAID.value, StatementState.CARRIED.value]
    found = (
        select(applications.c.id)
        .join(agreements, (agreements.c.application_id == applications.c.id) & (agreements.c.live == 1))
        .where(
            applications.c.company == store.company,
            applications.c.stage == Stage.SHOP.value,
            applications.c.state == ApplicationState.ACTIVE.value,
            exists()
            .where(*_lines_of_agreement())
            .where(statement_lines.c.line_id == lines.c.id, statements.c.id == statement_lines.c.statement_id)
            .where(statements.c.state.in_(paid)),
        )
    )
    return _each(store, found.order_by(applications.c.id), ending.close_if_done, stopped)


def _lines_of_agreement() -> tuple[ColumnElement[bool], ...]:
    return (
        lines.c.company == agreements.c.company,
        lines.c.subject == literal(settlement_subject("")) + agreements.c.id,
        lines.c.kind == LineKind.LOAN.value,
    )


def _each(store: Store, found: Select[tuple[str]], step: Callable[[Unit, str], object], stopped: Stopped) -> int:
    """Do a step for each id in a commit of its own; returns for how many it was done."""
    with store.reading() as connection:
        ids = [str(row_id) for row_id in connection.execute(found.limit(_AT_ONCE)).scalars()]
    done = 0
    for row_id in ids:
        if stopped():
            break
        try:
            with store.unit() as unit:
                step(unit, row_id)
                unit.commit()
            done += 1
        except Unavailable:
            raise
        except KvitError as error:  # somebody was faster, or a person is needed: the next round looks again
            _log.warning("a loan's money cannot be worked on", id=row_id, reason=error.code)
    return done
