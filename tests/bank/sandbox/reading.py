"""What the tests of the sandbox look at a reply or a file with."""

from __future__ import annotations

import io

import requests

from gateway.bank.formats.camt import read
from gateway.bank.statement import Entry, StatementHead
from gateway.core.money import Money
from tests.bank.sandbox.conftest import Line


def entries(content: bytes) -> list[Entry]:
    return [item for item in read(io.BytesIO(content)) if isinstance(item, Entry)]


def head(content: bytes) -> StatementHead:
    first = next(read(io.BytesIO(content)))
    assert isinstance(first, StatementHead)
    return first


def a_payment(line: Line) -> str:
    """Pay, and name the notification's file."""
    line.sandbox.pay(invoice="125", amount=Money.parse("100.00"), payer="ООО «Багет»")
    return line.sandbox.files()[-1].reference


def raw_download(line: Line, reference: str, request_id: str = "") -> requests.Response:
    return line.client.post("downloadFile", request_id=request_id, FileReferences=reference)


def then_honest(line: Line, reference: str) -> None:
    """The file is still there, new, and comes whole at the next try."""
    (file,) = [f for f in line.sandbox.files() if f.reference == reference]
    assert file.status == "NEW"
    (entry,) = entries(line.client.download(reference).content())
    assert entry.amount == Money(10000)
    assert line.sandbox.state()["behaviours"] == []
