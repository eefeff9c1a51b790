"""The channel against a bank on loopback: statements asked for by the day, lists, sending and wondering."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.bank.channel import Delivery, EvidenceKind, FileRef, RefusedReply, Reply, Sending
from gateway.bank.directbank.asking import Asked
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.delivery import same_id
from gateway.bank.directbank.memory import ASKED
from gateway.core.clock import FixedClock
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.signing.cms import verify_detached
from gateway.signing.policy import TrustPolicy
from tests.bank.bxd.pretend import authority, bank_key, customer_key
from tests.bank.directbank.pretend import (
    ACCOUNT,
    CUSTOMER,
    NOW,
    NS,
    DictMemory,
    PretendBank,
    channel,
    document,
    error,
    notice,
    settings,
    success,
)
from tests.bank.directbank.schemas import check

TODAY = date(2026, 11, 20)
OTHER = "40702810500000000002"
ORDER = b'\xef\xbb\xbf<PayDocRu xmlns="http://directbank.1c.ru/XMLSchema" id="05688096-0806-4ef0-af4c-572f75dbaf7c"/>'


def refs(ours: DirectBankChannel, since: date | None = None, cursor: str = "") -> list[str]:
    return [ref.reference for ref in ours.list_files(since, cursor).files]


def asked(bank: PretendBank) -> list[tuple[str, str, str]]:
    """(account, day, type) of each statement request the bank got."""
    found = []
    for call in bank.of("SendPack"):
        data = call.inner().find(f"{{{NS}}}Data")
        if data is not None:
            texts = {part.tag.rpartition("}")[2]: part.text or "" for part in data}
            found.append((texts["Account"], texts["DateFrom"][:10], texts["StatementType"]))
    return found


def take(ours: DirectBankChannel, reference: str) -> None:
    """What the inbox does with a packet."""
    ref = FileRef(reference, "packet")
    got = ours.fetch(ref)
    ours.prove(got, got.received_at)
    ours.acknowledge(ref)


class TestAsking:
    def test_one_request_for_each_account_and_day_and_the_open_day_as_interim(
        self, bank: PretendBank, url: str
    ) -> None:
        ours = channel(url, accounts=(ACCOUNT, OTHER), ask_settings=False)
        ours.list_files(date(2026, 11, 18))
        wanted = [("2026-11-18", "0"), ("2026-11-19", "0"), ("2026-11-20", "1")]
        assert asked(bank) == [(account, *day) for account in (ACCOUNT, OTHER) for day in wanted]
        assert len({call.packet().get("id") for call in bank.of("SendPack")}) == 6

    def test_the_first_poll_asks_for_as_many_days_as_the_profile_says(self, bank: PretendBank, url: str) -> None:
        channel(url, accounts=(ACCOUNT,), ask_settings=False, first_days=3, interim=False).list_files(None)
        assert [day for _, day, _ in asked(bank)] == ["2026-11-17", "2026-11-18", "2026-11-19"]

    def test_statements_that_are_ready_at_once_come_with_the_same_poll(self, bank: PretendBank, url: str) -> None:
        bank.answer_requests, bank.signer = True, bank_key()
        ours = channel(url, accounts=(ACCOUNT,), ask_settings=False, first_days=1)
        found = refs(ours)
        assert len(found) == 2
        got = ours.fetch(FileRef(found[0], "packet"))
        assert ours.prove(got, NOW).proof.kind is EvidenceKind.SIGNED

    def test_a_bank_that_takes_its_time_is_looked_at_a_few_times(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, accounts=(ACCOUNT,), ask_settings=False, first_days=0, answer_tries=2)
        assert refs(ours) == []
        assert len(bank.of("GetPackList")) == 3

    def test_an_answered_day_is_never_asked_for_again(self, bank: PretendBank, url: str) -> None:
        bank.answer_requests, clock = True, FixedClock(NOW)
        ours = channel(url, accounts=(ACCOUNT,), ask_settings=False, first_days=1, interim=False, clock=clock)
        for reference in refs(ours):
            take(ours, reference)
        clock.advance(timedelta(hours=8))
        ours.list_files(TODAY - timedelta(days=1))
        assert [day for _, day, _ in asked(bank)] == ["2026-11-19"]
        clock.advance(timedelta(hours=1))
        ours.list_files(TODAY - timedelta(days=1))
        assert [day for _, day, _ in asked(bank)] == ["2026-11-19", "2026-11-20"], "the day has closed since"

    def test_a_day_without_an_answer_is_asked_for_with_growing_pauses(self, bank: PretendBank, url: str) -> None:
        clock = FixedClock(NOW)
        ours = channel(
            url, accounts=(ACCOUNT,), ask_settings=False, first_days=1, interim=False, clock=clock, answer_tries=0
        )
        hours = []
        for hour in range(9):
            before = len(asked(bank))
            ours.list_files(TODAY - timedelta(days=1))
            if len(asked(bank)) > before:
                hours.append(hour)
            clock.advance(timedelta(hours=1))
        assert hours == [0, 1, 3, 7]
        assert len({call.inner().get("id") for call in bank.of("SendPack")}) == 4, "each under a new id"

    def test_a_day_stays_wanted_after_the_window_has_moved_on(self, bank: PretendBank, url: str) -> None:
        clock = FixedClock(NOW)
        ours = channel(url, accounts=(ACCOUNT,), ask_settings=False, first_days=1, interim=False, clock=clock)
        ours.list_files(None)
        clock.advance(timedelta(days=20))
        ours.list_files(TODAY + timedelta(days=18))
        assert "2026-11-19" in [day for _, day, _ in asked(bank)[1:]]

    def test_the_open_day_is_not_asked_for_at_every_breath(self, bank: PretendBank, url: str) -> None:
        clock = FixedClock(NOW)
        ours = channel(url, accounts=(ACCOUNT,), ask_settings=False, first_days=0, clock=clock, answer_tries=0)
        for _ in range(8):
            ours.list_files(None)
            clock.advance(timedelta(minutes=1))
        assert len(asked(bank)) == 2

    def test_the_id_is_written_down_before_it_is_sent_and_sent_again_after_a_crash(
        self, bank: PretendBank, url: str
    ) -> None:
        memory = DictMemory()
        bank.answers["SendPack"] = [(503, b"")]
        ours = channel(url, memory=memory, accounts=(ACCOUNT,), ask_settings=False, first_days=1, interim=False)
        with pytest.raises(Unavailable):
            ours.list_files(None)
        (written,) = memory.get(ASKED)
        assert written["state"] == "open"
        channel(url, memory=memory, accounts=(ACCOUNT,), ask_settings=False, interim=False).list_files(TODAY)
        first, again = bank.of("SendPack")
        assert first.packet().get("id") == again.packet().get("id")
        assert first.inner().get("id") == again.inner().get("id") == written["document_id"]

    @pytest.mark.parametrize("code", ["2002", "2202"])
    def test_a_request_the_bank_has_already_is_a_request_that_arrived(
        self, bank: PretendBank, url: str, code: str
    ) -> None:
        memory = DictMemory()
        bank.answers["SendPack"] = [error(code)]
        channel(url, memory=memory, accounts=(ACCOUNT,), ask_settings=False, first_days=1, interim=False).list_files(
            None
        )
        assert Asked(**memory.get(ASKED)[0]).state == "sent"

    def test_a_refused_request_does_not_keep_back_what_else_there_is(self, bank: PretendBank, url: str) -> None:
        bank.offer_documents(document(b"<a/>", "40"))
        bank.answers["SendPack"] = [error("1013", "Недостаточно прав")]
        ours = channel(url, accounts=(ACCOUNT, OTHER), ask_settings=False, first_days=0)
        assert len(refs(ours)) == 1
        assert [account for account, _, _ in asked(bank)] == [ACCOUNT, OTHER]

    def test_with_nothing_else_the_refusal_is_said(self, bank: PretendBank, url: str) -> None:
        bank.answers["SendPack"] = [error("1013", "Недостаточно прав")]
        ours = channel(url, accounts=(ACCOUNT,), ask_settings=False, first_days=0)
        with pytest.raises(Refused) as caught:
            ours.list_files(None)
        assert caught.value.values["bank_code"] == "1013"

    def test_requests_are_signed_where_the_bank_wants_it(self, bank: PretendBank, url: str) -> None:
        bank.settings = settings({"14": "(1)"}, compress="true")
        ours = channel(url, accounts=(ACCOUNT,), first_days=0, signer=customer_key(), clock=FixedClock(NOW))
        ours.list_files(None)
        sent = bank.of("SendPack")[0]
        check(sent.body)
        assert sent.packet().find(f"{{{NS}}}Document").get("compressed") == "true"
        assert sent.packet().find(f".//{{{NS}}}Signature") is not None


class TestListing:
    def test_the_cursor_is_the_banks_own_text(self, bank: PretendBank, url: str) -> None:
        bank.stamp = "2021-06-03T09:16:43.279Z"
        ours = channel(url, ask_settings=False)
        listing = ours.list_files(None)
        assert listing.cursor == "2021-06-03T09:16:43.279Z"
        assert bank.of("GetPackList")[0].query == {}, "at first: all there is"
        ours.list_files(None, listing.cursor)
        assert bank.of("GetPackList")[1].query == {"date": "03.06.2021 09:16:43"}

    def test_without_a_cursor_the_list_begins_with_the_window(self, bank: PretendBank, url: str) -> None:
        channel(url, ask_settings=False).list_files(date(2026, 11, 13))
        assert bank.of("GetPackList")[0].query == {"date": "13.11.2026 00:00:00"}

    def test_now_and_then_the_list_reaches_back_a_day(self, bank: PretendBank, url: str) -> None:
        clock = FixedClock(NOW)
        ours = channel(url, ask_settings=False, clock=clock)
        stamps = []
        for _ in range(8):
            ours.list_files(None, "2026-11-20T15:00:00")
            stamps.append(bank.of("GetPackList")[-1].query["date"][:10])
            clock.advance(timedelta(minutes=10))
        assert stamps == ["19.11.2026", *["20.11.2026"] * 5, "19.11.2026", "20.11.2026"]

    def test_the_cursor_never_goes_back(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        bank.stamp = "2026-11-19T15:00:00"
        assert ours.list_files(None, "2026-11-20T15:00:00").cursor == "2026-11-20T15:00:00"
        bank.stamp = "soon"
        assert ours.list_files(None, "2026-11-20T15:00:00").cursor == "2026-11-20T15:00:00"

    def test_a_packet_named_twice_is_one(self, bank: PretendBank, url: str) -> None:
        bank.offered = ["a", "b", "a"]
        assert refs(channel(url, ask_settings=False)) == ["a", "b"]

    @pytest.mark.parametrize(
        "answer",
        [b"", b"<html/>", success("<SendPacketResponse><ID>1</ID></SendPacketResponse>"),
         success("<GetPacketListResponse><PacketID>a b</PacketID></GetPacketListResponse>")],
        ids=["empty", "html", "another", "no-name"],
    )  # fmt: skip
    def test_a_list_that_does_not_hold_is_kept(self, bank: PretendBank, url: str, answer: bytes) -> None:
        bank.answers["GetPackList"] = [answer]
        with pytest.raises(RefusedReply) as caught:
            channel(url, ask_settings=False).list_files(None)
        assert caught.value.reply.raw == answer

    def test_a_stamp_the_bank_cannot_read_is_its_refusal(self, bank: PretendBank, url: str) -> None:
        bank.answers["GetPackList"] = [error("2101")]
        with pytest.raises(Refused) as caught:
            channel(url, ask_settings=False).list_files(None)
        assert caught.value.values["bank_code"] == "2101"


def sending(request_id: str = "01JD4QZX0000000000000000AA", **changes: str) -> Sending:
    return Sending(request_id, "paydocru", changes.pop("file_type", "10"), f"{request_id}.xml", ORDER, **changes)


class TestSending:
    def test_an_order_goes_out_signed_and_the_banks_receipt_comes_back(self, bank: PretendBank, url: str) -> None:
        bank.settings = settings({"10": "(1)"})
        clock = FixedClock(NOW)
        ours = channel(url, signer=customer_key(), clock=clock)
        got = ours.send(sending())
        assert got.request.request_id == "01JD4QZX0000000000000000AA"
        assert len(ours.accepted(got)) == 36
        sent = bank.of("SendPack")[0]
        check(sent.body)
        node = sent.packet().find(f"{{{NS}}}Document")
        assert node is not None
        assert (node.get("id"), node.get("dockind")) == ("05688096-0806-4ef0-af4c-572f75dbaf7c", "10")
        carried = _b64(node.findtext(f"{{{NS}}}Data") or "")
        assert carried == ORDER
        signature = _b64(node.findtext(f"{{{NS}}}Signature/{{{NS}}}SignedData") or "")
        trust = TrustPolicy(anchors=(authority().certificate,), signers=frozenset({"11111111"}))
        at = customer_key().certificate.not_valid_before_utc + timedelta(days=1)
        assert verify_detached(signature, ORDER, trust, at).certificate == customer_key().certificate

    def test_every_try_has_the_same_ids_and_a_duplicate_is_delivered(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        first, again = ours.send(sending()), channel(url, ask_settings=False).send(sending())
        one, two = bank.of("SendPack")
        assert one.packet().get("id") == two.packet().get("id")
        assert ours.accepted(first) and ours.accepted(again) == ""
        assert len(bank.taken) == 1
        ours.send(sending("01JD4QZX0000000000000000BB"))
        assert len(bank.taken) == 2

    def test_a_refusal_is_the_banks_word(self, bank: PretendBank, url: str) -> None:
        bank.answers["SendPack"] = [error("2205", "Ошибка в реквизитах", "поле 22")]
        ours = channel(url, ask_settings=False)
        with pytest.raises(Refused) as caught:
            ours.accepted(ours.send(sending()))
        assert caught.value.values == {"bank_code": "2205", "text": "Ошибка в реквизитах поле 22"}

    def test_an_answer_that_breaks_off_tells_nothing(self, bank: PretendBank, url: str) -> None:
        bank.answers["SendPack"] = [success("<SendPacketResponse><ID>1</ID></SendPacketResponse>")[:-20]]
        ours = channel(url, ask_settings=False)
        got = ours.send(sending())
        with pytest.raises(Corrupt):
            ours.accepted(got)

    def test_an_answer_from_who_knows_where_tells_nothing(self, url: str) -> None:
        ours = channel(url, ask_settings=False)
        got = ours.send(sending())
        with pytest.raises(Corrupt) as caught:
            ours.accepted(Reply(got.request, got.raw, got.received_at, {"status": "200"}))
        assert caught.value.code == "bank.channel_unproved"

    @pytest.mark.parametrize(
        ("rule", "signer", "code"), [("(1)", False, "bank.no_signer"), ("(11)", True, "bank.more_signatures")]
    )
    def test_what_we_cannot_sign_is_not_sent(
        self, bank: PretendBank, url: str, rule: str, signer: bool, code: str
    ) -> None:
        bank.settings = settings({"10": rule})
        ours = channel(url, signer=customer_key() if signer else None)
        with pytest.raises(Refused) as caught:
            ours.send(sending())
        assert caught.value.code == code and not bank.of("SendPack")

    def test_the_kind_is_the_profiles_or_follows_the_format(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        ours.send(sending(file_type=""))
        ours.send(Sending("x", "pain.001", "", "x.xml", b"<Document/>", "pain-1"))
        kinds = [call.packet().find(f"{{{NS}}}Document") for call in bank.of("SendPack")]
        assert [(k.get("dockind"), k.get("id")) for k in kinds if k is not None] == [
            ("10", "05688096-0806-4ef0-af4c-572f75dbaf7c"),
            ("30", "pain-1"),
        ]


class TestWondering:
    def test_a_question_is_asked_and_the_answer_comes_with_a_poll(self, bank: PretendBank, url: str) -> None:
        memory = DictMemory()
        ours = channel(url, memory=memory, ask_settings=False)
        assert ours.delivered(sending()) is Delivery.UNKNOWN
        (asked_for,) = bank.of("SendPack")
        check(asked_for.body)
        assert asked_for.packet().find(f"{{{NS}}}Document").get("dockind") == "03"
        assert asked_for.inner().findtext(f"{{{NS}}}ExtID") == "05688096-0806-4ef0-af4c-572f75dbaf7c"
        assert ours.delivered(sending()) is Delivery.UNKNOWN and len(bank.of("SendPack")) == 1, "one question at a time"
        told = bank.offer_documents(document(notice("05688096-0806-4ef0-af4c-572f75dbaf7c", status="01"), "02"))
        take(ours, told)
        assert channel(url, memory=memory, ask_settings=False).delivered(sending()) is Delivery.ARRIVED

    @pytest.mark.parametrize(
        "told",
        [
            {"status": "03"},
            {"status": "04"},
            {"error_code": "2205"},
        ],
    )
    def test_whatever_the_bank_says_of_a_document_it_has_it(
        self, bank: PretendBank, url: str, told: dict[str, str]
    ) -> None:
        ours = channel(url, ask_settings=False)
        ours.delivered(sending())
        take(ours, bank.offer_documents(document(notice("05688096-0806-4ef0-af4c-572f75dbaf7c", **told), "02")))
        assert ours.delivered(sending()) is Delivery.ARRIVED

    def test_a_document_the_bank_does_not_know_is_absent_until_it_is_sent(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        ours.delivered(sending())
        told = notice("05688096-0806-4ef0-af4c-572f75dbaf7c", error_code="2207")
        take(ours, bank.offer_documents(document(told, "02")))
        assert ours.delivered(sending()) is Delivery.ABSENT
        ours.send(sending())
        assert ours.delivered(sending()) is Delivery.UNKNOWN, "what was said before it was sent counts no more"

    def test_only_a_question_asked_since_the_last_try_can_find_it_absent(self, bank: PretendBank, url: str) -> None:
        clock = FixedClock(NOW)
        ours = channel(url, ask_settings=False, clock=clock)

        def asked() -> str:
            ours.delivered(sending())
            return str(bank.of("SendPack")[-1].packet().find(f"{{{NS}}}Document").get("id"))

        def unknown_to_the_bank(question: str) -> Delivery:
            told = notice("05688096-0806-4ef0-af4c-572f75dbaf7c", error_code="2207", answers=question)
            take(ours, bank.offer_documents(document(told, "02")))
            return ours.delivered(sending())

        first = asked()
        clock.advance(timedelta(minutes=16))
        second = asked()
        assert unknown_to_the_bank(first) is Delivery.ABSENT
        ours.send(sending())
        assert unknown_to_the_bank("") is Delivery.UNKNOWN, "nothing was asked yet"
        third = asked()
        assert third not in (first, second), "the bank would take it for the old question"
        assert unknown_to_the_bank(second) is Delivery.UNKNOWN, "it was said before the order was sent again"
        clock.advance(timedelta(minutes=16))
        asked()
        assert unknown_to_the_bank(third) is Delivery.ABSENT

    def test_what_the_bank_has_is_absent_no_more(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        ours.delivered(sending())
        for told in ({"status": "01"}, {"error_code": "2207"}):
            take(ours, bank.offer_documents(document(notice("05688096-0806-4ef0-af4c-572f75dbaf7c", **told), "02")))
        assert ours.delivered(sending()) is Delivery.ARRIVED

    def test_a_bank_may_answer_at_once(self, bank: PretendBank, url: str) -> None:
        bank.answers["SendPack"] = [error("2207")]
        ours = channel(url, ask_settings=False)
        assert ours.delivered(sending()) is Delivery.ABSENT

    def test_a_notice_about_the_packet_says_the_same_even_with_a_digit_changed(
        self, bank: PretendBank, url: str
    ) -> None:
        ours = channel(url, ask_settings=False)
        ours.delivered(sending())
        ours_id = _sent_packet_id(bank, ours)
        echoed = ours_id[:-1] + ("0" if ours_id[-1] != "0" else "1")
        take(ours, bank.offer_documents(document(notice("r", status="01", of_packet=echoed), "01")))
        assert ours.delivered(sending()) is Delivery.ARRIVED

    def test_a_question_without_an_answer_is_asked_anew_after_a_while(self, bank: PretendBank, url: str) -> None:
        clock = FixedClock(NOW)
        ours = channel(url, ask_settings=False, clock=clock)
        for _ in range(4):
            ours.delivered(sending())
            clock.advance(timedelta(minutes=6))
        assert len(bank.of("SendPack")) == 2

    def test_a_question_lost_on_the_way_keeps_its_id(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        bank.answers["SendPack"] = [(503, b"")]
        with pytest.raises(Unavailable):
            ours.delivered(sending())
        ours.delivered(sending())
        one, two = bank.of("SendPack")
        assert one.packet().get("id") == two.packet().get("id")

    def test_a_bank_that_takes_no_questions_says_so(self, bank: PretendBank, url: str) -> None:
        bank.answers["SendPack"] = [error("2007")]
        with pytest.raises(Refused):
            channel(url, ask_settings=False).delivered(sending())

    def test_ids_that_are_the_same(self) -> None:
        guid = "05688096-0806-4ef0-af4c-572f75dbaf7c"
        assert same_id(guid.upper(), guid) and same_id(guid[:-1] + "d", guid)
        assert not same_id(guid[:-2] + "00", guid) and not same_id("", "") and not same_id("a", "b")


def _sent_packet_id(bank: PretendBank, ours: DirectBankChannel) -> str:
    """The id the order's packet would have: learned by sending it to a bank that forgets."""
    probe = PretendBank()
    probe.sessions = bank.sessions
    from tests.bank.directbank.pretend import serving

    with serving(probe) as url:
        other = channel(url, ask_settings=False)
        other.send(sending())
    return str(probe.of("SendPack")[0].packet().get("id"))


def _b64(text: str) -> bytes:
    import base64

    return base64.b64decode(text)


def test_a_broken_packet_is_refused_and_the_bank_is_heard_out(bank: PretendBank, url: str) -> None:
    ours = channel(url, ask_settings=False, customer=CUSTOMER)
    reference = bank.offer(error("2102"))
    got = ours.fetch(FileRef(reference, "packet"))
    with pytest.raises(KvitError) as caught:
        ours.prove(got, NOW)
    assert caught.value.code == "bank.response_refused"
    assert ours.name == "directbank:pretend" and ours.certificate_expires is None
