"""Addresses, one spelling for each: consents and messages are found by them."""

from __future__ import annotations

from gateway.core.contacts import check_email, check_phone
from gateway.core.errors import Refused
from gateway.notify.model import NotificationChannel

_MOBILE = "+79"


def address_of(channel: NotificationChannel, typed: str) -> str:
    """The address as it is kept, "+79161234567" or "anna@example.ru"; "" for one nothing can be sent to.

    A number of a wire line gets no SMS. Domains are the same in any case, and nobody knows a mailbox that is not.
    """
    try:
        if channel is NotificationChannel.EMAIL:
            return check_email(typed).lower()
        phone = check_phone(typed)
    except Refused:
        return ""
    return phone if phone.startswith(_MOBILE) else ""


def masked(address: str) -> str:
    """Enough of an address to know it by, "+7916•••4567", "a•••@example.ru"; "" of one that is removed."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"{address[:5]}•••{address[-4:]}" if address else ""
