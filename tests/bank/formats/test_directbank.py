"""DirectBank statements: the standard's sample and what real banks make of it."""

from __future__ import annotations

import io
import tracemalloc
from datetime import UTC, date, datetime

import pytest

from gateway.bank.channel import DocumentKind
from gateway.bank.formats.directbank import read
from gateway.bank.formats.reading import READERS, describe
from gateway.bank.statement import Entry, StatementHead
from gateway.core.errors import Corrupt
from gateway.core.money import Money
from tests.bank.directbank.pretend import BOM, line, notice, statement
from tests.standards import need


def heads(content: bytes) -> list[StatementHead]:
    return [part for part in read(io.BytesIO(content)) if isinstance(part, StatementHead)]


def entries(content: bytes) -> list[Entry]:
    return [part for part in read(io.BytesIO(content)) if isinstance(part, Entry)]


def one(*lines: str) -> Entry:
    (entry,) = entries(statement(*lines))
    return entry


class TestHead:
    def test_a_final_statement_chains_by_its_balances(self) -> None:
        (head,) = heads(statement(line()))
        assert (head.kind, head.statement_id, head.account) == ("camt.053", "S-1", "40702810500000000001")
        assert (head.owner, head.bic, head.currency) == ("ООО Мы", "044525888", "RUB")
        assert head.created == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        assert head.period_from == datetime(2026, 11, 18, 21, 0, tzinfo=UTC)
        assert [(b.code, b.amount, b.on) for b in head.balances] == [
            ("OPBD", Money.parse("1000.00"), date(2026, 11, 19)),
            ("CLBD", Money.parse("1100.00"), date(2026, 11, 19)),
        ]

    def test_an_interim_statement_closes_nothing(self) -> None:
        (head,) = heads(statement(line(), statement_type="1"))
        assert head.kind == "camt.052" and [b.code for b in head.balances] == ["OPBD", "ITBD"]

    def test_a_bare_balance(self) -> None:
        assert [h.kind for h in heads(statement(statement_type="2"))] == ["directbank.balance"]

    def test_a_statement_without_lines_is_a_statement(self) -> None:
        assert len(heads(statement())) == 1 and entries(statement()) == []

    def test_balances_behind_the_lines_come_in_a_second_head(self) -> None:
        late = statement(line(), after="<ClosingBalance>1100.00</ClosingBalance>").replace(
            b"<ClosingBalance>1100.00</ClosingBalance><Op", b"<Op"
        )
        first, second = heads(late)
        assert [b.code for b in first.balances] == ["OPBD"]
        assert [b.code for b in second.balances] == ["CLBD"] and second.statement_id == first.statement_id

    def test_an_overdraft_is_negative(self) -> None:
        (head,) = heads(statement(closing="-15.5"))
        assert head.balances[1].amount == -Money.parse("15.50")

    def test_what_is_unreadable_is_said(self) -> None:
        (head,) = heads(statement(opening="много").replace(b"2026-11-19T23:59:59", b"yesterday"))
        assert set(head.warnings) == {"balance_unreadable", "date_unreadable"}


