"""One service per home: a lock the operating system takes back by itself when the process dies.

The lock file also holds the owner's process number, for the message the second one gets; the number alone locks
nothing, so a file left behind by a killed service is no obstacle.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from gateway.core.errors import Refused

LOCK_FILE = "kvit.lock"
# Windows forbids others to read the bytes that are locked, so the locked byte lies beyond the process number.
_LOCKED_BYTE = 4096
_TRIES = 6
_PAUSE = 0.1  # seconds


class InstanceLock:
    """The right to be the service of a home; a context manager.

    Args:
        run_folder: `<home>/run`; made if it is missing.
    """

    def __init__(self, run_folder: Path) -> None:
        self.path = run_folder / LOCK_FILE
        self._file: BinaryIO | None = None

    def acquire(self) -> None:
        """Takes the lock, or raises at once.

        Raises:
            Refused: `service.already_running` with the other's process number; `service.lock_impossible` when the
                folder cannot hold a lock (no permission, a network drive without locks).
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # "a+b" makes the file when missing and never empties one that another service is using.
            file = self.path.open("a+b")
        except OSError as error:
            raise Refused("service.lock_impossible", path=str(self.path), reason=_reason(error)) from error
        try:
            held = _try(file)
        except OSError as error:
            file.close()
            raise Refused("service.lock_impossible", path=str(self.path), reason=_reason(error)) from error
        if not held:
            owner = _owner(file)
            file.close()
            raise Refused("service.already_running", pid=owner, home=str(self.path.parent.parent))
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        file.flush()
        self._file = file

    def release(self) -> None:
        """Gives the lock back; the file stays. Does nothing when it is not held."""
        if self._file is not None:
            self._file.truncate(0)
            _unlock(self._file)
            self._file.close()
            self._file = None

    def __enter__(self) -> InstanceLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def running_pid(run_folder: Path) -> int | None:
    """The process number of the service that holds this home now, None when none does (or it cannot be asked)."""
    try:
        with (run_folder / LOCK_FILE).open("r+b") as file:
            if _try(file):
                _unlock(file)
                return None
            owner = _owner(file)
            return int(owner) if owner.isdigit() else None
    except OSError:
        return None


def _try(file: BinaryIO) -> bool:
    """Takes the lock if nobody has it; False if somebody does.

    It is tried for half a second, since a program that only asks who is running holds it for an instant.
    """
    for left in reversed(range(_TRIES)):
        try:
            _lock(file)
            return True
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                raise
        if left:
            time.sleep(_PAUSE)
    return False


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _owner(file: BinaryIO) -> str:
    """The process number in the file; "?" in the instant before its owner has written it."""
    file.seek(0)
    number = file.read(32).decode("ascii", errors="replace").strip()
    return number if number.isdigit() else "?"


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
