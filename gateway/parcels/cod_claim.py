"""Claims: a carrier is asked in writing for cash on delivery that did not come.

The text is kept as it was made out. It names parcels and sums, and nobody who waited for a parcel.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from string import Template

from sqlalchemy import Connection, select

from gateway.core.authority import Right
from gateway.core.clock import business_date, from_text
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money, total
from gateway.parcels import rows, timeline
from gateway.parcels.cod_debt import CarrierFirm
from gateway.parcels.cod_missing import missing_of
from gateway.parcels.cod_steps import CodMove
from gateway.parcels.model import CarrierKey, CodEvent, CodState
from gateway.parcels.tables import claim_lines, claims
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

MOST = 500
_NUMBERS = "parcel.claim"


@dataclass(frozen=True, slots=True)
class Claimant:
    """We, as a claim names us; "" for what is not known. `signer` is written under it."""

    name: str
    inn: str
    kpp: str = ""
    address: str = ""
    account: str = ""
    bank: str = ""
    bic: str = ""
    corr_account: str = ""
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it was made out."""

    id: str
    number: int
    carrier: CarrierKey
    date: date
    amount: Money
    text: str


def claim(
    unit: Unit,
    terms: ParcelTerms,
    parcel_ids: Sequence[str],
    claimant: Claimant,
    firms: Mapping[CarrierKey, CarrierFirm],
) -> Claim:
    """Claim the missing money of parcels of one carrier, all or none.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`, `parcel.claim_nothing`, `parcel.claim_many`,
            `parcel.claim_carriers`, `parcel.claim_void` for one that was not delivered, `parcel.claim_not_missing` for
            one whose money is not overdue, has come, or was claimed.
    """
    unit.actor.require(Right.PARCELS_WORK)
    wanted = list(dict.fromkeys(parcel_ids))
    if not wanted:
        raise Refused("parcel.claim_nothing")
    if len(wanted) > MOST:
        raise Refused("parcel.claim_many", most=MOST)
    found = [rows.open_for(unit, parcel_id) for parcel_id in wanted]
    carriers = {CarrierKey(row.carrier) for row in found}
    if len(carriers) > 1:
        raise Refused("parcel.claim_carriers")
    for row in found:
        _check(row)
    [carrier] = carriers
    number, today = unit.next_number(_NUMBERS), business_date(unit.now, terms.zone)
    amount = total([missing_of(row) for row in found])
    text = _text(terms, found, claimant, firms[carrier], carrier, number, today)
    made = Claim(new_id(), number, carrier, today, amount, text)
    _write(unit, terms, made, found)
    return made


def of_parcel(connection: Connection, company: str, parcel_id: str) -> Sequence[AnyRow]:
    """The claims a parcel is in, the newest first."""
    return connection.execute(
        select(claims)
        .join(claim_lines, claim_lines.c.claim_id == claims.c.id)
        .where(claims.c.company == company, claim_lines.c.parcel_id == parcel_id)
        .order_by(claims.c.number.desc())
    ).all()


def read(connection: Connection, company: str, claim_id: str) -> AnyRow:
    """A claim's row, its text among the columns.

    Raises:
        Refused: `parcel.claim_not_found`.
    """
    row = connection.execute(select(claims).where(claims.c.company == company, claims.c.id == claim_id)).one_or_none()
    if row is None:
        raise Refused("parcel.claim_not_found")
    return row


def _check(row: AnyRow) -> None:
    if row.cod_state == CodState.VOID:
        raise Refused("parcel.claim_void", track=row.track)
    if row.cod_state != CodState.MISSING:
        raise Refused("parcel.claim_not_missing", track=row.track)


