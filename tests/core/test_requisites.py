"""Requisites: vectors of the official texts, real banks' public accounts, and the numbers nobody has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import requisites as r
from gateway.core.errors import Refused

DIGITS = st.text(alphabet="0123456789", min_size=1, max_size=30)


def refused(check: Callable[..., str], *values: str) -> str:
    with pytest.raises(Refused) as caught:
        check(*values)
    return caught.value.code


# Order 515's own examples (the first three), and one computed by it with a letter in the sixth place.
@pytest.mark.parametrize(
    ("bic", "account"),
    [
        ("049805000", "30101810800000000746"),
        ("040305000", "40102810100000010001"),
        ("049805746", "40602810700000000025"),
        ("044541312", "30114B84600000000501"),
    ],
)
def test_the_key_of_the_official_examples(bic: str, account: str) -> None:
    assert r.check_account(account, bic) == account
    for digit in "0123456789":
        other = account[:8] + digit + account[9:]
        assert r.is_account(other, bic) == (digit == account[8])
        assert r.with_key(other, bic) == account


# Requisites these banks print on their own sites.
@pytest.mark.parametrize(
    ("bic", "account"),
    [
        ("044525225", "30101810400000000225"),
        ("044525593", "30101810200000000593"),
        ("044525974", "30101810145250000974"),
        ("044525187", "30101810700000000187"),
    ],
)
def test_real_correspondent_accounts(bic: str, account: str) -> None:
    assert r.check_correspondent(account, bic) == account


def test_one_wrong_digit_in_an_account_is_found() -> None:
    good = r.with_key("40702810000000012345", "044525225")
    assert refused(r.check_account, good[:-1] + "6", "044525225") == "requisites.account_key"


def test_the_key_depends_on_the_bank() -> None:
    good = r.with_key("40702810000000012345", "044525225")
    assert refused(r.check_account, good, "044525593") == "requisites.account_key"


def test_treasury_accounts_have_no_key_of_the_bank() -> None:
    assert r.check_account("03100643000000017300", "017003983") == "03100643000000017300"
    assert r.check_account("40702810000000000009", "044525225", "40102810145370000002")


def test_the_treasurys_single_account_has_the_regions_key() -> None:
    single = r.with_key("40102810045370000002", "017003983")
    assert r.check_correspondent(single, "017003983") == single
    assert refused(r.check_correspondent, single[:8] + str((int(single[8]) + 1) % 10) + single[9:], "017003983") == (
        "requisites.account_key"
    )


def test_a_clients_account_is_no_correspondent_account() -> None:
    assert refused(r.check_correspondent, "40702810000000000009", "044525225") == "requisites.correspondent"


@pytest.mark.parametrize(
    "account",
    ["", "4070281000000000000", "407028100000000000011", "4070281А000000000001", "0" * 20, "407028100000000D0001"],
)
def test_an_account_of_a_wrong_shape(account: str) -> None:
    assert refused(r.check_account, account, "044525225") == "requisites.account"


@given(
    st.from_regex(r"4[0-9]{4}[0-9ABCEHKMPTX][0-9]{14}", fullmatch=True),
    st.from_regex(r"04[0-9]{7}", fullmatch=True),
)
def test_exactly_one_key_fits(account: str, bic: str) -> None:
    fitting = [d for d in "0123456789" if r.is_account(account[:8] + d + account[9:], bic)]
    assert fitting == [r.with_key(account, bic)[8]]


@pytest.mark.parametrize("inn", ["7707083893", "7702070139", "500100732259", " 7707 083893 "])
def test_real_inn(inn: str) -> None:
    assert r.check_inn(inn) == "".join(inn.split())


@pytest.mark.parametrize(
    "inn", ["", "0000000000", "000000000000", "7707083894", "500100732258", "77070838", "٧٧٠٧٠٨٣٨٩٣", "77070838a3"]
)
def test_impossible_inn(inn: str) -> None:
    assert refused(r.check_inn, inn) == "requisites.inn"
    assert not r.is_inn(inn)


def inn_key(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 % 10)


@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True), st.from_regex(r"[1-9][0-9]{9}", fullmatch=True))
def test_inn_by_the_printed_weights(company: str, person: str) -> None:
    assert r.is_inn(company + inn_key(company, (2, 4, 10, 3, 5, 9, 4, 6, 8)))
    person += inn_key(person, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    person += inn_key(person, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    assert r.is_inn(person)


@pytest.mark.parametrize(
    ("kpp", "good"),
    [("770701001", True), ("7707AB001", True), ("007701001", False), ("77070100", False), ("7707аб001", False)],
)
def test_kpp(kpp: str, good: bool) -> None:
    assert r.is_kpp(kpp) is good
    if not good:
        assert refused(r.check_kpp, kpp) == "requisites.kpp"


@pytest.mark.parametrize(
    ("bic", "good"),
    [("044525225", True), ("017003983", True), ("000000000", False), ("144525225", False), ("04452522", False)],
)
def test_bic(bic: str, good: bool) -> None:
    assert r.is_bic(bic) is good
    if not good:
        assert refused(r.check_bic, bic) == "requisites.bic"


@pytest.mark.parametrize("ogrn", ["1027700132195", "1022200525819"])
def test_real_ogrn(ogrn: str) -> None:
    assert r.check_ogrn(ogrn) == ogrn
    assert refused(r.check_ogrn, ogrn[:-1] + str((int(ogrn[-1]) + 1) % 10)) == "requisites.ogrn"


@given(st.from_regex(r"3[0-9]{13}", fullmatch=True))
def test_ogrnip_has_one_control_digit_even_for_remainders_over_nine(body: str) -> None:
    good = body + str(int(body) % 13 % 10)
    assert r.is_ogrnip(good)
    assert not r.is_ogrnip(body + str((int(good[-1]) + 1) % 10))


@pytest.mark.parametrize("number", ["0" * 13, "0" * 15, "12345", "104770013219"])
def test_impossible_ogrn(number: str) -> None:
    assert refused(r.check_ogrn, number) == "requisites.ogrn"
    assert refused(r.check_ogrnip, number) == "requisites.ogrnip"


@pytest.mark.parametrize("uin", ["0", "1234"])
def test_uin_none_and_index(uin: str) -> None:
    assert r.check_uin(uin) == uin


@pytest.mark.parametrize("uin", ["", "0000", "0" * 20, "0" * 25, "123", "1234567890123456789X"])
def test_impossible_uin(uin: str) -> None:
    assert refused(r.check_uin, uin) == "requisites.uin"


@given(st.sampled_from([19, 24]).flatmap(lambda n: st.text(alphabet="123456789", min_size=n, max_size=n)))
def test_exactly_one_control_digit_fits_a_uin(body: str) -> None:
    assert sum(r.is_uin(body + digit) for digit in "0123456789") == 1


@given(DIGITS, DIGITS)
def test_no_check_ever_breaks_on_input(text: str, bic: str) -> None:
    for question in (r.is_inn, r.is_kpp, r.is_bic, r.is_ogrn, r.is_ogrnip, r.is_uin):
        assert question(text) in (True, False)
    assert r.is_account(text, bic) in (True, False)
    assert r.is_correspondent(text, bic) in (True, False)
