"""The questionnaire's fields: what they are called, how they are typed, and what can be seen at once to be wrong.

The service decides; what is checked here is what a person wants to know before the next key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gui import wording
from gui.i18n import translate

_NAME = re.compile(r"[А-ЯЁа-яё]+(?:[ '’-][А-ЯЁа-яё]+){0,4}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_SNILS_FREE_TO = 1_001_998  # numbers up to 001-001-998 have no check digits
_INN_WEIGHTS = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def title(name: str) -> str:
    """What a field is called."""
    titles = {
        "surname": translate("LoanFields", "Surname"),
        "name": translate("LoanFields", "Name"),
        "patronymic": translate("LoanFields", "Patronymic"),
        "birth_date": translate("LoanFields", "Date of birth"),
        "passport": translate("LoanFields", "Passport, series and number"),
        "passport_issued_by": translate("LoanFields", "Issued by"),
        "passport_issued_on": translate("LoanFields", "Issued on"),
        "passport_code": translate("LoanFields", "Department code"),
        "registration_address": translate("LoanFields", "Registered at"),
        "living_address": translate("LoanFields", "Lives at"),
        "phone": translate("LoanFields", "Phone"),
        "email": translate("LoanFields", "E-mail"),
        "income": translate("LoanFields", "Income a month, ₽"),
        "employer": translate("LoanFields", "Employer"),
        "snils": translate("LoanFields", "SNILS"),
        "inn": translate("LoanFields", "INN"),
    }
    return titles.get(name, name)


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a field is written: an example, and what is wrong with a text ("" for nothing)."""

    example: str
    against: Callable[[str], str]


def against(name: str, text: str) -> str:
    """What is wrong with what was typed so far; "" for nothing, and for an empty field."""
    typed = text.strip()
    pattern = _PATTERNS.get(name)
    return pattern.against(typed) if typed and pattern is not None else ""


def example(name: str) -> str:
    pattern = _PATTERNS.get(name)
    return pattern.example if pattern is not None else ""


def shown(name: str, value: str) -> str:
    """A kept value as a person reads it: a date as day.month.year."""
    if name in ("birth_date", "passport_issued_on"):
        try:
            return wording.day(date.fromisoformat(value)) if value else ""
        except ValueError:
            return value
    return value


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _length(wanted: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        count = len(_digits(text))
        if count == wanted:
            return ""
        return translate("LoanFields", "{n} of {of} digits").format(n=count, of=wanted)

    return check


def _name(text: str) -> str:
    return "" if _NAME.fullmatch(text) else translate("LoanFields", "Russian letters only")


def _date(text: str) -> str:
    match = re.fullmatch(r"(\d{2})\.(\d{2})\.(\d{4})", text)
    if match is None:
        return translate("LoanFields", "day.month.year, as 05.09.1990")
    try:
        date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return translate("LoanFields", "there is no such day")
    return ""


def _phone(text: str) -> str:
    digits = _digits(text)
    return "" if len(digits) in (10, 11) else translate("LoanFields", "{n} of {of} digits").format(n=len(digits), of=11)


def _email(text: str) -> str:
    return "" if _EMAIL.fullmatch(text) else translate("LoanFields", "name@site.ru")


def _sum(text: str) -> str:
    return "" if wording.parse_money(text) else translate("LoanFields", "a sum in roubles")


def snils_fits(digits: str) -> bool:
    """The last two digits are the weighted sum of the first nine modulo 101, where 100 counts as 00."""
    body, key = digits[:9], int(digits[9:])
    weighted = sum(int(digit) * (9 - place) for place, digit in enumerate(body)) % 101 % 100
    return int(body) <= _SNILS_FREE_TO or weighted == key


def inn_fits(digits: str) -> bool:
    """The two check digits of a person's INN."""
    keys = [sum(w * int(d) for w, d in zip(weights, digits, strict=False)) % 11 % 10 for weights in _INN_WEIGHTS]
    return digits[10:] == "".join(map(str, keys))


def _checked(wanted: int, fits: Callable[[str], bool]) -> Callable[[str], str]:
    length = _length(wanted)

    def check(text: str) -> str:
        if told := length(text):
            return told
        return "" if fits(_digits(text)) else translate("LoanFields", "the check digits do not fit")

    return check


_PATTERNS: dict[str, Pattern] = {
    "surname": Pattern("", _name),
    "name": Pattern("", _name),
    "patronymic": Pattern("", _name),
    "birth_date": Pattern("05.09.1990", _date),
    "passport": Pattern("4509 123456", _length(10)),
    "passport_issued_on": Pattern("12.10.2010", _date),
    "passport_code": Pattern("770-045", _length(6)),
    "phone": Pattern("+7 916 123-45-67", _phone),
    "email": Pattern("name@site.ru", _email),
    "income": Pattern("85 000", _sum),
    "snils": Pattern("112-233-445 95", _checked(11, snils_fits)),
    "inn": Pattern("500100732259", _checked(12, inn_fits)),
}