def _write(unit: Unit, terms: ParcelTerms, made: Claim, found: Sequence[AnyRow]) -> None:
    unit.insert(
        claims,
        {
            "id": made.id,
            "company": unit.company,
            "number": made.number,
            "carrier": made.carrier.value,
            "date": made.date.isoformat(),
            "amount": made.amount.kopecks,
            "count": len(found),
            "text": made.text,
            "made_at": unit.at,
            "made_by": str(unit.actor),
        },
    )
    unit.insert(
        claim_lines,
        *[
            {
                "claim_id": made.id,
                "parcel_id": row.id,
                "track": row.track,
                "delivered_on": _handed(terms, row).isoformat(),
                "amount": missing_of(row).kopecks,
            }
            for row in found
        ],
    )
    for row in found:
        move = CodMove(CodState(row.cod_state))
        move.step(CodEvent.CLAIM)
        rows.put(unit, row, **move.values)
        timeline.write(unit, row.id, "cod_claimed", number=made.number, amount=str(missing_of(row)))
    unit.journal(
        "parcel.claimed",
        f"parcel_claim:{made.id}",
        number=made.number,
        carrier=made.carrier.value,
        amount=made.amount.kopecks,
        parcels=[row.id for row in found],
    )


def _handed(terms: ParcelTerms, row: AnyRow) -> date:
    """The day the carrier handed a parcel over, by whatever evidence its money was due on."""
    at = row.delivered_at or row.cod_collected_at
    return business_date(from_text(at), terms.zone) if at else date.fromisoformat(row.cod_due)


@cache
def templates() -> Mapping[str, Mapping[str, str]]:
    """The letters by carrier, and under "common" what they share."""
    file = resources.files("gateway.parcels") / "cod_claim.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _text(
    terms: ParcelTerms,
    found: Sequence[AnyRow],
    claimant: Claimant,
    firm: CarrierFirm,
    carrier: CarrierKey,
    number: int,
    today: date,
) -> str:
    own, common = templates()[carrier.value], templates()["common"]
    words = {
        "number": str(number),
        "date": _day(today),
        "carrier": firm.name,
        "carrier_inn": firm.inn,
        "carrier_address": firm.address,
        "contract": firm.contract,
        "name": claimant.name,
        "inn": claimant.inn,
        "kpp": claimant.kpp,
        "kpp_comma": f", КПП {claimant.kpp}" if claimant.kpp else "",
        "address": claimant.address,
        "account": claimant.account,
        "bank": claimant.bank,
        "bic": claimant.bic,
        "corr_account": claimant.corr_account,
        "signer": claimant.signer,
        "count": str(len(found)),
        "amount": _roubles(total([missing_of(row) for row in found])),
    }
    head = ("addressee", "addressee_id", "addressee_address", "sender", "sender_id", "sender_kpp", "sender_address",
            "contract")  # fmt: skip
    heading = [filled for name in head if (filled := _filled(common[name], words))]
    listed = [_line(terms, common["line"], place, row) for place, row in enumerate(found, 1)]
    parts = [
        "\n".join(heading),
        "\n".join(_filled(own[name], words) for name in ("title", "about")),
        _filled(own["body"], words),
        "\n".join(listed),
        _filled(common["total"], words),
        _filled(own["demand"], words),
        _filled(common["requisites"], words) if claimant.account else "",
        _filled(common["evidence"], words),
        Template(common["signature"]).substitute(words),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _filled(template: str, words: Mapping[str, str]) -> str:
    """The line; "" where it has words and all of them are empty."""
    made = Template(template.strip())
    names = made.get_identifiers()
    return made.substitute(words) if not names or any(words[name] for name in names) else ""


def _line(terms: ParcelTerms, template: str, place: int, row: AnyRow) -> str:
    return Template(template).substitute(
        place=place,
        track=row.track,
        delivered=_day(_handed(terms, row)),
        cod=_roubles(Money(row.cod)),
        received=_roubles(Money(row.cod_received)),
        missing=_roubles(missing_of(row)),
    )


def _day(on: date) -> str:
    return f"{on:%d.%m.%Y}"


def _roubles(amount: Money) -> str:
    return f"{amount.decimal_text().replace('.', ',')} руб."
