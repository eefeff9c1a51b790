"""SMPP against the sandbox SMS centre: what only this wire knows."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.notify.gateways import smpp_pdu
from gateway.notify.gateways.ports import AWAY, DENIED, PARTLY, Answer, Fate, Receipt, Reply, Word
from gateway.notify.gateways.smpp import SmppGateway
from gateway.notify.gateways.smpp_pdu import Pdu
from gateway.notify.gateways.smpp_session import Account
from gateway.notify.sandbox import pdu as theirs
from gateway.notify.sandbox.centre import Centre
from gateway.notify.sandbox.smsc import Smsc
from gateway.notify.sending import Sender
from gateway.signing.ca import DemoAuthority
from gateway.signing.tls import client_context, server_context
from gateway.store import Store
from tests.notify.gateways import LOGIN, QUICK, smpp
from tests.notify.messages import PHONE, TERMS, all_rows, eventually, new, outgoing, queued

LONG = "я" * 150  # three parts


def answers(gateway: SmppGateway, *messages: object) -> list[Answer]:
    return [answer for group in gateway.send(messages) for answer in group]  # type: ignore[arg-type]


@pytest.mark.parametrize("ids", ["decimal", "hex-answers", "hex-receipts"])
def test_a_whole_story_with_receipts_that_come_twice(store: Store, centre: Centre, ids: str) -> None:
    centre.ids = ids  # type: ignore[assignment]
    centre.behave("duplicate-receipt", 3)
    for n in range(12):
        queued(store, new(f"parcel:{n}", phone=f"+791612345{n:02d}"))
    with smpp(centre) as (gateway, _):
        sender = Sender(store, TERMS, gateway, None)
        eventually(lambda: (sender.round(), all(each.state == "delivered" for each in all_rows(store)))[1])
        eventually(lambda: (sender.round(), centre.waiting())[1] == 0)
    assert len(centre.accepted()) == 24
    assert [(each.attempts, each.segments) for each in all_rows(store)] == [(1, 2)] * 12


def test_throttled_it_goes_slower_and_all_leave_once(centre: Centre) -> None:
    with smpp(centre) as (gateway, _):
        centre.behave("throttle", 3)
        messages = [outgoing(n, address=f"+791600000{n:02d}") for n in range(1, 21)]
        left, told = messages, 0
        until = time.monotonic() + 15
        while left and time.monotonic() < until:
            got = answers(gateway, *left)
            put_off = {each.id for each in got if each.fate is Fate.NOT_TAKEN}
            assert all(each.retry_after > 0 for each in got if each.id in put_off)
            assert {each.fate for each in got} <= {Fate.TAKEN, Fate.NOT_TAKEN}
            left, told = [each for each in left if each.id in put_off], told + len(put_off)
            time.sleep(0.1 if left else 0)
        assert told > 0
        assert sorted(each.ours for each in centre.accepted()) == sorted(str(n) for n in range(1, 21))


def test_half_a_message_is_finished_or_told(centre: Centre) -> None:
    with smpp(centre) as (gateway, _):
        _after(centre, 1, lambda: centre.behave("throttle"))
        (answer,) = answers(gateway, outgoing(text=LONG))
        assert (answer.fate, len(answer.outer)) == (Fate.TAKEN, 3)
        _after(centre, 4, lambda: centre.behave("refuse"))
        (answer,) = answers(gateway, outgoing(2, text=LONG))
        assert (answer.fate, answer.code, answer.said, len(answer.outer)) == (Fate.UNKNOWN, PARTLY, "0x0B", 2)


def _after(centre: Centre, count: int, then: Callable[[], None]) -> None:
    """Have something happen once the centre has accepted so many."""
    honest = centre.accept

    def accept(*given: object, **more: object) -> int:
        taken = honest(*given, **more)  # type: ignore[arg-type]
        if len(centre.accepted()) == count:
            then()
        return taken

    centre.accept = accept  # type: ignore[method-assign]


def test_an_answer_after_its_time_is_news(centre: Centre) -> None:
    centre.late = 0.6
    with smpp(centre) as (gateway, _):
        centre.behave("late-answer")
        centre.behave("no-receipt")
        assert answers(gateway, outgoing())[0].fate is Fate.UNKNOWN
        eventually(lambda: bool(gateway.news()))
        (told,) = gateway.news()
        assert told == Receipt("105000001", Word.UNDER_WAY, "SUBMIT_SM_RESP", number=1, address=PHONE)


@pytest.mark.parametrize(
    ("kind", "fate", "said"),
    [
        ("strange-status", Fate.REFUSED, "0x413"),
        ("system-error", Fate.NOT_TAKEN, "0x08"),
        ("refuse", Fate.REFUSED, "0x0B"),
    ],
)
def test_statuses_of_all_kinds_leave_the_connection_standing(centre: Centre, kind: str, fate: Fate, said: str) -> None:
    with smpp(centre) as (gateway, _):
        centre.behave(kind)
        first, second = answers(gateway, outgoing())[0], answers(gateway, outgoing(2))[0]
        assert (first.fate, first.said, second.fate) == (fate, said, Fate.TAKEN)


def test_what_was_not_acknowledged_comes_again(centre: Centre) -> None:
    with smpp(centre) as (gateway, server):
        answers(gateway, outgoing())
        centre.say("+79031234567", "СТОП")
        eventually(lambda: len(gateway.news()) == 2)
        server.hang_up()
        eventually(lambda: len(gateway.news()) == 4)  # after it has bound anew, both once more
        assert Reply("+79031234567", "СТОП") in gateway.news()
        gateway.acknowledge(4)
        eventually(lambda: centre.waiting() == 0)
        assert gateway.news() == []
        assert answers(gateway, outgoing(2))[0].fate is Fate.TAKEN


def test_a_wrong_password_is_told(centre: Centre) -> None:
    with Smsc(centre, LOGIN) as server:
        gateway = SmppGateway(Account("127.0.0.1", server.port, "kvit", "wrong"), "ROGA", timing=QUICK)
        eventually(lambda: gateway.trouble() == DENIED)
        gateway.close()


def test_the_pace_of_the_contract_is_kept(centre: Centre) -> None:
    with smpp(centre, per_second=40) as (gateway, _):
        began = time.monotonic()
        assert {each.fate for each in answers(gateway, *(outgoing(n) for n in range(1, 21)))} == {Fate.TAKEN}
        assert time.monotonic() - began >= 19 / 40 - 0.06  # late timers are made up for


def test_an_idle_connection_is_kept_alive(centre: Centre) -> None:
    with smpp(centre, timing=replace(QUICK, keep_alive=0.05)) as (gateway, _):
        time.sleep(0.3)
        assert gateway.trouble() == ""
        assert answers(gateway, outgoing())[0].fate is Fate.TAKEN


def test_a_connection_that_died_without_a_word_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        account = Account("127.0.0.1", listener.getsockname()[1], *LOGIN)
        gateway = SmppGateway(account, "ROGA", timing=replace(QUICK, keep_alive=0.05, connect=0.3))
        connection, _ = listener.accept()
        with connection:
            connection.sendall(theirs.write(0x80000009, 1, b"mute\0"))
            eventually(lambda: not gateway.trouble())
            eventually(lambda: gateway.trouble() == AWAY)
            gateway.close()


@pytest.mark.parametrize(
    ("sender", "ton"), [("ROGA", 5), ("Рога", None), ("1234", 3), ("+79161112233", 1), ("R0GA 24", 5)]
)
def test_types_of_numbers(sender: str, ton: int | None) -> None:
    if ton is None:
        with pytest.raises(ValueError):
            smpp_pdu.submit(outgoing(), sender)[0].pdu()
        return
    (request,) = smpp_pdu.submit(outgoing(77777), sender)
    read = theirs.read_submit(request.pdu()[16:])
    assert (read.sender_type, read.phone_type, read.registered, read.reference) == (ton, 1, 1, 77777 & 0xFFFF)
    assert (read.sender, read.phone) == (sender.lstrip("+"), PHONE.lstrip("+"))


def test_receipts_of_many_makes_are_read() -> None:
    def read(body: bytes) -> object:
        return smpp_pdu.news(Pdu(smpp_pdu.DELIVER_SM, 0, 1, body), frozenset({"255"}))

    usual = theirs.receipt(PHONE, "ROGA", "1A2B", "UNDELIV", "00B", 7)
    assert read(usual) == Receipt("1A2B", Word.FAILED, "UNDELIV 00B", number=7, address=PHONE)
    refused = theirs.receipt(PHONE, "ROGA", "9", "REJECTD", "255", 0)
    assert read(refused) == Receipt("9", Word.REFUSED, "REJECTD 255", address=PHONE)
    bare = b"\0\1\x0179161234567\0\5\0ROGA\0\x04\0\0\0\0\0\0\0\0\0" + b"\x00\x1e\x00\x03ab\0" + b"\x04\x27\x00\x01\x02"
    assert read(bare) == Receipt("ab", Word.DELIVERED, "DELIVRD", address=PHONE)
    assert read(replace(Pdu(5, 0, 1, bare)).body[:-12]) is None  # a receipt of nothing
    for broken in (b"", usual[:9], b"\0" * 8):
        with pytest.raises(ValueError):
            read(broken)


def test_a_receipt_nobody_can_read_holds_up_no_other(centre: Centre) -> None:
    with smpp(centre) as (gateway, server):
        eventually(lambda: bool(server._connections))
        (connection,) = server._connections
        server._loop.call_soon_threadsafe(connection._writer.write, theirs.write(theirs.DELIVER_SM, 9999, b"\xff\xff"))
        server._loop.call_soon_threadsafe(connection._writer.write, theirs.write(0x00000103, 9998, b"?"))
        answers(gateway, outgoing())
        eventually(lambda: len(gateway.news()) == 1)


def test_by_tls_to_a_centre_whose_authority_is_known(centre: Centre) -> None:
    now = datetime.now(UTC)
    authority = DemoAuthority.create(now)
    stranger = DemoAuthority.create(now, "Somebody else")
    with Smsc(centre, LOGIN, tls=server_context(authority.issue_server(now))) as server:
        known = Account("127.0.0.1", server.port, *LOGIN, tls=client_context([authority.certificate]))
        gateway = SmppGateway(known, "ROGA", timing=QUICK)
        eventually(lambda: not gateway.trouble())
        assert answers(gateway, outgoing())[0].fate is Fate.TAKEN
        gateway.close()
        other = SmppGateway(replace(known, tls=client_context([stranger.certificate])), "ROGA", timing=QUICK)
        assert answers(other, outgoing())[0].fate is Fate.NOT_TAKEN
        other.close()
    assert len(centre.accepted()) == 1
