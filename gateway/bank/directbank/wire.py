"""Names of the 1C:DirectBank standard: namespace, versions, kinds of documents, methods, the way it writes time."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

NAMESPACE = "http://directbank.1c.ru/XMLSchema"
"""Of all messages from version 2.1.1 on (2.0x had another one and is not spoken here)."""

VERSIONS = ("2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3.1", "2.3.2")
"""Versions whose messages we write and read; they differ only in what is optional."""
NEWEST = VERSIONS[-1]

BOM = b"\xef\xbb\xbf"
"""A container and the documents in it always begin with it, and signatures are made over it too."""

USER_AGENT = "Kvit"
UNKNOWN_CUSTOMER = "0"
"""CustomerID while the bank has not told it."""

# Kinds of documents (Document@dockind, PayDoc@docKind): codes/dockinds of the standard
PACKET_NOTICE = "01"
DOCUMENT_NOTICE = "02"
STATUS_REQUEST = "03"
SETTINGS = "06"
PAYMENT_ORDER = "10"
STATEMENT_REQUEST = "14"
STATEMENT = "15"
CURRENCY_ORDER = "30"
CURRENCY_STATEMENT = "35"

# Statement types
FINAL, INTERIM, BALANCE = "0", "1", "2"

# Methods, all below one base address
LOGON, LOGON_OTP, LOGON_CERT = "Logon", "LogonOTP", "LogonCert"
GET_SETTINGS, SEND_PACK = "GetSettings", "SendPack"
GET_PACK_LIST, GET_PACK = "GetPackList", "GetPack"

ANSWERS = {
    LOGON: "LogonResponse",
    LOGON_OTP: "LogonResponse",
    LOGON_CERT: "LogonCertResponse",
    GET_SETTINGS: "GetSettingsResponse",
    SEND_PACK: "SendPacketResponse",
    GET_PACK_LIST: "GetPacketListResponse",
    GET_PACK: "GetPacketResponse",
}
"""Method → the element of its good answer."""


def tag(name: str) -> str:
    """The qualified name of one of the standard's elements."""
    return f"{{{NAMESPACE}}}{name}"


def local_time(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as the standard writes it: the bank's wall clock to the second, without zone."""
    return instant.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def list_date(stamp: str, earlier: timedelta = timedelta()) -> str:
    """TimeStampLastPacket as GetPackList wants it back: "dd.MM.yyyy HH:mm:ss".

    It is the bank's own clock and is never converted: whatever zone is written behind it, the digits go back as they
    came. The method knows no fractions; cutting them asks for a moment earlier, which repeats a packet and loses none.

    Args:
        earlier: how long before it, still by the bank's clock.

    Raises:
        ValueError: `stamp` is no xsd:dateTime.
    """
    return (_wall_clock(stamp) - earlier).strftime("%d.%m.%Y %H:%M:%S")


def later(one: str, other: str) -> str:
    """The later of two stamps of one bank, as it is; one that is no xsd:dateTime counts as none ("")."""
    readable = [stamp for stamp in (one, other) if _readable(stamp)]
    return max(readable, key=_wall_clock, default="")


def _readable(stamp: str) -> bool:
    try:
        _wall_clock(stamp)
    except ValueError:
        return False
    return True


def _wall_clock(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.strip()).replace(tzinfo=None)
