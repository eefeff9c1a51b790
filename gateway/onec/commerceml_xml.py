"""CommerceML as a stream of elements read by local name.

The text is parsed piece by piece: goods, offers and documents are handed on as soon as they are closed and forgotten
again, so a file of any size needs the memory of its largest element. Nothing outside the text is ever read: no DTD,
no entities, no network. Namespaces and prefixes do not matter: 2.03–2.05 have none, 2.07 and 3.1 have their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from gateway.core.errors import Refused
from gateway.onec.model import Extra

ROOT = "КоммерческаяИнформация"

_CHUNK = 256 * 1024  # characters fed to the parser at a time
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ROOT_NAME = re.compile(r"<(?:[^\s/>:]*:)?([^\s/>:?!]+)[\s/>]")
_END_TAG = re.compile(rf"</(?:[\w.-]+:)?{ROOT}\s*>\s*(?:<!--.*?-->\s*)*\Z", re.DOTALL)
_CLOSED_ROOT = re.compile(r"<(?:[\w.-]+:)?" + ROOT + r"\b[^<>]*/>\s*\Z")
_DOUBLE = re.compile(r"&(amp|quot|lt|gt|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_NAMED = {"amp": "&", "quot": '"', "lt": "<", "gt": ">", "apos": "'", "nbsp": " "}

# Elements handed on one by one; everything above them is handed on when it closes, without them.
STREAMED = {
    (ROOT, "Каталог", "Товары", "Товар"),
    (ROOT, "ПакетПредложений", "Предложения", "Предложение"),
    (ROOT, "ИзмененияПакетаПредложений", "Предложения", "Предложение"),
    (ROOT, "Документ"),
    (ROOT, "Контейнер", "Документ"),
}


class Node:
    """One element, read by local names; it remembers what was asked for, so that the rest can be kept.

    Attributes:
        name: local name.
        line: line in the file, from 1.
        double_escaped: texts in which an entity was escaped twice ("&amp;quot;") and has been resolved.
    """

    def __init__(self, element: etree._Element, double_escaped: list[tuple[int, str]] | None = None) -> None:
        self._element = element
        self.name = local_name(element)
        self.line = line_of(element)
        self.double_escaped = [] if double_escaped is None else double_escaped
        self._children: dict[str, list[etree._Element]] = {}
        for child in element:
            if isinstance(child.tag, str):
                self._children.setdefault(local_name(child), []).append(child)
        self._asked: set[etree._Element] = set()
        self._asked_attributes: set[str] = set()
        self._nodes: dict[etree._Element, Node] = {}
        self._own_text_asked = False
        self._rest_taken = False

    def text(self, *names: str) -> str:
        """The text of the first child with one of `names`, stripped; "" when there is none."""
        for name in names:
            for child in self._children.get(name, ()):
                self._asked.add(child)
                if value := self._clean(child):
                    return value
        return ""

    def peek(self, name: str) -> str:
        """Like `text`, but the child counts as not asked for: for telling apart what to take."""
        return next((self._clean(child) for child in self._children.get(name, ())), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """The non-empty texts of all children called `name`."""
        found = self._children.get(name, ())
        self._asked.update(found)
        return tuple(value for child in found if (value := self._clean(child)))

    def own_text(self) -> str:
        """This element's own text, stripped."""
        self._own_text_asked = True
        return self._clean(self._element)

    def attribute(self, *names: str) -> str:
        """The first non-empty of the attributes `names`, stripped; "" when there is none."""
        for name in names:
            self._asked_attributes.add(name)
            if value := (self._element.get(name) or "").strip():
                return self._resolve(value, self._element)
        return ""

    def peek_attribute(self, name: str) -> str:
        """Like `attribute`, but it counts as not asked for."""
        return (self._element.get(name) or "").strip()

    def has(self, name: str) -> bool:
        return name in self._children

    def child(self, name: str) -> Node | None:
        """The first child called `name`."""
        return next(iter(self.children(name)), None)

    def children(self, *names: str) -> list[Node]:
        """The children with one of `names`, in the file's order within each name."""
        return [self._node(child) for name in names for child in self._children.get(name, ())]

    def items(self, container: str, name: str) -> list[Node]:
        """The elements `name` inside every child `container`: <Товары><Товар/><Товар/></Товары>."""
        return [item for holder in self.children(container) for item in holder.children(name)]

    def rest(self) -> tuple[Extra, ...]:
        """Everything nobody asked for, below this element, in the file's order.

        Parts that took their own rest before are left out: each piece of the file is kept in one place.
        """
        self._rest_taken = True
        return tuple(self._rest(""))

    def _rest(self, path: str) -> Iterator[Extra]:
        for attribute, value in self._element.attrib.items():
            name = str(attribute).rpartition("}")[2]
            if name not in self._asked_attributes and str(value).strip():
                yield Extra(f"{path}@{name}", str(value).strip())
        if not self._own_text_asked and (own := self._clean(self._element)):
            yield Extra(path, own)
        for child in (c for c in self._element if isinstance(c.tag, str)):
            below = f"{path}/{local_name(child)}" if path else local_name(child)
            if child in self._asked:
                yield from (e for e in Node(child, [])._rest(below) if e.path != below)
            elif not self._node(child)._rest_taken:
                yield from self._node(child)._rest(below)

    def _node(self, child: etree._Element) -> Node:
        if child not in self._nodes:
            self._nodes[child] = Node(child, self.double_escaped)
        return self._nodes[child]

    def _clean(self, element: etree._Element) -> str:
        # text after children belongs to the element too, but in this format it is only indentation
        return self._resolve((element.text or "").strip(), element)

    def _resolve(self, value: str, element: etree._Element) -> str:
        if "&" not in value or not _DOUBLE.search(value):
            return value
        self.double_escaped.append((line_of(element), value))
        return _DOUBLE.sub(_entity, value)


