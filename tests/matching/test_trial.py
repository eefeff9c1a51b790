"""Back-tests: each payment booked before the next, figures that add up, the same answer in whatever portions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.catalogue import sentence
from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.matching.decision import Decision, Outcome, Policy
from gateway.matching.facts import PaymentIn
from gateway.matching.index import InvoiceCard
from gateway.matching.trial import PolicyOn, Trial, always, as_open, run
from gateway.matching.trial_summary import Answer, Tally, advice, answer_of, as_json, of_json
from gateway.payments.registries.model import PayoutSource, Registry, RegistryLine
from tests.matching.world import POLICY, payment, world

ACQUIRER = "7700000122"
PARTNERS = replace(POLICY, payout_partners={ACQUIRER: "acquirer"})


def _invoices() -> list[InvoiceCard]:
    index = world()
    return [index[invoice_id] for invoice_id in index.ids()]


def _payout(roubles: str, number: str, registry: str = "51") -> PaymentIn:
    paid = payment("stranger", roubles, f"Возмещение по реестру № {registry} от 18.11.2026", number=number)
    return replace(paid, payer_inn=ACQUIRER, payer_name="ПАО «Эквайринг Банк»")


def _registry(number: str = "51") -> Registry:
    line = RegistryLine(Reference.ORDER, "100204", Money.parse("6150.00"))
    return Registry(
        f"R{number}", "acquirer", number, date(2026, 11, 18), Money.parse("6150.00"), Money.parse("150.00"),
        Money.parse("6000.00"), (line,),
    )  # fmt: skip


def _story() -> list[PaymentIn]:
    first = payment("alpha", "12500.00", "Оплата по счету № 125 от 12.11.2026", number="1")
    return [
        first,
        replace(first, id="sent-again"),
        payment("alpha", "12500.00", "Оплата по счету № 125 от 12.11.2026", number="2"),
        payment("beta", "9000.00", "Оплата по счету № 140 от 10.11.2026", number="3"),
        payment("beta", "6000.00", "Доплата по счету № 140 от 10.11.2026", number="4"),
        payment("ivanova", "4500.00", "Оплата по счету 180", number="5"),
        payment("stranger", "15000.00", "Оплата по счету № 140", number="6"),
        _payout("6000.00", "7"),
        _payout("700.00", "8", "52"),
        payment("alpha", "7340.50", "Возврат по счету № 126", number="9"),
    ]


def _answers(decided: Sequence[tuple[PaymentIn, Decision]]) -> list[tuple[str, str]]:
    return [(answer_of(decision).value, decision.outcome.value) for _, decision in decided]


def test_each_payment_is_booked_before_the_next_is_looked_at() -> None:
    decided = list(run(_invoices(), _story(), [_registry()], always(PARTNERS)))
    assert _answers(decided) == [
        ("auto", "exact"),
        ("duplicate", "duplicate_document"),
        ("person", "paid_invoice"),
        ("auto", "partial"),
        ("auto", "exact"),
        ("auto", "individual"),
        ("person", "third_party_unnamed"),
        ("auto", "registry"),
        ("person", "payout_unexplained"),
        ("person", "refund"),
    ]


def test_a_registry_explains_one_payout() -> None:
    decided = list(
        run(_invoices(), [_payout("6000.00", "1"), _payout("6000.00", "2")], [_registry()], always(PARTNERS))
    )
    assert _answers(decided) == [("auto", "registry"), ("person", "payout_unexplained")]


def test_the_summary_adds_up() -> None:
    story = _story()
    trial = Trial(_invoices(), [_registry()], always(PARTNERS))
    decided = list(trial.run(story))
    summary = trial.summary
    assert (summary.payments.count, summary.payments.kopecks) == (10, sum(p.amount.kopecks for p in story))
    by_answer = {answer: summary.tally(answer) for answer in Answer}
    assert {a.value: t.count for a, t in by_answer.items()} == {"auto": 5, "person": 4, "duplicate": 1}
    assert sum(t.kopecks for t in by_answer.values()) == summary.payments.kopecks
    released = {invoice for _, decision in decided for invoice in decision.release_ok}
    # 140 was paid in two parts: credited twice, released once, and with its whole amount
    assert summary.released.count == len(released) == 4
    assert summary.released.kopecks == sum(i.amount.kopecks for i in _invoices() if i.id in released)
    assert summary.payouts["acquirer"].count == 1
    assert summary.suggested == sum(bool(d.suggestions) for _, d in decided if answer_of(d) is Answer.PERSON)
    assert (summary.first, summary.last) == (date(2026, 11, 20), date(2026, 11, 20))
    shares = summary.tally(Answer.AUTO).share_of(summary.payments)
    assert shares[0] == 0.5 and 0 < shares[1] < 1


def test_an_example_shows_purpose_and_sentence() -> None:
    trial = Trial(_invoices(), [_registry()], always(PARTNERS))
    list(trial.run(_story()))
    example = trial.summary.groups[Answer.PERSON, Outcome.PAID_INVOICE].example
    assert example.purpose == "Оплата по счету № 125 от 12.11.2026"
    assert "уже оплачен" in example.why("ru") and "paid already" in example.why("en")


def test_advice_names_what_would_help() -> None:
    trial = Trial(_invoices(), [_registry()], always(PARTNERS))
    list(trial.run(_story()))
    found = {one.code: one.tally.count for one in advice(trial.summary)}
    assert found == {
        "trial.advice.registries.acquirer": 1,
        "trial.advice.third_party": 1,
        "trial.advice.closed": 1,
    }


@pytest.mark.parametrize("source", list(PayoutSource))
def test_every_kind_of_partner_has_its_advice(source: PayoutSource) -> None:
    summary = Trial([]).summary
    summary.payouts[source.value] = Tally(27, 100)
    [found] = advice(summary)
    for language in ("ru", "en"):
        text = sentence(found.code, language, found.values)
        assert "27" in text and found.code not in text


def test_what_is_stored_comes_back_equal() -> None:
    trial = Trial(_invoices(), [_registry()], always(PARTNERS))
    list(trial.run(_story()))
    assert of_json(as_json(trial.summary)) == trial.summary
    assert of_json(as_json(Trial([]).summary)) == Trial([]).summary


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 10), max_size=6))
def test_portions_do_not_matter(cuts: list[int]) -> None:
    story = _story()
    whole = list(run(_invoices(), story, [_registry()], always(PARTNERS)))
    trial = Trial(_invoices(), [_registry()], always(PARTNERS))
    edges = [0, *sorted(cuts), len(story)]
    portions = [story[start:end] for start, end in pairwise(edges)]
    assert [pair for portion in portions for pair in trial.run(portion)] == whole


def test_it_tells_how_far_it_is_and_stops_when_asked() -> None:
    told: list[int] = []
    trial = Trial(_invoices(), (), always(POLICY))
    decided = list(trial.run(_story(), progress=told.append, stopped=lambda: len(told) == 3))
    assert told == [1, 2, 3] and len(decided) == 3
    assert trial.summary.stopped and trial.summary.payments.count == 3


def test_the_policy_is_the_one_of_the_day() -> None:
    def on(day: date | None) -> Policy:
        return Policy(typo=day is not None and day.day > 20)

    slip = payment("gamma", "20345.67", "Оплата по счету № 105", number="1")
    assert _outcome(slip, on) is not Outcome.TYPO
    assert _outcome(replace(slip, booked=date(2026, 11, 21)), on) is Outcome.TYPO


def _outcome(paid: PaymentIn, policy_on: PolicyOn) -> Outcome:
    [(_, decision)] = run(_invoices(), [paid], (), policy_on)
    return decision.outcome


@pytest.mark.parametrize(
    ("number", "state", "rest"),
    [("97", "open", 320000), ("99", "cancelled", 0), ("162", "open", 180000), ("125", "open", 1250000)],
)
def test_invoices_as_they_were_before_anybody_paid(number: str, state: str, rest: int) -> None:
    [invoice] = [i for i in _invoices() if i.number == number and i.date.year == 2026]
    before = as_open(invoice)
    assert (before.state, before.rest.kopecks) == (state, rest)
