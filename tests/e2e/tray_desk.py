"""A desktop of one's own for the tray: Xvfb, a window manager, a tray, and a mouse that really clicks.

    with Desk() as desk, Tray(desk, home) as tray:
        tray.click_row("Платежи", "7/26")
        tray.click("Принять")

`home` is any directory whose `run/connection.json` names a running service, the make-believe one or the real one.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
NEEDED = ("Xvfb", "openbox", "trayer", "xdotool", "import")
PACKAGES = "xvfb openbox trayer xdotool imagemagick x11-utils"

Json = dict[str, Any]


def missing() -> list[str]:
    """Programs this machine lacks; a test skips with their names."""
    return [name for name in NEEDED if shutil.which(name) is None]


class Desk:
    """An X server on a free display number, with a window manager and a tray. A context manager."""

    def __init__(self, size: str = "1440x900") -> None:
        self.size = size
        self.display = ""
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """For programs on this desk: its display and nothing of the tester's own session."""
        dropped = ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_QPA_PLATFORM", "KVIT_HOME", "QT_SCALE_FACTOR")
        env = {k: v for k, v in os.environ.items() if k not in dropped}
        return {**env, "DISPLAY": self.display, "PYTHONPATH": str(ROOT), "QT_ACCESSIBILITY": "1"}

    def __enter__(self) -> Desk:
        reading, writing = os.pipe()
        screen = ["-screen", "0", f"{self.size}x24", "-nolisten", "tcp", "-noreset"]
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), *screen],
            pass_fds=(writing,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(server)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            ready, _, _ = select.select([pipe], [], [], 20)
            number = pipe.readline().strip().decode() if ready else ""
        if not number:
            self.close()
            raise RuntimeError("Xvfb did not start")
        self.display = f":{number}"
        self.start(["openbox"])
        self.start(["trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "30"])
        self._wait_for_tray()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        self._processes.clear()

    def start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            list(command), env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._processes.append(process)
        return process

    def _wait_for_tray(self) -> None:
        """The tray owns the selection _NET_SYSTEM_TRAY_S0 once it can take icons."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            found = subprocess.run(
                ["xdotool", "search", "--class", "trayer"], env=self.environment, capture_output=True, check=False
            )
            if found.stdout.strip():
                return
            time.sleep(0.1)
        raise RuntimeError("the tray did not appear")

    # --- mouse and camera --------------------------------------------------------------------------------------------

    def click(self, x: int, y: int, button: int = 1) -> None:
        """A real press and release at a point of the screen."""
        self._xdotool("mousemove", str(x), str(y))
        time.sleep(0.05)
        self._xdotool("click", str(button))

    def press(self, keys: str) -> None:
        """Keys in xdotool's words, for example "ctrl+z"."""
        self._xdotool("key", keys)

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self.environment, check=True, timeout=20)

    def picture(self, name: str) -> Path:
        """The whole screen as tests/artefacts/NAME.png."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True, timeout=30)
        return path


class Tray:
    """kvit-tray on a desk. A context manager.

    Args:
        home: the service's home; its `run/connection.json` tells the tray where to go.
        folder: where the tray keeps its settings, for example `tmp_path`.
        arguments: further arguments of kvit-tray.
        environment: further environment.
    """

    def __init__(
        self,
        desk: Desk,
        home: Path,
        folder: Path,
        *arguments: str,
        quiet: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.desk = desk
        settings = folder / "tray.ini"
        if quiet:
            # Toasts would come and go over what is clicked.
            kinds = "\n".join(f"{kind}=off" for kind in ("payments", "calls", "picks", "alarms", "link"))
            settings.write_text(f"[notify]\n{kinds}\n", encoding="utf-8")
        command = [sys.executable, "-m", "tests.e2e.tray_probe", "--home", str(home), "--settings", str(settings)]
        self._errors = (folder / "tray.err").open("w+b")
        self._process = subprocess.Popen(
            [*command, "--language", "ru", *arguments],
            cwd=ROOT,
            env={**desk.environment, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    def __enter__(self) -> Tray:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> int:
        """End it; its exit code."""
        if self._process.poll() is None:
            try:
                self.ask("quit")
            except (RuntimeError, BrokenPipeError):
                self._process.terminate()
        code = self._process.wait(20)
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None and not pipe.closed:
                pipe.close()
        return code

    # --- questions ---------------------------------------------------------------------------------------------------

    def ask(self, what: str, **more: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, **more}).encode() + b"\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], 30)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self._errors.seek(0)
            raise RuntimeError(f"the tray does not answer: {self._errors.read().decode(errors='replace')[-2000:]}")
        return json.loads(line)

    def find(self, name: str, *, enabled: bool = True) -> list[Json]:
        """Visible widgets whose words contain `name`, buttons first."""
        found: list[Json] = [f for f in self.ask("find", name=name) if f["enabled"] or not enabled]
        return sorted(found, key=lambda f: "Button" not in f["class"])

    def texts(self) -> str:
        """Everything that can be read on the screen."""
        return "\n".join(self.ask("texts"))

    def rows(self, table: str) -> list[Json]:
        found: list[Json] = self.ask("rows", table=table)
        return found

    def icon(self) -> Json:
        found: Json = self.ask("tray")
        return found

    def until(self, true: Callable[[], Any], what: str, seconds: float = 20) -> Any:
        """Wait until `true` answers something true, and return it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = true()
            if found:
                return found
            time.sleep(0.1)
        picture = self.desk.picture("failed")
        raise AssertionError(f"waited {seconds} s for {what}; see {picture}\n{self.texts()}")

    # --- clicks ------------------------------------------------------------------------------------------------------

    def click(self, name: str, seconds: float = 20) -> None:
        """A real click on the middle of what is called so, once it is there and enabled."""
        found = self.until(lambda: self.find(name), f"“{name}” to click on", seconds)
        self._click(found[0]["rect"])

    def click_row(self, table: str, words: str, seconds: float = 20) -> Json:
        """A real click on the first row of the table that contains the words."""

        def row() -> Json | None:
            return next((r for r in self.rows(table) if words in " ".join(r["texts"])), None)

        found: Json = self.until(row, f"a row “{words}”", seconds)
        self._click(found["rect"])
        return found

    def click_icon(self) -> None:
        """A real left click on the tray's icon."""
        icon = self.until(lambda: self.icon() if self.icon().get("rect", [0, 0, 0, 0])[2] else None, "the tray icon")
        self._click(icon["rect"])

    def _click(self, rect: Sequence[int]) -> None:
        x, y, wide, high = rect
        self.desk.click(x + wide // 2, y + high // 2)


def accept_and_undo(tray: Tray, words: str, *, picture: str = "tray") -> None:
    """The accountant's way with the mouse: choose the payment, accept its first suggestion, take it back.

    Args:
        words: something that stands in the payment's row (payer, sum or purpose).
        picture: how the screenshots begin.
    """
    waiting, by_hand = "нужен человек", "вручную"
    tray.click_row("Платежи", words)
    tray.until(lambda: tray.find("Принять"), "a suggestion")
    tray.desk.picture(f"{picture}_1_suggestion")
    tray.click("Принять")
    tray.until(lambda: tray.find("разнесено на счёт"), "the word that it is allocated")

    def state() -> str:
        row = next((r for r in tray.rows("Платежи") if words in " ".join(r["texts"])), None)
        return " ".join(row["texts"]) if row else ""

    tray.until(lambda: by_hand in state(), "the row to say “by hand”")
    tray.desk.picture(f"{picture}_2_accepted")
    tray.click("Отменить (Ctrl+Z)")
    tray.until(lambda: waiting in state(), "the row to wait for a person again")
    tray.until(lambda: tray.find("Принять"), "the suggestion again")
    tray.desk.picture(f"{picture}_3_undone")
