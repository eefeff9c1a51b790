"""The evidence file: what is in it, what is not, and what it says when something does not hold."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from lxml import html

from gateway.service import evidence_signers
from gateway.service.config import Home, load_config
from gateway.service.evidence_signers import check_signers
from gateway.service.open_keys import VAULT_SERVICE
from gateway.service.verifier import verify
from gateway.service.wiring import open_installation, vault_of
from gateway.signing.keys import load_pkcs12
from gateway.signing.revocation import Revocation
from gateway.store.tree import root_by_path
from tests.service.conftest import CREDENTIALS, Kvit, tamper
from tests.service.evidence_stage import Traded, trade

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Traded:
    return trade(tmp_path_factory.mktemp("traded"))


@pytest.fixture
def traded(made_once: Traded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Traded]:
    """A copy of the traded home, its master key at hand."""
    home = tmp_path / "home"
    shutil.copytree(made_once.home, home)
    home.chmod(0o700)
    monkeypatch.setenv(CREDENTIALS, str(made_once.credentials))
    yield Traded(home, made_once.order, made_once.other, made_once.credentials)


def packed(kvit: Kvit, traded: Traded, out: Path, code: int = 0) -> tuple[Files, dict[str, object]]:
    answer = kvit("evidence", traded.order.number, "--out", out, "--home", traded.home, "--json")
    assert answer.code == code, answer.err
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, answer.json


def test_it_has_all_that_is_promised(kvit: Kvit, traded: Traded, tmp_path: Path) -> None:
    files, answer = packed(kvit, traded, tmp_path / "e.zip")
    (message,) = json.loads(files["evidence.json"])["messages"]
    stem = f"messages/{message['id']}"
    assert set(files) == {
        "index.html", "verify.py", "manifest.json", "signature.json", "evidence.json",
        "journal.jsonl", "head.json", "paths.json", "company/certificate.pem",
        f"{stem}.bin", f"{stem}.request.json", f"{stem}.proof.json", f"{stem}.content.xml",
        f"certificates/{message['id']}.pem", "anchors/bxd-sandbox.json", "anchors/bxd-sandbox.anchors.pem",
    } | {name for name in files if name == "company/chain.pem"}  # fmt: skip
    assert (answer["signed"], answer["holds"]) == (True, True)
    manifest = json.loads(files["manifest.json"])
    assert manifest["order"] == traded.order.number
    assert set(manifest["files"]) == set(files) - {"manifest.json", "signature.json"}


def test_each_journal_row_is_proved_to_be_below_the_head(kvit: Kvit, traded: Traded, tmp_path: Path) -> None:
    files, _ = packed(kvit, traded, tmp_path / "e.zip")
    head, paths = json.loads(files["head.json"]), json.loads(files["paths.json"])
    rows = [json.loads(line) for line in files["journal.jsonl"].decode().splitlines()]
    assert {"message.stored", "entry.recorded", "payment.allocated", "order.released", "pick_list.written"} <= {
        row["kind"] for row in rows
    }
    for row in rows:
        assert root_by_path(head["seq"], row["seq"], row["hash"], paths[str(row["seq"])]) == head["root"]
    with closing(sqlite3.connect(traded.home / "data" / "kvit.db")) as database:
        assert head["seq"] == database.execute("SELECT max(seq) FROM journal").fetchone()[0]
    assert kvit("journal", "verify", "--home", traded.home).code == 0, "its head is kept here too"


def test_no_secret_and_no_other_customer_is_in_it(kvit: Kvit, traded: Traded, tmp_path: Path) -> None:
    files, _ = packed(kvit, traded, tmp_path / "e.zip")
    home = Home(traded.home)
    table = load_config(home).bank[0]
    passphrase = vault_of(home).get_password(VAULT_SERVICE, table.profile)
    assert passphrase
    key = load_pkcs12((home.keys / table.key).read_bytes(), passphrase).private_key.private_numbers()
    secrets = [
        passphrase.encode(),
        (traded.credentials / "kvit-master").read_bytes(),
        (home.keys / table.key).read_bytes()[40:100],
        home.vault_file.read_bytes()[-60:],
        *(n.to_bytes((n.bit_length() + 7) // 8, "big") for n in (key.d, key.p, key.q)),
    ]
    secrets += [base64.b64encode(secret) for secret in secrets] + [secret.hex().encode() for secret in secrets]
    whole = b"\n".join(files.values())
    assert len(whole) > 10_000
    for number, secret in enumerate(secrets):
        assert len(secret) > 7
        assert secret not in whole, f"secret {number}"
    assert b"PRIVATE KEY" not in whole
    for word in ("Пётр", str(traded.home), traded.other.number, traded.other.customer.name):
        assert word.encode() not in whole, word


def test_the_page_says_what_the_evidence_says_in_both_languages(kvit: Kvit, traded: Traded, tmp_path: Path) -> None:
    files, _ = packed(kvit, traded, tmp_path / "e.zip")
    text = files["index.html"].decode()
    page = html.fromstring(text)
    said = " ".join(page.text_content().split())
    for words in (
        traded.order.number,
        traded.order.customer.name,
        verify.amount(traded.order.amount.kopecks).replace("\u00a0", " "),
        "Сообщения банка / messages of the bank",
        "подпись верна / the signature holds",
        "CN=Kvit Sandbox Bank",
        "Лист сборки / pick list",
        "order.released",
    ):
        assert words in said, words
    assert "@media print" in text
    assert not list(page.iter("script", "img", "link", "iframe")), "self-contained"
    assert "http" not in text.replace("http-equiv", "")


def test_text_from_outside_cannot_become_markup(kvit: Kvit, traded: Traded, tmp_path: Path) -> None:
    tamper(traded.home, "UPDATE orders SET buyer_name = '<script>alert(1)</script>'")
    files, _ = packed(kvit, traded, tmp_path / "e.zip")
    assert b"<script" not in files["index.html"]
    assert b"&lt;script&gt;" in files["index.html"]
    assert verify.main([str(tmp_path / "e.zip")]) == 0, "a buyer's name is 1C's word, not the bank's"


def test_altered_bytes_are_said_and_nobody_is_convinced(
    kvit: Kvit, traded: Traded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(traded.home, "UPDATE blobs SET bytes = CAST(replace(bytes, 'e', 'E') AS BLOB)")
    files, answer = packed(kvit, traded, tmp_path / "e.zip", code=1)
    assert answer["holds"] is False
    assert (
        "не подтверждается / does not hold: message.bytes_changed"
        in html.fromstring(files["index.html"].decode()).text_content()
    )
    assert verify.main([str(tmp_path / "e.zip"), "--language", "en"]) == 1
    assert "NOT CONFIRMED" in capsys.readouterr().out


def test_a_record_changed_past_the_program_convinces_nobody(
    kvit: Kvit, traded: Traded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(traded.home, "UPDATE entries SET amount = amount * 2", "UPDATE payments SET amount = amount * 2")
    packed(kvit, traded, tmp_path / "e.zip")  # the messages themselves hold
    assert verify.main([str(tmp_path / "e.zip"), "--language", "en"]) == 1
    report = capsys.readouterr().out
    assert "+ The bank's signature holds" in report
    assert "no line of the signed statement says so" in report
    answer = kvit("journal", "verify", "--home", traded.home, "--json")
    assert (answer.code, answer.json["reason"]) == (1, "differs")
    assert {record["table"] for record in answer.json["records"]} == {"entries", "payments"}


@pytest.mark.parametrize(
    "table", ["messages", "entries", "decisions", "allocations", "releases", "pick_lists", "tasks"]
)
def test_a_record_of_each_kind_is_missed_when_its_rows_were_cut(kvit: Kvit, traded: Traded, table: str) -> None:
    """The worst case: the tail was cut, and every head kept here was taken away with it."""
    shutil.rmtree(traded.home / "heads")
    with closing(sqlite3.connect(traded.home / "data" / "kvit.db")) as database:
        (first,) = database.execute("SELECT min(seq) FROM journal WHERE kind = 'message.stored'").fetchone()
    tamper(traded.home, f"DELETE FROM journal WHERE seq >= {first}")
    answer = kvit("journal", "verify", "--home", traded.home, "--json")
    assert (answer.code, answer.json["reason"], answer.json["broken_row"]) == (1, "without_row", first)
    assert table in {record["table"] for record in answer.json["records"]}


def test_without_the_companys_key_it_is_packed_and_says_so(
    kvit: Kvit, traded: Traded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (traded.home / "keys" / load_config(Home(traded.home)).bank[0].key).unlink()
    _, answer = packed(kvit, traded, tmp_path / "e.zip")
    assert answer["signed"] is False
    assert verify.main([str(tmp_path / "e.zip"), "--language", "en"]) == 1
    assert "No certificate of the company" in capsys.readouterr().out
    told = kvit("evidence", traded.order.number, "--out", tmp_path / "f.zip", "--home", traded.home, "--language", "en")
    assert "not signed" in told.err


def test_heads_are_signed_by_the_company_and_checked(kvit: Kvit, traded: Traded) -> None:
    """Everything this home did was kept by itself: lines with both seals, chained, all of them in the journal."""
    (file,) = (traded.home / "heads").glob("2*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(lines) >= 3
    assert {line["sealed_by"] for line in lines[1:]} == {"company and installation"}
    assert kvit("journal", "verify", "--home", traded.home, "--json").json["heads"] == len(lines) + 1
    certificate = next((traded.home / "heads" / "certificates").glob("*.pem"))
    line = json.loads(file.read_text().splitlines()[-1])
    key = verify.x509.load_pem_x509_certificate(certificate.read_bytes())
    verify.check_signature(verify.head_octets(line), line["signature"], key, "head", verify.Known())
    with pytest.raises(verify.Bad):
        forged = verify.head_octets({**line, "seq": 1})
        verify.check_signature(forged, line["signature"], key, "head", verify.Known())


# Were the signers' certificates called back?


def never(url: str, body: bytes | None) -> bytes:
    raise AssertionError("the sandbox's certificates name nobody to ask")


def ask(traded: Traded) -> list[str]:
    installation = open_installation(Home(traded.home))
    try:
        found = check_signers(installation.store, installation.home, installation.config, never)
    finally:
        installation.close()
    return [answer.state for _, answer in found]


def answering(monkeypatch: pytest.MonkeyPatch, **said: object) -> None:
    """An authority that answers so."""

    def check(certificate: x509.Certificate, issuer: x509.Certificate, fetch: object, at: datetime) -> Revocation:
        assert certificate.issuer == issuer.subject
        given = {"source": "ocsp", "url": "http://ocsp.example", "checked_at": at, "answer": b"signed answer", **said}
        return Revocation(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(evidence_signers, "check", check)


def test_a_signer_nobody_can_be_asked_about_is_recorded_as_unknown_once(
    kvit: Kvit, traded: Traded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(traded) == ["unknown"]
    assert ask(traded) == [], "nothing new was signed since"
    files, _ = packed(kvit, traded, tmp_path / "e.zip")
    (row,) = [json.loads(line) for line in files["journal.jsonl"].splitlines() if b"certificate.checked" in line]
    assert json.loads(row["body"])["reason"] == "revocation.no_source"
    assert verify.main([str(tmp_path / "e.zip"), "--language", "en"]) == 0
    assert "Revocation was asked about: unknown" in capsys.readouterr().out


def test_the_authoritys_answer_is_kept_and_packed(
    kvit: Kvit, traded: Traded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, state="good")
    assert ask(traded) == ["good"]
    files, _ = packed(kvit, traded, tmp_path / "e.zip")
    assert [content for name, content in files.items() if name.startswith("revocation/")] == [b"signed answer"]
    assert verify.main([str(tmp_path / "e.zip"), "--language", "en"]) == 0
    assert "Revocation was asked about: good (ocsp" in capsys.readouterr().out
    assert kvit("status", "--home", traded.home, "--json").json["alarms"] == []


@pytest.mark.parametrize(("days", "code"), [(-1, 1), (1, 0)])
def test_a_revoked_signer_is_alarmed_and_counts_from_its_day_on(
    kvit: Kvit,
    traded: Traded,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    days: int,
    code: int,
) -> None:
    since = datetime.now(UTC) + timedelta(days=days)
    answering(monkeypatch, state="revoked", since=since, reason="keyCompromise")
    assert ask(traded) == ["revoked"]
    (alarm,) = kvit("status", "--home", traded.home, "--json").json["alarms"]
    assert alarm["code"] == "signer.revoked"
    packed(kvit, traded, tmp_path / "e.zip")
    assert verify.main([str(tmp_path / "e.zip"), "--language", "en"]) == code
    assert ("was revoked on" in capsys.readouterr().out) == bool(code)
