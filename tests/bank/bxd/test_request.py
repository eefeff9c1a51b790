"""ApplicationRequest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from lxml import etree

from gateway.bank.bxd.request import ApplicationRequest
from gateway.bank.bxd.wire import XMLDATA
from gateway.core.errors import Refused
from gateway.signing.xmldsig import verify_enveloped
from tests.bank.bxd import pretend
from tests.standards import need

FULL = ApplicationRequest(
    customer_id="11111111",
    command="DownloadFile",
    timestamp=datetime(2026, 11, 21, 12, 0, 7, 123456, tzinfo=timezone(timedelta(hours=3))),
    environment="TEST",
    software_id="Kvit",
    start_date=date(2026, 11, 20),
    end_date=date(2026, 11, 21),
    status="ALL",
    service_id="40702810000000000001",
    file_references=("A1", "A2"),
    user_filename="выписка.xml",
    target_id="T",
    execution_serial="01JD4QZX0000000000000000AA",
    compression=True,
    file_type="XT",
    content=b"abc",
)


def names(request: ApplicationRequest) -> list[str]:
    return [etree.QName(e).localname for e in etree.fromstring(request.to_xml())]


def test_elements_stand_in_the_agreements_order() -> None:
    assert names(FULL) == [
        "CustomerId", "Command", "Timestamp", "StartDate", "EndDate", "Status", "ServiceId", "Environment",
        "FileReferences", "UserFilename", "TargetId", "ExecutionSerial", "Compression", "CompressionMethod",
        "SoftwareId", "FileType", "Content",
    ]  # fmt: skip


def test_what_is_empty_is_left_out() -> None:
    least = ApplicationRequest("1", "GetUserInfo", FULL.timestamp, "PRODUCTION", "Kvit")
    assert names(least) == ["CustomerId", "Command", "Timestamp", "Environment", "SoftwareId"]


def test_time_is_utc_and_content_base64() -> None:
    root = etree.fromstring(FULL.to_xml())
    assert root.findtext(f"{{{XMLDATA}}}Timestamp") == "2026-11-21T09:00:07Z"
    assert root.findtext(f"{{{XMLDATA}}}Content") == "YWJj"
    assert [e.text for e in root.iter(f"{{{XMLDATA}}}FileReference")] == ["A1", "A2"]


def test_it_is_valid_by_the_banks_own_schema() -> None:
    schema = etree.XMLSchema(etree.parse(str(need("bxd/xsd/application_request.xsd"))))
    schema.assertValid(etree.fromstring(FULL.to_xml()))
    signed = FULL.signed(pretend.customer_key())
    schema.assertValid(etree.fromstring(signed))


def test_its_signature_verifies() -> None:
    signed = FULL.signed(pretend.customer_key())
    own = pretend.policy(signers=frozenset({pretend.CUSTOMER}))
    verified = verify_enveloped(signed, own, datetime.now(UTC))
    assert verified.root.findtext(f"{{{XMLDATA}}}CustomerId") == "11111111"


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("customer_id", "12345678901234567", "CustomerId"),
        ("file_references", ("x" * 33,), "FileReference"),
        ("environment", "Test", "Environment"),
        ("file_type", "x" * 41, "FileType"),
    ],
)
def test_values_the_bank_would_refuse_are_refused_here_with_the_element(field: str, value: object, named: str) -> None:
    with pytest.raises(Refused) as caught:
        replace(FULL, **{field: value}).to_xml()
    assert caught.value.code == "bank.request_invalid"
    assert named in caught.value.text("ru")
    assert XMLDATA not in caught.value.text("ru")
