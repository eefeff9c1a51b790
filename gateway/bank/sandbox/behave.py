"""Misbehaviour on demand: what the sandbox bank can do wrong, and the queue of what it will do wrong next.

A behaviour is queued with a count. Each time it really happens the count goes down; at zero the bank is honest again.
Nothing is ever lost by it: a file whose reply was damaged stays NEW and is served honestly at the next request, a
withheld file appears later.

Three levels:

    reply    a reply to one request goes wrong on the wire
    file     the next file comes into being or is offered wrongly, correctly signed
    payment  the next operation is booked oddly, correctly signed
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.bank.sandbox.books import options_of
from gateway.core.errors import Refused
from gateway.core.money import Money

ANY = "any"
DOWNLOAD = "downloadFile"
OPERATIONS = ("uploadFile", "downloadFileList", "downloadFile", "deleteFile", "getUserInfo")
WRAPPINGS = ("header", "security", "object", "second-body", "inside-body")


@dataclass(frozen=True, slots=True)
class Kind:
    """A behaviour the bank knows.

    Attributes:
        level: "reply", "file" or "payment".
        en, ru: what it does, one line.
        options: names of its options and their defaults.
        needs_content: only a reply that carries a file can go wrong this way.
    """

    level: str
    en: str
    ru: str
    options: Mapping[str, str]
    needs_content: bool = False


def _reply(en: str, ru: str, operation: str = DOWNLOAD, content: bool = False, **options: str) -> Kind:
    return Kind("reply", en, ru, {"operation": operation, **options}, content)


def _file(en: str, ru: str, **options: str) -> Kind:
    return Kind("file", en, ru, options)


KINDS: Mapping[str, Kind] = {
    "silent": _reply("accepts the request and never answers", "принимает запрос и не отвечает", ANY),
    "slow": _reply("answers after `seconds`", "отвечает через `seconds` секунд", ANY, seconds="20"),
    "http-500": _reply("answers with an HTTP error page", "отвечает страницей ошибки HTTP", ANY),
    "empty": _reply("answers 200 with an empty body", "отвечает 200 с пустым телом", ANY),
    "duplicate-file": _file("offers the next file twice", "выдаёт следующий файл дважды", kind=ANY),
    "overlapping": _file(
        "repeats the last `lines` operations in the next notification (0: all of the day)",
        "повторяет последние `lines` операций в следующем уведомлении (0: все за день)",
        lines="5",
    ),
    "gap": _file(
        "withholds the next statement, or states a wrong opening balance (mode=opening)",
        "задерживает следующую выписку или пишет неверный входящий остаток (mode=opening)",
        mode="missing",
        amount="1000.00",
    ),
    "out-of-order": _file("offers the next two files in reverse", "выдаёт два следующих файла в обратном порядке"),
    "late": _file(
        "offers the next file `seconds` later, dated as if on time",
        "выдаёт следующий файл на `seconds` секунд позже с прежним временем",
        seconds="600",
    ),
    "unknown-content": _file(
        "adds a signed file that is no statement, at once", "добавляет подписанный файл не с выпиской, сразу"
    ),
    "forged-signature": _reply("changes a sum and keeps the signatures", "меняет сумму, оставив подписи", content=True),
    "forged-payload": _reply(
        "signs an envelope around a payload altered after its own signature",
        "подписывает конверт с содержимым, изменённым после его подписи",
        content=True,
    ),
    "wrapped-signature": _reply(
        "moves the signed Body aside and puts a forged one in its place",
        "отодвигает подписанный Body и ставит поддельный на его место",
        content=True,
        variant="header",
        ids="none",
    ),
    "stale-timestamp": _reply(
        "signs with a time stamp `seconds` old", "подписывает меткой времени `seconds`-секундной давности",
        seconds="7200",
    ),
    "wrong-request-id": _reply("answers another request's id", "отвечает с чужим номером запроса"),
    "replayed": _reply("serves the reply before last once more", "повторно выдаёт прежний подписанный ответ"),
    "certificate-expired": _reply("signs with an expired certificate", "подписывает истёкшим сертификатом"),
    "unknown-code": _reply(
        "answers with a response code nobody knows, or books one (where=entry)",
        "отвечает неизвестным кодом или пишет неизвестный код операции (where=entry)",
        where="reply",
        code="77",
    ),
    "truncated": _reply(
        "breaks off in the middle of the body, or ends it early with a true length (mode=short)",
        "обрывает тело на середине или завершает его раньше с верной длиной (mode=short)",
        mode="cut",
    ),
    "huge": _reply("sends `megabytes` of body", "шлёт тело в `megabytes` мегабайт", megabytes="80"),
    "dtd": _reply("puts a document type before the reply", "ставит DTD перед ответом", encoding="utf-8"),
    "wrong-encoding": _reply("writes other bytes than its declaration says", "пишет байты не в заявленной кодировке"),
}  # fmt: skip

_CHOICES = {
    "operation": (ANY, *OPERATIONS),
    "variant": WRAPPINGS,
    "ids": ("none", "new", "same"),
    "where": ("reply", "entry"),
    "encoding": ("utf-8", "utf-16"),
    "kind": (ANY, "camt.052", "camt.053", "camt.054"),
}
_MODES = {"gap": ("missing", "opening"), "truncated": ("cut", "short")}


@dataclass(frozen=True, slots=True)
class Active:
    """A behaviour that happens now.

    Attributes:
        options: every option of its kind, given or default.
    """

    name: str
    options: Mapping[str, str]

    def number(self, option: str) -> float:
        return float(self.options[option])


def add(db: sqlite3.Connection, name: str, count: int, options: Mapping[str, object]) -> Active:
    """Queue `name` for the next `count` times.

    Raises:
        Refused: `sandbox.unknown_behaviour`, `sandbox.unknown_option`, `sandbox.bad_option`.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise Refused("sandbox.unknown_behaviour", name=name, known=", ".join(sorted(KINDS)))
    given = {option: str(value) for option, value in options.items()}
    for option, value in given.items():
        if option not in kind.options:
            raise Refused("sandbox.unknown_option", name=name, option=option, known=", ".join(kind.options) or "—")
        _check_option(name, option, value)
    if count < 1:
        raise Refused("sandbox.bad_option", name=name, option="count", value=count)
    complete = {**kind.options, **given}
    db.execute(
        "INSERT INTO behaviours (name, remaining, options) VALUES (?, ?, ?)", (name, count, json.dumps(complete))
    )
    return Active(name, complete)


