"""The Post's batch service (fc, SOAP 1.1): a ticket for many parcels, and their histories when it is ready.

It says less than the single service: no sums, no offset of the office's clock, and so on. Its times are read by the
clock of the office they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from cryptography import x509
from lxml import etree

from gateway.bank.outside import Pace
from gateway.bank.transport import HttpReply, Limits
from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.parcels.carriers import post_xml
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.https import LIMITS, CarrierHttps
from gateway.parcels.carriers.ports import Answer, BatchRules, Ticket
from gateway.parcels.carriers.post_records import NOT_KNOWN, read_batch
from gateway.parcels.model import CarrierKey

RULES = BatchRules(500, first_ask=timedelta(minutes=15), again=timedelta(minutes=15), keeps=timedelta(hours=32))
"""The Post allows 3,000 parcels a ticket; replies of more than 500 have been seen to fail."""
BATCH = "batch"
_HEADERS = {"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": '""'}
_NOT_AUTHORISED, _NOT_READY, _BROKEN, _GONE = 3, 6, 16, 17
_LONGEST_TICKET = 200


class PostBatch:
    """Calls of the batch service; see `PostSingle` for the arguments."""

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
        self._https = CarrierHttps(CarrierKey.POST, url, anchors, limits, pace, accept="text/xml")

    def __repr__(self) -> str:
        return "<PostBatch>"

    def order(self, tracks: Sequence[str]) -> Ticket:
        """Have a batch prepared.

        Raises:
            Unavailable, Refused: see `ports.Carrier`.
        """
        reply = self._posted(post_xml.ticket_request(tracks, self._login, self._password()))
        answer = post_xml.opened(self._https, reply)
        if error := _error(answer):
            raise _meaning(*error)
        ticket = post_xml.text_at(answer, "value")
        if not 0 < len(ticket) <= _LONGEST_TICKET:
            raise UnreadableReply(CarrierKey.POST, "no ticket", reply.content)
        return Ticket(ticket, reply.content)

    def collect(self, ticket: str) -> Answer | None:
        """The batch; None while it is not ready.

        Raises:
            Unavailable, Refused: see `ports.Carrier`.
        """
        reply = self._posted(post_xml.answer_request(ticket, self._login, self._password()))
        answer = post_xml.opened(self._https, reply)
        error = _error(answer)
        if error and error[0] == _NOT_READY:
            return None
        if error and error[0] != NOT_KNOWN:
            raise _meaning(*error)
        value = post_xml.descend(answer, "value")
        if value is None and not error:
            raise UnreadableReply(CarrierKey.POST, "no value", reply.content)
        histories = read_batch(value) if value is not None else ()
        return Answer(BATCH, ticket, reply.content, histories)

    def close(self) -> None:
        self._https.close()

    def _posted(self, envelope: bytes) -> HttpReply:
        return self._https.exchange("POST", "", _HEADERS, envelope)


def _error(answer: etree._Element) -> tuple[int, str] | None:
    """Number and words of the error the whole reply is."""
    found = next(post_xml.children(answer, "error"), None)
    if found is None:
        return None
    number = (found.get("ErrorTypeID") or "").strip()
    return (int(number) if number.isdecimal() and len(number) < 5 else 0), found.get("ErrorName") or ""


def _meaning(number: int, words: str) -> KvitError:
    if number == _NOT_AUTHORISED:
        return Refused("carrier.not_authorised", carrier=CarrierKey.POST)
    if number == _GONE:
        return Refused("carrier.ticket_gone", carrier=CarrierKey.POST)
    if number == _BROKEN:
        return Unavailable("carrier.fault", retry_after=900.0, carrier=CarrierKey.POST, status=number)
    return Refused("carrier.refused", carrier=CarrierKey.POST, reason=post_xml.reason_of(f"{number} {words}"))
