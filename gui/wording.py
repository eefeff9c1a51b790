"""Numbers, times and states in the words people use. No widget here; everything is a pure function of its input."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from gui.api.errors import ApiError, Away, BadReply, Conflicting, Missing, NotAllowed
from gui.i18n import language, said, translate
from gui.i18n.counts import counts

THIN = "\u202f"  # narrow no-break space between thousands
NBSP = "\u00a0"
MINUS = "\u2212"


# --- money and quantities --------------------------------------------------------------------------------------------


def money(kopecks: int | None, *, sign: bool = False, currency: bool = True) -> str:
    """123456 → "1 234,56 ₽" (Russian) or "1,234.56 ₽" (English); None → "—"."""
    if kopecks is None:
        return "—"
    whole, part = divmod(abs(kopecks), 100)
    text = f"{whole:,}"
    text = f"{text.replace(',', NBSP)},{part:02d}" if language() == "ru" else f"{text}.{part:02d}"
    mark = MINUS if kopecks < 0 else ("+" if sign and kopecks > 0 else "")
    return f"{mark}{text}{NBSP}₽" if currency else f"{mark}{text}"


def parse_money(text: str) -> int | None:
    """What a person typed → kopecks: "1 234,5", "1234.50", "1,234.56 ₽"; None when it is not a sum."""
    bare = re.sub(r"[\s\u00a0\u202f₽]|руб\.?|р\.", "", text)
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})*|\d+)(?:[.,](\d{1,2}))?", bare)
    if match is None:
        return None
    whole = re.sub(r"[.,]", "", match.group(1))
    part = (match.group(2) or "").ljust(2, "0")
    return int(whole) * 100 + int(part)


def quantity(text: str) -> str:
    """A decimal text without idle zeros: "3.000" → "3", "2.50" → "2,5"."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    plain = f"{number.normalize():f}"
    return plain.replace(".", ",") if language() == "ru" else plain


def phone(text: str | None) -> str:
    """+79161234567 → "+7 916 123-45-67"; anything else as it is."""
    digits = re.sub(r"\D", "", text or "")
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{NBSP}{digits[1:4]}{NBSP}{digits[4:7]}-{digits[7:9]}-{digits[9:]}"
    return text or ""


def short_account(text: str) -> str:
    """A 20-digit account by its last digits: "…4567"."""
    return f"…{text[-4:]}" if len(text) > 6 else text


# --- time ------------------------------------------------------------------------------------------------------------


def clock(instant: datetime | None, *, seconds: bool = False) -> str:
    """The time of day here: "12:41"."""
    if instant is None:
        return "—"
    return instant.astimezone().strftime("%H:%M:%S" if seconds else "%H:%M")


def day(value: date | datetime | None) -> str:
    """ "21.11.2026", in both languages: a day-month-year order that cannot be misread here."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = value.astimezone().date()
    return value.strftime("%d.%m.%Y")


def moment(instant: datetime | None, now: datetime | None = None) -> str:
    """ "12:41" today, "20.11 12:41" this year, "20.11.2025 12:41" before."""
    if instant is None:
        return "—"
    here = instant.astimezone()
    today = (now or datetime.now(UTC)).astimezone()
    if here.date() == today.date():
        return here.strftime("%H:%M")
    return here.strftime("%d.%m %H:%M" if here.year == today.year else "%d.%m.%Y %H:%M")


def ago(span: timedelta | None) -> str:
    """ "just now", "2 min ago", "3 h ago", "4 days ago"."""
    if span is None:
        return translate("Time", "never")
    seconds = int(span.total_seconds())
    if seconds < 10:
        return translate("Time", "just now")
    if seconds < 60:
        return translate("Time", "{n} s ago").format(n=seconds)
    if seconds < 3600:
        return translate("Time", "{n} min ago").format(n=seconds // 60)
    if seconds < 48 * 3600:
        return translate("Time", "{n} h ago").format(n=seconds // 3600)
    return counts.days_ago(seconds // 86400)


def span(seconds: float | None) -> str:
    """A length of time as short as it can be read: "4 s", "2:05", "1 h 10 min"."""
    if seconds is None:
        return "—"
    whole = int(seconds)
    if whole < 60:
        return translate("Time", "{n} s").format(n=whole)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return translate("Time", "{h} h {m} min").format(h=whole // 3600, m=whole % 3600 // 60)


# --- errors ----------------------------------------------------------------------------------------------------------


def error_text(error: ApiError) -> str:
    """One sentence: the service's own where it sent one."""
    text = said(error.said)
    if text:
        return text
    if isinstance(error, Away):
        return translate("Errors", "The Kvit service does not answer.")
    if isinstance(error, NotAllowed) and error.status == 401:
        return translate("Errors", "The service does not know this user: the access token is not valid.")
    if isinstance(error, NotAllowed):
        return translate("Errors", "Your role has no right to do this.")
    if isinstance(error, Conflicting):
        return translate("Errors", "A colleague has already changed this. The fresh state is on the screen.")
    if isinstance(error, Missing):
        return translate("Errors", "This is no longer there.")
    if isinstance(error, BadReply):
        return translate("Errors", "The answer of the service is not understood: the versions do not fit together.")
    return translate("Errors", "The service could not do it (code {code}).").format(code=error.code)


def error_hint(error: ApiError) -> str:
    """What to do about it; empty when there is nothing to add."""
    text = said(error.hint)
    if text:
        return text
    if isinstance(error, Away):
        return translate("Errors", "Nothing is lost. Kvit keeps trying and will go on by itself.")
    if isinstance(error, NotAllowed) and error.status == 401:
        return translate("Errors", "Restart the tray; if it stays, ask IT for a new token (kvit user add).")
    if isinstance(error, BadReply):
        return translate("Errors", "Update the tray program to the version of the service.")
    return ""
