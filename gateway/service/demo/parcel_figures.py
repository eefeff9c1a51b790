"""What the parcels story came to. Nothing here is told by the story: our side is read from the database, the other side
from the books of the SMS centre, the mail server and the carriers, and one is held against the other.

Sums are in kopecks. Of the cash on delivery

    cod_expected_sum = cod_matched_sum + cod_missing_sum
    lump_gross = cod_matched_sum        lump_gross = lump_net + lump_fee

where the lump sums are lines of the bank's statements and their fees those of the registries that explain them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, func, literal, select

from gateway.core.clock import from_text
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.notify.sandbox.centre import Centre
from gateway.notify.tables import consents, notifications
from gateway.parcels import kpi
from gateway.parcels.incidence import OPEN, Observed, incidence
from gateway.parcels.model import CodState, Effect, EndedHow, Stage
from gateway.parcels.tables import claims, events, operations, parcels
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.watch import stuck
from gateway.payments.registries.model import RegistryState
from gateway.payments.registries.tables import payout_registries
from gateway.payments.tables import entries
from gateway.service.demo.parcel_stage import Outside
from gateway.store.schema import AnyRow

_MISSING = (CodState.MISSING.value, CodState.CLAIMED.value)
_ABOUT = "parcel:"
_UNTOLD = "untold_no_consent"
_HANDED_OVER = (Effect.DELIVER.value, Effect.COD_PAID.value)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message somebody outside took.

    Attributes:
        key: our number of it (SMS) or its id (letters). part: of an SMS.
        at: by his clock.
    """

    channel: str
    key: str
    part: int
    address: str
    at: datetime


@dataclass(frozen=True)
class Books:
    """What the SMS centre and the mail server took, and when each buyer really fetched his parcel.

    Attributes:
        collected: by number of the parcel, as its carrier knows; of those nobody fetched, nothing.
    """

    taken: tuple[Taken, ...]
    collected: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def read(cls, outside: Outside, collected: Mapping[str, datetime]) -> Books:
        letters = (
            Taken(NotificationChannel.EMAIL.value, one.id.partition("@")[0], 1, one.to, one.at)
            for one in outside.letters.taken()
        )
        return cls((*sms_taken(outside.sms), *letters), collected)


def sms_taken(centre: Centre) -> Iterator[Taken]:
    """What stands in the centre's book."""
    for one in centre.accepted():
        yield Taken(NotificationChannel.SMS.value, one.ours, one.part, one.phone, one.at)


def figures(connection: Connection, company: str, terms: ParcelTerms, now: datetime, books: Books) -> dict[str, Any]:
    """Counts and sums; see the module."""
    return {
        "parcels": _count(connection, parcels.c.id),
        "by_stage": dict.fromkeys(map(str, Stage), 0) | _by(connection, parcels.c.stage),
        "by_carrier": _by(connection, parcels.c.carrier),
        "by_source": _by(connection, parcels.c.source),
        **_messages(connection, books),
        **_after_collection(connection, books),
        "stuck": _stuck(connection, company, terms, now),
        "opt_outs_honoured": _opt_outs(connection, books),
        **_cod(connection),
        **_returns(connection, company, terms, now),
        **_guesses(connection),
        "morning_reports": _reports(connection),
    }


# ---------------------------------------------------------------------- messages


