"""The manager's page: fifteen minutes on the service's clock, one key per result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from gui.api.fake import World
from gui.settings import Settings
from gui.store.session import Session
from gui.views.calls import CallsPage
from gui.widgets.sla_clock import left_text, paint_clock, tone_of, urgency
from tests.gui.conftest import press

CALL = "t-1005"  # delivery by the buyer himself, not yet late


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[CallsPage]:
    made = CallsPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1200, 760)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.call.task is not None, timeout=20000)
    yield made


def choose(qtbot: QtBot, page: CallsPage, name: str) -> None:
    page.table.select_row(page.model.find(name))
    qtbot.waitUntil(lambda: page.call.task is not None and page.call.task.id == name, timeout=20000)


def test_the_most_urgent_call_stands_first_and_is_chosen(page: CallsPage):
    dues = [page.model.row(n).due_at for n in range(page.model.total)]
    assert dues == sorted(dues)
    assert page.call.task is not None
    assert page.call.task.id == page.model.row(0).id


@pytest.mark.parametrize(
    ("key", "text", "state"),
    [(Qt.Key.Key_Return, "\r", "done"), (0, "т", "snoozed"), (0, "с", "done")],  # Enter, N and C on a Russian layout
)
def test_one_key_per_result(qtbot: QtBot, page: CallsPage, world: World, key: int, text: str, state: str):
    choose(qtbot, page, CALL)
    press(page.table, key, text)
    qtbot.waitUntil(lambda: world.tasks[CALL].state == state, timeout=20000)


def test_no_answer_comes_back_in_five_minutes(qtbot: QtBot, page: CallsPage, world: World):
    choose(qtbot, page, CALL)
    page.call.results["no_answer"].click()
    qtbot.waitUntil(lambda: world.tasks[CALL].attempts == 1, timeout=20000)
    assert abs(world.tasks[CALL].due - world.now() - timedelta(minutes=5)) < timedelta(seconds=10)


def test_an_agreed_delivery_carries_its_time_and_note(qtbot: QtBot, page: CallsPage, world: World):
    delivery = next(
        page.model.row(n).id
        for n in range(page.model.total)
        if page.model.row(n).delivery == "delivery" and page.model.row(n).kind == "call"
    )
    choose(qtbot, page, delivery)
    sent: list[dict[str, object]] = []
    page.call._send = lambda event, body, words: sent.append(body)  # type: ignore[method-assign]
    assert page.call.when.isVisible()
    page.call.note.setText("после шести")
    page.call.finish("agreed_delivery")
    assert sent[0]["note"] == "после шести"
    assert str(sent[0]["agreed_at"]).endswith("000Z")


def test_a_task_that_is_no_call_is_resolved(qtbot: QtBot, page: CallsPage, world: World):
    choose(qtbot, page, "t-review-1")
    assert not page.call.results["reached"].isVisible()
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: world.tasks["t-review-1"].state == "done", timeout=20000)


def test_a_colleague_has_already_rung(qtbot: QtBot, page: CallsPage, session: Session, world: World):
    choose(qtbot, page, CALL)
    world.tasks[CALL].state = "done"
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        page.call.finish("reached")
    assert "коллега" in refused.args[0].said.ru


def test_the_warehouse_sees_its_tasks_under_their_own_name(
    qtbot: QtBot, session: Session, settings: Settings, world: World
):
    world.role = "warehouse"
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.me is not None and session.me.role == "warehouse", timeout=20000)
    page = CallsPage(session, settings)
    qtbot.addWidget(page)
    assert session.me is not None
    assert page.opens_to(session.me)
    assert page.title(session.me) == "Задачи"


def test_a_task_for_another_role_can_only_be_read(qtbot: QtBot, page: CallsPage, session: Session, world: World):
    world.role = "accountant"
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.me is not None and session.me.role == "accountant", timeout=20000)
    choose(qtbot, page, CALL)
    page.call.allow()
    assert not page.call.results["reached"].isEnabled()
    assert page.call._whose.isVisible()
    assert "менеджер" in page.call._whose.text()


# --- the clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "state", "text"),
    [
        (12, "calm", "12:00"),
        (5, "hurry", "5:00"),
        (0.5, "hurry", "0:30"),
        (-0.2, "late", "опоздание 12 с"),
        (-3, "late", "опоздание 3 мин"),
        (-240, "late", "опоздание 4 ч"),
        (-2 * 24 * 60, "late", "опоздание 2 дня"),
        (130, "calm", "через 2 ч 10 мин"),
    ],
)
def test_the_clock_says_it_in_words(minutes: float, state: str, text: str):
    left = timedelta(minutes=minutes)
    assert urgency(left) == state
    assert left_text(left) == text


def test_the_three_states_differ_in_shape_and_not_only_in_colour(qtbot: QtBot):
    """Drawn in grey, no two of them are alike."""
    pictures = []
    for minutes in (12, 3, -3):
        picture = QImage(48, 48, QImage.Format.Format_ARGB32)
        picture.fill(0xFFFFFFFF)
        painter = QPainter(picture)
        paint_clock(painter, QRectF(0, 0, 48, 48), timedelta(minutes=minutes))
        painter.end()
        grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
        pictures.append([grey.pixelColor(x, y).lightness() < 200 for x in range(0, 48, 2) for y in range(0, 48, 2)])
    for one in range(3):
        for other in range(one):
            differing = sum(a != b for a, b in zip(pictures[one], pictures[other], strict=True))
            assert differing > 40
    assert len({tone_of(timedelta(minutes=m)) for m in (12, 3, -3)}) == 3
