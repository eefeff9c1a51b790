"""What is fuzzed. A target says where its inputs come from and what it may answer; add yours with `target`.

A target may return, or raise a KvitError: the input was refused for a reason. Anything else is a finding, and so is
`Accepted`, raised by a target that let something through.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from gateway.bank.bxd.response import prove
from gateway.bank.formats import camt, clientbank_read, clientbank_statement, directbank, mt940
from gateway.bank.formats.reading import describe, statement_format
from gateway.bank.statement import Entry, StatementHead
from gateway.core.errors import KvitError
from gateway.onec.archive import Limits
from gateway.onec.incoming import open_file, read_file
from gateway.signing.cms import sign_detached, verify_detached
from gateway.signing.wsse import verify_envelope
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.bank.bxd import pretend
from tests.flows import desk

SECONDS_A_CASE = 5.0
"""A case that takes longer hangs, as far as the bank loop is concerned."""


class Accepted(AssertionError):
    """Something was let through that nobody signed."""


@dataclass(frozen=True)
class Target:
    """One thing to fuzz.

    Attributes:
        seeds: honest inputs; mutations start from them.
        run: tries one input.
    """

    name: str
    seeds: Callable[[], Sequence[bytes]]
    run: Callable[[bytes], object]

    def attempt(self, data: bytes) -> None:
        """Try one input; a refusal is fine."""
        try:
            self.run(data)
        except KvitError as refused:
            assert refused.text("ru"), refused.code
            assert refused.text("en"), refused.code


TARGETS: dict[str, Target] = {}


def target(name: str, seeds: Callable[[], Sequence[bytes]]) -> Callable[[Callable[[bytes], object]], None]:
    """Register a function as a target."""

    def register(run: Callable[[bytes], object]) -> None:
        assert name not in TARGETS, name
        TARGETS[name] = Target(name, cache(seeds), run)

    return register


def _drain(parts: Iterable[StatementHead | Entry], data: bytes) -> None:
    """Read everything; a file cannot hold more lines than bytes."""
    for count, part in enumerate(parts, start=1):
        assert count <= len(data) + 1, "more lines than bytes"
        if isinstance(part, Entry):
            assert part.amount.kopecks >= 0
            assert part.amount or part.warnings, "a line without a sum and without a word about it"


def _camt_seeds() -> Sequence[bytes]:
    line = desk.ntry(12_345, ref="R1", doc_no="17", purpose="По счету 1", time="2026-11-23T10:00:00+03:00")
    batch = desk.ntry(300, ref="B", details=desk.tx(100, ref="1") + desk.tx(200, ref="2"))
    storno = desk.ntry(5, incoming=False, reversal=True, original="R1", status="PDNG")
    return [
        desk.camt(kind, line, batch, storno, number="7", opening=0, closing=12_640)
        for kind in ("camt.052", "camt.053", "camt.054")
    ]


def _text_seeds() -> Sequence[bytes]:
    documents = [desk.text_document(100, doc_no="1"), desk.text_document(200, doc_no="2", incoming=False)]
    plain = desk.text_document(100, doc_no="1", name="ООО Вернисаж", inn="0")
    return [
        desk.text_file(*documents, opening=500, closing=400),
        desk.text_file(*documents, encoding="utf-8"),
        desk.text_file(plain, encoding="cp866", closing=100),
    ]


def _mt940_seeds() -> Sequence[bytes]:
    structured = desk.line61(100, bank_ref="A", purpose="166?00GUT?20EREF+1?21SVWZ+Text?30BANK?31ACC?32Name")
    return [
        desk.mt940(structured, desk.line61(200, ref="17"), closing=300),
        desk.mt940(desk.line61(1), number=2, closing=1) + desk.mt940(desk.line61(2), number=3, closing=2),
    ]


_DIRECTBANK = """<?xml version="1.0" encoding="UTF-8"?><Statement xmlns="http://directbank.1c.ru/XMLSchema"
 id="a1" formatVersion="2.3.2" creationDate="2026-11-23T10:00:00"><Sender bic="044525225" name="Банк"/>
