"""Names of the bxd agreement: namespaces, operations, response codes, schemas."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from lxml import etree

SERVICE = "http://bxd.fi/CorporateFileService"
MODEL = "http://model.bxd.fi"
XMLDATA = "http://bxd.fi/xmldata/"
BINDING = f"{{{SERVICE}}}CorporateFileServiceHttpBinding"

COMMANDS = {
    "downloadFileList": "DownloadFileList",
    "downloadFile": "DownloadFile",
    "uploadFile": "UploadFile",
    "deleteFile": "DeleteFile",
    "getUserInfo": "GetUserInfo",
}
"""SOAP operation → Command of its ApplicationRequest."""

GZIP = "RFC1952"
"""The agreement's name of gzip."""

OK = "00"
NOTHING_FOUND = "24"
"""An empty list is an answer, not an error."""
DUPLICATES = frozenset({"31", "32"})
"""The bank has this very message, or this very ApplicationRequest, already."""


def padded(code: str) -> str:
    """A response code with two digits: one bank answers "0" for "00"."""
    return code.zfill(2) if code.isdigit() else code


def schema_folder() -> Path:
    """Where our WSDL and XSD files are."""
    return Path(str(resources.files("gateway.bank.bxd") / "schemas"))


@cache
def application_schema() -> etree.XMLSchema:
    """The schema of ApplicationRequest and ApplicationResponse."""
    return etree.XMLSchema(etree.parse(str(schema_folder() / "application.xsd")))
