"""One open invoice, paid in full by its own buyer: only the text is noisy."""

from __future__ import annotations

from tests.matching.noise import smudge
from tests.matching.noise.catalogue import kind
from tests.matching.noise.grammar import (
    codes,
    contact,
    goods,
    money,
    number_form,
    papers,
    purpose,
    reference,
    sentence,
    sides,
    spelled_total,
    vat_clause,
)  # fmt: skip
from tests.matching.noise.words import day_in_words, in_words, transliterated, wrong_layout
from tests.matching.noise.world import TODAY, Invoice, World, ask, auto


def _paid(w: World, v: Invoice, text: str, *, raw: bool = False) -> None:
    w.pay(v.buyer, v.due, text, auto((v, v.due)), raw=raw)


@kind(120)
def grammar(w: World) -> None:
    v = w.one()
    _paid(w, v, purpose(w, v))


@kind(25)
def terse(w: World) -> None:
    v = w.one()
    _paid(
        w,
        v,
        w.r.choice(
            (reference(w, v), f"сч{number_form(w, v)}", f"{number_form(w, v)} счет", f"Счет: {number_form(w, v)}")
        ),
    )


@kind(20)
def regular_customer(w: World) -> None:
    """One buyer pays several of many invoices, one after another."""
    buyer = w.firm()
    invoices = [w.invoice(buyer) for _ in range(w.r.randrange(6, 14))]
    for v in w.r.sample(invoices, 4):
        _paid(w, v, purpose(w, v))


@kind(15)
def other_papers_around(w: World) -> None:
    v = w.one()
    _paid(w, v, purpose(w, v, parts=(papers, papers)))


@kind(12)
def goods_with_articles(w: World) -> None:
    v = w.one()
    _paid(w, v, purpose(w, v, parts=(goods, goods)))


@kind(10)
def both_tax_numbers(w: World) -> None:
    v = w.one()
    _paid(w, v, purpose(w, v, parts=(sides,)))


@kind(10)
def contact_lines(w: World) -> None:
    v = w.one()
    _paid(w, v, purpose(w, v, parts=(contact, contact)))


@kind(10)
def bank_codes(w: World) -> None:
    v = w.one()
    _paid(w, v, purpose(w, v, parts=(codes, codes)))


@kind(10)
def date_in_words(w: World) -> None:
    v = w.one()
    when = f"от {day_in_words(v.day)}" + w.r.choice(("", f" {v.day.year} г.", f" {v.day.year} года"))
    _paid(w, v, purpose(w, v, core=reference(w, v, when=when)))


@kind(6)
def number_in_words(w: World) -> None:
    v = w.one(series="bare")
    _paid(w, v, purpose(w, v, core=f"по счету номер {in_words(v.counter)}", parts=()))


@kind(10)
def sum_in_words(w: World) -> None:
    v = w.one()
    _paid(w, v, purpose(w, v, parts=(lambda w, _: spelled_total(w, v.due),)))


@kind(10)
def thousands_separators(w: World) -> None:
    v = w.one()
    form = w.r.choice(("{s}-{k:02d}", "{d},{k:02d}", "{s},{k:02d}", "{d}-{k:02d}", "{s} руб {k:02d} коп"))
    core = w.r.choice(("сумма {m} {c}", "{c} ({m} руб)", "{c} - {m}", "{m} {c}")).format(
        m=money(w, v.due, form), c=reference(w, v)
    )
    _paid(w, v, purpose(w, v, core=core, parts=()))


@kind(8)
def text_repeated(w: World) -> None:
    v = w.one()
    text = f"Оплата {reference(w, v)}. "
    _paid(w, v, text + text + vat_clause(w, v.due, v.rate))


@kind(8)
def cut_behind_number(w: World) -> None:
    v = w.one()
    text = (
        f"Оплата {goods(w, v.buyer)} {papers(w, v.buyer)} {reference(w, v)}, {papers(w, v.buyer)}, {goods(w, v.buyer)}"
    )
    _paid(w, v, f"{text}, {contact(w, v.buyer)}, {spelled_total(w, v.due)}, {vat_clause(w, v.due, v.rate)}")


def _cut(w: World, v: Invoice, keep: int) -> str:
    """A text of 210 characters of which the last `keep` are the first digits of the number."""
    start = "по счету № "
    text = f"Оплата {goods(w, v.buyer)}"
    while len(text) < 190:
        text += f", {goods(w, v.buyer)}"
    room = 210 - len(start) - keep
    return text[: text[:room].rfind(" ")].ljust(room) + start + str(v.counter)[:keep]


@kind(6)
def cut_inside_number(w: World) -> None:
    v = w.one(series="bare", counter=w.counter("bare", 2026) + 10_000)
    w.pay(v.buyer, v.due, _cut(w, v, 3), ask((v, v.due), tolerated=True, note="number cut at 210"), raw=True)


