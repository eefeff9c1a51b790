"""`kvit demo --story loans`: twelve applications for credit, from a phone number to money in the shops' accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table

from gateway.core.catalogue import sentence
from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.service.config import Home
from gateway.service.demo.loan_cast import own_trade
from gateway.service.demo.loan_figures import adds_up, figures
from gateway.service.demo.loan_house import furnish
from gateway.service.demo.loan_releases import Releases
from gateway.service.demo.loan_stage import LoanStage, loan_stage
from gateway.service.demo.loan_story import LoanStory
from gateway.service.demo.performance import Tell, perform
from gateway.service.demo.prepare import lay_files
from gateway.service.evidence_check import check_history

_SUMS = {
    "goods_total": ("Товары", "Goods"),
    "down_payments": ("Первоначальные взносы", "Down payments"),
    "lender_discounts": ("Скидки, оставленные банками", "Discounts lenders keep"),
    "received_from_lenders": ("Получено от банков", "Received from lenders"),
    "returned_to_lenders": ("Возвращено банкам", "Returned to lenders"),
    "commission": ("Наша комиссия", "Our commission"),
    "paid_to_shops": ("Выплачено магазинам", "Paid to shops"),
    "outstanding": ("Осталось выплатить", "Outstanding"),
}
_FACTS = {
    "applications": ("Заявок", "Applications"),
    "funded": ("Профинансировано договоров", "Agreements funded"),
    "releases": ("Отпусков товара", "Releases of goods"),
    "wrong_releases": ("Ошибочных отпусков", "Wrong releases"),
    "bank_balance_ok": ("Остаток в банке сходится", "The bank's balance fits"),
    "journal_ok": ("Журнал цел", "Journal holds"),
}


def play(given: Path | None, language: str, *, as_json: bool) -> int:
    """Play it to its end in `given`, else in a folder of its own; 0 when everything came out as it should.

    Every figure is read from the database, see `loan_figures`; the exit code is 1 when an equation does not hold.
    """

    def act(home: Home, tell: Tell) -> tuple[dict[str, Any], bool]:
        with loan_stage(home, language) as stage:
            today = business_date(stage.clock.now())
            desks = furnish(stage.store, stage.lenders, language, today)
            lay_files(home, own_trade(today), stage.clock.now())
            opening = _balance(stage)
            story = LoanStory(stage, desks, tell)
            story.play()
            result = account_of_it(stage, opening)
            return result, as_it_should(result) and story.ended() == story.expected

    return perform(given, language, act, _table, as_json=as_json)


def account_of_it(stage: LoanStage, opening: int) -> dict[str, Any]:
    """What it came to, ready for JSON; see `loan_figures` for what each sum holds.

    Args:
        opening: kopecks in our account before the first payment, by the bank's own books.
    """
    installation = stage.installation
    with installation.store.reading() as connection:
        releases = Releases(connection)
        result = {**figures(connection), "releases": releases.count(), "wrong_releases": len(releases.wrong())}
    history = check_history(installation.store, installation.home, installation.config)
    left = result["received_from_lenders"] - (result["paid_to_shops"] - result["own_shop"])
    return {
        **result,
        "bank_balance_ok": _balance(stage) - opening == left,
        "journal_ok": history.ok,
        "journal_rows": history.chain.rows,
    }


def as_it_should(result: dict[str, Any]) -> bool:
    """Whether the sums add up, here and at the bank, no goods left wrongly and every payout was carried out."""
    return (
        adds_up(result)
        and result["wrong_releases"] == 0
        and result["bank_balance_ok"]
        and result["journal_ok"]
        and set(result["statements"]) == {"paid"}
        and set(result["payment_orders"]) == {"executed"}
    )


def _balance(stage: LoanStage) -> int:
    """What the bank's own books say of our account, in kopecks."""
    accounts: Any = stage.sandbox.state()["accounts"]
    return int(accounts[0]["balance_kopecks"])


def _table(result: dict[str, Any], russian: bool) -> Table:
    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for key, (ru, en) in _SUMS.items():
        table.add_row(ru if russian else en, Money(result[key]).screen_text())
    for key, (ru, en) in _FACTS.items():
        value = result[key]
        shown = ("да" if value else "нет") if russian and isinstance(value, bool) else str(value)
        table.add_row(ru if russian else en, shown)
    for stage, number in result["by_stage"].items():
        if number:
            title = sentence(f"loan.stage.{stage}", "ru" if russian else "en", {})
            table.add_row(f"{'Заявок' if russian else 'Applications'}: {title}", str(number))
    return table
