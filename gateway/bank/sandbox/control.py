"""The sandbox bank by remote control: what the command line, the tests and the demo move it with.

    sandbox, enrolment = Sandbox.create(home)
    with launch(home):  # gateway.bank.sandbox.launch
        ref = sandbox.pay(invoice="125", amount=Money.parse("12500"), payer="ООО «Багет»", inn="7728168971")
        sandbox.behave("forged-signature")
        sandbox.reverse(ref)
        sandbox.close_day()

Everything here works on the bank's books directly, from any process, whether its server runs or not; the server shows
the result at its next request.
"""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.bank.sandbox import behave, engine, enrol, files, orders, signers, statements
from gateway.bank.sandbox.books import Account, Books, accounts, add_account, fact, put_fact
from gateway.bank.sandbox.directbank import notices, packets, sessions, statement, wire
from gateway.bank.sandbox.engine import Payment
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.sandbox.files import StoredFile
from gateway.bank.sandbox.server import LISTENING
from gateway.bank.statement import Party
from gateway.core.clock import Clock, business_date, to_text
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.signing.keys import load_pkcs12

FOLDER = "sandbox"
BIC, BANK_NAME = "044525990", "АО «Банк Песочница», г. Москва"
COMPANY = Party(name="ООО «Рамка и Багет»", inn="7729500100", kpp="772901001")
_OPENING = Money(50_000_000)
_LAST_REQUESTS = 20
_CONNECT_SECONDS = 0.5


