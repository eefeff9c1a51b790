"""What a message of a customer must look like, checked element by element: a schema in Python, as strict as one.

The bank ships no schema files: the shapes are written down from the standards' documentation, apart from whatever the
customer's side builds its messages with. A shape says which children an element has, in which order and how often,
which attributes, and what their text may be.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from lxml import etree

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
MANY = 1_000_000


class Misshapen(Exception):
    """A message that is not what the standard says.

    Attributes:
        where: names of the elements down to the wrong one, or `…@attribute`.
        what: what is wrong with it.
    """

    def __init__(self, where: str, what: str) -> None:
        self.where = where
        self.what = what
        super().__init__(f"{where}: {what}")


Leaf = Callable[[str], bool]
"""Whether a text is right."""


@dataclass(frozen=True, slots=True)
class Group:
    """An element with children.

    Attributes:
        parts: in their order.
        attributes: name → rule and whether it must be there.
        choice: exactly one of the parts is present.
    """

    parts: tuple[Part, ...] = ()
    attributes: Mapping[str, tuple[Leaf, bool]] = field(default_factory=dict)
    choice: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """An element with text and perhaps attributes."""

    rule: Leaf
    attributes: Mapping[str, tuple[Leaf, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Anything:
    """A subtree this bank does not look into."""


Shape = Group | Text | Anything


@dataclass(frozen=True, slots=True)
class Part:
    """A child and how often it may come."""

    name: str
    shape: Shape
    least: int = 1
    most: int = 1


def one(name: str, shape: Shape | Leaf) -> Part:
    return Part(name, _shape(shape))


def maybe(name: str, shape: Shape | Leaf) -> Part:
    return Part(name, _shape(shape), 0)


def many(name: str, shape: Shape | Leaf, least: int = 1) -> Part:
    return Part(name, _shape(shape), least, MANY)


def _shape(given: Shape | Leaf) -> Shape:
    return given if isinstance(given, (Group, Text, Anything)) else Text(given)


def check(element: etree._Element, shape: Shape, namespace: str, where: str = "") -> None:
    """See that `element` and everything in it has its shape.

    Raises:
        Misshapen: the first thing that is wrong.
    """
    path = f"{where}/{etree.QName(element).localname}".lstrip("/")
    if isinstance(shape, Anything):
        return
    _check_attributes(element, shape.attributes, path)
    if isinstance(shape, Text):
        if len(element):
            raise Misshapen(path, "has elements inside")
        if not shape.rule(element.text or ""):
            raise Misshapen(path, "its text is not allowed here")
        return
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        raise Misshapen(path, "has text between its elements")
    _check_parts(element, shape, namespace, path)


def _check_parts(element: etree._Element, shape: Group, namespace: str, path: str) -> None:
    children = list(element)
    position = 0
    present = 0
    for part in shape.parts:
        tag = f"{{{namespace}}}{part.name}"
        count = 0
        while position < len(children) and children[position].tag == tag and count < part.most:
            check(children[position], part.shape, namespace, path)
            position += 1
            count += 1
        if not shape.choice and count < part.least:
            raise Misshapen(f"{path}/{part.name}", "is missing")
        present += bool(count)
    if position < len(children):
        name = str(children[position].tag).rpartition("}")[2]
        raise Misshapen(f"{path}/{name}", "is not expected here")
    if shape.choice and present != 1:
        raise Misshapen(path, f"needs one of {', '.join(part.name for part in shape.parts)}")


def _check_attributes(element: etree._Element, known: Mapping[str, tuple[Leaf, bool]], path: str) -> None:
    for name, value in ((str(n), str(v)) for n, v in element.attrib.items()):
        if name.startswith(_XSI):
            continue
        if name not in known:
            raise Misshapen(f"{path}@{name}", "is not expected here")
        if not known[name][0](value):
            raise Misshapen(f"{path}@{name}", "its text is not allowed here")
    for name, (_, needed) in known.items():
        if needed and name not in element.attrib:
            raise Misshapen(f"{path}@{name}", "is missing")


# Texts


def text(longest: int, shortest: int = 0) -> Leaf:
    return lambda given: shortest <= len(given) <= longest


def pattern(expression: str) -> Leaf:
    compiled = re.compile(expression)
    return lambda given: compiled.fullmatch(given) is not None


def among(*words: str) -> Leaf:
    return lambda given: given in words


def decimal(digits: int, fraction: int) -> Leaf:
    """An xsd:decimal, not negative."""
    number = re.compile(rf"\+?\d+(\.\d{{0,{fraction}}})?")

    def good(given: str) -> bool:
        value = given.strip()
        return number.fullmatch(value) is not None and len(value.replace(".", "").lstrip("+0")) <= digits

    return good


def base64_text(given: str) -> bool:
    try:
        base64.b64decode("".join(given.split()), validate=True)
    except binascii.Error:
        return False
    return True


def instant(given: str) -> bool:
    """An xsd:dateTime, with or without a zone."""
    if "T" not in given:
        return False
    try:
        datetime.fromisoformat(given.strip())
    except ValueError:
        return False
    return True


def day(given: str) -> bool:
    """An xsd:date; a zone may follow."""
    value = given.strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?", value) is None:
        return False
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


boolean = among("true", "false", "0", "1")
hexadecimal = pattern(r"([0-9A-Fa-f]{2})+")
digits = pattern(r"\d{1,15}")
