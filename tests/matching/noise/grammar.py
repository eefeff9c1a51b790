"""Texts put together from parts, as accountants, client-banks and people with a phone write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from tests.matching.noise.people import OUR_INN, OUR_KPP, OUR_NAME, Party, full_name, initials
from tests.matching.noise.words import MONTHS, day_in_words, roubles_in_words
from tests.matching.noise.world import TODAY, Invoice, World, vat

_INTROS = (
    "Оплата",
    "Опл.",
    "Опл",
    "Оплата товара",
    "Оплата ТМЦ",
    "Платёж",
    "Перечисление денежных средств",
    "Перечисляем оплату",
    "Производится оплата",
    "Безналичная оплата",
    "Расчёты с поставщиками. Оплата",
    "ОПЛАТА",
    "Перечислена оплата",
    "Плата",
    "",
)
_NOUNS = (
    "по счету",
    "по счёту",
    "по сч.",
    "по сч",
    "сч.",
    "сч",
    "счет",
    "счёт",
    "счета",
    "согласно счета",
    "согласно счету",
    "согл. сч.",
    "согл.счета",
    "на основании счета",
    "по выставленному счету",
    "по счету на оплату",
    "по сч-ту",
    "по с/ч",
    "за счет на оплату",
    "к счету",
    "(счет",
    "по Счету",
)
_SIGNS = (" № ", " №", "№ ", "№", " N ", " N", " # ", " номер ", " No. ", " No", " ", " №: ", " н-р ")
_GOODS = (
    "за фурнитуру мебельную",
    "за петли накладные 110гр. (арт. {n}-{m}) {k} шт",
    "за краску RAL 9010, {k} ведра",
    "за трубы 40х20х2 6м",
    "за болты М8х40 DIN 933 {k}00 шт",
    "за кабель ВВГнг 3х2,5 {k}0 м",
    "за ЛДСП 16мм 2750х1830 {k} л.",
    "за кромку ПВХ 2х19",
    "за направляющие 450 мм",
    "за м/к детали",
    "за ручки-скобы 128мм",
    "за стекло 4мм {k},5 м2",
    "за расходные материалы",
    "за доставку и сборку",
    "за хоз. инвентарь",
    "за поддоны EUR 1200х800 {k} шт.",
)
_MONEY = (
    "{r}-{k:02d}",
    "{r}.{k:02d}",
    "{s},{k:02d}",
    "{s}-{k:02d}",
    "{d},{k:02d}",
    "{s}.{k:02d} руб.",
    "{r}={k:02d}",
    "{r} руб. {k:02d} коп.",
)


def money(w: World, kopecks: int, form: str = "") -> str:
    roubles, rest = divmod(kopecks, 100)
    grouped = f"{roubles:,}"
    return (form or w.r.choice(_MONEY)).format(
        r=roubles, k=rest, s=grouped.replace(",", " "), d=grouped.replace(",", ".")
    )


def vat_clause(w: World, amount: int, rate: int) -> str:
    """The clause about НДС, right to the kopeck."""
    if not rate:
        return w.r.choice((
            "НДС не облагается", "НДС не предусмотрен", "без НДС", "Без НДС (УСН)", "НДС нет", "Без налога (НДС)",
            "НДС не обл. (гл. 26.2 НК РФ, ст. 346.11)", "БЕЗ НДС.", "НДС - 0,00", "НДС0%",
        ))  # fmt: skip
    tax = money(w, vat(amount, rate))
    return w.r.choice(
        (
            f"В т.ч. НДС({rate}%) {tax}",
            f"НДС {rate}% в сумме {tax}",
            f"Сумма {money(w, amount)} в т.ч. НДС ({rate}%) {tax}",
            f"в том числе НДС {rate} % = {tax}",
            f"в т.ч. НДС {rate}/{100 + rate} - {tax}",
            f"В тч НДС {tax}",
            f"НДС-{rate}%-{tax}",
            f"(НДС {rate}%: {tax})",
            f"с НДС {rate}%",
            f"В Т.Ч. НДС {rate}.00 % - {tax} РУБ.",
            f"НДС по ставке {rate}% {tax}",
        )
    )


def date_form(w: World, day: date) -> str:
    d, m, y = day.day, day.month, day.year
    return w.r.choice(
        (
            f"от {d:02d}.{m:02d}.{y}",
            f"от {d:02d}.{m:02d}.{y}г.",
            f"от {d:02d}.{m:02d}.{y} г",
            f"от {d:02d}.{m:02d}.{y % 100}",
            f"от {d} {MONTHS[m - 1]} {y} г.",
            f"от {d:02d} {MONTHS[m - 1][:3]} {y}",
            f"от {d:02d}/{m:02d}/{y % 100}",
            f"от {d:02d}-{m:02d}-{y}",
            f"от {y}.{m:02d}.{d:02d}",
            f"от {d:02d},{m:02d},{y}",
            f"({d:02d}.{m:02d}.{y})",
            f"{d:02d}.{m:02d}.{y}",
            f"от {d:02d}.{m:02d}",
            f"дата {d:02d}.{m:02d}.{y}",
            f"от{d:02d}.{m:02d}.{y}г",
            f"от «{d:02d}» {MONTHS[m - 1]} {y}г.",
            f"от {d}.{m}.{y}",
            f"от {day_in_words(day)}",
            "",
            "",
            "",
        )
    )


def number_form(w: World, invoice: Invoice, style: str = "") -> str:
    """The invoice's number as a payer writes it; only `full` is what is printed."""
    full, counter = invoice.number, invoice.counter
    style = style or w.r.choice(("full", "full", "full", "full", "short", "lower", "light", "spaced"))
    if style == "short":
        return str(counter)
    if style == "lower":
        return full.lower()
    if style == "light":
        return re.sub(r"(?<!\d)0+(?=\d)", "", full.replace("00-", "-")) if invoice.series != "yearly" else full
    if style == "heavy":
        return f"{counter:0{len(str(counter)) + w.r.randrange(1, 5)}d}"
    if style == "spaced":
        return re.sub(r"([-/])", r" \1 ", full)
    return full


