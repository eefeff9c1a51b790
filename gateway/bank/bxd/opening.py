"""Answers of a bank that encrypts them to us: opened first, then verified like any other.

What is inside is still nobody's word until its signature holds: anybody can encrypt to our certificate.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.errors import Corrupt
from gateway.signing.keys import Decryptor
from gateway.signing.parsing import parse
from gateway.signing.xmlenc import XENC, decrypt_document

# What `xmlenc` says → what it means for a bank's message.
_REASONS = {
    "xmlenc.malformed": "bank.encryption_malformed",
    "xmlenc.algorithm": "bank.algorithm_forbidden",
    "xmlenc.other_key": "bank.encrypted_to_another",
    "xmlenc.undecryptable": "bank.undecryptable",
}


def opened(payload: bytes, keys: Sequence[Decryptor], *, legacy: bool, limit: int) -> bytes:
    """The document in `payload`, or `payload` itself where it is not encrypted (a bank's refusals need not be).

    Args:
        keys: ours, the likeliest first: after a renewal the bank may still encrypt to the former one.
        legacy: admits 3DES and RSA 1.5.
        limit: the most bytes of the message.

    Raises:
        Corrupt: `bank.encryption_malformed`, `bank.algorithm_forbidden`, `bank.encrypted_to_another`,
            `bank.undecryptable`, `xml.*`.
    """
    if parse(payload, limit).tag != f"{{{XENC}}}EncryptedData":
        return payload
    reason = Corrupt("bank.encrypted_to_another", subject="-")
    for key in keys:
        try:
            return decrypt_document(payload, key, legacy=legacy, limit=limit)
        except Corrupt as error:
            reason = Corrupt(_REASONS.get(error.code, error.code), **error.values)
            if error.code not in ("xmlenc.other_key", "xmlenc.undecryptable"):
                break
    raise reason
