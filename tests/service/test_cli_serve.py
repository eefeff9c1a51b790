"""The service as a real process: starts, answers, stops in order, refuses a second one, says what is wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.service.commands import running
from gateway.service.instance import InstanceLock
from gateway.service.systemd import EXIT_ALREADY_RUNNING, EXIT_MISCONFIGURED
from tests.service.conftest import Answer, Kvit

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
Serve = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts `kvit serve`; ends what a test left running."""
    started: list[subprocess.Popen[str]] = []

    def start(home: Path, *arguments: str, wait: bool = True) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.service.cli", "serve", "--home", str(home), *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        started.append(process)
        if wait:
            _until(lambda: (home / "run" / "connection.json").exists() or process.poll() is not None)
            assert process.poll() is None, process.communicate()[1]
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def refusal(kvit: Kvit, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Answer]:
    """`kvit serve` in this process, for what it refuses before it serves; signals and logs stay with the tests."""
    monkeypatch.setattr(running, "_stop_on_signals", lambda stop: None)
    monkeypatch.setattr("gateway.service.logs.configure", lambda **options: None)
    return lambda home: kvit("serve", "--home", home, "--language", "en")


def _until(happened: Callable[[], Any], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def _url(home: Path) -> str:
    return str(json.loads((home / "run" / "connection.json").read_text(encoding="utf-8"))["url"])


def test_a_fresh_home_without_a_bank_is_served_until_it_is_told_to_stop(home: Path, serve: Serve, kvit: Kvit) -> None:
    process = serve(home)
    with httpx.Client(base_url=_url(home), trust_env=False) as client:
        healthz = client.get("/healthz")
        assert (healthz.status_code, healthz.json()["status"]) == (200, "ok")
        assert client.get("/v1/status").status_code == 401

    status = kvit("status", "--home", home, "--json")
    assert status.json["running"] is True
    assert status.json["pid"] == process.pid
    assert status.json["journal"]["rows"] >= 1
    assert "No bank is configured" in kvit("status", "--home", home, "--language", "en").out

    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    assert out == ""  # standard output belongs to what commands print
    assert not (home / "run" / "connection.json").exists()
    assert (home / "logs" / "kvit.log").stat().st_size > 0


def test_a_second_service_is_refused_with_75_and_the_first_goes_on(home: Path, serve: Serve) -> None:
    first = serve(home)
    second = serve(home, "--language", "en", wait=False)
    _, err = second.communicate(timeout=40)
    assert second.returncode == EXIT_ALREADY_RUNNING
    assert f"process {first.pid}" in err and "Traceback" not in err
    with httpx.Client(base_url=_url(home), trust_env=False) as client:
        assert client.get("/healthz").status_code == 200
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=40)
    assert first.returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("call_minutes = 15", "call_minutes = 0", "call_minutes"),
        ('zone = "Europe/Moscow"', 'zone = "Europe/Atlantis"', "Atlantis"),
        ('host = "127.0.0.1"', 'host = "0.0.0.0"', "0.0.0.0"),
        ("format = 1", "format = 1\n[[bank]]\nprofile = 'nobody'\ncustomer_id = '1'", "nobody"),
    ],
)
def test_a_wrong_configuration_ends_with_78(
    home: Path, refusal: Callable[[Path], Answer], old: str, new: str, said: str
) -> None:
    file = home / "kvit.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    if "[[bank]]" in new:
        text, new = text + new.partition("\n")[2] + "\n", old
    file.write_text(text.replace(old, new), encoding="utf-8")
    answer = refusal(home)
    assert answer.code == EXIT_MISCONFIGURED, answer.err
    assert said in answer.err


def test_no_configuration_at_all(tmp_path: Path, serve: Serve) -> None:
    process = serve(tmp_path, wait=False)
    _, err = process.communicate(timeout=40)
    assert process.returncode == EXIT_MISCONFIGURED
    assert "kvit.toml" in err and "Traceback" not in err


def test_a_vault_that_does_not_open_is_a_wrong_configuration(
    sandbox_home: Path, refusal: Callable[[Path], Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    answer = refusal(sandbox_home)
    assert answer.code == EXIT_MISCONFIGURED
    assert "master key" in answer.err


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root to give a file away")
def test_a_home_of_another_account_is_not_served(home: Path, refusal: Callable[[Path], Answer]) -> None:
    os.chown(home, 12345, 12345)
    answer = refusal(home)
    assert answer.code == EXIT_MISCONFIGURED
    assert "12345" in answer.err


def test_status_of_a_service_that_rests(kvit: Kvit, home: Path) -> None:
    answer = kvit("status", "--home", home, "--language", "en")
    assert answer.code == 1
    assert "the service does not run" in answer.out
    found = kvit("status", "--home", home, "--json").json
    assert (found["running"], found["state"], found["release_mode"]) == (False, "stopped", "manual")
    assert found["bank"] == [] and found["outbox"] == {"waiting": 0, "dead": 0}


def test_status_of_a_resting_bank_names_it(kvit: Kvit, sandbox_home: Path) -> None:
    found = kvit("status", "--home", sandbox_home, "--json").json
    assert [(link["channel"], link["last_result"]) for link in found["bank"]] == [("bxd:sandbox", "never")]


def test_looking_at_the_status_never_changes_the_database(kvit: Kvit, home: Path) -> None:
    (home / "data" / "kvit.db").unlink()
    answer = kvit("status", "--home", home, "--language", "en")
    assert answer.code == 1
    assert "There is no database" in answer.err
    assert not (home / "data" / "kvit.db").exists()


def test_a_service_that_holds_the_home_but_does_not_answer(kvit: Kvit, home: Path) -> None:
    with InstanceLock(home / "run"):
        answer = kvit("status", "--home", home, "--language", "en")
    assert answer.code == 1
    assert "does not answer" in answer.err
