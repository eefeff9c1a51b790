"""What a payment order is, how it moves, and the terms it is made under."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from gateway.core.authority import Role
from gateway.core.catalogue import sentence
from gateway.core.clock import MOSCOW
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.states import Machine, Transition

Source = Literal["hand", "1c", "settlement"]
_GUIDS = uuid.UUID("7b1f0a52-6f0c-5c0e-9f0e-9d8f3a3c1b11")  # namespace of the GUIDs derived from our ids


class OrderState(StrEnum):
    """Where a payment order stands."""

    DRAFT = "draft"  # proposed by the gateway or by who may not sign: no signature yet
    WAITING = "waiting_approval"  # one of two signatures
    APPROVED = "approved"  # two; may leave
    SENDING = "sending"  # its bytes are fixed and stored; whether they left is not known yet
    UNKNOWN = "unknown"  # they may have left: the bank is asked
    SENT = "sent"  # the bank has it
    ACCEPTED = "accepted"  # the bank says it will carry it out
    EXECUTED = "executed"  # the debit line stands in a proved statement
    REFUSED = "refused"  # the bank will not
    RETURNED = "returned"  # executed, and the money came back
    REJECTED = "rejected"  # by the second person
    WITHDRAWN = "withdrawn"  # taken back before it left


class OrderEvent(StrEnum):
    """What can happen to it."""

    SIGN = "sign"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"  # a signature counts no longer
    PREPARE = "prepare"
    ASK_FIRST = "ask_first"  # of a restored copy: it may have left before, in what the copy does not know
    TAKEN = "taken"
    LOST = "lost"
    AGAIN = "again"
    GIVE_UP = "give_up"  # a person has made sure that the bank never got it
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXECUTE = "execute"
    RETURN = "return"


_S, _E = OrderState, OrderEvent

ORDER = Machine(
    "payment order",
    {
        (_S.DRAFT, _E.SIGN): Transition(_S.WAITING),
        (_S.WAITING, _E.APPROVE): Transition(_S.APPROVED),
        (_S.APPROVED, _E.LAPSE): Transition(_S.WAITING),
        (_S.WAITING, _E.LAPSE): Transition(_S.DRAFT),
        (_S.DRAFT, _E.REJECT): Transition(_S.REJECTED),
        (_S.WAITING, _E.REJECT): Transition(_S.REJECTED),
        (_S.DRAFT, _E.WITHDRAW): Transition(_S.WITHDRAWN),
        (_S.WAITING, _E.WITHDRAW): Transition(_S.WITHDRAWN),
        (_S.APPROVED, _E.WITHDRAW): Transition(_S.WITHDRAWN),
        (_S.APPROVED, _E.PREPARE): Transition(_S.SENDING),
        (_S.SENDING, _E.TAKEN): Transition(_S.SENT),
        (_S.SENDING, _E.LOST): Transition(_S.UNKNOWN),
        (_S.SENDING, _E.ASK_FIRST): Transition(_S.UNKNOWN),
        (_S.SENDING, _E.REFUSE): Transition(_S.REFUSED),
        (_S.UNKNOWN, _E.TAKEN): Transition(_S.SENT),
        (_S.UNKNOWN, _E.AGAIN): Transition(_S.SENDING),
        (_S.UNKNOWN, _E.REFUSE): Transition(_S.REFUSED),
        (_S.UNKNOWN, _E.GIVE_UP): Transition(_S.REFUSED),
        (_S.SENT, _E.REFUSE): Transition(_S.REFUSED),
        (_S.ACCEPTED, _E.REFUSE): Transition(_S.REFUSED),
        **{(state, _E.ACCEPT): Transition(_S.ACCEPTED) for state in (_S.SENDING, _S.UNKNOWN, _S.SENT)},
        # The debit line is a fact, whatever was said before: also when the bank had refused the order, when somebody
        # paid the same document another way before ours could leave, or when it had left before the database was put
        # back from an older copy, in which it was withdrawn.
        **{
            (state, _E.EXECUTE): Transition(_S.EXECUTED)
            for state in (
                _S.DRAFT, _S.WAITING, _S.APPROVED, _S.SENDING, _S.UNKNOWN, _S.SENT, _S.ACCEPTED, _S.REFUSED,
                _S.REJECTED, _S.WITHDRAWN,
            )
        },
        # The line that gives the money back may be read before the one that took it.
        **{
            (state, _E.RETURN): Transition(_S.RETURNED)
            for state in (_S.SENDING, _S.UNKNOWN, _S.SENT, _S.ACCEPTED, _S.EXECUTED)
        },
    },
    final=frozenset({_S.RETURNED}),
)  # fmt: skip

UNSENT = (_S.DRAFT, _S.WAITING, _S.APPROVED)
ON_THE_WAY = (_S.SENDING, _S.UNKNOWN, _S.SENT, _S.ACCEPTED)
DEAD = (_S.REJECTED, _S.WITHDRAWN, _S.REFUSED)
"""States of orders that moved no money: their number and source may be used again."""
TURNED_UP = "turned_up"
"""Event: the bank has an order that had ended, or has carried it out."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Who gets the money.

    Attributes:
        name: up to 160 characters.
        inn: 10 digits (company), 12 (person, sole trader), 5 (КИО of a foreign company); "" or "0" for a person
            without one.
        kpp: 9 places; "" or "0" for none.
        account: 20 places, with the key of `bic`.
        corr_account: of the payee's bank; "" only for accounts in the Bank of Russia itself.
    """

    name: str
    inn: str
    kpp: str
    account: str
    bic: str
    bank_name: str = ""
    corr_account: str = ""


@dataclass(frozen=True, slots=True)
class TaxFields:
    """Fields 101 and 104 to 109 of a payment to the budget; "0" where the rules want a zero."""

    status: str  # 101
    kbk: str  # 104
    oktmo: str  # 105
    basis: str = "0"  # 106
    period: str = "0"  # 107
    doc_no: str = "0"  # 108
    doc_date: str = "0"  # 109, ДД.ММ.ГГГГ


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """A payment order as it is proposed.

    Attributes:
        account: ours, 20 digits.
        purpose: назначение, up to 210 characters; an ordinary payment's says what VAT is in it.
        kind: "tax" for payments with fields 101–109.
        number: up to 6 digits; "" lets the gateway give the next one of the account and year.
        date: of the document; None for today.
        uin: field 22; "" or "0" for none.
        vat: what to add to a purpose that says nothing of VAT: "none" for «НДС не облагается», a rate as "22"; "" to
            add nothing.
        source, source_id: where it came from; the same source and id is the same order.
    """

    account: str
    payee: Payee
    amount: Money
    purpose: str
    kind: Literal["ordinary", "tax"] = "ordinary"
    number: str = ""
    date: date | None = None
    priority: int = 5
    uin: str = ""
    vat: str = ""
    tax: TaxFields | None = None
    source: Source = "hand"
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule says of a draft.

    Attributes:
        code: entry of the message catalogue.
        about: the field, as `OrderDraft` names it ("payee.account"); "" when it is the whole.
        values: what its sentence names; text only.
        confirm: a warning a person must confirm by name before the order goes on.
    """

    code: str
    about: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    confirm: bool = False

    def text(self, language: str = "ru") -> str:
        return sentence(self.code, language, self.values)

    def hint(self, language: str = "ru") -> str:
        return sentence(self.code, f"hint_{language}", self.values)

    def refused(self) -> Refused:
        """The error this is to a caller who goes on all the same; `about` stands among its values."""
        return Refused(self.code, **{**self.values, "about": self.about})

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "about": self.about, "values": dict(self.values), "confirm": self.confirm}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Finding:
        return cls(stored["code"], stored["about"], stored["values"], stored["confirm"])


