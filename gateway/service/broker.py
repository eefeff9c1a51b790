"""Credit broking in the service: what `[loans]`, `[[lender]]` and `[web]` put together, and the work it does by itself.

Lenders are told and asked in a loop of their own, so that one who is slow holds up neither banks nor office.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from gateway.api.room import Broker
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.flows.leaving import drain
from gateway.flows.loan_release import release_due, settle_application
from gateway.flows.loan_to_payout import settle_loans
from gateway.flows.terms import Terms
from gateway.loans import documents, ending, receivable, registration, reminders, retention
from gateway.loans.lenders import standing
from gateway.loans.lenders.answers import Answers
from gateway.loans.lenders.calls import LenderCalls
from gateway.loans.lenders.polling import Polling
from gateway.loans.lenders.rest import RestLender
from gateway.loans.lenders.soap import SoapLender
from gateway.loans.terms import LoanTerms
from gateway.orders import service as orders
from gateway.orders.model import Buyer
from gateway.service.anchors import anchors_of
from gateway.service.broker_keys import SESSIONS, VAULT_SERVICE, hint_secret_name, keys_of, token_name, vault_key
from gateway.service.config import Config, Home
from gateway.service.config_loans import LenderTable, return_terms, settlement_terms
from gateway.service.scheduler import Scheduler
from gateway.signing.vault import SealedVault
from gateway.store import Store, Unit
from gateway.web.room import ParcelsWeb, WebRoom

LENDERS, ASKING = "lenders", "asking"
_log = structlog.get_logger("service.broker")


def open_lender(home: Home, vault: SealedVault, table: LenderTable) -> SoapLender | RestLender:
    """The adapter of one `[[lender]]`.

    Raises:
        Refused: `lender.insecure_address`, `config.bad_certificate`.
    """

    def secret(name: str) -> Callable[[], str]:
        def read() -> str:
            found = vault.get_password(VAULT_SERVICE, name)
            if not found:
                raise Refused("lender.no_secret", lender=table.key)
            return found

        return read

    anchors = anchors_of(home, table.authority)
    token, hints = secret(token_name(table.key)), secret(hint_secret_name(table.key))
    if table.protocol == "soap":
        return SoapLender(table.key, table.url, table.user, token, hints, anchors)
    return RestLender(table.key, table.url, token, hints, anchors)


class Brokerage:
    """What a running service does for loans.

    Args:
        wake: called after each commit that may have given somebody work.

    Attributes:
        broker: what the tray's API needs of it.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        store: Store,
        terms: Terms,
        vault: SealedVault,
        wake: Callable[[], None],
        worker: str,
    ) -> None:
        assert terms.loans is not None
        assert config.loans is not None
        self._home, self._config, self._store, self._terms = home, config, store, terms
        self._loans = terms.loans
        self._vault = vault
        self._wake = wake
        self._worker = f"{worker}:lenders"
        self._lenders = {table.key: open_lender(home, vault, table) for table in config.lender}
        answers = Answers(store, terms.loans, follow=self._look_at_goods)
        self._sinks = LenderCalls(answers, self._lenders).sinks()
        self._polling = Polling(answers, self._lenders)
        self._loop: Scheduler | None = None
        settlement = settlement_terms(config.loans, terms.outgoing, config.lender, terms.cod.agents)
        self._returns = return_terms(settlement, config.lender)
        self.broker = Broker(
            loans=terms.loans,
            settlement=settlement,
            titles={table.key: table.name for table in config.lender},
            tell_lenders=lambda: self._trigger(LENDERS),
            returns=self._returns,
            ask_lenders=lambda: self._trigger(ASKING),
            keys=lambda lender: keys_of(vault, lender),
        )

    @property
    def topics(self) -> frozenset[str]:
        """Topics of the outbox that leave from here."""
        return frozenset(self._sinks)

    def name_lenders(self) -> None:
        """Lenders are known as payers by the ИНН in the configuration: what comes from them is the loans' money."""
        with self._store.unit() as unit:
            for table in self._config.lender:
                orders.put_buyer(unit, Buyer(receivable.lender_outer_id(table.key), "ul", table.name, table.inn))
            unit.commit()

    def plan(self, loop: Scheduler) -> None:
        """Add the jobs to the lenders' own loop."""
        assert self._config.loans is not None
        self._loop = loop
        loop.add(LENDERS, loop.every(1).seconds, self._tell)
        loop.add(ASKING, loop.every(self._config.loans.poll_every_s).seconds, self._ask)
        loop.add("loan-goods", loop.every(30).seconds, self._release)
        loop.add("loan-deadlines", loop.every(5).minutes, self._deadlines)
        loop.add("settlement", loop.every(1).minutes, self._settle)
        loop.add("lender-tokens", loop.every().day.at("08:05"), self._watch_tokens)
        loop.add("personal-data", loop.every().day.at("03:50"), self._forget)

    def web_room(self, parcels: ParcelsWeb | None) -> WebRoom:
        """What the public port needs of it.

        Raises:
            Refused: `web.bad_url`. Corrupt: `vault.*`.
        """
        web = self._config.web
        return WebRoom(
            store=self._store,
            terms=self._terms,
            loans=self._loans,
            url=web.url,
            session_key=vault_key(self._vault, SESSIONS),
            lenders=self._lenders,
            asked=lambda: self._trigger(ASKING),
            changed=self._changed,
            behind_proxy=web.behind_proxy,
            titles=self.broker.titles,
            parcels=parcels,
        )

    def stop(self) -> None:
        """End what waits for lenders."""
        self._polling.close()
        for lender in self._lenders.values():
            lender.close()

    def _look_at_goods(self, unit: Unit, application_id: str) -> None:
        settle_application(unit, self._terms, self._loans, application_id)

    def _changed(self) -> None:
        self._trigger(LENDERS)
        self._wake()

    def _trigger(self, job: str) -> None:
        if self._loop is not None:
            self._loop.trigger(job)

    def _tell(self) -> None:
        assert self._loop is not None
        while not self._loop.stopping.is_set():
            drained = drain(self._store, self._sinks, self._worker, only=self.topics)
            if drained.done or drained.failed:
                self._wake()
            if not drained.done:
                return

    def _ask(self) -> None:
        self._polling.start_round()
        self._polling.wait(timeout=1.0)
        self._wake()

    def _release(self) -> None:
        if release_due(self._store, self._terms, self._loans):
            self._wake()

    def _deadlines(self) -> None:
        self._batches(ending.expire_due)
        with self._work() as unit:
            reminders.remind(unit, self._loans)
            documents.watch(unit)

    def _watch_tokens(self) -> None:
        with self._work() as unit:
            for lender in self._lenders:
                standing.watch_token(unit, lender, self.broker.keys(lender), business_date(unit.now, self._loans.zone))

    def _forget(self) -> None:
        self._batches(retention.purge_due)
        self._batches(registration.lapse_due)

    def _settle(self) -> None:
        assert self._loop is not None
        settle_loans(self._store, self._terms, self._loans, self._returns, stopped=self._loop.stopping.is_set)
        self._wake()

    def _batches(self, step: Callable[[Unit, LoanTerms], int]) -> None:
        """Do a step until it finds nothing more, a commit for each: others write in between."""
        assert self._loop is not None
        while not self._loop.stopping.is_set():
            with self._work() as unit:
                if not step(unit, self._loans):
                    return

    @contextmanager
    def _work(self) -> Iterator[Unit]:
        with self._store.unit() as unit:
            yield unit
            unit.commit()
        self._wake()
