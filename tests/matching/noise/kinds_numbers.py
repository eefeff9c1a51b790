"""One open invoice, paid in full by its own buyer: the number is written oddly, shared, hidden or not there at all."""

from __future__ import annotations

from tests.matching.noise import smudge
from tests.matching.noise.catalogue import kind
from tests.matching.noise.grammar import goods, money, number_form, purpose, reference, sentence, vat_clause
from tests.matching.noise.kinds_text import paid
from tests.matching.noise.world import TODAY, Invoice, World, ask, auto


@kind(20)
def number_forms(w: World) -> None:
    """Zeros dropped or added, prefix dropped, in small letters or in the other alphabet."""
    v = w.one(series=w.r.choice(("zeros", "base", "letters", "suffix", "city", "latin", "glued", "yearly")))
    number = number_form(w, v, w.r.choice(("short", "light", "heavy", "lower", "spaced")))
    core = f"по счету № {smudge.homoglyphs(w.r, number, w.r.choice((0, 1)))} от {v.day:%d.%m.%Y}"
    paid(w, v, purpose(w, v, core=core))


@kind(10)
def number_alone(w: World) -> None:
    v = w.one()
    text = w.r.choice(
        ("{n}", "№{n}", "№ {n} от {d}", "{n} от {d}", "{n}, {c}", "Оплата {n}", "Оплата № {n} {c}", "{d} {n}")
    )
    paid(w, v, text.format(n=number_form(w, v), d=f"{v.day:%d.%m.%Y}", c=vat_clause(w, v.due, v.rate)))


@kind(10)
def order_number(w: World) -> None:
    v = w.one()
    core = w.r.choice(
        ("по заказу № {o}", "Заказ {o}", "заказ клиента №{o} от {d}", "зак. {o}", "по заказу покупателя N {o}")
    )
    paid(w, v, purpose(w, v, core=core.format(o=v.order_no, d=f"{v.day:%d.%m.%Y}"), parts=(goods,)))


@kind(8)
def order_and_invoice(w: World) -> None:
    v = w.one()
    core = w.r.choice(("{c}, заказ {o}", "по заказу {o} {c}", "{c} (заказ № {o})", "Заказ №{o}/{c}"))
    paid(w, v, purpose(w, v, core=core.format(c=reference(w, v), o=v.order_no)))


