"""Evidence of a house whose bank speaks 1C:DirectBank, checked without Kvit; and forged in every way we could think of.

The strongest forger is the company itself: it has its own key, so records, journal, head, manifest and page are made
anew and agree with each other. Only what the bank signed stands against it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.bank.sandbox.enrol import load_keys
from gateway.service.verifier import verify
from gateway.signing.ca import DemoAuthority
from gateway.signing.cms import sign_detached
from gateway.signing.keys import Pkcs12Key, fingerprint
from tests.e2e.forgery import (
    Company,
    Files,
    carrying,
    company_key_of,
    judge,
    pack,
    packet,
    put,
    raw_of,
    signed_anew,
    texts,
)
from tests.service.evidence_stage import Traded, trade, verify_alone

Judge = Callable[..., tuple[int, str]]
TRUST = "anchors/directbank-directbank-sandbox"


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Traded:
    return trade(tmp_path_factory.mktemp("traded"), "directbank")


@pytest.fixture
def files(traded: Traded) -> Files:
    return pack(traded, traded.order.number)


@pytest.fixture
def other(traded: Traded) -> Files:
    return pack(traded, traded.other.number)


@pytest.fixture(scope="module")
def company_key(traded: Traded) -> Pkcs12Key:
    return company_key_of(traded)


@pytest.fixture
def company(files: Files, company_key: Pkcs12Key, traded: Traded) -> Company:
    return Company(files, company_key, traded.home)


@pytest.fixture(scope="module")
def bank(traded: Traded) -> Pkcs12Key:
    """The bank's own key: for what the bank might really have signed."""
    return load_keys(traded.home / "sandbox").signing


@pytest.fixture
def anchor(traded: Traded, tmp_path: Path) -> Path:
    """The bank's authority, as the auditor has it from the bank."""
    file = tmp_path / "bank.cer"
    file.write_bytes(load_keys(traded.home / "sandbox").signing_root.public_bytes(Encoding.DER))
    return file


@pytest.fixture
def judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Judge:
    return lambda files, *options: judge(files, tmp_path, capsys, *options)


def signed(content: bytes, key: Pkcs12Key) -> bytes:
    return sign_detached(content, key, at=datetime.now(UTC))


def statement_of(files: Files) -> bytes:
    (name,) = [n for n in files if n.endswith(".content.xml")]
    return files[name]


def say_statement(company: Company, content: bytes, *keys: Pkcs12Key) -> Files:
    """The company shows another statement, signed by these."""
    raw = company.files[raw_of(company.files)]
    company.say_message(packet(raw, carrying(content, *(signed(content, key) for key in keys))), content)
    return company.packed()


# As an auditor does it


def test_it_is_confirmed_on_a_machine_without_kvit(files: Files, tmp_path: Path, anchor: Path, bank: Pkcs12Key) -> None:
    program = tmp_path / "verify.py"
    program.write_bytes(files["verify.py"])
    company = verify.fingerprint(x509.load_pem_x509_certificate(files["company/certificate.pem"]))
    known = ("--anchor", anchor, "--signer", fingerprint(bank.certificate), "--company", company)
    done = verify_alone(program, put(files, tmp_path / "e.zip"), *known)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines()[-1] == "+ CONFIRMED"
    assert not [line for line in done.stdout.splitlines() if line[0] in "x!"]


def _in_raw(files: Files) -> None:
    name = raw_of(files)
    files[name] = files[name].replace(b"<Data>77u/", b"<Data>77u+", 1)


def _on_page(files: Files) -> None:
    files["index.html"] = texts([("620,00", "920,00")], files["index.html"])


@pytest.mark.parametrize(("change", "said"), [(_in_raw, "altered: messages/"), (_on_page, "altered: index.html")])
def test_what_was_altered_is_refused_on_a_machine_without_kvit(
    files: Files, tmp_path: Path, change: Callable[[Files], None], said: str
) -> None:
    before = dict(files)
    change(files)
    assert files != before
    done = verify_alone(Path(verify.__file__), put(files, tmp_path / "e.zip"))
    assert (done.returncode, said in done.stdout, done.stderr) == (1, True, "")


def test_another_signer_is_refused_on_a_machine_without_kvit(files: Files, tmp_path: Path, anchor: Path) -> None:
    done = verify_alone(
        Path(verify.__file__), put(files, tmp_path / "e.zip"), "--anchor", anchor, "--signer", "CN=Somebody Else"
    )
    assert done.returncode == 1
    assert "not one of the signers you named" in done.stdout


# The company as a forger


