"""The sandbox SMS centre on HTTP, in the shape of smsc.ru: `send.php` and `status.php` over the book (`Centre`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from gateway.bank.sandbox.listening import STOP, Handler, Partner, StoppableServer
from gateway.notify.sandbox.centre import REFUSED_ERROR, Centre
from gateway.notify.sandbox.smsc import HOST

LISTENING = "http-sms.json"
_BAD_PARAMETERS, _BAD_LOGIN, _NO_MONEY, _BAD_NUMBER, _TOO_MANY = 1, 2, 3, 7, 9
_INSTEAD = {"throttle": _TOO_MANY, "queue-full": _TOO_MANY, "no-money": _NO_MONEY, "refuse": _BAD_NUMBER}
# end → status, err
_ENDS = {"": (0, 0), "delivered": (1, 0), "failed": (20, 1), "expired": (3, 6), "refused": (20, int(REFUSED_ERROR))}
_NOT_KNOWN = {"status": -3, "last_date": "", "last_timestamp": 0}


class HttpSms(Partner):
    """The server.

    Args:
        folder: says there where it listens.
        login: and password of the one customer.
    """

    def __init__(self, folder: Path, centre: Centre, login: tuple[str, str], port: int = 0) -> None:
        super().__init__(folder, _Server((HOST, port), folder, centre, login), LISTENING)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/sys"

    def _announced(self) -> Mapping[str, object]:
        return {"url": self.url}

    def _at_work(self) -> AbstractContextManager[object]:
        return nullcontext()


class _Server(StoppableServer):
    def __init__(self, address: tuple[str, int], folder: Path, centre: Centre, login: tuple[str, str]) -> None:
        self.centre = centre
        self.login = login
        super().__init__(address, _Request, folder / STOP)


class _Request(Handler, BaseHTTPRequestHandler):
    """POST of a form."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        content = self.rfile.read(length).decode("utf-8")
        form = {name: values[0] for name, values in parse_qs(content, keep_blank_values=True).items()}
        server = cast("_Server", self.server)
        denied = server.centre.happens("deny")
        if denied or (form.get("login"), form.get("psw")) != server.login:
            self._say({"error": "authorise error", "error_code": _BAD_LOGIN})
        elif urlsplit(self.path).path == "/sys/send.php":
            self._send(server.centre, form)
        elif urlsplit(self.path).path == "/sys/status.php":
            self._status(server.centre, form)
        else:
            self.send_error(404)

    def _send(self, centre: Centre, form: Mapping[str, str]) -> None:
        if centre.happens("system-error"):
            self.send_error(503)
            return
        for kind, code in _INSTEAD.items():
            if centre.happens(kind):
                self._say({"error": kind, "error_code": code})
                return
        if centre.happens("silent"):
            self._never_answer()
            return
        number = form.get("id", "")
        if not (number.isdecimal() and 1 <= int(number) <= 0x7FFFFFFF and form.get("phones") and form.get("mes")):
            self._say({"error": "parameters error", "error_code": _BAD_PARAMETERS})
            return
        centre.accept("http", number, form.get("sender", ""), form["phones"], form["mes"])
        if centre.happens("lost-answer"):
            self._never_answer()
        elif centre.happens("hang-up"):
            self.close_connection = True
        else:
            self._say({"id": int(number), "cnt": 1})

    def _status(self, centre: Centre, form: Mapping[str, str]) -> None:
        ids, phones = form.get("id", "").split(","), form.get("phone", "").split(",")
        found = [self._one(centre, number, phone) for number, phone in zip(ids, phones, strict=False) if number]
        self._say(found if "," in form.get("id", "") else found[0])

    @staticmethod
    def _one(centre: Centre, number: str, phone: str) -> dict[str, object]:
        end = centre.end_of(number, phone)
        if end is None:
            return {**_NOT_KNOWN, "id": number, "phone": phone}
        status, error = _ENDS[end]
        return {"status": status, "last_date": "", "last_timestamp": 0, "err": error, "id": number, "phone": phone}

    def _never_answer(self) -> None:
        self.wait()
        self.close_connection = True

    def _say(self, told: Any) -> None:
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
