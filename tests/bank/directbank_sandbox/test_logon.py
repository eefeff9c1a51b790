"""Who comes in, how, and for how long."""

from __future__ import annotations

import base64
import io
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from gateway.bank.sandbox.server import SandboxServer
from gateway.core.clock import Clock, SystemClock
from tests.bank.directbank_sandbox.conftest import Counter
from tests.bank.sandbox.conftest import Bank
from tests.bank.sandbox.directbank_client import BankError, DirectBankClient, N
from tests.standards import need

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Later(SystemClock):
    """The machine's clock, moved."""

    by = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def code_of(excinfo: pytest.ExceptionInfo[BankError]) -> str:
    return excinfo.value.code


def test_a_password_opens_a_session(stranger: Counter) -> None:
    found = stranger.client.logon()
    assert GUID.fullmatch(stranger.client.sid) and found.find("d:ExtraAuth", N) is None
    assert stranger.client.packets()[0] == []


def test_an_unknown_customer_may_log_on_and_ask_for_his_settings(stranger: Counter) -> None:
    stranger.client.logon(CustomerID="0", AvailableAPIVersion="2.3.2")
    own = stranger.enrolment
    found = stranger.client.call(
        "POST", "GetSettings", CustomerID="0", Inn=own.inn, Bic=own.bic, Account=own.accounts[0]
    )
    data = found.find("d:Data", N)
    assert data is not None and data.get("dockind") == "06"
    content = base64.b64decode(data.text or "")
    settings = etree.fromstring(content)
    schema = etree.XMLSchema(etree.parse(need("directbank/xsd-2.3.2/1C-Bank_Settings.xsd")))
    schema.assertValid(settings)
    assert settings.findtext("d:Data/d:CustomerID", "", N) == own.customer_id
    assert settings.findtext("d:Data/d:BankServerAddress", "", N) == stranger.server.directbank_url
    kinds = {
        node.get("docKind"): node.findtext(".//d:RuleSignatures", "", N)
        for node in settings.iterfind("d:Data/d:Document", N)
    }
    assert kinds == {"03": "", "04": "(1)", "05": "", "10": "(1)", "14": ""}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Inn": "7700000000"}, "1012"),
        ({"Bic": "044525000"}, "1012"),
        ({"Inn": None}, "1002"),
        ({"Bic": None}, "1002"),
        ({"Account": "40702810000000000009"}, "1013"),
    ],
)
def test_settings_are_for_the_customer_only(counter: Counter, headers: dict[str, str | None], code: str) -> None:
    own = counter.enrolment
    with pytest.raises(BankError) as refused:
        counter.client.call("POST", "GetSettings", **{"Inn": own.inn, "Bic": own.bic, **headers})
    assert code_of(refused) == code


@pytest.mark.parametrize(
    ("headers", "code", "more"),
    [
        ({"CustomerID": None}, "1002", "CustomerID"),
        ({"APIVersion": None}, "1002", "APIVersion"),
        ({"Authorization": None}, "1002", "Authorization"),
        ({"CustomerID": "7700000000"}, "1003", ""),
        ({"CustomerID": "7" * 51}, "1004", ""),
        ({"APIVersion": "2.02"}, "2006", ""),
        ({"APIVersion": "3.0"}, "2006", ""),
        ({"Authorization": "Bearer abc"}, "1011", ""),
        ({"Authorization": "Basic ???"}, "1201", ""),
        ({"Authorization": "Basic " + base64.b64encode(b"kvit").decode()}, "1201", ""),
    ],
)
def test_a_logon_that_is_wrong(stranger: Counter, headers: dict[str, str | None], code: str, more: str) -> None:
    with pytest.raises(BankError) as refused:
        stranger.client.logon(**headers)
    assert code_of(refused) == code and more in refused.value.more


@pytest.mark.parametrize("version", ["2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3.1", "2.3.2"])
def test_every_version_is_spoken_and_answered_in_it(bank: Bank, tmp_path: Path, version: str) -> None:
    schema = etree.XMLSchema(etree.parse(need("directbank/xsd-2.3.2/1C-Bank_ResultBank.xsd")))
    with SandboxServer(bank.home, port=0) as server:
        client = DirectBankClient(bank.enrolment, server.directbank_url, tmp_path / "c", version=version)
        result = client.logon().getroottree().getroot()
        assert result.get("formatVersion") == version
        schema.assertValid(result)
        client.ask_statement()
        numbers = client.packets()[0]
        assert len(numbers) == 2
        for number in numbers:
            answer = client.call("GET", f"GetPack?id={number}")
            schema.assertValid(answer.getroottree().getroot())
            assert answer.get("formatVersion") == version


