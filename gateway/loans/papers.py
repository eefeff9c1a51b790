"""What happens to an agreement: signing, the original on paper, the lender's money, the goods."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.core.states import Machine, Transition
from gateway.loans.model import SigningWay


class SigningState(StrEnum):
    """Where the signing of one agreement stands."""

    PLANNED = "planned"
    DOCUMENTS_READY = "documents_ready"
    ORDERED = "ordered"  # a courier's visit
    OUT = "out"
    MET = "met"
    RETURNED_EMPTY = "returned_empty"
    NO_SHOW = "no_show"  # the buyer came neither to the shop nor to the branch
    IDENTITY_CHECKED = "identity_checked"
    SIGNED = "signed"
    VERIFIED = "verified"  # the signed papers were looked through
    FAULTY = "faulty"
    RESIGNING = "resigning"
    REFUSED = "refused"  # by the buyer
    STOPPED = "stopped"  # the passport did not fit, twice


class SigningEvent(StrEnum):
    """What can happen to a signing."""

    PREPARE = "prepare"
    ORDER = "order"
    DEPART = "depart"
    MEET = "meet"
    COME_BACK_EMPTY = "come_back_empty"
    MISS = "miss"
    IDENTIFY = "identify"
    MISIDENTIFY = "misidentify"  # for the last time
    SIGN = "sign"
    VERIFY = "verify"
    FAULT = "fault"
    RESIGN = "resign"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class SigningFacts:
    """What the guards ask: the way of signing."""

    way: SigningWay


def _by_courier(facts: Any) -> bool:
    return isinstance(facts, SigningFacts) and facts.way is SigningWay.COURIER


def _in_person(facts: Any) -> bool:
    return isinstance(facts, SigningFacts) and facts.way is not SigningWay.COURIER


_S, _E = SigningState, SigningEvent
_READY = (_S.DOCUMENTS_READY, _S.RESIGNING)
_CHECK = ("identity_checked_at", "signed_at", "verified_at")

SIGNING = Machine(
    "signing",
    {
        (_S.PLANNED, _E.PREPARE): Transition(_S.DOCUMENTS_READY),
        **{(state, _E.ORDER): Transition(_S.ORDERED, _by_courier) for state in (*_READY, _S.RETURNED_EMPTY)},
        (_S.ORDERED, _E.DEPART): Transition(_S.OUT),
        (_S.OUT, _E.MEET): Transition(_S.MET),
        (_S.OUT, _E.COME_BACK_EMPTY): Transition(_S.RETURNED_EMPTY),
        (_S.MET, _E.COME_BACK_EMPTY): Transition(_S.RETURNED_EMPTY),
        **{(state, _E.MISS): Transition(_S.NO_SHOW, _in_person) for state in _READY},
        **{(state, _E.IDENTIFY): Transition(_S.IDENTITY_CHECKED, _in_person) for state in (*_READY, _S.NO_SHOW)},
        **{(state, _E.MISIDENTIFY): Transition(_S.STOPPED, _in_person) for state in (*_READY, _S.NO_SHOW)},
        (_S.MET, _E.IDENTIFY): Transition(_S.IDENTITY_CHECKED),
        (_S.MET, _E.MISIDENTIFY): Transition(_S.STOPPED),
        (_S.IDENTITY_CHECKED, _E.SIGN): Transition(_S.SIGNED),
        (_S.SIGNED, _E.VERIFY): Transition(_S.VERIFIED),
        (_S.SIGNED, _E.FAULT): Transition(_S.FAULTY),
        (_S.VERIFIED, _E.FAULT): Transition(_S.FAULTY),  # the lender found it
        (_S.FAULTY, _E.RESIGN): Transition(_S.RESIGNING, clears=_CHECK),
        **{
            (state, _E.REFUSE): Transition(_S.REFUSED)
            for state in (
                _S.PLANNED, *_READY, _S.ORDERED, _S.OUT, _S.MET, _S.RETURNED_EMPTY, _S.NO_SHOW, _S.IDENTITY_CHECKED,
                _S.FAULTY,
            )
        },
    },
    final=frozenset({_S.REFUSED, _S.STOPPED}),
)  # fmt: skip


class OriginalState(StrEnum):
    """Where the signed paper is: with exactly one holder at any time."""

    NONE = "none"
    WITH_SIGNER = "with_signer"
    IN_TRANSIT = "in_transit"
    AT_LENDER = "at_lender"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LOST = "lost"
    NOT_NEEDED = "not_needed"  # signed digitally


class OriginalEvent(StrEnum):
    """What can happen to it."""

    SIGN = "sign"
    SIGN_DIGITALLY = "sign_digitally"
    SEND = "send"
    ARRIVE = "arrive"
    ACCEPT = "accept"
    REJECT = "reject"
    LOSE = "lose"
    GIVE_BACK = "give_back"  # for signing anew


_O, _OE = OriginalState, OriginalEvent
_WAY = ("waybill", "sent_at", "arrived_at")

ORIGINAL = Machine(
    "original of an agreement",
    {
        (_O.NONE, _OE.SIGN): Transition(_O.WITH_SIGNER),
        (_O.NONE, _OE.SIGN_DIGITALLY): Transition(_O.NOT_NEEDED),
        (_O.WITH_SIGNER, _OE.SEND): Transition(_O.IN_TRANSIT),
        (_O.WITH_SIGNER, _OE.GIVE_BACK): Transition(_O.NONE, clears=_WAY),
        (_O.IN_TRANSIT, _OE.ARRIVE): Transition(_O.AT_LENDER),
        (_O.IN_TRANSIT, _OE.LOSE): Transition(_O.LOST),
        (_O.AT_LENDER, _OE.ACCEPT): Transition(_O.ACCEPTED),
        (_O.AT_LENDER, _OE.REJECT): Transition(_O.REJECTED),
        # a lender who tells only the end of it has got the paper too
        (_O.IN_TRANSIT, _OE.ACCEPT): Transition(_O.ACCEPTED),
        (_O.IN_TRANSIT, _OE.REJECT): Transition(_O.REJECTED),
        (_O.REJECTED, _OE.GIVE_BACK): Transition(_O.NONE, clears=_WAY),
        (_O.LOST, _OE.GIVE_BACK): Transition(_O.NONE, clears=_WAY),
    },
    final=frozenset({_O.ACCEPTED, _O.NOT_NEEDED}),
)


class FundingState(StrEnum):
    """The lender's money for one agreement, as the bank statement tells it."""

    EXPECTED = "expected"
    PARTLY = "partly"
    RECEIVED = "received"
    REVERSED = "reversed"
    VOID = "void"  # the agreement came to nothing: no money is expected