def reference(w: World, invoice: Invoice, style: str = "", when: str | None = None) -> str:
    """`по счету № 45 от 05.11.2026`; without `when` the date's form, or its absence, is left to chance."""
    noun = w.r.choice(_NOUNS)
    when = date_form(w, invoice.day) if when is None else when
    text = f"{noun}{w.r.choice(_SIGNS)}{number_form(w, invoice, style)} {when}".strip()
    return text + (")" if noun.startswith("(") else "")


def goods(w: World, buyer: Party) -> str:
    return w.r.choice(_GOODS).format(n=w.decoy(buyer, 9999), m=w.r.randrange(10, 99), k=w.r.randrange(2, 9))


def papers(w: World, buyer: Party) -> str:
    """Another document: contract, specification, act, consignment note."""
    r, n = w.r, w.decoy(buyer)
    day = TODAY - timedelta(days=r.randrange(20, 500))
    return r.choice(
        (
            f"по договору № {n} от {day:%d.%m.%Y}",
            f"дог. поставки {n}/{day:%y} от {day:%d.%m.%y}",
            f"спецификация №{n}",
            f"по УПД № {n} от {day:%d.%m.%Y}",
            f"акт {n} от {day:%d.%m.%Y}г.",
            f"ТТН №{n}",
            f"накладная {n}",
            f"тов. накл. N {n}",
            f"Договор №{n}-К",
            f"по контракту {n}",
            f"прил. № {n} к дог.",
            f"с/ф {n} от {day:%d.%m.%Y}",
            f"госконтракт № 03322{n:05d}",
            f"доп.соглашение №{n}",
            f"заявка {n}",
        )
    )


