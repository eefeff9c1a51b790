"""The named kinds of noise. Each is a small function that puts one situation into a world."""

from __future__ import annotations

from collections.abc import Callable

from tests.matching.noise.world import World

Kind = Callable[[World], None]
KINDS: dict[str, tuple[int, Kind]] = {}


def kind(weight: int) -> Callable[[Kind], Kind]:
    """Register a situation under its function's name; `weight` is how common it is beside the others."""

    def register(situation: Kind) -> Kind:
        KINDS[situation.__name__] = (weight, situation)
        return situation

    return register
