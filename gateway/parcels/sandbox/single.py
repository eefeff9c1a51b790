"""The Post's single service, rtm34: one parcel a call, so many calls a day without a contract."""

from __future__ import annotations

import hmac
import re
import sqlite3
from datetime import datetime

from lxml import etree

from gateway.bank.sandbox.books import next_number
from gateway.core.clock import business_date
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox import behave, post_xml
from gateway.parcels.sandbox.behave import Active
from gateway.parcels.sandbox.books import CarrierBooks, credentials, find_plan, rules, world
from gateway.parcels.sandbox.counter import Answer, serve
from gateway.parcels.sandbox.journey import journey, money_order, until
from gateway.signing.parsing import local_name

PATH = "/rtm34"
LANGUAGES = ("RUS", "ENG")
_BARCODE = re.compile(r"[0-9]{14}|[A-Z]{2}[0-9]{9}[A-Z]{2}")
_OPERATIONS = {"getOperationHistory": "history", "PostalOrderEventsForMail": "money"}
_NOTICE = "1"


class SingleCounter:
    """Answers of rtm34."""

    def __init__(self, books: CarrierBooks) -> None:
        self._books = books

    def handle(self, content_type: str, body: bytes) -> Answer:
        """One request."""
        if content_type.partition(";")[0].strip() != "application/soap+xml":
            return Answer(b"", 415, "text/plain")
        call = post_xml.request(body, post_xml.SOAP12)
        name = local_name(call) if call is not None else ""
        if call is None or name not in _OPERATIONS:
            return post_xml.fault("OperationHistoryFault", "Неизвестная операция")
        track = _barcode(call)

        def action(db: sqlite3.Connection, now: datetime, active: Active) -> Answer:
            refusal = _refusal(db, call, now)
            if refusal is not None:
                return refusal
            told = _history if name == "getOperationHistory" else _money
            return told(db, call, now, active)

        return serve(self._books, CarrierKey.POST, _OPERATIONS[name], (track,), action)


def let_in(db: sqlite3.Connection, call: etree._Element) -> bool:
    """Whether login and password of a request are ours."""
    known = credentials(db)
    given = f"{post_xml.text(call, 'login')}\0{post_xml.text(call, 'password')}"
    return hmac.compare_digest(given.encode(), f"{known.post_login}\0{known.post_password}".encode())


def _refusal(db: sqlite3.Connection, call: etree._Element, now: datetime) -> Answer | None:
    of_money = local_name(call) == "PostalOrderEventsForMail"
    if not let_in(db, call):
        if of_money:
            return post_xml.fault("PostalOrderEventsForMailFault", "InvalidLoginOrPassword")
        return post_xml.fault("AuthorizationFault", "Неверный логин или пароль")
    if _language(call) not in LANGUAGES:
        return post_xml.fault("LanguageFault", "Недопустимый идентификатор языка")
    quota = rules(db).daily_quota
    if quota and next_number(db, f"single.{business_date(now)}") > quota:
        return post_xml.fault("OperationHistoryFault", "Превышен суточный лимит обращений к сервису")
    if not _BARCODE.fullmatch(_barcode(call)):
        return post_xml.fault("OperationHistoryFault", "Некорректный идентификатор отправления")
    return None


def _history(db: sqlite3.Connection, call: etree._Element, now: datetime, active: Active) -> Answer:
    track = _barcode(call)
    plan = find_plan(db, CarrierKey.POST, track)
    if plan is None or post_xml.text(call, "MessageType") == _NOTICE:
        return post_xml.history(None, ())
    events = until(journey(plan, world(db).seed), now)
    return post_xml.history(plan, behave.told(events, track, active, now))


def _money(db: sqlite3.Connection, call: etree._Element, now: datetime, active: Active) -> Answer:
    plan = find_plan(db, CarrierKey.POST, _barcode(call))
    events = money_order(plan, world(db).seed) if plan else ()
    return post_xml.money_events(plan, [event for event in events if event.at <= now])


def _barcode(call: etree._Element) -> str:
    given = call.find(f"{{{post_xml.ORDERS}}}PostalOrderEventsForMailInput")
    return post_xml.text(call, "Barcode") if given is None else str(given.get("Barcode", ""))


def _language(call: etree._Element) -> str:
    given = call.find(f"{{{post_xml.ORDERS}}}PostalOrderEventsForMailInput")
    found = post_xml.text(call, "Language") if given is None else str(given.get("Language", ""))
    return found or LANGUAGES[0]
