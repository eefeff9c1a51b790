"""The DirectBank counter and payment orders moved by hand, through the command line."""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.core.clock import business_date
from gateway.service.cli import app
from tests.bank.directbank_sandbox.conftest import PAYEE, Counter, stranger
from tests.bank.sandbox.directbank_client import BankError
from tests.bank.sandbox.test_orders_bxd import Line, Transfer, pain

__all__ = ["stranger"]


def kvit(home: Path, *arguments: str, code: int = 0) -> Any:
    """What a command answers in JSON; the plain text of --help; of a refusal, what it says."""
    asks_help = "--help" in arguments
    common = [] if asks_help else ["--home", str(home), "--language", "en", "--json"]
    result = CliRunner().invoke(app, ["sandbox", *arguments, *common])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.stderr
    if code:
        return result.stderr
    return result.stdout if asks_help else json.loads(result.stdout)


def test_a_one_time_password_is_read_from_the_command_line(stranger: Counter) -> None:
    home = stranger.sandbox.folder.parent
    assert kvit(home, "otp") == {"otp": ""}
    assert kvit(home, "behave", "otp")["channel"] == "any"
    stranger.client.logon()
    otp = kvit(home, "otp")["otp"]
    stranger.client.call("POST", "LogonOTP", OTP=otp)


def test_orders_are_processed_and_shown(line: Line) -> None:
    home = line.sandbox.folder.parent
    content = base64.b64encode(pain(line, Transfer("E1"))).decode()
    line.client.ask("uploadFile", FileType="XL", Content=content)
    answer = kvit(home, "process")
    assert (answer["done"], answer["orders"][0]["state"]) == (2, "executed")
    assert kvit(home, "state")["orders"][0]["order"] == "E1"


def test_a_statement_is_sent_and_a_habit_is_had(stranger: Counter) -> None:
    home = stranger.sandbox.folder.parent
    client = stranger.client
    client.logon()
    assert kvit(home, "habit")["habits"]["queue"] is False
    assert kvit(home, "habit", "queue", "on")["habits"]["queue"] is True
    day = business_date(stranger.sandbox.books.now()).isoformat()
    packet = kvit(home, "statement", "--from", day, "--to", day)["packet"]
    assert client.packets()[0] == [packet]
    client.fetch(packet)
    assert client.packets()[0] == []
    assert kvit(home, "state")["directbank"]["packets"] == {"new": 0, "read": 1, "held_back": 0, "gone": 0}
    assert kvit(home, "habit", "queue", "off")["habits"]["queue"] is False
    assert "The sandbox has no habit" in kvit(home, "habit", "politeness", code=1)


def test_a_behaviour_is_queued_for_one_channel(stranger: Counter) -> None:
    home = stranger.sandbox.folder.parent
    kvit(home, "behave", "session-timeout", "operation=SendPack", "--channel", "directbank")
    (queued,) = kvit(home, "state")["behaviours"]
    assert (queued["name"], queued["channel"]) == ("session-timeout", "directbank")
    stranger.client.logon()
    with pytest.raises(BankError) as refused:
        stranger.client.pay(str(uuid.uuid4()), account=PAYEE)
    assert refused.value.code == "1006"
    said = kvit(home, "behave", "otp", "--channel", "bxd", code=1)
    assert "means nothing on the channel" in said and "directbank" in said


@pytest.mark.parametrize("command", ["behave", "habit", "otp", "process", "statement", "state"])
def test_every_command_has_an_example(tmp_path: Path, command: str) -> None:
    assert "kvit sandbox" in kvit(tmp_path, command, "--help")
