"""Payments for 1C: what we write, 1C's format can be read back from."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bank.formats.clientbank import AccountSection, Side
from gateway.bank.formats.clientbank_read import read
from gateway.core.money import Money
from gateway.onec.clientbank_write import IncomingPayment, write

AT = dt.datetime(2026, 11, 21, 9, 16, 43, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 21)
US = Side("ООО Рамочная", "7701234567", "770101001", "40702810900000000001", "", "Банк", "г Москва", "044525225")


def payment(**changes: object) -> IncomingPayment:
    values: dict[str, object] = {
        "number": "55",
        "date": DAY,
        "amount": Money(1220000),
        "credited": DAY,
        "payer": Side("ООО Ромашка", "7707083893", "773601001", "40702810500000000055"),
        "payee": US,
        "purpose": "Оплата по счету № 125 от 20.11.2026, в т.ч. НДС 22%",
    }
    return IncomingPayment(**{**values, **changes})  # type: ignore[arg-type]  # values of any field


def test_the_file_looks_as_1c_expects() -> None:
    written = write([payment()], made_at=AT)
    text = written.content.decode("cp1251")
    assert text.startswith(
        "1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\nОтправитель=Kvit\r\n"
        "Получатель=1С:Предприятие\r\nДатаСоздания=21.11.2026\r\nВремяСоздания=12:16:43\r\n"
        "ДатаНачала=21.11.2026\r\nДатаКонца=21.11.2026\r\nРасчСчет=40702810900000000001\r\n"
    )
    assert text.endswith("КонецДокумента\r\nКонецФайла\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert (written.replaced, written.truncated) == (0, 0)


def test_balances_are_written_when_all_four_are_known() -> None:
    known = AccountSection("40702810900000000001", DAY, DAY, Money(100), Money(1220000), Money(0), Money(1220100))
    unknown = AccountSection("40702810900000000002", DAY, DAY, None, Money(1), Money(1), Money(1))
    found = read(write([payment()], made_at=AT, sections=[known, unknown]).content)
    assert [(s.account, s.opening, s.closing, s.chains) for s in found.sections] == [
        ("40702810900000000001", Money(100), Money(1220100), True)
    ]
    assert found.accounts == ("40702810900000000001", "40702810900000000002")


def test_the_same_facts_give_the_same_bytes() -> None:
    assert write([payment()], made_at=AT).content == write([payment()], made_at=AT).content


def test_characters_windows_does_not_have_are_replaced_visibly_and_counted() -> None:
    written = write([payment(purpose="Рамки 🖼 30×40 ‑ 5 шт? ≥ 100\u202f₽")], made_at=AT)
    assert "НазначениеПлатежа=Рамки ? 30?40 - 5 шт? ? 100 р" in written.content.decode("cp1251")
    assert written.replaced == 3


def test_a_value_cannot_smuggle_in_a_document() -> None:
    evil = "Оплата\r\nКонецДокумента\r\nСекцияДокумент=Платежное поручение\r\nНомер=66\nСумма=1\x85КонецФайла"
    found = read(write([payment(purpose=evil, payer=Side(name=evil, account="4"))], made_at=AT).content)
    assert [d.number for d in found.documents] == ["55"]
    assert found.problems == ()


def test_a_purpose_of_several_lines_is_written_whole_and_in_pieces() -> None:
    document = read(write([payment(purpose="Оплата\nпо счету 125\n")], made_at=AT).content).documents[0]
    assert document.purpose == "Оплата по счету 125"
    assert (document.value("НазначениеПлатежа1"), document.value("НазначениеПлатежа2")) == ("Оплата", "по счету 125")


def test_an_empty_day_is_a_file_too() -> None:
    found = read(write([], made_at=AT, accounts=["40702810900000000001"]).content)
    assert found.documents == () and found.accounts == ("40702810900000000001",)
    assert found.date_from == found.date_to == DAY


@pytest.mark.parametrize("amount", [Money(0), Money(-1)])
def test_only_money_that_came_is_written(amount: Money) -> None:
    with pytest.raises(ValueError, match="above zero"):
        write([payment(amount=amount)], made_at=AT)


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        write([payment()], made_at=AT.replace(tzinfo=None))


# what a field may hold after it was written: one line, without spaces at the ends, in windows-1251
PLAIN = st.text(
    alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁ №«»\"'=.,:;/\\-+()0123456789abcXYZ", max_size=60
).map(str.strip)
DIGITS = st.text(alphabet="0123456789", min_size=20, max_size=20)
SIDES = st.builds(
    Side,
    name=PLAIN.filter(lambda text: text and not text.lstrip("ИН: ")[:10].isdigit()),
    inn=st.sampled_from(["", "7707083893", "500100732259"]),
    kpp=st.sampled_from(["", "773601001"]),
    account=DIGITS,
    settlement_account=DIGITS,
    bank=PLAIN,
    bank_city=PLAIN,
    bic=st.sampled_from(["", "044525225"]),
    correspondent=st.one_of(st.just(""), DIGITS),
)
PAYMENTS = st.builds(
    IncomingPayment,
    number=PLAIN.filter(bool),
    date=st.dates(),
    amount=st.integers(1, 10**15).map(Money),
    credited=st.dates(),
    payer=SIDES,
    payee=SIDES,
    purpose=PLAIN,
    kind=st.sampled_from(["Платежное поручение", "Банковский ордер", "Мемориальный ордер"]),
    uin=st.sampled_from(["", "0", "18810192085432512980"]),
)


@given(st.lists(PAYMENTS, max_size=4))
def test_what_is_written_is_read_back(payments: list[IncomingPayment]) -> None:
    found = read(write(payments, made_at=AT).content)
    assert found.problems == () and len(found.documents) == len(payments)
    for given_, document in zip(payments, found.documents, strict=True):
        assert (document.kind, document.number, document.date, document.amount) == (
            given_.kind,
            given_.number,
            given_.date,
            given_.amount,
        )
        assert (document.credited, document.debited, document.purpose) == (given_.credited, None, given_.purpose)
        assert (document.payer, document.payee, document.uin) == (given_.payer, given_.payee, given_.uin)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_at_all_leaves_the_file_whole(name: str, purpose: str) -> None:
    written = write([payment(payer=Side(name=name, account="4"), purpose=purpose)], made_at=AT)
    found = read(written.content)
    assert len(found.documents) == 1 and found.documents[0].amount == Money(1220000)
    assert written.replaced >= 0
