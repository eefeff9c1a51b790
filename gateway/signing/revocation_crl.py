"""Revocation lists: reading one as the answer about one certificate."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509

from gateway.signing.revocation_answer import Answer, Unusable, check_fresh, check_signature


def places(certificate: x509.Certificate) -> list[str]:
    """URLs of the lists a certificate names. Partial lists (by reason) and lists of others are left out."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        name.value
        for point in points
        if point.crl_issuer is None and point.reasons is None
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier)
    ]


def read(octets: bytes, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> Answer:
    """What a list (DER or PEM) says of a certificate.

    Raises:
        Unusable: `revocation.unreadable`, `revocation.forged`, `revocation.weak`, `revocation.stale`,
            `revocation.other_scope` (the list does not speak of this certificate).
        Unavailable: `gost.unavailable`.
    """
    try:
        return _read(octets, certificate, issuer, at)
    except (ValueError, x509.InvalidVersion):  # the library reads parts only when asked, and fails then
        raise Unusable("revocation.unreadable") from None


def _read(octets: bytes, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> Answer:
    load = x509.load_pem_x509_crl if octets.startswith(b"-----") else x509.load_der_x509_crl
    found = load(octets)
    if found.issuer != certificate.issuer or issuer.subject != certificate.issuer or not _may_sign_lists(issuer):
        raise Unusable("revocation.forged")
    check_signature(issuer, found.signature_algorithm_oid.dotted_string, found.tbs_certlist_bytes, found.signature)
    check_fresh(found.last_update_utc, found.next_update_utc, at, timedelta())
    speaks_of_all = _check_scope(found, certificate)
    entry = found.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is not None:
        reason = _reason(entry)
        if reason is not x509.ReasonFlags.remove_from_crl:
            return Answer("revoked", octets, reason.value, entry.revocation_date_utc)
    if not speaks_of_all:
        raise Unusable("revocation.other_scope")
    return Answer("good", octets)


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _check_scope(found: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Refuse lists about other certificates; True when not being on this one means not being revoked.

    A list of another part of the authority's certificates is signed as well as ours: whoever sits on the network
    could hand it to us.
    """
    for extension in found.extensions:
        known = isinstance(extension.value, x509.IssuingDistributionPoint)
        if isinstance(extension.value, x509.DeltaCRLIndicator) or (extension.critical and not known):
            raise Unusable("revocation.other_scope")
    try:
        scope = found.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    if scope.indirect_crl or scope.only_contains_attribute_certs or scope.relative_name is not None:
        raise Unusable("revocation.other_scope")
    others_only = scope.only_contains_user_certs if _is_authority(certificate) else scope.only_contains_ca_certs
    if others_only:
        raise Unusable("revocation.other_scope")
    names = {name.value for name in scope.full_name or () if isinstance(name, x509.UniformResourceIdentifier)}
    if scope.full_name is not None and not names & set(places(certificate)):
        raise Unusable("revocation.other_scope")
    return scope.only_some_reasons is None


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return x509.ReasonFlags.unspecified
