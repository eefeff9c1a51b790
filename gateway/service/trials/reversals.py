"""Payments the bank took back: they were no income, so a back-test passes over them, storno and payment both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.bank.statement import Entry
from gateway.payments.storno import meant, ways_named


@dataclass(frozen=True, slots=True)
class Line:
    """A booked line of a statement file.

    Attributes:
        id: its own among the lines of all files, of which several may have one name.
        file, number: where it stands; the number is that of the line within its file.
        account: ours.
    """

    id: str
    file: str
    number: int
    account: str
    entry: Entry

    @property
    def booked(self) -> str | None:
        return self.entry.booked.isoformat() if self.entry.booked else None

    @property
    def party_account(self) -> str:
        return self.entry.counterparty.account

    @property
    def doc_no(self) -> str:
        return self.entry.doc_no

    @property
    def ref(self) -> str:
        return self.entry.ref

    @property
    def e2e(self) -> str:
        return self.entry.e2e


class Reversals:
    """Which payments were taken back, by the rule the service has (`payments.storno`).

    Args:
        payments: lines that brought money.
        stornos: lines that took money back; each takes back one payment, in the order of their days.

    Attributes:
        ids: of the payments that were taken back.
        unknown: stornos whose payment is not among `payments`, or may be one of several: a person's in the service.
    """

    def __init__(self, payments: Sequence[Line], stornos: Sequence[Line]) -> None:
        self.ids: set[str] = set()
        self.unknown: list[Line] = []
        self._sums: defaultdict[tuple[str, int], list[Line]] = defaultdict(list)
        for payment in payments if stornos else ():
            self._sums[payment.account, payment.entry.amount.kopecks].append(payment)
        for storno in sorted(stornos, key=lambda line: line.booked or ""):
            found = self._payment_of(storno)
            if found is None:
                self.unknown.append(storno)
            else:
                self.ids.add(found)

    def _payment_of(self, storno: Line) -> str | None:
        alive = list(self._alive(storno))
        for named in ways_named(storno.entry):
            is_named = [line for line in alive if all(getattr(line, name) == value for name, value in named.items())]
            found = meant(is_named, storno.entry)
            if found is not None:
                return found
        return None

    def _alive(self, storno: Line) -> Iterator[Line]:
        """Payments of this account and sum that nobody took back, booked when the storno was or before."""
        for payment in self._sums[storno.account, storno.entry.amount.kopecks]:
            after = bool(storno.booked and payment.booked) and str(payment.booked) > str(storno.booked)
            if payment.id not in self.ids and not after:
                yield payment
