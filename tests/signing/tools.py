"""Independent tools the tests ask for a second opinion: openssl and xmlsec1. Missing ones skip the test."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from gateway.signing import gost


@cache
def _path(name: str) -> str | None:
    return shutil.which(name)


def run(name: str, *arguments: str | Path, into: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a tool; skips the test where it is not installed. Nothing is raised when it fails: that is an answer."""
    path = _path(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return subprocess.run([path, *arguments], capture_output=True, timeout=30, cwd=into, check=False)


def openssl(*arguments: str | Path) -> bytes:
    """What openssl printed; fails the test when it refuses."""
    done = run("openssl", *arguments)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def need_gost() -> None:
    """Skip the test where OpenSSL has no GOST engine."""
    if not gost.available():
        pytest.skip("OpenSSL's GOST engine is missing (Debian: package libengine-gost-openssl)")
    if _path("openssl") is None:
        pytest.skip("openssl is not installed")
