"""The sandbox lenders, from outside: made once, then decided for, paid out and made to misbehave, from any process."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.core.clock import Clock, business_date
from gateway.core.errors import Refused
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.sandbox import behave, lending, payouts
from gateway.loans.sandbox.books import Account, Books, account, fact, loan, put_fact
from gateway.loans.sandbox.payouts import DueBack, Payout

SOAP, REST = "sandbox-soap", "sandbox-rest"
LENDERS = (SOAP, REST)
POLICIES = ("wait", "approve", "decline")
RETURNS = ("deduct", "expect")
PAYS = ("committed", "signed")
_NAMES = {SOAP: "ООО «Песочница-Брокер»", REST: "АО «Песочница-Банк»"}
_USER = "kvit"
_Step = Callable[[sqlite3.Connection, Account, sqlite3.Row, datetime], sqlite3.Row]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an application stands at a lender.

    Attributes:
        application_id: ours.
        external_id: the lender's.
        agreement: its number, "" while there is none.
        offers: ids of the offers made.
    """

    lender: str
    application_id: str
    external_id: str
    state: LenderStatus
    version: int
    agreement: str
    offers: tuple[str, ...]


class LenderSandbox:
    """Both lenders of the folder `<home>/sandbox/lenders`.

    Args:
        home: the directory that holds `sandbox/`.
        clock: the machine's.
    """

    def __init__(self, home: Path, clock: Clock | None = None) -> None:
        self.folder = folder_of(home)
        self.books = Books(self.folder, clock)

    @classmethod
    def create(cls, home: Path, clock: Clock | None = None, *, hint_url: str = "") -> LenderSandbox:
        """New lenders with new tokens and secrets.

        Args:
            hint_url: where webhooks go, with "{lender}" for the lender's key; none are sent without it.

        Raises:
            Refused: `sandbox.exists`.
        """
        accounts = [
            Account(
                key=key,
                protocol=key.removeprefix("sandbox-"),
                name=_NAMES[key],
                user=_USER,
                token=secrets.token_urlsafe(24),
                hint_secret=secrets.token_urlsafe(24),
                hint_url=hint_url.replace("{lender}", key),
                policy="wait",
                returns="deduct",
                pays="committed",
            )
            for key in LENDERS
        ]
        Books.create(folder_of(home), accounts, clock)
        return cls(home, clock)

    def account(self, lender: str) -> Account:
        """Our contract with a lender, token and secret included.

        Raises:
            Refused: `sandbox.unknown_lender`, `sandbox.missing`.
        """
        with self.books.read() as db:
            return account(db, lender)

    def arrange(
        self, lender: str, *, policy: str | None = None, returns: str | None = None, pays: str | None = None
    ) -> None:
        """What a lender does by himself, see `books.Account`.

        Raises:
            Refused: `sandbox.unknown_lender`, `sandbox.bad_option`.
        """
        for option, value, known in (
            ("policy", policy, POLICIES), ("returns", returns, RETURNS), ("pays", pays, PAYS),
        ):  # fmt: skip
            if value is None:
                continue
            if value not in known:
                raise Refused("sandbox.bad_option", name=lender, option=option, value=value)
            with self.books.write() as db:
                account(db, lender)
                db.execute(f"UPDATE lenders SET {option} = ? WHERE key = ?", (value, lender))  # noqa: S608 - our own names

    def send_hints_to(self, url: str) -> None:
        """Where webhooks go from now on; see `create`."""
        with self.books.write() as db:
            for key in LENDERS:
                db.execute("UPDATE lenders SET hint_url = ? WHERE key = ?", (url.replace("{lender}", key), key))

    def move_clock(self, by: timedelta) -> None:
        """Move the lenders' time against the machine's."""
        with self.books.write() as db:
            put_fact(db, "clock_offset", float(fact(db, "clock_offset")) + by.total_seconds())

    def applications(self) -> list[Standing]:
        """All applications of both lenders, oldest first."""
        with self.books.read() as db:
            return [_standing(row) for row in db.execute("SELECT * FROM loans ORDER BY made, lender, id").fetchall()]

    def decide(
        self,
        lender: str,
        application: str,
        verdict: str,
        *,
        reason: str = "",
        wanted: Mapping[str, str] | None = None,
        offers: list[dict[str, Any]] | None = None,
    ) -> Standing:
        """Have a lender decide: "think", "approve", "needs_info" with `wanted`, or "decline", which after an approval
        takes the yes back.

        Args:
            application: our id of it or the lender's.
            offers: in place of the usual ones; see `offers.make_offers`.

        Raises:
            Refused: `sandbox.unknown_application`, `sandbox.no_such_step`.
        """

        def step(db: sqlite3.Connection, known: Account, row: sqlite3.Row, now: datetime) -> sqlite3.Row:
            return lending.decide(db, known, row, verdict, now, reason=reason, wanted=wanted, offers=offers)

        return self._step(lender, application, verdict, step)

    def change_offers(self, lender: str, application: str) -> Standing:
        """Have every offer changed; an agreement that was drawn up is void.

        Raises:
            Refused: `sandbox.unknown_application`, `sandbox.no_such_step`.
        """
        return self._step(
            lender, application, "change", lambda db, known, row, now: lending.change_offers(db, known, row)
        )

    def judge_original(self, lender: str, application: str, *, accepted: bool, reason: str = "") -> Standing:
        """Have the signed paper accepted or rejected.

        Raises:
            Refused: `sandbox.unknown_application`, `sandbox.no_such_step`.
        """

        def step(db: sqlite3.Connection, known: Account, row: sqlite3.Row, now: datetime) -> sqlite3.Row:
            return lending.judge_original(db, row, accepted, reason)

        return self._step(lender, application, "original", step)

    def say(self, lender: str, application: str, word: str) -> Standing:
        """Have a status written as `word`, whatever it is; "" for the honest one again.

        Raises:
            Refused: `sandbox.unknown_application`.
        """
        return self._step(
            lender, application, "say", lambda db, known, row, now: lending.change(db, row["id"], word=word)
        )

    def behave(self, lender: str, name: str, count: int = 1, **options: object) -> None:
        """Have something go wrong the next `count` times; see `behave`.

        Raises:
            Refused: `sandbox.unknown_behaviour`, `sandbox.unknown_option`, `sandbox.bad_option`,
                `sandbox.unknown_lender`.
        """
        with self.books.write() as db:
            account(db, lender)
            behave.add(db, lender, name, count, options)

    def queued(self, lender: str) -> list[tuple[str, int]]:
        """What is still to go wrong."""
        with self.books.read() as db:
            return behave.queued(db, lender)

    def calls(self, lender: str) -> list[tuple[str, str]]:
        """(operation, what went wrong or "") of every call, in order."""
        with self.books.read() as db:
            rows = db.execute("SELECT operation, answer FROM calls WHERE lender = ? ORDER BY id", (lender,))
            return [(row["operation"], row["answer"]) for row in rows]

    def close_day(self, lender: str, day: date | None = None) -> Payout | None:
        """Pay out what is due as one sum; None when nothing is.

        Raises:
            Refused: `sandbox.unknown_lender`.
        """
        with self.books.write() as db:
            known = account(db, lender)
            now = self.books.now(db)
            return payouts.close_day(db, known, day or business_date(now), now)

    def payouts(self, lender: str | None = None) -> list[Payout]:
        """Every lump sum, of one lender or of both: what the sandbox bank is to book."""
        with self.books.read() as db:
            return [one for key in LENDERS if lender in (None, key) for one in payouts.made(db, key)]

    def due_back(self, lender: str) -> list[DueBack]:
        """What a lender waits for from us, for goods that came back."""
        with self.books.read() as db:
            return payouts.due_back(db, account(db, lender))

    def money_came_back(self, lender: str, return_id: str) -> None:
        """Our payment for returned goods has arrived at the lender.

        Raises:
            Refused: `sandbox.unknown_application` when nothing of that id is waited for.
        """
        with self.books.write() as db:
            done = db.execute(
                "UPDATE returns SET back = 1 WHERE id = ? AND back = 0"
                " AND loan IN (SELECT id FROM loans WHERE lender = ?)",
                (return_id, lender),
            ).rowcount
            if not done:
                raise Refused("sandbox.unknown_application", application=return_id, lender=lender)

    def _step(self, lender: str, application: str, name: str, step: _Step) -> Standing:
        with self.books.write() as db:
            known = account(db, lender)
            row = loan(db, lender, application)
            if row is None:
                raise Refused("sandbox.unknown_application", application=application, lender=lender)
            try:
                return _standing(step(db, known, row, self.books.now(db)))
            except lending.Refusal as refusal:
                raise Refused("sandbox.no_such_step", step=name, state=row["state"], reason=refusal.code) from None


def folder_of(home: Path) -> Path:
    """Where the lenders' files are."""
    return home / "sandbox" / "lenders"


def _standing(row: sqlite3.Row) -> Standing:
    return Standing(
        lender=row["lender"],
        application_id=row["partner_id"],
        external_id=row["id"],
        state=LenderStatus(row["state"]),
        version=row["version"],
        agreement=json.loads(row["agreement"])["number"] if row["agreement"] else "",
        offers=tuple(one["id"] for one in json.loads(row["offers"])),
    )
