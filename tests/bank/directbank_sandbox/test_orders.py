"""Payment orders by DirectBank: paid once, told about by notices, and everything that can go wrong with them."""

from __future__ import annotations

import http.client
import uuid
from datetime import datetime, timedelta

import pytest
from lxml import etree

from gateway.core.money import Money
from tests.bank.directbank_sandbox.conftest import PAYEE, Counter
from tests.bank.sandbox.directbank_client import MOSCOW, BankError, N


def number() -> str:
    return str(uuid.uuid4())


def pay(counter: Counter, **fields: str) -> str:
    """Send an order; its id."""
    one = number()
    counter.client.pay(one, **{"account": PAYEE, **fields})
    return one


def told(counter: Counter, document: str) -> list[str]:
    return [status for status, _ in counter.client.notices(document)]


def balance(counter: Counter) -> int:
    accounts = counter.sandbox.state()["accounts"]
    assert isinstance(accounts, list)
    return int(accounts[0]["balance_kopecks"])


def lines(counter: Counter) -> list[etree._Element]:
    """The operations of today's latest statement."""
    counter.client.ask_statement()
    return counter.client.statements()[-1].root.findall("d:Data/d:OperationInfo", N)


def test_an_order_is_paid_and_its_id_stands_in_the_statement(counter: Counter) -> None:
    before = balance(counter)
    order = pay(counter)
    assert told(counter, order) == ["01", "02"]
    assert balance(counter) == before - 150000
    (line,) = lines(counter)
    assert (line.findtext("d:ExtID", "", N), line.findtext("d:DC", "", N)) == (order, "1")
    (known,) = counter.sandbox.orders()
    assert (known["order"], known["channel"], known["state"], known["payee"]) == (
        order, "directbank", "executed", "ООО «Поставщик»",
    )  # fmt: skip


WRONG = [
    ({"account": "4" * 20}, "2205"),
    ({"bic": "999999999"}, "2205"),
    ({"amount": "0.00"}, "2205"),
    ({"inn": "7728168970"}, "2205"),
    ({"doc_no": "1234567"}, "2205"),
    ({"payer": "40702810000000000009"}, "1013"),
]


@pytest.mark.parametrize(("fields", "error"), WRONG, ids=[next(iter(fields)) for fields, _ in WRONG])
def test_a_wrong_order_is_refused_by_a_notice_and_nothing_is_paid(
    counter: Counter, fields: dict[str, str], error: str
) -> None:
    before = balance(counter)
    order = pay(counter, **fields)
    assert told(counter, order) == [error]
    assert balance(counter) == before and counter.sandbox.orders()[0]["state"] == "refused"


def test_an_order_without_funds_is_suspended_until_there_are_some(counter: Counter) -> None:
    order = pay(counter, amount="600000.00")
    assert told(counter, order) == ["01", "04"]
    counter.sandbox.pay(amount=Money.parse("100000.00"))
    assert told(counter, order) == ["01", "04", "02"]


def test_an_order_for_a_later_day_waits_and_can_be_recalled(counter: Counter) -> None:
    client = counter.client
    later = datetime.now(MOSCOW).date() + timedelta(days=3)
    order, recall = number(), number()
    client.pay(order, account=PAYEE, day=later)  # type: ignore[arg-type]
    assert told(counter, order) == ["01"]
    client.send(client.document("04", recall, client.about("CancelationRequest", recall, order), signed=True))
    assert told(counter, order) == ["01", "05"] and told(counter, recall) == ["02"]
    counter.sandbox.move_clock(timedelta(days=3))
    assert told(counter, order) == ["01", "05"] and balance(counter) == 50_000_000


def test_what_is_executed_or_unknown_cannot_be_recalled(counter: Counter) -> None:
    client = counter.client
    order = pay(counter)
    told(counter, order)
    for asked, status in ((order, "03"), (number(), "2207")):
        recall = number()
        client.send(client.document("04", recall, client.about("CancelationRequest", recall, asked), signed=True))
        assert told(counter, recall) == [status]


def test_a_status_can_be_asked_for(counter: Counter) -> None:
    client = counter.client
    good, bad, unknown = pay(counter), pay(counter, account="4" * 20, doc_no="13"), number()
    told(counter, good)
    for asked, status in ((good, "02"), (bad, "2205"), (unknown, "2207")):
        request = number()
        client.send(client.document("03", request, client.about("StatusRequest", request, asked)))
        answers = [d for d in client.everything() if d.kind == "02" and d.text("ExtIDStatusRequest") == request]
        assert [d.root.findtext("d:Result/*/d:Code", "", N) for d in answers] == [status]
        assert answers[0].text("ExtID") == asked


