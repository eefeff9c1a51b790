"""Misbehaviour on demand: what the sandbox bank can do wrong, and the queue of what it will do wrong next.

A behaviour is queued with a count, for one channel or for whichever comes first. Each time it really happens the count
goes down; at zero the bank is honest again. Nothing is ever lost by it, except where the table says so: a file whose
reply was damaged stays new and is served honestly at the next request, a withheld file appears later.

What each one means (— not known there; no option named means the defaults of `gateway.bank.sandbox.kinds`):

    behaviour            bxd                                       DirectBank
    -------------------  ----------------------------------------  ----------------------------------------------------
    silent               accepts the request, never answers        the same
    slow                 answers after `seconds`                   the same
    http-500             an HTTP error page                        the same
    empty                200 with an empty body                    the same
    truncated            cut: breaks off; short: ends early        the same
    huge                 `megabytes` of white space behind it      the same
    dtd                  a document type before the envelope       a document type before the ResultBank
    wrong-encoding       cp1251 bytes declared UTF-8               the same
    forged-signature     another sum under the old signatures      another sum in Data under the old signature
    forged-payload       envelope signed around a forged payload   forged Data, message digest in the CMS made to fit it
    wrapped-signature    signed Body moved aside (variant, ids)    forged Data with a signature over other bytes:
                                                                   attached: the CMS carries the honest bytes itself,
                                                                   swapped: another document's signature,
                                                                   second-signature: a customer's good one comes first
    stale-timestamp      signed `seconds` ago                      packet and signature dated `seconds` ago
    wrong-request-id     another RequestId in the header           GetPack answers with another packet
    replayed             an earlier reply once more                an earlier reply to the same method once more
    certificate-expired  signed with an expired certificate        the same
    unknown-code         code `code`; where=entry: a line's code   Error `code`; where=entry: PayDoc/@docKind 77
    duplicate-file       the next file twice                       packets: the next statement in two packets,
                                                                   listed: its packet twice in the list
    overlapping          `lines` operations of before repeated     the same, with the opening balance of before them
    gap                  missing: statement withheld until the     the same, for the next statement asked for
                         next one was downloaded; opening: wrong
                         balances first, right ones afterwards
    out-of-order         the next two files in reverse             the next two statement packets in reverse
    late                 appears `seconds` later, dated on time    the same: behind the client's cursor
    unknown-content      a signed file that is no statement        a signed packet whose statement is none
    order-refused        pain.002 RJCT `code`, `reason`            document notice 03 with `reason`
    order-silent         no pain.002 at all, executed later        no document notice at all, executed later
    order-lost-reply     taken, then the connection breaks         the same
    order-late           ACCP now, executed `seconds` later        01 now, executed `seconds` later
    order-returned       executed; comes back as a return line     executed; comes back as an incoming line with ExtID
    order-not-received   the connection breaks, nothing taken      the same
    session-timeout      —                                         1006, the session is over
    bad-sid              —                                         1007, the session is over
    otp                  —                                         Logon answers ExtraAuth/OTP
    blocked-logon        —                                         1203
    read-once            —                                         the packet is gone once asked for (so it may be lost)
    unsigned             —                                         the next statement has no signature
    zoned-dates          —                                         2026-11-21Z, …T09:16:43.279Z (as Alfa writes)
    bare-requisites      —                                         ИНН and КПП "0"; sum=missing: no Sum either
    id-off-by-one        —                                         a notice's ExtID differs in one hex digit

What a bank does all the time and not so many times is a habit (`directbank.notices.SWITCHES`): only unread packets are
listed, nothing is signed, everything is zipped, dates have a zone, ids have a space in them.

Four levels:

    reply    a reply to one request goes wrong on the wire
    file     the next file comes into being or is offered wrongly, correctly signed
    payment  the next operation is booked oddly, correctly signed
    order    the next payment orders fare badly
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.bank.sandbox.books import options_of
from gateway.bank.sandbox.kinds import ANY, BXD, CHANNELS, DIRECTBANK, KINDS, OPERATIONS, WRAPPINGS, Kind, choices
from gateway.core.errors import Refused
from gateway.core.money import Money

__all__ = ["ANY", "BXD", "CHANNELS", "DIRECTBANK", "KINDS", "OPERATIONS", "WRAPPINGS", "Active", "Kind"]


@dataclass(frozen=True, slots=True)
class Active:
    """A behaviour that happens now.

    Attributes:
        options: every option of its kind, given or default.
        channel: where it is to happen, ANY included.
    """

    name: str
    options: Mapping[str, str]
    channel: str = ANY

    def number(self, option: str) -> float:
        return float(self.options[option])


def add(db: sqlite3.Connection, name: str, count: int, options: Mapping[str, object], channel: str = ANY) -> Active:
    """Queue `name` for the next `count` times on `channel`; ANY is whichever channel meets it first.

    Raises:
        Refused: `sandbox.unknown_behaviour`, `sandbox.unknown_channel`, `sandbox.unknown_combination`,
            `sandbox.unknown_option`, `sandbox.bad_option`.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise Refused("sandbox.unknown_behaviour", name=name, known=", ".join(sorted(KINDS)))
    if channel not in (ANY, *CHANNELS):
        raise Refused("sandbox.unknown_channel", channel=channel, known=", ".join((ANY, *CHANNELS)))
    if channel != ANY and channel not in kind.channels:
        raise Refused("sandbox.unknown_combination", name=name, channel=channel, known=", ".join(kind.channels))
    given = {option: str(value) for option, value in options.items()}
    fitting = _fitting(name, kind, given, channel)
    if count < 1:
        raise Refused("sandbox.bad_option", name=name, option="count", value=count)
    where = channel if len(fitting) > 1 else fitting[0]
    db.execute(
        "INSERT INTO behaviours (name, remaining, options, channel) VALUES (?, ?, ?, ?)",
        (name, count, json.dumps(given), where),
    )
    return Active(name, {**kind.by_channel[fitting[0]], **given}, where)


