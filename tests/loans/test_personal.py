"""Sealed values and keyed hashes: nothing opens in the wrong place, spellings meet, few see everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.authority import OUTSIDE, Actor, Role
from gateway.core.errors import Corrupt, Refused
from gateway.loans import queries
from gateway.loans.model import APPLICATION, ApplicationState
from gateway.loans.personal import Sealer, masked_name, masked_phone, sees_buyer, shown_buyer
from tests.loans.house import ACCOUNTANT, CALLER, DIRECTOR, MANAGER, WAREHOUSE, House

SEALER = Sealer(b"k" * 32)
BUYER = {"surname": "Иванов", "name": "Иван", "patronymic": "Петрович", "phone": "+79161231234"}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=8), st.text(max_size=30))
def test_what_is_sealed_opens_again(values: dict[str, str], about: str) -> None:
    assert SEALER.open(about, SEALER.seal(about, values)) == values


def test_the_same_values_are_sealed_differently_each_time_and_say_nothing() -> None:
    one, two = SEALER.seal("loan:1:buyer", BUYER), SEALER.seal("loan:1:buyer", BUYER)
    assert one != two
    assert "Иванов".encode() not in one


@pytest.mark.parametrize(
    ("about", "spoil", "sealer"),
    [
        ("loan:2:buyer", lambda sealed: sealed, SEALER),
        ("loan:1:questionnaire", lambda sealed: sealed, SEALER),
        ("loan:1:buyer", lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]), SEALER),
        ("loan:1:buyer", lambda sealed: bytes([sealed[0] ^ 1]) + sealed[1:], SEALER),
        ("loan:1:buyer", lambda sealed: sealed[:20], SEALER),
        ("loan:1:buyer", lambda sealed: sealed[:3], SEALER),
        ("loan:1:buyer", lambda sealed: sealed, Sealer(b"x" * 32)),
    ],
)
def test_moved_altered_cut_or_foreign_does_not_open(about: str, spoil: object, sealer: Sealer) -> None:
    sealed = spoil(SEALER.seal("loan:1:buyer", BUYER))  # type: ignore[operator]
    with pytest.raises(Corrupt) as caught:
        sealer.open(about, sealed)
    assert (caught.value.code, caught.value.values) == ("loan.unsealable", {"about": about})


def test_what_was_purged_is_empty_and_no_fault() -> None:
    assert SEALER.open("loan:1:buyer", b"") == {}
    assert SEALER.open_bytes("loan:1:document", b"") == b""


@pytest.mark.parametrize("key", [b"", b"k" * 31, b"k" * 33])
def test_a_key_has_32_bytes(key: bytes) -> None:
    with pytest.raises(Refused):
        Sealer(key)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "+79161231234", "8 (916) 123-12-34"),
        ("surname", "Фёдоров", " ФЕДОРОВ "),
        ("surname", "Соколова", "Cоколова"),  # a Latin C
        ("passport", "4510 123456", "45 10 № 123456"),
    ],
)
def test_spellings_of_one_value_have_one_hash(kind: str, one: str, other: str) -> None:
    assert SEALER.mark(kind, one) == SEALER.mark(kind, other) != ""


def test_hashes_of_other_kinds_values_and_keys_differ() -> None:
    marks = [
        SEALER.mark("surname", "Иванов"), SEALER.mark("name", "Иванов"), SEALER.mark("surname", "Иванова"),
        SEALER.mark("passport", "4510123456"), Sealer(b"x" * 32).mark("surname", "Иванов"), SEALER.digest("иванов"),
    ]  # fmt: skip
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize(("kind", "text"), [("phone", ""), ("phone", "12"), ("passport", "нет"), ("surname", "  ")])
def test_nothing_has_no_hash(kind: str, text: str) -> None:
    assert SEALER.mark(kind, text) == ""


def test_a_name_and_a_phone_are_masked() -> None:
    assert shown_buyer(BUYER, whole=False) == {"name": "И***в", "phone": "+7 *** ***-12-34"}
    assert shown_buyer(BUYER, whole=True) == {"name": "Иванов Иван Петрович", "phone": "+79161231234"}
    assert shown_buyer({}, whole=False) == {"name": "", "phone": ""}
    assert (masked_name("Ли"), masked_name("Цой"), masked_name("")) == ("Л***", "Ц***", "")
    assert masked_phone("") == ""


@pytest.mark.parametrize("state", sorted(APPLICATION.states))
@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_who_sees_the_buyer(role: Role, state: ApplicationState) -> None:
    before = state in {"lead", "callback", "questionnaire", "submitted", "approved", "accepted", "agreed"}
    expected = {
        Role.MANAGER: True, Role.CALL_CENTRE: True, Role.OWNER: True, Role.SHOP_MANAGER: before,
        Role.SHOP_CLERK: before,
    }.get(role, False)  # fmt: skip
    assert sees_buyer(Actor("x", role, party="s" if role in OUTSIDE else ""), state) is expected


def test_the_buyer_is_shown_to_who_may_and_that_is_journalled(house: House) -> None:
    row = house.filled()
    seen = [MANAGER, CALLER, house.boss, house.clerk]
    for actor in seen:
        shown = house.do(actor, lambda u: queries.personal_of(u, house.terms, row.id))
        assert (shown["name"], shown["phone"]) == ("Иванов Иван Петрович", "+79161231234")
        assert ("remark" in shown) is (actor.party == "")
    assert [r.actor for r in house.journalled("loan.personal_read")] == [str(actor) for actor in seen]
    for actor in (ACCOUNTANT, DIRECTOR, WAREHOUSE, house.site):
        assert house.refused(actor, lambda u: queries.personal_of(u, house.terms, row.id)).code == "authority.missing"
    stranger = house.refused(house.stranger, lambda u: queries.personal_of(u, house.terms, row.id))
    assert stranger.code == "loan.not_found"


def test_a_shop_sees_no_buyer_once_the_agreement_is_signed(house: House) -> None:
    row = house.filled()
    house.force(row.id, state="active")
    assert house.refused(house.boss, lambda u: queries.personal_of(u, house.terms, row.id)).code == "authority.missing"
    house.do(MANAGER, lambda u: queries.personal_of(u, house.terms, row.id))
