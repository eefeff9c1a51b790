"""Zip archives from 1C, read in memory and with limits.

Nothing is ever unpacked to disk, so a member's path cannot lead anywhere; an archive with a path that tries is refused
all the same, because no 1C writes one. Sizes are counted while reading: what the archive says about itself is not
believed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from gateway.core.errors import Refused

MAGIC = b"PK\x03\x04"
EMPTY_MAGIC = b"PK\x05\x06"

_WANTED = {".xml", ".txt", ".cml"}
_PIECE = 1024 * 1024
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is accepted from one file.

    Attributes:
        file_bytes: of the file as it lies there.
        unpacked_bytes: of all members of an archive together.
        members: files in an archive, pictures included.
    """

    file_bytes: int = 128 * 1024 * 1024
    unpacked_bytes: int = 256 * 1024 * 1024
    members: int = 20_000


DEFAULT_LIMITS = Limits()


def is_zip(head: bytes) -> bool:
    return head.startswith((MAGIC, EMPTY_MAGIC))


def members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each .xml and .txt member, by name; pictures and nested archives are passed over.

    Raises:
        Refused: `onec.zip_broken`, `onec.zip_unsafe_name`, `onec.zip_encrypted`, `onec.zip_too_large`,
            `onec.zip_too_many`, `onec.zip_nothing`.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError):
        raise Refused("onec.zip_broken") from None
    with archive:
        entries = archive.infolist()
        if len(entries) > limits.members:
            raise Refused("onec.zip_too_many", count=len(entries), limit=limits.members)
        for entry in entries:
            _check_name(entry.filename)
        wanted = [entry for entry in entries if PurePosixPath(entry.filename.lower()).suffix in _WANTED]
        if not wanted:
            raise Refused("onec.zip_nothing")
        left = limits.unpacked_bytes
        for entry in sorted(wanted, key=lambda entry: entry.filename):
            if entry.flag_bits & _ENCRYPTED:
                raise Refused("onec.zip_encrypted", name=entry.filename[:100])
            content = _read(archive, entry, left, limits)
            left -= len(content)
            yield entry.filename, content


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    pieces: list[bytes] = []
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise Refused("onec.zip_too_large", limit=limits.unpacked_bytes)
                pieces.append(piece)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, NotImplementedError, RuntimeError):
        raise Refused("onec.zip_broken") from None
    return b"".join(pieces)


def _check_name(name: str) -> None:
    both = (PurePosixPath(name), PureWindowsPath(name))
    if "\x00" in name or any(path.is_absolute() or path.drive or path.root or ".." in path.parts for path in both):
        raise Refused("onec.zip_unsafe_name", name=name[:100])
