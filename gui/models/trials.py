"""A back-test in words and as a table: what would have gone without a person, what not and why."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.types import Me, Tally, Trial, TrialOutcome
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models.columns import Column
from gui.models.payer_rules import person
from gui.models.table import RowsModel

COMMAND = (
    "kvit match --from-statement kl_to_1c.txt --invoices invoices.xlsx"
    " --out decisions.jsonl --report report.html --keep"
)
"""How a back-test is made on real files, and kept so that it is shown here."""
RIGHT = "release.switch"


def percent(share: float) -> str:
    """0.8619 → "86 %"; never rounded up to the whole: 0.9996 → "99.9 %"."""
    if share >= 1 or share <= 0:
        return f"{round(share * 100)}{wording.NBSP}%"
    if 0.01 <= share < 0.99:
        return f"{round(share * 100)}{wording.NBSP}%"
    tenths = f"{max(min(int(share * 1000), 999), 1) / 10:.1f}"
    return f"{wording.quantity(tenths)}{wording.NBSP}%"


def tally(part: Tally) -> str:
    """ "payments: 1 702 · 145 900 000,00 ₽"."""
    return translate("Trial", "payments: {n} · {sum}").format(n=grouped(part.count), sum=wording.money(part.amount))


def about(trial: Trial) -> str:
    """What it was made of, when and by whom."""
    parts = [
        translate("Trial", "Back-test of {date}").format(date=wording.day(trial.at)),
        person(trial.by),
        trial.source,
        f"{wording.day(trial.first)} – {wording.day(trial.last)}" if trial.first and trial.last else "",
    ]
    return " · ".join(part for part in parts if part)


def headline(trial: Trial) -> str:
    """How much would have gone by itself."""
    return translate("Trial", "Payments: {all}. Without a person: {auto} ({share}).").format(
        all=grouped(trial.payments.count), auto=grouped(trial.auto.count), share=percent(trial.auto.share_of_count)
    )


def remarks(trial: Trial) -> list[str]:
    """Why this back-test is to be read with care, a sentence each."""
    found = []
    if trial.stopped:
        found.append(translate("Trial", "It was ended before the last payment: the figures are of a part."))
    if trial.bad_rows:
        found.append(counts.bad_rows(trial.bad_rows))
    return found


def why_not_switch(me: Me | None, *, online: bool) -> str:
    """Why this person cannot switch the release; "" when they can."""
    if not online:
        return translate("Trial", "No link to the Kvit service.")
    if me is None or not me.may(RIGHT):
        return translate("Trial", "Your role does not switch automatic release: the director does.")
    return ""


def outcomes(parent: QObject | None = None) -> RowsModel:
    """What would have gone to a person and why, the most frequent first."""

    def example(outcome: TrialOutcome) -> str:
        shown = outcome.example
        return f"{shown.payer} · {wording.money(shown.amount)} · {shown.purpose}"

    def whole(outcome: TrialOutcome) -> str:
        return f"{example(outcome)}\n→ {said(outcome.example.why)}"

    return RowsModel(
        [
            Column(
                "count",
                lambda: translate("Trial", "Payments"),
                lambda o: grouped(o.count),
                paint="strong",
                width=8,
                right=True,
            ),
            Column(
                "amount",
                lambda: translate("Trial", "Sum, ₽"),
                lambda o: wording.money(o.amount, currency=False),
                paint="money",
                width=14,
                right=True,
            ),
            Column("text", lambda: translate("Trial", "Why a person"), lambda o: said(o.text), width=34, tip=whole),
            Column("example", lambda: translate("Trial", "For example"), example, width=0, tip=whole),
        ],
        parent,
    )


def grouped(number: int) -> str:
    """ "12 480"."""
    return f"{number:,}".replace(",", wording.NBSP)
