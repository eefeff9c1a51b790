"""Settings (kind 06): what the bank says about our agreement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.bank.directbank.result import read_xml, text_at
from gateway.bank.directbank.wire import VERSIONS, tag
from gateway.core.errors import Corrupt

_CIPHER = re.compile(r"\(([0-9]{1,20})\)")


@dataclass(frozen=True, slots=True)
class Settings:
    """The agreement, as far as it concerns us.

    Attributes:
        customer_id: who we are in headers; some banks give another one in each session.
        version: the newest format the bank takes; "" where it names one we do not know.
        compress: documents travel zipped.
        rules: kind of document → RuleSignatures, "" for a kind that needs no signature.
    """

    customer_id: str = ""
    version: str = ""
    compress: bool = False
    rules: Mapping[str, str] = field(default_factory=dict)

    def signatures(self, kind: str) -> int:
        """How many signatures a document of `kind` needs at least."""
        return signatures_needed(self.rules.get(kind, ""))


def read_settings(content: bytes) -> Settings:
    """A Settings document.

    Raises:
        Corrupt: `bank.*`: not readable, or none.
    """
    root = read_xml(content)
    data = root.find(tag("Data"))
    if root.tag != tag("Settings") or data is None:
        raise Corrupt("bank.unknown_content", what="Settings")
    version = text_at(data, "FormatVersion")
    rules: dict[str, str] = {}
    for document in data.findall(tag("Document")):
        signed = document.find(tag("Signed"))
        rules[document.get("docKind", "")] = "" if signed is None else text_at(signed, "RuleSignatures")
    return Settings(
        customer_id=text_at(data, "CustomerID")[:50],
        version=version if version in VERSIONS else "",
        compress=text_at(data, "Compress") in ("true", "1"),
        rules=rules,
    )


def signatures_needed(rule: str) -> int:
    """The fewest signatures that satisfy a RuleSignatures.

    "(110)||(111)": each pair of brackets is one way to sign, each digit how many of that group of signers sign; "(0)"
    and "" ask for none. A rule nobody can read asks for one: what is signed once too often is taken all the same.
    """
    if not rule.strip():
        return 0
    ways = [sum(int(digit) for digit in cipher) for cipher in _CIPHER.findall(rule)]
    return min(ways) if ways else 1
