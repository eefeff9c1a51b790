"""Webhooks of the sandbox lenders: queued with every change, signed, sent by the server up to five times."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading

import httpx

from gateway.loans.lenders import webhook
from gateway.loans.lenders.soap_wire import NAMESPACE
from gateway.loans.sandbox import behave
from gateway.loans.sandbox.books import Books, account

TRIES = 5
_LOOK_SECONDS = 0.3
_TIMEOUT = httpx.Timeout(5.0)
_log = logging.getLogger(__name__)


def put(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Queue a webhook about a loan, where its lender has an address of ours."""
    lender = account(db, row["lender"])
    if not lender.hint_url:
        return
    body = _xml(row["id"]) if lender.protocol == "soap" else _json(row)
    wrong = behave.take(db, lender.key, "hook-twice", "hook-forged", "hook-lost")
    name = wrong.name if wrong else ""
    if name == "hook-lost":
        return
    secret = "nobody knows this" if name == "hook-forged" else lender.hint_secret
    for _ in range(2 if name == "hook-twice" else 1):
        db.execute(
            "INSERT INTO hooks (lender, loan, body, signature) VALUES (?, ?, ?, ?)",
            (lender.key, row["id"], body, webhook.signature(body, secret)),
        )


def _json(row: sqlite3.Row) -> bytes:
    return json.dumps({"id": row["id"], "externalId": row["partner_id"], "version": row["version"]}).encode()


def _xml(loan_id: str) -> bytes:
    return f'<notice xmlns="{NAMESPACE}"><creditID>{loan_id}</creditID></notice>'.encode()


class Sender(threading.Thread):
    """Sends what is queued, in order, until told to stop. Nobody's answer is waited for longer than five seconds."""

    def __init__(self, books: Books) -> None:
        super().__init__(name="sandbox-lenders-hooks", daemon=True)
        self._books = books
        self._stop_now = threading.Event()

    def run(self) -> None:
        with httpx.Client(trust_env=False, timeout=_TIMEOUT) as http:
            while not self._stop_now.wait(_LOOK_SECONDS):
                send_queued(self._books, http)

    def stop(self) -> None:
        self._stop_now.set()
        self.join()


def send_queued(books: Books, http: httpx.Client) -> int:
    """One round; returns how many were delivered."""
    with books.read() as db:
        waiting = db.execute(
            "SELECT hooks.*, lenders.hint_url FROM hooks JOIN lenders ON lenders.key = hooks.lender"
            " WHERE ended = '' ORDER BY id LIMIT 50"
        ).fetchall()
    delivered = 0
    for row in waiting:
        answer = _send(http, row)
        ended = "delivered" if answer else "given up" if row["attempts"] + 1 >= TRIES else ""
        delivered += answer
        with books.write() as db:
            db.execute("UPDATE hooks SET attempts = attempts + 1, ended = ? WHERE id = ?", (ended, row["id"]))
    return delivered


def _send(http: httpx.Client, row: sqlite3.Row) -> bool:
    headers = {webhook.HEADER: row["signature"]}
    try:
        return http.post(row["hint_url"], content=row["body"], headers=headers).is_success
    except httpx.HTTPError as error:
        _log.info("webhook not delivered: %s", type(error).__name__)
        return False
