"""The parts camt messages are built of: names, dates, sums, parties, agents, remittance.

Everything goes by local name: banks use any prefix, any version (.02 to .08 and later) and mix their dialects. Where a
value may stand in several places, the places are listed in the function that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.bank.statement import Party
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.requisites import is_inn

_NOTHING = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NONE"})
_INN_SCHEMES = frozenset({"TXID", "INN", "ИНН"})
_KPP_SCHEMES = frozenset({"KPP", "КПП"})
_KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}")
_USUAL_SUM = re.compile(r"[0-9]{1,15}\.[0-9]{2}")  # what nearly every line has, read without detour
_BIK = re.compile(r"\d{9}")
# A line of remittance information that fills the field to its last character goes on in the next one without a space:
# 140 is the limit of ISO 20022, 35 that of the SWIFT lines older systems cut texts into.
_FULL_LINES = (35, 140)
_MIDNIGHT = time()


class Names(dict[str, str]):
    """Tag → local name, remembered: one dictionary look-up for each of a million elements."""

    def __missing__(self, tag: str) -> str:
        local = tag.rpartition("}")[2]
        self[tag] = local
        return local


def text_of(element: etree._Element) -> str:
    """The element's own text without the white space around it."""
    text = element.text
    return text.strip() if text else ""


def given(text: str) -> str:
    """`text`, or "" where it is one of the words banks write for "nothing"."""
    return "" if text.upper() in _NOTHING else text


def child(element: etree._Element, names: Names, name: str) -> etree._Element | None:
    """The first child called `name`."""
    for found in element:
        if names[found.tag] == name:
            return found
    return None


def down(element: etree._Element | None, names: Names, *path: str) -> str:
    """The text at the end of `path`, first branch each time; "" where the path breaks off."""
    if element is None:
        return ""
    for step in path:
        for found in element:
            if names[found.tag] == step:
                element = found
                break
        else:
            return ""
    return text_of(element)


@lru_cache(maxsize=1024)
def read_date(text: str) -> date | None:
    """The calendar date in "2026-11-21", "2026-11-21Z" or "2026-11-21T10:00:00+03:00", as written there.

    Never converted between zones: the booking date is the bank's own. None when it is not a date.
    """
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def read_instant(text: str, zone: ZoneInfo) -> datetime | None:
    """An instant in UTC; one without offset is taken as local time of `zone`. None when unreadable."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def read_operation_time(text: str, zone: ZoneInfo) -> datetime | None:
    """Like `read_instant`, but a bare date or a bare midnight, which is a date in a time's clothes, is None."""
    if "T" not in text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.time() == _MIDNIGHT:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def read_amount(text: str) -> Money | None:
    """A non-negative sum of whole hundredths; any number of leading zeros and of trailing decimals that are zeros."""
    if _USUAL_SUM.fullmatch(text):
        return Money(int(text[:-3] + text[-2:]))
    try:
        amount = Money.parse(text)
    except Refused:
        return None
    return amount if amount.kopecks >= 0 else None


def code_of(element: etree._Element, names: Names) -> str:
    """A bank transaction code: "PMNT/RCDT/ESCT" of the ISO domain, the bank's own after it, joined by "|"."""
    iso, own = "", ""
    for part in element:
        name = names[part.tag]
        if name == "Domn":
            codes = []
            for inner in part:
                if names[inner.tag] == "Cd":
                    codes.append(text_of(inner))
                elif names[inner.tag] == "Fmly":
                    codes.extend(text_of(code) for code in inner)
            iso = "/".join(codes)
        elif name == "Prtry":
            own = down(part, names, "Cd")
    return f"{iso}|{own}" if iso and own else iso or own


def account_of(element: etree._Element, names: Names) -> str:
    """Id/IBAN or Id/Othr/Id."""
    found = child(element, names, "Id")
    if found is None:
        return ""
    for kind in found:
        name = names[kind.tag]
        if name == "IBAN":
            return text_of(kind)
        if name == "Othr":
            return down(kind, names, "Id")
    return ""


