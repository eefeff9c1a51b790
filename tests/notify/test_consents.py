"""Consent: the last word counts, and the person's own weighs more than the shop's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gateway.core.errors import Refused
from gateway.notify import consents
from gateway.notify.consents import unsubscribes
from gateway.notify.model import ConsentSource, ConsentWord
from gateway.store import Store
from tests.notify.messages import EMAIL, MAIL, PHONE, SMS, TERMS

NEEDED = replace(TERMS, consent_needed=True)
GIVEN, WITHDRAWN = ConsentWord.GIVEN, ConsentWord.WITHDRAWN
SHOP, LINK, REPLY, OPERATOR, CLERK = (
    ConsentSource.SHOP, ConsentSource.LINK, ConsentSource.REPLY, ConsentSource.OPERATOR, ConsentSource.CLERK,
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "asked", "unasked"),
    [
        ([], False, True),
        ([(SHOP, GIVEN)], True, True),
        ([(SHOP, GIVEN), (REPLY, WITHDRAWN)], False, False),
        ([(SHOP, GIVEN), (REPLY, WITHDRAWN), (SHOP, GIVEN)], False, False),
        ([(OPERATOR, WITHDRAWN), (SHOP, GIVEN)], False, False),
        ([(LINK, WITHDRAWN), (CLERK, GIVEN)], True, True),
        ([(SHOP, WITHDRAWN), (SHOP, GIVEN)], True, True),
        ([(SHOP, GIVEN), (SHOP, WITHDRAWN)], False, False),
        ([(CLERK, GIVEN), (LINK, WITHDRAWN), (CLERK, GIVEN), (SHOP, GIVEN)], True, True),
    ],
)
def test_who_may_be_written_to(
    store: Store, said: list[tuple[ConsentSource, ConsentWord]], asked: bool, unasked: bool
) -> None:
    with store.unit() as unit:
        for source, word in said:
            consents.put(unit, "8(916)123-45-67", SMS, word, source, "parcel:1")
        unit.commit()
    with store.reading() as connection:
        assert consents.may(connection, "frames", NEEDED, PHONE, SMS) is asked
        assert consents.may(connection, "frames", TERMS, PHONE, SMS) is unasked
        assert consents.may(connection, "others", NEEDED, PHONE, SMS) is False
        assert consents.may(connection, "frames", NEEDED, MAIL, EMAIL) is False
        assert [each.word for each in consents.words(connection, "frames", PHONE, SMS)] == [w for _, w in said][::-1]


def test_the_same_word_is_kept_once_and_none_is_ever_changed(store: Store) -> None:
    with store.unit() as unit:
        assert consents.put(unit, MAIL.upper(), EMAIL, GIVEN, SHOP, "parcel:1")
        assert not consents.put(unit, MAIL, EMAIL, GIVEN, SHOP, "parcel:2")
        with pytest.raises(Refused) as refused:
            consents.put(unit, "+74951234567", SMS, GIVEN, SHOP, "parcel:1")
        unit.commit()
    assert refused.value.code == "notify.address_wrong"
    for change in ("UPDATE notification_consents SET word = 'withdrawn'", "DELETE FROM notification_consents"):
        with pytest.raises(IntegrityError), store.unit() as unit:
            unit.connection.execute(text(change))


@pytest.mark.parametrize(
    ("reply", "no_more"),
    [
        ("СТОП", True),
        (" стоп! ", True),
        ("Stop", True),
        ("CTOП", True),  # a Latin C, T and O
        ("«Отписаться»", True),
        ("стоп смс", True),
        ("Я остановлюсь у стоп-линии", False),
        ("стопка книг", False),
        ("спасибо", False),
        ("", False),
    ],
)
def test_a_reply_that_wants_no_more(reply: str, no_more: bool) -> None:
    assert unsubscribes(TERMS, reply) is no_more