def test_a_wrong_password_five_times_blocks_the_logon_for_a_while(stranger: Counter) -> None:
    for _ in range(5):
        with pytest.raises(BankError) as refused:
            stranger.client.logon(password="wrong")
        assert code_of(refused) == "1201"
    with pytest.raises(BankError) as refused:
        stranger.client.logon()
    assert code_of(refused) == "1203"


def test_the_password_is_handed_over_and_not_kept(bank: Bank) -> None:
    secret = bank.enrolment.directbank_password.encode()
    assert len(secret) >= 12 and secret.decode() not in repr(bank.enrolment)
    for path in (p for p in bank.home.rglob("*") if p.is_file()):
        assert secret not in path.read_bytes(), path.name


# The certificate


def test_a_certificate_opens_a_session_to_who_can_decrypt_its_number(stranger: Counter) -> None:
    sid = stranger.client.logon_cert()
    assert GUID.fullmatch(sid)
    assert stranger.client.packets()[0] == []
    with pytest.raises(BankError) as refused:  # settings are for passwords only
        stranger.client.call("POST", "GetSettings", Inn=stranger.enrolment.inn, Bic=stranger.enrolment.bic)
    assert code_of(refused) == "1011"


def test_a_certificate_that_was_replaced_is_revoked(stranger: Counter) -> None:
    stranger.sandbox.renew_certificate()
    with pytest.raises(BankError) as refused:
        stranger.client.logon_cert()
    assert code_of(refused) == "1103"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<X509IssuerName>Kvit Sandbox Signing Root<", "<X509IssuerName>Other<", "1102"),
        ("<X509SerialNumber>", "<X509SerialNumber>00FF", "1101"),
        ("<X509Certificate>M", "<X509Certificate>AAAAM", "1101"),
        ("<X509Certificate>M", "<X509Certificate>!", "1201"),
        ("X509IssuerName>", "IssuerName>", "1201"),
    ],
)
def test_what_is_said_about_the_certificate_must_be_true(stranger: Counter, old: str, new: str, code: str) -> None:
    original = stranger.client.call

    def changed(verb: str, path: str, body: bytes = b"", **headers: str | None) -> etree._Element:
        assert old.encode() in body
        return original(verb, path, body.replace(old.encode(), new.encode()), **headers)

    stranger.client.call = changed  # type: ignore[method-assign]
    with pytest.raises(BankError) as refused:
        stranger.client.logon_cert()
    assert code_of(refused) == code


def test_a_certificate_of_another_authority_is_not_trusted(stranger: Counter, tmp_path: Path) -> None:
    from gateway.signing.ca import DemoAuthority

    key = DemoAuthority.create(datetime.now(UTC), "Kvit Sandbox Signing Root").issue_client("x", datetime.now(UTC))
    (stranger.client.folder / "own.p12").write_bytes(key.to_pkcs12(stranger.enrolment.passphrase))
    with pytest.raises(BankError) as refused:
        stranger.client.logon_cert()
    assert code_of(refused) == "1106"


# Sessions


def test_a_session_number_nobody_gave_is_refused(stranger: Counter) -> None:
    stranger.client.sid = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(BankError) as refused:
        stranger.client.packets()
    assert code_of(refused) == "1007"
    stranger.client.sid = ""
    with pytest.raises(BankError) as refused:
        stranger.client.packets()
    assert code_of(refused) == "1002" and refused.value.more == "SID"


def test_a_session_lives_ten_minutes_from_its_last_call(bank: Bank, tmp_path: Path) -> None:
    clock = Later()
    assert isinstance(clock, SystemClock)
    machine: Clock = clock
    with SandboxServer(bank.home, port=0, clock=machine) as server:
        client = DirectBankClient(bank.enrolment, server.directbank_url, tmp_path / "client")
        client.logon()
        for _ in range(3):
            clock.by += timedelta(minutes=9, seconds=50)
            client.packets()
        clock.by += timedelta(minutes=10, seconds=10)
        with pytest.raises(BankError) as refused:
            client.packets()
        assert code_of(refused) == "1006"
        client.logon()
        client.packets()


# One-time passwords


