"""Errors of the public port: one tree, told as JSON to programs and as a page to people."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from gateway.core.errors import Conflict, Corrupt, KvitError, Refused, Unavailable
from gateway.web.limits import TooMany

log = logging.getLogger("kvit.web")

_BY_CODE = {
    "authority.missing": 403,
    "authority.nameless": 403,
    "lender.forged_hint": 403,
    "lender.hint_too_large": 413,
    "lender.hint_unreadable": 400,
    "lender.unknown": 404,
    "loan.document_hidden": 403,
    "loan.document_purged": 410,
    "loan.document_unknown": 404,
    "loan.not_found": 404,
    "parcel.not_found": 404,
    "settlement.not_found": 404,
    "shop.unknown": 404,
}


class BadRequest(Refused):
    """A request that cannot be read (400)."""


class Unauthorized(Refused):
    """No key, or one nobody knows (401)."""


class Forbidden(Refused):
    """Not from there, or not with that key (403)."""


class NotFound(Refused):
    """No such thing (404)."""


class TooLarge(Refused):
    """A body larger than anything one has to say here (413)."""


def status_of(error: KvitError) -> int:
    """The HTTP status an error travels under."""
    by_class: tuple[tuple[type[KvitError], int], ...] = (
        (BadRequest, 400),
        (Unauthorized, 401),
        (Forbidden, 403),
        (NotFound, 404),
        (Conflict, 409),
        (TooLarge, 413),
        (TooMany, 429),
        (Unavailable, 503),
        (Corrupt, 500),
    )
    for kind, status in by_class:
        if isinstance(error, kind):
            return status
    return _BY_CODE.get(error.code, 422)


def headers_of(error: KvitError) -> dict[str, str]:
    """What an error adds to the headers of its answer."""
    if isinstance(error, Unavailable):
        return {"Retry-After": str(max(1, math.ceil(error.retry_after)))}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="kvit"'}
    return {}


def body_of(error: KvitError) -> dict[str, Any]:
    """The JSON body of an error. What its sentence names is in the sentence; programs go by the code."""
    return {
        "error": {
            "code": error.code,
            "text_ru": error.text("ru"),
            "text_en": error.text("en"),
            "hint_ru": error.hint("ru"),
            "hint_en": error.hint("en"),
        }
    }


def answer(error: KvitError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer to a program."""
    if isinstance(error, Corrupt):
        log.error("evidence does not hold: %s", error.code)
    return JSONResponse(body_of(error), status_of(error), {**headers_of(error), **(headers or {})})
