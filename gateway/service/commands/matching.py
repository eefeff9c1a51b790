"""`kvit match`: the matcher tried on past payments, before anybody lets it release goods by itself."""

from __future__ import annotations

import itertools
import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.service.commands.frame import REFUSED, HomeOption, JsonOption, LanguageOption, command, helped
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from gateway.matching.decision import Policy
    from gateway.matching.trial import PolicyOn
    from gateway.matching.trial_summary import Summary, Tally
    from gateway.payments.registries.model import Registry
    from gateway.service.config import Home
    from gateway.service.trials.bad_rows import BadRow, BadRows
    from gateway.service.trials.work import Material
    from gateway.store import Store

_SHOWN = 20  # bad rows on the screen
_TOLD_EVERY = 1000  # rows read
_INN = re.compile(r"\d{10}|\d{12}")


def register(app: typer.Typer) -> None:
    """Put the command of this file on `app`."""
    command(app, "match")(match)


def match(
    out: Annotated[Path, typer.Option(help=helped("match.out"), dir_okay=False, show_default=False)],
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help=helped("match.directory"), exists=True, file_okay=False, show_default=False),
    ] = None,
    statements: Annotated[
        list[Path] | None,
        typer.Option(
            "--from-statement", metavar="FILE", help=helped("match.from_statement"), exists=True, show_default=False
        ),
    ] = None,
    invoices: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help=helped("match.invoices"), exists=True, show_default=False)
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help=helped("match.map"), show_default=False)
    ] = None,
    as_open: Annotated[
        bool | None, typer.Option("--as-open/--as-listed", help=helped("match.as_open"), show_default=False)
    ] = None,
    reports: Annotated[
        list[Path] | None,
        typer.Option("--report", metavar="FILE", help=helped("match.report"), dir_okay=False, show_default=False),
    ] = None,
    partners: Annotated[
        list[str] | None,
        typer.Option("--partner", metavar="ИНН=KIND", help=helped("match.partner"), show_default=False),
    ] = None,
    own_inns: Annotated[
        list[str] | None, typer.Option("--own-inn", metavar="ИНН", help=helped("match.own_inn"), show_default=False)
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help=helped("match.keep"))] = False,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.trials.bad_rows import BadRows
    from gateway.service.trials.work import back_test, of_files, prepare

    screen = Screen.of(home, language, as_json)
    if (directory is None) != bool(statements and invoices) or (directory is not None and (statements or invoices)):
        raise typer.BadParameter(screen.text("trial.cli.which_input"))
    columns = _columns(screen, mapping or ())
    for report in reports or ():
        if report.suffix.lower() not in _FORMS:
            raise typer.BadParameter(screen.text("trial.cli.bad_report", value=report))
    named = _partners(screen, partners or ())
    where = _home(home, needed=keep)
    _not_an_input(out, directory, statements or (), invoices or ())
    policy_on = _policy_on(where, named, own_inns or (), exchange_format=directory is not None)
    bad = BadRows()
    with _until_asked() as stopped:
        if directory is not None:
            material = _read_folder(screen, directory, bad, stopped)
        else:
            material = of_files(statements or (), invoices or (), columns, bad, _registries(where))
        opened = as_open if as_open is not None else directory is None
        with screen.progress("trial.cli.reading_invoices") as done:
            trial = prepare(material, policy_on, as_open=opened, progress=done)
        with screen.progress("trial.cli.deciding", material.count) as done:
            summary = back_test(trial, material, out, bad, progress=done, stopped=stopped)
    _write_reports(screen, summary, material.source, bad, reports or ())
    kept = _keep(where, material.source, summary) if keep and where is not None else None
    finished = _Done(material.source, summary, material.taken_back, bad, out, reports or (), kept)
    _show(screen, finished)
    screen.answer(_answer(screen, finished))
    if bad.count or summary.stopped:
        raise typer.Exit(REFUSED)


