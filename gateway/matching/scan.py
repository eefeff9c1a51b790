"""Numbers of a purpose and what stands behind each: a walk over its words from left to right.

A noun opens a context ("счет", "заказ", "договор"); the number after it belongs to it; a list goes on over commas and
"и"; an ordinary word ends it. What cannot be told is graded down, never up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.matching import objections, phrases
from gateway.matching.lexemes import JOINTS, Lexeme
from gateway.matching.masks import (
    ASIDE,
    CLOSING,
    DATE,
    INN,
    MONEY,
    OTHER_DOCUMENT,
    DateMention,
    Painted,
)
from gateway.matching.number_reader import Draft, NumberReader
from gateway.matching.objections import against_party, maybe_no_sale, settled_number
from gateway.matching.phrases import (
    Span,
    denied_number,
    incomplete_list,
    left_open,
    named_fraction,
    no_return,
    piece_of_number,
    rate_in_words,
    says_no_such,
    share_of_invoice,
)
from gateway.matching.quotes import Grade, Quote
from gateway.matching.ranges import join_ranges
from gateway.matching.words import Mark, Role, classify

_YEAR_WORDS = ("", "от", "за")
_ACCOUNT_WORDS = re.compile(r"счета|счетами|карт")
_SEPARATORS = frozenset(",;+&/")
_LONG_ORDER = 4
_NO_SALE = (Mark.OTHER_INCOME, Mark.PERCENT, Mark.LOAN)
_HINTS = re.compile(f"{objections.HINTS}|{phrases.HINTS}")
_INVOICE_NOUNS = (Role.INVOICE, Role.INVOICES)


@dataclass(slots=True)
class Scanned:
    """What the walk found.

    Attributes:
        invoice_dates: those that follow "счет" at once ("счет от 12.11.2026").
        pays: a word says that something is paid, or what for.
        words: those that mean nothing here, and may be a name.
    """

    quotes: list[Quote]
    marks: dict[Mark, tuple[int, int]]
    plural_noun: bool
    invoice_dates: list[DateMention]
    pays: bool
    words: list[Lexeme]


def scan(painted: Painted, length: int, own_name: Sequence[Span] = ()) -> Scanned:
    """Read the numbers and marks of a text after `masks.set_aside`.

    Args:
        length: characters of the whole purpose, to know whether its end may be cut off.
        own_name: places of the payer's own name that hold a number.
    """
    return _Walk(painted, length, own_name).run()


class _Walk(NumberReader):
    def __init__(self, painted: Painted, length: int, own_name: Sequence[Span]) -> None:
        super().__init__(painted, length, own_name)
        self.painted = painted
        self.dates = {d.start: d for d in painted.dates}
        self.marks: dict[Mark, tuple[int, int]] = {}
        self.plural_noun = False
        self.invoice_dates: list[DateMention] = []
        self.pays = False
        self.words: list[Lexeme] = []

    def run(self) -> Scanned:
        following: Sequence[Lexeme | None] = [*self.lexemes[1:], None]
        for place, lexeme in enumerate(self.lexemes):
            kind = lexeme.kind
            if kind == "word":
                if place not in self.skip_words:
                    self._word(place, lexeme, following[place])
            elif kind == "num":
                self.read_number(place, lexeme)
            elif kind == "paint":
                self._paint(lexeme)
            else:
                self._sign(lexeme)
        context = self.context
        if self.ends_at is not None and context.taken and context.open and self.drafts:
            self.marks[Mark.CUT] = (self.drafts[-1].start, self.drafts[-1].end)
        self._phrases()
        quotes = join_ranges([self.quote(d) for d in self.drafts], self.text)
        return Scanned(quotes, self.marks, self.plural_noun, self.invoice_dates, self.pays, self.words)

    # ---------------------------------------------------------------- words

    def _word(self, place: int, lexeme: Lexeme, following: Lexeme | None) -> None:
        context = self.context
        if self.names and self.in_name(lexeme.start):
            self._ordinary(place)
            return
        if following is not None and (following.kind == "num" or following.text in JOINTS):
            if self.lexemes.is_series(place, context.expecting, context.sign):
                self.skip_words.add(place)
                if following.start > lexeme.end:  # "Бета 125"
                    self.words.append(lexeme)
                return
            if self.lexemes.leads_series(place):
                self.skip_words.update((place, place + 2))
                return
        word = classify(lexeme.text)
        self.pays |= word.ground
        if word.mark is not None and not self._denied(place, lexeme, word.mark):
            harmless = word.mark in _NO_SALE and says_no_such(self.text, lexeme.start, lexeme.end)
            self.marks.setdefault(Mark.DOUBTFUL if harmless else word.mark, (lexeme.start, lexeme.end))
        role = word.role
        if role not in _INVOICE_NOUNS:
            context.account = False
        effect = _EFFECTS.get(role)
        if effect is not None:
            effect(self, place)

    def _ordinary(self, place: int) -> None:
        self.words.append(self.lexemes[place])
        self.context.ordinary()

    def _account(self, _place: int) -> None:
        self.context.ordinary()
        self.context.account = True

    def _of(self, _place: int) -> None:
        self.context.of = True

    def _number_sign(self, _place: int = 0) -> None:
        context = self.context
        context.sign, context.after_unknown = True, context.ordinary_before

    def _link(self, _place: int) -> None:
        self.context.separated = True

    def _pay(self, _place: int) -> None:
        self.pays = True
        self.context.ordinary_before = False
        if self.context.taken:
            self.context.close()

    def _order(self, _place: int) -> None:
        self.context.noun(Role.ORDER)

    def _closing(self, _place: int) -> None:
        self.context.noun(Role.CLOSING)

    def _other_document(self, place: int) -> None:
        if not self._joined_to_invoice(place) and not self._order_of_shop(place):
            self.context.noun(Role.OTHER_DOCUMENT)

    def _invoice(self, place: int) -> None:
        self._invoice_noun(place, plural=False)

    def _invoices(self, place: int) -> None:
        self._invoice_noun(place, plural=True)

    def _break(self, place: int) -> None:
        """ "за", "по": the list of numbers ends; but "счет на оплату" is one noun."""
        context = self.context
        if not self._for_payment(place):
            context.sign = context.ordinary_before = False
            if context.taken:
                context.open = False
            else:
                context.broke = True

    def _denied(self, place: int, lexeme: Lexeme, mark: Mark) -> bool:
        """ "без штрафных санкций", "возврату не подлежит": the word says what this is not."""
        if mark is Mark.REFUND:
            return no_return(self.text, lexeme.start, lexeme.end)
        if mark is Mark.PERCENT and rate_in_words(self.text, lexeme.start):
            return True
        return place > 0 and self.lexemes[place - 1].text == ("не" if mark is Mark.FULL else "без")

    def _for_payment(self, place: int) -> bool:
        """ "счет на оплату 125"."""
        context, following = self.context, self.lexemes.after(place)
        if self.lexemes[place].text != "на" or context.role is not Role.INVOICE or context.taken or following is None:
            return False
        return following.kind == "word" and classify(following.text).role is Role.PAY

    def _invoice_noun(self, place: int, plural: bool) -> None:
        context = self.context
        if context.role is Role.OTHER_DOCUMENT and not context.taken and self.lexemes.is_joined(place):
            return  # "договор INV-195" is no invoice
        if context.account:  # "расчетный счет"
            context.noun(Role.OTHER_DOCUMENT)
            context.account = False
            return
        self.pays = self.pays or any(word.text == "по" for word in self.lexemes[max(0, place - 2) : place])
        self.plural_noun |= plural
        context.noun(Role.INVOICE, plural)

    def _order_of_shop(self, place: int) -> bool:
        """ "заказ магазина № 20530": too long a number for a shop."""
        context = self.context
        if context.role is not Role.ORDER or context.taken or context.broke:
            return False
        behind = [lexeme for lexeme in self.lexemes[place + 1 : place + 3] if lexeme.text not in ("№", "#", "n")]
        number = behind[0] if behind else None
        is_order = number is not None and number.kind == "num" and len(number.text) >= _LONG_ORDER
        return self.lexemes[place].text.startswith("магазин") and is_order

    def _joined_to_invoice(self, place: int) -> bool:
        """ "счет-договор", "счет-спецификация" is an invoice."""
        if place < 2 or self.context.role is not Role.INVOICE or self.context.taken:
            return False
        hyphen, noun = self.lexemes[place - 1], self.lexemes[place - 2]
        return hyphen.text == "-" and noun.end == hyphen.start and hyphen.end == self.lexemes[place].start

    # ---------------------------------------------------------------- signs and painted places

    def _sign(self, lexeme: Lexeme) -> None:
        context = self.context
        if lexeme.text == "№" or lexeme.text == "#":
            self._number_sign()
        elif lexeme.text in _SEPARATORS:
            context.separated = True
            context.sign = False
            if not context.taken and lexeme.text in (",", ";") and context.role in (Role.INVOICE, Role.ORDER):
                context.broke = True

    def _paint(self, lexeme: Lexeme) -> None:
        context, paint = self.context, lexeme.text[0]
        last = self.drafts[-1] if context.taken and self.drafts else None
        if paint == DATE:
            self._date(lexeme, last)
        elif paint == MONEY:
            context.sign = False
            if last is not None and last.stated is None:
                last.stated = next((s.kopecks for s in self.painted.sums if lexeme.start <= s.start < lexeme.end), None)
        elif paint == OTHER_DOCUMENT:
            if self.painted.payment_orders:
                self.marks.setdefault(Mark.DOUBTFUL, (lexeme.start, lexeme.end))
            context.noun(Role.OTHER_DOCUMENT)
        elif paint == CLOSING:
            context.noun(Role.CLOSING)
        elif paint in (ASIDE, INN):
            if last is not None and self.text[last.end : lexeme.start].strip(" ,(") in _YEAR_WORDS:
                self.note_year(last, self.painted.years.get(lexeme.start))
            context.sign = context.of = False
            if context.taken:
                context.close()
            elif paint == ASIDE:  # after the tax clause or a share only a № can still mean the invoice
                context.broke = True

    def _date(self, lexeme: Lexeme, last: Draft | None) -> None:
        context, date = self.context, self.dates.get(lexeme.start)
        context.of = False
        if date is None:
            return
        if last is not None:
            if last.date is None:
                last.date = date
        elif context.role is not None and not context.taken:
            context.date = date
            if context.role is Role.INVOICE:
                self.invoice_dates.append(date)

    # ---------------------------------------------------------------- afterwards

    def _phrases(self) -> None:
        """Marks that only several words together make."""
        marks = self.marks
        against = against_party(self.text)
        if against is not None:
            marks.setdefault(Mark.DENIED, against)
        if _HINTS.search(self.text) is not None:
            self._hinted()
        piece = piece_of_number(self.text, [(d.start, d.end) for d in self.drafts if d.grade is Grade.STRONG])
        if piece is not None:
            marks.setdefault(Mark.OPEN, piece)
        for share in self.painted.shares:
            fraction = share_of_invoice(self.text, share)
            if fraction is not None:
                marks.setdefault(Mark.FRACTION, fraction)
        if not marks:
            return
        if Mark.MISTAKEN in marks:
            marks.setdefault(Mark.REFUND, marks[Mark.MISTAKEN])
        own, top_up = marks.get(Mark.OWN), marks.get(Mark.TOP_UP)
        # "за счет собственных средств" says who pays, not that the money is the company's own
        if own is not None and Mark.FUNDS in marks and not self.text[: own[0]].rstrip().endswith("счет"):
            marks.setdefault(Mark.OWN_TRANSFER, own)
        if top_up is not None and (Mark.FUNDS in marks or _ACCOUNT_WORDS.search(self.text, top_up[1])):
            marks.setdefault(Mark.OWN_TRANSFER, top_up)
        if Mark.PERCENT in marks:
            marks.setdefault(Mark.OTHER_INCOME, marks[Mark.PERCENT])

    def _hinted(self) -> None:
        """Marks of phrases that most texts show no trace of."""
        marks = self.marks
        no_sale = maybe_no_sale(self.text)
        if no_sale is not None:
            marks.setdefault(Mark.NO_NUMBER, no_sale)
        if not self.drafts:
            return
        fraction = named_fraction(self.text)
        if fraction is not None:
            marks[Mark.FRACTION] = fraction
        incomplete = incomplete_list(self.text, self.drafts[0].start)
        if incomplete is not None:
            marks[Mark.INCOMPLETE] = incomplete
        denied = denied_number(self.text) or settled_number(self.text)
        if denied is not None:
            marks[Mark.DENIED] = denied
        undecided = left_open(self.text)
        if undecided is not None:
            marks[Mark.OPEN] = undecided


# What a word of each role does to the walk; a neutral one does nothing.
_EFFECTS: dict[Role, Callable[[_Walk, int], None]] = {
    Role.INVOICE: _Walk._invoice,
    Role.INVOICES: _Walk._invoices,
    Role.ORDER: _Walk._order,
    Role.CLOSING: _Walk._closing,
    Role.OTHER_DOCUMENT: _Walk._other_document,
    Role.ORDINARY: _Walk._ordinary,
    Role.ACCOUNT: _Walk._account,
    Role.UNIT: _Walk._ordinary,
    Role.BREAK: _Walk._break,
    Role.OF: _Walk._of,
    Role.SIGN: _Walk._number_sign,
    Role.PAY: _Walk._pay,
    Role.LINK: _Walk._link,
}
