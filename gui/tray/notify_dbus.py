"""Notifications of a Linux desktop over D-Bus, with buttons.

PySide6's own QtDBus cannot send the unsigned integer the call needs, so jeepney speaks instead, in one thread: the
answer to a button comes only to the connection that sent the message, which therefore must stay and listen.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from gui.tray.notify import Desk, Notice

PATH, NAME = "/org/freedesktop/Notifications", "org.freedesktop.Notifications"
SHOWN_MS = 9_000
_URGENCY = {"info": 0, "ok": 0, "warn": 1, "bad": 2}


class DBusDesk(QObject):
    """Shows notices through the session bus.

    Signals:
        pressed: (number of our notice, action's key), from the listening thread to the GUI's.
    """

    pressed = Signal(int, str)

    def __init__(self, connection: Any, fallback: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection = connection
        self._fallback = fallback
        self._jobs: queue.Queue[tuple[int, Notice] | None] = queue.Queue()
        self._chosen: dict[int, Callable[[str], None]] = {}
        self._number = 0
        self.pressed.connect(self._on_pressed)
        self._thread = threading.Thread(target=self._run, name="kvit-notify", daemon=True)
        self._thread.start()

    def show(self, notice: Notice, chosen: Callable[[str], None]) -> None:
        if not self._thread.is_alive():
            self._fallback.show(notice, chosen)
            return
        self._number += 1
        self._chosen[self._number] = chosen
        self._jobs.put((self._number, notice))

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join(2)
        self._fallback.close()

    def _on_pressed(self, number: int, key: str) -> None:
        chosen = self._chosen.pop(number, None)
        if chosen is not None:
            chosen("open" if key == "default" else key)

    # --- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        numbers: dict[int, int] = {}  # the desktop's id → ours
        with contextlib.closing(self._connection) as connection:
            while True:
                try:
                    job = self._jobs.get(timeout=0.2)
                except queue.Empty:
                    job = (0, None)  # type: ignore[assignment]  # nothing to send, only to listen
                if job is None:
                    return
                try:
                    if job[1] is not None:
                        numbers[self._notify(connection, job[1])] = job[0]
                    self._listen(connection, numbers)
                except OSError:
                    return

    def _notify(self, connection: Any, notice: Notice) -> int:
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(PATH, bus_name=NAME, interface=NAME)
        actions = ["default", notice.title]
        for key, words in notice.actions:
            actions += [key, words]
        hints = {"urgency": ("y", _URGENCY.get(notice.tone, 1)), "desktop-entry": ("s", "kvit-tray")}
        body = ("Kvit", 0, "", notice.title, notice.text, actions, hints, SHOWN_MS)
        call = new_method_call(address, "Notify", "susssasa{sv}i", body)
        reply = connection.send_and_get_reply(call, timeout=5)
        return int(reply.body[0])

    def _listen(self, connection: Any, numbers: dict[int, int]) -> None:
        from jeepney import HeaderFields, MessageType

        while True:
            try:
                message = connection.receive(timeout=0.05)
            except TimeoutError:
                return
            if message.header.message_type is not MessageType.signal:
                continue
            member = message.header.fields.get(HeaderFields.member)
            if member == "ActionInvoked" and message.body[0] in numbers:
                self.pressed.emit(numbers[message.body[0]], str(message.body[1]))


def connect(fallback: Desk) -> Desk:
    """The desktop's notifications where they can show buttons, else `fallback`."""
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return fallback
    try:
        from jeepney import DBusAddress, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        connection = open_dbus_connection(bus="SESSION")
        try:
            address = DBusAddress(PATH, bus_name=NAME, interface=NAME)
            reply = connection.send_and_get_reply(new_method_call(address, "GetCapabilities"), timeout=1)
            able = reply.header.message_type.name == "method_return" and "actions" in reply.body[0]
        except BaseException:
            connection.close()
            raise
        if able:
            return DBusDesk(connection, fallback)
        connection.close()
    except (ImportError, OSError, TimeoutError, KeyError, IndexError):
        return fallback
    return fallback