def _entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _NAMED:
        return _NAMED[name]
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    printable = 32 <= code < 0x110000 and not 0xD800 <= code < 0xE000
    return chr(code) if printable else match.group(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """An element that has closed.

    Attributes:
        path: local names from the root to the element.
        node: the element; streamed elements below it are gone already.
        container: number of the <Контейнер> around it, from 1; 0 outside.
    """

    path: tuple[str, ...]
    node: Node
    container: int


def stream(text: str) -> Iterator[Piece]:
    """The pieces of a CommerceML text: streamed elements, then each top section, at last the root itself.

    Raises:
        Refused: `onec.file_empty`, `onec.xml_dtd`, `onec.xml_truncated`, `onec.xml_broken`, `onec.xml_other_root`.
    """
    if not text.strip():
        raise Refused("onec.file_empty")
    forbid_dtd(text)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    walker = _Walker()
    try:
        for start in range(0, len(text), _CHUNK):
            parser.feed(text[start : start + _CHUNK].encode("utf-8"))
            yield from walker.take(parser)
        parser.close()
        yield from walker.take(parser)
    except etree.XMLSyntaxError as error:
        raise _broken(error, text) from None


class _Walker:
    """Keeps the path while events come, and forgets what has been handed on."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.container = 0

    def take(self, parser: etree.XMLPullParser) -> Iterator[Piece]:
        for event, element in parser.read_events():
            if not isinstance(element, etree._Element) or not isinstance(element.tag, str):
                continue
            name = local_name(element)
            if event == "start":
                if not self.path and name != ROOT:
                    raise Refused("onec.xml_other_root", root=name[:60])
                self.path.append(name)
                if self.path == [ROOT, "Контейнер"]:
                    self.container += 1
                continue
            path = tuple(self.path)
            self.path.pop()
            if path in STREAMED or len(path) <= 2:
                inside = self.container if len(path) > 1 and path[1] == "Контейнер" else 0
                yield Piece(path, Node(element), inside)
                _forget(element)


def _forget(element: etree._Element) -> None:
    """Free what was handed on.

    The element itself stays, emptied, until the next one has closed: libxml2 may still be appending to the text
    behind it, and would write into a neighbour if it were gone.
    """
    del element[:]
    element.attrib.clear()
    element.text = None
    before = element.getprevious()
    parent = element.getparent()
    if parent is not None and before is not None and not len(before) and not before.attrib and before.text is None:
        parent.remove(before)


def forbid_dtd(text: str) -> None:
    """Refuse a document type declaration; legal only before the root, and a syntax error anywhere else.

    Raises:
        Refused: `onec.xml_dtd`.
    """
    at = _prolog_end(text)
    if text[at : at + 9].upper() == "<!DOCTYPE":
        raise Refused("onec.xml_dtd", line=text.count("\n", 0, at) + 1)


def _prolog_end(text: str) -> int:
    """Where the root, or a document type declaration, begins."""
    start = _PROLOG.match(text)
    return start.end() if start else 0


def line_of(element: etree._Element) -> int:
    """The line an element starts in, from 1; 0 when it is not known."""
    line: Any = element.sourceline  # the stubs give it no type
    return int(line or 0)


def local_name(element: etree._Element) -> str:
    tag = str(element.tag)
    return tag.rpartition("}")[2]


def _broken(error: etree.XMLSyntaxError, text: str) -> Refused:
    line, column = error.lineno or 0, error.offset or 0
    root = _ROOT_NAME.match(text, _prolog_end(text))
    if root and root.group(1) != ROOT:
        # names in a wrong encoding are often no XML names at all, so the parser stumbles before the root is seen
        return Refused("onec.xml_other_root", root=root.group(1)[:60])
    if not _END_TAG.search(text[-4096:]) and not _CLOSED_ROOT.search(text[-4096:]):
        return Refused("onec.xml_truncated", line=text.count("\n") + 1, fragment=_line_of(text, text.count("\n") + 1))
    return Refused("onec.xml_broken", line=line, column=column, detail=error.msg or "", fragment=_line_of(text, line))


def _line_of(text: str, line: int) -> str:
    """Line number `line` of `text`, shortened."""
    for number, content in enumerate(text.split("\n"), start=1):
        if number == line:
            return content.strip()[:120]
    return ""
