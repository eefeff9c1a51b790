"""The sandbox bank on the wire, seen by a client that shares no code with us."""

from __future__ import annotations

import base64
import gzip
import io
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from lxml import etree

from gateway.bank.formats.camt import read
from gateway.bank.sandbox.enrol import load_authority
from gateway.bank.statement import Entry
from gateway.core.money import Money
from gateway.signing.ca import DemoAuthority
from tests.bank.sandbox.client import DS, MODEL, SOAP, WSSE, XMLDATA, Client
from tests.bank.sandbox.conftest import Line
from tests.standards import need


def remove(path: str) -> object:
    def change(root: etree._Element) -> None:
        node = root.find(path)
        assert node is not None
        node.getparent().remove(node)

    return change


def entries(content: bytes) -> list[Entry]:
    return [item for item in read(io.BytesIO(content)) if isinstance(item, Entry)]


def code_of(response: requests.Response) -> str:
    """The code in the header of a refusal."""
    root = etree.fromstring(response.content)
    return root.findtext(f".//{{{MODEL}}}ResponseCode") or ""


# What an honest customer gets


def test_a_payment_is_listed_downloaded_and_marked(line: Line) -> None:
    ref = line.sandbox.pay(invoice="125", amount=Money.parse("12500.50"), payer="ООО «Багет»", inn="7728168971")
    listed = line.client.ask("downloadFileList", Status="NEW")
    (file,) = listed.files()
    assert file["FileType"] == "camt.054.001.08" and file["Status"] == "NEW"
    assert file["ServiceId"] == line.enrolment.accounts[0]
    assert (file["AmountTotal"], file["TransactionCount"]) == ("12500.50", "1")
    (entry,) = entries(line.client.download(file["FileReference"]).content())
    assert (entry.ref, entry.amount, entry.counterparty.name) == (ref, Money(1250050), "ООО «Багет»")
    assert line.client.ask("downloadFileList", Status="NEW").code == "24"
    (again,) = line.client.ask("downloadFileList", Status="DLD").files()
    assert again["LastDownloadTimestamp"]
    assert len(line.client.ask("downloadFileList", Status="ALL").files()) == 1


def test_an_empty_list_is_code_24_in_both_places(line: Line) -> None:
    answer = line.client.ask("downloadFileList")
    assert (answer.code, answer.header["ResponseCode"], answer.text("ResponseText")) == (
        "24", "24", "Content not found."
    )  # fmt: skip
    assert answer.files() == []


def test_lists_are_filtered_by_type_account_and_date(line: Line) -> None:
    first, second = line.enrolment.accounts
    line.sandbox.pay(amount=Money(100), to=first)
    line.sandbox.pay(amount=Money(200), to=second)
    line.sandbox.move_clock(timedelta(days=1))
    line.sandbox.close_day()
    ask = line.client.ask
    assert len(ask("downloadFileList").files()) == 6  # two notices; of each account yesterday and today
    assert {f["FileType"] for f in ask("downloadFileList", FileType="XT").files()} == {"XT"}
    assert {f["ServiceId"] for f in ask("downloadFileList", ServiceId=second).files()} == {second}
    today = line.sandbox.books.now().astimezone(UTC) + timedelta(hours=3)
    tomorrow = (today + timedelta(days=1)).date().isoformat()
    assert len(ask("downloadFileList", StartDate=today.date().isoformat()).files()) == 4
    assert len(ask("downloadFileList", EndDate=(today - timedelta(days=1)).date().isoformat()).files()) == 2
    assert ask("downloadFileList", StartDate=tomorrow).code == "24"
    assert ask("downloadFileList", StartDate=tomorrow, EndDate=today.date().isoformat()).code == "29"
    assert ask("downloadFileList", Status="KIN").code == "29"


def test_files_are_compressed_when_asked(line: Line) -> None:
    line.sandbox.pay(amount=Money(100))
    reference = line.sandbox.files()[0].reference
    answer = line.client.download(reference, Compression="true", CompressionMethod="RFC1952")
    assert answer.text("Compressed") == "true" and answer.text("CompressionMethod") == "RFC1952"
    plain = line.client.download(reference)
    assert plain.text("Compressed") == "false"
    assert answer.content() == plain.content() == line.sandbox.content(reference)


@pytest.mark.parametrize("name", ["downloadFileList", "downloadFile", "getUserInfo", "uploadFile", "nothing"])
def test_payloads_are_valid_by_the_published_schema(line: Line, name: str) -> None:
    schema = etree.XMLSchema(etree.parse(need("bxd/xsd/application_response.xsd")))
    line.sandbox.pay(amount=Money(100))
    reference = line.sandbox.files()[0].reference
    answer = {
        "downloadFileList": lambda: line.client.ask("downloadFileList"),
        "downloadFile": lambda: line.client.download(reference, Compression="true"),
        "getUserInfo": lambda: line.client.ask("getUserInfo"),
        "uploadFile": lambda: line.client.ask("uploadFile", FileType="XL", Content=base64.b64encode(b"<x/>").decode()),
        "nothing": lambda: line.client.ask("downloadFileList", StartDate="2099-01-01"),
    }[name]()
    schema.assertValid(answer.application)


