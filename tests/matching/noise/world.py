"""What there is: buyers, invoices, registries, and the payments with the decisions expected of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.matching.noise.people import Account, Party, party
from tests.matching.noise.smudge import mildly

TODAY = date(2026, 11, 21)
PARTNERS = {
    "acquirer": ("ПАО «Эквайринг Банк»", "7700000122"),
    "post": ("АО «Почта»", "7724490000"),
    "loan": ("АО «Кредит Партнёр Банк»", "7700000203"),
}
# How a series prints its counter `c` in the year `y`.
SERIES = {
    "bare": "{c}",
    "zeros": "{c:08d}",
    "base": "ТК00-{c:06d}",
    "letters": "ЦБ-{c}",
    "suffix": "{c}/Н",
    "city": "{c}/МСК",
    "latin": "INV{c:05d}",
    "glued": "ИМ{c:07d}",
    "yearly": "К-{y}-{c:04d}",
}
_WEIGHTS = (30, 8, 16, 12, 8, 6, 6, 6, 8)
Pairs = Sequence[tuple["Invoice", int]]


@dataclass(slots=True)
class Invoice:
    id: str
    buyer: Party
    series: str
    counter: int
    day: date
    amount: int
    due: int
    status: str
    rate: int
    order_no: str
    loan_no: str = ""
    track: str = ""
    contract_no: str = ""
    known_accounts: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        return SERIES[self.series].format(c=self.counter, y=self.day.year % 100)

    def row(self) -> dict[str, Any]:
        b = self.buyer
        return {
            "id": self.id, "number": self.number, "date": self.day.isoformat(), "amount": self.amount, "due": self.due,
            "status": self.status, "vat_rate": self.rate, "vat": vat(self.amount, self.rate), "buyer_id": b.id,
            "buyer_kind": b.kind, "buyer_name": b.name, "buyer_inn": b.inn, "buyer_kpp": b.kpp,
            "known_accounts": list(self.known_accounts), "order_no": self.order_no, "loan_no": self.loan_no,
            "track": self.track, "contract_no": self.contract_no,
        }  # fmt: skip


def vat(amount: int, rate: int) -> int:
    return (amount * rate + (100 + rate) // 2) // (100 + rate)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision expected; `tolerated` lets a machine give `pairs` or one of `alt` where a person was expected."""

    decision: str
    pairs: Pairs = ()
    alt: Sequence[Pairs] = ()
    tolerated: bool = False
    note: str = ""

    def row(self) -> dict[str, Any]:
        return {
            "decision": self.decision, "allocations": [[v.id, k] for v, k in self.pairs],
            "alt": [[[v.id, k] for v, k in pairs] for pairs in self.alt], "may_auto": self.tolerated,
            "release_ok": [], "note": self.note,
        }  # fmt: skip


def auto(*pairs: tuple[Invoice, int], note: str = "") -> Verdict:
    return Verdict("auto", pairs, note=note)


def in_full(invoices: Sequence[Invoice]) -> Verdict:
    return Verdict("auto", [(v, v.due) for v in invoices])


def ask(*pairs: tuple[Invoice, int], note: str, tolerated: bool = False, alt: Sequence[Pairs] = ()) -> Verdict:
    return Verdict("person", pairs, alt, tolerated, note)


