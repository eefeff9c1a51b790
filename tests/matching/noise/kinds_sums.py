"""Several invoices in one payment, and payments that are not the sum due."""

from __future__ import annotations

from tests.matching.noise.catalogue import kind
from tests.matching.noise.grammar import date_form, money, number_form, purpose, reference, sentence, vat_clause
from tests.matching.noise.words import in_words
from tests.matching.noise.world import TODAY, Invoice, World, ask, auto, in_full

_LISTS = ("по счетам", "по счетам №№", "по сч.", "по сч. №", "сч.№№", "за счета", "согласно счетов", "счета №")


def _sum(invoices: list[Invoice]) -> int:
    return sum(v.due for v in invoices)


def _several(w: World, least: int = 2, most: int = 6, series: str = "", extra: int = 3) -> list[Invoice]:
    buyer = w.firm()
    made = [w.invoice(buyer, series=series) for _ in range(w.r.randrange(least, most))]
    w.around(buyer, extra)
    return made


def _listed(w: World, numbers: list[str]) -> str:
    separator = w.r.choice((", ", ",", "; ", ";", " ; ", " и ", "  ", " + ", "/ ", ",№ ", ", № "))
    if len(numbers) > 2 and w.r.random() < 0.3:
        return f"{separator.join(numbers[:-1])} и {numbers[-1]}"
    return separator.join(numbers)


def _text(w: World, invoices: list[Invoice], core: str, amount: int = 0) -> str:
    v = invoices[0]
    return sentence(w, v.buyer, amount or _sum(invoices), v.rate, core, parts=())


@kind(22)
def list_of_numbers(w: World) -> None:
    vs = _several(w)
    style = w.r.choice(("full", "full", "short", "light"))
    core = f"{w.r.choice(_LISTS)} {_listed(w, [number_form(w, v, style) for v in vs])}"
    w.pay(vs[0].buyer, _sum(vs), _text(w, vs, core), in_full(vs))


@kind(12)
def list_with_dates(w: World) -> None:
    vs = _several(w, most=5)
    items = [f"{w.r.choice(('', '', '№', 'сч.'))}{number_form(w, v, 'full')} от {v.day:%d.%m.%y}" for v in vs]
    w.pay(vs[0].buyer, _sum(vs), _text(w, vs, f"{w.r.choice(_LISTS)} {', '.join(items)}"), in_full(vs))


@kind(8)
def list_under_one_date(w: World) -> None:
    vs = w.run(w.firm(), w.r.randrange(2, 5), "bare")
    core = f"{w.r.choice(_LISTS)} {_listed(w, [v.number for v in vs])} {date_form(w, vs[0].day)}"
    w.pay(vs[0].buyer, _sum(vs), _text(w, vs, core), in_full(vs))


@kind(8)
def range_in_words(w: World) -> None:
    vs = w.run(w.firm(), w.r.randrange(3, 6), "bare")
    w.around(vs[0].buyer, 2)
    a, b = vs[0].counter, vs[-1].counter
    core = w.r.choice(
        ("по счетам с {a} по {b}", "по счетам с № {a} по № {b}", "счета с {a} до {b} включительно")
    ).format(a=a, b=b)
    w.pay(vs[0].buyer, _sum(vs), _text(w, vs, core), in_full(vs))


@kind(8)
def range_with_dash(w: World) -> None:
    vs = w.run(w.firm(), w.r.randrange(3, 6), "bare")
    a, b = vs[0].counter, vs[-1].counter
    core = w.r.choice(
        ("по счетам {a}-{b}", "счета №№ {a} - {b}", "по сч. №{a}-№{b}", "сч. {a}–{b}", "по счетам № {a}...{b}")
    )
    w.pay(vs[0].buyer, _sum(vs), _text(w, vs, core.format(a=a, b=b)), in_full(vs))


@kind(4)
def range_with_a_strangers_number(w: World) -> None:
    """One number of the range belongs to another buyer: the sum is that of the payer's own."""
    vs = w.run(w.firm(), 4, "bare")
    stranger = vs.pop(w.r.choice((1, 2)))
    stranger.buyer.counters.discard(stranger.counter)
    stranger.buyer, stranger.known_accounts = w.firm(), ()
    core = f"по счетам с {vs[0].counter} по {vs[-1].counter}"
    verdict = ask(*((v, v.due) for v in vs), tolerated=True, note="a number of the range is another buyer's")
    w.pay(vs[0].buyer, _sum(vs), _text(w, vs, core), verdict)


