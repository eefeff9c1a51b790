"""A decision in words: one text in Russian or English, from the same codes that are stored with it."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.catalogue import sentence
from gateway.matching.decision import Decision, Outcome, Reason


def outcome_text(outcome: Outcome, language: str) -> str:
    """What happened, one sentence, "ru" or "en"."""
    return sentence(f"outcome.{outcome.value}", language, {})


def reason_text(reason: Reason, language: str) -> str:
    """One fact, one sentence."""
    return sentence(reason.code, language, reason.values)


def explain(decision: Decision, language: str) -> str:
    """What happened and why: the outcome, a colon, the facts."""
    head = outcome_text(decision.outcome, language).rstrip(".")
    facts = _joined(reason_text(r, language) for r in decision.reasons)
    return f"{head}: {facts}." if facts else f"{head}."


def _joined(sentences: Iterable[str]) -> str:
    texts = [s.rstrip(".") for s in sentences if s]
    return "; ".join(_lower_first(t) for t in dict.fromkeys(texts))


def _lower_first(text: str) -> str:
    """A sentence as a part of a longer one; abbreviations ("ИНН …") stay."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]
