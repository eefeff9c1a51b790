"""`kvit demo --story parcels`: three hundred parcels in forty days, from the first list to the claim for lost money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from gateway.core.catalogue import sentence
from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.parcels import cdek_codes, post_codes
from gateway.parcels.model import CarrierKey, Effect
from gateway.service.config import Home
from gateway.service.demo.parcel_cast import COD_PARCELS, NOT_WRITTEN, PARCELS, STUCK, boxes
from gateway.service.demo.parcel_figures import Books, adds_up, figures
from gateway.service.demo.parcel_shop import Shop
from gateway.service.demo.parcel_stage import ParcelStage, parcel_stage
from gateway.service.demo.parcel_story import ParcelStory
from gateway.service.demo.performance import Tell, perform
from gateway.service.demo.prepare import lay_files
from gateway.service.demo.shop import make_shop
from gateway.service.evidence_check import check_history

_FACTS = {
    "parcels": ("Посылок", "Parcels"),
    "messages_sent": ("Сообщений отправлено", "Messages sent"),
    "messages_doubled": ("Сообщений повторно", "Messages doubled"),
    "messages_unknown": ("Судьба неизвестна", "Of unknown fate"),
    "reminders_after_collection": ("Напоминаний после вручения", "Reminders after collection"),
    "stuck": ("Застряло", "Stuck"),
    "opt_outs_honoured": ("Отказов соблюдено", "Opt-outs honoured"),
    "cod_matched": ("Наложенных платежей сошлось", "Cash on delivery matched"),
    "cod_missing": ("Не пришло", "Missing"),
    "proved_by_money": ("Вручение доказано деньгами", "Deliveries proved by money"),
    "journal_ok": ("Журнал цел", "Journal holds"),
}
_SUMS = {
    "cod_expected_sum": ("Наложенные платежи", "Cash on delivery"),
    "lump_net": ("Перечислено Почтой", "Paid by the Post"),
    "lump_fee": ("Удержано Почтой", "Kept by the Post"),
    "cod_missing_sum": ("Заявлено в претензии", "Claimed"),
}


def play(given: Path | None, language: str, *, as_json: bool) -> int:
    """Play it to its end in `given`, else in a folder of its own; 0 when everything came out as it should.

    Every figure is read from the database and from the books of those outside, see `parcel_figures`; the exit code is
    1 when one contradicts the story.
    """

    def act(home: Home, tell: Tell) -> tuple[dict[str, Any], bool]:
        with parcel_stage(home, language) as stage:
            now = stage.clock.now()
            lay_files(home, make_shop(business_date(now)), now)
            opening = _balance(stage)
            story = ParcelStory(stage, tell)
            story.play()
            result = account_of_it(stage, story.shop, opening)
            return result, as_it_should(result)

    return perform(given, language, act, _table, as_json=as_json)


def account_of_it(stage: ParcelStage, shop: Shop, opening: int) -> dict[str, Any]:
    """What it came to, ready for JSON; see `parcel_figures` for what each figure holds.

    Args:
        opening: kopecks in our account before the first payment, by the bank's own books.
    """
    installation = stage.installation
    books = Books.read(stage.outside, _collected(stage, shop))
    with installation.store.reading() as connection:
        result = figures(connection, installation.store.company, stage.parcels, stage.clock.now(), books)
    history = check_history(installation.store, installation.home, installation.config)
    return {
        **result,
        "bank_balance_ok": _balance(stage) - opening == result["lump_net"],
        "journal_ok": history.ok,
        "journal_rows": history.chain.rows,
    }


def as_it_should(result: Mapping[str, Any]) -> bool:
    """Whether everybody was written to once and in time, what was to be found was found, and the sums add up."""
    return bool(
        adds_up(result)
        and result["parcels"] == PARCELS
        and not result["messages_doubled"]
        and not result["messages_nobody_wrote"]
        and not result["messages_never_taken"]
        and not result["reminders_after_collection"]
        and result["messages_unknown"] == 1
        and result["stuck"] == STUCK
        and result["opt_outs_honoured"] == 2
        and (result["cod_expected"], result["cod_matched"], result["cod_missing"]) == (COD_PARCELS, COD_PARCELS - 1, 1)
        and result["lump_payments"] == 2
        and result["bank_balance_ok"]
        and result["journal_ok"]
    )


def _collected(stage: ParcelStage, shop: Shop) -> dict[str, datetime]:
    """When each buyer really fetched his parcel, by its number, whatever the office wrote down."""
    carriers = stage.outside.carriers
    found = {}
    for box in boxes():
        if box.role in NOT_WRITTEN:
            shop.speak(box)
        effect_of = post_codes.effect_of if box.carrier is CarrierKey.POST else cdek_codes.effect_of
        track = shop.tracks[box.number]
        for event in carriers.events(track, box.carrier):
            if effect_of(event.code) is Effect.DELIVER:
                found[track] = event.at
        if box.role in NOT_WRITTEN:
            shop.keep_silent(box)
    return found


def _balance(stage: ParcelStage) -> int:
    """What the bank's own books say of our account, in kopecks."""
    accounts: Any = stage.sandbox.state()["accounts"]
    return int(accounts[0]["balance_kopecks"])


def _table(result: dict[str, Any], russian: bool) -> Table:
    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for key, (ru, en) in _FACTS.items():
        value = result[key]
        shown = ("да" if value else "нет") if russian and isinstance(value, bool) else str(value)
        table.add_row(ru if russian else en, shown)
    for key, (ru, en) in _SUMS.items():
        table.add_row(ru if russian else en, Money(result[key]).screen_text())
    table.add_row("Доля возвратов" if russian else "Return rate", f"{result['return_rate']:.1%}")
    for stage, number in result["by_stage"].items():
        if number:
            title = sentence(f"parcel.stage.{stage}", "ru" if russian else "en", {})
            table.add_row(f"{'Посылок' if russian else 'Parcels'}: {title}", str(number))
    return table
