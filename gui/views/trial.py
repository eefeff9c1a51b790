"""The back-test on the screen: figures, what would have gone to a person and why, what could be improved."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QWidget

from gui import wording
from gui.api.types import Tally, Trial
from gui.i18n import said, translate
from gui.models import trials
from gui.theme import theme
from gui.widgets.parts import button, columns, frame, label, rows
from gui.widgets.tableview import ROW_HEIGHT, TableView

ADVICE = 3
"""Pieces of advice that are shown."""


class TrialReport(QWidget):
    """One back-test, or that there never was one and how to make it."""

    def __init__(self, trial: Trial | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trial = trial
        self._box = rows(self, gap=9)
        if trial is None:
            self._never()
        else:
            self._report(trial)

    def _never(self) -> None:
        card = frame("card", tone="warn")
        stack = rows(card, gap=6, margin=11)
        stack.addWidget(label(translate("Trial", "No back-test was ever made here."), "heading", wrap=True))
        stack.addWidget(
            label(
                translate(
                    "Trial",
                    "A back-test tries the matcher on past statements and invoices, changes nothing, and says how much "
                    "would have gone without a person. Ask IT to run it with your files:",
                ),
                wrap=True,
            )
        )
        stack.addWidget(label(trials.COMMAND, "mono", wrap=True, select=True))
        line = columns(gap=8)
        line.addWidget(button(translate("Trial", "Copy the command"), icon="copy", slot=_copy_command))
        line.addStretch(1)
        stack.addLayout(line)
        self._box.addWidget(card)

    def _report(self, trial: Trial) -> None:
        self._box.addWidget(label(trials.headline(trial), "heading", wrap=True))
        self._box.addWidget(label(trials.about(trial), "muted", wrap=True, select=True))
        for remark in trials.remarks(trial):
            self._box.addWidget(label(f"⚠ {remark}", wrap=True, tone="warn"))
        line = columns(gap=8)
        line.addWidget(_figure(translate("Trial", "without a person"), trial.auto, trial.auto.share_of_count, "ok"))
        line.addWidget(_figure(translate("Trial", "to a person"), trial.person, trial.person.share_of_count, "warn"))
        line.addWidget(
            _figure(translate("Trial", "sent again by the bank"), trial.duplicate, trial.duplicate.share_of_count, "")
        )
        self._box.addLayout(line)
        self._box.addWidget(
            label(
                translate("Trial", "Invoices released without a person: {count}, {amount}.").format(
                    count=trials.grouped(trial.released.count), amount=wording.money(trial.released.amount)
                ),
                wrap=True,
            )
        )
        self._box.addWidget(
            label(
                translate(
                    "Trial",
                    "Whether each of these decisions would have been right, no back-test can know: look through some "
                    "in the file of decisions it has written.",
                ),
                "muted",
                wrap=True,
            )
        )
        self._to_a_person(trial)
        for advice in trial.advice[:ADVICE]:
            self._box.addWidget(label(f"→ {said(advice.text)}", wrap=True))
        self._box.addStretch(1)

    def _to_a_person(self, trial: Trial) -> None:
        name = translate("Trial", "To a person, and why")
        self._box.addWidget(label(name, "section"))
        if trial.suggested:
            helped = translate("Trial", "With a suggestion, where one key is enough: {n}.")
            self._box.addWidget(label(helped.format(n=trials.grouped(trial.suggested)), "muted", wrap=True))
        table = TableView(name)
        table.empty_text = translate("Trial", "Nothing would have gone to a person.")
        model = trials.outcomes(self)
        shown: list[Any] = model.columns
        table.show_model(model, shown)
        told = [outcome for outcome in trial.outcomes if outcome.decision == "person"]
        model.show(told)
        # As high as its rows: the report scrolls as a whole.
        table.setFixedHeight(theme.px(ROW_HEIGHT * (max(len(told), 1) + 1.5)))
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table = table
        self._box.addWidget(table)


def _figure(title: str, part: Tally, share: float, tone: str) -> QFrame:
    card = frame("card", tone=tone)
    stack = rows(card, gap=1, margin=9)
    stack.addWidget(label(trials.percent(share), "sum"))
    stack.addWidget(label(title, "muted", wrap=True))
    stack.addWidget(label(trials.tally(part), "small", wrap=True))
    return card


def _copy_command() -> None:
    QGuiApplication.clipboard().setText(trials.COMMAND)
