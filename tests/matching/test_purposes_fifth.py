"""Purposes that speak against their own number, against the party they name, or of no sale.

Each row: payer, sum, purpose; the first tables are a person's, the last stays automatic.
"""

from __future__ import annotations

import pytest

from tests.matching.world import decided, numbers

NAMED = "ООО Бета ИНН 5260000019"
AGAINST = [
    f"Не за {NAMED} счет 140",
    f"Вместо {NAMED} счет 140",
    f"кроме {NAMED} сч 140",
    f"за исключением {NAMED} сч 140",
    f"Уступка права требования к {NAMED} по счету 140",
    f"цессия, должник {NAMED} счет 140",
    f"От {NAMED} получателю; сч 140",
]
SETTLED = [
    "счет 126 уже оплачен",
    "счет 126 оплачен ранее",
    "Счет 126 был оплачен 15.11, доплата за монтаж",
    "Счет 126 оплачен п/п 55, данный платеж аванс",
    "Счет 126, если оплачен - 125",
    "Счета 126 оплачены ранее, оплата за доставку",
    "по счету 126 оплачено ранее, доплата",
    "счет 126 не оплачивать",
    "Отмена счета 126, просим зачесть в будущем",
    "Просим не отгружать по счету 126",
    "счет 126 до особого распоряжения",
    "Опл. сч. 126 ООО Ромашка (не ваш)",
]
PARTS = ["Оплата по счетам 126, 127", "счета 126 и 125 частично", "Счета 126; 125, частичная оплата"]
FIRMS = ["Счет 126 за Омега ООО", "Товар для ООО Бета счет 126", "в счет взаиморасчетов с ООО Бета, счет 126"]
NO_SALE = [
    "За товар по будущему счету", "По счету, который будет выставлен", "без счета", "на хранение", "излишек",
    "Возм. затрат", "за брак", "рекламация", "обратно", "корректировка", "повторный платеж", "перенос платежа",
    "остаток при закрытии р/с", "невыясненный платеж", "ретробонус за 3 кв", "мотивационная выплата",
    "Скидка за объем", "Мировое соглашение", "Упущенная выгода", "Субаренда", "Оплата электроэнергии",
    "Коммунальные услуги за октябрь", "За услуги связи", "Оплата за обучение сотрудников", "Маркетинговые услуги",
    "Рекламные услуги, акция", "За утилизацию", "Металлолом", "Продажа автомобиля", "по договору купли-продажи ТС",
    "Продажа векселя", "Оплата доли", "Выкуп оборудования", "Покупка валюты", "Эквайринг", "налог на прибыль", "ЕНП",
    "НДФЛ", "Тестовый платеж", "Оплата за будущие поставки",
]  # fmt: skip
PLAIN = [
    ("alpha", "7340.50", "частичная оплата по счету 126", "126"),
    ("alpha", "19840.50", "Оплата по счетам 125, 126", "125 126"),
    ("alpha", "7340.50", "Оплачено по счету 126", "126"),
    ("alpha", "7340.50", "счет 126 оплачен полностью", "126"),
    ("alpha", "7340.50", "Оплата счета 126, отгружать по будням", "126"),
    ("alpha", "7340.50", "Товар для ООО Альфа-Трейд счет 126", "126"),
    ("alpha", "7340.50", "Счет 126 за Альфа-Трейд ООО", "126"),
    ("zeta", "1111.00", "счет 190, на хранение не брать", "190"),
    ("zeta", "1111.00", "счет 190 за рекламные услуги", "190"),
    ("zeta", "1111.00", "за товар, в т.ч. налог на добавленную стоимость", "190"),
    ("zeta", "1111.00", "за текстиль и тесьму", "190"),
    ("stranger", "15000.00", f"за {NAMED} счет 140", "140"),
    ("stranger", "15000.00", f"от имени {NAMED} счет 140", "140"),
]


@pytest.mark.parametrize("purpose", AGAINST)
def test_an_inn_in_no_role_of_one_paid_for_is_a_persons(purpose: str) -> None:
    assert not decided("stranger", "15000.00", purpose).automatic


@pytest.mark.parametrize("purpose", SETTLED)
def test_a_number_called_settled_or_off_is_a_persons(purpose: str) -> None:
    assert not decided("alpha", "7340.50", purpose).automatic


@pytest.mark.parametrize("purpose", PARTS)
def test_a_sum_that_fits_one_of_several_numbers_is_a_persons(purpose: str) -> None:
    assert not decided("alpha", "7340.50", purpose).automatic


@pytest.mark.parametrize("purpose", FIRMS)
def test_another_firm_without_an_inn_is_a_persons(purpose: str) -> None:
    assert not decided("alpha", "7340.50", purpose).automatic


@pytest.mark.parametrize("purpose", NO_SALE)
def test_without_a_number_words_of_no_sale_are_a_persons(purpose: str) -> None:
    assert not decided("zeta", "1111.00", purpose).automatic


@pytest.mark.parametrize(("payer", "roubles", "purpose", "expected"), PLAIN)
def test_plain_payments_stay_automatic(payer: str, roubles: str, purpose: str, expected: str) -> None:
    assert numbers(decided(payer, roubles, purpose)) == expected
