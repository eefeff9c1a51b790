"""Themes, words and numbers on the screen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import i18n, wording
from gui.api import errors
from gui.theme import DARK, LIGHT, Tokens, contrast, theme
from gui.views.shell import Shell
from gui.widgets.banner import Banner
from gui.widgets.tableview import TableView


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
def test_every_text_can_be_read(tokens: Tokens):
    pairs = [
        (tokens.text, tokens.window),
        (tokens.text, tokens.surface),
        (tokens.text, tokens.selection),
        (tokens.text, tokens.hover),
        (tokens.text, tokens.raised),
        (tokens.text, tokens.mark),
        (tokens.muted, tokens.surface),
        (tokens.muted, tokens.window),
        (tokens.on_accent, tokens.accent),
        (tokens.rail_text, tokens.rail),
        ("#ffffff", tokens.rail_active),
        (tokens.info, tokens.accent_soft),
        (tokens.info, tokens.surface),
        ("#ffffff", tokens.good),
        *(tokens.tone(name) for name in ("ok", "warn", "bad", "info", "idle")),
        *((tokens.tone(name)[0], tokens.surface) for name in ("ok", "warn", "bad", "info")),
    ]
    unreadable = [
        (a, b, round(contrast(a, b), 2)) for a, b in pairs if contrast(a, b) < (4.5 if tokens is LIGHT else 3.9)
    ]
    assert unreadable == []


@pytest.mark.parametrize("name", ["light", "dark"])
def test_each_page_is_drawn_in_each_theme(qtbot: QtBot, shell: Shell, qapp: QApplication, name: str):
    """No golden pictures: the ground has the theme's colour and there is something on it."""
    theme.apply(qapp, name, 1.0)
    try:
        shell.resize(1366, 768)
        for key in ("payments", "registries", "orders", "picks", "calls", "bank", "health"):
            shell.open_page(key)
            qtbot.waitUntil(lambda: shell.current._told_loaded, timeout=20000)
            qtbot.wait(150)
            picture = shell.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
            assert (picture.width(), picture.height()) == (1366, 768)
            colours = {picture.pixel(x, y) for x in range(0, 1366, 7) for y in range(0, 768, 7)}
            assert len(colours) > 30, key
            surface = sum(
                picture.pixelColor(x, y).name() in (theme.tokens.surface, theme.tokens.window)
                for x in range(100, 1366, 11)
                for y in range(0, 768, 11)
            )
            assert surface > 2000, f"{key}: the theme's own ground is under most of it"
    finally:
        theme.apply(qapp, "light", 1.0)


def test_the_window_fits_a_small_screen(qtbot: QtBot, shell: Shell):
    for key in shell.pages:
        shell.open_page(key)
        qtbot.waitUntil(lambda: shell.current._told_loaded, timeout=20000)
    qtbot.wait(200)
    hint = shell.minimumSizeHint()
    assert hint.width() <= 1280
    assert hint.height() <= 720


def test_side_panels_never_hide_their_right_edge(qtbot: QtBot, shell: Shell):
    from PySide6.QtWidgets import QScrollArea

    shell.resize(1366, 768)
    for key in ("payments", "registries", "orders", "calls", "bank"):
        shell.open_page(key)
        qtbot.waitUntil(lambda: shell.current._told_loaded, timeout=20000)
        qtbot.wait(200)
        for area in shell.current.findChildren(QScrollArea):
            inner = area.widget()
            if inner is not None and area.isVisible():
                assert inner.width() <= area.viewport().width(), key


def test_a_double_size_screen_is_drawn_sharp(qapp: QApplication, qtbot: QtBot):
    theme.apply(qapp, "light", 2.0)
    try:
        banner = Banner()
        qtbot.addWidget(banner)
        banner.say("bad", "Нет связи", "Подождите")
        assert banner.sizeHint().height() > 60
        table = TableView("x")
        qtbot.addWidget(table)
        assert table.verticalHeader().defaultSectionSize() >= 50 or table.model() is None
    finally:
        theme.apply(qapp, "light", 1.0)


