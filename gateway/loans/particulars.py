"""What a shop tells of itself, checked field by field, so that a form can say at each field what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gateway.core.contacts import check_email, check_phone
from gateway.core.errors import Refused
from gateway.core.requisites import check_account, check_bic, check_correspondent, check_inn, check_kpp
from gateway.core.text import fold
from gateway.store.schema import dumps

if TYPE_CHECKING:
    from gateway.loans.shops import NewShop

_KEY = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")
_REGION = re.compile(r"[0-9]{2}")
_HERE = frozenset({"localhost", "127.0.0.1"})
_COMPANY_INN = 10


class Particulars:
    """A shop's particulars as they are kept.

    Attributes:
        values: the columns, by name; only those that hold.
        faults: what is wrong, by the field of `NewShop`, in the order of the form. Of an account it cannot be told
            while the БИК is wrong, so it is not.
    """

    def __init__(self, shop: NewShop) -> None:
        self.values: dict[str, Any] = {}
        self.faults: dict[str, Refused] = {}
        with self._of("name"):
            self.values["name"] = _named(shop.name)
        with self._of("inn"):
            self.values["inn"] = check_inn(shop.inn)
        with self._of("kpp"):
            of_a_company = len(self.values.get("inn", "")) == _COMPANY_INN
            self.values["kpp"] = check_kpp(shop.kpp) if of_a_company or shop.kpp else ""
        with self._of("region"):
            self.values["region"] = _region(shop.region)
        self._bank(shop)
        with self._of("email"):
            self.values["email"] = check_email(shop.email)
        with self._of("phone"):
            self.values["phone"] = check_phone(shop.phone)
        with self._of("sites"):
            self.values["sites"] = dumps([_origin(site) for site in shop.sites])
        with self._of("risk_limit"):
            self.values["risk_limit"] = _limit(shop.risk_limit.kopecks)
        self.values |= {
            "bank_name": " ".join(shop.bank_name.split())[:200],
            "own": int(shop.own),
            "trusts_lender": int(shop.trusts_lender),
            "contract": shop.contract.strip()[:200],
        }
        if not self.faults:
            self.values["search"] = fold(f"{shop.key} {self.values['name']} {self.values['inn']}")

    def columns(self) -> dict[str, Any]:
        """The columns of a shop nothing is wrong with.

        Raises:
            Refused: the first fault.
        """
        for fault in self.faults.values():
            raise fault
        return self.values

    def _bank(self, shop: NewShop) -> None:
        with self._of("bic"):
            self.values["bic"] = check_bic(shop.bic)
        bic = self.values.get("bic")
        if bic is None:
            return
        with self._of("corr_account"):
            self.values["corr_account"] = check_correspondent(shop.corr_account, bic) if shop.corr_account else ""
        with self._of("account"):
            self.values["account"] = check_account(shop.account, bic, self.values.get("corr_account", ""))

    @contextmanager
    def _of(self, field: str) -> Iterator[None]:
        """What is refused inside is the fault of `field`."""
        try:
            yield
        except Refused as fault:
            self.faults[field] = fault


def check_key(key: str) -> str:
    """A shop's short name.

    Raises:
        Refused: `shop.bad_key`.
    """
    if not _KEY.fullmatch(key):
        raise Refused("shop.bad_key", key=key[:40])
    return key


def _named(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refused("shop.no_name")
    return name[:200]


def _region(text: str) -> str:
    if not _REGION.fullmatch(text):
        raise Refused("shop.bad_region", region=text[:20])
    return text


def _limit(kopecks: int) -> int:
    if kopecks < 0:
        raise Refused("shop.bad_limit")
    return kopecks


def _origin(site: str) -> str:
    """An origin as browsers send it: scheme, host in ASCII ("xn--…" of "магазин.рф"), a port that is not the scheme's
    own, nothing behind."""
    try:
        parts = urlsplit(site.strip().lower())
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError:  # a UnicodeError is one
        raise Refused("shop.bad_site", site=site[:80]) from None
    plain_here = parts.scheme == "http" and host in _HERE
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if not host or not bare or not (parts.scheme == "https" or plain_here):
        raise Refused("shop.bad_site", site=site[:80])
    return f"{parts.scheme}://{host}:{port}" if port not in (None, 443) else f"{parts.scheme}://{host}"
