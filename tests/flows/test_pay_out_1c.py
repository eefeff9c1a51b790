"""Payment orders from 1C's folder, and what 1C hears of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gateway.bank.formats import clientbank_read, paydocru
from gateway.bank.formats.payment_order import PaymentOrder, Side
from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.problem import Problem
from gateway.flows.leaving import drain, onec_sinks
from gateway.flows.pay_out_1c import OrdersTaken
from gateway.onec.exchange import ExchangeFolder, Result
from gateway.onec.incoming import Incoming, Kind, read_file
from gateway.payments.outgoing import service
from gateway.service.rounds import take_onec
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import HOUSE, go
from tests.flows.test_pay_out_told import deliver, report, say
from tests.payments.outgoing.desk import (
    ACCOUNT,
    ANNA,
    BIC,
    CORR,
    PAYEE,
    TAX,
    TERMS,
    TODAY,
    TREASURY,
    ZIMIN,
    Desk,
    debit,
)

FIELDS = {
    "Номер": "524",
    "Дата": "23.11.2026",
    "Сумма": "12200.00",
    "ПлательщикСчет": ACCOUNT,
    "Плательщик": f"ИНН {TERMS.inn} ООО «Светорама»",
    "ПлательщикИНН": TERMS.inn,
    "ПлательщикКПП": TERMS.kpp,
    "Плательщик1": "ООО «Светорама»",
    "ПлательщикРасчСчет": ACCOUNT,
    "ПлательщикБанк1": "ПАО «Банк»",
    "ПлательщикБИК": BIC,
    "ПлательщикКорсчет": CORR,
    "ПолучательСчет": PAYEE.account,
    "Получатель": f"ИНН {PAYEE.inn} {PAYEE.name}",
    "ПолучательИНН": PAYEE.inn,
    "ПолучательКПП": PAYEE.kpp,
    "Получатель1": PAYEE.name,
    "ПолучательРасчСчет": PAYEE.account,
    "ПолучательБанк1": "АО «Банк»",
    "ПолучательБИК": PAYEE.bic,
    "ПолучательКорсчет": PAYEE.corr_account,
    "ВидОплаты": "01",
    "Очередность": "5",
    "НазначениеПлатежа": "Оплата по счету № 5 от 20.11.2026. В т.ч. НДС (22%) 2200-00",
}
TAXES = {
    **FIELDS,
    "Номер": "525",
    "Получатель": TREASURY.name,
    "Получатель1": TREASURY.name,
    "ПолучательИНН": TREASURY.inn,
    "ПолучательКПП": TREASURY.kpp,
    "ПолучательСчет": TREASURY.account,
    "ПолучательРасчСчет": TREASURY.account,
    "ПолучательБИК": TREASURY.bic,
    "ПолучательКорсчет": TREASURY.corr_account,
    "НазначениеПлатежа": "Единый налоговый платеж",
    "Код": "0",
    "СтатусСоставителя": "01",
    "ПоказательКБК": TAX.kbk,
    "ОКАТО": "0",
    "ПоказательОснования": "0",
    "ПоказательПериода": "0",
    "ПоказательНомера": "0",
    "ПоказательДаты": "0",
}


def to_bank(*documents: dict[str, str], kind: str = "Платежное поручение") -> bytes:
    lines = ["1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows", "ДатаСоздания=23.11.2026"]
    lines += ["ДатаНачала=23.11.2026", "ДатаКонца=23.11.2026", f"РасчСчет={ACCOUNT}", f"Документ={kind}"]
    for document in documents:
        lines += [f"СекцияДокумент={kind}", *(f"{k}={v}" for k, v in document.items()), "КонецДокумента"]
    return "\r\n".join([*lines, "КонецФайла", ""]).encode("cp1251")


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onec") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[Desk]:
    shutil.copyfile(empty_database, tmp_path / "desk.db")
    made = Desk(tmp_path)
    yield made
    made.close()


def take(desk: Desk, content: bytes, **by: Actor) -> OrdersTaken:
    taken = take_onec(desk.store, HOUSE, read_file(content, "to_bank.txt"), **by)
    assert isinstance(taken, OrdersTaken)
    return taken


def test_an_order_of_1c_waits_for_two_people(desk: Desk) -> None:
    taken = take(desk, to_bank(FIELDS))
    assert (taken.fresh, taken.problems) == (1, ())
    row = desk.row(taken.orders[0])
    assert (row.state, row.source, row.number, row.date) == ("draft", "1c", "524", "2026-11-23")
    assert (row.amount, row.payee_name, row.payee_account) == (12_200_00, PAYEE.name, PAYEE.account)
    assert (row.purpose, row.proposed_by) == (FIELDS["НазначениеПлатежа"], "1c")
    assert service.draft_of(row).payee.inn == PAYEE.inn
    desk.approve(row.id, by=ANNA)
    assert desk.approve(row.id, by=ZIMIN).state == "approved"


def test_a_tax_payment_of_1c(desk: Desk) -> None:
    taken = take(desk, to_bank(TAXES))
    assert taken.problems == ()
    draft = service.draft_of(desk.row(taken.orders[0]))
    assert (draft.kind, draft.tax, draft.uin) == ("tax", TAX, "")


def test_the_same_file_and_the_same_order_in_another_file_change_nothing(desk: Desk) -> None:
    first = take(desk, to_bank(FIELDS))
    assert take(desk, to_bank(FIELDS)) == OrdersTaken(first.orders, 0, ())
    both = take(desk, to_bank(TAXES, FIELDS))
    assert (both.fresh, both.orders[1]) == (1, first.orders[0])


def test_bad_ones_are_told_row_by_row_and_keep_nobody_back(desk: Desk) -> None:
    documents = [
        {**FIELDS, "Номер": "1", "ПолучательИНН": "7704596182", "Получатель": PAYEE.name},
        {**FIELDS, "Номер": "2"},
        {**FIELDS, "Номер": "3", "НазначениеПлатежа": "За бумагу"},
        {**FIELDS, "Номер": "4", "ПлательщикИНН": "7705260699", "Плательщик": "ООО «Чужие»"},
        {**FIELDS, "Номер": "5", "Очередность": "срочно"},
        {**FIELDS, "Номер": "УТ-6"},
        {**FIELDS, "Номер": "7", "Дата": "01.10.2026"},
    ]
    taken = take(desk, to_bank(*documents))
    assert [desk.row(order_id).number for order_id in taken.orders] == ["2"]
    told = [(problem.subject, problem.code, problem.skipped) for problem in taken.problems]
    assert told == [
        ("1", "requisites.inn", True),
        ("3", "outgoing.no_vat", True),
        ("4", "outgoing.payer_differs", True),
        ("5", "outgoing.onec_field", True),
        ("УТ-6", "outgoing.number", True),
        ("7", "outgoing.date", True),
    ]
    assert all(problem.line > 0 and "{" not in problem.text("ru") + problem.hint("ru") for problem in taken.problems)


def test_other_documents_are_not_paid(desk: Desk) -> None:
    taken = take(desk, to_bank(FIELDS, kind="Платежное требование"))
    assert [problem.code for problem in taken.problems] == ["outgoing.onec_kind"] and taken.orders == ()


def test_changed_in_1c_while_it_waits_here(desk: Desk) -> None:
    (order_id,) = take(desk, to_bank(FIELDS)).orders
    changed = to_bank({**FIELDS, "Сумма": "12200.01"})
    (problem,) = take(desk, changed).problems
    assert problem.code == "outgoing.source_taken"
    with desk.store.unit(ANNA) as unit:
        service.withdraw(unit, TERMS, order_id, "сумма исправлена в 1С", 1)
        unit.commit()
    (settled,) = take(desk, to_bank(FIELDS)).problems
    assert settled.code == "outgoing.onec_settled" and "отозвано" in settled.text("ru")
    again = take(desk, changed)
    assert (again.fresh, desk.row(again.orders[0]).amount) == (1, 12_200_01)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_bring_a_file_of_orders(desk: Desk, role: Role) -> None:
    allowed = role in (Role.ACCOUNTANT, Role.DIRECTOR, Role.OWNER, Role.SERVICE)
    if allowed:
        taken = take(desk, to_bank(FIELDS), actor=Actor("somebody", role))
        assert desk.state(taken.orders[0]) == "draft", "bringing a file signs nothing"
    else:
        with pytest.raises(Refused) as caught:
            take(desk, to_bank(FIELDS), actor=Actor("somebody", role))
        assert caught.value.code == "authority.missing"


ORDER = PaymentOrder(
    "x",
    "05688096-0806-4ef0-af4c-572f75dbaf7c",
    "14",
    TODAY,
    Money(12_200_00),
    Side(TERMS.name, TERMS.inn, TERMS.kpp, ACCOUNT, BIC, "ПАО «Банк»", CORR),
    Side(PAYEE.name, PAYEE.inn, PAYEE.kpp, PAYEE.account, PAYEE.bic, "АО «Банк»", PAYEE.corr_account),
    "Оплата по счету № 5, НДС не облагается",
)


def pay_doc(order: PaymentOrder = ORDER) -> bytes:
    return paydocru.write(order, made_at=datetime(2026, 11, 23, tzinfo=UTC), customer_id="c")


def test_a_paydocru_is_an_order_known_by_its_id(desk: Desk) -> None:
    assert read_file(pay_doc(), "x.xml").kind is Kind.PAYMENT_ORDER
    (order_id,) = take(desk, pay_doc()).orders
    row = desk.row(order_id)
    assert (row.source_id, row.number, row.purpose) == (ORDER.document_id, "14", ORDER.purpose)
    assert row.document_id != ORDER.document_id, "what leaves has an id of our own"
    assert take(desk, pay_doc()).fresh == 0


def test_a_broken_paydocru_is_told(desk: Desk) -> None:
    (problem,) = take(desk, pay_doc().replace(b"<Sum>12200.00<", b"<Sum>12.200,00<")).problems
    assert (problem.code, problem.values["field"]) == ("outgoing.onec_field", "Sum")
    (problem,) = take(desk, pay_doc()[:-20]).problems
    assert problem.code.startswith("xml.")


def test_the_folder_takes_the_good_and_reports_the_bad(desk: Desk, tmp_path: Path) -> None:
    def handle(incoming: Incoming) -> Sequence[Problem]:
        taken = take_onec(desk.store, HOUSE, incoming)
        assert isinstance(taken, OrdersTaken)
        return taken.problems

    folder = ExchangeFolder(tmp_path / "exchange", desk.clock, handle, settle_seconds=0)
    folder.prepare()
    (folder.incoming / "to_bank.txt").write_bytes(to_bank(FIELDS, {**FIELDS, "Номер": "9", "Сумма": "0.00"}))
    folder.look()
    (outcome,) = folder.look()
    assert outcome.result is Result.PARTLY and outcome.stored is not None
    report_text = outcome.stored.with_name("to_bank.txt.report.txt").read_text(encoding="utf-8-sig")
    assert "9: Сумма 0,00 ₽ должна быть больше нуля." in report_text


def files_of(desk: Desk, folder: Path) -> list[clientbank_read.ClientBankFile]:
    """What 1C finds, oldest first."""
    folder.mkdir(exist_ok=True)
    sinks = onec_sinks(desk.store, HOUSE, folder)
    while drain(desk.store, sinks, "w").done:
        pass
    found = sorted(folder.iterdir(), key=lambda path: path.stem[-26:])
    return [clientbank_read.read(path.read_bytes()) for path in found if path.name.startswith("pay_status_")]


def test_1c_hears_of_every_state_and_the_debit_last(desk: Desk, tmp_path: Path) -> None:
    (order_id,) = take(desk, to_bank(FIELDS)).orders
    desk.approve(order_id, by=ANNA)
    desk.approve(order_id, by=ZIMIN)
    go(desk, PretendBank())
    say(desk, report(order_id, "ACSP"))
    deliver(desk, debit(e2e=order_id, booked=date(2026, 11, 24)))
    told = files_of(desk, tmp_path / "out")
    texts = [file.documents[0].value("КвитанцияСодержание") for file in told]
    assert texts == [
        "ждёт подписей",
        "ждёт второй подписи",
        "подписано",
        "отправляется",
        "отправлено",
        "принято банком: ACSP",
        "исполнено",
    ]
    assert [file.documents[0].debited for file in told] == [None] * 6 + [date(2026, 11, 24)]
    last = told[-1].documents[0]
    assert (last.number, last.date, last.amount) == ("524", TODAY, Money(12_200_00))
    assert (last.payer.account, last.payee.account, last.payee.name) == (ACCOUNT, PAYEE.account, PAYEE.name)
    assert (last.purpose, last.value("КвитанцияДата")) == (FIELDS["НазначениеПлатежа"], "23.11.2026")
    assert all(not file.problems for file in told)


def test_1c_hears_the_banks_reason_and_peoples(desk: Desk, tmp_path: Path) -> None:
    refused, rejected = take(desk, to_bank(FIELDS, TAXES)).orders
    for signer in (ANNA, ZIMIN):
        desk.approve(refused, by=signer)
    go(desk, PretendBank())
    say(desk, report(refused, "RJCT", "AM04", "Недостаточно средств"))
    with desk.store.unit(ZIMIN) as unit:
        service.reject(unit, TERMS, rejected, "не тот период", 1)
        unit.commit()
    told = files_of(desk, tmp_path / "out")
    last = {file.documents[0].number: file.documents[0] for file in told}
    assert last["524"].value("КвитанцияСодержание") == "отклонено банком: RJCT AM04 Недостаточно средств"
    assert last["525"].value("КвитанцияСодержание") == "не одобрено: не тот период"
    assert (last["525"].value("ПоказательКБК"), last["525"].value("СтатусСоставителя")) == (TAX.kbk, "01")
    assert last["524"].debited is None


def test_what_people_propose_here_is_not_told_to_1c(desk: Desk, tmp_path: Path) -> None:
    desk.approved()
    assert files_of(desk, tmp_path / "out") == []
