"""Back-tests over the API: whoever switches automatic release on sees what the matcher would have done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx

from gateway.core.authority import Actor, Role
from gateway.core.clock import FixedClock
from gateway.matching.trial import Trial
from gateway.matching.trial_summary import Summary
from gateway.matching.trials import keep
from gateway.store import Store
from tests.matching.world import payment, world

IT = Actor("root", Role.IT)


def _summary() -> Summary:
    index = world()
    trial = Trial([index[invoice_id] for invoice_id in index.ids()])
    paid = [
        payment("alpha", "12500.00", "Оплата по счету № 125 от 12.11.2026", number="1"),
        payment("beta", "15000.00", "Оплата по счету № 140 от 10.11.2026", number="2"),
        payment("stranger", "15000.00", "Оплата по счету № 140 от 10.11.2026", number="3"),
    ]
    again = replace(paid[1], id="again")
    for _ in trial.run([*paid, again]):
        pass
    return trial.summary


def _kept(store: Store, source: str) -> str:
    with store.unit(IT) as unit:
        kept = keep(unit, source, _summary())
        unit.commit()
    return kept


def test_trials_come_newest_first_with_figures_words_and_advice(
    store: Store, clock: FixedClock, as_role: Callable[[str], httpx.Client]
) -> None:
    older = _kept(store, "2025")
    clock.advance(timedelta(hours=1))
    newer = _kept(store, "2026")
    client = as_role("accountant")
    items = client.get("/v1/trials").json()["items"]
    assert [item["id"] for item in items] == [newer, older]
    assert [item["id"] for item in client.get("/v1/trials", params={"limit": 1}).json()["items"]] == [newer]
    first = items[0]
    assert (first["source"], first["by"], first["first"]) == ("2026", "it:root", "2026-11-20")
    assert first["payments"] == {"count": 4, "amount": 57_500_00}
    assert first["auto"] == {"count": 2, "amount": 27_500_00, "share_of_count": 0.5, "share_of_amount": 0.4783}
    assert (first["person"]["count"], first["duplicate"]["count"]) == (1, 1)
    assert first["released"] == {"count": 2, "amount": 27_500_00}
    assert [(o["decision"], o["outcome"], o["count"]) for o in first["outcomes"]] == [
        ("person", "third_party_unnamed", 1),
        ("duplicate", "duplicate_document", 1),
        ("auto", "exact", 2),
    ]
    example = first["outcomes"][0]["example"]
    assert "140" in example["purpose"] and "другому покупателю" in example["why_ru"] and example["why_en"]
    assert [(a["code"], a["count"]) for a in first["advice"]] == [("trial.advice.third_party", 1)]


def test_the_answer_of_the_switch_says_what_the_newest_trial_found(
    store: Store, as_role: Callable[[str], httpx.Client]
) -> None:
    director = as_role("director")
    asked = {"json": {"mode": "automatic"}}
    never = director.post("/v1/settings/release", **asked, headers={"Idempotency-Key": "1"}).json()
    assert (never["release_mode"], never["last_trial"]) == ("automatic", None)
    kept = _kept(store, "2026")
    after = director.post("/v1/settings/release", **asked, headers={"Idempotency-Key": "2"}).json()
    assert (after["last_trial"]["id"], after["last_trial"]["auto"]["count"]) == (kept, 2)


def test_keeping_a_trial_switches_nothing_and_stands_in_the_journal(
    store: Store, as_role: Callable[[str], httpx.Client]
) -> None:
    _kept(store, "2026")
    assert as_role("director").get("/v1/status").json()["release_mode"] == "manual"
    with store.reading() as connection:
        row = connection.exec_driver_sql("SELECT kind, actor FROM journal ORDER BY seq DESC LIMIT 1").one()
    assert tuple(row) == ("trial.kept", "it:root")
