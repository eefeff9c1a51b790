"""Where the official schemas and recorded messages are: a folder beside the project, never inside it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def need(relative: str) -> Path:
    """The file or folder `standards/<relative>`; skips the test with a message where it is missing."""
    return need_shared(f"standards/{relative}")


def need_shared(relative: str) -> Path:
    """The file or folder `<relative>` of the shared folder; skips the test where it is missing."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"the shared folder beside the project has no {relative}")
    return path
