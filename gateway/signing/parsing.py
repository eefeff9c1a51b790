"""XML from outside: bytes → tree, with everything refused that a signature could hide behind.

The bytes are decoded here, by one decoder and strictly, so that the search for a DTD sees the same characters the
parser will see, whatever encoding they came in. Comments are dropped while parsing: canonical XML without comments
(the only kind we accept) does not sign them, so nobody may read around them.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from gateway.core.errors import Corrupt

DEFAULT_LIMIT = 64 * 1024 * 1024

# Tags and quoted values of one message. A statement travels as one text, so even long lists stay far below; without
# this limit 64 MiB of "<a/>" would become gigabytes of tree.
_MOST_MARKUP = 2_000_000

# ASCII-compatible one-byte encodings banks use, and Unicode. UTF-7, UTF-32 and EBCDIC have no honest user here.
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1251", "windows-1252"}
_DECLARATION = re.compile(r"\A<\?xml\s[^>]*?\?>")
_DECLARED = re.compile(rb"""\A<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_DECLARED_TEXT = re.compile(r"""\A<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")

# libxml2's names for "the input ended too early": an open tag, an open attribute, an open CDATA section and so on
_ENDED_EARLY = {
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
    etree.ErrorTypes.ERR_GT_REQUIRED,
    etree.ErrorTypes.ERR_LTSLASH_REQUIRED,
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED,
    etree.ErrorTypes.ERR_CDATA_NOT_FINISHED,
    etree.ErrorTypes.ERR_COMMENT_NOT_FINISHED,
    etree.ErrorTypes.ERR_PI_NOT_FINISHED,
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY,
    etree.ErrorTypes.ERR_DOCUMENT_END,
}


def parse(raw: bytes, limit: int = DEFAULT_LIMIT) -> etree._Element:
    """The root of `raw`, parsed without DTD, entities, network or comments.

    Args:
        raw: the message exactly as received.
        limit: the most bytes accepted.

    Raises:
        Corrupt: `xml.empty`, `xml.too_large`, `xml.too_complex`, `xml.wrong_encoding`, `xml.dtd`, `xml.truncated`,
            `xml.malformed`.
    """
    if not raw.strip():
        raise Corrupt("xml.empty")
    if len(raw) > limit:
        raise Corrupt("xml.too_large", size=len(raw), limit=limit)
    text = _decode(raw)
    if "<!" in text and ("<!DOCTYPE" in text or "<!ENTITY" in text):
        raise Corrupt("xml.dtd")
    if len(text) > _MOST_MARKUP and sum(text.count(mark) for mark in "<\"'") > _MOST_MARKUP:
        raise Corrupt("xml.too_complex", limit=_MOST_MARKUP)
    return _tree(_DECLARATION.sub("", text, count=1).encode("utf-8"))


def reparse(canonical: bytes) -> etree._Element:
    """The root of a new tree from octets that we canonicalised ourselves out of a tree of `parse`.

    What `parse` looks for cannot be in them: canonical XML is UTF-8 without declaration, DTD, entities and comments.

    Raises:
        Corrupt: `xml.malformed`.
    """
    return _tree(canonical)


def _tree(body: bytes) -> etree._Element:
    """The root of UTF-8 octets without XML declaration."""
    try:
        # huge_tree lifts libxml2's 10 MB limit on one text node (a statement is one); entities cannot occur here
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            remove_comments=True,
            huge_tree=True,
        )
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        code = _syntax_code(error, body.decode("utf-8"))
        raise Corrupt(code, line=error.lineno or 0, column=error.offset or 0) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Corrupt("xml.dtd")
    return root


def local_name(node: etree._Element | str) -> str:
    """The name of an element (or of its tag) without its namespace; "" for a comment or an instruction.

    `etree.QName` refuses names lxml itself has parsed, with a colon or a brace in them: what comes from outside may
    have such a name, and it is simply not one we know.
    """
    tag = node if isinstance(node, str) else node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _syntax_code(error: etree.XMLSyntaxError, text: str) -> str:
    """Whether the text broke off or was never XML."""
    code = getattr(error, "code", 0)  # libxml2's error number; the stubs do not know the attribute
    if code == etree.ErrorTypes.ERR_INVALID_CHAR:
        return "xml.wrong_encoding"
    lines = text.rstrip().count("\n") + 1
    at_end = (error.lineno or 0) >= lines and not text.rstrip().endswith(">")
    return "xml.truncated" if at_end or code in _ENDED_EARLY else "xml.malformed"


def _decode(raw: bytes) -> str:
    """The characters of `raw` by its byte order mark and its declaration, which must agree."""
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Corrupt("xml.wrong_encoding", encoding=encoding, position=error.start) from None
    text = text.removeprefix("\ufeff")
    if encoding.startswith("utf-16"):
        declared = _DECLARED_TEXT.match(text)
        if declared and not declared[1].lower().startswith("utf-16"):
            raise Corrupt("xml.wrong_encoding", encoding=declared[1], position=0)
    if "\x00" in text:
        raise Corrupt("xml.wrong_encoding", encoding=encoding, position=text.index("\x00"))
    return text


def _encoding(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"\x00\x00\x00<", b"<\x00\x00\x00")):
        raise Corrupt("xml.wrong_encoding", encoding="utf-32", position=0)
    if raw.startswith((codecs.BOM_UTF16_LE, b"<\x00")):
        return "utf-16-le"
    if raw.startswith((codecs.BOM_UTF16_BE, b"\x00<")):
        return "utf-16-be"
    start = raw.removeprefix(codecs.BOM_UTF8)
    declared = _DECLARED.match(start)
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    known = encoding in _ENCODINGS and encoding != "utf-16"  # UTF-16 in one-byte characters is a lie
    if not known or (start is not raw and len(start) != len(raw) and encoding != "utf-8"):
        raise Corrupt("xml.wrong_encoding", encoding=encoding[:40], position=0)
    return encoding
