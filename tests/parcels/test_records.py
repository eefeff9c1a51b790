"""A record read again is the same record, and a history read again is the same history."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select

from gateway.core.clock import to_text
from gateway.core.money import Money
from gateway.parcels.carriers.ports import Record
from gateway.parcels.history import standing
from gateway.parcels.model import AT_BUYER, Effect, Stage
from gateway.parcels.records import keyed, merged, record_key, record_of
from gateway.parcels.tables import operations
from tests.parcels.histories import NOW, START, record

# One or two of every effect, and one code in no table.
CODES = [
    *("1:1", "28:0", "8:4", "14:3", "8:2", "6:3", "8:60", "8:15", "12:1", "8:23", "8:28", "8:40", "4:3", "8:12"),
    *("2:1", "2:2", "2:6", "3:1", "3:15", "48:0", "5:1", "63:0", "8:26", "77:7"),
]
# Hours of a month, so that some coincide; the Post's own order is the place.
steps = st.lists(
    st.tuples(st.sampled_from(CODES), st.integers(0, 720), st.sampled_from(("", "140983", "170100", "443063"))),
    max_size=14,
)


def listed(drawn: list[tuple[str, int, str]]) -> list[Record]:
    return [record(code, hour / 24, office, place=n) for n, (code, hour, office) in enumerate(drawn, 1)]


@given(steps, st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_matter(drawn: list[tuple[str, int, str]], chance: random.Random) -> None:
    records = listed(drawn)
    shuffled = records + [chance.choice(records) for _ in records]
    chance.shuffle(shuffled)
    assert standing(shuffled, now=NOW) == standing(records, now=NOW)


@given(steps, st.lists(st.integers(0, 14), max_size=6))
def test_reading_parts_of_it_again_adds_nothing(drawn: list[tuple[str, int, str]], cuts: list[int]) -> None:
    records = listed(drawn)
    kept: dict[str, Record] = {}
    for cut in [*cuts, len(records), *cuts]:
        for key, read in keyed(records[:cut]).items():
            kept[key] = merged(kept[key], read) if key in kept else read
    assert kept == keyed(records)
    assert standing(list(kept.values()), now=NOW) == standing(records, now=NOW)


@settings(max_examples=300)
@given(steps)
def test_as_time_goes_on(drawn: list[tuple[str, int, str]]) -> None:
    """Nothing is un-delivered without a reason, nothing that goes back waits for the buyer, arrivals only add up."""
    records = sorted(listed(drawn), key=lambda r: (r.at, r.place))
    before = standing([], now=NOW)
    for count, latest in enumerate(records, 1):
        found = standing(records[:count], now=NOW)
        if before.stage is Stage.DELIVERED and found.stage is not Stage.DELIVERED:
            assert latest.effect in {Effect.TURN_BACK, Effect.DELIVER_BACK, Effect.PARTIAL}
        if before.stage is Stage.RETURNED and found.stage is not Stage.RETURNED:
            assert latest.effect in {Effect.DELIVER, Effect.COD_PAID}
        assert not (found.back and found.stage in AT_BUYER)
        assert before.arrival_no <= found.arrival_no <= before.arrival_no + 1
        assert (found.stage is Stage.READY) <= (found.arrived_at is not None)
        assert (found.delivered_at is not None) == (found.stage in {Stage.DELIVERED, Stage.PARTIAL})
        before = found


def test_both_services_of_the_post_give_one_key() -> None:
    single = replace(record("8:3", 0, "443960", offset=240), at=datetime(2016, 7, 18, 16, 31, 27, 1000, tzinfo=UTC))
    batch = replace(single, at=single.at.replace(microsecond=0))
    unplaced = replace(single, at=datetime(2016, 7, 18, 17, 31, 27, tzinfo=UTC), offset_minutes=None)  # 20:31 in Moscow
    assert record_key(single, 1) == "20160718T203127 8:3 443960 1"
    assert record_key(batch, 1) == record_key(unplaced, 1) == record_key(single, 1)


def test_what_differs_is_another_record() -> None:
    first = record("8:2", 0, "170100", place=1)
    others = [replace(first, code="8:9"), replace(first, office_index="170102"), replace(first, at=NOW)]
    assert len(keyed([first, *others])) == 4
    assert len(keyed([first, replace(first, place=2)])) == 2
    assert record_key(first, 1) == record_key(replace(first, place=7, text="Иначе", cod=Money(5)), 1)


def test_a_fuller_reading_fills_in_and_never_overwrites() -> None:
    batch = replace(record("1:1", 0, "443063", offset=None), at=START + timedelta(hours=1))
    single = replace(record("1:1", 0, "443063", cod="1500.00", mail_type=4, index_to="170100"), offset_minutes=240)
    both = merged(batch, single)
    assert (both.at, both.offset_minutes, both.cod, both.mail_type) == (START, 240, Money.parse("1500.00"), 4)
    assert merged(both, batch) == both
    later = replace(single, cod=Money(0), mail_type=0, index_to="", text="")
    assert merged(single, later) == single


def test_a_row_is_the_record_it_was_written_from() -> None:
    full = Record(
        START, 240, 3, "8:2", "Прибыло", Effect.ARRIVE, "170100", "Тверь 100", "RU", 291,
        Money(1500_00), Money(2000_00), 4, "170100", date(2026, 10, 20),
    )  # fmt: skip
    bare = record("77:7", 0, offset=None)
    engine = create_engine("sqlite://")
    operations.create(engine)
    with engine.begin() as connection:
        for n, each in enumerate((full, bare)):
            values = {name: getattr(each, name) for name in Record.__slots__} | {
                "at": to_text(each.at),
                "cod": each.cod.kopecks,
                "declared": each.declared.kopecks,
                "keep_until": each.keep_until.isoformat() if each.keep_until else None,
            }
            common = {"company": "c", "parcel_id": "p", "seen_at": to_text(NOW), "reply_id": "r"}
            connection.execute(insert(operations).values(id=str(n), key=str(n), **common, **values))
        rows = connection.execute(select(operations).order_by(operations.c.id)).all()
    engine.dispose()
    assert [record_of(row) for row in rows] == [full, bare]
    assert standing(rows, now=NOW) == standing([full, bare], now=NOW)
