"""Backup and restore: one zip with everything of a home that cannot be made again, and no secret in the clear.

manifest.json     what is inside, each with its SHA-256; company, revision and the journal's head
kvit.toml         settings
data/kvit.db      one consistent state of the database
vault/…           sealed secrets; the master key that opens them is not among them
keys/*.p12        closed by pass phrases that stand in the vault
anchors/, profiles/
heads/            ends of the journal, kept outside the database (see `backup_heads`)
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gateway import __version__
from gateway.core.clock import Clock, SystemClock, to_text
from gateway.core.errors import Corrupt, Refused
from gateway.flows.pay_out_restored import note_restored
from gateway.service import backup_heads
from gateway.service.config import Config, Home, load_config
from gateway.service.evidence_keeper import heads_folder
from gateway.service.opening import check_revision
from gateway.service.private_files import make_private_folder, new_private
from gateway.service.setup import make_tree
from gateway.store import Store, journal
from gateway.store.backup import copy_database
from gateway.store.engine import sqlite_url
from gateway.store.journal import Head
from gateway.store.migrate import current_revision, upgrade

FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = "kvit.toml"
DATABASE = "data/kvit.db"
# Folder → names of it that are taken. Nothing else but heads goes into a backup or comes out of one.
_TAKEN = {"vault": "*", "keys": "*", "anchors": "*", "profiles": "*.toml"}
_FOLDERS = {*_TAKEN, backup_heads.FOLDER, backup_heads.CERTIFICATES}
_MANIFEST_LIMIT = 1 << 20
_PIECE = 1 << 20
_KEY_LIMIT = 1 << 20

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made or put back.

    Attributes:
        created: stored instant.
        head: the end of the journal in it.
        sha256: of the zip; "" where nobody computed it.
        known_rows: the last journal row that a head kept beside the home names; more than `head.seq` where an older
            copy of the database was put back.
    """

    file: Path
    size: int
    sha256: str
    created: str
    head: Head
    files: int
    known_rows: int = 0

    @property
    def behind(self) -> bool:
        """The heads know of rows that the database has not."""
        return self.known_rows > self.head.seq

    @property
    def summary(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "file": str(self.file),
            "size": self.size,
            "sha256": self.sha256,
            "created": self.created,
            "files": self.files,
            "journal": {"seq": self.head.seq, "hash": self.head.hash},
            "known_rows": self.known_rows,
        }


def back_up(home: Home, out: Path, *, clock: Clock | None = None, progress: Progress = lambda _: None) -> Backup:
    """Write a backup of `home` to the new file `out`, whether the service runs or not.

    Raises:
        Refused: `backup.exists`, `backup.not_sqlite`, `backup.inside_home`, `store.*`, `config.*`.
        Corrupt: `backup.journal_broken`: a copy of that would only look like one.
    """
    config = load_config(home)
    if config.database.url:
        raise Refused("backup.not_sqlite")
    out = out.expanduser().resolve()
    if out.exists():
        raise Refused("backup.exists", file=str(out))
    if out.parent in (home.keys, home.anchors, home.profiles, home.vault_file.parent):
        raise Refused("backup.inside_home", file=str(out))
    check_revision(home, config)
    clock = clock or SystemClock()
    created = to_text(clock.now())
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kvit-backup-", dir=out.parent) as folder:
        copy, heads = Path(folder) / "kvit.db", Path(folder) / "heads"
        heads.mkdir()
        before = backup_heads.Kept.of(home)
        copy_database(home.data / "kvit.db", copy, progress)
        head = _verified_head(copy, config, clock)
        sources = {SETTINGS: home.config_file, DATABASE: copy, **dict(_sources(home))}
        sources |= dict(backup_heads.take(home, before, head.seq, heads))
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "version": __version__,
            "created": created,
            "company": config.company.key,
            "revision": current_revision(sqlite_url(copy)),
            "journal": {"seq": head.seq, "hash": head.hash},
            "files": {name: {"sha256": _sha256(file), "size": file.stat().st_size} for name, file in sources.items()},
        }
        temporary = Path(folder) / "backup.zip"
        _write_zip(temporary, manifest, sources)
        temporary.replace(out)
    known_rows = backup_heads.known_rows(home)
    return Backup(out, out.stat().st_size, _sha256(out), created, head, len(sources), known_rows)


def restore(file: Path, home: Home, *, clock: Clock | None = None, progress: Progress = lambda _: None) -> Backup:
    """Put a backup back into an empty or new folder. Nothing of it counts until everything was verified.

    The folder `heads` may be there already: it is what this machine remembers of the journal, and stays. Payment orders
    of the copy are asked about before they are sent: they may have left after it was taken.

    Raises:
        Refused: `restore.not_empty`, `restore.newer`, `restore.other_heads`, `backup.not_a_backup`.
        Corrupt: `backup.altered` naming the file, `backup.journal_broken`.
    """
    if home.root.exists() and any(entry != heads_folder(home) for entry in home.root.iterdir()):
        raise Refused("restore.not_empty", home=str(home.root))
    make_private_folder(home.root, tighten=True)
    unpacked = home.root / f".restore-{uuid.uuid4().hex}"
    make_private_folder(unpacked)
    try:
        manifest = _unpack(file, unpacked, progress)
        head = _check_unpacked(unpacked, manifest, clock or SystemClock())
        backup_heads.put_back(unpacked / backup_heads.FOLDER, heads_folder(home))
        shutil.rmtree(unpacked / backup_heads.FOLDER, ignore_errors=True)
        # The settings come last: without them the folder is no installation.
        for entry in sorted(unpacked.iterdir(), key=lambda path: path.name == SETTINGS):
            entry.rename(home.root / entry.name)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    make_tree(home, load_config(home))
    created, known_rows = str(manifest["created"]), backup_heads.known_rows(home)
    return Backup(file, file.stat().st_size, "", created, head, len(manifest["files"]), known_rows)


