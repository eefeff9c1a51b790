#!/usr/bin/env python3
"""From a bare machine to a running Kvit, with nothing but Python's standard library.

    python3 installers/bootstrap.py demo [options of `kvit demo`]   install, then play the story
    python3 installers/bootstrap.py test [options of pytest]        install, then every check and test
    python3 installers/bootstrap.py dev                             install for working on the code
    python3 installers/bootstrap.py lock [--upgrade]                write the locks anew from pyproject.toml

Everything Python goes into `.venv` beside this folder, at the locked versions, each file checked against its hash.
What Qt and the tests need from the system is installed with apt-get when we are root on Debian or Ubuntu; otherwise
the one command that does it is printed, and we go on with what there is. A second run finds its stamp and starts at
once. Standard output belongs to the program that is started: this script speaks on standard error only.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "kvit-installed"
LOCK = ROOT / "installers" / "requirements.txt"
DEV_LOCK = ROOT / "installers" / "requirements-dev.txt"
WINDOWS = sys.platform == "win32"
# A file's tests stay together, so that what they share is made once; the files keep the order of tests/conftest.py.
DISTRIBUTED = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
# The suite starts hundreds of Python processes: our own modules need not be compiled anew in each.
COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}

USAGE = """\
usage: python3 installers/bootstrap.py COMMAND [options]

  demo [options]   install and play the story on the bundled bank (options go to `kvit demo`: --once, --json, --home)
  test [options]   install and run every check and test (options go to pytest)
  dev              install for working on the code
  lock [options]   resolve pyproject.toml anew into installers/requirements*.txt, keeping the versions that still fit
                   (options go to `uv pip compile`: --upgrade, --upgrade-package NAME)
"""

# What Qt's platforms load, by the name of the shared library, and the Debian package that brings it.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
# The desk the tray is tested on: programs, and the package that brings each.
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "trayer": "trayer",
    "xdotool": "xdotool",
    "import": "imagemagick",
    "zbarimg": "zbar-tools",
    "pdftoppm": "poppler-utils",
}
# Independent tools our signatures are checked with, and the token and the GOST engine of the tests.
CRYPTO_PROGRAMS = {"openssl": "openssl", "xmlsec1": "xmlsec1", "softhsm2-util": "softhsm2"}
GOST_ENGINE = ("gost.so", "libengine-gost-openssl")
LIBRARY_FOLDER = Path("/usr/lib")
FONT = ("DejaVuSans.ttf", "fonts-dejavu-core")  # has Cyrillic, ₽ and №
POSTGRES_FOLDER = Path("/usr/lib/postgresql")  # Debian keeps its programs off the PATH
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


class Stop(Exception):
    """What the reader has to do before we can go on."""


def say(line: str) -> None:
    print(f"kvit: {line}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Runs one command; the exit code of the program it started, 1 when it could not, 2 for a wrong command."""
    if sys.version_info < OLDEST_PYTHON:
        say(f"Python {dotted(OLDEST_PYTHON)} or newer is needed, this is {dotted(sys.version_info[:3])}.")
        say("Start this file with a newer one, for example: python3.12 installers/bootstrap.py demo")
        return 1
    commands = {"demo": demo, "test": test, "dev": dev, "lock": lock}
    if not arguments or arguments[0] not in commands:
        asked = bool(arguments) and arguments[0] in ("-h", "--help", "help")
        print(USAGE, end="", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    command, options = commands[arguments[0]], arguments[1:]
    if options and command is dev:
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        return command(options)
    except Stop as stop:
        say(str(stop))
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130


def demo(options: list[str]) -> int:
    """`kvit demo`: with a display the tray, without one the terminal view."""
    need_system([*missing_python(), *(missing_libraries() if has_display() else [])])
    install(LOCK)
    return become([script("kvit"), "demo", *options])


def dev(options: list[str]) -> int:
    need_system([*missing_python(), *missing_libraries(), *missing_programs()])
    need_tools(missing_crypto())
    install(DEV_LOCK)
    activate = VENV / ("Scripts/activate.bat" if WINDOWS else "bin/activate")
    say(f"ready; activate with: {activate if WINDOWS else f'. {shlex.quote(str(activate))}'}")
    say("then: pytest tests/core, ruff check, mypy, lint-imports, kvit --help, kvit-tray")
    return 0


def test(options: list[str]) -> int:
    """Every check, then the suite; all of them run even when one fails, and the last lines say how each ended."""
    need_system([*missing_python(), *missing_libraries(), *missing_programs()])
    need_tools(missing_crypto())
    install(DEV_LOCK)
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(check, checks()))
    say("pytest …")
    began = time.monotonic()
    suite = [str(python()), "-m", "pytest", *DISTRIBUTED, *options]
    code = subprocess.run(suite, cwd=ROOT, env={**os.environ, **COMPILED_ONCE}, check=False).returncode
    outcomes.append(Outcome("pytest", code, time.monotonic() - began))
    say("")
    for outcome in outcomes:
        say(f"{'ok    ' if outcome.code == 0 else 'FAILED'} {outcome.name} ({outcome.seconds:.0f} s)")
    failed = [outcome.name for outcome in outcomes if outcome.code]
    say(f"{'FAILED: ' + ', '.join(failed) if failed else 'all green'}, {time.monotonic() - started:.0f} s in all")
    return 1 if failed else 0


