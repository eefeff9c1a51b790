"""The one Qt stylesheet, rendered from a theme's colours and the zoom.

Widgets choose their part by the dynamic properties `role` ("primary", "ghost", "danger", "chip", "title", "muted",
"card", …) and `tone` ("ok", "warn", "bad", "info"), never by a colour of their own.
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.theme import Tokens

RESOURCES = Path(__file__).parent / "resources"

_TEMPLATE = Template("""
QWidget { font-size: ${t0}pt; }
QMainWindow, QDialog, #desk { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: ${s2}px; }

QLabel[role="title"] { font-size: ${t3}pt; font-weight: 600; }
QLabel[role="heading"] { font-size: ${t1}pt; font-weight: 600; }
QLabel[role="section"] { color: $muted; font-size: ${tm}pt; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: ${tm}pt; }
QLabel[role="sum"] { font-size: ${t3}pt; font-weight: 600; }
QLabel[role="huge"] { font-size: ${t4}pt; font-weight: 700; }
QLabel[role="big"] { font-size: ${t2}pt; }
QLabel[role="mono"] { font-family: $mono; font-size: ${tm}pt; color: $muted; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="bad"] { color: $bad; }
QLabel[tone="info"] { color: $info; }
QLabel[role="key"] { color: $muted; background: $idle_soft; border: 1px solid $border; border-radius: ${r1}px;
  padding: 0 ${s2}px; font-size: ${tm}pt; }
QLabel[role="number"] { color: $info; background: $info_soft; border-radius: ${r1}px; font-weight: 700;
  padding: ${s1}px ${s2}px; }
QLabel[role="purpose"] { background: $stripe; border: 1px solid $border; border-radius: ${r2}px;
  padding: ${s2}px ${s3}px; }

QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: ${r3}px; }
QFrame[role="card"][tone="ok"] { border-left: ${s1}px solid $ok; border-top-left-radius: 0;
  border-bottom-left-radius: 0; }
QFrame[role="card"][tone="warn"] { border-left: ${s1}px solid $warn; border-top-left-radius: 0;
  border-bottom-left-radius: 0; }
QFrame[role="card"][tone="bad"] { border-left: ${s1}px solid $bad; border-top-left-radius: 0;
  border-bottom-left-radius: 0; }