def test_user_info_names_the_file_types(line: Line) -> None:
    answer = line.client.ask("getUserInfo")
    found = {
        (node.findtext(f"{{{XMLDATA}}}FileType"), node.findtext(f"{{{XMLDATA}}}Direction"))
        for node in answer.application.iter(f"{{{XMLDATA}}}UserFileType")
    }
    assert found == {
        ("XT", "Download"), ("camt.052.001.08", "Download"), ("camt.054.001.08", "Download"), ("XP", "Download"),
        ("XL", "Upload"),
    }  # fmt: skip


def test_an_upload_is_kept_named_and_can_be_deleted_once(line: Line) -> None:
    content = base64.b64encode(gzip.compress(b"<pain/>")).decode()
    answer = line.client.ask(
        "uploadFile", FileType="XL", Content=content, Compression="true", UserFilename="p.xml", ExecutionSerial="S1"
    )
    (file,) = answer.files()
    assert (answer.code, file["Status"], file["UserFilename"]) == ("00", "WFP", "p.xml")
    assert line.sandbox.content(file["FileReference"]) == b"<pain/>"
    assert line.client.ask("deleteFile", FileReferences=file["FileReference"]).code == "00"
    assert line.client.ask("deleteFile", FileReferences=file["FileReference"]).code == "27"
    assert line.client.ask("downloadFileList").code == "24"  # what we sent is not offered to us, nor answered
    assert [upload.status for upload in line.sandbox.uploads()] == ["DEL"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"FileType": "XP"}, "20"),
        ({"FileType": "XL", "Compression": "true", "Content": "AAAA"}, "21"),
        ({"FileType": "XL", "Content": ""}, "25"),
    ],
)
def test_a_bad_upload_is_refused(line: Line, fields: dict[str, str], code: str) -> None:
    assert code_of(line.client.post("uploadFile", **fields)) == code
    assert line.sandbox.uploads() == []


def test_the_same_serial_number_under_another_request_id_is_a_duplicate_whatever_is_in_it(line: Line) -> None:
    for content, code in ((b"<pain/>", "00"), (b"<pain/>", "32"), (b"<other/>", "32")):
        encoded = base64.b64encode(content).decode()
        response = line.client.post("uploadFile", FileType="XL", Content=encoded, ExecutionSerial="S1")
        assert code_of(response) == code
    assert len(line.sandbox.uploads()) == 1


def test_unknown_and_several_references_are_refused(line: Line) -> None:
    line.sandbox.pay(amount=Money(100))
    reference = line.sandbox.files()[0].reference
    assert code_of(line.client.post("downloadFile", FileReferences="X1")) == "24"
    assert code_of(line.client.post("downloadFile", FileReferences=f"{reference} X1")) == "29"
    assert code_of(line.client.post("downloadFile", FileReferences=reference, FileType="XT")) == "24"
    assert line.sandbox.files()[0].status == "NEW"


# What a wrong request gets


def test_a_request_id_counts_once(line: Line) -> None:
    codes = [code_of(line.client.post("getUserInfo", request_id="R1")) for _ in range(2)]
    assert codes == ["00", "31"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"envelope": remove(f".//{{{DS}}}Signature")}, "02"),
        ({"envelope": lambda root: setattr(root.find(f".//{{{MODEL}}}UserAgent"), "text", "other")}, "02"),
        ({"envelope": remove(f".//{{{WSSE}}}Security")}, "02"),
        ({"after": remove(f"{{{DS}}}Signature")}, "18"),
        ({"after": lambda root: setattr(root.find(f"{{{XMLDATA}}}SoftwareId"), "text", "other")}, "18"),
        ({"before": lambda root: root.append(root[0])}, "12"),
        ({"before": lambda root: etree.SubElement(root, f"{{{XMLDATA}}}Surprise")}, "12"),
        ({"before": remove(f"{{{XMLDATA}}}SoftwareId")}, "12"),
        ({"Environment": "STAGING"}, "12"),
        ({"header": {"SenderId": "9999999999"}}, "07"),
        ({"CustomerId": "9999999999"}, "13"),
        ({"Command": "UploadFile"}, "29"),
        ({"Timestamp": "2020-01-01T00:00:00Z"}, "29"),
        ({"header": {"Timestamp": "2020-01-01T00:00:00+00:00"}}, "29"),
        ({"header": {"RequestId": "R" * 65}}, "12"),
    ],
)  # fmt: skip
def test_a_wrong_request_gets_its_code_signed(line: Line, change: dict[str, object], code: str) -> None:
    line.sandbox.pay(amount=Money(100))
    response = line.client.post("downloadFileList", **change)
    answer = line.client.verified(response.content)
    assert (answer.code, answer.header["ResponseCode"]) == (code, code)
    assert answer.files() == []


