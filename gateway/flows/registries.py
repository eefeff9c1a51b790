"""A partner's registry comes, or is taken out: the payouts that wait for one are looked at again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.flows.second_look import decide_again
from gateway.flows.terms import Terms
from gateway.loans import kept_back
from gateway.matching import service as matching
from gateway.matching.decision import Outcome
from gateway.matching.service import NO_REGISTRY, RestsOn
from gateway.payments.registries import lookup
from gateway.payments.registries import service as registries
from gateway.payments.registries.mapping import ColumnMapping
from gateway.payments.registries.model import PayoutSource, RegistryState, fee_share
from gateway.payments.registries.service import FileRead, Received, SavedMapping
from gateway.payments.tables import entries, payments
from gateway.store import Store, Unit


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a registry file brought.

    Attributes:
        received: its registries.
        decided: payouts that could be decided now.
    """

    received: tuple[Received, ...]
    decided: int


def source_of(terms: Terms, partner_inn: str) -> PayoutSource:
    """What kind of partner this is.

    Raises:
        Refused: `registry.partner_unknown` when nobody has named him as one.
    """
    source = terms.policy.payout_partners.get(partner_inn)
    if source is None:
        raise Refused("registry.partner_unknown", inn=partner_inn[:20])
    return PayoutSource(source)


def read_file(
    store: Store, terms: Terms, partner_inn: str, file_name: str, data: bytes, mapping: ColumnMapping | None = None
) -> FileRead:
    """Read a partner's file, for `receive`, while the money goes on being taken in.

    Args:
        mapping: how to read it; None for the one that is saved for this partner.

    Raises:
        Refused: `registry.…`.
    """
    source_of(terms, partner_inn)
    if mapping is None:
        with store.reading() as connection:
            saved = registries.mapping_in_force(connection, store.company, partner_inn)
        if saved is None:
            raise Refused("registry.no_mapping", inn=partner_inn)
        mapping = saved.mapping
    return registries.read_file(file_name, data, mapping)


def receive(
    unit: Unit,
    terms: Terms,
    partner_inn: str,
    file_name: str,
    data: bytes,
    mapping: ColumnMapping | None = None,
    read: FileRead | None = None,
) -> Arrived:
    """Take a partner's file in and decide the payouts it explains; see `registries.receive`.

    Raises:
        Refused: `registry.…`, `authority.missing`; nothing was kept then.
    """
    source = source_of(terms, partner_inn)
    received = registries.receive(unit, partner_inn, source, file_name, data, mapping, read)
    fresh = any(not one.known for one in received)
    return Arrived(tuple(received), _look_again(unit, terms, partner_inn) if fresh else 0)


def withdraw(unit: Unit, terms: Terms, registry_id: str, note: str, expected_version: int | None = None) -> int:
    """A person takes a registry out; another one may explain a payout now. Returns how many payouts were decided.

    Raises:
        Refused: `registry.…`, `authority.missing`. Conflict: `registry.changed`.
    """
    row = registries.withdraw(unit, registry_id, note, expected_version)
    return _look_again(unit, terms, row.partner_inn)


def save_mapping(unit: Unit, terms: Terms, partner_inn: str, mapping: ColumnMapping) -> SavedMapping:
    """From now on this partner's files are read so.

    Raises:
        Refused: `registry.partner_unknown`, `authority.missing`.
    """
    source_of(terms, partner_inn)
    return registries.save_mapping(unit, partner_inn, mapping)


def _look_again(unit: Unit, terms: Terms, partner_inn: str) -> int:
    """The payouts of a partner that wait for a person; what a person has decided is not among them."""
    waiting = (entries.c.party_inn == partner_inn, payments.c.outcome == Outcome.PAYOUT_UNEXPLAINED)
    return decide_again(unit, terms, *waiting, tell_again=True)


def registry_followed(unit: Unit, payment_id: str, amount: Money, allocations: Sequence[tuple[str, Money]]) -> RestsOn:
    """The registry whose lines a person takes over for a payment of `amount`, with the part of the partner's fee, and
    of what a lender kept for returned goods, by which they exceed it; none where he credits anything else."""
    last = matching.last_decision(unit, payment_id)
    if last is None or last.registry_id is None:
        return NO_REGISTRY
    row = registries.load(unit, last.registry_id)
    taken = row.state == RegistryState.USED and row.payment_id != payment_id
    if taken or row.state == RegistryState.WITHDRAWN:
        return NO_REGISTRY
    offered = {invoice_id for s in json.loads(last.suggestions) for invoice_id, _ in s["allocations"]}
    offered |= {live.invoice_id for live in matching.live_of_payment(unit, payment_id)}
    if any(invoice_id not in offered for invoice_id, _ in allocations):
        return NO_REGISTRY
    given = total([given for _, given in allocations])
    fee = fee_share(Money(row.fee), Money(row.gross), given)
    if row.source == PayoutSource.LOAN:
        fee += kept_back.kept_total(unit, lookup.lines_of(unit, row.id), row.partner_inn, payment_id)
    return RestsOn(row.id, min(max(given - amount, Money(0)), fee))
