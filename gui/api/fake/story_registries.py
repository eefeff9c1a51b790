"""The registries and the back-test the make-believe service starts with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake.registry_files import Reading
from gui.api.fake.render import instant
from gui.api.fake.render_registries import RegistryRecord
from gui.api.fake.shop import dice, inn_of

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
ACQUIRER, POST, LENDER, MARKET = (inn_of(seed, person=False) for seed in (301, 302, 303, 304))
CLERK = "Мария Ковалёва"
_KINDS = {"acquirer": "order", "post": "track", "loan": "loan", "marketplace": "order"}
_Example = tuple[str, int, str, str, str]  # payer, kopecks, purpose, why in Russian, why in English
_SOURCES = {ACQUIRER: "acquirer", POST: "post", LENDER: "loan", MARKET: "marketplace"}

_NAMES = {ACQUIRER: "АО «Эквайринг-Сервис»", POST: "АО «Почта России»", LENDER: "ООО МКК «Рассрочка»"}
"""Of the marketplace no payout has come yet."""


def partners(world: World) -> None:
    world.partners = {
        inn: {
            "partner_inn": inn,
            "partner_name": _NAMES.get(inn, ""),
            "source": source,
            "mapping": None,
            "at": None,
            "by": "",
        }
        for inn, source in _SOURCES.items()
    }
    world.partners[POST] |= {
        "mapping": {
            "key": ["ШПИ"],
            "kind": "track",
            "amount": "Сумма наложенного платежа",
            "number": {"heading": r"реестр\D{0,30}?([\d/-]+)"},
            "date": {"heading": r"(\d{2}\.\d{2}\.\d{4})"},
        },
        "at": instant(world.now() - timedelta(days=21)),
        "by": CLERK,
    }


def registries(world: World) -> None:
    """One of each kind: used, waiting, not adding up, with bad rows, twice there, withdrawn."""
    _of_orders(world, "r-acq-1", "118", 200, (1057, 1058, 1059), payment="p-008")
    _of_orders(world, "r-acq-2", "119", 230, (1061, 1062))
    before = next((name for name in world.payments if name not in world.live), "p-008")
    _add(world, "r-post-1", POST, "2041", 2, 27, file="post_2041.dbf", payment=before)
    _add(world, "r-post-2", POST, "2042", 0, 230, file="post_2042.dbf")
    _add(world, "r-loan-1", LENDER, "77-11", 3, 8, fee=True, file="reestr_77-11.xlsx", payment=before)
    unsound = _add(world, "r-loan-2", LENDER, "77-12", 0, 9, fee=True, file="reestr_77-12.xlsx")
    unsound.reading.gross += 150_000
    unsound.reading.net += 150_000
    bad = _add(world, "r-mp-1", MARKET, "5120034", 1, 63, fee=True, file="payout_5120034.csv")
    bad.reading.problems += [
        _problem(17, "Это не сумма: «н/д».", "This is no sum: “н/д”.", "1044 н/д 120,00"),
        _problem(31, "Нет номера заказа.", "There is no order number.", "— 2 190,00 98,00"),
    ]
    _add(world, "r-mp-2", MARKET, "5120021", 4, 12, fee=True, file="payout_5120021.csv")
    _add(world, "r-mp-3", MARKET, "5120021", 4, 13, fee=True, file="payout_5120021_new.csv")
    gone = _add(world, "r-acq-0", ACQUIRER, "117", 2, 33, fee=True, file="sverka_117.csv")
    gone.state, gone.note, gone.version = "withdrawn", "Банк прислал исправленный реестр", 2
    unpaid = world.registries["r-post-2"]
    ru, en = "Строка реестра: {} — такого отправления нет.", "Line of the registry: {} — there is no such parcel."
    for position in (3, 12):
        key = unpaid.reading.lines[position - 1][2]
        unpaid.against[position] = {
            "code": "matching.registry_unknown",
            "text_ru": ru.format(key),
            "text_en": en.format(key),
            "span": None,
        }


def _add(
    world: World,
    name: str,
    partner: str,
    number: str,
    days: int,
    count: int,
    *,
    file: str,
    fee: bool = False,
    payment: str = "",
) -> RegistryRecord:
    rng = dice(name)
    source = _SOURCES[partner]
    lines = []
    for position in range(1, count + 1):
        amount = rng.randrange(59_000, 1_450_000)
        key = f"8010{rng.randrange(10**10):010d}" if source == "post" else str(1001 + rng.randrange(64))
        key = f"ЗК-{rng.randrange(10**7):07d}" if source == "loan" else key
        lines.append((position + 3, _KINDS[source], key, amount, amount * 18 // 1000 if fee else 0))
    gross, fees = sum(line[3] for line in lines), sum(line[4] for line in lines)
    day = (world.now() - timedelta(days=days)).date()
    reading = Reading(number, day.isoformat(), gross, fees, gross - fees, lines)
    received = world.now() - timedelta(days=days, hours=3)
    return _keep(world, RegistryRecord(name, source, partner, reading, file, received, CLERK), payment)


def _of_orders(
    world: World, name: str, number: str, minutes: int, numbers: tuple[int, ...], payment: str = ""
) -> RegistryRecord:
    """What the acquirer says the payout `minutes` ago is made of; two hundredths of it are his."""
    amounts = [world.orders[f"o-{one}"].amount for one in numbers]
    fees = [amount * 2 // 100 for amount in amounts]
    fees[-1] += sum(amounts) * 2 // 100 - sum(fees)
    lines = [
        (position, "order", str(one), amount, fee)
        for position, (one, amount, fee) in enumerate(zip(numbers, amounts, fees, strict=True), start=4)
    ]
    at = world.now() - timedelta(minutes=minutes)
    reading = Reading(number, at.date().isoformat(), sum(amounts), sum(fees), sum(amounts) - sum(fees), lines)
    one = RegistryRecord(name, "acquirer", ACQUIRER, reading, f"sverka_{number}.csv", at, CLERK)
    return _keep(world, one, payment)


def _keep(world: World, one: RegistryRecord, payment: str) -> RegistryRecord:
    if payment:
        one.state, one.payment, one.version = "used", payment, 2
    world.registries[one.id] = one
    return one


def _problem(number: int, ru: str, en: str, fragment: str) -> Json:
    return {"row": number, "text_ru": ru, "text_en": en, "fragment": fragment}


# --- the back-test ---------------------------------------------------------------------------------------------------


def trial(world: World) -> Json:
    """A back-test on last year's statements."""
    now = world.now()
    whole, money = 12_480, 918_443_210_00

    def share(count: int, amount: int) -> Json:
        parts = {"share_of_count": round(count / whole, 4), "share_of_amount": round(amount / money, 4)}
        return {"count": count, "amount": amount, **parts}

    def outcome(
        decision: str, code: str, count: int, ru: str, en: str, example: tuple[str, int, str, str, str]
    ) -> Json:
        payer, amount, purpose, why_ru, why_en = example
        return {
            "decision": decision,
            "outcome": code,
            "text_ru": ru,
            "text_en": en,
            "count": count,
            "amount": count * 71_340_00,
            "suggested": count * 3 // 4 if decision == "person" else 0,
            "example": {
                "booked": (now - timedelta(days=200)).date().isoformat(),
                "payer": payer,
                "amount": amount,
                "purpose": purpose,
                "why_ru": why_ru,
                "why_en": why_en,
            },
        }

    return {
        "id": "trial-1",
        "at": instant(now - timedelta(days=2)),
        "by": "Тимур Садыков",
        "source": "выписки и счета 2025 года",
        "first": "2025-01-09",
        "last": "2025-12-30",
        "payments": {"count": whole, "amount": money},
        "auto": share(10_756, 771_200_000_00),
        "person": share(1_702, 145_900_000_00),
        "duplicate": share(22, 1_343_210_00),
        "suggested": 1_418,
        "released": {"count": 9_874, "amount": 733_018_450_00},
        "outcomes": [
            outcome(
                "person",
                "payout_unexplained",
                611,
                "Выплата партнёра без сходящегося реестра.",
                "A partner's payout without a registry that adds up.",
                (
                    "ПАО «Эквайер»",
                    418_220_15,
                    "Возмещение по реестру 87",
                    "Реестра с этим номером нет.",
                    "There is no registry of this number.",
                ),
            ),
            outcome(
                "person",
                "third_party_unnamed",
                402,
                "Платит не покупатель и не указывает его ИНН.",
                "Somebody else pays and does not give the buyer's ИНН.",
                (
                    "ИП Щербак О. Ю.",
                    18_400_00,
                    "Оплата по счёту 1044 за рамы",
                    "Счёт 1044 выписан не этому плательщику.",
                    "Invoice 1044 was made out to somebody else.",
                ),
            ),
            outcome(
                "person",
                "no_number_ambiguous",
                388,
                "Номера нет, а счетов с такой суммой несколько.",
                "No number, and several invoices have this sum.",
                (
                    "ООО «Рамочки плюс»",
                    12_240_00,
                    "За рамки и паспарту, без НДС",
                    "Счетов на эту сумму два.",
                    "Two invoices have this sum.",
                ),
            ),
            outcome(
                "person",
                "paid_invoice",
                301,
                "Указанный счёт уже оплачен.",
                "The invoice quoted is paid already.",
                ("АО «Ёлочка»", 7_900_00, "По счёту 998", "Счёт 998 оплачен.", "Invoice 998 is paid."),
            ),
            outcome(
                "auto",
                "exact",
                10_756,
                "Счёт оплачен точно.",
                "The invoice is paid exactly.",
                (
                    "АО «Гостиный дом»",
                    33_120_00,
                    "Оплата по счёту № 1018",
                    "Номер, плательщик и сумма совпали.",
                    "Number, payer and sum agree.",
                ),
            ),
        ],
        "advice": [
            {
                "code": "trial.advice.registries.acquirer",
                "text_ru": "Выплаты эквайера, которым не хватает реестра: 611. Загружайте реестры банка-эквайера.",
                "text_en": "Payouts of the acquirer that wait for a registry: 611. Bring in the acquirer's registries.",
                "count": 611,
                "amount": 43_588_740_00,
            },
            {
                "code": "trial.advice.third_party",
                "text_ru": "За покупателя заплатил другой: 402. Для постоянных плательщиков запомните правило.",
                "text_en": "Somebody else paid for a buyer: 402. For regular payers keep a rule.",
                "count": 402,
                "amount": 28_678_680_00,
            },
        ],
        "bad_rows": 3,
        "stopped": False,
    }
