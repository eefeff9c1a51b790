"""The switch of the automatic release: what the newest back-test says stands beside it and in the question it asks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QScrollArea, QWidget

from gui.api.client import Call
from gui.api.types import Trial, TrialList
from gui.i18n import translate
from gui.models import trials
from gui.store.session import Session
from gui.theme import theme
from gui.views.confirm import ReasonDialog
from gui.views.trial import TrialReport
from gui.widgets.parts import button, columns, dress, label, rows
from gui.widgets.segments import Segments

AUTOMATIC, MANUAL = "automatic", "manual"


class SwitchOn(QDialog):
    """The question before goods leave without a person, with the figures it is decided by.

    Attributes:
        knows: the tick that is asked for when there is no back-test; None when there is one.
    """

    def __init__(self, trial: Trial | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = translate("Release", "Switch automatic release on")
        self.setWindowTitle(title)
        self.setModal(True)
        self.resize(theme.px(860 if trial else 620), theme.px(660 if trial else 360))
        box = rows(self, gap=10, margin=14)
        box.addWidget(label(title, "title"))
        box.addWidget(
            label(
                translate(
                    "Release",
                    "From then on an order goes to the warehouse by itself once its payment is proved by the bank, "
                    "identified and covers it in full. Everything else still waits for a person.",
                ),
                wrap=True,
            )
        )
        self.report = TrialReport(trial)
        box.addWidget(_scrolling(self.report), 1)
        self.knows: QCheckBox | None = None
        if trial is None:
            self.knows = QCheckBox(translate("Release", "I switch it on without a back-test"))
            self.knows.toggled.connect(lambda _: self._check())
            box.addWidget(self.knows)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("Release", "Back"), slot=self.reject))
        self.ok = button(
            translate("Release", "Switch on"), "primary" if trial else "danger", icon="check", slot=self.accept
        )
        line.addWidget(self.ok)
        box.addLayout(line)
        self._check()

    def _check(self) -> None:
        self.ok.setEnabled(self.knows is None or self.knows.isChecked())
        self.ok.setToolTip("" if self.ok.isEnabled() else translate("Release", "Tick the line above first."))


class ReportDialog(QDialog):
    """The newest back-test, for everybody who may see payments."""

    def __init__(self, trial: Trial | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Release", "Back-test"))
        self.resize(theme.px(860 if trial else 620), theme.px(620 if trial else 300))
        box = rows(self, gap=10, margin=14)
        self.report = TrialReport(trial)
        box.addWidget(_scrolling(self.report), 1)
        line = columns()
        line.addStretch(1)
        line.addWidget(button(translate("Release", "Close"), slot=self.accept))
        box.addLayout(line)


class ReleaseCard(QFrame):
    """Attributes:
    mode: the two choices; what is checked is what the service said last.
    trial: the newest back-test; None when there never was one, or it may not be seen.
    dialog: the one that is open.

    Signals:
    switched: the service has switched.
    refused: an `ApiError`.
    """

    switched = Signal()
    refused = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.session = session
        self.trial: Trial | None = None
        self.dialog: QDialog | None = None
        self._known = False
        self._call: Call | None = None
        line = columns(self, gap=14, margin=12)
        words = rows(gap=3)
        words.addWidget(label(translate("Release", "Release of goods"), "heading"))
        self.told = label("", "muted", wrap=True)
        self.why = label("", "muted", wrap=True)
        words.addWidget(self.told)
        words.addWidget(self.why)
        line.addLayout(words, 1)
        self.report = button(translate("Release", "Back-test…"), icon="file", slot=self.show_report)
        line.addWidget(self.report, 0, Qt.AlignmentFlag.AlignVCenter)
        self.mode = Segments([(AUTOMATIC, translate("Health", "Automatic")), (MANUAL, translate("Health", "By hand"))])
        self.mode.setAccessibleName(translate("Health", "Release mode"))
        self.mode.asked.connect(self.ask)
        line.addWidget(self.mode, 0, Qt.AlignmentFlag.AlignVCenter)
        self.allow()

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_mode(self, mode: str) -> None:
        self.mode.choose(mode)
        self._say()

    def reload(self) -> None:
        """Ask for the newest back-test, if this person may see payments."""
        if not self.session.may("payments.read"):
            self._known = False
            self._say()
            return
        if self._call is not None:
            self._call.cancel()
        self._call = self.session.client.get(
            "/v1/trials", TrialList, self._got, self.refused.emit, owner=self, query={"limit": 1}
        )

    def _got(self, found: TrialList) -> None:
        self.trial = found.items[0] if found.items else None
        self._known = True
        self._say()
        self.allow()

    def _say(self) -> None:
        if not self._known:
            text = translate("Release", "Whether orders with a payment beyond doubt go to the warehouse by themselves.")
        elif self.trial is None:
            text = translate("Release", "No back-test was ever made: nobody knows how much would go by itself.")
        else:
            text = f"{trials.headline(self.trial)} {trials.about(self.trial)}"
        if self.told.text() != text:
            self.told.setText(text)
        dress(self.told, tone="warn" if self._known and self.trial is None else "")

    def allow(self) -> None:
        why = trials.why_not_switch(self.session.me, online=self.session.online)
        self.mode.setEnabled(not why)
        self.mode.setToolTip(why)
        self.mode.setAccessibleDescription(why)
        self.why.setText(why)
        self.why.setVisible(bool(why) and self.session.online)
        self.report.setEnabled(self._known)
        may_read = self.session.may("payments.read")
        self.report.setToolTip("" if may_read else translate("Release", "Your role sees no payments."))

    # --- switching ---------------------------------------------------------------------------------------------------

    def show_report(self) -> None:
        self._open(ReportDialog(self.trial, self))

    def ask(self, mode: str) -> None:
        """On needs the figures and a yes, off a reason."""
        if not self.mode.isEnabled() or self.dialog is not None:
            return
        if mode == AUTOMATIC:
            self._open(SwitchOn(self.trial, self), lambda: self._switch(mode, ""))
            return
        dialog = ReasonDialog(
            translate("Release", "Switch automatic release off"),
            self.session.status.company if self.session.status else "",
            translate("Release", "Switch off"),
            self,
            consequence=translate(
                "Release",
                "From now on every order waits for a person before it goes to the warehouse. "
                "What is there already stays there.",
            ),
            prompt=translate("Release", "Why? The reason stays in the journal."),
        )
        self._open(dialog, lambda: self._switch(mode, dialog.reason))

    def _open(self, dialog: QDialog, accepted: Callable[[], None] = lambda: None) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog = dialog

        def finished(result: int) -> None:
            self.dialog = None
            if result == QDialog.DialogCode.Accepted:
                accepted()

        dialog.finished.connect(finished)
        dialog.open()

    def _switch(self, mode: str, note: str) -> None:
        body = {"mode": mode, "note": note}
        op = self.session.act("/v1/settings/release", body, None, touches=(("status", ""),), owner=self)
        op.success(lambda _: self.switched.emit()).failure(self.refused.emit).start()


def _scrolling(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(content)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
