"""Two services on one database: the second is told so."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.core.errors import Refused
from gateway.service.database_lock import DatabaseLock
from gateway.store.engine import sqlite_url


def test_a_second_service_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "kvit.db")
    first, second = DatabaseLock(url), DatabaseLock(url)
    first.acquire()
    with pytest.raises(Refused) as caught:
        second.acquire()
    assert caught.value.code == "service.already_running"
    first.release()
    second.acquire()
    second.release()


def test_giving_back_what_was_never_taken_is_harmless(tmp_path: Path) -> None:
    DatabaseLock(sqlite_url(tmp_path / "kvit.db")).release()
