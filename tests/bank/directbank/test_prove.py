"""A packet is believed document by document: for the bank's signature over the exact bytes, or for the connection."""

from __future__ import annotations

import base64
import io
import zipfile
from datetime import timedelta

import pytest

from gateway.bank.channel import DocumentKind, EvidenceKind, Proven, Reply
from gateway.bank.directbank.prove import PacketRules, prove
from gateway.core.errors import Corrupt, Refused
from tests.bank.bxd.pretend import bank_key, customer_key, stranger
from tests.bank.directbank import pretend
from tests.bank.directbank.pretend import NOW, document, error, line, notice, packet, reply, rules, statement, success

ID = "66b7012a-43c0-4122-a671-ba41f5dafc60"
STATEMENT = statement(line(), answers="our-request")


def proven(*documents: str, **changes: bool) -> Proven:
    return prove(reply(packet(ID, *documents), ID), rules(**changes), NOW)


def refused(raw: bytes, asked: str = ID, given: PacketRules | None = None, **transport: str) -> str:
    with pytest.raises(Corrupt) as caught:
        prove(reply(raw, asked, **transport), given or rules(), NOW)
    assert caught.value.text("ru") != caught.value.code, "the reason has no sentence"
    return caught.value.code


def test_a_statement_signed_by_the_bank_is_signed_evidence() -> None:
    found = proven(document(STATEMENT, signers=[bank_key()]))
    (one,) = found.documents
    assert (one.kind, one.format, one.content) == (DocumentKind.STATEMENT, "directbank.statement", STATEMENT)
    assert one.answers == "our-request"
    assert one.proof is not None and one.proof.kind is EvidenceKind.SIGNED
    assert "Kvit Sandbox Bank" in one.proof.signer_subject
    assert one.proof.algorithms[0] == "rsa-sha256" and one.proof.layers == ("cms",)
    assert found.content == STATEMENT and found.proof == one.proof
    assert found.ref is not None and found.ref.reference == ID


def test_an_unsigned_statement_is_evidence_of_the_connection() -> None:
    found = proven(document(STATEMENT))
    assert found.proof.kind is EvidenceKind.CHANNEL
    assert found.proof.signer_sha256 == "ab" * 32 and found.proof.layers == ("tls",)


def test_where_the_bank_must_sign_an_unsigned_statement_is_refused() -> None:
    assert refused(packet(ID, document(STATEMENT)), given=rules(required=True)) == "bank.signature_missing"
    assert proven(document(notice("x", status="01"), "02"), required=True).proof.kind is EvidenceKind.CHANNEL


def test_signatures_nobody_here_can_check_count_for_nothing() -> None:
    assert proven(document(STATEMENT, signers=[bank_key()]), ignored=True).proof.kind is EvidenceKind.CHANNEL


@pytest.mark.parametrize("change", [{"tls": ""}, {"peer_sha256": ""}, {"anchors": ""}, {"anchors": "00" * 32}])
def test_an_unsigned_statement_that_came_some_other_way_is_refused(change: dict[str, str]) -> None:
    assert refused(packet(ID, document(STATEMENT)), **change) == "bank.channel_unproved"


def test_a_signed_statement_needs_no_connection() -> None:
    raw = packet(ID, document(STATEMENT, signers=[bank_key()]))
    assert prove(reply(raw, ID, tls=""), rules(), NOW).proof.kind is EvidenceKind.SIGNED


