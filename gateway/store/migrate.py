"""Bringing the database to the version of the code, with Alembic, from the first table on.

Alembic itself is loaded only to change a database; every command asks whether that is needed, and mostly it is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import column, create_engine, inspect, select, table

from gateway.core.errors import Refused
from gateway.store.engine import plain_errors

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"


def _config(url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _revisions() -> list[str]:
    """Of all scripts, in order: each file is named by its number, and the numbers are in one line."""
    return sorted(file.name.partition("_")[0] for file in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def head_revision() -> str:
    """The revision this code wants."""
    return _revisions()[-1]


def current_revision(url: str) -> str | None:
    """The revision of the database, None for an empty one.

    Raises:
        Unavailable: `store.unreachable`.
        Refused: `store.damaged`.
    """
    engine = create_engine(url)
    try:
        with plain_errors(), engine.connect() as connection:
            if not inspect(connection).has_table(_VERSION_TABLE):
                return None
            found = connection.execute(select(column("version_num")).select_from(table(_VERSION_TABLE))).scalar()
            return None if found is None else str(found)
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
    if before == head_revision():
        return False
    if before is not None and before not in _revisions():
        raise Refused("store.newer", revision=before)
    from alembic import command

    with plain_errors():
        command.upgrade(_config(url), "head")
    return True
