"""Sessions: logging on (password, one-time code, certificate), and what to do about each error of the bank.

A session id lives in memory only. The bank ends a session after some minutes; errors 1006 and 1007 say so, and then we
log on once and repeat the call once. What repeating would make worse (a wrong password, a blocked user, a revoked
certificate) is remembered, and nothing is sent until a person has acted.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from gateway.bank.channel import RefusedReply, Reply, Request
from gateway.bank.directbank import wire
from gateway.bank.directbank.documents import Writer
from gateway.bank.directbank.errors import WRONG_OTP, BankError, Handling
from gateway.bank.directbank.memory import OTP, STOP, Memory
from gateway.bank.directbank.packet import stable_id
from gateway.bank.directbank.result import Result, octets_of, read_result, text_at
from gateway.bank.directbank.settings import Settings, read_settings
from gateway.bank.transport import HttpReply
from gateway.core.clock import Clock, to_text
from gateway.core.errors import Corrupt, Refused, Unavailable
from gateway.core.ids import new_id
from gateway.signing.cms import decrypt
from gateway.signing.keys import Decryptor, fingerprint

_SID = re.compile(r"[\x21-\x7e]{1,128}")
_SETTINGS_LIMIT = 1 << 22
_ERROR_MARKS = (b"Error", b"\0")  # no error without its name; text in UTF-16 is read to find out


class Caller(Protocol):
    """What carries a call: see `transport.Transport.call`."""

    def call(
        self,
        method: str,
        headers: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        """One HTTP call."""


@dataclass(frozen=True, slots=True)
class PasswordLogon:
    """Logon with login and password (then LogonOTP where the bank wants it).

    Attributes:
        password: fetched at each logon, kept nowhere.
    """

    login: str
    password: Callable[[], str]

    @property
    def who(self) -> str:
        return f"login:{self.login}"


@dataclass(frozen=True, slots=True)
class CertificateLogon:
    """LogonCert: the bank encrypts the session id to our certificate; who can read it, has the key."""

    key: Decryptor

    @property
    def who(self) -> str:
        return f"certificate:{fingerprint(self.key.certificate)}"


@dataclass(frozen=True, slots=True)
class Place:
    """What a session says of us in its headers.

    Attributes:
        customer_id: ours as configured; the bank's settings may name another one.
        account, inn, bic: what GetSettings wants to know; "" for a bank whose settings are not asked.
        version: of the interface and of the messages, unless the bank's settings lower it.
    """

    customer_id: str
    account: str
    inn: str
    bic: str
    version: str
    ask_settings: bool


class Session:
    """Calls under a session, which is opened when the first one needs it.

    Args:
        limit: the most bytes of an answer.
        writer: makes the heads of our documents for the customer id and version in force.
    """

    def __init__(
        self,
        caller: Caller,
        logon: PasswordLogon | CertificateLogon,
        place: Place,
        memory: Memory,
        clock: Clock,
        limit: int,
        writer: Callable[[Session], Writer],
    ) -> None:
        self._caller = caller
        self._logon = logon
        self._place = place
        self._memory = memory
        self._clock = clock
        self._limit = limit
        self._writer = writer
        self._sid = ""
        self._settings: Settings | None = None
        self._settings_asked = False

    @property
    def customer_id(self) -> str:
        """Ours in this session."""
        return (self._settings.customer_id if self._settings else "") or self._place.customer_id

    @property
    def version(self) -> str:
        """Of the messages in this session: ours, or the bank's where that is older."""
        theirs = self._settings.version if self._settings else ""
        return min(theirs or self._place.version, self._place.version, key=wire.VERSIONS.index)

    @property
    def settings(self) -> Settings | None:
        """What the bank's settings say; None where they were not asked, or it has none."""
        return self._settings

    def open(self) -> None:
        """Log on unless a session is open.

        Raises:
            Refused: `bank.stopped`, `bank.otp_needed`, `bank.otp_wrong`. Unavailable: the bank is away.
        """
        if not self._sid:
            self._sid, self._settings_asked = self._log_on(), False
        if not self._settings_asked:
            if self._place.ask_settings and isinstance(self._logon, PasswordLogon):
                self._settings = self._ask_settings()
            self._settings_asked = True

    def call(
        self,
        method: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Callable[[], bytes] | None = None,
        reference: str = "",
        request_id: str = "",
    ) -> Reply:
        """Call a method under the session, and again once if the bank says the session is over.

        Args:
            body: makes what is posted, after logging on: customer id and version may depend on the session.

        Returns:
            The reply as it came: a good answer, a refusal of this very request, or something unreadable.

        Raises:
            Refused: `bank.stopped`, `bank.otp_needed`, `bank.otp_wrong`, `bank.server_untrusted`,
                `bank.client_refused`.
            Unavailable: `bank.away`, `bank.slow`, `bank.fault`, `bank.busy`, `bank.session_refused`.
            RefusedReply: `bank.too_large`.
        """
        reply, error = self._ask(method, query, body, reference, request_id)
        if error is not None and error.handling is Handling.LOG_ON:
            self._sid = ""
            reply, error = self._ask(method, query, body, reference, request_id)
        if error is None or error.handling in (Handling.REFUSED, Handling.ARRIVED):
            return reply
        if error.handling is Handling.LOG_ON:
            self._sid = ""
            raise _SessionOver(error)
        raise self._judged(error)

    def _ask(
        self,
        method: str,
        query: Mapping[str, str] | None,
        body: Callable[[], bytes] | None,
        reference: str,
        request_id: str,
    ) -> tuple[Reply, BankError | None]:
        self.open()
        request = Request(request_id or new_id(), method, self._clock.now(), reference)
        headers = {**self._headers(), "SID": self._sid}
        answer = self._caller.call(method, headers, query=query, body=body() if body else None)
        reply = Reply(request, answer.content, self._clock.now(), answer.seen)
        if answer.too_large:
            raise RefusedReply("bank.too_large", reply, limit=self._limit)
        return reply, self._peek(reply)

    def _headers(self) -> dict[str, str]:
        return {"CustomerID": self.customer_id, "APIVersion": self.version}

    def _peek(self, reply: Reply) -> BankError | None:
        """The error a reply carries, if it is readable at all. Nothing is believed by that: it only decides whether
        to ask again.

        Raises:
            Unavailable: `bank.fault` for an HTTP error that is no answer of this service.
        """
        if "incomplete" in reply.transport:
            return None
        result = Result(None, None)
        if any(mark in reply.raw for mark in _ERROR_MARKS):
            with suppress(Corrupt):
                result = read_result(reply.raw, self._limit)
        if reply.transport.get("status") != "200" and result.error is None:
            text = reply.raw[:200].decode("utf-8", "replace")
            raise Unavailable("bank.fault", retry_after=300.0, status=reply.transport.get("status", ""), text=text)
        return result.error

    def _judged(self, error: BankError) -> Refused | Unavailable:
        """What an error becomes. One that waits for a person is remembered first."""
        if error.handling is not Handling.STOP:
            return Unavailable("bank.busy", retry_after=300.0, bank_code=error.code, text=error.text[:200])
        self._sid = ""
        stop = {
            "bank_code": error.code,
            "text": error.text[:200],
            "since": to_text(self._clock.now()),
            "who": self._logon.who,
        }
        self._memory.put(STOP, stop)
        return _stopped(stop)

    # Logging on

    def _log_on(self) -> str:
        """A new session id. While something waits for a person, the bank is not asked at all."""
        stop = self._memory.get(STOP)
        if stop and stop["who"] == self._logon.who:
            raise _stopped(stop)
        if stop:
            self._memory.put(STOP, None)  # another key, another login: a person has acted
        self._settings = None
        if isinstance(self._logon, CertificateLogon):
            return self._with_certificate(self._logon)
        waiting = self._memory.get(OTP)
        if waiting:
            return self._with_code(self._logon, waiting)
        return self._with_password(self._logon)

    def _with_password(self, logon: PasswordLogon) -> str:
        pair = base64.b64encode(f"{logon.login}:{logon.password()}".encode()).decode("ascii")
        answer = self._logon_call(wire.LOGON, {"Authorization": f"Basic {pair}", "AvailableAPIVersion": wire.NEWEST})
        sid = _session_id(text_at(answer, "SID"))
        otp = answer.find(f"{wire.tag('ExtraAuth')}/{wire.tag('OTP')}")
        if answer.find(wire.tag("ExtraAuth")) is None:
            return sid
        phone = "" if otp is None else (otp.get("phoneMask") or "")[:12]
        waiting = {"sid": sid, "phone": phone, "since": to_text(self._clock.now())}
        self._memory.put(OTP, waiting)
        raise _code_needed(waiting)

    def _with_code(self, logon: PasswordLogon, waiting: dict[str, str]) -> str:
        """Log on with the code a person gave, once: it is forgotten before it is sent."""
        code = waiting.get("code")
        if not code:
            raise _code_needed(waiting)
        waiting = {name: value for name, value in waiting.items() if name not in ("code", "given")}
        self._memory.put(OTP, waiting)
        try:
            answer = self._logon_call(wire.LOGON_OTP, {"SID": _session_id(waiting["sid"]), "OTP": code})
        except _SessionOver:
            self._memory.put(OTP, None)  # too late: the bank sends another code
            return self._with_password(logon)
        self._memory.put(OTP, None)
        return _session_id(text_at(answer, "SID"))

    def _with_certificate(self, logon: CertificateLogon) -> str:
        body = self._writer(self).certificate(stable_id(new_id()), logon.key.certificate)
        answer = self._logon_call(wire.LOGON_CERT, {"AvailableAPIVersion": wire.NEWEST}, body)
        node = answer.find(wire.tag("EncryptedSID"))
        try:
            if node is None:
                raise Corrupt("bank.malformed", what="EncryptedSID")
            return _session_id(decrypt(octets_of(node, 1 << 20), logon.key).decode("utf-8-sig"))
        except (Corrupt, UnicodeDecodeError) as error:
            reason = error.code if isinstance(error, Corrupt) else "encoding"
            raise Unavailable("bank.logon_unreadable", method=wire.LOGON_CERT, reason=reason) from None

    def _logon_call(self, method: str, headers: Mapping[str, str], body: bytes = b"") -> etree._Element:
        """The good answer to a method of logging on."""
        answer = self._caller.call(method, {**self._headers(), **headers}, body=body)
        try:
            if answer.too_large or "incomplete" in answer.seen:
                raise Corrupt("bank.truncated")
            result = read_result(answer.content, self._limit)
            if result.answer is not None and result.answer.tag != wire.tag(wire.ANSWERS[method]):
                raise Corrupt("bank.unknown_content", what=method)
        except Corrupt as error:
            raise Unavailable("bank.logon_unreadable", method=method, reason=error.code) from None
        if result.answer is not None:
            return result.answer
        assert result.error is not None
        raise self._logon_refused(result.error)

    def _logon_refused(self, error: BankError) -> Exception:
        if error.handling is Handling.LOG_ON:
            return _SessionOver(error)
        if error.code == WRONG_OTP:
            return Refused("bank.otp_wrong", text=error.text[:200])  # the logon goes on waiting, for another code
        if error.handling in (Handling.STOP, Handling.BACK_OFF):
            return self._judged(error)
        return Refused("bank.response_refused", bank_code=error.code, text=error.text[:200])

    def _ask_settings(self) -> Settings | None:
        """The bank's settings; None where it has none for us."""
        place = self._place
        headers = {
            **self._headers(),
            "SID": self._sid,
            "Account": place.account,
            "Inn": place.inn,
            "Bic": place.bic,
            "AvailableAPIVersion": wire.NEWEST,
        }
        answer = self._caller.call(wire.GET_SETTINGS, {k: v for k, v in headers.items() if v}, body=b"")
        try:
            result = read_result(answer.content, self._limit)
            if result.answer is not None:
                node = result.answer.find(wire.tag("Data"))
                return None if node is None else read_settings(octets_of(node, _SETTINGS_LIMIT))
        except Corrupt as error:
            raise Unavailable("bank.logon_unreadable", method=wire.GET_SETTINGS, reason=error.code) from None
        refusal = result.error
        assert refusal is not None
        if refusal.handling in (Handling.STOP, Handling.BACK_OFF):
            raise self._judged(refusal)
        if self.customer_id == wire.UNKNOWN_CUSTOMER:  # only the settings could have told who we are
            raise Refused("bank.response_refused", bank_code=refusal.code, text=refusal.text[:200])
        return None


class _SessionOver(Unavailable):
    """1006 or 1007 while logging on."""

    def __init__(self, error: BankError) -> None:
        super().__init__("bank.session_refused", bank_code=error.code, text=error.text[:200])


def _session_id(text: str) -> str:
    """A session id that can stand in a header.

    Raises:
        Unavailable: `bank.logon_unreadable`.
    """
    found = text.strip()
    if not _SID.fullmatch(found):
        raise Unavailable("bank.logon_unreadable", method=wire.LOGON, reason="SID")
    return found


def _code_needed(waiting: Mapping[str, str]) -> Refused:
    return Refused("bank.otp_needed", phone=waiting["phone"] or "—", since=waiting["since"])


def _stopped(stop: Mapping[str, str]) -> Refused:
    return Refused("bank.stopped", bank_code=stop["bank_code"], text=stop["text"], since=stop["since"])
