"""`kvit import` of lists of parcels: spreadsheets and tables in text, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gateway.service.commands.frame import REFUSED

if TYPE_CHECKING:
    from gateway.core.authority import Actor
    from gateway.flows.terms import Terms
    from gateway.parcels.intake_file import List
    from gateway.parcels.terms import ParcelTerms
    from gateway.service.commands.screen import Screen
    from gateway.store import Store

_TABLES = frozenset({".csv", ".tsv"})
_LISTED = 50
_LOOKED_AT = ("refused", "warned")


def is_list(file: Path) -> bool:
    """Whether a file is a list of parcels: a workbook, or a table in text that is nothing of 1C's or a bank's."""
    from gateway.bank.formats.clientbank import FIRST_LINE
    from gateway.bank.formats.reading import statement_format
    from gateway.core.encoding import decode_text
    from gateway.parcels.intake_read import is_spreadsheet

    data = file.read_bytes()
    if is_spreadsheet(data):
        return True
    if file.suffix.lower() not in _TABLES or statement_format(data):
        return False
    return not (decode_text(data) or "").startswith(FIRST_LINE)


def take_lists(
    screen: Screen,
    home: Path | None,
    files: Sequence[Path],
    by: str | None,
    columns: Sequence[str],
    shop: str,
    *,
    dry_run: bool,
) -> None:
    """Take lists in, or only tell what would become of their rows; the service may be running beside.

    Args:
        columns: "track=Трек-номер", laid over what is remembered or guessed; "name=" leaves one out.

    Raises:
        Exit: 1 where a row was refused.
    """
    from gateway.service.commands.house import opened
    from gateway.service.commands.imports import person_named
    from gateway.service.commands.parcels import terms_of as parcel_terms_of
    from gateway.service.config import terms_of
    from gateway.service.config_parcels import with_parcels

    told = []
    with opened(home) as (_, config, store):
        watching, trade = parcel_terms_of(config), with_parcels(terms_of(config), config)
        for file in files:
            person = person_named(store, by, str(file))
            told.append(_take(screen, store, watching, trade, person, file, columns, shop, dry_run=dry_run))
    screen.answer({"lists": told})
    if any(one["counts"]["refused"] for one in told):
        raise typer.Exit(REFUSED)


def _take(
    screen: Screen,
    store: Store,
    terms: ParcelTerms,
    trade: Terms,
    person: Actor,
    file: Path,
    columns: Sequence[str],
    shop: str,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    from gateway.parcels import intake_file

    with store.reading() as connection:
        made = intake_file.read(connection, store.company, file.name, file.read_bytes())
    mapping = _overlaid(made.mapping, columns)
    screen.line(str(file))
    for field, head in mapping.items():
        screen.line(f"  {field} = {head}")
    if dry_run:
        rows = intake_file.rehearse(store, person, terms, made, mapping, shop)
        counts = {name: sum(row["outcome"] == name for row in rows) for name in intake_file.OUTCOMES}
        facts: dict[str, Any] = {"id": None, "state": "rehearsed", "resumed": 0}
    else:
        report = _run(screen, store, terms, trade, person, made, mapping, shop)
        counts = dict(report.counts)
        facts = {"id": report.id, "state": report.state, "resumed": report.resumed}
        rows = _problems(store, report.id)
    screen.say("cli.import.list_rehearsed" if dry_run else "cli.import.list_taken", rows=len(made.table.rows), **counts)
    problems = [_said(screen, row) for row in rows if row["outcome"] in _LOOKED_AT]
    for problem in problems[:_LISTED]:
        place = screen.text("cli.import.line", line=problem["row"])
        mark = "!" if problem["outcome"] == "refused" else "·"
        screen.line(f"  {mark} {place}{'; '.join(one['text'] for one in problem['remarks'])}")
    if len(problems) > _LISTED:
        screen.say("cli.import.more", count=len(problems) - _LISTED)
    return {
        "file": str(file),
        **facts,
        "heads": list(made.table.heads),
        "mapping": mapping,
        "rows": len(made.table.rows),
        "counts": counts,
        "problems": problems,
    }


def _run(
    screen: Screen,
    store: Store,
    terms: ParcelTerms,
    trade: Terms,
    person: Actor,
    made: List,
    mapping: Mapping[str, str],
    shop: str,
) -> Any:
    from gateway.flows.parcel_cod import following
    from gateway.parcels import intake_file

    after = following(trade)
    with store.unit(person) as unit:
        intake_id = intake_file.begin(unit, made, mapping, shop)
        unit.commit()
    with screen.progress("cli.import.progress", len(made.table.rows)) as done:
        return intake_file.take(store, person, terms, made, intake_id, after=after, progress=lambda rows, _: done(rows))


def _problems(store: Store, intake_id: str) -> list[dict[str, Any]]:
    from gateway.parcels import intake_file

    with store.reading() as connection:
        return [
            row
            for outcome in _LOOKED_AT
            for row in intake_file.outcomes(
                connection, store.company, intake_id, outcome=outcome, limit=intake_file.MOST_ROWS
            )
        ]


def _said(screen: Screen, row: Mapping[str, Any]) -> dict[str, Any]:
    remarks = [{"code": one["code"], "text": screen.text(one["code"], **one["values"])} for one in row["remarks"]]
    return {"row": row["row"], "outcome": row["outcome"], "remarks": remarks}


def _overlaid(mapping: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    made = dict(mapping)
    for part in columns:
        field, _, head = part.partition("=")
        made[field.strip()] = head.strip()
    return {field: head for field, head in made.items() if head}
