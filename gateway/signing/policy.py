"""What we accept: algorithms, anchors, age. One value, made by a bank's profile and handed to every verifier."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.signing.parsing import DEFAULT_LIMIT

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_XENC = "http://www.w3.org/2001/04/xmlenc#"
_CPXMLSEC = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"  # RFC 9215 names the keys, this draft their XML signatures

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = _DSIG + "enveloped-signature"


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One way to sign octets.

    Attributes:
        name: "rsa-sha256"; what profiles and proofs say.
        uri: XMLDSig's name of the signature method.
        digest: short name of the hash, a key of DIGESTS.
        legacy: True when it is accepted only behind a profile's explicit switch.
        opt_in: True when it counts only where a profile names it: GOST R 34.10-2012, which needs the engine.
    """

    name: str
    uri: str
    digest: str
    legacy: bool = False
    opt_in: bool = False


ALGORITHMS = {
    a.name: a
    for a in (
        Algorithm("rsa-sha256", _MORE + "rsa-sha256", "sha256"),
        Algorithm("rsa-sha384", _MORE + "rsa-sha384", "sha384"),
        Algorithm("rsa-sha512", _MORE + "rsa-sha512", "sha512"),
        Algorithm("rsa-sha1", _DSIG + "rsa-sha1", "sha1", legacy=True),
        Algorithm("gost2012-256", _CPXMLSEC + "gostr34102012-gostr34112012-256", "gostr34112012-256", opt_in=True),
        Algorithm("gost2012-512", _CPXMLSEC + "gostr34102012-gostr34112012-512", "gostr34112012-512", opt_in=True),
    )
}
BY_URI = {a.uri: a for a in ALGORITHMS.values()}

DIGESTS: dict[str, str] = {
    "sha256": _XENC + "sha256",
    "sha384": _MORE + "sha384",
    "sha512": _XENC + "sha512",
    "sha1": _DSIG + "sha1",
    "gostr34112012-256": _CPXMLSEC + "gostr34112012-256",
    "gostr34112012-512": _CPXMLSEC + "gostr34112012-512",
}
DIGEST_BY_URI = {uri: name for name, uri in DIGESTS.items()}

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha1": hashes.SHA1(),  # noqa: S303 - named here so that the legacy switch can admit it, off by default
}
MODERN = frozenset(a.name for a in ALGORITHMS.values() if not a.legacy and not a.opt_in)
_OPT_IN_DIGESTS = frozenset(a.digest for a in ALGORITHMS.values() if a.opt_in)


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Whom we believe, and how far.

    A signer is trusted when its certificate is in `pinned`, or when it chains to one of `anchors` and, where
    `signers` is not empty, its common name is one of them. A bank's authority usually issues its customers'
    certificates too: without `signers` any customer of the bank could sign in the bank's name.

    Attributes:
        anchors: certificates a chain may end in; nothing else is a root for us.
        pinned: SHA-256 fingerprints (lower-case hex) of single trusted certificates.
        signers: common names a certificate under an anchor must have one of; empty means any.
        intermediates: certificates that may stand between a signer and an anchor.
        algorithms: names of accepted signature algorithms (keys of ALGORITHMS).
        legacy: admits SHA-1 and RSA from 1024 bits; for old recorded messages and backward banks only.
        legacy_until: the end of that: messages verified as of this instant or later get no such grace. None: no end.
            A policy with an end admits nothing legacy until a verifier has said `as_of` when.
        max_skew: how far the bank's clock may differ from ours.
        max_lifetime: the longest believed life of a Timestamp, whatever its Expires says.
        check_time: False skips the freshness of the Timestamp (never the validity of certificates).
        max_bytes: the largest message read.
    """

    anchors: tuple[x509.Certificate, ...] = ()
    pinned: frozenset[str] | None = None
    signers: frozenset[str] = frozenset()
    intermediates: tuple[x509.Certificate, ...] = ()
    algorithms: frozenset[str] = field(default=MODERN)
    legacy: bool = False
    legacy_until: datetime | None = None
    max_skew: timedelta = timedelta(minutes=5)
    max_lifetime: timedelta = timedelta(hours=1)
    check_time: bool = True
    max_bytes: int = DEFAULT_LIMIT

    def __post_init__(self) -> None:
        unknown = self.algorithms - ALGORITHMS.keys()
        if unknown:
            raise ValueError(f"unknown signature algorithms: {sorted(unknown)}")
        if self.legacy_until is not None and self.legacy_until.utcoffset() is None:
            raise ValueError("legacy_until is an instant: it needs a zone")

    def as_of(self, at: datetime) -> TrustPolicy:
        """This policy at the instant `at`, its legacy switch resolved; every verifier begins with it."""
        if self.legacy_until is None:
            return self
        return replace(self, legacy=self.legacy and at < self.legacy_until, legacy_until=None)

    def accepts(self, algorithm: Algorithm) -> bool:
        """Whether a signature by `algorithm` may count."""
        return self._lenient if algorithm.legacy else algorithm.name in self.algorithms

    def accepts_digest(self, name: str) -> bool:
        """Whether a reference digested by `name` (a key of DIGESTS) may count."""
        if name in _OPT_IN_DIGESTS:
            return any(ALGORITHMS[a].digest == name for a in self.algorithms)
        return self._lenient if name == "sha1" else name in DIGESTS

    @property
    def smallest_rsa(self) -> int:
        """Bits of the smallest RSA key accepted."""
        return 1024 if self._lenient else 2048

    @property
    def admits_sha1(self) -> bool:
        """Whether certificates signed with SHA-1 may count."""
        return self._lenient

    def with_legacy(self) -> TrustPolicy:
        """The same policy with the legacy switch on, without end."""
        return replace(self, legacy=True, legacy_until=None)

    @property
    def _lenient(self) -> bool:
        return self.legacy and self.legacy_until is None