def _messages(connection: Connection, books: Books) -> dict[str, Any]:
    rows = connection.execute(select(notifications)).all()
    known = _by_key(rows)
    taken = Counter((one.channel, one.key, one.part) for one in books.taken)
    messages = {(channel, key) for channel, key, _ in taken}
    about = Counter(
        (known[key].about, known[key].event, known[key].template, known[key].channel)
        for key in messages
        if key in known
    )
    doubled = sum(times - 1 for times in taken.values()) + sum(times - 1 for times in about.values())
    states = Counter(row.state for row in rows)
    believed = {key for key, row in known.items() if row.state in ("sent", "delivered")}
    return {
        "messages_sent": len(messages),
        "messages_doubled": doubled,
        "messages_nobody_wrote": len(messages - set(known)),
        "messages_never_taken": len(believed - messages),
        "messages_by_channel": dict(Counter(channel for channel, _ in messages)),
        "messages_by_text": dict(sorted(Counter(known[key].template for key in messages if key in known).items())),
        "messages_by_state": dict(sorted(states.items())),
        "messages_unknown": states["unknown"],
        "letters_in_place_of_sms": sum(row.replaces is not None for row in rows),
        "sms_parts": sum(one.channel == NotificationChannel.SMS for one in books.taken),
        "sms_cost": sum(row.price for key, row in known.items() if key in messages),
    }


def _by_key(rows: Iterable[AnyRow]) -> dict[tuple[str, str], AnyRow]:
    """Our messages as those outside call them."""
    return {(row.channel, str(row.number) if row.channel == NotificationChannel.SMS else row.id): row for row in rows}


# ---------------------------------------------------------------------- reminders


def _after_collection(connection: Connection, books: Books) -> dict[str, int]:
    """Reminders that somebody outside took after the buyer had his parcel.

    `reminders_after_collection`: after that was known here, by the carrier's record, the buyer's word or the bank's
    line. `reminders_before_news`: after it happened, and before anybody had told us.
    """
    known = _by_key(connection.execute(select(notifications).where(notifications.c.event.startswith("reminder."))))
    told = _known_since(connection)
    tracks = {row.id: row.track for row in connection.execute(select(parcels.c.id, parcels.c.track))}
    late = early = 0
    for one in books.taken:
        row = known.get((one.channel, one.key))
        if row is None or one.part != 1:
            continue
        parcel_id = row.about.removeprefix(_ABOUT)
        happened = books.collected.get(tracks[parcel_id])
        if parcel_id in told and one.at > told[parcel_id]:
            late += 1
        elif happened is not None and one.at > happened:
            early += 1
    return {"reminders_after_collection": late, "reminders_before_news": early}


def _known_since(connection: Connection) -> dict[str, datetime]:
    """When it became known of each parcel that its buyer has it."""
    recorded = connection.execute(
        select(operations.c.parcel_id, func.min(operations.c.seen_at))
        .where(operations.c.effect.in_(_HANDED_OVER))
        .group_by(operations.c.parcel_id)
    )
    found = {parcel_id: from_text(at) for parcel_id, at in recorded}
    by_others = (EndedHow.MONEY.value, EndedHow.BUYER.value)
    for row in connection.execute(select(parcels.c.id, parcels.c.ended_at).where(parcels.c.ended_how.in_(by_others))):
        at = from_text(row.ended_at)
        found[row.id] = min(at, found.get(row.id, at))
    return found


# ---------------------------------------------------------------------- parcels


def _stuck(connection: Connection, company: str, terms: ParcelTerms, now: datetime) -> int:
    query = select(func.count()).where(parcels.c.company == company, stuck(terms, now))
    return int(connection.execute(query).scalar_one())


def _opt_outs(connection: Connection, books: Books) -> int:
    """Buyers who wanted no more messages and got none: something was to be told them afterwards, and nobody outside
    took anything for any address of theirs."""
    said = connection.execute(
        select(consents.c.address, consents.c.at).where(
            consents.c.word == ConsentWord.WITHDRAWN,
            consents.c.source.in_((ConsentSource.LINK, ConsentSource.REPLY)),
        )
    )
    since = {row.address: from_text(row.at) for row in said}
    withheld = {
        row.parcel_id: from_text(row.at)
        for row in connection.execute(select(events.c.parcel_id, events.c.at).where(events.c.kind == _UNTOLD))
    }
    honoured = 0
    for row in connection.execute(select(parcels).where(parcels.c.phone.in_(since) | parcels.c.email.in_(since))):
        asked = min(since[address] for address in (row.phone, row.email) if address in since)
        addresses = {row.phone, row.email} - {""}
        silent = not any(one.address in addresses and one.at > asked for one in books.taken)
        honoured += silent and row.id in withheld and withheld[row.id] > asked
    return honoured


