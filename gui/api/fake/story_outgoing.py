"""The payment orders the make-believe service starts with: one in each state, and as many of the past as wanted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gui.api.fake.records import ChannelRecord, OutgoingRecord, PayeeRecord
from gui.api.fake.shop import dice, inn_of

if TYPE_CHECKING:
    from gui.api.fake.world import World

ACCOUNTANT, DIRECTOR, ONEC = "Мария Ковалёва", "Анна Верещагина", "1С:Бухгалтерия"
_WEIGHTS = (7, 1, 3) * 8


def key_fits(account: str, bic: str) -> bool:
    """The key digit of a bank account, by the Bank of Russia's rule 515."""
    digits = bic[-3:] + account
    return digits.isdigit() and sum(int(d) * w for d, w in zip(digits, _WEIGHTS[:23], strict=True)) % 10 == 0


def keyed(account: str, bic: str) -> str:
    """The account with its ninth digit made to fit."""
    tries = (account[:8] + str(digit) + account[9:] for digit in range(10))
    return next(tried for tried in tries if key_fits(tried, bic))


_FIRST = ("044525999", "ПАО «Первый учебный банк», г. Москва", "30101810000000000999")
_NORTH = ("044030998", "АО «Северный кредит», г. Санкт-Петербург", "30101810000000000998")
OWN = keyed("40702810000000004567", _FIRST[0])
SECOND = keyed("40702810000000007788", _NORTH[0])
ACCOUNTS = [
    {"account": OWN, "bic": _FIRST[0], "bank": "ПАО «Первый учебный банк»"},
    {"account": SECOND, "bic": _NORTH[0], "bank": "АО «Северный кредит»"},
]


def _payee(seed: int, name: str, tail: str, kpp: str = "", *, person: bool = False, north: bool = False) -> PayeeRecord:
    bic, bank, corr = _NORTH if north else _FIRST
    head = "40802810" if person else "40702810"
    account = keyed(f"{head}0{tail:0>11}", bic)
    return PayeeRecord(name, inn_of(seed, person=person), kpp, account, bic, bank, corr)


BAGET = _payee(201, "ООО «Багет-Опт»", "10203", "772801001")
RENT = _payee(202, "АО «Тёплый дом»", "20417", "770101001", north=True)
MASTER = _payee(203, "ИП Щербак Олег Юрьевич", "30555", person=True)
GLASS = _payee(204, "ООО «Стекло-Арт»", "40712", "502901001", north=True)
ROAD = _payee(205, "ООО «Транспортная компания Восход»", "50011", "771401001")
PRINT = _payee(206, "ООО «Печатный двор»", "60980", "772901001")
# The requisites of the single tax payment are the Treasury's own, published for everybody.
TAXES = PayeeRecord(
    "Казначейство России (ФНС России)",
    "7727406020",
    "770801001",
    "03100643000000018500",
    "017003983",
    "ОТДЕЛЕНИЕ ТУЛА БАНКА РОССИИ//УФК по Тульской области, г Тула",
    "40102810445370000059",
)
_TAX_FIELDS = {
    "status": "01",
    "kbk": "18201061201010000510",
    "oktmo": "0",
    "basis": "0",
    "period": "0",
    "doc_no": "0",
    "doc_date": "0",
}


def warning(code: str, about: str, ru: str, en: str, hint_ru: str = "", hint_en: str = "") -> dict[str, str]:
    return {"code": code, "about": about, "text_ru": ru, "text_en": en, "hint_ru": hint_ru, "hint_en": hint_en}


def lookalike(payee: PayeeRecord, known: str) -> dict[str, str]:
    return warning(
        "outgoing.lookalike",
        "payee.account",
        f"«{payee.name}» мы знаем по другому счёту ({known}), а здесь {payee.account}.",
        f"We know “{payee.name}” by another account ({known}), but this is {payee.account}.",
        "Позвоните получателю по известному вам телефону и сверьте счёт: так подменяют реквизиты.",
        "Ring the payee on a number you know and compare the account: this is how requisites are swapped.",
    )


def new_payee(payee: PayeeRecord) -> dict[str, str]:
    return warning(
        "outgoing.new_payee",
        "payee",
        f"Получателю «{payee.name}» (счёт {payee.account}) мы ещё не платили.",
        f"We have never paid “{payee.name}” (account {payee.account}) before.",
        "Сверьте реквизиты с договором.",
        "Compare the requisites with the contract.",
    )


class _Story:
    def __init__(self, world: World) -> None:
        self.world = world
        self.now = world.now()
        self.number = 131

    def order(
        self,
        state: str,
        payee: PayeeRecord,
        amount: int,
        purpose: str,
        minutes: float,
        *steps: str,
        by: str = ACCOUNTANT,
    ) -> OutgoingRecord:
        """`steps`: what happened after the proposal, ten minutes apart."""
        self.number -= 1
        at = self.now - timedelta(minutes=minutes)
        source = "1c" if by == ONEC else "hand"
        made = OutgoingRecord(
            f"po-{self.number}", str(self.number), at.date(), OWN, payee, amount, purpose, state, by, at, source=source
        )
        made.history.append((at, by, "proposed", ""))
        if by != ONEC:
            made.approved_by.append(by)
        other = DIRECTOR if by == ACCOUNTANT else ACCOUNTANT
        for count, step in enumerate(steps, start=1):
            then = at + timedelta(minutes=min(10 * count, minutes - 1))
            person = other if step in ("sign", "approve", "reject") else "service"
            if step == "withdraw":
                person = by
            if step in ("sign", "approve"):
                made.approved_by.append(person)
            made.history.append((then, person, step, ""))
            made.version += 1
            if step == "taken":
                made.sent_at = then
            if step == "execute":
                made.executed_at = then
                made.lines.append(("signed", False, then))
            if step == "return":
                made.returned_at = then
                made.lines.append(("signed", True, then))
        self.world.outgoing[made.id] = made
        return made


