"""Icon, tip, flyout, notifications, autostart, one instance."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.settings import Settings
from gui.store.session import Session
from gui.tray import autostart
from gui.tray.flyout import place
from gui.tray.icon import SIZES, tray_icon, tray_pixmap
from gui.tray.notify import Notice, Notifier, ToastDesk
from gui.tray.notify_dbus import DBusDesk, connect
from gui.tray.single import SingleInstance, hand_over
from gui.tray.state import Light, tray_state
from gui.tray.tray import Tray
from gui.widgets.toast import Toast

# The offscreen platform has no tray and says so; the tray's logic works all the same.
pytestmark = pytest.mark.qt_log_ignore(
    "systemTrayWindowChanged", "does not support raise", "does not support grabbing the keyboard", extend=True
)


class Ear:
    """A desk that only remembers."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.chosen: list[Callable[[str], None]] = []

    def show(self, notice: Notice, chosen: Callable[[str], None]) -> None:
        self.notices.append(notice)
        self.chosen.append(chosen)

    def close(self) -> None:
        self.notices.clear()


# --- states ----------------------------------------------------------------------------------------------------------


def as_role(qtbot: QtBot, session: Session, world: World, role: str) -> None:
    world.role = role
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.me is not None and session.me.role == role, timeout=20000)
    qtbot.waitUntil(lambda: session.online, timeout=20000)


def test_it_needs_you_with_a_number_and_a_sentence(session: Session):
    state = tray_state(session)
    assert state.light is Light.NEEDS_YOU
    assert state.count == session.needs.total
    assert "вас ждут" in state.sentence
    assert "7 платежей" in state.sentence
    assert "Банк опрошен 2 мин назад" in state.sentence


def test_what_only_others_can_do_needs_nobody_here(qtbot: QtBot, session: Session, world: World):
    for task in world.tasks.values():
        task.state = "done"
    for pick in world.picks.values():
        pick.state = "closed"
    as_role(qtbot, session, world, "warehouse")
    state = tray_state(session)
    assert state.light is Light.OK
    assert state.count == 0


@pytest.mark.parametrize("word", ["ok", "working", "needs_you", "offline", "failed"])
def test_every_state_of_the_service_has_its_light(qtbot: QtBot, session: Session, word: str):
    from dataclasses import replace

    session.status = replace(session.status, state=word)  # type: ignore[type-var]
    assert tray_state(session).light.value == word


def test_a_state_of_a_newer_service_is_read_from_the_facts(session: Session):
    from dataclasses import replace

    session.status = replace(session.status, state="half_moon")  # type: ignore[type-var]
    assert tray_state(session).light is Light.NEEDS_YOU


def test_a_bank_that_is_away_is_named(qtbot: QtBot, session: Session, world: World):
    world.poll("failed")
    qtbot.waitUntil(lambda: session.status is not None and session.status.state == "failed", timeout=20000)
    assert "Банк не отвечает" in tray_state(session).sentence


def test_a_lost_service_is_offline_and_never_green(qtbot: QtBot, session: Session, daemon: FakeDaemon):
    daemon.stop()
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    state = tray_state(session)
    assert state.light is Light.OFFLINE
    assert "не отвечает" in state.sentence


def grey_shape(light: Light, count: int, size: int) -> list[bool]:
    picture = tray_pixmap(light, count, size).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    flat = QImage(size, size, QImage.Format.Format_ARGB32)
    flat.fill(0xFFFFFFFF)
    from PySide6.QtGui import QPainter

    painter = QPainter(flat)
    painter.drawImage(0, 0, picture)
    painter.end()
    return [flat.pixelColor(x, y).lightness() < 128 for y in range(size) for x in range(size)]


@pytest.mark.parametrize("size", [16, 22, 32, 64])
def test_the_five_states_differ_in_shape_without_any_colour(qtbot: QtBot, size: int):
    shapes = {light: grey_shape(light, 3, size) for light in Light}
    for one in Light:
        for other in Light:
            if one is not other:
                differing = sum(a != b for a, b in zip(shapes[one], shapes[other], strict=True))
                assert differing / (size * size) > 0.025, (one, other)


