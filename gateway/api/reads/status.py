"""How it is: the state behind the tray's icon, what waits for a person, the bank, the alarms, the day's pace."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.api.reads.outgoing import to_sign
from gateway.api.reads.tasks import OPEN, visible
from gateway.api.reads.texts import hinted, said, seconds_between, stored_map
from gateway.api.room import BankFacts, Finding, Room
from gateway.api.tokens import Caller
from gateway.bank.tables import messages, polls
from gateway.core.authority import Actor, Right
from gateway.core.clock import business_date, to_text
from gateway.flows.release import release_mode
from gateway.orders.tables import releases, timelines
from gateway.payments.model import PaymentState
from gateway.payments.tables import payments
from gateway.store import alarms as alarm_rows
from gateway.tasks.model import TaskKind, TaskState
from gateway.tasks.tables import tasks
from gateway.warehouse.model import PickState
from gateway.warehouse.tables import pick_lists

# A poll that failed with one of these did not reach the bank at all.
AWAY = frozenset({"bank.away", "bank.slow"})
PROMISE_S = 15 * 60


def status(connection: Connection, room: Room, caller: Caller, now: datetime) -> dict[str, Any]:
    """The whole answer of /v1/status, as far as this caller may see it."""
    actor, company = caller.actor, room.store.company
    bank = [link(connection, company, facts) for facts in room.status.bank()]
    raised = alarm_rows.open_alarms(connection, company) if actor.may(Right.HEALTH_READ) else []
    needs = {
        **_needs(connection, company, actor, now, len(raised)),
        "to_sign": to_sign(connection, company, room.terms.outgoing, actor),
    }
    return {
        "state": _state(connection, room, actor, bank, needs),
        "needs": needs,
        "bank": bank,
        "alarms": [_alarm(alarm) for alarm in raised],
        "sla": _pace(connection, room, now),
        "release_mode": release_mode(connection, company),
        "company": room.terms.own.name or company,
        "version": room.version,
    }


def _needs(connection: Connection, company: str, actor: Actor, now: datetime, alarms: int) -> dict[str, int]:
    """What waits, of what this actor may see. A payment and the task that asks about it are counted once."""

    def count(table: Any, *where: Any) -> int:
        query = select(func.count()).select_from(table).where(table.c.company == company, *where)
        return int(connection.execute(query).scalar_one())

    mine = (tasks.c.state.in_(OPEN), visible(actor))
    awake = (tasks.c.state != TaskState.SNOOZED) | (tasks.c.due_at <= to_text(now))
    asking = (
        select(payments.c.id)
        .where(
            payments.c.id == tasks.c.payment_id,
            payments.c.state.in_((PaymentState.NEEDS_PERSON, PaymentState.DUPLICATE)),
        )
        .exists()
    )
    reads_payments, reads_tasks = actor.may(Right.PAYMENTS_READ), actor.may(Right.TASKS_READ)
    shown_elsewhere = ~asking if reads_payments else tasks.c.id.is_not(None)
    return {
        "payments": count(payments, payments.c.state.in_((PaymentState.NEEDS_PERSON, PaymentState.DUPLICATE)))
        if reads_payments
        else 0,
        "picks": count(pick_lists, pick_lists.c.state.in_((PickState.TO_CONFIRM, PickState.NEW)))
        if actor.may(Right.PICKS_READ)
        else 0,
        "calls": count(tasks, *mine, awake, tasks.c.kind == TaskKind.CALL) if reads_tasks else 0,
        "tasks": count(tasks, *mine, awake, tasks.c.kind != TaskKind.CALL, shown_elsewhere) if reads_tasks else 0,
        "alarms": alarms,
    }


def _state(
    connection: Connection, room: Room, actor: Actor, bank: Sequence[dict[str, Any]], needs: dict[str, int]
) -> str:
    """failed > offline > needs_you > working > ok. Only what this actor can act on "needs you"."""
    findings = room.status.components()
    codes = [link["error"]["code"] for link in bank if link["error"]]
    if any(f.state == "error" for f in findings) or any(code not in AWAY for code in codes):
        return "failed"
    if codes:
        return "offline"
    acts = {
        "payments": Right.PAYMENTS_DECIDE,
        "picks": Right.PICKS_WORK,
        "calls": Right.TASKS_WORK,
        "tasks": Right.TASKS_WORK,
        "alarms": Right.HEALTH_READ,
        "to_sign": Right.OUTGOING_APPROVE,
    }
    if any(needs[what] and actor.may(right) for what, right in acts.items()):
        return "needs_you"
    waiting = select(messages.c.id).where(
        messages.c.company == room.store.company, messages.c.state.in_(("stored", "proved"))
    )
    polling = any(facts.get("polling") for facts in room.status.bank())
    if polling or connection.execute(waiting.limit(1)).first() is not None:
        return "working"
    return "ok"


def link(connection: Connection, company: str, facts: BankFacts) -> dict[str, Any]:
    """One bank channel as the screens show it."""
    of_channel = (polls.c.company == company, polls.c.channel == facts["channel"])
    newest = select(polls).where(*of_channel).order_by(polls.c.at.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    good = connection.execute(newest.where(polls.c.result != "failed")).one_or_none()
    error = None
    if last is not None and last.result == "failed":
        code = last.error_code or "bank.away"
        values = stored_map(last.error_values)
        error = {"code": code, **said(code, values), **hinted(code, values)}
    return {
        "channel": facts["channel"],
        "title": facts["title"],
        "last_poll_at": last.at if last else None,
        "last_good_at": good.at if good else None,
        "next_poll_at": _instant(facts.get("next_poll_at")),
        "last_result": last.result if last else "never",
        "new_files": last.files if last else 0,
        "error": error,
        "certificate_expires": facts.get("certificate_expires"),
        "days_left": facts.get("days_left"),
        "renewal_due": bool(facts.get("renewal_due")),
    }


def _instant(value: datetime | str | None) -> str | None:
    return to_text(value) if isinstance(value, datetime) else value


def _alarm(alarm: alarm_rows.Alarm) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "code": alarm.code,
        **said(alarm.code, alarm.values),
        **hinted(alarm.code, alarm.values),
        "raised_at": alarm.raised_at,
        "last_at": alarm.last_at,
        "count": alarm.count,
        "severity": alarm.severity,
    }


def _pace(connection: Connection, room: Room, now: datetime) -> dict[str, Any]:
    """From the bank's own time to the pick list, over the orders released today (the company's day)."""
    zone = room.terms.zone
    midnight = to_text(datetime.combine(business_date(now, zone), time(), zone))
    rows = connection.execute(
        select(timelines.c.bank_time, timelines.c.pick_list_at)
        .join(releases, releases.c.order_id == timelines.c.order_id)
        .where(releases.c.company == room.store.company, releases.c.at >= midnight, releases.c.withdrawn_at.is_(None))
    ).all()
    measured = sorted(s for row in rows if (s := seconds_between(row.bank_time, row.pick_list_at)) is not None)
    within = sum(1 for s in measured if s <= PROMISE_S)
    return {
        "released_today": len(rows),
        "p50_s": percentile(measured, 50),
        "p95_s": percentile(measured, 95),
        "within_15_min": round(within / len(measured), 4) if measured else None,
    }


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The nearest-rank percentile of ascending values; None of nothing."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def component(finding: Finding) -> dict[str, Any]:
    """A finding of the doctor as the health screen shows it."""
    part = finding.component or finding.code
    return {
        "code": part,
        **said(part, finding.values, "title"),
        "state": finding.state,
        **said(finding.code, finding.values),
        **hinted(finding.code, finding.values),
    }
