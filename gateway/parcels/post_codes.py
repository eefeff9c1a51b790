"""The Russian Post's operations: "type:attribute" → what it means. The table itself is post_codes.toml, beside this."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from gateway.parcels.meaning import UNKNOWN, Meaning, WaitingPlace
from gateway.parcels.model import Effect


def effect_of(code: str) -> Effect:
    """What `code` ("8:2") does to a parcel; NOTE for one that is in no table."""
    return meaning_of(code).effect


def meaning_of(code: str) -> Meaning:
    """The table's entry of `code`; `known` is False for one that is in no table."""
    return table().get(code, UNKNOWN)


@cache
def table() -> Mapping[str, Meaning]:
    """All codes.

    Raises:
        ValueError: a code stands in two groups, or a group is unreadable.
    """
    text = (resources.files("gateway.parcels") / "post_codes.toml").read_text(encoding="utf-8")
    found: dict[str, Meaning] = {}
    for group in tomllib.loads(text)["group"]:
        meaning = Meaning(
            Effect(group["effect"]),
            group["means"],
            WaitingPlace(group["place"]) if "place" in group else None,
            group.get("days_left"),
        )
        for code in _codes(group["codes"]):
            if code in found:
                raise ValueError(f"{code} stands in two groups of post_codes.toml")
            found[code] = meaning
    return MappingProxyType(found)


def _codes(text: str) -> Iterator[str]:
    """ "8:3-5 9:1" → "8:3", "8:4", "8:5", "9:1"."""
    for part in text.split():
        kind, attributes = part.split(":")
        first, _, last = attributes.partition("-")
        for attribute in range(int(first), int(last or first) + 1):
            yield f"{kind}:{attribute}"
