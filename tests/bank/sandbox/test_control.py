"""The bank's books: operations, references, balances, days, clocks, and what a new customer gets."""

from __future__ import annotations

import io
import json
import stat
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from lxml import etree

from gateway.bank.formats.camt import read
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.engine import Payment
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.statement import Balance, Entry, Party, StatementHead
from gateway.core.clock import FixedClock, business_date
from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.core.requisites import check_account, is_inn
from gateway.signing.keys import fingerprint, load_pkcs12
from tests.bank.sandbox.conftest import Bank
from tests.standards import need


def parts(sandbox: Sandbox, reference: str) -> tuple[StatementHead, list[Entry]]:
    head, *entries = read(io.BytesIO(sandbox.content(reference)))
    assert isinstance(head, StatementHead)
    return head, [entry for entry in entries if isinstance(entry, Entry)]


def latest(sandbox: Sandbox) -> tuple[StatementHead, list[Entry]]:
    return parts(sandbox, sandbox.files()[-1].reference)


def amounts(balances: tuple[Balance, ...]) -> dict[str, Money]:
    return {balance.code: balance.amount for balance in balances}


# Operations


def test_a_payment_carries_everything_it_was_told(bank: Bank) -> None:
    at = datetime(2026, 11, 21, 6, 16, 43, 279000, UTC)
    ref = bank.sandbox.pay(
        amount=Money(123456), payer="ИП Пётр Петров", inn="500100732259", account="40802810000000000001",
        bic="044525974", bank_name="АО Банк", purpose="Оплата по счету № 125", doc_no="8914",
        doc_date=date(2026, 11, 20), at=at,
    )  # fmt: skip
    head, (entry,) = latest(bank.sandbox)
    assert head.kind == "camt.054" and head.account == bank.enrolment.accounts[0]
    assert entry.counterparty == Party(
        "ИП Пётр Петров", "500100732259", "", "40802810000000000001", "044525974", "АО Банк"
    )
    assert (entry.ref, entry.amount, entry.incoming, entry.status) == (ref, Money(123456), True, "BOOK")
    assert (entry.purpose, entry.doc_no, entry.doc_date) == ("Оплата по счету № 125", "8914", date(2026, 11, 20))
    assert entry.bank_time == at
    assert entry.warnings == () and entry.in_roubles


def test_what_was_not_told_is_made_up_plausibly_and_the_same_each_time(bank: Bank) -> None:
    for inn in ("7728168971", "500100732259", "7728168971", ""):
        bank.sandbox.pay(amount=Money.parse("1220.00"), invoice="125", inn=inn, payer="Кто-то")
    found = [parts(bank.sandbox, file.reference)[1][0] for file in bank.sandbox.files()]
    accounts = [entry.counterparty.account for entry in found]
    assert [account[:5] for account in accounts] == ["40702", "40802", "40702", "40817"]
    assert accounts[0] == accounts[2]
    for entry in found:
        check_account(entry.counterparty.account, entry.counterparty.bic)
    assert found[0].purpose == "Оплата по счету № 125. В т.ч. НДС 22% 220-00 руб."
    assert len({entry.doc_no for entry in found}) == 4


def test_our_own_requisites_hold_their_check_digits(bank: Bank) -> None:
    assert is_inn(bank.enrolment.inn)
    for account in bank.enrolment.accounts:
        check_account(account, bank.enrolment.bic)


def test_a_payment_without_money_is_refused_and_nothing_of_it_stays(bank: Bank) -> None:
    with pytest.raises(Refused) as refused:
        bank.sandbox.pay_many([Payment(Money(1)), Payment(Money(0))])
    assert refused.value.code == "sandbox.amount"
    assert bank.sandbox.files() == [] and bank.sandbox.state()["accounts"][0]["operations"] == 0


def test_money_out_is_a_debit_to_its_payee(bank: Bank) -> None:
    bank.sandbox.debit(amount=Money(500), payee="ООО Поставщик", inn="7728168971", purpose="За рейку")
    _, (entry,) = latest(bank.sandbox)
    assert (entry.incoming, entry.counterparty.name, entry.purpose) == (False, "ООО Поставщик", "За рейку")


def test_a_reversal_points_at_what_it_undoes(bank: Bank) -> None:
    ref = bank.sandbox.pay(amount=Money(500), payer="ООО Багет", inn="7728168971", doc_no="7")
    own = bank.sandbox.reverse(ref)
    _, (entry,) = latest(bank.sandbox)
    assert (entry.ref, entry.original_ref, entry.reversal, entry.incoming) == (own, ref, True, False)
    assert (entry.counterparty.name, entry.doc_no, entry.amount) == ("ООО Багет", "7", Money(500))
    for wrong, code in (
        (ref, "sandbox.reversed_already"),
        (own, "sandbox.unknown_operation"),
        ("X", "sandbox.unknown_operation"),
    ):
        with pytest.raises(Refused) as refused:
            bank.sandbox.reverse(wrong)
        assert refused.value.code == code


