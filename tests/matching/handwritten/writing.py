"""How a case is written down: `paid` (automatic), `ask` (a person), `again` (the same document once more).

An allocation is an invoice's id, or (id, sum). Ids without a sum are filled in the order given: each takes what is
still due of it, or what is left of the payment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from tests.matching.handwritten.invoices import BY_ID
from tests.matching.handwritten.model import Buyer, Case, Expect, Parts, Payer, kopecks

Part = str | tuple[str, str]


def _parts(amount: int, wanted: Iterable[Part], *, gross: bool) -> Parts:
    left, parts = amount, []
    for part in wanted:
        if isinstance(part, tuple):
            id, sum_ = part[0], kopecks(part[1])
        else:
            id = part
            sum_ = BY_ID[id].rest if gross else min(BY_ID[id].rest, left)
        parts.append((id, sum_))
        left -= sum_
    return tuple(parts)


def _case(
    expect: Expect, name: str, payer: Buyer | Payer, amount: str, purpose: str, parts: Iterable[Part],
    *, alt: Iterable[Iterable[Part]] = (), may_auto: bool = False, note: str = "", doc_no: str = "731",
    gross: bool = False,
) -> Case:  # fmt: skip
    came = kopecks(amount)
    return Case(
        name=name,
        payer=payer.payer if isinstance(payer, Buyer) else payer,
        amount=came,
        purpose=purpose,
        expect=expect,
        allocations=_parts(came, parts, gross=gross),
        alt=tuple(_parts(came, other, gross=gross) for other in alt),
        may_auto=may_auto,
        note=note,
        doc_no=doc_no,
    )


def paid(
    name: str, payer: Buyer | Payer, amount: str, purpose: str, *parts: Part,
    alt: Iterable[Iterable[Part]] = (), note: str = "", doc_no: str = "731",
) -> Case:  # fmt: skip
    """Policy lets this be booked without a person."""
    return _case("auto", name, payer, amount, purpose, parts, alt=alt, note=note, doc_no=doc_no)


def ask(
    name: str, payer: Buyer | Payer, amount: str, purpose: str, *parts: Part,
    alt: Iterable[Iterable[Part]] = (), may_auto: bool = False, note: str = "", doc_no: str = "731",
) -> Case:  # fmt: skip
    """Only a person may decide; with `may_auto` exactly `parts` (or one of `alt`) is tolerated."""
    return _case("person", name, payer, amount, purpose, parts, alt=alt, may_auto=may_auto, note=note, doc_no=doc_no)


def payout(
    name: str, payer: Payer, amount: str, purpose: str, *parts: Part, note: str = "", doc_no: str = "731"
) -> Case:
    """A collector's payment that is booked by its list: every invoice takes its gross sum."""
    return _case("auto", name, payer, amount, purpose, parts, note=note, doc_no=doc_no, gross=True)


def again(name: str, first: Case, *, note: str = "", **changed: str) -> Case:
    """`first` was booked from an earlier statement; the line now before us is the same but for `changed`."""
    text = changed.get("purpose", first.purpose)
    payer = replace(first.payer, name=changed.get("payer_name", first.payer.name))
    return replace(
        first, name=name, payer=payer, purpose=text, expect="duplicate", allocations=(), alt=(), may_auto=False,
        note=note, booked_before=(first,),
    )  # fmt: skip


def after(first: Case, case: Case, *, doc_date: date | None = None) -> Case:
    """`case`, with `first` booked before it from an earlier statement (and its invoices credited)."""
    return replace(case, booked_before=(first,), doc_date=doc_date or case.doc_date)
