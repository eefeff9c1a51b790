"""What a bank channel and a certificate say of themselves, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gui import wording
from gui.api.types import BankCertificate, BankLink
from gui.cells import Pill
from gui.i18n import translate
from gui.i18n.counts import counts

STEPS = (60, 30, 14, 7, 1)
"""Days left of a certificate at which the words change."""
LATE = timedelta(minutes=2)


def link_pill(link: BankLink) -> Pill:
    """The last answer. "Nothing new" is what a bank said; "not asked" is that nobody asked it."""
    known = {
        "nothing_new": Pill(translate("Bank", "the bank says: nothing new"), "ok", "check"),
        "new": Pill(translate("Bank", "new messages: {n}").format(n=link.new_files), "ok", "plus"),
        "failed": Pill(translate("Bank", "the last poll failed"), "bad", "error"),
        "never": Pill(translate("Bank", "not asked yet"), "warn", "clock"),
    }
    return known.get(link.last_result, Pill(link.last_result, "idle", "flag"))


def polled(link: BankLink, now: datetime) -> str:
    """ "asked 12:41 (2 min ago)"; with the last good answer where that was another poll."""
    if link.last_poll_at is None:
        return translate("Bank", "nobody has asked this bank yet")
    words = translate("Bank", "asked {at} ({ago})").format(
        at=wording.moment(link.last_poll_at, now), ago=wording.ago(now - link.last_poll_at)
    )
    if link.last_good_at is None:
        return words + " · " + translate("Bank", "it has never answered")
    if link.last_good_at != link.last_poll_at:
        good = wording.ago(now - link.last_good_at)
        words += " · " + translate("Bank", "last good answer {ago}").format(ago=good)
    return words


def next_poll(link: BankLink, now: datetime) -> tuple[str, bool]:
    """The next poll in words, and whether it is overdue."""
    if link.next_poll_at is None:
        return translate("Bank", "no next poll is planned"), True
    ahead = link.next_poll_at - now
    if ahead < -LATE:
        return translate("Bank", "the next poll is overdue by {span}").format(
            span=wording.span((-ahead).total_seconds())
        ), True
    if ahead.total_seconds() < 1:
        return translate("Bank", "next poll now"), False
    return translate("Bank", "next poll in {span}").format(span=wording.span(ahead.total_seconds())), False


@dataclass(frozen=True, slots=True)
class CertificateWords:
    """Attributes: pill: how long it still lasts; until: its end; what_to_do: "" while nothing is to be done."""

    pill: Pill
    until: str = ""
    what_to_do: str = ""


def certificate(found: BankCertificate, *, renewal_due: bool = False) -> CertificateWords:
    """The certificate's time left, louder at 60, 30, 14, 7 and 1 days."""
    left = found.days_left
    if left is None:
        return CertificateWords(Pill(translate("Bank", "no certificate of ours"), "idle", "shield-off"))
    until = translate("Bank", "certificate until {date}").format(date=wording.day(found.expires))
    if left < 0:
        return CertificateWords(
            Pill(translate("Bank", "certificate has ended"), "bad", "error"),
            until,
            translate(
                "Bank", "The bank takes nothing from us any more. A new code from the bank: kvit bank enrol --replace"
            ),
        )
    text = counts.days_left(left)
    if left > STEPS[0]:
        return CertificateWords(Pill(text, "ok", "shield"), until)
    if left > STEPS[1]:
        words = translate("Bank", "Nothing to do yet: the service renews it by itself in time.")
        return CertificateWords(Pill(text, "info", "shield"), until, words)
    if left > STEPS[2] and not renewal_due:
        words = translate("Bank", "Renew it: {command}")
    elif left > STEPS[2]:
        words = translate("Bank", "The service is renewing it by itself; by hand: {command}")
    elif left > STEPS[3]:
        words = translate("Bank", "Still the old one: IT should look why, and renew it: {command}")
    elif left > STEPS[4]:
        words = translate("Bank", "Urgent: renew it now, or the link to the bank ends: {command}")
    else:
        words = translate("Bank", "The last day: renew it this minute, or the link to the bank ends: {command}")
    urgent = left <= STEPS[3]
    pill = Pill(text, "bad" if urgent else "warn", "error" if urgent else "warning")
    return CertificateWords(pill, until, words.format(command="kvit bank renew"))
