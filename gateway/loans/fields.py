"""The fields of a questionnaire: how each is written, and what is wrong with what was typed.

A check gives the value as it is kept, or raises `Refused` with a named code; codes carry no value that was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.core.contacts import check_email, check_phone
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.requisites import check_inn

ADULT = 18
PASSPORT_FROM = 14
RENEWED_AT = (20, 45)
GRACE = timedelta(days=90)
"""A passport holds 90 days past the birthday it is to be renewed at (Положение о паспорте, 23.12.2023 № 2267)."""
_OLDEST = 110

_NAME = re.compile(r"[А-ЯЁа-яё]+(?:[ '’-][А-ЯЁа-яё]+){0,4}")
_DIGITS = re.compile(r"[^0-9]")
_CODE = re.compile(r"[0-9]{3}-[0-9]{3}")
_RUSSIAN_DATE = re.compile(r"(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SNILS_FREE_TO = 1_001_998  # numbers up to 001-001-998 have no check digits
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        needed: without it nothing goes to a lender.
        check: value → value as it is kept; raises `Refused`.
    """

    name: str
    needed: bool
    check: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field.

    Attributes:
        code: entry of the catalogue.
        warning: True where it may be sent all the same.
    """

    field: str
    code: str
    warning: bool = False


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not _NAME.fullmatch(name) or len(name) > 60:
        raise Refused("loan.field.name")
    return name


def _line(text: str) -> str:
    line = " ".join(text.split())
    if not 3 <= len(line) <= _LONGEST or not line.isprintable():
        raise Refused("loan.field.line")
    return line


def _date(text: str) -> str:
    typed = text.strip()
    russian = _RUSSIAN_DATE.fullmatch(typed)
    iso = f"{russian['year']}-{russian['month']}-{russian['day']}" if russian else typed
    if not _ISO_DATE.fullmatch(iso):
        raise Refused("loan.field.date")
    try:
        return date.fromisoformat(iso).isoformat()
    except ValueError:
        raise Refused("loan.field.date") from None


def _passport(text: str) -> str:
    digits = _bare(text)
    if len(digits) != 10 or digits.startswith("00") or not digits[4:].strip("0") or not _only_digits(text, " №-"):
        raise Refused("loan.field.passport")
    return digits


def _department(text: str) -> str:
    digits = _bare(text)
    code = f"{digits[:3]}-{digits[3:]}"
    if not _CODE.fullmatch(code) or not _only_digits(text, " -–—"):
        raise Refused("loan.field.passport_code")
    return code


def _snils(text: str) -> str:
    """СНИЛС: eleven digits; the last two are the weighted sum of the first nine modulo 101, where 100 counts as 00
    (Постановление Правления ПФР от 20.11.2019 № 616п)."""
    digits = _bare(text)
    if len(digits) != 11 or not _only_digits(text, " -–—"):
        raise Refused("loan.field.snils")
    body, key = digits[:9], int(digits[9:])
    weighted = sum(int(digit) * (9 - place) for place, digit in enumerate(body)) % 101 % 100
    if int(body) > _SNILS_FREE_TO and weighted != key:
        raise Refused("loan.field.snils")
    return digits


def _person_inn(text: str) -> str:
    try:
        inn = check_inn(text)
    except Refused:
        raise Refused("loan.field.inn") from None
    if len(inn) != 12:
        raise Refused("loan.field.inn")
    return inn


def _income(text: str) -> str:
    try:
        income = Money.parse(text)
    except Refused:
        raise Refused("loan.field.income") from None
    if not 0 < income.kopecks <= 10**12:
        raise Refused("loan.field.income")
    return income.decimal_text()


def _bare(text: str) -> str:
    return _DIGITS.sub("", text)


def _only_digits(text: str, fillers: str) -> bool:
    """Whether there is nothing but ASCII digits and these fillers."""
    return all(character in fillers or (character.isascii() and character.isdigit()) for character in text.strip())


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("surname", True, _name),
        Field("name", True, _name),
        Field("patronymic", False, _name),
        Field("birth_date", True, _date),
        Field("passport", True, _passport),
        Field("passport_issued_by", True, _line),
        Field("passport_issued_on", True, _date),
        Field("passport_code", True, _department),
        Field("registration_address", True, _line),
        Field("living_address", False, _line),  # "" for the same
        Field("phone", True, check_phone),
        Field("email", False, check_email),
        Field("income", True, _income),  # roubles a month
        Field("employer", True, _line),
        Field("snils", False, _snils),
        Field("inn", False, _person_inn),
    )
}


def kept(field: str, typed: str) -> str:
    """What is kept of something typed: as its field writes it, or as it was typed where that is wrong."""
    try:
        return FIELDS[field].check(typed) if typed.strip() else ""
    except Refused:
        # cut so that what is too long stays too long
        return " ".join(typed.split())[: 2 * _LONGEST].strip()


def faults_of(values: Mapping[str, str], today: date) -> list[Fault]:
    """Everything that is wrong with a questionnaire, field by field in the table's order, then between fields."""
    found = [fault for field in FIELDS.values() if (fault := _fault(field, values.get(field.name, "")))]
    broken = {fault.field for fault in found}
    if not broken & {"birth_date"} and values.get("birth_date"):
        found += _by_age(values, broken, today)
    return found


def _fault(field: Field, typed: str) -> Fault | None:
    if not typed:
        return Fault(field.name, "loan.field.missing") if field.needed else None
    try:
        field.check(typed)
    except Refused as refused:
        return Fault(field.name, refused.code)
    return None


def _by_age(values: Mapping[str, str], broken: set[str], today: date) -> list[Fault]:
    born = date.fromisoformat(values["birth_date"])
    if not today - timedelta(days=round(_OLDEST * 365.25)) <= born <= today:
        return [Fault("birth_date", "loan.field.date")]
    if birthday(born, ADULT) > today:
        return [Fault("birth_date", "loan.field.under_age")]
    if "passport_issued_on" in broken:
        return []
    issued = date.fromisoformat(values["passport_issued_on"])
    if not birthday(born, PASSPORT_FROM) <= issued <= today:
        return [Fault("passport_issued_on", "loan.field.passport_issued")]
    if any(issued < birthday(born, age) and birthday(born, age) + GRACE < today for age in RENEWED_AT):
        return [Fault("passport_issued_on", "loan.field.passport_expired", warning=True)]
    if any(issued < birthday(born, age) <= today for age in RENEWED_AT):
        return [Fault("passport_issued_on", "loan.field.passport_due", warning=True)]
    return []


def birthday(born: date, age: int) -> date:
    """The day somebody turns `age`; who was born on 29 February turns it on 1 March of a common year."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
