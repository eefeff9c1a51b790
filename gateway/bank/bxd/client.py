"""`BxdChannel`: the bxd agreement as a `Channel`.

zeep builds the message from the WSDL and hands it to our transport; our WS-Security is put on in between. Replies
come back as raw bytes: zeep neither verifies nor parses them (its verification accepts wrapped signatures).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache

import zeep
from lxml import etree
from zeep.wsdl import Document

from gateway.bank.bxd import response, wire
from gateway.bank.bxd.compression import compress
from gateway.bank.bxd.profile import Agreement, BankTrust, Profile
from gateway.bank.bxd.request import ApplicationRequest
from gateway.bank.bxd.transport import OwnFiles, PinnedTransport
from gateway.bank.channel import Delivery, FileRef, Listing, Proven, RefusedReply, Reply, Request, Sending
from gateway.bank.transport import HttpReply
from gateway.core.clock import Clock
from gateway.core.errors import Corrupt, Refused
from gateway.core.ids import new_id
from gateway.signing.keys import Pkcs12Key, Signer
from gateway.signing.wsse import sign_envelope
from gateway.signing.xmlenc import encrypt_document

SOFTWARE = "Kvit"


class EnvelopeSigner:
    """What zeep calls `wsse`: signs what goes out. It can verify nothing, and says so."""

    def __init__(self, signer: Signer, clock: Clock, algorithm: str) -> None:
        self._signer = signer
        self._clock = clock
        self._algorithm = algorithm

    def apply(self, envelope: etree._Element, headers: dict[str, str]) -> tuple[etree._Element, dict[str, str]]:
        sign_envelope(envelope, self._signer, self._clock, algorithm=self._algorithm)
        return envelope, headers

    def verify(self, envelope: etree._Element) -> None:
        """Never called: replies are raw. Fails closed should that ever change."""
        raise RuntimeError("replies are proved by BxdChannel.prove, not here")


class BxdChannel:
    """A connection to one bank under one agreement. Not for use by several threads at once.

    Args:
        profile: the bank's particulars.
        agreement: ours with it.
        trust: the profile's anchors, see `load_trust`.
        signer: signs requests and, where `payload_signer` is None, their payload.
        tls_key: our certificate for the connection; None where the bank does not ask for one.
        payload_signer: signs ApplicationRequest where a bureau sends for its customer.

    Raises:
        Refused: `bank.no_target`: the bank wants a target id and the agreement names none.
    """

    def __init__(
        self,
        profile: Profile,
        agreement: Agreement,
        trust: BankTrust,
        clock: Clock,
        signer: Signer,
        tls_key: Pkcs12Key | None = None,
        payload_signer: Signer | None = None,
    ) -> None:
        if not (profile.service.receiver_id or agreement.target_id):
            raise Refused("bank.no_target", profile=profile.name)
        self._profile = profile
        self._agreement = agreement
        self._trust = trust
        self._clock = clock
        self._signer = signer
        self._payload_signer = payload_signer or signer
        self._connect(tls_key)

    def use(self, signer: Signer, tls_key: Pkcs12Key | None = None, trust: BankTrust | None = None) -> None:
        """From here on sign and connect with another key of ours; between two calls.

        Args:
            trust: in place of the former one, where keys that open answers, or the bank's, have changed as well.
        """
        former = self._transport
        self._trust = trust or self._trust
        self._signer = self._payload_signer = signer
        self._connect(tls_key)
        former.close()

    def _connect(self, tls_key: Pkcs12Key | None) -> None:
        self._transport = PinnedTransport(self._trust.tls_anchors, self._profile.transport_limits, tls_key)
        client = zeep.Client(
            _document(),
            wsse=EnvelopeSigner(self._signer, self._clock, self._profile.service.algorithm),
            transport=self._transport,
            settings=zeep.Settings(raw_response=True),
        )
        self._service = client.create_service(wire.BINDING, self._agreement.url or self._profile.service.url)

    @property
    def name(self) -> str:
        return f"bxd:{self._profile.name}"

    @property
    def certificate_expires(self) -> datetime:
        """When the first of our certificates ends, UTC."""
        ours = [self._signer.certificate, self._payload_signer.certificate]
        ours += [key.certificate for key in self._trust.rules.decryptors[:1]]
        return min(certificate.not_valid_after_utc for certificate in ours)

    def list_files(self, since: date | None, cursor: str = "") -> Listing:
        """See `Channel`. One call per wanted file type; the bank has no cursor."""
        found: list[FileRef] = []
        for file_type in self._profile.service.file_types or [""]:
            wanted = self._request("downloadFileList", file_type=file_type)
            wanted = replace(wanted, start_date=since, status=self._profile.service.list_status)
            reply = self._call("downloadFileList", wanted)
            found += self.prove_list(reply, reply.received_at)
        return Listing(tuple(found))

    def prove_list(self, reply: Reply, at: datetime) -> list[FileRef]:
        """The files a downloadFileList reply names, verified as of `at`; pure.

        Raises:
            RefusedReply: the reply did not hold.
            Refused: `bank.response_refused`.
        """
        application = self._answer(reply, at).application
        return [] if application is None else response.descriptors(application)

    def fetch(self, ref: FileRef) -> Reply:
        """See `Channel`."""
        wanted = self._request("downloadFile", file_type=ref.file_type)
        wanted = replace(wanted, file_references=(ref.reference,))
        return self._call("downloadFile", wanted, reference=ref.reference)

    def prove(self, reply: Reply, at: datetime) -> Proven:
        """See `Channel`."""
        return response.prove(reply, self._trust.rules, at)

    def acknowledge(self, ref: FileRef) -> None:
        """Nothing to say: the bank marks a file DLD when it is fetched, and still offers it under ALL."""

    def user_info(self) -> dict[str, object]:
        """See `Channel`; empty where the bank's service cannot tell."""
        if "getUserInfo" not in self._profile.service.operations:
            return {}
        reply = self._call("getUserInfo", self._request("getUserInfo"))
        application = self._answer(reply, reply.received_at).application
        return {} if application is None else response.user_info(application)

    def send(self, sending: Sending) -> Reply:
        """See `Channel`."""
        carried = compress(sending.content) if self._profile.service.compression else sending.content
        wanted = self._request("uploadFile", file_type=sending.file_type)
        # the serial, the same at every try, is what lets a bank recognise the same upload
        wanted = replace(wanted, content=carried, user_filename=sending.file_name, execution_serial=sending.request_id)
        return self._call("uploadFile", wanted, request_id=sending.request_id)

    def accepted(self, reply: Reply) -> str:
        """See `Channel`."""
        try:
            proven = self.prove(reply, reply.received_at)
        except Refused as error:
            if error.values.get("bank_code") in wire.DUPLICATES:
                return ""
            raise
        return proven.ref.reference if proven.ref else ""

    def delivered(self, sending: Sending) -> Delivery:
        """See `Channel`. The bank lists what was uploaded, under the names it was sent by."""
        wanted = replace(self._request("downloadFileList", file_type=sending.file_type), status="ALL")
        reply = self._call("downloadFileList", wanted)
        application = self._answer(reply, reply.received_at).application
        names = [] if application is None else response.file_names(application)
        return Delivery.ARRIVED if sending.file_name in names else Delivery.ABSENT

    def delete(self, ref: FileRef) -> None:
        """Remove an uploaded file that the bank has not processed yet.

        Raises:
            RefusedReply: the answer did not hold.
            Refused: `bank.response_refused`, `bank.no_such_operation`.
        """
        if "deleteFile" not in self._profile.service.operations:
            raise Refused("bank.no_such_operation", operation="deleteFile", profile=self._profile.name)
        wanted = replace(self._request("deleteFile", file_type=ref.file_type), file_references=(ref.reference,))
        reply = self._call("deleteFile", wanted, reference=ref.reference)
        self._answer(reply, reply.received_at)

    def close(self) -> None:
        self._transport.close()

    def _request(self, operation: str, file_type: str = "") -> ApplicationRequest:
        return ApplicationRequest(
            customer_id=self._agreement.customer_id,
            command=wire.COMMANDS[operation],
            timestamp=self._clock.now(),
            environment=self._profile.service.environment,
            software_id=SOFTWARE,
            service_id=self._profile.service.service_id,
            target_id=self._agreement.target_id,
            compression=self._profile.service.compression,
            file_type=file_type,
        )

    def _call(self, operation: str, wanted: ApplicationRequest, reference: str = "", request_id: str = "") -> Reply:
        """Ask; what comes back is unverified."""
        request = Request(request_id or new_id(), operation, self._clock.now(), reference)
        service = self._profile.service
        header = {
            "SenderId": self._agreement.sender_id or self._agreement.customer_id,
            "RequestId": request.request_id,
            "Timestamp": request.sent_at.replace(microsecond=0),
            "Language": service.language,
            "UserAgent": SOFTWARE,
            "ReceiverId": service.receiver_id or self._agreement.target_id,
        }
        payload = self._sealed(wanted.signed(self._payload_signer, service.algorithm))
        answer: HttpReply = self._service[operation](RequestHeader=header, ApplicationRequest=payload)
        reply = Reply(request, answer.content, self._clock.now(), answer.seen)
        if answer.too_large:
            limit = self._profile.transport_limits.message
            raise RefusedReply("bank.too_large", reply, limit=limit)
        return reply

    def _sealed(self, payload: bytes) -> bytes:
        """Encrypted to the bank, where it wants that.

        Raises:
            Refused: `bank.no_bank_certificate`, `bank.bank_certificate_ended`.
        """
        sealing, receiver = self._profile.encryption, self._trust.bank_encryption
        if sealing is None:
            return payload
        if receiver is None:
            raise Refused("bank.no_bank_certificate", profile=self._profile.name, file=sealing.bank_certificate)
        if receiver.not_valid_after_utc <= self._clock.now():
            until = f"{receiver.not_valid_after_utc:%Y-%m-%d}"
            raise Refused("bank.bank_certificate_ended", profile=self._profile.name, until=until)
        legacy = self._trust.rules.envelope.as_of(self._clock.now()).legacy
        return encrypt_document(
            payload, receiver, algorithm=sealing.content, transport=sealing.key_transport, legacy=legacy
        )

    def _answer(self, reply: Reply, at: datetime) -> response.Answer:
        try:
            return response.read_answer(reply, self._trust.rules, at)
        except Corrupt as error:
            raise RefusedReply.of(error, reply) from None


@cache
def _document() -> Document:
    """Our WSDL, parsed once per process."""
    location = str(wire.schema_folder() / "CorporateFileService.wsdl")
    return zeep.Client(location, transport=OwnFiles()).wsdl
