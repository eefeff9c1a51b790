"""A notification to somebody outside: words, and what can become of it."""

from __future__ import annotations

from enum import StrEnum

from gateway.core.states import Machine, Transition


class NotificationChannel(StrEnum):
    """How it goes."""

    SMS = "sms"
    EMAIL = "email"


class NotificationState(StrEnum):
    """Where it stands.

    UNKNOWN is a state of its own: it was handed over, and whether the gateway took it nobody knows. It is never sent
    again by itself.
    """

    QUEUED = "queued"
    SENDING = "sending"  # handed to the gateway, which has not answered
    SENT = "sent"  # the gateway took it
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"  # nobody took it before it lost its sense
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"  # no longer wanted before it was sent


class NotificationEvent(StrEnum):
    """What can happen to it."""

    HAND_OVER = "hand_over"
    ACCEPT = "accept"
    PUT_OFF = "put_off"  # the gateway certainly did not take it: later
    DELIVER = "deliver"
    FAIL = "fail"
    EXPIRE = "expire"
    LOSE_SIGHT = "lose_sight"  # no answer
    WITHDRAW = "withdraw"


_S, _E = NotificationState, NotificationEvent

# A receipt is believed while the message is under way; a late or repeated one after the end changes nothing.
NOTIFICATION = Machine(
    "notification",
    {
        (_S.QUEUED, _E.HAND_OVER): Transition(_S.SENDING),
        (_S.QUEUED, _E.WITHDRAW): Transition(_S.WITHDRAWN),
        (_S.QUEUED, _E.EXPIRE): Transition(_S.EXPIRED),
        (_S.QUEUED, _E.FAIL): Transition(_S.FAILED),
        (_S.SENDING, _E.ACCEPT): Transition(_S.SENT),
        (_S.SENDING, _E.PUT_OFF): Transition(_S.QUEUED),
        (_S.SENDING, _E.FAIL): Transition(_S.FAILED),
        (_S.SENDING, _E.LOSE_SIGHT): Transition(_S.UNKNOWN),
        # a receipt may overtake the answer
        (_S.SENDING, _E.DELIVER): Transition(_S.DELIVERED),
        (_S.SENDING, _E.EXPIRE): Transition(_S.EXPIRED),
        (_S.UNKNOWN, _E.ACCEPT): Transition(_S.SENT),
        (_S.UNKNOWN, _E.DELIVER): Transition(_S.DELIVERED),
        (_S.UNKNOWN, _E.FAIL): Transition(_S.FAILED),
        (_S.UNKNOWN, _E.EXPIRE): Transition(_S.EXPIRED),
        (_S.SENT, _E.DELIVER): Transition(_S.DELIVERED),
        (_S.SENT, _E.FAIL): Transition(_S.FAILED),
        (_S.SENT, _E.EXPIRE): Transition(_S.EXPIRED),
    },
    final=frozenset({_S.DELIVERED, _S.FAILED, _S.EXPIRED, _S.WITHDRAWN}),
)


class ConsentWord(StrEnum):
    """What somebody said of being written to."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class ConsentSource(StrEnum):
    """How we know."""

    SHOP = "shop"  # the shop has it, and says so with the parcel
    FORM = "form"
    LINK = "link"  # the link in a message
    REPLY = "reply"  # an SMS or a letter back: СТОП
    OPERATOR = "operator"  # the mobile operator refuses mailings to him
    CLERK = "clerk"