@dataclass(frozen=True)
class Outcome:
    name: str
    code: int
    seconds: float


def checks() -> list[list[str]]:
    """The static checks, as command lines; the two runs of mypy keep caches apart, or each would undo the other's."""
    typed = ["gateway", "gui", "installers/bootstrap.py"]
    return [
        [script("mypy"), "--cache-dir=.mypy_cache/linux", "--platform=linux", *typed],
        [script("mypy"), "--cache-dir=.mypy_cache/win32", "--platform=win32", *typed],
        [script("ruff"), "check"],
        [script("ruff"), "format", "--check"],
        [script("lint-imports")],
    ]


def check(command: list[str]) -> Outcome:
    name = " ".join([Path(command[0]).stem, *(word for word in command[1:3] if "cache" not in word)])
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    say(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}")
    if done.returncode:
        print(done.stdout.decode(errors="replace"), file=sys.stderr, flush=True)
    return Outcome(name, done.returncode, time.monotonic() - began)


def lock(options: list[str]) -> int:
    """Resolves for every platform at once, with hashes and without the name of any package index."""
    compiler = [resolver(), "pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--quiet"]
    compiler += [
        "--python-version",
        dotted(OLDEST_PYTHON),
        "--custom-compile-command",
        "python3 installers/bootstrap.py lock",
    ]
    runtime = ["--extra", "gui", "--extra", "token", "--extra", "postgres"]
    backend = build_requires((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for target, extras in ((LOCK, []), (DEV_LOCK, ["--extra", "dev", "--constraint", str(LOCK.relative_to(ROOT))])):
        say(f"resolving {target.name}")
        relative = str(target.relative_to(ROOT))
        command = [*compiler, *options, *runtime, *extras, "--output-file", relative, "pyproject.toml", "-"]
        run(command, cwd=ROOT, stdin="\n".join(backend))
    return 0


def resolver() -> str:
    """uv: that of `.venv` or of the system, so that a lock which no longer installs can still be replaced."""
    if not Path(script("uv")).exists():
        found = shutil.which("uv")
        if found:
            return found
        install(DEV_LOCK)
    return script("uv")


def build_requires(pyproject: str) -> list[str]:
    """What builds the project: it is in the locks too, so that nothing is fetched outside them."""
    import tomllib  # not at the top: the file must still load, and explain itself, on an older Python

    return [str(requirement) for requirement in tomllib.loads(pyproject)["build-system"]["requires"]]


def install(requirements: Path) -> None:
    """Makes `.venv` hold the locked packages and the project, unless its stamp says that it does.

    Raises:
        Stop: a step failed; its own output stands above.
    """
    wanted = stamp(requirements)
    held = STAMP.read_text(encoding="utf-8").split() if STAMP.exists() and python().exists() else []
    # The development lock holds everything the other does: after `test`, `demo` has nothing to install.
    if wanted in held:
        return
    began = time.monotonic()
    make_venv()
    say(f"installing locked packages from {requirements.name} (a few minutes the first time)")
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    # No resolving: the lock names every package; `pip check` then proves that it does.
    run(
        [*pip, "install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--quiet", "-r", str(requirements)]
    )
    run([*pip, "install", "--no-deps", "--no-build-isolation", "--quiet", "--editable", str(ROOT)])
    run([*pip, "check", "--quiet"])
    covered = [wanted, stamp(LOCK)] if requirements == DEV_LOCK else [wanted]
    STAMP.write_text("\n".join(covered) + "\n", encoding="utf-8")
    say(f"installed in {time.monotonic() - began:.0f} s")


def stamp(requirements: Path) -> str:
    """What an installation depends on, as one word: the lock, the project file, the place and the Python."""
    digest = hashlib.sha256(f"{requirements.name} {ROOT} {sys.version}".encode())
    for path in (requirements, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def make_venv() -> None:
    """Creates `.venv` if it is missing, broken or of another Python."""
    if venv_is_ours():
        return
    if missing_python():
        raise Stop("this Python cannot make virtual environments: first run the command above")
    say(f"making {VENV}")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def missing_python() -> list[str]:
    """The package that makes virtual environments, which Debian keeps apart, where it is needed and missing."""
    importlib.invalidate_caches()
    able = importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv")
    return [] if able or venv_is_ours() else [f"python{dotted(sys.version_info[:2])}-venv"]


def venv_is_ours() -> bool:
    if not python().exists():
        return False
    ask = [str(python()), "-c", "import pip, sys; print(sys.version)"]
    answer = subprocess.run(ask, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return answer.returncode == 0 and answer.stdout.decode().strip() == sys.version


def has_display() -> bool:
    return WINDOWS or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_libraries() -> list[str]:
    """Packages of the Qt libraries that do not load; the library is asked, not the package list, since packages are
    named differently from one release of the system to the next."""
    return [] if WINDOWS else [package for library, package in QT_LIBRARIES.items() if not loads(library)]


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_programs() -> list[str]:
    """Packages of the programs and the font the tray's tests use, and of the second database."""
    if WINDOWS:
        return []
    missing = [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
    if not any(next(folder.rglob(FONT[0]), None) for folder in FONT_FOLDERS if folder.is_dir()):
        missing.append(FONT[1])
    if shutil.which("initdb") is None and not any(POSTGRES_FOLDER.glob("*/bin/initdb")):
        missing.append("postgresql")
    return missing


def missing_crypto() -> list[str]:
    """Packages of the cryptographic tools the tests compare with; not every system has all of them."""
    if WINDOWS:
        return []
    missing = [package for program, package in CRYPTO_PROGRAMS.items() if shutil.which(program) is None]
    if not any(LIBRARY_FOLDER.glob(f"*/engines-*/{GOST_ENGINE[0]}")):
        missing.append(GOST_ENGINE[1])
    return missing


def need_system(packages: list[str]) -> None:
    """Installs `packages` if we may; says what to run if not, and goes on: only the screen needs them."""
    if packages and not apt_install(packages):
        say("the system lacks some things; what needs them is left out. To install them run:")
        say(f"  {apt_command(packages)}")


def need_tools(packages: list[str]) -> None:
    """Installs each by itself, since a system may not have one of them under this name; says what is left."""
    left = [package for package in packages if not apt_install([package])]
    if left:
        say("some tools our signatures are compared with are missing; the tests that need them are skipped. Run:")
        say(f"  {apt_command(left)}")


def apt_install(packages: list[str]) -> bool:
    """Installs with apt-get; False when that is not ours to do here, or did not work."""
    if not is_root() or shutil.which("apt-get") is None:
        return False
    say(f"installing from the system's packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    order = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if not any(Path("/var/lib/apt/lists").glob("*Packages*")):
        quietly(["apt-get", "update", "-qq"], environment)
        return quietly(order, environment)
    # Lists that are there may be out of date: then the archive no longer has what they name.
    return quietly(order, environment) or (
        quietly(["apt-get", "update", "-qq"], environment) and quietly(order, environment)
    )


def quietly(command: list[str], environment: dict[str, str]) -> bool:
    """Whether it worked; what it said is shown only if it did not."""
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        print(done.stdout.decode(errors="replace"), file=sys.stderr, flush=True)
    return done.returncode == 0


def apt_command(packages: list[str]) -> str:
    return f"{'' if is_root() else 'sudo '}apt-get install -y --no-install-recommends {' '.join(packages)}"


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def python() -> Path:
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def script(name: str) -> str:
    """A program of the virtual environment."""
    return str(VENV / (f"Scripts/{name}.exe" if WINDOWS else f"bin/{name}"))


def run(command: list[str], cwd: Path | None = None, stdin: str = "") -> None:
    """A step whose failure ends everything; its output goes to standard error.

    Raises:
        Stop: it failed.
    """
    done = subprocess.run(command, cwd=cwd, input=stdin.encode(), stdout=sys.stderr, check=False)
    if done.returncode:
        raise Stop(f"this step failed with code {done.returncode}: {shlex.join(command)}")


def become(command: list[str]) -> int:
    """Hands over to the program: on Linux this process becomes it, so that signals reach it and nobody else."""
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execv(command[0], command)  # noqa: S606 - a program of our own .venv, no shell wanted
    return subprocess.run(command, check=False).returncode


def dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
