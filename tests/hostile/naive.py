"""How SOAP libraries verify: find each signed element by its id, then read *the Body*. The control of our attacks."""

from __future__ import annotations

import base64

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.signing.signature import DS, ID_ATTRIBUTES, WSU
from gateway.signing.wsse import SOAP, WSSE


def what_a_naive_client_reads(raw: bytes) -> bytes | None:
    """The ApplicationResponse a naive client would believe; None when even it refuses."""
    root = etree.fromstring(raw)
    found = root.find(f".//{{{DS}}}Signature")
    token = root.find(f".//{{{WSSE}}}BinarySecurityToken")
    body = root.find(f"{{{SOAP}}}Body")
    if found is None or token is None or body is None:
        return None
    certificate = x509.load_der_x509_certificate(base64.b64decode(token.text or ""))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate.public_bytes(Encoding.PEM), xmlsec.constants.KeyDataFormatCertPem)
    signed = {r.get("URI", "").lstrip("#") for r in found.iter(f"{{{DS}}}Reference")}
    for value in signed:
        # the first element with the id, looking at wsu:Id before the others, as libraries do
        for attribute in ID_ATTRIBUTES:
            nodes = [n for n in root.iter("*") if n.get(attribute) == value]
            if nodes:
                namespace = WSU if attribute.startswith("{" + WSU) else None
                try:
                    context.register_id(nodes[-1], etree.QName(attribute).localname, namespace)
                except xmlsec.Error:
                    return None
                break
    try:
        context.verify(found)
    except xmlsec.Error:
        return None
    carried = body.find(".//{http://model.bxd.fi}ApplicationResponse")
    return None if carried is None else base64.b64decode(carried.text or "")
