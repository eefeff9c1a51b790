"""What carriers are asked, when, and what is left of it after a crash."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.authority import Actor, Role
from gateway.core.clock import from_text, to_text
from gateway.core.errors import Refused, Unavailable
from gateway.core.money import Money
from gateway.parcels import carrier_health, quotas, replies
from gateway.parcels.carrier_state import states
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.ports import History, MoneyRecord
from gateway.parcels.carriers.post import Post
from gateway.parcels.carriers.post_batch import PostBatch
from gateway.parcels.carriers.post_single import PostSingle
from gateway.parcels.model import CarrierKey, CodState, Stage
from gateway.parcels.sandbox.control import CarrierSandbox
from gateway.parcels.sandbox.server import CarrierServer
from gateway.parcels.tables import money_events, operations, parcels
from gateway.parcels.tables import replies as reply_rows
from gateway.store import alarms
from tests.parcels.carriers.canned import LIMITS, PACE
from tests.parcels.desk import MINUTES, NIGHT, RULES, Desk, FakeCarrier, arrived, code_of, number

POST = CarrierKey.POST
MANAGER = Actor("Марк", Role.MANAGER)
AWAY = Unavailable("carrier.unreachable", carrier="post", detail="ConnectError")
Open = Callable[..., Desk]


class Killed(BaseException):
    """kill -9, as far as a test can have it: nothing of ours runs after it but what a new process does."""


@pytest.fixture
def desk(tmp_path: Path, empty_parcels: Path) -> Iterator[Open]:
    opened: list[Desk] = []

    def make(*carriers: FakeCarrier) -> Desk:
        shutil.copyfile(empty_parcels, tmp_path / "kvit.db")
        opened.append(Desk(tmp_path / "kvit.db", *carriers))
        return opened[0]

    yield make
    for one in opened:
        one.close()


def post(**differently: object) -> FakeCarrier:
    """The Post with a contract."""
    return FakeCarrier(batches=RULES, **differently)  # type: ignore[arg-type]


def spent(desk: Desk, call: str = quotas.SINGLE) -> int:
    with desk.store.reading() as connection:
        return quotas.used(connection, "firm", POST, call, desk.clock.now())


def trouble(desk: Desk) -> carrier_health.Trouble | None:
    with desk.store.reading() as connection:
        return carrier_health.trouble(connection, "firm", POST)


def open_alarms(desk: Desk) -> set[str]:
    with desk.store.reading() as connection:
        return {alarm.code for alarm in alarms.open_alarms(connection, "firm")}


# Batches


def test_a_night_and_the_morning_after(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    tracks = [number(n) for n in range(7)]
    ids = here.enter(*tracks)
    carrier.known = {track: arrived(track) for track in tracks[:6]}
    told: list[tuple[int, int]] = []
    done = here.asking.night(progress=lambda done, of: told.append((done, of)))
    assert (done.tickets, done.left, told) == (3, 0, [(3, 7), (6, 7), (7, 7)])
    assert here.tickets() == [("T1", "waiting"), ("T2", "waiting"), ("T3", "waiting")]
    assert here.asking.night().tickets == 0  # called again: nothing twice

    here.clock.advance(14 * MINUTES)
    assert here.asking.due().collected == 0 and carrier.calls("collect") == []
    here.clock.advance(MINUTES)
    done = here.asking.due()
    assert (done.collected, done.taken, done.failed) == (3, 7, 0)
    assert [here.parcel(one).stage for one in ids] == [Stage.READY] * 6 + [Stage.REGISTERED]
    assert [here.parcel(one).known for one in ids] == [1] * 6 + [0]  # 12 means not known yet, and is no error
    assert {state for _, state in here.tickets()} == {"done"}
    assert (spent(here, quotas.TICKET), spent(here, quotas.COLLECT), spent(here)) == (3, 3, 0)
    with here.store.reading() as connection:
        stored = here.rows(reply_rows)
        assert [replies.body(connection, "firm", row.id) for row in stored] == [b"<batch/>"] * 3
    assert {row.reply_id for row in here.rows(operations)} <= {row.id for row in stored}

    here.clock.advance(timedelta(hours=12))
    assert here.asking.due().calls == 0  # nothing is due before the next night
    here.clock.advance(timedelta(hours=12))
    assert here.asking.night().tickets == 3
    here.clock.advance(15 * MINUTES)
    written = len(here.rows(operations))
    assert here.asking.due().taken == 7 and len(here.rows(operations)) == written  # read again, written once


def test_a_batch_that_is_not_ready_is_asked_for_each_quarter_of_an_hour(desk: Open) -> None:
    carrier = post(ready=False)
    here = desk(carrier)
    here.enter(number(1))
    here.asking.night()
    for _ in range(9):
        here.clock.advance(5 * MINUTES)
        here.asking.due()
    assert len(carrier.calls("collect")) == 3
    here.clock.advance(timedelta(hours=32))
    here.asking.due()
    assert here.tickets()[0] == ("T1", "failed")
    here.clock.advance(MINUTES)
    here.asking.due()
    assert carrier.calls("history") == [number(1)]  # one parcel needs no ticket


def test_what_is_due_in_the_day_makes_a_ticket_when_it_is_much(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    here.clock.advance(timedelta(hours=10))
    here.enter(*(number(n) for n in range(20)))
    assert (here.asking.due().calls, here.asking.due().tickets) == (20, 0)
    here.enter(*(number(n) for n in range(100, 121)))
    assert here.asking.due().tickets == 7


def test_a_kill_between_order_and_number_costs_a_ticket_and_nothing_else(desk: Open) -> None:
    carrier = post(errors=[Killed()])
    here = desk(carrier)
    here.enter(*(number(n) for n in range(3)))
    with pytest.raises(Killed):
        here.asking.night()
    assert here.tickets() == [("", "asking")] and spent(here, quotas.TICKET) == 1
    here.asking = here.anew()
    assert here.asking.night().tickets == 1
    assert here.tickets() == [("", "unknown"), ("T1", "waiting")] and spent(here, quotas.TICKET) == 2
    here.clock.advance(15 * MINUTES)
    assert here.asking.due().taken == 3


def test_a_kill_while_a_batch_is_read_has_it_read_again(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    (parcel_id,) = here.enter(number(1))
    carrier.known = {number(1): arrived(number(1))}
    here.asking.night()
    here.clock.advance(15 * MINUTES)
    carrier.errors = [Killed()]
    with pytest.raises(Killed):
        here.asking.due()
    here.asking = here.anew()
    assert here.asking.due().collected == 0  # the quarter of an hour counts from the call that was cut short
    here.clock.advance(15 * MINUTES)
    assert here.asking.due().collected == 1 and here.parcel(parcel_id).stage == Stage.READY


def test_a_time_out_of_an_order_leaves_the_rest_for_later(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    here.enter(*(number(n) for n in range(9)))
    calls = iter([None, AWAY])

    def fail_second() -> None:
        if error := next(calls, None):
            raise error

    carrier.before = fail_second
    done = here.asking.night()
    assert (done.tickets, done.left) == (1, 6)
    assert here.tickets() == [("T1", "waiting"), ("", "unknown")]
    assert here.asking.night().tickets == 0 and len(carrier.asked) == 2  # it rests
    here.clock.advance(MINUTES)
    done = here.asking.night()
    assert (done.tickets, done.left, trouble(here)) == (2, 0, None)
    assert sorted(track for tracks in carrier.orders.values() for track in tracks) == [number(n) for n in range(9)]


def test_the_night_can_be_stopped(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    here.enter(*(number(n) for n in range(9)))
    stop = threading.Event()
    done = here.asking.night(stop, lambda ordered, _of: stop.set() if ordered == 6 else None)
    assert (done.tickets, done.left) == (2, 3)
    assert here.asking.night(threading.Event()).tickets == 1


def test_a_gone_ticket_and_one_nobody_can_read(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    (parcel_id,) = here.enter(number(1))
    here.asking.night()
    here.clock.advance(15 * MINUTES)
    broken = UnreadableReply(POST, "xml.truncated", b"<half")
    carrier.errors = [broken]
    here.asking.due()
    assert here.tickets() == [("T1", "waiting")] and trouble(here) is None
    assert [(row.error, row.about) for row in here.rows(reply_rows)] == [("carrier.unreadable", "T1")]
    here.clock.advance(15 * MINUTES)
    carrier.errors = [broken]
    here.asking.due()
    assert here.tickets() == [("T1", "failed")]
    assert here.parcel(parcel_id).answered_at == to_text(here.clock.now())  # asked singly in the same round
    here.clock.advance(timedelta(days=1))
    here.asking.night()
    here.clock.advance(15 * MINUTES)
    carrier.errors = [Refused("carrier.ticket_gone", carrier="post")]
    here.asking.due()
    assert here.tickets()[1] == ("T2", "failed")


def test_one_parcel_we_cannot_take_holds_up_no_other(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    ids = here.enter(*(number(n) for n in range(3)))
    carrier.known = {number(n): arrived(number(n)) for n in range(3)}
    here.fails_on = {number(1)}
    here.asking.night()
    here.clock.advance(15 * MINUTES)
    done = here.asking.due()
    assert (done.taken, done.failed) == (2, 1)
    assert [here.parcel(one).stage for one in ids] == [Stage.READY, Stage.REGISTERED, Stage.READY]
    assert open_alarms(here) == {"carrier.not_taken"}
    assert here.parcel(ids[1]).ask_at > here.parcel(ids[1]).asked_at  # and it is asked about again


def test_a_refused_ticket_is_seen_to_and_its_parcels_wait_for_tomorrow(desk: Open) -> None:
    carrier = post(errors=[Refused("carrier.refused", carrier="post", reason="18")])
    here = desk(carrier)
    here.enter(*(number(n) for n in range(3)))
    done = here.asking.night()
    assert (done.tickets, here.tickets(), open_alarms(here)) == (0, [("", "failed")], {"carrier.refused"})
    assert here.asking.night().tickets == 0
    here.clock.advance(timedelta(days=1))
    assert (here.asking.night().tickets, open_alarms(here)) == (1, set())


def test_how_asking_goes_is_there_to_be_seen(desk: Open) -> None:
    carrier = post(daily=100)
    here = desk(carrier)
    (parcel_id,) = here.enter(number(1))
    here.asking.night()
    here.clock.advance(MINUTES)
    here.asking.ask_now(parcel_id)
    with here.store.reading() as connection:
        (state,) = states(connection, "firm", {POST: carrier.daily}, here.clock.now())
    assert (state.trouble, state.used, state.daily, state.waiting) == (None, 1, 100, 1)


def test_days_at_the_sandbox(desk: Open, tmp_path: Path) -> None:
    """The whole way: tickets over real sockets, each parcel where the carrier has it, each operation once."""
    here = desk()
    sandbox = CarrierSandbox.create(tmp_path, here.clock)
    with CarrierServer(tmp_path, clock=here.clock) as server:
        known, urls = sandbox.credentials(), server.urls
        single = PostSingle(urls["single"], known.post_login, lambda: known.post_password, (), LIMITS, PACE)
        batch = PostBatch(urls["batch"], known.post_login, lambda: known.post_password, (), LIMITS, PACE)
        with closing(Post(single, batch, daily=None)) as made:
            here.carriers = (made,)
            here.asking = here.anew()
            plans = sandbox.send_many(30)
            ids = dict(zip([plan.track for plan in plans], here.enter(*(plan.track for plan in plans)), strict=True))
            for _ in range(4):
                here.clock.advance(timedelta(days=7))
                assert here.asking.night().left == 0
                here.clock.advance(15 * MINUTES)
                assert here.asking.due().failed == 0
    for track, parcel_id in ids.items():
        told = {(event.code, to_text(event.at.replace(microsecond=0))) for event in sandbox.events(track)}
        kept = [(row.code, row.at) for row in here.rows(operations) if row.parcel_id == parcel_id]
        assert (len(kept), {code for code, _ in kept}) == (len(told), {code for code, _ in told})
    assert {here.parcel(one).stage for one in ids.values()} >= {Stage.DELIVERED}
    assert {state for _, state in here.tickets()} == {"done"}


# One by one


def test_the_free_hundred_go_to_those_who_need_them(desk: Open) -> None:
    carrier = FakeCarrier(daily=20)
    here = desk(carrier)
    tracks = [number(n) for n in range(60)]
    ids = here.enter(*tracks)
    long_ago = to_text(NIGHT - timedelta(days=20))
    for place, one in enumerate(ids):
        stage, moved = [
            (Stage.IN_TRANSIT, long_ago),
            (Stage.IN_TRANSIT, to_text(NIGHT - timedelta(days=1))),
            (Stage.READY, long_ago),
        ][place % 3]
        here.put(one, stage=stage, moved_at=moved, known=1, ask_at=to_text(NIGHT - MINUTES), made_at=long_ago)
    oldest = ids[0]
    here.put(oldest, ask_at=to_text(NIGHT - timedelta(days=5)))  # waits for nobody's office, but for five days
    done = here.asking.due()
    assert (done.calls, spent(here)) == (18, 18)  # two of twenty are kept for people
    assert carrier.calls("history") == [tracks[0], *tracks[2:53:3]]
    assert here.asking.due().calls == 0
    for one in ids[3:5]:
        here.asking.ask_now(one)
    assert code_of(lambda: here.asking.ask_now(ids[6])) == "carrier.quota_spent"
    here.clock.advance(timedelta(hours=22))  # midnight in Moscow: the counter turns
    assert here.asking.due().calls == 18


def test_when_a_parcel_is_asked_about_again(desk: Open) -> None:
    carrier = FakeCarrier()
    here = desk(carrier)
    new, ready, old = here.enter(*(number(n) for n in range(3)))
    carrier.known = {number(1): arrived(number(1))}
    here.put(old, made_at=to_text(NIGHT - timedelta(days=10)))
    here.asking.due()
    hours = [
        (from_text(here.parcel(one).ask_at) - NIGHT) / timedelta(hours=1) for one in (new, ready, old)
    ]  # fmt: skip
    assert hours == [12, 12, 72]


def test_a_call_is_spent_even_when_it_kills(desk: Open) -> None:
    carrier = FakeCarrier(daily=100, errors=[Killed()])
    here = desk(carrier)
    here.enter(number(1))
    with pytest.raises(Killed):
        here.asking.due()
    assert spent(here) == 1
    here.asking = here.anew()
    assert here.asking.due().calls == 0  # put off, lest it kill again at once
    here.clock.advance(timedelta(hours=1))
    assert here.asking.due().taken == 1 and spent(here) == 2


def test_the_carrier_counts_too(desk: Open) -> None:
    carrier = FakeCarrier(daily=100, errors=[Refused("carrier.quota_spent", carrier="post")])
    here = desk(carrier)
    here.enter(number(1), number(2))
    assert here.asking.due().calls == 1
    assert (spent(here), trouble(here)) == (100, None)
    here.clock.advance(timedelta(hours=23))
    assert here.asking.due().taken == 2


def test_what_is_refused_about_one_parcel_puts_off_that_one(desk: Open) -> None:
    carrier = FakeCarrier(errors=[Refused("carrier.refused", carrier="post", reason="номер")])
    here = desk(carrier)
    first, second = here.enter(number(1), number(2))
    done = here.asking.due()
    assert (done.calls, done.taken) == (2, 1)
    assert sorted(here.parcel(one).failures for one in (first, second)) == [0, 1]
    worse = next(here.parcel(one) for one in (first, second) if here.parcel(one).failures)
    assert from_text(worse.ask_at) - NIGHT == timedelta(days=1)


def test_a_silent_carrier_rests_longer_each_time_and_is_seen_to(desk: Open) -> None:
    carrier = FakeCarrier(errors=[AWAY] * 7)
    here = desk(carrier)
    here.enter(number(1), number(2))
    pauses = []
    for _ in range(6):
        here.asking.due()
        found = trouble(here)
        assert found is not None
        pauses.append((found.rests_until - here.clock.now()) // MINUTES)
        assert here.asking.due().calls == 0
        here.clock.at = found.rests_until
    assert pauses == [1, 2, 4, 8, 16, 30] and len(carrier.asked) == 6
    assert open_alarms(here) == {"carrier.silent"}
    carrier.errors = []
    assert here.asking.due().taken == 2
    assert (trouble(here), open_alarms(here)) == (None, set())


def test_a_refused_password_is_an_alarm_and_no_hammering(desk: Open) -> None:
    carrier = FakeCarrier(errors=[Refused("carrier.not_authorised", carrier="post")])
    here = desk(carrier)
    here.enter(number(1), number(2))
    here.asking.due()
    assert (len(carrier.asked), open_alarms(here)) == (1, {"carrier.not_authorised"})
    here.clock.advance(29 * MINUTES)
    assert here.asking.due().calls == 0
    here.clock.advance(MINUTES)
    assert here.asking.due().taken == 2 and open_alarms(here) == set()


def test_the_button(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    (parcel_id,) = here.enter(number(1))
    carrier.known = {number(1): arrived(number(1))}
    assert here.asking.ask_now(parcel_id, MANAGER).known
    assert here.parcel(parcel_id).stage == Stage.READY and spent(here) == 1
    assert code_of(lambda: here.asking.ask_now(parcel_id, MANAGER)) == "carrier.asked_just_now"
    assert code_of(lambda: here.asking.ask_now("nobody")) == "parcel.not_found"
    assert code_of(lambda: here.asking.ask_now(parcel_id, Actor("И", Role.IT))) == "authority.missing"
    here.clock.advance(MINUTES)
    carrier.errors = [AWAY]
    due = here.parcel(parcel_id).ask_at
    assert code_of(lambda: here.asking.ask_now(parcel_id)) == "carrier.unreachable"
    assert here.parcel(parcel_id).ask_at == due
    here.clock.advance(MINUTES / 2)
    assert code_of(lambda: here.asking.ask_now(parcel_id)) == "carrier.asked_just_now"
    carrier.errors = [AWAY]
    here.clock.advance(MINUTES)
    assert code_of(lambda: here.asking.ask_now(parcel_id)) == "carrier.unreachable"
    here.clock.advance(MINUTES)
    assert code_of(lambda: here.asking.ask_now(parcel_id)) == "carrier.resting"


def test_a_parcel_of_a_carrier_that_is_not_configured(desk: Open) -> None:
    here = desk(post())
    (parcel_id,) = here.enter("1106321645")
    assert code_of(lambda: here.asking.ask_now(parcel_id)) == "carrier.not_configured"
    assert here.asking.due().calls == 0


def test_carriers_do_not_hold_each_other_up(desk: Open) -> None:
    away, cdek = post(errors=[AWAY]), FakeCarrier(key=CarrierKey.CDEK, money_apart=False)
    here = desk(away, cdek)
    here.enter(number(1), "1106321645")
    done = here.asking.due()
    assert (done.taken, cdek.calls("history")) == (1, ["1106321645"])


# Money


def test_money_is_asked_about_once_it_may_have_been_paid(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    on_its_way, waits = here.enter(number(1), number(2), cod=2_340_00)
    (without,) = here.enter(number(3))
    carrier.known = {number(n): arrived(number(n)) for n in (2, 3)}
    here.asking.night()
    here.clock.advance(15 * MINUTES)
    here.asking.due()
    assert carrier.calls("money") == [number(2)]
    assert here.parcel(waits).cod_state == CodState.EXPECTED and here.rows(money_events) == []
    here.asking.due()
    assert len(carrier.calls("money")) == 1  # tomorrow again
    paid = MoneyRecord(here.clock.now(), "3", "Оплата", Money(2_340_00), collected=True)
    carrier.paid = {number(2): (paid,)}
    here.clock.advance(timedelta(days=1))
    here.asking.due()
    assert here.parcel(waits).cod_state == CodState.COLLECTED
    here.clock.advance(timedelta(days=2))
    here.asking.due()
    assert carrier.calls("money") == [number(2)] * 2
    assert {here.parcel(one).money_asked_at for one in (on_its_way, without)} == {None}
    assert here.parcel(waits).known == 1


def test_money_takes_a_third_of_what_is_free(desk: Open) -> None:
    carrier = FakeCarrier(daily=20)
    here = desk(carrier)
    ids = here.enter(*(number(n) for n in range(40)), cod=100_00)
    for one in ids:
        here.put(one, stage=Stage.READY, known=1)
    here.asking.due()
    assert (len(carrier.calls("history")), len(carrier.calls("money"))) == (12, 6)


def test_a_history_of_a_parcel_no_longer_watched_is_let_be(desk: Open) -> None:
    carrier = post()
    here = desk(carrier)
    (parcel_id,) = here.enter(number(1))
    carrier.known = {number(1): History(number(1), True, arrived(number(1)).records)}
    here.asking.night()
    here.put(parcel_id, watch="ended")
    here.clock.advance(15 * MINUTES)
    assert here.asking.due().taken == 0
    assert here.rows(parcels)[0].stage == Stage.REGISTERED
