"""Logons and session numbers: Basic, one-time password, certificate. All of it by the machine's clock.

A session lives ten minutes from its last call. One that still waits for its one-time password opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.bank.sandbox import behave, signers
from gateway.bank.sandbox.books import fact, put_fact
from gateway.bank.sandbox.directbank import forms, wire
from gateway.bank.sandbox.directbank.packets import new_guid
from gateway.bank.sandbox.directbank.wire import Failure
from gateway.bank.sandbox.shapes import Misshapen, check
from gateway.core.clock import from_text, to_text
from gateway.core.errors import Corrupt
from gateway.signing.keys import fingerprint
from gateway.signing.parsing import parse
from gateway.signing.policy import TrustPolicy
from gateway.signing.trust import establish

LIFE = timedelta(seconds=600)
"""Of a session since its last call (what Alfa-Bank grants; the standard recommends 300)."""
_BLOCKED = timedelta(minutes=10)
_MOST_FAILURES = 5
_MOST_TRIES = 3
_ROUNDS = 100_000


@dataclass(frozen=True, slots=True)
class Logon:
    """A session number.

    Attributes:
        otp: the password it waits for, "" for none.
    """

    sid: str
    otp: str = ""


def digest(password: str, salt: str) -> str:
    """What the bank keeps of a password."""
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS).hex()


def enrol(db: sqlite3.Connection) -> tuple[str, str]:
    """A login and a password for the customer; the password is not kept."""
    login, password, salt = "kvit", secrets.token_urlsafe(12), secrets.token_hex(8)
    put_fact(db, "directbank.login", login)
    put_fact(db, "directbank.salt", salt)
    put_fact(db, "directbank.password", digest(password, salt))
    return login, password


def by_password(db: sqlite3.Connection, authorization: str, at: datetime) -> Logon:
    """A session for a login and password (Authorization: Basic).

    Raises:
        Failure: 1201, 1203, 1205.
    """
    meets = behave.take_logon(db, "Logon")
    if meets and meets.name == "blocked-logon":
        raise Failure("1203", "Слишком много попыток входа")
    _refuse_blocked(db, at)
    row = db.execute("SELECT value FROM facts WHERE name = 'directbank.password'").fetchone()
    if row is None:
        raise Failure("1205", "Вход по паролю не подключён, войдите по сертификату")
    login, password = _credentials(authorization)
    good = hmac.compare_digest(digest(password, fact(db, "directbank.salt")), row["value"])
    if not good or login != fact(db, "directbank.login"):
        _count_failure(db, at)
        raise Failure("1201")
    put_fact(db, "directbank.failures", "0")
    otp = "".join(secrets.choice("0123456789") for _ in range(int(meets.options["digits"]))) if meets else ""
    return _open(db, "otp" if otp else "password", otp, at)


def by_one_time_password(db: sqlite3.Connection, sid: str, otp: str, at: datetime) -> Logon:
    """Another session in exchange for one that waits and its password.

    Raises:
        Failure: 1006, 1007, 1203, 1204.
    """
    row = db.execute("SELECT * FROM sessions WHERE sid = ? AND method = 'otp'", (sid,)).fetchone()
    if row is None:
        raise Failure("1007")
    if at - from_text(row["used"]) > LIFE:
        raise Failure("1006")
    if not hmac.compare_digest(row["otp"].encode(), otp.encode()):
        if row["tries"] + 1 >= _MOST_TRIES:
            db.execute("DELETE FROM sessions WHERE sid = ?", (sid,))
            raise Failure("1203", "Одноразовый пароль введён неверно несколько раз, войдите заново")
        db.execute("UPDATE sessions SET tries = tries + 1 WHERE sid = ?", (sid,))
        raise Failure("1204")
    db.execute("DELETE FROM sessions WHERE sid = ?", (sid,))
    return _open(db, "password", "", at)


def by_certificate(
    db: sqlite3.Connection, body: bytes, customers: TrustPolicy, at: datetime
) -> tuple[Logon, x509.Certificate]:
    """A session for the customer whose certificate is in `body`; it is useless to who cannot decrypt it.

    Raises:
        Failure: 1101 to 1106, 1201, 1203.
    """
    if behave.take_logon(db, "LogonCert"):
        raise Failure("1203", "Слишком много попыток входа")
    root = _x509_data(body)
    parts = {etree.QName(part).localname: (part.text or "").strip() for part in root}
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(parts["X509Certificate"]))
    except ValueError:
        raise Failure("1101", "Сертификат не читается") from None
    if certificate.serial_number != int(parts["X509SerialNumber"], 16):
        raise Failure("1101", "Серийный номер не совпадает с сертификатом")
    if issuer_name(certificate) != parts["X509IssuerName"]:
        raise Failure("1102", "X509IssuerName не совпадает с издателем сертификата")
    check_certificate(db, certificate, customers, at)
    return _open(db, "certificate", "", at), certificate


def check_certificate(
    db: sqlite3.Connection, certificate: x509.Certificate, customers: TrustPolicy, at: datetime
) -> None:
    """See that a certificate is the customer's, by the bank's authority and by its register, or that it is the one he
    brought to the branch.

    Raises:
        Failure: 1103 to 1106.
    """
    policy, own = signers.expected(db, customers)
    try:
        establish(certificate, policy, at)
    except Corrupt as error:
        code = {"certificate.expired": "1104", "certificate.not_yet_valid": "1105"}.get(error.code, "1106")
        raise Failure(code, error.code) from None
    shown = fingerprint(certificate)
    if signers.brought(db):
        if shown != own:
            raise Failure("1103", "Сертификат заменён или принадлежит другому клиенту")
        return
    if shown == _facts(db, "certificate").get("certificate_next"):
        # a renewed certificate counts from its first use, and ends the one before
        put_fact(db, "customer_sha256", shown)
        put_fact(db, "certificate_next", "")
    if shown != fact(db, "customer_sha256"):
        raise Failure("1103", "Сертификат заменён или принадлежит другому клиенту")
    put_fact(db, "customer_certificate", certificate.public_bytes(Encoding.PEM).decode("ascii"))


def use(db: sqlite3.Connection, sid: str, operation: str, at: datetime) -> str:
    """Go on with a session; how it was opened: "password" or "certificate".

    Raises:
        Failure: 1006, 1007.
    """
    meets = behave.take_session(db, operation)
    if meets is not None:
        db.execute("DELETE FROM sessions WHERE sid = ?", (sid,))
        raise Failure("1006" if meets.name == "session-timeout" else "1007")
    row = db.execute("SELECT * FROM sessions WHERE sid = ? AND method <> 'otp'", (sid,)).fetchone()
    if row is None:
        raise Failure("1007")
    if at - from_text(row["used"]) > LIFE:
        raise Failure("1006")
    db.execute("UPDATE sessions SET used = ? WHERE sid = ?", (to_text(at), sid))
    return str(row["method"])


def waiting_otp(db: sqlite3.Connection) -> str:
    """The one-time password last sent to the customer's telephone, "" when none is waited for."""
    row = db.execute("SELECT otp FROM sessions WHERE method = 'otp' ORDER BY used DESC LIMIT 1").fetchone()
    return str(row["otp"]) if row else ""


