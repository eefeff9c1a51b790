"""The Post's single service (rtm34, SOAP 1.2): one parcel a call, with money, weight and the office's own offset."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cryptography import x509

from gateway.bank.outside import Pace
from gateway.bank.transport import HttpReply, Limits
from gateway.parcels.carriers import post_xml
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.https import LIMITS, CarrierHttps
from gateway.parcels.carriers.ports import Answer
from gateway.parcels.carriers.post_records import is_of_another, read_history, read_money
from gateway.parcels.model import CarrierKey

HISTORY, MONEY = "history", "money"
_HEADERS = {"Content-Type": "application/soap+xml;charset=UTF-8"}


class PostSingle:
    """Calls of the single service.

    Args:
        login: ours at the Post. password: gives it, from the vault, at each call.
        anchors, limits, pace: see `CarrierHttps`.

    Raises:
        Refused: `carrier.insecure_address`, `bank.no_authorities`.
    """

    def __init__(
        self,
        url: str,
        login: str,
        password: Callable[[], str],
        anchors: Iterable[x509.Certificate] | None = None,
        limits: Limits = LIMITS,
        pace: Pace | None = None,
    ) -> None:
        self._login = login
        self._password = password
        self._https = CarrierHttps(CarrierKey.POST, url, anchors, limits, pace, accept="application/soap+xml, text/xml")

    def __repr__(self) -> str:
        return "<PostSingle>"

    def history(self, track: str) -> Answer:
        """All operations of one parcel.

        Raises:
            Unavailable, Refused: see `ports.Carrier`.
        """
        reply = self._posted(post_xml.history_request(track, self._login, self._password()))
        answer = post_xml.opened(self._https, reply)
        if is_of_another(track, answer):
            raise UnreadableReply(CarrierKey.POST, "another number", reply.content)
        return Answer(HISTORY, track, reply.content, (read_history(track, answer),))

    def money(self, track: str) -> Answer:
        """The postal order its cash on delivery became.

        Raises:
            Unavailable, Refused: see `ports.Carrier`.
        """
        reply = self._posted(post_xml.money_request(track, self._login, self._password()))
        answer = post_xml.opened(self._https, reply)
        return Answer(MONEY, track, reply.content, (read_money(track, answer),))

    def close(self) -> None:
        self._https.close()

    def _posted(self, envelope: bytes) -> HttpReply:
        return self._https.exchange("POST", "", _HEADERS, envelope)
