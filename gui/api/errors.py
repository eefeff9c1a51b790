"""What can go wrong between the tray and the service, one class per thing the screens treat differently.

ApiError
├── Away          nothing answers; try again later
├── NotAllowed    401, 403: no such token, or the role may not
├── Missing       404
├── Conflicting   409, 412: somebody else was faster; reload and decide again
├── Rejected      400, 422: the service refused this input and says why
├── Busy          503: the service itself waits for something
└── BadReply      an answer the contract does not know: versions do not fit
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gui.api.types import Said


class ApiError(Exception):
    """A call that did not succeed.

    Attributes:
        code: the service's error code ("payment.changed") or one of ours ("gui.away").
        said: what happened, in both languages; texts of our own are empty here and come from the screens.
        hint: what to do about it; may be empty.
        status: HTTP status, 0 where there was no answer.
        values: numbers and names of the sentence, as the service sent them.
    """

    def __init__(
        self,
        code: str,
        said: Said | None = None,
        hint: Said | None = None,
        *,
        status: int = 0,
        values: Mapping[str, Any] | None = None,
        detail: str = "",
    ) -> None:
        self.code = code
        self.said = said or Said("", "")
        self.hint = hint or Said("", "")
        self.status = status
        self.values = dict(values or {})
        self.detail = detail
        super().__init__(f"{code} {self.said.en} {detail}".strip())


class Away(ApiError):
    """No answer: the service is not running, or the line is cut, or the time ran out."""


class NotAllowed(ApiError):
    """The token is unknown (401) or the role has no such right (403)."""


class Missing(ApiError):
    """No such thing any more."""


class Conflicting(ApiError):
    """The row was changed since it was read."""


class Rejected(ApiError):
    """The service refused the input."""


class Busy(ApiError):
    """The service answered that it cannot do it now."""


class BadReply(ApiError):
    """The answer is not what the contract says."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: Rejected,
    401: NotAllowed,
    403: NotAllowed,
    404: Missing,
    409: Conflicting,
    412: Conflicting,
    422: Rejected,
    503: Busy,
}


def from_reply(status: int, body: Any) -> ApiError:
    """The error of an HTTP answer; `body` is the decoded JSON or None when it was none."""
    kind = _BY_STATUS.get(status, ApiError)
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return kind(f"gui.http_{status}", status=status)
    return kind(
        str(error.get("code") or f"gui.http_{status}"),
        Said(str(error.get("text_ru") or ""), str(error.get("text_en") or "")),
        Said(str(error.get("hint_ru") or ""), str(error.get("hint_en") or "")),
        status=status,
        values=error.get("values") or {},
    )
