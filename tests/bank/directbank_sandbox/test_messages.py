"""What the bank writes is valid by the official schemas, complete, chained, and signed over the very bytes."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import etree

from gateway.core.clock import business_date
from gateway.core.money import Money
from tests.bank.directbank_sandbox.conftest import PAYEE, Counter
from tests.bank.sandbox.directbank_client import BankError, Carried, N, NotProved
from tests.standards import need

_ROOTS = {"01": "StatusPacketNotice", "02": "StatusDocNotice", "15": "Statement"}


def valid(name: str, root: etree._Element) -> None:
    etree.XMLSchema(etree.parse(need(f"directbank/xsd-2.3.2/1C-Bank_{name}.xsd"))).assertValid(root)


def money(statement: Carried, name: str) -> Money:
    return Money.parse(statement.text(f"Data/{name}"))


def operations(statement: Carried) -> list[etree._Element]:
    return statement.root.findall("d:Data/d:OperationInfo", N)


def number() -> str:
    return str(uuid.uuid4())


def test_everything_the_bank_writes_is_valid_by_the_official_schemas(counter: Counter) -> None:
    bank, client = counter.sandbox, counter.client
    bank.reverse(bank.pay(amount=Money(100), payer="Ж" * 200, purpose="Счёт & <125> " * 30))
    bank.pay(amount=Money(100), account="DE89370400440532013000", bic="DEUTDEFF", bank_name="Б" * 200)
    bank.behave("unknown-code", where="entry")
    bank.debit(amount=Money(1))
    for behaviour in ("zoned-dates", "bare-requisites"):
        bank.behave(behaviour)
        client.ask_statement()
    client.pay(number(), account=PAYEE)
    client.pay(number(), account="4" * 20, doc_no="13")
    client.send(client.document("05", (probe := number()), client.probe(probe)))
    valid("ResultBank", client.call("GET", "GetPackList").getroottree().getroot())
    for packet in client.packets()[0]:
        answer = client.call("GET", f"GetPack?id={packet}")
        valid("ResultBank", answer.getroottree().getroot())
    kinds = set()
    for document in client.everything():
        kinds.add(document.kind)
        valid(_ROOTS[document.kind], document.root)
        assert document.root.get("id") == document.id and document.content.startswith(b"\xef\xbb\xbf<?xml")
        client.prove(document)
    assert kinds == {"01", "02", "15"}
    with pytest.raises(BankError) as refused:
        client.fetch("nothing")
    assert refused.value.code == "2102"


def test_what_our_test_client_writes_is_valid_by_the_official_schemas(counter: Counter) -> None:
    client = counter.client
    order = client.order(number(), account=PAYEE)
    valid("PayDocRu", etree.fromstring(order))
    valid("StatementRequest", etree.fromstring(client.statement_request(number())))
    valid("StatusRequest", etree.fromstring(client.about("StatusRequest", number(), "x")))
    valid("CancelationRequest", etree.fromstring(client.about("CancelationRequest", number(), "x")))
    valid("Probe", etree.fromstring(client.probe(number())))
    valid("Packet", etree.fromstring(client.packet(client.document("10", number(), order, signed=True))))


def test_a_packet_is_answered_with_a_notice_that_names_it(counter: Counter) -> None:
    packet, request = number(), number()
    answer = counter.client.send(
        counter.client.document("14", request, counter.client.statement_request(request)), number=packet
    )
    notice, statement = counter.client.everything()
    assert (notice.kind, statement.kind) == ("01", "15")
    assert notice.text("IDResultSuccessResponse") == answer and notice.text("ExtIDPacket") == packet
    assert notice.text("Result/Status/Code") == "01"
    assert statement.text("ExtIDStatementRequest") == request == statement.ext_id


def test_a_statement_has_the_operations_of_its_period_and_balances_that_chain(counter: Counter) -> None:
    bank, client = counter.sandbox, counter.client
    expected = Money(50_000_000)
    for day in range(3):
        bank.pay(amount=Money(1000 + day), payer="ООО «Багет»", inn="7728168971", kpp="772801001", doc_no="7")
        bank.debit(amount=Money(30), payee="Аренда")
        bank.close_day()
        today = business_date(bank.books.now())
        client.ask_statement(first=today, last=today)
        statement = client.statements()[-1]
        assert (statement.text("Data/StatementType"), money(statement, "OpeningBalance")) == ("0", expected)
        assert (money(statement, "TotalCredits"), money(statement, "TotalDebits")) == (Money(1000 + day), Money(30))
        expected = money(statement, "ClosingBalance")
        incoming, outgoing = operations(statement)
        assert [node.findtext("d:DC", "", N) for node in (incoming, outgoing)] == ["2", "1"]
        assert incoming.findtext("d:PayDoc/d:PayDocRu/d:Payer/d:Name", "", N) == "ООО «Багет»"
        assert incoming.findtext("d:PayDoc/d:PayDocRu/d:Payer/d:KPP", "", N) == "772801001"
        assert outgoing.findtext("d:PayDoc/d:PayDocRu/d:Payee/d:Name", "", N) == "Аренда"
        assert outgoing.findtext("d:PayDoc/d:PayDocRu/d:Payer/d:Account", "", N) == counter.enrolment.accounts[0]
        bank.move_clock(timedelta(days=1))
    client.ask_statement(
        first=business_date(bank.books.now()) - timedelta(days=5), last=business_date(bank.books.now())
    )
    whole = client.statements()[-1]
    assert len(operations(whole)) == 6 and money(whole, "ClosingBalance") == expected
    assert whole.text("Data/StatementType") == "1"  # the last day is not over


def test_the_same_operation_has_one_id_on_both_channels(counter: Counter) -> None:
    refs = [counter.sandbox.pay(amount=Money(100 + i)) for i in range(3)]
    refs.append(counter.sandbox.reverse(refs[0]))
    counter.client.ask_statement()
    (statement,) = counter.client.statements()
    carriers: list[Any] = [node.find("d:PayDoc", N) for node in operations(statement)]
    assert [carrier.get("id") for carrier in carriers] == refs
    assert [carrier.get("docKind") for carrier in carriers] == ["10", "10", "10", "16"]
    assert refs[0] in (carriers[3].findtext("d:MemOrder/d:TransitionContent", "", N))


def test_several_requests_in_one_packet_are_answered_in_one(counter: Counter) -> None:
    client = counter.client
    documents = []
    for account in counter.enrolment.accounts:
        request = number()
        documents.append(client.document("14", request, client.statement_request(request, account=account)))
    client.send(*documents)
    statement_packets = [p for p in client.packets()[0] if client.fetch(p)[0].kind == "15"]
    (packet,) = statement_packets
    assert [d.text("Data/Account") for d in client.fetch(packet)] == list(counter.enrolment.accounts)


def test_a_balance_is_a_statement_without_operations(counter: Counter) -> None:
    counter.sandbox.pay(amount=Money(100))
    counter.client.ask_statement(kind="2")
    (statement,) = counter.client.statements()
    assert operations(statement) == [] and money(statement, "ClosingBalance") == Money(50_000_100)


def test_the_list_goes_on_from_its_time_stamp(counter: Counter) -> None:
    client = counter.client
    client.ask_statement()
    first, stamp = client.packets()
    counter.sandbox.move_clock(timedelta(seconds=5))
    client.ask_statement()
    day = date.fromisoformat(stamp[:10])
    later, _ = client.packets(f"{day:%d.%m.%Y} {stamp[11:]}")
    everything, _ = client.packets()
    assert everything[: len(first)] == first and len(everything) == len(first) + 2
    assert set(everything) - set(first) <= set(later)
    assert client.packets(f"{day + timedelta(days=1):%d.%m.%Y} 00:00:00")[0] == []


@pytest.mark.parametrize(
    "given", ["2026-11-21 10:00:00", "21.11.2026", "21.11.26 10:00:00", "31.02.2026 10:00:00", "x"]
)
def test_a_time_stamp_of_another_format_is_refused(counter: Counter, given: str) -> None:
    with pytest.raises(BankError) as refused:
        counter.client.packets(given)
    assert refused.value.code == "2101"


# Habits


def test_a_queue_lists_what_was_not_fetched(counter: Counter) -> None:
    counter.sandbox.habit("queue", True)
    client = counter.client
    client.ask_statement()
    first, second = client.packets("01.01.2000 00:00:00")[0]
    client.fetch(first)
    assert client.packets()[0] == [second]
    client.fetch(first)  # it can still be had by its id
    client.fetch(second)
    assert client.packets()[0] == []
    counter.sandbox.habit("queue", False)
    assert client.packets()[0] == [first, second]


def test_unsigned_documents_are_a_habit_or_happen_once(counter: Counter) -> None:
    client = counter.client
    counter.sandbox.habit("signed", False)
    client.ask_statement()
    assert all(document.signatures == () for document in client.everything())
    counter.sandbox.habit("signed", True)
    counter.sandbox.behave("unsigned")
    client.ask_statement()
    client.ask_statement()
    assert [len(statement.signatures) for statement in client.statements()] == [1, 0, 1]
    with pytest.raises(NotProved):
        client.prove(client.statements()[1])


def test_documents_may_be_zipped_and_are_signed_as_they_were(counter: Counter) -> None:
    counter.sandbox.habit("compress", True)
    counter.client.ask_statement()
    packet = counter.client.packets()[0][-1]
    node = counter.client.call("GET", f"GetPack?id={packet}").find("d:Document", N)
    assert node is not None and node.get("compressed") == "true"
    (statement,) = counter.client.statements()
    assert counter.client.prove(statement) == counter.enrolment.signers[0]


def test_alfas_spelling_is_a_habit_too(counter: Counter) -> None:
    counter.sandbox.habit("zoned", True)
    counter.sandbox.habit("spaced-ids", True)
    ref = counter.sandbox.pay(amount=Money(100))
    counter.client.ask_statement()
    _, stamp = counter.client.packets()
    assert stamp.endswith("Z") and stamp[-5] == "."
    (statement,) = counter.client.statements()
    assert statement.text("Data/OperationInfo/Date").endswith("Z")
    assert statement.text("Data/DateFrom").endswith(":00.000Z")
    carrier = statement.root.find("d:Data/d:OperationInfo/d:PayDoc", N)
    assert carrier is not None and carrier.get("id") == f"{ref[:8]} {ref[8:]}"


def test_a_statement_may_come_unasked(counter: Counter) -> None:
    counter.sandbox.pay(amount=Money(100))
    counter.sandbox.send_statement()
    (statement,) = counter.client.statements()
    assert len(operations(statement)) == 1 and statement.root.find("d:ExtIDStatementRequest", N) is None


def test_the_packet_a_customer_fetches_twice_is_the_same(counter: Counter) -> None:
    counter.client.ask_statement()
    packet = counter.client.packets()[0][-1]
    assert counter.client.fetch(packet) == counter.client.fetch(packet)
