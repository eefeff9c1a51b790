"""Signature wrapping, forgery and confusion at the SOAP level: every attack is refused with its named reason."""

from __future__ import annotations

import base64

import pytest

from gateway.bank.bxd import response
from tests.bank.bxd import pretend
from tests.hostile.naive import what_a_naive_client_reads
from tests.hostile.reasons import refusal
from tests.hostile.wrapping import FORGED, MUTATORS, mutated


@pytest.fixture(scope="module")
def honest() -> bytes:
    return pretend.download()


def test_the_honest_message_passes(honest: bytes) -> None:
    proven = response.prove(pretend.reply(honest), pretend.rules(), pretend.NOW)
    assert proven.content == pretend.STATEMENT
    assert proven.proof.layers == ("soap", "payload")
    assert proven.proof.request_id == pretend.ID


@pytest.mark.parametrize("name", sorted(MUTATORS))
def test_wrapping_is_refused(honest: bytes, name: str) -> None:
    assert refusal(mutated(honest, name)) == "bank.signature_wrapped"


def test_the_attacks_are_real(honest: bytes) -> None:
    """The control: a naive client believes the forged content in most of them, and is never merely confused."""
    assert b"one million" not in (what_a_naive_client_reads(honest) or b"")
    fooled = [n for n in MUTATORS if _forged_content(what_a_naive_client_reads(mutated(honest, n)))]
    assert len(fooled) >= 14, fooled


def _forged_content(payload: bytes | None) -> bool:
    return payload is not None and base64.b64encode(FORGED) in payload
