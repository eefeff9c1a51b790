"""Who may be written to: words of consent and of refusal, kept for good, because the burden of proof is the sender's.

The last word counts, but a shop's "he agreed", which comes with every parcel, does not undo what the person said
himself, or his operator for him.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.text import fold
from gateway.notify.addresses import address_of
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.notify.tables import consents
from gateway.notify.terms import NotifyTerms
from gateway.store.driver import Query
from gateway.store.unit import Unit

_EVIDENCE = 300
_WORDS = Query(
    select(consents)
    .where(
        consents.c.company == bindparam("company"),
        consents.c.address == bindparam("address"),
        consents.c.channel == bindparam("channel"),
    )
    .order_by(consents.c.id.desc())
)
_NO_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of consent or refusal, as it was put."""

    word: ConsentWord
    source: ConsentSource
    evidence: str
    at: str
    by: str


def put(
    unit: Unit,
    address: str,
    channel: NotificationChannel,
    word: ConsentWord,
    source: ConsentSource,
    evidence: str,
) -> bool:
    """Keep a word; the very word that stands already is not kept again.

    Args:
        evidence: what was said, or where: "message:<id>", "parcel:<id>"; no personal data.

    Returns:
        Whether it was new.

    Raises:
        Refused: `notify.address_wrong`.
    """
    known = address_of(channel, address)
    if not known:
        raise Refused("notify.address_wrong", channel=channel.value)
    said = words(unit.connection, unit.company, known, channel)
    if said and (said[0].word, said[0].source) == (word, source):
        return False
    row = {
        "id": new_id(),
        "company": unit.company,
        "address": known,
        "channel": channel.value,
        "word": word.value,
        "source": source.value,
        "evidence": evidence[:_EVIDENCE],
        "at": unit.at,
        "by": str(unit.actor),
    }
    unit.insert(consents, row)
    unit.journal(f"consent.{word.value}", f"consent:{row['id']}", channel=channel.value, source=source.value)
    return True


def may(connection: Connection, company: str, terms: NotifyTerms, address: str, channel: NotificationChannel) -> bool:
    """Whether this address may be written to; of none that nothing can be sent to."""
    known = address_of(channel, address)
    if not known:
        return False
    said = words(connection, company, known, channel)
    standing = next((each for each in said if not _by_shop(each)), None)
    if standing is None:
        return bool(said) or not terms.consent_needed
    if standing.word is ConsentWord.GIVEN:
        return True
    # What the shop itself took back it may give again.
    return standing.source is ConsentSource.SHOP and _by_shop(said[0])


def words(connection: Connection, company: str, address: str, channel: NotificationChannel) -> Sequence[Word]:
    """Everything said of an address as it is kept, the newest first."""
    rows = _WORDS.all(connection, company=company, address=address, channel=channel.value)
    return [Word(ConsentWord(r.word), ConsentSource(r.source), r.evidence, r.at, r.by) for r in rows]


def unsubscribes(terms: NotifyTerms, reply: str) -> bool:
    """Whether an SMS back says that he wants no more: «СТОП», "stop!", also with Latin letters that look Russian."""
    asked = [_NO_WORD.sub(" ", fold(each)).strip() for each in (*terms.unsubscribe, reply)]
    said = asked.pop()
    return any(said == word or said.startswith(f"{word} ") for word in asked if word)


def _by_shop(said: Word) -> bool:
    return said.source is ConsentSource.SHOP and said.word is ConsentWord.GIVEN
