"""Building the command line from its functions takes longer than most commands, and Typer does it at every call."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import typer.testing


@contextmanager
def command_line_built_once() -> Iterator[None]:
    """Within it Typer's `CliRunner` builds each application at its first call only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", functools.cache(typer.testing._get_command))
        yield
