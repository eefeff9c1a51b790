"""Where the tray's routes work on loans: who asks, under which terms, and an application's card after every change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends

from gateway.api.access import TheBroker, TheCaller, TheRoom
from gateway.api.errors import BadRequest, Stale
from gateway.api.reads import loan_card
from gateway.api.room import Broker, Room
from gateway.api.tokens import Caller
from gateway.api.writing import Target, Terms, TheTerms, change
from gateway.core.authority import Actor
from gateway.loans import agreement_rows
from gateway.loans.lenders.standing import Keys
from gateway.loans.tables import applications
from gateway.loans.terms import LoanTerms
from gateway.store import Unit
from gateway.store.schema import dumps


@dataclass(frozen=True, slots=True)
class View:
    """One request that looks at loans."""

    room: Room
    broker: Broker
    caller: Caller

    @property
    def loans(self) -> LoanTerms:
        return self.broker.loans

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    @property
    def company(self) -> str:
        return self.room.store.company

    @property
    def now(self) -> datetime:
        return self.room.store.clock.now()

    def title(self, lender: str) -> str:
        """A lender's name for people."""
        return self.broker.title(lender)

    def keys(self, lender: str) -> Keys:
        """What the vault holds for a lender."""
        return self.broker.keys(lender)

    def card(self, loan_id: str) -> dict[str, Any]:
        """An application with everything about it.

        Raises:
            Refused: `loan.not_found`.
        """
        with self.room.store.reading() as connection:
            return loan_card.card(connection, self, loan_id)

    def answer(self, loan_id: str) -> dict[str, Any]:
        """The card as a whole answer."""
        return {**self.card(loan_id), "server_time": self.room.now()}


@dataclass(frozen=True, slots=True)
class Desk(View):
    """One request that changes something about loans.

    Attributes:
        terms: the version the caller saw, and the key of the change.
    """

    terms: Terms

    def seen(self) -> int:
        """The version the person had before their eyes, for what binds somebody to sums.

        Raises:
            BadRequest: `api.version_needed`.
        """
        if self.terms.version is None:
            raise BadRequest("api.version_needed")
        return self.terms.version

    def perform(self, action: str, given: Any, work: Callable[[Unit], Any], target: Target | None = None) -> Any:
        """Do `work` once and keep it; returns what it returned.

        Args:
            given: the body as plain JSON. What is kept of it to know a repeat by is keyed: it may hold a passport.
        """
        kept = self.loans.sealer.digest(dumps(given))
        done = change(self.room, self.caller, self.terms, action, target, kept, work)
        self.broker.tell_lenders()
        return done

    def act(self, action: str, loan_id: str, given: Any, work: Callable[[Unit], Any]) -> dict[str, Any]:
        """Change an application, on its version; its card after it."""
        self.perform(action, given, work, Target(applications, loan_id))
        return self.answer(loan_id)

    def act_on_paper(self, action: str, loan_id: str, given: Any, work: Callable[[Unit], Any]) -> Any:
        """Change what belongs to an application's agreement, on the agreement's version; returns what `work` returned.

        The version is checked inside the work: a repeat finds what came of it before, whatever became of the
        agreement.

        Raises:
            Stale: `api.stale`.
        """

        def on_what_was_seen(unit: Unit) -> Any:
            agreement = agreement_rows.live(unit, loan_id)
            version = self.terms.version
            if agreement is not None and version is not None and agreement.version != version:
                raise Stale("api.stale", version=agreement.version, given=version)
            return work(unit)

        of_any_version = replace(self, terms=Terms(None, self.terms.key))
        return of_any_version.perform(action, given, on_what_was_seen, Target(applications, loan_id))


def _view(room: TheRoom, broker: TheBroker, caller: TheCaller) -> View:
    return View(room, broker, caller)


def _desk(room: TheRoom, broker: TheBroker, caller: TheCaller, terms: TheTerms) -> Desk:
    return Desk(room, broker, caller, terms)


TheView = Annotated[View, Depends(_view)]
TheDesk = Annotated[Desk, Depends(_desk)]
