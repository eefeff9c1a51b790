"""What becomes of an application at a sandbox lender: the steps, checked strictly, whatever protocol asks for them.

Every step may come twice: the second time it answers with what is there. A change counts the version up, keeps the view
of it, and puts a webhook into the queue.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.core.clock import business_date, from_text, to_text
from gateway.core.money import Money
from gateway.loans.cooling import cooling_off
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.model import SigningWay
from gateway.loans.sandbox import behave, hooks
from gateway.loans.sandbox.agreement import draw_up
from gateway.loans.sandbox.books import Account, loan, next_number, put_loan
from gateway.loans.sandbox.offers import make_offers

_S = LenderStatus
DECIDING = (_S.RECEIVED, _S.THINKING, _S.NEEDS_INFO)
_OPEN = (*DECIDING, _S.APPROVED)
BEFORE_COMMIT = (*_OPEN, _S.AGREED, _S.SIGNED)
LENT = (_S.COMMITTED, _S.PAID_OUT)


class Refusal(Exception):
    """A step this lender does not take.

    Attributes:
        code: "not_found", "offer_gone", "wrong_state", "identity_not_checked", "cooling_off", "conflict", "too_much",
            "bad_request", "no_access".
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def submit(db: sqlite3.Connection, lender: Account, request: Mapping[str, Any], now: datetime) -> sqlite3.Row:
    """Take an application in; `request` has passed `intake.check`.

    The same id with the same content answers with what is there; with other content it is what we had asked to put
    right, or a conflict.
    """
    content = json.dumps(request, sort_keys=True, ensure_ascii=False)
    row = loan(db, lender.key, str(request["id"]))
    if row is None:
        loan_id = hashlib.sha256(f"{lender.key}:{next_number(db, 'loan')}:{request['id']}".encode()).hexdigest()[:16]
        db.execute(
            "INSERT INTO loans VALUES (?, ?, ?, ?, 0, ?, '', '', '[]', '{}', '', '', '', '', '', '', ?)",
            (loan_id, lender.key, request["id"], content, _S.RECEIVED.value, to_text(now)),
        )
        return change(db, loan_id, pending=_pending(lender))
    if row["request"] == content:
        return row
    if row["state"] != _S.NEEDS_INFO:
        raise Refusal("conflict")
    return change(db, row["id"], request=content, state=_S.THINKING.value, wanted={}, pending=_pending(lender))


def look(db: sqlite3.Connection, lender: Account, given: str, now: datetime) -> sqlite3.Row:
    """An application as it stands; what this lender decides by himself he decides now.

    Raises:
        Refusal: not_found.
    """
    row = _known(db, lender, given)
    if row["pending"] and row["state"] in DECIDING:
        return decide(db, lender, row, row["pending"], now)
    return row


def decide(
    db: sqlite3.Connection,
    lender: Account,
    row: sqlite3.Row,
    verdict: str,
    now: datetime,
    *,
    reason: str = "",
    wanted: Mapping[str, str] | None = None,
    offers: list[dict[str, Any]] | None = None,
) -> sqlite3.Row:
    """Decide on an application, or decide anew.

    Args:
        verdict: "think", "approve", "needs_info", "decline".
        offers: in place of this lender's usual ones; see `offers.make_offers`.

    Raises:
        Refusal: wrong_state.
    """
    if verdict == "decline":
        if row["state"] not in BEFORE_COMMIT:
            raise Refusal("wrong_state")
        made = json.loads(row["offers"])
        state = _S.REVOKED if made else _S.DECLINED
        return change(db, row["id"], state=state.value, reason=reason or "Отказ банка", pending="")
    if row["state"] not in (_OPEN if verdict == "approve" else DECIDING):
        raise Refusal("wrong_state")
    if verdict == "think":
        return change(db, row["id"], state=_S.THINKING.value, pending="")
    if verdict == "needs_info":
        return change(db, row["id"], state=_S.NEEDS_INFO.value, wanted=dict(wanted or {}), reason=reason, pending="")
    made = offers if offers is not None else usual_offers(db, lender, row, now)
    return change(db, row["id"], state=_S.APPROVED.value, offers=made, wanted={}, reason=reason, pending="")


