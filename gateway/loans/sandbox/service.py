"""A call at one of the counters: carried out or not, answered honestly or not, in either protocol."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gateway.loans.sandbox import behave
from gateway.loans.sandbox.books import Account, Books, account
from gateway.loans.sandbox.lending import Refusal, view_of

Action = Callable[[sqlite3.Connection, Account, datetime], sqlite3.Row | bytes]
HTML = "text/html; charset=utf-8"
_ERROR_PAGE = b"<html><head><title>500</title></head><body><h1>Internal Server Error</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends.

    Attributes:
        how: "whole"; "silent" sends nothing and waits; "hangup" sends nothing and closes the connection.
    """

    body: bytes = field(default=b"", repr=False)
    status: int = 200
    content_type: str = HTML
    how: str = "whole"
    headers: Mapping[str, str] = field(default_factory=dict)


class Wire(Protocol):
    """How one protocol writes its answers."""

    def view(self, operation: str, view: Mapping[str, Any]) -> Answer:
        """An application as it stands."""

    def document(self, content: bytes) -> Answer:
        """A paper."""

    def refusal(self, code: str) -> Answer:
        """A step not taken; `code` is a `Refusal`'s."""


def answer(books: Books, lender: str, operation: str, wire: Wire, action: Action) -> Answer:
    """Carry a call out and answer it, unless a behaviour that is queued says otherwise.

    Args:
        operation: one of `behave.OPERATIONS`.
        action: what the call asks for; may raise Refusal, what it changed before stays.
    """
    with books.write() as db:
        wrong = behave.take_call(db, lender, operation)
        name = wrong.name if wrong else ""
        if wrong is not None and name in behave.INSTEAD:
            _note(db, lender, operation, "", name)
            return _instead(wrong)
        try:
            done = action(db, account(db, lender), books.now(db))
        except Refusal as refusal:
            _note(db, lender, operation, "", refusal.code)
            return wire.refusal(refusal.code)
        if isinstance(done, bytes):
            honest = wire.document(done)
            _note(db, lender, operation, "", name)
        else:
            honest = wire.view(operation, _told(db, done, wrong))
            _note(db, lender, operation, done["id"], name)
    return _delivered(honest, name)


def _note(db: sqlite3.Connection, lender: str, operation: str, loan: str, what: str) -> None:
    db.execute(
        "INSERT INTO calls (lender, operation, loan, answer) VALUES (?, ?, ?, ?)", (lender, operation, loan, what)
    )


def _told(db: sqlite3.Connection, row: sqlite3.Row, wrong: behave.Active | None) -> dict[str, Any]:
    """The view that is told: this one, an earlier one, or this one with a strange word."""
    if wrong is not None and wrong.name == "stale":
        found = db.execute(
            "SELECT content FROM views WHERE loan = ? AND version < ? ORDER BY version DESC LIMIT 1",
            (row["id"], row["version"]),
        ).fetchone()
        if found is not None:
            earlier: dict[str, Any] = json.loads(found["content"])
            return earlier
    view = view_of(row)
    if wrong is not None and wrong.name == "unknown-status":
        view["word"] = wrong.options["word"]
    return view


def _instead(wrong: behave.Active) -> Answer:
    if wrong.name == "busy":
        return Answer(b"", 429, "text/plain", headers={"Retry-After": wrong.options["seconds"]})
    return Answer(_ERROR_PAGE, 500, HTML) if wrong.name == "http-500" else Answer(how="hangup")


def _delivered(honest: Answer, name: str) -> Answer:
    if name == "silent":
        return Answer(how="silent")
    if name == "lost-reply":
        return Answer(how="hangup")
    if name == "garbled":
        return Answer(honest.body[: len(honest.body) // 2], honest.status, honest.content_type)
    if name == "dtd":
        return Answer(b'<!DOCTYPE a [<!ENTITY b "c">]>' + honest.body, honest.status, honest.content_type)
    return honest