class TestForgeries:
    def test_altered_bytes(self) -> None:
        altered = STATEMENT.replace(b"100.00", b"900.00")
        assert altered != STATEMENT
        raw = packet(ID, document(STATEMENT, signers=[bank_key()], carried=altered))
        assert refused(raw) == "bank.signature_invalid"

    def test_the_byte_order_mark_is_signed_too(self) -> None:
        raw = packet(ID, document(STATEMENT, signers=[bank_key()], carried=STATEMENT[3:]))
        assert refused(raw) == "bank.signature_invalid"

    def test_a_stranger_with_the_same_name(self) -> None:
        forger = stranger().issue_signing("Kvit Sandbox Bank", NOW - timedelta(days=1), NOW + timedelta(days=1))
        assert refused(packet(ID, document(STATEMENT, signers=[forger]))) == "bank.untrusted_certificate"

    def test_a_customer_of_the_bank(self) -> None:
        assert refused(packet(ID, document(STATEMENT, signers=[customer_key()]))) in (
            "bank.untrusted_certificate",
            "bank.certificate_not_yet_valid",
        )

    def test_one_bad_signature_among_good_ones(self) -> None:
        forger = stranger().issue_signing("Kvit Sandbox Bank", NOW - timedelta(days=1), NOW + timedelta(days=1))
        assert refused(packet(ID, document(STATEMENT, signers=[bank_key(), forger]))) == "bank.untrusted_certificate"

    def test_an_expired_signer(self) -> None:
        old = pretend.authority().issue_signing("Kvit Sandbox Bank", NOW - timedelta(days=60), NOW - timedelta(days=30))
        assert refused(packet(ID, document(STATEMENT, signers=[old]))) == "bank.certificate_expired"

    def test_rubbish_for_a_signature_is_not_taken_for_none(self) -> None:
        rubbish = base64.b64encode(b"rubbish").decode()
        signature = (
            f'<Signature x509IssuerName="CA" x509SerialNumber="01"><SignedData>{rubbish}</SignedData></Signature>'
        )
        raw = packet(ID, document(STATEMENT).replace("</Document>", f"{signature}</Document>"))
        assert refused(raw) == "bank.signature_unreadable"

    def test_a_signature_without_its_data_is_not_taken_for_none(self) -> None:
        empty = '<Signature x509IssuerName="CA" x509SerialNumber="01"/>'
        raw = packet(ID, document(STATEMENT).replace("</Document>", f"{empty}</Document>"))
        assert refused(raw) == "bank.malformed"

    def test_a_signature_of_another_document(self) -> None:
        other = statement(line("2"))
        raw = packet(ID, document(other, signers=[bank_key()], carried=STATEMENT))
        assert refused(raw) == "bank.signature_invalid"


class TestPackets:
    def test_each_document_has_its_own_proof_and_the_packet_the_weakest_of_its_statements(self) -> None:
        signed = document(STATEMENT, signers=[bank_key()], document_id="a")
        unsigned = document(statement(line("2")), document_id="b")
        told = document(notice("our-order", status="02"), "02", document_id="c")
        found = proven(signed, unsigned, told)
        assert [d.document_id for d in found.documents] == ["a", "b", "c"]
        kinds = [d.proof.kind for d in found.documents if d.proof]
        assert kinds == [EvidenceKind.SIGNED, EvidenceKind.CHANNEL, EvidenceKind.CHANNEL]
        assert found.proof.kind is EvidenceKind.CHANNEL
        assert found.content == packet(ID, signed, unsigned, told), "of several documents: the packet"
        assert proven(signed, told).proof.kind is EvidenceKind.SIGNED

    def test_kinds_are_sorted_and_what_is_unknown_is_kept(self) -> None:
        camt = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt/></Document>'
        found = proven(
            document(notice("r", of_packet="p-1", status="01"), "01"),
            document(notice("o-1", status="03"), "02"),
            document(camt, "35"),
            document(b"\x00letter", "40"),
        )
        assert [(d.kind, d.format, d.answers) for d in found.documents] == [
            (DocumentKind.ORDER_STATUS, "directbank.status", "p-1"),
            (DocumentKind.ORDER_STATUS, "directbank.status", "o-1"),
            (DocumentKind.STATEMENT, "camt", ""),
            (DocumentKind.OTHER, "directbank.40", ""),
        ]
        assert found.documents[3].content == b"\x00letter"

    def test_a_notice_nobody_can_read_does_not_hold_up_the_statement_beside_it(self) -> None:
        found = proven(document(STATEMENT, signers=[bank_key()]), document(b"<broken", "02"))
        assert found.documents[1].kind is DocumentKind.ORDER_STATUS and found.documents[1].answers == ""

    def test_a_zipped_document_is_unpacked_before_its_signature_is_checked(self) -> None:
        raw = packet(
            ID, document(STATEMENT, signers=[bank_key()], carried=_zip(STATEMENT), attributes='compressed="true"')
        )
        found = prove(reply(raw, ID), rules(), NOW)
        assert found.content == STATEMENT and found.proof.kind is EvidenceKind.SIGNED

    @pytest.mark.parametrize(
        ("carried", "reason"),
        [
            (b"PK\x03\x04rubbish", "bank.malformed"),
            (b"not an archive", "bank.malformed"),
            (b"", "bank.malformed"),
        ],
    )
    def test_broken_archives(self, carried: bytes, reason: str) -> None:
        raw = packet(ID, document(STATEMENT, carried=carried, attributes='compressed="true"'))
        assert refused(raw) == reason

    def test_archives_of_several_files_and_bombs(self) -> None:
        two = packet(ID, document(b"", carried=_zip(b"a", b"b"), attributes='compressed="true"'))
        assert refused(two) == "bank.malformed"
        bomb = packet(ID, document(b"", carried=_zip(bytes(1 << 22)), attributes='compressed="1"'))
        assert refused(bomb) == "bank.too_large"

    def test_the_limit_is_for_all_documents_together(self) -> None:
        half = document(bytes(700_000), "40")
        assert proven(half).documents[0].content == bytes(700_000)
        assert refused(packet(ID, half, half)) == "bank.too_large"

    def test_an_encrypted_document_is_refused_by_name(self) -> None:
        assert refused(packet(ID, document(STATEMENT, attributes='encrypted="true"'))) == "bank.unknown_content"


