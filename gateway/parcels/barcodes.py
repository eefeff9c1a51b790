"""Tracking numbers as people and tables write them.

Kinds: the international S10 (UPU standard; EMS and China Post items are such), the Post's own of 14 digits, CDEK's of
10 (11 since its numbers ran out). A wrong check digit is a warning and never a refusal: numbers printed in the Post's
own documentation fail theirs, and only the carrier knows which numbers he gave out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.errors import Refused
from gateway.parcels.model import CarrierKey

LOOKALIKE = "parcel.track_lookalike"
DECIMAL = "parcel.track_decimal"
EXPONENT = "parcel.track_exponent"
CHECK_DIGIT = "parcel.track_check_digit"

# Cyrillic capitals that look like Latin ones.
_LATIN = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
# What stands between groups of a number, and what spreadsheets put around a text: ' before it, ="…" about it.
_NOISE = re.compile(r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff\-'’`\"«»=]")
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})")
_DECIMAL_TAIL = re.compile(r"(\d+)[.,]0+")

_S10 = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}", re.ASCII)
_DOMESTIC = re.compile(r"\d{14}", re.ASCII)
_CDEK = re.compile(r"[1-8]\d{9}|1\d{10}", re.ASCII)
_PHONE = re.compile(r"(?:\+?7|8)?\(?9\d\d\)?\d{7}", re.ASCII)
_INDEX = re.compile(r"\d{6}", re.ASCII)

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_DOMESTIC_DIGITS = 14
_SHOWN = 40


class TrackKind(StrEnum):
    """How a number is built."""

    S10 = "s10"
    DOMESTIC = "domestic14"
    CDEK = "cdek"


@dataclass(frozen=True, slots=True)
class Checked:
    """A number that can be asked about.

    Attributes:
        track: as the carrier writes it.
        warnings: codes of the message catalogue: what was put right, or looks wrong.
    """

    track: str
    kind: TrackKind
    carrier: CarrierKey
    warnings: tuple[str, ...]


def normalise(text: str) -> str:
    """`text` in capitals, without spaces, hyphens and quotes, with Latin letters for Cyrillic ones that look alike.

    Refuses nothing: what comes out need not be a number at all. Two writings of one number come out equal.
    """
    return _undone(_cleaned(text).translate(_LATIN))[0]


def check(text: str) -> Checked:
    """What number this is.

    Raises:
        Refused: `parcel.track_wrong`, or where it can be told what it is instead: `parcel.track_empty`,
            `parcel.track_rounded` (a spreadsheet has lost digits), `parcel.track_short` (13 digits of 14),
            `parcel.track_is_phone`, `parcel.track_is_index`.
    """
    cleaned = _cleaned(text)
    if not cleaned:
        raise Refused("parcel.track_empty")
    latin = cleaned.translate(_LATIN)
    track, damage = _undone(latin)
    for pattern, kind, carrier, fits in _KINDS:
        if pattern.fullmatch(track):
            found = (LOOKALIKE if latin != cleaned else "", damage, "" if fits(track) else CHECK_DIGIT)
            return Checked(track, kind, carrier, tuple(warning for warning in found if warning))
    raise _refusal(track)


def s10_fits(track: str) -> bool:
    """Whether the ninth digit of an S10 number is the one its first eight ask for (UPU S10, modulo 11)."""
    digits = [int(d) for d in track[2:11]]
    rest = 11 - sum(w * d for w, d in zip(_S10_WEIGHTS, digits, strict=False)) % 11
    return digits[8] == {10: 0, 11: 5}.get(rest, rest)


def domestic_fits(track: str) -> bool:
    """Whether the last of 14 digits is the one the others ask for: odd places count three times, modulo 10."""
    digits = [int(d) for d in track]
    return digits[13] == -(3 * sum(digits[0:13:2]) + sum(digits[1:13:2])) % 10


def _no_check_digit(_track: str) -> bool:
    return True


_KINDS: tuple[tuple[re.Pattern[str], TrackKind, CarrierKey, Callable[[str], bool]], ...] = (
    (_S10, TrackKind.S10, CarrierKey.POST, s10_fits),
    (_DOMESTIC, TrackKind.DOMESTIC, CarrierKey.POST, domestic_fits),
    (_CDEK, TrackKind.CDEK, CarrierKey.CDEK, _no_check_digit),
)


def _cleaned(text: str) -> str:
    return _NOISE.sub("", text).upper()


def _undone(track: str) -> tuple[str, str]:
    """`track` with what a spreadsheet did to it undone, where no digit was lost, and the warning ("" for none)."""
    if tail := _DECIMAL_TAIL.fullmatch(track):
        return tail[1], DECIMAL
    if (found := _SCIENTIFIC.fullmatch(track)) and len(found[2] or "") == int(found[3]):
        return found[1] + (found[2] or ""), EXPONENT
    return track, ""


def _refusal(track: str) -> Refused:
    """Why `track` is none of our kinds."""
    shown = track[:_SHOWN]
    if _SCIENTIFIC.fullmatch(track):
        return Refused("parcel.track_rounded", text=shown)
    if _PHONE.fullmatch(track):
        return Refused("parcel.track_is_phone")
    if _INDEX.fullmatch(track):
        return Refused("parcel.track_is_index", text=shown)
    if track.isdecimal() and len(track) == _DOMESTIC_DIGITS - 1:
        return Refused("parcel.track_short", text=shown)
    return Refused("parcel.track_wrong", text=shown)