<Recipient id="1" name="ООО" inn="7701234560"/><Data><StatementType>0</StatementType>
<DateFrom>2026-11-23T00:00:00</DateFrom><DateTo>2026-11-23T23:59:59</DateTo><Account>40702810900000000001</Account>
<Bank><BIC>044525225</BIC><Name>Банк</Name></Bank><OpeningBalance>0.00</OpeningBalance><TotalDebits>0</TotalDebits>
<TotalCredits>15.00</TotalCredits><ClosingBalance>15.00</ClosingBalance><OperationInfo><PayDoc id="0123456789abcdef"
 docKind="10"><PayDocRu><DocNo>17</DocNo><DocDate>2026-11-23</DocDate><Sum>15.00</Sum><Payer><Name>ООО Б</Name>
<INN>7705123453</INN><Account>40702810500000000077</Account><Bank><BIC>044525225</BIC></Bank></Payer><Payee>
<Name>ООО</Name><Account>40702810900000000001</Account></Payee><Purpose>По счету 1</Purpose></PayDocRu></PayDoc>
<DC>2</DC><Date>2026-11-23</Date></OperationInfo></Data></Statement>"""


@target("camt", _camt_seeds)
def _camt(data: bytes) -> None:
    _drain(camt.read(io.BytesIO(data)), data)


@target("mt940", _mt940_seeds)
def _mt940(data: bytes) -> None:
    _drain(mt940.read(io.BytesIO(data)), data)


@target("clientbank", _text_seeds)
def _clientbank(data: bytes) -> None:
    clientbank_read.read(data)
    _drain(clientbank_statement.read(io.BytesIO(data)), data * 2)  # a document may be a line of two accounts


@target("directbank.statement", lambda: [_DIRECTBANK.encode()])
def _directbank(data: bytes) -> None:
    _drain(directbank.read(io.BytesIO(data)), data)


def _all_seeds() -> Sequence[bytes]:
    return [*_camt_seeds(), *_text_seeds(), *_mt940_seeds(), _DIRECTBANK.encode()]


@target("sniffing", _all_seeds)
def _sniffing(data: bytes) -> None:
    document = describe(data)
    found = statement_format(data)
    assert document.content == data
    assert not found or document.format == found


@target("incoming", _all_seeds)
def _incoming(data: bytes) -> None:
    for name, content in open_file(data, "file", Limits(1 << 20, 1 << 20, 50)):
        read_file(content, name)


@cache
def _download() -> bytes:
    return pretend.download()


@target("bxd.reply", lambda: [_download()])
def _bxd_reply(data: bytes) -> None:
    proven = prove(pretend.reply(data), pretend.rules(), pretend.NOW)
    if proven.content != pretend.STATEMENT:
        raise Accepted("a reply with another content")


@target("wsse", lambda: [_download()])
def _wsse(data: bytes) -> None:
    verified = verify_envelope(data, pretend.policy(), pretend.NOW)
    honest = verify_envelope(_download(), pretend.policy(), pretend.NOW)
    if "".join(verified.body.itertext()) != "".join(honest.body.itertext()):
        raise Accepted("an envelope with another body")


@cache
def _payload() -> bytes:
    return sign_enveloped(pretend.application(content=pretend.STATEMENT), pretend.bank_key())


@target("xmldsig", lambda: [_payload()])
def _xmldsig(data: bytes) -> None:
    verified = verify_enveloped(data, pretend.policy(), pretend.NOW)
    content = [element.text for element in verified.root.iter("{*}Content")]
    if content != [e.text for e in verify_enveloped(_payload(), pretend.policy(), pretend.NOW).root.iter("{*}Content")]:
        raise Accepted("a payload with another content")


@cache
def _cms() -> bytes:
    return sign_detached(pretend.STATEMENT, pretend.bank_key(), at=pretend.NOW - timedelta(seconds=5))


@target("cms.content", lambda: [pretend.STATEMENT])
def _cms_content(data: bytes) -> None:
    verify_detached(_cms(), data, pretend.policy(), pretend.NOW)
    if data != pretend.STATEMENT:
        raise Accepted("another content under the same signature")


@target("cms.signature", lambda: [_cms()])
def _cms_signature(data: bytes) -> None:
    verify_detached(data, pretend.STATEMENT, pretend.policy(), pretend.NOW)
