"""Small facts that survive a restart: what was asked of the bank, and what waits for a person.

No secret is among them, with one exception on purpose: while a one-time code is awaited, the id of the session that
is not authorised yet. It opens nothing without the code on the phone.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from gateway.core.clock import Clock, to_text
from gateway.core.errors import Refused
from gateway.store import Store, marks

STOP = "stop"
"""Why nothing is sent until a person acts: {"bank_code", "text", "since", "who"}."""
OTP = "otp"
"""A logon that waits for its one-time code: {"sid", "phone", "since"}, and "code" once a person gave it."""
ASKED = "asked"
"""Statement requests, see `asking`."""
DELIVERIES = "deliveries"
"""Documents of ours we asked about, see `delivery`."""

_CODE = re.compile(r"[0-9]{4,10}")


class Memory(Protocol):
    """Where a channel keeps them: JSON values by name."""

    def get(self, name: str) -> Any | None:
        """The value of `name`, or None."""

    def put(self, name: str, value: Any) -> None:
        """Set `name`, durably, before this returns."""


class StoredMemory:
    """Marks of the store, a set of them for each channel."""

    def __init__(self, store: Store, channel: str) -> None:
        self._store = store
        self.channel = channel

    def get(self, name: str) -> Any | None:
        with self._store.reading() as connection:
            return marks.get(connection, self._store.company, self._mark(name))

    def put(self, name: str, value: Any) -> None:
        with self._store.unit() as unit:
            marks.put(unit, self._mark(name), value)
            unit.commit()

    def _mark(self, name: str) -> str:
        return f"bank.{name}:{self.channel}"


def give_code(memory: Memory, code: str, clock: Clock) -> None:
    """A person answers with the code the bank sent to their phone; the next call logs on with it, once.

    Raises:
        Refused: `bank.otp_format`; `bank.otp_not_asked` when no logon waits for a code.
    """
    digits = "".join(code.split())
    if not _CODE.fullmatch(digits):
        raise Refused("bank.otp_format")
    waiting = memory.get(OTP)
    if not waiting:
        raise Refused("bank.otp_not_asked")
    memory.put(OTP, {**waiting, "code": digits, "given": to_text(clock.now())})


def resume(memory: Memory) -> bool:
    """A person has mended what the bank complained of (or wants a new code): the next call logs on afresh.

    Returns:
        Whether anything had been waiting for that.
    """
    waited = bool(memory.get(STOP) or memory.get(OTP))
    memory.put(STOP, None)
    memory.put(OTP, None)
    return waited


def waits_for_person(memory: Memory) -> dict[str, str]:
    """What is to be shown: {"kind": "otp", "phone", "since"} or {"kind": "stop", "bank_code", "text", "since"}, or
    nothing."""
    stop, otp = memory.get(STOP), memory.get(OTP)
    if stop:
        return {"kind": STOP, **{name: str(stop[name]) for name in ("bank_code", "text", "since")}}
    if otp and "code" not in otp:
        return {"kind": OTP, "phone": str(otp["phone"]), "since": str(otp["since"])}
    return {}
