"""An application for a loan and what lenders say of it: words and transition tables.

No single status tells everything. An application, each lender's decision, the signing, the original, the funding and
the goods each have a small machine of their own (`gateway.loans.papers` has the later ones); the screens show a stage
derived from all of them (`gateway.loans.stage`).
"""

from __future__ import annotations

from enum import StrEnum

from gateway.core.states import Machine, Transition


class SigningWay(StrEnum):
    """Where and with whom the buyer signs."""

    CLERK = "clerk"  # the shop's clerk, when the goods are handed over
    BRANCH = "branch"  # the lender's branch, before the goods leave
    COURIER = "courier"  # a courier brings the papers, before the goods leave


class Origin(StrEnum):
    """Where an application came from."""

    SITE = "site"
    CALL_CENTRE = "call_centre"
    TRAY = "tray"


class ApplicationState(StrEnum):
    """Where an application stands."""

    LEAD = "lead"  # a phone number
    CALLBACK = "callback"  # rung, and to be rung again
    QUESTIONNAIRE = "questionnaire"  # being filled in
    SUBMITTED = "submitted"  # lenders have it
    APPROVED = "approved"  # at least one offers
    ACCEPTED = "accepted"  # an offer and a way of signing are chosen
    AGREED = "agreed"  # the lender's agreement is here, to be signed
    ACTIVE = "active"  # signed, and the goods may go
    CLOSED = "closed"  # goods delivered, papers at the lender, money at the shop
    DECLINED = "declined"  # every lender said no
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # nobody answered, or it was not signed in time
    RETURNED = "returned"  # the goods came back, the loan was paid off


class ApplicationEvent(StrEnum):
    """What can happen to it."""

    CALL_LATER = "call_later"
    ANSWER = "answer"
    SUBMIT = "submit"
    APPROVE = "approve"  # a lender offers
    DECLINE = "decline"  # the last lender said no
    ACCEPT = "accept"
    AGREE = "agree"
    RECONSIDER = "reconsider"  # the chosen offer changed or went, another one stands
    ACTIVATE = "activate"
    CLOSE = "close"
    REOPEN = "reopen"  # the lender's money is gone again
    CANCEL = "cancel"
    EXPIRE = "expire"
    RETURN = "return"


_S, _E = ApplicationState, ApplicationEvent
_CHOICE = ("lender", "offer_id", "signing_way", "agreement_no", "agreement_key", "loan", "discount", "transfer", "fee")
"""Columns that hold what was chosen; they do not outlive the choice."""

