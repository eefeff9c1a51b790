"""The fictional frame shop: who buys, what is sold, and what people write in the purpose of a payment."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

COMPANY = "ООО «Светлая рама»"


@dataclass(frozen=True, slots=True)
class Buyer:
    name: str
    inn: str
    account: str
    bank: str
    bic: str
    phone: str
    contact: str
    address: str


@dataclass(frozen=True, slots=True)
class Article:
    sku: str
    name: str
    unit: str
    price: int
    bin: str


_NAMES = [
    ("ООО «Багетная мастерская №7»", "Ольга Сергеевна", "Москва, ул. Ленинская, 14"),
    ("ИП Пушкарёв Семён Андреевич", "Семён Андреевич", "Тула, пр. Мира, 3"),
    ("АО «Ёлочка»", "Кристина", "Москва, Осенний б-р, 22"),
    ("ООО «Рамочки плюс»", "Илья Петрович", "Калуга, ул. Садовая, 8"),
    ("Иванова Анна Петровна", "Анна Петровна", "самовывоз"),
    ("ООО «Галерея на Песчаной»", "Вера Львовна", "Москва, Песчаная пл., 1"),
    ("ИП Юнусова Дина Маратовна", "Дина", "Казань, ул. Зелёная, 5"),
    ("ООО «Фотосалон Контраст»", "Максим", "Рязань, ул. Полевая, 40"),
    ("Школа искусств имени Врубеля", "Нина Ивановна", "Омск, ул. Тарская, 2"),
    ("ООО «Печать и рама»", "Артём", "Москва, Варшавское ш., 125"),
    ("Кузнецов Пётр Ильич", "Пётр Ильич", "самовывоз"),
    ("ООО «Интерьер-Сервис»", "Лариса", "Тверь, ул. Новая, 11"),
    ("ИП Щербак Олег Юрьевич", "Олег", "Воронеж, ул. Мостовая, 9"),
    ("ООО «Музей кукол»", "Евгения", "Москва, Тихий пер., 4"),
    ("Архипова Мария Олеговна", "Мария", "самовывоз"),
    ("ООО «Академия росписи»", "Георгий", "Суздаль, ул. Ремесленная, 6"),
    ("АО «Гостиный дом»", "Снабжение", "Ярославль, наб. Волжская, 18"),
    ("ИП Цой Виктория Сергеевна", "Виктория", "Москва, ул. Арбатская, 31"),
    ("ООО «Светосила-Арт»", "Денис", "Химки, ул. Заводская, 2"),
    ("Беляев Роман Игоревич", "Роман", "самовывоз"),
]
_BANKS = [
    ("ПАО «Первый учебный банк»", "044525999"),
    ("АО «Северный кредит»", "044030998"),
    ("ПАО «Волга-Банк»", "042202997"),
]

ARTICLES = [
    Article("RM-2130-OR", "Рамка «Ёлочка» 21×30, орех", "шт", 48500, "A-03-2"),
    Article("RM-3040-BK", "Рамка 30×40, чёрная матовая", "шт", 61200, "A-07-1"),
    Article("RM-4050-GD", "Рамка 40×50, золото с патиной", "шт", 129900, "A-09-4"),
    Article("RM-5070-WH", "Рамка 50×70, белая глянцевая", "шт", 154000, "A-11-3"),
    Article("RM-1015-SV", "Рамка 10×15, серебро", "шт", 21900, "A-01-1"),
    Article("PP-2130-IV", "Паспарту 21×30, слоновая кость", "шт", 9900, "B-01-4"),
    Article("PP-3040-WH", "Паспарту 30×40, белое", "шт", 14500, "B-02-2"),
    Article("PP-5070-GR", "Паспарту 50×70, серое", "шт", 26800, "B-02-7"),
    Article("GL-2130-M", "Стекло музейное 21×30", "шт", 38000, "C-12-1"),
    Article("GL-4050-M", "Стекло музейное 40×50", "шт", 92500, "C-12-5"),
    Article("BG-45-WN", "Багет деревянный 45 мм, венге", "м", 74000, "D-04-1"),
    Article("HK-10", "Подвес усиленный, пара", "уп", 12500, "E-01-9"),
]

PURPOSES = [
    "Оплата по счёту № {number} от {date} за рамки и паспарту, в т.ч. НДС 22% {vat}",
    "По счету {number} от {date} за багетные изделия. НДС 22% - {vat}",
    "Оплата заказа №{number}. Без НДС",
    "за рамы сч.{number} от {date} в том числе НДС {vat}",
    "Оплата по сч/ф {number} от {date}",
]


def dice(seed: str) -> Random:
    """Numbers that look random and are the same every time: a made-up shop needs no more."""
    return Random(seed)  # noqa: S311 - nothing here is a secret


def inn_of(seed: int, *, person: bool) -> str:
    """A number of the right length and with right check digits that belongs to nobody in particular."""
    rng = dice(f"inn{seed}")
    digits = [int(d) for d in ("7799" if not person else "779999")]
    digits += [rng.randrange(10) for _ in range((9 if not person else 10) - len(digits))]

    def check(weights: tuple[int, ...]) -> int:
        return sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 % 10

    if person:
        digits.append(check((7, 2, 4, 10, 3, 5, 9, 4, 6, 8)))
        digits.append(check((3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)))
    else:
        digits.append(check((2, 4, 10, 3, 5, 9, 4, 6, 8)))
    return "".join(map(str, digits))


def buyers() -> list[Buyer]:
    made = []
    for index, (name, contact, address) in enumerate(_NAMES):
        rng = dice(f"buyer{index}")
        person = not name.startswith(("ООО", "АО", "Школа"))
        bank, bic = _BANKS[index % len(_BANKS)]
        prefix = "40802810" if name.startswith("ИП") else ("40817810" if person else "40702810")
        account = prefix + "".join(str(rng.randrange(10)) for _ in range(12))
        phone = f"+7900{rng.randrange(10**7):07d}"
        made.append(Buyer(name, inn_of(index, person=person), account, bank, bic, phone, contact, address))
    return made
