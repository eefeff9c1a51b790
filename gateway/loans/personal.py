"""Personal data: sealed in the rows, found by keyed hashes, shown in full to few.

A value is sealed with AES-256-GCM, and what it is about ("loan:<id>:buyer") is authenticated with it: a sealed value
moved to another row does not open. Two keys are derived from the one in the vault, one to seal and one to hash with,
so that a hash tells nothing about a sealed value.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.core.authority import OUTSIDE, Actor, Right, Role
from gateway.core.contacts import check_phone
from gateway.core.errors import Corrupt, Refused
from gateway.core.text import person_key
from gateway.loans.model import ApplicationState
from gateway.store.schema import dumps

KEY_LENGTH = 32
_NONCE = 12
_HIDDEN = "***"
# The shop needs the buyer's name and phone until the agreement is signed, and never after.
_BEFORE_SIGNING = frozenset(
    {
        ApplicationState.LEAD,
        ApplicationState.CALLBACK,
        ApplicationState.QUESTIONNAIRE,
        ApplicationState.SUBMITTED,
        ApplicationState.APPROVED,
        ApplicationState.ACCEPTED,
        ApplicationState.AGREED,
    }
)


class Sealer:
    """Seals values and hashes what they are searched by.

    Args:
        key: 32 bytes from the vault.

    Raises:
        Refused: `vault.bad_master_key` for a key of another length.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_LENGTH:
            raise Refused("vault.bad_master_key")
        self._cipher = AESGCM(_derived(key, b"kvit loans: seal"))
        self._mark_key = _derived(key, b"kvit loans: mark")

    def seal(self, about: str, values: Mapping[str, str]) -> bytes:
        """Sealed fields of `about`, as "loan:<id>:buyer"."""
        return self.seal_bytes(about, dumps(dict(values)).encode())

    def open(self, about: str, sealed: bytes) -> dict[str, str]:
        """The fields; none where they were purged.

        Raises:
            Corrupt: `loan.unsealable` when the value was altered, moved, or sealed with another key.
        """
        if not sealed:
            return {}
        fields: dict[str, str] = json.loads(self.open_bytes(about, sealed))
        return fields

    def seal_bytes(self, about: str, plain: bytes) -> bytes:
        """Sealed bytes of `about`: a nonce, then what AES-GCM gives."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, about.encode())

    def open_bytes(self, about: str, sealed: bytes) -> bytes:
        """The bytes; none where they were purged.

        Raises:
            Corrupt: `loan.unsealable`.
        """
        if not sealed:
            return b""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except (InvalidTag, ValueError):
            raise Corrupt("loan.unsealable", about=about) from None

    def digest(self, text: str) -> str:
        """A keyed hash of exactly this text, to compare what must not be kept in the open."""
        return hmac.digest(self._mark_key, f"digest\0{text}".encode(), "sha256").hex()

    def mark(self, kind: str, text: str) -> str:
        """The keyed hash under which spellings of the same value meet; "" for nothing.

        Args:
            kind: "phone", "surname", "passport" or another word; one kind's hashes never meet another's.
        """
        normal = _normal(kind, text)
        return hmac.digest(self._mark_key, f"{kind}\0{normal}".encode(), "sha256").hex() if normal else ""


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_LENGTH, None, purpose).derive(key)


def _normal(kind: str, text: str) -> str:
    if kind == "phone":
        try:
            return check_phone(text)
        except Refused:
            return ""
    if kind == "passport":
        return "".join(c for c in text if c.isascii() and c.isdigit())
    return person_key(text)


def about_buyer(application_id: str) -> str:
    """What the column `buyer` of an application is sealed about."""
    return f"loan:{application_id}:buyer"


def about_contact(shop_id: str) -> str:
    """What the column `contact` of a shop's registration is sealed about."""
    return f"shop:{shop_id}:contact"


def about_questionnaire(application_id: str) -> str:
    """What the column `questionnaire` of an application is sealed about."""
    return f"loan:{application_id}:questionnaire"


def sees_buyer(actor: Actor, state: ApplicationState) -> bool:
    """Whether an actor sees the buyer's name and phone in full: ours with the right, people of the shop until
    the signature."""
    if actor.role in OUTSIDE:
        return state in _BEFORE_SIGNING and actor.role in (Role.SHOP_MANAGER, Role.SHOP_CLERK)
    return actor.may(Right.LOANS_PERSONAL)


def shown_buyer(buyer: Mapping[str, str], whole: bool) -> dict[str, str]:
    """Name and phone for a screen.

    Returns:
        {"name": "Иванов Иван Петрович", "phone": "+79161231234"}, or masked: {"name": "И***в", "phone":
        "+7 *** ***-12-34"}; both "" where nothing is known or it was purged.
    """
    name = " ".join(part for part in (buyer.get(key, "") for key in ("surname", "name", "patronymic")) if part)
    phone = buyer.get("phone", "")
    if whole:
        return {"name": name, "phone": phone}
    return {"name": masked_name(buyer.get("surname", "") or buyer.get("name", "")), "phone": masked_phone(phone)}


def masked_name(surname: str) -> str:
    """ "И***в"; of a name too short to hide anything in, its first letter alone."""
    if len(surname) < 4:
        return surname[:1] + _HIDDEN if surname else ""
    return f"{surname[0]}{_HIDDEN}{surname[-1]}"


def masked_phone(phone: str) -> str:
    """ "+7 *** ***-12-34" of "+79161231234"."""
    return f"+7 {_HIDDEN} {_HIDDEN}-{phone[-4:-2]}-{phone[-2:]}" if phone else ""