class TestLines:
    def test_what_came_in(self) -> None:
        entry = one(line("768", "19900.50", pay_id="C07 2011260000123"))
        assert (entry.incoming, entry.amount, entry.booked) == (True, Money.parse("19900.50"), date(2026, 11, 20))
        assert (entry.ref, entry.tx_id) == ("C07 2011260000123", ""), "an opaque id, spaces and all"
        assert (entry.doc_no, entry.doc_date, entry.purpose) == ("768", date(2026, 11, 19), "Оплата по счёту № 125")
        payer = entry.counterparty
        assert (payer.name, payer.inn, payer.kpp) == ("ООО Ромашка", "7704596181", "770401001")
        assert (payer.account, payer.bic, payer.bank_name) == ("40702810401200000035", "044525999", "ДЕМО-БАНК2")
        assert (entry.status, entry.code, entry.currency, entry.warnings) == ("BOOK", "10/01", "RUB", ())

    def test_our_own_order_comes_back_with_its_id(self) -> None:
        entry = one(line(credit=False, ext_id="05688096-0806-4ef0-af4c-572f75dbaf7c"))
        assert not entry.incoming and entry.e2e == "05688096-0806-4ef0-af4c-572f75dbaf7c"
        assert entry.counterparty.name == "ООО Ромашка", "the payee"

    def test_an_id_that_comes_again_is_no_identity(self) -> None:
        """The standard's own sample has PayDoc id 768 for document 768."""
        assert one(line("768", pay_id="768")).ref == ""
        assert one(line("123456789012", pay_id="123456789012")).ref == ""
        assert one(line("768", pay_id="768")).tx_id == "768"

    def test_equal_twins_are_two(self) -> None:
        found = entries(statement(line("768", pay_id="768"), line("768", pay_id="768"), line("769", pay_id="769")))
        assert [e.occurrence for e in found] == [0, 1, 0]

    @pytest.mark.parametrize(("written", "day"), [("2021-05-26Z", 26), ("2021-05-26+03:00", 26)])
    def test_dates_with_a_zone_are_the_banks_dates(self, written: str, day: int) -> None:
        assert one(line(date=written)).booked == date(2021, 5, day)

    def test_a_date_with_a_time_tells_when(self) -> None:
        entry = one(line(date="2021-05-26T10:15:00.000Z"))
        assert entry.booked == date(2021, 5, 26) and entry.bank_time == datetime(2021, 5, 26, 10, 15, tzinfo=UTC)
        assert one(line(date="2021-05-26T00:00:00.000Z")).bank_time is None, "a date in a time's clothes"

    @pytest.mark.parametrize("none", ["0", "000000000000", ""])
    def test_an_inn_of_zeros_is_none(self, none: str) -> None:
        content = line().replace("<INN>7704596181</INN><KPP>770401001</KPP>", f"<INN>{none}</INN><KPP>{none}</KPP>")
        assert (one(content).counterparty.inn, one(content).counterparty.kpp) == ("", "")

    @pytest.mark.parametrize(
        ("amount", "warning"), [("", "amount_missing"), ("0.00", "amount_missing"), ("-5", "amount_unreadable")]
    )
    def test_a_line_without_a_sum_is_kept_and_marked(self, amount: str, warning: str) -> None:
        entry = one(line(amount=amount))
        assert entry.amount == Money.zero() and warning in entry.warnings
        missing = line().replace("<Sum>100.00</Sum>", "")
        assert one(missing).warnings == ("amount_missing",)

    @pytest.mark.parametrize(("amount", "kopecks"), [("14", 1400), ("1.5", 150), ("0001.500", 150)])
    def test_sums_are_written_in_many_ways(self, amount: str, kopecks: int) -> None:
        assert one(line(amount=amount)).amount == Money(kopecks)

    @pytest.mark.parametrize("side", ["", "<DC>3</DC>"])
    def test_a_line_of_no_direction_is_not_income(self, side: str) -> None:
        entry = one(line().replace("<DC>2</DC>", side))
        assert not entry.incoming and "direction_missing" in entry.warnings

    def test_a_broken_date_is_said(self) -> None:
        assert one(line(date="26.05.2021")).warnings == ("date_unreadable",)

    def test_an_account_in_currency_is_not_taken_for_roubles(self) -> None:
        (entry,) = entries(statement(line(), account="40702840500000000001"))
        assert entry.currency == "USD" and entry.warnings == ("currency_foreign",)

    def test_a_stamp_says_how_far_a_document_has_come(self) -> None:
        stamped = "<Stamp><BIC>044525888</BIC><Status><Code>{}</Code></Status></Stamp></OperationInfo>"
        states = [one(line().replace("</OperationInfo>", stamped.format(c))).status for c in ("02", "01", "04", "03")]
        assert states == ["BOOK", "PDNG", "PDNG", "INFO"]

    def test_our_own_payment_coming_back_is_nobodys_payment(self) -> None:
        entry = one(line(credit=False).replace("<DC>1</DC>", "<DC>2</DC>"))
        assert entry.incoming and entry.warnings == ("returned",)
        assert entry.counterparty.name == "ООО Ромашка", "whom it had gone to"

    def test_words_broken_over_lines_stay(self) -> None:
        entry = one(line(purpose='Счёт № 5\nот 1 мая <"кавычки">'))
        assert entry.purpose == 'Счёт № 5\nот 1 мая <"кавычки">'


