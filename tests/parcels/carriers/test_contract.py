"""The contract of a carrier's adapter, the same for the Post's two services and for CDEK, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.core.clock import FixedClock
from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.core.money import Money
from gateway.parcels.carriers.cdek import Cdek
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.ports import Carrier, History
from gateway.parcels.carriers.post import Post
from gateway.parcels.carriers.post_batch import PostBatch
from gateway.parcels.carriers.post_single import PostSingle
from gateway.parcels.history import Standing, standing
from gateway.parcels.model import CarrierKey, Effect, Stage
from gateway.parcels.records import keyed
from gateway.parcels.sandbox.control import CarrierSandbox
from gateway.parcels.sandbox.journey import Fate
from gateway.parcels.sandbox.server import CarrierServer
from tests.parcels.carriers.canned import LIMITS, PACE

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
WAYS = ("single", "batch", "cdek")
_QUICK = replace(LIMITS, read=0.3)


@dataclass
class House:
    """One way to ask a carrier.

    Attributes:
        operation: the sandbox's name for the call that brings a history.
    """

    way: str
    key: CarrierKey
    adapter: Carrier
    sandbox: CarrierSandbox
    server: CarrierServer
    clock: FixedClock

    @property
    def operation(self) -> str:
        return {"single": "history", "batch": "answer", "cdek": "order"}[self.way]

    def ask(self, *tracks: str) -> tuple[list[History], bytes]:
        """What is known of these, and the replies as they came."""
        if self.way == "batch":
            ticket = self.adapter.order(tracks)
            self.clock.advance(QUARTER)
            answer = self.adapter.collect(ticket.id)
            assert answer is not None
            return list(answer.histories), answer.raw
        answers = [self.adapter.history(track) for track in tracks]
        return [one for answer in answers for one in answer.histories], b"".join(answer.raw for answer in answers)

    def one(self, track: str) -> History:
        (found,), _ = self.ask(track)
        return found

    def stands(self, track: str) -> Standing:
        return standing(self.one(track).records, now=self.clock.now(), carrier=self.key)

    def misbehaves(self, name: str, **options: object) -> None:
        self.sandbox.behave(self.key, name, **options)


@pytest.fixture(params=WAYS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """One way after the other: what holds for one holds for all."""
    clock = FixedClock(NOW)
    sandbox = CarrierSandbox.create(tmp_path, clock)
    with CarrierServer(tmp_path, clock=clock) as server, closing(adapter(request.param, sandbox, server)) as made:
        yield House(request.param, made.key, made, sandbox, server, clock)


def adapter(way: str, sandbox: CarrierSandbox, server: CarrierServer, password: str = "") -> Post | Cdek:
    """Our adapter for the sandbox; with a wrong password where one is given."""
    known = sandbox.credentials()
    urls = server.urls
    if way == "cdek":
        return Cdek(urls["cdek"], known.cdek_account, lambda: password or known.cdek_secret, (), _QUICK, PACE)
    single, batch = (
        kind(urls[name], known.post_login, lambda: password or known.post_password, (), _QUICK, PACE)
        for kind, name in ((PostSingle, "single"), (PostBatch, "batch"))
    )
    assert isinstance(single, PostSingle) and isinstance(batch, PostBatch)
    return Post(single, batch if way == "batch" else None)


def error_of(call: Callable[..., Any], *arguments: Any) -> KvitError:
    with pytest.raises(KvitError) as raised:
        call(*arguments)
    return raised.value


def test_a_parcel_to_its_end(house: House) -> None:
    plan = house.sandbox.send(house.key, waits_days=2.0, cod=Money(2_340_00), declared=Money(2_500_00))
    seen = []
    for _ in range(40):
        house.clock.advance(timedelta(days=1))
        stage = house.stands(plan.track).stage
        if not seen or seen[-1] is not stage:
            seen.append(stage)
    assert seen[-1] is Stage.DELIVERED and Stage.READY in seen
    assert seen == [stage for stage in Stage if stage in seen]  # never back
    found = house.one(plan.track)
    assert found.skipped == 0 and [one.place for one in found.records] == list(range(1, len(found.records) + 1))
    assert all(one.at.tzinfo is UTC for one in found.records)
    events = house.sandbox.events(plan.track, house.key)
    assert [(one.code, one.at.replace(microsecond=0)) for one in sorted(found.records, key=lambda one: one.at)] == [
        (event.code, event.at.replace(microsecond=0)) for event in events
    ]
    assert house.stands(plan.track).cod in (Money(2_340_00), Money(0))  # the batch does not say
    assert (house.way == "batch") == (house.stands(plan.track).cod == Money(0))


def test_one_that_goes_back(house: House) -> None:
    plan = house.sandbox.send(house.key, fate=Fate.REFUSED)
    house.clock.advance(timedelta(days=60))
    stands = house.stands(plan.track)
    assert stands.back and stands.stage in (Stage.RETURNED, Stage.RETURN_STARTED)


def test_a_number_not_known_yet_is_no_error(house: House) -> None:
    track = "2000000099" if house.way == "cdek" else "14102192069353"
    found = house.one(track)
    assert (found.track, found.known, found.records) == (track, False, ())


def test_reading_again_is_the_same(house: House) -> None:
    plan = house.sandbox.send(house.key)
    house.clock.advance(timedelta(days=30))
    first = house.one(plan.track)
    assert house.one(plan.track).records == first.records
    house.misbehaves("repeated")
    house.misbehaves("out-of-order")
    twice, mixed = house.one(plan.track), house.one(plan.track)
    assert len(twice.records) == 2 * len(first.records)
    assert set(keyed(mixed.records)) == set(keyed(first.records))
    once = standing(first.records, now=house.clock.now(), carrier=house.key)
    for again in (twice, mixed):
        stands = standing(again.records, now=house.clock.now(), carrier=house.key)
        assert (stands.stage, stands.delivered_at) == (Stage.DELIVERED, once.delivered_at)


def test_a_broken_record_and_an_unheard_code_cost_nothing_else(house: House) -> None:
    plan = house.sandbox.send(house.key)
    house.clock.advance(timedelta(days=30))
    whole = house.one(plan.track)
    house.misbehaves("malformed-record")
    broken = house.one(plan.track)
    assert broken.skipped == 1 and set(keyed(broken.records)) == set(keyed(whole.records))
    house.misbehaves("unknown-code")
    unheard = house.one(plan.track)
    assert [one.effect for one in unheard.records].count(Effect.NOTE) >= 1
    assert len(unheard.records) == len(whole.records) + 1


def test_several_at_once(house: House) -> None:
    plans = [house.sandbox.send(house.key) for _ in range(3)]
    house.clock.advance(timedelta(days=30))
    found, raw = house.ask(*(plan.track for plan in plans))
    assert [one.track for one in found] == [plan.track for plan in plans]
    assert all(one.known for one in found) and all(plan.track.encode() in raw for plan in plans)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("silent", "carrier.unreachable"),
        ("not-received", "carrier.unreachable"),
        ("http-500", "carrier.fault"),
        ("throttled", "carrier.busy"),
        ("garbled", "carrier.unreadable"),
    ],
)
def test_what_may_go_wrong_on_the_way(house: House, behaviour: str, code: str) -> None:
    plan = house.sandbox.send(house.key)
    house.clock.advance(timedelta(days=3))
    house.one(plan.track)  # CDEK: lets itself in
    house.misbehaves(behaviour, operation=house.operation)
    error = error_of(house.ask, plan.track)
    assert isinstance(error, Unavailable) and error.code == code
    if isinstance(error, UnreadableReply):
        assert error.raw[:1] in (b"<", b"{")
    if code == "carrier.busy":
        assert error.retry_after == 30
    assert house.one(plan.track).known  # and the next call is whole again


def test_a_wrong_password(house: House) -> None:
    plan = house.sandbox.send(house.key)
    with closing(adapter(house.way, house.sandbox, house.server, "wrong-secret")) as stranger:
        calls = [stranger.history]
        if house.way == "batch":
            calls = [lambda track: stranger.order([track]), stranger.collect]
        elif house.way == "single":
            calls += [stranger.money]
        for call in calls:
            error = error_of(call, plan.track)
            assert isinstance(error, Refused) and error.code == "carrier.not_authorised"
            assert "wrong-secret" not in f"{error} {error!r} {error.values} {error.text('ru')}"


def test_money_the_buyer_has_paid(house: House) -> None:
    plan = house.sandbox.send(house.key, waits_days=1.0, cod=Money(2_340_00))
    assert not any(one.money for one in money_of(house, plan.track))
    house.clock.advance(timedelta(days=40))
    paid = [event for one in money_of(house, plan.track) for event in one.money if event.collected]
    assert [event.amount for event in paid] == [Money(2_340_00)]
    assert house.one(plan.track).records[-1].at <= paid[0].at <= house.clock.now()


def money_of(house: House, track: str) -> list[History]:
    """Where a carrier tells of the money: in a call of its own, or with the history."""
    return list(house.adapter.money(track).histories) if house.adapter.money_apart else [house.one(track)]
