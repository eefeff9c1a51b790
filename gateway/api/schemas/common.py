"""Shapes shared by all answers: instants, money, pages."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gateway.api.reads.paging import DEFAULT_LIMIT, MAX_LIMIT, Listing, Window
from gateway.core import text

T = TypeVar("T")

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-21T09:16:43.279000Z"])]
Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-11-21"])]
Kopecks = Annotated[int, Field(description="Whole kopecks")]
Quantity = Annotated[str, Field(description="Decimal text", examples=["2.5"])]
Id = Annotated[str, Path(min_length=1, max_length=80, description="Id as the lists give it")]


def no_control(typed: str) -> str:
    """What was typed, without control characters and outer spaces."""
    return text.no_control(typed).strip()


Note = Annotated[str, Field(max_length=1000), AfterValidator(no_control)]


class Asked(BaseModel):
    """Base of request bodies: a field nobody knows is a mistake of the caller, not a wish to be ignored."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Asked):
    """An empty body."""


class Noted(Asked):
    """A body with nothing but a remark."""

    note: Note = ""


# Bodies of callers who send none.
NOTHING = Nothing()
NO_NOTE = Noted()


class Answer(BaseModel):
    """Base of whole answers."""

    server_time: Instant


class Page(Answer, Generic[T]):
    """A slice of a list."""

    items: list[T]
    total: int = Field(description="Rows of the whole filtered list")
    next: str | None = Field(description="Cursor for `after`; null at the end of the list")
    counts: dict[str, int] = Field(description="Rows behind each filter, under the same search")


class Reason(BaseModel):
    """One fact behind a decision."""

    code: str
    text_ru: str
    text_en: str
    span: list[int] | None = Field(description="Where in the purpose it was read: [start, end)")


class Alive(BaseModel):
    """Whether the work loop goes round."""

    status: str
    cycle_age_s: float | None
    version: str


class Done(Answer):
    """An order to the machinery was taken."""

    ok: bool = True


def window(listing: Listing) -> Any:
    """The dependency that reads `limit`, `offset`, `after`, `sort` and `q` of one list."""
    # A default and not an annotation: annotations are read outside this function and know nothing of `listing`.
    by = Query(
        listing.default,
        max_length=40,
        description="Leading `-` for descending",
        json_schema_extra={"enum": listing.choices},
    )

    def read(
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        after: Annotated[str, Query(max_length=2000, description="`next` of the slice before; excludes `offset`")] = "",
        q: Annotated[str, Query(max_length=200, description="Words to search for")] = "",
        sort: str = by,
    ) -> Window:
        return Window(limit, offset, after, sort, q.replace("\0", " "))

    return read
