"""Words both wire formats share the meaning of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.loans.lenders.ports import LenderStatus, Offer, OriginalVerdict
from gateway.loans.model import SigningWay

_BY_STATUS = {
    LenderStatus.ORIGINAL_ACCEPTED: OriginalVerdict.ACCEPTED,
    LenderStatus.ORIGINAL_REJECTED: OriginalVerdict.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one lender writes statuses and ways of signing.

    Attributes:
        refusal: his word for "no", whenever it comes.
        originals: what he writes of the paper.
    """

    statuses: Mapping[str, LenderStatus]
    ways: Mapping[SigningWay, str]
    refusal: str
    originals: Mapping[str, OriginalVerdict]

    def status(self, word: str, offers: tuple[Offer, ...]) -> LenderStatus:
        """What `word` means.

        A refusal that still names offers is a yes taken back: the answer alone tells it, so it does not matter which
        earlier answers were read.
        """
        if word == self.refusal:
            return LenderStatus.REVOKED if offers else LenderStatus.DECLINED
        return self.statuses.get(word, LenderStatus.UNKNOWN)

    def original(self, word: str, status: LenderStatus) -> OriginalVerdict | None:
        """What he makes of the paper, by the field of its own or by the status."""
        return self.originals.get(word) or _BY_STATUS.get(status)

    def signing_ways(self, words: list[str]) -> tuple[SigningWay, ...]:
        """The ways we know among `words`, in our order."""
        return tuple(way for way, word in self.ways.items() if word in words)


_S = LenderStatus

REST = Dialect(
    statuses={
        "new": _S.RECEIVED,
        "inprogress": _S.THINKING,
        "correction": _S.NEEDS_INFO,
        "approved": _S.APPROVED,
        "agreement": _S.AGREED,
        "signed": _S.SIGNED,
        "documents_accepted": _S.ORIGINAL_ACCEPTED,
        "documents_rejected": _S.ORIGINAL_REJECTED,
        "committed": _S.COMMITTED,
        "transferred": _S.PAID_OUT,
        "canceled": _S.CANCELLED,
    },
    ways={SigningWay.CLERK: "Partner", SigningWay.BRANCH: "Bank", SigningWay.COURIER: "Courier"},
    refusal="rejected",
    originals={"accepted": OriginalVerdict.ACCEPTED, "rejected": OriginalVerdict.REJECTED},
)

SOAP = Dialect(
    statuses={
        "NEW": _S.RECEIVED,
        "IN_PROCESS": _S.THINKING,
        "CORRECTION": _S.NEEDS_INFO,
        "APPROVED": _S.APPROVED,
        "CONTRACT": _S.AGREED,
        "SIGNED": _S.SIGNED,
        "ORIGINALS_ACCEPTED": _S.ORIGINAL_ACCEPTED,
        "ORIGINALS_REJECTED": _S.ORIGINAL_REJECTED,
        "ISSUED": _S.COMMITTED,
        "PAID": _S.PAID_OUT,
        "CANCELED": _S.CANCELLED,
    },
    ways={SigningWay.CLERK: "POS", SigningWay.BRANCH: "BRANCH", SigningWay.COURIER: "COURIER"},
    refusal="REFUSED",
    originals={"ACCEPTED": OriginalVerdict.ACCEPTED, "REJECTED": OriginalVerdict.REJECTED},
)