def test_the_number_is_part_of_the_picture(qtbot: QtBot):
    assert grey_shape(Light.NEEDS_YOU, 1, 32) != grey_shape(Light.NEEDS_YOU, 2, 32)
    assert grey_shape(Light.NEEDS_YOU, 9, 32) != grey_shape(Light.NEEDS_YOU, 12, 32)
    sizes = tray_icon(Light.NEEDS_YOU, 120).availableSizes()
    assert sorted({s.width() for s in sizes}) == list(SIZES)


# --- tray and flyout -------------------------------------------------------------------------------------------------


@pytest.fixture
def tray(qtbot: QtBot, session: Session, settings: Settings, home: Path) -> Iterator[Tray]:
    made = Tray(session, settings, Ear(), home)
    made.show()
    yield made
    made.close()


def test_picture_and_tip_follow_the_service(qtbot: QtBot, tray: Tray, world: World):
    assert tray.icon.isVisible()
    assert tray.state is not None
    before = tray.state.count
    assert tray.icon.toolTip() == tray.state.sentence
    world.pay("1062")
    qtbot.waitUntil(lambda: tray.state is not None and tray.state.count == before + 1, timeout=20000)


def open_flyout(qtbot: QtBot, tray: Tray) -> None:
    tray._activated(QSystemTrayIcon.ActivationReason.Trigger)
    assert tray.flyout.isVisible()
    qtbot.waitUntil(lambda: len(tray.flyout.item_rows()) == 6, timeout=20000)


def test_one_click_shows_what_waits_with_a_button_each(qtbot: QtBot, tray: Tray):
    open_flyout(qtbot, tray)
    rows = tray.flyout.item_rows()
    assert {r.item.kind for r in rows} == {"payment", "order", "call", "pick", "alarm"}
    assert len({r.item.id for r in rows}) == 6
    tray._activated(QSystemTrayIcon.ActivationReason.Trigger)
    assert not tray.flyout.isVisible()


def test_only_what_agrees_and_has_nothing_against_it_is_one_click_away(qtbot: QtBot, tray: Tray, world: World):
    for name in ("p-017", "p-014", "p-013", "p-010"):
        world.payments[name].state = "not_ours"
    world.tell("payment")
    open_flyout(qtbot, tray)

    def offered() -> list[str]:
        return [r.item.id for r in tray.flyout.item_rows() if r.item.kind == "payment" and r.item.action]

    qtbot.waitUntil(lambda: bool(offered()), timeout=20000)
    shown = [r.item.id for r in tray.flyout.item_rows() if r.item.kind == "payment"]
    assert "p-016" in shown, "a third party pays: it is shown, and looked at before it is accepted"
    assert offered() == ["p-015"]
    next(r for r in tray.flyout.item_rows() if r.item.id == "p-015").button.click()
    qtbot.waitUntil(lambda: world.payments["p-015"].state == "manual", timeout=20000)
    qtbot.waitUntil(lambda: "p-015" not in [r.item.id for r in tray.flyout.item_rows()], timeout=20000)
    assert tray.session.undo.top is not None, "and Ctrl+Z takes it back"


def test_orders_that_want_this_persons_signature_are_counted_and_shown(
    qtbot: QtBot, tray: Tray, session: Session, world: World
):
    def waiting() -> list[str]:
        return [r.item.id for r in tray.flyout.item_rows() if r.item.kind == "order"]

    wanted = [o for o in world.outgoing.values() if o.state in ("draft", "waiting_approval")]
    mine = [o.id for o in wanted if world.user not in o.approved_by]
    assert session.needs.to_sign == len(mine)
    assert f"{len(mine)} поручени" in tray_state(session).sentence and "на подпись" in tray_state(session).sentence
    open_flyout(qtbot, tray)
    qtbot.waitUntil(lambda: bool(waiting()), timeout=20000)
    row = next(r for r in tray.flyout.item_rows() if r.item.kind == "order")
    assert row.item.id in mine and not row.item.action, "an order is read before it is signed"
    with qtbot.waitSignal(tray.go) as gone:
        row.open_button.click()
    assert gone.args == ["bank", row.item.id]
    before = tray_state(session).count
    with world.lock:
        for order in wanted:
            order.approved_by.append(world.user)
            world.tell("outgoing", order.id)
    qtbot.waitUntil(lambda: session.needs.to_sign == 0, timeout=20000)
    assert tray_state(session).count == before - len(mine)
    open_flyout_anew(qtbot, tray)
    qtbot.waitUntil(lambda: not waiting(), timeout=20000)


