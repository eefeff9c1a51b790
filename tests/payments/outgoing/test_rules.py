"""The rules of a payment order, each by its own code and its own field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import catalogue
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.payments.outgoing.model import OrderDraft, OwnAccount, TaxFields
from gateway.payments.outgoing.rules import advise, complete, validate
from tests.payments.outgoing.desk import (
    ACCOUNT,
    BIC,
    CORR,
    DRAFT,
    PAYEE_ACCOUNT,
    PAYEE_BIC,
    TAX,
    TAX_DRAFT,
    TERMS,
    TODAY,
    draft,
)

PERSON_ACCOUNT = with_key("40817810000000000005", PAYEE_BIC)
TRADER_ACCOUNT = with_key("40802810000000000006", PAYEE_BIC)
PERSON_INN = "500100732259"
UIN = "18810192085432512980"


def errors(wanted: OrderDraft) -> list[tuple[str, str]]:
    return [(found.code, found.about) for found in validate(complete(wanted, TODAY), TERMS, TODAY)]


def advice(wanted: OrderDraft) -> list[str]:
    return [found.code for found in advise(complete(wanted, TODAY))]


RIGHT = {
    "an ordinary payment": DRAFT,
    "the single tax payment": TAX_DRAFT,
    "a person without an INN": draft(payee_account=PERSON_ACCOUNT, payee_inn="0", payee_kpp="0", payee_name="Иванов"),
    "a person with an INN": draft(payee_account=PERSON_ACCOUNT, payee_inn=PERSON_INN, payee_kpp=""),
    "a sole trader": draft(payee_account=TRADER_ACCOUNT, payee_inn=PERSON_INN, payee_kpp=""),
    "a company without a KPP": draft(payee_kpp="0"),
    "a foreign company": draft(payee_inn="12345"),
    "a foreign name with a no-break space": draft(payee_name="Horns\u00a0& Hoofs Ltd"),
    "a name of 160": draft(payee_name="Я" * 160),
    "a purpose of 210": draft(purpose=("НДС не облагается " * 20)[:210].rstrip(), vat=""),
    "the tenth day": draft(date=date(2026, 12, 3)),
    "ten days ago": draft(date=date(2026, 11, 13)),
    "six digits": draft(number="999999"),
    "a UIN": draft(uin=UIN),
    "no UIN written as zero": draft(uin="0"),
    "VAT said by the purpose": draft(purpose="За товар. Без налога (НДС)", vat=""),
    "VAT in Latin letters": draft(purpose="За товар, НДC 22%", vat=""),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_order_has_no_errors(name: str) -> None:
    assert errors(RIGHT[name]) == []


WRONG: dict[str, tuple[OrderDraft, str, str]] = {
    "nothing to pay": (draft(amount=Money(0)), "outgoing.amount", "amount"),
    "a negative sum": (draft(amount=Money(-1)), "outgoing.amount", "amount"),
    "more than the form holds": (draft(amount=Money(10**18)), "outgoing.amount_too_large", "amount"),
    "somebody else's account": (draft(account=PAYEE_ACCOUNT[:-1] + "0"), "outgoing.account_unknown", "account"),
    "letters in the number": (draft(number="УТ-5"), "outgoing.number", "number"),
    "seven digits": (draft(number="1234567"), "outgoing.number", "number"),
    "number zero": (draft(number="000"), "outgoing.number", "number"),
    "too old": (draft(date=date(2026, 11, 12)), "outgoing.date", "date"),
    "too early": (draft(date=date(2026, 12, 4)), "outgoing.date", "date"),
    "priority six": (draft(priority=6), "outgoing.priority", "priority"),
    "priority zero": (draft(priority=0), "outgoing.priority", "priority"),
    "a UIN with a wrong digit": (draft(uin=UIN[:-1] + "7"), "requisites.uin", "uin"),
    "an index for a UIN": (draft(uin="1234"), "requisites.uin", "uin"),
    "our own account": (
        replace(DRAFT, payee=replace(DRAFT.payee, account=ACCOUNT, bic=BIC, corr_account=CORR)),
        "outgoing.own_account", "payee.account",
    ),
    "no name": (draft(payee_name=" "), "outgoing.no_name", "payee.name"),
    "a name of 161": (draft(payee_name="Я" * 161), "outgoing.name_long", "payee.name"),
    "an emoji in the name": (draft(payee_name="ООО 🙂"), "outgoing.characters", "payee.name"),
    "a wrong control digit": (draft(payee_inn="7704596182"), "requisites.inn", "payee.inn"),
    "an INN of all zeros": (draft(payee_inn="0000000000"), "requisites.inn", "payee.inn"),
    "a company without an INN": (draft(payee_inn=""), "outgoing.no_inn", "payee.inn"),
    "a person's INN at a company's account": (
        draft(payee_inn=PERSON_INN, payee_kpp=""), "outgoing.inn_kind", "payee.inn",
    ),
    "a company's INN at a person's account": (
        draft(payee_account=PERSON_ACCOUNT), "outgoing.inn_kind", "payee.inn",
    ),
    "a company's INN at a sole trader's": (draft(payee_account=TRADER_ACCOUNT), "outgoing.inn_kind", "payee.inn"),
    "a KPP of letters": (draft(payee_kpp="77040100"), "requisites.kpp", "payee.kpp"),
    "a KPP with a person's INN": (
        draft(payee_account=TRADER_ACCOUNT, payee_inn=PERSON_INN), "outgoing.kpp_of_person", "payee.kpp",
    ),
    "eight digits of BIC": (draft(payee_bic="04452559"), "requisites.bic", "payee.bic"),
    "another bank's account": (draft(payee_account=PAYEE_ACCOUNT[:8] + str((int(PAYEE_ACCOUNT[8]) + 1) % 10)
                                     + PAYEE_ACCOUNT[9:]), "requisites.account_key", "payee.account"),
    "19 digits": (draft(payee_account=PAYEE_ACCOUNT[:-1]), "requisites.account", "payee.account"),
    "another bank's correspondent account": (
        draft(payee_corr_account="30101810800000000746"), "requisites.account_key", "payee.corr_account",
    ),
    "a client's account as correspondent": (
        draft(payee_corr_account=PAYEE_ACCOUNT), "requisites.correspondent", "payee.corr_account",
    ),
    "no correspondent account": (draft(payee_corr_account=""), "outgoing.no_corr_account", "payee.corr_account"),
    "no purpose": (draft(purpose=" ", vat=""), "outgoing.no_purpose", "purpose"),
    "a purpose of 211": (draft(purpose="НДС " + "я" * 207, vat=""), "outgoing.purpose_long", "purpose"),
    "a bell in the purpose": (draft(purpose="За\x07товар, без НДС"), "outgoing.characters", "purpose"),
    "Chinese in the purpose": (draft(purpose="За 茶, без НДС"), "outgoing.characters", "purpose"),
    "no word of VAT": (draft(purpose="За товар", vat=""), "outgoing.no_vat", "vat"),
    "VAT inside another word": (draft(purpose="За ссандсы", vat=""), "outgoing.no_vat", "vat"),
    "an unreadable rate": (draft(vat="много"), "vat.unreadable", "vat"),
    "tax fields of no tax": (draft(tax=TAX), "outgoing.tax_unwanted", "tax"),
    "a tax that is none": (draft(kind="tax", purpose="За товар, без НДС"), "outgoing.tax_unwanted", "tax"),
    "a tax without fields": (replace(TAX_DRAFT, tax=None), "outgoing.tax_missing", "tax"),
    "an ordinary payment to the treasury": (
        replace(TAX_DRAFT, kind="ordinary", tax=None), "outgoing.tax_missing", "tax",
    ),
    "a tax without the payee's KPP": (
        replace(TAX_DRAFT, payee=replace(TAX_DRAFT.payee, kpp="0")), "outgoing.tax_kpp", "payee.kpp",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_order_is_told_what_is_wrong_with_it_and_nothing_else(name: str) -> None:
    wanted, code, about = WRONG[name]
    assert errors(wanted) == [(code, about)]


TAX_WRONG: list[tuple[dict[str, Any], str]] = [
    ({"status": "02"}, "outgoing.tax_status"),
    ({"status": ""}, "outgoing.tax_status"),
    ({"kbk": "1820106120101000051"}, "outgoing.tax_kbk"),
    ({"kbk": "0" * 20}, "outgoing.tax_kbk"),
    ({"kbk": "0"}, "outgoing.tax_kbk"),
    ({"oktmo": "4538200"}, "outgoing.tax_oktmo"),
    ({"oktmo": "00000000"}, "outgoing.tax_oktmo"),
    ({"oktmo": "453820000001"}, "outgoing.tax_oktmo"),
    ({"basis": "тп"}, "outgoing.tax_basis"),
    ({"basis": "ТПП"}, "outgoing.tax_basis"),
    ({"period": "МС.13.2026"}, "outgoing.tax_period"),
    ({"period": "КВ.05.2026"}, "outgoing.tax_period"),
    ({"period": "ПЛ.03.2026"}, "outgoing.tax_period"),
    ({"period": "ГД.01.2026"}, "outgoing.tax_period"),
    ({"period": "31.02.2026"}, "outgoing.tax_period"),
    ({"period": ""}, "outgoing.tax_period"),
    ({"doc_no": ""}, "outgoing.tax_doc_no"),
    ({"doc_no": "1" * 16}, "outgoing.tax_doc_no"),
    ({"doc_date": "2026-11-23"}, "outgoing.tax_doc_date"),
    ({"doc_date": "30.02.2026"}, "outgoing.tax_doc_date"),
]


@pytest.mark.parametrize(("changes", "code"), TAX_WRONG, ids=[f"{c}-{next(iter(d.values()))}" for d, c in TAX_WRONG])
def test_tax_fields_one_by_one(changes: dict[str, str], code: str) -> None:
    (field,) = changes
    assert errors(replace(TAX_DRAFT, tax=replace(TAX, **changes))) == [(code, f"tax.{field}")]


@pytest.mark.parametrize(
    "tax",
    [
        TaxFields("01", TAX.kbk, "45382000", "ТП", "МС.10.2026", "0", "0"),
        TaxFields("01", TAX.kbk, "45382000001", "ЗД", "КВ.04.2026", "12/5-А", "20.11.2026"),
        TaxFields("13", TAX.kbk, "0", "0", "ПЛ.02.2026"),
        TaxFields("06", TAX.kbk, "45382000", "ДЕ", "10113000"),
        TaxFields("08", TAX.kbk, "45382000", "АП", "23.11.2026"),
        TaxFields("01", TAX.kbk, "45382000", "ТП", "ГД.00.2026"),
    ],
)
def test_tax_fields_as_people_really_fill_them(tax: TaxFields) -> None:
    assert errors(replace(TAX_DRAFT, tax=tax)) == []


def test_a_kindergarten_takes_money_without_a_code_of_income_the_tax_office_does_not() -> None:
    school = replace(TAX_DRAFT.payee, account="03224643450000007300")
    tax = TaxFields("08", "0", "45382000")
    assert errors(replace(TAX_DRAFT, payee=school, tax=tax)) == []
    assert errors(replace(TAX_DRAFT, tax=tax)) == [("outgoing.tax_kbk", "tax.kbk")]


@pytest.mark.parametrize("bic", ["", "04452"])
def test_our_own_bank_must_be_known(bic: str) -> None:
    terms = replace(TERMS, accounts={ACCOUNT: OwnAccount(ACCOUNT, bic)})
    assert [found.code for found in validate(complete(DRAFT, TODAY), terms, TODAY)] == ["outgoing.own_bank"]


def test_every_error_is_told_at_once() -> None:
    found = errors(draft(amount=Money(0), payee_name="", purpose="За товар", vat=""))
    assert [code for code, _ in found] == ["outgoing.amount", "outgoing.no_name", "outgoing.no_vat"]


def test_every_code_has_sentences_that_can_be_filled_in() -> None:
    for wanted, *_ in WRONG.values():
        for found in validate(complete(wanted, TODAY), TERMS, TODAY):
            assert found.code in catalogue.entries()
            for language in ("ru", "en"):
                assert "{" not in found.text(language) + found.hint(language)


def test_what_is_filled_in() -> None:
    whole = complete(draft(purpose="  Оплата  по счету 5 ", date=None, payee_kpp="0", payee_name="ООО\n«А»"), TODAY)
    assert whole.purpose == "Оплата по счету 5. В т.ч. НДС (22%) 2200-00"
    assert (whole.date, whole.payee.kpp, whole.payee.name) == (TODAY, "", "ООО «А»")
    assert complete(draft(purpose="Возврат.", vat="none"), TODAY).purpose == "Возврат. НДС не облагается"
    assert complete(draft(purpose="За товар, НДС 10%", vat="22"), TODAY).purpose == "За товар, НДС 10%"
    assert complete(TAX_DRAFT, TODAY).purpose == "Единый налоговый платеж"


@pytest.mark.parametrize(
    ("purpose", "codes"),
    [
        ("За товар, в т.ч. НДС (22%) 2200-00", []),
        ("За товар, в т.ч. НДС 22% - 2 200.00 руб.", []),
        ("За товар, в т.ч. НДС (22%) 2200-90", []),  # line by line rounding
        ("За товар, в т.ч. НДС (22%) 2033-33", ["outgoing.vat_sum"]),
        ("За товар, в т.ч. НДС (20%) 2033-33", ["outgoing.vat_rate"]),  # since 2026
        ("За товар, в т.ч. НДС (20/120) 2033-33", ["outgoing.vat_rate"]),
        ("За товар, НДС 10%", []),
        ("НДС (10%) 100-00, НДС (22%) 5-00", []),  # two rates: the sums are parts
        ("За товар, НДС не облагается", []),
        ("За товар, без НДС по счету 22 от 20.11.2026", []),
    ],
)
def test_vat_in_the_purpose(purpose: str, codes: list[str]) -> None:
    assert advice(draft(purpose=purpose, vat="")) == codes


def test_the_old_rate_was_right_in_its_year() -> None:
    old = complete(draft(purpose="НДС (20%) 2033-33", vat="", date=date(2025, 12, 30)), TODAY)
    assert [found.code for found in advise(old)] == []


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 4), date(2026, 12, 31)])
def test_a_day_off_is_told(day: date) -> None:
    assert advice(draft(date=day)) == ["outgoing.not_workday"]


@given(st.text(max_size=300), st.text(max_size=220))
def test_whatever_people_type_is_judged_and_nothing_breaks(name: str, purpose: str) -> None:
    whole = complete(draft(payee_name=name, purpose=purpose), TODAY)
    found = validate(whole, TERMS, TODAY)
    advise(whole)
    if not found:
        assert whole.payee.name.encode("cp1251") and len(whole.payee.name) <= 160
        assert whole.purpose.encode("cp1251") and len(whole.purpose) <= 210
        assert whole == complete(whole, TODAY), "completing twice changes nothing"
