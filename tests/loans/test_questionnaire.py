"""The questionnaire: checked field by field, saved as it is typed, sealed, sent when it is complete."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import catalogue
from gateway.core.errors import Conflict
from gateway.loans import questionnaire, submission
from gateway.loans.fields import FIELDS, Fault, birthday, faults_of, kept
from gateway.loans.personal import about_buyer, about_questionnaire
from gateway.loans.questionnaire import Sheet
from tests.loans.house import ANSWERS, CALLER, MANAGER, House

TODAY = date(2026, 11, 23)
GOOD = {name: kept(name, typed) for name, typed in ANSWERS.items()}


def save(house: House, application_id: str, version: int | None = None, **values: str) -> Sheet:
    return house.do(CALLER, lambda u: questionnaire.save(u, house.terms, application_id, values, version))


def codes(values: dict[str, str], today: date = TODAY) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in faults_of(values, today)]


def test_good_answers_are_kept_as_fields_write_them() -> None:
    assert GOOD["passport"] == "4510123456"
    assert GOOD["passport_code"] == "770-001"
    assert GOOD["birth_date"] == "1985-02-11"
    assert GOOD["phone"] == "+79161231234"
    assert GOOD["income"] == "85000.00"
    assert codes(GOOD) == []


def test_every_needed_field_is_missed_by_name() -> None:
    assert codes({}) == [(name, "loan.field.missing") for name, field in FIELDS.items() if field.needed]


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("surname", "Ivanov", "loan.field.name"),
        ("surname", "Иванов2", "loan.field.name"),
        ("surname", "Иванов--Петров", "loan.field.name"),
        ("name", "И" * 61, "loan.field.name"),
        ("birth_date", "31.02.1985", "loan.field.date"),
        ("birth_date", "1985", "loan.field.date"),
        ("birth_date", "2027-01-01", "loan.field.date"),
        ("birth_date", "1900-01-01", "loan.field.date"),
        ("birth_date", "24.11.2008", "loan.field.under_age"),
        ("passport", "45 10 12345", "loan.field.passport"),
        ("passport", "00 10 123456", "loan.field.passport"),
        ("passport", "45 10 000000", "loan.field.passport"),
        ("passport", "45x10 123456", "loan.field.passport"),
        ("passport_code", "77-001", "loan.field.passport_code"),
        ("passport_issued_on", "01.01.1990", "loan.field.passport_issued"),
        ("passport_issued_on", "24.11.2026", "loan.field.passport_issued"),
        ("registration_address", "М", "loan.field.line"),
        ("registration_address", "а" * 301, "loan.field.line"),
        ("phone", "123", "phone.wrong"),
        ("email", "нет", "email.wrong"),
        ("income", "0", "loan.field.income"),
        ("income", "много", "loan.field.income"),
        ("snils", "112-233-445 96", "loan.field.snils"),
        ("snils", "112233445", "loan.field.snils"),
        ("inn", "500100732258", "loan.field.inn"),
        ("inn", "7707083893", "loan.field.inn"),
    ],
)
def test_what_is_wrong_is_named_and_has_a_text(field: str, typed: str, code: str) -> None:
    assert (field, code) in codes(GOOD | {field: kept(field, typed)})
    assert catalogue.entries()[code]["ru"]


@pytest.mark.parametrize(
    ("field", "typed", "written"),
    [
        ("surname", "  Петров-Водкин ", "Петров-Водкин"),
        ("surname", "О'Коннор", "О'Коннор"),
        ("patronymic", "Мамед оглы", "Мамед оглы"),
        ("snils", "112-233-445 95", "11223344595"),
        ("snils", "001-001-998 00", "00100199800"),  # too old for check digits
        ("inn", "500100732259", "500100732259"),
        ("birth_date", "1985-02-11", "1985-02-11"),
        ("email", " a@b.ru ", "a@b.ru"),
        ("income", "45 000,50", "45000.50"),
    ],
)
def test_spellings_that_are_right(field: str, typed: str, written: str) -> None:
    assert kept(field, typed) == written
    assert field not in {name for name, _ in codes(GOOD | {field: written})}


@pytest.mark.parametrize(("key", "sound"), [(number, number == 95) for number in range(90, 100)])
def test_one_check_number_of_a_snils_is_right(key: int, sound: bool) -> None:
    assert (kept("snils", f"112-233-445 {key}") == f"112233445{key}") is sound


@pytest.mark.parametrize(
    ("born", "issued", "code"),
    [
        ("1985-02-11", "2005-02-10", "loan.field.passport_expired"),  # renewed neither at 20
        ("1981-08-20", "2001-09-01", "loan.field.passport_expired"),  # … nor at 45: 95 days ago
        ("1981-08-25", "2001-09-01", "loan.field.passport_due"),  # 90 days ago, the last of them
        ("1981-11-23", "2001-12-01", "loan.field.passport_due"),
        ("1981-11-24", "2001-12-01", None),
        ("1981-08-25", "2026-08-25", None),
        ("2006-11-24", "2021-01-01", None),
    ],
)
def test_a_passport_is_renewed_at_20_and_45(born: str, issued: str, code: str | None) -> None:
    values = GOOD | {"birth_date": born, "passport_issued_on": issued}
    expected = [] if code is None else [Fault("passport_issued_on", code, warning=True)]
    assert faults_of(values, TODAY) == expected


def test_who_was_born_on_the_29th_of_february_comes_of_age_in_march() -> None:
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)


def test_a_date_of_issue_that_is_none_is_no_ground_for_a_warning() -> None:
    values = GOOD | {"birth_date": "1981-08-20", "passport_issued_on": "вчера"}
    assert codes(values) == [("passport_issued_on", "loan.field.date")]


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=40)))
def test_anything_typed_is_kept_and_judged_and_keeping_it_twice_is_keeping_it_once(typed: dict[str, str]) -> None:
    once = {name: kept(name, text) for name, text in typed.items()}
    assert {name: kept(name, text) for name, text in once.items()} == once
    assert all(fault.field in FIELDS and fault.code in catalogue.entries() for fault in faults_of(once, TODAY))


# -- kept as it is typed ---------------------------------------------------------------------------------------------


def test_it_is_saved_piece_by_piece_right_or_wrong(house: House) -> None:
    row = house.reached()
    sheet = save(house, row.id, surname="Иванов", passport="45 10")
    assert (sheet.values["surname"], sheet.values["passport"]) == ("Иванов", "45 10")
    assert sheet.values["phone"] == "+79161231234"  # as the application came with it
    assert Fault("passport", "loan.field.passport") in sheet.faults
    again = save(house, row.id, sheet.version, passport="45 10 123456")
    assert again.values["surname"] == "Иванов"
    assert again.version == sheet.version + 1
    assert not again.complete


def test_the_same_again_changes_nothing(house: House) -> None:
    row = house.filled()
    before = len(house.journalled())
    sheet = save(house, row.id, **ANSWERS)
    assert (sheet.version, len(house.journalled())) == (row.version, before)


def test_a_stale_save_is_a_conflict(house: House) -> None:
    row = house.reached()
    save(house, row.id, row.version, surname="Иванов")
    late = house.refused(CALLER, lambda u: questionnaire.save(u, house.terms, row.id, {"surname": "П"}, row.version))
    assert isinstance(late, Conflict)


def test_an_unknown_field_and_a_buyer_not_reached_are_refused(house: House) -> None:
    row = house.reached()
    unknown = house.refused(CALLER, lambda u: questionnaire.save(u, house.terms, row.id, {"pin": "1"}))
    assert (unknown.code, unknown.values) == ("loan.unknown_field", {"field": "pin"})
    lead = house.apply("З-2")
    early = house.refused(CALLER, lambda u: questionnaire.save(u, house.terms, lead.id, {"surname": "Иванов"}))
    assert early.code == "loan.not_editable"


def test_what_is_kept_is_sealed_found_by_hash_and_journalled_without_content(house: House) -> None:
    row = house.filled()
    sealer = house.terms.sealer
    assert sealer.open(about_questionnaire(row.id), row.questionnaire)["passport"] == "4510123456"
    assert sealer.open(about_buyer(row.id), row.buyer) == {
        "phone": "+79161231234", "surname": "Иванов", "name": "Иван", "patronymic": "Петрович",
    }  # fmt: skip
    assert row.surname_hash == sealer.mark("surname", "ИВАНОВ")
    assert row.passport_hash == sealer.mark("passport", "4510 123456")
    in_the_open = repr([row._mapping, *(r._mapping for r in house.journalled())])
    for secret in ("4510123456", "Иванов", "Ромашка", "Лесная", "85000"):
        assert secret not in in_the_open
    (saved,) = house.journalled("loan.questionnaire_saved")
    assert '"passport"' in saved.body


def test_reading_it_is_journalled_with_who_and_which_and_nothing_else(house: House) -> None:
    row = house.filled()
    sheet = house.do(MANAGER, lambda u: questionnaire.read(u, house.terms, row.id))
    assert sheet.complete
    assert sheet.values["passport"] == "4510123456"
    assert "4510123456" not in repr(sheet)
    (read,) = house.journalled("loan.personal_read")
    assert (read.actor, read.subject, read.body) == ("manager:Марк", f"loan:{row.id}", '{"what":"questionnaire"}')


def test_nothing_is_sent_without_consent_to_the_text_in_force(house: House) -> None:
    row = house.reached()
    save(house, row.id, **ANSWERS)
    call = lambda u: submission.submit(u, house.terms, row.id, ("soap",))  # noqa: E731
    assert house.refused(CALLER, call).code == "loan.no_consent"
    sheet = house.do(CALLER, lambda u: questionnaire.consent(u, house.terms, row.id))
    assert (sheet.consent, sheet.complete) == ("2026-11", True)
    house.do(CALLER, lambda u: questionnaire.consent(u, house.terms, row.id))
    (agreed,) = house.journalled("loan.consented")
    assert (agreed.actor, agreed.body) == ("call_centre:Катя", '{"text":"2026-11"}')
    assert house.do(CALLER, call).state == "submitted"


def test_nothing_is_sent_with_a_fault_but_with_a_warning(house: House) -> None:
    row = house.filled()
    save(house, row.id, passport="45 10", income="")
    call = lambda u: submission.submit(u, house.terms, row.id, ("soap",))  # noqa: E731
    refused = house.refused(CALLER, call)
    assert (refused.code, refused.values) == ("loan.incomplete", {"fields": "passport, income"})
    sheet = save(house, row.id, passport="45 10 123456", income="1", passport_issued_on="2004-01-01")
    assert [fault.warning for fault in sheet.faults] == [True]
    assert house.do(CALLER, call).state == "submitted"


def test_what_goes_to_a_lender_is_every_field_that_is_filled(house: House) -> None:
    row = house.filled()
    assert questionnaire.for_lender(house.terms, row) == GOOD


def test_a_lender_who_wants_it_put_right_gets_it_again(house: House) -> None:
    row = house.submitted()
    edit = lambda u: questionnaire.save(u, house.terms, row.id, {"employer": "ООО «Лютик»"})  # noqa: E731
    assert house.refused(CALLER, edit).code == "loan.not_editable"
    house.answer(row.id, "soap", state="needs_info", wanted='{"employer":"?"}')
    house.do(CALLER, edit)
    assert house.do(CALLER, lambda u: submission.send_again(u, row.id)) == 1
    found = house.decisions(row.id)
    assert (found["soap"].state, found["soap"].wanted, found["rest"].state) == ("queued", "{}", "queued")
    assert len(house.left("loan.submit")) == 3
    assert house.do(CALLER, lambda u: submission.send_again(u, row.id)) == 0
