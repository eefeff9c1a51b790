"""A number among the words of a purpose: where it begins and ends, its grade, and the quote that becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.matching.grading import Context, Last, Sight, grade
from gateway.matching.lexemes import Lexeme, Lexemes
from gateway.matching.masks import DateMention, Painted, quoted_names
from gateway.matching.number import MAX_DIGITS, NumberParts, parts_of_folded
from gateway.matching.phrases import Span
from gateway.matching.quotes import Grade, Kind, Quote
from gateway.matching.ranges import readings, tight

MAX_PURPOSE = 210


@dataclass(slots=True)
class Draft:
    """A quote while more may be learned about it."""

    lexeme: Lexeme
    start: int
    end: int
    grade: Grade
    kind: Kind
    direct: bool
    parts: NumberParts
    near: str
    plural: bool
    date: DateMention | None
    stated: int | None = None


class NumberReader:
    """Reads the numbers a walk comes to, and keeps their drafts.

    Attributes:
        names: places of names, the payer's own (`own_name`) among them: their numbers are nobody's.
        ends_at: where a purpose of the full length ends, None for a shorter one.
        context: where the walk stands; the walk changes it at the words.
        skip_words: places of words that belong to a number; suffixes: of those behind it.
    """

    def __init__(self, painted: Painted, length: int, own_name: Sequence[Span]) -> None:
        self.text = painted.text
        self.lexemes = Lexemes(painted.text)
        self.own_name = own_name
        self.names = [*quoted_names(painted), *own_name]
        self.ends_at = len(painted.text.rstrip()) if length >= MAX_PURPOSE else None
        self.context = Context()
        self.drafts: list[Draft] = []
        self.skip_words: set[int] = set()
        self.suffixes: set[int] = set()

    def read_number(self, place: int, lexeme: Lexeme) -> None:
        """Grade the number at `place` and keep its draft; one of the payer's name, or that counts a list, has none."""
        context = self.context
        if self.own_name and any(start <= lexeme.start < end for start, end in self.own_name):
            context.ordinary()
            return
        if self._enumerates(lexeme):
            context.separated = True
            return
        start, end, prefix, near = self._extent(place, lexeme)
        if self.context.of and context.taken and self.drafts and len(lexeme.text) == 4 and lexeme.text.startswith("20"):
            self.note_year(self.drafts[-1], int(lexeme.text))
        sight = Sight(self.lexemes, place, lexeme, prefix, bool(self.names) and self.in_name(lexeme.start))
        before = self.drafts[-1] if self.drafts else None
        last = Last(before.grade, before.kind, before.end) if before is not None and context.taken else None
        graded, kind, direct = grade(context, sight, last)
        parts = parts_of_folded(tight(self.text[start:end]))
        if parts.counter == 0 or (len(lexeme.text) > MAX_DIGITS + 5 and "/" not in lexeme.text):
            graded = Grade.MUTED
        date = None if context.taken else context.date
        self.drafts.append(Draft(lexeme, start, end, graded, kind, direct, parts, near, context.plural, date))
        context.number(listed=not (graded is Grade.LOOSE and kind is Kind.OTHER))

    def _enumerates(self, lexeme: Lexeme) -> bool:
        """ "1) 125 2) 126": the number counts the items of a list."""
        return (
            len(lexeme.text) <= 2
            and self.text[lexeme.end : lexeme.end + 1] == ")"
            and self.text.count("(", 0, lexeme.start) <= self.text.count(")", 0, lexeme.start)
        )

    def _extent(self, place: int, lexeme: Lexeme) -> tuple[int, int, bool, str]:
        """Where the number begins and ends with its series and suffix; has it a series; a series word standing near."""
        start, end, prefixed, near = lexeme.start, lexeme.end, False, ""
        before = place - 1
        if before > 0 and self.lexemes[before].text[0] in "-/" and self.lexemes[before].end >= start - 1:
            before -= 1
        if before in self.skip_words and before not in self.suffixes:
            word = self.lexemes[before]
            if before == place - 1 and word.end < start:
                near = word.text
            else:
                prefixed, start = True, word.start
                if before > 1 and before - 2 in self.skip_words and self.lexemes.leads_series(before - 2):
                    start = self.lexemes[before - 2].start  # "КР/С-15"
                leading = self.lexemes[before - 1] if before else None
                if leading is not None and leading.kind == "num" and leading.end == start:
                    start = leading.start  # "00УТ-000123"
                    self._take_back(leading)
        suffix = self.lexemes.suffix(place)
        if suffix is not None:
            end = self.lexemes[suffix].end
            self.skip_words.add(suffix)
            self.suffixes.add(suffix)
        return start, end, prefixed, near

    def _take_back(self, leading: Lexeme) -> None:
        """The number read just now was only the beginning of this one."""
        if self.drafts and self.drafts[-1].lexeme is leading:
            dropped = self.drafts.pop()
            self.context.taken = False
            self.context.sign = self.context.sign or dropped.direct

    def quote(self, draft: Draft) -> Quote:
        """What the draft has become at the end of the walk."""
        graded, parts = draft.grade, draft.parts
        until, listed = readings(draft.lexeme.text, parts)
        cut = self.ends_at is not None and draft.end >= self.ends_at
        if cut and graded is Grade.STRONG:
            graded = Grade.WEAK
        return Quote(
            text=tight(self.text[draft.start : draft.end]),
            start=draft.start,
            end=draft.end,
            grade=graded,
            kind=draft.kind,
            prefix=parts.prefix,
            counter=parts.counter,
            year=parts.year,
            sub=parts.sub,
            near=draft.near,
            direct=draft.direct,
            plural=draft.plural,
            date=draft.date,
            stated=draft.stated,
            until=until,
            listed=listed,
            cut=cut,
        )

    def note_year(self, last: Draft | None, year: int | None) -> None:
        """ "счет 45 от 2025 г.", "счет 45 за 2025 год": the year goes with the number."""
        if last is not None and year is not None and last.parts.year is None:
            last.parts = last.parts._replace(year=year)

    def in_name(self, place: int) -> bool:
        """Whether the character at `place` stands inside somebody's name."""
        return any(start <= place < end for start, end in self.names)