QFrame[role="card"][chosen="true"] { border: 2px solid $accent; }
QFrame[role="reason"] { border: 1px solid transparent; border-radius: ${r1}px; padding: 0 ${s1}px; }
QFrame[role="reason"]:hover { background: $hover; }
QFrame[role="reason"]:focus { border: 1px solid $accent; background: $hover; }
QFrame[role="head"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[role="panel"] { background: $surface; border: none; border-left: 1px solid $border; }
QFrame[role="bar"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[role="foot"] { background: $surface; border: none; border-top: 1px solid $border; }
QFrame[role="rule"] { background: $border; max-height: 1px; min-height: 1px; border: none; }
QFrame[role="banner"] { border: none; border-bottom: 1px solid $border; background: $info_soft; }
QFrame[role="banner"][tone="bad"] { background: $bad_soft; }
QFrame[role="banner"][tone="warn"] { background: $warn_soft; }
QFrame[role="banner"][tone="ok"] { background: $ok_soft; }
QFrame[role="undo"] { background: $rail; border-radius: ${r3}px; border: 1px solid $strong_border; }
QFrame[role="undo"] QLabel { color: #ffffff; background: transparent; }
QFrame[role="undo"] QPushButton { background: transparent; border: 1px solid #6f86ad; color: #ffffff; }
QFrame[role="undo"] QPushButton:hover { background: $rail_active; }
QFrame[role="flyout"], QFrame[role="toast"] { background: $raised; border: 1px solid $strong_border; }
QFrame[role="toast"][tone="bad"] { border-left: ${s2}px solid $bad; }
QFrame[role="toast"][tone="warn"] { border-left: ${s2}px solid $warn; }
QFrame[role="toast"][tone="info"] { border-left: ${s2}px solid $accent; }
QFrame[role="toast"][tone="ok"] { border-left: ${s2}px solid $ok; }

#rail, #rail_area, #rail_pages { background: $rail; }
#rail QLabel { color: $rail_text; }
#rail QToolButton { color: $rail_text; background: transparent; border: none; border-radius: ${r3}px;
  padding: ${s3}px ${s1}px ${s2}px ${s1}px; font-size: ${tm}pt; }
#rail QToolButton:hover { background: $rail_active; color: #ffffff; }
#rail QToolButton:checked { background: $rail_active; color: #ffffff; font-weight: 600; }
#rail QToolButton:focus { border: 1px solid #7fa5ee; }

QPushButton { background: $raised; color: $text; border: 1px solid $strong_border; border-radius: ${r2}px;
  padding: ${s2}px ${s4}px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selection; }
QPushButton:focus { border: 2px solid $accent; padding: ${p2}px ${p4}px; }
QPushButton:disabled { color: $dim; background: $idle_soft; border-color: $border; }
QPushButton[role="primary"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $idle_soft; border-color: $border; color: $dim; }
QPushButton[role="good"] { background: $good; border-color: $good; color: #ffffff; font-weight: 600; }
QPushButton[role="good"]:disabled { background: $idle_soft; border-color: $border; color: $dim; }
QPushButton[role="good"]:focus { border: 2px solid $text; }
QPushButton[role="danger"] { color: $bad; border-color: $bad; }
QPushButton[role="danger"]:disabled { color: $dim; border-color: $border; }
QPushButton[role="ghost"] { background: transparent; border-color: transparent; color: $info;
  text-align: left; padding: ${s2}px; }
QPushButton[role="ghost"]:hover { background: $hover; }
QPushButton[role="ghost"]:focus { border: 1px solid $accent; }
QPushButton[role="ghost"]:disabled { color: $dim; background: transparent; }
QPushButton[role="chip"] { border-radius: ${rc}px; padding: ${s1}px ${s4}px; background: $surface;
  border: 1px solid $border; color: $text; }
QPushButton[role="chip"]:hover { background: $hover; }
QPushButton[role="chip"]:checked { background: $accent_soft; border-color: $accent; color: $info; }
QPushButton[role="chip"]:focus { border: 2px solid $accent; padding: ${p1}px ${p4}px; }
QPushButton[role="chip"][tone="warn"] { color: $warn; border-color: $warn; }
QPushButton[role="chip"][tone="warn"]:checked { background: $warn_soft; color: $warn; }
QPushButton[role="chip"][tone="bad"] { color: $bad; border-color: $bad; }
QPushButton[role="tile"] { background: $surface; border: 1px solid $border; border-radius: ${r3}px; padding: 0;
  text-align: left; }
QPushButton[role="tile"]:hover { background: $hover; }
QPushButton[role="tile"]:focus { border: 2px solid $accent; padding: 0; }
QPushButton[role="tile"]:checked { background: $accent_soft; border-color: $accent; }
QPushButton[role="tile"][tone="bad"] { border-left: ${s1}px solid $bad; }
QPushButton[role="tile"] QLabel { background: transparent; }
QPushButton[role="touch"] { font-size: ${t1}pt; font-weight: 600; padding: ${s3}px ${s4}px; min-height: ${touch}px; }
QPushButton[role="touch-good"] { font-size: ${t1}pt; font-weight: 600; padding: ${s3}px ${s4}px;
  min-height: ${touch}px; background: $good; border-color: $good; color: #ffffff; }
QPushButton[role="touch-good"]:disabled { background: $idle_soft; border-color: $border; color: $dim; }
QPushButton[role="touch-primary"] { font-size: ${t1}pt; font-weight: 600; padding: ${s3}px ${s4}px;
  min-height: ${touch}px; background: $accent; border-color: $accent; color: $on_accent; }
QPushButton[role="touch-primary"]:disabled { background: $idle_soft; border-color: $border; color: $dim; }
QPushButton[role="segment"] { border-radius: 0; padding: ${s2}px ${s4}px; }
QPushButton[role="segment"][tone="bad"] { color: $bad; }
QPushButton[role="segment"]:checked { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="segment"]:checked:disabled { background: $idle_soft; color: $muted; border-color: $strong_border; }
QPushButton::menu-indicator { subcontrol-position: right center; right: ${s2}px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${r2}px; padding: ${s1}px; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border-color: $accent; }

QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateTimeEdit { background: $surface; color: $text;
  border: 1px solid $strong_border; border-radius: ${r2}px; padding: ${s2}px ${s3}px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateTimeEdit:focus { border: 1px solid $accent; }
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled { background: $idle_soft; color: $dim; }
QLineEdit[bad="true"], QPlainTextEdit[bad="true"], QComboBox[bad="true"],
QDateTimeEdit[bad="true"] { border: 1px solid $bad; background: $bad_soft; }
QComboBox::drop-down, QDateTimeEdit::drop-down { subcontrol-origin: padding; subcontrol-position: center right;
  border: none; width: ${s5}px; }
QComboBox::down-arrow, QDateTimeEdit::down-arrow { image: url("$resources/sort-down.svg"); width: ${s4}px;
  height: ${s4}px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $strong_border; }
QCheckBox, QRadioButton { spacing: ${s2}px; }
QCheckBox::indicator, QRadioButton::indicator { width: ${s4}px; height: ${s4}px; border: 1px solid $muted;
  background: $surface; }
QCheckBox::indicator { border-radius: ${r1}px; }
QRadioButton::indicator { border-radius: ${rb}px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$resources/tick.svg"); }
QRadioButton::indicator:checked { border-color: $accent; background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5,
  fx: 0.5, fy: 0.5, stop: 0 $accent, stop: 0.55 $accent, stop: 0.65 $surface, stop: 1 $surface); }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $idle_soft; border-color: $border; }

QTableView, QTreeView, QListView { background: $surface; alternate-background-color: $stripe; border: none;
  gridline-color: transparent; selection-background-color: $selection; selection-color: $text; outline: 0; }
QTableView::item { padding: 0 ${s2}px; border: none; }
QTableView::item:hover { background: $hover; }
QTableView::item:selected { background: $selection; color: $text; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border;
  padding: ${s2}px ${s3}px; font-size: ${tm}pt; font-weight: 600; text-align: left; }
QHeaderView::section:hover { color: $text; background: $hover; }
QHeaderView::up-arrow { image: url("$resources/sort-up.svg"); width: ${s3}px; height: ${s3}px; }
QHeaderView::down-arrow { image: url("$resources/sort-down.svg"); width: ${s3}px; height: ${s3}px; }
QTableCornerButton::section { background: $surface; border: none; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: ${sb}px; margin: 0; }
QScrollBar::handle:vertical { background: $strong_border; border-radius: ${sbr}px; min-height: ${sbh}px;
  margin: 2px; }
QScrollBar:horizontal { background: transparent; height: ${sb}px; margin: 0; }
QScrollBar::handle:horizontal { background: $strong_border; border-radius: ${sbr}px; min-width: ${sbh}px;
  margin: 2px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QStatusBar { background: $surface; border-top: 1px solid $border; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 0 ${s2}px; }
QMenu { background: $raised; border: 1px solid $strong_border; padding: ${s1}px; }
QMenu::item { padding: ${s2}px ${s5}px ${s2}px ${s4}px; border-radius: ${r1}px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $dim; }
QMenu::separator { height: 1px; background: $border; margin: ${s1}px ${s2}px; }
QProgressBar { background: $idle_soft; border: none; border-radius: ${r1}px; max-height: ${s3}px; }
QProgressBar::chunk { background: $accent; border-radius: ${r1}px; }
QTabBar::tab { background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent;
  padding: ${s2}px ${s4}px; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $info; }
QTabWidget::pane { border: none; }
""")


def stylesheet(tokens: Tokens, zoom: float) -> str:
    """The stylesheet for these colours; lengths and type sizes grow with `zoom`."""

    def px(value: float) -> str:
        return str(max(1, round(value * zoom)))

    def pt(value: float) -> str:
        return f"{value * zoom:.2f}"

    values = {name: getattr(tokens, name) for name in tokens.__dataclass_fields__ if name != "name"}
    values.update(t0=pt(9.5), t1=pt(11), t2=pt(13), t3=pt(15), t4=pt(22), tm=pt(8.5))
    values.update(s1=px(3), s2=px(5), s3=px(8), s4=px(12), s5=px(20), p1=px(2), p2=px(4), p4=px(11))
    values.update(r1=px(4), r2=px(6), r3=px(8), rc=px(11), sb=px(12), sbr=px(4), sbh=px(28), touch=px(36))
    # Half the box of a round button with its frame: a corner rounder than that is not drawn round at all.
    values.update(rb=str((int(values["s4"]) + 2) // 2))
    values.update(resources=RESOURCES.as_posix())
    values.update(mono='"Consolas", "DejaVu Sans Mono", monospace', dim=_dim(tokens))
    return _TEMPLATE.substitute(values)


def _dim(tokens: Tokens) -> str:
    """The colour of a disabled text: muted, pulled a third of the way to the ground."""
    fore = [int(tokens.muted[i : i + 2], 16) for i in (1, 3, 5)]
    back = [int(tokens.surface[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(f + (b - f) * 0.35):02x}" for f, b in zip(fore, back, strict=True))
