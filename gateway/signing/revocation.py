"""Whether an authority has called a certificate back: OCSP (RFC 6960) and revocation lists (RFC 5280).

Asked where the certificate names a source and the network allows, beside the proving of messages and never inside
it: evidence must give the same answer offline, years later. The answer is a record, to be kept with its octets.

What cannot be found out is `unknown`, never `good`, and never an exception: the caller decides what an unknown means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from gateway.core.errors import Corrupt, KvitError
from gateway.signing import revocation_crl, revocation_ocsp
from gateway.signing.revocation_answer import Answer, Unusable

Fetch = Callable[[str, bytes | None], bytes]
"""Octets behind a URL: GET, or POST where a body (an OCSP request) is given. Raises KvitError when there are none."""

_MOST_SOURCES = 4  # of each kind: a hostile certificate could name thousands
_LONGEST_URL = 2048


@dataclass(frozen=True, slots=True)
class Revocation:
    """What was found out about a certificate.

    Attributes:
        state: "good", "revoked" or "unknown".
        source: "ocsp", "crl", or "" where the certificate names none.
        url: who answered, or who was asked last.
        checked_at: when we asked, UTC.
        reason: for "revoked" the authority's reason ("keyCompromise", "unspecified", …; RFC 5280, 5.3.1); for
            "unknown" a code of the message catalogue that says why; "" for "good".
        since: for "revoked", from when.
        answer: the signed octets the record rests on; empty for "unknown".
    """

    state: Literal["good", "revoked", "unknown"]
    source: Literal["ocsp", "crl", ""]
    url: str
    checked_at: datetime
    reason: str = ""
    since: datetime | None = None
    answer: bytes = field(default=b"", repr=False)


def check(certificate: x509.Certificate, issuer: x509.Certificate, fetch: Fetch, at: datetime) -> Revocation:
    """Ask the sources `certificate` names whether it was called back, OCSP first; the first sure answer counts.

    Args:
        issuer: the authority's certificate, already trusted (`establish`); answers must be signed by it, or for
            OCSP by a responder it certified.
        fetch: gets the octets; see `revocation_fetch.HttpFetch`.
        at: now.
    """
    found = Revocation("unknown", "", "", at, "revocation.no_source")
    for source, url in _sources(certificate):
        asked = replace(found, source=source, url=url)
        try:
            answer = _ask(source, url, certificate, issuer, fetch, at)
        except Unusable as why:
            found = replace(asked, reason=why.code)
        except Corrupt:  # a certificate in the answer, or the asked one, is not DER
            found = replace(asked, reason="revocation.unreadable")
        except (KvitError, OSError):  # the network's or the engine's: nothing was found out here
            found = replace(asked, reason="revocation.unreachable")
        else:
            return Revocation(answer.state, source, url, at, answer.reason, answer.since, answer.octets)
    return found


def is_allowed(url: str) -> bool:
    """Whether a URL out of a certificate may be asked at all: plain http or https, nothing hidden in it."""
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and parts.username is None
        and parts.password is None
        and port != 0
    )


def _ask(
    source: Literal["ocsp", "crl"],
    url: str,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    fetch: Fetch,
    at: datetime,
) -> Answer:
    if source == "ocsp":
        question = revocation_ocsp.ask(certificate, issuer)
        return revocation_ocsp.read(fetch(url, question.octets), question, certificate, issuer, at)
    return revocation_crl.read(fetch(url, None), certificate, issuer, at)


def _sources(certificate: x509.Certificate) -> Iterator[tuple[Literal["ocsp", "crl"], str]]:
    for url in _allowed(_responders(certificate)):
        yield "ocsp", url
    for url in _allowed(revocation_crl.places(certificate)):
        yield "crl", url


def _allowed(urls: Iterable[str]) -> list[str]:
    return [url for url in dict.fromkeys(urls) if is_allowed(url)][:_MOST_SOURCES]


def _responders(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        description.access_location.value
        for description in access
        if description.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(description.access_location, x509.UniformResourceIdentifier)
    ]
