"""The newest head of the journal in a small file beside the database, put in place after every commit.

Two slots of fixed size, written in turn: a write that a power cut tears leaves the other slot whole. It is not synced
to the disk: after a power cut it may name an earlier row, never one that the database has not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from gateway.store.file_lock import locked
from gateway.store.journal import Head
from gateway.store.schema import dumps

_SLOT = 512
_CONTEXT = b"kvit-tail-1\n"
_BINARY = getattr(os, "O_BINARY", 0)

Mac = Callable[[bytes], str]


class Tail:
    """The file.

    Args:
        file: `<home>/heads/last`; its folder must exist when something is written.
        mac: by the installation's key, lower-case hex; whoever has only the disk cannot write a slot. None where the
            key is not at hand: then nothing can be put, and what is read is anybody's word.
    """

    def __init__(self, file: Path, mac: Mac | None) -> None:
        self._file = file
        self._mac = mac
        self._known: tuple[bytes, list[Head | None]] = (b"", [None, None])  # what was read last, and what it says

    def put(self, head: Head, at: str) -> None:
        """Note `head` unless a later row is noted already.

        Raises:
            OSError: the disk refuses. ValueError: there is no key to put it with.
        """
        if self._mac is None:
            raise ValueError("a head is noted with the installation's key or not at all")
        body = {"at": at, "hash": head.hash, "seq": head.seq}
        slot = dumps({**body, "mac": self._mac(_CONTEXT + dumps(body).encode())}).encode().ljust(_SLOT)
        with locked(self._file.with_suffix(".lock")):
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
            try:
                raw = os.read(handle, 2 * _SLOT)
                slots = list(self._known[1]) if raw == self._known[0] else self._slots(raw)
                newest = max((found.seq for found in slots if found), default=-1)
                if newest >= head.seq:
                    return
                older = min((0, 1), key=lambda i: found.seq if (found := slots[i]) else -1)
                os.lseek(handle, older * _SLOT, os.SEEK_SET)
                os.write(handle, slot)
                whole = bytearray(raw.ljust(2 * _SLOT if older else _SLOT, b"\0"))
                whole[older * _SLOT : (older + 1) * _SLOT] = slot
                slots[older] = head
                self._known = (bytes(whole), slots)
            finally:
                os.close(handle)

    def get(self) -> Head | None:
        """The newest whole slot; None when there is none."""
        try:
            raw = self._file.read_bytes()
        except FileNotFoundError:
            return None
        return max((found for found in self._slots(raw) if found), key=lambda found: found.seq, default=None)

    def _slots(self, raw: bytes) -> list[Head | None]:
        return [self._read(raw[i * _SLOT : (i + 1) * _SLOT]) for i in (0, 1)]

    def _read(self, raw: bytes) -> Head | None:
        try:
            stored = json.loads(raw)
            body = {name: stored[name] for name in ("at", "hash", "seq")}
            if self._mac is not None and stored["mac"] != self._mac(_CONTEXT + dumps(body).encode()):
                return None
            return Head(int(body["seq"]), str(body["hash"]))
        except (ValueError, KeyError, TypeError):
            return None
