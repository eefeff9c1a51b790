"""Turning a statement into SQL takes longer than running it, and each test's new database would do it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from gateway.store import engine as store_engine


class _Compiled(dict[Any, Any]):
    """Compiled statements by database product: SQLAlchemy's key begins with the dialect object of one engine, though
    a `Store` sets all of them up alike."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


@contextmanager
def statements_compiled_once() -> Iterator[None]:
    """Within it the engines of every `Store` of the process share one cache of compiled statements."""
    shared = _Compiled()

    def sharing(url: str, **options: Any) -> Engine:
        engine = create_engine(url, **options)
        engine.update_execution_options(compiled_cache=shared)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_engine, "create_engine", sharing)
        yield
