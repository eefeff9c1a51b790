"""The Russian Post as one carrier: the single service, and the batch service where the contract has it."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.errors import Refused
from gateway.parcels.carriers.ports import Answer, BatchRules, Ticket
from gateway.parcels.carriers.post_batch import RULES, PostBatch
from gateway.parcels.carriers.post_single import PostSingle
from gateway.parcels.model import CarrierKey

FREE_DAILY = 100
"""Single calls a day without a contract."""


class Post:
    """See `ports.Carrier`.

    Args:
        batch: None without a contract.
        daily: single calls a day; None where the contract sets no limit.
        rules: of batches; others in tests.
    """

    key = CarrierKey.POST
    money_apart = True

    def __init__(
        self,
        single: PostSingle,
        batch: PostBatch | None = None,
        daily: int | None = FREE_DAILY,
        rules: BatchRules = RULES,
    ) -> None:
        self.daily = daily
        self.batches = rules if batch else None
        self._single = single
        self._batch = batch

    def history(self, track: str) -> Answer:
        return self._single.history(track)

    def money(self, track: str) -> Answer:
        return self._single.money(track)

    def order(self, tracks: Sequence[str]) -> Ticket:
        return self._with_contract().order(tracks)

    def collect(self, ticket: str) -> Answer | None:
        return self._with_contract().collect(ticket)

    def close(self) -> None:
        self._single.close()
        if self._batch:
            self._batch.close()

    def _with_contract(self) -> PostBatch:
        if self._batch is None:
            raise Refused("carrier.no_batches", carrier=self.key)
        return self._batch
