"""ResultBank: what every method answers with, a success or an error of the bank."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from lxml import etree

from gateway.bank.directbank.errors import BankError
from gateway.bank.directbank.wire import tag
from gateway.core.errors import Corrupt
from gateway.signing.parsing import DEFAULT_LIMIT, local_name, parse

# What the XML reader says → what it means for a bank's message.
_REASONS = {
    "xml.empty": "bank.empty",
    "xml.too_large": "bank.too_large",
    "xml.too_complex": "bank.too_complex",
    "xml.dtd": "bank.dtd",
    "xml.wrong_encoding": "bank.wrong_encoding",
    "xml.truncated": "bank.truncated",
    "xml.malformed": "bank.malformed",
}


@dataclass(frozen=True, slots=True)
class Result:
    """An answer, read.

    Attributes:
        answer: the one child of Success; None where the bank reports an error.
        error: what it reports.
    """

    answer: etree._Element | None
    error: BankError | None


def read_result(raw: bytes, limit: int = DEFAULT_LIMIT) -> Result:
    """A ResultBank message, read strictly: no DTD, no entities, one choice taken where the standard has one.

    Raises:
        Corrupt: `bank.empty`, `bank.too_large`, `bank.too_complex`, `bank.dtd`, `bank.wrong_encoding`,
            `bank.truncated`, `bank.malformed`; `bank.unknown_content` for anything but a ResultBank.
    """
    root = read_xml(raw, limit)
    if root.tag != tag("ResultBank"):
        raise Corrupt("bank.unknown_content", what=local_name(root)[:80])
    outcome = only_child(root, "ResultBank")
    if outcome.tag == tag("Error"):
        return Result(None, read_error(outcome))
    if outcome.tag != tag("Success"):
        raise Corrupt("bank.unknown_content", what=local_name(outcome)[:80])
    return Result(only_child(outcome, "Success"), None)


def read_error(node: etree._Element) -> BankError:
    """An Error element."""
    texts = [text_at(node, "Description"), text_at(node, "MoreInfo")]
    return BankError(text_at(node, "Code"), " ".join(text for text in texts if text)[:400])


def read_xml(raw: bytes, limit: int = DEFAULT_LIMIT) -> etree._Element:
    """The root of an XML document of the bank.

    Raises:
        Corrupt: as `read_result`.
    """
    try:
        return parse(raw, limit)
    except Corrupt as error:
        values = {"what": "XML", **error.values} if error.code == "xml.malformed" else error.values
        raise Corrupt(_REASONS[error.code], **values) from None


def only_child(node: etree._Element, what: str) -> etree._Element:
    """The one child element.

    Raises:
        Corrupt: `bank.malformed`, naming `what`.
    """
    if len(node) != 1 or not isinstance(node[0].tag, str):
        raise Corrupt("bank.malformed", what=what)
    return node[0]


def text_at(node: etree._Element, name: str) -> str:
    """The text of the only child `name`, "" when there is none.

    Raises:
        Corrupt: `bank.malformed` when there are several: which one counts is not ours to guess.
    """
    found = node.findall(tag(name))
    if len(found) > 1:
        raise Corrupt("bank.malformed", what=name)
    return (found[0].text or "").strip() if found else ""


def octets_of(node: etree._Element, limit: int) -> bytes:
    """The base64 text of an element, decoded; line breaks in it do not count.

    Raises:
        Corrupt: `bank.malformed`, `bank.too_large`.
    """
    text = "".join((node.text or "").split())
    if len(text) // 4 * 3 > limit + 3:
        raise Corrupt("bank.too_large", limit=limit)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Corrupt("bank.malformed", what=local_name(node)) from None
