"""Heads of the journal in a backup: taken along for a new machine, never put over newer ones.

A head is the memory of what the journal once had. Taken into a backup they let a new machine go on with the same book;
those that lie beside a home whose database is put back from an old copy must stay, for they alone know of the rows
that the copy has not. So: what was kept before the database was copied is taken whole, whatever it says; what was added
while it was copied only as far as the copy goes, or a good backup would look like a cut one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.core.errors import Refused
from gateway.flows.pay_out_restored import note_restored
from gateway.service.config import Home
from gateway.service.evidence_keeper import TAIL, heads_folder
from gateway.service.private_files import make_private_folder, write_private
from gateway.store import Unit, journal
from gateway.store.heads import HeadBook, read_line
from gateway.store.tail import Tail

FOLDER, CERTIFICATES = "heads", "heads/certificates"


@dataclass(frozen=True, slots=True)
class Kept:
    """Heads as they were at one moment.

    Attributes:
        lines: of the whole book.
        tail: bytes of `heads/last`; b"" where there is none.
    """

    lines: int
    tail: bytes

    @classmethod
    def of(cls, home: Home) -> Kept:
        folder = heads_folder(home)
        tail = folder / TAIL
        return cls(sum(1 for _ in HeadBook(folder).lines()), tail.read_bytes() if tail.is_file() else b"")


def take(home: Home, before: Kept, end: int, into: Path) -> Iterator[tuple[str, Path]]:
    """(name in the backup, file) of the heads that belong to a copy of the database.

    Args:
        before: as they were before the database was copied.
        end: the last journal row of the copy.
        into: a folder for the files that are made.
    """
    book: dict[str, list[str]] = {}
    for number, (where, text) in enumerate(HeadBook(heads_folder(home)).lines()):
        if number >= before.lines and _seq(text) > end:
            break
        book.setdefault(where.partition(":")[0], []).append(text)
    for name, lines in book.items():
        write_private(into / name, "".join(f"{line}\n" for line in lines).encode("utf-8"))
        yield f"{FOLDER}/{name}", into / name
    if before.tail:
        write_private(into / TAIL, before.tail)
        yield f"{FOLDER}/{TAIL}", into / TAIL
    for file in sorted((heads_folder(home) / "certificates").glob("*.pem")):
        yield f"{CERTIFICATES}/{file.name}", file


def put_back(brought: Path, kept: Path) -> None:
    """Join the heads of a backup with those that lie in the home it is restored into; the newer ones stay.

    Args:
        brought: the folder out of the backup; may be missing.
        kept: the home's; may be missing.

    Raises:
        Refused: `restore.other_heads`: neither book goes on from the other. Nothing was changed then.
    """
    if not brought.is_dir():
        return
    if not kept.is_dir():
        brought.rename(kept)
        return
    ours, theirs = _texts(kept), _texts(brought)
    shared = min(len(ours), len(theirs))
    if ours[:shared] != theirs[:shared]:
        raise Refused("restore.other_heads", folder=str(kept))
    make_private_folder(kept / "certificates")
    for file in (brought / "certificates").glob("*.pem"):
        if not (kept / "certificates" / file.name).exists():
            write_private(kept / "certificates" / file.name, file.read_bytes())
    if len(theirs) > len(ours):
        for file in HeadBook(brought).files():
            write_private(kept / file.name, file.read_bytes())
    if _tail(brought) > _tail(kept):
        write_private(kept / TAIL, (brought / TAIL).read_bytes())


def known_rows(home: Home) -> int:
    """The last journal row that a kept head of this home names; 0 without any."""
    folder = heads_folder(home)
    return max([_tail(folder), *(_seq(text) for _, text in HeadBook(folder).lines())])


def note_if_behind(home: Home, unit: Unit) -> None:
    """The newest kept heads know rows that the database lacks: an older copy was put in its place past `kvit restore`.

    To be asked before the unit writes anything: the next commit's head covers the place of the lost rows.
    """
    folder = heads_folder(home)
    last = HeadBook(folder).last()
    if max(_tail(folder), last.seq if last is not None else 0) > journal.head(unit.connection).seq:
        note_restored(unit)


def _texts(folder: Path) -> list[str]:
    return [text for _, text in HeadBook(folder).lines()]


def _tail(folder: Path) -> int:
    """The row `heads/last` names, taken at its word; 0 without one."""
    last = Tail(folder / TAIL, None).get()
    return last.seq if last is not None else 0


def _seq(text: str) -> int:
    """The row of a line; 0 where it cannot be read (the check of the journal tells of it)."""
    try:
        return read_line(text).seq
    except ValueError:
        return 0
