"""Phone numbers and mail addresses, in the many ways people type them.

What Russian numbers exist is read from `phonenumbers` (Google's libphonenumber), which follows the plan of numbering.
+7 is Kazakhstan's too: its numbers are refused here, and so are services nobody answers a call-back on (8-800, 8-803).
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from gateway.core.errors import Refused

_REGION = "RU"
_TYPED = re.compile(r"\+?[0-9()\-\u2010-\u2015.]{10,30}")
_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\".][^@\s<>\"]{0,250}\.[^@\s<>\".]{2,63}")
_ANSWERED = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def check_phone(text: str) -> str:
    """The number as "+79161234567", however it was typed: "8 (916) 123-45-67", "9161234567".

    Raises:
        Refused: `phone.wrong`; the number itself is not repeated in it.
    """
    typed = "".join(text.split())
    if not _TYPED.fullmatch(typed):
        raise Refused("phone.wrong")
    try:
        number = phonenumbers.parse(typed, _REGION)
    except phonenumbers.NumberParseException:
        raise Refused("phone.wrong") from None
    if not phonenumbers.is_valid_number_for_region(number, _REGION):
        raise Refused("phone.wrong")
    if phonenumbers.number_type(number) not in _ANSWERED:
        raise Refused("phone.wrong")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def check_email(text: str) -> str:
    """The address without the spaces around it. Whether somebody reads it only a letter can tell.

    Raises:
        Refused: `email.wrong`; the address itself is not repeated in it.
    """
    value = text.strip()
    if not _EMAIL.fullmatch(value):
        raise Refused("email.wrong")
    return value
