"""A PostgreSQL cluster of our own: in a temporary folder, for one test session, on a socket and a port of loopback.

Found where Debian's `postgresql` puts its programs, or on the PATH. PostgreSQL refuses to run as root; there it runs
as the `postgres` user that the package brings.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER = "postgres"
# Durability is PostgreSQL's own affair; these tests ask what our statements mean to it.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "lc_messages": "C",
}


def programs() -> Path | None:
    """The folder with initdb and pg_ctl; None when PostgreSQL is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*debian, *([Path(on_path).parent] if on_path else [])]
    return next((f for f in folders if (f / "initdb").is_file() and (f / "pg_ctl").is_file()), None)


class Cluster:
    """A running server.

    Attributes:
        port: on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._made = 0

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """A new database, a copy of `template`; its name."""
        self._made += 1
        name = f"kvit_{self._made}"
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            # a small template is copied ten times faster by its files (the only way there was before version 15)
            how = " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{how}")
        return name

    def drop(self, name: str) -> None:
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _dsn(self) -> str:
        return f"host=127.0.0.1 port={self.port} user={USER} dbname=postgres"


@contextmanager
def running(binaries: Path) -> Iterator[Cluster]:
    """A fresh cluster, gone afterwards."""
    user = USER if sys.platform != "win32" and os.geteuid() == 0 else None
    # short: the path of a socket holds 107 bytes
    root = Path(tempfile.mkdtemp(prefix="kvit-pg-"))
    try:
        if user is not None:
            shutil.chown(root, user)
        data = root / "data"
        port = _free_port()
        options = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", *_russian(binaries)]
        _run([binaries / "initdb", "-D", data, "-U", USER, *options], user)
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            for name, value in _SETTINGS.items():
                file.write(f"{name} = '{value}'\n")
            file.write(f"port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{root}'\n")
        _run([binaries / "pg_ctl", "-D", data, "-l", root / "log", "-w", "start"], user)
        try:
            yield Cluster(port)
        finally:
            _run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], user)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _russian(binaries: Path) -> list[str]:
    """Texts sorted as a Russian office's server sorts them: nothing of ours may depend on it. Since version 15."""
    told = subprocess.run([str(binaries / "initdb"), "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"\(PostgreSQL\) (\d+)", told)
    return ["--locale-provider=icu", "--icu-locale=ru-RU"] if version and int(version[1]) >= 15 else []


def _run(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"{Path(command[0]).name}: {done.stderr.decode(errors='replace')[-500:]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
