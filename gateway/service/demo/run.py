"""`kvit demo`: sandbox bank, service and tray as separate processes, and the story played on them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from gateway.bank.sandbox.launch import RunningBank, launch
from gateway.core.errors import KvitError, Unavailable
from gateway.service.demo.performance import Teller
from gateway.service.demo.prepare import Stage, fresh_home, set_stage
from gateway.service.demo.story import Morning, Step, Truth
from gateway.service.demo.view import final_table, follow
from gateway.service.demo.watch import Seen, account_of_it, look
from gateway.service.wiring import Installation, open_installation

_START_S = 60.0
_STEP_S = 45.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asked for."""

    home: Path | None = None
    once: bool = False
    as_json: bool = False
    tray: bool = True
    language: str = "ru"


def main(wishes: Wishes) -> int:
    """Play it. Returns the exit code: 0 when everything came out as it should.

    With `as_json` standard output carries one JSON object and nothing else; the telling goes to standard error.
    """
    console = Console(stderr=wishes.as_json, highlight=False)
    tell = Teller(console, wishes.language)
    try:
        home = fresh_home(wishes.home)
        tell(f"Папка демонстрации: {home.root}", f"The demo's home: {home.root}")
        stage = set_stage(home, wishes.language)
    except KvitError as error:
        sys.stderr.write(f"{error.text(wishes.language)} {error.hint(wishes.language)}\n")
        return 1
    # Told to stop, we stop what we started; the default would leave it running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    processes: list[subprocess.Popen[bytes]] = []
    bank: RunningBank | None = None
    installation = open_installation(home)
    try:
        bank = launch(home.root)
        service = _start(stage, "gateway.service.cli", "serve")
        processes.append(service)
        _wait_until(lambda: look(installation.store).invoices >= len(stage.shop.orders), _START_S, service, "start")
        tell(
            f"Служба работает, из 1С загружено заказов: {len(stage.shop.orders)}",
            f"The service runs; {len(stage.shop.orders)} orders came from 1C",
        )
        if wishes.tray and not wishes.once and has_display():
            processes.append(_start(stage, "gui.app"))
        truth = _play(stage, installation, service, tell)
        result = account_of_it(installation, truth)
        result["home"] = str(home.root)
        if wishes.as_json:
            sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
            sys.stdout.flush()
        else:
            console.print(final_table(result, wishes.language))
        if not wishes.once:
            _stay(stage, installation, console, tell)
        return 0 if _as_it_should(result, truth) else 1
    except KvitError as error:
        sys.stderr.write(f"{error.text(wishes.language)} {error.hint(wishes.language)}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for process in reversed(processes):
            _stop(process)
        if bank is not None:
            bank.stop()
        installation.close()
        tell(f"Всё сохранено в {home.root}", f"Everything is kept in {home.root}")


def _play(stage: Stage, installation: Installation, service: subprocess.Popen[bytes], tell: Teller) -> Truth:
    morning = Morning(stage)
    before = look(installation.store)
    for number, step in enumerate(morning.steps(), start=1):
        tell(f"{number:2}. {step.ru}", f"{number:2}. {step.en}")
        since = time.monotonic()
        step.act()
        _wait_until(partial(_happened, installation, before, step), _STEP_S, service, step.en)
        before = look(installation.store)
        tell(f"    принято через {time.monotonic() - since:.1f} с", f"    taken after {time.monotonic() - since:.1f} s")
    _wait_until(lambda: look(installation.store).waiting == 0, _STEP_S, service, "files for 1C")
    return morning.truth


def _happened(installation: Installation, before: Seen, step: Step) -> bool:
    now = look(installation.store)
    return (
        now.payments >= before.payments + step.payments
        and now.undecided == 0
        and now.reversed >= before.reversed + step.reversals
        and now.refused >= before.refused + step.refusals
        and now.deliveries >= before.deliveries + step.deliveries
    )


def _wait_until(ready: Callable[[], bool], seconds: float, service: subprocess.Popen[bytes], what: str) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if service.poll() is not None:
            raise Unavailable("demo.service_ended", exit_code=service.returncode)
        if time.monotonic() > deadline:
            raise Unavailable("demo.too_slow", what=what, seconds=int(seconds))
        time.sleep(_LOOK_S)


def _as_it_should(result: dict[str, Any], truth: Truth) -> bool:
    return (
        result["wrong_releases"] == 0
        and result["journal_ok"]
        and result["payments"] == truth.payments
        and result["reversals"] == len(truth.reversed)
        and bool(result["refused"])
        and result["duplicates"] == 1
    )


def _stay(stage: Stage, installation: Installation, console: Console, tell: Teller) -> None:
    root = stage.home.root
    tell(
        "История сыграна, всё продолжает работать; остановить — Ctrl+C. Попробуйте в другом окне:\n"
        f"  kvit sandbox pay --home {root} --invoice СР-001031 --amount 1740\n  kvit status --home {root}",
        "The story is over and everything goes on; Ctrl+C stops it. Try in another window:\n"
        f"  kvit sandbox pay --home {root} --invoice СР-001031 --amount 1740\n  kvit status --home {root}",
    )
    if has_display() or not console.is_terminal:
        while True:
            time.sleep(1)
    follow(console, installation.store, installation.config.company.language)


def has_display() -> bool:
    """Whether a tray could be seen on this machine."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _start(stage: Stage, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    log = (stage.home.logs / f"{module.rpartition('.')[2]}.out").open("ab")
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
    with log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [sys.executable, "-m", module, *arguments, "--home", str(stage.home.root)],
            env={**os.environ, **stage.environment, "KVIT_HOME": str(stage.home.root)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            creationflags=flags,
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
