"""Heads of the journal, kept outside the database: append-only lines, each sealed and chained to the one before.

<home>/heads/2026-11.jsonl   one line a head; canonical JSON; the last file is the only one that grows
<home>/heads/last            the newest head, put in place after every commit (`tail.py`)
<home>/heads/tree.json       where the hash tree stood at the last line; can be made anew from the journal

A line names a row, its hash and the root of the hash tree over all rows up to it. Every line has a MAC by a key of this
installation and, where the company's own key opens, its signature, which anybody can check. Whoever cuts the journal,
writes it anew or puts an old copy of the database back has lines left over that the journal does not have.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from gateway.store.file_lock import locked
from gateway.store.journal import Head
from gateway.store.schema import dumps
from gateway.store.tree import Tree

FIRST = "0" * 64  # stands before the first line
CONTEXT = b"kvit-head-1\n"  # what is sealed begins with it: no seal of ours fits anything else
_FILE = re.compile(r"\d{4}-\d\d\.jsonl")
_LONGEST = 1 << 16  # bytes of a line
_HASH = re.compile(r"[0-9a-f]{64}")

Signature = dict[str, str]  # algorithm, certificate (SHA-256), value (base64)


@dataclass(frozen=True, slots=True)
class HeadLine:
    """One kept head.

    Attributes:
        number: 1, 2, 3 …
        at: stored instant.
        seq, hash, root: the row and the hash tree up to it.
        why: "minute", "stop", "day", "asked", "evidence".
        previous: SHA-256 of the line before, FIRST for the first.
        mac: by a key of this installation, lower-case hex.
        signature: by the company's key; None where it did not open.
    """

    number: int
    at: str
    company: str
    seq: int
    hash: str
    root: str
    why: str
    previous: str
    mac: str = ""
    signature: Signature | None = None

    @property
    def head(self) -> Head:
        return Head(self.seq, self.hash)

    @property
    def signed(self) -> bytes:
        """The octets that the signature is over."""
        return CONTEXT + dumps(self._body()).encode("utf-8")

    @property
    def sealed(self) -> bytes:
        """The octets that the MAC is over: the signature too, so that it cannot be taken off."""
        return CONTEXT + dumps(self._signed_body()).encode("utf-8")

    @property
    def text(self) -> str:
        """The line, without its end."""
        return dumps({**self._signed_body(), "mac": self.mac})

    @property
    def digest(self) -> str:
        """What the next line carries as `previous`."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def _signed_body(self) -> dict[str, Any]:
        keys = "installation" if self.signature is None else "company and installation"
        return {**self._body(), "sealed_by": keys, "signature": self.signature}

    def _body(self) -> dict[str, Any]:
        return {
            "format": 1,
            "number": self.number,
            "at": self.at,
            "company": self.company,
            "seq": self.seq,
            "hash": self.hash,
            "root": self.root,
            "why": self.why,
            "previous": self.previous,
        }


class Sealer(Protocol):
    """The keys a line is sealed with."""

    def mac(self, octets: bytes) -> str:
        """By the installation's key; lower-case hex."""

    def sign(self, octets: bytes) -> Signature | None:
        """By the company's key; None where it does not open now."""


