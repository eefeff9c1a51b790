"""Single values of CommerceML: switches, dates, sums, quantities, units, requisites.

A value that cannot be read raises `Unreadable`, which the reader of the element turns into a problem with a line.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.problem import Problem
from gateway.core.quantity import Quantity
from gateway.onec.commerceml_xml import Node
from gateway.onec.model import Unit

FRAGMENT = 120

_TRUE = {"true", "1", "да", "истина", "y", "yes"}
_FALSE = {"false", "0", "нет", "ложь", "n", "no"}
# "2014-06-01T0:36:33" and "2007-10-16 15:44:47" are real; so are Russian dates typed into a requisite
_MOMENT = re.compile(
    r"(?:(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)|(?P<d2>\d\d?)\.(?P<m2>\d\d?)\.(?P<y2>\d{4}))"
    r"(?:[T ]+(?P<H>\d\d?):(?P<M>\d\d)(?::(?P<S>\d\d)(?:\.\d+)?)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
_ROUBLE = {"", "rub", "rur", "руб", "руб.", "643", "810", "р", "р.", "₽", "рубль"}


class Unreadable(Exception):
    """A value is not what its field holds.

    Args:
        code: entry of the message catalogue.
        line: where it stands.
        fragment: what stands there.
    """

    def __init__(self, code: str, line: int, fragment: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.fragment = fragment
        self.values = values

    def problem(self, subject: str, *, skipped: bool) -> Problem:
        return Problem(self.line, self.code, self.values, self.fragment[:FRAGMENT], skipped, subject)


def switch(text: str) -> bool | None:
    """true/false in any of the ways 1C and shops write it; None for anything else."""
    lowered = text.strip().lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else None


def currency(text: str) -> str:
    """ "RUB" for every spelling of the rouble and for none at all; another currency as written."""
    return "RUB" if text.strip().lower() in _ROUBLE else text.strip()


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A date with or without time as an instant, UTC; local time of `zone` unless the text has its own offset.

    None when it is not a moment at all.
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        return None
    part = found.groupdict()
    try:
        local = datetime(
            int(part["y"] or part["y2"]),
            int(part["m"] or part["m2"]),
            int(part["d"] or part["d2"]),
            int(part["H"] or 0),
            int(part["M"] or 0),
            int(part["S"] or 0),
            tzinfo=zone,
        )
        if part["zone"]:
            offset = part["zone"].replace("Z", "+00:00")
            local = datetime.fromisoformat(local.replace(tzinfo=None).isoformat() + offset)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(node: Node, name: str, code: str) -> date:
    """The date in child `name`.

    Raises:
        Unreadable: `code`.
    """
    text = node.text(name)
    found = moment(text, ZoneInfo("UTC"))
    if found is None:
        raise Unreadable(code, node.line, text)
    return found.date()


def money(node: Node, name: str) -> Money | None:
    """The sum in child `name`, None when it is missing or empty.

    Raises:
        Unreadable: `money.unreadable` or `money.subkopeck`.
    """
    text = node.text(name)
    if not text:
        return None
    try:
        return Money.parse(text)
    except Refused as error:
        raise Unreadable(error.code, node.line, text, text=text[:40]) from None


def quantity(node: Node, text: str) -> Quantity | None:
    """A quantity, None when the text is empty.

    Raises:
        Unreadable: `quantity.unreadable`.
    """
    if not text:
        return None
    try:
        return Quantity.parse(text)
    except Refused as error:
        raise Unreadable(error.code, node.line, text, text=text[:40]) from None


def unit(node: Node | None) -> Unit:
    """БазоваяЕдиница: attributes in 2.x, "796 " alone or with children in 3.1, text "шт" in the old versions."""
    if node is None:
        return Unit()
    text = node.own_text()
    code = node.attribute("Код") or node.text("Код")
    if text.isdigit() and not code:
        code, text = text, ""
    return Unit(
        code=code,
        name=node.attribute("НаименованиеКраткое") or node.text("НаименованиеКраткое") or text,
        full_name=node.attribute("НаименованиеПолное") or node.text("НаименованиеПолное", "Наименование"),
        international=node.attribute("МеждународноеСокращение") or node.text("МеждународноеСокращение"),
        extras=node.rest(),
    )


def requisites(node: Node, container: str = "ЗначенияРеквизитов") -> dict[str, str]:
    """ЗначенияРеквизитов as a dict; several values of one name are joined by line feeds."""
    found: dict[str, str] = {}
    for item in node.items(container, "ЗначениеРеквизита"):
        name = item.text("Наименование")
        for value in item.texts("Значение"):
            found[name] = f"{found[name]}\n{value}" if name in found else value
        found.setdefault(name, "")
    return found


def barcodes(node: Node) -> tuple[str, ...]:
    """Штрихкод in 2.x, Штрихкоды/Штрихкод in 3.1."""
    return (*node.texts("Штрихкод"), *(v for holder in node.children("Штрихкоды") for v in holder.texts("Штрихкод")))


def characteristics(node: Node) -> tuple[tuple[str, str], ...]:
    return tuple(
        (item.text("Наименование"), item.text("Значение"))
        for item in node.items("ХарактеристикиТовара", "ХарактеристикаТовара")
    )
