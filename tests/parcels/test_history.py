"""Where a parcel stands: the Post's traps, each a story."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree

from gateway.core.money import Money
from gateway.parcels.carriers.ports import Record
from gateway.parcels.history import standing
from gateway.parcels.meaning import WaitingPlace
from gateway.parcels.model import CarrierKey, Effect, Stage
from tests.parcels.histories import (
    DELIVERED_EAST,
    DELIVERED_WEST,
    FORWARDED,
    NOW,
    START,
    record,
    sample,
    story,
)
from tests.standards import need

HUB, BUYER, OTHER, SENDER = "140983", "170100", "170102", "443063"
SENT = ("1:1", 0, SENDER)
ARRIVED = ("8:2", 5, BUYER)
TURNED = ("3:1", 21, BUYER)


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def test_nothing_is_known_yet() -> None:
    found = standing([], now=NOW)
    assert found.stage is Stage.REGISTERED
    assert (found.since, found.moved_at, found.accepted_at, found.last_code, found.arrival_no) == (None,) * 3 + ("", 0)
    assert not found.over


def test_a_parcel_from_the_counter_to_the_buyer() -> None:
    steps = [("28:0", -1.0, ""), SENT, ("8:3", 1, HUB), ARRIVED, ("2:1", 8, BUYER)]
    stages = [story(*steps[: n + 1]).stage for n in range(len(steps))]
    assert stages == [Stage.REGISTERED, Stage.ACCEPTED, Stage.IN_TRANSIT, Stage.READY, Stage.DELIVERED]
    found = story(*steps)
    assert (found.accepted_at, found.arrived_at, found.delivered_at) == (after(0), after(5), after(8))
    assert (found.office_index, found.office_name) == (BUYER, f"Отделение {BUYER}")
    assert (found.keep_until, found.last_code, found.arrival_no, found.over) == (None, "2:1", 1, True)


def lines_of(text: str) -> list[str]:
    return text.strip().splitlines()


def test_the_hand_made_samples_are_the_posts() -> None:
    batch = etree.parse(need("russianpost/samples/fc_answerByTicketResponse_two_items.xml"))
    for item in batch.iterfind(".//{*}Item"):
        said = [dict(operation.attrib) for operation in item]
        assert lines_of(FORWARDED) == [
            "{DateOper} {OperTypeID}:{OperCtgID} {IndexOper}".format_map(operation) for operation in said
        ]
    single = etree.parse(need("russianpost/samples/rtm34_history_domestic_9ops_delivered.xml"))
    found = []
    for each in single.iterfind(".//{*}historyRecord"):
        at = datetime.fromisoformat(each.findtext(".//{*}OperDate") or "")
        kind, attribute = each.findtext(".//{*}OperType/{*}Id"), each.findtext(".//{*}OperAttr/{*}Id")
        index = each.findtext(".//{*}OperationAddress/{*}Index")
        found.append(f"{at:%d.%m.%Y %H:%M:%S} {kind}:{attribute} {index}")
    assert found == lines_of(DELIVERED_EAST) + lines_of(DELIVERED_WEST)


def test_the_posts_sample_of_a_delivery() -> None:
    found = standing(sample(DELIVERED_EAST, 4, mail_type=4) + sample(DELIVERED_WEST, 3), now=NOW)
    assert (found.stage, found.mail_type, found.offset_minutes) == (Stage.DELIVERED, 4, 180)
    assert found.accepted_at == datetime(2016, 7, 16, 8, 1, tzinfo=UTC)
    assert found.delivered_at == datetime(2016, 7, 21, 9, 49, tzinfo=UTC)


def test_the_posts_sample_of_a_misdirected_parcel() -> None:
    records = sample(FORWARDED, 3)
    assert [standing(records[:n], now=NOW).stage for n in (5, 6, 7, 8)] == [
        Stage.IN_TRANSIT,
        Stage.READY,
        Stage.IN_TRANSIT,
        Stage.READY,
    ]
    found = standing(records, now=NOW)
    assert (found.office_index, found.arrival_no, found.arrival_key) == ("125364", 2, "125364#1")
    assert standing(records[:7], now=NOW).arrived_at is None


def test_the_posts_sample_with_an_arrival_and_nothing_else() -> None:
    found = standing(sample("12.04.2013 10:19:00 8:2 618400", 4), now=NOW)
    assert (found.stage, found.accepted_at, found.arrival_no) == (Stage.READY, found.arrived_at, 1)


# trap 1
@pytest.mark.parametrize("attribute", [2, 4, 7, 9, 16, 20, 22, 24, 28, 29, 30, 31])
def test_handed_back_to_the_sender_is_no_delivery(attribute: int) -> None:
    found = story(SENT, ARRIVED, TURNED, (f"2:{attribute}", 30, SENDER))
    assert (found.stage, found.back, found.returned_at, found.delivered_at) == (Stage.RETURNED, True, after(30), None)
    assert found.over


# trap 2
def test_an_arrival_on_the_way_back_is_not_the_buyers() -> None:
    found = story(SENT, ARRIVED, TURNED, ("8:4", 24, HUB), ("8:2", 28, SENDER), ("8:18", 29, SENDER))
    assert (found.stage, found.back, found.arrival_no, found.keep_until) == (Stage.RETURN_STARTED, True, 1, None)
    assert (found.since, found.moved_at, found.office_index) == (after(21), after(29), SENDER)


def test_the_addressee_of_the_way_back_is_the_sender() -> None:
    found = story(SENT, ARRIVED, TURNED, ("8:2", 28, SENDER), ("2:1", 29, SENDER))
    assert (found.stage, found.returned_at, found.delivered_at) == (Stage.RETURNED, after(29), None)


def test_where_both_live_by_one_office_the_word_of_the_record_stands() -> None:
    steps = [("1:1", 0.0, BUYER), ARRIVED, TURNED, ("8:2", 22, BUYER)]
    assert story(*steps, ("2:1", 23, BUYER)).stage is Stage.DELIVERED
    assert story(*steps, ("2:2", 23, BUYER)).stage is Stage.RETURNED


def test_a_delivery_after_the_return_counts_only_elsewhere() -> None:
    home = [SENT, ARRIVED, TURNED, ("2:2", 30, SENDER)]
    assert story(*home, ("2:1", 30.1, SENDER)).stage is Stage.RETURNED
    assert story(*home, ("2:1", 30.1, "")).stage is Stage.RETURNED
    corrected = story(*home, ("2:1", 30.1, BUYER))
    assert (corrected.stage, corrected.returned_at, corrected.back) == (Stage.DELIVERED, None, False)


def test_a_buyer_who_comes_after_all_has_it() -> None:
    found = story(SENT, ARRIVED, TURNED, ("2:1", 21.1, BUYER))
    assert (found.stage, found.back, found.delivered_at) == (Stage.DELIVERED, False, after(21.1))


@pytest.mark.parametrize("code", ["4:1", "8:12", "8:64", "8:75", "8:68", "12:12", "56:1", "1027:4", "7:2"])
def test_what_left_its_place_has_not_arrived(code: str) -> None:
    left = [SENT, ARRIVED, (code, 7, BUYER)]
    found = story(*left)
    assert (found.stage, found.arrived_at, found.keep_until) == (Stage.IN_TRANSIT, None, None)
    again = story(*left, ("8:2", 9, BUYER))
    assert (again.stage, again.arrived_at, again.arrival_no, again.arrival_key) == (
        Stage.READY,
        after(9),
        2,
        f"{BUYER}#2",
    )


def test_an_earlier_arrival_that_comes_to_light_leaves_the_key() -> None:
    later = [SENT, ("4:3", 6, BUYER), ("8:2", 7, OTHER)]
    assert (story(*later).arrival_no, story(*later).arrival_key) == (1, f"{OTHER}#1")
    assert (story(*later, ARRIVED).arrival_no, story(*later, ARRIVED).arrival_key) == (2, f"{OTHER}#1")


def test_one_arrival_said_twice_is_one() -> None:
    found = story(SENT, ARRIVED, ("8:2", 6, BUYER), ("6:3", 6, BUYER), ("8:62", 6.5, BUYER))
    assert (found.arrival_no, found.arrived_at, found.stage) == (1, after(5), Stage.READY)
    assert story(("8:74", 5, BUYER), ("6:3", 6, BUYER)).arrival_no == 1
    assert story(ARRIVED, ("8:14", 6, BUYER)).arrival_no == 1
    assert story(ARRIVED, ("8:2", 6, "")).arrival_no == 1


@pytest.mark.parametrize(("code", "office"), [("8:2", OTHER), ("8:74", BUYER), ("8:39", BUYER)])
def test_another_door_is_another_arrival(code: str, office: str) -> None:
    found = story(SENT, ARRIVED, (code, 6, office))
    assert (found.arrival_no, found.since, found.office_index) == (2, after(6), office)


def test_a_sorting_centre_a_day_later_means_that_it_has_left() -> None:
    assert story(SENT, ARRIVED, ("8:4", 5.1, HUB)).stage is Stage.READY
    assert story(SENT, ARRIVED, ("8:4", 7, BUYER)).stage is Stage.READY
    found = story(SENT, ARRIVED, ("8:4", 7, HUB))
    assert (found.stage, found.arrived_at, found.office_index) == (Stage.IN_TRANSIT, None, HUB)


def test_a_scan_uploaded_late_does_not_move_it() -> None:
    with_courier = [SENT, ("8:15", 6, BUYER), ("8:4", 6.1, HUB)]
    assert (story(*with_courier).stage, story(*with_courier).office_index) == (Stage.WITH_COURIER, BUYER)
    assert story(*with_courier, ("8:4", 8, HUB)).stage is Stage.IN_TRANSIT
    assert story(SENT, ARRIVED, ("2:1", 6, BUYER), ("8:4", 9, HUB)).office_index == BUYER


# trap 3
def test_an_acceptance_dated_months_after_the_arrival_changes_nothing() -> None:
    found = story(SENT, ARRIVED, ("1:1", 95, SENDER))
    assert (found.stage, found.accepted_at, found.since) == (Stage.READY, after(0), after(5))
    assert story(SENT, ARRIVED, ("2:1", 6, BUYER), ("1:1", 95, SENDER)).stage is Stage.DELIVERED


def test_a_clock_that_is_ahead_does_not_hide_a_stuck_parcel() -> None:
    assert standing([record("8:3", 400, HUB)], now=after(3)).moved_at == after(3)


# trap 4
def test_sums_and_destination_are_the_first_that_are_said() -> None:
    records = [
        record("1:1", 0, SENDER, cod="1500.00", mail_type=4, index_to="170100"),
        record("8:3", 1, HUB, cod="0", index_to="0"),
        record("8:2", 2, BUYER, cod="0", mail_type=0),
    ]
    found = standing(records, now=NOW)
    assert (found.cod, found.mail_type, found.index_to) == (Money.parse("1500.00"), 4, "170100")
    late = [replace(records[0], cod=Money(0), index_to="0"), replace(records[1], cod=Money(100_00), index_to="170100")]
    assert standing(late, now=NOW).cod == Money(100_00)
    assert standing(late, now=NOW).index_to == "170100"


# trap 5
@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("8:2", WaitingPlace.OFFICE),
        ("8:9", WaitingPlace.LOCKER),
        ("8:60", WaitingPlace.LOCKER),
        ("8:74", WaitingPlace.LOCKER),
        ("8:14", WaitingPlace.CENTRE),
        ("8:39", WaitingPlace.POINT),
        ("8:49", WaitingPlace.POINT),
    ],
)
def test_ready_is_more_than_one_code(code: str, place: WaitingPlace) -> None:
    found = story(SENT, (code, 5, BUYER))
    assert (found.stage, found.waits_at, found.arrival_code) == (Stage.READY, place, code)


def test_storage_by_the_table_until_the_carrier_counts_himself() -> None:
    kept = [record("1:1", 0, SENDER, mail_type=4), record("8:2", 0.1, BUYER)]  # arrived on Monday 5 October
    assert standing(kept, now=NOW).keep_until == date(2026, 10, 20)
    assert standing(kept, now=NOW, contract_days={4: 7}).keep_until == date(2026, 10, 12)
    counted = [*kept, record("8:28", 6, BUYER)]
    assert standing(counted, now=NOW).keep_until == date(2026, 10, 16)
    prolonged = [*counted, record("8:23", 8, BUYER)]
    assert standing(prolonged, now=NOW).keep_until == date(2026, 10, 28)
    told = [*counted, replace(record("8:23", 8, BUYER), keep_until=date(2026, 12, 1))]
    assert standing(told, now=NOW).keep_until == date(2026, 12, 1)
    assert standing([*told, record("8:23", 9, BUYER)], now=NOW).keep_until == date(2026, 12, 1)
    expired = [*kept, record("8:40", 16, BUYER)]
    assert (standing(expired, now=NOW).stage, standing(expired, now=NOW).keep_until) == (
        Stage.READY,
        date(2026, 10, 21),
    )


def test_a_locker_keeps_for_days_and_the_day_is_the_offices_own() -> None:
    in_locker = standing([record("8:74", 0.1, BUYER)], now=NOW)
    assert in_locker.keep_until == date(2026, 10, 8)
    far_east = record("8:2", 0.3, "690091", offset=600)  # 16:12 UTC is past midnight there
    assert standing([far_east], now=NOW).keep_until == date(2026, 10, 21)


def test_a_countdown_is_evidence_of_a_forgotten_arrival() -> None:
    found = story(SENT, ("8:3", 2, HUB), ("8:35", 8, BUYER))
    assert (found.stage, found.arrived_at, found.keep_until) == (Stage.READY, after(8), date(2026, 10, 23))
    sent_on = story(SENT, ARRIVED, ("4:1", 6, BUYER), ("8:35", 8, BUYER))
    assert (sent_on.stage, sent_on.arrival_no) == (Stage.IN_TRANSIT, 1)
    assert story(SENT, TURNED, ("8:35", 28, SENDER)).stage is Stage.RETURN_STARTED


def test_the_buyer_took_a_part() -> None:
    for code in ("48:0", "3:15"):
        steps = [SENT, ARRIVED, (code, 7, BUYER), ("8:2", 12, SENDER)]
        found = story(*steps)
        assert (found.stage, found.delivered_at, found.back, found.over) == (Stage.PARTIAL, after(7), True, False)
        home = story(*steps, ("2:2", 13, SENDER))
        assert (home.stage, home.returned_at, home.over) == (Stage.PARTIAL, after(13), True)


def test_paid_cash_on_delivery_is_a_delivery_whatever_else_is_said() -> None:
    for before in ([], [ARRIVED], [ARRIVED, TURNED], [("5:1", 9, HUB)]):
        found = story(SENT, *before, ("63:0", 25, BUYER))
        assert (found.stage, found.paid_at, found.delivered_at, found.back) == (
            Stage.DELIVERED,
            after(25),
            after(25),
            False,
        )
    assert story(SENT, ARRIVED, ("63:0", 20, BUYER), TURNED).stage is Stage.DELIVERED
    assert story(SENT, ARRIVED, ("63:0", 20, BUYER), ("2:2", 40, SENDER)).stage is Stage.RETURNED
    assert story(SENT, ARRIVED, ("48:0", 7, BUYER), ("63:0", 7, BUYER)).stage is Stage.PARTIAL


def test_courier_and_attempts() -> None:
    assert story(SENT, ARRIVED, ("8:18", 6, BUYER)).stage is Stage.WITH_COURIER
    back_at_the_office = story(SENT, ARRIVED, ("8:18", 6, BUYER), ("12:1", 6.2, BUYER))
    assert (back_at_the_office.stage, back_at_the_office.arrival_no) == (Stage.READY, 1)
    assert story(SENT, ("8:15", 6, BUYER), ("12:1", 6.2, BUYER)).stage is Stage.WITH_COURIER
    will_fetch = story(SENT, ("8:15", 6, BUYER), ("12:9", 6.2, BUYER))
    assert (will_fetch.stage, will_fetch.arrival_no) == (Stage.READY, 1)


def test_customs_and_on() -> None:
    abroad = [("1:1", 0.0, "200000"), ("9:1", 4, "102007"), ("14:3", 5, "102007")]
    assert story(*abroad).stage is Stage.CUSTOMS
    assert story(*abroad, ("14:1", 6, "102007")).stage is Stage.IN_TRANSIT


@pytest.mark.parametrize("code", ["5:1", "5:2", "12:28", "15:0", "16:0", "17:0", "18:0"])
def test_lost_and_found(code: str) -> None:
    assert story(SENT, ARRIVED, (code, 9, BUYER)).stage is Stage.LOST
    assert story(SENT, ARRIVED, (code, 9, BUYER), ("8:2", 12, OTHER)).stage is Stage.READY
    assert story(SENT, ARRIVED, TURNED, (code, 24, HUB), ("8:4", 26, HUB)).stage is Stage.RETURN_STARTED
    assert story(SENT, ARRIVED, ("2:1", 8, BUYER), (code, 9, BUYER)).stage is Stage.DELIVERED


def test_the_buyers_clock_is_that_of_the_place_he_goes_to() -> None:
    assert story(SENT, ("8:2", 5, BUYER)).offset_minutes == 180
    batch = [record("1:1", 0, SENDER, offset=None, index_to="690091"), record("8:2", 5, "690091", offset=None)]
    assert standing(batch[:1], now=NOW).offset_minutes == 600
    assert standing(batch, now=NOW).offset_minutes == 600
    assert story(SENT).offset_minutes is None


def test_an_order_of_cdek() -> None:
    def at(word: str, day: float, keep_until: date | None = None) -> Record:
        return record(word, day, carrier=CarrierKey.CDEK, keep_until=keep_until)

    way = [at("CREATED", 0), at("RECEIVED_AT_SHIPMENT_WAREHOUSE", 1), at("SENT_TO_RECIPIENT_CITY", 2)]
    ready = [*way, at("ACCEPTED_AT_PICK_UP_POINT", 4, date(2026, 10, 16))]
    found = standing(ready, now=NOW, carrier=CarrierKey.CDEK)
    assert (found.stage, found.waits_at, found.keep_until) == (Stage.READY, WaitingPlace.POINT, date(2026, 10, 16))
    assert standing([*ready[:3], at("POSTOMAT_POSTED", 4)], now=NOW, carrier=CarrierKey.CDEK).keep_until is None
    longer = [*ready, at("ACCEPTED_AT_PICK_UP_POINT", 5, date(2026, 10, 20))]
    found = standing(longer, now=NOW, carrier=CarrierKey.CDEK)
    assert (found.keep_until, found.arrival_no) == (date(2026, 10, 20), 1)
    refused = [*ready, at("NOT_DELIVERED", 9)]
    assert standing(refused, now=NOW, carrier=CarrierKey.CDEK).stage is Stage.RETURN_STARTED


@pytest.mark.parametrize("effect", Effect)
def test_every_effect_says_something_of_a_parcel_never_heard_of(effect: Effect) -> None:
    found = standing([replace(record("0:0", 0, BUYER), effect=effect)], now=NOW)
    silent = effect in {Effect.REGISTER, Effect.NOTE, Effect.RENUMBER}
    assert (found.stage is Stage.REGISTERED) == silent
    assert (found.last_code, found.moved_at) == ("0:0", START)
