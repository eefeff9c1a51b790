"""Bring the translation files up to date with the source, and compile them:

    python -m gui.i18n.update

`kvit_ru.ts` holds every text; `kvit_en.ts` only the plural forms, the rest is English in the source.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
GUI = HERE.parent


def tool(name: str) -> str:
    """A Qt tool of PySide6, from the same environment as this Python."""
    suffix = ".exe" if sys.platform == "win32" else ""
    return str(Path(sys.executable).parent / f"pyside6-{name}{suffix}")


def extract(target: Path, language: str) -> None:
    """Write or update `target` (.ts) from the sources of the program; texts no longer used are dropped."""
    plural = ["-pluralonly"] if language == "en" else []
    options = ["-extensions", "py", "-source-language", "en", "-target-language", language, "-locations", "none"]
    _run([tool("lupdate"), *options, "-no-obsolete", *plural, str(GUI), "-ts", str(target)])


def compile_to(source: Path, target: Path) -> None:
    """.ts → .qm."""
    _run([tool("lrelease"), "-silent", str(source), "-qm", str(target)])


def _run(command: list[str]) -> None:
    # The tools are named by us and the paths are ours: no shell, no outside input.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def main() -> None:
    for language in ("ru", "en"):
        extract(HERE / f"kvit_{language}.ts", language)
        compile_to(HERE / f"kvit_{language}.ts", HERE / f"kvit_{language}.qm")


if __name__ == "__main__":
    main()