def test_the_forgers_tools_themselves_spoil_nothing(company: Company, bank: Pkcs12Key, judged: Judge) -> None:
    """Everything made anew and nothing altered: what is refused below is refused for what was altered."""
    code, said = judged(company.packed())
    assert code == 0, said
    code, said = judged(say_statement(company, statement_of(company.files), bank))
    assert code == 0, said


def test_raw_of_another_order(company: Company, other: Files, judged: Judge) -> None:
    (record,) = company.records["messages"]
    (theirs,) = json.loads(other["evidence.json"])["records"]["messages"]
    their_entry = json.loads(other["evidence.json"])["records"]["entries"][0]
    company.records["entries"][0] |= {"amount": 99_900_000}
    for table in ("payments", "allocations", "invoices", "orders"):
        company.records[table][0]["amount"] = 99_900_000
    company.change("entry.recorded", kopecks=99_900_000)
    company.change("payment.allocated", kopecks=99_900_000)
    record |= {name: theirs[name] for name in ("reference", "received_at")}
    company.change("message.stored", reference=theirs["reference"])
    company.files[f"messages/{record['id']}.request.json"] = other[f"messages/{theirs['id']}.request.json"]
    company.say_message(other[raw_of(other)], statement_of(other))
    code, said = judged(company.packed())
    assert (code, "+ The bank's signature holds" in said) == (1, True), said
    assert "no line of the signed statement says so: 999" in said
    assert str(their_entry["amount"]) not in said


def _one_more_payment(company: Company, message: str) -> None:
    """A second order is paid with the first one's money: entry, payment, allocation and their journal rows."""
    entry, payment, allocation = (company.records[name][0] for name in ("entries", "payments", "allocations"))
    invoice = company.records["invoices"][0]
    company.records["entries"].append({**entry, "id": "E2", "message_id": message})
    company.records["payments"].append({**payment, "id": "E2"})
    company.records["invoices"].append({**invoice, "id": "I2", "number": "СР-777777"})
    company.records["allocations"].append({**allocation, "id": "A2", "payment_id": "E2", "invoice_id": "I2"})
    company.add_row("entry.recorded", "entry:E2", message=message)
    company.add_row("payment.allocated", "payment:E2", allocation="A2", invoice="I2")


def test_one_line_for_two_payments(company: Company, judged: Judge) -> None:
    _one_more_payment(company, company.records["messages"][0]["id"])
    code, said = judged(company.packed())
    assert (code, said.count("+ The payment follows")) == (1, 1), said
    assert "the only line that says so bears out another payment already" in said


def test_the_same_line_out_of_a_later_statement_of_the_day(company: Company, other: Files, judged: Judge) -> None:
    """The bank really signed both statements; the second one repeats the first one's line."""
    (theirs,) = json.loads(other["evidence.json"])["records"]["messages"]
    company.records["messages"].append(theirs)
    company.files |= {n: content for n, content in other.items() if n.startswith(f"messages/{theirs['id']}")}
    company.add_row(
        "message.stored", f"message:{theirs['id']}", reference=theirs["reference"], sha256=theirs["sha256"],
        size=theirs["size"],
    )  # fmt: skip
    _one_more_payment(company, theirs["id"])
    code, said = judged(company.packed())
    assert (code, said.count("+ The bank's signature holds")) == (1, 2), said
    assert "the only line that says so bears out another payment already" in said


def test_a_signed_document_twice_in_one_packet(company: Company, judged: Judge) -> None:
    content = statement_of(company.files)
    raw = company.files[raw_of(company.files)]
    start, end = raw.index(b"<Document "), raw.index(b"</Document>") + len(b"</Document>")
    company.say_message(raw[:end] + raw[start:end] + raw[end:], content, content)
    _one_more_payment(company, company.records["messages"][0]["id"])
    code, said = judged(company.packed())
    assert (code, "+ The bank's signature holds" in said) == (1, True), said
    assert "bears out another payment already" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("<DC>2</DC>", "<DC>1</DC>")], "it went out"),
        ([("40702810800000000002", "40702810800000000009")], "it is of account 40702810800000000009"),
        ([("</OperationInfo>", "<Stamp><Status><Code>04</Code></Status></Stamp></OperationInfo>")], "only announced"),
        ([("<Sum>620", "<Sum>62")], "no line of the signed statement says so"),
        ([("СР-001001", "СР-001009")], "no line of the signed statement says so"),
        ([("Берег Света", "Другой Берег")], "no line of the signed statement says so"),
    ],
    ids=["outgoing", "another account", "suspended", "less money", "another invoice", "another payer"],
)  # fmt: skip
def test_a_true_statement_about_something_else(
    company: Company, bank: Pkcs12Key, judged: Judge, changes: list[tuple[str, str]], said: str
) -> None:
    """The bank really signed these bytes."""
    code, report = judged(say_statement(company, texts(changes, statement_of(company.files)), bank))
    assert (code, "+ The bank's signature holds" in report, said in report) == (1, True, True), report