@kind(10)
def list_with_sums(w: World) -> None:
    vs = _several(w, most=5)
    form = w.r.choice(("{r}-{k:02d}", "{r}.{k:02d}", "{s},{k:02d}", "{r}-{k:02d} руб."))
    items = [
        f"{number_form(w, v, 'full')}{w.r.choice((' - ', ' на ', ' (', ' сумма ', '='))}{money(w, v.due, form)}"
        for v in vs
    ]
    items = [i + (")" if "(" in i else "") for i in items]
    w.pay(
        vs[0].buyer,
        _sum(vs),
        f"Оплата по счетам № {'; '.join(items)}. {vat_clause(w, _sum(vs), vs[0].rate)}",
        in_full(vs),
    )


@kind(5)
def list_with_sums_one_in_part(w: World) -> None:
    vs = _several(w, least=2, most=4)
    part = vs[-1].due // 2 + 1
    shares = [(v, v.due) for v in vs[:-1]] + [(vs[-1], part)]
    items = "; ".join(f"№ {number_form(w, v, 'full')} - {money(w, k, '{r}-{k:02d}')}" for v, k in shares)
    amount = sum(k for _, k in shares)
    verdict = ask(*shares, tolerated=True, note="every share is written out")
    w.pay(vs[0].buyer, amount, f"Оплата по счетам {items} (част.). {vat_clause(w, amount, vs[0].rate)}", verdict)


@kind(6)
def list_short(w: World) -> None:
    """Less than the invoices listed: nobody says which is left short."""
    vs = _several(w, least=2, most=5)
    amount = _sum(vs) - min(v.due for v in vs) // w.r.choice((2, 3, 10))
    core = f"{w.r.choice(_LISTS)} {_listed(w, [number_form(w, v, 'full') for v in vs])}"
    w.pay(vs[0].buyer, amount, _text(w, vs, core, amount), ask(note="which one is short?"), day=TODAY)


@kind(5)
def list_overpaid(w: World) -> None:
    vs = _several(w, least=2, most=4)
    amount = _sum(vs) + w.r.choice((1, 100, 50_037))
    core = f"{w.r.choice(_LISTS)} {_listed(w, [number_form(w, v, 'full') for v in vs])}"
    verdict = ask(*((v, v.due) for v in vs), tolerated=True, note="all covered, the rest an advance")
    w.pay(vs[0].buyer, amount, _text(w, vs, core, amount), verdict)


@kind(6)
def list_cut(w: World) -> None:
    """The list runs over the 210th character."""
    vs = w.run(w.firm(), 22, "base")
    text = f"Оплата по счетам №№ {', '.join(v.number for v in vs)}. {vat_clause(w, _sum(vs), vs[0].rate)}"
    if w.r.random() < 0.5:
        w.invoice(vs[0].buyer)
    verdict = ask(*((v, v.due) for v in vs), tolerated=True, note="list cut at 210")
    w.pay(vs[0].buyer, _sum(vs), text, verdict, raw=True)


@kind(5)
def list_with_a_paid_one(w: World) -> None:
    vs = _several(w, least=3, most=5)
    paid = w.invoice(vs[0].buyer, status="paid")
    core = f"{w.r.choice(_LISTS)} {_listed(w, [number_form(w, v, 'full') for v in [*vs, paid]])}"
    with_it = w.r.random() < 0.5
    amount = _sum(vs) + paid.amount * with_it
    shares = ask(*((v, v.due) for v in vs), tolerated=not with_it, note="a paid invoice in the list")
    w.pay(vs[0].buyer, amount, _text(w, vs, core, amount), shares, day=TODAY)


@kind(5)
def list_with_a_strangers_one(w: World) -> None:
    vs = _several(w, least=2, most=4)
    foreign = w.invoice(w.firm(), series="base")
    core = f"{w.r.choice(_LISTS)} {_listed(w, [number_form(w, v, 'full') for v in [*vs, foreign]])}"
    amount = _sum([*vs, foreign])
    verdict = ask(*((v, v.due) for v in [*vs, foreign]), note="another buyer's invoice in the list, nobody named")
    w.pay(vs[0].buyer, amount, _text(w, vs, core, amount), verdict)


@kind(10)
def whole_balance(w: World) -> None:
    buyer = w.firm()
    vs = [w.invoice(buyer) for _ in range(w.r.randrange(2, 6))]
    core = w.r.choice(
        (
            "погашение задолженности",
            "задолженности за поставленный товар",
            "долга по акту сверки",
            "за отгруженный товар",
            "по договору поставки, окончательный расчёт",
            "по всем счетам",
            "кредиторской задолженности",
        )
    )
    w.pay(buyer, _sum(vs), _text(w, vs, core), in_full(vs))


@kind(6)
def some_of_the_balance(w: World) -> None:
    """No number; a few of the open invoices add up to the sum."""
    buyer = w.firm()
    vs = [w.invoice(buyer, amount=w.amount(buyer) + w.r.randrange(1, 99)) for _ in range(4)]
    w.pay(buyer, _sum(vs[:2]), _text(w, vs[:2], "за товар"), ask(*((v, v.due) for v in vs[:2]), note="sum of some"))