def issuer_name(certificate: x509.Certificate) -> str:
    """CN of the issuer: all that DirectBank says about it."""
    names = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def _open(db: sqlite3.Connection, method: str, otp: str, at: datetime) -> Logon:
    db.execute("DELETE FROM sessions WHERE used < ?", (to_text(at - 6 * LIFE),))
    sid = new_guid()
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, 0, ?)", (sid, method, otp, to_text(at)))
    return Logon(sid, otp)


def _x509_data(body: bytes) -> etree._Element:
    try:
        root = parse(body, 256 * 1024)
        if root.tag != f"{{{wire.NAMESPACE}}}X509Data":
            raise Misshapen(str(root.tag), "is not X509Data")
        check(root, forms.X509_DATA, wire.NAMESPACE)
    except Corrupt as error:
        raise Failure("1201", error.code) from None
    except Misshapen as wrong:
        raise Failure("1201", str(wrong)) from None
    return root


def _credentials(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise Failure("1011", "Ожидается Authorization: Basic")
    try:
        login, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Failure("1201") from None
    if not colon:
        raise Failure("1201")
    return login, password


def _refuse_blocked(db: sqlite3.Connection, at: datetime) -> None:
    until = _facts(db).get("directbank.blocked", "")
    if until and at < from_text(until):
        raise Failure("1203", f"Доступ заблокирован до {until}: неверный пароль")


def _count_failure(db: sqlite3.Connection, at: datetime) -> None:
    failures = int(_facts(db).get("directbank.failures", "0")) + 1
    if failures >= _MOST_FAILURES:
        put_fact(db, "directbank.blocked", to_text(at + _BLOCKED))
        failures = 0
    put_fact(db, "directbank.failures", str(failures))


def _facts(db: sqlite3.Connection, begin: str = "directbank") -> Mapping[str, str]:
    rows = db.execute("SELECT name, value FROM facts WHERE name LIKE ?", (f"{begin}%",))
    return {row["name"]: row["value"] for row in rows}
