"""What `gateway.bank.channel` promises, tried on every channel with every kind of key against a real bank's server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.bank.channel import Channel, Delivery, EvidenceKind, Listing, Proof, RefusedReply, Reply, Request, Sending
from gateway.core.clock import FixedClock, SystemClock
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.signing.keys import fingerprint
from tests.bank.contract.house import BXD, DIRECTBANK, PROFILE_OF, Forgotten, House, altered, purposes

_LIMIT = 2 * 1024 * 1024  # the house's profiles


def code_of(caught: pytest.ExceptionInfo[KvitError]) -> str:
    """The reason, once it is sure that a person can read it."""
    for language in ("ru", "en"):
        text = caught.value.text(language)
        assert text and text != caught.value.code and "{" not in text
    return caught.value.code


class TestWhoWeAre:
    def test_the_name_is_kind_and_profile(self, house: House, channel: Channel) -> None:
        assert channel.name == f"{house.protocol}:{PROFILE_OF[house.protocol]}"

    def test_the_first_of_our_certificates_to_end_is_told(self, house: House, channel: Channel) -> None:
        assert channel.certificate_expires == house.key.certificate.not_valid_after_utc

    def test_the_bank_tells_about_our_agreement(self, channel: Channel) -> None:
        assert channel.user_info()

    def test_closing_twice_is_closing_once(self, house: House) -> None:
        opened = house.channel()
        opened.list_files(None)
        opened.close()
        opened.close()


class TestFetching:
    def test_a_payment_is_listed_fetched_and_proved_by_the_banks_signature(
        self, house: House, channel: Channel
    ) -> None:
        asked_at = SystemClock().now()
        ref, purpose = house.new_file(channel)
        assert ref.reference and ref.file_type
        reply = channel.fetch(ref)
        assert reply.request.reference == ref.reference and reply.request.operation == house.operations["fetch"]
        assert asked_at <= reply.request.sent_at <= reply.received_at <= SystemClock().now()
        assert reply.transport["tls"] in ("TLSv1.2", "TLSv1.3") and reply.transport["cipher"]
        assert reply.transport["url"].startswith("https://127.0.0.1:") and reply.transport["status"] == "200"
        assert len(reply.transport["peer_sha256"]) == 64 and "incomplete" not in reply.transport

        proven = channel.prove(reply, reply.received_at)
        assert proven.content and purpose in purposes(proven)
        assert proven.ref is not None and proven.ref.reference == ref.reference
        assert proven.proof.kind is EvidenceKind.SIGNED
        assert "Kvit Sandbox Bank" in proven.proof.signer_subject
        assert proven.proof.algorithms and proven.proof.layers
        assert proven.proof.verified_at == reply.received_at
        assert proven.proof.signer_sha256 != fingerprint(house.key.certificate)

    def test_the_list_goes_on_from_its_cursor(self, house: House, channel: Channel) -> None:
        first = channel.list_files(None)
        assert isinstance(first, Listing) and isinstance(first.cursor, str)
        house.bring(channel)
        known = {ref.reference for ref in channel.list_files(None).files}
        purpose = house.pay()
        later = [ref for ref in channel.list_files(None, first.cursor).files if ref.reference not in known]
        told = [purposes(channel.prove(reply, reply.received_at)) for reply in map(channel.fetch, later)]
        assert [purpose in lines for lines in told].count(True) == 1

    def test_a_list_from_a_business_day_holds_the_files_of_that_day(self, house: House, channel: Channel) -> None:
        ref, _ = house.new_file(channel)
        today = house.sandbox.books.now().date()
        listed = channel.list_files(today - timedelta(days=1)).files
        assert ref.reference in [found.reference for found in listed]
        assert len({found.reference for found in listed}) == len(listed)

    def test_acknowledging_loses_nothing(self, house: House, channel: Channel) -> None:
        ref, purpose = house.new_file(channel)
        reply = channel.fetch(ref)
        proven = channel.prove(reply, reply.received_at)
        channel.acknowledge(ref)
        channel.acknowledge(ref)
        again = channel.fetch(ref)
        repeated = channel.prove(again, again.received_at)
        assert repeated.content == proven.content and purpose in purposes(repeated)
        assert house.new_file(channel)[0].reference != ref.reference


class TestProving:
    def test_the_same_bytes_give_the_same_answer(self, house: House, channel: Channel) -> None:
        reply = channel.fetch(house.new_file(channel)[0])
        assert channel.prove(reply, reply.received_at) == channel.prove(reply, reply.received_at)

    def test_stored_bytes_prove_years_later_without_a_key_and_without_the_bank(
        self, house: House, channel: Channel
    ) -> None:
        """As of the instant they came; no key, no network, no clock has a say in it."""
        reply = channel.fetch(house.new_file(channel)[0])
        proven = channel.prove(reply, reply.received_at)
        request = Request.from_json(reply.request.to_json())
        stored = Reply(request, bytes(bytearray(reply.raw)), reply.received_at, dict(reply.transport))

        late = FixedClock(datetime(2049, 1, 1, tzinfo=UTC))
        auditor = house.channel(key=Forgotten(house.key.certificate), url=house.away, clock=late)
        assert auditor.prove(stored, stored.received_at) == proven
        assert Proof.from_json(proven.proof.to_json()) == proven.proof

    def test_long_after_the_certificates_end_the_same_bytes_arriving_now_are_refused(
        self, house: House, channel: Channel
    ) -> None:
        reply = channel.fetch(house.new_file(channel)[0])
        with pytest.raises(Corrupt) as caught:
            channel.prove(reply, reply.received_at + timedelta(days=20 * 365))
        assert code_of(caught) in ("bank.certificate_expired", "bank.stale_timestamp")

    def test_a_changed_character_is_seen(self, house: House, channel: Channel) -> None:
        reply = channel.fetch(house.new_file(channel)[0])
        for raw in altered(reply):
            with pytest.raises(Corrupt) as caught:
                channel.prove(Reply(reply.request, raw, reply.received_at, reply.transport), reply.received_at)
            assert code_of(caught).startswith("bank.")

    def test_the_answer_to_another_question_is_refused(self, house: House, channel: Channel) -> None:
        (first, _), (second, _) = house.new_file(channel), house.new_file(channel)
        wanted, got = channel.fetch(first), channel.fetch(second)
        swapped = Reply(wanted.request, got.raw, got.received_at, got.transport)
        with pytest.raises(Corrupt) as caught:
            channel.prove(swapped, swapped.received_at)
        assert code_of(caught) == {BXD: "bank.wrong_request_id", DIRECTBANK: "bank.wrong_file"}[house.protocol]


class TestSending:
    def test_an_order_is_absent_then_accepted_then_arrived_and_paid_once(self, house: House, channel: Channel) -> None:
        sending = house.order()
        assert house.settled(channel, sending) is Delivery.ABSENT
        reply = channel.send(sending)
        assert reply.request.request_id == sending.request_id
        assert channel.accepted(reply), "the bank's own id of what it took"
        assert house.settled(channel, sending) is Delivery.ARRIVED
        assert house.debits(sending) == 1

    def test_the_same_id_twice_never_pays_twice(self, house: House, channel: Channel) -> None:
        sending = house.order()
        assert channel.accepted(channel.send(sending))
        assert channel.accepted(channel.send(sending)) == "", "it has it: that is what was wanted"
        assert house.channel().accepted(house.channel().send(sending)) == "", "nor after a restart"
        assert house.settled(channel, sending) is Delivery.ARRIVED
        assert house.debits(sending) == 1

    def test_one_whose_receipt_was_lost_is_found(self, house: House, channel: Channel) -> None:
        sending = house.order()
        house.misbehave("order-lost-reply")
        self._no_receipt(channel, sending)
        assert house.settled(channel, sending) is Delivery.ARRIVED
        assert channel.accepted(channel.send(sending)) == ""
        assert house.debits(sending) == 1

    def test_one_that_never_arrived_may_be_sent_again_under_its_id(self, house: House, channel: Channel) -> None:
        sending = house.order()
        house.misbehave("order-not-received")
        self._no_receipt(channel, sending)
        assert house.debits(sending) == 0
        assert house.settled(channel, sending) is Delivery.ABSENT
        assert channel.accepted(channel.send(sending))
        assert house.settled(channel, sending) is Delivery.ARRIVED
        assert house.debits(sending) == 1

    def test_a_receipt_that_does_not_hold_says_nothing(self, house: House, channel: Channel) -> None:
        sending = house.order()
        house.misbehave("dtd", "send")
        reply = channel.send(sending)
        with pytest.raises(Corrupt) as caught:
            channel.accepted(reply)
        assert code_of(caught) == "bank.dtd" and reply.raw
        house.settled(channel, sending)
        channel.accepted(channel.send(sending))
        assert house.debits(sending) == 1

    def test_what_the_bank_does_not_take_is_refused_by_name_and_never_paid(
        self, house: House, channel: Channel
    ) -> None:
        sending = house.impossible()
        with pytest.raises(Refused) as caught:
            channel.accepted(channel.send(sending))
        assert code_of(caught) == "bank.response_refused"
        assert caught.value.values["bank_code"] == {BXD: "20", DIRECTBANK: "2201"}[house.protocol]
        assert house.debits(sending) == 0

    @staticmethod
    def _no_receipt(channel: Channel, sending: Sending) -> None:
        with pytest.raises((Unavailable, Corrupt)) as caught:
            channel.accepted(channel.send(sending))
        assert code_of(caught) in ("bank.away", "bank.truncated")


class TestErrors:
    """By name, and with the bytes where there are any."""

    @pytest.mark.parametrize("call", ["list", "fetch", "send", "info", "ask"])
    def test_a_bank_that_is_away(self, house: House, channel: Channel, call: str) -> None:
        ref, _ = house.new_file(channel)
        order = house.order()
        nowhere = house.channel(url=house.away)
        with pytest.raises(Unavailable) as caught:
            {
                "list": lambda: nowhere.list_files(None),
                "fetch": lambda: nowhere.fetch(ref),
                "send": lambda: nowhere.send(order),
                "info": nowhere.user_info,
                "ask": lambda: nowhere.delivered(order),
            }[call]()
        assert code_of(caught) == "bank.away"
        assert house.debits(order) == 0

    @pytest.mark.parametrize(("name", "code"), [("silent", "bank.slow"), ("http-500", "bank.fault")])
    def test_a_bank_that_does_not_answer(self, house: House, channel: Channel, name: str, code: str) -> None:
        ref, _ = house.new_file(channel)
        house.misbehave(name, "fetch")
        with pytest.raises(Unavailable) as caught:
            channel.fetch(ref)
        assert code_of(caught) == code
        reply = channel.fetch(ref)
        assert channel.prove(reply, reply.received_at).documents

    def test_a_list_that_does_not_hold_comes_with_its_bytes(self, house: House, channel: Channel) -> None:
        house.new_file(channel)
        house.misbehave("dtd", "list")
        with pytest.raises(RefusedReply) as caught:
            channel.list_files(None)
        assert code_of(caught) == "bank.dtd"
        assert b"<!DOCTYPE" in caught.value.reply.raw
        assert caught.value.reply.request.operation == house.operations["list"]
        assert channel.list_files(None).files

    def test_an_answer_about_a_sending_that_does_not_hold_comes_with_its_bytes(
        self, house: House, channel: Channel
    ) -> None:
        house.misbehave("dtd", "ask")
        with pytest.raises(RefusedReply) as caught:
            channel.delivered(house.order())
        assert code_of(caught) == "bank.dtd"
        assert b"<!DOCTYPE" in caught.value.reply.raw

    def test_an_agreement_that_does_not_hold(self, house: House) -> None:
        """DirectBank tells of the agreement within its logon, which fails as a logon does."""
        house.misbehave("dtd", "info")
        with pytest.raises((RefusedReply, Unavailable)) as caught:
            house.channel().user_info()
        assert code_of(caught) == {BXD: "bank.dtd", DIRECTBANK: "bank.logon_unreadable"}[house.protocol]
        if isinstance(caught.value, RefusedReply):
            assert b"<!DOCTYPE" in caught.value.reply.raw
        house.sandbox.calm()
        assert house.channel().user_info()

    def test_a_reply_too_large_to_be_read_whole_comes_with_its_beginning(self, house: House, channel: Channel) -> None:
        ref, _ = house.new_file(channel)
        house.misbehave("huge", "fetch", megabytes=3)
        with pytest.raises(RefusedReply) as caught:
            channel.fetch(ref)
        assert code_of(caught) == "bank.too_large"
        assert caught.value.reply.request.reference == ref.reference
        assert 0 < len(caught.value.reply.raw) <= _LIMIT

    def test_a_body_that_breaks_off_is_carried_and_does_not_prove(self, house: House, channel: Channel) -> None:
        ref, _ = house.new_file(channel)
        house.misbehave("truncated", "fetch")
        reply = channel.fetch(ref)
        assert reply.raw and reply.transport["incomplete"]
        with pytest.raises(Corrupt) as caught:
            channel.prove(reply, reply.received_at)
        assert code_of(caught) == "bank.truncated"

    def test_a_bank_that_says_no(self, house: House, channel: Channel) -> None:
        ref, _ = house.new_file(channel)
        house.misbehave("unknown-code", "fetch")
        reply = channel.fetch(ref)
        with pytest.raises(Refused) as caught:
            channel.prove(reply, reply.received_at)
        assert code_of(caught) == "bank.response_refused"
        assert caught.value.values["bank_code"] == {BXD: "77", DIRECTBANK: "7777"}[house.protocol]


def test_the_bank_believes_this_key_only(house: House, channel: Channel) -> None:
    """What makes the rest of this suite mean something: it is the key under trial that the bank verifies."""
    assert isinstance(channel.list_files(None), Listing)
    stranger = house.stranger()
    with pytest.raises(KvitError) as caught:
        house.channel(key=stranger).list_files(None)
    code = code_of(caught)
    assert isinstance(caught.value, Refused | Unavailable) and code in ("bank.response_refused", "bank.stopped")
    order = house.order()
    with pytest.raises(KvitError):
        house.channel(key=stranger).accepted(house.channel(key=stranger).send(order))
    assert house.debits(order) == 0
