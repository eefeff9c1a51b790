"""Canonical XML: the octets a signature is really over.

libxml2 does the work. One trap is stepped around: lxml canonicalises a *part* of a document inclusively as if its
inherited namespaces were undeclared below it (an empty xmlns appears on grandchildren). So parts are canonicalised
exclusively, where that does no harm, or as roots of their own (`inclusive_part`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree

from gateway.core.errors import Corrupt


def exclusive_part(node: etree._Element, prefixes: tuple[str, ...] = ()) -> bytes:
    """`node` and what is below it by exclusive canonical XML 1.0 without comments.

    Args:
        prefixes: namespace prefixes treated inclusively (InclusiveNamespaces/@PrefixList).

    Raises:
        Corrupt: `signature.wrapped` when there is no canonical form.
    """
    with _refusing():
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
    # written out, a part declares every namespace it inherits
    return document(etree.fromstring(etree.tostring(node, with_tail=False)))


def document(root: etree._Element, *, exclusive: bool = False) -> bytes:
    """The whole document of `root`, without comments; inclusive unless told otherwise."""
    octets = io.BytesIO()
    with _refusing():
        root.getroottree().write(octets, method="c14n", exclusive=exclusive, with_comments=False)
    return octets.getvalue()


@contextmanager
def _refusing() -> Iterator[None]:
    """Some documents have no canonical form (relative namespace names); nobody can have signed them."""
    try:
        yield
    except etree.C14NError:
        raise Corrupt("signature.wrapped", detail="no canonical form") from None
