"""State tables: every pair either moves as written or raises."""

from __future__ import annotations

import pytest

from gateway.core.errors import Refused
from gateway.core.states import Machine, Transition

DOOR: Machine[str, str] = Machine(
    "door",
    {
        ("open", "close"): Transition("closed"),
        ("closed", "open"): Transition("open"),
        ("closed", "lock"): Transition(
            "locked", guard=lambda facts: bool(facts and facts.get("key")), clears=("visitor",)
        ),
        ("locked", "weld"): Transition("welded"),
    },
    final=frozenset({"welded"}),
)


def test_every_pair_moves_as_in_the_table_or_raises() -> None:
    for state in DOOR.states:
        for event in DOOR.events:
            step = DOOR.table.get((state, event))
            if step is None:
                with pytest.raises(Refused) as caught:
                    DOOR.step(state, event, {"key": True})
                assert caught.value.code == "state.illegal"
                assert caught.value.values == {"machine": "door", "state": state, "event": event}
            else:
                assert DOOR.step(state, event, {"key": True}) is step


def test_a_guard_says_not_yet() -> None:
    with pytest.raises(Refused) as caught:
        DOOR.step("closed", "lock")
    assert caught.value.code == "state.not_yet"


def test_allowed_lists_the_tables_events_in_order() -> None:
    assert DOOR.allowed("closed") == ["open", "lock"]
    assert DOOR.allowed("welded") == []


def test_nothing_leaves_a_final_state() -> None:
    with pytest.raises(ValueError, match="final state"):
        Machine("broken", {("done", "again"): Transition("open")}, final=frozenset({"done"}))
