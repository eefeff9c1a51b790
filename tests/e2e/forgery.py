"""What a forger can do to an evidence file: from a zip tool up to the company itself, with its key, its journal and
everything else but the bank's."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from gateway.service.config import Config, Home, load_config
from gateway.service.evidence_messages import Judged
from gateway.service.evidence_page import page
from gateway.service.open_keys import signing_key
from gateway.service.verifier import verify
from gateway.service.wiring import vault_of
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.store import tree
from gateway.store.heads import FIRST, HeadLine
from gateway.store.schema import dumps
from tests.service.conftest import CREDENTIALS, Kvit
from tests.service.evidence_stage import Traded

Files = dict[str, bytes]
Records = dict[str, list[dict[str, Any]]]
Rows = list[dict[str, Any]]


def pack(traded: Traded, number: str) -> Files:
    """The evidence of an order by its number, as `kvit evidence` writes it."""
    out = traded.home.parent / f"{number}.zip"
    if not out.exists():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(CREDENTIALS, str(traded.credentials))
            answer = Kvit()("evidence", number, "--out", out, "--home", traded.home, "--json")
        assert answer.code == 0, answer.err
        assert answer.json["signed"] is True
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def company_key_of(traded: Traded) -> Pkcs12Key:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CREDENTIALS, str(traded.credentials))
        home = Home(traded.home)
        key = signing_key(home, vault_of(home), load_config(home).bank[0])
    assert isinstance(key, Pkcs12Key)
    return key


def put(files: Files, file: Path) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


def judge(files: Files, folder: Path, capsys: pytest.CaptureFixture[str], *options: str | Path) -> tuple[int, str]:
    """(exit code, report) of verify.py in this process."""
    capsys.readouterr()
    evidence = put(files, folder / "judged.zip")
    code = verify.main([str(evidence), "--language", "en", *map(str, options)])
    return code, capsys.readouterr().out


def raw_of(files: Files) -> str:
    (name,) = [n for n in files if n.startswith("messages/") and n.endswith(".bin")]
    return name


def signed_anew(files: Files, key: Pkcs12Key) -> Files:
    """As the company itself could do it: a new manifest, a new signature."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in files.items()
        if name not in ("manifest.json", "signature.json")
    }
    octets = verify.canonical(manifest)
    return {
        **files,
        "manifest.json": octets,
        "signature.json": verify.canonical(_signature(key, b"kvit-evidence-2\n" + octets)),
    }


def _signature(key: Pkcs12Key, octets: bytes) -> dict[str, str]:
    value = key.private_key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    told = base64.b64encode(value).decode()
    return {"algorithm": "rsa-sha256", "certificate": fingerprint(key.certificate), "value": told}


@dataclass
class Company:
    """The company as a forger of its own evidence: records, journal, head, page, all anew and all in agreement.

    company = Company(files, key, home)
    company.records["entries"][0]["amount"] = 1
    files = company.packed()

    Attributes:
        files: what is packed beside what follows from records and rows.
        rows: their order counts; numbers and hashes are made by `packed`.
    """

    files: Files
    key: Pkcs12Key
    home: Path

    def __post_init__(self) -> None:
        self.told = json.loads(self.files["evidence.json"])
        self.records: Records = self.told["records"]
        self.rows: Rows = [json.loads(line) for line in self.files["journal.jsonl"].decode().splitlines()]

    def row(self, kind: str, number: int = 0) -> dict[str, Any]:
        return [row for row in self.rows if row["kind"] == kind][number]

    def change(self, kind: str, **changes: Any) -> None:
        """Other words in the first row of a kind."""
        row = self.row(kind)
        row["body"] = dumps({**json.loads(row["body"]), **changes})

    def add_row(self, like: str, subject: str, **changes: Any) -> None:
        """One more row, after the model of the first of its kind."""
        model = self.row(like)
        self.rows.append({**model, "subject": subject, "body": dumps({**json.loads(model["body"]), **changes})})

    def say_message(self, raw: bytes, *contents: bytes) -> None:
        """The only message is another one: its bytes, its record, its row."""
        (record,) = self.records["messages"]
        stem = f"messages/{record['id']}"
        for name in [n for n in self.files if n.startswith(f"{stem}.content")]:
            del self.files[name]
        self.files[f"{stem}.bin"] = raw
        for number, content in enumerate(contents, start=1):
            self.files[f"{stem}.content{'' if len(contents) == 1 else f'-{number:04}'}.xml"] = content
        record |= {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}
        self.change("message.stored", sha256=record["sha256"], size=record["size"])

    def say_rules(self, **changes: Any) -> None:
        """Other rules by which the channel was believed."""
        (name,) = [n for n in self.files if n.startswith("anchors/") and n.endswith(".json")]
        self.files[name] = verify.canonical({**json.loads(self.files[name]), **changes})

    def packed(self) -> Files:
        files = dict(self.files)
        made_at = json.loads(files["manifest.json"])["made_at"]
        previous = "0" * 64
        for number, row in enumerate(self.rows, start=1):
            row |= {"seq": number, "prev_hash": previous}
            row["hash"] = previous = verify.row_hash(row)
        grown = tree.Tree()
        for row in self.rows:
            grown.add(row["hash"])
        paths = tree.paths([row["hash"] for row in self.rows], range(1, len(self.rows) + 1))
        company = self.rows[0]["company"]
        head = HeadLine(1, made_at, company, len(self.rows), previous, grown.root(), "evidence", FIRST, mac="0" * 64)
        head = replace(head, signature=_signature(self.key, head.signed))
        files["journal.jsonl"] = "".join(f"{dumps(row)}\n" for row in self.rows).encode()
        files["head.json"] = head.text.encode()
        files["paths.json"] = dumps({str(number): path for number, path in paths.items()}).encode()
        files["evidence.json"] = dumps(self.told).encode()
        files["index.html"] = page(self._config(), self.records, self.rows, self._judged(), head, lent=False)
        return signed_anew(files, self.key)

    def _config(self) -> Config:
        return load_config(Home(self.home))

    def _judged(self) -> list[Judged]:
        told = {message["id"]: message for message in self.told["messages"]}
        first = self.told["messages"][0]
        found = [(record, told.get(record["id"], first)) for record in self.records["messages"]]
        return [Judged(r["id"], r["reference"], r["sha256"], True, signer=m["signer"]) for r, m in found]


def packet(raw: bytes, change: Callable[[etree._Element], object]) -> bytes:
    """A DirectBank packet whose document element was changed: nobody signs the packet itself."""
    root = etree.fromstring(raw)
    (document,) = root.iter("{*}Document")
    change(document)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def carrying(content: bytes, *signatures: bytes) -> Callable[[etree._Element], None]:
    """The document carries this content under these signatures."""

    def change(document: etree._Element) -> None:
        (data,) = document.iterfind("{*}Data")
        data.text = base64.b64encode(content).decode()
        model, *others = document.findall("{*}Signature")
        for other in others:
            document.remove(other)
        for number, value in enumerate(signatures):
            signature = model if not number else etree.fromstring(etree.tostring(model))
            (signed,) = signature.iterfind("{*}SignedData")
            signed.text = base64.b64encode(value).decode()
            document.append(signature)
        if not signatures:
            document.remove(model)

    return change


def texts(changes: Sequence[tuple[str, str]], content: bytes) -> bytes:
    """Content with words changed that are all there."""
    for old, new in changes:
        assert old.encode() in content, f"no {old}"
        content = content.replace(old.encode(), new.encode())
    return content
