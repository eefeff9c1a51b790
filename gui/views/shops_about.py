"""What a shop's panel tells: what it still needs, its particulars, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QVBoxLayout

from gui import wording
from gui.api.types import Shop
from gui.i18n import translate
from gui.models import shops as words
from gui.models.loans import person
from gui.theme import theme
from gui.widgets.parts import button, columns, frame, label, rows


def lacking_into(box: QVBoxLayout, shop: Shop, actions: Mapping[str, Callable[[], object]]) -> None:
    """What stands between the shop and its first application, each with the button that does it."""
    if not shop.lacking:
        return
    card = frame("card", tone="warn")
    stack = rows(card, gap=6, margin=10)
    stack.addWidget(label(translate("Shops", "Before it may work"), "section"))
    for step in shop.lacking:
        line = columns(gap=8)
        line.addWidget(label(f"☐ {words.lacking_title(step)}", wrap=True), 1)
        if step in actions:
            line.addWidget(button(words.lacking_action(step), "ghost", slot=actions[step]))
        stack.addLayout(line)
    box.addWidget(card)


def itself_into(box: QVBoxLayout, shop: Shop) -> None:
    """That it registered by itself, whom to ring, and what else it told."""
    if not shop.by_itself:
        return
    card = frame("card")
    stack = rows(card, gap=6, margin=10)
    stack.addWidget(label(translate("Shops", "Registered by itself on the site"), "section"))
    for told in words.itself_words(shop):
        stack.addWidget(label(told, wrap=True, select=True))
    box.addWidget(card)


def particulars_into(box: QVBoxLayout, shop: Shop) -> None:
    """Requisites, where it is reached, and what is agreed."""
    title = words.field_title
    yes, no = translate("Shops", "yes"), translate("Shops", "no")
    sections = (
        ("", ((title("inn"), shop.inn), (title("kpp"), shop.kpp), (title("region"), shop.region))),
        (
            translate("Shops", "Where its money goes"),
            (
                (title("account"), shop.account),
                (title("bic"), shop.bic),
                (title("bank_name"), shop.bank_name),
                (title("corr_account"), shop.corr_account),
            ),
        ),
        (
            translate("Shops", "How it is reached"),
            (
                (title("email"), shop.email),
                (title("phone"), wording.phone(shop.phone)),
                (title("sites"), "\n".join(shop.sites)),
            ),
        ),
        (
            translate("Shops", "What is agreed"),
            (
                (title("contract"), shop.contract),
                (translate("Shops", "Goods out unpaid"), words.risk_words(shop)),
                (title("trusts_lender"), yes if shop.trusts_lender else no),
                (title("own"), yes if shop.own else no),
            ),
        ),
    )
    # One form for all of them, so that the values stand under each other.
    form = QFormLayout()
    form.setHorizontalSpacing(theme.px(12))
    form.setVerticalSpacing(theme.px(3))
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for heading, facts in sections:
        if heading:
            title_row = label(heading, "section")
            title_row.setContentsMargins(0, theme.px(7), 0, theme.px(1))
            form.addRow(title_row)
        for name, value in facts:
            if value:
                form.addRow(label(name, "muted"), label(value, wrap=True, select=True))
    box.addLayout(form)
    box.addStretch(1)


def past_into(box: QVBoxLayout, shop: Shop, now: datetime) -> None:
    """Who did what about the shop, why, and what it was before."""
    for event in shop.history:
        text, *more = words.event_words(event)
        box.addWidget(label(f"{wording.moment(event.at, now)} · {person(event.by)}", "muted"))
        box.addWidget(label(text, wrap=True, select=True))
        for told in more:
            box.addWidget(label(told, "small", wrap=True, select=True))
    box.addStretch(1)
