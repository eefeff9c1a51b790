"""The tables of a profile file that this protocol alone has, each checked by itself; `profile` puts them together."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from gateway.bank.profile_parts import Part, TrustTable

_HTTPS = r"^https://\S+$"
Operation = Literal["downloadFileList", "downloadFile", "uploadFile", "deleteFile", "getUserInfo"]
ALL_OPERATIONS: tuple[Operation, ...] = get_args(Operation)


class Service(Part):
    """Where the bank's service is and how it wants to be spoken to.

    Attributes:
        receiver_id: the bank in RequestHeader/ReceiverId; "" where the bank wants our target id there.
        operations: what the service can do; one of the Samlink banks knows three of the five operations.
        file_types: what is fetched; empty asks for all types in one list.
        list_status: which files a list is of. ALL also finds files that were fetched but lost before they were
            stored; what is known already is recognised by its reference.
        service_id: ServiceId of our requests, where the bank wants one; "" leaves it out.
        compression: ask for gzip.
        algorithm: what our own signatures are made with.
        vague_codes: response codes this bank gives for almost any bad request, so that they explain nothing.
        order_format, order_file_type: how payment orders are sent to it.
    """

    url: str = Field(pattern=_HTTPS)
    receiver_id: str = ""
    language: Literal["EN", "FI", "SV"] = "EN"
    environment: Literal["PRODUCTION", "TEST"] = "PRODUCTION"
    operations: list[Operation] = Field(default_factory=lambda: list(ALL_OPERATIONS))
    file_types: list[str] = Field(default_factory=list)
    list_status: Literal["ALL", "NEW", "DLD"] = "ALL"
    service_id: str = ""
    compression: bool = True
    algorithm: str = "rsa-sha256"
    vague_codes: list[str] = Field(default_factory=list)
    order_format: Literal["pain.001.001.03", "pain.001.001.09"] = "pain.001.001.03"
    order_file_type: str = Field(default="XL", min_length=1, max_length=40)


class Trust(TrustTable):
    """Whom we believe.

    Attributes:
        payload_signers: as `signers`, for ApplicationResponse where another certificate signs it; empty: the same.
        payload_signed: False for a bank that does not sign ApplicationResponse (its envelope must be signed still).
    """

    payload_signers: list[str] = Field(default_factory=list)
    payload_signed: bool = True
    clock_skew_s: int = Field(default=300, ge=0, le=3600)
    timestamp_life_s: int = Field(default=3600, ge=1, le=86400)

    def wrong(self) -> tuple[str, str] | None:
        if not self.names_signers():
            return "trust.signers", "give signing_anchors with signers, or pinned"
        return super().wrong()


class Encryption(Part):
    """For a bank that wants the whole ApplicationRequest encrypted to it, and encrypts its own to us.

    Attributes:
        bank_certificate: file in the folder of anchors; written there when the bank's certificates are fetched.
        bank_names: common names the bank's encryption certificate must have one of.
        content, key_transport: how we encrypt; names of `gateway.signing.xmlenc`.
    """

    bank_certificate: str = Field(min_length=1)
    bank_names: list[str] = Field(min_length=1)
    content: str = "aes256-cbc"
    key_transport: str = "rsa-oaep-mgf1p"


class Certificates(Part):
    """The service that issues and renews our own certificate.

    Attributes:
        kind: how a first request proves itself: "hmac" (CertificateService: HMAC-SHA1 of the PKCS#10 request keyed
            with the activation code), "transfer-key" (OPCertificateService: the key itself), "pki" (PkiService: PIN
            in an encrypted request).
        service_namespace, data_namespace: of the SOAP message and of the CertApplicationRequest in it.
        service, renewal_service: Service of a first request and of a renewal.
        subject: what the PKCS#10 request says about us, "C=FI", "CN={customer_id}"; also {company}.
        signed: whether replies are signed; where not, TLS alone says whom they come from, and what is believed of them
            is only a certificate for the very key we made.
        issuers: authorities (files of anchors) a certificate of ours must chain to; empty where we know none.
        root_serial: serial number of the bank's root, as the "pki" service wants it in GetBankCertificate.
    """

    kind: Literal["hmac", "transfer-key", "pki"]
    url: str = Field(pattern=_HTTPS)
    service_namespace: str = ""
    data_namespace: str = ""
    service: str = ""
    renewal_service: str = ""
    subject: list[str] = Field(min_length=1)
    signed: bool = True
    issuers: list[str] = Field(default_factory=list)
    root_serial: str = ""


class TrialPlace(Part):
    """The bank's test environment, where it differs; empty fields are as in production."""

    url: str = Field(default="", pattern=r"^(https://\S+)?$")
    certificates_url: str = Field(default="", pattern=r"^(https://\S+)?$")
    tls_anchors: list[str] = Field(default_factory=list)
    signing_anchors: list[str] = Field(default_factory=list)
    intermediates: list[str] = Field(default_factory=list)
    signers: list[str] = Field(default_factory=list)
