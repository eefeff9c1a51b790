"""New terms from a day on: a tariff, what a way of signing costs, what a lender lends for. Former rows stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from gui.api.types import LenderState, LenderTerms, LoanTerms, Shop, ShopTariff, SigningTerms
from gui.i18n import translate
from gui.models import shop_form as form
from gui.models import shop_terms as words
from gui.store.session import Session
from gui.views.shops_dialog import AskingDialog, tick
from gui.widgets.parts import columns, label

Lenders = Sequence[LenderState]


def since_title() -> str:
    return translate("ShopTerms", "From")


def stays_words() -> str:
    return translate(
        "ShopTerms", "Former rows stay as they are: what was agreed on an earlier day is found by that day."
    )


def every_or_one(lenders: Lenders) -> list[tuple[str, str]]:
    return [("", words.every_lender()), *((one.lender, one.title or one.lender) for one in lenders)]


class TariffDialog(AskingDialog):
    """What we take from a shop, or from every shop without its own, from a day on."""

    def __init__(
        self,
        session: Session,
        lenders: Lenders,
        shop: Shop | None = None,
        like: ShopTariff | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`shop`: None for the general tariff. `like`: the one it begins with."""
        super().__init__(
            session,
            translate("ShopTerms", "A tariff from a day on"),
            translate("ShopTerms", "Set it"),
            parent,
            note=shop.name if shop is not None else translate("ShopTerms", "For every shop without its own"),
        )
        self.shop = shop
        self.day("since", since_title())
        self.choice("lender", translate("ShopTerms", "Lender"), every_or_one(lenders))
        self.line("percent", translate("ShopTerms", "Percent"), limit=12, hint="2,5")
        self.choice("base", translate("ShopTerms", "Of what"), [(base, words.base_title(base)) for base in words.BASES])
        self.line("fixed", translate("ShopTerms", "And, ₽"), limit=20, hint="0,00")
        self.line("least", translate("ShopTerms", "At least, ₽"), limit=20, hint="0,00")
        self.line("most", translate("ShopTerms", "At most, ₽"), limit=20, hint=translate("ShopTerms", "no limit"))
        self.choice(
            "payer", translate("ShopTerms", "Who pays"), [(payer, words.payer_title(payer)) for payer in words.PAYERS]
        )
        self.visits = tick(translate("ShopTerms", "The shop bears courier visits: each is charged to it"))
        self.beside("since", "lender")
        self.beside("percent", "base", "fixed")
        self.beside("least", "most")
        self.beside("payer")
        self.box.addWidget(self.visits, 0, Qt.AlignmentFlag.AlignLeft)
        self.box.addWidget(label(stays_words(), "muted", wrap=True))
        self.fill(form.tariff_texts(like))
        self.visits.setChecked(like is not None and like.visits)
        self.fields["percent"].editor.setFocus()

    def errors(self) -> dict[str, str]:
        return form.tariff_errors(self.texts())

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        shop_id = self.shop.id if self.shop is not None else ""
        body = form.tariff_body(self.texts(), shop_id, visits=self.visits.isChecked())
        return "/v1/loan-terms/tariffs", body, LoanTerms


class SigningDialog(AskingDialog):
    """What a way of signing costs in a region, from a day on; or that it is not to be had there."""

    def __init__(
        self, session: Session, lenders: Lenders, like: SigningTerms | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            session,
            translate("ShopTerms", "A way of signing from a day on"),
            translate("ShopTerms", "Set it"),
            parent,
            note=translate("ShopTerms", "The narrower row wins: lender and region, lender, region, everybody."),
        )
        self.choice("way", translate("ShopTerms", "Way"), [(way, words.way_title(way)) for way in words.WAYS])
        self.day("since", since_title())
        self.choice("lender", translate("ShopTerms", "Lender"), every_or_one(lenders))
        self.line("region", translate("ShopTerms", "Region"), limit=2, hint=translate("ShopTerms", "every"))
        self.line("cost", translate("ShopTerms", "Costs us, ₽"), limit=20, hint="0,00")
        self.line("partner", translate("ShopTerms", "Partner, place"))
        self.covered = tick(translate("ShopTerms", "It is to be had there"))
        self.beside("way", "since")
        self.beside("lender", "region")
        self.box.addWidget(self.covered, 0, Qt.AlignmentFlag.AlignLeft)
        self.beside("cost", "partner")
        self.box.addWidget(label(stays_words(), "muted", wrap=True))
        self.fill(form.signing_texts(like))
        self.covered.toggled.connect(self.fields["cost"].setEnabled)
        self.covered.setChecked(like is None or like.covered)
        self.fields["cost"].setEnabled(self.covered.isChecked())
        self.fields["cost"].editor.setFocus()

    def errors(self) -> dict[str, str]:
        return form.signing_errors(self.texts())

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        return "/v1/loan-terms/signing", form.signing_body(self.texts(), covered=self.covered.isChecked()), LoanTerms


