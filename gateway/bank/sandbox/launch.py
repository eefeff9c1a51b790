"""Starting and stopping the sandbox bank's server as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from gateway.bank.sandbox.listening import STOP
from gateway.bank.sandbox.server import LISTENING
from gateway.core.errors import Refused, Unavailable

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_LOOK_SECONDS = 0.05


class RunningBank:
    """The bank's server process.

    Attributes:
        url: of the service.
        pid: of the process.
    """

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, url: str) -> None:
        self.process = process
        self.url = url
        self.pid = process.pid
        self._folder = folder

    def stop(self) -> int:
        """Ask it to stop, and make it after ten seconds; its exit code."""
        if self.process.poll() is None:
            (self._folder / STOP).touch()
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def __enter__(self) -> RunningBank:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def launch(home: Path, port: int | None = None) -> RunningBank:
    """Start the bank of `home` as a process of its own and wait until it listens.

    Raises:
        Refused: `sandbox.missing`.
        Unavailable: `sandbox.did_not_start` with the last line it wrote.
    """
    folder = home / "sandbox"
    if not (folder / "bank.db").exists():
        raise Refused("sandbox.missing", folder=folder.name)
    command = [sys.executable, "-m", "gateway.bank.sandbox", "--home", str(home)]
    if port is not None:
        command += ["--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)  # noqa: S603 - ours
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        url = _announced(folder / LISTENING, process.pid)
        if url:
            return RunningBank(process, folder, url)
        time.sleep(_LOOK_SECONDS)
    process.kill()
    process.wait()
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Unavailable("sandbox.did_not_start", detail=lines[-1][:200] if lines else "")


def _announced(path: Path, pid: int) -> str:
    """The URL in the announcement, "" until the process `pid` has made one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return ""
    return str(found["url"]) if found["pid"] == pid else ""
