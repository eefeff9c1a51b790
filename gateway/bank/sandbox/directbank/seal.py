"""Documents for the wire: signed and zipped, or made wrong in one of the ways a forger would."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from gateway.bank.sandbox import behave
from gateway.bank.sandbox.directbank.messages import Sealed
from gateway.bank.sandbox.directbank.packets import PacketDocument
from gateway.bank.sandbox.directbank.sessions import issuer_name
from gateway.signing.cms import sign_detached
from gateway.signing.keys import Pkcs12Key

_SUM = re.compile(rb"(<Sum>)(\d+\.\d\d)(</Sum>)")
_Signature = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Press:
    """How documents leave.

    Attributes:
        signer: the bank's key.
        signed: False leaves the signatures out.
        compress: zip them.
        at: the signing time to state.
        stranger: makes a key of another customer of the same authority.
    """

    signer: Pkcs12Key
    signed: bool
    compress: bool
    at: datetime
    stranger: Callable[[], Pkcs12Key]


def seal(
    documents: Sequence[PacketDocument], press: Press, behaviour: behave.Active | None, spare: bytes
) -> list[Sealed]:
    """The documents of a packet, ready for it.

    Args:
        spare: another document of the bank, whose signature stands in where there is no second one to swap with.
    """
    signatures = [_honest(document.content, press) for document in documents]
    contents = [document.content for document in documents]
    name = behaviour.name if behaviour else ""
    variant = behaviour.options["variant"] if behaviour and name == "wrapped-signature" else ""
    if variant == "swapped":
        signatures = [*signatures[1:], _honest(spare, press) if len(signatures) == 1 else signatures[0]]
    elif name in ("forged-signature", "forged-payload", "wrapped-signature"):
        contents = [_SUM.sub(rb"\g<1>9\g<2>\g<3>", content) for content in contents]
        if name == "forged-payload":
            signatures = [_refitted(*pair) for pair in zip(documents, contents, signatures, strict=True)]
        elif variant == "attached":
            signatures = [_attached(document.content, press) for document in documents]
        elif variant == "second-signature":
            key = press.stranger()
            signatures = [
                (_named(key, sign_detached(content, key, at=press.at)), *own)
                for content, own in zip(contents, signatures, strict=True)
            ]
    return [
        Sealed(
            document.id,
            document.kind,
            document.ext_id,
            _zipped(document, content) if press.compress else content,
            press.compress,
            own if press.signed else (),
        )
        for document, content, own in zip(documents, contents, signatures, strict=True)
    ]


def _honest(content: bytes, press: Press) -> tuple[_Signature, ...]:
    return (_named(press.signer, sign_detached(content, press.signer, at=press.at)),)


def _named(key: Pkcs12Key, cms: bytes) -> _Signature:
    serial = f"{key.certificate.serial_number:X}"
    return issuer_name(key.certificate), serial.zfill(len(serial) + len(serial) % 2), cms


def _refitted(document: PacketDocument, forged: bytes, own: tuple[_Signature, ...]) -> tuple[_Signature, ...]:
    """The honest signature with the digest of the forged bytes in its signed attributes."""
    ((issuer, serial, cms),) = own
    honest = hashlib.sha256(document.content).digest()
    return ((issuer, serial, cms.replace(honest, hashlib.sha256(forged).digest())),)


def _attached(content: bytes, press: Press) -> tuple[_Signature, ...]:
    """A good signature that brings the bytes it is over along: who verifies those, verifies the wrong ones."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(press.signer.certificate, press.signer.private_key, hashes.SHA256())
    return (_named(press.signer, builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])),)


def _zipped(document: PacketDocument, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"{document.id}.xml", (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()
