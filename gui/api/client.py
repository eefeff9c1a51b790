"""HTTP calls on Qt's own event loop: no thread, no asyncio.

A call is started with `get`, `page`, `send` or `raw` and answers through two callbacks. Callbacks that belong to a
widget name it as `owner`: when the widget is gone, its answer is dropped instead of touching a dead object.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import shiboken6
from PySide6.QtCore import QByteArray, QObject, QUrl, Signal
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkProxy, QNetworkReply, QNetworkRequest, QSslCertificate

from gui.api import errors
from gui.api.connection import Connection
from gui.api.decode import Undecodable, decode
from gui.api.types import Page

T = TypeVar("T")
TIMEOUT_MS = 15_000

Done = Callable[[Any], None]
Failed = Callable[[errors.ApiError], None]


class Call:
    """One request under way.

    Attributes:
        running: neither answered nor cancelled yet.
    """

    def __init__(self, owner: QObject | None, done: Done, failed: Failed | None) -> None:
        self._owner = owner
        self._done = done
        self._failed = failed
        self._reply: QNetworkReply | None = None
        self.running = True

    def attach(self, reply: QNetworkReply) -> None:
        self._reply = reply

    def cancel(self) -> None:
        """No callback after this."""
        if self.running:
            self.running = False
            if self._reply is not None and shiboken6.isValid(self._reply):
                self._reply.abort()

    def answer(self, value: Any) -> None:
        if self._finish():
            self._done(value)

    def fail(self, error: errors.ApiError) -> None:
        if self._finish() and self._failed is not None:
            self._failed(error)

    def _finish(self) -> bool:
        was_running, self.running = self.running, False
        alive = self._owner is None or shiboken6.isValid(self._owner)
        return was_running and alive


class Client(QObject):
    """The service's HTTP API.

    Signals:
        reached: any answer came; carries the server's clock (datetime) where the answer told it, else None.
        lost: a call found nobody; carries the error's short text.
    """

    reached = Signal(object)
    lost = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.manager = QNetworkAccessManager(self)
        # The service is on this machine or in the office: a company proxy must never see the token.
        self.manager.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
        self.manager.sslErrors.connect(self._check_pin)
        self.manager.setRedirectPolicy(QNetworkRequest.RedirectPolicy.ManualRedirectPolicy)
        self.connection: Connection | None = None
        self._calls: set[Call] = set()

    def use(self, connection: Connection | None) -> None:
        """Talk to this service from now on; calls under way are cancelled."""
        if connection != self.connection:
            self.cancel_all()
        self.connection = connection

    def cancel_all(self) -> None:
        for call in list(self._calls):
            call.cancel()
        self._calls.clear()

    # --- calls -------------------------------------------------------------------------------------------------------

    def get(
        self,
        path: str,
        kind: type[T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        *,
        owner: QObject | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Call:
        """GET one object as `kind`."""
        return self._start("GET", path, lambda raw: decode(kind, raw), done, failed, owner=owner, query=query)

    def page(
        self,
        path: str,
        kind: type[T],
        done: Callable[[Page[T]], None],
        failed: Failed | None = None,
        *,
        owner: QObject | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Call:
        """GET a slice of a list of `kind`."""
        return self._start("GET", path, lambda raw: _page(kind, raw), done, failed, owner=owner, query=query)

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        kind: type[T] | None,
        done: Callable[[T], None],
        failed: Failed | None = None,
        *,
        owner: QObject | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Call:
        """Change something. `version` goes as If-Match, `key` as Idempotency-Key; `kind` None drops the answer."""
        headers = {}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key

        def read(raw: Any) -> Any:
            return None if kind is None else decode(kind, raw)

        return self._start(method, path, read, done, failed, owner=owner, body=body, headers=headers)

    def raw(
        self, path: str, done: Callable[[bytes], None], failed: Failed | None = None, *, owner: QObject | None = None
    ) -> Call:
        """GET bytes as they are."""
        return self._start("GET", path, None, done, failed, owner=owner)

    def request(self, path: str, query: Mapping[str, Any] | None = None) -> QNetworkRequest:
        """A request with address and token set, for callers that read the answer themselves (the event stream)."""
        if self.connection is None:
            raise errors.Away("gui.away", detail="no connection")
        text = self.connection.url + quote(path, safe="/:")
        pairs = [(k, v) for k, v in (query or {}).items() if v not in (None, "")]
        if pairs:
            text += "?" + urlencode(pairs)
        request = QNetworkRequest(QUrl.fromEncoded(text.encode("ascii")))
        request.setRawHeader(b"Authorization", b"Bearer " + self.connection.token.encode())
        request.setRawHeader(b"Accept", b"application/json")
        request.setAttribute(
            QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.AlwaysNetwork
        )
        request.setAttribute(QNetworkRequest.Attribute.CookieLoadControlAttribute, QNetworkRequest.LoadControl.Manual)
        return request

    def _check_pin(self, reply: QNetworkReply, _errors: object) -> None:
        """A service with a certificate of its own: that one, whatever name it carries, and no other."""
        pinned = QSslCertificate.fromData((self.connection.certificate if self.connection else "").encode())
        peer = reply.sslConfiguration().peerCertificate()
        if pinned and not peer.isNull() and peer == pinned[0]:
            reply.ignoreSslErrors()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _start(
        self,
        method: str,
        path: str,
        read: Callable[[Any], Any] | None,
        done: Done,
        failed: Failed | None,
        *,
        owner: QObject | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Call:
        call = Call(owner, done, failed)
        try:
            request = self.request(path, query)
        except errors.Away as error:
            call.fail(error)
            return call
        request.setTransferTimeout(TIMEOUT_MS)
        for name, value in (headers or {}).items():
            request.setRawHeader(name.encode(), value.encode())
        payload = QByteArray()
        if body is not None:
            request.setHeader(QNetworkRequest.KnownHeaders.ContentTypeHeader, "application/json")
            payload = QByteArray(json.dumps(body, ensure_ascii=False).encode())
        reply = self.manager.sendCustomRequest(request, method.encode(), payload)
        call.attach(reply)
        self._calls.add(call)
        reply.finished.connect(lambda: self._finished(call, reply, read))
        return call

    def _finished(self, call: Call, reply: QNetworkReply, read: Callable[[Any], Any] | None) -> None:
        self._calls.discard(call)
        reply.deleteLater()
        status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        if not call.running:
            return
        if status is None:
            self.lost.emit(reply.errorString())
            call.fail(errors.Away("gui.away", detail=reply.errorString()))
            return
        content = bytes(reply.readAll().data())
        try:
            body = None if read is None and 200 <= status < 300 else json.loads(content or b"null")
        except ValueError:
            body = None
        self.reached.emit(_server_time(body))
        if not 200 <= status < 300:
            call.fail(errors.from_reply(int(status), body))
            return
        if read is None:
            call.answer(content)
            return
        try:
            value = read(body)
        except Undecodable as error:
            call.fail(errors.BadReply("gui.bad_reply", status=int(status), detail=str(error)))
            return
        call.answer(value)


def _page(kind: type[T], raw: Any) -> Page[T]:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("items"), list):
        raise Undecodable(f"a list of {kind.__name__} has no items")
    items = tuple([decode(kind, item) for item in raw["items"]])
    counts = {str(k): int(v) for k, v in (raw.get("counts") or {}).items()}
    return Page(items, int(raw.get("total") or 0), counts, _server_time(raw), raw.get("next"))


def _server_time(body: Any) -> datetime | None:
    text = body.get("server_time") if isinstance(body, Mapping) else None
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
