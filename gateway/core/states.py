"""State machines as tables.

A capability writes its life cycle as one table; the service asks the table before it writes a row. A pair that is
not in the table raises: nothing is ever silently ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gateway.core.errors import Refused

S = TypeVar("S", bound=str)
E = TypeVar("E", bound=str)


@dataclass(frozen=True)
class Transition(Generic[S]):
    """Where an event leads.

    Attributes:
        to: the new state.
        guard: asked with the caller's facts; the event is refused when it answers False.
        clears: columns that lose their value with this step (dependent facts do not outlive their state).
    """

    to: S
    guard: Callable[[Any], bool] | None = None
    clears: tuple[str, ...] = ()


class Machine(Generic[S, E]):
    """A transition table with a name.

    Args:
        name: what the table is of; used in messages and diagrams.
        table: (state, event) → Transition.
        final: states nothing leaves.
    """

    def __init__(self, name: str, table: Mapping[tuple[S, E], Transition[S]], final: frozenset[S]) -> None:
        self.name = name
        self.table = dict(table)
        self.final = final
        for (state, event), step in self.table.items():
            if state in final:
                raise ValueError(f"{name}: final state {state} has a way out by {event}")
            if step.to not in self.states:
                raise ValueError(f"{name}: {step.to} is unknown")

    @property
    def states(self) -> frozenset[S]:
        return frozenset(s for s, _ in self.table) | frozenset(t.to for t in self.table.values()) | self.final

    @property
    def events(self) -> frozenset[E]:
        return frozenset(e for _, e in self.table)

    def step(self, state: S, event: E, facts: Any = None) -> Transition[S]:
        """The transition of `event` in `state`.

        Raises:
            Refused: `state.illegal` when the table has no such pair, `state.not_yet` when its guard says no.
        """
        found = self.table.get((state, event))
        if found is None:
            raise Refused("state.illegal", machine=self.name, state=str(state), event=str(event))
        if found.guard is not None and not found.guard(facts):
            raise Refused("state.not_yet", machine=self.name, state=str(state), event=str(event))
        return found

    def allowed(self, state: S) -> list[E]:
        """Events the table knows in `state`, in the table's order (guards not asked)."""
        return [e for s, e in self.table if s == state]