def withdraw(db: sqlite3.Connection, name: str) -> None:
    """Forget what is queued of `name`."""
    db.execute("DELETE FROM behaviours WHERE name = ?", (name,))


def clear(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM behaviours")


def queued(db: sqlite3.Connection) -> list[tuple[str, int, dict[str, str]]]:
    """(name, remaining, options) of everything still to happen, in order."""
    rows = db.execute("SELECT * FROM behaviours ORDER BY id")
    return [(row["name"], row["remaining"], options_of(row)) for row in rows]


def take_reply(db: sqlite3.Connection, operation: str, *, has_content: bool, can_replay: bool) -> Active | None:
    """What goes wrong with the reply to `operation` now, and count it."""
    for row, kind, options in _of_level(db, "reply"):
        if options["operation"] not in (ANY, operation):
            continue
        if (kind.needs_content and not has_content) or (row["name"] == "replayed" and not can_replay):
            continue
        return _count(db, row, options)
    return None


def take_file(db: sqlite3.Connection, kind_of_file: str) -> Active | None:
    """What goes wrong with a file of `kind_of_file` ("camt.054") being made now, and count it."""
    for row, _, options in _of_level(db, "file"):
        if options.get("kind", ANY) not in (ANY, kind_of_file):
            continue
        if row["name"] == "gap" and kind_of_file != "camt.053":
            continue
        if row["name"] == "overlapping" and kind_of_file != "camt.054":
            continue
        return _count(db, row, options)
    return None


def take_payment(db: sqlite3.Connection) -> Active | None:
    """What is odd about the operation being booked now, and count it."""
    for row, _, options in _of_level(db, "payment"):
        return _count(db, row, options)
    return None


def _of_level(db: sqlite3.Connection, level: str) -> list[tuple[sqlite3.Row, Kind, dict[str, str]]]:
    found = []
    for row in db.execute("SELECT * FROM behaviours ORDER BY id"):
        kind, options = KINDS[row["name"]], options_of(row)
        own_level = "payment" if options.get("where") == "entry" else kind.level
        if own_level == level:
            found.append((row, kind, options))
    return found


def _count(db: sqlite3.Connection, row: sqlite3.Row, options: dict[str, str]) -> Active:
    if row["remaining"] > 1:
        db.execute("UPDATE behaviours SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
    else:
        db.execute("DELETE FROM behaviours WHERE id = ?", (row["id"],))
    return Active(row["name"], options)


def _check_option(name: str, option: str, value: str) -> None:
    choices = _MODES[name] if option == "mode" else _CHOICES.get(option)
    if choices is not None:
        good = value in choices
    elif option in ("seconds", "megabytes", "lines"):
        good = value.replace(".", "", 1).isdigit()
    elif option == "amount":
        good = _is_sum(value)
    else:
        good = bool(value)
    if not good:
        raise Refused("sandbox.bad_option", name=name, option=option, value=value)


def _is_sum(text: str) -> bool:
    try:
        Money.parse(text)
    except Refused:
        return False
    return True