def _returns(connection: Connection, company: str, terms: ParcelTerms, now: datetime) -> dict[str, float]:
    """The share that comes back, those under way counted for as long as they were watched, with its 95 % interval."""
    seen = [
        Observed(each.days, each.fate.value if each.fate else OPEN)
        for each in kpi.outcomes(connection, company, terms, now)
    ]
    share = incidence(seen, kpi.FATES)[kpi.Fate.RETURNED.value]
    return {
        "return_rate": round(share.value, 4),
        "return_rate_low": round(share.low, 4),
        "return_rate_high": round(share.high, 4),
    }


def _guesses(connection: Connection) -> dict[str, int]:
    """Buyers told that their parcel may already be waiting; of them, those whose arrival was never written down."""
    told = connection.execute(
        select(parcels.c.id)
        .join(notifications, notifications.c.about == literal(_ABOUT) + parcels.c.id)
        .where(notifications.c.template == "maybe_ready")
    ).scalars()
    ids = set(told)
    arrived = set(
        connection.execute(select(operations.c.parcel_id).where(operations.c.effect == Effect.ARRIVE.value)).scalars()
    )
    return {"guesses_told": len(ids), "guesses_of_unwritten_arrivals": len(ids - arrived)}


def _reports(connection: Connection) -> int:
    query = select(func.count()).where(notifications.c.template == "morning_report")
    return int(connection.execute(query).scalar_one())


# ---------------------------------------------------------------------- money


def _cod(connection: Connection) -> dict[str, Any]:
    rows = connection.execute(select(parcels).where(parcels.c.cod > 0)).all()
    matched = [row for row in rows if row.cod_state == CodState.ARRIVED]
    missing = [row for row in rows if row.cod_state in _MISSING]
    lumps = connection.execute(
        select(entries.c.amount, payout_registries.c.gross, payout_registries.c.fee)
        .join(payout_registries, payout_registries.c.payment_id == entries.c.id)
        .where(payout_registries.c.state == RegistryState.USED.value)
    ).all()
    return {
        "cod_expected": len(rows),
        "cod_matched": len(matched),
        "cod_missing": len(missing),
        "cod_expected_sum": sum(row.cod for row in rows),
        "cod_matched_sum": sum(row.cod_received for row in matched),
        "cod_missing_sum": sum(row.cod - row.cod_received for row in missing),
        "cod_by_state": _by(connection, parcels.c.cod_state),
        "proved_by_money": _by(connection, parcels.c.ended_how).get(EndedHow.MONEY.value, 0),
        "lump_payments": len(lumps),
        "lump_gross": sum(row.gross for row in lumps),
        "lump_fee": sum(row.fee for row in lumps),
        "lump_net": sum(row.amount for row in lumps),
        "claims": _count(connection, claims.c.id),
        "claimed_sum": int(connection.execute(select(func.coalesce(func.sum(claims.c.amount), 0))).scalar_one()),
    }


def adds_up(result: Mapping[str, Any]) -> bool:
    """Whether the equations of the module hold, and what missing money was claimed."""
    return bool(
        result["cod_expected_sum"] == result["cod_matched_sum"] + result["cod_missing_sum"]
        and result["lump_gross"] == result["cod_matched_sum"] == result["lump_net"] + result["lump_fee"]
        and result["claimed_sum"] == result["cod_missing_sum"]
    )


def _by(connection: Connection, column: Column[str]) -> dict[str, int]:
    found = connection.execute(select(column, func.count()).group_by(column).order_by(column))
    return {str(value): int(number) for value, number in found}


def _count(connection: Connection, column: Column[str]) -> int:
    return int(connection.execute(select(func.count(column))).scalar_one())
