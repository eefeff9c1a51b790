"""Parcels as a table, and the words for their stages, storage, money and guesses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import OrderParcel, Parcel, ParcelOperation, ParcelRow, ParcelSums
from gui.cells import Pill
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models.columns import Column
from gui.models.cursor import CursorModel

FILTERS = ("all", "stuck", "ready", "returning", "cod_due", "cod_missing", "watched", "ended")
CARRIERS = ("post", "cdek")
SOON_DAYS = 2
"""Storage that ends within so many days is shown in amber."""
Now = Callable[[], datetime]

_STAGES: dict[str, tuple[str, str]] = {
    "registered": ("idle", "pen"),
    "accepted": ("info", "check"),
    "in_transit": ("info", "truck"),
    "customs": ("info", "shield"),
    "ready": ("warn", "shop"),
    "with_courier": ("warn", "person"),
    "delivered": ("ok", "ok"),
    "partial": ("warn", "split"),
    "return_started": ("bad", "undo"),
    "returned": ("idle", "undo"),
    "lost": ("bad", "error"),
}
_MONEY: dict[str, tuple[str, str]] = {
    "expected": ("info", "clock"),
    "collected": ("info", "hand"),
    "arrived": ("ok", "ok"),
    "missing": ("bad", "warning"),
    "claimed": ("bad", "send"),
    "void": ("idle", "ban"),
}
_GUESS = re.compile(r"(\w+):(\S*)\s+n=(\d+)")


def filter_title(group: str) -> str:
    titles = {
        "all": translate("Parcels", "All"),
        "stuck": translate("Parcels", "Stuck"),
        "ready": translate("Parcels", "Wait for the buyer"),
        "returning": translate("Parcels", "Going back"),
        "cod_due": translate("Parcels", "Cash on delivery due"),
        "cod_missing": translate("Parcels", "Cash on delivery missing"),
        "watched": translate("Parcels", "Watched"),
        "ended": translate("Parcels", "Ended"),
    }
    return titles.get(group, group)


def carrier_title(carrier: str) -> str:
    titles = {"post": translate("Parcels", "Russian Post"), "cdek": translate("Parcels", "CDEK")}
    return titles.get(carrier, carrier)


def source_title(source: str) -> str:
    """How we came to know of it."""
    titles = {
        "file": translate("Parcels", "from a file"),
        "api": translate("Parcels", "from a program"),
        "order": translate("Parcels", "from a shipment"),
        "onec": translate("Parcels", "from 1C"),
        "hand": translate("Parcels", "by hand"),
    }
    return titles.get(source, source)


def track_words(track: str) -> str:
    """A number in the groups people read it by: "801 150 1234567 8" as "80115012345678", S10 as "RA 644 000 001 RU"."""
    if re.fullmatch(r"\d{14}", track):
        return f"{track[:6]}{wording.NBSP}{track[6:8]}{wording.NBSP}{track[8:13]}{wording.NBSP}{track[13]}"
    if re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", track):
        parts = (track[:2], track[2:5], track[5:8], track[8:11], track[11:])
        return wording.NBSP.join(parts)
    return track


def stage_pill(row: ParcelRow | OrderParcel) -> Pill:
    """Where it is; red when nothing was heard of it for too long."""
    tone, icon = _STAGES.get(row.stage, ("idle", "flag"))
    stuck = isinstance(row, ParcelRow) and row.stuck
    return Pill(said(row.stage_said), "bad", "warning") if stuck else Pill(said(row.stage_said), tone, icon)


def money_title(state: str) -> str:
    titles = {
        "expected": translate("Parcels", "expected"),
        "collected": translate("Parcels", "the buyer has paid"),
        "arrived": translate("Parcels", "arrived"),
        "missing": translate("Parcels", "missing"),
        "claimed": translate("Parcels", "claimed"),
        "void": translate("Parcels", "not to come"),
        "none": "",
    }
    return titles.get(state, state)


def money_pill(row: ParcelRow | OrderParcel) -> Pill:
    """What became of the cash on delivery."""
    tone, icon = _MONEY.get(row.cod_state, ("idle", ""))
    return Pill(money_title(row.cod_state), tone, icon)


def collected_pill(row: Parcel) -> Pill:
    """What the carrier says of the buyer's money, whatever became of it later."""
    if row.cod_state == "void":
        return Pill(money_title("void"), *_MONEY["void"])
    state = "collected" if row.cod_collected_at is not None else "expected"
    return Pill(money_title(state), *_MONEY[state])


def money_words(row: ParcelRow | OrderParcel) -> Pill:
    """The same where no heading says what it is about."""
    pill = money_pill(row)
    told = translate("Parcels", "cash on delivery: {state}").format(state=pill.text)
    return Pill(told, pill.tone, pill.icon)


def age(row: ParcelRow, now: datetime) -> str:
    """How long nothing was heard of a watched parcel: "9 days"; less than a day is "today"."""
    if row.moved_at is None or row.watch != "active":
        return ""
    days = (now - row.moved_at) // timedelta(days=1)
    return counts.days(days) if days > 0 else translate("Parcels", "today")


def days_left(row: ParcelRow, today: date) -> int | None:
    """Days until it is sent back; None where nobody said, or it does not wait."""
    if row.keep_until is None or row.watch != "active" or not row.ready:
        return None
    return (row.keep_until - today).days


def storage_pill(row: ParcelRow, today: date) -> Pill:
    left = days_left(row, today)
    if left is None:
        return Pill("", "idle", "")
    if left < 0:
        return Pill(counts.days_late(-left), "bad", "warning")
    if left == 0:
        return Pill(translate("Parcels", "last day"), "bad", "clock")
    return Pill(counts.days_left(left), "warn" if left <= SOON_DAYS else "idle", "clock")


