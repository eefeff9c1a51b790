"""What has been picked so far and not handed in yet: a small file beside the settings, written after every touch."""

from __future__ import annotations

import json
from pathlib import Path

KEPT = 30

Touched = dict[str, tuple[str, str]]


class Progress:
    """Per pick list: line → (pieces as a decimal text, reason for fewer)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, pick: str) -> Touched:
        found = self._read().get(pick, {})
        return {line: (str(value[0]), str(value[1])) for line, value in found.items() if len(value) == 2}

    def keep(self, pick: str, lines: Touched) -> None:
        """Remember; the oldest lists go when there are more than KEPT."""
        everything = self._read()
        everything.pop(pick, None)
        everything[pick] = {line: list(value) for line, value in lines.items()}
        self._write(dict(list(everything.items())[-KEPT:]))

    def forget(self, pick: str) -> None:
        everything = self._read()
        if everything.pop(pick, None) is not None:
            self._write(everything)

    def _read(self) -> dict[str, dict[str, list[str]]]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, everything: dict[str, dict[str, list[str]]]) -> None:
        # Whole or not at all: a power cut in the middle must not cost what was there before.
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(everything, ensure_ascii=False), encoding="utf-8")
            fresh.replace(self._path)
        except OSError:
            # A full disk stops nobody from picking; the list itself is safe in the service.
            return