@kind(6)
def cut_to_another_number(w: World) -> None:
    """What is left of the number is the number of another open invoice of the same buyer."""
    buyer = w.firm()
    other = w.invoice(buyer, series="bare", day=TODAY, counter=0)
    v = w.invoice(buyer, series="bare", counter=other.counter * 10 + w.r.randrange(10), day=TODAY)
    keep = len(str(other.counter))
    w.pay(buyer, v.due, _cut(w, v, keep), ask((v, v.due), tolerated=True, note="the rest is another number"), raw=True)


@kind(8)
def line_breaks(w: World) -> None:
    v = w.one()
    _paid(w, v, smudge.wrapped(w.r, purpose(w, v)), raw=True)


@kind(8)
def spaces_lost(w: World) -> None:
    v = w.one()
    _paid(w, v, smudge.no_spaces(w.r, purpose(w, v, core=reference(w, v, w.r.choice(("full", "short"))))), raw=True)


@kind(8)
def spaces_odd(w: World) -> None:
    v = w.one()
    _paid(w, v, w.r.choice((smudge.wide_spaces, smudge.hard_spaces))(w.r, purpose(w, v)), raw=True)


@kind(8)
def quotes_and_brackets(w: World) -> None:
    v = w.one()
    n, d = number_form(w, v), f"{v.day:%d.%m.%Y}"
    core = w.r.choice(
        (
            "по счету «{n}» от {d}",
            'счет №"{n}"',
            "(сч. [{n}] от {d})",
            "{{сч.{n}}}",
            "счет '{n}' ({d})",
            "<счет {n}>",
            "сч.№_{n}_",
        )
    ).format(n=n, d=d)
    _paid(w, v, purpose(w, v, core=core))


@kind(10)
def latin_lookalikes(w: World) -> None:
    v = w.one()
    _paid(w, v, smudge.homoglyphs(w.r, purpose(w, v), 0.9), raw=True)


@kind(6)
def signs_lost(w: World) -> None:
    v = w.one()
    _paid(w, v, smudge.question_marks(w.r, purpose(w, v)), raw=True)


@kind(6)
def misspelt_words(w: World) -> None:
    v = w.one()
    _paid(w, v, smudge.misspelt(w.r, smudge.misspelt(w.r, purpose(w, v))), raw=True)


@kind(6)
def transliteration(w: World) -> None:
    v = w.one(series=w.r.choice(("bare", "zeros", "latin")))
    core = f"{w.r.choice(('по счету', 'счет', 'сч.'))} № {v.number} от {v.day:%d.%m.%Y}"
    text = f"Оплата {core}. {vat_clause(w, v.due, v.rate)}"
    english = f"Payment for invoice No. {v.number} dated {v.day:%d.%m.%Y}. {w.r.choice(('VAT incl.', 'without VAT'))}"
    _paid(w, v, w.r.choice((transliterated(text), transliterated(text), english)), raw=True)


@kind(5)
def wrong_keyboard_layout(w: World) -> None:
    v = w.one(series=w.r.choice(("bare", "zeros")))
    _paid(
        w,
        v,
        wrong_layout(f"Оплата по счету № {v.number} от {v.day:%d.%m.%Y}, {vat_clause(w, v.due, v.rate)}"),
        raw=True,
    )


@kind(6)
def scanned_letter(w: World) -> None:
    """A digit of the number came out of a scan as a letter."""
    v = w.one(series="bare")
    text = purpose(w, v, core=f"по счету № {smudge.scanned(w.r, v.number)} от {v.day:%d.%m.%Y}", parts=())
    w.pay(v.buyer, v.due, text, ask((v, v.due), tolerated=True, note="letter for a digit"), raw=True)


@kind(20)
def number_forms(w: World) -> None:
    """Zeros dropped or added, prefix dropped, in small letters or in the other alphabet."""
    v = w.one(series=w.r.choice(("zeros", "base", "letters", "suffix", "city", "latin", "glued", "yearly")))
    number = number_form(w, v, w.r.choice(("short", "light", "heavy", "lower", "spaced")))
    core = f"по счету № {smudge.homoglyphs(w.r, number, w.r.choice((0, 1)))} от {v.day:%d.%m.%Y}"
    _paid(w, v, purpose(w, v, core=core))


@kind(10)
def number_alone(w: World) -> None:
    v = w.one()
    text = w.r.choice(
        ("{n}", "№{n}", "№ {n} от {d}", "{n} от {d}", "{n}, {c}", "Оплата {n}", "Оплата № {n} {c}", "{d} {n}")
    )
    _paid(w, v, text.format(n=number_form(w, v), d=f"{v.day:%d.%m.%Y}", c=vat_clause(w, v.due, v.rate)))


