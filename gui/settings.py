"""What this person likes on this machine: language, theme, zoom, columns, which notifications. No business data."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

KINDS = ("payments", "calls", "picks", "alarms", "link")


def default_path() -> Path:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(folder) / "kvit" / "tray.ini"


class Settings:
    """Typed access to one ini file."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()
        self._store = QSettings(str(self.path), QSettings.Format.IniFormat)

    # --- look --------------------------------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """ "ru", "en" or "" (by the system)."""
        return self._text("look/language")

    @language.setter
    def language(self, value: str) -> None:
        self._store.setValue("look/language", value)

    @property
    def office_language(self) -> str:
        """What the service said last time, for people who never chose: the company's own language."""
        return self._text("look/office_language")

    @office_language.setter
    def office_language(self, value: str) -> None:
        self._store.setValue("look/office_language", value)

    @property
    def theme(self) -> str:
        """ "light", "dark" or "auto"."""
        return self._text("look/theme") or "auto"

    @theme.setter
    def theme(self, value: str) -> None:
        self._store.setValue("look/theme", value)

    @property
    def zoom(self) -> float:
        try:
            return min(2.0, max(0.8, float(self._text("look/zoom") or 1.0)))
        except ValueError:
            return 1.0

    @zoom.setter
    def zoom(self, value: float) -> None:
        self._store.setValue("look/zoom", str(value))

    @property
    def geometry(self) -> QByteArray:
        value = self._store.value("look/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("look/geometry", value)

    def page(self, key: str) -> dict[str, Any]:
        """What a page remembered: filter, sort, columns, splitter."""
        try:
            found = json.loads(self._text(f"pages/{key}") or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def remember_page(self, key: str, values: dict[str, Any]) -> None:
        self._store.setValue(f"pages/{key}", json.dumps({**self.page(key), **values}, sort_keys=True))

    # --- notifications -----------------------------------------------------------------------------------------------

    def notifies(self, kind: str) -> bool:
        """Whether messages of this kind are wanted; all are until switched off."""
        return self._text(f"notify/{kind}") != "off"

    def set_notifies(self, kind: str, wanted: bool) -> None:
        self._store.setValue(f"notify/{kind}", "on" if wanted else "off")

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """From and to, local time, possibly across midnight; None = never quiet."""
        try:
            start, end = (time.fromisoformat(part) for part in self._text("notify/quiet").split("-"))
        except ValueError:
            return None
        return start, end

    @quiet_hours.setter
    def quiet_hours(self, hours: tuple[time, time] | None) -> None:
        text = "" if hours is None else f"{hours[0]:%H:%M}-{hours[1]:%H:%M}"
        self._store.setValue("notify/quiet", text)

    def is_quiet(self, now: time) -> bool:
        hours = self.quiet_hours
        if hours is None:
            return False
        start, end = hours
        return start <= now < end if start <= end else (now >= start or now < end)

    @property
    def told_about_tray(self) -> bool:
        return self._text("notify/told_about_tray") == "yes"

    @told_about_tray.setter
    def told_about_tray(self, value: bool) -> None:
        self._store.setValue("notify/told_about_tray", "yes" if value else "")

    def sync(self) -> None:
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else str(value or "")