def _sources(home: Home) -> Iterator[tuple[str, Path]]:
    """(name in the zip, file) of what is taken besides settings and database."""
    for folder, pattern in _TAKEN.items():
        for file in sorted((home.root / folder).glob(pattern)):
            if file.is_file() and not file.name.startswith(".") and file.suffix != ".lock" and not _is_bare_key(file):
                yield f"{folder}/{file.name}", file


def _is_bare_key(file: Path) -> bool:
    """A private key that nobody closed: none of ours looks like this, and a backup must not carry it away."""
    content = file.read_bytes() if file.stat().st_size <= _KEY_LIMIT else b""
    return b"PRIVATE KEY-----" in content and b"ENCRYPTED PRIVATE KEY-----" not in content


def _write_zip(target: Path, manifest: Mapping[str, Any], sources: Mapping[str, Path]) -> None:
    with new_private(target) as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            for name, file in sources.items():
                archive.write(file, name)
        out.flush()
        os.fsync(out.fileno())


def _unpack(file: Path, target: Path, progress: Progress) -> dict[str, Any]:
    """Write the files the manifest names below `target`, each checked against its sum while it is written."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive)
            for number, (name, told) in enumerate(manifest["files"].items(), start=1):
                _extract(archive, name, told, target)
                progress(number)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise Refused("backup.not_a_backup", file=str(file), reason=type(error).__name__) from None
    return manifest


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    name = archive.filename or "?"
    try:
        with archive.open(MANIFEST) as inside:
            manifest = json.loads(inside.read(_MANIFEST_LIMIT))
        if manifest["format"] != FORMAT:
            raise Refused("restore.newer", version=str(manifest.get("version", "?"))[:40])
        files = manifest["files"]
        for told in files.values():
            told["sha256"], told["size"] + 0
        Head(int(manifest["journal"]["seq"]), str(manifest["journal"]["hash"]))
        manifest["created"], manifest["company"]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Refused("backup.not_a_backup", file=name, reason=type(error).__name__) from None
    missing = {SETTINGS, DATABASE} - files.keys()
    if missing or not all(_is_ours(inner) for inner in files):
        raise Refused("backup.not_a_backup", file=name, reason=", ".join(sorted(missing)) or "names")
    return dict(manifest)


def _is_ours(name: str) -> bool:
    """Whether a backup of ours has a file of this name: a manifest from elsewhere must not write where it likes."""
    if name in (SETTINGS, DATABASE):
        return True
    folder, _, inner = name.rpartition("/")
    plain = "\\" not in inner and ":" not in inner and PurePosixPath(inner).name == inner
    return plain and folder in _FOLDERS and not inner.startswith(".")


def _extract(archive: zipfile.ZipFile, name: str, told: Mapping[str, Any], target: Path) -> None:
    path = target / name
    make_private_folder(path.parent)
    digest, left = hashlib.sha256(), int(told["size"])
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise Corrupt("backup.altered", name=name) from None
    with archive.open(info) as inside, new_private(path) as out:
        while piece := inside.read(_PIECE):
            left -= len(piece)
            if left < 0:
                break
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if left != 0 or digest.hexdigest() != told["sha256"]:
        raise Corrupt("backup.altered", name=name)


def _check_unpacked(folder: Path, manifest: Mapping[str, Any], clock: Clock) -> Head:
    """The settings are read, the database is whole and of a version we know, the journal ends where it is said to."""
    config = load_config(Home(folder))
    url = sqlite_url(folder / DATABASE)
    upgrade(url)
    expected = Head(int(manifest["journal"]["seq"]), str(manifest["journal"]["hash"]))
    store = Store(url, clock, config.company.key)
    try:
        store.check()
        with store.reading() as connection:
            verdict = journal.verify(connection, expected)
        if not verdict.ok:
            raise Corrupt("backup.journal_broken", row=verdict.broken_seq, reason=verdict.reason)
        with store.unit() as unit:
            note_restored(unit)
            unit.commit()
    finally:
        store.close()
    for leftover in (folder / "data").glob("kvit.db-*"):
        leftover.unlink()  # closed: SQLite has nothing in them any more
    return verdict.head


def _verified_head(copy: Path, config: Config, clock: Clock) -> Head:
    store = Store(sqlite_url(copy), clock, config.company.key)
    try:
        with store.reading() as connection:
            verdict = journal.verify(connection)
    finally:
        store.close()
    if not verdict.ok:
        raise Corrupt("backup.journal_broken", row=verdict.broken_seq, reason=verdict.reason)
    return verdict.head


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