@kind(10)
def order_number(w: World) -> None:
    v = w.one()
    core = w.r.choice(
        ("по заказу № {o}", "Заказ {o}", "заказ клиента №{o} от {d}", "зак. {o}", "по заказу покупателя N {o}")
    )
    _paid(w, v, purpose(w, v, core=core.format(o=v.order_no, d=f"{v.day:%d.%m.%Y}"), parts=(goods,)))


@kind(8)
def order_and_invoice(w: World) -> None:
    v = w.one()
    core = w.r.choice(("{c}, заказ {o}", "по заказу {o} {c}", "{c} (заказ № {o})", "Заказ №{o}/{c}"))
    _paid(w, v, purpose(w, v, core=core.format(c=reference(w, v), o=v.order_no)))


@kind(8)
def sum_equals_another_number(w: World) -> None:
    """The sum in roubles is the number of another open invoice."""
    v = w.one(amount=100 * (20_000 + w.r.randrange(60_000)))
    w.invoice(v.buyer, series="bare", counter=v.due // 100)
    core = f"{reference(w, v)} сумма {money(w, v.due, w.r.choice(('{r}-{k:02d}', '{r}.{k:02d}', '{s},{k:02d}')))}"
    _paid(w, v, purpose(w, v, core=core, parts=()))


@kind(8)
def date_equals_another_number(w: World) -> None:
    """The day, the month or the year is the number of another open invoice."""
    buyer = w.firm()
    day = TODAY.replace(day=w.r.randrange(3, 20))
    counter = w.r.choice((day.day, day.month, day.year, day.day * 100 + day.month))
    w.invoice(buyer, series=w.free_series(counter, day.year), counter=counter, day=day)
    v = w.invoice(buyer, day=day)
    _paid(w, v, purpose(w, v, core=reference(w, v, when=f"от {day:%d.%m.%Y}")))


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
    _paid(w, v, purpose(w, v, parts=(lambda _w, _b: decoy,)))


@kind(8)
def twin_year_dated(w: World) -> None:
    """The same number and sum in two years; the date says which."""
    v, old = _twins(w)
    meant = w.r.choice((v, v, old))
    core = reference(w, meant, when=f"от {meant.day:{w.r.choice(('%d.%m.%Y', '%d.%m.%Yг.', '%d/%m/%Y'))}}")
    _paid(w, meant, purpose(w, meant, core=core, parts=()))


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
    _paid(w, meant, purpose(w, meant, core=reference(w, meant, when=""), parts=()))


@kind(4)
def twin_year_open_question(w: World) -> None:
    meant = w.r.choice(_twins(w))
    text = purpose(w, meant, core=reference(w, meant, when=""), parts=())
    w.pay(meant.buyer, meant.due, text, ask((meant, meant.due), note="two years, one number, one sum"))


def _series_twins(w: World) -> tuple[Invoice, Invoice]:
    buyer = w.firm()
    one, two = w.r.sample(("base", "letters", "latin", "glued"), 2)
    first = w.invoice(buyer, series=one, day=TODAY)
    return first, w.invoice(buyer, series=two, day=TODAY, counter=first.counter, amount=first.amount)


@kind(8)
def twin_series_named(w: World) -> None:
    """Two series, one counter, one sum: the prefix says which."""
    meant = w.r.choice(_series_twins(w))
    _paid(w, meant, purpose(w, meant, core=reference(w, meant, w.r.choice(("full", "lower"))), parts=()))


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
    _paid(w, v, purpose(w, v))


@kind(12)
def no_number(w: World) -> None:
    v = w.one()
    core = w.r.choice((
        "за материалы", "по выставленному счету", "за товар согласно договору поставки", "по счету б/н", "за фурнитуру",
        "согласно прилагаемому счету", "по договору", "по счету", "за мебельные детали",
    ))  # fmt: skip
    _paid(w, v, sentence(w, v.buyer, v.due, v.rate, core, parts=()))


@kind(5)
def number_as_document_number(w: World) -> None:
    """Nothing in the text, but the payment order happens to carry the invoice's number."""
    v = w.one()
    w.pay(v.buyer, v.due, f"Оплата по счету. {vat_clause(w, v.due, v.rate)}", auto((v, v.due)), doc_no=str(v.counter))


@kind(5)
def no_number_equal_sums(w: World) -> None:
    buyer = w.firm()
    amount = w.amount(buyer)
    v = [w.invoice(buyer, amount=amount) for _ in range(2)][0]
    text = sentence(w, buyer, amount, 22, "за товар по счету", parts=())
    w.pay(
        buyer, amount, text, ask((v, amount), note="two invoices of this sum"), doc_no=w.r.choice(("", str(v.counter)))
    )
