"""Who pays cash on delivery, and what is kept of it where the goods are somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from gateway.core.money import Money
from gateway.core.vat import VatKind
from gateway.loans.tariffs import FREE, Tariff
from gateway.parcels.cod_debt import FIRMS, CarrierFirm
from gateway.parcels.model import CarrierKey
from gateway.payments.outgoing.model import Payee


@dataclass(frozen=True, slots=True)
class CodTariff:
    """What is kept of the cash on delivery of one party, for parcels entered from a day on.

    Attributes:
        party: key of the shop or agent; "" for all without a tariff of their own.
        own: our fee.
        carriers_fee: the party bears what the carrier keeps of its parcel; else we do.
    """

    party: str = ""
    since: date = date.min
    own: Tariff = FREE
    carriers_fee: bool = True


_BARE = CodTariff()


@dataclass(frozen=True, slots=True)
class CodTerms:
    """Settings.

    Attributes:
        firms: the carriers as parties of our contracts with them.
        agents: accounts of parties that are no shops of the brokerage, by key.
        vat, vat_percent: of our fee, as for loans; None when this company does not pay VAT.
    """

    firms: Mapping[CarrierKey, CarrierFirm] = field(default_factory=lambda: MappingProxyType(dict(FIRMS)))
    tariffs: tuple[CodTariff, ...] = ()
    agents: Mapping[str, Payee] = field(default_factory=lambda: MappingProxyType({}))
    vat: VatKind | None = None
    vat_percent: int | None = None

    def tariff_of(self, party: str, on: date) -> CodTariff:
        """The party's own tariff before the general one; among equals the latest begun. Without any, nothing but
        what the carrier keeps is kept."""
        fitting = [one for one in self.tariffs if one.party in (party, "") and one.since <= on]
        return max(fitting, key=lambda one: (one.party != "", one.since), default=_BARE)

    def fee(self, tariff: CodTariff, cod: Money, carriers: Money) -> tuple[Money, Money]:
        """(all that is kept of `cod`, our own part of it); never more than there is."""
        borne = min(carriers, cod) if tariff.carriers_fee else Money.zero()
        own = min(tariff.own.fee(cod), cod - borne)
        return borne + own, own
