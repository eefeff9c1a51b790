"""ApplicationRequest: what we want of the bank, in the agreement's order of elements, signed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

from lxml import etree

from gateway.bank.bxd.wire import GZIP, XMLDATA, application_schema
from gateway.core.errors import Refused
from gateway.signing.keys import Signer
from gateway.signing.xmldsig import sign_enveloped


@dataclass(frozen=True, slots=True)
class ApplicationRequest:
    """One request; empty fields are left out of the message.

    Attributes:
        customer_id: ours at the bank, up to 16 characters.
        command: a value of `wire.COMMANDS`.
        environment: PRODUCTION or TEST.
        status: NEW, DLD, ALL: which files a list is of.
        compression: ask for (and send) gzip.
        content: the file of an upload, as it is to be carried (compressed already where `compression` is set).
    """

    customer_id: str
    command: str
    timestamp: datetime
    environment: str
    software_id: str
    start_date: date | None = None
    end_date: date | None = None
    status: str = ""
    service_id: str = ""
    file_references: tuple[str, ...] = ()
    user_filename: str = ""
    target_id: str = ""
    execution_serial: str = ""
    compression: bool = False
    file_type: str = ""
    content: bytes | None = None

    def to_xml(self) -> bytes:
        """The unsigned request.

        Raises:
            Refused: `bank.request_invalid`, naming the element (usually a value of the configuration is too long).
        """
        root = etree.Element(f"{{{XMLDATA}}}ApplicationRequest", nsmap=cast("dict[str, str]", {None: XMLDATA}))
        for name, value in self._fields():
            if value:
                etree.SubElement(root, f"{{{XMLDATA}}}{name}").text = value
        self._add_references(root)
        _check(root)
        return etree.tostring(root)

    def signed(self, signer: Signer, algorithm: str = "rsa-sha256") -> bytes:
        """The request with its enveloped signature.

        Raises:
            Refused: `bank.request_invalid`, `signing.key_cannot`.
        """
        return sign_enveloped(self.to_xml(), signer, algorithm=algorithm)

    def _fields(self) -> list[tuple[str, str]]:
        """Names and texts in the agreement's order."""
        return [
            ("CustomerId", self.customer_id),
            ("Command", self.command),
            ("Timestamp", self.timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
            ("StartDate", self.start_date.isoformat() if self.start_date else ""),
            ("EndDate", self.end_date.isoformat() if self.end_date else ""),
            ("Status", self.status),
            ("ServiceId", self.service_id),
            ("Environment", self.environment),
            ("UserFilename", self.user_filename),
            ("TargetId", self.target_id),
            ("ExecutionSerial", self.execution_serial),
            ("Compression", "true" if self.compression else ""),
            ("CompressionMethod", GZIP if self.compression else ""),
            ("SoftwareId", self.software_id),
            ("FileType", self.file_type),
            ("Content", base64.b64encode(self.content).decode("ascii") if self.content is not None else ""),
        ]

    def _add_references(self, root: etree._Element) -> None:
        """FileReferences stands right behind Environment."""
        environment = root.find(f"{{{XMLDATA}}}Environment")
        if not self.file_references or environment is None:
            return
        holder = etree.Element(f"{{{XMLDATA}}}FileReferences")
        for reference in self.file_references:
            etree.SubElement(holder, f"{{{XMLDATA}}}FileReference").text = reference
        environment.addnext(holder)


def _check(root: etree._Element) -> None:
    try:
        application_schema().assertValid(root)
    except etree.DocumentInvalid as error:
        raise Refused("bank.request_invalid", detail=str(error).replace(f"{{{XMLDATA}}}", "")[:200]) from None
