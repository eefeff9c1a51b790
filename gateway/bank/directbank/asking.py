"""Which statements to ask for: the bank makes them on demand, one request per account and day.

A closed day is asked for until its final statement is here, and never again after that; the open day is asked for at
every poll, if the bank makes interim statements. One day per request, so that final statements chain day by day.

The id of every request is written down before it is sent: after a crash, or a time-out, the same request goes out
again under the same id, and the bank knows it (2002, 2202). One that stays without answer is asked anew, under a new
id, after a pause that doubles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Literal

from gateway.bank.directbank.memory import ASKED, Memory
from gateway.bank.directbank.packet import stable_id
from gateway.bank.directbank.wire import FINAL, INTERIM
from gateway.core.clock import Clock, from_text, to_text
from gateway.core.ids import new_id

State = Literal["open", "sent", "answered"]
_KEPT = timedelta(days=100)  # longer than any look back of the inbox
_MOST_TRIES = 10  # with doubled pauses: more than a month


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        day: ISO date of the bank's.
        kind: FINAL or INTERIM.
        document_id: its GUID; the packet's is made of it.
        at: when it was written down; stored text.
        tries: how many requests there were for this day.
        state: "open" written down, "sent" the bank has it, "answered" the statement is safe here.
    """

    account: str
    day: str
    kind: str
    document_id: str
    at: str
    tries: int = 1
    state: State = "open"

    @property
    def packet_id(self) -> str:
        return stable_id(f"packet:{self.document_id}")

    @property
    def date(self) -> date:
        return date.fromisoformat(self.day)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to ask; seconds and days as in the profile's service table."""

    interim: bool
    ask_every_s: int
    answer_wait_s: int
    first_days: int


class StatementRequests:
    """What was asked, kept in `memory`."""

    def __init__(self, memory: Memory, clock: Clock, pace: Pace) -> None:
        self._memory = memory
        self._clock = clock
        self._pace = pace

    def due(self, accounts: Iterable[str], since: date | None, today: date) -> list[Asked]:
        """The requests to send now; written down already.

        Args:
            since: the first day wanted; None at the very first poll.
            today: the bank's day that is still open.
        """
        first = since or today - timedelta(days=self._pace.first_days)
        known = {(a.account, a.day, a.kind): a for a in self._load() if a.date >= today - _KEPT}
        due: list[Asked] = []
        for account in accounts:
            unanswered = [a.day for a in known.values() if a.account == account and a.kind == FINAL]
            days = {first + timedelta(days=n) for n in range((today - first).days)} | set(map(_day, unanswered))
            due += [ask for day in sorted(days) if (ask := self._final(known, account, day))]
            if self._pace.interim and (ask := self._interim(known, account, today)):
                due.append(ask)
        kept = {**known, **{(a.account, a.day, a.kind): a for a in due}}
        if kept != known:
            self._save([a for a in kept.values() if a.kind == FINAL or a.date == today])
        return due

    def sent(self, asked: Sequence[Asked]) -> None:
        """The bank has these."""
        self._change({a.document_id: "sent" for a in asked})

    def answered(self, statements: Mapping[str, str]) -> None:
        """Statements are safe here: id of the request → type of the statement.

        A day the bank has not closed yet comes as interim though the final one was asked for: it stays wanted.
        """
        if not statements:
            return
        asked = {a.document_id: a.kind for a in self._load() if a.document_id in statements}
        self._change({i: "answered" for i, kind in asked.items() if kind != FINAL or statements[i] == FINAL})

    def _final(self, known: dict[tuple[str, str, str], Asked], account: str, day: date) -> Asked | None:
        old = known.get((account, day.isoformat(), FINAL))
        if old is None:
            return self._new(account, day, FINAL)
        if old.state == "open":
            return old
        if old.state != "sent" or old.tries >= _MOST_TRIES:
            return None
        pause = timedelta(seconds=self._pace.answer_wait_s) * 2 ** (old.tries - 1)
        return self._new(account, day, FINAL, old.tries + 1) if self._since(old) >= pause else None

    def _interim(self, known: dict[tuple[str, str, str], Asked], account: str, today: date) -> Asked | None:
        old = known.get((account, today.isoformat(), INTERIM))
        if old is None or self._since(old) >= timedelta(seconds=self._pace.ask_every_s):
            return self._new(account, today, INTERIM)
        return old if old.state == "open" else None

    def _new(self, account: str, day: date, kind: str, tries: int = 1) -> Asked:
        return Asked(account, day.isoformat(), kind, stable_id(new_id()), to_text(self._clock.now()), tries)

    def _since(self, asked: Asked) -> timedelta:
        return self._clock.now() - from_text(asked.at)

    def _change(self, states: dict[str, State]) -> None:
        before = self._load()
        after = [replace(a, state=states.get(a.document_id, a.state)) for a in before]
        if after != before:
            self._save(after)

    def _load(self) -> list[Asked]:
        return [Asked(**row) for row in self._memory.get(ASKED) or []]

    def _save(self, asked: Iterable[Asked]) -> None:
        self._memory.put(ASKED, [asdict(a) for a in asked])


def _day(text: str) -> date:
    return date.fromisoformat(text)
