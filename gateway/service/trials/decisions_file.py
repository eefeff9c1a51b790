"""decisions.jsonl: one line for each payment, written as it is decided."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import IO, Any

from gateway.matching.decision import Allocations, Decision
from gateway.matching.explain import explain
from gateway.matching.facts import PaymentIn
from gateway.matching.trial_summary import Answer, answer_of
from gateway.store.schema import dumps


class DecisionsFile:
    """The file while it is written; a context manager.

    It grows under the name `<name>.part` and takes its own name when the block ends, with whole lines only. A block
    that fails leaves the part, and an older file as it was.

    Raises:
        OSError: the folder cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._file: IO[str] | None = None

    def __enter__(self) -> DecisionsFile:
        self._file = self._part.open("w", encoding="utf-8", newline="\n")
        return self

    def write(self, payment: PaymentIn, decision: Decision) -> None:
        """Append one decision."""
        if self._file is None:
            raise ValueError("the file is not open")
        self._file.write(dumps(row(payment, decision)) + "\n")

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
        if kind is None:
            self._part.replace(self._path)


def row(payment: PaymentIn, decision: Decision) -> dict[str, Any]:
    """A decision as the file has it; docs/backtest.md names the fields."""
    booked = answer_of(decision) is Answer.AUTO
    return {
        "payment_id": payment.id,
        "decision": answer_of(decision).value,
        "allocations": _pairs(decision.allocations) if booked else [],
        "outcome": decision.outcome.value,
        "why": explain(decision, "ru"),
        "facts": [reason.code for reason in decision.reasons],
        "release": sorted(decision.release_ok) if booked else [],
        "advance": decision.advance.kopecks if booked else 0,
        "fee": decision.fee.kopecks if booked else 0,
        "suggestions": [
            {
                "allocations": _pairs(suggestion.allocations),
                "difference": suggestion.difference.kopecks,
                "facts": [reason.code for reason in suggestion.reasons],
            }
            for suggestion in decision.suggestions
        ],
    }


def _pairs(allocations: Allocations) -> list[list[str | int]]:
    return [[invoice_id, amount.kopecks] for invoice_id, amount in allocations]