@pytest.mark.parametrize("role", ["manager", "warehouse", "it"])
def test_who_signs_nothing_hears_of_no_order(qtbot: QtBot, tray: Tray, session: Session, world: World, role: str):
    as_role(qtbot, session, world, role)
    qtbot.waitUntil(lambda: session.needs.to_sign == 0, timeout=20000)
    assert "на подпись" not in tray_state(session).sentence
    open_flyout_anew(qtbot, tray)
    assert not [r for r in tray.flyout.item_rows() if r.item.kind == "order"]


def open_flyout_anew(qtbot: QtBot, tray: Tray) -> None:
    """Open it, and have it gather what waits by now."""
    tray._activated(QSystemTrayIcon.ActivationReason.Trigger)
    assert tray.flyout.isVisible()
    with qtbot.waitSignal(tray.flyout.news.changed, timeout=5000, raising=False):
        tray.flyout.news.refresh()


def test_a_row_opens_the_window_on_it(qtbot: QtBot, tray: Tray):
    open_flyout(qtbot, tray)
    row = tray.flyout.item_rows()[0]
    with qtbot.waitSignal(tray.go) as gone:
        row.open_button.click()
    assert gone.args == [row.item.page, row.item.id]
    assert not tray.flyout.isVisible()


def test_offline_the_flyout_says_so(qtbot: QtBot, tray: Tray, session: Session, daemon: FakeDaemon):
    daemon.stop()
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    tray._activated(QSystemTrayIcon.ActivationReason.Trigger)
    assert "не отвечает" in tray.flyout._title.text()
    assert tray.flyout.item_rows() == []


def test_the_flyout_stays_on_the_screen(qtbot: QtBot):
    area = QGuiApplication.primaryScreen().availableGeometry()
    size = QSize(430, 300)
    for near in (
        QRect(area.right() - 20, area.bottom() - 20, 22, 22),
        QRect(0, 0, 22, 22),
        QRect(area.right() - 5, 0, 22, 22),
        QRect(),
    ):
        spot = QRect(place(near, size), size)
        assert area.contains(spot), near


def test_the_menu_has_switches_that_are_remembered(qtbot: QtBot, tray: Tray, settings: Settings):
    tray._fill_menu()
    texts = [a.text() for a in tray.menu.actions()]
    assert {"Открыть Kvit", "Опросить банк", "Уведомления", "Запускать вместе с компьютером", "Выйти"} <= set(texts)
    kinds = next(a.menu() for a in tray.menu.actions() if a.text() == "Уведомления")
    kinds.actions()[0].trigger()
    assert not settings.notifies("payments")
    assert settings.notifies("calls")
    kinds.actions()[-1].trigger()
    assert settings.quiet_hours is not None
    with qtbot.waitSignal(tray.quit_asked):
        tray.menu.actions()[-1].trigger()


# --- notifications ---------------------------------------------------------------------------------------------------


def notifier_of(session: Session, settings: Settings, ear: Ear, **more: Any) -> Notifier:
    return Notifier(session, settings, ear, session, **more)


def test_at_the_start_one_sentence_and_then_only_what_is_new(
    qtbot: QtBot, session: Session, settings: Settings, world: World
):
    ear = Ear()
    notifier = notifier_of(session, settings, ear)
    session.load_status()
    qtbot.waitUntil(lambda: bool(ear.notices) and notifier._payments is not None, timeout=20000)
    told = lambda: [n for n in ear.notices if n.kind == "payments"]  # noqa: E731 - asked four times
    assert len(told()) == 1
    assert "7 платежей" in told()[0].text
    world.pay("1063", amount=123_456)
    qtbot.waitUntil(lambda: len(told()) == 2, timeout=20000)
    assert "1\u00a0234,56" in told()[1].title
    with qtbot.waitSignal(notifier.go) as gone:
        ear.chosen[ear.notices.index(told()[1])]("open")
    assert gone.args[0] == "payments"
    session.load_status()
    qtbot.wait(100)
    assert len(told()) == 2, "nothing is told twice"


