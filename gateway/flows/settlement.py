"""From a period to money in a party's account, or in ours: shops, points, agents and lenders all go this way.

1. A period ends: every line of the register that is in no statement yet goes into its party's one (`close_period`).
2. The statements are sent (`send_open`). The party accepts or disputes; five working days of silence accept.
3. An accepted statement with a sum above zero is payable; nothing or less is carried into the party's next one. What
   a lender or a closed shop owes is claimed instead: an invoice, whose money makes the statement paid.
4. A payable one becomes a payment order, which waits for two people's signatures like every other. One that came to
   nothing is not drafted again by itself: a person looks why, and asks for the next. What has not left for a shop that
   is suspended is taken back, and drafted again once the shop works.
5. The order is followed: signed, the statement is ordered; rejected, withdrawn or refused, it is payable again; its
   debit line, and nothing else, makes it paid; and money the bank gives back makes it payable, with an alarm.

3 to 5 are `settle_accounts`, which the service does all day. Every party's step is a commit of its own: killed
anywhere and done again, nothing is lost and nothing doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from sqlalchemy import ColumnElement, literal, select

from gateway.core.authority import SERVICE, Actor
from gateway.core.clock import business_date
from gateway.core.errors import Conflict, KvitError, Unavailable
from gateway.loans import payees
from gateway.orders.tables import invoices
from gateway.payments.outgoing.model import UNSENT
from gateway.payments.outgoing.tables import payment_orders
from gateway.settlement import claims, payouts, statements
from gateway.settlement.model import Party, PartyKind, StatementState
from gateway.settlement.tables import payouts as payout_rows
from gateway.settlement.tables import statements as rows
from gateway.settlement.terms import DebtorOf, SettlementTerms, nobody
from gateway.store import Store, Unit, alarms
from gateway.store.schema import AnyRow

NOT_DRAFTED = "settlement.not_drafted"
_log = structlog.get_logger("flows.settlement")


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing a period came to.

    Attributes:
        parties: looked at, of `of`; fewer when it was stopped.
        statements: of this period among them, made now or before.
        lines: they hold.
    """

    parties: int
    of: int
    statements: int
    lines: int

    @property
    def complete(self) -> bool:
        return self.parties == self.of


def close_period(
    store: Store,
    parties: Mapping[Party, str],
    until: date,
    progress: Callable[[int, int], None] = lambda done, of: None,
    stopped: Callable[[], bool] = lambda: False,
    actor: Actor = SERVICE,
    *,
    debtor_of: DebtorOf = nobody,
) -> Closed:
    """Make the statements of a period; may be stopped or killed anywhere, and repeated, without doubling anything.

    Args:
        parties: with the names that are printed; one in whose register nothing waits gets no statement.
        until: the last day of the period.
        progress: told (parties done, parties in all) after each.
        stopped: asked between parties.
        debtor_of: whose debts are claimed at once: an old one alone makes a statement too.

    Raises:
        Refused: `authority.missing`, `settlement.period_ahead`, `settlement.day_wrong`, `settlement.period_over`,
            `settlement.period_long`.
        Unavailable: the database is away.
    """
    done, made, held = 0, 0, 0
    for party, name in sorted(parties.items()):
        if stopped():
            break
        with store.unit(actor) as unit:
            statement_id = statements.open_period(unit, party, name, until, debtor_of=debtor_of)
            if statement_id is not None:
                made += 1
                held += statements.load(unit, statement_id).line_count
            unit.commit()
        done += 1
        progress(done, len(parties))
    return Closed(done, len(parties), made, held)


def send_open(
    store: Store,
    terms: SettlementTerms,
    until: date,
    progress: Callable[[int, int], None] = lambda done, of: None,
    stopped: Callable[[], bool] = lambda: False,
    actor: Actor = SERVICE,
) -> int:
    """Send every open statement of periods up to a day; returns how many.

    Raises:
        Refused: `authority.missing`.
        Unavailable: the database is away.
    """
    waiting = _rows(store, rows.c.state == StatementState.OPEN, rows.c.until <= until.isoformat())

    def send(unit: Unit, row: AnyRow) -> None:
        statements.send(unit, row.id, row.version, silence_days=terms.silence_days, zone=terms.outgoing.zone)

    return _each(store, waiting, send, progress, stopped, actor)