def usual_offers(db: sqlite3.Connection, lender: Account, row: sqlite3.Row, now: datetime) -> list[dict[str, Any]]:
    """What this lender offers for an application."""
    request = json.loads(row["request"])
    wrong = behave.take(db, lender.key, "wrong-psk")
    off = Decimal(wrong.options["points"]) if wrong else Decimal(0)
    return make_offers(
        lender.protocol, Money(request["goods"] - request["down"]), request["months"], business_date(now), off
    )


def accept(
    db: sqlite3.Connection, lender: Account, given: str, offer_id: str, way: SigningWay, now: datetime
) -> sqlite3.Row:
    """An offer and a way of signing were chosen: the agreement is drawn up at once.

    Raises:
        Refusal: not_found, wrong_state, offer_gone.
    """
    row = _known(db, lender, given)
    if row["agreement"] and row["offer_id"] == offer_id and row["way"] == way:
        return row
    if row["state"] != _S.APPROVED:
        raise Refusal("wrong_state")
    if behave.take(db, lender.key, "changed-offer"):
        row = change_offers(db, lender, row)
    offer = next((one for one in json.loads(row["offers"]) if one["id"] == offer_id), None)
    if offer is None or way not in offer["ways"] or date.fromisoformat(offer["until"]) < business_date(now):
        raise Refusal("offer_gone")
    made = draw_up(db, lender, row, offer, business_date(now))
    row = change(db, row["id"], state=_S.AGREED.value, offer_id=offer_id, way=way.value, agreement=made)
    if behave.take(db, lender.key, "late-refusal"):
        decide(db, lender, row, "decline", now, reason="Отказ после проверки")
    return row


def change_offers(db: sqlite3.Connection, lender: Account, row: sqlite3.Row) -> sqlite3.Row:
    """Every offer costs a little more than before, under another id.

    Raises:
        Refusal: wrong_state.
    """
    if row["state"] not in (_S.APPROVED, _S.AGREED):
        raise Refusal("wrong_state")
    dearer = [
        {**one, "id": f"{one['id']}-{row['version']}", "rate": str(Decimal(one["rate"]) + 1), "psk": ""}
        for one in json.loads(row["offers"])
    ]
    return change(db, row["id"], state=_S.APPROVED.value, offers=dearer, offer_id="", way="", agreement="")


def signed(
    db: sqlite3.Connection, lender: Account, given: str, at: datetime, identity_checked: bool, now: datetime
) -> sqlite3.Row:
    """The buyer has signed; from now on the cooling-off period runs, if there is one.

    Raises:
        Refusal: not_found, wrong_state, identity_not_checked, bad_request.
    """
    row = _known(db, lender, given)
    again = row["state"] == _S.SIGNED and row["original"] == "rejected"
    if row["state"] in (_S.SIGNED, *LENT) and not again:
        return row
    if row["state"] != _S.AGREED and not again:
        raise Refusal("wrong_state")
    if not identity_checked:
        raise Refusal("identity_not_checked")
    if at > now + timedelta(minutes=5):
        raise Refusal("bad_request")
    made = json.loads(row["agreement"])
    until = cooling_off(Money(made["loan"]), SigningWay(row["way"]), at, None)
    longer = behave.take(db, lender.key, "cooling-off")
    if longer:
        until = at + timedelta(hours=float(longer.options["hours"]))
    made["cooling_until"] = to_text(until) if until else ""
    return change(db, row["id"], state=_S.SIGNED.value, agreement=made, original="", waybill="")


def original_sent(db: sqlite3.Connection, lender: Account, given: str, waybill: str) -> sqlite3.Row:
    """The paper is on its way.

    Raises:
        Refusal: not_found, wrong_state.
    """
    row = _known(db, lender, given)
    if row["waybill"] == waybill:
        return row
    if row["state"] not in (_S.SIGNED, *LENT) or row["original"] == "accepted":
        raise Refusal("wrong_state")
    return change(db, row["id"], waybill=waybill, original="")


def judge_original(db: sqlite3.Connection, row: sqlite3.Row, accepted: bool, reason: str) -> sqlite3.Row:
    """The paper was looked through.

    Raises:
        Refusal: wrong_state.
    """
    if row["state"] not in (_S.SIGNED, *LENT) or not row["waybill"]:
        raise Refusal("wrong_state")
    return change(db, row["id"], original="accepted" if accepted else "rejected", reason=reason)


