"""Lists of parcels from files: what becomes of their rows, in words; and the morning report as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from PySide6.QtCore import QObject

from gui import wording
from gui.api.types import Intake, IntakeRow, TroubledParcel
from gui.cells import Pill
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models.columns import Column
from gui.models.parcels import track_words
from gui.models.table import RowsModel

OUTCOMES = ("taken", "warned", "changed", "known", "refused")
TROUBLES = ("stuck", "storage_ends", "returning", "maybe_waiting", "never_known", "cod_missing")
LARGEST = 8 * 1024 * 1024
"""Bytes of a file the service takes."""
_LOOK: dict[str, tuple[str, str]] = {
    "taken": ("ok", "check"),
    "warned": ("warn", "warning"),
    "changed": ("info", "pen"),
    "known": ("idle", "flag"),
    "refused": ("bad", "error"),
}


def outcome_title(outcome: str) -> str:
    titles = {
        "": translate("ParcelImport", "All rows"),
        "taken": translate("ParcelImport", "Taken in"),
        "warned": translate("ParcelImport", "Taken in, look at it"),
        "changed": translate("ParcelImport", "Filled in"),
        "known": translate("ParcelImport", "Known before"),
        "refused": translate("ParcelImport", "Refused"),
    }
    return titles.get(outcome, outcome)


def outcome_count(intake: Intake, outcome: str) -> int:
    """Rows with this outcome; all that are done for ""."""
    found = {
        "taken": intake.taken,
        "warned": intake.warned,
        "changed": intake.changed,
        "known": intake.known,
        "refused": intake.refused,
    }
    return found.get(outcome, intake.done)


def outcome_pill(row: IntakeRow) -> Pill:
    tone, icon = _LOOK.get(row.outcome, ("info", "flag"))
    return Pill(outcome_title(row.outcome), tone, icon)


def remarks(row: IntakeRow) -> str:
    """Why, in one line."""
    return " ".join(said(one.text) or one.code for one in row.remarks)


def progress_words(intake: Intake) -> str:
    """How far it is, in one sentence."""
    done = translate("ParcelImport", "{done} of {all}").format(done=intake.done, all=intake.row_count)
    if intake.error is not None:
        return f"{done} · {said(intake.error.text) or intake.error.code}"
    if intake.running:
        return translate("ParcelImport", "Rows being taken in: {done}").format(done=done)
    if intake.state == "done":
        return translate("ParcelImport", "Rows taken in: {done}").format(done=done)
    return translate("ParcelImport", "Stopped at row {done}. The same file goes on from there.").format(done=done)


def report_columns() -> list[Column]:
    return [
        Column("row", lambda: translate("ParcelImport", "Row"), lambda r: str(r.row), width=6, right=True),
        Column(
            "outcome", lambda: translate("ParcelImport", "What became of it"), lambda r: outcome_title(r.outcome),
            paint="pill", pill=outcome_pill, width=24,
        ),
        Column("why", lambda: translate("ParcelImport", "Why"), remarks, width=0, tip=remarks),
    ]  # fmt: skip


def report(parent: QObject | None = None) -> RowsModel:
    return RowsModel(report_columns(), parent)


def as_csv(rows: Sequence[IntakeRow], delimiter: str = ";") -> str:
    """The report as a spreadsheet takes it. Remarks hold what stood in a file: no cell may begin a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=delimiter, lineterminator="\r\n")
    columns = report_columns()
    writer.writerow([column.title() for column in columns])
    for row in rows:
        writer.writerow([_plain(column.text(row)) for column in columns])
    return sheet.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


# --- the morning report ----------------------------------------------------------------------------------------------


def trouble_title(trouble: str) -> str:
    titles = {
        "stuck": translate("ParcelMorning", "Stuck"),
        "storage_ends": translate("ParcelMorning", "Storage ends"),
        "returning": translate("ParcelMorning", "Going back"),
        "maybe_waiting": translate("ParcelMorning", "May be waiting"),
        "never_known": translate("ParcelMorning", "Unknown to the carrier"),
        "cod_missing": translate("ParcelMorning", "Money missing"),
    }
    return titles.get(trouble, trouble)


def morning_columns() -> list[Column]:
    return [
        Column(
            "track", lambda: translate("ParcelMorning", "Number"), lambda r: track_words(r.track), paint="strong",
            width=17,
        ),
        Column("name", lambda: translate("ParcelMorning", "Buyer"), lambda r: r.name, width=0),
        Column("phone", lambda: translate("ParcelMorning", "Phone"), lambda r: wording.phone(r.phone), width=14),
        Column("email", lambda: translate("ParcelMorning", "E-mail"), lambda r: r.email, width=18),
        Column(
            "stage", lambda: translate("ParcelMorning", "Stage"), lambda r: said(r.stage_said), width=16, hidden=True,
            tip=lambda r: r.place,
        ),
        Column(
            "days", lambda: translate("ParcelMorning", "Silent for"), lambda r: counts.days(r.days), width=8,
            tip=lambda r: wording.day(r.since),
        ),
        Column(
            "keep_until", lambda: translate("ParcelMorning", "Kept until"),
            lambda r: wording.day(r.keep_until) if r.keep_until else "", width=10, hidden=True,
        ),
        Column(
            "at_stake", lambda: translate("ParcelMorning", "At stake, ₽"), _at_stake, paint="money", width=12,
            right=True,
        ),
    ]  # fmt: skip


def _at_stake(row: TroubledParcel) -> str:
    return wording.money(row.at_stake, currency=False) if row.at_stake else ""


def morning(parent: QObject | None = None) -> RowsModel:
    return RowsModel(morning_columns(), parent)
