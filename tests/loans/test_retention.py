"""Personal data goes when its time is over; what proves the money stays."""

from __future__ import annotations

from sqlalchemy import insert, select

from gateway.core.authority import SERVICE
from gateway.loans import ending, queries, questionnaire, retention
from gateway.loans.applying import apply
from gateway.loans.ending import By
from gateway.loans.queries import Filters
from gateway.loans.reasons import EndReason
from gateway.loans.tables import agreements, documents, lender_views
from tests.loans.house import CALLER, MANAGER, House
from tests.loans.seed import empty_row


def ended(house: House) -> str:
    """A cancelled application with an agreement, a paper of it and a lender's word."""
    row = house.submitted(order="З-1")
    house.agreement(row.id, passport_hash="h", passport_tail="456", live=0, loan=4_099_000, signing="signed")
    decision = house.decisions(row.id)["soap"]
    with house.store.unit() as unit:
        paper = {"id": "P1", "company": unit.company, "application_id": row.id, "sealed": b"sealed", "sha256": "ab"}
        paper |= {"kind": "passport", "name": "Иванов Иван, паспорт.pdf"}
        view = {"id": "V1", "company": unit.company, "decision_id": decision.id, "raw": b"raw", "digest": "d"}
        unit.connection.execute(insert(documents).values(**(empty_row(documents) | paper)))
        unit.connection.execute(insert(lender_views).values(**(empty_row(lender_views) | view)))
        unit.commit()
    house.do(MANAGER, lambda u: ending.cancel(u, row.id, By.BUYER, EndReason.CHANGED_MIND))
    return row.id


def purge(house: House) -> int:
    return house.do(SERVICE, lambda u: retention.purge_due(u, house.terms))


def test_it_goes_after_its_time_and_not_a_day_before(house: House) -> None:
    application_id, running = ended(house), house.apply("З-2").id
    house.later(days=1094, hours=23)
    assert purge(house) == 0
    house.later(hours=2)
    assert purge(house) == 1
    row = house.row(application_id)
    assert (row.buyer, row.questionnaire, row.phone_hash, row.surname_hash, row.passport_hash) == (b"", b"", "", "", "")
    assert row.content_hash == ""
    with house.store.reading() as connection:
        assert connection.execute(select(documents.c.sealed, documents.c.name)).all() == [(b"", "passport")]
        assert connection.execute(select(lender_views.c.raw)).scalars().all() == [b""]
        paper = connection.execute(select(agreements)).one()
    assert (paper.passport_hash, paper.passport_tail) == ("", "")
    assert house.row(running).buyer != b""


def test_what_proves_the_money_stays(house: House) -> None:
    application_id = ended(house)
    before = house.row(application_id)
    house.later(days=1096)
    purge(house)
    after = house.row(application_id)
    emptied = {"buyer", "questionnaire", "phone_hash", "surname_hash", "passport_hash", "content_hash", "purged_at"}
    assert {name for name, value in after._mapping.items() if value != before._mapping[name]} == emptied
    with house.store.reading() as connection:
        assert connection.execute(select(documents.c.sha256)).scalars().all() == ["ab"]
        assert connection.execute(select(agreements.c.loan)).scalars().all() == [4_099_000]
    (purged,) = house.journalled("loan.personal_purged")
    assert (purged.subject, purged.body) == (f"loan:{application_id}", '{"documents":1,"views":1}')


def test_a_second_round_finds_nothing(house: House) -> None:
    ended(house)
    house.later(days=1096)
    assert [purge(house), purge(house)] == [1, 0]
    assert len(house.journalled("loan.personal_purged")) == 1


def test_what_was_purged_is_shown_empty_and_applied_for_no_second_time(house: House) -> None:
    application_id = ended(house)
    house.later(days=1096)
    purge(house)
    assert house.do(MANAGER, lambda u: queries.personal_of(u, house.terms, application_id))["phone"] == ""
    assert house.do(MANAGER, lambda u: questionnaire.read(u, house.terms, application_id)).values == {}
    with house.store.reading() as connection:
        company, now = house.store.company, house.clock.now()
        page = queries.listed(connection, company, house.terms, CALLER, Filters(), now)
        assert [(item["buyer"], item["phone"]) for item in page.items] == [("", "")]
        for found in (Filters(phone="+79161231234"), Filters(surname="Иванов")):
            assert queries.listed(connection, company, house.terms, CALLER, found, now).total == 0
    again = house.do(SERVICE, lambda u: apply(u, house.terms, house.new("З-1", phone="+79160000000")))
    assert (again.id, again.known) == (application_id, True)