def commit(db: sqlite3.Connection, lender: Account, given: str, now: datetime) -> sqlite3.Row:
    """The buyer has the goods: the loan runs, and is in the next payout.

    Raises:
        Refusal: not_found, wrong_state, cooling_off.
    """
    row = _known(db, lender, given)
    if row["state"] in LENT:
        return row
    if row["state"] != _S.SIGNED:
        raise Refusal("wrong_state")
    if is_cooling_off(row, now):
        raise Refusal("cooling_off")
    return change(db, row["id"], state=_S.COMMITTED.value)


def cancel(db: sqlite3.Connection, lender: Account, given: str, reason: str) -> sqlite3.Row:
    """The application was taken back.

    Raises:
        Refusal: not_found, wrong_state.
    """
    row = _known(db, lender, given)
    if row["state"] in (_S.CANCELLED, _S.DECLINED, _S.REVOKED):
        return row
    if row["state"] not in BEFORE_COMMIT:
        raise Refusal("wrong_state")
    return change(db, row["id"], state=_S.CANCELLED.value, reason=reason, pending="")


def returned(db: sqlite3.Connection, lender: Account, given: str, return_id: str, amount: int) -> sqlite3.Row:
    """Goods came back: so much of the transfer is the lender's again.

    Raises:
        Refusal: not_found, wrong_state, conflict, too_much.
    """
    row = _known(db, lender, given)
    known = db.execute("SELECT amount FROM returns WHERE loan = ? AND id = ?", (row["id"], return_id)).fetchone()
    if known is not None:
        if known["amount"] != amount:
            raise Refusal("conflict")
        return row
    if row["state"] not in LENT:
        raise Refusal("wrong_state")
    before = db.execute("SELECT coalesce(sum(amount), 0) FROM returns WHERE loan = ?", (row["id"],)).fetchone()[0]
    if amount < 1 or before + amount > transfer_of(row):
        raise Refusal("too_much")
    db.execute("INSERT INTO returns (loan, id, amount) VALUES (?, ?, ?)", (row["id"], return_id, amount))
    return change(db, row["id"])


def document(db: sqlite3.Connection, lender: Account, given: str, document_id: str) -> bytes:
    """A paper.

    Raises:
        Refusal: not_found.
    """
    row = _known(db, lender, given)
    found = db.execute("SELECT content FROM documents WHERE loan = ? AND id = ?", (row["id"], document_id)).fetchone()
    if found is None:
        raise Refusal("not_found")
    return bytes(found["content"])


def transfer_of(row: sqlite3.Row) -> int:
    """Kopecks this lender transfers for a loan: L - X."""
    made = json.loads(row["agreement"])
    return int(made["loan"] - made["discount"])


def is_cooling_off(row: sqlite3.Row, now: datetime) -> bool:
    """Whether the buyer of a signed loan may still decline it without cost."""
    until = json.loads(row["agreement"])["cooling_until"]
    return bool(until) and from_text(until) > now


def change(db: sqlite3.Connection, loan_id: str, **values: Any) -> sqlite3.Row:
    """Change a loan: a new version, its view, and a webhook about it."""
    before = db.execute("SELECT lender, version FROM loans WHERE id = ?", (loan_id,)).fetchone()
    put_loan(db, loan_id, {**values, "version": before["version"] + 1})
    row: sqlite3.Row = db.execute("SELECT * FROM loans WHERE id = ?", (loan_id,)).fetchone()
    content = json.dumps(view_of(row), ensure_ascii=False)
    db.execute("INSERT INTO views VALUES (?, ?, ?)", (loan_id, row["version"], content))
    hooks.put(db, row)
    return row


def view_of(row: sqlite3.Row) -> dict[str, Any]:
    """A loan as it is told, before a protocol writes it down."""
    return {
        "id": row["id"],
        "partner_id": row["partner_id"],
        "version": row["version"],
        "state": _told(row),
        "word": row["word"],
        "reason": row["reason"],
        "offers": json.loads(row["offers"]),
        "wanted": json.loads(row["wanted"]),
        "agreement": json.loads(row["agreement"]) if row["agreement"] else None,
        "original": row["original"],
    }


def _told(row: sqlite3.Row) -> str:
    """The status: while nothing further has happened, what was made of the paper."""
    if row["state"] == _S.SIGNED and row["original"]:
        return f"original_{row['original']}"
    return str(row["state"])


def _known(db: sqlite3.Connection, lender: Account, given: str) -> sqlite3.Row:
    row = loan(db, lender.key, given)
    if row is None:
        raise Refusal("not_found")
    return row


def _pending(lender: Account) -> str:
    return "" if lender.policy == "wait" else lender.policy
