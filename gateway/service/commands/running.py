"""`kvit serve`, `kvit status`, `kvit demo`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from gateway.core.errors import KvitError, Refused
from gateway.service.commands.frame import (
    REFUSED,
    HomeOption,
    JsonOption,
    LanguageOption,
    command,
    helped,
)
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.service.config import Config, Home


class Story(StrEnum):
    """What `kvit demo` can play."""

    SHOP = "shop"
    BANK = "bank"
    LOANS = "loans"
    PARCELS = "parcels"


# Configuration, keys, vault, a damaged file: they are as people left them, and a restart mends nothing.
_MISCONFIGURED = (
    "config.", "vault.", "signing.", "store.newer", "bank.profile", "bank.anchor", "api.lan", "api.bad_",
    "service.wrong_account", "service.lock_impossible", "store.damaged",
)  # fmt: skip
_GOOD_STATES = ("ok", "working", "needs_you")


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    for code, function in (("serve", serve), ("status", status), ("demo", demo)):
        command(app, code)(function)


def serve(
    home: HomeOption = None,
    language: LanguageOption = None,
    log_level: Annotated[str, typer.Option(help=helped("serve.log_level"))] = "INFO",
) -> None:
    from gateway.service.account import check_account
    from gateway.service.config import find_home, load_config
    from gateway.service.instance import running_pid
    from gateway.service.systemd import EXIT_ALREADY_RUNNING, EXIT_MISCONFIGURED

    screen = Screen.of(home, language)
    where = find_home(home)
    level = log_level.upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        known = "debug, info, warning, error"
        raise typer.BadParameter(screen.text("cli.bad_choice", option="--log-level", known=known))
    stop = threading.Event()
    try:
        load_config(where)
        check_account(where)
        pid = running_pid(where.run)
        if pid is not None:
            # Asked before the database is opened, which would bring it up to date under the other's feet.
            raise Refused("service.already_running", pid=pid, home=str(where.root))
        from gateway.service.logs import configure

        # Under systemd the journal keeps the log; elsewhere a file does.
        configure(level=level, file=None if os.environ.get("JOURNAL_STREAM") else where.logs / "kvit.log")
        from gateway.service.wiring import open_installation

        installation = open_installation(where)
        # Only now: its routes take seconds to import, and a wrong configuration is to be told at once.
        from gateway.service.daemon import Daemon

        _stop_on_signals(stop)
        daemon = Daemon(installation)
        daemon.start()
    except KvitError as failure:
        screen.complain(failure)
        if failure.code in ("service.already_running", "service.database_taken"):
            raise typer.Exit(EXIT_ALREADY_RUNNING) from None
        misconfigured = isinstance(failure, Refused) and failure.code.startswith(_MISCONFIGURED)
        raise typer.Exit(EXIT_MISCONFIGURED if misconfigured else REFUSED) from None
    screen.tell("cli.serve.started", url=daemon.url, home=where.root)
    try:
        while not stop.wait(1.0):  # Windows runs signal handlers only between waits
            pass
    finally:
        daemon.stop()
    screen.tell("cli.serve.stopped")


def _stop_on_signals(stop: threading.Event) -> None:
    """The first signal ends the service in order; the next one ends the process."""

    def ask(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, ask)


def status(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.service.config import find_home, load_config
    from gateway.service.instance import running_pid

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    config = load_config(where)
    pid = running_pid(where.run)
    found = _asked_of_the_service(where, config) if pid is not None else _read_from_the_database(where, config)
    found = {"running": pid is not None, "pid": pid, "home": str(where.root), **found}
    _show(screen, found, config.company.zone)
    screen.answer(found)
    if found["state"] not in _GOOD_STATES:
        raise typer.Exit(REFUSED)


def _asked_of_the_service(where: Home, config: Config) -> dict[str, Any]:
    from gateway.service.local import LocalService

    with LocalService(where, config) as service:
        state = service.get("/v1/status")
        try:
            health = service.get("/v1/health")
        except Refused as refused:
            if refused.code != "authority.missing":
                raise
            # The tray of this machine sits in the warehouse, say; whoever has the database may know.
            from gateway.service.resting import resting_health

            health = resting_health(where, config)
        return {**state, **{part: health[part] for part in ("outbox", "journal", "components")}, "url": service.url}


def _read_from_the_database(where: Home, config: Config) -> dict[str, Any]:
    from gateway.service.resting import resting_status

    return resting_status(where, config)


def _show(screen: Screen, found: Mapping[str, Any], zone: str) -> None:
    from gateway.service.commands.times import local_time

    def at(instant: str | None) -> str:
        return local_time(instant, zone) if instant else screen.text("cli.status.never")

    screen.line(f"{found['company']}  ·  Kvit {found['version']}  ·  {found['home']}")
    screen.say(f"cli.status.state.{found['state']}", pid=found["pid"] or "—")
    screen.line()
    for link in found["bank"]:
        screen.say("cli.status.bank", title=link["title"], good=at(link["last_good_at"]), next=at(link["next_poll_at"]))
        if link["error"]:
            _explain(screen, link["error"], at(link["last_poll_at"]))
        if link["certificate_expires"]:
            days = link.get("days_left")
            sentence = "cli.status.certificate" if days is None else "cli.status.certificate_days"
            screen.say(sentence, until=link["certificate_expires"], days=days)
    if not found["bank"]:
        screen.say("cli.status.no_bank")
    screen.say("cli.status.needs", **found["needs"])
    screen.say("cli.status.outbox", **found["outbox"])
    _show_pace(screen, found["sla"])
    screen.say(f"cli.status.release.{found['release_mode']}")
    screen.say("cli.status.journal", rows=found["journal"]["rows"], verified=at(found["journal"]["verified_at"]))
    for alarm in found["alarms"]:
        screen.line()
        _explain(screen, alarm, at(alarm["last_at"]), alarm["count"])
    for part in found["components"]:
        if part["state"] != "ok":
            screen.line()
            screen.line(f"! {part[f'title_{screen.language}']}: {part[f'text_{screen.language}']}")
            if part[f"hint_{screen.language}"]:
                screen.line(f"    → {part[f'hint_{screen.language}']}")


def _explain(screen: Screen, said: Mapping[str, Any], when: str, count: int = 1) -> None:
    times = f" ×{count}" if count > 1 else ""
    screen.line(f"! {when}{times}  {said[f'text_{screen.language}']}")
    if said[f"hint_{screen.language}"]:
        screen.line(f"    → {said[f'hint_{screen.language}']}")


def _show_pace(screen: Screen, sla: Mapping[str, Any]) -> None:
    if not sla["released_today"]:
        screen.say("cli.status.no_pace")
    elif sla["p50_s"] is None:
        screen.say("cli.status.released", released=sla["released_today"])
    else:
        share = sla["within_15_min"]
        screen.say(
            "cli.status.pace",
            released=sla["released_today"],
            p50=round(sla["p50_s"], 1),
            p95=round(sla["p95_s"], 1),
            share=f"{share:.0%}",
        )


def demo(
    home: HomeOption = None,
    language: LanguageOption = None,
    once: Annotated[bool, typer.Option("--once", help=helped("demo.once"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=helped("demo.json"))] = False,
    tray: Annotated[bool, typer.Option("--tray/--no-tray", help=helped("demo.tray"))] = True,
    story: Annotated[Story, typer.Option("--story", help=helped("demo.story"))] = Story.SHOP,
) -> None:
    from gateway.service.commands.screen import language_of
    from gateway.service.demo.run import Wishes, main

    if story is not Story.SHOP:
        code = _plays(story)(home, language_of(language, home), as_json=as_json)
        if code:
            raise typer.Exit(code)
        return
    code = main(Wishes(home=home, once=once, as_json=as_json, tray=tray, language=language_of(language, home)))
    if code:
        raise typer.Exit(code)


class _Plays(Protocol):
    """A story that ends by itself; see `gateway.service.demo.performance`."""

    def __call__(self, given: Path | None, language: str, *, as_json: bool) -> int: ...


def _plays(story: Story) -> _Plays:
    from gateway.service.demo import bank_story, loan_play, parcel_play

    plays: dict[Story, _Plays] = {
        Story.BANK: bank_story.play,
        Story.LOANS: loan_play.play,
        Story.PARCELS: parcel_play.play,
    }
    return plays[story]
