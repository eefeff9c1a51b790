"""What banks say of orders: notices move them, the statement alone ends them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.bank.channel import Document, DocumentKind
from gateway.bank.sandbox import pain_status
from gateway.bank.statement import Entry, StatementHead
from gateway.core.errors import Unavailable
from gateway.flows.paid_to_pick import take_lines
from gateway.flows.pay_out import send_waiting
from gateway.flows.pay_out_told import take_status
from gateway.payments.model import Source
from gateway.payments.outgoing.model import OrderState
from gateway.payments.outgoing.tables import payees
from gateway.payments.tables import payments
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.store.schema import AnyRow, journal
from tests.flows.pay_out_bank import AT, PretendBank
from tests.flows.test_pay_out import HOUSE, alarms_of, go, tasks_of
from tests.payments.outgoing.desk import ACCOUNT, OTHER_ACCOUNT, PAYEE, TODAY, Desk, debit, draft

_messages = count(1)


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("told") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[Desk]:
    shutil.copyfile(empty_database, tmp_path / "desk.db")
    made = Desk(tmp_path)
    yield made
    made.close()


def sent(desk: Desk, bank: PretendBank | None = None, **changes: Any) -> AnyRow:
    order_id = desk.approved(draft(**changes))
    go(desk, bank or PretendBank(), customer_id="c")
    return desk.row(order_id)


def say(desk: Desk, content: bytes, *, channel: str = "bxd:pretend", kind: str = "pain.002", message: str = "") -> int:
    with desk.store.unit() as unit:
        document = Document(DocumentKind.ORDER_STATUS, kind, content)
        moved = take_status(unit, HOUSE, channel, message or f"M{next(_messages)}", document)
        unit.commit()
    return moved


def report(order_id: str, status: str, code: str = "", reason: str = "") -> bytes:
    told = pain_status.Status(order_id, "1", order_id, status, code, reason)
    return pain_status.write("03", order_id, "", [told], AT)


def notice(guid: str, status: str, more: str = "", error: bool = False) -> bytes:
    kind = "Error" if error else "Status"
    return (
        f'\ufeff<StatusDocNotice xmlns="http://directbank.1c.ru/XMLSchema"><ExtID>{guid}</ExtID><Result><{kind}>'
        f"<Code>{status}</Code><MoreInfo>{more}</MoreInfo></{kind}></Result></StatusDocNotice>"
    ).encode()


def packet_notice(receipt: str, code: str) -> bytes:
    return (
        '<StatusPacketNotice xmlns="http://directbank.1c.ru/XMLSchema"><IDResultSuccessResponse>'
        f"{receipt}</IDResultSuccessResponse><Result><Status><Code>{code}</Code></Status></Result></StatusPacketNotice>"
    ).encode()


def deliver(desk: Desk, *lines: Entry, evidence: str = "signed", message: str = "", account: str = ACCOUNT) -> None:
    number = next(_messages)
    head = StatementHead("camt.053", f"S{number}", "", None, account, "", "", "RUB", None, None, ())
    source = Source(message or f"M{number}", evidence, desk.clock.now())
    taken = take_lines(desk.store, HOUSE, source, [head, *lines])
    assert taken.failed == 0


@pytest.mark.parametrize("status", ["ACTC", "ACCP", "ACSP", "ACSC", "ACCC"])
def test_the_banks_yes_is_accepted_and_never_executed(desk: Desk, status: str) -> None:
    row = sent(desk)
    assert say(desk, report(row.id, status)) == 1
    assert (desk.state(row.id), desk.row(row.id).bank_code) == ("accepted", status)


def test_the_banks_no_ends_it_with_its_reason_and_a_task(desk: Desk) -> None:
    row = sent(desk)
    say(desk, report(row.id, "ACCP"))
    say(desk, report(row.id, "RJCT", "AM04", "Недостаточно средств"))
    after = desk.row(row.id)
    assert (after.state, after.bank_code, after.bank_text) == ("refused", "RJCT", "AM04 Недостаточно средств")
    assert tasks_of(desk) == ["task.outgoing_refused"]


def test_the_same_message_again_changes_nothing(desk: Desk) -> None:
    row = sent(desk)
    content = report(row.id, "RJCT", "AM04")
    assert [say(desk, content, message="M1"), say(desk, content, message="M1"), say(desk, content)] == [1, 0, 0]
    assert len(tasks_of(desk)) == 1 and desk.events(row.id).count("refuse") == 1


def test_words_in_the_wrong_order_move_nothing_back(desk: Desk) -> None:
    row = sent(desk)
    say(desk, report(row.id, "RJCT", "AM04"))
    say(desk, report(row.id, "ACCP"))
    assert desk.state(row.id) == "refused"
    other = sent(desk, purpose="Счёт № 8, без НДС")
    say(desk, report(other.id, "ACSP"))
    say(desk, report(other.id, "RCVD"))
    assert desk.state(other.id) == "accepted"


def test_a_word_nobody_knows_is_kept_shown_and_not_guessed(desk: Desk) -> None:
    row = sent(desk)
    say(desk, report(row.id, "ZZZZ", "XX99", "что-то"))
    after = desk.row(row.id)
    assert (after.state, after.bank_code, after.bank_text) == ("sent", "ZZZZ", "XX99 что-то")
    assert alarms_of(desk) == ["outgoing.status_strange"]


def test_a_notice_settles_an_unknown_outcome(desk: Desk) -> None:
    bank = PretendBank()
    bank.lose = 1
    row = sent(desk, bank)
    assert row.state == OrderState.UNKNOWN
    say(desk, report(row.id, "ACCP"))
    assert desk.state(row.id) == "accepted" and alarms_of(desk) == []
    go(desk, bank)
    assert len(bank.tries) == 1


def test_the_notice_overtakes_the_answer(desk: Desk) -> None:
    """The bank's word of an order comes in while its own answer to the sending is still on the line."""
    bank = PretendBank()
    order_id = desk.approved()

    def meanwhile(call: str) -> None:
        if call == "accepted":
            say(desk, report(order_id, "ACCP"))

    bank.before = meanwhile
    go(desk, bank)
    row = desk.row(order_id)
    assert (row.state, row.bank_ref) == ("accepted", f"receipt-{order_id}")


