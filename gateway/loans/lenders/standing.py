"""How it goes with a lender: whether he answers, what of ours has not reached him, and asking him at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, select, update

from gateway.core.authority import Right
from gateway.loans.lenders import contact
from gateway.loans.tables import applications, decisions
from gateway.store import alarms
from gateway.store.schema import AnyRow, outbox
from gateway.store.unit import Unit

TOKEN_ENDS = "lender.token_ends"  # noqa: S105 - the code of an alarm
WARN_DAYS = 14
"""So long before its end a lender's token is told of."""
_TOPICS = (
    "loan.submit", "loan.accept", "loan.cancel", "loan.signed", "loan.original_sent", "loan.commit", "loan.returned",
    "loan.fetch_document",
)  # fmt: skip
_OURS_TO_MEND = frozenset(
    {"lender.no_secret", "lender.unknown", "lender.server_untrusted", "lender.insecure_address",
     "lender.no_authorities"}
)  # fmt: skip


class Standing(StrEnum):
    """A lender in one word, the worst that holds."""

    FINE = "fine"
    SILENT = "silent"  # he answers nothing
    REFUSING = "refusing"  # he answers, and says no to us or nothing that makes sense
    MISCONFIGURED = "misconfigured"  # it is ours to mend


@dataclass(frozen=True, slots=True)
class Keys:
    """What the vault holds for a lender.

    Attributes:
        token: there is one. until: its last day, where somebody told.
        hints: there is the secret of his notices.
    """

    token: bool = True
    hints: bool = True
    until: date | None = None

    def days_left(self, today: date) -> int | None:
        """Until the token's end, 0 on its last day; None where nobody told."""
        return None if self.until is None else (self.until - today).days


@dataclass(frozen=True, slots=True)
class Contact:
    """How the talk with a lender stands.

    Attributes:
        open: decisions he is asked about; failing: of these, whose last call was not answered well.
        waiting, dead: calls that have not reached him yet, and those given up until a person presses *try again*.
        last_answer, away_since: stored texts. error: code of the worst trouble, "" for none.
    """

    open: int
    failing: int
    waiting: int
    dead: int
    last_answer: str | None
    away_since: str | None
    silent: bool
    error: str

    def standing(self, keys: Keys, today: date) -> Standing:
        left = keys.days_left(today)
        if not keys.token or (left is not None and left < 0) or self.error in _OURS_TO_MEND:
            return Standing.MISCONFIGURED
        if self.away_since:
            return Standing.SILENT
        return Standing.REFUSING if self.failing or self.dead else Standing.FINE


def of(connection: Connection, company: str, lender: str) -> Contact:
    """How the talk with `lender` stands."""
    mine = (decisions.c.company == company, decisions.c.lender == lender)
    asked = (*mine, decisions.c.poll_at.is_not(None))
    counts = connection.execute(select(func.count(), func.count().filter(decisions.c.failures > 0)).where(*asked)).one()
    error = connection.execute(
        select(decisions.c.error)
        .where(*asked, decisions.c.error != "")
        .order_by(decisions.c.failures.desc(), decisions.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    calls = connection.execute(
        select(func.count(), func.count(outbox.c.dead_at)).where(*_unsaid(company, lender))
    ).one()
    return Contact(
        open=counts[0],
        failing=counts[1],
        waiting=calls[0] - calls[1],
        dead=calls[1],
        last_answer=connection.execute(select(func.max(decisions.c.polled_at)).where(*mine)).scalar_one(),
        away_since=contact.away_since(connection, company, lender),
        silent=contact.is_silent(connection, company, lender),
        error=error or "",
    )


@dataclass(frozen=True, slots=True)
class UnsaidCall:
    """A call that has not reached its lender.

    Attributes:
        row: of the outbox. error: code of the decision's trouble, "" while there is none.
    """

    row: AnyRow
    lender: str
    loan_id: str
    loan_number: int
    error: str


def calls(connection: Connection, company: str, limit: int) -> list[UnsaidCall]:
    """Calls that have not reached their lenders: those given up first, then the oldest."""
    rows = connection.execute(
        select(outbox).where(*_unsaid(company)).order_by(outbox.c.dead_at.is_(None), outbox.c.id).limit(limit)
    ).all()
    keys = {row.id: _about(row) for row in rows}
    found = connection.execute(
        select(decisions.c.application_id, decisions.c.lender, decisions.c.error, applications.c.number)
        .join(applications, applications.c.id == decisions.c.application_id)
        .where(decisions.c.application_id.in_({loan_id for loan_id, _ in keys.values()}))
    )
    known = {(one.application_id, one.lender): one for one in found}
    return [
        UnsaidCall(row, lender, loan_id, known[loan_id, lender].number, known[loan_id, lender].error)
        for row in rows
        for loan_id, lender in (keys[row.id],)
        if (loan_id, lender) in known
    ]


def ask_now(unit: Unit, lender: str) -> int:
    """Ask a lender at once about everything he owes an answer on, whatever the pause. Returns how many decisions.

    Raises:
        Refused: `authority.missing`.
    """
    if not unit.actor.may(Right.HEALTH_OPERATE):
        unit.actor.require(Right.LOANS_WORK)
    asked = unit.connection.execute(
        update(decisions)
        .where(
            decisions.c.company == unit.company,
            decisions.c.lender == lender,
            decisions.c.poll_at > unit.at,
        )
        .values(poll_at=unit.at)
    ).rowcount
    unit.journal("lender.asked", f"lender:{lender}", decisions=asked)
    return asked


def watch_token(unit: Unit, lender: str, keys: Keys, today: date) -> None:
    """An alarm from two weeks before the end of a lender's token until another one is there."""
    left = keys.days_left(today)
    if left is None or left > WARN_DAYS:
        alarms.clear(unit, TOKEN_ENDS, f"lender:{lender}")
    else:
        values = {"lender": lender, "until": f"{keys.until:%d.%m.%Y}"}
        alarms.raise_alarm(unit, TOKEN_ENDS, f"lender:{lender}", values, "error" if left < 0 else "warning")


def _unsaid(company: str, lender: str = "") -> tuple[ColumnElement[bool], ...]:
    """Rows of the outbox that have not reached a lender."""
    of_him = (outbox.c.key.endswith(f":{lender}", autoescape=True),) if lender else ()
    return (outbox.c.company == company, outbox.c.done_at.is_(None), outbox.c.topic.in_(_TOPICS), *of_him)


def _about(row: AnyRow) -> tuple[str, str]:
    """The application and the lender of a row of the outbox; its key is "loan:<application>:<lender>"."""
    _, loan_id, lender = row.key.split(":", 2)
    return loan_id, lender
