"""The sandbox mail server, spoken to by the gateway letters leave by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.core.clock import FixedClock
from gateway.core.errors import Refused
from gateway.notify.gateways.ports import Answer, Fate, Outgoing
from gateway.notify.gateways.smpp_session import Account
from gateway.notify.gateways.smtp import MailServer, SmtpGateway
from gateway.notify.sandbox.letters import Letters
from tests.notify.conftest import NOON
from tests.notify.messages import MAIL, outgoing

TEXT = "Заказ ждёт вас.\n.точка в начале строки\nДо встречи!\n"


@pytest.fixture
def server() -> Iterator[Letters]:
    with Letters(clock=FixedClock(NOON)) as running:
        yield running


@pytest.fixture
def gateway(server: Letters) -> Iterator[SmtpGateway]:
    made = SmtpGateway(MailServer("127.0.0.1", server.port, "none", seconds=5.0), "shop@shop.example", FixedClock(NOON))
    yield made
    made.close()


def letter(number: int, to: str = MAIL) -> Outgoing:
    return replace(outgoing(number), address=to, subject="Посылка", text=TEXT)


def handed(gateway: SmtpGateway, *messages: Outgoing) -> list[Answer]:
    return [answer for group in gateway.send(messages) for answer in group]


def test_letters_are_kept_as_they_were_written(server: Letters, gateway: SmtpGateway) -> None:
    one, two = letter(1), letter(2)
    assert [answer.fate for answer in handed(gateway, one, two)] == [Fate.TAKEN, Fate.TAKEN]
    kept = server.taken()
    assert [each.id for each in kept] == [f"{one.id}@shop.example", f"{two.id}@shop.example"]
    assert {(each.at, each.to, each.subject, each.text) for each in kept} == {(NOON, MAIL, "Посылка", TEXT)}


def test_what_it_can_do_wrong(server: Letters, gateway: SmtpGateway) -> None:
    server.behave("later")
    server.nobody("Nobody@mail.example")
    fates = [answer.fate for answer in handed(gateway, letter(1), letter(2), letter(3, "nobody@mail.example"))]
    assert fates == [Fate.NOT_TAKEN, Fate.TAKEN, Fate.REFUSED]
    server.behave("lost-answer")
    assert [answer.fate for answer in handed(gateway, letter(4), letter(5))] == [Fate.UNKNOWN, Fate.TAKEN]
    assert len(server.taken()) == 3, "what was put off or refused was not taken; what got no answer was"
    with pytest.raises(Refused, match="nonsense"):
        server.behave("nonsense")


@pytest.mark.parametrize(("login", "password"), [("a" * 16, "secret"), ("svetorama", "ninechars"), ("я" * 8, "x")])
def test_a_login_smpp_has_no_room_for_is_refused_by_name(login: str, password: str) -> None:
    with pytest.raises(Refused) as refused:
        Account("127.0.0.1", 2775, login, password)
    assert refused.value.code == "notify.login_too_long"
    Account("127.0.0.1", 2775, "a" * 15, "12345678")
