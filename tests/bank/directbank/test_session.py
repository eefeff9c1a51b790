"""Logging on, being thrown out and logging on again; and what is not repeated until a person has acted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from gateway.bank.channel import FileRef, RefusedReply
from gateway.bank.directbank.memory import STOP, give_code, resume, waits_for_person
from gateway.bank.directbank.session import CertificateLogon, PasswordLogon
from gateway.core.clock import FixedClock
from gateway.core.errors import KvitError, Refused, Unavailable
from tests.bank.bxd.pretend import customer_key, stranger
from tests.bank.directbank.pretend import (
    ACCOUNT,
    CUSTOMER,
    LOGIN,
    NOW,
    NS,
    DictMemory,
    PretendBank,
    channel,
    error,
    serving,
    settings,
)
from tests.bank.directbank.schemas import check


def failing(call: object) -> KvitError:
    assert callable(call)
    with pytest.raises(KvitError) as caught:
        call()
    assert caught.value.text("ru") != caught.value.code, "it has no sentence"
    return caught.value


class TestPassword:
    def test_headers_are_the_standards(self, bank: PretendBank, url: str) -> None:
        bank.settings = settings({"14": "(0)"})
        ours = channel(url, accounts=(ACCOUNT,), interim=False, first_days=0, customer="0")
        ours.list_files(None)
        logon, asked, listed = bank.calls
        assert (logon.method, logon.verb, logon.body) == ("Logon", "POST", b"")
        assert logon.headers["customerid"] == "0" and logon.headers["apiversion"] == "2.3.2"
        assert logon.headers["availableapiversion"] == "2.3.2"
        assert logon.headers["content-type"] == "application/xml; charset=utf-8"
        assert "sid" not in logon.headers
        assert (asked.method, asked.verb) == ("GetSettings", "POST")
        told = {name: asked.headers[name] for name in ("account", "inn", "bic", "customerid")}
        assert told == {"account": ACCOUNT, "inn": "7705260699", "bic": "044525888", "customerid": "0"}
        assert (listed.method, listed.verb) == ("GetPackList", "GET")
        assert listed.headers["customerid"] == CUSTOMER, "the bank's settings say who we are"
        assert listed.headers["sid"] in bank.sessions and "authorization" not in listed.headers

    def test_a_session_serves_many_calls(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        for _ in range(3):
            ours.list_files(None)
        assert bank.logons == 1

    @pytest.mark.parametrize("code", ["1006", "1007"])
    def test_a_session_that_ended_is_renewed_once(self, bank: PretendBank, url: str, code: str) -> None:
        ours = channel(url, ask_settings=False)
        ours.list_files(None)
        bank.answers["GetPackList"] = [error(code)]
        assert ours.list_files(None).files == ()
        assert bank.logons == 2 and len(bank.of("GetPackList")) == 3

    def test_a_bank_that_ends_every_session_is_not_asked_for_ever(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        bank.answers["GetPackList"] = [error("1006")] * 5
        found = failing(lambda: ours.list_files(None))
        assert isinstance(found, Unavailable) and found.code == "bank.session_refused"
        assert len(bank.of("GetPackList")) == 2

    @pytest.mark.parametrize("code", ["1001", "1009", "1010"])
    def test_a_busy_bank_is_left_alone_for_a_while(self, bank: PretendBank, url: str, code: str) -> None:
        ours = channel(url, ask_settings=False)
        bank.answers["GetPackList"] = [error(code, "Закрыто до 10 ч")]
        found = failing(lambda: ours.list_files(None))
        assert isinstance(found, Unavailable) and found.code == "bank.busy" and "Закрыто до 10 ч" in found.text("ru")
        assert ours.list_files(None).files == () and bank.logons == 1

    def test_a_wrong_password_is_tried_once(self, bank: PretendBank, url: str) -> None:
        memory = DictMemory()
        wrong = PasswordLogon(LOGIN, lambda: "wrong")
        ours = channel(url, memory=memory, logon=wrong)
        assert failing(lambda: ours.list_files(None)).code == "bank.stopped"
        again = channel(url, memory=memory, logon=wrong)  # the service was started anew
        for _ in range(3):
            found = failing(lambda: again.list_files(None))
            assert found.values["bank_code"] == "1201"
        assert len(bank.calls) == 1
        assert waits_for_person(memory)["bank_code"] == "1201"
        assert resume(memory) and not resume(memory)
        assert channel(url, memory=memory).list_files(None).files == ()

    @pytest.mark.parametrize("code", ["1003", "1008", "1103", "1104", "1106", "1202", "1203", "1205"])
    def test_what_stops_everything_stops_it_from_any_call(self, bank: PretendBank, url: str, code: str) -> None:
        memory = DictMemory()
        ours = channel(url, memory=memory, ask_settings=False)
        bank.answers["GetPack"] = [error(code, "до 12 ч")]
        found = failing(lambda: ours.fetch(FileRef("p", "packet")))
        assert isinstance(found, Refused) and (found.code, found.values["bank_code"]) == ("bank.stopped", code)
        assert "до 12 ч" in found.text("ru")
        assert failing(lambda: ours.list_files(None)).code == "bank.stopped"
        assert len(bank.calls) == 2, "nothing more was sent"

    def test_a_stop_ends_when_other_credentials_are_in_place(self, bank: PretendBank, url: str) -> None:
        memory = DictMemory()
        bank.answers["Logon"] = [error("1201")]
        failing(lambda: channel(url, memory=memory).list_files(None))
        ours = channel(url, memory=memory, logon=CertificateLogon(customer_key()))
        assert ours.list_files(None).files == () and not memory.get(STOP)

    @pytest.mark.parametrize(
        "answer", [b"", b"<html/>", error("1")[:40], b"<ResultBank/>", (200, b"<a>&b;</a>")], ids=range(5)
    )
    def test_an_unreadable_answer_to_logging_on_is_no_session(self, bank: PretendBank, url: str, answer: bytes) -> None:
        bank.answers["Logon"] = [answer]
        ours = channel(url)
        found = failing(lambda: ours.list_files(None))
        assert isinstance(found, Unavailable) and found.code == "bank.logon_unreadable"

    def test_a_session_id_that_would_break_a_header_is_none(self, bank: PretendBank, url: str) -> None:
        from tests.bank.directbank.pretend import success

        bank.answers["Logon"] = [success("<LogonResponse><SID>a&#10;Evil: b</SID></LogonResponse>")]
        assert failing(lambda: channel(url).list_files(None)).code == "bank.logon_unreadable"


class TestOneTimeCode:
    def test_the_exchange_waits_for_the_code_and_asks_the_bank_nothing(self, bank: PretendBank, url: str) -> None:
        bank.otp, memory, clock = "123456", DictMemory(), FixedClock(NOW)
        ours = channel(url, memory=memory, clock=clock, ask_settings=False)
        found = failing(lambda: ours.list_files(None))
        assert isinstance(found, Refused) and found.code == "bank.otp_needed" and "85" in found.text("ru")
        for _ in range(5):
            clock.advance(timedelta(minutes=5))
            assert failing(lambda: ours.list_files(None)).code == "bank.otp_needed"
        assert len(bank.calls) == 1, "each further logon would send another code"
        assert waits_for_person(memory)["kind"] == "otp"
        give_code(memory, " 123 456 ", clock)
        assert waits_for_person(memory) == {}
        assert ours.list_files(None).files == ()
        (sent,) = bank.of("LogonOTP")
        assert sent.headers["otp"] == "123456" and sent.headers["sid"] == "half-1"
        assert "123456" not in str(memory.values), "a code is not kept"

    def test_a_code_given_to_another_process_counts(self, bank: PretendBank, url: str) -> None:
        bank.otp, memory = "123456", DictMemory()
        failing(lambda: channel(url, memory=memory).list_files(None))
        give_code(memory, "123456", FixedClock(NOW))
        assert channel(url, memory=memory, ask_settings=False).list_files(None).files == ()

    def test_a_wrong_code_is_sent_once_and_another_may_follow(self, bank: PretendBank, url: str) -> None:
        bank.otp, memory, clock = "123456", DictMemory(), FixedClock(NOW)
        ours = channel(url, memory=memory, ask_settings=False)
        failing(lambda: ours.list_files(None))
        give_code(memory, "999999", clock)
        assert failing(lambda: ours.list_files(None)).code == "bank.otp_wrong"
        for _ in range(3):
            assert failing(lambda: ours.list_files(None)).code == "bank.otp_needed"
        assert len(bank.of("LogonOTP")) == 1
        give_code(memory, "123456", clock)
        assert ours.list_files(None).files == ()

    def test_a_code_that_came_too_late_makes_the_bank_send_another(self, bank: PretendBank, url: str) -> None:
        bank.otp, memory = "123456", DictMemory()
        ours = channel(url, memory=memory)
        failing(lambda: ours.list_files(None))
        bank.answers["LogonOTP"] = [error("1006")]
        give_code(memory, "123456", FixedClock(NOW))
        assert failing(lambda: ours.list_files(None)).code == "bank.otp_needed"
        assert len(bank.of("Logon")) == 2

    def test_a_person_may_ask_for_another_code(self, bank: PretendBank, url: str) -> None:
        bank.otp, memory = "123456", DictMemory()
        ours = channel(url, memory=memory)
        failing(lambda: ours.list_files(None))
        assert resume(memory)
        assert failing(lambda: ours.list_files(None)).code == "bank.otp_needed"
        assert len(bank.of("Logon")) == 2

    def test_codes_are_digits_and_given_only_when_asked_for(self) -> None:
        memory = DictMemory()
        assert failing(lambda: give_code(memory, "abc", FixedClock(NOW))).code == "bank.otp_format"
        assert failing(lambda: give_code(memory, "123456", FixedClock(NOW))).code == "bank.otp_not_asked"


class TestCertificate:
    def test_who_can_read_the_session_id_has_the_key(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, logon=CertificateLogon(customer_key()), customer=CUSTOMER)
        assert ours.list_files(None).files == ()
        logon = bank.of("LogonCert")[0]
        check(logon.body)
        assert logon.packet().findtext(f"{{{NS}}}X509IssuerName") == "Kvit Sandbox Root"
        assert logon.headers["customerid"] == CUSTOMER
        assert not bank.of("GetSettings"), "the standard forbids it under a certificate"
        assert ours.certificate_expires == customer_key().certificate.not_valid_after_utc

    def test_a_session_id_encrypted_to_somebody_else_is_none(self, bank: PretendBank, url: str) -> None:
        key = stranger().issue_client("other", NOW)
        bank.answers["LogonCert"] = [lambda call: bank._LogonCert(bank.calls[-1])]
        ours = channel(url, logon=CertificateLogon(key))
        assert failing(lambda: ours.list_files(None)).values["bank_code"] == "1101"

        from gateway.signing.cms import encrypt
        from tests.bank.directbank.pretend import success

        bank.answers["LogonCert"] = [
            success(f"<LogonCertResponse><EncryptedSID>{_b64(encrypt(b'sid', key.certificate))}</EncryptedSID></LogonCertResponse>")  # noqa: E501
        ]  # fmt: skip
        found = failing(lambda: channel(url, logon=CertificateLogon(customer_key())).list_files(None))
        assert found.code == "bank.logon_unreadable"


class TestSettings:
    def test_an_older_version_of_the_bank_is_spoken_from_then_on(self, bank: PretendBank, url: str) -> None:
        bank.settings = settings({"14": ""}, customer="another-in-this-session", version="2.2.2")
        ours = channel(url, accounts=(ACCOUNT,), first_days=0)
        ours.list_files(None)
        sent = bank.of("SendPack")[0]
        check(sent.body, "2.2.2")
        assert sent.packet().get("formatVersion") == "2.2.2" and sent.headers["apiversion"] == "2.2.2"
        assert sent.headers["customerid"] == "another-in-this-session"
        sender = sent.packet().find(f"{{{NS}}}Sender/{{{NS}}}Customer")
        assert sender is not None and sender.get("id") == "another-in-this-session"

    def test_a_bank_without_settings_is_spoken_to_by_the_profile(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, customer=CUSTOMER, sign=["10"])
        assert ours.user_info() == {
            "customer_id": CUSTOMER,
            "version": "2.3.2",
            "compress": False,
            "signatures": {"10": "(1)"},
        }

    def test_who_does_not_know_his_number_needs_the_settings(self, bank: PretendBank, url: str) -> None:
        found = failing(lambda: channel(url, customer="0").list_files(None))
        assert isinstance(found, Refused) and found.values["bank_code"] == "1012"
        assert not bank.of("GetPackList")

    def test_settings_that_could_not_be_had_are_asked_for_again_within_the_session(
        self, bank: PretendBank, url: str
    ) -> None:
        bank.settings = settings({"10": "(1)"})
        bank.answers["GetSettings"] = [error("1009")]
        ours = channel(url)
        assert failing(lambda: ours.list_files(None)).code == "bank.busy"
        ours.list_files(None)
        assert len(bank.of("GetSettings")) == 2 and bank.logons == 1
        assert ours.user_info()["signatures"] == {"10": "(1)"}


class TestTransport:
    def test_a_server_under_another_authority_is_not_talked_to(self, bank: PretendBank) -> None:
        with serving(bank, stranger().issue_server(NOW)) as url:
            found = failing(lambda: channel(url).list_files(None))
        assert found.code == "bank.server_untrusted" and not bank.calls

    def test_a_closed_door(self) -> None:
        assert failing(lambda: channel("https://127.0.0.1:9/x").list_files(None)).code == "bank.away"

    @pytest.mark.parametrize("status", [302, 404, 500, 503])
    def test_an_http_error_without_an_answer_in_it(self, bank: PretendBank, url: str, status: int) -> None:
        ours = channel(url, ask_settings=False)
        bank.answers["GetPackList"] = [(status, b"<html>busy</html>")]
        found = failing(lambda: ours.list_files(None))
        assert isinstance(found, Unavailable) and found.code == "bank.fault"

    def test_an_answer_under_an_http_error_is_an_answer(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        ours.list_files(None)
        bank.answers["GetPackList"] = [(401, error("1006"))]
        ours.list_files(None)
        assert bank.logons == 2

    def test_a_reply_beyond_the_limit_is_cut_and_kept(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        bank.packets["p"] = b"x" * (6 << 20)
        with pytest.raises(RefusedReply) as caught:
            ours.fetch(FileRef("p", "packet"))
        assert caught.value.code == "bank.too_large" and len(caught.value.reply.raw) == 1 << 20

    def test_what_tls_saw_is_kept_with_the_reply(self, bank: PretendBank, url: str) -> None:
        ours = channel(url, ask_settings=False)
        bank.packets["p"] = b"<a/>"
        seen = ours.fetch(FileRef("p", "packet")).transport
        assert seen["tls"].startswith("TLSv1.") and len(seen["peer_sha256"]) == 64 and len(seen["anchors"]) == 64
        assert seen["url"].endswith("/directbank/GetPack?id=p") and seen["status"] == "200"


def _b64(octets: bytes) -> str:
    import base64

    return base64.b64encode(octets).decode()


def test_a_statement_request_is_valid_xml(bank: PretendBank, url: str) -> None:
    channel(url, accounts=(ACCOUNT,), first_days=1, interim=False, ask_settings=False).list_files(None)
    (sent,) = bank.of("SendPack")
    check(sent.body)
    check(etree.tostring(sent.inner()))
