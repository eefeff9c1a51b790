"""`kvit parcels …`: the morning report, what is stuck, how good guesses are, and how many parcels come back."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.service.commands import parcel_keys
from gateway.service.commands.frame import HomeOption, JsonOption, LanguageOption, command, group, helped
from gateway.service.commands.house import opened
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from gateway.parcels.evaluate import Quality
    from gateway.parcels.guess_basis import Journey
    from gateway.parcels.intervals import Share
    from gateway.parcels.kpi import Cohort
    from gateway.parcels.terms import ParcelTerms
    from gateway.parcels.watch import Trouble
    from gateway.service.config import Config

_GENERATED_DAYS = 120.0
_ROUTES_SHOWN = 10
_DIGITS = 4


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    family = group("parcels")
    command(family, "parcels.report")(report)
    command(family, "parcels.stuck")(stuck)
    command(family, "parcels.evaluate")(evaluate)
    command(family, "parcels.kpi")(kpi)
    command(family, "parcels.secret")(secret)
    parcel_keys.register(family)
    app.add_typer(family, name="parcels")


def report(
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help=helped("parcels.xlsx"), show_default=False)] = None,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.parcels.watch import Trouble

    _report(Screen.of(home, language, as_json), home, tuple(Trouble), xlsx)


def stuck(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.parcels.watch import Trouble

    _report(Screen.of(home, language, as_json), home, (Trouble.STUCK, Trouble.NEVER_SEEN), None)


def evaluate(
    generated: Annotated[
        int | None, typer.Option("--generated", help=helped("parcels.generated"), show_default=False)
    ] = None,
    count: Annotated[int, typer.Option("--count", min=100, max=200_000, help=helped("parcels.count"))] = 4000,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.parcels.evaluate import evaluate as measured
    from gateway.parcels.guess_basis import own_journeys
    from gateway.parcels.terms import ParcelTerms

    screen = Screen.of(home, language, as_json)
    if generated is not None:
        found = measured(_generated(generated, count), ParcelTerms().guess)
    else:
        with opened(home) as (_, config, store), store.reading() as connection:
            journeys = own_journeys(connection, store.company, store.clock.now())
            found = measured(journeys, terms_of(config).guess)
    screen.say("cli.parcels.evaluated", trained=found.trained, split=f"{found.split:%Y-%m-%d}")
    heads = ("way", "parcels", "coverage", "premature", "delay")
    rows = [
        (screen.text("cli.parcels.by_tables"), *_quality(found.guess)),
        (screen.text("cli.parcels.by_days", days=found.baseline_days), *_quality(found.baseline)),
        *((route.route, *_quality(route.quality)) for route in found.routes[:_ROUTES_SHOWN]),
    ]
    screen.table([f"cli.parcels.{head}" for head in heads], rows)
    screen.say("cli.parcels.wanted", wanted=_percent(found.wanted), forgotten=found.forgotten)
    screen.answer(_plain(found))


def kpi(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.parcels.kpi import figures

    screen = Screen.of(home, language, as_json)
    with opened(home) as (_, config, store), store.reading() as connection:
        found = figures(connection, store.company, terms_of(config), store.clock.now())
    if not found.cohorts:
        screen.say("cli.parcels.nothing")
    else:
        heads = ("month", "parcels", "open", "returned", "lost_share", "at_stake", "return_cost", "settled")
        rows = [_cohort(screen, cohort) for cohort in (*found.cohorts, *filter(None, (found.overall,)))]
        screen.table([f"cli.parcels.{head}" for head in heads], rows)
    if found.comparison is None:
        screen.say("cli.parcels.no_control")
    else:
        compared = found.comparison
        screen.say(
            "cli.parcels.control",
            reminded=compared.reminded,
            control=compared.control,
            with_reminders=_share(compared.reminded_returns),
            without=_share(compared.control_returns),
            saved=_share(compared.saved),
        )
    screen.say("cli.parcels.no_calls")
    screen.answer(_plain(found))


def secret(
    name: Annotated[str, typer.Argument(help=helped("parcels.account"), show_default=False)],
    from_stdin: Annotated[bool, typer.Option("--stdin", help=helped("password.stdin"))] = False,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.config import find_home, load_config
    from gateway.service.parcel_secrets import check_name, keep
    from gateway.service.wiring import vault_of

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    check_name(load_config(where), name)
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        typed = str(typer.prompt(screen.text("cli.parcels.ask", name=name), hide_input=True, err=True))
    else:
        raise typer.BadParameter(screen.text("cli.password.no_terminal"))
    if not typed:
        raise Refused("parcel.no_secret", name=name)
    keep(vault_of(where), name, typed)
    screen.say("cli.parcels.kept", name=name)
    screen.answer({"account": name, "kept": True})


def _report(screen: Screen, home: Path | None, troubles: Sequence[Trouble], xlsx: Path | None) -> None:
    from gateway.parcels import report as made

    with opened(home) as (_, config, store), store.reading() as connection:
        found = made.make(connection, store.company, terms_of(config), store.clock.now(), troubles)
    screen.line(made.text(found, screen.language))
    if xlsx is not None:
        xlsx.write_bytes(made.workbook(found, screen.language))
        screen.tell("cli.parcels.written", file=str(xlsx))
    screen.answer(_plain(found))


def terms_of(config: Config) -> ParcelTerms:
    """
    Raises:
        Refused: `config.no_parcels`.
    """
    from gateway.service.config_parcels import parcel_terms

    if config.parcels is None:
        raise Refused("config.no_parcels")
    return parcel_terms(config.parcels, ZoneInfo(config.company.zone), config.web.url, config.company.language)


def _generated(seed: int, count: int) -> Iterable[Journey]:
    """Journeys of the sandbox's Post."""
    from gateway.parcels.guess_basis import Scan, journey_of
    from gateway.parcels.sandbox.histories import generate_histories

    found = [
        sorted(Scan(r.at, r.code, r.effect, r.office_index, r.index_to) for r in finished.history.records)
        for finished in generate_histories(seed, count, _GENERATED_DAYS)
    ]
    last = max(scan.at for scans in found for scan in scans)
    return [journey_of(scans, last) for scans in found]


def _quality(found: Quality) -> tuple[str, ...]:
    delay = "—" if found.delay_hours is None else f"{found.delay_hours:.1f}"
    return str(found.parcels), _percent(found.coverage), _share(found.premature), delay


def _cohort(screen: Screen, cohort: Cohort) -> tuple[str, ...]:
    return (
        f"{cohort.month:%Y-%m}" if cohort.month else screen.text("cli.parcels.all_settled"),
        str(cohort.parcels),
        str(cohort.open),
        _share(cohort.shares["returned"]),
        _share(cohort.shares["lost"]),
        str(cohort.at_stake),
        str(cohort.lost),
        "✓" if cohort.mature else "✗",
    )


def _share(share: Share) -> str:
    return f"{_percent(share.value)} ({_percent(share.low)}…{_percent(share.high)})"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _plain(value: Any) -> Any:
    """A result as JSON has it: sums "1234.50", days and instants as ISO text, shares to four digits."""
    if isinstance(value, Money):
        return value.decimal_text()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, _DIGITS)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key) or "open": _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
