"""Something odd in a file that could be read all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.catalogue import sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a readable file that could not be used as it stands.

    Attributes:
        line: line of the file, from 1; 0 when it is not known.
        code: entry of the message catalogue.
        values: what its sentence names.
        fragment: what stands there, shortened to 120 characters.
        skipped: the thing was left out; otherwise it was taken and this is a warning.
        subject: what it is about: number of the document or key of the product, "" if it is the file.
    """

    line: int
    code: str
    values: Mapping[str, str]
    fragment: str
    skipped: bool
    subject: str = ""

    def text(self, language: str = "ru") -> str:
        """What is wrong, one sentence, "ru" or "en"."""
        return sentence(self.code, language, self.values)

    def hint(self, language: str = "ru") -> str:
        """What to do about it; may be empty."""
        return sentence(self.code, f"hint_{language}", self.values)
