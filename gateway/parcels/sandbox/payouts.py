"""Lump sums: every so many days a carrier pays all cash on delivery collected since, less his fee, and lists it.

Money is in the lump sum of the first day of payment after its collection. Days of payment are made up for when
somebody looks, so that a clock moved by a month leaves as many payouts as a month that was lived through.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from gateway.bank.sandbox.books import fact, next_number, put_fact
from gateway.core.clock import business_date, from_text, to_text
from gateway.core.money import Money, total
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox import registry_file
from gateway.parcels.sandbox.books import plan_of, rules, world
from gateway.parcels.sandbox.journey import collected_at
from gateway.parcels.sandbox.registry_file import Line

PAYERS = {CarrierKey.POST: "АО «Почта России»", CarrierKey.CDEK: "ООО «СДЭК-Глобал»"}
_HUNDREDTHS = 10_000


@dataclass(frozen=True, slots=True)
class Payout:
    """A lump sum, and its registry as a file in both shapes.

    Attributes:
        number: of the registry, from 1 for each carrier. day: of the payment, Moscow's.
        gross: what the buyers paid. fee: what the carrier keeps. net: what is paid.
        payer, purpose: of the payment.
        csv, xlsx: the registry; `file_name` is without ending.
    """

    carrier: CarrierKey
    number: int
    day: date
    gross: Money
    fee: Money
    net: Money
    lines: tuple[Line, ...]
    payer: str
    purpose: str
    file_name: str
    csv: bytes = field(repr=False)
    xlsx: bytes = field(repr=False)


def catch_up(db: sqlite3.Connection, now: datetime) -> None:
    """Make the payouts of all days of payment that have come."""
    step = timedelta(days=rules(db).payout_days)
    while step and (until := from_text(fact(db, "paid_until")) + step) <= now:
        for carrier in CarrierKey:
            pay(db, carrier, until)
        put_fact(db, "paid_until", to_text(until))


def pay(db: sqlite3.Connection, carrier: CarrierKey, until: datetime) -> int | None:
    """Pay what was collected by `until` and was not paid; the registry's number, None when that is nothing."""
    due = _due(db, carrier, until)
    if not due:
        return None
    number = next_number(db, f"payout.{carrier}")
    payout = db.execute(
        "INSERT INTO payouts (carrier, number, at) VALUES (?, ?, ?)", (carrier, number, to_text(until))
    ).lastrowid
    share = rules(db).fee_hundredths
    for place, (track, amount) in enumerate(due, start=1):
        fee = amount * share // _HUNDREDTHS
        db.execute("INSERT INTO payout_lines VALUES (?, ?, ?, ?, ?)", (track, payout, place, amount, fee))
    return number


def made(db: sqlite3.Connection, carrier: CarrierKey) -> list[Payout]:
    """All payouts of a carrier, in order."""
    rows = db.execute("SELECT * FROM payouts WHERE carrier = ? ORDER BY number", (carrier,)).fetchall()
    return [_payout(db, row) for row in rows]


def _due(db: sqlite3.Connection, carrier: CarrierKey, until: datetime) -> list[tuple[str, int]]:
    rows = db.execute(
        "SELECT parcels.* FROM parcels LEFT JOIN payout_lines USING (track)"
        " WHERE carrier = ? AND cod > 0 AND payout IS NULL",
        (carrier,),
    ).fetchall()
    seed = world(db).seed
    collected = [(collected_at(plan, seed), plan) for plan in map(plan_of, rows) if plan.pays_out]
    due = [(at, plan.track, plan.cod.kopecks) for at, plan in collected if at is not None and at <= until]
    return [(track, amount) for _, track, amount in sorted(due)]


def _payout(db: sqlite3.Connection, row: sqlite3.Row) -> Payout:
    carrier, day = CarrierKey(row["carrier"]), business_date(from_text(row["at"]))
    listed = db.execute(
        "SELECT payout_lines.*, parcels.plan FROM payout_lines JOIN parcels USING (track) WHERE payout = ?"
        " ORDER BY place",
        (row["id"],),
    ).fetchall()
    seed = world(db).seed
    lines = tuple(
        Line(one["track"], Money(one["amount"]), Money(one["fee"]), _day(collected_at(plan_of(one), seed), day))
        for one in listed
    )
    gross, fee = total([line.amount for line in lines]), total([line.fee for line in lines])
    title = registry_file.title(row["number"], day)
    return Payout(
        carrier=carrier,
        number=row["number"],
        day=day,
        gross=gross,
        fee=fee,
        net=gross - fee,
        lines=lines,
        payer=PAYERS[carrier],
        purpose=f"Перечисление наложенных платежей по реестру № {row['number']} от {day:%d.%m.%Y}. НДС не облагается",
        file_name=f"{carrier}_{row['number']}_{day:%Y%m%d}",
        csv=registry_file.csv(title, lines),
        xlsx=registry_file.xlsx(title, lines),
    )


def _day(collected: datetime | None, otherwise: date) -> date:
    """Of the collection; the payout's own for a parcel that was given another future after it was paid."""
    return business_date(collected) if collected else otherwise