def settle_accounts(store: Store, terms: SettlementTerms, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """One round of everything that needs no person; may be killed anywhere and repeated.

    Returns:
        How many statements were taken a step on.

    Raises:
        Unavailable: the database is away. What else goes wrong with one statement holds up no other.
    """
    return (
        _lapse(store, terms, stopped)
        + _fix(store, terms, stopped)
        + _follow_claims(store, stopped)
        + _withhold(store, terms, stopped)
        + _draft(store, terms, stopped)
        + follow_orders(store, terms, stopped=stopped)
    )


def follow_orders(store: Store, terms: SettlementTerms, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Take in what has become of payment orders drafted for statements; returns how many statements were looked at.

    Raises:
        Unavailable: the database is away.
    """
    moved = (
        select(payout_rows.c.statement_id)
        .join(payment_orders, payment_orders.c.id == payout_rows.c.payment_order_id)
        .where(payout_rows.c.company == store.company, payment_orders.c.version != payout_rows.c.order_version)
    )

    def follow(unit: Unit, row: AnyRow) -> None:
        payouts.follow(unit, terms, row.id)

    return _each(store, _rows(store, rows.c.id.in_(moved)), follow, stopped=stopped)


def _lapse(store: Store, terms: SettlementTerms, stopped: Callable[[], bool]) -> int:
    zone = terms.outgoing.zone
    today = business_date(store.clock.now(), zone).isoformat()

    def lapse(unit: Unit, row: AnyRow) -> None:
        statements.lapse_silent(unit, row.id, row.version, zone=zone)

    silent = _rows(store, rows.c.state == StatementState.SENT, rows.c.silence_on <= today)
    return _each(store, silent, lapse, stopped=stopped)


def _fix(store: Store, terms: SettlementTerms, stopped: Callable[[], bool]) -> int:
    def settle(unit: Unit, row: AnyRow) -> None:
        statements.settle(unit, row.id, row.version, debtor_of=terms.debtor_of)

    agreed = _rows(store, rows.c.state.in_((StatementState.ACCEPTED, StatementState.ACCEPTED_BY_SILENCE)))
    return _each(store, agreed, settle, stopped=stopped)


def _follow_claims(store: Store, stopped: Callable[[], bool]) -> int:
    """Claims whose money has come since, or was taken back."""
    invoice = select(invoices.c.id).where(
        invoices.c.company == rows.c.company, invoices.c.outer_id == literal(claims.PREFIX) + rows.c.id
    )
    came = (rows.c.state == StatementState.CLAIMED) & invoice.where(invoices.c.rest == 0).exists()
    lost = (rows.c.state == StatementState.PAID) & (rows.c.net < 0) & invoice.where(invoices.c.rest > 0).exists()

    def follow(unit: Unit, row: AnyRow) -> None:
        claims.follow(unit, row.id)

    return _each(store, _rows(store, came | lost), follow, stopped=stopped)


def _draft(store: Store, terms: SettlementTerms, stopped: Callable[[], bool]) -> int:
    def draft(unit: Unit, row: AnyRow) -> None:
        subject = f"settlement:{row.id}"
        try:
            with unit.step():
                payouts.draft(unit, terms, row.id, row.version)
        except Conflict:
            raise
        except KvitError as error:  # a payee without an account, say: a person puts it right, and the next round drafts
            if NOT_DRAFTED not in alarms.open_about(unit, subject):
                values = {"number": str(row.number), "party": row.party_name, "reason": error.text("ru")}
                alarms.raise_alarm(unit, NOT_DRAFTED, subject, {**values, "reason_en": error.text("en")})
        else:
            alarms.clear(unit, NOT_DRAFTED, subject)

    unasked = (rows.c.attempts == 0) | (rows.c.note == payouts.WITHHELD)
    return _each(store, _rows(store, rows.c.state == StatementState.PAYABLE, unasked), draft, stopped=stopped)


def withhold_of(unit: Unit, terms: SettlementTerms, shop_id: str) -> None:
    """A shop was suspended: none of its payments leaves that has not left; each is drafted again once it works.

    Raises:
        Conflict: `settlement.changed`, `outgoing.changed`.
    """
    found = select(rows.c.id).where(
        rows.c.company == unit.company, *_not_sent(), rows.c.party_kind == PartyKind.SHOP, rows.c.party_id == shop_id
    )
    with payouts.as_the_service(unit):
        for statement_id in unit.connection.execute(found.order_by(rows.c.id)).scalars().all():
            payouts.withhold(unit, terms, statement_id)


def _withhold(store: Store, terms: SettlementTerms, stopped: Callable[[], bool]) -> int:
    """Orders of suspended shops that were drafted while somebody suspended them."""
    suspended = payees.suspended(store.company)
    found = _rows(store, *_not_sent(), rows.c.party_kind == PartyKind.SHOP, rows.c.party_id.in_(suspended))
    return _each(store, found, lambda unit, row: payouts.withhold(unit, terms, row.id), stopped=stopped)


def _not_sent() -> tuple[ColumnElement[bool], ...]:
    """Conditions on statements: a payment order waits for signatures, or to be sent."""
    unsent = select(payment_orders.c.id).where(payment_orders.c.state.in_([str(state) for state in UNSENT]))
    return (
        rows.c.state.in_((StatementState.DRAFTED, StatementState.ORDERED)),
        rows.c.payment_order_id.in_(unsent),
    )


def _rows(store: Store, *where: ColumnElement[bool]) -> list[AnyRow]:
    with store.reading() as connection:
        found = connection.execute(select(rows).where(rows.c.company == store.company, *where).order_by(rows.c.id))
        return list(found)


def _each(
    store: Store,
    found: list[AnyRow],
    step: Callable[[Unit, AnyRow], Any],
    progress: Callable[[int, int], None] = lambda done, of: None,
    stopped: Callable[[], bool] = lambda: False,
    actor: Actor = SERVICE,
) -> int:
    """Do a step for each statement in a commit of its own; returns for how many it was done."""
    done = 0
    for number, row in enumerate(found, 1):
        if stopped():
            break
        try:
            with store.unit(actor) as unit:
                step(unit, row)
                unit.commit()
            done += 1
        except Unavailable:
            raise
        except Conflict as error:  # somebody moved it meanwhile: the next round looks again
            _log.info("a statement moved meanwhile", statement=row.id, reason=error.code)
        except KvitError as error:
            _log.warning("a statement cannot be worked on", statement=row.id, reason=error.code)
        progress(number, len(found))
    return done
