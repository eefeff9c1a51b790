"""Why an application ends, and why goods come back: the codes the service takes, in words."""

from __future__ import annotations

from gui.i18n import translate


def end_reasons() -> list[tuple[str, str]]:
    """(code, text) of each reason to cancel an application, or to take it back from a lender."""
    return [
        ("changed_mind", translate("LoanReasons", "changed his mind")),
        ("cheaper", translate("LoanReasons", "found it elsewhere")),
        ("terms", translate("LoanReasons", "the terms of the loan do not suit")),
        ("paid_otherwise", translate("LoanReasons", "paid in another way")),
        ("no_goods", translate("LoanReasons", "the goods are not to be had")),
        ("duplicate", translate("LoanReasons", "it was applied for twice")),
        ("wrong_data", translate("LoanReasons", "a mistake in the application")),
        ("identity", translate("LoanReasons", "the passport did not match")),
        ("other", translate("LoanReasons", "another reason")),
    ]


def return_reasons() -> list[tuple[str, str]]:
    """(code, text) of each reason goods come back for."""
    return [
        ("not_right", translate("LoanReasons", "the goods do not suit")),
        ("defect", translate("LoanReasons", "a defect")),
        ("damaged", translate("LoanReasons", "damaged on the way")),
        ("wrong_goods", translate("LoanReasons", "the wrong goods came")),
        ("unwanted", translate("LoanReasons", "the buyer does not want them any more")),
        ("other_return", translate("LoanReasons", "another reason")),
    ]