@kind(8)
def sum_equals_another_number(w: World) -> None:
    """The sum in roubles is the number of another open invoice."""
    v = w.one(amount=100 * (20_000 + w.r.randrange(60_000)))
    w.invoice(v.buyer, series="bare", counter=v.due // 100)
    core = f"{reference(w, v)} сумма {money(w, v.due, w.r.choice(('{r}-{k:02d}', '{r}.{k:02d}', '{s},{k:02d}')))}"
    paid(w, v, purpose(w, v, core=core, parts=()))


@kind(8)
def date_equals_another_number(w: World) -> None:
    """The day, the month or the year is the number of another open invoice."""
    buyer = w.firm()
    day = TODAY.replace(day=w.r.randrange(3, 20))
    counter = w.r.choice((day.day, day.month, day.year, day.day * 100 + day.month))
    w.invoice(buyer, series=w.free_series(counter, day.year), counter=counter, day=day)
    v = w.invoice(buyer, day=day)
    paid(w, v, purpose(w, v, core=reference(w, v, when=f"от {day:%d.%m.%Y}")))


@kind(10)
def other_paper_has_another_number(w: World) -> None:
    """A contract, an article or a note carries the number of another open invoice; number and sum agree on this one."""
    v = w.one()
    other = w.invoice(v.buyer, series="bare")
    decoy = w.r.choice(
        (
            "по договору № {n} от 12.01.2026",
            "за петли арт. {n}",
            "УПД {n} от 02.11.2026",
            "спец. {n}",
            "за ручки {n} шт",
            "акт № {n}",
        )
    ).format(n=other.counter)
    paid(w, v, purpose(w, v, parts=(lambda _w, _b: decoy,)))


@kind(8)
def twin_year_dated(w: World) -> None:
    """The same number and sum in two years; the date says which."""
    v, old = _twins(w)
    meant = w.r.choice((v, v, old))
    core = reference(w, meant, when=f"от {meant.day:{w.r.choice(('%d.%m.%Y', '%d.%m.%Yг.', '%d/%m/%Y'))}}")
    paid(w, meant, purpose(w, meant, core=core, parts=()))


def _twins(w: World, same_sum: bool = True) -> tuple[Invoice, Invoice]:
    buyer = w.firm()
    day = TODAY.replace(year=2025, month=w.r.randrange(9, 13), day=w.r.randrange(1, 29))
    counter = w.counter("bare", 2026)
    while not w.free("bare", 2025, counter):
        counter = w.counter("bare", 2026)
    new = w.invoice(buyer, series="bare", counter=counter, day=TODAY.replace(day=w.r.randrange(1, 15)))
    return new, w.invoice(buyer, series="bare", counter=new.counter, day=day, amount=new.amount if same_sum else 0)


@kind(6)
def twin_year_told_by_sum(w: World) -> None:
    meant = w.r.choice(_twins(w, same_sum=False))
    paid(w, meant, purpose(w, meant, core=reference(w, meant, when=""), parts=()))


@kind(4)
def twin_year_open_question(w: World) -> None:
    meant = w.r.choice(_twins(w))
    text = purpose(w, meant, core=reference(w, meant, when=""), parts=())
    w.pay(meant.buyer, meant.due, text, ask((meant, meant.due), note="two years, one number, one sum"))


@kind(6)
def last_years_number_was_paid(w: World) -> None:
    """The number existed last year, paid and of another sum; no date is needed to tell them apart."""
    new, old = _twins(w, same_sum=False)
    old.status, old.due = "paid", 0
    paid(w, new, purpose(w, new, core=reference(w, new, when=""), parts=()))


@kind(5)
def last_years_date_and_this_years_sum(w: World) -> None:
    """Number and date name last year's paid invoice; this year's of the same number and sum is open."""
    new, old = _twins(w)
    old.status, old.due = "paid", 0
    text = purpose(w, new, core=reference(w, old, when=f"от {old.day:%d.%m.%Y}"), parts=())
    w.pay(new.buyer, new.due, text, ask(note="the invoice named is paid"), day=TODAY)


def _series_twins(w: World, *others: str) -> tuple[Invoice, Invoice]:
    """Two invoices of one counter and sum; the first one's number has a prefix or a suffix."""
    buyer = w.firm()
    signed = ("base", "letters", "suffix", "city", "latin", "glued")
    series = w.r.choice(signed)
    other = w.r.choice([s for s in (*signed, *others) if s != series])
    counter = w.counter(series, TODAY.year)
    while not w.free(other, TODAY.year, counter):
        counter = w.counter(series, TODAY.year)
    first = w.invoice(buyer, series=series, day=TODAY, counter=counter)
    return first, w.invoice(buyer, series=other, day=TODAY, counter=counter, amount=first.amount)


@kind(8)
def twin_series_named(w: World) -> None:
    """Two series, one counter, one sum: the prefix or the suffix says which."""
    meant, _ = _series_twins(w, "bare", "zeros")
    paid(w, meant, purpose(w, meant, core=reference(w, meant, w.r.choice(("full", "lower"))), parts=()))


@kind(4)
def twin_series_open_question(w: World) -> None:
    meant = w.r.choice(_series_twins(w))
    text = purpose(w, meant, core=reference(w, meant, "short", ""), parts=())
    w.pay(meant.buyer, meant.due, text, ask((meant, meant.due), note="two series, one counter, one sum"))


@kind(8)
def equal_sums_numbered(w: World) -> None:
    buyer = w.firm()
    amount = w.amount(buyer)
    v = w.r.choice([w.invoice(buyer, amount=amount) for _ in range(3)])
    paid(w, v, purpose(w, v))


@kind(12)
def no_number(w: World) -> None:
    v = w.one()
    core = w.r.choice((
        "за материалы", "по выставленному счету", "за товар согласно договору поставки", "по счету б/н", "за фурнитуру",
        "согласно прилагаемому счету", "по договору", "по счету", "за мебельные детали",
    ))  # fmt: skip
    paid(w, v, sentence(w, v.buyer, v.due, v.rate, core, parts=()))


@kind(5)
def number_as_document_number(w: World) -> None:
    """Nothing in the text, but the payment order happens to carry the invoice's number."""
    v = w.one()
    w.pay(v.buyer, v.due, f"Оплата по счету. {vat_clause(w, v.due, v.rate)}", auto((v, v.due)), doc_no=str(v.counter))


@kind(5)
def no_number_equal_sums(w: World) -> None:
    buyer = w.firm()
    amount = w.amount(buyer)
    v, _ = w.invoice(buyer, amount=amount), w.invoice(buyer, amount=amount)
    text = sentence(w, buyer, amount, 22, "за товар по счету", parts=())
    w.pay(
        buyer, amount, text, ask((v, amount), note="two invoices of this sum"), doc_no=w.r.choice(("", str(v.counter)))
    )