def withdraw(db: sqlite3.Connection, name: str) -> None:
    """Forget what is queued of `name`."""
    db.execute("DELETE FROM behaviours WHERE name = ?", (name,))


def clear(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM behaviours")


def queued(db: sqlite3.Connection) -> list[tuple[str, int, dict[str, str], str]]:
    """(name, remaining, options, channel) of everything still to happen, in order."""
    rows = db.execute("SELECT * FROM behaviours ORDER BY id")
    return [(row["name"], row["remaining"], _complete(row, row["channel"]), row["channel"]) for row in rows]


def take_reply(
    db: sqlite3.Connection, operation: str, *, has_content: bool, can_replay: bool, channel: str = BXD
) -> Active | None:
    """What goes wrong with the reply to `operation` now, and count it."""
    for row, kind, options in _of_level(db, "reply", channel):
        if options["operation"] not in (ANY, operation):
            continue
        if (kind.needs_content and not has_content) or (row["name"] == "replayed" and not can_replay):
            continue
        return _count(db, row, options)
    return None


def take_logon(db: sqlite3.Connection, operation: str) -> Active | None:
    """What a logon to DirectBank meets instead of being let in, and count it."""
    return _take_named(db, operation, ("otp", "blocked-logon"))


def take_session(db: sqlite3.Connection, operation: str) -> Active | None:
    """What a call within a DirectBank session meets instead of being carried out, and count it."""
    return _take_named(db, operation, ("session-timeout", "bad-sid"))


def take_file(db: sqlite3.Connection, kind_of_file: str, channel: str = BXD) -> Active | None:
    """What goes wrong with a file of `kind_of_file` ("camt.054"; "15" on DirectBank) being made now; count it.

    On DirectBank a status notice ("02") can only echo a wrong id, a statement can do everything else.
    """
    for row, _, options in _of_level(db, "file", channel):
        if channel == BXD:
            if options.get("kind", ANY) not in (ANY, kind_of_file):
                continue
            if row["name"] == "gap" and kind_of_file != "camt.053":
                continue
            if row["name"] == "overlapping" and kind_of_file != "camt.054":
                continue
        elif (row["name"] == "id-off-by-one") != (kind_of_file == "02"):
            continue
        return _count(db, row, options)
    return None


def take_payment(db: sqlite3.Connection) -> Active | None:
    """What is odd about the operation being booked now, and count it."""
    for row, _, options in _of_level(db, "payment", ANY):
        return _count(db, row, options)
    return None


def take_break(db: sqlite3.Connection, channel: str) -> Active | None:
    """`order-not-received`, where it is what payment orders arriving now meet next, and count it."""
    for row, _, options in _of_level(db, "order", channel):
        return _count(db, row, options) if row["name"] == _BREAK else None
    return None


def take_order(db: sqlite3.Connection, channel: str) -> Active | None:
    """How the payment orders arriving now are going to fare, and count it."""
    for row, _, options in _of_level(db, "order", channel):
        if row["name"] != _BREAK:
            return _count(db, row, options)
    return None


_BREAK = "order-not-received"


_APART = frozenset({"otp", "blocked-logon", "session-timeout", "bad-sid"})
"""Replies decided before there is anything to reply: `take_logon` and `take_session`, never `take_reply`."""


def _take_named(db: sqlite3.Connection, operation: str, names: tuple[str, ...]) -> Active | None:
    for row in db.execute("SELECT * FROM behaviours ORDER BY id"):
        options = _complete(row, DIRECTBANK) if row["name"] in names else {}
        if options.get("operation") in (ANY, operation):
            return _count(db, row, options)
    return None


def _of_level(db: sqlite3.Connection, level: str, channel: str) -> list[tuple[sqlite3.Row, Kind, dict[str, str]]]:
    """What is queued of `level` and may happen on `channel`; ANY looks at every channel."""
    found = []
    for row in db.execute("SELECT * FROM behaviours ORDER BY id"):
        if (channel != ANY and row["channel"] not in (ANY, channel)) or row["name"] in _APART:
            continue
        kind = KINDS[row["name"]]
        if channel != ANY and channel not in kind.channels:
            continue
        options = _complete(row, channel)
        own_level = "payment" if options.get("where") == "entry" else kind.level
        if own_level == level:
            found.append((row, kind, options))
    return found


def _complete(row: sqlite3.Row, channel: str) -> dict[str, str]:
    """The options of a queued behaviour, with the defaults of the channel where it happens."""
    kind = KINDS[row["name"]]
    return {**kind.by_channel.get(channel, kind.options), **options_of(row)}


def _count(db: sqlite3.Connection, row: sqlite3.Row, options: dict[str, str]) -> Active:
    if row["remaining"] > 1:
        db.execute("UPDATE behaviours SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
    else:
        db.execute("DELETE FROM behaviours WHERE id = ?", (row["id"],))
    return Active(row["name"], options, row["channel"])


def _fitting(name: str, kind: Kind, given: Mapping[str, str], channel: str) -> list[str]:
    """The channels on which the options mean something; the first reason where there is none."""
    wanted = kind.channels if channel == ANY else (channel,)
    fitting: list[str] = []
    reason: Refused | None = None
    for one in wanted:
        try:
            _check(name, kind, given, one)
            fitting.append(one)
        except Refused as refused:
            reason = reason or refused
    if not fitting and reason is not None:
        raise reason
    return fitting


def _check(name: str, kind: Kind, given: Mapping[str, str], channel: str) -> None:
    known = kind.by_channel[channel]
    for option, value in given.items():
        if option not in known:
            raise Refused("sandbox.unknown_option", name=name, option=option, known=", ".join(known) or "—")
        if not _is_good(name, option, value, channel):
            raise Refused("sandbox.bad_option", name=name, option=option, value=value)


def _is_good(name: str, option: str, value: str, channel: str) -> bool:
    few = choices(channel, name, option)
    if few is not None:
        return value in few
    if option in ("seconds", "megabytes", "lines"):
        return value.replace(".", "", 1).isdigit()
    if option == "amount":
        return _is_sum(value)
    if option == "code" and channel == DIRECTBANK and name == "unknown-code":
        return len(value) == 4
    return bool(value)


def _is_sum(text: str) -> bool:
    try:
        Money.parse(text)
    except Refused:
        return False
    return True
