"""Running every migration takes longer than most tests, and each new database would go through all of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import make_url


@contextmanager
def migrations_run_once(folder: Path) -> Iterator[None]:
    """Within it an SQLite file with nothing in it becomes a copy of the first that was brought to the newest version.

    Args:
        folder: where that one is kept.
    """
    run, kept = command.upgrade, folder / "migrated.db"

    def upgrade(config: Config, revision: str) -> None:
        url = make_url(config.get_main_option("sqlalchemy.url") or "")
        file = Path(url.database or "")
        empty = url.get_backend_name() == "sqlite" and file.is_file() and file.stat().st_size == 0
        if not empty or revision != "head":
            run(config, revision)
        elif kept.exists():
            shutil.copyfile(kept, file)
        else:
            run(config, revision)
            shutil.copyfile(file, kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", upgrade)
        yield
