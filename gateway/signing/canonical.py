"""Canonical XML: the octets a signature is really over.

libxml2 does the work. One trap is stepped around: lxml canonicalises a *part* of a document inclusively as if its
inherited namespaces were undeclared below it (an empty xmlns appears on grandchildren). So parts are canonicalised
exclusively, where that does no harm, or as roots of their own (`inclusive_part`).
"""

from __future__ import annotations

import copy
import io
from typing import cast

from lxml import etree


def exclusive_part(node: etree._Element, prefixes: tuple[str, ...] = ()) -> bytes:
    """`node` and what is below it by exclusive canonical XML 1.0 without comments.

    Args:
        prefixes: namespace prefixes treated inclusively (InclusiveNamespaces/@PrefixList).
    """
    return etree.tostring(
        node,
        method="c14n",
        exclusive=True,
        with_comments=False,
        inclusive_ns_prefixes=list(prefixes) or None,
    )


def inclusive_part(node: etree._Element) -> bytes:
    """`node` and what is below it by canonical XML 1.0 without comments.

    xml:* attributes of ancestors are not inherited: do not call it where an ancestor has some.
    """
    own = etree.Element(node.tag, nsmap=cast("dict[str, str]", node.nsmap))
    own.attrib.update(node.attrib)
    own.text = node.text
    own.extend(copy.deepcopy(child) for child in node)
    return document(etree.fromstring(etree.tostring(own)))


def document(root: etree._Element, *, exclusive: bool = False) -> bytes:
    """The whole document of `root`, without comments; inclusive unless told otherwise."""
    octets = io.BytesIO()
    root.getroottree().write(octets, method="c14n", exclusive=exclusive, with_comments=False)
    return octets.getvalue()
