"""Registries as XML: a repeated element whose children and attributes are the columns.

What stands outside the repeated element (number, date, totals) comes first, as rows of a name and a text, where other
formats have their heading.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from gateway.core.errors import Refused
from gateway.payments.registries.read.rows import HEADER, Limits

_DEEPEST = 4  # levels of a row's own elements that are columns


def rows(data: bytes, limits: Limits, element: str = "") -> Iterator[tuple[int, list[str]]]:
    """Heading rows, the names of the columns as row 0, then (line, cells) of each element.

    Args:
        element: local name of the repeated element; "" for the one that is repeated most.

    Raises:
        Refused: `registry.xml_broken`, `registry.xml_crowded`, `registry.element_missing`.
    """
    if _elements(data) > limits.held_elements:
        raise Refused("registry.xml_crowded", limit=limits.held_elements)
    name = element or _repeated(data)
    columns: dict[str, None] = {}
    found = False
    for node in _closed(data):
        if _local(node) == name:
            found = True
            columns.update(dict.fromkeys(_cells(node)))
            _forget(node)
        elif not _inside(node, name):
            yield from _heading(node, name)
    if not found:
        raise Refused("registry.element_missing", name=name[:60])
    names = list(columns)
    yield HEADER, list(names)
    for node in _closed(data):
        if _local(node) == name and not _inside(node, name):
            cells = _cells(node)
            yield node.sourceline or 0, [cells.get(column, "") for column in names]
            _forget(node)


def _elements(data: bytes) -> int:
    tags = data.replace(b"\0", b"")  # in UTF-16 every other byte is one
    return tags.count(b"<") - tags.count(b"</")


def _closed(data: bytes) -> Iterator[Any]:
    """Elements as they close; nothing outside the bytes is read and no entity of their own is resolved."""
    walk = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    while True:
        try:
            _, node = next(walk)
        except StopIteration:
            return
        except etree.XMLSyntaxError as error:
            raise Refused("registry.xml_broken", row=error.lineno or 0) from None
        if node.getroottree().docinfo.internalDTD is not None:
            raise Refused("registry.xml_broken", row=1)
        if isinstance(node.tag, str):
            yield node


def _repeated(data: bytes) -> str:
    """The name of the element with parts of its own that comes most often; of two, the one further out."""
    counted: Counter[str] = Counter()
    depth: dict[str, int] = {}
    for node in _closed(data):
        if node.getparent() is not None and (len(node) or node.attrib):
            name = _local(node)
            counted[name] += 1
            depth.setdefault(name, sum(1 for _ in node.iterancestors()))
    if not counted:
        raise Refused("registry.element_missing", name="")
    return max(counted, key=lambda name: (counted[name], -depth[name]))


def _cells(node: Any, prefix: str = "", level: int = 0) -> dict[str, str]:
    """Column → text; a part of a part is "Outer/Inner", an attribute stands under its own name."""
    cells = {prefix + _plain(str(name)): str(value).strip() for name, value in node.attrib.items()}
    for child in node:
        if not isinstance(child.tag, str):
            continue
        name = prefix + _local(child)
        if (len(child) or child.attrib) and level < _DEEPEST:
            cells.update(_cells(child, f"{name}/", level + 1))
        if not len(child):
            cells[name] = (child.text or "").strip() or cells.get(name, "")
    return cells


def _heading(node: Any, row_name: str) -> Iterator[tuple[int, list[str]]]:
    line = node.sourceline or 0
    for name, value in node.attrib.items():
        yield line, [_plain(str(name)), str(value)]
    if not len(node) and (text := (node.text or "").strip()):
        yield line, [_local(node), text]


def _inside(node: Any, name: str) -> bool:
    return any(_local(above) == name for above in node.iterancestors())


def _forget(node: Any) -> None:
    node.clear(keep_tail=False)
    while node.getprevious() is not None and _local(node.getprevious()) == _local(node):
        del node.getparent()[0]


def _local(node: Any) -> str:
    return _plain(str(node.tag))


def _plain(name: str) -> str:
    return name.rpartition("}")[2]