def test_another_banks_word_counts_for_nothing(desk: Desk) -> None:
    row = sent(desk)
    assert say(desk, report(row.id, "RJCT"), channel="bxd:other") == 0
    assert desk.state(row.id) == "sent" and alarms_of(desk) == ["outgoing.status_of_unknown"]


def test_a_report_on_nobodys_order_is_told(desk: Desk) -> None:
    assert say(desk, report("01KDNOBODY", "ACCP")) == 0
    assert alarms_of(desk) == ["outgoing.status_of_unknown"]
    with desk.store.reading() as connection:
        kinds = connection.execute(select(journal.c.kind)).scalars().all()
    assert "order_status.unmatched" in kinds


@pytest.mark.parametrize(("content", "kind"), [(b"<x/>", "pain.002"), (b"broken", "pain.002"), (b"<x/>", "new.kind")])
def test_what_cannot_be_read_is_told_and_stops_nothing(desk: Desk, content: bytes, kind: str) -> None:
    assert say(desk, content, kind=kind) == 0
    assert alarms_of(desk) == ["outgoing.bad_status"]


DIRECT = "directbank:pretend"


@pytest.mark.parametrize(
    ("code", "state", "tasks"),
    [
        ("01", "accepted", []),
        ("02", "accepted", []),
        ("03", "refused", ["task.outgoing_refused"]),
        ("04", "sent", ["task.outgoing_attention"]),
        ("05", "refused", ["task.outgoing_refused"]),
        ("06", "sent", ["task.outgoing_attention"]),
        ("77", "sent", []),
    ],
)
def test_directbanks_notices(desk: Desk, code: str, state: str, tasks: list[str]) -> None:
    row = sent(desk, PretendBank(DIRECT))
    assert say(desk, notice(row.document_id, code, "слова"), channel=DIRECT, kind="directbank.status") == 1
    after = desk.row(row.id)
    assert (after.state, after.bank_code, after.bank_text, tasks_of(desk)) == (state, code, "слова", tasks)
    assert alarms_of(desk) == (["outgoing.status_strange"] if code == "77" else [])


def test_the_packets_notice_names_the_receipt(desk: Desk) -> None:
    bank = PretendBank(DIRECT)
    row = sent(desk, bank)
    assert say(desk, packet_notice(row.bank_ref, "01"), channel=DIRECT, kind="directbank.status") == 1
    assert say(desk, notice(row.document_id, "01"), channel=DIRECT, kind="directbank.status") == 1
    assert desk.state(row.id) == "accepted", "the same code means more of a document than of its packet"
    assert say(desk, packet_notice("another", "01"), channel=DIRECT, kind="directbank.status") == 0
    assert alarms_of(desk) == [], "packets that are no orders are told of too"


