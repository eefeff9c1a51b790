"""Files and folders that concern their owner only.

On Windows a mode means nothing: a file takes the access list of its folder, and the home's is set at installation.
"""

from __future__ import annotations

import os
import stat
import sys
import uuid
from pathlib import Path
from typing import BinaryIO

from gateway.onec.exchange_files import sync_folder

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def make_private_folder(folder: Path, *, tighten: bool = False) -> None:
    """Make `folder` (and what is missing above it) with mode 0700; with `tighten` an existing one gets it too."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=FOLDER_MODE)
    elif not tighten:
        return
    if sys.platform != "win32":
        folder.chmod(FOLDER_MODE)


def write_private(file: Path, content: bytes) -> None:
    """Write `file` whole or not at all, mode 0600 from its first byte on, safe from a power cut once this returns."""
    temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex}.tmp")
    try:
        with new_private(temporary) as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def new_private(file: Path) -> BinaryIO:
    """`file`, which must not exist, open for writing; nobody else can read even its first byte."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, FILE_MODE), "wb")


def open_to_others(path: Path) -> bool:
    """Whether the group or anybody else may do anything with `path`; never on Windows, see above."""
    if sys.platform == "win32":
        return False
    else:  # noqa: RET505 - mypy reads the platform test, not the early return
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


if sys.platform == "win32":
    _BINARY = os.O_BINARY
else:
    _BINARY = 0
