"""Numbers of a purpose and what stands behind each: a walk over its words from left to right.

A noun opens a context ("счет", "заказ", "договор"); the number after it belongs to it; a list goes on over commas and
"и"; an ordinary word ends it. What cannot be told is graded down, never up:

- STRONG: anchored (after счёт/заказ/№, or continuing such a list, or written with a series prefix);
- WEAK, LOOSE: may confirm an exact sum, nothing more (WEAK: a № after a noun we do not know);
- MUTED: another document's, a quantity, an address; never ours, but worth a doubt when it equals an own number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gateway.matching.lexemes import Lexeme, Lexemes
from gateway.matching.masks import (
    ASIDE,
    CLOSING,
    DATE,
    INN,
    MONEY,
    OTHER_DOCUMENT,
    DateMention,
    Painted,
    quoted_names,
)
from gateway.matching.number import MAX_DIGITS, parts_of
from gateway.matching.quotes import Grade, Kind, Quote
from gateway.matching.words import Mark, Role, classify


@dataclass(slots=True)
class Scanned:
    """What the walk found; `invoice_dates` are those that follow "счет" at once ("счет от 12.11.2026")."""

    quotes: list[Quote]
    marks: dict[Mark, tuple[int, int]]
    plural_noun: bool
    invoice_dates: list[DateMention]
    pays: bool


MAX_PURPOSE = 210
_LONGEST_RANGE = 60
_ACCOUNT_WORDS = re.compile(r"счета|счетами|карт")
_COMMA_SUM = re.compile(r"\d+,\d\d(?!\d)")
_SEPARATORS = ",;+&/"
_DIMENSION = re.compile(r"\d\s?[хx*×]\s?\d")


@dataclass(slots=True)
class _Context:
    """Where the walk stands."""

    role: Role | None = None  # the noun in force
    noun_gap: int = 0  # ordinary words since the noun
    taken: bool = False  # a number was read under this noun
    open: bool = False  # the list may go on here
    separated: bool = False  # a separator stood since the last number
    sign: bool = False  # № right before
    sign_after_unknown: bool = False
    of: bool = False  # "от" right before
    broke: bool = False  # "за", "на" since the noun, before any number
    plural: bool = False
    account: bool = False  # "расчетный" before
    ordinary_before: bool = False  # the last word was an unknown noun
    date: DateMention | None = None  # a date between noun and number

    def noun(self, role: Role, plural: bool = False) -> None:
        self.role, self.noun_gap, self.taken, self.open, self.separated = role, 0, False, False, False
        self.sign = self.of = self.broke = self.ordinary_before = False
        self.plural, self.date = plural, None

    def close(self) -> None:
        self.role, self.taken, self.open, self.sign, self.plural, self.date = None, False, False, False, False, None


def scan(painted: Painted, length: int) -> Scanned:
    """Read the numbers and marks of a text after `masks.set_aside`.

    Args:
        length: characters of the whole purpose, to know whether its end may be cut off.
    """
    return _Walk(painted, length).run()


class _Walk:
    def __init__(self, painted: Painted, length: int) -> None:
        self.painted = painted
        self.text = painted.text
        self.lexemes = Lexemes(painted.text)
        self.names = quoted_names(painted)
        self.full_length = length >= MAX_PURPOSE
        self.dates = {d.start: d for d in painted.dates}
        self.sums = sorted(painted.sums, key=lambda s: s.start)
        self.context = _Context()
        self.quotes: list[Quote] = []
        self.marks: dict[Mark, tuple[int, int]] = {}
        self.plural_noun = False
        self.invoice_dates: list[DateMention] = []
        self.pays = False
        self.skip_words: set[int] = set()

    def run(self) -> Scanned:
        for place, lexeme in enumerate(self.lexemes):
            if lexeme.kind == "num":
                self._number(place, lexeme)
            elif lexeme.kind == "word":
                if place not in self.skip_words:
                    self._word(place, lexeme)
            elif lexeme.kind == "paint":
                self._paint(lexeme)
            else:
                self._sign(lexeme)
        self._join_ranges()
        self._phrases()
        return Scanned(self.quotes, self.marks, self.plural_noun, self.invoice_dates, self.pays)

    # ---------------------------------------------------------------- words

    def _word(self, place: int, lexeme: Lexeme) -> None:
        context = self.context
        if self._in_name(lexeme.start):
            self._ordinary(context)
            return
        if self._is_series(place):
            self.skip_words.add(place)
            return
        word = classify(lexeme.text)
        if word.mark is not None:
            self.marks.setdefault(word.mark, (lexeme.start, lexeme.end))
        role = word.role
        if role in (Role.INVOICE, Role.INVOICES):
            if context.role is Role.OTHER_DOCUMENT and not context.taken and self.lexemes.is_joined(place):
                return  # "договор INV-195" is no invoice
            if context.account:
                context.noun(Role.OTHER_DOCUMENT)
                context.account = False
                return
            self.plural_noun |= role is Role.INVOICES
            context.noun(Role.INVOICE, plural=role is Role.INVOICES)
            return
        context.account = role is Role.ACCOUNT
        if role is Role.ORDER:
            context.noun(Role.ORDER)
        elif role is Role.OTHER_DOCUMENT:
            if self._joined_to_invoice(place):  # счет-договор, счет-спецификация is an invoice
                return
            context.noun(Role.OTHER_DOCUMENT)
        elif role is Role.CLOSING:
            context.noun(Role.CLOSING)
        elif role is Role.SIGN:
            context.sign, context.sign_after_unknown = True, context.ordinary_before
        elif role is Role.OF:
            context.of = True
        elif role is Role.BREAK:
            context.sign = False
            context.ordinary_before = False
            if context.taken:
                context.open = False
            else:
                context.broke = True
        elif role in (Role.LINK, Role.PAY, Role.NEUTRAL):
            context.separated |= role is Role.LINK
            if role is Role.PAY:
                self.pays = True
                context.ordinary_before = False
                if context.taken:
                    context.close()
        elif role is Role.ACCOUNT:
            self._ordinary(context)
        else:
            self._ordinary(context)

    @staticmethod
    def _ordinary(context: _Context) -> None:
        context.sign = context.of = False
        context.noun_gap += 1
        context.ordinary_before = True
        if context.taken:
            context.close()

    def _joined_to_invoice(self, place: int) -> bool:
        if place < 2 or self.context.role is not Role.INVOICE or self.context.taken:
            return False
        hyphen, noun = self.lexemes[place - 1], self.lexemes[place - 2]
        return hyphen.text == "-" and noun.end == hyphen.start and hyphen.end == self.lexemes[place].start

    def _is_series(self, place: int) -> bool:
        context = self.context
        expecting = context.sign or (
            context.role in (Role.INVOICE, Role.ORDER) and (not context.taken or context.separated)
        )
        return self.lexemes.is_series(place, expecting)

    def _in_name(self, place: int) -> bool:
        return any(start <= place < end for start, end in self.names)

    # ---------------------------------------------------------------- signs and painted places

    def _sign(self, lexeme: Lexeme) -> None:
        context = self.context
        if lexeme.text in "№#":
            context.sign, context.sign_after_unknown = True, context.ordinary_before
        elif lexeme.text in _SEPARATORS:
            context.separated = True
            context.sign = False
            if not context.taken and lexeme.text in ",;":
                context.broke = context.broke or context.role in (Role.INVOICE, Role.ORDER)

    def _paint(self, lexeme: Lexeme) -> None:
        context, paint = self.context, lexeme.text[0]
        if paint == DATE:
            date = self.dates.get(lexeme.start)
            context.of = False
            if date is None:
                return
            if context.taken and self.quotes and self.quotes[-1].date is None:
                self.quotes[-1] = replace(self.quotes[-1], date=date)
            elif context.role is not None and not context.taken:
                context.date = date
                if context.role is Role.INVOICE:
                    self.invoice_dates.append(date)
        elif paint == MONEY:
            if context.taken and self.quotes and self.quotes[-1].stated is None:
                found = next((s for s in self.sums if lexeme.start <= s.start < lexeme.end), None)
                if found is not None:
                    self.quotes[-1] = replace(self.quotes[-1], stated=found.kopecks)
            context.sign = False
        elif paint == OTHER_DOCUMENT:
            if self.painted.payment_orders:
                self.marks.setdefault(Mark.DOUBTFUL, (lexeme.start, lexeme.end))
            context.noun(Role.OTHER_DOCUMENT)
        elif paint == CLOSING:
            context.noun(Role.CLOSING)
        elif paint in (ASIDE, INN):
            context.sign = context.of = False
            if context.taken:
                context.close()
            elif paint == ASIDE:  # after the tax clause or a share only a № can still mean the invoice
                context.broke = True

    # ---------------------------------------------------------------- numbers

    def _number(self, place: int, lexeme: Lexeme) -> None:
        context = self.context
        if self._enumerates(lexeme):
            context.separated = True
            return
        start, end, prefix, near = self._extent(place, lexeme)
        text = self.text[start:end]
        grade, kind, direct = self._grade(place, lexeme, bool(prefix))
        parts = parts_of(text)
        if parts.counter == 0 or len(lexeme.text) > MAX_DIGITS + 5:
            grade = Grade.MUTED
        runs = [int(r) for r in re.findall(r"\d+", lexeme.text)]
        until: int | None = None
        pair: tuple[int, ...] = ()
        if len(runs) == 2 and not parts.sub:
            if "-" in lexeme.text and 0 < runs[0] < runs[1] <= runs[0] + _LONGEST_RANGE:
                until = runs[1]
                pair = (runs[0], runs[1])
            elif "/" in lexeme.text and all(runs):
                pair = (runs[0], runs[1])
        cut = self.full_length and end >= len(self.text.rstrip())
        if cut and grade is Grade.STRONG:
            grade = Grade.WEAK
        self.quotes.append(
            Quote(
                text,
                start,
                end,
                grade,
                kind,
                parts.prefix,
                parts.counter,
                parts.year,
                parts.sub,
                near=near,
                direct=direct,
                plural=context.plural,
                date=None if context.taken else context.date,
                until=until,
                pair=pair,
                cut=cut,
            )
        )
        context.taken, context.open, context.separated, context.sign, context.of = True, True, False, False, False
        context.ordinary_before, context.date = False, None
        if grade in (Grade.LOOSE,) and kind is Kind.OTHER:
            context.open = False

    def _extent(self, place: int, lexeme: Lexeme) -> tuple[int, int, str, str]:
        """Where the number begins and ends with its prefix and suffix; the prefix; a series word standing near."""
        start, end, prefix, near = lexeme.start, lexeme.end, "", ""
        before = place - 1
        if before >= 0 and self.lexemes[before].text in "-/" and self.lexemes[before].end >= start - 1 and before > 0:
            before -= 1
        if before >= 0 and before in self.skip_words:
            word = self.lexemes[before]
            if before == place - 1 and word.end < lexeme.start:
                near = word.text
            else:
                prefix, start = word.text, word.start
                leading = self.lexemes[before - 1] if before else None
                if leading is not None and leading.kind == "num" and leading.end == start:
                    start = leading.start  # "00УТ-000123"
                    self._drop_last(leading)
        suffix = self.lexemes.suffix(place)
        if suffix is not None:
            end = self.lexemes[suffix].end
            self.skip_words.add(suffix)
        return start, end, prefix, near

    def _drop_last(self, leading: Lexeme) -> None:
        if self.quotes and self.quotes[-1].start <= leading.start < self.quotes[-1].end:
            dropped = self.quotes.pop()
            self.context.taken = False
            self.context.sign = self.context.sign or dropped.direct

    def _grade(self, place: int, lexeme: Lexeme, prefixed: bool) -> tuple[Grade, Kind, bool]:
        context = self.context
        if self._dimension(lexeme):
            return Grade.MUTED, Kind.QUANTITY, False
        if self._in_name(lexeme.start):
            return Grade.MUTED, Kind.OTHER, False
        if context.of:
            return Grade.MUTED, Kind.OTHER, False
        ours = {Role.INVOICE: Kind.INVOICE, Role.ORDER: Kind.ORDER}.get(context.role) if context.role else None
        if context.taken and not context.open:
            context.close()
            ours = None
        if context.taken:
            return self._continuation(place, lexeme, ours, prefixed)
        if context.role is Role.OTHER_DOCUMENT:
            return Grade.MUTED, Kind.OTHER, True
        if context.role is Role.CLOSING:
            return Grade.WEAK, Kind.OTHER, True
        if context.sign:
            if ours is not None:
                return Grade.STRONG, ours, True
            if context.sign_after_unknown and not prefixed:
                return Grade.WEAK, Kind.BARE, True
            return Grade.STRONG, Kind.BARE, True
        if ours is not None and not context.broke:
            if context.noun_gap == 0:
                return Grade.STRONG, ours, True
            if prefixed:
                return Grade.STRONG, ours, True
            if context.noun_gap <= 2 and not self._unit_follows(place, lexeme):
                return Grade.WEAK, ours, True
        if prefixed:
            return Grade.STRONG, Kind.PREFIXED, True
        if self._unit_follows(place, lexeme):
            return Grade.MUTED, Kind.QUANTITY, False
        if self._year_like(lexeme) or self._comma_sum(lexeme):
            return Grade.MUTED, Kind.OTHER, False
        return Grade.LOOSE, Kind.OTHER, False

    def _continuation(self, place: int, lexeme: Lexeme, ours: Kind | None, prefixed: bool) -> tuple[Grade, Kind, bool]:
        """The grade of a number that follows another one under the same noun, or none."""
        context, last = self.context, self.quotes[-1]
        if not prefixed and self._unit_follows(place, lexeme):
            return Grade.MUTED, Kind.QUANTITY, False
        if not prefixed and self._noun_follows(place, lexeme):
            return Grade.LOOSE, Kind.OTHER, False
        if context.role is Role.OTHER_DOCUMENT:
            return Grade.MUTED, Kind.OTHER, False
        if context.role is Role.CLOSING:
            return Grade.WEAK, Kind.OTHER, False
        if prefixed and ours is None:
            return Grade.STRONG, Kind.PREFIXED, False
        if ours is None:
            if last.grade is Grade.STRONG and (context.separated or context.sign):
                return Grade.STRONG, last.kind, False
            return (Grade.STRONG, Kind.BARE, True) if context.sign else (Grade.LOOSE, Kind.OTHER, False)
        if context.separated or context.sign or prefixed:
            return (Grade.STRONG, ours, False) if last.grade is Grade.STRONG else (last.grade, last.kind, False)
        between = self.text[last.end : lexeme.start].strip()
        if not between and last.grade is Grade.STRONG:
            return Grade.STRONG, ours, False  # "счета 125 126 127"
        return Grade.LOOSE, Kind.OTHER, False

    def _unit_follows(self, place: int, lexeme: Lexeme) -> bool:
        following = self.lexemes.after(place)
        if following is None or following.kind != "word" or following.start > lexeme.end + 2:
            return False
        return classify(following.text).role is Role.UNIT

    def _noun_follows(self, place: int, lexeme: Lexeme) -> bool:
        """An ordinary noun right after a number in a list: "счет 125, 40 рейсов"."""
        following = self.lexemes.after(place)
        if following is None or following.kind != "word" or following.start > lexeme.end + 1:
            return False
        return (
            len(following.text) > 2
            and classify(following.text).role is Role.ORDINARY
            and not self._is_series(place + 1)
        )

    def _dimension(self, lexeme: Lexeme) -> bool:
        return _DIMENSION.search(self.text, max(0, lexeme.start - 3), lexeme.end + 3) is not None

    def _enumerates(self, lexeme: Lexeme) -> bool:
        """ "1) 125 2) 126": the number counts the items of a list."""
        return (
            len(lexeme.text) <= 2
            and self.text[lexeme.end : lexeme.end + 1] == ")"
            and self.text.count("(", 0, lexeme.start) <= self.text.count(")", 0, lexeme.start)
        )

    def _comma_sum(self, lexeme: Lexeme) -> bool:
        """ "125,50" outside a list of numbers is a sum."""
        return _COMMA_SUM.match(self.text, lexeme.start) is not None

    @staticmethod
    def _year_like(lexeme: Lexeme) -> bool:
        return len(lexeme.text) == 4 and "2015" <= lexeme.text <= "2039"

    # ---------------------------------------------------------------- afterwards

    def _join_ranges(self) -> None:
        """ "с 125 по 128", "125 - 128", "СФ-125 - СФ-128" as one range quote."""
        joined: list[Quote] = []
        for quote in self.quotes:
            last = joined[-1] if joined else None
            if last is not None and self._is_range(last, quote):
                strongest = last.grade if last.grade in (Grade.STRONG, Grade.WEAK) else quote.grade
                kind = last.kind if last.kind is not Kind.OTHER else quote.kind
                joined[-1] = replace(
                    last,
                    end=quote.end,
                    text=self.text[last.start : quote.end],
                    until=quote.counter,
                    pair=(last.counter, quote.counter),
                    counter=0,
                    grade=strongest,
                    kind=kind,
                    plural=True,
                )
            else:
                joined.append(quote)
        self.quotes = joined

    def _is_range(self, last: Quote, quote: Quote) -> bool:
        if last.until is not None or quote.until is not None or Grade.MUTED in (last.grade, quote.grade):
            return False
        if not 0 < quote.counter - last.counter <= _LONGEST_RANGE or quote.prefix not in ("", last.prefix):
            return False
        between = self.text[last.end : quote.start]
        if any(paint in between for paint in (MONEY, INN, ASIDE)):
            return False
        words = between.replace(DATE, " ").replace("от", " ").split()
        joined = "".join(words).strip("№n")
        return joined in ("-", "..", "...", "по", "до", "-№", "по№", "поn") and (
            joined.startswith(("-", ".")) or last.end > 0
        )

    def _phrases(self) -> None:
        """Marks that only two words together make."""
        marks = self.marks
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