def test_a_stale_envelope_is_refused(line: Line) -> None:
    class Late(type(line.client.wsse)):
        created = property(lambda _: datetime.now(UTC) - timedelta(hours=2), lambda *_: None)

    line.client.wsse.__class__ = Late
    assert code_of(line.client.post("getUserInfo")) == "02"


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"<a/>", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_what_is_no_request_gets_a_fault(line: Line, body: bytes) -> None:
    response = line.client.session.post(line.server.url, data=body, headers={"Content-Type": "text/xml"}, timeout=10)
    assert response.status_code == 500
    assert etree.fromstring(response.content).find(f".//{{{SOAP}}}Fault") is not None


def test_an_unknown_operation_gets_a_fault(line: Line) -> None:
    response = line.client.post(
        "getUserInfo",
        envelope=lambda root: setattr(
            root.find(f"{{{SOAP}}}Body")[0], "tag", "{http://bxd.fi/CorporateFileService}rob"
        ),
    )
    assert response.status_code == 500 and b"Operation unknown" in response.content


# The door


def test_nobody_enters_without_a_certificate(line: Line) -> None:
    line.client.session.cert = None
    response = line.client.post("getUserInfo")
    assert (response.status_code, response.content) == (403, b"unknown client certificate")
    assert line.sandbox.state()["requests"] == []
    assert line.client.session.get(line.server.url).status_code == 405


def test_a_certificate_of_another_authority_is_turned_away_at_the_door(line: Line, tmp_path: Path) -> None:
    key = DemoAuthority.create(datetime.now(UTC), "Kvit Sandbox Signing Root").issue_client(
        "7729500100", datetime.now(UTC)
    )
    stranger = Client(
        line.enrolment, tmp_path / "stranger", pkcs12_bytes=key.to_pkcs12("p"), passphrase="p", url=line.server.url
    )
    with pytest.raises((requests.exceptions.SSLError, requests.exceptions.ConnectionError)):
        stranger.ask("getUserInfo")
    stranger.close()


def test_another_customers_certificate_is_not_ours(line: Line, tmp_path: Path) -> None:
    other = load_authority(line.sandbox.folder).issue_client("another", datetime.now(UTC))
    neighbour = Client(
        line.enrolment, tmp_path / "neighbour", pkcs12_bytes=other.to_pkcs12("p"), passphrase="p", url=line.server.url
    )
    assert neighbour.post("getUserInfo").status_code == 403
    # with our certificate at the door and the neighbour's under the message
    neighbour.session.cert = line.client.session.cert
    neighbour.session.close()
    assert code_of(neighbour.post("getUserInfo")) == "03"
    neighbour.close()


def test_a_renewed_certificate_replaces_the_old_one(line: Line, tmp_path: Path) -> None:
    renewed, passphrase = line.sandbox.renew_certificate()
    assert line.client.post("getUserInfo").status_code == 403
    client = Client(line.enrolment, tmp_path / "new", pkcs12_bytes=renewed, passphrase=passphrase, url=line.server.url)
    assert client.ask("getUserInfo").code == "00"
    client.close()


def test_the_server_shows_a_certificate_of_the_tls_authority_only(line: Line, tmp_path: Path) -> None:
    wrong = replace(line.enrolment, tls_anchors=line.enrolment.signing_anchors)
    client = Client(wrong, tmp_path / "wrong", url=line.server.url)
    with pytest.raises(requests.exceptions.SSLError):
        client.ask("getUserInfo")
    client.close()


def test_old_protocols_are_off(line: Line) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", line.server.port)) as plain,
        pytest.raises(ssl.SSLError),
        context.wrap_socket(plain),
    ):
        pass


@pytest.mark.parametrize(("path", "status"), [("/", 404), ("/services/Other", 404)])
def test_other_addresses_are_nothing(line: Line, path: str, status: int) -> None:
    base = line.server.url.partition("/services")[0]
    assert line.client.session.post(base + path, data=b"x", timeout=10).status_code == status


def test_a_request_without_length_or_too_long_is_refused(line: Line) -> None:
    post = line.client.session.post
    assert post(line.server.url, data=(b"x" for _ in range(2)), timeout=10).status_code == 411
    headers = {"Content-Length": str(2**40)}
    assert post(line.server.url, data=b"", headers=headers, timeout=10).status_code == 413
