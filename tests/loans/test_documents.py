"""Papers as files: sealed, of few kinds and of a bounded size, shown to few, missed by name."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from gateway.core.authority import Actor, Role
from gateway.core.errors import Corrupt, Refused
from gateway.loans import documents
from gateway.loans.documents import MOST, Kind
from gateway.loans.model import ApplicationState, SigningWay
from gateway.loans.tables import documents as table
from gateway.store.schema import AnyRow, alarms
from tests.loans.house import ACCOUNTANT, CALLER, MANAGER, House
from tests.loans.paperwork import JPEG, PDF, Paperwork, agreement_view

PNG = b"\x89PNG\r\n\x1a\nscan"


@pytest.fixture
def papers(house: House) -> Paperwork:
    return Paperwork(house)


def keep(papers: Paperwork, application_id: str, kind: Kind, content: bytes = JPEG, name: str = "scan.jpg") -> str:
    return papers.house.do(MANAGER, lambda u: documents.keep(u, papers.terms, application_id, kind, name, content))


def stored(papers: Paperwork) -> list[AnyRow]:
    with papers.house.store.reading() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def open_alarms(papers: Paperwork) -> list[str]:
    with papers.house.store.reading() as connection:
        query = select(alarms.c.subject).where(alarms.c.code == "loan.document_missing", alarms.c.state == "open")
        return list(connection.execute(query).scalars())


def test_the_bytes_are_sealed_and_come_back_as_they_were(papers: Paperwork) -> None:
    row = papers.agreed()
    document_id = keep(papers, row.application_id, Kind.SIGNED)
    kept = stored(papers)[-1]
    assert JPEG not in kept.sealed
    assert (kept.sha256, kept.size, kept.media_type) == (hashlib.sha256(JPEG).hexdigest(), len(JPEG), "image/jpeg")
    found = papers.house.do(MANAGER, lambda u: documents.opened(u, papers.terms, document_id))
    assert (found.content, found.name) == (JPEG, "scan.jpg")
    assert papers.house.journalled("loan.document_shown")


def test_people_of_a_shop_fill_nothing_up(papers: Paperwork, monkeypatch: pytest.MonkeyPatch) -> None:
    row, house = papers.agreed(), papers.house

    def bring(actor: Actor, content: bytes) -> str:
        kept = documents.keep
        return house.do(actor, lambda u: kept(u, papers.terms, row.application_id, Kind.OTHER, "s.jpg", content))

    brought = [bring(house.clerk, JPEG + bytes([n])) for n in range(documents.MOST_FILES - 1)]  # with the lender's PDF
    with pytest.raises(Refused) as caught:
        bring(house.boss, JPEG + b"more")
    assert caught.value.code == "loan.document_too_many"
    assert bring(house.clerk, JPEG + bytes([0])) == brought[0], "the same again takes no room"
    assert bring(MANAGER, JPEG + b"ours"), "our own people may add what is missing"
    other = papers.agreed(number="КД-2", order="З-2").application_id
    monkeypatch.setattr(documents, "MOST_BYTES", 100)
    with pytest.raises(Refused) as caught:
        house.do(house.clerk, lambda u: documents.keep(u, papers.terms, other, Kind.OTHER, "s.jpg", JPEG + bytes(100)))
    assert caught.value.code == "loan.document_too_many"


def test_a_shop_brings_no_signed_papers_of_another_s_signing(papers: Paperwork) -> None:
    row, house = papers.agreed(SigningWay.COURIER), papers.house
    given = (papers.terms, row.application_id, Kind.SIGNED, "s.jpg", JPEG)
    assert house.refused(house.boss, lambda u: documents.keep(u, *given)).code == "loan.not_at_shop"
    assert house.do(MANAGER, lambda u: documents.keep(u, *given))


def test_the_same_bytes_are_the_same_document(papers: Paperwork) -> None:
    row = papers.agreed()
    first = keep(papers, row.application_id, Kind.SIGNED)
    assert keep(papers, row.application_id, Kind.SIGNED) == first
    assert keep(papers, row.application_id, Kind.OTHER) != first
    assert len(stored(papers)) == 3  # with the lender's PDF


def test_moved_or_altered_bytes_do_not_open(papers: Paperwork) -> None:
    row = papers.agreed()
    first = keep(papers, row.application_id, Kind.SIGNED)
    second = keep(papers, row.application_id, Kind.WAYBILL, PNG)
    with papers.house.store.unit() as unit:
        sealed = unit.connection.execute(select(table.c.sealed).where(table.c.id == second)).scalar_one()
        unit.update(table, first, sealed=sealed)
        unit.commit()
    with pytest.raises(Corrupt, match="does not open"):
        papers.house.do(MANAGER, lambda u: documents.opened(u, papers.terms, first))


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        (Kind.SIGNED, b"", "loan.document_empty"),
        (Kind.SIGNED, b"MZ\x90 program", "loan.document_type"),
        (Kind.SIGNED, b"<html>", "loan.document_type"),
        (Kind.AGREEMENT, JPEG, "loan.document_type"),
        (Kind.SIGNED, JPEG + b"\0" * MOST, "loan.document_too_large"),
    ],
)
def test_what_is_no_paper_is_refused_by_name(papers: Paperwork, kind: Kind, content: bytes, code: str) -> None:
    row = papers.agreed()
    said = papers.house.refused(
        MANAGER, lambda u: documents.keep(u, papers.terms, row.application_id, kind, "x", content)
    )
    assert said.code == code


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\passwd.jpg", "passwd.jpg"),
        ("/etc/shadow", "shadow.jpg"),
        ("скан №1 (копия).jpg", "скан №1 (копия).jpg"),
        ("a\r\nSet-Cookie: b", "a_Set-Cookie_ b.jpg"),
        ("...", "signed.jpg"),
        ("", "signed.jpg"),
        ("я" * 500, "я" * 120 + ".jpg"),
        ("акт.hta", "акт.hta.jpg"),
        ("акт.pdf", "акт.pdf.jpg"),
        ("СКАН.JPEG", "СКАН.jpeg"),
    ],
)
def test_a_name_is_a_name_and_nothing_else(papers: Paperwork, given: str, kept: str) -> None:
    row = papers.agreed()
    keep(papers, row.application_id, Kind.SIGNED, name=given)
    assert stored(papers)[-1].name == kept


def test_papers_of_an_agreement_need_one(papers: Paperwork) -> None:
    row = papers.accepted()
    said = papers.house.refused(MANAGER, lambda u: documents.keep(u, papers.terms, row.id, Kind.SIGNED, "s.jpg", JPEG))
    assert said.code == "loan.no_agreement"
    keep(papers, row.id, Kind.PASSPORT)


_SHOP = {Role.SHOP_MANAGER, Role.SHOP_CLERK}
_SEEN_BEFORE = {
    Kind.AGREEMENT: {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER} | _SHOP,
    Kind.SIGNED: {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER} | _SHOP,
    Kind.PASSPORT: {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER} | _SHOP,
    Kind.PORTRAIT: {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER} | _SHOP,
}
_SEEN_AFTER = {
    Kind.AGREEMENT: {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER, Role.SHOP_MANAGER},
    Kind.SIGNED: {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER, Role.SHOP_MANAGER},
    Kind.PASSPORT: {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER},
    Kind.PORTRAIT: {Role.MANAGER, Role.CALL_CENTRE, Role.OWNER},
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_needs_and_the_shop_no_passport_once_it_is_in_force(role: Role) -> None:
    actor = Actor("Кто-то", role, party="s1" if role in _SHOP else "")
    for state in ApplicationState:
        before = state in (ApplicationState.APPROVED, ApplicationState.ACCEPTED, ApplicationState.AGREED)
        for kind in (Kind.AGREEMENT, Kind.SIGNED, Kind.PASSPORT, Kind.PORTRAIT):
            # ours see the same at any time; a shop's people less once the loan is in force, or was never agreed on
            allowed = (_SEEN_BEFORE if before else _SEEN_AFTER)[kind]
            assert documents.may_open(actor, state, kind) == (role in allowed), (state, kind)


def test_another_shops_papers_are_not_there_and_hidden_ones_do_not_open(papers: Paperwork) -> None:
    row = papers.signed()
    document_id = keep(papers, row.application_id, Kind.PASSPORT)
    opened = documents.opened
    said = papers.house.refused(papers.house.stranger, lambda u: opened(u, papers.terms, document_id))
    assert said.code == "loan.not_found"
    for actor in (papers.house.clerk, papers.house.boss, ACCOUNTANT):  # the loan is in force
        said = papers.house.refused(actor, lambda u: opened(u, papers.terms, document_id))
        assert said.code == "loan.document_hidden"
    assert papers.house.do(CALLER, lambda u: opened(u, papers.terms, document_id)).content == JPEG
    said = papers.house.refused(MANAGER, lambda u: opened(u, papers.terms, "nothing"))
    assert said.code == "loan.document_unknown"


def test_a_list_says_what_may_be_opened(papers: Paperwork) -> None:
    row = papers.signed()
    keep(papers, row.application_id, Kind.PASSPORT)
    application = papers.house.row(row.application_id)
    with papers.house.store.reading() as connection:
        seen = documents.listed(connection, papers.house.clerk, application)
        ours = documents.listed(connection, MANAGER, application)
    assert [(paper.kind, paper.readable) for paper in seen] == [(Kind.AGREEMENT, False), (Kind.PASSPORT, False)]
    assert all(paper.readable for paper in ours)
    assert [paper.size for paper in ours] == [len(PDF), len(JPEG)]


def test_purged_papers_are_gone_and_listed_as_such(papers: Paperwork) -> None:
    row = papers.agreed()
    document_id = keep(papers, row.application_id, Kind.SIGNED)
    with papers.house.store.unit() as unit:
        unit.update(table, document_id, sealed=b"")
        unit.commit()
    said = papers.house.refused(MANAGER, lambda u: documents.opened(u, papers.terms, document_id))
    assert said.code == "loan.document_purged"
    with papers.house.store.reading() as connection:
        paper = documents.listed(connection, MANAGER, papers.house.row(row.application_id))[-1]
    assert (paper.purged, paper.readable) == (True, False)


def test_a_missing_pdf_and_a_missing_scan_are_alarmed_until_they_come(papers: Paperwork) -> None:
    application = papers.accepted(order="A-1")

    papers.take(application.id, agreement_view("КД-7"))
    signed = papers.signed(SigningWay.CLERK, order="A-2")
    assert papers.house.do(MANAGER, documents.watch) == 0
    papers.house.later(days=2)
    assert papers.house.do(MANAGER, documents.watch) == 2
    assert set(open_alarms(papers)) == {f"loan:{application.id}:agreement", f"loan:{signed.application_id}:signed"}
    keep(papers, application.id, Kind.AGREEMENT, PDF, "a.pdf")
    keep(papers, signed.application_id, Kind.SIGNED)
    assert papers.house.do(MANAGER, documents.watch) == 0
    assert open_alarms(papers) == []


def test_the_site_of_a_shop_sees_no_paper(papers: Paperwork) -> None:
    row = papers.agreed()
    document_id = keep(papers, row.application_id, Kind.WAYBILL)
    with pytest.raises(Refused) as caught:
        papers.house.do(papers.house.site, lambda u: documents.opened(u, papers.terms, document_id))
    assert caught.value.code == "loan.document_hidden"