def sides(w: World, buyer: Party) -> str:
    own = f"ИНН {buyer.inn} КПП {buyer.kpp}" if buyer.kpp else f"ИНН {buyer.inn}"
    return w.r.choice((
        f"Получатель {OUR_NAME} ИНН {OUR_INN}/КПП {OUR_KPP}", f"Плательщик {own}", f"{own}; пол. ИНН{OUR_INN}",
        f"ИНН получателя {OUR_INN}", f"({buyer.name}, ИНН {buyer.inn})",
    ))  # fmt: skip


def contact(w: World, _buyer: Party) -> str:
    r = w.r
    phone = f"8(831){r.randrange(200, 499)}-{r.randrange(10, 99)}-{r.randrange(10, 99)}"
    manager = initials(full_name(r), r.randrange(3))
    return r.choice(
        (
            f"тел. {phone}",
            f"Менеджер {manager}",
            f"исп. {manager} {phone}",
            f"моб. +7 9{r.randrange(10**8, 10**9 - 1)}",
            f"Доставка: г.Дзержинск, ул. Гайдара, д. {r.randrange(1, 90)}, оф. {r.randrange(1, 400)}",
            "самовывоз после 14-00",
            f"buh{r.randrange(10, 99)}@mail.ru",
            f"доставка до ТК Деловые Линии {r.randrange(1, 28)} числа",
            f"отв. {manager}",
        )
    )


def codes(w: World, _buyer: Party) -> str:
    r = w.r
    return r.choice((
        f"УИН {r.randrange(10**19, 10**20 - 1)}", "RUB", "(643)", "///УИН0///", "Код 0", "Вид опл. 01", "//НЗП//",
        "Очередность 5", "ОКТМО 22701000", f"ИД {r.randrange(10**9, 10**10)}",
    ))  # fmt: skip


def total(w: World, amount: int) -> str:
    return w.r.choice(("Сумма {0}", "на сумму {0}", "Всего к оплате {0}", "итого {0}")).format(money(w, amount))


Part = Callable[[World, Party], str]
_PARTS: tuple[tuple[Part, float], ...] = ((goods, 0.4), (papers, 0.22), (sides, 0.06), (contact, 0.1), (codes, 0.06))


def sentence(w: World, buyer: Party, amount: int, rate: int, core: str, *, parts: Sequence[Part] | None = None) -> str:
    """A purpose of at most 210 characters that keeps `core` whole.

    Args:
        core: the part that carries the meaning, e.g. what `reference` returns.
        parts: what surely surrounds it; None leaves that to chance.
    """
    r = w.r
    chosen = (
        [p for p, chance in _PARTS if r.random() < chance and (p is not sides or buyer.inn)] if parts is None else parts
    )
    before, after = "", ""
    for part in chosen:
        words = part(w, buyer)
        if r.random() < 0.4:
            before += words + r.choice((", ", " ", "; ", " / "))
        else:
            after += r.choice((", ", " ", ". ", "; ", " / ")) + words
    if r.random() < 0.25:
        after += r.choice((", ", " ", ". ")) + total(w, amount)
    if r.random() < 0.85:
        after += r.choice((". ", " ", ", ", "; ", "//")) + vat_clause(w, amount, rate)
    intro = r.choice(_INTROS)
    head = f"{intro} {before}" if intro else before
    if len(head) + len(core) > 200:
        head = f"{intro} "
    prefix = r.choice(("", "", "", "", "", "", "//", "{VO10100}", "{VO10100} ", "/", "1) "))
    return re.sub(r" +", " ", prefix + (head + core).strip() + after)[:210]


def purpose(w: World, invoice: Invoice, amount: int = 0, *, core: str = "", parts: Sequence[Part] | None = None) -> str:
    """A purpose about one invoice."""
    amount = amount or invoice.due
    return sentence(w, invoice.buyer, amount, invoice.rate, core or reference(w, invoice), parts=parts)


def spelled_total(w: World, amount: int) -> str:
    return w.r.choice(
        (
            f"({roubles_in_words(amount)})",
            f"Сумма прописью: {roubles_in_words(amount)}",
            roubles_in_words(amount).lower(),
        )
    )
