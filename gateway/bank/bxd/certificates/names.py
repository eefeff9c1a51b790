"""Namespaces of the banks' certificate services, and our schemas of their messages."""

from __future__ import annotations

from functools import cache

from lxml import etree

from gateway.bank.bxd.wire import schema_folder

PKI = "http://danskebank.dk/PKI/PKIFactoryService"
PKI_ELEMENTS = f"{PKI}/elements"

_FILES = {
    "http://filetransfer.nordea.com/xmldata/": "cert-nordea.xsd",
    "http://op.fi/mlp/xmldata/": "cert-op.xsd",
    PKI_ELEMENTS: "pki.xsd",
}


@cache
def schema_of(namespace: str) -> etree.XMLSchema | None:
    """Our schema of a namespace of certificate requests; None where we have none."""
    file = _FILES.get(namespace)
    return None if file is None else etree.XMLSchema(etree.parse(str(schema_folder() / file)))
