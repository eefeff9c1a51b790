"""Every way the bank can do wrong, tried in turn on a channel: money goes in, the bank misbehaves, and in the end each
rouble is on record once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from gateway.bank.directbank import memory as waiting
from gateway.bank.sandbox.kinds import KINDS
from gateway.bank.tables import messages
from gateway.core.money import Money
from gateway.payments.tables import entries, payments
from gateway.service.demo.bank_stage import BXD, DIRECTBANK, BankStage
from gateway.service.rounds import Round, bank_round
from gateway.service.wiring import memory_of
from gateway.store.schema import alarms

_ROUNDS = 8
_PRICE = 100_000
# What makes a behaviour bite within the story's patience.
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "slow": {"seconds": "2"},
    "huge": {"megabytes": "3"},
    "late": {"seconds": "1"},
}
_TWO_FILES = frozenset({"out-of-order", "gap", "overlapping", "replayed", "wrong-request-id"})
"""What shows only when there is more than one thing to mix up."""


_ELSEWHERE = frozenset({(DIRECTBANK, "id-off-by-one"), (BXD, "gap")})
"""What goes wrong with notices about payment orders, and what has a trial of its own (`Trials.gap`)."""
_LATE_S = 1.1
"""Until what is late is on time; after any other behaviour the bank is asked again at once."""
_AT_LOGON = frozenset({"otp", "blocked-logon"})
"""What happens only to who logs on: the channel is opened anew for it, as after a restart."""


@dataclass
class Books:
    """What the bank really booked for us, from its side.

    Attributes:
        paid: purpose → kopecks; each purpose was used once.
    """

    paid: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """One behaviour on one channel.

    Attributes:
        rounds: polls until everything was on record.
        refused: reasons of replies that did not hold, in order.
        happened: the bank really did it.
    """

    channel: str
    behaviour: str
    rounds: int
    refused: tuple[str, ...]
    happened: bool


class Trials:
    """Plays behaviours against a stage whose bank is running."""

    def __init__(self, stage: BankStage, books: Books) -> None:
        self._stage = stage
        self._books = books
        self._number = 0

    def names(self, channel: str) -> list[str]:
        """Every behaviour that concerns statements on this channel."""
        return [
            name
            for name, kind in KINDS.items()
            if channel in kind.channels and kind.level != "order" and (channel, name) not in _ELSEWHERE
        ]

    def pay(self, channel: str, count: int = 1) -> list[str]:
        """Somebody pays into the channel's account; the purposes."""
        made = []
        for _ in range(count):
            self._number += 1
            purpose = f"Опыт {self._number:04d}: оплата по договору, НДС не облагается"
            amount = _PRICE + self._number
            # The first protocol tells of each payment at once; the second makes a statement when it is asked.
            self._stage.sandbox.pay(
                amount=Money(amount),
                payer="ООО «Плательщик»",
                inn="7728168971",
                purpose=purpose,
                to=self._stage.accounts[channel],
                notify=channel == BXD,
            )
            self._books.paid[purpose] = amount
            made.append(purpose)
        return made

    def poll(self, channel: str) -> Round:
        """One round of the channel, as the service makes it."""
        stage = self._stage
        bank = stage.banks[channel]
        return bank_round(stage.installation.store, bank.terms(stage.installation.terms), bank.channel)

    def run(self, channel: str) -> Iterator[Trial]:
        """Try every behaviour once."""
        for name in self.names(channel):
            yield self.one(channel, name)

    def one(self, channel: str, name: str) -> Trial:
        """Try one behaviour: until its money is on record, whatever it takes a sensible person."""
        sandbox = self._stage.sandbox
        if name in _AT_LOGON:
            self._stage.reopen()
        sandbox.behave(name, channel=channel, **_OPTIONS.get(name, {}))
        wanted = self.pay(channel, 2 if name in _TWO_FILES else 1)
        refused: list[str] = []
        for number in range(1, _ROUNDS + 1):
            done = self.poll(channel)
            refused += [reason for _, reason in done.polled.refused]
            if done.polled.error is not None and done.polled.error.code not in refused:
                refused.append(done.polled.error.code)
            if self._on_record(wanted):
                break
            self._help(channel, number, late=name == "late")
        happened = not self._queued(name)
        sandbox.calm()
        for _ in range(2):  # what was held back comes now, and must change nothing
            self.poll(channel)
        return Trial(channel, name, number, tuple(refused), happened)

    def gap(self) -> Trial:
        """A day's statement is withheld until the next day's was fetched. The bank's days run ahead of ours with it."""
        sandbox = self._stage.sandbox
        wanted: list[str] = []
        sandbox.calm()
        sandbox.close_day()  # what the next day's opening balance has to fit
        sandbox.move_clock(timedelta(days=1))
        self.poll(BXD)
        sandbox.behave("gap", channel=BXD)
        for _ in range(2):
            wanted += self.pay(BXD)
            sandbox.close_day()
            sandbox.move_clock(timedelta(days=1))
        rounds = 0
        while rounds < _ROUNDS:
            rounds += 1
            done = self.poll(BXD)
            if not done.polled.accepted:
                break
        happened = not self._queued("gap")
        sandbox.calm()
        return Trial(BXD, "gap", rounds, (), happened and self._on_record(wanted))

    def _queued(self, name: str) -> bool:
        state: dict[str, Any] = self._stage.sandbox.state()
        return any(behaviour["name"] == name for behaviour in state["behaviours"])

    def _help(self, channel: str, number: int, *, late: bool) -> None:
        """What a person does meanwhile: gives the code from the telephone, says go on, waits."""
        if channel == DIRECTBANK:
            memory = memory_of(self._stage.installation.store, self._stage.banks[channel].profile)
            code = self._stage.sandbox.otp()
            if code and memory.get(waiting.OTP):
                waiting.give_code(memory, code, self._stage.installation.clock)
            elif memory.get(waiting.STOP):
                waiting.resume(memory)
        if late:
            time.sleep(_LATE_S)
        if number == _ROUNDS // 2:
            self._stage.sandbox.calm()

    def _on_record(self, purposes: list[str]) -> bool:
        with self._stage.installation.store.reading() as connection:
            found = connection.execute(
                select(func.count()).select_from(entries).where(entries.c.purpose.in_(purposes))
            ).scalar_one()
        return int(found) >= len(purposes)


