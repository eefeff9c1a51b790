"""The contract of a lender's adapter, the same for all of them, against the sandbox over a real socket."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.core.money import Money
from gateway.loans.lenders import webhook
from gateway.loans.lenders.errors import UnreadableAnswer
from gateway.loans.lenders.ports import LenderStatus, LenderView, OriginalVerdict
from gateway.loans.model import SigningWay
from tests.loans.lenders.house import HASTY, NOW, PERSON, REQUEST, House, adapter, basket, request

ID = REQUEST.id


def agreed(house: House, way: SigningWay = SigningWay.CLERK) -> LenderView:
    approved = house.approved()
    return house.adapter.accept(approved.external_id, approved.offers[0].id, way)


def committed(house: House) -> LenderView:
    external_id = agreed(house).external_id
    house.adapter.signed(external_id, NOW, True)
    return house.adapter.commit(external_id)


def test_an_application_is_handed_in(house: House) -> None:
    view = house.adapter.submit(REQUEST)
    assert view.status is LenderStatus.RECEIVED
    assert view.external_id and view.version == 1 and view.raw
    assert [one.application_id for one in house.sandbox.applications()] == [ID]


def test_handing_in_twice_hands_in_once(house: House) -> None:
    first = house.adapter.submit(REQUEST)
    assert house.adapter.submit(REQUEST) == first
    assert len(house.sandbox.applications()) == 1


def test_the_same_id_with_other_goods_is_refused(house: House) -> None:
    house.adapter.submit(REQUEST)
    with pytest.raises(Refused) as refused:
        house.adapter.submit(request(ID, months=6))
    assert refused.value.code == "lender.refused"


def test_what_does_not_add_up_is_refused(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.adapter.submit(request(ID, basket=basket(1_00)))
    assert refused.value.code == "lender.refused"
    assert house.sandbox.applications() == []


def test_it_is_asked_by_the_lenders_id_and_by_ours(house: House) -> None:
    view = house.adapter.submit(REQUEST)
    assert house.adapter.view(ID, view.external_id) == house.adapter.view(ID, "") == view


def test_an_application_he_does_not_know(house: House) -> None:
    for asked in (lambda: house.adapter.view("nobody", ""), lambda: house.adapter.view("x", "no such id")):
        with pytest.raises(Refused) as refused:
            asked()
        assert refused.value.code == "lender.unknown_application"


def test_offers_arrive_to_the_kopeck(house: House) -> None:
    view = house.approved()
    assert view.status is LenderStatus.APPROVED and view.version == 2
    offer = view.offers[0]
    assert (offer.loan, offer.months) == (Money(54_000_00), 12)
    assert offer.payment == {"24.9": Money(5_129_77), "35": Money(5_398_00)}[offer.rate]
    assert offer.psk in ("24.900", "35.000")
    assert offer.ways == tuple(SigningWay)
    assert offer.until == date(2026, 12, 5)


def test_an_instalment_plan_keeps_its_discount(both: dict[str, House]) -> None:
    plan = both["sandbox-rest"].approved().offers[1]
    assert (plan.rate, plan.psk, plan.payment, plan.discount) == ("0", "0.000", Money(4_500_00), Money(4_050_00))


def test_fields_to_be_put_right(house: House) -> None:
    house.adapter.submit(REQUEST)
    house.sandbox.decide(house.key, ID, "needs_info", wanted={"passport": "Проверьте номер"})
    view = house.adapter.view(ID, "")
    assert view.status is LenderStatus.NEEDS_INFO and view.wanted == {"passport": "Проверьте номер"}
    again = house.adapter.submit(request(ID, person={**PERSON, "passport": "4510123457"}))
    assert again.status is LenderStatus.THINKING and again.version == 3 and not again.wanted


def test_a_no_and_a_yes_taken_back_are_told_apart_by_the_answer_alone(house: House) -> None:
    house.adapter.submit(request("first"))
    house.sandbox.decide(house.key, "first", "decline", reason="Скоринг")
    declined = house.adapter.view("first", "")
    assert declined.status is LenderStatus.DECLINED and declined.reason == "Скоринг"
    house.approved("second")
    house.sandbox.decide(house.key, "second", "decline")
    revoked = house.adapter.view("second", "")
    assert revoked.status is LenderStatus.REVOKED
    assert revoked.status_text == declined.status_text  # his word is the same


@pytest.mark.parametrize("way", SigningWay)
def test_an_offer_is_accepted_and_the_agreement_is_there(house: House, way: SigningWay) -> None:
    view = agreed(house, way)
    agreement = view.agreement
    assert view.status is LenderStatus.AGREED and agreement is not None
    assert agreement.number == "2611000001" and agreement.dated == date(2026, 11, 21)
    assert (agreement.loan, agreement.discount, agreement.months) == (Money(54_000_00), Money(0), 12)
    assert agreement.passport == "4510123456"
    assert agreement.sign_by == date(2026, 12, 1) and agreement.cooling_until is None and not agreement.digital
    assert house.adapter.accept(view.external_id, view.offers[0].id, way) == view


def test_the_agreement_is_a_pdf(house: House) -> None:
    view = agreed(house)
    assert view.agreement is not None
    paper = house.adapter.document(view.external_id, view.agreement.document)
    assert paper.startswith(b"%PDF-1.4") and paper.rstrip().endswith(b"%%EOF")
    with pytest.raises(Refused) as refused:
        house.adapter.document(view.external_id, "no/such paper")
    assert refused.value.code == "lender.unknown_application"


def test_an_offer_that_changed_is_refused_and_the_view_tells_the_new_one(house: House) -> None:
    approved = house.approved()
    house.sandbox.behave(house.key, "changed-offer")
    with pytest.raises(Refused) as refused:
        house.adapter.accept(approved.external_id, approved.offers[0].id, SigningWay.CLERK)
    assert refused.value.code == "lender.refused" and "ffer" in str(refused.value.values["reason"])
    changed = house.adapter.view(ID, approved.external_id)
    assert changed.status is LenderStatus.APPROVED and changed.version == 3
    assert changed.offers[0].id != approved.offers[0].id


def test_signing_begins_the_cooling_off_where_nobody_stands_in_the_shop(house: House) -> None:
    external_id = agreed(house, SigningWay.COURIER).external_id
    view = house.adapter.signed(external_id, NOW, True)
    assert view.status is LenderStatus.SIGNED and view.agreement is not None
    assert view.agreement.cooling_until == NOW + timedelta(hours=4)
    with pytest.raises(Refused) as refused:
        house.adapter.commit(external_id)
    assert refused.value.code == "lender.refused"
    house.clock.advance(timedelta(hours=4))
    assert house.adapter.commit(external_id).status is LenderStatus.COMMITTED


def test_the_lenders_own_cooling_off(house: House) -> None:
    external_id = agreed(house).external_id
    house.sandbox.behave(house.key, "cooling-off", hours=30)
    agreement = house.adapter.signed(external_id, NOW, True).agreement
    assert agreement is not None and agreement.cooling_until == NOW + timedelta(hours=30)


def test_without_a_checked_passport_nothing_is_signed(house: House) -> None:
    external_id = agreed(house).external_id
    with pytest.raises(Refused) as refused:
        house.adapter.signed(external_id, NOW, False)
    assert refused.value.code == "lender.refused"


def test_the_paper_is_judged_beside_the_status(house: House) -> None:
    external_id = agreed(house).external_id
    house.adapter.signed(external_id, NOW, True)
    assert house.adapter.original_sent(external_id, "RA123").original is None
    house.sandbox.judge_original(house.key, ID, accepted=False, reason="Нет подписи")
    rejected = house.adapter.view(ID, external_id)
    assert rejected.status is LenderStatus.ORIGINAL_REJECTED and rejected.original is OriginalVerdict.REJECTED
    assert rejected.reason == "Нет подписи"
    house.adapter.signed(external_id, NOW, True)
    house.adapter.original_sent(external_id, "RA124")
    house.adapter.commit(external_id)
    house.sandbox.judge_original(house.key, ID, accepted=True)
    accepted = house.adapter.view(ID, external_id)
    assert accepted.status is LenderStatus.COMMITTED and accepted.original is OriginalVerdict.ACCEPTED


def test_every_step_may_come_twice(house: House) -> None:
    external_id = agreed(house).external_id
    steps: list[Callable[[], LenderView]] = [
        lambda: house.adapter.signed(external_id, NOW, True),
        lambda: house.adapter.original_sent(external_id, "RA123"),
        lambda: house.adapter.commit(external_id),
        lambda: house.adapter.returned(external_id, "return-1", Money(1_000_00)),
    ]
    for step in steps:
        assert step() == step()


def test_a_return_counts_once_and_never_more_than_was_lent(house: House) -> None:
    external_id = committed(house).external_id
    house.adapter.returned(external_id, "one", Money(50_000_00))
    house.adapter.returned(external_id, "one", Money(50_000_00))
    with pytest.raises(Refused):
        house.adapter.returned(external_id, "one", Money(1_00))
    with pytest.raises(Refused):
        house.adapter.returned(external_id, "two", Money(4_000_01))
    house.adapter.returned(external_id, "three", Money(4_000_00))


def test_an_application_is_taken_back_until_the_loan_runs(house: House) -> None:
    house.adapter.submit(request("early"))
    external_id = house.adapter.view("early", "").external_id
    assert house.adapter.cancel(external_id, "Покупатель передумал").status is LenderStatus.CANCELLED
    assert house.adapter.cancel(external_id, "Покупатель передумал").status is LenderStatus.CANCELLED
    late = committed(house).external_id
    with pytest.raises(Refused):
        house.adapter.cancel(late, "Поздно")


def test_money_on_its_way_is_told(house: House) -> None:
    external_id = committed(house).external_id
    assert house.sandbox.close_day(house.key) is not None
    assert house.adapter.view(ID, external_id).status is LenderStatus.PAID_OUT


# Trouble


def test_a_word_nobody_knows_is_unknown(house: House) -> None:
    house.approved()
    house.sandbox.behave(house.key, "unknown-status", word="scoring_2")
    view = house.adapter.view(ID, "")
    assert view.status is LenderStatus.UNKNOWN and view.status_text == "scoring_2"


def test_an_earlier_state_bears_its_earlier_version(house: House) -> None:
    house.approved()
    house.sandbox.behave(house.key, "stale")
    assert [house.adapter.view(ID, "").version for _ in range(2)] == [1, 2]


@pytest.mark.usefixtures("hasty")
def test_silence_ends_by_our_time_out_and_what_was_sent_may_have_arrived(house: House) -> None:
    house.sandbox.behave(house.key, "silent", operation="submit")
    started = time.monotonic()
    with pytest.raises(Unavailable) as away:
        house.adapter.submit(REQUEST)
    assert away.value.code == "lender.slow" and time.monotonic() - started < HASTY.total + 20
    assert house.adapter.view(ID, "").status is LenderStatus.RECEIVED


def test_a_lost_reply(house: House) -> None:
    house.sandbox.behave(house.key, "lost-reply")
    with pytest.raises(Unavailable) as away:
        house.adapter.submit(REQUEST)
    assert away.value.code == "lender.away"
    assert house.adapter.view(ID, "").status is LenderStatus.RECEIVED


def test_a_call_that_did_not_arrive(house: House) -> None:
    house.sandbox.behave(house.key, "not-received")
    with pytest.raises(Unavailable):
        house.adapter.submit(REQUEST)
    with pytest.raises(Refused) as refused:
        house.adapter.view(ID, "")
    assert refused.value.code == "lender.unknown_application"


def test_patience_is_asked_for_and_its_seconds_are_told(house: House) -> None:
    house.sandbox.behave(house.key, "busy", seconds=41)
    with pytest.raises(Unavailable) as busy:
        house.adapter.view(ID, "")
    assert busy.value.code == "lender.busy" and busy.value.retry_after == 41


def test_a_server_that_breaks(house: House) -> None:
    house.sandbox.behave(house.key, "http-500")
    with pytest.raises(Unavailable) as fault:
        house.adapter.submit(REQUEST)
    assert fault.value.code == "lender.fault"


def test_half_an_answer_is_unreadable_and_its_bytes_are_kept(house: House) -> None:
    house.approved()
    house.sandbox.behave(house.key, "garbled")
    with pytest.raises(UnreadableAnswer) as unreadable:
        house.adapter.view(ID, "")
    assert unreadable.value.code == "lender.unreadable" and unreadable.value.raw


def test_a_document_type_is_no_answer(both: dict[str, House]) -> None:
    house = both["sandbox-soap"]
    house.approved()
    house.sandbox.behave(house.key, "dtd")
    with pytest.raises(UnreadableAnswer) as unreadable:
        house.adapter.view(ID, "")
    assert unreadable.value.values["detail"] == "xml.dtd"


def test_a_wrong_token_is_refused_and_stands_in_no_error(house: House) -> None:
    account = house.sandbox.account(house.key)
    with house.sandbox.books.write() as db:
        db.execute("UPDATE lenders SET token = 'another' WHERE key = ?", (house.key,))
    with pytest.raises(Refused) as refused:
        house.adapter.submit(REQUEST)
    assert refused.value.code == "lender.forbidden"
    assert account.token not in f"{refused.value!r} {refused.value} {refused.value.values} {house.adapter!r}"


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("name", ["silent", "lost-reply", "http-500", "busy", "garbled"])
def test_no_error_tells_a_secret_or_a_person(house: House, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    account = house.sandbox.account(house.key)
    house.sandbox.behave(house.key, name)
    with pytest.raises(KvitError) as error:
        house.adapter.submit(REQUEST)
    told = f"{error.value!r} {error.value} {error.value.values} {caplog.text} {error.value.__cause__}"
    for secret in (account.token, account.hint_secret, "4510123456", "+79161234567", "Щёголев"):
        assert secret not in told


def test_a_refusal_bears_the_lenders_code_and_not_his_text(house: House) -> None:
    house.adapter.submit(REQUEST)
    with pytest.raises(Refused) as refused:
        house.adapter.commit(house.adapter.view(ID, "").external_id)
    assert str(refused.value.values["reason"]).replace("_", "").lower() == "wrongstate"


# Webhooks


def body_of(house: House) -> bytes:
    external_id = house.adapter.submit(REQUEST).external_id
    if house.key == "sandbox-soap":
        return f'<notice xmlns="urn:kvit:loan-broker:1"><creditID>{external_id}</creditID></notice>'.encode()
    return b'{"id":"%s"}' % external_id.encode()


def test_a_genuine_webhook_names_the_application(house: House) -> None:
    body = body_of(house)
    headers = {"x-signature": webhook.signature(body, house.sandbox.account(house.key).hint_secret)}
    assert house.adapter.hint(headers, body).external_id == house.adapter.view(ID, "").external_id


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "\u0451"])
def test_a_forged_webhook_is_refused(house: House, signature: str) -> None:
    with pytest.raises(Refused) as refused:
        house.adapter.hint({"X-Signature": signature}, body_of(house))
    assert refused.value.code == "lender.forged_hint"


def test_another_lenders_signature_is_forged(both: dict[str, House]) -> None:
    body = body_of(both["sandbox-rest"])
    other = both["sandbox-rest"].sandbox.account("sandbox-soap").hint_secret
    with pytest.raises(Refused) as refused:
        both["sandbox-rest"].adapter.hint({"X-Signature": webhook.signature(body, other)}, body)
    assert refused.value.code == "lender.forged_hint"


@pytest.mark.parametrize("body", [b"", b"{}", b"<a/>", b"[]", b"\xff", b"<!DOCTYPE a []><notice/>", b'{"id": 5}'])
def test_a_signed_webhook_that_names_nothing(house: House, body: bytes) -> None:
    headers = {"X-Signature": webhook.signature(body, house.sandbox.account(house.key).hint_secret)}
    with pytest.raises(Refused) as refused:
        house.adapter.hint(headers, body)
    assert refused.value.code == "lender.hint_unreadable"


def test_a_huge_webhook_is_not_even_hashed(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.adapter.hint({}, b" " * (webhook.LARGEST_BODY + 1))
    assert refused.value.code == "lender.hint_too_large"


def test_an_adapter_of_another_address(house: House) -> None:
    with pytest.raises(Refused) as refused:
        adapter(house.key, house.sandbox, "http://lender.example/")
    assert refused.value.code == "lender.insecure_address"
