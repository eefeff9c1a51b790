"""How one partner's registry files are to be understood: which column says what, and where number and date stand."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from re import _constants as _regex_constants  # type: ignore[attr-defined]  # what a pattern is made of
from re import _parser as _regex_parser  # type: ignore[attr-defined]
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.core.errors import Refused
from gateway.core.references import Reference

_LONGEST = 200
_REPEATS = (_regex_constants.MAX_REPEAT, _regex_constants.MIN_REPEAT, _regex_constants.POSSESSIVE_REPEAT)
_SEARCHED = 1000  # characters of a row: headings and totals are short, and patterns are anybody's


def _regex(text: str) -> str:
    if text:
        try:
            re.compile(text)
            parsed = _regex_parser.parse(text)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"not a regular expression: {error}") from None
        if _may_never_end(parsed):
            raise ValueError("a repetition of something that itself repeats or has alternatives may never end")
    return text


def _may_never_end(parsed: Any, repeated: bool = False) -> bool:
    """Whether a text can be taken apart in so many ways that a search hangs: it would hold up the whole service."""
    for operation, argument in parsed:
        repeats = operation in _REPEATS
        least, most = argument[:2] if repeats else (1, 1)
        if repeated and ((repeats and least != most) or operation is _regex_constants.BRANCH):
            return True
        inner = argument if isinstance(argument, tuple | list) else ()
        again = repeated or (repeats and most > 1)
        if any(_may_never_end(part, again) for part in _parts_of(inner)):
            return True
    return False


def _parts_of(argument: Any) -> list[Any]:
    """The patterns inside an operation's argument."""
    found: list[Any] = []
    for part in argument:
        if isinstance(part, _regex_parser.SubPattern):
            found.append(part)
        elif isinstance(part, list):
            found += [one for one in part if isinstance(one, _regex_parser.SubPattern)]
    return found


def _percent(text: str) -> str:
    if text:
        try:
            share = Decimal(text.replace(",", "."))
        except InvalidOperation:
            raise ValueError("not a number") from None
        if not 0 <= share < 100:
            raise ValueError("not between 0 and 100")
    return text.replace(",", ".")


Column = Annotated[str, Field(max_length=_LONGEST)]
Pattern = Annotated[str, Field(max_length=_LONGEST), AfterValidator(_regex)]


class Place(BaseModel):
    """Where a fact of the whole registry stands. The first place that is named and gives something counts.

    A regular expression means its first group, the whole match when it has none; case does not matter.

    Attributes:
        column: of the table; every other value in it begins another registry.
        heading: searched for in each row outside the table, whose cells are joined by one space.
        file_name: searched for in the file's name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Column = ""
    heading: Pattern = ""
    file_name: Pattern = ""

    @property
    def named(self) -> bool:
        return bool(self.column or self.heading or self.file_name)

    def in_text(self, text: str) -> str:
        """What `heading` finds in a row; "" when nothing."""
        return search(self.heading, text)

    def in_name(self, name: str) -> str:
        """What `file_name` finds in the file's name."""
        return search(self.file_name, name)


class ColumnMapping(BaseModel):
    """See the module. Columns are meant by their heading, compared without case and spaces, or as "#3" by position.

    Attributes:
        key: columns that name the invoice; of several the first that is filled.
        kind: what the key is.
        amount: what the buyer paid.
        fee, fee_percent: what the partner keeps of each line, as a column or as a share of the amount.
        fee_negative: the file writes fees below zero.
        number, date: of the registry.
        gross, fee_total, net: totals as the file states them; `net` is what must arrive. Where `total_row` finds a row,
            its amount and fee columns state them too.
        total_row: rows in which this is found are totals; the table ends with the first.
        net: a row outside the table that states what must arrive. `net_column`: the same in the total row.
        header_row: row with the headings, 0 for the first that has them all, -1 for none (then columns are "#1", …).
        unit: what amounts are written in.
        refund_column, refund: rows in whose column this is found give money back to the buyer, whatever their sign.
        skip_column, skip: rows in whose column this is found are none of the payout (refused operations).
        sheet: of a workbook. element: the repeated element of an XML. "" for the obvious one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[tuple[Column, ...], Field(min_length=1, max_length=5)]
    kind: Reference
    amount: Annotated[str, Field(min_length=1, max_length=_LONGEST)]
    fee: Column = ""
    fee_percent: Annotated[str, Field(max_length=20), AfterValidator(_percent)] = ""
    fee_negative: bool = False
    number: Place
    date: Place
    gross: Pattern = ""
    fee_total: Pattern = ""
    net: Pattern = ""
    net_column: Column = ""
    total_row: Pattern = r"^(итого|всего|total)\b"
    header_row: Annotated[int, Field(ge=-1, le=1000)] = 0
    unit: Literal["roubles", "kopecks"] = "roubles"
    refund_column: Column = ""
    refund: Pattern = ""
    skip_column: Column = ""
    skip: Pattern = ""
    sheet: Column = ""
    element: Column = ""

    @model_validator(mode="after")
    def _whole(self) -> ColumnMapping:
        if not self.number.named or not self.date.named:
            raise ValueError("number and date must be found somewhere")
        if self.fee and self.fee_percent:
            raise ValueError("a fee is a column or a percentage, not both")
        for column, pattern in ((self.refund_column, self.refund), (self.skip_column, self.skip)):
            if bool(column) != bool(pattern):
                raise ValueError("a column and what is looked for in it belong together")
        if self.header_row == -1 and not all(name.startswith("#") for name in self.columns):
            raise ValueError("without headings columns are named by position, #1")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that must be there."""
        named = (*self.key, self.amount, self.fee, self.number.column, self.date.column, self.net_column)
        return tuple(dict.fromkeys(name for name in (*named, self.refund_column, self.skip_column) if name))


def mapping_of(values: Any) -> ColumnMapping:
    """A mapping from plain JSON.

    Raises:
        Refused: `registry.mapping_wrong` with the field and what is wrong with it.
    """
    try:
        return ColumnMapping.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "—"
        detail = first["msg"].removeprefix("Value error, ")
        raise Refused("registry.mapping_wrong", field=field, detail=detail) from None


def search(pattern: str, text: str) -> str:
    """The first group of the first match, the whole match when there is no group, "" when there is no match."""
    found = re.search(pattern, text[:_SEARCHED], re.IGNORECASE) if pattern else None
    if found is None:
        return ""
    return (found[1] if found.re.groups else found[0] or "").strip() if found[0] else ""
