"""The closing of a period: the day, how far it is, and a stop; what is done is done, the rest waits."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QDateEdit, QDialog, QFrame, QProgressBar, QWidget

from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Period
from gui.i18n import translate
from gui.models import settlement as words
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import button, columns, dress, label, rows

WATCH_MS = 700


class PeriodDialog(QDialog):
    """Until which day, and whether statements are sent at once."""

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Settlement", "Close a period"))
        self.setModal(True)
        self.setMinimumWidth(theme.px(430))
        box = rows(self, gap=9, margin=14)
        box.addWidget(label(translate("Settlement", "Close a period"), "heading"))
        box.addWidget(
            label(
                translate(
                    "Settlement",
                    "Every party gets a statement of the lines up to this day. What was put into a statement before "
                    "stays there.",
                ),
                wrap=True,
            )
        )
        last = today.replace(day=1) - timedelta(days=1)
        line = columns(gap=8)
        line.addWidget(label(translate("Settlement", "Up to and including"), "muted"))
        self.until = QDateEdit(QDate(last.year, last.month, last.day))
        self.until.setDisplayFormat("dd.MM.yyyy")
        self.until.setCalendarPopup(True)
        self.until.setMaximumDate(QDate(today.year, today.month, today.day).addDays(-1))
        self.until.setAccessibleName(translate("Settlement", "Last day of the period"))
        line.addWidget(self.until)
        line.addStretch(1)
        box.addLayout(line)
        self.send = QCheckBox(translate("Settlement", "Send the statements to the parties at once"))
        self.send.setAccessibleName(self.send.text())
        self.send.setChecked(True)
        box.addWidget(self.send)
        foot = columns(gap=8)
        foot.addStretch(1)
        foot.addWidget(button(translate("Settlement", "Back"), slot=self.reject))
        self.ok = button(translate("Settlement", "Close it"), "primary", icon="check", slot=self.accept)
        foot.addWidget(self.ok)
        box.addLayout(foot)


class PeriodStrip(QFrame):
    """Shown while a period is being closed, and after it until it is put away.

    Signals:
    ended: it is over, one way or another.
    refused: an `ApiError`.
    """

    ended = Signal()
    refused = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.session = session
        self.period = Period()
        self._call: Call | None = None
        line = columns(self, gap=10, margin=8)
        self.told = label("", wrap=True)
        line.addWidget(self.told, 1)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(translate("Settlement", "How far the closing is"))
        self.bar.setFixedWidth(theme.px(220))
        self.bar.setTextVisible(False)
        line.addWidget(self.bar)
        self.stop = button(translate("Settlement", "Stop"), "danger", icon="cross", slot=self.ask_stop)
        line.addWidget(self.stop)
        self.away = button("", "ghost", icon="cross", slot=self.hide, name=translate("Settlement", "Put it away"))
        line.addWidget(self.away)
        self._watch = QTimer(self, singleShot=True, interval=WATCH_MS)
        self._watch.timeout.connect(self.look)
        self.hide()

    def look(self) -> None:
        """Ask how far it is."""
        if not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()
        self._call = self.session.client.get("/v1/settlement/period", Period, self._got, owner=self)

    def begin(self, until: str, *, send: bool) -> None:
        op = self.session.act("/v1/settlement/period", {"until": until, "send": send}, Period, owner=self)
        op.success(self._got).failure(self.refused.emit).start()

    def ask_stop(self) -> None:
        """Stop after the party it is at."""
        self.stop.setEnabled(False)

        def failed(error: ApiError) -> None:
            self.stop.setEnabled(True)
            self.refused.emit(error)

        op = self.session.act("/v1/settlement/period/stop", {}, Period, owner=self)
        op.success(self._got).failure(failed).start()

    def _got(self, period: Period) -> None:
        was, self.period = self.period, period
        self.told.setText(words.period_words(period))
        tone = {"failed": "bad", "stopped": "warn", "done": "ok"}.get(period.state, "info")
        dress(self, tone=tone)
        self.setAccessibleName(self.told.text())
        running = period.running
        sending = period.state == "sending"
        whole = period.statements if sending else period.of
        self.bar.setRange(0, whole)
        self.bar.setValue(period.sent if sending else period.done)
        self.bar.setVisible(running)
        me = self.session.me
        self.stop.setVisible(running and me is not None and me.may("settlement.work"))
        self.stop.setEnabled(running)
        self.away.setVisible(not running)
        if running:
            self.setVisible(True)
            self._watch.start()
        elif was.running or (period.state == "failed" and was.state != "failed"):
            self.setVisible(True)
            self.ended.emit()

    def keep_quiet(self) -> None:
        """Without a link nothing can be stopped."""
        self.stop.setEnabled(self.session.online and self.period.running)
        if self.session.online and self.period.running:
            self._watch.start()


DAY = Qt.DateFormat.ISODate
"""How a day goes to the service."""