class FundingEvent(StrEnum):
    """What can happen to it."""

    PART = "part"
    WHOLE = "whole"
    REVERSE = "reverse"
    CALL_OFF = "call_off"


_F, _FE = FundingState, FundingEvent

FUNDING = Machine(
    "lender's money",
    {
        (_F.EXPECTED, _FE.PART): Transition(_F.PARTLY),
        (_F.EXPECTED, _FE.WHOLE): Transition(_F.RECEIVED),
        (_F.PARTLY, _FE.PART): Transition(_F.PARTLY),
        (_F.PARTLY, _FE.WHOLE): Transition(_F.RECEIVED),
        (_F.PARTLY, _FE.REVERSE): Transition(_F.REVERSED),
        (_F.RECEIVED, _FE.WHOLE): Transition(_F.RECEIVED),  # another sum, which is all of it too: he has kept the rest
        (_F.RECEIVED, _FE.REVERSE): Transition(_F.REVERSED),
        (_F.RECEIVED, _FE.PART): Transition(_F.PARTLY),  # one of several payments was taken back
        (_F.REVERSED, _FE.PART): Transition(_F.PARTLY),
        (_F.REVERSED, _FE.WHOLE): Transition(_F.RECEIVED),
        (_F.EXPECTED, _FE.CALL_OFF): Transition(_F.VOID),
        (_F.REVERSED, _FE.CALL_OFF): Transition(_F.VOID),
    },
    final=frozenset({_F.VOID}),
)


class GoodsState(StrEnum):
    """The goods bought on credit."""

    HELD = "held"
    RELEASED = "released"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMMITTED = "committed"  # the lender was told that the buyer has them
    RETURNED = "returned"
    CALLED_OFF = "called_off"  # the loan came to nothing before they left


class GoodsEvent(StrEnum):
    """What can happen to them."""

    RELEASE = "release"
    HOLD = "hold"  # what had allowed them is gone, and they are still here
    SHIP = "ship"
    DELIVER = "deliver"
    COMMIT = "commit"
    RETURN = "return"
    CALL_OFF = "call_off"


_G, _GE = GoodsState, GoodsEvent

GOODS = Machine(
    "goods on credit",
    {
        (_G.HELD, _GE.RELEASE): Transition(_G.RELEASED),
        (_G.RELEASED, _GE.HOLD): Transition(_G.HELD, clears=("released_at",)),
        (_G.RELEASED, _GE.SHIP): Transition(_G.SHIPPED),
        (_G.RELEASED, _GE.DELIVER): Transition(_G.DELIVERED),  # handed over the counter
        (_G.SHIPPED, _GE.DELIVER): Transition(_G.DELIVERED),
        (_G.DELIVERED, _GE.COMMIT): Transition(_G.COMMITTED),
        (_G.SHIPPED, _GE.RETURN): Transition(_G.RETURNED),
        (_G.DELIVERED, _GE.RETURN): Transition(_G.RETURNED),
        (_G.COMMITTED, _GE.RETURN): Transition(_G.RETURNED),
        (_G.HELD, _GE.CALL_OFF): Transition(_G.CALLED_OFF),
        (_G.RELEASED, _GE.CALL_OFF): Transition(_G.CALLED_OFF),
    },
    final=frozenset({_G.RETURNED, _G.CALLED_OFF}),
)
