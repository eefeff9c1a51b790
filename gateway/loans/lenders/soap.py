"""A lender with a SOAP interface, in the shape of the POS-credit brokers: user and token in every request.

zeep builds the message from our WSDL and nothing more: replies come back as bytes and are read by `soap_answer`, from
a tree without DTD. It verifies no signature, and none is relied on: what proves the lender is TLS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import zeep
from cryptography import x509

from gateway.bank.outside import Pace
from gateway.bank.transport import HttpReply, Limits
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans.lenders import soap_answer, soap_wire, webhook
from gateway.loans.lenders.errors import UnreadableAnswer
from gateway.loans.lenders.https import LIMITS, LenderHttps
from gateway.loans.lenders.ports import Hint, LenderView, LoanRequest
from gateway.loans.lenders.words import SOAP
from gateway.loans.model import SigningWay

T = TypeVar("T")
_NOT_FOUND = "NotFound"
_OURS = "Client."  # "Client.OfferGone": the caller's fault, with the service's own word behind it
_NOT_LET_IN = "Client.Access"


class SoapLender:
    """See `ports.Lender`.

    Args:
        key: short name in configuration and rows.
        url: of the service.
        user: our userID at the broker.
        token: gives the userToken, from the vault, at each call.
        hint_secret: gives what notices are signed with.
        anchors: see `LenderHttps`.

    Raises:
        Refused: `lender.insecure_address`.
    """

    def __init__(
        self,
        key: str,
        url: str,
        user: str,
        token: Callable[[], str],
        hint_secret: Callable[[], str],
        anchors: Iterable[x509.Certificate] | None = None,
        limits: Limits = LIMITS,
        pace: Pace | None = None,
    ) -> None:
        self.key = key
        self._user = user
        self._token = token
        self._hint_secret = hint_secret
        self._https = LenderHttps(key, url, anchors, limits, pace, accept="text/xml")
        untyped: Any = zeep.Client
        client = untyped(
            soap_wire.document(),
            transport=soap_wire.LenderTransport(self._https),
            settings=zeep.Settings(raw_response=True),
        )
        self._service = client.create_service(soap_wire.BINDING, self._https.url)

    def __repr__(self) -> str:
        return f"<SoapLender {self.key}>"

    def submit(self, request: LoanRequest) -> LenderView:
        return self._view("createApplication", application=_application(request))

    def view(self, application_id: str, external_id: str) -> LenderView:
        if external_id:
            return self._view("getStatus", creditID=external_id)
        return self._view("getStatus", partnerID=application_id)

    def accept(self, external_id: str, offer_id: str, way: SigningWay) -> LenderView:
        return self._view("acceptOffer", creditID=external_id, offerID=offer_id, signing=SOAP.ways[way])

    def document(self, external_id: str, document_id: str) -> bytes:
        reply = self._call("getDocument", creditID=external_id, documentID=document_id)
        return self._read(soap_answer.read_content, reply)

    def signed(self, external_id: str, at: datetime, identity_checked: bool) -> LenderView:
        return self._view("confirmSigning", creditID=external_id, signedAt=at, passportChecked=identity_checked)

    def original_sent(self, external_id: str, waybill: str) -> LenderView:
        return self._view("sendOriginals", creditID=external_id, waybill=waybill)

    def commit(self, external_id: str) -> LenderView:
        return self._view("confirmIssue", creditID=external_id)

    def cancel(self, external_id: str, reason: str) -> LenderView:
        return self._view("cancelApplication", creditID=external_id, reason=reason)

    def returned(self, external_id: str, return_id: str, amount: Money) -> LenderView:
        return self._view("returnGoods", creditID=external_id, returnID=return_id, amount=_roubles(amount))

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        webhook.verify(self.key, headers, body, self._hint_secret())
        external_id = soap_answer.read_hint(body)
        if not external_id:
            raise Refused("lender.hint_unreadable", lender=self.key)
        return Hint(external_id)

    def close(self) -> None:
        self._https.close()

    def _view(self, operation: str, **content: Any) -> LenderView:
        return self._read(soap_answer.read_view, self._call(operation, **content))

    def _call(self, operation: str, **content: Any) -> HttpReply:
        reply: HttpReply = self._service[operation](userID=self._user, userToken=self._token(), **content)
        return reply

    def _read(self, read: Callable[[str, bytes], T], reply: HttpReply) -> T:
        try:
            return read(self.key, reply.content)
        except soap_answer.Fault as fault:
            raise self._refusal(fault, reply) from None
        except UnreadableAnswer:
            if reply.seen["status"] != "200":
                raise self._https.fault(reply) from None  # an error page is no answer of the service
            raise

    def _refusal(self, fault: soap_answer.Fault, reply: HttpReply) -> Exception:
        if fault.code == _OURS + _NOT_FOUND:
            return Refused("lender.unknown_application", lender=self.key)
        if fault.code == _NOT_LET_IN:
            return Refused("lender.forbidden", lender=self.key, status=fault.code)
        if fault.code.startswith(_OURS) and fault.code.replace(".", "").isalnum() and len(fault.code) <= 60:
            return Refused("lender.refused", lender=self.key, reason=fault.code.removeprefix(_OURS))
        return self._https.fault(reply)


def _application(request: LoanRequest) -> Mapping[str, Any]:
    return {
        "partnerID": request.id,
        "number": request.number,
        "shop": request.shop_key,
        "orderNumber": request.shop_order,
        "good": [
            {
                "name": line.name,
                "category": line.category,
                "quantity": Decimal(line.qty) / 1000,
                "price": _roubles(line.price),
                "amount": _roubles(line.amount),
            }
            for line in request.basket
        ],
        "goodsAmount": _roubles(request.goods),
        "firstPayment": _roubles(request.down),
        "term": request.months,
        "region": request.region,
        "clientField": [{"name": name, "value": value} for name, value in request.person.items()],
    }


def _roubles(amount: Money) -> Decimal:
    """xsd:decimal with exactly two places."""
    return Decimal(amount.decimal_text())