# Never twice


def test_neither_packet_nor_document_nor_number_pays_twice(counter: Counter) -> None:
    client = counter.client
    order, packet = number(), number()
    document = client.document("10", order, client.order(order, account=PAYEE), signed=True)
    client.send(document, number=packet)
    with pytest.raises(BankError) as refused:
        client.send(document, number=packet)
    assert refused.value.code == "2002"
    with pytest.raises(BankError) as refused:
        client.send(document)
    assert refused.value.code == "2202"
    other = pay(counter)  # another id, the same number and date
    assert told(counter, other) == ["2203"] and told(counter, order) == ["01", "02"]
    assert balance(counter) == 50_000_000 - 150_000


# What can go wrong


def test_a_refused_order_tells_why(counter: Counter) -> None:
    counter.sandbox.behave("order-refused", reason="Счёт закрыт")
    order = pay(counter)
    assert counter.client.notices(order) == [("03", "Счёт закрыт")] and lines(counter) == []


def test_a_silent_bank_pays_without_a_word(counter: Counter) -> None:
    counter.sandbox.behave("order-silent", seconds="60")
    order = pay(counter)
    assert lines(counter) == []
    counter.sandbox.move_clock(timedelta(seconds=61))
    assert [line.findtext("d:ExtID", "", N) for line in lines(counter)] == [order]
    assert told(counter, order) == []


def test_a_late_bank_accepts_now_and_pays_later(counter: Counter) -> None:
    counter.sandbox.behave("order-late")
    order = pay(counter)
    assert told(counter, order) == ["01"] and lines(counter) == []
    counter.sandbox.move_clock(timedelta(seconds=601))
    assert told(counter, order) == ["01", "02"] and len(lines(counter)) == 1


def test_a_lost_answer_was_an_order_taken(counter: Counter) -> None:
    client = counter.client
    counter.sandbox.behave("order-lost-reply")
    order, packet = number(), number()
    document = client.document("10", order, client.order(order, account=PAYEE), signed=True)
    with pytest.raises((http.client.HTTPException, OSError)):
        client.send(document, number=packet)
    with pytest.raises(BankError) as refused:
        client.send(document, number=packet)
    assert refused.value.code == "2002" and told(counter, order) == ["01", "02"]
    assert balance(counter) == 50_000_000 - 150_000


def test_an_order_that_was_not_received_can_be_sent_again_as_it_is(counter: Counter) -> None:
    client = counter.client
    counter.sandbox.behave("order-not-received")
    order, packet = number(), number()
    document = client.document("10", order, client.order(order, account=PAYEE), signed=True)
    with pytest.raises((http.client.HTTPException, OSError)):
        client.send(document, number=packet)
    assert client.packets()[0] == [] and counter.sandbox.orders() == []
    client.send(document, number=packet)
    assert told(counter, order) == ["01", "02"]


def test_returned_money_comes_back_with_the_orders_id(counter: Counter) -> None:
    counter.sandbox.behave("order-returned", seconds="30", reason="Счёт закрыт")
    order = pay(counter)
    assert told(counter, order) == ["01", "02"]
    counter.sandbox.move_clock(timedelta(seconds=31))
    out, back = lines(counter)
    assert [line.findtext("d:ExtID", "", N) for line in (out, back)] == [order, order]
    assert [line.findtext("d:DC", "", N) for line in (out, back)] == ["1", "2"]
    assert "Счёт закрыт" in back.findtext("d:PayDoc/d:PayDocRu/d:Purpose", "", N)
    assert balance(counter) == 50_000_000 and counter.sandbox.orders()[0]["state"] == "returned"


def test_orders_of_the_other_channel_are_not_met_by_what_is_meant_for_this_one(counter: Counter) -> None:
    counter.sandbox.behave("order-refused", channel="bxd")
    assert told(counter, pay(counter)) == ["01", "02"]


def test_a_notice_may_name_an_id_that_is_off_by_one(counter: Counter) -> None:
    counter.sandbox.behave("id-off-by-one")
    order = pay(counter)
    notices = [d.text("ExtID") for d in counter.client.everything() if d.kind == "02"]
    assert notices[1] == order
    assert sum(a != b for a, b in zip(notices[0], order, strict=True)) == 1
