"""Building XML that fits its schema: text cut to its type, characters XML forbids made visible.

Shared by the writers of CommerceML, EnterpriseData and call tasks.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import Any

from lxml import etree

from gateway.onec.written import Written

# XML 1.0, production Char: everything else must not occur, not even escaped
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Builder:
    """Adds elements and keeps count of what had to be changed.

    Args:
        namespace: of all elements; "" for none.

    Attributes:
        replaced: characters XML forbids, now "?".
        truncated: values cut to the limit of their type.
    """

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self.replaced = 0
        self.truncated = 0

    def root(self, name: str, attributes: dict[str, str]) -> etree._Element:
        spaces: Any = {None: self._namespace}  # the stubs do not know the default namespace's key
        return etree.Element(self._tag(name), attrib=attributes, nsmap=spaces)

    def group(self, parent: etree._Element, name: str, attributes: dict[str, str] | None = None) -> etree._Element:
        """An element that will hold others."""
        clean = {key: self.clean(value) for key, value in (attributes or {}).items()}
        return etree.SubElement(parent, self._tag(name), attrib=clean)

    def value(self, parent: etree._Element, name: str, text: str, limit: int = 0) -> etree._Element:
        """An element with text, cut to `limit` characters when that is above 0."""
        element = etree.SubElement(parent, self._tag(name))
        element.text = self.fitting(text, limit)
        return element

    def optional(self, parent: etree._Element, name: str, text: str, limit: int = 0) -> None:
        """`value` when there is text, else nothing."""
        if text.strip():
            self.value(parent, name, text, limit)

    def fitting(self, text: str, limit: int) -> str:
        cleaned = self.clean(text)
        if limit and len(cleaned) > limit:
            self.truncated += 1
            return cleaned[: limit - 1].rstrip() + "…"
        return cleaned

    def clean(self, text: str) -> str:
        cleaned, count = _FORBIDDEN.subn("?", text)
        self.replaced += count
        return cleaned.strip()

    def finish(self, root: etree._Element, encoding: str) -> Written:
        """The file's bytes.

        Args:
            encoding: "utf-8-sig" (UTF-8 with a byte order mark), "utf-8", or "cp1251"; characters cp1251 does not
                have become character references, which every XML reader understands.
        """
        etree.indent(root, space="  ")
        declared = "windows-1251" if encoding == "cp1251" else "UTF-8"
        buffer = io.BytesIO()
        if encoding == "utf-8-sig":
            buffer.write(codecs.BOM_UTF8)
        etree.ElementTree(root).write(buffer, encoding=declared, xml_declaration=True)
        buffer.write(b"\n")
        return Written(buffer.getvalue(), replaced=self.replaced, truncated=self.truncated)

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}" if self._namespace else name


def switch(value: bool) -> str:
    return "true" if value else "false"


def inn_shaped(text: str) -> bool:
    """10 or 12 digits: the shape the schemas ask for, whatever the check digits say."""
    return bool(re.fullmatch(r"[0-9]{10}(?:[0-9]{2})?", text))
