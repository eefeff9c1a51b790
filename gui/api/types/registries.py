"""Payout registries: the lists by which a partner explains one payment for many buyers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gui.api.types.common import SILENT, Said
from gui.api.types.payments import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRow:
    """One registry in the list.

    Attributes:
        source: "acquirer", "post", "loan" or "marketplace".
        partner_name: as the bank calls the partner in his payouts; "" while none has come.
        net: what must arrive; `gross` less `fee`.
        difference: what the lines add up to, less the stated `gross`.
        sound: adds up to the kopeck; only such a one explains a payment.
        ambiguous: another waiting registry of this partner has its number.
    """

    id: str
    version: int
    source: str = ""
    partner_inn: str = ""
    partner_name: str = ""
    number: str = ""
    date: date | None = None
    gross: int = 0
    fee: int = 0
    net: int = 0
    lines_total: int = 0
    difference: int = 0
    line_count: int = 0
    bad_rows: int = 0
    sound: bool = True
    ambiguous: bool = False
    state: str = ""
    state_ru: str = ""
    state_en: str = ""
    payment_id: str | None = None
    file_name: str = ""
    received_at: datetime | None = None
    received_by: str = ""
    note: str = ""

    @property
    def state_said(self) -> Said:
        return Said(self.state_ru or self.state, self.state_en or self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """Something in the file that could not be used; `row` is 0 when it is about the whole file."""

    row: int = 0
    text: Said = SILENT
    fragment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryLine:
    """One line; `against` says why it finds no invoice now."""

    position: int
    row: int = 0
    kind: str = ""
    key: str = ""
    amount: int = 0
    fee: int = 0
    against: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry(RegistryRow):
    """One registry with a slice of its lines; `lines_next` is the offset of those after them."""

    problems: tuple[BadRow, ...] = ()
    lines: tuple[RegistryLine, ...] = ()
    lines_next: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A row of a file as it stands there; `number` as a person counts in that file."""

    number: int
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRegistry:
    """What a mapping makes of a file."""

    number: str = ""
    date: date | None = None
    gross: int = 0
    fee: int = 0
    net: int = 0
    lines_total: int = 0
    line_count: int = 0
    bad_rows: int = 0
    sound: bool = True
    problems: tuple[BadRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPreview:
    """A look at a file, nothing kept.

    Attributes:
        mapping: complete, in the service's own form; None when something in `missing` has to be named first.
        saved: it is the mapping saved for this partner.
        found: the parts of a mapping that were found.
        error: why the mapping does not fit the file.
    """

    source: str = ""
    mapping: dict[str, Any] | None = None
    saved: bool = False
    missing: tuple[str, ...] = ()
    found: dict[str, Any] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    rows: tuple[ShownRow, ...] = ()
    registries: tuple[ReadRegistry, ...] = ()
    error: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutPartner:
    """A partner of the settings, and how his files are read; `partner_name` is "" while no payout of his has come."""

    partner_inn: str
    partner_name: str = ""
    source: str = ""
    mapping: dict[str, Any] | None = None
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutPartners:
    items: tuple[PayoutPartner, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistriesImported:
    """What a file brought; `known` are ids of those that were here before, `decided` payouts it explained."""

    registries: tuple[RegistryRow, ...] = ()
    known: tuple[str, ...] = ()
    decided: int = 0
