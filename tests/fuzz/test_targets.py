"""Every target, for a moment in each run of the suite; `python -m tests.fuzz` takes as long as it is told."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.engine import Watch, kept, mutate
from tests.fuzz.targets import TARGETS, Accepted, Target

QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_own_seeds(name: str) -> None:
    for seed in TARGETS[name].seeds():
        TARGETS[name].run(seed)


@pytest.mark.parametrize("name", TARGETS)
@QUICK
@given(seed=st.integers(0, 2**32), stranger=st.one_of(st.none(), st.binary(max_size=300)))
def test_whatever_comes_is_read_or_refused(name: str, seed: int, stranger: bytes | None) -> None:
    seeds = TARGETS[name].seeds()
    rng = random.Random(seed)
    TARGETS[name].attempt(stranger if stranger is not None else mutate(rng.choice(seeds), seeds, rng))


def test_what_was_found_once_is_not_found_again(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    for name, file in kept():
        watch.attempt(TARGETS[name], file.read_bytes())
    assert not watch.findings, watch.findings


def test_the_watch_notices(tmp_path: Path) -> None:
    def lenient(data: bytes) -> None:
        raise Accepted("anything")

    watch = Watch(tmp_path)
    assert "Accepted" in watch.attempt(Target("lenient", lambda: [b""], lenient), b"x")
    [(name, _, kept_in)] = watch.findings
    assert (name, kept_in.read_bytes()) == ("lenient", b"x")
    assert [found for found, _ in kept(tmp_path)] == ["lenient"]


def test_the_watch_counts_the_memory_of_one_input(tmp_path: Path) -> None:
    held = bytearray(b"x") * (300 << 20)  # somebody else's, and still there: not counted
    watch = Watch(tmp_path)

    def swallow(data: bytes) -> None:
        assert len(b"x" * (int(data) << 20)) > 0

    hungry = Target("hungry", lambda: [b""], swallow)
    assert watch.attempt(hungry, b"1") == ""
    assert len(held) == 300 << 20
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("this system does not tell the memory of a process")
    assert watch.attempt(hungry, b"600").endswith("MiB of memory")
    assert watch.attempt(hungry, b"1") == "", "a peak of an earlier input is not this one's"
