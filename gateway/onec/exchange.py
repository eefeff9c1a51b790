"""The exchange folder: what 1C and the bank put in, what Kvit puts out.

    exchange/in         others write here, Kvit takes
    exchange/in/…       folders of their own for files that only their place tells (registries of payout partners)
    exchange/in/.work   taken and being processed; emptied at the next look if a crash left something
    exchange/out        Kvit writes here, 1C takes
    exchange/done       taken files by day, with a report beside each that has remarks
    exchange/rejected   files that could not be loaded, each with a report a person can read

A file is taken when it has stopped changing. Taking is a rename; handing on comes before putting away. So a crash at
any point leaves the file where it will be processed again, and whoever takes it over recognises it by its sha256.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW, Clock, business_date
from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.core.problem import Problem
from gateway.onec.archive import DEFAULT_LIMITS, Limits
from gateway.onec.exchange_files import WriteResult, free_path, move, reason, sweep_temporaries, write_atomic
from gateway.onec.exchange_report import SUFFIX as REPORT_SUFFIX
from gateway.onec.exchange_report import FileReport, report
from gateway.onec.incoming import Incoming, open_file, rank, read_file

WORK = ".work"

# Names other programs give to what they have not finished, or that are not for us
_IGNORED = re.compile(
    r"(?i)(\..*|~\$.*|.*\.(?:tmp|part|partial|crdownload|lock|bak|swp)|.*\.report\.txt|thumbs\.db|desktop\.ini)"
)
_UNFINISHED = {
    "onec.xml_truncated", "onec.bank_truncated", "onec.zip_broken", "onec.file_empty", "registry.file_empty",
    "registry.xml_broken", "registry.dbf_broken", "registry.workbook_broken",
}  # fmt: skip
_ATTEMPTS = 5
_STALE_TEMPORARY = 3600.0


class Result(StrEnum):
    """What became of a file at one look."""

    WAITING = "waiting"  # still changing, or not looked at twice yet
    BUSY = "busy"  # another program holds it
    UNFINISHED = "unfinished"  # breaks off, and is young enough for its writer to go on
    RETRY = "retry"  # whoever takes it cannot now; next look again
    DONE = "done"
    PARTLY = "partly"  # loaded except for what the report names
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    Attributes:
        sha256: of the file's bytes, "" while it has not been read.
        stored: where it lies now.
        reports: what there is to say about it; `error` of one says why it was refused.
    """

    name: str
    result: Result
    sha256: str = ""
    stored: Path | None = None
    reports: tuple[FileReport, ...] = ()

    @property
    def error(self) -> KvitError | None:
        return next((part.error for part in self.reports if part.error is not None), None)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a file looked like, and since when (monotonic seconds)."""

    size: int
    mtime_ns: int
    since: float


Handler = Callable[[Incoming], Sequence[Problem] | None]
TakeBytes = Callable[[str, bytes], Sequence[Problem]]


class ExchangeFolder:
    """Takes what lies in `in` and hands it on.

    Args:
        root: the folder that holds in, out, done and rejected; they are made when missing.
        clock: the time.
        handle: takes one parsed file. It must be idempotent by `Incoming.sha256` and have committed when it returns.
            Refused or Corrupt rejects the file with that reason; Unavailable leaves it for the next look; any other
            exception too, five times, then the file is rejected. What it returns is told in the file's report.
        settle_seconds: a file is complete when two looks at least this far apart find it unchanged.
        patience_seconds: how long a file that breaks off may rest before it counts as broken.
        incoming: the folder that is watched, `in` of the root without one.
        take_bytes: takes (name, bytes) of each file as it is, in the place of `handle`; archives are not opened.
    """

    def __init__(
        self,
        root: Path,
        clock: Clock,
        handle: Handler | None = None,
        *,
        incoming: Path | None = None,
        take_bytes: TakeBytes | None = None,
        settle_seconds: float = 2.0,
        patience_seconds: float = 120.0,
        limits: Limits = DEFAULT_LIMITS,
        zone: ZoneInfo = MOSCOW,
    ) -> None:
        self.root = root
        self.incoming = incoming or root / "in"
        self.outgoing = root / "out"
        self.done = root / "done"
        self.rejected = root / "rejected"
        self._work = self.incoming / WORK
        self._clock = clock
        self._handle = handle
        self._take_bytes = take_bytes
        self._settle = settle_seconds
        self._patience = patience_seconds
        self._limits = limits
        self._zone = zone
        self._seen: dict[str, _Seen] = {}
        self._unfinished: dict[str, _Seen] = {}
        self._failures: dict[str, int] = {}
        self._prepared = False

    def prepare(self) -> None:
        """Make the folders and sweep away half-written files of a crash.

        Raises:
            Unavailable: `onec.in_unreachable`.
        """
        try:
            for folder in (self._work, self.outgoing, self.done, self.rejected):
                folder.mkdir(parents=True, exist_ok=True)
            for folder in (self.outgoing, self.rejected, *(path for path in self.done.iterdir() if path.is_dir())):
                sweep_temporaries(folder, self._clock.now().timestamp() - _STALE_TEMPORARY)
        except OSError as error:
            raise Unavailable("onec.in_unreachable", folder=str(self.root), detail=reason(error)) from error
        self._prepared = True

    def look(self) -> list[FileOutcome]:
        """One look: take every complete file and process it; catalogue first, then stock, then orders, then by name.

        Returns what became of each file that lay there, in the order of processing.

        Raises:
            Unavailable: `onec.in_unreachable`, the folder itself cannot be read.
        """
        if not self._prepared:
            self.prepare()
        waiting: list[FileOutcome] = []
        try:
            for path in self._candidates():
                outcome = self._take(path)
                if outcome is not None:
                    waiting.append(outcome)
            taken = sorted(path for path in self._work.iterdir() if path.is_file())
        except OSError as error:
            self._prepared = False
            raise Unavailable("onec.in_unreachable", folder=str(self.incoming), detail=reason(error)) from error
        ranked = sorted((self._rank(path), path.name, path) for path in taken)
        return [self._process(path) for _, _, path in ranked] + waiting

    def put(self, name: str, content: bytes) -> WriteResult:
        """Write a file for 1C; see `write_atomic`."""
        return write_atomic(self.outgoing, name, content)

    # Taking

    def _candidates(self) -> Iterator[Path]:
        """Files in `in` that may be meant for us; forgets what is no longer there."""
        found = sorted(
            path
            for path in self.incoming.iterdir()
            if not path.is_symlink() and path.is_file() and not _IGNORED.fullmatch(path.name)
        )
        names = {path.name for path in found}
        self._seen = {name: seen for name, seen in self._seen.items() if name in names}
        yield from found

    def _take(self, path: Path) -> FileOutcome | None:
        """Move a settled file to the work folder; otherwise say why not."""
        now = self._clock.monotonic()
        try:
            state = path.stat()
        except OSError:
            return None  # gone between the two calls: its writer renamed it
        before = self._seen.get(path.name)
        if before is None or (before.size, before.mtime_ns) != (state.st_size, state.st_mtime_ns):
            self._seen[path.name] = _Seen(state.st_size, state.st_mtime_ns, now)
            return FileOutcome(path.name, Result.WAITING)
        if now - before.since < self._settle:
            return FileOutcome(path.name, Result.WAITING)
        target = self._work / path.name
        if target.exists():
            # an earlier file of this name is not finished with; order matters, so this one waits
            return FileOutcome(path.name, Result.WAITING)
        try:
            path.rename(target)
        except OSError:
            return FileOutcome(path.name, Result.BUSY)
        return None

    def _rank(self, path: Path) -> int:
        if self._take_bytes is not None:
            return 0
        try:
            if path.stat().st_size > self._limits.file_bytes:
                return 3
            return rank(path.read_bytes())
        except OSError:
            return 3

    # Processing

    def _process(self, path: Path) -> FileOutcome:
        try:
            before = path.stat()
            if before.st_size > self._limits.file_bytes:
                size_error = Refused("onec.file_too_large", size=before.st_size, limit=self._limits.file_bytes)
                return self._put_away(path, "", [FileReport(path.name, size_error)])
            data = path.read_bytes()
            after = path.stat()
        except OSError:
            return FileOutcome(path.name, Result.BUSY, stored=path)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(data) != after.st_size:
            # its writer still holds it open; the rename did not disturb him
            return FileOutcome(path.name, Result.UNFINISHED, stored=path)
        sha256 = hashlib.sha256(data).hexdigest()
        reports: list[FileReport] = []
        try:
            reports.extend(self._hand_on(name, content) for name, content in self._parts(path.name, data))
        except Refused as error:
            reports.append(FileReport(path.name, error))
        except Unavailable as error:
            return FileOutcome(path.name, Result.RETRY, sha256, path, (FileReport(path.name, error),))
        except Exception as error:  # whatever the handler does, the file stays and the next one gets its turn
            if self._again(path.name):
                return FileOutcome(path.name, Result.RETRY, sha256, path, (_fault(path.name, error),))
            reports.append(_fault(path.name, error))
        breaks_off = any(part.error is not None and part.error.code in _UNFINISHED for part in reports)
        if breaks_off and self._rests(path.name, after.st_size, after.st_mtime_ns) < self._patience:
            return FileOutcome(path.name, Result.UNFINISHED, sha256, path, tuple(reports))
        return self._put_away(path, sha256, reports)

    def _parts(self, name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        return iter([(name, data)]) if self._take_bytes is not None else open_file(data, name, self._limits)

    def _hand_on(self, name: str, content: bytes) -> FileReport:
        """Read one file or member and hand it on; a refusal is the report, anything else goes up."""
        try:
            if self._take_bytes is not None:
                return FileReport(name, None, tuple(self._take_bytes(name, content)))
            parsed = read_file(content, name, limits=self._member_limits(), zone=self._zone)
            found = (self._handle(parsed) if self._handle is not None else None) or ()
        except Unavailable:
            raise
        except KvitError as error:
            return FileReport(name, error)
        return FileReport(name, None, (*parsed.problems, *found))

    def _member_limits(self) -> Limits:
        return Limits(self._limits.unpacked_bytes, self._limits.unpacked_bytes, self._limits.members)

    def _rests(self, name: str, size: int, mtime_ns: int) -> float:
        """Seconds for which a file that breaks off has not changed, by our own clock (a server's may be wrong)."""
        now = self._clock.monotonic()
        seen = self._unfinished.get(name)
        if seen is None or (seen.size, seen.mtime_ns) != (size, mtime_ns):
            seen = self._unfinished[name] = _Seen(size, mtime_ns, now)
        return now - seen.since

    def _again(self, name: str) -> bool:
        self._failures[name] = self._failures.get(name, 0) + 1
        return self._failures[name] < _ATTEMPTS

    def _put_away(self, path: Path, sha256: str, reports: list[FileReport]) -> FileOutcome:
        """Move a processed file to done or rejected, the report first: a crash between makes both again."""
        now = self._clock.now()
        refused = any(part.error is not None for part in reports)
        partly = any(problem.skipped for part in reports for problem in part.problems)
        folder = self.rejected if refused else self.done / business_date(now, self._zone).isoformat()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            target = free_path(folder, path.name)
            if refused or any(part.problems for part in reports):
                self._write_report(target, path.name, sha256, reports, now)
            move(path, target)
        except (OSError, Unavailable) as error:
            failure = error if isinstance(error, Unavailable) else _unreachable(folder, error)
            return FileOutcome(path.name, Result.RETRY, sha256, path, (FileReport(path.name, failure),))
        self._failures.pop(path.name, None)
        self._unfinished.pop(path.name, None)
        result = Result.REJECTED if refused else Result.PARTLY if partly else Result.DONE
        return FileOutcome(path.name, result, sha256, target, tuple(reports))

    def _write_report(self, target: Path, name: str, sha256: str, reports: list[FileReport], at: datetime) -> None:
        content = report(name, sha256, reports, at, self._zone)
        beside = target.with_name(target.name + REPORT_SUFFIX)
        beside.unlink(missing_ok=True)  # of a crash before the move: its file never came
        write_atomic(beside.parent, beside.name, content)


def _fault(name: str, error: Exception) -> FileReport:
    """The report of an exception nobody foresaw; the exception itself hangs on it as the cause, for the log."""
    refused = Refused("onec.handler_failed", detail=type(error).__name__)
    refused.__cause__ = error
    return FileReport(name, refused)


def _unreachable(folder: Path, error: OSError) -> Unavailable:
    return Unavailable("onec.in_unreachable", folder=str(folder), detail=reason(error))
