"""Paid → picking, the story the house is built around.

1. The bank says money came: a proved message, stored raw before anything else (`gateway.bank.inbox`).
2. The payment is recorded once.
3. It is allocated to an invoice, with reasons, or put before a person, with suggestions.
4. If the release rule holds, stock is reserved and a pick list is written.
5. The manager gets a call task, due 15 minutes after the bank's own time of the operation.
6. Files for 1C leave through the outbox.

Steps 2 to 6 of one line are kept whole or not at all (docs/adr/0003-lines-share-a-commit.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from gateway.bank.statement import Entry, StatementHead
from gateway.core.authority import Role
from gateway.core.errors import Corrupt, KvitError, Unavailable
from gateway.core.money import Money, total
from gateway.core.workdays import add_work_minutes
from gateway.flows import credited_invoices, loan_money, to_1c
from gateway.flows.pay_out_told import own_money_back, pay_out_line
from gateway.flows.release import settle_order
from gateway.flows.reversal import (
    announced_reversal,
    our_payment_returned,
    reverse_payment,
    set_aside_whole,
    take_storno,
    unusable_money,
)
from gateway.flows.terms import Terms
from gateway.matching import service as matching
from gateway.matching.decide import decide
from gateway.matching.decision import Decision, Outcome
from gateway.matching.facts import read_facts
from gateway.matching.rows import SeenDocuments, payment_in
from gateway.matching.rule_rows import SqlRules
from gateway.orders import service as orders
from gateway.orders.index import SqlIndex
from gateway.orders.service import Credited
from gateway.payments import service as payments
from gateway.payments.batches import ALONE, Batches
from gateway.payments.known import Keys, Known
from gateway.payments.lines import Keyed
from gateway.payments.model import PaymentEvent, PaymentState, Recorded, Source
from gateway.payments.registries import lookup as registries
from gateway.store import Store, Unit, alarms
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind

_log = structlog.get_logger("flows.paid_to_pick")


@dataclass
class Taken:
    """What taking a message did.

    Attributes:
        lines: lines it carries.
        fresh: lines not known before.
        payments: payments that were opened.
        released: orders that were released.
        failed: lines that could not be taken; each raised an alarm and is tried again with the message.
    """

    lines: int = 0
    fresh: int = 0
    payments: int = 0
    released: int = 0
    failed: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.lines + other.lines,
            self.fresh + other.fresh,
            self.payments + other.payments,
            self.released + other.released,
            self.failed + other.failed,
        )


def take_lines(
    store: Store,
    terms: Terms,
    source: Source,
    parts: Iterable[StatementHead | Entry],
    *,
    space: str = "",
    progress: Callable[[Taken], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Taken:
    """Take all lines of one proved message; may be repeated without harm.

    Args:
        parts: heads and lines as a format reader yields them.
        space: where the ids of their lines mean something: "" for ISO 20022, else the format's name.
        progress: told after each commit.
        stopped: asked before each commit; when it says so, the rest is left for the next time.

    Raises:
        Corrupt: the message breaks off or is not what it says; lines before that point are kept.
        Unavailable: the database is away.
    """
    taken = Taken()
    known, batched = Known(terms.habits), Batches(terms.habits)
    for batch in _batches(_keyed(parts, terms, space), terms.lines_per_commit):
        if stopped():
            break
        with store.unit() as unit:
            known.look_up(unit, batch)
            batched.look_up(unit, batch)
            opened: list[str] = []
            for keyed in batch:
                taken.lines += 1
                try:
                    unit.refresh_clock()
                    with unit.step():
                        placed, on_record = known.find(unit, own_money_back(unit, keyed))
                        standing = ALONE if on_record else batched.standing(unit, placed)
                        recorded = payments.record(unit, placed, source, on_record, standing)
                        released = _act_on(unit, terms, source, placed, recorded)
                except (Unavailable, OperationalError):
                    raise
                except Exception as error:  # one line we cannot take must not hold up the money behind it
                    taken.failed += 1
                    _tell_failed(unit, source, keyed, error)
                    continue
                known.took(payments.stands(placed, source, on_record, recorded.entry_id))
                taken.fresh += recorded.fresh
                taken.released += released
                if recorded.payment_id is not None:
                    taken.payments += 1
                    opened.append(recorded.payment_id)
            if opened:
                to_1c.payments(unit, opened)
            unit.commit()
        if progress is not None:
            progress(taken)
    return taken


def _batches(lines: Iterator[Keyed], size: int) -> Iterator[list[Keyed]]:
    """Lines in groups; where the message breaks off, those before the break still come, then the break."""
    batch: list[Keyed] = []
    try:
        for keyed in lines:
            batch.append(keyed)
            if len(batch) == size:
                yield batch
                batch = []
    except Corrupt:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _tell_failed(unit: Unit, source: Source, keyed: Keyed, error: Exception) -> None:
    reason = error.code if isinstance(error, KvitError) else type(error).__name__
    if not isinstance(error, KvitError):
        _log.error("line failed", message=source.message_id, key=keyed.key, exc_info=error)
    alarms.raise_alarm(unit, "line.failed", f"{source.message_id}:{keyed.key}", {"reason": reason})


def _keyed(parts: Iterable[StatementHead | Entry], terms: Terms, space: str) -> Iterator[Keyed]:
    """Lines with their keys; the numbering of equal lines starts anew with each statement."""
    account = ""
    statement: tuple[str, str] | None = None
    count = 0
    keys = Keys(terms.habits, space)
    for part in parts:
        if isinstance(part, StatementHead):
            if (part.account, part.statement_id) != statement:
                statement = (part.account, part.statement_id)
                count += 1
                keys = Keys(terms.habits, space, part.kind, count)
            account = part.account
        else:
            yield keys.give(account, part)


def _act_on(unit: Unit, terms: Terms, source: Source, keyed: Keyed, recorded: Recorded) -> int:
    """What follows from a recorded line; returns how many orders it released."""
    returned = pay_out_line(unit, terms, keyed, recorded.entry_id)
    if recorded.unusable:
        unusable_money(unit, terms, keyed.entry)
    if recorded.proved is not None:
        return proof_came(unit, terms, recorded.proved, retold=recorded.retold)
    if recorded.storno:
        take_storno(unit, terms, keyed.entry, recorded, returned=returned)
        return 0
    if not recorded.fresh:
        return 0
    if recorded.announced and not keyed.entry.incoming:
        announced_reversal(unit, terms, keyed, source.evidence)
    if payments.RETURNED in keyed.entry.warnings and not keyed.entry.reversal and not returned:
        our_payment_returned(unit, terms, keyed.entry)
    if recorded.payment_id is None:
        return 0
    if recorded.storno_came_first is not None:
        reverse_payment(unit, terms, recorded.payment_id, recorded.storno_came_first)
        return 0
    if recorded.replaces is not None:
        set_aside_whole(unit, recorded.replaces)
    return decide_payment(unit, terms, recorded.payment_id)


def proof_came(unit: Unit, terms: Terms, payment_id: str, *, retold: bool) -> int:
    """A payment known before has a stronger proof now: what waited for it is looked at again.

    Args:
        retold: the stronger copy says something else about the payer or the purpose. What the service decided by the
            weaker copy is then decided anew; what a person decided, or took back, stays.

    Returns:
        How many orders that released.
    """
    row = payments.load(unit, payment_id)
    live = matching.live_of_payment(unit, payment_id)
    credited = [orders.invoice(unit, allocation.invoice_id) for allocation in live]
    touched = dict.fromkeys(invoice.order_id for invoice in credited)
    keys = [invoice.outer_id for invoice in credited]
    last = matching.last_decision(unit, payment_id)
    if retold and not row.confirmed_by and last is not None and last.kind in ("auto", "proposal"):
        decision_id = matching.write_act(unit, payment_id, "undo", "retold", before=(row.state, row.outcome))
        for allocation in live:
            matching.take_back(unit, allocation, decision_id)
            orders.credit(unit, allocation.invoice_id, -allocation.amount)
        registries.free(unit, payment_id)
        if row.state == PaymentState.AUTO:
            payments.step(unit, row, PaymentEvent.UNDONE, outcome="retold", allocated=0)
        released = decide_payment(unit, terms, payment_id)
        credited_invoices.settle(unit, terms, payment_id, keys)
        return released + sum(settle_order(unit, terms, order_id) for order_id in touched if order_id)
    credited_invoices.settle(unit, terms, payment_id, keys)
    return sum(settle_order(unit, terms, order_id) for order_id in touched if order_id)


def decide_payment(unit: Unit, terms: Terms, payment_id: str, judged: Decision | None = None) -> int:
    """Match one payment and carry the decision out; returns how many orders it released.

    Args:
        judged: what `judge` has just said in this unit; a payout of many lines costs seconds to judge.
    """
    row = payments.load(unit, payment_id)
    decision = judged if judged is not None else judge(unit, terms, payment_id)
    before = (row.state, row.outcome)
    if decision.outcome is Outcome.DUPLICATE_DOCUMENT:
        matching.write_decision(unit, payment_id, "duplicate", decision, before=before)
        payments.step(unit, row, PaymentEvent.DUPLICATED, outcome=decision.outcome, allocated=0)
        _ask(unit, terms, payment_id, "task.review_duplicate", decision)
        return 0
    ours = _is_on_our_account(unit, terms, payment_id)
    if not (decision.automatic and decision.allocations and ours):
        matching.write_decision(unit, payment_id, "proposal", decision, before=before)
        payments.step(unit, row, PaymentEvent.PROPOSED, outcome=decision.outcome, allocated=0)
        if row.state == PaymentState.NEW:
            _ask(unit, terms, payment_id, "task.review_payment", decision)
        return 0
    decision_id = matching.write_decision(unit, payment_id, "auto", decision, before=before)
    credited = allocate(unit, payment_id, decision.allocations, decision_id)
    if decision.registry_id:
        registries.use(unit, decision.registry_id, payment_id)
    # Of this payment: what the partner kept was credited to the buyers too, and is no part of it.
    allocated = total([amount for _, amount in decision.allocations]) - decision.fee
    payments.step(unit, row, PaymentEvent.ALLOCATED, outcome=decision.outcome, allocated=allocated.kopecks)
    if row.state != PaymentState.NEW:
        tasks.end_open(unit, payment_id=payment_id, kinds=(TaskKind.REVIEW,), cancel=False)
    _tell_difference(unit, terms, payment_id, decision, credited)
    credited_invoices.settle(unit, terms, payment_id, [one.outer_id for one in credited])
    touched = dict.fromkeys(c.order_id for c in credited if c.order_id)
    return sum(settle_order(unit, terms, order_id) for order_id in touched)


def _is_on_our_account(unit: Unit, terms: Terms, payment_id: str) -> bool:
    """Whether the money came to an account named as ours. Where none is named, every account of the bank's messages is.

    A statement may be anybody's, however well it is signed: one of a sister company's in the exchange folder, or one
    the bank sends by mistake. Such money settles nothing by itself; a person looks, and IT adds the account or not.
    """
    own = terms.policy.own_accounts
    if not own:
        return True
    account = payment_in(unit, payment_id).account
    # Banks write the bare number, or an IBAN around it.
    if account and any(account in known or known in account for known in own):
        return True
    values = {"account": account}
    alarms.raise_alarm(unit, "bank.foreign_account", f"account:{account}", values, severity="warning")
    return False


def judge(unit: Unit, terms: Terms, payment_id: str) -> Decision:
    """What the matcher says of a payment now, with nothing written."""
    payment = payment_in(unit, payment_id)
    registries_sent = loan_money.registries_of(unit, terms, payment_id, payment.payer_inn)
    decision = decide(
        read_facts(payment),
        SqlIndex(unit.connection, unit.company),
        terms.policy_on(payment.booked),
        SeenDocuments(unit, payment_id),
        registries_sent,
        rules=SqlRules(unit.connection, unit.company),
    )
    return loan_money.explained(decision, registries_sent)


def allocate(unit: Unit, payment_id: str, allocations: Sequence[tuple[str, Money]], decision_id: str) -> list[Credited]:
    """Credit a payment's money to invoices; returns how they stand now."""
    credited = []
    for invoice_id, amount in allocations:
        matching.write_allocation(unit, payment_id, invoice_id, amount, decision_id)
        credited.append(orders.credit(unit, invoice_id, amount))
    return credited


