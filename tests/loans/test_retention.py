"""Personal data goes when its time is over; what proves the money stays."""

from __future__ import annotations

import re

import pytest
import sqlalchemy
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DatabaseError

from gateway.core.authority import SERVICE
from gateway.loans import documents as documents_room
from gateway.loans import ending, identity, originals, queries, questionnaire, remarks, retention, signing, visits
from gateway.loans.applying import apply
from gateway.loans.documents import Kind
from gateway.loans.ending import By
from gateway.loans.lenders.decisions import take_view
from gateway.loans.lenders.ports import LenderStatus, LenderView
from gateway.loans.model import SigningWay
from gateway.loans.queries import Filters
from gateway.loans.reasons import EndReason
from gateway.loans.tables import agreements, documents, identity_checks, lender_views
from gateway.loans.visits import NewVisit
from tests.loans.house import CALLER, MANAGER, House
from tests.loans.paperwork import JPEG, PASSPORT, Paperwork
from tests.loans.seed import empty_row

PLANTED, PLANTED_PHONE = "Пурпуров Ждан", "+79035550177"


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


def test_whatever_anybody_wrote_of_the_buyer_is_nowhere_afterwards(house: House) -> None:
    """His name and phone in every field somebody can type them into: at once nowhere but sealed, or in a column that is
    emptied; and after the purge nowhere at all."""
    papers, terms = Paperwork(house), house.terms
    row = papers.agreed(SigningWay.COURIER, phone=PLANTED_PHONE, name=PLANTED)
    application = row.application_id
    house.do(MANAGER, lambda u: visits.order(u, terms, application, NewVisit(house.clock.now().date(), "10-14")))
    house.do(MANAGER, lambda u: visits.depart(u, application))
    house.do(MANAGER, lambda u: visits.come_back_empty(u, application, f"{PLANTED} не открыл, {PLANTED_PHONE}"))
    papers.courier_meets(application)
    house.do(MANAGER, lambda u: identity.check(u, terms, application, PASSPORT, True, f"у {PLANTED}"))
    papers.sign(application)
    said = f"{PLANTED}, тел. {PLANTED_PHONE}"
    keep = documents_room.keep
    house.do(MANAGER, lambda u: keep(u, terms, application, Kind.SIGNED, f"{PLANTED}.jpg", JPEG))
    house.do(MANAGER, lambda u: signing.find_fault(u, terms, application, f"подписал не {said}"))
    house.do(MANAGER, lambda u: originals.rejected(u, terms, application, f"не тот {said}"))
    decision = house.decisions(application)["rest"]
    told = LenderView(
        "X-1", 9, LenderStatus.DECLINED, "REJECTED", said.encode(), reason=f"отказано: {said}", wanted={"phone": said}
    )
    house.do(SERVICE, lambda u: take_view(u, terms, decision.id, told))
    for kind in remarks.Kind:
        house.do(MANAGER, lambda u, of=kind: remarks.keep(u, terms, application, of, f"{of.value}: {said}"))
    house.do(MANAGER, lambda u: ending.cancel(u, application, By.US, EndReason.IDENTITY))

    emptied = {("loan_visits", "note"), ("loan_identity_checks", "place"), ("loan_documents", "name")}
    assert set(everywhere(house)) == emptied
    opened = house.do(MANAGER, lambda u: queries.personal_of(u, terms, application))["remark"]
    assert opened.count(PLANTED) >= len(remarks.Kind), "until then whoever may read it does"

    house.later(days=1096)
    assert purge(house) == 1
    assert everywhere(house) == []
    with house.store.reading() as connection:
        check = connection.execute(select(identity_checks)).one()
    assert (check.place, check.typed_hash, check.typed_tail) == ("", "", "")
    assert (check.number_matches, check.photo_matches) == (1, 1), "that it was checked stays"
    assert house.do(MANAGER, lambda u: queries.personal_of(u, terms, application))["remark"] == ""


def everywhere(house: House) -> list[tuple[str, str]]:
    """(table, column) of every place the planted name or phone is to be read, in any table there is."""
    words = (PLANTED.split()[0].lower(), PLANTED_PHONE[2:])
    with house.store.reading() as connection:
        names = sqlalchemy.inspect(connection).get_table_names()
        rows = ((name, row) for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"')))
        return [
            (name, column)
            for name, row in rows
            for column, value in row._mapping.items()
            if any(word in readable(value) for word in words)
        ]


def readable(value: object) -> str:
    """A value as whoever opens the file reads it, escapes of JSON undone."""
    told = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return (told + re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), told)).lower()


def test_an_identity_check_is_emptied_and_never_edited(house: House) -> None:
    papers = Paperwork(house)
    papers.check(papers.agreed().application_id)
    for edited in ({"number_matches": 0}, {"typed_hash": "another"}, {"typed_hash": "", "photo_matches": 0}):
        with pytest.raises(DatabaseError, match="append-only"), house.store.unit() as unit:
            unit.connection.execute(identity_checks.update().values(edited))
    with pytest.raises(DatabaseError, match="append-only"), house.store.unit() as unit:
        unit.connection.execute(identity_checks.delete())


def test_the_same_words_are_kept_once_and_no_words_never(house: House) -> None:
    row = house.submitted()
    for words in ("Скоринг", " Скоринг\n", "", "\x00\u202e"):
        house.do(
            SERVICE, lambda u, w=words: remarks.keep(u, house.terms, row.id, remarks.Kind.LENDER, w, "lender:soap")
        )
    with house.store.reading() as connection:
        found = remarks.read(connection, house.terms, row.id)
    assert [(one.by, one.text) for one in found] == [("lender:soap", "Скоринг")]
    assert "Скоринг" not in repr(found)


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
