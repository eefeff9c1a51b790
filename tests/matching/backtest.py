"""The shared generator's files through the matcher: a small harness for tests and benchmarks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.matching.decide import Decision, Outcome, Policy, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import InvoiceCard, MemoryIndex, card
from gateway.matching.payout import MemoryRegistries
from gateway.payments.registries.model import Registry, RegistryLine

PARTNERS = {"7700000122": "acquirer", "7724490000": "post", "7700000203": "loan"}


def generate(script: Path, out: Path, *arguments: str) -> Path:
    """Run gen_payments.py; `out` with the four files in it."""
    subprocess.run(
        [sys.executable, str(script), "--out", str(out), *arguments], check=True, capture_output=True, timeout=100
    )
    return out


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def invoices(folder: Path) -> Iterator[InvoiceCard]:
    for row in rows(folder, "invoices"):
        yield card(
            row["id"], row["number"], date.fromisoformat(row["date"]), Money(row["amount"]), Money(row["due"]),
            row["status"], buyer_id=row["buyer_id"], buyer_kind=row["buyer_kind"], buyer_name=row["buyer_name"],
            buyer_inn=row["buyer_inn"], known_accounts=row["known_accounts"], order_no=row["order_no"],
            loan_no=row["loan_no"], track=row["track"],
        )  # fmt: skip


def registries(folder: Path) -> Iterator[Registry]:
    for row in rows(folder, "registries"):
        lines = []
        for line in row["lines"]:
            kind, _, key = line["key"].partition(":")
            lines.append(RegistryLine(Reference(kind), key, Money(line["amount"])))
        yield Registry(
            row["id"], row["source"], row["number"], date.fromisoformat(row["date"]), Money(row["gross"]),
            Money(row["fee"]), Money(row["net"]), tuple(lines),
        )  # fmt: skip


def payments(folder: Path) -> Iterator[PaymentIn]:
    for row in rows(folder, "payments"):
        yield PaymentIn(
            row["id"], "40702810900000000001", row["payer_name"], row["payer_inn"], row["payer_kpp"],
            row["payer_account"], Money(row["amount"]), row["purpose"], row["doc_no"],
            date.fromisoformat(row["doc_date"]), date.fromisoformat(row["booked"]),
        )  # fmt: skip


def decide_all(folder: Path) -> Iterator[tuple[PaymentIn, Decision]]:
    """Every payment in order of arrival, each decision booked before the next."""
    index = MemoryIndex(invoices(folder))
    known = MemoryRegistries(list(registries(folder)))
    duplicates, policy = MemoryDuplicates(), Policy(payout_partners=PARTNERS)
    for payment in payments(folder):
        decision = decide(read_facts(payment), index, policy, duplicates, known)
        for invoice_id, amount in decision.allocations:
            index.settle(invoice_id, amount)
        if decision.registry_id:
            known.use(decision.registry_id)
        duplicates.record(payment)
        yield payment, decision


def score(script: Path, folder: Path, decided: Iterable[tuple[PaymentIn, Decision]]) -> dict[str, Any]:
    """The scorer's figures."""
    with (folder / "decisions.jsonl").open("w", encoding="utf-8") as out:
        for payment, decision in decided:
            duplicate = decision.outcome is Outcome.DUPLICATE_DOCUMENT
            answer = "duplicate" if duplicate else "auto" if decision.automatic else "person"
            allocations = [[i, m.kopecks] for i, m in decision.allocations]
            out.write(json.dumps({"payment_id": payment.id, "decision": answer, "allocations": allocations}) + "\n")
    result = folder / "score.json"
    subprocess.run(
        [sys.executable, str(script), str(folder), str(folder / "decisions.jsonl"), "--json", str(result)],
        check=True, capture_output=True, timeout=100,
    )  # fmt: skip
    scored: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return scored
