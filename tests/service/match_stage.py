"""Files for back-tests, small enough to read: a folder in the exchange format."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ALPHA, BETA, ACQUIRER = "7701000019", "5260000019", "7700000122"


def invoice(number: str, kopecks: int, inn: str = ALPHA, /, **other: Any) -> dict[str, Any]:
    """An open invoice of one of two buyers."""
    return {
        "id": f"I{number}", "number": number, "date": "2026-11-12", "amount": kopecks, "due": kopecks,
        "status": "open", "vat_rate": 22, "vat": 0, "buyer_id": f"B{inn}", "buyer_kind": "ul",
        "buyer_name": "ООО «Альфа-Трейд»" if inn == ALPHA else "ООО «Бета»", "buyer_inn": inn, "buyer_kpp": "",
        "known_accounts": [], "order_no": f"100{number}", "loan_no": "", "track": "", "contract_no": "",
        **other,
    }  # fmt: skip


def payment(seq: int, kopecks: int, purpose: str, inn: str = ALPHA, /, **other: Any) -> dict[str, Any]:
    """A payment order of its own."""
    return {
        "id": f"P{seq}", "seq": seq, "booked": "2026-11-20", "doc_no": str(100 + seq), "doc_date": "2026-11-20",
        "amount": kopecks, "payer_name": "ООО «Альфа-Трейд»" if inn == ALPHA else "ООО «Бета»", "payer_inn": inn,
        "payer_kpp": "", "payer_account": "40702810100000000101", "payer_bik": "044525225",
        "payer_bank": "ПАО СБЕРБАНК", "purpose": purpose, "bank_ref": "", "statement": "S1",
        **other,
    }  # fmt: skip


def registry(number: str, lines: Iterable[tuple[str, int]], fee: int, /, **other: Any) -> dict[str, Any]:
    """A registry of the acquirer's; `lines` are (order number, kopecks)."""
    rows = [{"key": f"order:{order}", "amount": kopecks} for order, kopecks in lines]
    gross = sum(row["amount"] for row in rows)
    return {
        "id": f"R{number}", "source": "acquirer", "number": number, "date": "2026-11-18", "gross": gross,
        "fee": fee, "net": gross - fee, "lines": rows, **other,
    }  # fmt: skip


INVOICES = [invoice("125", 1250000), invoice("126", 734050), invoice("140", 1500000, BETA)]
PAYMENTS = [
    payment(1, 1250000, "Оплата по счету № 125 от 12.11.2026"),
    payment(2, 700000, "Возмещение по реестру № 51 от 18.11.2026", ACQUIRER),
    payment(3, 1500000, "Оплата по счету № 140", "6312000014"),
    payment(4, 1250000, "Оплата по счету № 125 от 12.11.2026", doc_no="101"),
]
REGISTRIES = [registry("51", [("100126", 734050)], 34050)]


def folder(
    path: Path,
    invoices: Iterable[Any] = tuple(INVOICES),
    payments: Iterable[Any] = tuple(PAYMENTS),
    registries: Iterable[Any] | None = tuple(REGISTRIES),
) -> Path:
    """A folder of files; an item that is bytes is a line as it stands, anything else a row."""
    path.mkdir(parents=True, exist_ok=True)
    for name, rows in (("invoices", invoices), ("payments", payments), ("registries", registries)):
        if rows is not None:
            (path / f"{name}.jsonl").write_bytes(b"".join(_line(row) + b"\n" for row in rows))
    return path


def _line(row: Any) -> bytes:
    return row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False, sort_keys=True).encode()


def decisions(path: Path) -> list[dict[str, Any]]:
    """A file of decisions, which must be whole lines."""
    text = path.read_text(encoding="utf-8")
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]