def _tell_difference(
    unit: Unit, terms: Terms, payment_id: str, decision: Decision, credited: Sequence[Credited]
) -> None:
    """Over- and underpayment are outcomes of their own, with a task for a person."""
    if decision.advance:
        _ask(unit, terms, payment_id, "task.overpaid", decision)
    for invoice in credited:
        if invoice.rest:
            tasks.write(
                unit,
                NewTask(
                    kind=TaskKind.REVIEW,
                    reason="task.underpaid",
                    role=Role.MANAGER,
                    due_at=_due(unit, terms),
                    values={"number": invoice.number, "rest": str(invoice.rest), "amount": str(invoice.amount)},
                    order_id=invoice.order_id,
                    order_number=invoice.order_no,
                    payment_id=payment_id,
                    buyer=invoice.buyer_name,
                    phone=orders.phone_of_buyer(unit, invoice.buyer_id),
                    amount=invoice.amount,
                ),
            )


def _ask(unit: Unit, terms: Terms, payment_id: str, reason: str, decision: Decision) -> None:
    payment = payment_in(unit, payment_id)
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.REVIEW,
            reason=reason,
            role=Role.ACCOUNTANT,
            due_at=_due(unit, terms),
            values={
                "amount": str(payment.amount),
                "payer": payment.payer_name,
                "doc": payment.doc_no,
                "advance": str(decision.advance),
            },
            payment_id=payment_id,
            buyer=payment.payer_name,
            amount=payment.amount,
        ),
    )


def _due(unit: Unit, terms: Terms) -> datetime:
    return add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone)
