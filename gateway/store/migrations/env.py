"""Alembic's entry: runs the scripts in one transaction on the URL it was given."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from gateway.store.schema import metadata


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


run()
