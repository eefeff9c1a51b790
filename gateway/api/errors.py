"""Errors on the wire: the tree of `core.errors` → an HTTP status and one body.

    400  a header, cursor or sort key that cannot be read     409  `Conflict`: somebody else was faster
    401  no token, or one nobody knows                        412  `If-Match` names an older version
    403  the role lacks the right                             413  the body is too large
    404  no such thing, no such address                       422  `Refused`: understood, and not possible
    405  the address knows other methods                      503  `Unavailable`: try again after `Retry-After`

500 means a fault of the program or `Corrupt` evidence. A client never sees a stack trace.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gateway.core.errors import Conflict, Corrupt, KvitError, Refused, Unavailable

log = logging.getLogger("kvit.api")


# What a use case found missing, or another's: told alike.
_MISSING = frozenset(
    {
        "loan.document_unknown",
        "loan.not_found",
        "notify.not_found",
        "parcel.list_unknown",
        "parcel.not_found",
        "settlement.line_unknown",
        "settlement.not_found",
    }
)


class ErrorText(BaseModel):
    """What happened and what to do about it, in both languages."""

    code: str = Field(description="Key of the message, for programs", examples=["payment.changed"])
    text_ru: str
    text_en: str
    hint_ru: str = Field(description="What to do about it; may be empty")
    hint_en: str = Field(description="What to do about it; may be empty")
    values: dict[str, Any] = Field(description="What the sentence names")


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorText


class BadRequest(Refused):
    """A header or parameter that cannot be read (400)."""


class Unauthorized(Refused):
    """No token, or an unknown one (401)."""


class NotFound(Refused):
    """No such thing (404)."""


class Stale(Conflict):
    """`If-Match` names an older version (412)."""


def status_of(error: KvitError) -> int:
    """The HTTP status an error travels under."""
    by_class: tuple[tuple[type[KvitError], int], ...] = (
        (Stale, 412),
        (Conflict, 409),
        (BadRequest, 400),
        (Unauthorized, 401),
        (NotFound, 404),
        (Unavailable, 503),
        (Corrupt, 500),
    )
    for kind, status in by_class:
        if isinstance(error, kind):
            return status
    if error.code == "authority.missing":
        return 403
    return 404 if error.code in _MISSING else 422


def body_of(error: KvitError) -> dict[str, Any]:
    """The JSON body of an error."""
    return {
        "error": {
            "code": error.code,
            "text_ru": error.text("ru"),
            "text_en": error.text("en"),
            "hint_ru": error.hint("ru"),
            "hint_en": error.hint("en"),
            "values": {name: _plain(value) for name, value in error.values.items()},
        }
    }


def _plain(value: object) -> object:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    return str(value)


def answer(error: KvitError, status: int | None = None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response of an error."""
    extra = dict(headers or {})
    if isinstance(error, Unavailable):
        extra["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, Unauthorized):
        extra["WWW-Authenticate"] = 'Bearer realm="kvit"'
    return JSONResponse(body_of(error), status or status_of(error), extra)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer these statuses besides the ones every route may."""
    texts = {
        400: "A header or parameter cannot be read",
        401: "No token, or an unknown one",
        403: "The role lacks the right",
        404: "No such thing",
        409: "Somebody else was faster",
        412: "If-Match names an older version",
        413: "The body is too large",
        422: "Understood, and not possible",
        503: "Not now; see Retry-After",
    }
    return {s: {"model": ErrorBody, "description": texts[s]} for s in sorted({*statuses, 400, 401, 403, 422, 503})}


def install(app: FastAPI) -> None:
    """Make `app` answer every error in this form; what nobody expected is answered by the guard."""
    app.add_exception_handler(KvitError, _on_kvit)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def _on_kvit(request: Request, error: Exception) -> Response:
    assert isinstance(error, KvitError)
    if isinstance(error, Corrupt):
        log.error("evidence does not hold: %s", error.code)
    return answer(error)


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems: Sequence[Any] = error.errors()
    first = problems[0] if problems else {}
    where = ".".join(str(part) for part in first.get("loc", ()) if part not in ("body", "query", "path", "header"))
    if first.get("type") == "json_invalid":
        return answer(BadRequest("api.not_json"))
    # The offending input itself is not repeated: it may be anything, a secret included.
    return answer(Refused("api.invalid", where=where or "body", reason=str(first.get("msg", "?"))[:200]))


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "api.no_such_address", 405: "api.no_such_method", 413: "api.too_large"}
    known = codes.get(error.status_code)
    if known is None:
        known = "api.refused" if error.status_code < 500 else "api.fault"
    return answer(Refused(known, status=error.status_code), error.status_code, error.headers)
