"""The page for people in an evidence file: what was ordered, who paid, who signed, where the journal says so.

Self-contained and printable. Facts are marked (`data-fact`): verify.py compares each with what it proved itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, Template

from gateway.core.clock import from_text
from gateway.service.config import Config
from gateway.service.evidence_messages import Judged
from gateway.store.heads import HeadLine

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def page(
    config: Config,
    records: Rows,
    journal: Sequence[Mapping[str, Any]],
    judged: Sequence[Judged],
    head: HeadLine,
    lent: bool,
) -> bytes:
    """index.html, UTF-8.

    Args:
        records: rows of the order by table.
        journal: rows about them.
        lent: the order was let go on a signed loan alone.
    """
    zone = ZoneInfo(config.company.zone)
    context = {
        "company": config.company,
        "order": records["orders"][0],
        "invoices": records["invoices"],
        "entries": records["entries"],
        "messages": _with_verdicts(records["messages"], judged),
        "allocations": _with_numbers(records),
        "decisions": records["decisions"],
        "releases": records["releases"],
        "loans": _with_places(records, journal),
        "lent": lent,
        "pick_lists": records["pick_lists"],
        "rows": [{**row, "words": _words(row["body"])} for row in journal],
        "head": head,
        "sum": shown_sum,
        "at": lambda text: _local(from_text(text), zone) if text else "—",
        "holds": bool(judged) and all(message.holds for message in judged),
    }
    return _template().render(context).encode("utf-8")


def shown_sum(kopecks: int) -> str:
    """ "10 980,00": the way verify.py writes it too."""
    whole, rest = divmod(abs(kopecks), 100)
    return f"{'-' if kopecks < 0 else ''}{whole:,}".replace(",", "\u00a0") + f",{rest:02}"


def _with_verdicts(messages: Sequence[Mapping[str, Any]], judged: Sequence[Judged]) -> list[dict[str, Any]]:
    found = {one.id: one for one in judged}
    return [
        {
            **row,
            "holds": found[row["id"]].holds,
            "signer": found[row["id"]].signer or "—",
            "why": found[row["id"]].reason,
            "proved": json.loads(row["proof"] or "{}"),
        }
        for row in messages
    ]


def _with_numbers(records: Rows) -> list[dict[str, Any]]:
    numbers = {row["id"]: row["number"] for row in records["invoices"]}
    return [{**row, "number": numbers.get(row["invoice_id"], "—")} for row in records["allocations"]]


def _with_places(records: Rows, journal: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Agreements with the journal rows that say when each was signed and its buyer's passport checked."""
    return [
        {
            **row,
            "signed_in": _rows_about(journal, row["id"], "agreement.signed"),
            "checked_in": _rows_about(journal, row["id"], "agreement.identity_checked"),
        }
        for row in records["loan_agreements"]
    ]


def _rows_about(journal: Sequence[Mapping[str, Any]], agreement_id: str, kind: str) -> str:
    subject = f"loan_agreement:{agreement_id}"
    return ", ".join(str(row["seq"]) for row in journal if (row["subject"], row["kind"]) == (subject, kind)) or "—"


def _words(body: str) -> str:
    """What a journal row says, short enough for a line of a table."""
    try:
        told = json.loads(body)
    except ValueError:
        return body[:200]
    words = "; ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in told.items())
    return words if len(words) <= 200 else f"{words[:199]}…"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%d.%m.%Y %H:%M:%S} {zone.key}"


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = (resources.files("gateway.service.verifier") / "page.html").read_text(encoding="utf-8")
    return environment.from_string(source)