# ---- in part, too much, too little


@kind(10)
def rest_of_invoice(w: World) -> None:
    """Partly paid before; the rest comes now."""
    amount = 100 * w.r.randrange(9_000, 400_000)
    v = w.one(amount=amount, paid=amount * w.r.choice((30, 50, 70)) // 100)
    word = w.r.choice(("Доплата", "Остаток", "Окончательный расчет", "Вторая часть оплаты", "2-й платеж"))
    w.pay(v.buyer, v.due, f"{word} {reference(w, v)}. {vat_clause(w, v.due, v.rate)}", auto((v, v.due)))


@kind(4)
def full_sum_of_partly_paid(w: World) -> None:
    """The printed total arrives although a part was paid before."""
    amount = 100 * w.r.randrange(9_000, 400_000)
    v = w.one(amount=amount, paid=amount // 4)
    w.pay(v.buyer, v.amount, purpose(w, v, v.amount), auto((v, v.due), note="the rest is an advance"))


@kind(14)
def advance_percent(w: World) -> None:
    v = w.one()
    share = w.r.choice((30, 40, 50, 60, 70, 80))
    amount = v.due * share // 100
    form = w.r.choice(
        (
            "Аванс {p}% {c}",
            "Предоплата {p} % {c}",
            "{c} (предоплата {p}%)",
            "Аванс {p} проц. {c}",
            "частичная оплата {c}",
        )
    )
    text = form.format(p=share, c=reference(w, v))
    w.pay(v.buyer, amount, f"{text}. {vat_clause(w, amount, v.rate)}", auto((v, amount), note="credited, not released"))


@kind(8)
def two_halves(w: World) -> None:
    v = w.one(amount=200 * w.r.randrange(9_000, 400_000))
    half = v.due // 2
    day = max(v.day, TODAY.replace(day=5))
    for nth, when in (("1-й", day), ("2-й", TODAY)):
        text = f"{nth} платеж {reference(w, v)}. {vat_clause(w, half, v.rate)}"
        w.pay(v.buyer, half, text, auto((v, half)), day=when)


@kind(5)
def instalment(w: World) -> None:
    amount = 400 * w.r.randrange(9_000, 200_000)
    v = w.one(amount=amount, paid=amount // 4)
    text = f"Платёж {in_words(2)} из четырёх {reference(w, v)}. {vat_clause(w, amount // 4, v.rate)}"
    w.pay(v.buyer, amount // 4, text, auto((v, amount // 4), note="credited, not released"))


@kind(8)
def rounded_up(w: World) -> None:
    v = w.one(amount=100 * w.r.randrange(20_000, 400_000) + w.r.randrange(1, 99))
    amount = (v.due // 100_000 + 1) * 100_000
    w.pay(v.buyer, amount, purpose(w, v, amount), auto((v, v.due), note="rest is an advance"))


@kind(6)
def bank_fee_kept_back(w: World) -> None:
    v = w.one()
    amount = v.due - w.r.choice((2500, 4900, 10000))
    text = f"Оплата {reference(w, v)}, комиссия банка удержана. {vat_clause(w, amount, v.rate)}"
    w.pay(v.buyer, amount, text, auto((v, amount), note="credited, not released"))


@kind(6)
def tiny_under_a_promise(w: World) -> None:
    v = w.one(amount=100_000 * w.r.randrange(20, 900))
    amount = w.r.choice((100, 1000, v.due // 100, v.due // 10, v.due // 25))
    text = f"Полная оплата {reference(w, v)}, {money(w, v.due)}. {vat_clause(w, v.due, v.rate)}"
    w.pay(v.buyer, amount, text, ask((v, amount), tolerated=True, note="never a release"))


@kind(5)
def number_of_one_sum_of_another(w: World) -> None:
    """The number names one open invoice, the sum is exactly another's."""
    buyer = w.firm()
    small, large = sorted((w.invoice(buyer), w.invoice(buyer)), key=lambda v: v.due)
    if w.r.random() < 0.5:
        verdict = ask((large, small.due), tolerated=True, note="a short payment, or the other invoice")
        w.pay(buyer, small.due, purpose(w, large, small.due, core=reference(w, large), parts=()), verdict)
    else:
        text = purpose(w, small, large.due, core=reference(w, small), parts=())
        w.pay(buyer, large.due, text, ask(note="an overpayment, or the other invoice"), day=TODAY)


@kind(4)
def with_netting(w: World) -> None:
    v = w.one()
    amount = v.due * 3 // 4
    text = f"Оплата {reference(w, v)} с учетом зачета взаимных требований. {vat_clause(w, amount, v.rate)}"
    w.pay(v.buyer, amount, text, ask((v, amount), tolerated=True, note="the act of netting is not in the books yet"))
