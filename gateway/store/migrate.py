"""Bringing the database to the version of the code, with Alembic, from the first table on."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from gateway.core.errors import Refused
from gateway.store.engine import plain_errors

_SCRIPTS = Path(__file__).parent / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def head_revision() -> str:
    """The revision this code wants."""
    head = ScriptDirectory.from_config(_config("sqlite://")).get_current_head()
    assert head is not None
    return head


def current_revision(url: str) -> str | None:
    """The revision of the database, None for an empty one.

    Raises:
        Unavailable: `store.unreachable`.
        Refused: `store.damaged`.
    """
    engine = create_engine(url)
    try:
        with plain_errors(), engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(url: str) -> bool:
    """Create the tables, or bring them up to date.

    Returns:
        True when something was changed.

    Raises:
        Refused: `store.newer` when the database was made by newer code, `store.damaged`.
        Unavailable: `store.unreachable`.
    """
    before = current_revision(url)
    scripts = ScriptDirectory.from_config(_config(url))
    if before is not None and before not in {s.revision for s in scripts.walk_revisions()}:
        raise Refused("store.newer", revision=before)
    if before == head_revision():
        return False
    with plain_errors():
        command.upgrade(_config(url), "head")
    return True
