"""verify.py on a machine without Kvit: it confirms what is true and refuses everything else.

What an outsider alters, the company's signature over the manifest shows. What the company itself might alter and sign
anew is tried too: then the bank's signatures and the journal have to show it.
"""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.service.verifier import verify
from gateway.signing.keys import Pkcs12Key
from tests.e2e.forgery import Files, company_key_of, judge, pack, put, raw_of, signed_anew
from tests.service.evidence_stage import Traded, trade, verify_alone

PROGRAM = Path(verify.__file__)


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Traded:
    return trade(tmp_path_factory.mktemp("traded"))


@pytest.fixture
def files(traded: Traded) -> Files:
    return pack(traded, traded.order.number)


@pytest.fixture
def other(traded: Traded) -> Files:
    return pack(traded, traded.other.number)


@pytest.fixture(scope="module")
def company_key(traded: Traded) -> Pkcs12Key:
    return company_key_of(traded)


# As an auditor does it


def test_it_confirms_on_a_machine_without_kvit(files: Files, tmp_path: Path) -> None:
    program = tmp_path / "verify.py"
    program.write_bytes(files["verify.py"])
    done = verify_alone(program, put(files, tmp_path / "e.zip"))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[-1] == "+ CONFIRMED"
    assert not [line for line in lines if line.startswith("x")]
    for said in (
        "The company signed the manifest",
        "The company signed the journal's head",
        "The bank's signature holds",
        "The payment follows from the signed bytes",
        "is named in the signed text",
        "CN=Kvit Sandbox Signing Root",
    ):
        assert said in done.stdout


def test_it_refuses_on_a_machine_without_kvit(files: Files, tmp_path: Path) -> None:
    files["index.html"] = files["index.html"].replace(b"620", b"920")
    done = verify_alone(PROGRAM, put(files, tmp_path / "e.zip"))
    assert done.returncode == 1
    assert "NOT CONFIRMED" in done.stdout
    assert "altered: index.html" in done.stdout or "altered" in done.stdout


