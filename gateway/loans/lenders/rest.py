"""A lender with a JSON interface, in the shape of the public POS-credit interfaces: sums in kopecks, one resource per
application, webhooks signed with a shared secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from cryptography import x509

from gateway.bank.outside import Pace
from gateway.bank.transport import HttpReply, Limits
from gateway.core.clock import to_text
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans.lenders import rest_answer, webhook
from gateway.loans.lenders.https import LIMITS, LenderHttps
from gateway.loans.lenders.ports import Hint, LenderView, LoanRequest
from gateway.loans.lenders.words import REST
from gateway.loans.model import SigningWay

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")


class RestLender:
    """See `ports.Lender`.

    Args:
        key: short name in configuration and rows.
        url: of the service, up to and with its version.
        token: gives the bearer token, from the vault, at each call.
        hint_secret: gives what webhooks are signed with.
        anchors: see `LenderHttps`.

    Raises:
        Refused: `lender.insecure_address`.
    """

    def __init__(
        self,
        key: str,
        url: str,
        token: Callable[[], str],
        hint_secret: Callable[[], str],
        anchors: Iterable[x509.Certificate] | None = None,
        limits: Limits = LIMITS,
        pace: Pace | None = None,
    ) -> None:
        self.key = key
        self._token = token
        self._hint_secret = hint_secret
        self._https = LenderHttps(key, url, anchors, limits, pace, accept="application/json, application/pdf")

    def __repr__(self) -> str:
        return f"<RestLender {self.key}>"

    def submit(self, request: LoanRequest) -> LenderView:
        return self._view("POST", "/applications", _application(request))

    def view(self, application_id: str, external_id: str) -> LenderView:
        if external_id:
            return self._view("GET", _path(external_id))
        return self._view("GET", f"/applications?{urlencode({'externalId': application_id})}")

    def accept(self, external_id: str, offer_id: str, way: SigningWay) -> LenderView:
        return self._tell(external_id, "accept", {"offerId": offer_id, "signingType": REST.ways[way]})

    def document(self, external_id: str, document_id: str) -> bytes:
        return self._call("GET", f"{_path(external_id)}/documents/{quote(document_id, safe='')}").content

    def signed(self, external_id: str, at: datetime, identity_checked: bool) -> LenderView:
        return self._tell(external_id, "signed", {"signedAt": to_text(at), "identityChecked": identity_checked})

    def original_sent(self, external_id: str, waybill: str) -> LenderView:
        return self._tell(external_id, "originals", {"waybill": waybill})

    def commit(self, external_id: str) -> LenderView:
        return self._tell(external_id, "commit", {})

    def cancel(self, external_id: str, reason: str) -> LenderView:
        return self._tell(external_id, "cancel", {"reason": reason})

    def returned(self, external_id: str, return_id: str, amount: Money) -> LenderView:
        return self._tell(external_id, "returns", {"returnId": return_id, "amount": amount.kopecks})

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        webhook.verify(self.key, headers, body, self._hint_secret())
        external_id = rest_answer.read_hint(body)
        if not external_id:
            raise Refused("lender.hint_unreadable", lender=self.key)
        return Hint(external_id)

    def close(self) -> None:
        self._https.close()

    def _tell(self, external_id: str, what: str, content: Mapping[str, Any]) -> LenderView:
        return self._view("POST", f"{_path(external_id)}/{what}", content)

    def _view(self, verb: str, path: str, content: Mapping[str, Any] | None = None) -> LenderView:
        return rest_answer.read_view(self.key, self._call(verb, path, content).content)

    def _call(self, verb: str, path: str, content: Mapping[str, Any] | None = None) -> HttpReply:
        headers = {"Authorization": f"Bearer {self._token()}"}
        body = None
        if content is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(content, ensure_ascii=False).encode()
        reply = self._https.exchange(verb, path, headers, body)
        status = int(reply.seen["status"])
        if status in (200, 201):
            return reply
        code = rest_answer.read_error(reply.content)
        if status == 404 and code == "not_found":
            raise Refused("lender.unknown_application", lender=self.key)
        if 400 <= status < 500 and _CODE.fullmatch(code):
            raise Refused("lender.refused", lender=self.key, reason=code)
        raise self._https.fault(reply)


def _path(external_id: str) -> str:
    return f"/applications/{quote(external_id, safe='')}"


def _application(request: LoanRequest) -> dict[str, Any]:
    return {
        "externalId": request.id,
        "number": request.number,
        "shop": request.shop_key,
        "orderNumber": request.shop_order,
        "items": [
            {
                "name": line.name,
                "category": line.category,
                "quantityThousandths": line.qty,
                "price": line.price.kopecks,
                "amount": line.amount.kopecks,
            }
            for line in request.basket
        ],
        "goodsAmount": request.goods.kopecks,
        "downPayment": request.down.kopecks,
        "termMonths": request.months,
        "region": request.region,
        "person": dict(request.person),
    }
