"""Why an application ends, and why goods come back: a code each, so that no name and no phone gets into what is kept
for ever. Whoever has more to say leaves a remark (`gateway.loans.remarks`).

The text of a code is the catalogue's "loan.reason.<code>".
"""

from __future__ import annotations

from enum import StrEnum

from gateway.core.catalogue import sentence
from gateway.core.errors import Refused


class EndReason(StrEnum):
    """Why an application ends before its time, or is taken back from a lender."""

    CHANGED_MIND = "changed_mind"
    CHEAPER = "cheaper"  # found elsewhere
    TERMS = "terms"  # of the loan
    PAID_OTHERWISE = "paid_otherwise"
    NO_GOODS = "no_goods"
    DUPLICATE = "duplicate"
    WRONG_DATA = "wrong_data"
    IDENTITY = "identity"  # the passport is not the buyer's
    OTHER = "other"
    # said by the program
    REFUSED = "refused"  # on the phone
    WRONG_NUMBER = "wrong_number"
    UNANSWERED = "unanswered"
    LEAD = "lead"  # it did not get to a lender in time
    OFFER = "offer"  # nobody confirmed it in time
    SIGNING = "signing"  # it was not signed in time
    DECLINED = "declined"  # by every lender


class ReturnReason(StrEnum):
    """Why goods came back."""

    NOT_RIGHT = "not_right"  # size, colour, model
    DEFECT = "defect"
    DAMAGED = "damaged"  # on the way
    WRONG_GOODS = "wrong_goods"
    UNWANTED = "unwanted"
    OTHER = "other_return"


END_REASONS = tuple(EndReason)[: tuple(EndReason).index(EndReason.OTHER) + 1]
"""What people choose from."""


def chosen(reason: EndReason) -> EndReason:
    """The reason, if it is one people may give.

    Raises:
        Refused: `loan.reason_missing`.
    """
    if reason not in END_REASONS:
        raise Refused("loan.reason_missing")
    return reason


def words(reason: str, language: str = "ru") -> str:
    """The text of a code; "" for none."""
    return sentence(f"loan.reason.{reason}", language, {}) if reason else ""