def agent_of(element: etree._Element, names: Names) -> tuple[str, str]:
    """БИК (or, without one, the SWIFT code or another clearing number) and the name of an agent.

    Places: FinInstnId/ClrSysMmbId/MmbId, FinInstnId/BIC or BICFI, FinInstnId/Nm.
    """
    institution = child(element, names, "FinInstnId")
    if institution is None:
        return "", ""
    swift, member, bank_name = "", "", ""
    for part in institution:
        name = names[part.tag]
        if name in ("BIC", "BICFI"):
            swift = text_of(part)
        elif name == "ClrSysMmbId":
            member = down(part, names, "MmbId")
        elif name == "Nm":
            bank_name = text_of(part)
    return (member if _BIK.fullmatch(member) else swift or member), bank_name


def _identities(element: etree._Element, names: Names) -> Iterator[tuple[str, str]]:
    """(scheme, number) of each Id/OrgId/Othr and Id/PrvtId/Othr."""
    for kind in element:
        for other in kind:
            if names[other.tag] != "Othr":
                continue
            scheme, number = "", ""
            for part in other:
                name = names[part.tag]
                if name == "Id":
                    number = text_of(part)
                elif name == "SchmeNm":
                    scheme = text_of(part[0]).upper() if len(part) else ""
            yield scheme, number


def party_of(element: etree._Element, names: Names) -> tuple[str, str, str]:
    """Name, ИНН and КПП of a party, with or without the Pty level of version 07 and later.

    The ИНН is an Othr/Id whose scheme is TXID (what Russian banks write), INN or ИНН; without a scheme, one whose
    check digits hold. The КПП is one whose scheme is KPP or КПП.
    """
    if len(element) and names[element[0].tag] == "Pty":
        element = element[0]
    name, inn, kpp = "", "", ""
    for part in element:
        local = names[part.tag]
        if local == "Nm":
            name = text_of(part)
        elif local == "Id":
            for scheme, number in _identities(part, names):
                if scheme in _INN_SCHEMES or (not scheme and not inn and is_inn(number)):
                    inn = number
                elif scheme in _KPP_SCHEMES:
                    kpp = number
    return name, inn, kpp


def tax_numbers(element: etree._Element, names: Names) -> dict[str, tuple[str, str]]:
    """ "Dbtr"/"Cdtr" → (ИНН, КПП) of a Tax or TaxRmt element: TaxId is the ИНН, RegnId or TaxTp the КПП."""
    found: dict[str, tuple[str, str]] = {}
    for side in element:
        if names[side.tag] in ("Dbtr", "Cdtr"):
            numbers = [down(side, names, field) for field in ("RegnId", "TaxTp")]
            kpp = next((number for number in numbers if _KPP.fullmatch(number)), "")
            found[names[side.tag]] = (down(side, names, "TaxId"), kpp)
    return found


def counterparty(
    side: str,
    parties: dict[str, etree._Element],
    agents: dict[str, etree._Element],
    taxes: dict[str, tuple[str, str]],
    names: Names,
) -> Party:
    """The party on `side` ("Dbtr" or "Cdtr") of a transaction."""
    name = inn = kpp = account = bic = bank_name = ""
    element = parties.get(side)
    if element is not None:
        name, inn, kpp = party_of(element, names)
    element = parties.get(side + "Acct")
    if element is not None:
        account = account_of(element, names)
    element = agents.get(side + "Agt")
    if element is not None:
        bic, bank_name = agent_of(element, names)
    tax_inn, tax_kpp = taxes.get(side, ("", ""))
    return Party(name, inn or tax_inn, kpp or tax_kpp, account, bic, bank_name)


def joined(lines: list[str]) -> str:
    """Lines of text as one: a full line runs on into the next, others are joined by a space."""
    if not lines:
        return ""
    whole = lines[0]
    for before, line in pairwise(lines):
        whole = whole + line if len(before) in _FULL_LINES else f"{whole.rstrip()} {line.lstrip()}"
    return whole.strip()
