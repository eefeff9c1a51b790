"""Applications for loans in lists: the board, the list, what is in trouble, and what one search box finds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, func, select

from gateway.api.reads.paging import Window, read_cursor, write_cursor
from gateway.api.reads.texts import said
from gateway.core.authority import Actor, Right
from gateway.core.errors import Refused
from gateway.loans import queries
from gateway.loans.problems import Problem
from gateway.loans.queries import Filters, Page
from gateway.loans.tables import applications
from gateway.loans.terms import LoanTerms

SORTS = ("made_at", "-made_at", "stage_since", "-stage_since")
DEFAULT_SORT = "-made_at"
_NUMBER = re.compile(r"[0-9]{1,9}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()\u00a0-]{8,18}")
_NAME = re.compile(r"[^\W\d_][^\W\d_' ’-]*")


class Asking(Protocol):
    """Who asks about whose loans, when, and under which terms."""

    @property
    def company(self) -> str: ...

    @property
    def actor(self) -> Actor: ...

    @property
    def loans(self) -> LoanTerms: ...

    @property
    def now(self) -> datetime: ...

    def title(self, lender: str) -> str:
        """A lender's name for people."""


def board(connection: Connection, asking: Asking) -> list[dict[str, Any]]:
    """Every stage in order."""
    return [
        {
            "stage": line.stage.value,
            **labelled("loan.stage", line.stage, "stage"),
            "count": line.count,
            "goods": line.goods,
            "oldest": line.oldest or None,
            "red": line.red,
        }
        for line in queries.board(connection, asking.company, asking.loans, asking.actor, asking.now)
    ]


def problems(connection: Connection, asking: Asking) -> list[dict[str, Any]]:
    """How many applications each kind of trouble has."""

    def count(problem: Problem) -> int:
        filters = Filters(problem=problem)
        where = queries.conditions(asking.company, asking.loans, asking.actor, filters, asking.now)
        return int(connection.execute(select(func.count()).select_from(applications).where(*where)).scalar_one())

    return [
        {"problem": problem.value, **labelled("loan.problem", problem, "problem"), "count": count(problem)}
        for problem in Problem
    ]


def listed(connection: Connection, asking: Asking, filters: Filters, window: Window) -> dict[str, Any]:
    """A slice of the applications; `window.q` is what somebody typed into the one search box.

    Raises:
        BadRequest: `api.bad_cursor`.
        Refused: `authority.missing`, `loan.bad_filter`.
    """
    after = _after(window)

    def page_of(tried: Filters) -> Page:
        return queries.listed(
            connection, asking.company, asking.loans, asking.actor, tried, asking.now,
            sort=window.sort, limit=window.limit, after=after,
        )  # fmt: skip

    tried = ((found_by, page_of(meant)) for found_by, meant in _readings(asking.actor, filters, window.q))
    found_by, page = next((one for one in tried if one[1].total), ("", Page([], 0, None)))
    return {
        "items": [item(asking, row) for row in page.items],
        "total": page.total,
        "next": write_cursor(window.sort, *page.next) if page.next else None,
        "found_by": found_by,
    }


def item(asking: Asking, row: Mapping[str, Any]) -> dict[str, Any]:
    """An application as a list shows it: `queries.item` with words for people."""
    return {
        **row,
        **labelled("loan.origin", row["origin"], "origin"),
        **labelled("loan.state", row["state"], "state"),
        **labelled("loan.reason", row["end_reason"], "end_reason"),
        **labelled("loan.stage", row["stage"], "stage"),
        **labelled("loan.way", row["signing_way"], "signing_way"),
        "lender_title": asking.title(row["lender"]) if row["lender"] else "",
        "to_shop": row["transfer"] - row["fee"],
    }


def labelled(group: str, word: str, name: str) -> dict[str, str]:
    """`{name}_ru` and `{name}_en` of a state or another word; empty for an empty one."""
    return said(f"{group}.{word}", name=name) if word else {f"{name}_ru": "", f"{name}_en": ""}


def _after(window: Window) -> tuple[str, str] | None:
    if not window.after:
        return None
    value, row_id = read_cursor(window.after, window.sort)
    return str(value), row_id


def _readings(actor: Actor, filters: Filters, typed: str) -> Iterator[tuple[str, Filters]]:
    """What a text in the search box may mean, the likeliest first; the first that finds something is it. Phones and
    surnames are looked for on behalf of those who may see them."""
    personal = actor.may(Right.LOANS_PERSONAL)
    text = typed.strip()
    if not text:
        yield "", filters
        return
    if _NUMBER.fullmatch(text):
        yield "number", replace(filters, number=int(text))
    if personal and _PHONE.fullmatch(text):
        yield "phone", replace(filters, phone=text)
    if personal and _NAME.fullmatch(text):
        yield "surname", replace(filters, surname=text)
    yield "agreement", replace(filters, agreement=text)
    yield "order", replace(filters, order=text)


def number_of(typed: str) -> int | None:
    """Our number of an application as a filter has it.

    Raises:
        Refused: `loan.bad_filter`.
    """
    if not typed.strip():
        return None
    if not _NUMBER.fullmatch(typed.strip()):
        raise Refused("loan.bad_filter", filter=typed[:40])
    return int(typed)
