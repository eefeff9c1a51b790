"""Registers of what we and a party owe each other, statements made of their lines, and how one becomes money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.core.money import Money
from gateway.core.states import Machine, Transition


class PartyKind(StrEnum):
    """Whom we settle with."""

    SHOP = "shop"
    POINT = "point"
    AGENT = "agent"
    LENDER = "lender"  # owes us the fee where a tariff says that he bears it


class LineKind(StrEnum):
    """What a line of the register is about."""

    LOAN = "loan"  # a lender's money for a shop's buyer
    COD = "cod"
    PREMIUM = "premium"
    CHARGE = "charge"  # what a party owes us by itself: a courier's visit, a monthly fee
    CORRECTION = "correction"  # what a person put right, with a reason
    CARRIED = "carried"  # what an earlier statement left over: a negative total, or a sum paid twice


class StatementState(StrEnum):
    """Where a statement of account stands."""

    OPEN = "open"
    SENT = "sent"
    DISPUTED = "disputed"
    ACCEPTED = "accepted"
    ACCEPTED_BY_SILENCE = "accepted_by_silence"
    PAYABLE = "payable"
    DRAFTED = "drafted"  # a payment order waits for two signatures
    ORDERED = "ordered"  # it is signed, and on its way
    PAID = "paid"  # its debit line stands in a proved statement
    CARRIED = "carried"  # nothing to pay: the total goes into the next one
    CLAIMED = "claimed"  # the party owes us: an invoice waits for its money


class StatementEvent(StrEnum):
    """What can happen to it."""

    SEND = "send"
    ACCEPT = "accept"
    LAPSE = "lapse"  # five workdays without a remark
    DISPUTE = "dispute"
    FIX = "fix"  # its sum is fixed: to be paid
    CARRY = "carry"
    DRAFT = "draft"
    ORDER = "order"
    UNSIGN = "unsign"  # a signature counts no longer
    FAIL = "fail"  # the order was rejected, withdrawn or refused
    PAY = "pay"
    BOUNCE = "bounce"  # the bank gave the money back
    CLAIM = "claim"
    COLLECT = "collect"  # the party has paid what it owed
    LOSE = "lose"  # that payment was taken back


_S, _E = StatementState, StatementEvent
_AGREED = (_S.ACCEPTED, _S.ACCEPTED_BY_SILENCE)
_ORDER = ("payment_order_id",)


def _to_pay(net: int) -> bool:
    return net > 0


def _nothing_to_pay(net: int) -> bool:
    return net <= 0


def _owed_to_us(net: int) -> bool:
    return net < 0


STATEMENT = Machine(
    "statement of account",
    {
        (_S.OPEN, _E.SEND): Transition(_S.SENT),
        (_S.SENT, _E.ACCEPT): Transition(_S.ACCEPTED),
        (_S.SENT, _E.LAPSE): Transition(_S.ACCEPTED_BY_SILENCE),
        (_S.SENT, _E.DISPUTE): Transition(_S.DISPUTED),
        (_S.DISPUTED, _E.SEND): Transition(_S.SENT),
        (_S.DISPUTED, _E.ACCEPT): Transition(_S.ACCEPTED),
        # the guards are asked with the statement's net total in kopecks
        **{(state, _E.FIX): Transition(_S.PAYABLE, guard=_to_pay) for state in _AGREED},
        **{(state, _E.CARRY): Transition(_S.CARRIED, guard=_nothing_to_pay) for state in _AGREED},
        **{(state, _E.CLAIM): Transition(_S.CLAIMED, guard=_owed_to_us) for state in _AGREED},
        (_S.CLAIMED, _E.COLLECT): Transition(_S.PAID),
        (_S.PAID, _E.LOSE): Transition(_S.CLAIMED, guard=_owed_to_us, clears=("paid_at", "paid_entry_id")),
        (_S.CLAIMED, _E.CARRY): Transition(_S.CARRIED),  # given up: a person would rather set it off
        (_S.PAYABLE, _E.DRAFT): Transition(_S.DRAFTED),
        (_S.DRAFTED, _E.ORDER): Transition(_S.ORDERED),
        (_S.ORDERED, _E.UNSIGN): Transition(_S.DRAFTED),
        (_S.DRAFTED, _E.FAIL): Transition(_S.PAYABLE, clears=_ORDER),
        (_S.ORDERED, _E.FAIL): Transition(_S.PAYABLE, clears=_ORDER),
        # the debit line is a fact, whatever was said before it
        **{(state, _E.PAY): Transition(_S.PAID) for state in (_S.PAYABLE, _S.DRAFTED, _S.ORDERED)},
        (_S.PAID, _E.BOUNCE): Transition(_S.PAYABLE, guard=_to_pay, clears=(*_ORDER, "paid_at", "paid_entry_id")),
    },
    final=frozenset({_S.CARRIED}),
)


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """Whom we settle with: a kind and that room's own id."""

    kind: PartyKind
    id: str


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as the room that knows the event writes it: gross − fee = net; VAT is inside the fee.

    Attributes:
        source_event: unique for ever; the same event is one line however often it is told.
        subject: "table:id" of what it is about, for the chain to the bank message.
        document: what a person calls it: the agreement's or parcel's number.
        on: the day it belongs to.
        payment_id: the proved payment the money came with; "" for lines without money of their own.
        reverses: id of the line this one takes back, whole or in part (its sums have the opposite sign); "" for none.
        note: why, where a person wrote the line; the party reads it.
    """

    kind: LineKind
    party: Party
    source_event: str
    subject: str
    document: str
    on: date
    gross: Money
    fee: Money
    net: Money
    vat: Money
    payment_id: str = ""
    reverses: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not (self.source_event and self.party.id):
            raise ValueError("a line has a source event and a party")
        if self.gross - self.fee != self.net:
            raise ValueError(f"{self.gross} less {self.fee} is not {self.net}")
