"""The bank as a process of its own: started, moved by other processes, stopped."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.bank.sandbox.__main__ import main
from gateway.bank.sandbox.launch import launch
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.errors import Refused, Unavailable
from gateway.core.money import Money
from tests.bank.sandbox.client import Client
from tests.bank.sandbox.conftest import Bank


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_launched_bank_serves_what_another_process_books(bank: Bank, tmp_path: Path) -> None:
    with launch(bank.home, free_port()) as running:
        announced = bank.sandbox.listening()
        assert announced is not None and announced["pid"] == running.pid and announced["url"] == running.url
        client = Client(replace(bank.enrolment, url=running.url), tmp_path / "client")
        ref = bank.sandbox.pay(amount=Money(100))
        (file,) = client.ask("downloadFileList").files()
        assert ref.encode() in client.download(file["FileReference"]).content()
        bank.sandbox.behave("http-500")
        assert client.post("downloadFileList").status_code == 500
        assert client.post("downloadFileList").status_code == 200
        client.close()
        assert running.stop() == 0
    assert bank.sandbox.listening() is None
    assert not (bank.sandbox.folder / "stop").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_in_good_order(bank: Bank, number: signal.Signals) -> None:
    running = launch(bank.home, free_port())
    running.process.send_signal(number)
    assert running.process.wait(10) == 0
    assert not (bank.sandbox.folder / "bank.json").exists()


def test_after_a_crash_it_starts_again_with_its_books(bank: Bank) -> None:
    port = free_port()
    running = launch(bank.home, port)
    bank.sandbox.pay(amount=Money(100))
    running.process.kill()
    running.process.wait()
    assert bank.sandbox.listening() is None  # its announcement is still there, but nobody answers
    with launch(bank.home, port) as again:
        assert again.pid != running.pid
        assert len(bank.sandbox.files()) == 1


def test_a_taken_port_is_named(bank: Bank) -> None:
    with SandboxServer(bank.home, port=0) as server:
        with pytest.raises(Refused) as refused:
            SandboxServer(bank.home, port=server.port)
        assert refused.value.code == "sandbox.port_taken"
        with pytest.raises(Unavailable) as failed:
            launch(bank.home, server.port)
        assert failed.value.code == "sandbox.did_not_start"
        assert str(server.port) in str(failed.value)


def test_it_listens_where_it_was_fixed_at_creation(bank: Bank) -> None:
    with SandboxServer(bank.home) as server:
        assert server.url == bank.enrolment.url


def test_without_a_bank_the_command_ends_with_a_clear_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path)]) == 1
    assert "no sandbox" in capsys.readouterr().err
    with pytest.raises(Refused) as refused:
        launch(tmp_path)
    assert refused.value.code == "sandbox.missing"


def test_the_command_has_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway.bank.sandbox", "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "--home" in done.stdout