@dataclass(frozen=True, slots=True)
class _Done:
    """A back-test that ran: what was read, found, passed over and written, and the id under which it is kept."""

    source: str
    summary: Summary
    taken_back: Tally
    bad: BadRows
    out: Path
    reports: Sequence[Path]
    kept: str | None


# -------------------------------------------------------------------- what was asked


def _columns(screen: Screen, mapping: Sequence[str]) -> dict[str, str]:
    """field → heading."""
    from gateway.service.trials.columns import WORDS

    columns = {}
    for text in mapping:
        field, equals, column = text.partition("=")
        if not equals or field.strip() not in WORDS or not column.strip():
            raise typer.BadParameter(screen.text("trial.cli.bad_mapping", value=text, known=", ".join(WORDS)))
        columns[field.strip()] = column.strip()
    return columns


def _partners(screen: Screen, named: Sequence[str]) -> dict[str, str]:
    """ИНН → kind of partner."""
    from gateway.payments.registries.model import PayoutSource

    partners = {}
    for text in named:
        inn, _, source = (part.strip() for part in text.partition("="))
        if not _INN.fullmatch(inn) or source not in set(PayoutSource):
            raise typer.BadParameter(screen.text("trial.cli.bad_partner", value=text))
        partners[inn] = source
    return partners


def _home(home: Path | None, *, needed: bool) -> Home | None:
    """The installation whose settings count; None where there is none and nobody asks for one."""
    from gateway.service.config import find_home

    found = find_home(home)
    return found if needed or home is not None or found.config_file.exists() else None


def _policy_on(
    home: Home | None, partners: dict[str, str], own_inns: Sequence[str], *, exchange_format: bool
) -> PolicyOn:
    """The company's policies where there is an installation, with what the options add.

    Files in the exchange format bring payout partners of their own (see `gateway.service.trials.folder.PARTNERS`).
    """
    from gateway.matching.decision import Policy
    from gateway.matching.trial import always
    from gateway.service.config import load_config, terms_of
    from gateway.service.trials.folder import PARTNERS

    of_the_company = always(Policy()) if home is None else terms_of(load_config(home)).policy_on
    of_the_format = PARTNERS if exchange_format else {}

    def on(day: date | None) -> Policy:
        policy = of_the_company(day)
        return replace(
            policy,
            payout_partners={**of_the_format, **policy.payout_partners, **partners},
            own_inns=policy.own_inns | set(own_inns),
        )

    return on


def _not_an_input(out: Path, directory: Path | None, statements: Sequence[Path], invoices: Sequence[Path]) -> None:
    from gateway.core.errors import Refused
    from gateway.service.trials.work import inputs_of

    target = out.resolve()
    if any(path.resolve() == target for path in inputs_of(directory, statements, invoices)):
        raise Refused("trial.out_is_input", file=str(out))


# -------------------------------------------------------------------- the work


