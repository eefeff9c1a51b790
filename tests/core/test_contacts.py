"""Phone numbers and mail addresses as people type them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.contacts import check_email, check_phone
from gateway.core.errors import Refused


@pytest.mark.parametrize(
    "typed",
    [
        "+79161231234",
        "89161231234",
        "79161231234",
        "9161231234",
        "8 (916) 123-12-34",
        "+7 916 123–12–34",
        " +7.916.123.12.34 ",
        "8\u00a0916\u202f123 12 34",
    ],
)
def test_spellings_of_one_number_meet(typed: str) -> None:
    assert check_phone(typed) == "+79161231234"


@pytest.mark.parametrize("typed", ["+74951234567", "84951234567", "8 (495) 123-45-67"])
def test_a_landline_is_a_number(typed: str) -> None:
    assert check_phone(typed) == "+74951234567"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "916123123",
        "+7916123123456",
        "+77011234567",  # Kazakhstan
        "+12025550123",
        "+375291234567",
        "88001234567",  # nobody answers a call-back there
        "8 916 CALL-ME-0",
        "+7916123１２３４",  # full-width digits
        "8 916 123 12 34 доб. 5",
        "0000000000",
        "+7916+1231234",
        "(((((-----)))))",
    ],
)
def test_what_is_none_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        check_phone(typed)
    assert caught.value.code == "phone.wrong"
    assert not caught.value.values


@given(st.from_regex(r"9(?:0[0-68]|1[0-9]|2[0-9]|6[0-9]|8[0-9])[0-9]{7}", fullmatch=True))
def test_a_checked_number_is_checked_again_unchanged(national: str) -> None:
    checked = check_phone(national)
    assert check_phone(checked) == checked == "+7" + national


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        assert re.fullmatch(r"\+7[0-9]{10}", check_phone(text))
    except Refused as refused:
        assert refused.code == "phone.wrong"


@pytest.mark.parametrize("typed", ["a@b.ru", " zakaz@shop.example ", "иван@почта.рф", "a.b+c@d-e.co"])
def test_an_address_is_kept_without_spaces_around_it(typed: str) -> None:
    assert check_email(typed) == typed.strip()


@pytest.mark.parametrize("typed", ["", "a", "a@b", "@b.ru", "a b@c.ru", "a@@b.ru", "Иван <a@b.ru>", "a@.ru"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        check_email(typed)
    assert caught.value.code == "email.wrong"
