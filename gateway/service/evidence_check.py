"""The whole history of a home, checked: the chain, the heads kept outside the database, the records on top of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gateway.service.config import Config, Home
from gateway.service.evidence_export import exported_files
from gateway.service.evidence_keeper import TAIL, heads_folder
from gateway.service.evidence_seals import HouseSeals, installation_key
from gateway.service.evidence_standing import Fallen, fallen
from gateway.store import Store, journal
from gateway.store.heads import Compared, HeadBook, HeadLine, Trouble, check_lines, read_line, seal_holds
from gateway.store.journal import Head, Verdict
from gateway.store.schema import journal as journal_table
from gateway.store.tail import Tail

EXPORTED = "journal.head_exported"
SUBJECT = "journal:head"
_MOST = 50  # findings that are told; the first would do


@dataclass(frozen=True)
class History:
    """What was found.

    Attributes:
        chain: of the rows themselves.
        heads: how many kept heads were compared, wherever they lie.
        sealed: False when this machine hands out no master key: the heads' MACs could not be checked.
        troubles, fallen: what does not hold; both empty when the chain itself is broken before.
    """

    chain: Verdict
    heads: int
    sealed: bool
    troubles: tuple[Trouble, ...] = ()
    fallen: tuple[Fallen, ...] = ()

    @property
    def ok(self) -> bool:
        return self.chain.ok and not self.troubles and not self.fallen

    @property
    def reason(self) -> str:
        """One word for what is wrong first: of the chain, of a head, of a record; "" when nothing is."""
        if not self.chain.ok:
            return self.chain.reason
        if self.troubles:
            return self.troubles[0].code
        return self.fallen[0].why if self.fallen else ""

    @property
    def broken_seq(self) -> int | None:
        """The first row that is not as it was: edited, missing, or said otherwise by a record."""
        if not self.chain.ok:
            return self.chain.broken_seq
        end = self.chain.head.seq
        named = [min(t.seq, end + 1) for t in self.troubles if t.seq]
        named += [f.seq or end + 1 for f in self.fallen]
        return min(named, default=None)


@dataclass
class _Kept:
    """Heads found outside the database."""

    lines: dict[str, HeadLine] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


def check_history(
    store: Store,
    home: Home,
    config: Config,
    expected: Head | None = None,
    progress: Callable[[int], None] | None = None,
) -> History:
    """Check everything, on one snapshot of the database.

    Args:
        expected: a head somebody brought along.

    Raises:
        Unavailable, Refused: the database does not answer.
    """
    installation = installation_key(home)
    seals = HouseSeals(home, config, heads_folder(home) / "certificates", installation)
    # Heads first: what is committed between the two is in the journal then, and not the other way round.
    kept = _kept_here(home, seals)
    _add_tail(kept, home, installation.mac if installation else None)
    for file in exported_files(home, config):
        _add_exported(kept, file, seals)
    compared = Compared(kept.lines)
    with store.reading() as connection:
        chain = journal.verify(connection, expected, progress, compared.met)
        if not chain.ok:
            return History(chain, len(kept.lines), installation is not None)
        troubles = [*compared.troubles(), *kept.troubles, *_forgotten(connection, kept)]
        without = tuple(islice(fallen(connection), _MOST))
    return History(chain, len(kept.lines), installation is not None, tuple(troubles[:_MOST]), without)


def _kept_here(home: Home, seals: HouseSeals) -> _Kept:
    lines, troubles = check_lines(HeadBook(heads_folder(home)), seals)
    return _Kept({f"heads:{line.number}": line for line in lines}, troubles)


def _add_tail(kept: _Kept, home: Home, mac: Callable[[bytes], str] | None) -> None:
    """The head noted after the last commit. Without the key it cannot be told from a stranger's, but a stranger gains
    nothing by naming rows that the journal must have."""
    file = heads_folder(home) / TAIL
    last = Tail(file, mac).get()
    if last is not None:
        kept.lines[file.name] = HeadLine(0, "", "", last.seq, last.hash, "", "commit", "")
    elif kept.lines or file.exists():
        kept.troubles.append(Trouble("no_tail", file.name))


def _add_exported(kept: _Kept, file: Path, seals: HouseSeals) -> None:
    try:
        line = read_line(file.read_text(encoding="utf-8").rstrip("\n"))
    except (OSError, ValueError):
        kept.troubles.append(Trouble("unreadable", str(file)))
        return
    if seal_holds(line, seals):
        kept.lines[str(file)] = line
    else:
        kept.troubles.append(Trouble("seal", str(file), line.number, line.seq, line.at))


def _forgotten(connection: Any, kept: _Kept) -> Iterator[Trouble]:
    """Lines the journal itself says were written and that are not there any more.

    Told by the first line: a home that was restored from a backup begins a book of its own.
    """
    book = {line.number: line for where, line in kept.lines.items() if where.startswith("heads:")}
    if 1 not in book:
        return
    found = connection.execute(
        select(journal_table.c.seq, journal_table.c.body)
        .where(journal_table.c.subject == SUBJECT, journal_table.c.kind == EXPORTED)
        .order_by(journal_table.c.seq.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return
    body = exported_body(found.body)
    line = book.get(body["number"])
    if body["book"] == book[1].digest and (line is None or line.digest != body["line"]):
        yield Trouble("missing", f"heads:{body['number']}", body["number"], found.seq)


def export_note(line: HeadLine, book: HeadBook) -> dict[str, Any]:
    """What the journal keeps of a line that left the machine."""
    first = next((read_line(text) for _, text in book.lines()), line)
    return {"number": line.number, "line": line.digest, "book": first.digest, "head": line.seq}


def exported_body(text: str) -> dict[str, Any]:
    """The body of such a row; what is not one names no line."""
    try:
        body = json.loads(text)
        return {"number": int(body["number"]), "line": str(body["line"]), "book": str(body["book"])}
    except (ValueError, KeyError, TypeError):
        return {"number": 0, "line": "", "book": ""}


def summary(history: History) -> dict[str, Any]:
    """Ready for JSON."""
    return {
        "ok": history.ok,
        "rows": history.chain.rows,
        "head": {"seq": history.chain.head.seq, "hash": history.chain.head.hash},
        "broken_row": history.broken_seq,
        "reason": history.reason or None,
        "heads": history.heads,
        "seals_checked": history.sealed,
        "troubles": [
            {"code": t.code, "where": t.where, "number": t.number, "row": t.seq, "at": t.at} for t in history.troubles
        ],
        "records": [{"table": f.table, "id": f.id, "kind": f.kind, "why": f.why, "row": f.seq} for f in history.fallen],
    }
