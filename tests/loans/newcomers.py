"""A shop that registers by itself, and whose requisites hold."""

from __future__ import annotations

from typing import Any

from gateway.core.requisites import with_key
from gateway.loans.registration import Newcomer, Segment
from tests.loans.house import BIC


def newcomer(name: str = "ООО «Диваны Севера»", **differently: Any) -> Newcomer:
    given: dict[str, Any] = {
        "inn": "7707083893",
        "kpp": "770701001",
        "account": with_key("40702810000000000009", BIC),
        "bic": BIC,
        "bank_name": "",
        "corr_account": "",
        "email": "sever@shop.example",
        "phone": "8 (916) 555-44-33",
        "region": "77",
        "site": "www.divany.example",
        "contact": "Ольга  Петровна",
        "segments": (Segment.FURNITURE,),
    }
    return Newcomer(name=name, **(given | differently))
