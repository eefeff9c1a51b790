"""The same document again, and genuine repeats that only look like it."""

from __future__ import annotations

from datetime import date

from tests.matching.handwritten import buyers as b
from tests.matching.handwritten.writing import after, again, ask, paid

_HALF = paid("half_first", b.KLINIKA, "32150.00", "50% по счету ЗД-56 от 10.11.2026", "klinika-56", doc_no="88")
_TWIN = paid("twin_first", b.TWIN, "25000.00", "Оплата по счету 301 от 05.10.2026", "twin-301", doc_no="41")
_FULL = paid("full_first", b.LIRA, "19990.00", "Оплата по счету № 88 от 09.11.2026. НДС 22%", "lira-88", doc_no="12")
_PHONE = paid("phone_first", b.IVANOVA, "4590.00", "Заказ З-10234", "ivanova-234", doc_no="556677")
_MEGA = paid("mega_first", b.MEGA, "75625.00", "Оплата по счету МР00-000550 НДС 22%", "mega-550", doc_no="000145")
_ASKED = ask(
    "asked_first", b.STRANGER, "19990.00", "Оплата по счету № 88 от 09.11.2026 за рамки", "lira-88", doc_no="5"
)
_TWO = paid("two_first", b.GALERY, "58500.00", "сч Г-3/26 + Г-4/26", "galery-3", "galery-4", doc_no="7")

CASES = (
    again("the_same_line", _FULL),
    again("the_same_document_other_spacing", _FULL, purpose="Оплата по счету №88 от 09.11.2026.НДС 22%"),
    again("the_same_document_name_in_full", _FULL, payer_name='ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ "ЛИРА"'),
    again("the_same_phone_payment", _PHONE),
    again("the_same_half", _HALF, note="the second half would look the same but for its document"),
    again("the_same_of_many", _MEGA),
    again("the_same_that_a_person_was_asked_about", _ASKED),
    again("the_same_two_invoices_cut_text", _TWO, purpose="сч Г-3/26 +"),
    after(
        _HALF,
        paid(
            "second_half",
            b.KLINIKA,
            "32150.00",
            "50% по счету ЗД-56 от 10.11.2026",
            ("klinika-56", "32150.00"),
            doc_no="89",
        ),
    ),
    after(
        _HALF,
        paid(
            "second_half_same_number_later_date",
            b.KLINIKA,
            "32150.00",
            "50% по счету ЗД-56 от 10.11.2026",
            ("klinika-56", "32150.00"),
            doc_no="88",
        ),
        doc_date=date(2026, 11, 20),
    ),
    after(
        _TWIN,
        paid("next_of_equal_sums", b.TWIN, "25000.00", "Оплата по счету 302 от 12.10.2026", "twin-302", doc_no="42"),
    ),
    after(
        _TWIN,
        paid(
            "rest_of_the_equal_ones",
            b.TWIN,
            "75000.00",
            "Погашение задолженности",
            "twin-302",
            "twin-303",
            "twin-304",
            doc_no="43",
        ),
    ),
    after(
        _MEGA,
        paid(
            "same_number_other_sum",
            b.MEGA,
            "77000.00",
            "Оплата по счету МР00-000560 НДС 22%",
            "mega-560",
            doc_no="000145",
        ),
    ),
    after(
        _FULL,
        ask(
            "paid_a_moment_ago",
            b.LIRA,
            "19990.00",
            "Оплата по счету № 88 от 09.11.2026. НДС 22%",
            doc_no="13",
            note="another document for an invoice already paid",
        ),
    ),
    after(_FULL, ask("paid_a_moment_ago_no_number", b.LIRA, "19990.00", "За рамки", doc_no="14")),
    after(
        _TWIN,
        ask(
            "the_first_of_equal_ones_again",
            b.TWIN,
            "25000.00",
            "Оплата по счету 301 от 05.10.2026",
            doc_no="44",
            note="301 is paid; three others have this sum",
        ),
    ),
    after(_TWO, ask("one_of_two_paid_again", b.GALERY, "28000.00", "Оплата по счету Г-3/26", doc_no="9")),
    after(_PHONE, ask("order_paid_twice_by_phone", b.IVANOVA, "4590.00", "Заказ З-10234", doc_no="556699")),
)
