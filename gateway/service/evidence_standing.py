"""Records held against the journal rows their writing made.

A record whose row is missing means that rows were cut off (or that somebody wrote the record past the program); one
that says something else than its row was edited. This finds what no kept head can: rows that were written and cut
between two heads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, literal, select

from gateway.bank.tables import messages
from gateway.loans.tables import agreements, identity_checks
from gateway.matching.tables import allocations, decisions
from gateway.orders.tables import releases
from gateway.payments.outgoing.tables import payment_orders
from gateway.payments.tables import entries, payments
from gateway.store.schema import AnyRow, journal
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fallen:
    """A record that does not stand on the journal.

    Attributes:
        table, id: the record.
        kind: of the journal row it needs.
        why: "without_row", "differs".
        seq: the row that says otherwise; 0 where there is none.
    """

    table: str
    id: str
    kind: str
    why: str
    seq: int = 0


@dataclass(frozen=True)
class _Rule:
    """Each row of `table` (where `only` holds) has a journal row of one of `kinds` about `subject` that `agrees`."""

    table: Table
    kinds: tuple[str, ...]
    subject: ColumnElement[Any]
    agrees: Callable[[AnyRow, Body], bool] = lambda row, body: True
    only: ColumnElement[bool] | None = None


def _about(prefix: str, column: Any) -> ColumnElement[Any]:
    return literal(f"{prefix}:") + column


def _stored(row: AnyRow, body: Body) -> bool:
    return bool(
        (body["channel"], body["reference"], body["sha256"], body["size"])
        == (row.channel, row.reference, row.sha256, row.size)
    )


def _proved(row: AnyRow, body: Body) -> bool:
    return bool((body["evidence"], body["content_sha256"]) == (row.evidence, row.content_sha256))


def _recorded(row: AnyRow, body: Body) -> bool:
    said = (body["account"], body["kopecks"], body["incoming"], bool(body["reversal"]))
    return bool(said == (row.account, row.amount, row.direction == "in", bool(row.reversal)))


def _allocated(row: AnyRow, body: Body) -> bool:
    return bool((body["allocation"], body["invoice"], body["kopecks"]) == (row.id, row.invoice_id, row.amount))


def _taken_back(row: AnyRow, body: Body) -> bool:
    return bool((body["allocation"], body["invoice"], body["kopecks"]) == (row.undoes, row.invoice_id, -row.amount))


def _released(row: AnyRow, body: Body) -> bool:
    said = (body["release"], body["payments"], body["messages"], body.get("agreement"))
    return bool(said == (row.id, json.loads(row.payment_ids), json.loads(row.message_ids), row.agreement_id))


def _agreed(row: AnyRow, body: Body) -> bool:
    said = (body["lender"], body["number"], body["loan"], body["discount"], body["transfer"])
    return bool(said == (row.lender, row.number, row.loan, row.discount, row.transfer))


def _compared(row: AnyRow, body: Body) -> bool:
    said = (body["check"], body["way"], body["number_matches"], body["photo_matches"])
    return bool(said == (row.id, row.way, bool(row.number_matches), bool(row.photo_matches)))


_RULES: Sequence[_Rule] = (
    _Rule(messages, ("message.stored",), _about("message", messages.c.id), _stored),
    _Rule(
        messages,
        ("message.proved",),
        _about("message", messages.c.id),
        _proved,
        only=messages.c.state.in_(("proved", "taken", "unreadable")),
    ),
    _Rule(messages, ("message.refused",), _about("message", messages.c.id), only=messages.c.state == "refused"),
    _Rule(messages, ("message.taken",), _about("message", messages.c.id), only=messages.c.state == "taken"),
    _Rule(entries, ("entry.recorded",), _about("entry", entries.c.id), _recorded),
    _Rule(
        entries,
        ("entry.recorded", "entry.booked", "entry.proved"),
        _about("entry", entries.c.id),
        lambda row, body: bool((body["message"], body["evidence"]) == (row.message_id, row.evidence)),
    ),
    _Rule(
        payments,
        ("entry.recorded",),
        _about("entry", payments.c.id),
        lambda row, body: bool(body["kopecks"] == row.amount),
    ),
    _Rule(
        decisions,
        ("payment.decided",),
        _about("payment", decisions.c.payment_id),
        lambda row, body: bool((body["decision"], body["outcome"]) == (row.id, row.outcome)),
    ),
    _Rule(
        allocations,
        ("payment.allocated",),
        _about("payment", allocations.c.payment_id),
        _allocated,
        only=allocations.c.amount > 0,
    ),
    _Rule(
        allocations,
        ("payment.allocation_taken_back",),
        _about("payment", allocations.c.payment_id),
        _taken_back,
        only=allocations.c.amount < 0,
    ),
    _Rule(releases, ("order.released",), _about("order", releases.c.order_id), _released),
    _Rule(
        releases,
        ("order.release_withdrawn",),
        _about("order", releases.c.order_id),
        lambda row, body: bool(body["release"] == row.id),
        only=releases.c.withdrawn_at.is_not(None),
    ),
    _Rule(agreements, ("agreement.taken",), _about("loan_agreement", agreements.c.id), _agreed),
    _Rule(
        agreements,
        ("agreement.signed",),
        _about("loan_agreement", agreements.c.id),
        lambda row, body: bool((body["at"], body["agreement"]) == (row.signed_at, row.number)),
        only=agreements.c.signed_at.is_not(None),
    ),
    _Rule(
        identity_checks,
        ("agreement.identity_checked",),
        _about("loan_agreement", identity_checks.c.agreement_id),
        _compared,
    ),
    _Rule(
        pick_lists,
        ("pick_list.written",),
        _about("pick_list", pick_lists.c.id),
        lambda row, body: bool(
            (body["number"], body["order"], body["release"]) == (row.number, row.order_id, row.release_id)
        ),
    ),
    _Rule(
        tasks,
        ("task.written",),
        _about("task", tasks.c.id),
        lambda row, body: bool((body["kind"], body["order"]) == (row.kind, row.order_id)),
    ),
    _Rule(payment_orders, (), _about("payment_order", payment_orders.c.id)),
)


def fallen(connection: Connection) -> Iterator[Fallen]:
    """Records without their journal row, or that say something else than it; one snapshot, table by table."""
    for rule in _RULES:
        yield from _fallen(connection, rule)


def _fallen(connection: Connection, rule: _Rule) -> Iterator[Fallen]:
    table = rule.table
    same = (journal.c.company == table.c.company) & (journal.c.subject == rule.subject)
    if rule.kinds:
        same &= journal.c.kind.in_(rule.kinds)
    wanted = (
        select(table, journal.c.seq.label("journal_seq"), journal.c.body.label("journal_body"))
        .select_from(table.outerjoin(journal, same))
        .order_by(table.c.id, journal.c.seq)
        .execution_options(yield_per=1000)
    )
    if rule.only is not None:
        wanted = wanted.where(rule.only)
    with connection.execute(wanted) as result:
        for row_id, found in groupby(result, key=lambda row: row.id):
            seq = _contradiction(rule, list(found))
            if seq is not None:
                why = "differs" if seq else "without_row"
                yield Fallen(table.name, str(row_id), "/".join(rule.kinds) or table.name, why, seq)


def _contradiction(rule: _Rule, rows: Sequence[AnyRow]) -> int | None:
    """None when a journal row bears the record out; else the last row about it, 0 when there is none."""
    last = 0
    for row in rows:
        if row.journal_seq is None:
            return 0
        last = int(row.journal_seq)
        try:
            if rule.agrees(row, json.loads(row.journal_body)):
                return None
        except (KeyError, ValueError, TypeError):
            continue
    return last
