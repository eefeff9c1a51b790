"""What a customer's DirectBank messages must look like, element by element."""

from __future__ import annotations

from gateway.bank.sandbox.directbank import wire
from gateway.bank.sandbox.shapes import (
    Group,
    Leaf,
    Part,
    Text,
    among,
    base64_text,
    boolean,
    day,
    decimal,
    hexadecimal,
    instant,
    many,
    maybe,
    one,
    pattern,
    text,
)

_ID = text(255, 1)
_VERSION = text(12, 1)
_ACCOUNT = text(20, 1)
_SUM = decimal(18, 2)
_HEAD: dict[str, tuple[Leaf, bool]] = {
    "id": (_ID, True),
    "formatVersion": (_VERSION, True),
    "creationDate": (instant, True),
    "userAgent": (text(100), False),
}
_CUSTOMER = Group(
    attributes={
        "id": (text(50, 1), True),
        "name": (text(160), False),
        "inn": (text(12, 10), False),
        "kpp": (text(9, 9), False),
    }
)
_BANK_PARTY = Group(attributes={"bic": (text(9, 9), True), "name": (text(160), False)})
_PARTICIPANT = Group((one("Customer", _CUSTOMER), one("Bank", _BANK_PARTY)), choice=True)
_BANK = Group(
    (one("BIC", pattern(r"\d{9}")), maybe("Name", text(160)), maybe("City", text(30)), maybe("CorrespAcc", _ACCOUNT))
)
_DIGEST = Group((one("Data", Text(base64_text, {"algorithmVersion": (_VERSION, True)})),))
_PARTY = Group(
    (
        one("Name", text(1000)), maybe("INN", text(100)), maybe("KPP", text(9, 1)), maybe("Account", _ACCOUNT),
        one("Bank", _BANK),
    )
)  # fmt: skip
_BUDGET = Group(
    (
        maybe("DrawerStatus", text(2, 1)), maybe("CBC", text(20)), maybe("OKTMO", text(11, 1)),
        maybe("Reason", text(2, 1)), maybe("TaxPeriod", text(10, 1)), maybe("DocNo", text(15)),
        maybe("DocDate", text(10, 1)), maybe("PayType", text(2, 1)),
    )
)  # fmt: skip
_PAYMENT = Group(
    (
        one("DocNo", text(20, 1)), one("DocDate", day), one("Sum", _SUM), one("Payer", _PARTY), one("Payee", _PARTY),
        maybe("PaymentKind", text(15)), maybe("TransitionKind", text(2, 2)), maybe("Priority", text(1, 1)),
        maybe("Code", text(25)), maybe("IncomeTypeCode", text(1, 1)), one("Purpose", text(210)),
        maybe("BudgetPaymentInfo", _BUDGET),
    )
)  # fmt: skip


def _signed_by_customer(*parts: Part) -> Group:
    return Group((one("Sender", _CUSTOMER), one("Recipient", _BANK_PARTY), *parts), _HEAD)


_STATEMENT_REQUEST = Group(
    (
        one("StatementType", among("0", "1", "2")), one("DateFrom", instant), one("DateTo", instant),
        one("Account", _ACCOUNT), one("Bank", _BANK),
    )
)  # fmt: skip

DOCUMENTS = {
    wire.STATUS_REQUEST: ("StatusRequest", _signed_by_customer(one("ExtID", _ID))),
    wire.RECALL: (
        "CancelationRequest",
        _signed_by_customer(one("ExtID", _ID), maybe("Reason", text(1000)), maybe("Digest", _DIGEST)),
    ),
    wire.PROBE: ("Probe", _signed_by_customer(maybe("Digest", _DIGEST))),
    wire.PAYMENT_ORDER: ("PayDocRu", _signed_by_customer(one("Data", _PAYMENT), maybe("Digest", _DIGEST))),
    wire.STATEMENT_REQUEST: (
        "StatementRequest",
        _signed_by_customer(one("Data", _STATEMENT_REQUEST), maybe("Digest", _DIGEST)),
    ),
}
"""Kind of document → name of its root and its shape."""

X509_DATA = Group(
    (one("X509IssuerName", text(1000, 1)), one("X509SerialNumber", hexadecimal), one("X509Certificate", base64_text)),
    _HEAD,
)

_CONTENT_TYPES = among("application/xml", "application/octet-stream", "text/plain", "text/xml")
_DOCUMENT = Group(
    (
        one("Data", Text(base64_text, {"fileName": (text(255), False), "contentType": (_CONTENT_TYPES, False)})),
        many(
            "Signature",
            Group(
                (one("SignedData", base64_text),),
                {"x509IssuerName": (text(1000), True), "x509SerialNumber": (hexadecimal, True)},
            ),
            0,
        ),
    ),
    {
        "id": (_ID, True),
        "dockind": (text(2, 2), True),
        "formatVersion": (_VERSION, True),
        "extID": (_ID, False),
        **dict.fromkeys(("testOnly", "compressed", "encrypted", "signResponse"), (boolean, False)),
        "notifyRequired": (boolean, False),
    },
)
_FOOTPRINT = Group((many("IP", text(39), 0), many("MAC", text(17), 0)))


def packet(version: str) -> Group:
    """The container; SenderFootprint is new in 2.3.2."""
    more = (maybe("SenderFootprint", _FOOTPRINT),) if version == wire.NEWEST else ()
    return Group(
        (one("Sender", _PARTICIPANT), one("Recipient", _PARTICIPANT), many("Document", _DOCUMENT), *more), _HEAD
    )
