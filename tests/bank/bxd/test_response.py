"""Replies: codes of both levels, descriptors, contents. Attacks are in tests/hostile."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from gateway.bank.bxd import response
from gateway.bank.bxd.compression import compress
from gateway.bank.channel import EvidenceKind, Proof, Proven, Request
from gateway.core.errors import Corrupt, KvitError, Refused
from gateway.signing.keys import fingerprint
from gateway.signing.xmldsig import sign_enveloped
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW


def prove(payload: bytes | None, operation: str = "downloadFile", reference: str = "", **header: str) -> Proven:
    inner = None if payload is None else sign_enveloped(payload, pretend.bank_key())
    raw = pretend.signed(pretend.envelope(inner, operation, **header))
    return response.prove(pretend.reply(raw, operation, reference=reference), pretend.rules(), NOW)


def refused(error: pytest.ExceptionInfo[KvitError]) -> tuple[str, object]:
    assert "{" not in error.value.text("ru") + error.value.text("en")
    return error.value.code, error.value.values.get("bank_code")


def test_an_honest_file_comes_with_its_proof() -> None:
    proven = prove(pretend.application(content=b"<a/>"))
    assert proven.content == b"<a/>"
    assert proven.codes == (("00", "OK"), ("00", "OK"))
    assert proven.ref is None
    bank = pretend.bank_key().certificate
    assert proven.proof == Proof(
        kind=EvidenceKind.SIGNED,
        signer_subject="CN=Kvit Sandbox Bank,O=Kvit Sandbox,C=RU",
        signer_sha256=fingerprint(bank),
        signer_serial=f"{bank.serial_number:x}",
        anchor_sha256=fingerprint(pretend.authority().certificate),
        algorithms=("rsa-sha256", "sha256"),
        signed_at=NOW,
        verified_at=NOW,
        request_id=pretend.ID,
        layers=("soap", "payload"),
    )


def test_proofs_and_requests_survive_being_stored() -> None:
    proof = prove(pretend.application(content=b"x")).proof
    assert Proof.from_json(proof.to_json()) == proof
    request = Request(pretend.ID, "downloadFile", NOW, "A1")
    assert Request.from_json(request.to_json()) == request


def test_proving_is_pure() -> None:
    raw = pretend.download()
    first, second = (response.prove(pretend.reply(raw), pretend.rules(), NOW) for _ in range(2))
    assert first == second


def test_gzip_is_undone() -> None:
    assert prove(pretend.application(content=compress(b"<a/>"), compressed=True)).content == b"<a/>"


def test_zero_means_zero_zero() -> None:
    assert prove(pretend.application("0", content=b"x"), code="0").codes == (("00", "OK"), ("00", "OK"))


def test_the_outer_code_may_be_left_empty() -> None:
    assert prove(pretend.application(content=b"x"), code="", text="").content == b"x"


@pytest.mark.parametrize("outer", ["00", "24"])
def test_nothing_found_is_an_empty_list(outer: str) -> None:
    raw = pretend.signed(
        pretend.envelope(
            sign_enveloped(pretend.application("24", "Content not found"), pretend.bank_key()),
            "downloadFileList",
            code=outer,
        )
    )
    answer = response.read_answer(pretend.reply(raw, "downloadFileList"), pretend.rules(), NOW)
    assert answer.nothing_found
    assert answer.application is not None
    assert response.descriptors(answer.application) == []


def test_nothing_found_is_no_file() -> None:
    with pytest.raises(Refused) as caught:
        prove(pretend.application("24", "Content not found"))
    assert refused(caught) == ("bank.response_refused", "24")


@pytest.mark.parametrize(
    ("outer", "inner", "shown"),
    [
        ("00", "26", "26"),
        ("26", "26", "26"),
        ("30", None, "30"),
        ("23", "00", "23"),
        ("00", "XY7", "XY7"),
        ("00", "99", "99"),
    ],
)
def test_a_refusal_is_told_with_the_banks_code_and_text(outer: str, inner: str | None, shown: str) -> None:
    payload = None if inner is None else pretend.application(inner, "Почему-то {нет}")
    with pytest.raises(Refused) as caught:
        prove(payload, code=outer, text="Почему-то нет")
    assert caught.value.code == "bank.response_refused"
    assert caught.value.values["bank_code"] == shown
    assert "Почему-то" in caught.value.text("ru")


def test_ok_without_payload_is_malformed() -> None:
    with pytest.raises(Corrupt) as caught:
        prove(None)
    assert refused(caught)[0] == "bank.malformed"


def test_a_file_without_content_is_refused() -> None:
    for payload in (pretend.application(), pretend.application(content=b"")):
        with pytest.raises(Corrupt) as caught:
            prove(payload)
        assert refused(caught)[0] == "bank.empty"


def test_the_answer_to_another_operation_is_refused() -> None:
    inner = sign_enveloped(pretend.application(content=b"x"), pretend.bank_key())
    raw = pretend.signed(pretend.envelope(inner, "uploadFile"))
    with pytest.raises(Corrupt) as caught:
        response.prove(pretend.reply(raw, "downloadFile"), pretend.rules(), NOW)
    assert refused(caught)[0] == "bank.unknown_content"


def test_another_file_than_asked_for_is_refused() -> None:
    described = pretend.application(content=b"x", inside=pretend.listed("B7"))
    assert prove(described, reference="B7").ref is not None
    with pytest.raises(Corrupt) as caught:
        prove(described, reference="A1")
    assert refused(caught)[0] == "bank.wrong_file"


def test_a_signed_fault_is_a_refusal() -> None:
    raw = pretend.envelope(None)
    body = raw[1]
    body.remove(body[0])
    fault = etree.SubElement(body, "{http://schemas.xmlsoap.org/soap/envelope/}Fault")
    etree.SubElement(fault, "faultstring").text = "Maintenance"
    with pytest.raises(Refused) as caught:
        response.prove(pretend.reply(pretend.signed(raw)), pretend.rules(), NOW)
    assert refused(caught) == ("bank.response_refused", "Fault")
    assert "Maintenance" in caught.value.text("en")


def test_lists_tell_what_there_is() -> None:
    raw = pretend.signed(
        pretend.envelope(
            sign_enveloped(pretend.application(inside=pretend.listed("A1", "A2")), pretend.bank_key()),
            "downloadFileList",
        )
    )
    answer = response.read_answer(pretend.reply(raw, "downloadFileList"), pretend.rules(), NOW)
    assert answer.application is not None
    first, second = response.descriptors(answer.application)
    assert (first.reference, second.reference) == ("A1", "A2")
    assert first.created == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert (first.file_type, first.status, first.service_id) == ("XT", "NEW", "40702810000000000001")


def test_an_element_that_may_stand_once_may_not_stand_twice() -> None:
    doubled = pretend.application(content=b"x").replace(b"<Content>", b"<Content>eA==</Content><Content>", 1)
    with pytest.raises(Corrupt) as caught:
        prove(doubled)
    assert refused(caught)[0] == "bank.malformed"


def test_a_large_statement_is_read() -> None:
    large = b"<a>" + b"0123456789" * 1_200_000 + b"</a>"
    raw = pretend.download(large)
    assert len(raw) > 20_000_000
    proven = response.prove(pretend.reply(raw), pretend.rules(content_limit=1 << 24), NOW)
    assert proven.content == large