def place(row: ParcelRow) -> str:
    """Where it was seen last."""
    return " ".join(part for part in (row.office_index, row.office_name) if part)


def address(row: Parcel) -> str:
    return ", ".join(part for part in (row.index_to, row.address or row.region) if part)


def sums_words(sums: ParcelSums) -> str:
    """ "cash on delivery 12 000 ₽ · at stake 14 200 ₽"; "" when nothing is."""
    parts = []
    if sums.cod:
        parts.append(translate("Parcels", "cash on delivery {sum}").format(sum=wording.money(sums.cod)))
    if sums.at_stake:
        parts.append(translate("Parcels", "at stake {sum}").format(sum=wording.money(sums.at_stake)))
    return " · ".join(parts)


def guess_words(parcel: Parcel, now: datetime) -> tuple[str, str]:
    """(it may be waiting, by what it is guessed); both "" while there is nothing to say.

    It is never said that it has arrived: the carrier did not say so.
    """
    if parcel.guess_since is None or parcel.guess_since > now or parcel.watch != "active":
        return "", ""
    if parcel.stage not in ("accepted", "in_transit", "customs") or parcel.back:
        return "", ""
    day = wording.day(parcel.guess_since)
    told = translate("Parcels", "May already be waiting since {day}: the carrier may have forgotten to say so").format(
        day=day
    )
    return told, _guess_evidence(parcel.guess_share, parcel.guess_basis)


def _guess_evidence(share: str, basis: str) -> str:
    """ "by then 93 % of 42 parcels on the same route had arrived"; as it came where it is not understood."""
    found = _GUESS.fullmatch(basis.strip())
    try:
        percent = round(float(share) * 100)
    except ValueError:
        return basis
    if found is None:
        return basis
    scope, route, number = found.groups()
    places = {
        "route": translate("Parcels", "to the same office"),
        "office": translate("Parcels", "to the same office"),
        "region": translate("Parcels", "between the same regions"),
    }
    where = places.get(scope, translate("Parcels", "anywhere"))
    more = f" ({route})" if route else ""
    return translate("Parcels", "By then {percent} % of {n} such parcels had arrived {where}").format(
        percent=percent, n=number, where=f"{where}{more}"
    )


def operation_time(operation: ParcelOperation) -> str:
    """By the clock of the office it happened at, where that is known."""
    if operation.offset_minutes is None:
        return wording.moment(operation.at)
    there = operation.at + timedelta(minutes=operation.offset_minutes)
    return there.strftime("%d.%m.%Y %H:%M")


def ended_words(parcel: Parcel) -> str:
    """Why nobody watches it any more."""
    titles = {
        "carrier": translate("Parcels", "the carrier says so"),
        "money": translate("Parcels", "its money stands in the bank's statement"),
        "buyer": translate("Parcels", "the buyer says he has it"),
        "clerk": translate("Parcels", "one of ours says so"),
        "removed": translate("Parcels", "not wanted any more"),
        "silent": translate("Parcels", "nothing was heard of it for long"),
    }
    return titles.get(parcel.ended_how, parcel.ended_how)


# --- table -----------------------------------------------------------------------------------------------------------


def columns(now: Now) -> list[Column]:
    """`now`: the service's clock."""

    def storage(row: ParcelRow) -> Pill:
        return storage_pill(row, now().astimezone().date())

    return [
        Column(
            "track",
            lambda: translate("Parcels", "Number"),
            lambda r: track_words(r.track),
            sort="track",
            paint="strong",
            width=17,
            tip=lambda r: carrier_title(r.carrier),
        ),
        Column(
            "stage", lambda: translate("Parcels", "Stage"), lambda r: stage_pill(r).text,
            paint="pill", pill=stage_pill, width=18,
        ),
        Column(
            "moved_at", lambda: translate("Parcels", "Silent for"), lambda r: age(r, now()),
            sort="moved_at", width=8, tip=lambda r: wording.moment(r.moved_at),
        ),
        Column(
            "storage", lambda: translate("Parcels", "Storage"), lambda r: storage(r).text,
            sort="keep_until", paint="pill", pill=storage, width=16, tip=lambda r: wording.day(r.keep_until),
        ),
        Column("name", lambda: translate("Parcels", "Buyer"), _buyer, width=0, tip=lambda r: wording.phone(r.phone)),
        Column("order_no", lambda: translate("Parcels", "Order"), lambda r: r.order_no, width=8, hidden=True),
        Column(
            "cod", lambda: translate("Parcels", "COD, ₽"),
            lambda r: wording.money(r.cod, currency=False) if r.cod else "",
            sort="cod", paint="money", width=9, right=True,
        ),
        Column(
            "cod_state", lambda: translate("Parcels", "Its money"), lambda r: money_pill(r).text,
            paint="pill", pill=money_pill, width=13,
        ),
        Column("place", lambda: translate("Parcels", "Where"), place, width=22, hidden=True),
        Column("phone", lambda: translate("Parcels", "Phone"), lambda r: wording.phone(r.phone), width=16, hidden=True),
        Column(
            "carrier", lambda: translate("Parcels", "Carrier"), lambda r: carrier_title(r.carrier), width=13,
            hidden=True,
        ),
        Column("shop", lambda: translate("Parcels", "Shop"), lambda r: r.shop, width=12, hidden=True),
        Column(
            "made_at", lambda: translate("Parcels", "Entered"), lambda r: wording.moment(r.made_at),
            sort="made_at", width=11, hidden=True,
        ),
    ]  # fmt: skip


def _buyer(row: ParcelRow) -> str:
    return row.name or wording.phone(row.phone) or row.email


def model(client: Client, now: Now, parent: QObject | None = None) -> CursorModel:
    return CursorModel(client, "/v1/parcels", ParcelRow, columns(now), parent)