APPLICATION = Machine(
    "loan application",
    {
        (_S.LEAD, _E.CALL_LATER): Transition(_S.CALLBACK),
        (_S.CALLBACK, _E.CALL_LATER): Transition(_S.CALLBACK),
        (_S.QUESTIONNAIRE, _E.CALL_LATER): Transition(_S.CALLBACK),
        (_S.LEAD, _E.ANSWER): Transition(_S.QUESTIONNAIRE),
        (_S.CALLBACK, _E.ANSWER): Transition(_S.QUESTIONNAIRE),
        (_S.QUESTIONNAIRE, _E.SUBMIT): Transition(_S.SUBMITTED),
        (_S.SUBMITTED, _E.APPROVE): Transition(_S.APPROVED),
        (_S.SUBMITTED, _E.DECLINE): Transition(_S.DECLINED),
        (_S.APPROVED, _E.APPROVE): Transition(_S.APPROVED),
        (_S.APPROVED, _E.ACCEPT): Transition(_S.ACCEPTED),
        (_S.ACCEPTED, _E.AGREE): Transition(_S.AGREED),
        (_S.AGREED, _E.ACTIVATE): Transition(_S.ACTIVE),
        (_S.ACTIVE, _E.CLOSE): Transition(_S.CLOSED),
        (_S.CLOSED, _E.REOPEN): Transition(_S.ACTIVE, clears=("ended_at",)),
        **{
            (state, _E.DECLINE): Transition(_S.DECLINED, clears=_CHOICE)
            for state in (_S.APPROVED, _S.ACCEPTED, _S.AGREED)
        },
        (_S.APPROVED, _E.RECONSIDER): Transition(_S.SUBMITTED),  # no offer stands, but a lender is still thinking
        (_S.ACCEPTED, _E.RECONSIDER): Transition(_S.APPROVED, clears=_CHOICE),
        (_S.AGREED, _E.RECONSIDER): Transition(_S.APPROVED, clears=_CHOICE),
        **{
            (state, _E.CANCEL): Transition(_S.CANCELLED)
            for state in (
                _S.LEAD, _S.CALLBACK, _S.QUESTIONNAIRE, _S.SUBMITTED, _S.APPROVED, _S.ACCEPTED, _S.AGREED, _S.ACTIVE,
            )
        },  # an active one while its goods are still here: see `agreement_rows.call_off`
        **{
            (state, _E.EXPIRE): Transition(_S.EXPIRED)
            for state in (
                _S.LEAD, _S.CALLBACK, _S.QUESTIONNAIRE, _S.SUBMITTED, _S.APPROVED, _S.ACCEPTED, _S.AGREED,
            )
        },
        (_S.ACTIVE, _E.RETURN): Transition(_S.RETURNED),
        (_S.CLOSED, _E.RETURN): Transition(_S.RETURNED),
    },
    final=frozenset({_S.DECLINED, _S.CANCELLED, _S.EXPIRED, _S.RETURNED}),
)  # fmt: skip


class DecisionState(StrEnum):
    """What one lender made of an application."""

    QUEUED = "queued"  # ours, not there yet
    SENT = "sent"
    NEEDS_INFO = "needs_info"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # we took it back
    REVOKED = "revoked"  # the lender took his yes back


class DecisionEvent(StrEnum):
    """What can happen to a decision."""

    SEND = "send"
    ASK = "ask"
    CORRECT = "correct"  # the questionnaire was put right: to be sent again
    APPROVE = "approve"  # also with other offers than before
    DECLINE = "decline"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"


_D, _DE = DecisionState, DecisionEvent

DECISION = Machine(
    "lender's decision",
    {
        (_D.QUEUED, _DE.SEND): Transition(_D.SENT),
        # polls and hints come in any order: an answer may be read before the sending is known to have worked
        (_D.QUEUED, _DE.ASK): Transition(_D.NEEDS_INFO),
        (_D.QUEUED, _DE.APPROVE): Transition(_D.APPROVED),
        (_D.QUEUED, _DE.DECLINE): Transition(_D.DECLINED),
        (_D.SENT, _DE.ASK): Transition(_D.NEEDS_INFO),
        (_D.SENT, _DE.APPROVE): Transition(_D.APPROVED),
        (_D.SENT, _DE.DECLINE): Transition(_D.DECLINED),
        (_D.NEEDS_INFO, _DE.ASK): Transition(_D.NEEDS_INFO),
        (_D.NEEDS_INFO, _DE.CORRECT): Transition(_D.QUEUED),
        (_D.NEEDS_INFO, _DE.APPROVE): Transition(_D.APPROVED),
        (_D.NEEDS_INFO, _DE.DECLINE): Transition(_D.DECLINED),
        (_D.APPROVED, _DE.APPROVE): Transition(_D.APPROVED),
        (_D.APPROVED, _DE.REVOKE): Transition(_D.REVOKED, clears=("offers",)),
        **{
            (state, _DE.WITHDRAW): Transition(_D.WITHDRAWN, clears=("offers",))
            for state in (_D.QUEUED, _D.SENT, _D.NEEDS_INFO, _D.APPROVED)
        },
    },
    final=frozenset({_D.DECLINED, _D.WITHDRAWN, _D.REVOKED}),
)