class Checker(Protocol):
    """Whoever can tell whether a seal is ours. None: it cannot be told here."""

    def mac_holds(self, octets: bytes, mac: str) -> bool | None: ...

    def signature_holds(self, octets: bytes, signature: Mapping[str, str]) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about the kept heads that does not hold.

    Attributes:
        code: "unreadable", "unchained", "seal", "ends_before", "not_in_journal", "missing", "no_tail".
        where: file and line, for a person.
        number, seq, at: of the head, where one is meant.
    """

    code: str
    where: str
    number: int = 0
    seq: int = 0
    at: str = ""


def read_line(text: str) -> HeadLine:
    """A line as it was written.

    Raises:
        ValueError: it is none, or not in the one form lines are written in.
    """
    try:
        stored = json.loads(text)
        signature = stored["signature"]
        line = HeadLine(
            number=int(stored["number"]),
            at=str(stored["at"]),
            company=str(stored["company"]),
            seq=int(stored["seq"]),
            hash=str(stored["hash"]),
            root=str(stored["root"]),
            why=str(stored["why"]),
            previous=str(stored["previous"]),
            mac=str(stored["mac"]),
            signature=None if signature is None else {str(k): str(v) for k, v in signature.items()},
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a head: {error}") from None
    if line.text != text or not _HASH.fullmatch(line.hash):
        raise ValueError("not in canonical form")
    return line


class HeadBook:
    """The lines of one installation.

    Args:
        folder: made with the first line.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> list[Path]:
        """Oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(f for f in self.folder.iterdir() if _FILE.fullmatch(f.name))

    def last(self) -> HeadLine | None:
        """The newest line; None when there is none, or when it cannot be read (`check` tells which)."""
        for file in reversed(self.files()):
            with file.open("rb") as content:
                content.seek(max(0, file.stat().st_size - 2 * _LONGEST))
                whole = content.read().rpartition(b"\n")[0]  # a line that broke off was never written
            if whole:
                try:
                    return read_line(whole.rpartition(b"\n")[2].decode("utf-8"))
                except ValueError:
                    return None
        return None

    def append(self, head: Head, tree_root: str, *, why: str, at: str, company: str, sealer: Sealer) -> HeadLine:
        """Seal a head and write it down, safe from a power cut once this returns.

        Raises:
            OSError: the disk refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(self.folder / ".lock"):
            files = self.files()
            last = self.last()
            bare = HeadLine(
                number=last.number + 1 if last else 1,
                at=at,
                company=company,
                seq=head.seq,
                hash=head.hash,
                root=tree_root,
                why=why,
                previous=last.digest if last else FIRST,
            )
            line = _sealed(bare, sealer)
            # a clock that was put back must not begin an older file
            name = max([f"{at[:7]}.jsonl", *(file.name for file in files)])
            _write(self.folder / name, line.text)
        return line

    def lines(self) -> Iterator[tuple[str, str]]:
        """(where, text) of each line that was written whole, oldest first.

        A write that broke off may be the last one of its month, and so the end of a file that is not the last. Whoever
        cuts a line that was whole breaks the chain to the next one.
        """
        for file in self.files():
            raw = file.read_bytes()
            whole = raw[: raw.rfind(b"\n") + 1]
            for number, text in enumerate(whole.decode("utf-8", "replace").splitlines(), start=1):
                yield f"{file.name}:{number}", text


def check_lines(book: HeadBook, checker: Checker) -> tuple[list[HeadLine], list[Trouble]]:
    """All lines that are ours and follow one another, and what is wrong with the rest."""
    good: list[HeadLine] = []
    troubles: list[Trouble] = []
    number, previous = 0, FIRST
    for where, text in book.lines():
        try:
            line = read_line(text)
        except ValueError:
            troubles.append(Trouble("unreadable", where))
            continue
        if (line.number, line.previous) != (number + 1, previous):
            troubles.append(Trouble("unchained", where, line.number, line.seq, line.at))
        number, previous = line.number, line.digest
        if seal_holds(line, checker):
            good.append(line)
        else:
            troubles.append(Trouble("seal", where, line.number, line.seq, line.at))
    return good, troubles


def seal_holds(line: HeadLine, checker: Checker) -> bool:
    """Nothing that can be checked here contradicts the line."""
    if checker.mac_holds(line.sealed, line.mac) is False:
        return False
    return line.signature is None or checker.signature_holds(line.signed, line.signature) is not False


class Compared:
    """Kept heads held against the journal as it is walked: hand `met` to `journal.verify`.

    Args:
        lines: heads that are ours, by where they are kept.
    """

    def __init__(self, lines: Mapping[str, HeadLine]) -> None:
        self._lines = lines
        self._wanted: dict[int, list[str]] = {}
        for where, line in lines.items():
            self._wanted.setdefault(line.seq, []).append(where)
        self._tree = Tree()
        self._found: set[str] = set()
        self._end = 0

    def met(self, head: Head) -> None:
        """The next good row."""
        self._tree.add(head.hash)
        self._end = head.seq
        for where in self._wanted.get(head.seq, ()):
            line = self._lines[where]
            if line.hash == head.hash and line.root in ("", self._tree.root()):
                self._found.add(where)

    def troubles(self) -> list[Trouble]:
        """What the journal does not have, the oldest head first."""
        left = [(where, line) for where, line in self._lines.items() if where not in self._found and line.seq]
        return [
            Trouble("ends_before" if line.seq > self._end else "not_in_journal", where, line.number, line.seq, line.at)
            for where, line in sorted(left, key=lambda item: item[1].seq)
        ]


def _sealed(line: HeadLine, sealer: Sealer) -> HeadLine:
    signed = replace(line, signature=sealer.sign(line.signed))
    return replace(signed, mac=sealer.mac(signed.sealed))


def _write(file: Path, text: str) -> None:
    handle = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "r+b") as out:
        size = out.seek(0, os.SEEK_END)
        out.seek(max(0, size - _LONGEST))
        end = out.read()
        broken_off = len(end) - (end.rfind(b"\n") + 1)
        out.seek(size - broken_off)
        out.truncate()
        out.write(text.encode("utf-8") + b"\n")
        out.flush()
        os.fsync(out.fileno())