@pytest.mark.parametrize(("change", "found"), [(1, True), (2, False)])
def test_a_guid_that_comes_back_with_one_digit_changed(desk: Desk, change: int, found: bool) -> None:
    row = sent(desk, PretendBank(DIRECT))
    guid = row.document_id.upper()
    for place in range(change):
        guid = guid[:place] + ("0" if guid[place] != "0" else "1") + guid[place + 1 :]
    say(desk, notice(guid, "03"), channel=DIRECT, kind="directbank.status")
    assert desk.state(row.id) == ("refused" if found else "sent")


@pytest.mark.parametrize("state", ["sending", "unknown", "sent", "accepted"])
def test_the_debit_line_executes_whatever_was_said_before(desk: Desk, state: str) -> None:
    bank = PretendBank()
    bank.lose = int(state == "unknown")
    order_id = desk.approved()

    def meanwhile(call: str) -> None:
        if call == "sent" and state == "sending":
            deliver(desk, debit(e2e=order_id))

    bank.before = meanwhile
    go(desk, bank)
    if state == "accepted":
        say(desk, report(order_id, "ACSC"))
    if state != "sending":
        assert desk.state(order_id) == state
        deliver(desk, debit(e2e=order_id))
    row = desk.row(order_id)
    assert (row.state, row.entry_id is not None, row.executed_at is not None) == ("executed", True, True)
    assert alarms_of(desk) == []


def test_directbanks_guid_in_the_line_is_the_order_too(desk: Desk) -> None:
    row = sent(desk, PretendBank(DIRECT))
    deliver(desk, debit(e2e=row.document_id.upper()))
    assert desk.state(row.id) == "executed"


def test_delivered_ten_times_it_is_executed_once(desk: Desk) -> None:
    row = sent(desk)
    for _ in range(3):
        deliver(desk, debit(e2e=row.id, ref="R1"))
    assert desk.events(row.id).count("execute") == 1 and alarms_of(desk) == []


def test_a_line_that_is_only_announced_proves_nothing_yet(desk: Desk) -> None:
    row = sent(desk)
    deliver(desk, debit(e2e=row.id, ref="R1", status="PDNG"))
    assert desk.state(row.id) == "sent"
    deliver(desk, debit(e2e=row.id, ref="R1"))
    assert desk.state(row.id) == "executed"


def test_a_statement_from_a_file_proves_nothing(desk: Desk) -> None:
    row = sent(desk)
    deliver(desk, debit(e2e=row.id, ref="R1"), evidence="file")
    assert desk.state(row.id) == "sent"
    with desk.store.reading() as connection:
        assert connection.execute(select(payees)).all() == []
    deliver(desk, debit(e2e=row.id, ref="R1"), evidence="signed")
    assert desk.state(row.id) == "executed"


def test_without_our_id_the_whole_document_must_agree(desk: Desk) -> None:
    row = sent(desk)
    for wrong in (
        debit(number="2"),
        debit(number="1", kopecks=12_200_01),
        debit(number="1", day=TODAY + timedelta(days=1)),
        debit(number="1", payee=replace(PAYEE, account=OTHER_ACCOUNT)),
        debit(number=""),
        debit(number="1", incoming=True),
        debit(number="1", reversal=True),
        debit(number="1", currency="USD"),
    ):
        deliver(desk, wrong)
        assert desk.state(row.id) == "sent"
    deliver(desk, debit(number="1"), account="40702810900000000009")
    assert desk.state(row.id) == "sent", "another account of ours"
    deliver(desk, debit(number="000001"))
    assert desk.state(row.id) == "executed"


def test_our_id_with_another_sum_is_an_alarm(desk: Desk) -> None:
    row = sent(desk)
    deliver(desk, debit(12_200_01, e2e=row.id))
    deliver(desk, debit(e2e=row.id, payee=replace(PAYEE, account=OTHER_ACCOUNT)))
    assert (desk.state(row.id), alarms_of(desk)) == ("sent", ["outgoing.amount_differs"])


