"""What gateways call messages: the answer may have an id in hexadecimal and the receipt in decimal, or the other way
round, in any case, with zeros before it or without."""

from __future__ import annotations

_HEX = frozenset("0123456789abcdefABCDEF")
_LONGEST = 32  # hexadecimal digits; longer ones are no numbers


def canonical(outer: str) -> str:
    """One spelling of an id; the base of a number stays as it is."""
    plain = outer.strip()
    return plain.upper().lstrip("0") or "0" if _is_number(plain) else plain


def spellings(outer: str) -> tuple[str, ...]:
    """The id itself, then the same number in the other base; all canonical."""
    plain = canonical(outer)
    found = [plain]
    if _is_number(plain):
        if plain.isdigit():
            found.append(f"{int(plain):X}")
        found.append(str(int(plain, 16)))
    return tuple(dict.fromkeys(found))


def _is_number(plain: str) -> bool:
    return 0 < len(plain) <= _LONGEST and _HEX.issuperset(plain)