def reckoned(stage: BankStage, books: Books) -> dict[str, Any]:
    """What is on record beside what the bank really booked.

    Returns:
        "channels" (name → payments recorded by it), "lost", "doubled", "forged_accepted", "refused", "gaps_found".
    """
    with stage.installation.store.reading() as connection:
        lines = connection.execute(
            select(entries.c.purpose, entries.c.amount, messages.c.channel)
            .join(payments, payments.c.id == entries.c.id)
            .join(messages, messages.c.id == entries.c.message_id)
        ).all()
        turned_down = connection.execute(
            select(messages.c.channel, messages.c.reference, messages.c.reason)
            .where(messages.c.state.in_(("refused", "unreadable")))
            .order_by(messages.c.id)
        ).all()
        gaps = connection.execute(
            select(func.count()).select_from(alarms).where(alarms.c.code.in_(("bank.gap", "bank.gap_number")))
        ).scalar_one()
    times: dict[str, int] = {}
    channels = dict.fromkeys((bank.channel.name for bank in stage.banks.values()), 0)
    forged = 0
    for row in lines:
        times[row.purpose] = times.get(row.purpose, 0) + 1
        channels[row.channel] = channels.get(row.channel, 0) + 1
        forged += books.paid.get(row.purpose) != row.amount
    return {
        "channels": channels,
        "lost": sum(1 for purpose in books.paid if purpose not in times),
        "doubled": sum(number - 1 for number in times.values()),
        "forged_accepted": forged,
        "refused": [{"reason": row.reason, "channel": row.channel, "reference": row.reference} for row in turned_down],
        "gaps_found": int(gaps),
    }
