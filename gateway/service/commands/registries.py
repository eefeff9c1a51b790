"""`kvit registry …`: payout registries of partners, and how each partner's files are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.service.commands.frame import REFUSED, HomeOption, JsonOption, LanguageOption, command, group, helped
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from gateway.core.authority import Actor
    from gateway.flows.terms import Terms
    from gateway.payments.registries.mapping import ColumnMapping
    from gateway.store import Store, Unit

_SHOWN = 50
_LISTS = ("key",)
_PLACES = ("number", "date")

PartnerOption = Annotated[str, typer.Option(help=helped("registry.partner"), show_default=False)]
ByOption = Annotated[str | None, typer.Option(help=helped("registry.by"), show_default=False)]
MapOption = Annotated[list[str] | None, typer.Option("--map", help=helped("registry.map"), show_default=False)]
FileArgument = Annotated[
    Path, typer.Argument(help=helped("registry.file"), exists=True, dir_okay=False, show_default=False)
]


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    registry = group("registry")
    for code, function in (
        ("registry.import", import_file),
        ("registry.list", list_),
        ("registry.show", show),
        ("registry.withdraw", withdraw),
        ("registry.mapping", mapping),
    ):
        command(registry, code)(function)
    app.add_typer(registry, name="registry")


def import_file(
    file: FileArgument,
    partner: PartnerOption,
    by: ByOption = None,
    parts: MapOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=helped("registry.dry_run"))] = False,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.flows import registries
    from gateway.service.commands.imports import person_named

    screen = Screen.of(home, language, as_json)
    content = file.read_bytes()
    with _house(home) as (store, terms):
        if dry_run:
            _look_at(screen, store, terms, partner, file.name, content, parts or ())
            return
        how = _mapping(store, terms, partner, file.name, content, parts) if parts else None
        person = person_named(store, by, str(file))
        read = registries.read_file(store, terms, partner, file.name, content, how)

        def work(unit: Unit) -> tuple[list[str], list[str], int]:
            arrived = registries.receive(unit, terms, partner, file.name, content, read=read)
            known = [one.id for one in arrived.received if one.known]
            return [one.id for one in arrived.received], known, arrived.decided

        ids, known, decided = _done_by(store, person, work)
        found = _details(store, ids)
    for one in found:
        _show(screen, one, known=one["id"] in known)
    screen.say("cli.registry.decided", count=decided)
    screen.answer({"registries": found, "known": known, "decided": decided})
    if not all(one["sound"] for one in found):
        raise typer.Exit(REFUSED)


def list_(
    state: Annotated[str, typer.Option(help=helped("registry.state"))] = "all",
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.api.reads import registries as reads
    from gateway.api.reads.paging import MAX_LIMIT, Window

    screen = Screen.of(home, language, as_json)
    if state not in reads.GROUPS:
        raise typer.BadParameter(f"{state} ∉ {', '.join(reads.GROUPS)}")
    with _house(home) as (store, _), store.reading() as connection:
        page = reads.listed(connection, store.company, state, Window(limit=MAX_LIMIT))
    columns = ("id", "partner_inn", "number", "date", "net", "line_count", "sound", "state")
    screen.table(
        [f"cli.registry.{column}" for column in columns],
        [
            [
                one["id"],
                one["partner_inn"],
                one["number"],
                one["date"],
                _sum(one["net"]),
                one["line_count"],
                "✓" if one["sound"] else "✗",
                one[f"state_{screen.language}"],
            ]
            for one in page["items"]
        ],
    )
    screen.answer({"registries": page["items"], "total": page["total"]})


def show(
    registry_id: Annotated[str, typer.Argument(metavar="ID", help=helped("registry.id"), show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.core.errors import Refused

    screen = Screen.of(home, language, as_json)
    with _house(home) as (store, _):
        found = _details(store, [registry_id])
    if not found:
        raise Refused("registry.unknown", id=registry_id[:80])
    _show(screen, found[0], lines=True)
    screen.answer(found[0])


def withdraw(
    registry_id: Annotated[str, typer.Argument(metavar="ID", help=helped("registry.id"), show_default=False)],
    note: Annotated[str, typer.Option(help=helped("registry.note"), show_default=False)],
    by: ByOption = None,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.flows import registries

    screen = Screen.of(home, language, as_json)
    with _house(home) as (store, terms):
        decided = _done(store, by, registry_id, lambda unit: registries.withdraw(unit, terms, registry_id, note))
    screen.say("cli.registry.withdrawn", id=registry_id)
    screen.say("cli.registry.decided", count=decided)
    screen.answer({"id": registry_id, "decided": decided})


def mapping(
    partner: Annotated[str, typer.Argument(metavar="ИНН", help=helped("registry.partner"), show_default=False)],
    parts: Annotated[list[str] | None, typer.Option("--set", help=helped("registry.set"), show_default=False)] = None,
    like: Annotated[
        Path | None, typer.Option(help=helped("registry.like"), exists=True, dir_okay=False, show_default=False)
    ] = None,
    by: ByOption = None,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.flows import registries
    from gateway.payments.registries.service import mapping_in_force

    screen = Screen.of(home, language, as_json)
    with _house(home) as (store, terms):
        source = registries.source_of(terms, partner)
        if parts or like:
            content = like.read_bytes() if like else b""
            how = _mapping(store, terms, partner, like.name if like else "", content, parts or ())
            _done(store, by, partner, lambda unit: registries.save_mapping(unit, terms, partner, how).id)
        with store.reading() as connection:
            saved = mapping_in_force(connection, store.company, partner)
    values = saved.mapping.model_dump(mode="json", exclude_defaults=True) if saved else None
    screen.say("cli.registry.partner", inn=partner, source=source.value)
    _show_mapping(screen, values or {})
    if saved is None:
        screen.say("cli.registry.no_mapping")
    screen.answer({"partner_inn": partner, "source": source.value, "mapping": values})


@contextmanager
def _house(home: Path | None) -> Iterator[tuple[Store, Terms]]:
    """The database and the settings; the service may be running beside."""
    from gateway.service.account import check_account
    from gateway.service.config import find_home, load_config, terms_of
    from gateway.service.opening import open_store

    where = find_home(home)
    check_account(where)
    config = load_config(where)
    store = open_store(where, config)
    try:
        yield store, terms_of(config)
    finally:
        store.close()


def _done(store: Store, by: str | None, about: str, work: Callable[[Unit], Any]) -> Any:
    """Do `work` in the name of a person who may."""
    from gateway.service.commands.imports import person_named

    return _done_by(store, person_named(store, by, about), work)


def _done_by(store: Store, person: Actor, work: Callable[[Unit], Any]) -> Any:
    with store.unit(person) as unit:
        result = work(unit)
        unit.commit()
    return result


def _mapping(
    store: Store, terms: Terms, partner: str, name: str, content: bytes, parts: Sequence[str] | None
) -> ColumnMapping:
    """What is saved for the partner, else what the file's headings say; with what the person says in `parts`.

    Raises:
        Refused: `registry.mapping_wrong`, `registry.mapping_incomplete`.
    """
    from gateway.core.errors import Refused
    from gateway.flows.registries import source_of
    from gateway.payments.registries.guess import propose
    from gateway.payments.registries.mapping import mapping_of
    from gateway.payments.registries.service import mapping_in_force

    with store.reading() as connection:
        saved = mapping_in_force(connection, store.company, partner)
    values: dict[str, Any] = saved.mapping.model_dump(mode="json", exclude_defaults=True) if saved else {}
    if not values and content:
        values = dict(propose(content, name, source_of(terms, partner)).found)
    values = _overlaid(values, parts or ())
    missing = [part for part in ("key", "amount", *_PLACES) if part not in values]
    if missing:
        raise Refused("registry.mapping_incomplete", missing=", ".join(missing))
    return mapping_of(values)


def _overlaid(values: dict[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    """`values` with "name=text" laid over: "key=A,B", "number.heading=…", "number=Column", "fee=" to drop one."""
    made = {name: dict(value) if isinstance(value, dict) else value for name, value in values.items()}
    for part in parts:
        name, _, text = part.partition("=")
        outer, _, inner = name.strip().partition(".")
        if outer in _PLACES:
            made[outer] = {inner or "column": text}
        elif outer in _LISTS:
            made[outer] = [column.strip() for column in text.split(",") if column.strip()]
        elif text or outer == "total_row":
            made[outer] = text
        else:
            made.pop(outer, None)
    return made


def _look_at(
    screen: Screen, store: Store, terms: Terms, partner: str, name: str, content: bytes, parts: Sequence[str]
) -> None:
    from gateway.api.reads.registries import seen
    from gateway.flows.registries import source_of
    from gateway.payments.registries.guess import propose
    from gateway.payments.registries.service import mapping_in_force

    source = source_of(terms, partner)
    with store.reading() as connection:
        saved = mapping_in_force(connection, store.company, partner)
    how = _mapping(store, terms, partner, name, content, parts) if parts else saved.mapping if saved else None
    proposal = propose(content, name, source, how)
    answer = seen(proposal)
    made = proposal.mapping.model_dump(mode="json", exclude_defaults=True) if proposal.mapping else None
    screen.say("cli.registry.headings", headings=" | ".join(proposal.headings))
    _show_mapping(screen, made or dict(proposal.found))
    if proposal.missing and made is None:
        screen.say("registry.mapping_incomplete", missing=", ".join(proposal.missing))
    if proposal.error is not None:
        screen.line(proposal.error.text(screen.language))
    for one in answer["registries"]:
        _show_sums(screen, one)
    screen.answer({**answer, "mapping": made})
    if made is None or proposal.error is not None or not all(one["sound"] for one in answer["registries"]):
        raise typer.Exit(REFUSED)


def _details(store: Store, ids: Sequence[str]) -> list[dict[str, Any]]:
    from gateway.api.reads import registries as reads
    from gateway.api.reads.paging import MAX_LIMIT

    with store.reading() as connection:
        found = [reads.detail(connection, store.company, one, 0, MAX_LIMIT) for one in ids]
    return [one for one in found if one is not None]


def _show(screen: Screen, one: dict[str, Any], *, known: bool = False, lines: bool = False) -> None:
    screen.line(f"{one['id']}  {one[f'state_{screen.language}']}")
    if known:
        screen.say("cli.import.known")
    _show_sums(screen, one)
    if one["ambiguous"]:
        screen.say("cli.registry.ambiguous")
    against = [line["against"] for line in one["lines"] if line["against"] is not None]
    for reason in against[:_SHOWN]:
        screen.line(f"  ! {reason[f'text_{screen.language}']}")
    if lines:
        columns = ("row", "key", "amount", "fee")
        rows = [[line["row"], line["key"], _sum(line["amount"]), _sum(line["fee"])] for line in one["lines"]]
        screen.table([f"cli.registry.{column}" for column in columns], rows)


def _show_sums(screen: Screen, one: dict[str, Any]) -> None:
    sums = {name: _sum(one[name]) for name in ("gross", "fee", "net", "lines_total")}
    screen.say("cli.registry.sums", number=one["number"], date=one["date"], lines=one["line_count"], **sums)
    if not one["sound"]:
        screen.say("cli.registry.unsound", bad_rows=one["bad_rows"])
    for problem in one["problems"][:_SHOWN]:
        place = screen.text("cli.import.line", line=problem["row"]) if problem["row"] else ""
        screen.line(f"  ! {place}{problem[f'text_{screen.language}']} «{problem['fragment']}»")


def _show_mapping(screen: Screen, values: dict[str, Any]) -> None:
    for name, value in values.items():
        inner = value.items() if isinstance(value, dict) else ()
        text = ", ".join(value) if isinstance(value, (list, tuple)) else value
        for line in [f"  {name}.{place}={found}" for place, found in inner] or [f"  {name}={text}"]:
            screen.line(line)


def _sum(kopecks: int) -> str:
    from gateway.core.money import Money

    return Money(kopecks).decimal_text()
