"""HTTPS to a carrier: the gateway's one way of calling out, paced, with errors that name the carrier.

A carrier certified by a public authority is believed through the machine's own list of authorities, one of its own by
the anchors of the configuration. Plain HTTP reaches this machine only: the sandbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cryptography import x509

from gateway.bank.outside import Pace, PatientHttps, insecure_host, patience, public_authorities
from gateway.bank.transport import HttpReply, Limits
from gateway.core.errors import Refused, Unavailable
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.model import CarrierKey

LIMITS = Limits(message=32 * 1024 * 1024, connect=10.0, read=60.0, total=120.0)
"""Five hundred histories of a batch are some megabytes; one parcel's is some dozens of kilobytes."""
PER_SECOND = 10
"""Calls a second: no carrier publishes a limit, and nobody needs more of one who is asked at night."""
_FAULT_PAUSE = 300.0


class CarrierHttps:
    """Calls to one service of a carrier.

    Args:
        url: of the service; what is called begins with it.
        anchors: authorities its server must be certified by; None for the machine's own list.

    Raises:
        Refused: `carrier.insecure_address`, `bank.no_authorities`.
    """

    def __init__(
        self,
        carrier: CarrierKey,
        url: str,
        anchors: Iterable[x509.Certificate] | None = None,
        limits: Limits = LIMITS,
        pace: Pace | None = None,
        *,
        accept: str = "*/*",
    ) -> None:
        if host := insecure_host(url):
            raise Refused("carrier.insecure_address", carrier=carrier, host=host)
        self.carrier = carrier
        self._url = url.rstrip("/")
        self._pace = pace or Pace(PER_SECOND)
        self._https = PatientHttps(public_authorities() if anchors is None else anchors, limits, accept=accept)

    def exchange(self, verb: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> HttpReply:
        """One request and its whole answer; statuses that mean "not now" are errors.

        Raises:
            Unavailable: `carrier.unreachable`, `carrier.busy` (with the carrier's own `retry_after`),
                `carrier.unreadable` for an answer above the limit.
            Refused: `carrier.server_untrusted`.
        """
        self._pace.wait()
        try:
            reply = self._https.exchange(verb, f"{self._url}{path}", headers, body)
        except Unavailable as error:
            detail = str(error.values.get("detail", "time-out"))
            raise Unavailable("carrier.unreachable", carrier=self.carrier, detail=detail) from None
        except Refused as error:
            raise Refused("carrier.server_untrusted", carrier=self.carrier, detail=error.values["detail"]) from None
        if reply.too_large:
            raise UnreadableReply(self.carrier, "too large", reply.content)
        if "incomplete" in reply.seen:
            raise Unavailable("carrier.unreachable", carrier=self.carrier, detail=reply.seen["incomplete"])
        if reply.seen["status"] == "429" or (reply.seen["status"] == "503" and reply.seen["retry_after"]):
            wait = patience(reply.seen["retry_after"])
            raise Unavailable("carrier.busy", retry_after=wait, carrier=self.carrier)
        return reply

    def failure(self, reply: HttpReply) -> Unavailable | Refused:
        """The error of an answer whose status is all it says."""
        status = reply.seen["status"]
        if status in ("401", "403"):
            return Refused("carrier.not_authorised", carrier=self.carrier)
        return Unavailable("carrier.fault", retry_after=_FAULT_PAUSE, carrier=self.carrier, status=status)

    def close(self) -> None:
        self._https.close()