@contextmanager
def _until_asked() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C ends the work in order; the next one ends the process."""
    asked = threading.Event()
    before = signal.getsignal(signal.SIGINT) or signal.SIG_DFL

    def ask(number: int, _frame: object) -> None:
        signal.signal(number, before)
        asked.set()

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _read_folder(screen: Screen, directory: Path, bad: BadRows, stopped: Callable[[], bool]) -> Material:
    from gateway.service.trials.work import of_folder

    with screen.progress("trial.cli.reading_payments") as done:
        rows = itertools.count(1)

        def looked() -> bool:
            number = next(rows)
            if number % _TOLD_EVERY == 0:
                done(number)
            return stopped()

        return of_folder(directory, bad, looked)


def _registries(home: Home | None) -> Sequence[Registry]:
    """What partners sent to this installation."""
    from gateway.payments.registries import lookup

    if home is None or not _has_database(home):
        return ()

    with _store(home) as store, store.reading() as connection:
        return lookup.every(connection, store.company)


def _has_database(home: Home) -> bool:
    from gateway.service.config import load_config

    return bool(load_config(home).database.url) or (home.data / "kvit.db").is_file()


@contextmanager
def _store(home: Home) -> Iterator[Store]:
    from gateway.service.account import check_account
    from gateway.service.config import load_config
    from gateway.service.opening import open_store

    check_account(home)
    store = open_store(home, load_config(home))
    try:
        yield store
    finally:
        store.close()


def _write_reports(screen: Screen, summary: Summary, source: str, bad: BadRows, files: Sequence[Path]) -> None:
    from gateway.service.trials import report

    if not files:
        return
    sheet = report.write(summary, source, screen.language, list(bad))
    for file in files:
        form = report.html(sheet) if _FORMS[file.suffix.lower()] == "html" else report.plain(sheet).encode("utf-8")
        file.write_bytes(form)


_FORMS = {".html": "html", ".htm": "html", ".txt": "text"}


def _keep(home: Home, source: str, summary: Summary) -> str:
    from gateway.matching.trials import keep
    from gateway.service.account import operator

    with _store(home) as store, store.unit(operator()) as unit:
        kept = keep(unit, source, summary)
        unit.commit()
    return kept


# -------------------------------------------------------------------- what is said


def _show(screen: Screen, done: _Done) -> None:
    from gateway.service.trials import report

    screen.line(report.headline(report.write(done.summary, done.source, screen.language)))
    if done.taken_back.count:
        screen.say("trial.cli.taken_back", count=done.taken_back.count, amount=str(done.taken_back.amount))
    for row in itertools.islice(done.bad, _SHOWN):
        screen.line(f"  ! {report.bad_row_text(row, screen.language)}")
    if done.bad.count:
        screen.say("trial.cli.bad", count=done.bad.count)
    if done.summary.stopped:
        screen.say("trial.cli.stopped", count=done.summary.payments.count)
    screen.say("trial.cli.written", file=done.out)
    for file in done.reports:
        screen.say("trial.cli.report", file=file)
    if done.kept:
        screen.say("trial.cli.kept")


def _answer(screen: Screen, done: _Done) -> dict[str, Any]:
    from gateway.matching.trial_summary import Answer
    from gateway.service.trials.report import advice_texts

    summary = done.summary
    return {
        "source": done.source,
        "payments": _tally(summary.payments),
        **{answer.value: _tally(summary.tally(answer), summary.payments) for answer in Answer},
        "released": _tally(summary.released),
        "taken_back": _tally(done.taken_back),
        "suggested": summary.suggested,
        "outcomes": _outcomes(screen, summary),
        "advice": list(advice_texts(summary, screen.language)),
        "stopped": summary.stopped,
        "bad_rows": {"count": done.bad.count, "first": [_bad_row(screen, row) for row in done.bad]},
        "out": str(done.out),
        "reports": [str(file) for file in done.reports],
        "kept": done.kept,
    }


def _outcomes(screen: Screen, summary: Summary) -> list[dict[str, Any]]:
    from gateway.matching.explain import outcome_text
    from gateway.matching.trial_summary import Answer

    return [
        {
            "decision": answer.value,
            "outcome": outcome.value,
            "text": outcome_text(outcome, screen.language),
            **_tally(group.tally),
        }
        for answer in Answer
        for outcome, group in summary.of(answer)
    ]


def _bad_row(screen: Screen, row: BadRow) -> dict[str, Any]:
    problem = row.problem
    return {
        "file": row.file,
        "line": problem.line,
        "code": problem.code,
        "text": problem.text(screen.language),
        "fragment": problem.fragment,
        "skipped": problem.skipped,
    }


def _tally(tally: Tally, whole: Tally | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"count": tally.count, "amount": tally.kopecks}
    if whole is not None:
        found["share_of_count"], found["share_of_amount"] = (round(share, 4) for share in tally.share_of(whole))
    return found
