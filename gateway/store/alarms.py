"""Alarms: what a person must see until it is over.

An alarm is known by (code, subject): raising it again counts up instead of filling the screen. Its sentence is the
message catalogue's entry of the same code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, insert, select, update

from gateway.core.errors import Conflict, KvitError
from gateway.core.ids import new_id
from gateway.store.driver import Query
from gateway.store.schema import alarms, dumps
from gateway.store.unit import Unit

Severity = Literal["warning", "error"]

_OPEN_ABOUT = Query(
    select(alarms.c.code).where(
        alarms.c.company == bindparam("company"), alarms.c.subject == bindparam("subject"), alarms.c.state == "open"
    )
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An open alarm; `message` renders it in a language."""

    id: str
    code: str
    subject: str
    values: dict[str, Any]
    severity: str
    raised_at: str
    last_at: str
    count: int

    @property
    def message(self) -> KvitError:
        return KvitError(self.code, **self.values)


def raise_alarm(
    unit: Unit, code: str, subject: str, values: Mapping[str, Any] | None = None, severity: Severity = "error"
) -> None:
    """Raise (or count up) the alarm `code` about `subject`; `values` are what its sentence names."""
    values = dict(values or {})
    again = unit.connection.execute(
        update(alarms)
        .where(
            alarms.c.company == unit.company,
            alarms.c.code == code,
            alarms.c.subject == subject,
            alarms.c.state == "open",
        )
        .values(last_at=unit.at, count=alarms.c.count + 1, values=dumps(values))
    ).rowcount
    if not again:
        alarm_id = new_id()
        unit.connection.execute(
            insert(alarms).values(
                id=alarm_id,
                company=unit.company,
                code=code,
                subject=subject,
                values=dumps(values),
                severity=severity,
                state="open",
                raised_at=unit.at,
                last_at=unit.at,
                count=1,
            )
        )
        unit.journal("alarm.raised", f"alarm:{alarm_id}", code=code, about=subject, values=values)
    unit.changed("alarm", code)


def clear(unit: Unit, code: str, subject: str) -> None:
    """The cause is gone: end the alarm, if it is open."""
    ended = unit.connection.execute(
        update(alarms)
        .where(
            alarms.c.company == unit.company,
            alarms.c.code == code,
            alarms.c.subject == subject,
            alarms.c.state == "open",
        )
        .values(state="cleared", ended_at=unit.at, ended_by=str(unit.actor))
    ).rowcount
    if ended:
        unit.journal("alarm.cleared", f"alarm:{code}:{subject}")
        unit.changed("alarm", code)


def clear_all(unit: Unit, code: str, beginning: str) -> None:
    """End the open alarms `code` about every subject that begins with `beginning`."""
    subjects = unit.connection.execute(
        select(alarms.c.subject).where(
            alarms.c.company == unit.company,
            alarms.c.code == code,
            alarms.c.state == "open",
            alarms.c.subject.startswith(beginning, autoescape=True),
        )
    )
    for subject in subjects.scalars().all():
        clear(unit, code, subject)


def open_about(unit: Unit, subject: str) -> list[str]:
    """Codes of the open alarms about `subject`."""
    return [row.code for row in _OPEN_ABOUT.all(unit.connection, company=unit.company, subject=subject)]


def acknowledge(unit: Unit, alarm_id: str) -> None:
    """A person has seen it; it leaves the list until it is raised again.

    Raises:
        Conflict: `alarm.not_open`.
    """
    ended = unit.connection.execute(
        update(alarms)
        .where(alarms.c.id == alarm_id, alarms.c.company == unit.company, alarms.c.state == "open")
        .values(state="acknowledged", ended_at=unit.at, ended_by=str(unit.actor))
    ).rowcount
    if not ended:
        raise Conflict("alarm.not_open", id=alarm_id)
    unit.journal("alarm.acknowledged", f"alarm:{alarm_id}")
    unit.changed("alarm", alarm_id)


def open_alarms(connection: Connection, company: str, limit: int = 100) -> list[Alarm]:
    """Open alarms, newest first."""
    rows = connection.execute(
        select(alarms)
        .where(alarms.c.company == company, alarms.c.state == "open")
        .order_by(alarms.c.last_at.desc())
        .limit(limit)
    ).all()
    return [
        Alarm(
            r.id,
            r.code,
            r.subject,
            json.loads(r._mapping["values"]),
            r.severity,
            r.raised_at,
            r.last_at,
            r._mapping["count"],
        )
        for r in rows
    ]
