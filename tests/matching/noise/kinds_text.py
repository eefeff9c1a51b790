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
    sides,
    spelled_total,
    vat_clause,
)
from tests.matching.noise.words import day_in_words, in_words, transliterated, wrong_layout
from tests.matching.noise.world import TODAY, Invoice, World, ask, auto


def paid(w: World, v: Invoice, text: str, *, raw: bool = False) -> None:
    """`text` pays one invoice in full and automatically; `raw` spares it further smudges."""
    w.pay(v.buyer, v.due, text, auto((v, v.due)), raw=raw)


@kind(120)
def grammar(w: World) -> None:
    v = w.one()
    paid(w, v, purpose(w, v))


@kind(25)
def terse(w: World) -> None:
    v = w.one()
    paid(
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
        paid(w, v, purpose(w, v))


@kind(15)
def other_papers_around(w: World) -> None:
    v = w.one()
    paid(w, v, purpose(w, v, parts=(papers, papers)))


@kind(12)
def goods_with_articles(w: World) -> None:
    v = w.one()
    paid(w, v, purpose(w, v, parts=(goods, goods)))


@kind(10)
def both_tax_numbers(w: World) -> None:
    v = w.one()
    paid(w, v, purpose(w, v, parts=(sides,)))


@kind(10)
def contact_lines(w: World) -> None:
    v = w.one()
    paid(w, v, purpose(w, v, parts=(contact, contact)))


@kind(10)
def bank_codes(w: World) -> None:
    v = w.one()
    paid(w, v, purpose(w, v, parts=(codes, codes)))


@kind(10)
def date_in_words(w: World) -> None:
    v = w.one()
    when = f"от {day_in_words(v.day)}" + w.r.choice(("", f" {v.day.year} г.", f" {v.day.year} года"))
    paid(w, v, purpose(w, v, core=reference(w, v, when=when)))


@kind(6)
def number_in_words(w: World) -> None:
    v = w.one(series="bare")
    paid(w, v, purpose(w, v, core=f"по счету номер {in_words(v.counter)}", parts=()))


@kind(10)
def sum_in_words(w: World) -> None:
    v = w.one()
    paid(w, v, purpose(w, v, parts=(lambda w, _: spelled_total(w, v.due),)))


@kind(10)
def thousands_separators(w: World) -> None:
    v = w.one()
    form = w.r.choice(("{s}-{k:02d}", "{d},{k:02d}", "{s},{k:02d}", "{d}-{k:02d}", "{s} руб {k:02d} коп"))
    core = w.r.choice(("сумма {m} {c}", "{c} ({m} руб)", "{c} - {m}", "{m} {c}")).format(
        m=money(w, v.due, form), c=reference(w, v)
    )
    paid(w, v, purpose(w, v, core=core, parts=()))


@kind(8)
def text_repeated(w: World) -> None:
    v = w.one()
    text = f"Оплата {reference(w, v)}. "
    paid(w, v, text + text + vat_clause(w, v.due, v.rate))


@kind(8)
def cut_behind_number(w: World) -> None:
    v = w.one()
    text = (
        f"Оплата {goods(w, v.buyer)} {papers(w, v.buyer)} {reference(w, v)}, {papers(w, v.buyer)}, {goods(w, v.buyer)}"
    )
    paid(w, v, f"{text}, {contact(w, v.buyer)}, {spelled_total(w, v.due)}, {vat_clause(w, v.due, v.rate)}")


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
    paid(w, v, smudge.wrapped(w.r, purpose(w, v)), raw=True)


@kind(8)
def spaces_lost(w: World) -> None:
    v = w.one()
    paid(w, v, smudge.no_spaces(w.r, purpose(w, v, core=reference(w, v, w.r.choice(("full", "short"))))), raw=True)


@kind(8)
def spaces_odd(w: World) -> None:
    v = w.one()
    paid(w, v, w.r.choice((smudge.wide_spaces, smudge.hard_spaces))(w.r, purpose(w, v)), raw=True)


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
    paid(w, v, purpose(w, v, core=core))


@kind(10)
def latin_lookalikes(w: World) -> None:
    v = w.one()
    paid(w, v, smudge.homoglyphs(w.r, purpose(w, v), 0.9), raw=True)


@kind(6)
def signs_lost(w: World) -> None:
    v = w.one()
    paid(w, v, smudge.question_marks(w.r, purpose(w, v)), raw=True)


@kind(6)
def misspelt_words(w: World) -> None:
    v = w.one()
    paid(w, v, smudge.misspelt(w.r, smudge.misspelt(w.r, purpose(w, v))), raw=True)


@kind(6)
def transliteration(w: World) -> None:
    v = w.one(series=w.r.choice(("bare", "zeros", "latin")))
    core = f"{w.r.choice(('по счету', 'счет', 'сч.'))} № {v.number} от {v.day:%d.%m.%Y}"
    text = f"Оплата {core}. {vat_clause(w, v.due, v.rate)}"
    english = f"Payment for invoice No. {v.number} dated {v.day:%d.%m.%Y}. {w.r.choice(('VAT incl.', 'without VAT'))}"
    paid(w, v, w.r.choice((transliterated(text), transliterated(text), english)), raw=True)


@kind(5)
def wrong_keyboard_layout(w: World) -> None:
    v = w.one(series=w.r.choice(("bare", "zeros")))
    paid(
        w,
        v,
        wrong_layout(f"Оплата по счету № {v.number} от {v.day:%d.%m.%Y}, {vat_clause(w, v.due, v.rate)}"),
        raw=True,
    )


@kind(12)
def worn_text(w: World) -> None:
    """Several kinds of damage in one text."""
    v = w.one()
    text = purpose(w, v)
    for damage in w.r.sample(smudge.MILD, 3):
        text = damage(w.r, text)
    paid(w, v, text, raw=True)


@kind(6)
def scanned_letter(w: World) -> None:
    """A digit of the number came out of a scan as a letter."""
    v = w.one(series="bare")
    text = purpose(w, v, core=f"по счету № {smudge.scanned(w.r, v.number)} от {v.day:%d.%m.%Y}", parts=())
    w.pay(v.buyer, v.due, text, ask((v, v.due), tolerated=True, note="letter for a digit"), raw=True)
