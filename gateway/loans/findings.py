"""What was found odd about an agreement, as it stands in `loan_agreements.warnings`.

A warning whose code is in HOLDING keeps the agreement from being signed, and goods from being released, until a person
settles it or another agreement takes its place. The others are shown, and that is all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.store.schema import dumps

SUMS_DIFFER = "loan.sums_differ"
CHANGED = "loan.agreement_changed"
NUMBER_TAKEN = "loan.agreement_number_taken"
REVOKED_LATE = "loan.revoked_late"
OFFER_DIFFERS = "loan.offer_differs"
PASSPORT_DIFFERS = "loan.passport_differs"

HOLDING = frozenset({SUMS_DIFFER, CHANGED, NUMBER_TAKEN, REVOKED_LATE})
"""Of these the first is about sums, the others are contradictions."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        code: in the message catalogue. values: what its text names; no personal data.
        settled_by, settled_at: the person who let it stand, and when; "" before.
    """

    code: str
    values: Mapping[str, str]
    settled_by: str = ""
    settled_at: str = ""

    @property
    def holds(self) -> bool:
        return self.code in HOLDING and not self.settled_by


def read(text: str) -> list[Finding]:
    """The findings of an agreement, in the order they came."""
    return [
        Finding(one["code"], one["values"], one.get("settled_by", ""), one.get("settled_at", ""))
        for one in json.loads(text)
    ]


def written(warnings: Iterable[Finding]) -> str:
    """Findings as JSON."""
    return dumps(
        [
            {
                "code": one.code,
                "values": dict(one.values),
                **({"settled_by": one.settled_by, "settled_at": one.settled_at} if one.settled_by else {}),
            }
            for one in warnings
        ]
    )


def holding(text: str) -> list[Finding]:
    """The findings that still keep an agreement from going on."""
    return [one for one in read(text) if one.holds]


def settled(text: str, by: str, at: str) -> str:
    """The findings once a person let stand what held."""
    return written(Finding(one.code, one.values, by, at) if one.holds else one for one in read(text))