def test_a_one_time_password_changes_the_session_number(stranger: Counter) -> None:
    stranger.sandbox.behave("otp")
    found = stranger.client.logon()
    assert found.find("d:ExtraAuth/d:OTP", N) is not None
    first = stranger.client.sid
    with pytest.raises(BankError) as refused:  # not authorised yet
        stranger.client.packets()
    assert code_of(refused) == "1007"
    otp = stranger.sandbox.otp()
    assert re.fullmatch(r"\d{6}", otp)
    assert stranger.sandbox.state()["directbank"]["otp"] == otp  # type: ignore[index]
    second = stranger.client.call("POST", "LogonOTP", OTP=otp).findtext("d:SID", "", N)
    assert second != first
    stranger.client.sid = second
    assert stranger.client.packets()[0] == []
    assert stranger.sandbox.otp() == ""


def test_a_wrong_one_time_password_may_be_tried_again_but_not_for_ever(stranger: Counter) -> None:
    stranger.sandbox.behave("otp", digits=7)
    stranger.client.logon()
    otp = stranger.sandbox.otp()
    assert len(otp) == 7
    wrong = f"{(int(otp) + 1) % 10**7:07d}"
    codes = []
    for given in (wrong, wrong, wrong, otp):
        with pytest.raises(BankError) as refused:
            stranger.client.call("POST", "LogonOTP", OTP=given)
        codes.append(code_of(refused))
    assert codes == ["1204", "1204", "1203", "1007"]


def test_a_blocked_logon_is_for_once(stranger: Counter) -> None:
    stranger.sandbox.behave("blocked-logon")
    stranger.sandbox.behave("blocked-logon", operation="LogonCert")
    for logon in (stranger.client.logon, stranger.client.logon_cert):
        with pytest.raises(BankError) as refused:
            logon()
        assert code_of(refused) == "1203"
        logon()


# The door


def test_without_a_certificate_one_gets_as_far_as_directbank(stranger: Counter) -> None:
    client = stranger.client
    client._base = ""
    status, _, _ = client.raw("POST", "services/CorporateFileService", {"Content-Type": "text/xml"}, b"<x/>")
    assert status == 403
    assert client.raw("GET", "services/CorporateFileService")[0] == 405
    for path in ("", "directbank", "directbankx/Logon", "other"):
        assert client.raw("GET", path)[0] == 404 and client.raw("POST", path, {}, b"x")[0] == 404
    assert client.raw("POST", "directbank/Logoff")[0] == 404
    assert client.raw("GET", "directbank/Logon")[0] == 405
    assert client.raw("POST", "directbank/GetPackList")[0] == 405


def test_a_bank_made_before_directbank_lets_customers_in_with_their_certificate(bank: Bank, tmp_path: Path) -> None:
    """The books of version 1, made by taking away what version 2 added."""
    import sqlite3

    old = tmp_path / "old"
    shutil.copytree(bank.home, old)
    database = sqlite3.connect(old / "sandbox" / "bank.db")
    for table in ("orders", "sessions", "packet_documents", "packets", "received_packets", "received_documents"):
        database.execute(f"DROP TABLE {table}")
    for table, column in (("operations", "e2e"), ("behaviours", "channel"), ("files", "plan")):
        database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.execute("DELETE FROM facts WHERE name LIKE 'directbank.%' OR name = 'customer_certificate'")
    database.execute("UPDATE facts SET value = '1' WHERE name = 'schema'")
    database.commit()
    database.close()
    with SandboxServer(old, port=0) as server:
        client = DirectBankClient(bank.enrolment, server.directbank_url, tmp_path / "client")
        with pytest.raises(BankError) as refused:
            client.logon()
        assert code_of(refused) == "1205"
        client.logon_cert()
        assert client.packets()[0] == []


def test_a_header_given_twice_is_refused(counter: Counter) -> None:
    import http.client as http

    connection = http.HTTPSConnection(*counter.client._address, context=counter.client._context, timeout=20)
    connection.putrequest("GET", "/directbank/GetPackList")
    for name, value in (("CustomerID", counter.enrolment.customer_id), ("APIVersion", "2.3.2")):
        connection.putheader(name, value)
    for sid in (counter.client.sid, "another"):
        connection.putheader("SID", sid)
    connection.endheaders()
    answer = connection.getresponse().read()
    connection.close()
    with pytest.raises(BankError) as refused:
        counter.client.success(answer)
    assert code_of(refused) == "1010"
    assert io.BytesIO(answer).read(5) == b"<?xml"
