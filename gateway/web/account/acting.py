"""Acts on one application: done once, on the version the person saw; then its card again, with what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from fastapi import Response

from gateway.core.errors import Refused
from gateway.store import Unit
from gateway.store.schema import dumps
from gateway.web.account.card import card_page
from gateway.web.account.pages import go
from gateway.web.account.visits import Desk, Form
from gateway.web.answers import status_of
from gateway.web.writing import once

_NOT_HERE = 404


def card_address(application_id: str, done: str = "") -> str:
    """Where an application's card is; with `done`, it says what was just done."""
    return f"/shop/applications/{application_id}" + (f"?done={done}" if done else "")


def perform(desk: Desk, form: Form, verb: str, about: str, work: Callable[[Unit], Any]) -> Any:
    """Do what a form asks for, once; returns what `work` returned.

    Args:
        verb, about: which form it is and of which row; keys of different forms never meet.

    Raises:
        Refused: what `work` raises.
    """
    # Fields may hold a passport's number: what is kept to know a repeat by is keyed.
    files = {name: hashlib.sha256(content).hexdigest() for name, (_, content) in form.files.items()}
    given = desk.room.loans.sealer.digest(dumps([form.fields, files]))
    return once(desk.room, desk.person.actor, f"{desk.person.access_id}:{verb}:{about}", form.key, given, work)


def act(desk: Desk, form: Form, verb: str, application_id: str, work: Callable[[Unit], None]) -> Response:
    """Do `work` on an application. What is refused is told on the card, which shows how things stand now.

    Raises:
        Refused: what says that there is no such application here.
    """
    try:
        perform(desk, form, verb, application_id, work)
    except Refused as error:
        if status_of(error) == _NOT_HERE:
            raise
        return card_page(desk, application_id, error=error)
    return go(card_address(application_id, verb))
