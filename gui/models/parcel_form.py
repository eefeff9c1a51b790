"""A parcel typed in: from the form to what the service takes, and what is wrong at first sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import ParcelPut, TrackCheck
from gui.i18n import said, translate
from gui.models.parcels import carrier_title, track_words
from gui.models.shop_form import field_of as field_by_place

SUMS = ("cod", "declared", "order_sum", "postage")
CONTACTS = ("name", "phone", "email")


def field_title(name: str) -> str:
    """What a field of the form, or a column of a file, is called."""
    titles = {
        "track": translate("ParcelForm", "Number of the parcel"),
        "carrier": translate("ParcelForm", "Carrier"),
        "order_no": translate("ParcelForm", "Order"),
        "name": translate("ParcelForm", "Buyer"),
        "phone": translate("ParcelForm", "Phone"),
        "email": translate("ParcelForm", "E-mail"),
        "index_to": translate("ParcelForm", "Index"),
        "address": translate("ParcelForm", "Address"),
        "cod": translate("ParcelForm", "Cash on delivery, ₽"),
        "declared": translate("ParcelForm", "Declared value, ₽"),
        "order_sum": translate("ParcelForm", "Sum of the order, ₽"),
        "postage": translate("ParcelForm", "Postage, ₽"),
        "shop": translate("ParcelForm", "Goods of (shop)"),
        "mail_type": translate("ParcelForm", "Kind of item"),
        "consent": translate("ParcelForm", "Consent to messages"),
    }
    return titles.get(name, name)


def errors(texts: Mapping[str, str]) -> dict[str, str]:
    """What is wrong before anybody is asked."""
    found = {}
    if not texts["track"].strip():
        found["track"] = translate("ParcelForm", "The number is needed.")
    for name in SUMS:
        typed = texts.get(name, "").strip()
        if typed and wording.parse_money(typed) is None:
            found[name] = translate("ParcelForm", "This is not a sum.")
    return found


def body(texts: Mapping[str, str], *, consent: bool) -> dict[str, Any]:
    """What is asked of the service."""
    plain = {name: " ".join(text.split()) for name, text in texts.items() if name not in SUMS}
    sums = {name: wording.parse_money(texts[name]) or 0 for name in SUMS if name in texts}
    return {**plain, **sums, "consent": consent}


def number_body(texts: Mapping[str, str]) -> dict[str, Any]:
    """What is asked of the service for an order's parcel: its number, and the cash on delivery where it was typed."""
    cod = wording.parse_money(texts["cod"]) if texts["cod"].strip() else None
    return {"track": " ".join(texts["track"].split()), "cod": cod}


def put_words(put: ParcelPut, typed: str) -> str:
    """What came of the number typed, with what is odd about it."""
    told = {
        "taken": translate("Parcels", "{track}: entered"),
        "known": translate("Parcels", "{track}: was here before"),
        "changed": translate("Parcels", "{track}: was here before, and is filled in now"),
    }
    words = told.get(put.outcome, "{track}").format(track=typed.strip())
    return " ".join((words, *(said(one.text) or one.code for one in put.warnings)))


def field_of(error: ApiError) -> str:
    """The field a refusal is about; "" where it is about none."""
    if error.code.startswith("parcel.track_") or error.code == "parcel.foreign":
        return "track"
    return {"parcel.phone_wrong": "phone", "parcel.email_wrong": "email"}.get(error.code) or field_by_place(error)


def checked_words(found: TrackCheck) -> str:
    """ "Russian Post · 801150 12 34567 8"."""
    known = translate("ParcelForm", "; it is here already") if found.parcel_id else ""
    return f"{carrier_title(found.carrier)} · {track_words(found.track)}{known}"


def warnings_of(found: TrackCheck) -> str:
    """What is odd about the number; it is taken all the same."""
    return " ".join(said(one.text) or one.code for one in found.warnings)