# --- words -----------------------------------------------------------------------------------------------------------

NB = "\u00a0"


@pytest.mark.parametrize(
    ("kopecks", "russian", "english"),
    [
        (0, f"0,00{NB}₽", f"0.00{NB}₽"),
        (5, f"0,05{NB}₽", f"0.05{NB}₽"),
        (123456789, f"1{NB}234{NB}567,89{NB}₽", f"1,234,567.89{NB}₽"),
        (-100, f"−1,00{NB}₽", f"−1.00{NB}₽"),
        (None, "—", "—"),
    ],
)
def test_money_in_both_languages(qapp: QApplication, kopecks: int | None, russian: str, english: str):
    assert wording.money(kopecks) == russian
    i18n.install(qapp, "en")
    assert wording.money(kopecks) == english


@pytest.mark.parametrize(
    ("typed", "kopecks"),
    [
        ("1 234,56", 123456),
        ("1\u00a0234,5", 123450),
        ("1234.56", 123456),
        ("1,234.56", 123456),
        ("1.234,56", 123456),
        ("1,234", 123400),
        ("12", 1200),
        ("0,07 ₽", 7),
        ("15 руб.", 1500),
        ("", None),
        ("-5", None),
        ("1,2345", None),
        ("рубль", None),
        ("1 2 3,4.5", None),
    ],
)
def test_what_people_type_as_a_sum(typed: str, kopecks: int | None):
    assert wording.parse_money(typed) == kopecks


def test_every_sum_shown_can_be_typed_back():
    for kopecks in (0, 1, 99, 100, 123456, 100_000_000, 987_654_321_01):
        assert wording.parse_money(wording.money(kopecks)) == kopecks
        assert wording.parse_money(wording.money(kopecks, currency=False)) == kopecks


def test_how_long_ago():
    ago = wording.ago
    assert ago(timedelta(seconds=3)) == "только что"
    assert ago(timedelta(seconds=45)) == "45 с назад"
    assert ago(timedelta(minutes=2, seconds=50)) == "2 мин назад"
    assert ago(timedelta(hours=5)) == "5 ч назад"
    assert ago(timedelta(days=3)) == "3 дня назад"
    assert ago(None) == "никогда"


def test_moments_are_as_short_as_they_can_be():
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert wording.moment(now - timedelta(minutes=1), now) == (now - timedelta(minutes=1)).astimezone().strftime(
        "%H:%M"
    )
    assert wording.moment(datetime(2026, 3, 1, 9, 0, tzinfo=UTC), now).startswith("01.03 ")
    assert "2025" in wording.moment(datetime(2025, 3, 1, 9, 0, tzinfo=UTC), now)
    assert wording.moment(None) == "—"
    assert wording.day(date(2026, 11, 21)) == "21.11.2026"


def test_spans_quantities_phones_accounts():
    assert wording.span(4.2) == "4 с"
    assert wording.span(125) == "2:05"
    assert wording.span(4200) == "1 ч 10 мин"
    assert wording.quantity("3.000") == "3"
    assert wording.quantity("2.50") == "2,5"
    assert wording.quantity("100") == "100"
    assert wording.quantity("много") == "много"
    assert wording.phone("+79161234567") == f"+7{NB}916{NB}123-45-67"
    assert wording.phone("доб. 12") == "доб. 12"
    assert wording.short_account("40702810900000004567") == "…4567"


@pytest.mark.parametrize(
    "error",
    [
        errors.Away("gui.away"),
        errors.NotAllowed("x", status=401),
        errors.NotAllowed("x", status=403),
        errors.Missing("x", status=404),
        errors.Conflicting("x", status=412),
        errors.BadReply("gui.bad_reply"),
        errors.ApiError("strange", status=500),
    ],
)
def test_every_error_has_a_sentence_even_when_the_service_sent_none(error: errors.ApiError):
    text = wording.error_text(error)
    assert text.endswith((".", ")."))
    assert any("а" <= c <= "я" for c in text)
