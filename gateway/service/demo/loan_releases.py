"""Goods that were released although the rule did not hold, counted anew.

Not by asking the rule again, but from what was written down at the time: the journal's rows in their order, the checks
of passports, and the allocations of the lenders' money with the evidence of their statement lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from gateway.loans.agreement_rows import GOODS_GONE
from gateway.loans.model import SigningWay
from gateway.loans.papers import GoodsState
from gateway.loans.stage import settlement_subject
from gateway.loans.tables import agreements, applications, identity_checks, shops
from gateway.matching.tables import allocations
from gateway.payments.tables import entries
from gateway.store.schema import AnyRow, journal

_LEFT = {*GOODS_GONE, GoodsState.RETURNED}
_SIGNED, _FAULTY = "agreement.signed", "agreement.found_faulty"
_RELEASED, _ENDED, _SAID = "goods.released", "loan.ended", "lender.said"
_NO = {"declined", "revoked", "cancelled"}


@dataclass(frozen=True, slots=True)
class _Noted:
    """A row of the journal."""

    seq: int
    at: str
    kind: str
    body: dict[str, Any]


class Releases:
    """Every release of goods bought on credit, as the books tell it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = connection.execute(
            select(
                agreements,
                applications.c.goods.label("price"),
                applications.c.down,
                shops.c.trusts_lender,
                shops.c.risk_limit,
            )
            .join(applications, applications.c.id == agreements.c.application_id)
            .join(shops, shops.c.id == agreements.c.shop_id)
        ).all()
        self._noted: dict[str, list[_Noted]] = {}
        for row in connection.execute(
            select(journal)
            .where(journal.c.kind.in_((_SIGNED, _FAULTY, _RELEASED, _ENDED, _SAID)))
            .order_by(journal.c.seq)
        ):
            self._noted.setdefault(row.subject, []).append(_Noted(row.seq, row.at, row.kind, json.loads(row.body)))

    def wrong(self) -> list[str]:
        """Numbers of the agreements whose goods were let go, or have left, without everything that is asked for."""
        return [
            row.number
            for row in self._rows
            if (row.goods in _LEFT and not self._of(row)) or any(not self._holds(row, one) for one in self._of(row))
        ]

    def count(self) -> int:
        """How many releases there were."""
        return sum(len(self._of(row)) for row in self._rows)

    def _of(self, row: AnyRow) -> list[_Noted]:
        return [one for one in self._about(row) if one.kind == _RELEASED]

    def _holds(self, row: AnyRow, release: _Noted) -> bool:
        return (
            self._stands(row, release)
            and self._signed(row, release)
            and row.price == row.down + row.loan
            and row.loan == row.discount + row.transfer
            and (self._money(row, release.at) == row.transfer or self._trusted(row, release))
        )

    def _stands(self, row: AnyRow, release: _Noted) -> bool:
        """Nobody had ended it, and its lender had last said yes."""
        before = [one for one in self._noted.get(f"loan:{row.application_id}", []) if one.seq < release.seq]
        said = [one.body["status"] for one in before if one.kind == _SAID and one.body["lender"] == row.lender]
        return all(one.kind != _ENDED for one in before) and bool(said) and said[-1] not in _NO

    def _signed(self, row: AnyRow, release: _Noted) -> bool:
        """Signed after a passport that fitted, found right so far, and no longer to be declined without cost."""
        papers = [one for one in self._about(row) if one.seq < release.seq and one.kind in (_SIGNED, _FAULTY)]
        if not papers or papers[-1].kind == _FAULTY:
            return False
        signature = papers[-1]
        since = papers[-2].at if len(papers) > 1 else ""
        checks = self._connection.execute(
            select(identity_checks.c.at).where(
                identity_checks.c.agreement_id == row.id,
                identity_checks.c.number_matches == 1,
                identity_checks.c.photo_matches == 1,
            )
        ).scalars()
        until = signature.body["cooling_until"]
        return any(since < at <= signature.at for at in checks) and (until is None or until <= release.at)

    def _money(self, row: AnyRow, at: str) -> int:
        """What signed statement lines had paid of it by then."""
        query = (
            select(allocations.c.amount)
            .join(entries, entries.c.id == allocations.c.payment_id)
            .where(allocations.c.invoice_id == row.invoice_id, allocations.c.at <= at, entries.c.evidence == "signed")
        )
        return sum(self._connection.execute(query).scalars())

    def _trusted(self, row: AnyRow, release: _Noted) -> bool:
        """Before the money: at the counter, or where the shop trusts the lender; within the shop's limit, if any."""
        if row.signing_way != SigningWay.CLERK and not row.trusts_lender:
            return False
        out = sum(self._out_unpaid(row, release))
        return not row.risk_limit or out + row.price <= row.risk_limit

    def _out_unpaid(self, row: AnyRow, release: _Noted) -> Iterator[int]:
        """Prices of the shop's other goods that were out by then, and not paid for by lenders."""
        for other in self._rows:
            released = any(one.seq < release.seq for one in self._of(other))
            same_shop = other.shop_id == row.shop_id and other.id != row.id
            if same_shop and released and self._money(other, release.at) < other.transfer:
                yield other.price

    def _about(self, row: AnyRow) -> list[_Noted]:
        return self._noted.get(settlement_subject(row.id), [])
