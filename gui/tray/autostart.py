"""Start the tray with the desktop: a .desktop file on Linux, a Run value in the registry on Windows."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QSettings

NAME = "kvit-tray"
RUN_KEY = "HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"


def command(home: Path | None) -> list[str]:
    """What is started: this very program, hidden, on the same home."""
    program = Path(sys.argv[0])
    start = [str(program.resolve())] if program.name.startswith("kvit-tray") else [sys.executable, "-m", "gui"]
    return [*start, "--hidden", *(["--home", str(home)] if home else [])]


def desktop_file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "autostart" / f"{NAME}.desktop"


def is_on() -> bool:
    if sys.platform == "win32":
        found = QSettings(RUN_KEY, QSettings.Format.NativeFormat).contains(NAME)
    else:
        found = desktop_file().exists()
    return found


def switch(on: bool, home: Path | None = None) -> None:
    """Turn it on or off.

    Raises:
        OSError: the file cannot be written.
    """
    if sys.platform == "win32":
        store = QSettings(RUN_KEY, QSettings.Format.NativeFormat)
        if on:
            store.setValue(NAME, subprocess.list2cmdline(command(home)))
        else:
            store.remove(NAME)
    elif on:
        _write_desktop_file(home)
    else:
        desktop_file().unlink(missing_ok=True)


def _write_desktop_file(home: Path | None) -> None:
    path = desktop_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = " ".join(shlex.quote(part).replace("%", "%%") for part in command(home))
    path.write_text(
        f"[Desktop Entry]\nType=Application\nName=Kvit\nExec={line}\nX-GNOME-Autostart-enabled=true\nTerminal=false\n",
        encoding="utf-8",
    )
