"""GOST signatures: verify.py confirms nothing it did not check, and names the openssl commands that check them.

The commands are run here as they are printed, on the files that --extract writes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.service.verifier import verify
from gateway.signing.cms import sign_detached
from gateway.signing.keys import fingerprint
from gateway.signing.policy import ALGORITHMS
from tests.e2e.forgery import Company, Files, carrying, company_key_of, judge, pack, packet, raw_of
from tests.service.evidence_stage import Traded, trade
from tests.signing.gost_files import GostFiles, gost_files

KINDS = ("gost2012-256", "gost2012-512")


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Traded:
    for name in KINDS:
        gost_files(name)  # before the messages come: openssl looks at the certificate as of their receipt
    return trade(tmp_path_factory.mktemp("traded"), "directbank")


@pytest.fixture
def company(traded: Traded) -> Company:
    return Company(pack(traded, traded.order.number), company_key_of(traded), traded.home)


@pytest.fixture(scope="module", params=KINDS)
def gost(request: pytest.FixtureRequest) -> GostFiles:
    return gost_files(request.param)


def by_gost_bank(company: Company, gost: GostFiles, *, altered: bytes = b"") -> Files:
    """The bank's statement, signed by a GOST key of the bank's."""
    (name,) = [n for n in company.files if n.endswith(".content.xml")]
    content = company.files[name]
    signature = sign_detached(content, gost.key(), at=datetime.now(UTC))
    company.say_message(packet(company.files[raw_of(company.files)], carrying(content + altered, signature)), content)
    company.files["anchors/directbank-directbank-sandbox.anchors.pem"] = gost.anchor.public_bytes(Encoding.PEM)
    return company.packed()


def commands(report: str) -> list[list[str]]:
    """What the report tells an auditor to type."""
    return [shlex.split(line) for line in report.splitlines() if line.strip().startswith("openssl ")]


def typed(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_a_gost_statement_is_checked_with_the_printed_commands(
    company: Company, gost: GostFiles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    code, report = judge(by_gost_bank(company, gost), tmp_path, capsys, "--extract", out)
    assert (code, "a GOST signature, which this program does not check" in report) == (1, True), report
    verified, who = commands(report)
    done = typed(verified)
    assert done.returncode == 0, done.stderr
    told = typed(who)
    assert told.returncode == 0, told.stderr
    assert fingerprint(gost.key().certificate) in told.stdout.replace(":", "").lower()
    (document,) = out.glob("*.document")
    assert [document.read_bytes()] == [c for n, c in company.files.items() if n.endswith(".content.xml")]


def test_the_printed_command_refuses_what_was_altered(
    company: Company, gost: GostFiles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, report = judge(by_gost_bank(company, gost, altered=b" "), tmp_path, capsys, "--extract", tmp_path / "out")
    done = typed(commands(report)[0])
    assert (done.returncode != 0, "content verify error" in done.stderr) == (True, True), done.stderr


def test_the_auditors_own_authority_goes_into_the_command(
    company: Company, gost: GostFiles, tmp_path: Path, capsys: pytest.CaptureFixture[str], traded: Traded
) -> None:
    stranger = tmp_path / "bank.pem"
    stranger.write_bytes((traded.home / "sandbox" / "signing-root.pem").read_bytes())
    options = ("--extract", tmp_path / "out", "--anchor", stranger)
    _, report = judge(by_gost_bank(company, gost), tmp_path, capsys, *options)
    done = typed(commands(report)[0])
    assert (done.returncode != 0, "certificate verify error" in done.stderr) == (True, True), done.stderr


def test_without_the_files_it_says_how_to_get_them(
    company: Company, gost: GostFiles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, report = judge(by_gost_bank(company, gost), tmp_path, capsys)
    assert "Run this again with --extract FOLDER, then:" in report
    assert " -in FOLDER/" in report


def test_a_company_that_signs_by_gost_is_checked_with_the_printed_commands(
    company: Company, gost: GostFiles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = company.packed()
    key = gost.key()
    files["company/certificate.pem"] = key.certificate.public_bytes(Encoding.PEM)

    def signature(octets: bytes) -> dict[str, str]:
        value = base64.b64encode(key.sign(octets, ALGORITHMS[gost.name])).decode()
        return {"algorithm": gost.name, "certificate": fingerprint(key.certificate), "value": value}

    head = json.loads(files["head.json"])
    files["head.json"] = verify.canonical({**head, "signature": signature(verify.head_octets(head))})
    manifest = json.loads(files["manifest.json"])
    for name in ("company/certificate.pem", "head.json"):
        manifest["files"][name] = {"sha256": hashlib.sha256(files[name]).hexdigest(), "size": len(files[name])}
    files["manifest.json"] = verify.canonical(manifest)
    files["signature.json"] = verify.canonical(signature(verify.MANIFEST_CONTEXT + files["manifest.json"]))
    out = tmp_path / "out"
    code, report = judge(files, tmp_path, capsys, "--extract", out)
    assert (code, report.count("the company signed with GOST")) == (1, 2), report
    found = commands(report)
    assert len(found) == 4
    for command in found:
        done = typed(command)
        assert done.returncode == 0, (command, done.stderr)
    (out / "manifest.signed").write_bytes((out / "manifest.signed").read_bytes() + b" ")
    (of_manifest,) = [command for command in found if str(out / "manifest.signed") in command]
    assert typed(of_manifest).returncode != 0
