"""The command line as a whole: help, languages, errors, exit codes, speed of a start."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from gateway import __version__
from gateway.core.catalogue import entries
from gateway.service.cli import app
from gateway.service.commands.frame import asked_language
from gateway.service.commands.screen import Screen, language_of
from tests.service.conftest import Kvit

ROOT = Path(__file__).resolve().parents[2]


def _commands(of: typer.Typer = app, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for registered in of.registered_commands:
        yield (*path, str(registered.name))
    for family in of.registered_groups:
        assert family.typer_instance is not None
        yield from _commands(family.typer_instance, (*path, str(family.name)))


COMMANDS = sorted(_commands())


def _process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "KVIT"))}
    return subprocess.run(
        [sys.executable, "-m", "gateway.service.cli", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**kept, **environment},
        cwd=ROOT,
        timeout=60,
    )


def test_the_commands_of_the_design_are_there() -> None:
    promised = {
        "backup", "bank enrol", "bank key", "bank otp", "bank password", "bank poll", "bank profiles",
        "bank reimport", "bank renew", "bank resume", "bank tokens", "demo", "doctor", "evidence", "import", "init",
        "journal head", "journal mail", "journal verify", "lender list", "lender token", "match",
        "parcels evaluate", "parcels key", "parcels keys", "parcels kpi", "parcels report", "parcels revoke",
        "parcels secret",
        "parcels stuck",
        "registry import", "registry list", "registry mapping", "registry show", "registry withdraw",
        "release", "restore", "sandbox behave", "sandbox close-day",
        "sandbox code", "sandbox habit", "sandbox move-clock", "sandbox otp", "sandbox pay", "sandbox process",
        "sandbox reverse", "sandbox serve", "sandbox state", "sandbox statement", "serve", "settlement close",
        "shop access", "shop annex", "shop list", "shop put", "shop terms", "status", "user add",
        "user list", "user revoke", "version",
    }  # fmt: skip
    assert {" ".join(path) for path in COMMANDS} == promised


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(kvit: Kvit, path: tuple[str, ...]) -> None:
    answer = kvit(*path, "--help")
    assert answer.code == 0
    assert "--language" in answer.out
    assert f"kvit {' '.join(path)}" in answer.out


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_example_names_options_that_exist(kvit: Kvit, path: tuple[str, ...]) -> None:
    entry = entries()[f"cli.help.{'.'.join(path)}"]
    assert entry["hint_ru"] == entry["hint_en"]
    words = shlex.split(entry["hint_en"].partition(">")[0])
    assert words[: 1 + len(path)] == ["kvit", *path]
    help_text = kvit(*path, "--help").out
    for word in words:
        if word.startswith("--"):
            assert word in help_text


def test_help_speaks_russian_where_the_machine_does() -> None:
    russian = _process("bank", "poll", "--help", LANG="ru_RU.UTF-8")
    assert "Пример:" in russian.stdout and "Опросить банк" in russian.stdout
    english = _process("bank", "poll", "--help", LANG="C.UTF-8")
    assert "Example:" in english.stdout and "Ask the bank" in english.stdout


def test_without_a_command_the_help_is_shown(kvit: Kvit) -> None:
    answer = kvit()
    assert answer.code == 2
    assert "serve" in answer.err and "doctor" in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("status", "--nonsense"),
        ("sandbox", "pay"),
        ("release", "sometimes", "--by", "X"),
        ("release", "automatic"),
        ("user", "add", "Anna", "--role", "king"),
        ("sandbox", "move-clock", "soon"),
        ("serve", "--log-level", "loud"),
        ("init", "--home", "does-not-matter"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(kvit: Kvit, arguments: tuple[str, ...]) -> None:
    answer = kvit(*arguments)
    assert answer.code == 2
    assert answer.err and "Traceback" not in answer.err


def test_an_expected_error_is_a_sentence_and_a_hint_in_the_language_asked_for(kvit: Kvit, tmp_path: Path) -> None:
    english = kvit("status", "--home", tmp_path, "--language", "en")
    assert (english.code, english.out) == (1, "")
    assert "There is no configuration file" in english.err and "kvit init" in english.err
    russian = kvit("status", "--home", tmp_path, "--language", "ru")
    assert "Нет файла настроек" in russian.err
    assert "Traceback" not in english.err + russian.err


def test_an_error_in_json_mode_is_one_json_object(kvit: Kvit, tmp_path: Path) -> None:
    answer = kvit("status", "--home", tmp_path, "--json")
    assert answer.code == 1
    assert answer.json["error"]["code"] == "config.missing"
    assert answer.json["error"]["hint"]


def test_what_the_system_refuses_is_said_without_a_traceback(kvit: Kvit, home: Path, tmp_path: Path) -> None:
    answer = kvit("journal", "verify", "--home", home, "--head-file", tmp_path / "nowhere")
    assert answer.code == 1
    assert "No such file" in answer.err


def test_the_language_is_the_option_then_the_company_then_the_machine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert language_of("en", home) == "en"
    assert language_of(None, home) == "ru"  # the company's
    assert language_of(None, tmp_path) == "en"  # the machine's
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    assert language_of(None, tmp_path) == "ru"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert language_of(None, tmp_path) == "en"
    monkeypatch.setenv("KVIT_HOME", str(home))
    assert language_of() == "ru"


def test_a_broken_configuration_does_not_hide_the_language(tmp_path: Path) -> None:
    (tmp_path / "kvit.toml").write_bytes(b"\xff\xfe broken")
    assert language_of(None, tmp_path) == "en"
    (tmp_path / "kvit.toml").write_text('[company]\nlanguage = "tlh"\n', encoding="utf-8")
    assert language_of(None, tmp_path) == "en"


def test_the_language_of_help_is_found_before_the_options_are_parsed(home: Path, tmp_path: Path) -> None:
    assert asked_language(["status", "--language", "ru", "--help"]) == "ru"
    assert asked_language(["status", "--language=ru"]) == "ru"
    assert asked_language(["status", "--home", str(home)]) == "ru"
    assert asked_language(["status", "--home", str(tmp_path)]) == "en"
    assert asked_language(["status", "--language"]) == "en"


def test_home_comes_from_the_environment(kvit: Kvit, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVIT_HOME", str(home))
    assert kvit("journal", "head", "--json").json["seq"] == 1


def test_version(kvit: Kvit) -> None:
    assert kvit("version", "--json").json["kvit"] == __version__
    assert __version__ in kvit("--version").out


def test_a_start_loads_nothing_heavy() -> None:
    heavy = ("sqlalchemy", "zeep", "lxml", "fastapi", "cryptography", "httpx", "rich")
    code = f"import gateway.service.cli, json, sys; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert json.loads(done.stdout) == []


def test_a_table_is_not_cut_off_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    Screen("en").table(["cli.user.name", "cli.user.role"], [["x" * 100, "[bold]y[/bold]"], ["z", "w" * 90]])
    shown = capsys.readouterr().out
    assert "x" * 100 in shown and "w" * 90 in shown
    assert "[bold]y[/bold]" in shown


def test_commands_write_utf8_into_a_pipe_whatever_the_locale(sandbox_home: Path) -> None:
    done = _process("sandbox", "pay", "--home", str(sandbox_home), "--amount", "1", LANG="C", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "₽" in done.stdout