def test_a_reversed_debit_brings_the_money_back(bank: Bank) -> None:
    own = bank.sandbox.reverse(bank.sandbox.debit(amount=Money(500), payee="ООО Поставщик"))
    _, (entry,) = latest(bank.sandbox)
    assert (entry.ref, entry.reversal, entry.incoming, entry.counterparty.name) == (own, True, True, "ООО Поставщик")


def test_an_unknown_account_is_refused(bank: Bank) -> None:
    with pytest.raises(Refused) as refused:
        bank.sandbox.pay(amount=Money(1), to="40702810000000000009")
    assert refused.value.code == "sandbox.unknown_account"


# One operation, one reference, everywhere


def test_an_operation_has_one_reference_in_all_three_messages(bank: Bank) -> None:
    refs = [bank.sandbox.pay(amount=Money(100 + i)) for i in range(3)]
    refs.append(bank.sandbox.reverse(refs[1]))
    report = bank.sandbox.report()
    final = bank.sandbox.close_day()[0]
    noticed = [parts(bank.sandbox, f.reference)[1][0] for f in bank.sandbox.files() if "054" in f.file_type]
    reported, closed = parts(bank.sandbox, report)[1], parts(bank.sandbox, final)[1]
    assert [e.ref for e in noticed] == [e.ref for e in reported] == [e.ref for e in closed] == refs
    assert [e.bank_time for e in noticed] == [e.bank_time for e in reported] == [e.bank_time for e in closed]
    assert len(set(refs)) == 4


def test_references_stay_unique_over_the_years(bank: Bank) -> None:
    refs = {bank.sandbox.pay(amount=Money(1))}
    for _ in range(3):
        bank.sandbox.move_clock(timedelta(days=365))
        refs.add(bank.sandbox.pay(amount=Money(1)))
    assert len(refs) == 4


# Days and balances


def test_final_statements_chain_day_after_day(bank: Bank) -> None:
    first, second = bank.enrolment.accounts
    expected = Money(50_000_000)
    openings = []
    for day in range(4):
        refs = [bank.sandbox.pay(amount=Money(100 * (day + 1)), to=first) for _ in range(2)]
        bank.sandbox.debit(amount=Money(30), to=first)
        bank.sandbox.reverse(refs[0])
        bank.sandbox.pay(amount=Money(7), to=second)
        made = bank.sandbox.close_day()
        heads = [parts(bank.sandbox, reference) for reference in made]
        ((head, entries),) = [(h, e) for h, e in heads if h.account == first]
        balances = amounts(head.balances)
        openings.append(balances["OPBD"])
        assert balances["OPBD"] == expected
        turnover = total([entry.amount if entry.incoming else -entry.amount for entry in entries])
        expected = balances["CLBD"]
        assert expected == balances["OPBD"] + turnover
        assert head.number == str(day + 1)
        bank.sandbox.move_clock(timedelta(days=1))
    assert len(set(openings)) == 4
    assert bank.sandbox.state()["accounts"][0]["balance_kopecks"] == expected.kopecks


def test_what_comes_after_the_close_is_booked_on_the_next_day(bank: Bank) -> None:
    today = business_date(bank.sandbox.books.now())
    bank.sandbox.close_day()
    bank.sandbox.pay(amount=Money(1))
    _, (entry,) = latest(bank.sandbox)
    assert entry.booked == today + timedelta(days=1)
    assert entry.bank_time is not None and business_date(entry.bank_time) == today


def test_an_operation_with_an_earlier_instant_never_enters_a_closed_day(bank: Bank) -> None:
    now = bank.sandbox.books.now()
    bank.sandbox.close_day()
    bank.sandbox.move_clock(timedelta(days=1))
    bank.sandbox.pay(amount=Money(1), at=now)
    _, (entry,) = latest(bank.sandbox)
    assert (entry.bank_time, entry.booked) == (now, business_date(now) + timedelta(days=1))


def test_days_without_operations_get_no_statement_except_the_last(bank: Bank) -> None:
    account = bank.enrolment.accounts[0]
    bank.sandbox.pay(amount=Money(1))
    bank.sandbox.move_clock(timedelta(days=5))
    heads = [parts(bank.sandbox, reference)[0] for reference in bank.sandbox.close_day()]
    mine = [head for head in heads if head.account == account]
    assert [head.number for head in mine] == ["1", "2"]
    assert amounts(mine[0].balances)["CLBD"] == amounts(mine[1].balances)["OPBD"]


def test_an_intraday_report_states_where_the_day_stands(bank: Bank) -> None:
    bank.sandbox.pay(amount=Money(1))
    bank.sandbox.close_day()
    bank.sandbox.move_clock(timedelta(days=1))
    bank.sandbox.pay(amount=Money(5))
    head, entries = parts(bank.sandbox, bank.sandbox.report())
    assert head.kind == "camt.052" and len(entries) == 1
    balances = amounts(head.balances)
    assert balances["ITBD"] == balances["OPBD"] + Money(5)


def test_many_payments_make_one_notification(bank: Bank) -> None:
    refs = bank.sandbox.pay_many([Payment(Money(i + 1), invoice=str(i)) for i in range(300)])
    (file,) = bank.sandbox.files()
    _, entries = parts(bank.sandbox, file.reference)
    assert [entry.ref for entry in entries] == refs
    assert (file.entries, file.total) == (300, sum(range(301)))


