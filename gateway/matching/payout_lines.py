"""The lines of a payout registry against the open invoices: which find theirs, and why the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.money import Money
from gateway.core.references import Reference, may_mean, reference_parts
from gateway.matching.decision import Reason
from gateway.matching.index import InvoiceCard, InvoiceIndex, InvoiceState
from gateway.payments.registries.model import Registry, RegistryLine

_NAMED = 20  # lines told one by one; of more, how many there are


@dataclass(frozen=True, slots=True)
class RegistryLines:
    """What the lines come to.

    Attributes:
        fitting: invoices with what their line gives them, in the file's order; each invoice once.
        reasons: what is wrong with the other lines; empty when every line fits.
    """

    fitting: tuple[tuple[InvoiceCard, Money], ...]
    reasons: tuple[Reason, ...]


def look_up_lines(index: InvoiceIndex, registry: Registry, partner_inn: str) -> RegistryLines:
    """Find each line's invoice."""
    given: dict[str, tuple[InvoiceCard, Money]] = {}
    reasons: list[Reason] = []
    known = {
        kind: index.by_references(kind, {line.key for line in registry.lines if line.kind is kind})
        for kind in Reference
    }
    for line in registry.lines:
        found = _invoice(known[line.kind][line.key], line, partner_inn)
        if isinstance(found, InvoiceCard) and found.id in given:
            found = _about("matching.registry_twice", line, invoice=found.number)
        if isinstance(found, InvoiceCard):
            given[found.id] = (found, line.amount)
        else:
            reasons.append(found)
    if len(reasons) > _NAMED:
        more = Reason("matching.registry_more_lines", {"count": str(len(reasons) - _NAMED)})
        reasons = [*reasons[:_NAMED], more]
    return RegistryLines(tuple(given.values()), tuple(reasons))


def against_line(index: InvoiceIndex, line: RegistryLine, partner_inn: str) -> Reason | None:
    """What stands against one line; None when it finds its invoice."""
    found = _invoice(index.by_reference(line.kind, line.key), line, partner_inn)
    return None if isinstance(found, InvoiceCard) else found


def _invoice(alike: Sequence[InvoiceCard], line: RegistryLine, partner_inn: str) -> InvoiceCard | Reason:
    """The one open invoice a line may be credited to, of those with its number; or what stands against it."""
    if line.amount.kopecks <= 0:
        return _about("matching.registry_refund", line)
    known, one = _meant(alike, line.kind, line.key, partner_inn)
    cards = [card for card in known if card.open]
    if not known:
        return _about("matching.registry_line", line)
    if not cards:
        cancelled = known[0].state == InvoiceState.CANCELLED
        code = "matching.registry_cancelled" if cancelled else "matching.registry_paid"
        return _about(code, line, invoice=known[0].number)
    if len(cards) > 1 or not one:
        return _about("matching.registry_several", line, invoices=", ".join(card.number for card in known[:3]))
    if line.amount.kopecks > cards[0].rest.kopecks:
        return _about("matching.registry_above", line, invoice=cards[0].number, rest=cards[0].rest.decimal_text())
    return cards[0]


def meant(index: InvoiceIndex, kind: Reference, key: str, partner_inn: str) -> tuple[Sequence[InvoiceCard], bool]:
    """The invoices, open or not, that a key may mean, and whether they all bear the same number of this kind.

    What the partner himself owes us comes first: a lender pays his own agreement, not the buyer's order of which 1C
    keeps the same number, nor another lender's agreement that bears it too.
    """
    return _meant(index.by_reference(kind, key), kind, key, partner_inn)


def _meant(
    alike: Sequence[InvoiceCard], kind: Reference, key: str, partner_inn: str
) -> tuple[Sequence[InvoiceCard], bool]:
    known = [card for card in alike if may_mean(key, _own(card, kind))]
    exact = [card for card in known if reference_parts(_own(card, kind)) == reference_parts(key)]
    found = exact or known
    found = [card for card in found if partner_inn and card.buyer_inn == partner_inn] or found
    return found, len({reference_parts(_own(card, kind)) for card in found}) <= 1


def _own(card: InvoiceCard, kind: Reference) -> str:
    if kind is Reference.ORDER:
        return card.order_no
    return card.loan_no if kind is Reference.LOAN else card.track


def _about(code: str, line: RegistryLine, **values: str) -> Reason:
    told = {"key": line.key, "row": str(line.row or "—"), "amount": line.amount.decimal_text()}
    return Reason(code, {**told, **values})
