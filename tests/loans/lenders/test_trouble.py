"""A lender's every misbehaviour, over real sockets, the same for all adapters: whatever goes wrong on the way, an
application ends where it ends with an honest lender, and the lender has it once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from gateway.core.clock import to_text
from gateway.loans.lenders.decisions import take_view
from gateway.loans.model import SigningWay
from gateway.loans.sandbox import behave
from gateway.loans.sandbox.control import SOAP
from gateway.loans.tables import lender_views
from tests.loans.lenders.test_calls import Line, accepted, line

__all__ = ["line"]

# At each step first what keeps a call from being carried out, then what spoils the answer to one that was.
WILD_DAY = (
    ("busy", "submit"), ("silent", "submit"),
    ("unknown-status", "view"), ("stale", "view"),
    ("not-received", "accept"), ("lost-reply", "accept"),
    ("http-500", "document"), ("garbled", "document"),
    ("not-received", "signed"), ("dtd", "signed"),
    ("busy", "commit"), ("garbled", "commit"),
)  # fmt: skip
OF_CALLS = tuple(name for name, options in behave.KINDS.items() if "operation" in options)
OF_HOOKS = tuple(name for name in behave.KINDS if name.startswith("hook-"))
OF_LENDING = ("wrong-psk", "changed-offer", "late-refusal", "cooling-off")


def test_every_misbehaviour_is_met_somewhere() -> None:
    assert {*OF_CALLS, *OF_HOOKS, *OF_LENDING} == set(behave.KINDS)


def lend(line: Line, *troubles: tuple[str, str]) -> str:
    """An application brought to a loan that runs; what goes wrong is (behaviour, operation), once each, in order."""
    for name, operation in troubles:
        if name != "dtd" or line.house.key == SOAP:
            line.house.sandbox.behave(line.house.key, name, operation=operation)
    row_id = line.submitted()
    settle(line, row_id)
    line.house.sandbox.decide(line.house.key, row_id, "approve")
    settle(line, row_id)
    offer = next(one.offers[0] for one in line.house.sandbox.applications() if one.application_id == row_id)
    line.office.accept(row_id, line.house.key, offer, SigningWay.CLERK)
    settle(line, row_id)
    line.tell("loan.signed", row_id, at=line.office.store.clock.now().isoformat(), identity_checked=True)
    line.tell("loan.commit", row_id)
    settle(line, row_id)
    return row_id


def settle(line: Line, row_id: str) -> None:
    """Rounds of the outbox and of questions, until nothing moves any more."""
    still = 0
    while still < 2:
        done = line.later(hours=1)
        line.look(row_id)
        still = still + 1 if done.done == done.failed == 0 else 0


def standing(line: Line, row_id: str) -> dict[str, Any]:
    """Where an application stands, but for the number of its agreement and the days of its offers."""
    found = line.office.standing(row_id)
    told = re.sub(r'"until":"[^"]*"', "", repr(found["decisions"]))
    return {**found, "decisions": told, "agreement": found["agreement"] and found["agreement"][1:]}


@pytest.mark.usefixtures("hasty")
def test_a_day_on_which_everything_goes_wrong_ends_as_an_honest_one(line: Line) -> None:
    honest = lend(line)
    assert {name for name, _ in WILD_DAY} == set(OF_CALLS)
    wild = lend(line, *WILD_DAY)
    assert line.house.sandbox.queued(line.house.key) == []
    assert standing(line, wild) == standing(line, honest)
    there = {one.application_id: one.state for one in line.house.sandbox.applications()}
    assert there == {honest: "committed", wild: "committed"}


def test_words_that_come_twice_late_or_in_a_strange_tongue_move_nothing(line: Line) -> None:
    row_id = accepted(line)
    line.leave()
    before = standing(line, row_id)
    for name in ("stale", "unknown-status", "stale"):
        line.house.sandbox.behave(line.house.key, name, operation="view")
        line.look(row_id)
        assert standing(line, row_id) == before, name
    line.look(row_id)
    line.look(row_id)
    assert standing(line, row_id) == before
    assert [one.known for one in line.office.rows(lender_views)].count(0) == 1
    decision = line.office.decision(row_id, line.house.key)
    again = line.house.adapter.view(row_id, decision.external_id)
    with line.office.store.unit() as unit:
        assert not take_view(unit, line.office.terms, decision.id, again)


@pytest.mark.parametrize("hours", [4, 30])
def test_the_lenders_own_cooling_off_rules(line: Line, hours: int) -> None:
    line.house.sandbox.behave(line.house.key, "cooling-off", hours=hours)
    row_id = accepted(line)
    settle(line, row_id)
    signed_at = line.office.store.clock.now()
    line.tell("loan.signed", row_id, at=signed_at.isoformat(), identity_checked=True)
    line.leave()
    line.look(row_id)
    paper = line.office.agreement(row_id)
    assert paper is not None
    assert paper.lender_cooling_until == to_text(signed_at + timedelta(hours=hours))
