"""A parcel on its way to a buyer: words, stages and the small machines beside them.

Where a parcel is follows from its carrier's history alone (`gateway.parcels.history`): the stage is reckoned again from
all operations each time one comes. What we do about it stands beside: whether it is still watched, and what becomes of
the cash on delivery.
"""

from __future__ import annotations

from enum import StrEnum

from gateway.core.states import Machine, Transition


class CarrierKey(StrEnum):
    """Who carries it. EMS and China Post items go through the Russian Post."""

    POST = "post"
    CDEK = "cdek"


class Source(StrEnum):
    """How we came to know of it."""

    FILE = "file"
    API = "api"
    ORDER = "order"  # a shipment of the flow
    ONEC = "onec"
    HAND = "hand"


class Stage(StrEnum):
    """Where it is, in words common to all carriers."""

    REGISTERED = "registered"  # a number, and nothing of it seen yet
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    READY = "ready"  # waits for the buyer at an office, a locker or a pick-up point
    WITH_COURIER = "with_courier"
    DELIVERED = "delivered"
    PARTIAL = "partial"  # the buyer took a part, the rest goes back
    RETURN_STARTED = "return_started"
    RETURNED = "returned"  # back in the sender's hands
    LOST = "lost"  # lost, seized or destroyed


OVER = frozenset({Stage.DELIVERED, Stage.RETURNED, Stage.LOST})
"""Stages nothing is expected after; PARTIAL is over when its rest is back."""

AT_BUYER = frozenset({Stage.READY, Stage.WITH_COURIER})
"""The buyer can act."""


class Effect(StrEnum):
    """What one operation of a carrier means. Each code of a carrier's table has exactly one."""

    REGISTER = "register"
    ACCEPT = "accept"
    MOVE = "move"
    CUSTOMS = "customs"
    ARRIVE = "arrive"  # ready for the buyer
    COURIER = "courier"
    ATTEMPT = "attempt"  # the carrier came, and nobody took it
    COUNTDOWN = "countdown"  # storage runs out; the parcel is where it was, ready
    PROLONG = "prolong"  # storage is longer now
    DELIVER = "deliver"
    DELIVER_BACK = "deliver_back"  # handed to the sender
    PARTIAL = "partial"
    TURN_BACK = "turn_back"  # the way back begins
    FORWARD = "forward"  # to another office: what arrived before has not arrived
    LOSE = "lose"
    COD_PAID = "cod_paid"  # the buyer has paid: he has it
    RENUMBER = "renumber"
    NOTE = "note"  # tells nothing of where it is


class Watch(StrEnum):
    """Whether we still ask the carrier and write to the buyer."""

    ACTIVE = "active"
    ENDED = "ended"


class WatchEvent(StrEnum):
    """What can happen to the watch."""

    END = "end"
    REOPEN = "reopen"


WATCH = Machine(
    "parcel watch",
    {
        (Watch.ACTIVE, WatchEvent.END): Transition(Watch.ENDED),
        (Watch.ENDED, WatchEvent.REOPEN): Transition(Watch.ACTIVE, clears=("ended_at", "ended_how", "ended_by")),
    },
    final=frozenset(),
)


class EndedHow(StrEnum):
    """Why the watch ended."""

    CARRIER = "carrier"  # its own record says so
    MONEY = "money"  # its cash on delivery stands in the bank's statement
    BUYER = "buyer"  # he says he has it
    CLERK = "clerk"  # one of ours says so
    REMOVED = "removed"  # entered by mistake, or no longer wanted
    SILENT = "silent"  # nothing for so long that nobody asks any more


class CodState(StrEnum):
    """What becomes of the cash on delivery."""

    NONE = "none"
    EXPECTED = "expected"
    COLLECTED = "collected"  # the carrier says the buyer has paid
    ARRIVED = "arrived"  # in the bank's statement, to the kopeck
    MISSING = "missing"  # delivered long ago, and no money
    CLAIMED = "claimed"  # the carrier was asked in writing
    VOID = "void"  # went back: nothing to be paid


class CodEvent(StrEnum):
    """What can happen to it."""

    EXPECT = "expect"
    COLLECT = "collect"
    ARRIVE = "arrive"
    REVERSE = "reverse"  # the bank took the money back, or it was allocated by mistake
    OVERDUE = "overdue"
    CLAIM = "claim"
    CALL_OFF = "call_off"


_C, _CE = CodState, CodEvent

COD = Machine(
    "cash on delivery",
    {
        (_C.NONE, _CE.EXPECT): Transition(_C.EXPECTED),
        (_C.EXPECTED, _CE.COLLECT): Transition(_C.COLLECTED),
        **{
            (state, _CE.ARRIVE): Transition(_C.ARRIVED)
            for state in (_C.EXPECTED, _C.COLLECTED, _C.MISSING, _C.CLAIMED, _C.VOID)
        },
        (_C.ARRIVED, _CE.REVERSE): Transition(_C.COLLECTED, clears=("cod_payment_id", "cod_arrived_at")),
        (_C.EXPECTED, _CE.OVERDUE): Transition(_C.MISSING),
        (_C.COLLECTED, _CE.OVERDUE): Transition(_C.MISSING),
        (_C.MISSING, _CE.COLLECT): Transition(_C.MISSING),
        (_C.MISSING, _CE.CLAIM): Transition(_C.CLAIMED),
        **{
            (state, _CE.CALL_OFF): Transition(_C.VOID)
            for state in (_C.EXPECTED, _C.COLLECTED, _C.MISSING, _C.CLAIMED)
        },
        (_C.VOID, _CE.EXPECT): Transition(_C.EXPECTED),  # the return was a slip: it goes to the buyer after all
        (_C.COLLECTED, _CE.EXPECT): Transition(_C.EXPECTED),  # only money said so, and it was taken back
    },
    final=frozenset(),
)  # fmt: skip
