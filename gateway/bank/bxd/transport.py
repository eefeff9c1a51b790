"""HTTP under zeep.

zeep's own transport (requests) reads a reply whole whatever its size, and adds the public certificate authorities to
a context it is given. This one carries bytes over `PinnedHttps`, which does neither.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import zeep
from cryptography import x509
from lxml import etree

from gateway.bank.bxd.wire import schema_folder
from gateway.bank.transport import HttpReply, Limits, PinnedHttps
from gateway.core.errors import Corrupt, Refused, Unavailable
from gateway.signing.keys import Pkcs12Key
from gateway.signing.parsing import parse


class OwnFiles(zeep.Transport):
    """What zeep loads its WSDL and schemas through: our own files, never the network."""

    def __init__(self) -> None:
        # zeep.Transport.__init__ would open a requests session that nothing here uses
        self.cache = None
        self.operation_timeout = self.load_timeout = None
        self.logger = logging.getLogger(__name__)
        self._close_session = False

    def load(self, url: str) -> bytes:
        """The file `url` of our schema folder.

        Raises:
            Refused: `bank.schema_outside`.
        """
        file = Path(url.removeprefix("file://"))
        if file.parent != schema_folder():
            raise Refused("bank.schema_outside", file=file.name)
        return file.read_bytes()


class PinnedTransport(OwnFiles):
    """What zeep posts through; for the arguments see `PinnedHttps`."""

    def __init__(self, anchors: Iterable[x509.Certificate], limits: Limits, key: Pkcs12Key | None = None) -> None:
        super().__init__()
        self._https = PinnedHttps(anchors, limits, key, accept="text/xml")

    def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> HttpReply:
        """Post an envelope as it is (it is signed: no reformatting).

        Raises:
            Unavailable, Refused: as `PinnedHttps.exchange`; Unavailable `bank.fault` for an HTTP error.
        """
        message = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        reply = self._https.exchange("POST", address, headers, message)
        if reply.seen["status"] != "200":
            raise _fault(reply)
        return reply

    def close(self) -> None:
        self._https.close()


def _fault(reply: HttpReply) -> Unavailable:
    """An HTTP error. A SOAP fault is unsigned: it is shown to a person and believed by nobody."""
    status, text = reply.seen["status"], ""
    try:
        root = parse(reply.content)
        text = " ".join((node.text or "").strip() for node in root.iter("faultcode", "faultstring"))
    except Corrupt:
        pass
    return Unavailable("bank.fault", retry_after=300.0, status=status, text=text[:200])
