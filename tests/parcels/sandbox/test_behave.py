"""What goes wrong goes wrong for real, as often as it was ordered and for whom."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from gateway.core.errors import Corrupt, Refused
from gateway.parcels.model import CarrierKey
from gateway.parcels.post_codes import meaning_of
from gateway.signing.parsing import parse
from tests.parcels.sandbox.house import House, batch_codes, codes, error, first, named, statuses

POST, CDEK = CarrierKey.POST, CarrierKey.CDEK


@pytest.fixture
def track(house: House) -> str:
    track = house.sandbox.send(destination="683000").track
    house.days_later(40)
    return track


def test_silence_lasts_until_the_client_gives_up(house: House, track: str) -> None:
    house.sandbox.behave(POST, "silent")
    with pytest.raises(httpx.ReadTimeout):
        _impatient(house, track)
    assert codes(house.history(track))
    assert [call.outcome for call in house.sandbox.calls(POST)] == ["silent", ""]


def _impatient(house: House, track: str) -> None:
    house.client.timeout = httpx.Timeout(5.0, read=0.1)
    try:
        house.history(track)
    finally:
        house.client.timeout = httpx.Timeout(5.0)


def test_slow_is_late_and_whole(house: House, track: str) -> None:
    house.sandbox.behave(POST, "slow", seconds=0.15)
    with pytest.raises(httpx.ReadTimeout):
        _impatient(house, track)
    house.sandbox.behave(POST, "slow", seconds=0.05)
    assert codes(house.history(track))[0] == "1:1"


def test_calls_that_are_not_carried_out(house: House, track: str) -> None:
    house.sandbox.arrange(daily_quota=1)
    for name in ("not-received", "http-500", "throttled"):
        house.sandbox.behave(POST, name)
    with pytest.raises(httpx.RemoteProtocolError):
        house.history(track)
    page = house.history(track)
    assert (page.status_code, page.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    throttled = house.history(track)
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "30")
    assert house.history(track).status_code == 200  # the first the quota counts
    assert house.history(track).status_code == 500


@pytest.mark.parametrize(
    ("name", "codes_of_ours"),
    [
        ("garbled", {"xml.truncated", "xml.malformed", "xml.wrong_encoding"}),  # wherever the half falls
        ("dtd", {"xml.dtd"}),
        ("wrong-encoding", {"xml.wrong_encoding"}),
    ],
)
def test_replies_nobody_can_read(house: House, track: str, name: str, codes_of_ours: set[str]) -> None:
    house.sandbox.behave(POST, name, operation="history")
    reply = house.history(track)
    assert reply.status_code == 200
    with pytest.raises(Corrupt) as failed:
        parse(reply.content)
    assert failed.value.code in codes_of_ours


def test_a_malformed_record_stands_among_good_ones(house: House, track: str) -> None:
    honest = codes(house.history(track))
    house.sandbox.behave(POST, "malformed-record")
    told = house.history(track)
    assert codes(told) == [*honest[:-1], honest[-1], honest[-1]]
    dates = [one.text for one in named(told, "OperDate")]
    assert dates[-2] == "вчера" and dates.count("вчера") == 1


def test_lists_out_of_order_repeated_and_with_strangers(house: House, track: str) -> None:
    honest = codes(house.history(track))
    for name in ("out-of-order", "repeated", "unknown-code", "unknown-item"):
        house.sandbox.behave(POST, name)
    mixed = house.history(track)
    dates = [one.text or "" for one in named(mixed, "OperDate")]
    assert codes(mixed) != honest and sorted(codes(mixed)) == sorted(honest) and dates != sorted(dates)
    assert codes(house.history(track)) == [code for code in honest for _ in range(2)]
    assert codes(house.history(track)) == [*honest, "99:7"] and not meaning_of("99:7").known
    assert codes(house.history(track)) == []
    assert codes(house.history(track)) == honest


def test_late_records_come_a_day_later(house: House) -> None:
    track = house.sandbox.send(destination="170100").track
    house.clock.at = house.sandbox.story(track)[3].at
    house.sandbox.behave(POST, "late", hours=1)
    assert len(codes(house.history(track))) == 3
    assert len(codes(house.history(track))) == 4


def test_batches_go_wrong_for_one_parcel(house: House, track: str) -> None:
    other = house.sandbox.send(destination="170100", sent=house.clock.at - timedelta(days=30)).track
    ticket = house.ordered(track, other)
    house.clock.advance(timedelta(minutes=15))
    house.sandbox.behave(POST, "unknown-item", track=other)
    house.sandbox.behave(POST, "malformed-record", track=track)
    house.history(track)  # another operation and parcel: none of the first; the second is used up here
    ours, theirs = named(house.collect(ticket), "Item")
    assert theirs[0].get("ErrorTypeID") == "12"
    assert batch_codes(ours) == [event.code for event in house.sandbox.events(track)]
    house.sandbox.behave(POST, "malformed-record", track=track, operation="answer")
    broken, whole = named(house.collect(ticket), "Item")
    assert [one.get("DateOper") for one in broken].count("вчера") == 1
    assert "вчера" not in [one.get("DateOper") for one in whole]


def test_the_count_and_the_operation_are_kept(house: House, track: str) -> None:
    house.sandbox.behave(POST, "http-500", 2, operation="ticket")
    assert house.history(track).status_code == 200
    assert house.ticket(track).status_code == 500
    assert house.sandbox.queued(POST) == [("http-500", 1)] and house.sandbox.queued(CDEK) == []
    assert [house.ticket(track).status_code for _ in range(2)] == [500, 200]
    house.sandbox.behave(POST, "silent")
    house.sandbox.be_honest()
    assert house.history(track).status_code == 200


def test_cdek_misbehaves_alike(house: House) -> None:
    token = house.token()
    track = house.sandbox.send(CDEK).track
    honest = statuses(house.cdek("orders", token, cdek_number=track))
    for name in ("throttled", "unknown-item", "unknown-code", "malformed-record", "garbled"):
        house.sandbox.behave(CDEK, name, operation="order")
    throttled, unknown, stranger, broken, half = (house.cdek("orders", token, cdek_number=track) for _ in range(5))
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "30")
    assert unknown.status_code == 400
    assert statuses(stranger) == ["99:7", *honest]
    assert [one["date_time"] for one in broken.json()["entity"]["statuses"]].count("вчера") == 1
    with pytest.raises(ValueError, match=r".+"):
        half.json()


@pytest.mark.parametrize(
    ("name", "count", "options", "code"),
    [
        ("sulk", 1, {}, "sandbox.unknown_behaviour"),
        ("silent", 0, {}, "sandbox.bad_option"),
        ("silent", 1, {"seconds": 3}, "sandbox.unknown_option"),
        ("slow", 1, {"seconds": "soon"}, "sandbox.bad_option"),
        ("silent", 1, {"operation": "delivery"}, "sandbox.bad_option"),
    ],
)
def test_only_what_is_known_can_be_ordered(
    house: House, name: str, count: int, options: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        house.sandbox.behave(POST, name, count, **options)
    assert refused.value.code == code and refused.value.text("ru")


def test_cdek_has_no_batches_to_spoil(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.sandbox.behave(CDEK, "not-ready")
    assert refused.value.code == "sandbox.unknown_behaviour"


def test_errors_of_the_service_itself(house: House, track: str) -> None:
    house.sandbox.behave(POST, "internal", operation="ticket")
    assert error(house.ticket(track)) == "16"
    assert first(house.ticket(track), "value").text
