"""What we write is valid by the official schemas of each version; what we read back is what was written."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from lxml import etree

from gateway.bank.directbank import wire
from gateway.bank.directbank.documents import Writer
from gateway.bank.directbank.packet import (
    BankName,
    Customer,
    Outgoing,
    Signed,
    read_packet,
    serial_number,
    stable_id,
    write_packet,
)
from gateway.bank.directbank.result import read_result, read_xml
from gateway.bank.directbank.settings import read_settings, signatures_needed
from gateway.bank.formats.directbank_status import read_notice
from gateway.core.errors import Corrupt
from gateway.signing.cms import sign_detached
from tests.bank.bxd.pretend import customer_key
from tests.bank.directbank.pretend import ACCOUNT, NOW, notice, settings
from tests.bank.directbank.schemas import VERSIONS, check
from tests.standards import need

US = Customer("24102018", 'Общество "Торговый дом"' * 10, "1001156517", "100101001")
BANK = BankName("044525888", "ДЕМО-БАНК")


def writer(version: str) -> Writer:
    return Writer(version, "2026-11-20T15:00:00", US, BANK)


@pytest.mark.parametrize("version", VERSIONS)
class TestAgainstTheSchemas:
    def test_statement_request(self, version: str) -> None:
        content = writer(version).statement_request("d-1", ACCOUNT, date(2026, 11, 19), wire.FINAL)
        check(content, version)
        root = read_xml(content)
        assert [e.text for e in root.iter(wire.tag("DateFrom"), wire.tag("DateTo"))] == [
            "2026-11-19T00:00:00",
            "2026-11-19T23:59:59",
        ]

    def test_status_request(self, version: str) -> None:
        check(writer(version).status_request("q-1", "05688096-0806-4ef0-af4c-572f75dbaf7c"), version)

    def test_certificate(self, version: str) -> None:
        content = writer(version).certificate("x-1", customer_key().certificate)
        check(content, version)
        assert read_xml(content).findtext(wire.tag("X509IssuerName")) == "Kvit Sandbox Root"

    @pytest.mark.parametrize("compress", [False, True])
    def test_packet(self, version: str, compress: bool) -> None:
        content = writer(version).status_request("q-1", "x")
        signed = Signed(sign_detached(content, customer_key(), at=NOW), customer_key().certificate)
        outgoing = Outgoing("q-1", wire.STATUS_REQUEST, content, (signed,))
        raw = write_packet("p-1", "2026-11-20T15:00:00", version, US, BANK, [outgoing], compress=compress)
        check(raw, version)
        assert raw.startswith(wire.BOM) and content.startswith(wire.BOM)
        read = read_packet(read_xml(raw), 1 << 20)
        assert read.packet_id == "p-1"
        (document,) = read.documents
        assert (document.document_id, document.kind, document.content) == ("q-1", "03", content)
        assert document.signatures == (signed.der,)


def test_without_what_we_do_not_know_nothing_is_written() -> None:
    raw = write_packet("p", "2026-11-20T15:00:00", "2.3.2", Customer("0"), BankName("044525888"), [])
    root = etree.fromstring(raw)
    assert dict(root.find(f"{wire.tag('Sender')}/{wire.tag('Customer')}").attrib) == {"id": "0"}
    assert dict(root.find(f"{wire.tag('Recipient')}/{wire.tag('Bank')}").attrib) == {"bic": "044525888"}


def test_the_same_document_zips_to_the_same_bytes() -> None:
    outgoing = [Outgoing("a", "14", b"<a/>" * 100)]
    packets = {write_packet("p", "t", "2.3.2", US, BANK, outgoing, compress=True) for _ in range(2)}
    assert len(packets) == 1 and b'compressed="true"' in packets.pop()


def test_ids_are_stable_guids() -> None:
    assert stable_id("01JD4QZX0000000000000000AA") == stable_id("01JD4QZX0000000000000000AA") != stable_id("x")
    assert len(stable_id("x")) == 36


def test_serial_numbers_are_whole_bytes() -> None:
    assert len(serial_number(customer_key().certificate)) % 2 == 0
    assert int(serial_number(customer_key().certificate), 16) == customer_key().certificate.serial_number


class TestTimes:
    @pytest.mark.parametrize(
        ("stamp", "asked"),
        [
            ("2021-04-27T14:59:10", "27.04.2021 14:59:10"),
            ("2021-06-03T09:16:43.279Z", "03.06.2021 09:16:43"),
            ("2021-06-03T09:16:43+03:00", "03.06.2021 09:16:43"),
        ],
    )
    def test_the_banks_stamp_goes_back_as_it_came(self, stamp: str, asked: str) -> None:
        assert wire.list_date(stamp) == asked

    def test_the_later_stamp_counts(self) -> None:
        older, newer = "2021-06-03T09:16:43.279Z", "2021-06-03T09:16:44"
        assert wire.later(older, newer) == wire.later(newer, older) == newer
        assert wire.later(older, "") == wire.later("rubbish", older) == older
        assert wire.later("", "yesterday") == ""

    def test_we_write_the_banks_wall_clock(self) -> None:
        from gateway.core.clock import MOSCOW

        assert wire.local_time(NOW, MOSCOW) == "2026-11-20T15:00:00"


class TestSettings:
    def test_the_standards_sample(self) -> None:
        found = read_settings(need("directbank/samples/1c/Settings.xml").read_bytes())
        assert found.customer_id == "82007cb2-dfd1-4193-b903-16cc9b7231c9" and found.version == "2.3.1"
        assert found.rules.keys() == {"03", "05", "10", "11", "14", "30"} and not found.compress
        assert found.signatures("10") == 0

    def test_rules_and_compression(self) -> None:
        found = read_settings(settings({"10": "(11)", "14": "(0)", "03": ""}, version="9.9", compress="true"))
        assert (found.signatures("10"), found.signatures("14"), found.signatures("03")) == (2, 0, 0)
        assert found.compress and found.version == "", "a version we do not know is none"

    @pytest.mark.parametrize(
        ("rule", "needed"),
        [("", 0), ("(0)", 0), ("(00)", 0), ("(1)", 1), ("(11)", 2), ("(110)||(111)", 2), ("(10)||(01)", 1), ("?", 1)],
    )
    def test_the_fewest_signatures_that_do(self, rule: str, needed: int) -> None:
        assert signatures_needed(rule) == needed

    def test_anything_else_is_none(self) -> None:
        with pytest.raises(Corrupt) as caught:
            read_settings(b"<Settings/>")
        assert caught.value.code == "bank.unknown_content"


class TestNotices:
    def test_of_a_document(self) -> None:
        found = read_notice(notice("our-order", status="02"))
        assert (found.about, found.packet, found.code, found.text) == ("our-order", False, "02", "Состояние")
        assert not found.failed and not found.unknown

    def test_of_a_document_the_bank_does_not_know(self) -> None:
        found = read_notice(notice("our-order", error_code="2207"))
        assert found.unknown and found.failed and (found.code, found.text) == ("2207", "нет")

    def test_of_a_packet(self) -> None:
        found = read_notice(notice("receipt", status="01", of_packet="our-packet"))
        assert (found.about, found.packet, found.receipt) == ("our-packet", True, "receipt")

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"<a/>",
            notice("o", status="01").replace(b"<Result>", b"<Other>").replace(b"</Result>", b"</Other>"),
            notice("o", status="01").replace(b"<Status>", b"<Error><Code>1</Code></Error><Status>"),
        ],
    )
    def test_broken_ones(self, content: bytes) -> None:
        with pytest.raises(Corrupt):
            read_notice(content)


class TestSamples:
    """Every recorded message of the standard and of Alfa-Bank."""

    @pytest.mark.parametrize(
        ("name", "answer", "version"),
        [
            ("alfa/Logon.response.xml", "LogonResponse", "2.2.2"),
            ("alfa/SendPack.response.xml", "SendPacketResponse", "2.2.2"),
            ("alfa/GetPackList.response.xml", "GetPacketListResponse", "2.2.2"),
        ],
    )
    def test_answers_of_alfa(self, name: str, answer: str, version: str) -> None:
        raw = need(f"directbank/samples/{name}").read_bytes()
        check(raw, version)
        found = read_result(raw)
        assert found.error is None and found.answer is not None and found.answer.tag == wire.tag(answer)

    @pytest.mark.parametrize("name", ["GetPackList", "Logon", "SendPack"])
    def test_answers_of_1c(self, name: str) -> None:
        recorded = need(f"directbank/samples/1c-http/{name}.response.http.txt").read_bytes()
        raw = recorded[recorded.index(b"<?xml") :]
        check(raw)
        found = read_result(raw)
        assert found.answer is not None and found.answer.tag == wire.tag(wire.ANSWERS[name])

    def test_packets_others_send(self) -> None:
        alfa = read_packet(
            read_xml(need("directbank/samples/alfa/SendPack.statement-request.body.xml").read_bytes()), 1 << 20
        )
        assert alfa.documents[0].kind == wire.STATEMENT_REQUEST and not alfa.documents[0].signatures
        recorded = need("directbank/samples/1c-http/SendPack.request.http.txt").read_bytes()
        probe = read_packet(read_xml(recorded[recorded.index(b"<?xml") :]), 1 << 20).documents[0]
        assert probe.content.startswith(wire.BOM) and len(probe.signatures) == 1
        assert base64.b64encode(probe.signatures[0]).startswith(b"MIIDjg")