class NeedsConfirming(Refused):
    """Warnings nobody has confirmed yet stand in the way.

    Attributes:
        warnings: all of them; repeat the call with their codes once a person has read them.
    """

    def __init__(self, warnings: tuple[Finding, ...]) -> None:
        self.warnings = warnings
        super().__init__("outgoing.confirm_warnings", codes=", ".join(w.code for w in warnings))


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account of ours money may leave from."""

    number: str
    bic: str
    bank: str = ""
    corr_account: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much people of a role may let out without a stronger role; None for no limit.

    Attributes:
        order: one order.
        day: all orders approved on one business day.
    """

    order: Money | None = None
    day: Money | None = None


@dataclass(frozen=True, slots=True)
class OutgoingTerms:
    """How this company pays.

    Attributes:
        name, inn, kpp: ourselves as payer.
        accounts: ours, by number.
        signers: roles whose people may sign.
        limits: of roles; a role without an entry has none.
        duplicate_days: how far apart two equal payments may lie and still look like one.
        absent_after_s: a bank that says it has no such order is believed so many seconds after the last try.
    """

    name: str = ""
    inn: str = ""
    kpp: str = ""
    accounts: Mapping[str, OwnAccount] = field(default_factory=dict)
    signers: frozenset[Role] = frozenset({Role.ACCOUNTANT, Role.DIRECTOR, Role.OWNER})
    limits: Mapping[Role, Limit] = field(default_factory=dict)
    duplicate_days: int = 30
    absent_after_s: int = 60
    zone: ZoneInfo = MOSCOW


def document_id(order_id: str) -> str:
    """The GUID under which a bank that wants GUIDs knows the order: the same for the same order, always."""
    return str(uuid.uuid5(_GUIDS, order_id))
