"""A call at one of the counters: carried out or not, answered honestly or not, in whatever protocol."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.bank.sandbox.delivery import HTML, Delivery
from gateway.core.clock import to_text
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox import behave
from gateway.parcels.sandbox.behave import Active
from gateway.parcels.sandbox.books import CarrierBooks

Action = Callable[[sqlite3.Connection, datetime, Active], "Answer"]
"""What a call asks for, at an instant of the carriers' clock; what is wrong with the list it is to tell."""
_ERROR_PAGE = "<html><head><title>500</title></head><body><h1>Ошибка сервера</h1></body></html>".encode()


@dataclass(frozen=True, slots=True)
class Answer(Delivery):
    """What the server sends.

    Attributes:
        outcome: for the list of calls, "" for an honest answer.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""


def serve(books: CarrierBooks, carrier: CarrierKey, operation: str, about: Sequence[str], action: Action) -> Answer:
    """Carry a call out and answer it, unless a behaviour that is queued says otherwise.

    Args:
        operation: one of `behave.OPERATIONS`.
        about: numbers of the parcels.
    """
    with books.write() as db:
        now = books.bank_now(db)
        active = behave.take(db, carrier, operation, about)
        answer = _instead(active) if active.name in behave.INSTEAD else action(db, now, active)
        db.execute(
            "INSERT INTO calls (carrier, operation, about, at, answer) VALUES (?, ?, ?, ?, ?)",
            (carrier, operation, " ".join(about[:3]), to_text(now), active.name or answer.outcome),
        )
    return _delivered(answer, active)


def _instead(active: Active) -> Answer:
    if active.name == "throttled":
        return Answer(b"", 429, "text/plain", headers={"Retry-After": active.options["seconds"]})
    return Answer(_ERROR_PAGE, 500, HTML) if active.name == "http-500" else Answer(b"", how="hangup")


def _delivered(answer: Answer, active: Active) -> Answer:
    if active.name == "silent":
        return replace(answer, body=b"", how="silent")
    if active.name == "slow":
        return replace(answer, delay=float(active.options["seconds"]))
    if active.name == "garbled":
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    if active.name == "dtd":
        return replace(answer, body=b'<!DOCTYPE a [<!ENTITY b "c">]>' + answer.body)
    if active.name == "wrong-encoding":
        return replace(answer, body=answer.body.decode().encode("cp1251", errors="replace"))
    return answer
