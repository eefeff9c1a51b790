"""Polls, dead letters and messages as small tables, and the words for their states."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.cells import Pill
from gui.i18n import said, translate
from gui.models.columns import Column
from gui.models.table import RowsModel


def poll_pill(result: str) -> Pill:
    known = {
        "nothing_new": Pill(translate("Health", "nothing new"), "idle", "check"),
        "new": Pill(translate("Health", "new messages"), "ok", "plus"),
        "failed": Pill(translate("Health", "failed"), "bad", "error"),
        "never": Pill(translate("Health", "not yet"), "idle", "clock"),
    }
    return known.get(result, Pill(result, "idle", "flag"))


def component_pill(state: str) -> Pill:
    known = {
        "ok": Pill(translate("Health", "in order"), "ok", "ok"),
        "warning": Pill(translate("Health", "look at it"), "warn", "warning"),
        "error": Pill(translate("Health", "broken"), "bad", "error"),
    }
    return known.get(state, Pill(state, "idle", "flag"))


def message_pill(state: str) -> Pill:
    known = {
        "refused": Pill(translate("Health", "refused"), "bad", "shield-off"),
        "proved": Pill(translate("Health", "proved"), "ok", "shield"),
        "parsed": Pill(translate("Health", "read"), "ok", "check"),
        "stored": Pill(translate("Health", "stored"), "idle", "file"),
    }
    return known.get(state, Pill(state, "idle", "flag"))


def polls(parent: QObject | None = None) -> RowsModel:
    return RowsModel(
        [
            Column("at", lambda: translate("Health", "Time"), lambda p: wording.moment(p.at), width=11),
            Column("channel", lambda: translate("Health", "Channel"), lambda p: p.channel, width=18),
            Column(
                "result",
                lambda: translate("Health", "Result"),
                lambda p: poll_pill(p.result).text,
                paint="pill",
                pill=lambda p: poll_pill(p.result),
                width=19,
            ),
            Column("files", lambda: translate("Health", "Files"), lambda p: str(p.files or ""), width=8, right=True),
            Column(
                "ms",
                lambda: translate("Health", "Took"),
                lambda p: (
                    "—" if p.duration_ms is None else translate("Health", "{n} ms").format(n=round(p.duration_ms))
                ),
                width=10,
                right=True,
            ),
            Column("error", lambda: translate("Health", "Error"), lambda p: p.error_code or "", width=0),
        ],
        parent,
    )


def dead_letters(parent: QObject | None = None) -> RowsModel:
    return RowsModel(
        [
            Column("topic", lambda: translate("Health", "Where to"), lambda d: d.topic, paint="strong", width=16),
            Column("key", lambda: translate("Health", "What"), lambda d: d.key, width=14),
            Column("attempts", lambda: translate("Health", "Tries"), lambda d: str(d.attempts), width=7, right=True),
            Column("at", lambda: translate("Health", "Since"), lambda d: wording.moment(d.created_at), width=12),
            Column(
                "error",
                lambda: translate("Health", "Error"),
                lambda d: d.last_error,
                width=0,
                tip=lambda d: d.last_error,
            ),
        ],
        parent,
    )


def messages(parent: QObject | None = None) -> RowsModel:
    return RowsModel(
        [
            Column("at", lambda: translate("Health", "Received"), lambda m: wording.moment(m.received_at), width=12),
            Column("reference", lambda: translate("Health", "Message"), lambda m: m.reference or m.id, width=15),
            Column("kind", lambda: translate("Health", "Kind"), lambda m: m.kind, width=11),
            Column(
                "state",
                lambda: translate("Health", "State"),
                lambda m: message_pill(m.state).text,
                paint="pill",
                pill=lambda m: message_pill(m.state),
                width=16,
            ),
            Column(
                "reason",
                lambda: translate("Health", "Why"),
                lambda m: said(m.why),
                width=0,
                tip=lambda m: said(m.why),
            ),
        ],
        parent,
    )