class World:
    """Makes everything in order; each number, sum of one buyer and document key is used once unless asked for."""

    def __init__(self, seed: str) -> None:
        self.r = Random(f"noise-{seed}")
        self.kind = ""
        self.parties: list[Party] = []
        self.invoices: list[Invoice] = []
        self.registries: list[dict[str, Any]] = []
        self._lines: list[tuple[date, dict[str, Any], dict[str, Any]]] = []
        self._next: dict[tuple[str, int], int] = {}
        self._taken: set[int] = set()
        self._used: set[tuple[str, int, int]] = set()
        self._documents: set[tuple[str, str, str, int]] = set()
        self._partners = {
            source: Party(
                f"S-{source}", "ul", name, inn, "770001001", [Account(f"3030181040000000{i:04d}", "044525999", name)]
            )
            for i, (source, (name, inn)) in enumerate(PARTNERS.items(), 11)
        }

    # ---- who
    def buyer(self, kind: str = "") -> Party:
        kind = kind or self.r.choices(("ul", "ip", "fl"), (70, 22, 8))[0]
        made = party(self.r, len(self.parties) + 1, kind)
        self.parties.append(made)
        return made

    def firm(self) -> Party:
        return self.buyer(self.r.choice(("ul", "ul", "ul", "ip")))

    def partner(self, source: str) -> Party:
        return self._partners[source]

    # ---- what is owed
    def amount(self, buyer: Party) -> int:
        while True:
            kopecks = int(
                100 * 10 ** self.r.uniform(2.9 if buyer.kind == "fl" else 3.4, 4.4 if buyer.kind == "fl" else 5.9)
            )
            kopecks = self.r.choice((kopecks, kopecks // 100 * 100, kopecks // 5000 * 5000 or 5000))
            if kopecks not in buyer.amounts:
                return kopecks

    def counter(self, series: str, year: int, run: int = 1) -> int:
        """The first of `run` counters following each other that nobody else has in this series and year."""
        start = self._next.get((series, year), self.r.randrange(3, 900)) + self.r.choice((1, 1, 2, 4))
        while not all(self.free(series, year, c) for c in range(start, start + run)):
            start += 1
        self._next[series, year] = start + run - 1
        return start

    def free(self, series: str, year: int, counter: int) -> bool:
        return counter not in self._taken and (series, year, counter) not in self._used

    def free_series(self, counter: int, year: int) -> str:
        """A series where nobody has this counter yet; `bare` when there is none."""
        return next((s for s in SERIES if self.free(s, year, counter)), "bare")

    def reserve(self, counter: int) -> bool:
        """Keep a counter out of every series; False where an invoice has it already."""
        if counter <= 0 or any(used == counter for _, _, used in self._used):
            return False
        self._taken.add(counter)
        return True

    def invoice(
        self, buyer: Party, *, amount: int = 0, paid: int = 0, status: str = "open", series: str = "",
        counter: int = 0, day: date | None = None, rate: int | None = None,
    ) -> Invoice:  # fmt: skip
        r = self.r
        series = series or r.choices(list(SERIES), _WEIGHTS)[0]
        day = day or TODAY - timedelta(days=3 + int(r.expovariate(1 / 25)) % 200)
        if not counter:
            counter = self.counter(series, day.year)
            while counter in buyer.counters:
                counter = self.counter(series, day.year)
        amount = amount or self.amount(buyer)
        known = (buyer.accounts[0].number,) if buyer.kind != "fl" and r.random() < 0.4 else ()
        made = Invoice(
            f"N{len(self.invoices) + 1:06d}", buyer, series, counter, day, amount,
            amount - paid if status == "open" else 0, status,
            r.choices((22, 10, 5, 0), (70, 8, 7, 15))[0] if rate is None else rate,
            f"{4_000_000 + 13 * len(self.invoices) + r.randrange(13)}", contract_no=f"{r.randrange(1, 90)}-П",
            known_accounts=known,
        )  # fmt: skip
        self._used.add((series, day.year, counter))
        buyer.counters.add(counter)
        buyer.amounts.add(amount)
        self.invoices.append(made)
        return made

    def around(self, buyer: Party, most: int = 4) -> list[Invoice]:
        """Other invoices of the buyer: open ones, and now and then a paid one."""
        made = [self.invoice(buyer) for _ in range(self.r.randrange(most + 1))]
        if self.r.random() < 0.3:
            self.invoice(buyer, status="paid")
        return made

    def one(self, kind: str = "", most: int = 4, **invoice: Any) -> Invoice:
        """An open invoice of a new buyer who has others besides."""
        buyer = self.buyer(kind) if kind else self.firm()
        others = self.r.random() < 0.5
        if others:
            self.around(buyer, most)
        made = self.invoice(buyer, **invoice)
        if not others:
            self.around(buyer, most)
        return made

    def run(self, buyer: Party, size: int, series: str) -> list[Invoice]:
        """Invoices whose counters follow each other."""
        day = TODAY - timedelta(days=self.r.randrange(5, 40))
        start = self.counter(series, day.year, size)
        return [self.invoice(buyer, series=series, counter=start + i, day=day) for i in range(size)]

    def decoy(self, buyer: Party, top: int = 999) -> int:
        """A number of something else, not of an invoice of this buyer."""
        while True:
            n = self.r.randrange(2, top)
            if n not in buyer.counters:
                return n

    # ---- what arrives
    def registry(
        self, source: str, lines: Sequence[tuple[str, int]], *, day: date, fee: int | None = None, number: str = ""
    ) -> dict[str, Any]:
        """A payout registry; `lines` are (key, kopecks)."""
        gross = sum(k for _, k in lines)
        fee = gross * self.r.choice((0, 75, 149, 250, 390)) // 10000 if fee is None else fee
        n = len(self.registries) + 1
        made = {
            "id": f"G{n:04d}", "source": source, "number": number or f"{3000 + 7 * n + self.r.randrange(7)}",
            "date": day.isoformat(), "gross": gross, "fee": fee, "net": gross - fee,
            "lines": [{"key": key, "amount": k} for key, k in lines],
        }  # fmt: skip
        self.registries.append(made)
        return made

    def pay(
        self,
        payer: Party,
        amount: int,
        purpose: str,
        verdict: Verdict,
        *,
        day: date | None = None,
        doc_no: str = "",
        name: str = "",
        inn: str | None = None,
        kpp: str | None = None,
        account: Account | None = None,
        raw: bool = False,
    ) -> dict[str, Any]:
        """A line of a statement; unless `raw` the text may be smudged a little."""
        r = self.r
        if day is None:
            newest = max([v.day for v, _ in verdict.pairs] or [TODAY - timedelta(days=9)])
            day = min(newest + timedelta(days=r.randrange(11)), TODAY)
        sent = day - timedelta(days=r.choice((0, 0, 0, 1, 2)))
        account = account or r.choice(payer.accounts)
        while not doc_no or (account.number, doc_no, sent.isoformat(), amount) in self._documents:
            doc_no = str(r.choice((r.randrange(1, 400), r.randrange(1, 9000), r.randrange(100000, 999999))))
        self._documents.add((account.number, doc_no, sent.isoformat(), amount))
        line = {
            "booked": day.isoformat(),
            "doc_no": doc_no,
            "doc_date": sent.isoformat(),
            "amount": amount,
            "payer_name": name or self.bank_name(payer),
            "payer_inn": payer.inn if inn is None else inn,
            "payer_kpp": payer.kpp if kpp is None else kpp,
            "payer_account": account.number,
            "payer_bik": account.bik,
            "payer_bank": account.bank,
            "purpose": (purpose if raw else mildly(r, purpose))[:210].strip(),
            "bank_ref": f"{r.randrange(16**10):010X}",
            "statement": f"V{day:%y%m%d}",
        }
        self._lines.append((day, line, {"kind": self.kind, "group": "noise", **verdict.row()}))
        return line

    def again(self, line: dict[str, Any], purpose: str) -> None:
        """The same document once more, in an overlapping statement."""
        day = date.fromisoformat(line["booked"])
        copy = {
            **line,
            "purpose": purpose[:210],
            "statement": line["statement"] + "+",
            "bank_ref": f"{self.r.randrange(16**10):010X}",
        }
        self._lines.append((day, copy, {"kind": self.kind, "group": "noise", **Verdict("duplicate").row()}))

    def bank_name(self, payer: Party) -> str:
        """The payer's name in one of the ways banks print it."""
        plain = payer.name.replace("«", '"').replace("»", '"')
        return self.r.choice(
            (payer.name, plain, plain.upper(), payer.long_form or plain, payer.long_form.upper() or plain)
        )

    @property
    def count(self) -> int:
        return len(self._lines)

    def files(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of the four files, payments in order of arrival."""
        ordered = sorted(enumerate(self._lines), key=lambda line: (line[1][0], line[0]))
        payments, truth = [], []
        for seq, (_, (_, line, expected)) in enumerate(ordered, 1):
            payments.append({"id": f"P{seq:06d}", "seq": seq, **line})
            truth.append({"payment_id": f"P{seq:06d}", **expected})
        return {
            "invoices": [v.row() for v in self.invoices], "payments": payments, "registries": self.registries,
            "truth": truth,
        }  # fmt: skip