def test_equal_payments_are_different_operations(bank: Bank) -> None:
    twins = [Payment(Money(100), invoice="1", payer="A", doc_no="5")] * 2
    first, second = bank.sandbox.pay_many(twins)
    assert first != second


def test_every_message_is_valid_by_the_official_schema(bank: Bank) -> None:
    bank.sandbox.reverse(bank.sandbox.pay(amount=Money(100), payer="Ж" * 200, purpose="Счёт & <125> " * 20))
    bank.sandbox.behave("unknown-code", where="entry")
    bank.sandbox.debit(amount=Money(1))
    bank.sandbox.report()
    bank.sandbox.close_day()
    for file in bank.sandbox.files():
        root = etree.fromstring(bank.sandbox.content(file.reference))
        name = etree.QName(root).namespace.rpartition(":")[2]
        etree.XMLSchema(etree.parse(need(f"iso20022/xsd/{name}.xsd"))).assertValid(root)


# Clocks


def test_the_business_clock_moves_and_stays_moved(bank: Bank) -> None:
    before = bank.sandbox.books.now()
    moved = bank.sandbox.move_clock(timedelta(days=2, seconds=1))
    assert timedelta(days=2) < moved - before < timedelta(days=2, minutes=1)
    assert abs(Sandbox(bank.home).books.now() - moved) < timedelta(minutes=1)
    bank.sandbox.move_clock(timedelta(days=-2))
    assert bank.sandbox.books.now() - before < timedelta(minutes=1)


def test_the_machines_clock_is_the_one_handed_in(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2026, 1, 15, 9, tzinfo=UTC))
    sandbox, enrolment = Sandbox.create(tmp_path, clock=clock)
    assert sandbox.state()["bank_time"] == "2026-01-15T09:00:00.000000Z"
    certificate = load_pkcs12(enrolment.pkcs12, enrolment.passphrase).certificate
    assert certificate.not_valid_before_utc <= clock.now() <= certificate.not_valid_after_utc


# Enrolment


def test_the_customers_key_is_handed_over_and_not_kept(bank_made_once: tuple[Path, Enrolment]) -> None:
    home, enrolment = bank_made_once
    key = load_pkcs12(enrolment.pkcs12, enrolment.passphrase)
    for path in (p for p in home.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert enrolment.passphrase.encode() not in content and enrolment.pkcs12 not in content, path.name
    assert Sandbox(home).books.fact("customer_sha256") == fingerprint(key.certificate)
    for secret in (enrolment.passphrase, "pkcs12"):
        assert secret not in repr(enrolment)


def test_the_anchors_are_two_authorities_and_the_customer_is_not_the_bank(
    bank_made_once: tuple[Path, Enrolment],
) -> None:
    _, enrolment = bank_made_once
    tls, signing = (x509.load_pem_x509_certificate(pem) for pem in (enrolment.tls_anchors, enrolment.signing_anchors))
    assert tls.subject != signing.subject
    own = load_pkcs12(enrolment.pkcs12, enrolment.passphrase).certificate
    own.verify_directly_issued_by(signing)
    assert enrolment.customer_id in own.subject.rfc4514_string()
    assert enrolment.signers[0] not in own.subject.rfc4514_string()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_banks_keys_are_readable_by_their_owner_only(bank_made_once: tuple[Path, Enrolment]) -> None:
    folder = bank_made_once[0] / "sandbox" / "keys"
    for path in (folder, *folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def test_a_second_bank_in_the_same_place_is_refused(bank: Bank) -> None:
    with pytest.raises(Refused) as refused:
        Sandbox.create(bank.home)
    assert refused.value.code == "sandbox.exists"


def test_without_a_bank_every_command_says_so(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    for command in (
        lambda: sandbox.pay(amount=Money(1)),
        sandbox.close_day,
        sandbox.state,
        lambda: sandbox.behave("silent"),
    ):
        with pytest.raises(Refused) as refused:
            command()
        assert refused.value.code == "sandbox.missing"
    assert list(tmp_path.iterdir()) == []


# State and concurrency


def test_the_state_is_plain_json(bank: Bank) -> None:
    bank.sandbox.pay(amount=Money(100))
    bank.sandbox.behave("late", count=2, seconds=5)
    state = json.loads(json.dumps(bank.sandbox.state()))
    assert state["files"] == {"new": 1, "downloaded": 0, "held_back": 0, "uploaded": 0}
    assert state["behaviours"] == [{"name": "late", "remaining": 2, "options": {"seconds": "5"}, "channel": "any"}]
    assert state["server"] is None and len(state["accounts"]) == 2


def test_several_hands_book_at_once_and_nothing_is_lost(bank: Bank) -> None:
    def work() -> None:
        for _ in range(10):
            Sandbox(bank.home).pay(amount=Money(1))

    hands = [threading.Thread(target=work) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    refs = {parts(bank.sandbox, file.reference)[1][0].ref for file in bank.sandbox.files()}
    assert len(refs) == 40
