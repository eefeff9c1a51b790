"""Verdicts: what proof says about a stored message, and how that is put on record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import structlog

from gateway.bank import offers
from gateway.bank.channel import Proof, Proven, Prover, Reply
from gateway.bank.tables import messages
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.store import Unit, alarms
from gateway.store.schema import dumps

_log = structlog.get_logger("bank.verdicts")

# What a bad line or a busy bank does; everything else about a reply may be somebody's doing.
_PASSING = frozenset(
    f"bank.{what}"
    for what in (
        "away", "slow", "fault", "empty", "truncated", "too_large", "response_refused", "response_vague",
        "server_untrusted", "client_refused", "busy", "session_refused", "logon_unreadable",
        "otp_needed", "otp_wrong", "stopped",
    )
) | frozenset(
    f"signing.{what}"  # a token that was pulled out, or whose PIN somebody has to put right
    for what in ("token_gone", "token_failed", "wrong_pin", "pin_locked", "pin_last_try", "pin_not_ready")
) | {"gost.unavailable"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What proof says about a stored message, not on record yet.

    Attributes:
        sha256: of the very bytes that were judged.
        proof: why it is believed; None where it is not.
        content_sha256: of the file in it; "" where it is not believed.
        error: why it is refused (Corrupt, Refused), or cannot be judged here and now (Unavailable).
    """

    message_id: str
    reference: str
    sha256: str
    proof: Proof | None
    content_sha256: str
    error: KvitError | None


def judge(channel: Prover, message_id: str, reference: str, reply: Reply) -> Verdict:
    """Prove a stored message as of the instant it was received. Touches no database and never raises for the reply."""
    digest = hashlib.sha256(reply.raw).hexdigest()
    try:
        proven = _proven(channel, reply)
    except (Corrupt, Refused, Unavailable) as error:
        return Verdict(message_id, reference, digest, None, "", error)
    content = digest if proven.content is reply.raw else hashlib.sha256(proven.content).hexdigest()
    return Verdict(message_id, reference, digest, proven.proof, content, None)


def holds(channel: Prover, reply: Reply) -> bool:
    """Whether a reply can be proved here and now."""
    try:
        _proven(channel, reply)
    except (Corrupt, Refused, Unavailable):
        return False
    return True


def record(unit: Unit, channel: str, verdict: Verdict) -> None:
    """Put a verdict on record, with all that follows from it.

    A message that cannot be judged here and now (what verifies it is not installed) stays as it is, with an alarm.
    """
    subject = f"{channel}/{verdict.reference}"
    error = verdict.error
    if isinstance(error, Unavailable):
        alarms.raise_alarm(unit, error.code, subject, told(error), severity="warning")
    elif error is not None:
        refuse(unit, channel, verdict.reference, verdict.message_id, error)
    else:
        _accept(unit, verdict)
        offers.forget(unit, channel, verdict.reference)
        end_passing_alarms(unit, subject)


def refuse(unit: Unit, channel: str, reference: str, message_id: str, error: KvitError) -> None:
    """A stored message does not hold: it is kept with the reason, and an alarm tells of it."""
    values = told(error)
    unit.update(messages, message_id, state="refused", reason=error.code, reason_values=dumps(values), done_at=unit.at)
    unit.journal("message.refused", f"message:{message_id}", reason=error.code, values=values)
    alarms.raise_alarm(unit, error.code, f"{channel}/{reference}", values)


def end_passing_alarms(unit: Unit, subject: str) -> None:
    """An honest answer ends the alarms about mishaps of the line. A forgery stays until a person has seen it."""
    for code in alarms.open_about(unit, subject):
        if code in _PASSING:
            alarms.clear(unit, code, subject)


def told(error: KvitError) -> dict[str, str]:
    """What an alarm says of an error; a bank's texts may be of any length."""
    return {name: str(value)[:200] for name, value in error.values.items()}


def _proven(channel: Prover, reply: Reply) -> Proven:
    """What `prove` says. A reply our own code breaks on is refused like any other, or it would stop all polling.

    Raises:
        Corrupt, Refused: the reply does not hold.
        Unavailable: what verifies it is not there.
    """
    try:
        return channel.prove(reply, reply.received_at)
    except KvitError:
        raise
    except Exception as error:
        _log.error("a reply broke the verifier", reference=reply.request.reference, exc_info=error)
        raise Corrupt("bank.malformed", what=type(error).__name__) from error


def _accept(unit: Unit, verdict: Verdict) -> None:
    proof = verdict.proof
    assert proof is not None
    unit.update(
        messages,
        verdict.message_id,
        state="proved",
        evidence=proof.kind,
        proof=proof.to_json(),
        content_sha256=verdict.content_sha256,
    )
    unit.journal(
        "message.proved",
        f"message:{verdict.message_id}",
        evidence=proof.kind,
        signer=proof.signer_sha256,
        sha256=verdict.sha256,
        content_sha256=verdict.content_sha256,
    )
