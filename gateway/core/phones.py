"""Russian phone numbers, in the many ways people type them.

Source: the system and plan of numbering (Минцифры, приказ от 31.01.2022 № 75): country code 7, ten digits after it;
geographic codes begin with 3, 4 or 8, mobile ones with 9. Numbers that begin with 6 or 7 are Kazakhstan's; 80x are
services that nobody answers a call-back on.
"""

from __future__ import annotations

import re

from gateway.core.errors import Refused

_FILLERS = re.compile(r"[\s\u00a0\u202f()\-\u2010-\u2015.]+")
_NUMBER = re.compile(r"(?:\+?7|8)?(?P<national>(?!80)[3489][0-9]{9})", re.ASCII)


def check_phone(text: str) -> str:
    """The number as "+79161234567", however it was typed: "8 (916) 123-45-67", "9161234567".

    Raises:
        Refused: `phone.wrong`; the number itself is not repeated in it.
    """
    found = _NUMBER.fullmatch(_FILLERS.sub("", text.strip()))
    if found is None:
        raise Refused("phone.wrong")
    return "+7" + found["national"]


def is_phone(text: str) -> bool:
    try:
        check_phone(text)
    except Refused:
        return False
    return True


def is_mobile(phone: str) -> bool:
    """Whether a checked number can receive a message."""
    return phone.startswith("+79")
