"""The Post's batch service, fc: a ticket for up to 3,000 parcels, and its answer later."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from lxml import etree

from gateway.core.clock import MOSCOW, from_text, to_text
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox import behave, post_xml
from gateway.parcels.sandbox.behave import Active
from gateway.parcels.sandbox.books import CarrierBooks, credentials, find_plan, rules, world
from gateway.parcels.sandbox.counter import Answer, serve
from gateway.parcels.sandbox.journey import Event, journey, until
from gateway.parcels.sandbox.single import LANGUAGES, let_in
from gateway.signing.parsing import local_name

PATH = "/fc"
MOST = 3000
_LONGEST_TRACK, _LONGEST_NAME = 14, 100
_TICKET, _ANSWER = "ticketResponse", "answerByTicketResponse"

# The Post's own names, shortened.
ERRORS: Mapping[int, str] = MappingProxyType(
    {
        2: "Формат данных запроса не соответствует протоколу",
        3: "Неуспешная авторизация",
        6: "Ответ по билету ещё не готов",
        12: "Информация об отправлении отсутствует",
        16: "Внутренняя ошибка сервиса",
        17: "Время хранения ответа по билету истекло",
        18: "Превышено максимально допустимое количество отправлений в запросе",
        20: "Недопустимый идентификатор языка",
        21: "Длина идентификатора отправления превышает максимальный размер",
        22: "Длина имени файла превышает максимальный размер",
    }
)


class BatchCounter:
    """Answers of fc."""

    def __init__(self, books: CarrierBooks) -> None:
        self._books = books

    def handle(self, content_type: str, body: bytes) -> Answer:
        """One request."""
        if content_type.partition(";")[0].strip() != "text/xml":
            return Answer(b"", 415, "text/plain")
        call = post_xml.request(body, post_xml.SOAP11)
        name = local_name(call) if call is not None else ""
        if call is None or name not in ("ticketRequest", "answerByTicketRequest"):
            return _error(_ANSWER if b"answerByTicket" in body else _TICKET, 2)
        if name == "ticketRequest":
            tracks = [str(item.get("Barcode", "")) for item in call.iter(f"{{{post_xml.ITEMS}}}Item")]
            return serve(
                self._books,
                CarrierKey.POST,
                "ticket",
                tracks,
                lambda db, now, wrong: _ticket(db, call, tracks, now, wrong),
            )
        number = post_xml.text(call, "ticket")
        with self._books.read() as db:
            tracks = _tracks(db, number)
        return serve(
            self._books, CarrierKey.POST, "answer", tracks, lambda db, now, wrong: _answer(db, call, number, now, wrong)
        )


def _ticket(db: sqlite3.Connection, call: etree._Element, tracks: list[str], now: datetime, active: Active) -> Answer:
    number = _ticket_error(db, call, tracks, active)
    if number:
        return _error(_TICKET, number)
    made = _ticket_id(db, now)
    db.execute("INSERT INTO tickets VALUES (?, ?, ?)", (made, to_text(now), json.dumps(tracks)))
    return post_xml.ticket(made)


def _ticket_id(db: sqlite3.Connection, now: datetime) -> str:
    """The time to the millisecond and the login; the next millisecond where that one is taken."""
    at = now.astimezone(MOSCOW)
    while True:
        made = f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}{credentials(db).post_login}"
        if db.execute("SELECT 1 FROM tickets WHERE id = ?", (made,)).fetchone() is None:
            return made
        at += timedelta(milliseconds=1)


def _ticket_error(db: sqlite3.Connection, call: etree._Element, tracks: list[str], active: Active) -> int:
    """Why there is no ticket; 0 when there is one."""
    request = call.find("request")
    name = "" if request is None else str(request.get("FileName", ""))
    checks = (
        (16, active.name == "internal"),
        (3, not let_in(db, call) or not rules(db).batch),
        (20, post_xml.text(call, "language") not in LANGUAGES),
        (2, request is None or not tracks or not all(tracks)),
        (18, len(tracks) > MOST),
        (21, any(len(track) > _LONGEST_TRACK for track in tracks)),
        (22, len(name) > _LONGEST_NAME),
    )
    return next((number for number, wrong in checks if wrong), 0)


def _answer(db: sqlite3.Connection, call: etree._Element, number: str, now: datetime, active: Active) -> Answer:
    row = db.execute("SELECT * FROM tickets WHERE id = ?", (number,)).fetchone()
    known = rules(db)
    if active.name == "internal":
        return _error(_ANSWER, 16)
    if not let_in(db, call) or not known.batch:
        return _error(_ANSWER, 3)
    if not number:
        return _error(_ANSWER, 2)
    # A ticket nobody knows is one whose answer is gone: in either case a new one has to be ordered.
    if row is None or now > from_text(row["made"]) + timedelta(hours=known.kept_hours):
        return _error(_ANSWER, 17)
    ready = from_text(row["made"]) + timedelta(minutes=known.ready_minutes)
    if now < ready or active.name == "not-ready":
        return _error(_ANSWER, 6)
    tracks = json.loads(row["tracks"])
    if known.large_replies_fail and len(tracks) > known.large_replies_fail:
        return Answer(b"", how="hangup", outcome="large reply")
    items = [(track, _told(db, track, ready, active)) for track in tracks]
    return post_xml.answer(ready.astimezone(MOSCOW), items, (12, ERRORS[12]))


def _told(db: sqlite3.Connection, track: str, ready: datetime, active: Active) -> list[Event]:
    """What the answer says of one parcel: as things stood when it was prepared."""
    plan = find_plan(db, CarrierKey.POST, track)
    if plan is None:
        return []
    return behave.told(until(journey(plan, world(db).seed), ready), track, active, ready)


def _tracks(db: sqlite3.Connection, number: str) -> list[str]:
    row = db.execute("SELECT tracks FROM tickets WHERE id = ?", (number,)).fetchone()
    return [str(track) for track in json.loads(row["tracks"])] if row else []


def _error(response: str, number: int) -> Answer:
    return post_xml.batch_error(response, number, ERRORS[number])
