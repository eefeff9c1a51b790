"""Mutations, and one case under watch: its time and its memory."""

from __future__ import annotations

import hashlib
import random
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.targets import SECONDS_A_CASE, Target

FINDINGS = Path(__file__).parent / "findings"
_LARGEST = 1 << 18
_MEMORY_MIB = 512  # what one input may take
_WORDS = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"=", b"<", b">", b"&", b"&amp;", b"]]>", b"<![CDATA[", b"-",
    b"0", b"-1", b"1e9", b"99999999999999999999", b"0.001", b"NaN", b"31.02.2026", b"2026-02-31", b"0000-00-00",
    b":61:", b":86:", b":20:", b":60F:", b"?20", b"//", "КонецФайла".encode("cp1251"), "СекцияДокумент".encode(),
    b"<!DOCTYPE x [<!ENTITY e 'e'>]>", b"<Ntry>", b"</Ntry>", b"<TxDtls/>", b"CRDT", b"DBIT", b"\xd0", b"\xed\xa0\x80",
    b"</Stmt><Stmt>", b" xmlns:a='b'", b" Id='x'", b"<?xml version='1.0' encoding='utf-7'?>", b"9" * 300, b"A" * 5000,
)  # fmt: skip


def mutate(seed: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """`seed` with one to eight things done to it."""
    data = bytearray(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        at = rng.randrange(len(data) + 1)
        upto = min(len(data), at + rng.choice((1, 1, 2, 4, 16, 200)))
        match rng.randrange(8):
            case 0:
                data[at:upto] = bytes(rng.randrange(256) for _ in range(upto - at))
            case 1:
                del data[at:upto]
            case 2:
                data[at:at] = data[at:upto] * rng.choice((1, 2, 50))
            case 3:
                data[at:upto] = rng.choice(_WORDS)
            case 4:
                data[at:at] = rng.choice(_WORDS)
            case 5 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 6:
                other = rng.choice(others)
                cut = rng.randrange(len(other) + 1)
                data[at:] = other[cut:]
            case _:
                del data[at:]
    return bytes(data[:_LARGEST])


@dataclass
class Watch:
    """What was tried and what was found.

    Attributes:
        findings: (target, what happened, file it is kept in).
    """

    folder: Path = FINDINGS
    cases: dict[str, int] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)
    findings: list[tuple[str, str, Path]] = field(default_factory=list)

    def attempt(self, target: Target, data: bytes) -> str:
        """Try one input; returns what was found, "" if nothing."""
        before = _memory_now()
        begun = time.perf_counter()
        found = ""
        try:
            target.attempt(data)
        except Exception as error:
            found = f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-4)}"
        took = time.perf_counter() - begun
        if took > SECONDS_A_CASE and not found:
            found = f"took {took:.1f} s"
        grown = _memory_peak() - before
        if grown > _MEMORY_MIB and not found:
            found = f"{grown} MiB of memory"
        self.cases[target.name] = self.cases.get(target.name, 0) + 1
        self.slowest[target.name] = max(self.slowest.get(target.name, 0.0), took)
        if found:
            self.findings.append((target.name, found, self._keep(target, data)))
        return found

    def run(self, target: Target, seconds: float, seed: int) -> None:
        """Mutations of a target's seeds for so long; the seeds themselves first."""
        seeds = target.seeds()
        rng = random.Random(f"{target.name}:{seed}")
        for honest in seeds:
            self.attempt(target, honest)
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.attempt(target, mutate(rng.choice(seeds), seeds, rng))

    def _keep(self, target: Target, data: bytes) -> Path:
        place = self.folder / target.name
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"{hashlib.sha256(data).hexdigest()[:16]}.bin"
        file.write_bytes(data)
        return file


def kept(folder: Path = FINDINGS) -> Iterator[tuple[str, Path]]:
    """(target, file) of every finding that was kept."""
    for file in sorted(folder.glob("*/*.bin")):
        yield file.parent.name, file


def _memory_now() -> int:
    """Memory of this process in MiB, and its peak is counted from here; 0 where the system has no /proc."""
    try:
        Path("/proc/self/clear_refs").write_text("5")  # proc(5): resets VmHWM
    except OSError:
        return 0
    return _status("VmRSS")


def _memory_peak() -> int:
    """The most memory since `_memory_now`, in MiB; 0 where the system has no /proc."""
    return _status("VmHWM")


def _status(name: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) // 1024
