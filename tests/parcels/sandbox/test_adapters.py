"""Our adapters at the sandbox: what it tells is what they read, and what goes wrong has the name it should have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest

from gateway.bank.outside import Pace
from gateway.bank.transport import Limits
from gateway.core.errors import KvitError
from gateway.parcels.carriers.cdek import Cdek
from gateway.parcels.carriers.ports import Carrier
from gateway.parcels.carriers.post import Post
from gateway.parcels.carriers.post_batch import PostBatch
from gateway.parcels.carriers.post_single import PostSingle
from gateway.parcels.history import standing
from gateway.parcels.model import CarrierKey, Stage
from gateway.parcels.records import record_key, wall_time
from gateway.parcels.sandbox.histories import record_of
from gateway.parcels.sandbox.journey import Fate
from tests.parcels.sandbox.house import COD, House

PATIENT = Limits(message=32 * 1024 * 1024, connect=5.0, read=10.0, total=20.0)
IMPATIENT = Limits(message=32 * 1024 * 1024, connect=5.0, read=0.1, total=5.0)
QUARTER = timedelta(minutes=15)


def post_of(house: House, limits: Limits) -> Post:
    known, urls, pace = house.sandbox.credentials(), house.server.urls, Pace(10_000)
    single = PostSingle(urls["single"], known.post_login, lambda: known.post_password, (), limits, pace)
    batch = PostBatch(urls["batch"], known.post_login, lambda: known.post_password, (), limits, pace)
    return Post(single, batch)


def cdek_of(house: House, limits: Limits) -> Cdek:
    known, url = house.sandbox.credentials(), house.server.urls["cdek"]
    return Cdek(
        url, known.cdek_account, lambda: known.cdek_secret, (), limits, Pace(10_000), monotonic=house.clock.monotonic
    )


@pytest.fixture
def post(house: House) -> Iterator[Post]:
    with closing(post_of(house, PATIENT)) as made:
        yield made


@pytest.fixture
def cdek(house: House) -> Iterator[Cdek]:
    with closing(cdek_of(house, PATIENT)) as made:
        yield made


def error_of(carrier: Carrier, track: str) -> str:
    with pytest.raises(KvitError) as failed:
        carrier.history(track)
    return failed.value.code


@pytest.mark.parametrize("fate", list(Fate))
def test_both_services_of_the_post_tell_one_story(house: House, post: Post, fate: Fate) -> None:
    plan = house.sandbox.send(destination="690091", cod=COD, declared=COD, fate=fate)
    house.days_later(90)
    told = house.sandbox.events(plan.track)
    (single,) = post.history(plan.track).histories
    assert single.known and not single.skipped
    expected = [record_of(plan, event, place) for place, event in enumerate(told, 1)]
    assert [(r.at, r.offset_minutes, r.code, r.text, r.office_index, r.office) for r in single.records] == [
        (r.at, r.offset_minutes, r.code, r.text, r.office_index, r.office) for r in expected
    ]
    assert [r.cod for r in single.records] == [r.cod for r in expected]
    assert (single.records[0].mass, single.records[0].mail_type, single.records[0].index_to) == (1200, 4, "690091")
    ticket = post.order([plan.track, "RA644000001RU"]).id
    assert post.collect(ticket) is None
    house.clock.advance(QUARTER)
    answer = post.collect(ticket)
    assert answer is not None
    batch, stranger = answer.histories
    assert not stranger.known
    assert [record_key(r, 1) for r in batch.records] == [record_key(r, 1) for r in single.records]
    assert [wall_time(r) for r in batch.records] == [wall_time(r) for r in expected]
    stages = {standing(one.records, now=house.clock.at).stage for one in (single, batch)}
    assert len(stages) == 1


def test_money_collected_is_seen(house: House, post: Post) -> None:
    track = house.sandbox.send(destination="690091", cod=COD).track
    house.days_later(60)
    accepted, paid = post.money(track).histories[0].money
    assert (accepted.collected, paid.collected, paid.amount) == (False, True, COD)


def test_silence_of_either_has_its_name(house: House) -> None:
    for carrier in (post_of(house, IMPATIENT), cdek_of(house, IMPATIENT)):
        house.sandbox.behave(carrier.key, "silent")
        with closing(carrier):
            assert error_of(carrier, house.sandbox.send(carrier.key).track) == "carrier.unreachable"


def test_trouble_of_the_post_has_its_names(house: House, post: Post) -> None:
    house.sandbox.arrange(daily_quota=2)
    track = house.sandbox.send().track
    for name in ("not-received", "http-500", "throttled", "garbled", "dtd", "wrong-encoding"):
        house.sandbox.behave(CarrierKey.POST, name, operation="history")
    assert [error_of(post, track) for _ in range(6)] == [
        "carrier.unreachable", "carrier.fault", "carrier.busy", *["carrier.unreadable"] * 3,
    ]  # fmt: skip
    assert error_of(post, track) == "carrier.quota_spent"
    house.sandbox.arrange(daily_quota=0, kept_hours=1)
    house.sandbox.behave(CarrierKey.POST, "malformed-record")
    (broken,) = post.history(track).histories
    assert (broken.skipped, len(broken.records)) == (1, 1)
    ticket = post.order([track]).id
    house.clock.advance(timedelta(hours=2))
    with pytest.raises(KvitError) as gone:
        post.collect(ticket)
    assert gone.value.code == "carrier.ticket_gone"


def test_cdek_tells_its_story_and_a_new_token_is_fetched(house: House, cdek: Cdek) -> None:
    track = house.sandbox.send(CarrierKey.CDEK, destination="620014", cod=COD).track
    house.sandbox.arrange(payout_days=60)
    for days in (0, 60):
        house.days_later(days)
        (history,) = cdek.history(track).histories
        told = house.sandbox.events(track, CarrierKey.CDEK)
        assert [(r.at, r.code) for r in history.records] == [(e.at, e.code) for e in told]
    assert standing(history.records, now=house.clock.at).stage is Stage.DELIVERED
    assert [(one.amount, one.collected) for one in history.money] == [(COD, True)]
    (registry,) = cdek.registries(date(2027, 1, 1))
    (payout,) = house.sandbox.payouts(CarrierKey.CDEK)
    assert (registry.number, registry.amount) == (str(payout.number), payout.net)
    assert [(line.track, line.paid, line.transferred) for line in registry.lines] == [(track, COD, payout.net)]
    assert [call.operation for call in house.sandbox.calls(CarrierKey.CDEK)].count("token") == 2


def test_trouble_of_cdek_has_its_names(house: House, cdek: Cdek) -> None:
    track = house.sandbox.send(CarrierKey.CDEK).track
    assert not cdek.history("1105254112").histories[0].known
    for name in ("http-500", "throttled", "garbled", "wrong-encoding"):
        house.sandbox.behave(CarrierKey.CDEK, name, operation="order")
    assert [error_of(cdek, track) for _ in range(4)] == [
        "carrier.fault", "carrier.busy", "carrier.unreadable", "carrier.unreadable",
    ]  # fmt: skip
    house.sandbox.behave(CarrierKey.CDEK, "malformed-record")
    (broken,) = cdek.history(track).histories
    assert broken.skipped == 1 and broken.known
