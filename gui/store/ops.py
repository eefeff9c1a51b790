"""One change asked of the service: press → Op → what changed → every view refreshes itself.

An operation is made by `Session.act`. It carries the row's version (somebody else may have been faster) and an
idempotency key made when the form opened, so that a double click or a repeat after a cut line happens once.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from gui.api.errors import ApiError, Conflicting, Missing
from gui.api.types import Payment, Undone

if TYPE_CHECKING:
    from gui.store.session import Session


class Form:
    """The life of one opened form: the same input keeps its key, another input gets another one."""

    def __init__(self) -> None:
        self._id = uuid.uuid4().hex

    def key(self, path: str, body: Mapping[str, Any]) -> str:
        content = json.dumps([path, body], sort_keys=True, ensure_ascii=False).encode()
        return f"{self._id}-{hashlib.sha256(content).hexdigest()[:16]}"


class Op:
    """One change under way.

    Nothing is sent before `start`, so callbacks are always in place. Without a `failure` callback the session shows
    the error itself.
    """

    def __init__(
        self,
        session: Session,
        path: str,
        body: Mapping[str, Any],
        kind: type[Any] | None,
        *,
        touches: tuple[tuple[str, str], ...] = (),
        version: int | None = None,
        form: Form | None = None,
        owner: QObject | None = None,
        method: str = "POST",
    ) -> None:
        self._session = session
        self._method = method
        self._path = path
        self._body = dict(body)
        self._kind = kind
        self._touches = touches
        self._version = version
        self._form = form or Form()
        self._owner = owner
        self._success: Callable[[Any], None] = lambda _: None
        self._failure: Callable[[ApiError], None] | None = None

    def success(self, callback: Callable[[Any], None]) -> Op:
        self._success = callback
        return self

    def failure(self, callback: Callable[[ApiError], None]) -> Op:
        self._failure = callback
        return self

    def start(self) -> Op:
        self._session.client.send(
            self._method,
            self._path,
            self._body,
            self._kind,
            self._done,
            self._failed,
            version=self._version,
            key=self._form.key(self._path, self._body),
        )
        return self

    def _done(self, result: Any) -> None:
        payment = result.payment if isinstance(result, Undone) else result
        if isinstance(payment, Payment) and not isinstance(result, Undone):
            self._session.undo.offer(payment)
        for topic, name in self._touches:
            self._session.touched(topic, name)
        if isinstance(result, Undone):
            for changed in result.changed:
                topic, _, name = changed.partition(":")
                self._session.touched(topic, name)
        if self._alive():
            self._success(result)

    def _failed(self, error: ApiError) -> None:
        if isinstance(error, (Conflicting, Missing)):
            # What the screen shows is old: load it again, whatever the caller does with the error.
            for topic, name in self._touches:
                self._session.touched(topic, name)
        if self._failure is not None and self._alive():
            self._failure(error)
        else:
            self._session.refused.emit(error)

    def _alive(self) -> bool:
        import shiboken6

        return self._owner is None or shiboken6.isValid(self._owner)
