"""The same document in another bank line: recognised by what the payer's order says, never by the text."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from gateway.core.text import name_key
from gateway.matching.facts import PaymentIn
from gateway.matching.parties import BANK_ACCOUNTS

DocumentKey = tuple[str, str, str, date, int, str]


def document_key(payment: PaymentIn) -> DocumentKey | None:
    """What makes a payment order one and the same; None when the bank gives too little to tell.

    Own account, payer's account, number, date and sum. Behind a bank's transit account hundreds of individuals pay
    with numbers of the bank's own, so there the payer's name belongs to the key.
    """
    number = payment.doc_no.strip().lstrip("0")
    if not number or payment.doc_date is None or not payment.payer_account:
        return None
    name = name_key(payment.payer_name) if payment.payer_account.startswith(BANK_ACCOUNTS) else ""
    return (payment.account, payment.payer_account, number, payment.doc_date, payment.amount.kopecks, name)


class DuplicateLookup(Protocol):
    """Knows the documents seen before."""

    def earlier(self, payment: PaymentIn) -> str | None:
        """The id of an earlier payment, another bank line, with the same document; None when there is none."""


class MemoryDuplicates:
    """Documents seen, in a dictionary."""

    def __init__(self) -> None:
        self._seen: dict[DocumentKey, str] = {}
        self._asked: tuple[PaymentIn | None, DocumentKey | None] = (None, None)  # is recorded next, as a rule

    def earlier(self, payment: PaymentIn) -> str | None:
        key = document_key(payment)
        self._asked = payment, key
        found = None if key is None else self._seen.get(key)
        return None if found == payment.id else found

    def record(self, payment: PaymentIn) -> None:
        """Remember the document; the first line with it stays the one later ones repeat."""
        asked, key = self._asked
        if asked is not payment:
            key = document_key(payment)
        if key is not None:
            self._seen.setdefault(key, payment.id)
