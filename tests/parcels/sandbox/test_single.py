"""rtm34: replies shaped as recorded ones, told as time passes, faults and the daily quota."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from gateway.parcels.sandbox.journey import Fate
from gateway.signing.parsing import parse
from tests.parcels.sandbox.house import COD, House, codes, first, named, paths
from tests.standards import need

DELIVERED = ["1:1", "8:1", "8:3", "8:4", "8:3", "8:4", "8:2", "2:1", "63:0"]


def test_a_history_has_the_shape_of_a_recorded_one(house: House) -> None:
    sample = paths(parse(need("russianpost/samples/rtm34_history_domestic_9ops_delivered.xml").read_bytes()))
    track = house.sandbox.send(destination="170100", cod=COD).track
    house.days_later(30)
    reply = house.history(track)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/soap+xml; charset=utf-8")
    ours = paths(parse(reply.content))
    assert ours <= sample
    assert {path.rpartition("}")[2] for path in sample - ours} == {
        "CountryFrom", "Id", "Code2A", "Code3A", "NameRU", "NameEN",
    }  # fmt: skip


def test_it_is_told_as_time_passes(house: House) -> None:
    track = house.sandbox.send(destination="170100", cod=COD).track
    seen = []
    for _ in range(20):
        seen.append(codes(house.history(track)))
        house.days_later(1)
    assert seen[0] == ["1:1"] and seen[-1] == DELIVERED
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(seen))


def test_the_first_record_says_all_and_later_ones_nothing(house: House) -> None:
    track = house.sandbox.send(destination="683000", cod=COD, declared=COD, mass=291).track
    house.days_later(40)
    reply = house.history(track)
    payments = [one.text for one in named(reply, "Payment")]
    assert payments == [str(COD.kopecks), "0", "0", "0", "0"]
    assert first(reply, "Mass").text == "291"
    dates = [one.text or "" for one in named(reply, "OperDate")]
    assert dates[0] == "2026-11-02T09:00:00.000+03:00" and dates[-1].endswith(".000+12:00")
    assert datetime.fromisoformat(dates[-1]).astimezone(UTC) == house.sandbox.story(track)[-1].at
    assert [one.text for one in named(reply, "Rcpn")] == [None] * len(dates)


@pytest.mark.parametrize("track", ["RA644000001RU", "10725878901235", "80100000000020"])
def test_a_parcel_nobody_knows_has_an_empty_history(house: House, track: str) -> None:
    reply = house.history(track)
    assert reply.status_code == 200 and len(first(reply, "OperationHistoryData")) == 0
    assert len(first(house.money(track), "PostalOrderEventsForMaiOutput")) == 0


def test_a_notice_has_no_history_of_its_own(house: House) -> None:
    assert codes(house.history(house.sandbox.send().track, kind="1")) == []


def test_money_is_told_of_as_the_post_documents_it(house: House) -> None:
    sample = parse(need("russianpost/samples/rtm34_PostalOrderEventsForMail_response.xml").read_bytes())
    track = house.sandbox.send(destination="683000", cod=COD).track
    assert named(house.money(track), "PostalOrderEvent") == []
    house.clock.at = house.sandbox.story(track)[-2].at
    (accepted,) = named(house.money(track), "PostalOrderEvent")
    assert (accepted.get("EventType"), accepted.get("IndexEvent")) == ("1", "683000")
    house.days_later(1)
    reply = house.money(track)
    assert paths(parse(reply.content)) == paths(sample)
    paid = named(reply, "PostalOrderEvent")[1]
    assert (paid.get("EventType"), paid.get("IndexEvent"), paid.get("SumPaymentForward")) == ("3", "101000", "234000")
    assert paid.get("Number") == accepted.get("Number")
    at = datetime.fromisoformat(str(paid.get("EventDateTime")))
    assert at == house.clock.at and at.utcoffset() == timedelta(hours=3)


def test_no_cash_no_events(house: House) -> None:
    long_ago = house.clock.at - timedelta(days=90)
    for plan in (house.sandbox.send(sent=long_ago, cod=COD, fate=Fate.RETURNED), house.sandbox.send(sent=long_ago)):
        assert named(house.money(plan.track), "PostalOrderEvent") == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"password": "wrong"}, "AuthorizationFaultReason"),
        ({"language": "FRA"}, "LanguageFaultReason"),
        ({"track": "1410219206935"}, "OperationHistoryFaultReason"),
    ],
)
def test_faults_come_as_http_500(house: House, changes: dict[str, str], fault: str) -> None:
    track = changes.pop("track", house.sandbox.send().track)
    reply = house.history(track, **changes)
    assert (reply.status_code, reply.headers["Content-Type"]) == (500, "application/soap+xml; charset=utf-8")
    assert first(reply, "Detail")[0].tag == f"{{http://russianpost.org/operationhistory/data}}{fault}"
    assert house.sandbox.calls(house.sandbox.plan(house.sandbox.send().track).carrier)[0].outcome == fault[:-6]


def test_the_money_service_has_a_fault_of_its_own(house: House) -> None:
    reply = house.money(house.sandbox.send().track, login="nobody")
    assert reply.status_code == 500
    assert first(reply, "PostalOrderEventsForMailError").get("ErrorID") == "InvalidLoginOrPassword"


def test_so_many_calls_a_day_are_free(house: House) -> None:
    house.sandbox.arrange(daily_quota=3)
    track = house.sandbox.send().track
    assert [house.history(track).status_code for _ in range(2)] == [200, 200]
    assert house.history(track, password="wrong").status_code == 500  # not let in, not counted
    assert house.money(track).status_code == 200
    spent = house.history(track)
    assert spent.status_code == 500 and "лимит" in (first(spent, "OperationHistoryFaultReason").text or "")
    house.clock.at = datetime(2026, 11, 2, 21, 0, tzinfo=UTC)  # midnight in Moscow
    assert house.history(track).status_code == 200
    house.sandbox.arrange(daily_quota=0)
    assert [house.history(track).status_code for _ in range(4)] == [200] * 4


def test_another_content_type_or_version_is_not_taken(house: House) -> None:
    url, kind = house.server.urls["single"], {"Content-Type": "application/soap+xml"}
    assert house.client.post(url, content=b"<a/>").status_code == 415
    assert house.client.post(url, content=b"<a/>", headers=kind).status_code == 500
    assert house.client.get(url).status_code == 405
    assert house.client.post(f"{url}x", content=b"<a/>", headers=kind).status_code == 404
