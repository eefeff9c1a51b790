"""`kvit bank profiles`, `kvit bank poll`; `kvit bank key` and `kvit bank tokens` are in `bank_keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.service.commands import bank_keys, bank_logon, certificates, imports
from gateway.service.commands.frame import REFUSED, HomeOption, JsonOption, LanguageOption, command, group
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from gateway.service.config import Config, Home
    from gateway.service.rounds import Round
    from gateway.service.wiring import Bank
    from gateway.store import Store

_ANSWER_S = 180.0  # a poll of a slow bank
_LOOK_S = 0.5


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    bank = group("bank")
    for code, function in (
        ("bank.profiles", profiles),
        ("bank.poll", poll),
        ("bank.key", bank_keys.key),
        ("bank.tokens", bank_keys.tokens),
        ("bank.enrol", certificates.enrol),
        ("bank.renew", certificates.renew),
        ("bank.reimport", imports.reimport),
        ("bank.password", bank_logon.password),
        ("bank.otp", bank_logon.otp),
        ("bank.resume", bank_logon.resume),
    ):
        command(bank, code)(function)
    app.add_typer(bank, name="bank")


def profiles(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.bank.profiles import environment_of, load_profile
    from gateway.service.config import PROGRAM_PROFILES, find_home, load_config

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    used = {b.profile for b in load_config(where).bank} if where.config_file.is_file() else set()
    found: dict[str, dict[str, Any]] = {}
    for folder, origin in ((where.profiles, "home"), (PROGRAM_PROFILES, "program")):
        for file in sorted(folder.glob("*.toml")):
            if file.stem in found:
                continue  # the installation's own profile stands before the program's
            profile = load_profile(file)
            found[file.stem] = {
                "name": file.stem,
                "title": profile.title_ru if screen.language == "ru" else profile.title_en,
                "url": profile.service.url,
                "environment": environment_of(profile),
                "origin": origin,
                "used": file.stem in used,
                "file": str(file),
            }
    screen.table(
        [f"cli.profiles.{column}" for column in ("name", "title", "url", "environment", "origin", "used")],
        [
            [
                row["name"],
                row["title"],
                row["url"],
                row["environment"],
                screen.text(f"cli.profiles.from_{row['origin']}"),
                screen.text("cli.yes" if row["used"] else "cli.no"),
            ]
            for row in found.values()
        ],
    )
    screen.answer({"profiles": list(found.values())})


def poll(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.service.config import find_home, load_config
    from gateway.service.instance import running_pid

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    config = load_config(where)
    if not config.bank:
        raise Refused("config.no_bank")
    ask = _poll_through_the_service if running_pid(where.run) is not None else _poll_here
    answers = ask(screen, where, config)
    for answer in answers:
        _show_poll(screen, answer)
    screen.answer({"polls": answers})
    if any(answer["result"] == "failed" or answer["refused"] for answer in answers):
        raise typer.Exit(REFUSED)


def _poll_here(screen: Screen, where: Home, _config: Config) -> list[dict[str, Any]]:
    from gateway.service.opening import Alone
    from gateway.service.rounds import bank_round
    from gateway.service.wiring import open_banks

    with Alone(where) as installation:
        banks = open_banks(installation)
        try:
            rounds = [
                (bank, bank_round(installation.store, bank.terms(installation.terms), bank.channel)) for bank in banks
            ]
        finally:
            for bank in banks:
                bank.channel.close()
        return [_told(screen, installation.store, bank, done) for bank, done in rounds]


def _told(screen: Screen, store: Store, bank: Bank, done: Round) -> dict[str, Any]:
    polled = done.polled
    return {
        "channel": bank.channel.name,
        "title": bank.title(screen.language),
        "result": polled.result,
        "messages": [
            {
                "reference": message.reference,
                "kind": message.file_type,
                "lines": taken.lines,
                "fresh": taken.fresh,
                "payments": taken.payments,
                "released": taken.released,
            }
            for message, taken in done.taken
        ],
        "refused": [
            {"reference": reference, "code": code, "text": _reason(screen, store, polled.channel, reference, code)}
            for reference, code in polled.refused
        ],
        "error": _said(screen, polled.error) if polled.error else None,
    }


def _reason(screen: Screen, store: Store, channel: str, reference: str, code: str) -> str:
    """Why a reply was refused, with the values that were kept beside its bytes."""
    import json

    from sqlalchemy import select

    from gateway.bank.tables import messages

    of_reply = (messages.c.channel == channel, messages.c.reference == reference, messages.c.reason == code)
    with store.reading() as connection:
        values = connection.execute(
            select(messages.c.reason_values)
            .where(messages.c.company == store.company, *of_reply)
            .order_by(messages.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
    return screen.text(code, **json.loads(values or "{}"))


def _poll_through_the_service(screen: Screen, where: Home, config: Config) -> list[dict[str, Any]]:
    """The service holds the channel: it asks, we tell what it found."""
    import time

    from gateway.api.tokens import local_token
    from gateway.core.authority import Role
    from gateway.service.account import operator
    from gateway.service.local import LocalService
    from gateway.service.opening import open_store
    from gateway.service.wiring import profile_of

    screen.tell("cli.poll.through_service")
    token_file = where.run / "console.token"
    store = open_store(where, config)
    try:
        # Whoever may write to this database may make an IT token; a file of its own keeps it to one.
        local_token(store, token_file, Role.IT, config.company.language, name=f"console of {operator().name}")
    finally:
        store.close()
    titles = {}
    for table in config.bank:
        profile = profile_of(where, table)
        titles[f"{profile.protocol}:{profile.name}"] = profile.title_ru if screen.language == "ru" else profile.title_en
    with LocalService(where, config, token_file) as service:
        asked_at = service.post("/v1/health/poll")["server_time"]
        answered: dict[str, dict[str, Any]] = {}
        until = time.monotonic() + _ANSWER_S
        while not titles.keys() <= answered.keys():
            if time.monotonic() > until:
                raise Unavailable("cli.poll.no_answer", seconds=int(_ANSWER_S))
            time.sleep(_LOOK_S)
            health = service.get("/v1/health")
            answered = {p["channel"]: p for p in reversed(health["polls"]) if p["at"] >= asked_at}
        new = [m for m in health["messages"] if m["received_at"] >= asked_at]
        errors = {link["channel"]: link["error"] for link in service.get("/v1/status")["bank"]}
    return [
        {
            "channel": channel,
            "title": title,
            "result": answered[channel]["result"],
            "messages": [
                {"reference": m["reference"], "kind": m["kind"], "state": m["state"]}
                for m in new
                if m["state"] != "refused"
            ],
            "refused": [
                {"reference": m["reference"], "code": m["reason"], "text": m[f"reason_{screen.language}"]}
                for m in new
                if m["state"] == "refused"
            ],
            "error": _spoken(screen, errors.get(channel)),
        }
        for channel, title in titles.items()
    ]


def _show_poll(screen: Screen, answer: dict[str, Any]) -> None:
    screen.line(f"{answer['title']} ({answer['channel']})")
    screen.say(f"cli.poll.{answer['result']}", count=len(answer["messages"]))
    for message in answer["messages"]:
        if "lines" in message:
            screen.say("cli.poll.message", **message)
        else:
            screen.line(f"  {message['reference']}  {message['kind']}")
    for refused in answer["refused"]:
        screen.line(f"! {refused['reference']}: {refused['text']}")
    if answer["error"]:
        screen.line(f"! {answer['error']['text']}")
        if answer["error"]["hint"]:
            screen.line(f"    → {answer['error']['hint']}")


def _said(screen: Screen, error: KvitError) -> dict[str, str]:
    return {"code": error.code, "text": error.text(screen.language), "hint": error.hint(screen.language)}


def _spoken(screen: Screen, error: dict[str, str] | None) -> dict[str, str] | None:
    """An error as the API tells it, in one language."""
    if error is None:
        return None
    return {"code": error["code"], **{part: error[f"{part}_{screen.language}"] for part in ("text", "hint")}}