def test_debited_twice_is_an_alarm(desk: Desk) -> None:
    row = sent(desk)
    deliver(desk, debit(e2e=row.id, ref="R1"))
    deliver(desk, debit(e2e=row.id, ref="R2"))
    deliver(desk, debit(e2e=row.id, ref="R2"))
    assert alarms_of(desk) == ["outgoing.executed_twice"]
    assert len([e for e in desk.events(row.id) if e.startswith("twice")]) == 1


def test_refused_and_debited_all_the_same(desk: Desk) -> None:
    row = sent(desk)
    say(desk, report(row.id, "RJCT"))
    deliver(desk, debit(e2e=row.id))
    assert (desk.state(row.id), alarms_of(desk)) == ("executed", ["outgoing.refused_but_executed"])


def test_paid_another_way_it_does_not_leave_any_more(desk: Desk) -> None:
    order_id = desk.approved()
    deliver(desk, debit(number="1"))
    bank = PretendBank()
    go(desk, bank)
    assert (desk.state(order_id), bank.tries, alarms_of(desk)) == ("executed", [], ["outgoing.paid_elsewhere"])


def test_a_rejected_order_is_nobodys_line(desk: Desk) -> None:
    from gateway.payments.outgoing import service
    from tests.payments.outgoing.desk import TERMS, ZIMIN

    order_id = desk.propose()
    with desk.store.unit(ZIMIN) as unit:
        service.reject(unit, TERMS, order_id, "нет", 1)
        unit.commit()
    deliver(desk, debit(number="1"))
    assert desk.state(order_id) == "rejected"


def back(order: AnyRow, **changes: Any) -> Entry:
    """Our money coming back."""
    return debit(order.amount, incoming=True, warnings=("returned",), **changes)


@pytest.mark.parametrize("how", ["e2e", "original_ref", "document"])
@pytest.mark.parametrize("reversal", [True, False])
def test_money_that_comes_back(desk: Desk, how: str, reversal: bool) -> None:
    row = sent(desk)
    deliver(desk, debit(e2e=row.id, ref="R1"))
    given = {"e2e": {"e2e": row.id}, "original_ref": {"original_ref": "R1"}, "document": {"number": "1"}}[how]
    for _ in range(2):
        deliver(desk, back(row, ref="R2", reversal=reversal, **given))
    after = desk.row(row.id)
    assert (after.state, after.return_entry_id is not None) == ("returned", True)
    assert tasks_of(desk) == ["task.outgoing_returned"]
    with desk.store.reading() as connection:
        assert connection.execute(select(payments.c.id)).all() == [], "it is no customer's payment"


def test_the_way_back_may_be_read_before_the_way_there(desk: Desk) -> None:
    row = sent(desk)
    deliver(desk, back(row, e2e=row.id, ref="R2"), debit(e2e=row.id, ref="R1"))
    after = desk.row(row.id)
    assert (after.state, after.entry_id is not None, alarms_of(desk)) == ("returned", True, [])


def test_money_back_of_no_order_of_ours_is_told_as_before(desk: Desk) -> None:
    row = sent(desk)
    deliver(desk, debit(e2e=row.id, ref="R1"))
    deliver(desk, back(row, ref="R9", number="77"))
    assert (desk.state(row.id), tasks_of(desk)) == ("executed", ["task.returned"])


def test_who_was_paid_is_known_from_then_on(desk: Desk) -> None:
    row = sent(desk)
    deliver(desk, debit(e2e=row.id))
    second = desk.propose(draft(purpose="Счёт № 9, без НДС"), confirmed=())
    assert desk.state(second) == "waiting_approval"


def test_late_and_then_done(desk: Desk) -> None:
    row = sent(desk)
    desk.clock.advance(timedelta(days=1))
    send_waiting(desk.store, HOUSE, {})
    assert alarms_of(desk) == ["outgoing.late"]
    deliver(desk, debit(e2e=row.id, booked=date(2026, 11, 24)))
    assert alarms_of(desk) == []


def test_a_lost_answer_and_a_debit_line_are_one_payment(desk: Desk) -> None:
    bank = PretendBank()
    bank.drop = 1  # so it seems; in truth another node of the bank took it
    row = sent(desk, bank)
    deliver(desk, debit(e2e=row.id))

    def away(call: str) -> None:
        raise Unavailable("bank.away", host="pretend")

    bank.before = away
    desk.clock.advance(timedelta(hours=1))
    go(desk, bank)
    assert (desk.state(row.id), len(bank.tries), alarms_of(desk)) == ("executed", 1, [])