class TestReplies:
    def test_a_packet_nobody_asked_for(self) -> None:
        raw = packet("be71f4fe-dc00-42b2-97b8-ad38e011ee34", document(STATEMENT, signers=[bank_key()]))
        assert refused(raw) == "bank.wrong_file"

    def test_letters_of_an_id_may_be_large_or_small(self) -> None:
        raw = packet(ID.upper(), document(STATEMENT, signers=[bank_key()]))
        assert prove(reply(raw, ID), rules(), NOW).proof.kind is EvidenceKind.SIGNED

    def test_the_banks_refusal(self) -> None:
        with pytest.raises(Refused) as caught:
            prove(reply(error("2102", "Транспортный контейнер не найден", "пакет"), ID), rules(), NOW)
        assert caught.value.code == "bank.response_refused"
        assert caught.value.values == {"bank_code": "2102", "text": "Транспортный контейнер не найден пакет"}

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (b"", "bank.empty"),
            (b"<html><body>busy</body></html>", "bank.unknown_content"),
            (b"busy", "bank.truncated"),
            (b"<a></b></a>", "bank.malformed"),
            (b'<!DOCTYPE a [<!ENTITY b "c">]><ResultBank/>', "bank.dtd"),
            (packet(ID, document(STATEMENT))[:-30], "bank.truncated"),
            (success("<LogonResponse><SID>1</SID></LogonResponse>"), "bank.unknown_content"),
            (success(""), "bank.malformed"),
            (packet(ID), "bank.malformed"),
            (packet(ID, document(STATEMENT).replace("<Data>", "<Data>*")), "bank.malformed"),
            (packet(ID, document(STATEMENT).replace("</Data>", "</Data><Data>QQ==</Data>")), "bank.malformed"),
            ("ё".encode("cp1251"), "bank.wrong_encoding"),
            (b"<a>" + b" " * (5 << 20) + b"</a>", "bank.too_large"),
        ],
    )
    def test_replies_that_are_none(self, raw: bytes, reason: str) -> None:
        assert refused(raw) == reason

    def test_a_reply_that_broke_off_on_the_way(self) -> None:
        raw = packet(ID, document(STATEMENT, signers=[bank_key()]))
        assert refused(raw, incomplete="ReadError") == "bank.truncated"


def test_the_same_bytes_give_the_same_answer_from_storage() -> None:
    raw = packet(ID, document(STATEMENT, signers=[bank_key()]), document(notice("o", status="01"), "02"))
    first = reply(raw, ID)
    again = Reply(type(first.request).from_json(first.request.to_json()), raw, first.received_at, first.transport)
    assert prove(first, rules(), NOW) == prove(again, rules(), NOW)


def _zip(*contents: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, content in enumerate(contents):
            packed.writestr(f"{number}.xml", content)
    return archive.getvalue()
