"""Names, tax numbers and accounts of invented companies and people."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.matching.noise.words import listed

OUR_NAME, OUR_INN, OUR_KPP = "ООО «Мебельные детали»", "5258111224", "525801001"

_CORES = listed(
    "Лесторг Окский-Берег Кровля-52 Пятый-Угол Мастеровой Домовёнок Уют-Мебель СтеклоДом Фасад-НН Теплоград ВолгаСнаб "
    "Северсталь-Метиз Поволжье Коробейник Горизонт-М Промкомплект Технолайн Арсенал-2000 Белый-Кит Кедр Щит-и-Ключ "
    "Русь-Интерьер Вятка-Лес Золотая-Пила Стройдвор Акварель Квадрат Ёлочка Шкаф-Купе-Центр Регион-21 Заёмщик-Плюс"
)
_FORMS = (
    ("ООО", "Общество с ограниченной ответственностью"),
    ("ООО", "Общество с ограниченной ответственностью"),
    ("АО", "Акционерное общество"),
    ("ООО ПКФ", "ООО производственно-коммерческая фирма"),
    ("МУП", "Муниципальное унитарное предприятие"),
)
_MEN = listed(
    "Абрамов Белоусов Воронцов Гущин Дёмин Ершов Жаров Зыков Калугин Лаптев Мухин Нефёдов Рябов Субботин Тарасов "
    "Уваров Фомин Хохлов Чернов Широков Щукин Юдин Яшин"
)
_HIS = listed("Антон Борис Вадим Глеб Денис Ефим Захар Игорь Кирилл Леонид Максим Роман Семён Тимур Фёдор")
_HIS_FATHER = listed("Антонович Борисович Вадимович Глебович Денисович Игоревич Львович Максимович Семёнович Фёдорович")
_HER = listed("Алла Вера Галина Дарья Елена Жанна Зоя Инна Ксения Любовь Мария Нина Ольга Раиса Светлана Юлия")
_HER_FATHER = listed("Антоновна Борисовна Вадимовна Глебовна Денисовна Игоревна Львовна Максимовна Семёновна")
BANKS = (
    ("042202603", "Волго-Вятский Банк ПАО Сбербанк г Нижний Новгород", "7707083893"),
    ("044525593", 'АО "АЛЬФА-БАНК" Г МОСКВА', "7728168971"),
    ("044525974", 'АО "ТБанк"', "7710140679"),
    ("044525411", 'ФИЛИАЛ "ЦЕНТРАЛЬНЫЙ" БАНКА ВТБ (ПАО)', "7702070139"),
    ("044525104", 'ООО "Банк Точка"', "9721194461"),
)


@dataclass(frozen=True, slots=True)
class Account:
    number: str
    bik: str
    bank: str


@dataclass(slots=True)
class Party:
    """Whoever pays or buys; `inn` is empty for an individual, `kpp` for everybody but a company."""

    id: str
    kind: str
    name: str
    inn: str
    kpp: str
    accounts: list[Account]
    core: str = ""
    long_form: str = ""
    counters: set[int] = field(default_factory=set)
    amounts: set[int] = field(default_factory=set)


def _check(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 11 % 10


def tax_number(r: Random, length: int) -> str:
    """An ИНН of 10 or 12 digits with valid check digits."""
    region = int(r.choice(listed("52 50 77 16 21 33 43 13 12 37 76")))
    digits = [region // 10, region % 10] + [r.randrange(10) for _ in range(length - 3 - (length == 12))]
    if length == 10:
        return "".join(map(str, [*digits, _check(digits, (2, 4, 10, 3, 5, 9, 4, 6, 8))]))
    digits.append(_check(digits, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)))
    digits.append(_check(digits, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)))
    return "".join(map(str, digits))


def account(r: Random, kind: str) -> Account:
    """A 20-digit account with a valid key."""
    bik, bank, _ = r.choice(BANKS)
    body = (
        {"ul": "40702", "ip": "40802", "fl": "40817"}[kind] + "8100" + "".join(str(r.randrange(10)) for _ in range(11))
    )
    weighted = sum(int(c) * (7, 1, 3)[i % 3] % 10 for i, c in enumerate(bik[-3:] + body))
    return Account(body[:8] + str(weighted * 3 % 10) + body[9:], bik, bank)


def full_name(r: Random) -> str:
    if r.random() < 0.5:
        return f"{r.choice(_MEN)} {r.choice(_HIS)} {r.choice(_HIS_FATHER)}"
    return f"{r.choice(_MEN)}а {r.choice(_HER)} {r.choice(_HER_FATHER)}"


def initials(name: str, form: int = 0) -> str:
    last, first, father = name.split()
    return (f"{last} {first[0]}.{father[0]}.", f"{first[0]}. {father[0]}. {last}", f"{last} {first[0]} {father[0]}")[
        form
    ]


def party(r: Random, number: int, kind: str) -> Party:
    accounts = [account(r, kind) for _ in range(r.choice((1, 1, 2)))]
    key = f"C{number:05d}"
    if kind == "ul":
        short, long_form = r.choice(_FORMS)
        core = r.choice(_CORES).replace("-", r.choice(("-", " ", " "))) + r.choice(("", "", " НН", "+", " 2", "-Опт"))
        inn = tax_number(r, 10)
        return Party(key, kind, f"{short} «{core}»", inn, f"{inn[:4]}01001", accounts, core, f'{long_form} "{core}"')
    name = full_name(r)
    if kind == "ip":
        return Party(
            key, kind, f"ИП {name}", tax_number(r, 12), "", accounts, name, f"Индивидуальный предприниматель {name}"
        )
    return Party(key, kind, name, "", "", accounts, name, name)
