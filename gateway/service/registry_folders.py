"""The folders partners' registries are dropped into: exchange/in/registries/<ИНН>.

A file is read by the mapping that is saved for that partner. Afterwards it lies where every file of the exchange folder
does: in `done`, or in `rejected` beside a report of what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW
from gateway.core.problem import Problem
from gateway.flows import registries
from gateway.flows.take_file import EXCHANGE
from gateway.flows.terms import Terms
from gateway.onec.exchange import ExchangeFolder, FileOutcome
from gateway.payments.registries.service import Received
from gateway.store import Store

FOLDER = "registries"


class RegistryFolders:
    """One folder for each payout partner.

    Args:
        exchange: the exchange folder.
        told: called after each file that may have given somebody work.
    """

    def __init__(
        self,
        store: Store,
        terms: Terms,
        exchange: Path,
        told: Callable[[], None] = lambda: None,
        *,
        settle_seconds: float = 2.0,
        zone: ZoneInfo = MOSCOW,
    ) -> None:
        self._store = store
        self._terms = terms
        self._exchange = exchange
        self._told = told
        self._settle = settle_seconds
        self._zone = zone
        self._folders: dict[str, ExchangeFolder] = {}

    def look(self) -> list[FileOutcome]:
        """One look into each folder; also into those of nobody we know, whose files are refused by name.

        Raises:
            Unavailable: `onec.in_unreachable`.
        """
        return [outcome for inn in sorted({*self._partners(), *self._found()}) for outcome in self._of(inn).look()]

    def _partners(self) -> Iterator[str]:
        yield from self._terms.policy.payout_partners

    def _found(self) -> Iterator[str]:
        root = self._exchange / "in" / FOLDER
        if root.is_dir():
            yield from (path.name for path in root.iterdir() if path.is_dir() and path.name.isdigit())

    def _of(self, inn: str) -> ExchangeFolder:
        if inn not in self._folders:
            self._folders[inn] = ExchangeFolder(
                self._exchange,
                self._store.clock,
                incoming=self._exchange / "in" / FOLDER / inn,
                take_bytes=partial(self._take, inn),
                settle_seconds=self._settle,
                zone=self._zone,
            )
        return self._folders[inn]

    def _take(self, inn: str, name: str, content: bytes) -> Sequence[Problem]:
        read = registries.read_file(self._store, self._terms, inn, name, content)
        with self._store.unit(EXCHANGE) as unit:
            arrived = registries.receive(unit, self._terms, inn, name, content, read=read)
            unit.commit()
        self._told()
        return [problem for one in arrived.received if not one.known for problem in _told_of(one)]


def _told_of(one: Received) -> Iterator[Problem]:
    yield from one.content.problems
    if not one.sound:
        content = one.content
        sums = {"lines": content.lines_total, "gross": content.gross, "fee": content.fee, "net": content.net}
        values = {name: money.screen_text() for name, money in sums.items()}
        yield Problem(0, "registry.unsound", {**values, "number": content.number}, "", True, content.number)
    if one.others:
        yield Problem(0, "registry.doubled", {"number": one.content.number}, "", False, one.content.number)
