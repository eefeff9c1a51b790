"""Strangers' tools can be customers of this bank: http.client, lxml and the openssl command; zeep and xmlsec.

Nothing of the gateway's own channels is imported here, and a test says so.
"""

from __future__ import annotations

import ast
import base64
import uuid
from pathlib import Path

import pytest
from lxml import etree

from gateway.bank.sandbox import directbank
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.money import Money
from gateway.core.requisites import with_key
from tests.bank.sandbox import client as bxd_client
from tests.bank.sandbox import directbank_client
from tests.bank.sandbox.client import Client
from tests.bank.sandbox.conftest import Bank, Line
from tests.bank.sandbox.directbank_client import DirectBankClient, N
from tests.standards import need

PAYEE = with_key("40702810000000000077", "044525225")


def imports(path: Path) -> set[str]:
    """The gateway's modules a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("gateway.")}


@pytest.mark.parametrize("module", [directbank_client, bxd_client], ids=["directbank", "bxd"])
def test_the_clients_share_no_code_with_our_channels(module: object) -> None:
    used = imports(Path(str(getattr(module, "__file__", ""))))
    assert used == {"gateway.bank.sandbox.enrol", "gateway.bank.sandbox.enrol.Enrolment"}


def test_the_directbank_counter_shares_no_code_with_our_channel() -> None:
    folder = Path(directbank.__file__).parent
    used = set().union(*(imports(path) for path in (*folder.glob("*.py"), *folder.parent.glob("p*_*.py"))))
    assert used
    assert not [name for name in used if name.startswith(("gateway.bank.directbank", "gateway.bank.formats"))]


def test_a_day_with_directbank_by_http_client_lxml_and_openssl(bank: Bank, tmp_path: Path) -> None:
    """Log on by certificate, get a statement, prove it, pay, see it executed and found in the next statement."""
    bank.sandbox.pay(amount=Money.parse("12500.00"), invoice="125", payer="ООО «Багет»", inn="7728168971")
    with SandboxServer(bank.home, port=0) as server:
        client = DirectBankClient(bank.enrolment, server.directbank_url, tmp_path / "client")
        client.logon_cert()
        request = client.ask_statement()
        first, stamp = client.packets()
        (statement,) = client.statements()
        assert client.prove(statement) == bank.enrolment.signers[0]
        assert statement.text("ExtIDStatementRequest") == request and statement.content.startswith(b"\xef\xbb\xbf<")
        (line,) = statement.root.iterfind("d:Data/d:OperationInfo", N)
        assert line.findtext("d:PayDoc/d:PayDocRu/d:Sum", "", N) == "12500.00" and line.findtext("d:DC", "", N) == "2"

        order = str(uuid.uuid4())
        client.pay(order, account=PAYEE)
        day, _, clock = stamp.partition("T")
        year, month, number = day.split("-")
        later, _ = client.packets(f"{number}.{month}.{year} {clock}")
        assert set(later) > set(first) or not set(first) & set(later)
        assert [status for status, _ in client.notices(order)] == ["01", "02"]
        client.ask_statement()
        last = client.statements()[-1]
        assert client.prove(last) == bank.enrolment.signers[0]
        paid = last.root.findall("d:Data/d:OperationInfo", N)[-1]
        assert paid.findtext("d:ExtID", "", N) == order and paid.findtext("d:DC", "", N) == "1"
        assert paid.findtext("d:PayDoc/d:PayDocRu/d:Payee/d:Account", "", N) == PAYEE


def test_a_day_with_bxd_by_zeep_and_xmlsec(line: Line) -> None:
    """The same story on the SOAP channel."""
    line.sandbox.pay(amount=Money.parse("12500.00"), invoice="125")
    day = line.sandbox.books.now().date().isoformat()
    pain = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn><GrpHdr><MsgId>M1</MsgId>'
        f"<CreDtTm>{day}T09:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><InitgPty><Nm>Мы</Nm></InitgPty></GrpHdr><PmtInf>"
        f"<PmtInfId>P1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt>{day}</ReqdExctnDt><Dbtr><Nm>Мы</Nm></Dbtr><DbtrAcct>"
        f"<Id><Othr><Id>{line.enrolment.accounts[0]}</Id></Othr></Id></DbtrAcct><DbtrAgt><FinInstnId/></DbtrAgt>"
        '<CdtTrfTxInf><PmtId><EndToEndId>E1</EndToEndId></PmtId><Amt><InstdAmt Ccy="RUB">7.00</InstdAmt></Amt><CdtrAgt>'
        "<FinInstnId><ClrSysMmbId><MmbId>044525225</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt><Cdtr><Nm>Они</Nm>"
        f"</Cdtr><CdtrAcct><Id><Othr><Id>{PAYEE}</Id></Othr></Id></CdtrAcct><RmtInf><Ustrd>За рейку</Ustrd></RmtInf>"
        "</CdtTrfTxInf></PmtInf></CstmrCdtTrfInitn></Document>"
    ).encode()
    etree.XMLSchema(etree.parse(need("iso20022/xsd/pain.001.001.03.xsd"))).assertValid(etree.fromstring(pain))
    sent = line.client.ask("uploadFile", FileType="XL", Content=base64.b64encode(pain).decode(), ExecutionSerial="1")
    assert sent.code == "00"
    listed = line.client.ask("downloadFileList").files()
    files = {file["FileReference"]: line.client.download(file["FileReference"]).content() for file in listed}
    told = [etree.fromstring(content).findtext(".//{*}TxSts") for content in files.values() if b"pain.002" in content]
    assert told == [None, "ACCP", "ACSC"]
    notified = [etree.fromstring(content) for content in files.values() if b"camt.054" in content]
    assert [root.findtext(".//{*}EndToEndId") for root in notified] == ["NOTPROVIDED", "E1"]
    assert isinstance(line.client, Client)