def orders(world: World) -> None:
    """One payment order in each state, and one the bank has not got."""
    tell = _Story(world)
    vat = "В т.ч. НДС (22%)"
    swapped = PayeeRecord(
        GLASS.name, GLASS.inn, GLASS.kpp, keyed("40702810055500001937", GLASS.bic), GLASS.bic, GLASS.bank, GLASS.corr
    )
    sent = ("approve", "prepare", "taken")
    odd = tell.order(
        "waiting_approval", swapped, 18_450_000,
        f"Оплата по счету № 214 от 19.11.2026 за стекло музейное. {vat} 33270-49", 12, by=DIRECTOR,
    )  # fmt: skip
    odd.warnings.append(lookalike(swapped, GLASS.account))
    tell.order("waiting_approval", BAGET, 9_640_000, f"Оплата по счету № 77 от 20.11.2026 за багет. {vat} 17383-61", 25)
    fresh = tell.order(
        "draft", PRINT, 1_290_000, "Оплата по счету № 8 от 21.11.2026 за каталоги. НДС не облагается", 41, by=ONEC
    )
    fresh.warnings.append(new_payee(PRINT))
    tell.order(
        "approved", ROAD, 2_356_000, f"Оплата перевозки по договору 12-П, заявка 441. {vat} 4248-52", 55, "approve",
        by=DIRECTOR,
    )  # fmt: skip
    tell.order("sending", MASTER, 750_000, "Изготовление образцов по договору 3/26. НДС не облагается", 70, *sent[:2])
    lost = ("approve", "prepare", "lost")
    tell.order("unknown", RENT, 14_400_000, f"Аренда мастерской за ноябрь 2026 г. {vat} 25967-21", 95, *lost)
    tell.order("sent", GLASS, 6_120_000, f"Оплата по счету № 209 за стекло. {vat} 11036-07", 120, *sent)
    tell.order("accepted", BAGET, 4_815_000, f"Оплата по счету № 71 за багет. {vat} 8682-79", 160, *sent, "accept")
    done = (*sent, "accept", "execute")
    tell.order("executed", ROAD, 1_980_000, f"Оплата перевозки, заявка 433. {vat} 3570-49", 400, *done)
    tax = tell.order("executed", TAXES, 21_730_000, "Единый налоговый платеж", 1500, *done)
    tax.kind, tax.tax = "tax", dict(_TAX_FIELDS)
    bad = tell.order("refused", MASTER, 320_000, "Аванс по договору 4/26. НДС не облагается", 1700, *sent, "refuse")
    bad.bank_code, bad.bank_text = "AC04", "Счёт получателя закрыт"
    back = tell.order(
        "returned", PRINT, 480_000, "Оплата по счету № 5 за открытки. НДС не облагается", 2900, *done, "return"
    )
    back.bank_text = "Возврат: счёт получателя не найден"
    no = tell.order("rejected", GLASS, 990_000, "Оплата по счету № 190. НДС не облагается", 3100, "reject")
    no.note = "Счёт уже оплачен картой"
    taken = tell.order("withdrawn", ROAD, 150_000, "Доплата за простой. НДС не облагается", 4400, "withdraw")
    taken.note = "Поставщик отозвал счёт"
    tell.order(
        "unknown", MASTER, 1_120_000, "Окончательный расчёт по договору 2/26. НДС не облагается", 210, *lost, "absent"
    )
    for ended in (no, taken):
        at, by, event, _ = ended.history[-1]
        ended.history[-1] = (at, by, event, ended.note)


def bulk(world: World, count: int) -> None:
    """`count` executed orders of the past."""
    rng = dice("outgoing")
    payees = (BAGET, RENT, MASTER, GLASS, ROAD, PRINT)
    start = world.now() - timedelta(days=4)
    for index in range(count):
        at = start - timedelta(minutes=index * 5)
        payee = payees[rng.randrange(len(payees))]
        number = str(1 + (999_998 - index) % 999_999)
        made = OutgoingRecord(
            f"ph-{index:06d}", number, at.date(), OWN, payee, rng.randrange(50_000, 30_000_000),
            f"Оплата по счету № {rng.randrange(1, 900)}. НДС не облагается", "executed", ACCOUNTANT, at, 6,
            approved_by=[ACCOUNTANT, DIRECTOR], sent_at=at, executed_at=at,
        )  # fmt: skip
        made.history.append((at, ACCOUNTANT, "proposed", ""))
        made.lines.append(("signed", False, at))
        world.outgoing[made.id] = made


def channels() -> list[ChannelRecord]:
    """The banks beside the first one: one whose certificate runs out, one that was never asked."""
    return [
        ChannelRecord("directbank:severny", "Северный кредит", 12, "new", 4, 4, 1, 2),
        ChannelRecord("bxd:volga", "Волга-Банк", None),
    ]
