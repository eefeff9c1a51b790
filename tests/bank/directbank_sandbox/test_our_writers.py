"""What the gateway itself writes, the bank takes: both sides were made apart, from the standards alone."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path

import pytest

from gateway.bank.formats import pain001, paydocru
from gateway.bank.formats.payment_order import Budget, PaymentOrder, Side
from gateway.core.clock import business_date
from gateway.core.money import Money
from tests.bank.directbank_sandbox.conftest import PAYEE, Counter
from tests.bank.sandbox.client import Client
from tests.bank.sandbox.directbank_client import N

ORDINARY = Side("ООО «Поставщик рам и багета»", "7728168971", "772801001", PAYEE, "044525225", "ПАО Сбербанк")
PERSON = Side("Иванов Иван Иванович", "500100732259", "", PAYEE, "044525225", "ПАО Сбербанк")
TREASURY = Side(
    "Казначейство России (ФНС России)", "7727406020", "770801001", "03100643000000018500", "017003983",
    "ОТДЕЛЕНИЕ ТУЛА БАНКА РОССИИ//УФК по Тульской области", "40102810445370000059",
)  # fmt: skip
TAX = Budget("01", "18201061201010000510", "0", "0", "0", "0", "0")
CASES = [(ORDINARY, None), (PERSON, None), (TREASURY, TAX)]
IDS = ["company", "person", "budget"]


def an_order(counter: Counter, payee: Side, budget: Budget | None) -> PaymentOrder:
    own = counter.enrolment
    return PaymentOrder(
        id=uuid.uuid4().hex,
        document_id=str(uuid.uuid4()),
        number="125",
        date=business_date(counter.sandbox.books.now()),
        amount=Money(1_234_567),
        payer=Side(own.owner, own.inn, own.kpp, own.accounts[0], own.bic, own.bank_name),
        payee=payee,
        purpose="Оплата по счёту № 125 от 20.11.2026 за багет и паспарту. " + "Подробности в договоре. " * 6,
        uin="0" if budget else "",
        budget=budget,
    )


@pytest.mark.parametrize(("payee", "budget"), CASES, ids=IDS)
def test_the_bank_takes_our_paydocru(counter: Counter, payee: Side, budget: Budget | None) -> None:
    order = an_order(counter, payee, budget)
    now = counter.sandbox.books.now()
    content = paydocru.write(order, made_at=now, customer_id=counter.enrolment.customer_id)
    client = counter.client
    client.send(client.document("10", order.document_id, content, signed=True))
    assert [status for status, _ in client.notices(order.document_id)] == ["01", "02"]
    client.ask_statement()
    (line,) = client.statements()[-1].root.findall("d:Data/d:OperationInfo", N)
    paid = "d:PayDoc/d:PayDocRu"
    assert line.findtext("d:ExtID", "", N) == order.document_id
    assert line.findtext(f"{paid}/d:Purpose", "", N) == order.purpose.strip()
    assert line.findtext(f"{paid}/d:Payee/d:Account", "", N) == payee.account


@pytest.mark.parametrize("version", pain001.VERSIONS)
@pytest.mark.parametrize(("payee", "budget"), CASES, ids=IDS)
def test_the_bank_takes_our_pain_001(
    counter: Counter, payee: Side, budget: Budget | None, version: str, tmp_path: Path
) -> None:
    order = an_order(counter, payee, budget)
    content = pain001.write(order, version=version, made_at=counter.sandbox.books.now())
    client = Client(counter.enrolment, tmp_path / "bxd", url=counter.server.url)
    sent = client.ask("uploadFile", FileType="XL", Content=base64.b64encode(content).decode(), ExecutionSerial="1")
    client.close()
    assert sent.code == "00"
    counter.sandbox.process()
    (known,) = counter.sandbox.orders()
    assert (known["order"], known["state"], known["reason"]) == (order.id, "executed", "")
    assert (known["number"], known["amount_kopecks"], known["payee"]) == ("125", 1_234_567, payee.name)
