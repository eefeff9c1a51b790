"""The passport is checked blind: typed, compared by hash, kept as three digits; twice wrong is the end."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from gateway.loans import identity, signing
from gateway.loans.model import SigningWay
from gateway.loans.tables import identity_checks, visits
from gateway.store.schema import AnyRow
from tests.loans.house import MANAGER, House
from tests.loans.paperwork import PASSPORT, Paperwork

WRONG = "4510123465"


@pytest.fixture
def papers(house: House) -> Paperwork:
    return Paperwork(house)


def checks(papers: Paperwork) -> list[AnyRow]:
    with papers.house.store.reading() as connection:
        return list(connection.execute(select(identity_checks).order_by(identity_checks.c.id)))


@pytest.mark.parametrize("typed", [PASSPORT, "45 10 123456", "4510 № 123456", "45-10-123456"])
def test_however_the_number_is_spaced_it_is_the_same(papers: Paperwork, typed: str) -> None:
    row = papers.agreed()
    assert papers.check(row.application_id, typed).ok
    assert papers.row(row.id).signing == "identity_checked"


def test_a_check_records_who_when_where_and_no_number(papers: Paperwork) -> None:
    row = papers.agreed()
    papers.check(row.application_id, WRONG, actor=papers.house.clerk)
    (kept,) = checks(papers)
    assert (kept.by, kept.way, kept.place) == (str(papers.house.clerk), "clerk", "Москва, Лесная, 5")
    assert (kept.typed_tail, kept.number_matches, kept.photo_matches) == ("465", 0, 1)
    assert kept.typed_hash == papers.terms.sealer.mark("passport", WRONG)
    assert not any(WRONG in line.body or PASSPORT in line.body for line in papers.house.journalled())


@pytest.mark.parametrize(("typed", "photo"), [(WRONG, True), (PASSPORT, False), (WRONG, False)])
def test_both_must_match_and_the_second_failure_stops(papers: Paperwork, typed: str, photo: bool) -> None:
    row = papers.agreed()
    first = papers.check(row.application_id, typed, photo)
    assert (first.ok, first.stopped) == (False, False)
    assert papers.row(row.id).signing == "documents_ready"
    second = papers.check(row.application_id, typed, photo)
    assert (second.ok, second.stopped) == (False, True)
    row = papers.row(row.id)
    assert (row.signing, row.identity_failures) == ("stopped", 2)
    assert len(papers.tasks("task.loan_stopped")) == 1
    assert len(checks(papers)) == 2
    said = papers.house.refused(
        MANAGER, lambda u: identity.check(u, papers.terms, row.application_id, PASSPORT, True, "здесь")
    )
    assert said.code == "state.illegal"
    assert papers.house.refused(MANAGER, lambda u: signing.sign(u, papers.terms, row.application_id)).code


def test_a_slip_may_be_put_right_once(papers: Paperwork) -> None:
    row = papers.agreed()
    papers.check(row.application_id, WRONG)
    assert papers.check(row.application_id).ok
    assert papers.sign(row.application_id).signing == "signed"


def test_a_courier_who_is_stopped_ends_his_visit(papers: Paperwork) -> None:
    row = papers.met(SigningWay.COURIER)
    papers.check(row.application_id, WRONG)
    papers.check(row.application_id, WRONG)
    with papers.house.store.reading() as connection:
        assert connection.execute(select(visits.c.result)).scalar_one() == "stopped"


@pytest.mark.parametrize("typed", ["", "451012345", "45101234567", "45101234５6", "451O123456", "серия"])
def test_what_is_no_number_is_no_attempt(papers: Paperwork, typed: str) -> None:
    row = papers.agreed()
    said = papers.house.refused(
        MANAGER, lambda u: identity.check(u, papers.terms, row.application_id, typed, True, "здесь")
    )
    assert said.code == "loan.passport_unreadable"
    assert typed not in str(said.values) or not typed
    assert papers.row(row.id).identity_failures == 0


def test_it_needs_a_place_and_a_number_to_compare_with(papers: Paperwork) -> None:
    row = papers.agreed()
    check = identity.check
    said = papers.house.refused(MANAGER, lambda u: check(u, papers.terms, row.application_id, PASSPORT, True, " "))
    assert said.code == "loan.place_missing"
    papers.put(row.id, passport_hash="")
    said = papers.house.refused(MANAGER, lambda u: check(u, papers.terms, row.application_id, PASSPORT, True, "тут"))
    assert said.code == "loan.passport_unknown"


def test_a_check_is_never_edited(papers: Paperwork) -> None:
    row = papers.agreed()
    papers.check(row.application_id, WRONG)
    with pytest.raises(DatabaseError), papers.house.store.unit() as unit:
        unit.connection.execute(identity_checks.update().values(number_matches=1))


@given(typed=st.text("0123456789", min_size=10, max_size=10))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_other_number_ever_passes(papers: Paperwork, typed: str) -> None:
    row = papers.put(papers.only().id, signing="documents_ready", identity_failures=0)
    assert papers.check(row.application_id, typed).ok == (typed == PASSPORT)
