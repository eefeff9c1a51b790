"""One service per home: real processes, one of them killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.core.errors import Refused
from gateway.service.instance import InstanceLock, running_pid

HOLDER = """
import sys, pathlib
from gateway.service.instance import InstanceLock
with InstanceLock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(run: Path) -> subprocess.Popen[bytes]:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(run)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == b"held"
    return holder


def test_the_second_service_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    run = tmp_path / "run"
    holder = hold(run)
    with holder:
        with pytest.raises(Refused) as caught:
            InstanceLock(run).acquire()
        assert caught.value.code == "service.already_running"
        assert caught.value.values == {"pid": str(holder.pid), "home": str(tmp_path)}
        assert str(holder.pid) in caught.value.text("ru")
        assert running_pid(run) == holder.pid
        assert holder.stdin is not None
        holder.stdin.close()
        assert holder.wait(10) == 0
    assert running_pid(run) is None
    with InstanceLock(run):
        assert (run / "kvit.lock").read_text().strip() == str(os.getpid())
    assert (run / "kvit.lock").read_text() == ""


def test_a_killed_service_leaves_no_lock(tmp_path: Path) -> None:
    holder = hold(tmp_path)
    with holder:
        holder.kill()
        holder.wait(10)
    assert running_pid(tmp_path) is None
    with InstanceLock(tmp_path):
        pass


def test_two_homes_do_not_know_each_other(tmp_path: Path) -> None:
    with InstanceLock(tmp_path / "one"), InstanceLock(tmp_path / "two"):
        pass


def test_releasing_twice_is_once(tmp_path: Path) -> None:
    lock = InstanceLock(tmp_path)
    lock.acquire()
    lock.release()
    lock.release()


def test_a_folder_that_cannot_be_is_a_clear_refusal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused) as caught:
        InstanceLock(tmp_path / "file" / "run").acquire()
    assert caught.value.code == "service.lock_impossible"


def test_nobody_runs_where_there_is_no_file(tmp_path: Path) -> None:
    assert running_pid(tmp_path) is None
