"""fc: tickets and their answers, when they are ready and how long, and every error."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from gateway.parcels.model import CarrierKey
from gateway.signing.parsing import parse
from tests.parcels.sandbox.house import House, batch_codes, error, first, named, paths
from tests.standards import need

QUARTER = timedelta(minutes=15)


def test_an_answer_has_the_shape_of_the_documented_one(house: House) -> None:
    samples = need("russianpost/samples")
    tracks = [house.sandbox.send(destination="170100").track for _ in range(2)]
    house.days_later(20)
    ticket = house.ticket(*tracks)
    assert paths(parse(ticket.content)) == paths(parse((samples / "fc_ticketResponse.xml").read_bytes()))
    house.clock.advance(QUARTER)
    reply = house.collect(first(ticket, "value").text or "")
    sample = parse((samples / "fc_answerByTicketResponse_two_items.xml").read_bytes())
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert paths(parse(reply.content)) == paths(sample)
    assert [item.get("Barcode") for item in named(reply, "Item")] == tracks
    for track, item in zip(tracks, named(reply, "Item"), strict=True):
        assert batch_codes(item) == [event.code for event in house.sandbox.events(track)]


def test_times_are_the_offices_own_without_offset(house: House) -> None:
    track = house.sandbox.send(destination="683000").track
    house.days_later(40)
    ticket = house.ordered(track)
    assert ticket == f"20261212090000000{house.sandbox.credentials().post_login}"
    assert house.ordered(track) != ticket
    house.clock.advance(QUARTER)
    reply = house.collect(ticket)
    assert first(reply, "value").get("DatePreparation") == "12.12.2026 09:15:00"
    last, event = named(reply, "Operation")[-1], house.sandbox.story(track)[-1]
    told = datetime.strptime(str(last.get("DateOper")), "%d.%m.%Y %H:%M:%S")
    assert told == (event.at + timedelta(hours=12)).replace(tzinfo=None)


def test_it_is_ready_after_a_while_and_kept_for_a_while(house: House) -> None:
    ticket = house.ordered(house.sandbox.send().track)
    house.clock.advance(QUARTER - timedelta(seconds=1))
    assert error(house.collect(ticket)) == "6"
    house.clock.advance(timedelta(seconds=1))
    assert len(named(house.collect(ticket), "Item")) == 1
    house.clock.advance(timedelta(hours=31, minutes=45))
    assert len(named(house.collect(ticket), "Item")) == 1
    house.clock.advance(timedelta(seconds=1))
    assert error(house.collect(ticket)) == "17"
    assert error(house.collect("20261101000000000nobody")) == "17"


def test_it_tells_what_was_so_when_it_was_prepared(house: House) -> None:
    track = house.sandbox.send().track
    ticket = house.ordered(track)
    house.days_later(1)
    assert batch_codes(named(house.collect(ticket), "Item")[0]) == ["1:1"]
    assert len(house.sandbox.events(track)) > 1


def test_a_parcel_nobody_knows_is_error_12_of_its_own(house: House) -> None:
    known = house.sandbox.send().track
    ticket = house.ordered("RA644000001RU", known)
    house.clock.advance(QUARTER)
    stranger, ours = named(house.collect(ticket), "Item")
    (wrong,) = stranger
    assert (wrong.tag, wrong.get("ErrorTypeID")) == ("{http://fclient.russianpost.org}Error", "12")
    assert batch_codes(ours) == ["1:1"]


def test_every_error_of_a_ticket(house: House) -> None:
    track = house.sandbox.send().track
    house.sandbox.behave(CarrierKey.POST, "internal", operation="ticket")
    asked: list[tuple[str, httpx.Response]] = [
        ("16", house.ticket(track)),
        ("2", house.ticket()),
        ("3", house.ticket(track, password="wrong")),
        ("18", house.ticket(*[track] * 3001)),
        ("20", house.ticket(track, language="FRA")),
        ("21", house.ticket(track + "0")),
        ("22", house.ticket(track, file_name="x" * 101)),
    ]
    for number, reply in asked:
        assert (reply.status_code, error(reply)) == (200, number)
    kind = {"Content-Type": "text/xml"}
    assert error(house.client.post(house.server.urls["batch"], content=b"<broken", headers=kind)) == "2"
    assert named(house.ticket(*[track] * 3000), "error") == []


def test_every_error_of_an_answer(house: House) -> None:
    ticket = house.ordered(house.sandbox.send().track)
    house.clock.advance(QUARTER)
    house.sandbox.behave(CarrierKey.POST, "internal")
    house.sandbox.behave(CarrierKey.POST, "not-ready")
    assert error(house.collect(ticket)) == "16"
    assert error(house.collect(ticket)) == "6"
    assert error(house.collect(ticket, login="nobody")) == "3"
    assert error(house.collect("")) == "2"
    assert named(house.collect(ticket), "error") == []


def test_without_a_contract_there_are_no_batches(house: House) -> None:
    house.sandbox.arrange(batch=False)
    assert error(house.ticket(house.sandbox.send().track)) == "3"


def test_large_replies_can_break_off(house: House) -> None:
    lot = house.sandbox.stock(501)
    tracks = [lot.track(serial) for serial in range(lot.count)]
    whole, small = house.ordered(*tracks), house.ordered(*tracks[:500])
    house.clock.advance(QUARTER)
    assert len(named(house.collect(whole), "Item")) == 501
    house.sandbox.arrange(large_replies_fail=500)
    with pytest.raises(httpx.RemoteProtocolError):
        house.collect(whole)
    assert len(named(house.collect(small), "Item")) == 500