class LenderTermsDialog(AskingDialog):
    """What a lender lends for from a day on: sums, months, rate, and the segments of goods.

    Attributes:
        segments: one tick per segment known; none ticked and none written means any goods.
    """

    def __init__(
        self, session: Session, lenders: Lenders, like: LenderTerms | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            session,
            translate("ShopTerms", "A lender's terms from a day on"),
            translate("ShopTerms", "Set them"),
            parent,
        )
        self.segments: dict[str, QCheckBox] = {}
        self.choice(
            "lender", translate("ShopTerms", "Lender"), [(one.lender, one.title or one.lender) for one in lenders]
        )
        self.day("since", since_title())
        self.line("least", translate("ShopTerms", "Smallest loan, ₽"), limit=20)
        self.line("most", translate("ShopTerms", "Largest loan, ₽"), limit=20)
        self.line("months", translate("ShopTerms", "Months to choose from"), hint="6, 12, 24")
        self.line("rate", translate("ShopTerms", "Rate, % a year"), limit=12, hint="24,9")
        self.line("down_percent", translate("ShopTerms", "Least down payment, %"), limit=12, hint="0")
        counts = [(count, words.day_count_title(count)) for count in words.DAY_COUNTS]
        self.choice("day_count", translate("ShopTerms", "Interest is counted"), counts)
        self.line("categories", translate("ShopTerms", "Other segments, as shops name them"), hint="garden, sport")
        self.zero_rate = tick(translate("ShopTerms", "Interest-free for the buyer: the shop pays by a discount"))
        self.beside("lender", "since")
        self.beside("least", "most")
        self.beside("months", "rate")
        self.beside("down_percent", "day_count")
        self.box.addWidget(self.zero_rate, 0, Qt.AlignmentFlag.AlignLeft)
        self.box.addWidget(label(translate("ShopTerms", "Goods he lends for; nothing chosen means any"), "section"))
        line = columns(gap=14)
        for segment in words.CATEGORIES:
            self.segments[segment] = tick(words.category_title(segment))
            line.addWidget(self.segments[segment])
        line.addStretch(1)
        self.box.addLayout(line)
        self.beside("categories")
        self.box.addWidget(label(stays_words(), "muted", wrap=True))
        self._fill_from(like)
        self.fields["rate"].editor.setFocus()

    def _fill_from(self, like: LenderTerms | None) -> None:
        self.fill(form.lender_texts(like))
        if like is None:
            return
        self.zero_rate.setChecked(like.zero_rate)
        for segment, made in self.segments.items():
            made.setChecked(segment in like.categories)
        others = self.fields["categories"].editor
        assert isinstance(others, QLineEdit)
        others.setText(", ".join(one for one in like.categories if one not in self.segments))

    def _categories(self) -> list[str]:
        others = [one.strip() for one in self.text("categories").split(",") if one.strip()]
        return [segment for segment, made in self.segments.items() if made.isChecked()] + others

    def errors(self) -> dict[str, str]:
        return form.lender_errors(self.texts())

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        body = form.lender_body(self.texts(), self._categories(), zero_rate=self.zero_rate.isChecked())
        return "/v1/loan-terms/lenders", body, LoanTerms
