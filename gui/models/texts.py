"""Texts of messages in words: events, whose a text is, what it costs, and what the month has cost so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gui import wording
from gui.api.types import BuyerMessage, MessageText, SmsSpend, TextPreview, TextSettings, TextShop, TextVersion
from gui.cells import Pill
from gui.i18n import translate
from gui.models.buyer_messages import channel_title, event_title

EVENTS = ("accepted", "ready", "courier", "reminder", "last_days", "maybe_ready")
CHANNELS = ("sms", "email")
PREPAID = {"cod": ""}
"""Values of an example parcel nothing is to be paid for; the rest are the service's own examples."""


def text_title(event: str, channel: str) -> str:
    """ "Arrived · SMS"."""
    return f"{title_of(event)} · {channel_title(channel)}"


def title_of(event: str) -> str:
    return event_title(BuyerMessage(id="", event=event))


def when_sent(event: str) -> str:
    """When this text goes out, in one sentence."""
    told = {
        "accepted": translate("Texts", "Once, when the carrier has taken the parcel in."),
        "ready": translate("Texts", "When it can be collected, once for each place it waits at."),
        "courier": translate("Texts", "On the day a courier carries it."),
        "reminder": translate("Texts", "Every few days while it waits."),
        "last_days": translate("Texts", "When storage is about to end."),
        "maybe_ready": translate("Texts", "Once, when it may be waiting though the carrier has not said so."),
    }
    return told.get(event, "")


def whose(text: MessageText, shop: str) -> str:
    """Where a text comes from, as seen from a shop's list."""
    if not text.version:
        return translate("Texts", "Kvit's text")
    if shop and text.shop != shop:
        return translate("Texts", "as for all")
    return translate("Texts", "own, version {n}").format(n=text.version)


def text_pill(text: MessageText, shop: str, *, short: bool = False) -> Pill:
    """`short`: for a cell of the matrix."""
    if not text.active:
        return Pill(translate("Texts", "off"), "idle", "ban")
    own = text.version > 0 and text.shop == shop
    words = whose(text, shop)
    if short and own:
        words = translate("Texts", "own, {n}").format(n=text.version)
    elif short and not text.version:
        words = translate("Texts", "Kvit's")
    return Pill(words, "ok" if own else "info", "pen" if own else "check")


def shop_title(shop: TextShop) -> str:
    """ "Мебель Сити · texts of its own: 2"."""
    if not shop.own_texts:
        return shop.name or shop.key
    own = translate("Texts", "texts of its own: {n}").format(n=shop.own_texts)
    return f"{shop.name or shop.key} · {own}"


def facts(preview: TextPreview, channel: str) -> str:
    """ "87 characters · SMS parts: 2 · UCS-2 · 8,40 ₽"."""
    parts = [translate("Texts", "characters: {n}").format(n=len(preview.text))]
    if channel == "sms" and preview.segments:
        parts.append(translate("Texts", "SMS parts: {n}").format(n=preview.segments))
        parts.append(encoding_words(preview.encoding))
        parts.append(wording.money(preview.price))
    return " · ".join(parts)


def encoding_words(encoding: str) -> str:
    words = {
        "gsm": translate("Texts", "Latin alphabet (GSM): 160 to a part"),
        "ucs2": translate("Texts", "any letters (UCS-2): 70 to a part"),
    }
    return words.get(encoding, encoding)


def spend_words(spend: SmsSpend) -> str:
    """ "SMS this month: 120, 504,00 ₽ of 3 000,00 ₽; 380 left today"."""
    spent = wording.money(spend.month_spent)
    if spend.month_limit is not None:
        spent = translate("Texts", "{spent} of {limit}").format(spent=spent, limit=wording.money(spend.month_limit))
    told = translate("Texts", "SMS this month: {n}, {spent}").format(n=spend.month_messages, spent=spent)
    if spend.day_left is None:
        return told
    today = translate("Texts", "left today: {n} of {limit}").format(n=spend.day_left, limit=spend.day_limit)
    return f"{told} · {today}"


def spend_tone(spend: SmsSpend) -> str:
    """ "bad" when nothing goes out any more, "warn" when a tenth of the month's money is left."""
    if spend.month_left == 0 or spend.day_left == 0:
        return "bad"
    if spend.month_limit and spend.month_left is not None and spend.month_left * 10 <= spend.month_limit:
        return "warn"
    return ""


def sender_words(settings: TextSettings) -> str:
    if not settings.sender:
        return translate("Texts", "Sender name: none registered")
    return translate("Texts", "Sender name: {name}").format(name=settings.sender)


def guess_words(settings: TextSettings) -> str:
    if not settings.guess.on:
        return translate("Texts", "Guessed arrivals: not told to buyers")
    percent = f"{round(float(settings.guess.share) * 100)} %"
    return translate("Texts", "Guessed arrivals: told when {share} of parcels like it had arrived").format(
        share=percent
    )


def settings_lines(settings: TextSettings) -> Sequence[str]:
    """What all messages go by; it is changed in the service's settings."""
    consent = (
        translate("Texts", "Only to those whose consent is on record")
        if settings.consent_needed
        else translate("Texts", "To everybody who has not refused")
    )
    return (
        translate("Texts", "No SMS from {begin} to {end} of the buyer's clock").format(
            begin=settings.quiet_from, end=settings.quiet_to
        ),
        translate("Texts", "A letter follows an SMS without a receipt after {n} h").format(n=settings.fallback_hours),
        consent,
        translate("Texts", "Refusal by an SMS back: {words}").format(words=", ".join(settings.unsubscribe)),
    )


def version_words(version: TextVersion, now: datetime) -> str:
    """ "version 3 · 12.11 14:02 · Мария"."""
    told = translate("Texts", "version {n}").format(n=version.version)
    return f"{told} · {wording.moment(version.made_at, now)} · {version.made_by.rpartition(':')[2]}"