def test_a_heap_of_payments_is_summed_up(qtbot: QtBot, session: Session, settings: Settings, world: World):
    ear = Ear()
    notifier = notifier_of(session, settings, ear)
    session.load_status()
    qtbot.waitUntil(lambda: notifier._payments is not None, timeout=20000)
    qtbot.wait(100)
    ear.notices.clear()
    with world.lock:
        for number in range(1056, 1064):
            world.pay(str(number))
    qtbot.waitUntil(lambda: any("И ещё 5 платежей" in n.text for n in ear.notices), timeout=20000)
    assert len(ear.notices) == 4


def test_alarms_come_even_in_quiet_hours_and_the_rest_is_counted(
    qtbot: QtBot, session: Session, settings: Settings, world: World
):
    settings.quiet_hours = (time(20, 0), time(8, 0))
    now = [datetime(2026, 11, 21, 23, 30).astimezone()]
    ear = Ear()
    notifier = notifier_of(session, settings, ear, clock=lambda: now[0])
    session.load_status()
    qtbot.waitUntil(lambda: notifier._payments is not None, timeout=20000)
    world.pay("1063")
    qtbot.waitUntil(lambda: notifier._held == 2, timeout=20000)
    assert ear.notices == []
    world.raise_alarm("bank.signature_invalid", "Подпись не сходится", "The signature does not fit")
    qtbot.waitUntil(lambda: len(ear.notices) == 2, timeout=20000)
    assert "2 сообщения" in ear.notices[0].text
    assert ear.notices[1].title == "Подпись не сходится"


def test_a_switched_off_kind_is_silent(qtbot: QtBot, session: Session, settings: Settings, world: World):
    settings.set_notifies("payments", False)
    ear = Ear()
    notifier = notifier_of(session, settings, ear)
    session.load_status()
    qtbot.waitUntil(lambda: notifier._payments is not None, timeout=20000)
    world.pay("1063")
    qtbot.wait(300)
    assert [n for n in ear.notices if n.kind == "payments"] == []


def test_a_call_that_is_due_soon_is_told_once(qtbot: QtBot, session: Session, settings: Settings, world: World):
    world.tasks["t-1005"].due = world.now() + timedelta(minutes=4)
    ear = Ear()
    notifier = notifier_of(session, settings, ear)
    session.load_status()
    qtbot.waitUntil(lambda: any(n.kind == "calls" for n in ear.notices), timeout=20000)
    notifier.look_at_calls()
    qtbot.wait(200)
    assert sum(n.kind == "calls" and n.target[1] == "t-1005" for n in ear.notices) == 1


def test_the_warehouse_hears_of_new_lists(qtbot: QtBot, session: Session, settings: Settings, world: World):
    as_role(qtbot, session, world, "warehouse")
    ear = Ear()
    notifier = notifier_of(session, settings, ear)
    session.load_status()
    qtbot.waitUntil(lambda: notifier._picks is not None, timeout=20000)
    world.allocate("p-016", [["o-1026", world.payments["p-016"].amount]], by="бухгалтер")
    qtbot.waitUntil(lambda: any(n.kind == "picks" and "1026" in n.title for n in ear.notices), timeout=20000)


def test_a_lost_service_is_told_once_and_its_absence_at_start_is_not(
    qtbot: QtBot, session: Session, settings: Settings, daemon: FakeDaemon
):
    ear = Ear()
    notifier = notifier_of(session, settings, ear)
    notifier._link()
    daemon.stop()
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more
    qtbot.waitUntil(lambda: any(n.kind == "link" for n in ear.notices), timeout=20000)
    qtbot.wait(200)
    assert sum(n.kind == "link" for n in ear.notices) == 1


def test_toasts_stack_and_go_by_themselves(qtbot: QtBot):
    desk = ToastDesk()
    heard: list[str] = []
    for number in range(5):
        desk.show(
            Notice("payments", "warn", f"Платёж {number}", "текст", ("payments", ""), (("open", "Решить"),)),
            heard.append,
        )
    assert len(desk.stack.toasts) == 3
    tops = [t.y() for t in desk.stack.toasts]
    assert tops == sorted(tops)
    area = QGuiApplication.primaryScreen().availableGeometry()
    assert all(area.contains(t.geometry()) for t in desk.stack.toasts)
    from PySide6.QtWidgets import QPushButton

    toast = desk.stack.toasts[-1]
    next(b for b in toast.findChildren(QPushButton) if b.text() == "Решить").click()
    assert heard == ["open"]
    assert len(desk.stack.toasts) == 2
    desk.close()
    assert desk.stack.toasts == []


