"""Files that other programs read while we write, and write while we read.

Outgoing: a reader sees either no file or the whole file. Incoming: a file is taken by renaming it, so nobody else can
take it too; it is never deleted, only moved, and never over another one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sys
import uuid
from enum import StrEnum
from pathlib import Path

from gateway.core.errors import Conflict, Unavailable

TEMPORARY_PREFIX = ".kvit-"
TEMPORARY_SUFFIX = ".tmp"

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_LONGEST = 120


class WriteResult(StrEnum):
    """What `write_atomic` did."""

    WRITTEN = "written"
    ALREADY_THERE = "already_there"


def safe_name(text: str) -> str:
    """`text` as one file name that Windows and Linux both accept ("УТ-125/7" → "УТ-125_7"); never empty."""
    name = _FORBIDDEN.sub("_", text).strip(" .")
    if len(name) > _LONGEST:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem[: _LONGEST - len(suffix) - 1]}{dot}{suffix}" if dot and len(suffix) < 12 else name[:_LONGEST]
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name


def write_atomic(folder: Path, name: str, content: bytes) -> WriteResult:
    """Put `content` under `name` into `folder` so that it survives a power cut once this returns.

    Idempotent: the same bytes under the same name are written once. So the caller's bytes must depend on stored facts
    only, never on the time of writing.

    Raises:
        Conflict: `onec.out_name_taken`, other bytes lie there under this name; they are left alone.
        Unavailable: `onec.out_failed`, the disk or another program does not let us; try again.
        ValueError: `name` is not a plain file name.
    """
    if name != safe_name(name):
        raise ValueError(f"{name!r} is not a plain file name")
    target = folder / name
    temporary = folder / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}{TEMPORARY_SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists():
            if target.read_bytes() == content:
                return WriteResult.ALREADY_THERE
            raise Conflict("onec.out_name_taken", name=name)
        _write_through(temporary, content)
        temporary.replace(target)
        sync_folder(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise Unavailable("onec.out_failed", name=name, detail=reason(error)) from error
    return WriteResult.WRITTEN


def sweep_temporaries(folder: Path, older_than: float) -> int:
    """Delete what a crash left half written; only files of ours not touched since `older_than` (seconds of the epoch).

    Returns how many were deleted.
    """
    swept = 0
    for path in folder.glob(f"{TEMPORARY_PREFIX}*{TEMPORARY_SUFFIX}"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < older_than:
                path.unlink()
                swept += 1
    return swept


def free_path(folder: Path, name: str) -> Path:
    """`folder/name`, or with ".2", ".3", … before the suffix when that is taken."""
    candidate = folder / name
    stem, suffix = candidate.stem, candidate.suffix
    number = 1
    while candidate.exists():
        number += 1
        candidate = folder / f"{stem}.{number}{suffix}"
    return candidate


def move(source: Path, target: Path) -> None:
    """Move a file where nothing lies yet, also to another disk; the copy is on disk before the original goes.

    Raises:
        OSError: nothing has been lost: the file is in one of the two places, or whole in both.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        temporary = target.parent / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}{TEMPORARY_SUFFIX}"
        try:
            with source.open("rb") as reader, temporary.open("xb") as writer:
                shutil.copyfileobj(reader, writer)
                writer.flush()
                os.fsync(writer.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)
        source.unlink()
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make names in `folder` durable. On Windows NTFS journals them by itself and folders cannot be synced."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def reason(error: OSError) -> str:
    """The system's words for what went wrong, without a path."""
    return error.strerror or type(error).__name__


def _write_through(path: Path, content: bytes) -> None:
    # a plain open, not tempfile: its 0600 would keep the account 1C runs under from reading the file
    with path.open("xb") as writer:
        writer.write(content)
        writer.flush()
        os.fsync(writer.fileno())
