"""HTTPS to a lender: the gateway's one way of calling out (`PinnedHttps`), paced, and with errors that name the lender.

A lender certified by a public authority is believed through the machine's own list of authorities, one of its own by
the anchors of the configuration. Plain HTTP reaches this machine only: the sandbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cryptography import x509

from gateway.bank.outside import Pace, PatientHttps, insecure_host, patience, public_authorities
from gateway.bank.transport import HttpReply, Limits
from gateway.core.errors import Refused, Unavailable

LIMITS = Limits(message=16 * 1024 * 1024, connect=10.0, read=60.0, total=90.0)
"""A lender has a minute to answer, and no agreement is larger than 16 MiB."""
PER_SECOND = 20
"""The slower of the published limits: 20 calls a second on one lender's POS interface, 25 on another's."""


class LenderHttps:
    """Calls to one lender's server.

    Args:
        lender: his key, for errors.
        url: of the service; what is called begins with it.
        anchors: authorities his server must be certified by; None for the machine's own list.

    Raises:
        Refused: `lender.insecure_address`, `lender.no_authorities`.
    """

    def __init__(
        self,
        lender: str,
        url: str,
        anchors: Iterable[x509.Certificate] | None = None,
        limits: Limits = LIMITS,
        pace: Pace | None = None,
        *,
        accept: str = "*/*",
    ) -> None:
        if host := insecure_host(url):
            raise Refused("lender.insecure_address", lender=lender, host=host)
        self.lender = lender
        self.url = url.rstrip("/")
        self._pace = pace or Pace(PER_SECOND)
        self._https = PatientHttps(_believed(anchors), limits, accept=accept)

    def exchange(self, verb: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> HttpReply:
        """One request and its whole answer; statuses that mean "not now" are errors.

        Raises:
            Unavailable: `lender.away`, `lender.slow`, `lender.busy` (with the lender's own `retry_after`),
                `lender.fault` for a server's error.
            Refused: `lender.server_untrusted`, `lender.answer_too_large`, `lender.forbidden`.
        """
        self._pace.wait()
        try:
            reply = self._https.exchange(verb, f"{self.url}{path}", headers, body)
        except Unavailable as error:
            if error.code == "bank.slow":
                raise Unavailable("lender.slow", lender=self.lender, seconds=error.values["seconds"]) from None
            raise Unavailable("lender.away", lender=self.lender, detail=error.values["detail"]) from None
        except Refused as error:
            raise Refused("lender.server_untrusted", lender=self.lender, detail=error.values["detail"]) from None
        return self._checked(reply)

    def close(self) -> None:
        self._https.close()

    def _checked(self, reply: HttpReply) -> HttpReply:
        if reply.too_large:
            raise Refused("lender.answer_too_large", lender=self.lender)
        if "incomplete" in reply.seen:
            raise Unavailable("lender.away", lender=self.lender, detail=reply.seen["incomplete"])
        status = int(reply.seen["status"])
        if status == 429 or (status == 503 and reply.seen["retry_after"]):
            raise Unavailable("lender.busy", retry_after=patience(reply.seen["retry_after"]), lender=self.lender)
        if status in (401, 403):
            raise Refused("lender.forbidden", lender=self.lender, status=status)
        return reply

    def fault(self, reply: HttpReply) -> Unavailable:
        """The error of an answer that says no more than that the server broke."""
        return Unavailable("lender.fault", retry_after=300.0, lender=self.lender, status=reply.seen["status"])


def _believed(anchors: Iterable[x509.Certificate] | None) -> Iterable[x509.Certificate]:
    """`anchors`, or this machine's own list.

    Raises:
        Refused: `lender.no_authorities`.
    """
    if anchors is not None:
        return anchors
    try:
        return public_authorities()
    except Refused:
        raise Refused("lender.no_authorities") from None
