"""Identifiers: unique and ascending, whatever the clock does."""

from __future__ import annotations

import re
import threading
import time

import pytest

from gateway.core.ids import new_id


def test_ids_ascend_within_a_millisecond() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", made) for made in ids)


def test_ids_ascend_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id()
    earlier = time.time_ns() - 10**12
    monkeypatch.setattr(time, "time_ns", lambda: earlier)
    assert new_id() > before


def test_threads_never_share_an_id() -> None:
    made: list[list[str]] = [[] for _ in range(4)]

    def work(mine: list[str]) -> None:
        mine.extend(new_id() for _ in range(2000))

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    flat = [one for mine in made for one in mine]
    assert len(set(flat)) == len(flat)
    assert all(mine == sorted(mine) for mine in made)
