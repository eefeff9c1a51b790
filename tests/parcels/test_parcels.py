"""Entering parcels, and what people put right about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.core.authority import Actor, Role
from gateway.core.errors import Conflict, Refused
from gateway.core.money import Money
from gateway.notify import consents
from gateway.notify.model import ConsentSource, NotificationChannel
from gateway.notify.terms import NotifyTerms
from gateway.parcels import contacts, ending, links, retention
from gateway.parcels.model import CarrierKey, EndedHow
from gateway.parcels.parcels import Put, in_control
from gateway.parcels.tables import links as link_rows
from gateway.parcels.tables import parcels
from tests.parcels.house import CDEK, COMPANY, FEED, MANAGER, OTHER, PACKER, THIRD, TRACK, House

NOTIFY = NotifyTerms("ООО «Ромашка»")


def codes(done: Put) -> list[str]:
    return [warning.code for warning in done.warnings]


def test_a_parcel_is_entered_once_and_filled_in_where_it_was_empty(house: House) -> None:
    first = house.put("1410 2192 0693 53", email="", cod=Money(0))
    assert (first.outcome, first.warnings) == ("taken", ())
    row = house.row(first.id)
    assert (row.track, row.carrier, row.phone, row.region, row.offset_minutes, row.cod_state, row.watch) == (
        TRACK, "post", "+79161234567", "69", 180, "none", "active",
    )  # fmt: skip
    again = house.put(email="anna@example.ru", cod=Money(99_000), name="Петрова Ольга")
    assert (again.id, again.outcome) == (first.id, "changed")
    assert [(w.code, w.values) for w in again.warnings] == [("parcel.differs", {"field": "name"})]
    row = house.row(first.id)
    assert (row.name, row.email, row.cod, row.cod_state) == ("Иванова Анна", "anna@example.ru", 99_000, "expected")
    third = house.put(email="anna@example.ru", cod=Money(99_000))
    assert (third.outcome, third.warnings) == ("known", ())
    assert house.row(first.id).version == row.version
    assert house.story(first.id) == ["entered", "filled_in"]
    assert not any("Иванова" in line.body or "916" in line.body for line in house.journalled())


def test_what_is_wrong_with_a_contact_keeps_no_parcel_from_being_watched(house: House) -> None:
    done = house.put("ra644000001ru", phone="12345", email="anna", index_to="999999", carrier=CarrierKey.CDEK)
    assert codes(done) == [
        "parcel.track_check_digit",
        "parcel.carrier_differs",
        "parcel.phone_wrong",
        "parcel.email_wrong",
        "parcel.index_unknown",
    ]
    row = house.row(done.id)
    assert (row.track, row.phone, row.email, row.watch) == ("RA644000001RU", "", "", "active")
    assert codes(house.put(OTHER, phone="+7 495 123-45-67")) == ["parcel.phone_wired"]
    assert house.row(house.put(CDEK).id).carrier == "cdek"
    for wrong in (Money(-1), Money(1_000_000_001)):
        with pytest.raises(Refused) as refused:
            house.put(THIRD, cod=wrong)
        assert refused.value.code == "parcel.sum_wrong"


def test_a_program_tells_of_its_own_shop_only(house: House) -> None:
    own = house.put(actor=FEED, shop="sofa")
    assert house.row(own.id).shop == "mebel"
    ours = house.put(OTHER)
    with pytest.raises(Refused) as refused:
        house.put(OTHER, actor=FEED)
    assert refused.value.code == "parcel.foreign"
    assert house.row(ours.id).shop == ""
    with pytest.raises(Refused) as refused:
        house.put(THIRD, actor=Actor("Б", Role.ACCOUNTANT))
    assert refused.value.code == "authority.missing"


def test_consent_comes_with_the_parcel(house: House) -> None:
    house.put(consent=True)
    house.put(OTHER, consent=True, phone="+7 495 123-45-67", email="")
    with house.store.reading() as connection:
        for channel, address in (
            (NotificationChannel.SMS, "+79161234567"),
            (NotificationChannel.EMAIL, "anna@example.ru"),
        ):
            said = consents.words(connection, COMPANY, address, channel)
            assert [word.source for word in said] == [ConsentSource.SHOP]
        assert not consents.words(connection, COMPANY, "+74951234567", NotificationChannel.SMS)


def test_the_control_group_is_told_from_the_id(house: House) -> None:
    house.terms = replace(house.terms, control_percent=50)
    numbers = [f"1410219206{n:04d}" for n in range(40)]
    ids = [house.put(number).id for number in numbers]
    control = [house.row(each).control for each in ids]
    assert control == [int(in_control(each, 50)) for each in ids]
    assert 5 < sum(control) < 35
    assert not any(in_control(each, 0) for each in ids)


def test_contacts_are_corrected_by_who_saw_them_last(house: House) -> None:
    done = house.put()
    seen = house.row(done.id)

    def correct(phone: str, version: int | None = None) -> None:
        house.do(
            MANAGER,
            lambda unit: contacts.set_contacts(
                unit, NOTIFY, done.id, name="Иванова Анна", phone=phone, email="", expected_version=version
            ),
        )

    correct("+7 926 000-11-22", seen.version)
    row = house.row(done.id)
    assert (row.phone, row.email, "+79260001122" in row.search) == ("+79260001122", "", True)
    with pytest.raises(Conflict):
        correct("+7 926 000-11-33", seen.version)
    with pytest.raises(Refused) as refused:
        correct("nobody")
    assert refused.value.code == "parcel.phone_wrong"
    house.do(MANAGER, lambda unit: contacts.mute(unit, house.terms, done.id, True))
    assert house.row(done.id).no_messages == 1
    house.do(MANAGER, lambda unit: contacts.mute(unit, house.terms, done.id, False))
    assert house.story(done.id) == ["entered", "contacts_changed", "muted", "unmuted"]
    with pytest.raises(Refused):
        house.do(PACKER, lambda unit: contacts.mute(unit, house.terms, done.id, True))


def test_a_link_leads_to_its_parcel_until_it_ends_or_is_revoked(house: House) -> None:
    done = house.put()
    made = [house.do(MANAGER, lambda unit: links.make(unit, house.terms, done.id)) for _ in range(2)]
    assert made[0] != made[1]
    tokens = [url.removeprefix("https://parcels.example/t/") for url in made]
    assert all(len(token) == 22 for token in tokens)

    def found(token: str) -> str | None:
        with house.store.reading() as connection:
            row = links.follow(connection, COMPANY, token, house.do(MANAGER, lambda unit: unit.at))
        return row.id if row else None

    assert [found(token) for token in tokens] == [done.id, done.id]
    assert found("x" * 22) is None and found("x" * 5000) is None
    with house.store.reading() as connection:
        kept = connection.execute(select(link_rows)).all()
    assert not any(token in str(row) for row in kept for token in tokens)
    house.clock.advance(timedelta(days=house.terms.link_days))
    assert [found(token) for token in tokens] == [None, None]
    fresh = house.do(MANAGER, lambda unit: links.make(unit, house.terms, done.id)).rpartition("/")[2]
    assert house.do(MANAGER, lambda unit: links.revoke(unit, done.id)) == 1
    assert found(fresh) is None
    silent = replace(house.terms, url="")
    assert house.do(MANAGER, lambda unit: links.make(unit, silent, done.id)) == ""


def test_personal_data_goes_after_its_time(house: House) -> None:
    done, other = house.put(), house.put(OTHER)
    house.do(MANAGER, lambda unit: links.make(unit, house.terms, done.id))
    house.do(MANAGER, lambda unit: ending.end(unit, done.id, EndedHow.REMOVED))
    house.clock.advance(timedelta(days=house.terms.retention_days + 1))
    assert house.do(MANAGER, lambda unit: retention.purge_due(unit, house.terms)) == 1
    assert house.do(MANAGER, lambda unit: retention.purge_due(unit, house.terms)) == 0
    row = house.row(done.id)
    assert (row.name, row.phone, row.email, row.address, row.search) == ("", "", "", "", f"{TRACK} к-17")
    assert row.purged_at and house.count(link_rows) == 0
    assert house.row(other.id).name
    assert house.put().outcome == "known"
    assert house.row(done.id).name == ""
    with pytest.raises(Refused) as refused:
        house.do(MANAGER, lambda unit: contacts.set_contacts(unit, NOTIFY, done.id, name="А", phone="", email=""))
    assert refused.value.code == "parcel.purged"
    assert house.count(parcels) == 2


def test_what_was_put_away_and_is_entered_again_stays_away_and_is_said_to(house: House) -> None:
    parcel = house.put().id
    house.do(MANAGER, lambda unit: ending.end(unit, parcel))
    assert codes(house.put()) == ["parcel.ended"]
    assert house.row(parcel).watch == "ended"