class Sandbox:
    """The bundled bank of `home`.

    Args:
        home: the directory that holds (or will hold) `sandbox/`.
        clock: the machine's.
    """

    def __init__(self, home: Path, clock: Clock | None = None) -> None:
        self.folder = home / FOLDER
        self.books = Books(self.folder, clock)
        self.books.upgrade()

    @classmethod
    def create(
        cls,
        home: Path,
        *,
        company: Party = COMPANY,
        accounts: int = 1,
        opening: Money = _OPENING,
        port: int | None = None,
        clock: Clock | None = None,
    ) -> tuple[Sandbox, Enrolment]:
        """A new bank with one customer.

        Args:
            company: the customer: name, ИНН, КПП.
            accounts: how many rouble accounts it gets.
            opening: balance of each.
            port: where the server is going to listen; None picks one that is free now.

        Raises:
            Refused: `sandbox.exists`.
        """
        self = cls(home, clock)
        if (self.folder / "bank.db").exists():
            raise Refused("sandbox.exists", folder=self.folder.name)
        now = self.books.clock.now()
        authority = enrol.make_keys(self.folder, now)
        customer_id = company.inn[:10] or "1000000001"
        target_id = f"{customer_id}A1"
        pkcs12, passphrase, sha256 = enrol.certify_customer(authority, customer_id, now)
        listen = port or _free_port()
        numbers = [with_key(f"40702810000000{index:06d}", BIC) for index in range(1, accounts + 1)]
        books = Books.create(self.folder, clock)
        with books.write() as db:
            put_fact(db, "customer_id", customer_id)
            put_fact(db, "target_id", target_id)
            put_fact(db, "customer_sha256", sha256)
            _keep_certificate(db, pkcs12, passphrase)
            login, password = sessions.enrol(db)
            put_fact(db, "port", str(listen))
            for number in numbers:
                owner = replace(company, account=number, bic=BIC, bank_name=BANK_NAME)
                add_account(db, Account(owner, opening.kopecks, business_date(now)))
        enrolment = Enrolment(
            customer_id=customer_id,
            target_id=target_id,
            receiver_id=enrol.RECEIVER,
            signers=(enrol.BANK_SIGNER,),
            url=f"https://{enrol.HOST}:{listen}{enrol.PATH}",
            pkcs12=pkcs12,
            passphrase=passphrase,
            tls_anchors=(self.folder / "tls-root.pem").read_bytes(),
            signing_anchors=authority.certificate.public_bytes(Encoding.PEM),
            accounts=tuple(numbers),
            bic=BIC,
            bank_name=BANK_NAME,
            owner=company.name,
            inn=company.inn,
            directbank_url=f"https://{enrol.HOST}:{listen}{wire.ROOT}",
            directbank_login=login,
            directbank_password=password,
            kpp=company.kpp,
        )
        return self, enrolment

    def renew_certificate(self) -> tuple[bytes, str]:
        """A new key for the customer, PKCS#12 and pass phrase; the old certificate is refused from now on.

        Raises:
            Refused: `sandbox.missing`.
        """
        customer_id = self.books.fact("customer_id")
        authority = enrol.load_authority(self.folder)
        pkcs12, passphrase, sha256 = enrol.certify_customer(authority, customer_id, self.books.clock.now())
        with self.books.write() as db:
            put_fact(db, "customer_sha256", sha256)
            _keep_certificate(db, pkcs12, passphrase)
        return pkcs12, passphrase

    def register_customer(self, certificate: x509.Certificate | None) -> None:
        """The customer brings the certificate it signs with from now on, of whatever authority, RSA or GOST; the key of
        its connection stays. None: the connection's key signs again.

        Raises:
            Refused: `sandbox.missing`.
        """
        with self.books.write() as db:
            if certificate is None:
                signers.forget(db)
            else:
                signers.bring(db, certificate)

    # Operations. Each raises Refused `sandbox.missing` without a bank in this home.

    def pay(
        self,
        *,
        amount: Money,
        invoice: str = "",
        payer: str = "",
        inn: str = "",
        kpp: str = "",
        account: str = "",
        bic: str = "",
        bank_name: str = "",
        purpose: str = "",
        doc_no: str = "",
        doc_date: date | None = None,
        at: datetime | None = None,
        to: str = "",
        notify: bool = True,
    ) -> str:
        """Somebody pays the customer; the bank's reference of the operation. Fields as in `Payment`.

        Args:
            to: the customer's account; the first one by default.
            notify: make a camt.054 of it at once.

        Raises:
            Refused: `sandbox.amount`, `sandbox.unknown_account`.
        """
        payment = Payment(amount, invoice, payer, inn, kpp, account, bic, bank_name, purpose, doc_no, doc_date, at)
        return self.pay_many([payment], to=to, notify=notify)[0]

    def pay_many(self, payments: Sequence[Payment], *, to: str = "", notify: bool = True) -> list[str]:
        """Many payments, one notification for all of them; their references in order."""
        return self._book(payments, to, notify, incoming=True)

    def debit(
        self,
        *,
        amount: Money,
        payee: str = "",
        inn: str = "",
        kpp: str = "",
        account: str = "",
        bic: str = "",
        bank_name: str = "",
        purpose: str = "",
        doc_no: str = "",
        doc_date: date | None = None,
        at: datetime | None = None,
        to: str = "",
        notify: bool = True,
    ) -> str:
        """The customer pays somebody from its account `to`; the bank's reference."""
        payment = Payment(amount, "", payee, inn, kpp, account, bic, bank_name, purpose, doc_no, doc_date, at)
        return self._book([payment], to, notify, incoming=False)[0]

    def reverse(self, ref: str, *, notify: bool = True) -> str:
        """The bank undoes the operation `ref` (сторно); the reversal's own reference.

        Raises:
            Refused: `sandbox.unknown_operation`, `sandbox.reversed_already`.
        """
        with self.books.write() as db:
            now = self.books.bank_now(db)
            account, own_ref = engine.reverse(db, ref, now)
            if notify:
                statements.notify(db, account, [own_ref], now)
        return own_ref

    # Statements

    def report(self, account: str = "") -> str:
        """An intraday report (camt.052) now; the file's reference."""
        with self.books.write() as db:
            return statements.report(db, engine.account_of(db, account), self.books.bank_now(db))

    def close_day(self) -> list[str]:
        """Close every day up to the bank's today: final statements (camt.053); their references.

        What is paid afterwards is booked on the day after.
        """
        with self.books.write() as db:
            now = self.books.bank_now(db)
            orders.process(db, now)
            return statements.close_day(db, now)

    def process(self) -> int:
        """Work on what waits now: uploads, payment orders that are due, money that comes back; how many of them.

        The server does the same whenever the customer looks for something.
        """
        with self.books.write() as db:
            return orders.process(db, self.books.bank_now(db))

    def send_statement(self, first: date | None = None, last: date | None = None, account: str = "") -> str:
        """A statement nobody asked for, by DirectBank; the packet's id.

        Args:
            first, last: business days, both included; the open day by default.
        """
        with self.books.write() as db:
            now = self.books.bank_now(db)
            orders.process(db, now)
            today = business_date(now)
            until = last or max(today, date.fromisoformat(fact(db, "open_day")))
            wanted = statement.Wanted(engine.account_of(db, account), first or until, until, statement.FINAL)
            return statement.put(db, [wanted], now)

    # Behaviour and time

    def behave(self, name: str, count: int = 1, *, channel: str = behave.ANY, **options: object) -> None:
        """Misbehave the next `count` times in the way `name` (see `gateway.bank.sandbox.behave`).

        `unknown-content` happens at once. `duplicate-file` with `reference=…` repeats that very file at once.

        Args:
            channel: "bxd", "directbank", or "any": whichever meets it first.

        Raises:
            Refused: `sandbox.unknown_behaviour`, `sandbox.unknown_channel`, `sandbox.unknown_combination`,
                `sandbox.unknown_option`, `sandbox.bad_option`, `sandbox.unknown_file`.
        """
        with self.books.write() as db:
            now = self.books.bank_now(db)
            if name == "duplicate-file" and "reference" in options:
                for _ in range(count):
                    files.repeat(db, str(options["reference"]), now)
                return
            active = behave.add(db, name, count, options, channel)
            if active.name == "unknown-content":
                behave.withdraw(db, active.name)
                account = engine.account_of(db).number
                for _ in range(count):
                    if channel != behave.DIRECTBANK:
                        files.offer_foreign(db, _FOREIGN, account, now)
                    if channel != behave.BXD:
                        statement.foreign(db, _FOREIGN, account, now)

    def calm(self) -> None:
        """Be honest from now on: forget every queued behaviour and offer what is held back."""
        with self.books.write() as db:
            behave.clear(db)
            files.release_all(db)
            packets.release_all(db)

    def habit(self, name: str, on: bool) -> None:
        """A lasting habit of the DirectBank counter: one of `gateway.bank.sandbox.directbank.notices.SWITCHES`.

        Raises:
            Refused: `sandbox.unknown_habit`.
        """
        if name not in notices.SWITCHES:
            raise Refused("sandbox.unknown_habit", name=name, known=", ".join(notices.SWITCHES))
        self.books.put_fact(f"directbank.{name}", "on" if on else "off")

    def habits(self) -> dict[str, bool]:
        """The lasting habits of the DirectBank counter."""
        with self.books.read() as db:
            return {name: notices.switch(db, name) for name in notices.SWITCHES}

    def move_clock(self, delta: timedelta) -> datetime:
        """Move the bank's business clock by `delta`; what it shows then, UTC."""
        return self.books.move_clock(delta)

    # Looking

    def files(self) -> list[StoredFile]:
        """What is on offer to the customer now, in the bank's order."""
        with self.books.read() as db:
            return files.listed(db, self.books.bank_now(db))

    def content(self, reference: str) -> bytes:
        """The honest bytes of a file.

        Raises:
            Refused: `sandbox.unknown_file`.
        """
        with self.books.read() as db:
            found = files.content_of(db, reference, self.books.bank_now(db)) or files.received(db, reference)
        if found is None:
            raise Refused("sandbox.unknown_file", reference=reference)
        return found[1]

    def uploads(self) -> list[StoredFile]:
        """What the customer sent, oldest first."""
        with self.books.read() as db:
            return files.uploaded(db)

    def otp(self) -> str:
        """The one-time password last sent to the customer's telephone; "" when none is waited for."""
        with self.books.read() as db:
            return sessions.waiting_otp(db)

    def orders(self) -> list[dict[str, object]]:
        """The customer's payment orders, oldest first: "order" (his id), "channel", "amount_kopecks", "state", …

        States: accepted, suspended (no funds, DirectBank), executed, refused, returned, recalled.
        """
        with self.books.read() as db:
            return orders.listed(db)

    def listening(self) -> dict[str, object] | None:
        """{"url", "port", "pid", "since"} of the running server; None when none runs."""
        try:
            found: dict[str, object] = json.loads((self.folder / LISTENING).read_text(encoding="utf-8"))
            with socket.create_connection((enrol.HOST, int(str(found["port"]))), _CONNECT_SECONDS):
                return found
        except OSError:
            # never started, or killed before it could say that it stopped
            return None

    def state(self) -> dict[str, object]:
        """The bank at a glance, ready for JSON: money in kopecks, instants as text."""
        with self.books.read() as db:
            now = self.books.bank_now(db)
            offered = files.listed(db, now)
            return {
                "bank_time": to_text(now),
                "clock_offset_s": float(fact(db, "clock_offset")),
                "open_day": fact(db, "open_day"),
                "server": self.listening(),
                "customer_id": fact(db, "customer_id"),
                "accounts": [
                    {
                        "account": account.number,
                        "owner": account.owner.name,
                        "balance_kopecks": engine.balance(db, account).kopecks,
                        "operations": engine.count(db, account),
                    }
                    for account in accounts(db)
                ],
                "files": {
                    "new": sum(file.status == files.NEW for file in offered),
                    "downloaded": sum(file.status == files.DOWNLOADED for file in offered),
                    "held_back": files.count(db) - len(offered),
                    "uploaded": len(files.uploaded(db)),
                },
                "directbank": {
                    "packets": packets.counts(db, now),
                    "habits": {name: notices.switch(db, name) for name in notices.SWITCHES},
                    "otp": sessions.waiting_otp(db),
                },
                "orders": orders.listed(db)[-_LAST_REQUESTS:],
                "behaviours": [
                    {"name": name, "remaining": remaining, "options": options, "channel": channel}
                    for name, remaining, options, channel in behave.queued(db)
                ],
                "requests": [
                    {key: row[key] for key in ("at", "operation", "reference", "code", "behaviour")}
                    for row in db.execute("SELECT * FROM requests ORDER BY id DESC LIMIT ?", (_LAST_REQUESTS,))
                ],
            }

    def _book(self, payments: Sequence[Payment], to: str, notify: bool, *, incoming: bool) -> list[str]:
        with self.books.write() as db:
            now = self.books.bank_now(db)
            account = engine.account_of(db, to)
            refs = engine.book(db, account, payments, now, incoming=incoming)
            if notify and refs:
                statements.notify(db, account, refs, now)
        return refs


_FOREIGN = (
    '<?xml version="1.0" encoding="UTF-8"?><Newsletter><Title>Поздравляем с праздником!</Title></Newsletter>'.encode()
)


def _keep_certificate(db: sqlite3.Connection, pkcs12: bytes, passphrase: str) -> None:
    """The bank knows its customer's certificate, never the key."""
    certificate = load_pkcs12(pkcs12, passphrase).certificate
    put_fact(db, "customer_certificate", certificate.public_bytes(Encoding.PEM).decode("ascii"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((enrol.HOST, 0))
        return int(probe.getsockname()[1])