def test_a_statement_that_the_company_signed_itself(
    company: Company, company_key: Pkcs12Key, anchor: Path, bank: Pkcs12Key, judged: Judge
) -> None:
    """Its certificate is of the bank's authority too: only the name of the signer stands between."""
    assert company_key.certificate.issuer == bank.certificate.issuer
    forged = texts([("Оплата по счету", "Предоплата по счету")], statement_of(company.files))
    company.records["entries"][0]["purpose"] = company.records["entries"][0]["purpose"].replace("Оплата", "Предоплата")
    company.say_rules(signers=[])
    for message in company.told["messages"]:
        message["signer"] = company_key.certificate.subject.rfc4514_string()
    files = say_statement(company, forged, company_key)
    code, report = judged(files, "--anchor", anchor)
    assert code == 0, "by the file's own word"
    assert "! Who signs for the bank (—) was taken from the file itself" in report
    code, report = judged(files, "--anchor", anchor, "--signer", fingerprint(bank.certificate))
    assert (code, "not one of the signers you named" in report) == (1, True), report
    assert company_key.certificate.subject.rfc4514_string() in report


def _pretend_bank() -> tuple[DemoAuthority, Pkcs12Key]:
    now = datetime.now(UTC)
    authority = DemoAuthority.create(now - timedelta(days=1), "Kvit Sandbox Signing Root")
    return authority, authority.issue_signing("Kvit Sandbox Bank", now - timedelta(days=1), now + timedelta(days=9))


def test_authorities_of_the_companys_own_making(company: Company, anchor: Path, judged: Judge) -> None:
    authority, signer = _pretend_bank()
    company.files[f"{TRUST}.anchors.pem"] = authority.certificate.public_bytes(Encoding.PEM)
    files = say_statement(company, statement_of(company.files), signer)
    code, report = judged(files)
    assert (code, "! The bank's authority was taken from the file itself" in report) == (0, True)
    code, report = judged(files, "--anchor", anchor)
    assert (code, "no chain to the bank's authority" in report) == (1, True), report


def test_an_intermediate_of_the_companys_own_making(company: Company, anchor: Path, judged: Judge) -> None:
    authority, signer = _pretend_bank()
    company.files[f"{TRUST}.intermediates.pem"] = authority.certificate.public_bytes(Encoding.PEM)
    code, report = judged(say_statement(company, statement_of(company.files), signer), "--anchor", anchor)
    assert (code, "no chain to the bank's authority" in report) == (1, True), report


def test_a_certificate_pinned_by_the_file(company: Company, anchor: Path, judged: Judge) -> None:
    _, signer = _pretend_bank()
    company.say_rules(pinned=[fingerprint(signer.certificate)])
    files = say_statement(company, statement_of(company.files), signer)
    assert judged(files)[0] == 0, "by the file's own word, as it says"
    code, report = judged(files, "--anchor", anchor)
    assert (code, "no chain to the bank's authority" in report) == (1, True), report


@pytest.mark.parametrize(
    "rules", [{"timestamp_life_s": 10**9}, {"clock_skew_s": 10**9}, {"clock_skew_s": -1}, {"timestamp_life_s": 0}]
)
def test_rules_that_believe_anything(company: Company, judged: Judge, rules: dict[str, int]) -> None:
    company.say_rules(**rules)
    code, report = judged(company.packed())
    assert (code, "rules that believe a message of any age" in report) == (1, True), report


def test_rules_left_out(company: Company, judged: Judge) -> None:
    del company.files[f"{TRUST}.json"]
    code, report = judged(company.packed())
    assert (code, "the rules by which directbank:directbank-sandbox was believed" in report) == (1, True), report


def test_old_algorithms_that_the_file_admits_are_told(company: Company, judged: Judge) -> None:
    company.say_rules(legacy=True)
    code, report = judged(company.packed())
    assert (code, "! By the file's own rules SHA-1" in report) == (0, True), report


def test_an_unsigned_statement_shown_as_signed(company: Company, judged: Judge) -> None:
    content = statement_of(company.files)
    company.say_message(packet(company.files[raw_of(company.files)], carrying(content)), content)
    code, report = judged(company.packed())
    assert (code, "the bank did not sign the statement" in report) == (1, True), report


