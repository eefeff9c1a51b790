"""Somebody else was faster: who, when, and what they decided."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from gui import wording
from gui.api.errors import ApiError
from gui.i18n import language, translate
from gui.widgets.parts import frame, label, rows

# What the service says when somebody else decided first; other conflicts are about the invoices or the rule.
OVERTAKEN = ("payment.changed", "undo.not_last")


def colleague_card(error: ApiError) -> QFrame:
    """The colleague's decision, as the service names it in the conflict."""
    values = error.values
    who, what = wording.error_text(error), ""
    if values.get("by"):
        told = translate("Decision", "A colleague was faster: {who}, {when}")
        who = told.format(who=values["by"], when=values.get("when", ""))
        what = str(values.get("what" if language() == "ru" else "what_en", ""))
    card = frame("card", tone="warn")
    box = rows(card, gap=3, margin=10)
    box.addWidget(label(who, "heading", wrap=True))
    if what:
        box.addWidget(label(what, wrap=True))
    card.setObjectName("theirs")
    card.setAccessibleName(f"{who}. {what}".strip())
    return card