def test_a_toast_under_the_mouse_waits(qtbot: QtBot):
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QEnterEvent

    toast = Toast("info", "Заголовок", "Текст", shown_ms=50)
    toast.start()
    toast.enterEvent(QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(1, 1)))
    qtbot.wait(120)
    assert toast.isVisible()
    with qtbot.waitSignal(toast.gone, timeout=2000):
        toast.leaveEvent(QEvent(QEvent.Type.Leave))


class Bus:
    """A session bus whose notification server presses the first button at once."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.news: queue.Queue[Any] = queue.Queue()
        self.closed = False

    def send_and_get_reply(self, message: Any, timeout: float | None = None) -> Any:
        self.sent.append(message.body)
        from jeepney import HeaderFields, MessageType

        header = SimpleNamespace(message_type=MessageType.signal, fields={HeaderFields.member: "ActionInvoked"})
        self.news.put(SimpleNamespace(header=header, body=(77, "open")))
        return SimpleNamespace(body=(77,))

    def receive(self, timeout: float | None = None) -> Any:
        try:
            return self.news.get(timeout=timeout)
        except queue.Empty as empty:
            raise TimeoutError from empty

    def close(self) -> None:
        self.closed = True


def test_the_desktops_own_notification_carries_buttons_and_hears_them(qtbot: QtBot):
    pytest.importorskip("jeepney", reason="the D-Bus library is for Linux only")
    bus, heard = Bus(), []
    desk = DBusDesk(bus, Ear())
    desk.show(Notice("payments", "bad", "Платёж", "текст", ("payments", "p"), (("open", "Решить"),)), heard.append)
    qtbot.waitUntil(lambda: heard == ["open"], timeout=20000)
    name, _, _, title, text, actions, hints, _ = bus.sent[0]
    assert (name, title, text) == ("Kvit", "Платёж", "текст")
    assert actions == ["default", "Платёж", "open", "Решить"]
    assert hints["urgency"] == ("y", 2)
    desk.close()
    assert bus.closed


def test_without_a_bus_our_own_toasts_are_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    ear = Ear()
    assert connect(ear) is ear
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    assert connect(ear) is ear


# --- autostart, one instance -----------------------------------------------------------------------------------------


@pytest.mark.skipif("sys.platform == 'win32'", reason="a .desktop file is for Linux")
def test_autostart_writes_and_removes_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert not autostart.is_on()
    autostart.switch(True, Path("/srv/kvit home"))
    assert autostart.is_on()
    text = autostart.desktop_file().read_text(encoding="utf-8")
    assert "--hidden" in text
    assert "'/srv/kvit home'" in text
    autostart.switch(False)
    assert not autostart.is_on()
    autostart.switch(False)


def test_a_second_start_shows_the_first(qtbot: QtBot, tmp_path: Path):
    assert not hand_over(tmp_path)
    first = SingleInstance(tmp_path)
    assert first.listening
    with qtbot.waitSignal(first.shown, timeout=20000) as shown:
        assert hand_over(tmp_path, "picks")
    assert shown.args == ["picks"]
    assert not hand_over(tmp_path / "another home")
    first.close()
    assert not hand_over(tmp_path)


def test_quiet_hours_go_over_midnight(settings: Settings):
    settings.quiet_hours = (time(20, 0), time(8, 0))
    assert settings.is_quiet(time(23, 0))
    assert settings.is_quiet(time(7, 59))
    assert not settings.is_quiet(time(12, 0))
    settings.quiet_hours = (time(12, 0), time(13, 0))
    assert settings.is_quiet(time(12, 30))
    assert not settings.is_quiet(time(20, 0))
    settings.quiet_hours = None
    assert not settings.is_quiet(time(23, 0))


def test_nothing_is_placed_at_a_negative_point(qtbot: QtBot):
    assert place(QRect(QPoint(-500, -500), QSize(2, 2)), QSize(400, 300)).x() >= 0