@pytest.mark.parametrize(
    ("kind", "said"), [("channel", "the company's word for the connection"), ("file", "a person brought the file in")]
)
def test_what_nobody_signed_is_refused_and_it_says_what_to_ask_for(
    company: Company, judged: Judge, kind: str, said: str
) -> None:
    record = company.records["messages"][0]
    record["evidence"] = kind
    if kind == "file":
        record["transport"] = {}
    code, report = judged(company.packed())
    assert (code, said in report) == (1, True), report
    assert (
        f"Ask the bank for that day's statement under its signature and compare messages/{record['id']}.bin" in report
    )
    command = "openssl s_client -connect BANK:443 </dev/null | openssl x509 -noout -subject -fingerprint -sha256"
    assert (command in report) is (kind == "channel")


def test_more_money_on_a_page_that_otherwise_agrees(company: Company, company_key: Pkcs12Key, judged: Judge) -> None:
    for old, new, said in (
        ("620,00</b>", "920,00</b>", "order.amount: the page says '920,00'"),
        ("</h1>", "</h1><p>Сверх того 99 000,00</p>", "the page shows a sum of its own: 99 000,00"),
        ("</h1>", "</h1><script>document.title = 1</script>", "show something else than it says: <script>"),
        ("<b data", '<b style="display:none" data', "show something else than it says: <b>"),
        ("<b data", "<b hidden data", "show something else than it says: <b>"),
        ("</style>", ".sum { visibility: hidden }</style>", "show something else than it says: <style>"),
        ("<h1>", '<h1 onclick="x()">', "show something else than it says: <h1>"),
    ):
        forged = company.packed()
        forged["index.html"] = texts([(old, new)], forged["index.html"])
        code, report = judged(signed_anew(forged, company_key))
        assert (code, said in report) == (1, True), report


def test_an_old_head_over_newer_rows(company: Company, company_key: Pkcs12Key, judged: Judge) -> None:
    rows, last = company.rows, company.rows[-1]
    company.rows = rows[:-1]
    old_head = company.packed()["head.json"]
    company.rows = [*rows[:-1], last]
    forged = {**company.packed(), "head.json": old_head}
    code, report = judged(signed_anew(forged, company_key))
    assert (code, "x The journal's rows are whole and in their places" in report) == (1, True), report


def test_a_file_of_today_under_yesterdays_head(files: Files, company_key: Pkcs12Key, judged: Judge) -> None:
    """What came after that head (a release withdrawn, say) would not be seen."""
    manifest = json.loads(files["manifest.json"])
    later = verify.instant(manifest["made_at"]) + timedelta(days=1)
    files["manifest.json"] = verify.canonical({**manifest, "made_at": later.isoformat()})
    code, report = judged(signed_anew(files, company_key))
    assert (code, "an old head says nothing" in report) == (1, True), report


def test_an_allocation_that_was_taken_back_shown_as_live(company: Company, judged: Judge) -> None:
    company.add_row("payment.allocated", company.row("payment.allocated")["subject"])
    company.rows[-1]["kind"] = "payment.allocation_taken_back"
    code, report = judged(company.packed())
    assert (code, "back, the records do not" in report) == (1, True), report


def test_a_release_that_was_withdrawn_shown_as_live(company: Company, judged: Judge) -> None:
    company.add_row("order.released", company.row("order.released")["subject"])
    company.rows[-1]["kind"] = "order.release_withdrawn"
    code, report = judged(company.packed())
    assert (code, "withdraws release" in report) == (1, True), report


def test_a_release_over_other_messages_than_the_journal_says(company: Company, judged: Judge) -> None:
    company.change("order.released", messages=["another"])
    code, report = judged(company.packed())
    assert (code, "no journal row bears out release" in report) == (1, True), report


def test_an_entry_of_another_message_than_the_journal_says(company: Company, judged: Judge) -> None:
    company.change("entry.recorded", message="another")
    code, report = judged(company.packed())
    assert (code, "no journal row bears out the message of entry" in report) == (1, True), report


def test_an_id_that_is_a_path_writes_nothing_outside(company: Company, judged: Judge, tmp_path: Path) -> None:
    record = company.records["messages"][0]
    old, record["id"] = record["id"], "../../evil"
    company.files |= {n.replace(old, "../../evil"): c for n, c in company.files.items() if n.startswith("messages/")}
    code, report = judged(company.packed(), "--extract", tmp_path / "out" / "put")
    assert (code, "an odd id" in report) == (1, True), report
    assert not list(tmp_path.rglob("*evil*"))
