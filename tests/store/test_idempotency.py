"""The same request twice is one effect and one answer."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.core.errors import Refused
from gateway.store import Store, idempotency

SCOPE, KEY, GIVEN, RESULT = "payments.allocate", "form-1", {"invoice": "125", "kopecks": 100}, {"decision": "D1"}


def ask(store: Store, given: object = GIVEN, scope: str = SCOPE, key: str = KEY) -> object:
    with store.unit() as unit:
        return idempotency.earlier(unit, scope, key, given)


@pytest.fixture
def remembered(store: Store) -> Store:
    with store.unit() as unit:
        idempotency.remember(unit, SCOPE, KEY, GIVEN, RESULT)
        unit.commit()
    return store


def test_a_new_key_has_no_answer(store: Store) -> None:
    assert ask(store) is None


def test_a_known_key_has_the_first_answer(remembered: Store) -> None:
    assert ask(remembered) == RESULT


def test_the_order_of_names_in_the_input_does_not_matter(remembered: Store) -> None:
    assert ask(remembered, dict(reversed(GIVEN.items()))) == RESULT


@pytest.mark.parametrize("other", [{"invoice": "125", "kopecks": 101}, {"invoice": "125"}, None, []])
def test_a_known_key_with_other_input_is_refused(remembered: Store, other: object) -> None:
    with pytest.raises(Refused) as caught:
        ask(remembered, other)
    assert caught.value.code == "idempotency.mismatch"


def test_scopes_do_not_share_keys(remembered: Store) -> None:
    assert ask(remembered, scope="payments.not_ours") is None


def test_an_answer_of_a_dropped_unit_is_not_remembered(store: Store) -> None:
    with store.unit() as unit:
        idempotency.remember(unit, SCOPE, KEY, GIVEN, RESULT)
    assert ask(store) is None


def test_a_key_cannot_be_remembered_twice(remembered: Store) -> None:
    with pytest.raises(IntegrityError), remembered.unit() as unit:
        idempotency.remember(unit, SCOPE, KEY, GIVEN, {"decision": "D2"})
        unit.commit()
    assert ask(remembered) == RESULT
