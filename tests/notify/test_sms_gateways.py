"""What both SMS gateways promise, against the sandbox centre on each one's wire."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gateway.core.errors import Refused
from gateway.notify.gateways.http_sms import HttpSmsGateway
from gateway.notify.gateways.ports import AWAY, DENIED, Answer, Fate, Gateway, News, Outgoing, Receipt, Watched, Word
from gateway.notify.gateways.smpp import SmppGateway
from gateway.notify.gateways.smpp_session import Account
from gateway.notify.sandbox.centre import Centre
from gateway.notify.sandbox.smsc import HOST
from tests.notify.gateways import LOGIN, QUICK, sms_gateway
from tests.notify.messages import PHONE, eventually, outgoing

WAYS = ("smpp", "http")


@pytest.fixture(params=WAYS)
def gateway(request: pytest.FixtureRequest, tmp_path: Path, centre: Centre) -> Iterator[Gateway]:
    with sms_gateway(request.param, tmp_path, centre) as made:
        yield made


def send(gateway: Gateway, *messages: Outgoing) -> list[Answer]:
    answers = [answer for group in gateway.send(messages) for answer in group]
    assert sorted(answer.id for answer in answers) == sorted(message.id for message in messages)
    return sorted(answers, key=lambda answer: answer.id)


def news(gateway: Gateway, *messages: Outgoing, count: int = 1) -> list[News]:
    watched = [Watched(each.number, each.address) for each in messages]
    found: Sequence[News] = ()

    def came() -> bool:
        nonlocal found
        found = [each for each in gateway.news(watched) if not _is_under_way(each)]
        return len(found) >= count

    eventually(came)
    gateway.acknowledge(len(found))
    return list(found)


def _is_under_way(told: News) -> bool:
    return isinstance(told, Receipt) and told.word is Word.UNDER_WAY


def test_taken_and_delivered(gateway: Gateway, centre: Centre) -> None:
    message = outgoing()
    (answer,) = send(gateway, message)
    assert (answer.fate, len(answer.outer)) == (Fate.TAKEN, 1)
    (accepted,) = centre.accepted()
    assert (accepted.phone, accepted.text, accepted.sender, accepted.ours) == (PHONE, message.text, "ROGA", "1")
    (told,) = news(gateway, message)
    assert isinstance(told, Receipt)
    assert (told.outer, told.word, told.number, told.address) == (answer.outer[0], Word.DELIVERED, 1, PHONE)


@pytest.mark.parametrize(
    "text",
    ["Ваш заказ {№} ждёт «вас» " * 9, "x" + "😀" * 80, "a{b}€" * 70, "Zażółć gęślą jaźń", "@Δ\n_" * 40],
    ids=["russian", "pairs", "escapes", "polish", "greek"],
)
def test_long_and_odd_texts_arrive_whole(gateway: Gateway, centre: Centre, text: str) -> None:
    (answer,) = send(gateway, outgoing(text=text))
    assert answer.fate is Fate.TAKEN
    parts = sorted(centre.accepted(), key=lambda each: each.part)
    assert [(each.part, each.of) for each in parts] == [(n, len(parts)) for n in range(1, len(parts) + 1)]
    assert "".join(each.text for each in parts) == text
    assert answer.whole or len(answer.outer) == len(parts)


@pytest.mark.parametrize(
    ("kind", "fate", "accepted"),
    [
        ("throttle", Fate.NOT_TAKEN, 0),
        ("queue-full", Fate.NOT_TAKEN, 0),
        ("refuse", Fate.REFUSED, 0),
        ("silent", Fate.UNKNOWN, 0),
    ],
)
def test_what_goes_wrong_is_known_for_what_it_is(
    gateway: Gateway, centre: Centre, kind: str, fate: Fate, accepted: int
) -> None:
    centre.behave(kind)
    (answer,) = send(gateway, outgoing())
    assert answer.fate is fate
    assert answer.code
    assert len(centre.accepted()) == accepted
    if kind in ("throttle", "queue-full"):
        assert answer.retry_after > 0


@pytest.mark.parametrize("kind", ["lost-answer", "hang-up"])
def test_an_answer_that_is_lost_never_makes_it_send_twice(gateway: Gateway, centre: Centre, kind: str) -> None:
    message = outgoing()
    centre.behave(kind)
    (answer,) = send(gateway, message)
    # the HTTP gateway is asked by our number and has it
    assert answer.fate is (Fate.TAKEN if gateway.name == "http" else Fate.UNKNOWN)
    (told,) = news(gateway, message)
    assert isinstance(told, Receipt)
    assert (told.word, told.number, told.address) == (Word.DELIVERED, 1, PHONE)
    assert len(centre.accepted()) == 1


def test_how_it_ends_at_the_subscriber(gateway: Gateway, centre: Centre) -> None:
    ends = {"failed": Word.FAILED, "expired": Word.EXPIRED, "refused": Word.REFUSED, "delivered": Word.DELIVERED}
    messages = [outgoing(n, address=f"+7916000000{n}") for n in range(1, 5)]
    for message, end in zip(messages, ends, strict=True):
        centre.number(message.address, end)  # type: ignore[arg-type]
    send(gateway, *messages)
    told = news(gateway, *messages, count=4)
    assert {each.number: each.word for each in told if isinstance(each, Receipt)} == dict(
        zip(range(1, 5), ends.values(), strict=True)
    )


def test_not_let_in(tmp_path: Path, centre: Centre) -> None:
    with sms_gateway("http", tmp_path, centre) as http:
        centre.behave("deny")
        (answer,) = send(http, outgoing())
        assert (answer.fate, answer.code) == (Fate.NOT_TAKEN, DENIED)
        centre.behave("no-money")
        assert send(http, outgoing())[0].code == "notify.no_money"
        centre.behave("system-error")
        assert send(http, outgoing())[0].fate is Fate.UNKNOWN  # a proxy's error says nothing of what is behind it
    assert centre.accepted() == []


def test_nobody_there() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    http = HttpSmsGateway(f"http://{HOST}:{port}/sys", *LOGIN, "ROGA")
    smpp = SmppGateway(Account(HOST, port, *LOGIN), "ROGA", timing=QUICK)
    try:
        for gateway in (http, smpp):
            (answer,) = send(gateway, outgoing())
            assert (answer.fate, answer.code) == (Fate.NOT_TAKEN, AWAY)
        assert smpp.trouble() == AWAY
    finally:
        http.close()
        smpp.close()
    assert list(smpp.send([outgoing()])) == []  # it is closed: its caller counts that as unknown
    with pytest.raises(Refused) as refused:
        HttpSmsGateway("http://smsc.example/sys", *LOGIN, "ROGA")
    assert refused.value.code == "notify.insecure_address"
