"""Who keeps heads of the journal outside the database while it is written to.

After every commit the newest head goes into `<home>/heads/last`. A line with both seals is added once a minute while
there is something new, when the database is closed, every day, and when somebody asks.
"""

from __future__ import annotations

import json
import logging
import threading
from datetime import datetime, timedelta
from pathlib import Path

from gateway.core.clock import from_text, to_text
from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.service.config import Config, Home
from gateway.service.evidence_seals import HouseSeals, installation_key
from gateway.service.private_files import make_private_folder, write_private
from gateway.store import Store, journal
from gateway.store.heads import HeadBook, HeadLine
from gateway.store.journal import Head
from gateway.store.tail import Tail
from gateway.store.tree import Tree

# The standard library's: a command's standard output belongs to its answer, and nothing configures structlog there.
_log = logging.getLogger("service.heads")
LINE_EVERY = timedelta(minutes=1)
TAIL = "last"
_TREE = "tree.json"


def heads_folder(home: Home) -> Path:
    """Where a home keeps its heads."""
    return home.root / "heads"


class HeadKeeper:
    """Keeps the heads of one home; the `Store` tells it of commits. Every method may be called from any thread.

    A machine that hands out no master key keeps none: it has nothing to seal them with.
    """

    def __init__(self, home: Home, config: Config) -> None:
        self._lock = threading.Lock()
        self._folder = heads_folder(home)
        self._book = HeadBook(self._folder)
        self._company = config.company.key
        key = installation_key(home)
        self._seals = HouseSeals(home, config, self._folder / "certificates", key)
        self._tail = Tail(self._folder / TAIL, key.mac) if key else None
        self._last_line: datetime | None = None
        self._ahead: Head | None = None

    def committed(self, store: Store, head: Head) -> None:
        """A unit that ended in `head` is durable. Never raises: the unit has happened."""
        if self._tail is None:
            return
        try:
            with self._lock:
                make_private_folder(self._folder)
                now = store.clock.now()
                self._tail.put(head, to_text(now))
                self._ahead = head
                if self._last_line is None:
                    last = self._book.last()
                    self._last_line = from_text(last.at) if last else now - LINE_EVERY
                if not timedelta(0) <= now - self._last_line < LINE_EVERY:
                    self._write(store, head, "minute")
        except (KvitError, OSError, ValueError) as error:
            _log.error("a head of the journal could not be kept: %s", _named(error))

    def closing(self, store: Store) -> None:
        """The database is about to be closed. Never raises."""
        try:
            with self._lock:
                if self._ahead is not None:
                    self._write(store, self._ahead, "stop")
        except (KvitError, OSError, ValueError) as error:
            _log.error("a head of the journal could not be kept: %s", _named(error))

    def keep(self, store: Store, why: str) -> HeadLine:
        """Write a line for the journal as it ends now.

        Raises:
            Refused: `vault.no_master_key`. Corrupt: `heads.journal_broken`. OSError: the disk refuses.
        """
        if self._tail is None:
            raise Refused("vault.no_master_key")
        with self._lock, store.reading() as connection:
            head = journal.head(connection)
            make_private_folder(self._folder)
            self._tail.put(head, to_text(store.clock.now()))
            return self._write(store, head, why)

    def _write(self, store: Store, head: Head, why: str) -> HeadLine:
        now = store.clock.now()
        tree = self._grown(store, head)
        line = self._book.append(head, tree.root(), why=why, at=to_text(now), company=self._company, sealer=self._seals)
        state = {"size": tree.size, "root": tree.root(), "peaks": [peak.hex() for peak in tree.peaks]}
        write_private(self._folder / _TREE, json.dumps(state).encode())
        self._last_line, self._ahead = now, None
        return line

    def _grown(self, store: Store, head: Head) -> Tree:
        """The hash tree up to `head`: from where the last line left it, or from the beginning."""
        tree = self._remembered()
        if tree.size > head.seq:
            tree = Tree()
        with store.reading() as connection:
            for row_hash in journal.hashes(connection, tree.size, head.seq):
                tree.add(row_hash)
        if tree.size != head.seq:
            raise Corrupt("heads.journal_broken", rows=tree.size, seq=head.seq)
        return tree

    def _remembered(self) -> Tree:
        """The tree of the last line. The file is only a shortcut: what does not fit the line is not used."""
        last = self._book.last()
        try:
            state = json.loads((self._folder / _TREE).read_bytes())
            tree = Tree(int(state["size"]), [bytes.fromhex(peak) for peak in state["peaks"]])
        except (OSError, ValueError, KeyError, TypeError):
            return Tree()
        return tree if last is not None and (last.seq, last.root) == (tree.size, tree.root()) else Tree()


def _named(error: Exception) -> str:
    return error.code if isinstance(error, KvitError) else f"{type(error).__name__}: {error}"
