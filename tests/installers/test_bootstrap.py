"""The bootstrap's own decisions; that it really installs is shown by running it (docs/developer.md says how)."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "installers" / "bootstrap.py"
REQUIREMENT = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+))? \\$")


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kvit_bootstrap", SOURCE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def locked(name: str) -> dict[str, str]:
    """Package → version of a lock, having checked that each line is pinned and hashed."""
    found: dict[str, str] = {}
    lines = (ROOT / "installers" / name).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if not line or line.startswith((" ", "#")):
            continue
        match = REQUIREMENT.match(line)
        assert match, f"{name}:{number + 1} is not a pinned, hashed requirement: {line}"
        assert lines[number + 1].strip().startswith("--hash=sha256:"), f"{match['name']} has no hash"
        found[match["name"]] = match["version"]
    return found


def test_it_needs_nothing_but_the_standard_library() -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_an_old_python_can_read_the_file_far_enough_to_explain_itself() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 8))
    at_the_top = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert "tomllib" not in at_the_top


def test_an_old_python_is_told_so(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (99, 0))
    assert bootstrap.main(["demo"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "Python 99.0 or newer" in err


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["dev", "extra"]])
def test_a_wrong_command_shows_the_usage_and_ends_with_2(
    bootstrap: ModuleType, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage:" in err


def test_help_is_asked_for_and_goes_to_standard_output(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main(["--help"]) == 0
    assert "usage:" in capsys.readouterr().out


def test_it_runs_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(SOURCE)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_names_no_host(name: str) -> None:
    text = (ROOT / "installers" / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    extras = project["project"]["optional-dependencies"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\s<>=\[;!~]", one, maxsplit=1)[0].lower() for one in requirements}

    wanted = names(project["project"]["dependencies"]) | names(project["build-system"]["requires"])
    wanted |= names(extras["gui"]) | names(extras["token"]) | names(extras["postgres"])
    assert wanted <= set(runtime)
    assert wanted | names(extras["dev"]) <= set(dev)


def test_what_is_tested_is_what_is_run() -> None:
    runtime, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: dev.get(name) for name in runtime} == runtime
    assert "pytest" not in runtime


def test_the_qt_that_aborts_is_not_locked() -> None:
    version = tuple(int(part) for part in locked("requirements.txt")["pyside6-essentials"].split("."))
    assert (6, 8) <= version < (6, 12)


def test_the_stamp_changes_with_the_lock_and_the_project(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock, project = tmp_path / "requirements.txt", tmp_path / "pyproject.toml"
    lock.write_text("one")
    project.write_text("two")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    first = bootstrap.stamp(lock)
    assert bootstrap.stamp(lock) == first
    lock.write_text("other")
    second = bootstrap.stamp(lock)
    project.write_text("other")
    assert len({first, second, bootstrap.stamp(lock)}) == 3


def test_a_fitting_stamp_means_nothing_to_do(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(bootstrap, "python", lambda: Path(sys.executable))
    ran: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "run", lambda command, **_: ran.append(command))
    monkeypatch.setattr(bootstrap, "make_venv", lambda: None)

    bootstrap.install(bootstrap.DEV_LOCK)
    assert any("--require-hashes" in command for command in ran)
    ran.clear()
    bootstrap.install(bootstrap.DEV_LOCK)
    bootstrap.install(bootstrap.LOCK)  # the development lock holds all of the other
    assert ran == []


def test_a_failed_install_leaves_no_stamp(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(bootstrap, "make_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "python", lambda: tmp_path / "absent")
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)

    def fails(command: list[str], **_: object) -> None:
        raise bootstrap.Stop("no network")

    monkeypatch.setattr(bootstrap, "run", fails)
    assert bootstrap.main(["demo"]) == 1
    assert "no network" in capsys.readouterr().err
    assert not (tmp_path / "stamp").exists()


def test_windows_has_its_own_paths(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "WINDOWS", True)
    assert Path(bootstrap.script("kvit")) == bootstrap.VENV / "Scripts" / "kvit.exe"
    assert bootstrap.python() == bootstrap.VENV / "Scripts" / "python.exe"
    assert bootstrap.missing_libraries() == []
    assert bootstrap.missing_programs() == []
    assert bootstrap.has_display()


def test_without_root_the_one_command_is_printed_and_we_go_on(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "is_root", lambda: False)
    bootstrap.need_system(["libegl1", "xvfb"])
    out, err = capsys.readouterr()
    assert out == ""
    assert "sudo apt-get install -y --no-install-recommends libegl1 xvfb" in err


def test_nothing_missing_is_silent(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.need_system([])
    assert capsys.readouterr() == ("", "")


def test_stale_package_lists_are_refreshed_once(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def apt(command: list[str], environment: dict[str, str]) -> bool:
        assert environment["DEBIAN_FRONTEND"] == "noninteractive"
        ran.append(command[1])
        return ran != ["install"]  # the first try fails as with lists that are out of date

    monkeypatch.setattr(bootstrap, "quietly", apt)
    monkeypatch.setattr(bootstrap, "is_root", lambda: True)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter([self / "x_Packages"]))
    assert bootstrap.apt_install(["xvfb"])
    assert ran == ["install", "update", "install"]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    ran.clear()
    assert bootstrap.apt_install(["xvfb"])
    assert ran == ["update", "install"]


def test_missing_things_are_found_by_asking_for_them(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "QT_LIBRARIES", {"libno-such-library.so.9": "libno9"})
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None if name == "Xvfb" else "/usr/bin/x")
    monkeypatch.setattr(bootstrap, "FONT_FOLDERS", ())
    monkeypatch.setattr(bootstrap, "WINDOWS", False)
    assert bootstrap.missing_libraries() == ["libno9"]
    assert bootstrap.missing_programs() == ["xvfb", "fonts-dejavu-core"]
    monkeypatch.setattr(bootstrap, "LIBRARY_FOLDER", Path("/nowhere"))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None if name == "xmlsec1" else "/usr/bin/x")
    assert bootstrap.missing_crypto() == ["xmlsec1", "libengine-gost-openssl"]


def test_tools_are_installed_one_by_one_and_only_the_missing_ones_are_named(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "is_root", lambda: True)
    monkeypatch.setattr(bootstrap, "apt_install", lambda packages: packages == ["softhsm2"])
    bootstrap.need_tools(["softhsm2", "xmlsec1"])
    err = capsys.readouterr().err
    assert "apt-get install -y --no-install-recommends xmlsec1" in err
    assert "softhsm2" not in err
    bootstrap.need_tools([])
    assert capsys.readouterr().err == ""


def test_the_summary_names_every_step_and_any_failure_counts(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "need_system", lambda packages: None)
    monkeypatch.setattr(bootstrap, "need_tools", lambda packages: None)
    monkeypatch.setattr(bootstrap, "install", lambda lock: None)
    passing, failing = [sys.executable, "-c", "pass"], [sys.executable, "-c", "print('why'); raise SystemExit(3)"]
    monkeypatch.setattr(bootstrap, "checks", lambda: [passing, failing])
    monkeypatch.setattr(bootstrap, "python", lambda: Path(sys.executable))
    assert bootstrap.main(["test", "--version"]) == 1
    err = capsys.readouterr().err
    assert "why" in err
    assert "ok     pytest" in err
    monkeypatch.setattr(bootstrap, "checks", lambda: [passing])
    assert bootstrap.main(["test", "--version"]) == 0
    assert bootstrap.main(["test", "--no-such-option"]) == 1


def test_the_checks_look_at_both_systems(bootstrap: ModuleType) -> None:
    said = [" ".join(command[1:]) for command in bootstrap.checks()]
    assert any("--platform=linux" in one for one in said)
    assert any("--platform=win32" in one for one in said)
    assert "format --check" in said


def test_ci_runs_the_same_command() -> None:
    script = ROOT / ".ci" / "run"
    assert "exec python3 installers/bootstrap.py test" in script.read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert os.access(script, os.X_OK)
