"""Whether a document of ours has arrived: asked by a StatusRequest, answered by a notice among the bank's packets.

Why a question and not the packet once more: repeating a packet under its id is answered by 2002 if it has arrived,
but if it has not, the repetition *is* the payment. `Channel.delivered` asks, it does not pay; a StatusRequest (which
every bank has to understand) cannot move money. Once the bank says that it has no such document (2207), whoever owns
the order decides to send the same packet again, under the same id, and 2002 and 2202 guard that.

The answer comes through the queue of packets, which may give each of them only once. So it is never fetched here: it
arrives through the inbox like everything else, and is noted when it is safe.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.bank.channel import Delivery
from gateway.bank.directbank.memory import DELIVERIES, Memory
from gateway.bank.directbank.packet import stable_id
from gateway.bank.formats.directbank_status import Notice
from gateway.core.clock import Clock, from_text, to_text

_AGAIN = timedelta(minutes=15)  # a question may stay without answer so long before it is asked anew
_MOST = 200  # open questions kept
_GUID = 36


class Deliveries:
    """Questions about documents of ours, kept in `memory`."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._memory = memory
        self._clock = clock

    def known(self, document_id: str) -> Delivery:
        """What the bank has answered."""
        row = self._load().get(document_id)
        return Delivery(row["answer"]) if row else Delivery.UNKNOWN

    def question(self, document_id: str, packet_id: str) -> str:
        """The id of the StatusRequest to send now, written down already; "" while one waits for its answer."""
        rows = self._load()
        row = rows.pop(document_id, None)
        if row is not None and row["sent"] and self._clock.now() - from_text(row["at"]) < _AGAIN:
            return ""
        if row is None or row["sent"]:
            number = 1 if row is None else row["number"] + 1
            first = number if row is None else row.get("first", 1)
            row = {
                "packet": packet_id, "first": first, "number": number, "sent": False, "answer": Delivery.UNKNOWN.value,
            }  # fmt: skip
        row["at"] = to_text(self._clock.now())
        rows[document_id] = row
        self._save(rows)
        return _question_id(document_id, row["number"])

    def sent(self, document_id: str) -> None:
        """The bank has the question."""
        self._set(document_id, sent=True)

    def absent(self, document_id: str) -> None:
        """The bank has no such document."""
        self._set(document_id, sent=True, answer=Delivery.ABSENT.value)

    def forget(self, document_id: str) -> None:
        """It is being sent: what was said about it before counts no more, nor what is yet to be said to questions of
        before. Those that follow have other ids, or the bank would take them for the old ones."""
        row = self._load().get(document_id)
        if row is not None:
            following = row["number"] + 1
            self._set(document_id, first=following, number=following, sent=False, answer=Delivery.UNKNOWN.value)

    def note(self, notice: Notice) -> None:
        """A notice that is safe here. Whatever the bank says about a thing, but that it does not know it, says that
        it has it. That it does not know it counts as the answer to a question of since the last try only: an older one
        may come late."""
        rows = self._load()
        for document_id, row in rows.items():
            ours = row["packet"] if notice.packet else document_id
            if same_id(notice.about, ours):
                if not notice.unknown:
                    self._set(document_id, answer=Delivery.ARRIVED.value)
                elif row["answer"] != Delivery.ARRIVED and _is_answer(notice, document_id, row):
                    self._set(document_id, answer=Delivery.ABSENT.value)
                return

    def _set(self, document_id: str, **values: Any) -> None:
        rows = self._load()
        if document_id in rows:
            rows[document_id] = {**rows[document_id], **values}
            self._save(rows)

    def _load(self) -> dict[str, Any]:
        return dict(self._memory.get(DELIVERIES) or {})

    def _save(self, rows: dict[str, Any]) -> None:
        self._memory.put(DELIVERIES, dict(list(rows.items())[-_MOST:]))


def _question_id(document_id: str, number: int) -> str:
    return stable_id(f"status:{document_id}:{number}")


def _is_answer(notice: Notice, document_id: str, row: dict[str, Any]) -> bool:
    """Whether a notice answers one of the questions since the document was last sent; a bank need not say which."""
    if not notice.answers:
        return bool(row["sent"])
    asked = range(row.get("first", 1), row["number"] + 1)
    return any(same_id(notice.answers, _question_id(document_id, number)) for number in asked)


def same_id(theirs: str, ours: str) -> bool:
    """Whether the bank means our id. Real notices were seen to spell a GUID with one digit changed; two GUIDs of
    ours that differ in a single digit do not happen."""
    one, other = theirs.strip().casefold(), ours.strip().casefold()
    if one == other:
        return bool(one)
    return len(one) == len(other) == _GUID and sum(a != b for a, b in zip(one, other, strict=True)) == 1
