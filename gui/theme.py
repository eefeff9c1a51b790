"""Colours, palette and stylesheet, light and dark.

Qt's own colour scheme has no effect on bare X11, so the palette is ours on every system. Each state has a colour for
text and a soft one for its ground; all text pairs keep a contrast of at least 4.5 : 1 (a test counts them).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from gui.stylesheet import stylesheet

BASE_POINTS = 9.5
ZOOM_STEPS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
# The first family that is there; all of them have Cyrillic, № and ₽.
FAMILIES = ("Segoe UI", "Inter", "Noto Sans", "Ubuntu", "Roboto", "Liberation Sans", "DejaVu Sans")
MONO = ("Consolas", "JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as #rrggbb."""

    name: str
    window: str
    surface: str
    raised: str
    stripe: str
    hover: str
    border: str
    strong_border: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    good: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    info: str
    info_soft: str
    idle_soft: str
    selection: str
    rail: str
    rail_text: str
    rail_active: str
    mark: str

    def tone(self, name: str) -> tuple[str, str]:
        """(text, ground) of a tone: "ok", "warn", "bad", "info", else neutral."""
        pairs = {
            "ok": (self.ok, self.ok_soft),
            "warn": (self.warn, self.warn_soft),
            "bad": (self.bad, self.bad_soft),
            "info": (self.info, self.info_soft),
        }
        return pairs.get(name, (self.muted, self.idle_soft))


LIGHT = Tokens(
    name="light",
    window="#f1f4f8",
    surface="#ffffff",
    raised="#ffffff",
    stripe="#f8fafc",
    hover="#eef3fb",
    border="#dbe2ea",
    strong_border="#b7c2cf",
    text="#16202c",
    muted="#566373",
    accent="#1d5fd0",
    accent_hover="#184fae",
    on_accent="#ffffff",
    accent_soft="#e6eefc",
    good="#17703c",
    ok="#17703c",
    ok_soft="#e0f3e7",
    warn="#8a4b00",
    warn_soft="#fdeed3",
    bad="#b1241b",
    bad_soft="#fbe3e1",
    info="#1a55ba",
    info_soft="#e4edfc",
    idle_soft="#eaeef3",
    selection="#dbe7fb",
    rail="#15233b",
    rail_text="#b9c6da",
    rail_active="#2a3f63",
    mark="#ffe69a",
)

DARK = Tokens(
    name="dark",
    window="#12161d",
    surface="#1a202a",
    raised="#212936",
    stripe="#1d2430",
    hover="#252f3f",
    border="#2d3746",
    strong_border="#465468",
    text="#e4eaf2",
    muted="#9aa7b8",
    accent="#3d7be6",
    accent_hover="#5a91f0",
    on_accent="#ffffff",
    accent_soft="#1f3152",
    good="#24784a",
    ok="#63cd91",
    ok_soft="#17352a",
    warn="#eeb35f",
    warn_soft="#3b2c14",
    bad="#f58a82",
    bad_soft="#442322",
    info="#8db4ff",
    info_soft="#1d2f50",
    idle_soft="#29323f",
    selection="#29406a",
    rail="#0c1017",
    rail_text="#98a6ba",
    rail_active="#22304a",
    mark="#6b5410",
)

THEMES = {"light": LIGHT, "dark": DARK}


class Theme(QObject):
    """The look in force.

    Attributes:
        tokens: colours in force.
        zoom: factor on all text and spacing.

    Signals:
        changed: colours or zoom are others; painted widgets repaint, icons are made anew.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = LIGHT
        self.zoom = 1.0

    def apply(self, application: QApplication, name: str = "auto", zoom: float | None = None) -> None:
        """Dress the application in "light", "dark" or, by the system, "auto"."""
        if zoom is not None:
            self.zoom = zoom
        self.tokens = THEMES[name if name in THEMES else _system_theme()]
        style = QStyleFactory.create("Fusion")
        if style is not None and application.style().objectName() != "fusion":
            application.setStyle(style)
        application.setFont(font(self.zoom))
        application.setPalette(palette(self.tokens))
        application.setStyleSheet(stylesheet(self.tokens, self.zoom))
        self.changed.emit()

    def zoom_by(self, steps: int) -> float:
        """The zoom `steps` away on the scale of ZOOM_STEPS; 0 = back to normal."""
        if steps == 0:
            return 1.0
        near = min(range(len(ZOOM_STEPS)), key=lambda i: abs(ZOOM_STEPS[i] - self.zoom))
        return ZOOM_STEPS[max(0, min(len(ZOOM_STEPS) - 1, near + steps))]

    def px(self, length: float) -> int:
        """A length given at zoom 1, in pixels now."""
        return max(1, round(length * self.zoom))


theme = Theme()


def _system_theme() -> str:
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def font(zoom: float = 1.0, *, points: float = BASE_POINTS, bold: bool = False, mono: bool = False) -> QFont:
    """The program's face at a size given for zoom 1."""
    known = set(QFontDatabase.families())
    names = [f for f in (MONO if mono else FAMILIES) if f in known]
    made = QFont()
    if names:
        made.setFamilies(names)
    made.setPointSizeF(points * zoom)
    made.setBold(bold)
    made.setStyleHint(QFont.StyleHint.Monospace if mono else QFont.StyleHint.SansSerif)
    return made


def palette(tokens: Tokens) -> QPalette:
    """A complete palette: no role is left to the system."""
    made = QPalette()
    role = QPalette.ColorRole
    table = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.stripe,
        role.Text: tokens.text,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.bad,
        role.Highlight: tokens.selection,
        role.HighlightedText: tokens.text,
        role.Link: tokens.info,
        role.LinkVisited: tokens.info,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Light: tokens.raised,
        role.Midlight: tokens.border,
        role.Mid: tokens.border,
        role.Dark: tokens.strong_border,
        role.Shadow: tokens.strong_border,
        role.Accent: tokens.accent,
    }
    for key, colour in table.items():
        made.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, key, _between(tokens.muted, tokens.surface, 0.35))
    return made


def _between(one: str, other: str, share: float) -> QColor:
    a, b = QColor(one), QColor(other)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    red, green, blue = (round(x + (y - x) * share) for x, y in pairs)
    return QColor(red, green, blue)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours, 1 to 21."""

    def luminance(colour: str) -> float:
        value = QColor(colour)
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
            for c in (value.redF(), value.greenF(), value.blueF())
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def token_names() -> list[str]:
    return [f.name for f in fields(Tokens) if f.name != "name"]
