"""What every writer of this room returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """A file ready to be put into the exchange folder.

    Attributes:
        replaced: how many characters were replaced by "?" because the encoding or XML does not have them.
        truncated: how many values were cut to the longest the format allows.
    """

    content: bytes
    replaced: int = 0
    truncated: int = 0
