"""What a statement line becomes here: an entry (fact) and, when money came in, a payment (work)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.bank.statement import Entry
from gateway.core.states import Machine, Transition


class PaymentState(StrEnum):
    """Where the work on a payment stands."""

    NEW = "new"
    AUTO = "auto"
    NEEDS_PERSON = "needs_person"
    MANUAL = "manual"
    NOT_OURS = "not_ours"
    REVERSED = "reversed"
    DUPLICATE = "duplicate"


class PaymentEvent(StrEnum):
    """What can happen to it."""

    ALLOCATED = "allocated"
    PROPOSED = "proposed"
    DUPLICATED = "duplicated"
    ASSIGNED = "assigned"
    SET_ASIDE = "set_aside"
    UNDONE = "undone"
    REVERSED = "reversed"


_S, _E = PaymentState, PaymentEvent

PAYMENT = Machine(
    "payment",
    {
        (_S.NEW, _E.ALLOCATED): Transition(_S.AUTO),
        (_S.NEW, _E.PROPOSED): Transition(_S.NEEDS_PERSON),
        (_S.NEW, _E.DUPLICATED): Transition(_S.DUPLICATE),
        (_S.NEW, _E.REVERSED): Transition(_S.REVERSED),
        (_S.NEEDS_PERSON, _E.ALLOCATED): Transition(_S.AUTO),
        (_S.NEEDS_PERSON, _E.PROPOSED): Transition(_S.NEEDS_PERSON),
        (_S.NEEDS_PERSON, _E.DUPLICATED): Transition(_S.DUPLICATE),
        (_S.NEEDS_PERSON, _E.ASSIGNED): Transition(_S.MANUAL),
        (_S.NEEDS_PERSON, _E.SET_ASIDE): Transition(_S.NOT_OURS),
        (_S.NEEDS_PERSON, _E.REVERSED): Transition(_S.REVERSED),
        (_S.DUPLICATE, _E.ASSIGNED): Transition(_S.MANUAL),
        (_S.DUPLICATE, _E.SET_ASIDE): Transition(_S.NOT_OURS),
        (_S.DUPLICATE, _E.REVERSED): Transition(_S.REVERSED),
        (_S.AUTO, _E.ASSIGNED): Transition(_S.MANUAL),
        (_S.AUTO, _E.UNDONE): Transition(_S.NEEDS_PERSON),
        (_S.AUTO, _E.REVERSED): Transition(_S.REVERSED),
        (_S.MANUAL, _E.ASSIGNED): Transition(_S.MANUAL),
        (_S.MANUAL, _E.UNDONE): Transition(_S.NEEDS_PERSON),
        (_S.MANUAL, _E.REVERSED): Transition(_S.REVERSED),
        (_S.NOT_OURS, _E.UNDONE): Transition(_S.NEEDS_PERSON),
        (_S.NOT_OURS, _E.REVERSED): Transition(_S.REVERSED),
    },
    final=frozenset({_S.REVERSED}),
)


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of a bank's ids and balances; facts of its profile.

    Attributes:
        ids_restart_yearly: ids of operations are used again each year.
        ids_unstable: the bank gives one operation another id in another message, or one id to several operations: an
            id alone proves nothing.
    """

    ids_restart_yearly: bool = False
    ids_unstable: bool = False


def line_identity(entry: Entry, ids_restart_yearly: bool, space: str = "") -> str:
    """The text two deliveries of one line share; twins within a statement share it too.

    The bank's id where it gives one (with the sum and direction, since several details of a batch may carry one id),
    else what the payment document itself says. See docs/adr/0002-known-once.md.

    Args:
        space: where ids of this kind mean something; "" for ISO 20022. A bank names one operation differently in
            different formats.
    """
    day = entry.booked or entry.value
    direction = f"{'in' if entry.incoming else 'out'}{'/storno' if entry.reversal else ''}"
    at = f"@{space}" if space else ""
    if entry.ref:
        year = f"{day.year}:" if ids_restart_yearly and day else ""
        return f"ref{at}:{year}{entry.ref}:{direction}:{entry.amount.kopecks}"
    facts = [
        direction,
        day.isoformat() if day else "",
        entry.doc_no,
        entry.doc_date.isoformat() if entry.doc_date else "",
        str(entry.amount.kopecks),
        entry.currency,
        entry.counterparty.account,
        entry.counterparty.inn,
        "" if entry.doc_no else " ".join(entry.purpose.split()),
    ]
    # The format's name here too: who compares two copies has to know whether one format told them both.
    return f"doc{at}:" + hashlib.sha256("\x1f".join(facts).encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line came from: the proved message and how it was proved."""

    message_id: str
    evidence: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording a line did.

    Attributes:
        entry_id: the entry, old or new.
        fresh: the line was not known before.
        payment_id: set when a payment is now waiting for its decision.
        storno: this is a booked reversal that has not been acted on before.
        announced: a reversal that is not booked yet: the bank only says that it is coming.
        reverses: the payment a storno takes back, when it was found.
        storno_came_first: the entry of the storno by which the bank took this payment back before we saw it arrive.
        unusable: money was booked to us that can be no payment: of another currency, or of a sum nobody can read.
        proved: a payment known before has now a stronger proof.
        retold: with that proof the bank tells the payment otherwise (payer, purpose, document) than we knew it.
        replaces: the payment of a whole batch whose single payments this line is one of.
    """

    entry_id: str
    fresh: bool
    payment_id: str | None = None
    storno: bool = False
    announced: bool = False
    reverses: str | None = None
    storno_came_first: str | None = None
    unusable: bool = False
    proved: str | None = None
    retold: bool = False
    replaces: str | None = None
