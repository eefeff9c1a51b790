"""Webhooks: a genuine one makes us ask, a forged one is refused and told; neither changes anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.core.errors import Refused
from gateway.loans.lenders import webhook
from gateway.loans.lenders.hints import receive
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.lenders.rest import RestLender
from gateway.store.schema import alarms
from gateway.store.schema import journal as journal_table
from tests.loans.lenders.office import Office, view
from tests.loans.lenders.test_decisions import take

KEY, SECRET = "sandbox-rest", "a shared secret"
BODY = b'{"id":"E1","status":"approved"}'
LENDER = {KEY: RestLender(KEY, "http://127.0.0.1:1/rest/v1", lambda: "t", lambda: SECRET, ())}


def hint(office: Office, body: bytes = BODY, signature: str | None = None) -> bool:
    given = webhook.signature(body, SECRET) if signature is None else signature
    return receive(office.store, LENDER, KEY, {"X-Signature": given}, body)


def asked(office: Office) -> str:
    """An application the lender is asked about in a while."""
    row_id = office.submitted(KEY)
    take(office, row_id, KEY, view(1, LenderStatus.RECEIVED))
    return row_id


def test_a_genuine_hint_makes_the_question_due_and_changes_nothing_else(office: Office) -> None:
    row_id = asked(office)
    before = office.standing(row_id)
    office.clock.advance(timedelta(seconds=5))
    assert hint(office) is True
    assert office.decision(row_id, KEY).poll_at == office.decision(row_id, KEY).polled_at.replace("00.000", "05.000")
    assert office.standing(row_id) == before


def test_the_same_hint_twice_is_one_question(office: Office) -> None:
    row_id = asked(office)
    before = office.standing(row_id)
    assert [hint(office), hint(office)] == [True, True]
    assert office.standing(row_id) == before


def test_a_hint_about_none_of_ours_is_no_error(office: Office) -> None:
    asked(office)
    assert hint(office, b'{"id":"another"}') is False


def test_a_lender_hints_about_his_own_applications_only(office: Office) -> None:
    row_id = office.submitted("sandbox-soap")
    take(office, row_id, "sandbox-soap", view(1, LenderStatus.RECEIVED))
    assert hint(office) is False


@pytest.mark.parametrize("signature", ["", "sha256=00", webhook.signature(BODY, "another secret")])
def test_a_forged_hint_is_refused_journalled_and_counted(office: Office, signature: str) -> None:
    row_id = asked(office)
    before, due = office.standing(row_id), office.decision(row_id, KEY).poll_at
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            hint(office, signature=signature)
        assert refused.value.code == "lender.forged_hint"
    assert office.standing(row_id) == before and office.decision(row_id, KEY).poll_at == due
    (raised,) = office.rows(alarms)
    assert (raised.code, raised._mapping["count"]) == ("lender.forged_hints", 3)
    assert [row.kind for row in office.rows(journal_table)].count("lender.hint_forged") == 3


def test_one_changed_byte_is_a_forgery(office: Office) -> None:
    asked(office)
    with pytest.raises(Refused):
        hint(office, BODY.replace(b"E1", b"E2"), webhook.signature(BODY, SECRET))


def test_without_a_secret_nothing_is_genuine(office: Office) -> None:
    bare = {KEY: RestLender(KEY, "http://127.0.0.1:1/rest/v1", lambda: "t", lambda: "", ())}
    with pytest.raises(Refused) as refused:
        receive(office.store, bare, KEY, {"X-Signature": webhook.signature(BODY, "")}, BODY)
    assert refused.value.code == "lender.forged_hint"


def test_a_lender_we_do_not_know(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        receive(office.store, LENDER, "nobody", {}, BODY)
    assert refused.value.code == "lender.unknown"