class TestKindsOfDocuments:
    def test_a_bank_order(self) -> None:
        assert one(line(kind="18", element="BankOrder")).code == "18/01"

    def test_a_kind_the_bank_leaves_out_is_known_by_its_element(self) -> None:
        assert one(line(kind="", element="PaymentOrder")).code == "17/01"

    def test_a_memorial_order_names_accounts(self) -> None:
        content = (
            '<OperationInfo><PayDoc id="M1" docKind="16"><MemOrder><DocNo>9</DocNo><DocDate>2026-11-19</DocDate>'
            "<AccountNameDebit>Касса</AccountNameDebit><AccountDebit>20202810000000000001</AccountDebit>"
            "<Sum>5.00</Sum><AccountNameCredit>Мы</AccountNameCredit>"
            "<AccountCredit>40702810500000000001</AccountCredit><TransitionContent>Исправление</TransitionContent>"
            "</MemOrder></PayDoc><DC>2</DC><Date>2026-11-19</Date></OperationInfo>"
        )
        entry = one(content)
        assert (entry.code, entry.purpose, entry.amount) == ("16", "Исправление", Money(500))
        assert (entry.counterparty.name, entry.counterparty.account) == ("Касса", "20202810000000000001")

    def test_cash_is_brought_by_a_person(self) -> None:
        content = (
            '<OperationInfo><PayDoc id="K1" docKind="24"><CashContribution><DocNo>1</DocNo><Sum>5.00</Sum>'
            "<Purpose>Торговая выручка</Purpose><Person><FullName>Иванов И. И.</FullName></Person>"
            "</CashContribution></PayDoc><DC>2</DC><Date>2026-11-19</Date></OperationInfo>"
        )
        entry = one(content)
        assert (entry.code, entry.counterparty.name, entry.purpose) == ("24", "Иванов И. И.", "Торговая выручка")

    def test_a_line_without_any_document_is_kept(self) -> None:
        entry = one("<OperationInfo><DC>2</DC><Date>2026-11-19</Date></OperationInfo>")
        assert entry.incoming and entry.warnings == ("amount_missing",) and entry.code == ""


class TestFiles:
    def test_the_standards_sample(self) -> None:
        content = need("directbank/samples/1c/Statement.xml").read_bytes()
        (head,), (entry,) = heads(content), entries(content)
        assert (head.kind, head.period_to) == ("camt.053", datetime(2019, 5, 13, 8, 51, 13, tzinfo=UTC))
        assert [b.amount for b in head.balances] == [Money(13928091), Money(8897002)]
        assert (entry.incoming, entry.amount, entry.doc_no, entry.ref) == (False, Money(1400), "768", "")
        assert entry.counterparty.name.startswith("Индивидуальный предприниматель") and entry.counterparty.inn == ""

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "bank.malformed"),
            (b"<html/>", "bank.unknown_content"),
            (notice("x", status="01"), "bank.unknown_content"),
            (statement(before="<!DOCTYPE Statement [<!ENTITY a 'b'>]>"), "bank.dtd"),
            (statement(line())[:-40], "bank.malformed"),
            (b"<Statement><Sender/></Statement>", "bank.malformed"),
            (statement(line()).replace(b"<DC>", b"<DC>&evil;"), "bank.malformed"),
        ],
    )
    def test_files_that_are_none(self, content: bytes, reason: str) -> None:
        with pytest.raises(Corrupt) as caught:
            list(read(io.BytesIO(content)))
        assert caught.value.code == reason

    def test_what_came_before_the_break_was_told(self) -> None:
        parts = read(io.BytesIO(statement(line("1"), line("2"))[:-15]))
        assert isinstance(next(parts), StatementHead)
        assert [next(parts).doc_no, next(parts).doc_no] == ["1", "2"]  # type: ignore[union-attr]
        with pytest.raises(Corrupt):
            next(parts)

    def test_with_and_without_a_byte_order_mark_and_with_prefixes(self) -> None:
        content = statement(line())
        assert content.startswith(BOM)
        plain = content.removeprefix(BOM)
        prefixed = b"".join([
            plain.replace(b"</", b"</e:").replace(b"<", b"<e:").replace(b"<e:/e:", b"</e:").replace(b"<e:?", b"<?")
        ]).replace(b"xmlns=", b"xmlns:e=")  # fmt: skip
        assert entries(content) == entries(plain) == entries(prefixed)

    def test_a_long_file_is_read_in_constant_memory(self) -> None:
        small, large = (statement(*[line(str(n)) for n in range(count)]) for count in (300, 3000))

        def peak(content: bytes) -> int:
            source = io.BytesIO(content)
            tracemalloc.start()
            count = sum(isinstance(part, Entry) for part in read(source))
            _, highest = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert count in (300, 3000)
            return highest

        assert peak(large) < peak(small) + 4_000_000  # what counts twins grows; the tree does not

    def test_it_is_found_by_its_root(self) -> None:
        assert describe(statement()).format == "directbank.statement" and "directbank.statement" in READERS
        told = describe(notice("x", status="01"))
        assert (told.kind, told.format) == (DocumentKind.ORDER_STATUS, "directbank.status")
        assert describe(b"rubbish").format == "camt"