def test_an_unpacked_folder_does_as_well(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in files.items():
        (tmp_path / "e" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "e" / name).write_bytes(content)
    assert verify.main([str(tmp_path / "e")]) == 0
    assert "ПОДТВЕРЖДЕНО" in capsys.readouterr().out


def test_the_packed_program_is_the_shipped_one(files: Files) -> None:
    assert files["verify.py"] == PROGRAM.read_bytes()


# An outsider


def test_a_flipped_bit_in_any_file_is_refused(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = random.Random(8)
    for name, content in files.items():
        for place in {0, len(content) - 1, *order.sample(range(len(content)), min(6, len(content)))} if content else ():
            flipped = content[:place] + bytes([content[place] ^ (1 << order.randrange(8))]) + content[place + 1 :]
            code, said = judge({**files, name: flipped}, tmp_path, capsys)
            assert code == 1, f"{name}, byte {place}"
            assert "Traceback" not in said


def test_flipped_bytes_of_the_zip_itself_are_refused_or_mean_nothing(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bytes of packed contents; names and times of the container are not evidence."""
    whole = put(files, tmp_path / "e.zip").read_bytes()
    order = random.Random(9)
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        entries = archive.infolist()
    for entry in entries:
        start = entry.header_offset + 30 + len(entry.filename.encode())
        if entry.compress_size:
            place = start + order.randrange(entry.compress_size)
            (tmp_path / "f.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
            assert verify.main([str(tmp_path / "f.zip")]) == 1, entry.filename
    assert "Traceback" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["journal.jsonl", "evidence.json", "head.json", "paths.json", "index.html"])
def test_a_file_left_out_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    del files[name]
    code, said = judge(files, tmp_path, capsys)
    assert (code, f"missing: {name}" in said) == (1, True)


def test_a_file_put_in_is_refused(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = judge({**files, "messages/more.bin": b"x"}, tmp_path, capsys)
    assert (code, "not in the manifest: messages/more.bin" in said) == (1, True)


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_evidence_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "e.zip").write_bytes(content)
    assert verify.main([str(tmp_path / "e.zip"), "--language", "en"]) == 1
    assert "NOT CONFIRMED" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([str(tmp_path / "none.zip"), "--language", "en"]) == 1
    assert "Cannot be read" in capsys.readouterr().out


def test_another_signer_of_the_manifest_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stranger who signs with his own key must also bring his own certificate, and the head gives him away."""
    key = rsa.generate_private_key(65537, 2048)
    certificate = _certificate(key, "Kvit Sandbox Bank")
    stranger = Pkcs12Key(key, certificate)
    files["company/certificate.pem"] = certificate.public_bytes(Encoding.PEM)
    code, said = judge(signed_anew(files, stranger), tmp_path, capsys)
    assert code == 1
    assert "+ The company signed the manifest" in said
    assert "x The company signed the journal's head" in said


def anchor_of(files: Files) -> bytes:
    return files["anchors/bxd-sandbox.anchors.pem"]


def signer_of(files: Files) -> x509.Certificate:
    (name,) = [n for n in files if n.startswith("certificates/")]
    found = x509.load_pem_x509_certificates(files[name])
    return next(c for c in found if verify.common_name(c) == "Kvit Sandbox Bank")


def test_it_says_what_it_takes_from_the_file_itself(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = judge(files, tmp_path, capsys)
    assert code == 0
    assert "! The bank's authority was taken from the file itself" in said
    assert "! Who signs for the bank (Kvit Sandbox Bank) was taken from the file itself" in said
    assert "! The company's certificate was taken from the file itself" in said
    (tmp_path / "bank.pem").write_bytes(anchor_of(files))
    code, said = judge(files, tmp_path, capsys, "--anchor", tmp_path / "bank.pem")
    assert (code, "! Who signs for the bank" in said, "! The bank's authority" in said) == (0, True, False)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_the_company_and_the_bank_can_be_insisted_on(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: Encoding
) -> None:
    company = verify.fingerprint(x509.load_pem_x509_certificate(files["company/certificate.pem"]))
    (authority,) = x509.load_pem_x509_certificates(anchor_of(files))
    anchor, signer = tmp_path / "bank.cer", tmp_path / "signer.cer"
    anchor.write_bytes(authority.public_bytes(encoding))
    signer.write_bytes(signer_of(files).public_bytes(encoding))
    code, said = judge(files, tmp_path, capsys, "--company", company, "--anchor", anchor, "--signer", signer)
    assert (code, "taken from the file" in said) == (0, False), said
    assert judge(files, tmp_path, capsys, "--company", "00" * 32)[0] == 1
    stranger = _certificate(rsa.generate_private_key(65537, 2048), "Kvit Sandbox Signing Root", ca=True)
    anchor.write_bytes(stranger.public_bytes(encoding))
    code, said = judge(files, tmp_path, capsys, "--anchor", anchor)
    assert (code, "no chain to the bank's authority" in said) == (1, True)


def test_a_signer_is_named_by_fingerprint_or_whole_subject(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digits = verify.fingerprint(signer_of(files))
    with_colons = ":".join(digits[i : i + 2] for i in range(0, 64, 2)).upper()
    for named in (
        digits,
        with_colons,
        "CN=Kvit Sandbox Bank,O=Kvit Sandbox,C=RU",  # as this program prints it
        "subject=C = RU, O = Kvit Sandbox, CN = Kvit Sandbox Bank",  # as openssl prints it
    ):
        code, said = judge(files, tmp_path, capsys, "--signer", named)
        assert (code, "rests on the authority from the file" in said) == (0, "CN" in named), named
        assert judge(files, tmp_path, capsys, "--signer", "00" * 32, "--signer", named)[0] == 0, "one of several"
    for named in ("00" * 32, "CN=Kvit Sandbox Bank", "CN=Kvit Sandbox Bank,O=Another,C=RU"):
        code, said = judge(files, tmp_path, capsys, "--signer", named)
        assert (code, "not one of the signers you named" in said) == (1, True), named
        assert digits in said, "the report names who did sign"


@pytest.mark.parametrize("options", [("--signer", "nobody"), ("--signer", ""), ("--anchor", "/nowhere/bank.pem")])
def test_options_that_make_no_sense_are_refused(files: Files, tmp_path: Path, options: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        verify.main([str(put(files, tmp_path / "e.zip")), *options])
    assert ended.value.code == 2


def _certificate(key: rsa.RSAPrivateKey, name: str, *, ca: bool = False) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .sign(key, hashes.SHA256())
    )


# The company itself


def test_signing_anew_by_itself_changes_nothing(
    files: Files, company_key: Pkcs12Key, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(signed_anew(files, company_key), tmp_path, capsys)[0] == 0


def _in_json(name: str, old: str, new: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        assert old.encode() in files[name], f"{name} says no {old}"
        files[name] = files[name].replace(old.encode(), new.encode())

    return change


def _raw(old: str, new: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        name = raw_of(files)
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode(), 1)
        records = json.loads(files["evidence.json"])
        records["records"]["messages"][0]["sha256"] = hashlib.sha256(files[name]).hexdigest()
        files["evidence.json"] = verify.canonical(records)

    return change


def _records(change: Callable[[dict[str, list[dict[str, object]]]], None]) -> Callable[[Files], None]:
    def apply(files: Files) -> None:
        whole = json.loads(files["evidence.json"])
        change(whole["records"])
        files["evidence.json"] = verify.canonical(whole)

    return apply


def _more_money(records: dict[str, list[dict[str, object]]]) -> None:
    for table in ("entries", "payments", "allocations"):
        for row in records[table]:
            row["amount"] = 99_999_900


def _other_payer(records: dict[str, list[dict[str, object]]]) -> None:
    records["entries"][0]["party_name"] = "ООО «Иное лицо»"


def _other_purpose(records: dict[str, list[dict[str, object]]]) -> None:
    records["entries"][0]["purpose"] = "Оплата по счёту СР-009999"


def _second_allocation(records: dict[str, list[dict[str, object]]]) -> None:
    records["allocations"].append({**records["allocations"][0], "id": "X"})


def _other_release(records: dict[str, list[dict[str, object]]]) -> None:
    records["releases"][0]["id"] = "X"


def _no_messages(records: dict[str, list[dict[str, object]]]) -> None:
    records["messages"] = []


def _journal_row(files: Files) -> None:
    lines = [json.loads(line) for line in files["journal.jsonl"].decode().splitlines()]
    lines[-1]["body"] = lines[-1]["body"].replace("}", ',"more":1}')
    files["journal.jsonl"] = "".join(json.dumps(line) + "\n" for line in lines).encode()


def _journal_row_with_its_hash(files: Files) -> None:
    lines = [json.loads(line) for line in files["journal.jsonl"].decode().splitlines()]
    lines[-1]["actor"] = "nobody"
    lines[-1]["hash"] = verify.row_hash(lines[-1])
    files["journal.jsonl"] = "".join(json.dumps(line) + "\n" for line in lines).encode()


def _journal_row_taken_out(files: Files) -> None:
    lines = files["journal.jsonl"].splitlines(keepends=True)
    files["journal.jsonl"] = b"".join(line for line in lines if b"order.released" not in line)


def _longer_head(files: Files) -> None:
    head = json.loads(files["head.json"])
    files["head.json"] = verify.canonical({**head, "seq": head["seq"] + 1})


def _no_page_fact(files: Files) -> None:
    files["index.html"] = files["index.html"].replace(b'data-fact="order.amount"', b"")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_raw("<wsu:Created>2", "<wsu:Created>3"), "x The bank's signature holds"),
        (_records(_more_money), "no line of the signed statement says so: 999"),
        (_records(_other_payer), "no line of the signed statement says so"),
        (_records(_other_purpose), "no line of the signed statement says so"),
        (_records(_second_allocation), "no journal row bears out allocation X"),
        (_records(_other_release), "no journal row bears out release X"),
        (_records(_no_messages), "There is no message of the bank"),
        (_in_json("anchors/bxd-sandbox.json", '"Kvit Sandbox Bank"', '"Another Bank"'), "does not sign for the bank"),
        (_journal_row, "was altered"),
        (_journal_row_with_its_hash, "is not in the journal of the signed head"),
        (_journal_row_taken_out, "no journal row bears out release"),
        (_longer_head, "x The company signed the journal's head"),
        (_no_page_fact, "the page does not show order.amount"),
        (_in_json("index.html", "620,00", "920,00"), "the page says"),
    ],
)
def test_what_the_company_alters_and_signs_anew_is_refused(
    files: Files,
    company_key: Pkcs12Key,
    traded: Traded,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Files], None],
    said: str,
) -> None:
    change(files)
    code, report = judge(signed_anew(files, company_key), tmp_path, capsys)
    assert code == 1
    assert said in report, report
    assert "+ The company signed the manifest" in report, "it is not the signature that shows it"


def test_a_bit_of_the_banks_message_is_refused_whoever_signs_the_rest(
    files: Files, company_key: Pkcs12Key, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anywhere in Body and Timestamp, or in signature and certificate: no octet of the content can be another one."""
    name = raw_of(files)
    raw = files[name]
    body, carried = raw.index(b"Body "), len(raw) - 60
    order = random.Random(12)
    for place in order.sample(range(body, carried), 40):
        forged = dict(files)
        forged[name] = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        whole = json.loads(files["evidence.json"])
        whole["records"]["messages"][0]["sha256"] = hashlib.sha256(forged[name]).hexdigest()
        forged["evidence.json"] = verify.canonical(whole)
        code, report = judge(signed_anew(forged, company_key), tmp_path, capsys)
        assert (code, "x The bank's signature holds" in report) == (1, True), f"byte {place}"


def test_another_orders_message_is_no_proof_of_this_one(
    files: Files, other: Files, company_key: Pkcs12Key, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A true message of the bank, under this one's name."""
    mine, theirs = raw_of(files), raw_of(other)
    assert files[mine] != other[theirs]
    stem, from_stem = mine.removesuffix(".bin"), theirs.removesuffix(".bin")
    for suffix in (".bin", ".request.json", ".content.xml"):
        files[stem + suffix] = other[from_stem + suffix]
    code, report = judge(signed_anew(files, company_key), tmp_path, capsys)
    assert (code, "not the bytes on record" in report) == (1, True)
    # … and with the records changed to fit
    whole, from_whole = json.loads(files["evidence.json"]), json.loads(other["evidence.json"])
    message, true = whole["records"]["messages"][0], from_whole["records"]["messages"][0]
    message |= {name: true[name] for name in ("sha256", "size", "reference", "received_at")}
    files["evidence.json"] = verify.canonical(whole)
    code, report = judge(signed_anew(files, company_key), tmp_path, capsys)
    assert code == 1
    assert "+ The bank's signature holds" in report
    assert "no line of the signed statement says so" in report
    assert "no journal row bears out message" in report


def test_a_head_that_the_company_did_not_sign_convinces_nobody(
    files: Files, company_key: Pkcs12Key, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = json.loads(files["head.json"])
    files["head.json"] = verify.canonical({**head, "signature": None})
    code, report = judge(signed_anew(files, company_key), tmp_path, capsys)
    assert (code, "the company did not sign it" in report) == (1, True)
