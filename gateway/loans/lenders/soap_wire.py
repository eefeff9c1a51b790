"""The LoanBroker service's names, and how zeep reaches it: our own WSDL from the package, bytes over `LenderHttps`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from lxml import etree
from zeep.wsdl import Document

from gateway.bank.bxd.transport import OwnFiles
from gateway.bank.transport import HttpReply
from gateway.core.errors import Refused
from gateway.loans.lenders.https import LenderHttps

NAMESPACE = "urn:kvit:loan-broker:1"
BINDING = f"{{{NAMESPACE}}}LoanBrokerBinding"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_WSDL = "LoanBroker.wsdl"


def wsdl_path() -> Path:
    """Where our WSDL is."""
    return Path(str(resources.files("gateway.loans.lenders") / "schemas" / _WSDL))


def tag(name: str) -> str:
    """The element's name in the service's namespace."""
    return f"{{{NAMESPACE}}}{name}"


class _Package(OwnFiles):
    """Loads that one file and nothing else."""

    def load(self, url: str) -> bytes:
        if Path(url.removeprefix("file://")) != wsdl_path():
            raise Refused("bank.schema_outside", file=Path(url).name)
        return wsdl_path().read_bytes()


@cache
def document() -> Document:
    """The WSDL, parsed once in a process."""
    read: Any = Document  # zeep's annotation asks for the class, its code for an object of it
    made: Document = read(str(wsdl_path()), _Package())
    return made


class LenderTransport(_Package):
    """What zeep posts through."""

    def __init__(self, https: LenderHttps) -> None:
        super().__init__()
        self._https = https

    def post_xml(self, address: str, envelope: etree._Element, headers: Mapping[str, str]) -> HttpReply:
        """Post an envelope; `address` is the WSDL's placeholder, the lender's own stands in `LenderHttps`.

        Raises:
            Unavailable, Refused: as `LenderHttps.exchange`.
        """
        message = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        return self._https.exchange("POST", "", headers, message)
