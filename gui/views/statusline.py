"""The bottom line: how old what you see is, when the bank was last asked, and who you are."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QWidget

from gui import icons, wording
from gui.i18n import said, translate
from gui.store.session import Link, Session
from gui.theme import theme
from gui.widgets.parts import columns, label


class StatusLine(QStatusBar):
    """Follows the session; told to tick once a second."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setSizeGripEnabled(False)
        holder = QWidget()
        line: QHBoxLayout = columns(holder, gap=4)
        self._icon = QLabel()
        self.bank = label("")
        line.addSpacing(theme.px(6))
        line.addWidget(self._icon)
        line.addWidget(self.bank)
        line.addStretch(1)
        self.addWidget(holder, 1)
        self.live = label("")
        self.mode = label("")
        self.who = label("")
        for widget in (self.live, self.mode, self.who):
            self.addPermanentWidget(widget)
        for signal in (session.link_changed, session.status_changed, session.me_changed):
            signal.connect(self.refresh)
        session.events.connected.connect(self.refresh)
        session.events.disconnected.connect(self.refresh)
        theme.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        session = self.session
        tone, icon, text = self._bank()
        colour = theme.tokens.tone(tone)[0]
        self._icon.setPixmap(icons.pixmap(icon, colour, 15))
        self.bank.setText(text)
        if session.link is Link.ONLINE:
            self.live.setText(
                translate("StatusLine", "live") if session.events.is_open else translate("StatusLine", "every 15 s")
            )
        else:
            self.live.setText(translate("StatusLine", "no link"))
        status = session.status
        modes = {
            "automatic": translate("StatusLine", "release: automatic"),
            "manual": translate("StatusLine", "release: by hand"),
        }
        self.mode.setText(modes.get(status.release_mode, status.release_mode) if status else "")
        me = session.me
        self.who.setText(f"{me.user} · {role_title(me.role)}" if me else "")

    def _bank(self) -> tuple[str, str, str]:
        """Tone, icon and sentence about the link to the bank."""
        session = self.session
        status = session.status
        if session.link is Link.STARTING:
            return "idle", "clock", translate("StatusLine", "Connecting…")
        if session.link is Link.OFFLINE:
            age = wording.ago(session.age())
            return "bad", "no-link", translate("StatusLine", "No link to the service · data: {age}").format(age=age)
        if status is None or not status.bank:
            return "idle", "link", translate("StatusLine", "No bank is connected")
        link = status.bank[0]
        now = session.now()
        if link.error is not None or link.last_result == "failed":
            why = said(link.error.text) if link.error else ""
            last = wording.ago(now - link.last_good_at if link.last_good_at else None)
            words = translate("StatusLine", "No link to the bank: {why} · last good poll: {ago}")
            return "bad", "error", words.format(why=why, ago=last)
        if link.last_poll_at is None:
            return "idle", "clock", translate("StatusLine", "{bank}: not asked yet").format(bank=link.title)
        words = translate("StatusLine", "{bank} answers · asked at {time} ({ago})").format(
            bank=link.title, time=wording.clock(link.last_poll_at), ago=wording.ago(now - link.last_poll_at)
        )
        seconds = (link.next_poll_at - now).total_seconds() if link.next_poll_at is not None else 0
        if seconds >= 1:
            words += " · " + translate("StatusLine", "again in {span}").format(span=wording.span(seconds))
        return "ok", "ok", words


def role_title(role: str) -> str:
    known = {
        "accountant": translate("Roles", "accountant"),
        "warehouse": translate("Roles", "warehouse"),
        "manager": translate("Roles", "manager"),
        "it": translate("Roles", "IT"),
        "director": translate("Roles", "director"),
        "owner": translate("Roles", "owner"),
        "call_centre": translate("Roles", "call centre"),
    }
    return known.get(role, role)
