"""What is no statement ends in a named refusal; what is one is read in constant memory."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from gateway.bank.formats.camt import read
from gateway.core.errors import Corrupt
from tests.bank.formats.messages import HEAD, items, message, ntry

GOOD = message(HEAD + ntry())
BOMB = '<!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def with_dtd(dtd: str, entity: str, encoding: str = "utf-8") -> bytes:
    text = GOOD.decode().replace("<Document", dtd + "<Document", 1).replace("100.00", entity)
    return text.replace("UTF-8", encoding).encode(encoding)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bank.malformed"),
        (b"   ", "bank.malformed"),
        (b"not xml", "bank.malformed"),
        (GOOD[:-30], "bank.malformed"),
        (GOOD.replace(b"</Amt>", b"</Amount>"), "bank.malformed"),
        (GOOD.replace(b"BOOK", "Ж".encode("cp1251")), "bank.malformed"),  # says UTF-8, is not
        (GOOD + b"<more/>", "bank.malformed"),
        (message("").replace(b"<Stmt></Stmt>", b""), "bank.malformed"),  # no statement inside
        (b"<html><body>Sorry</body></html>", "bank.unknown_content"),
        (b"<Document><CstmrPmtStsRpt/></Document>", "bank.unknown_content"),
        (b"<Document/>", "bank.unknown_content"),
        (with_dtd("<!DOCTYPE Document>", "100.00"), "bank.dtd"),
        (with_dtd(BOMB, "&b;"), "bank.dtd"),
        (with_dtd(FILE, "&x;"), "bank.dtd"),
        (with_dtd(BOMB, "&b;", "utf-16"), "bank.dtd"),
    ],
    ids=[
        "empty", "blank", "text", "cut", "mismatched", "encoding", "trailing", "no-statement", "html", "pain.002",
        "bare", "doctype", "bomb", "file", "utf-16",
    ],
)  # fmt: skip
def test_what_is_no_statement_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(Corrupt) as refused:
        items(content)
    assert refused.value.code == code


def test_the_good_part_of_a_cut_file_comes_before_the_refusal() -> None:
    content = message(HEAD + ntry() * 2000)
    found = []
    with pytest.raises(Corrupt):
        for item in read(io.BytesIO(content[:-100])):
            found.append(item)
    assert len(found) > 1


def test_comments_and_processing_instructions_do_not_split_texts() -> None:
    content = GOOD.replace(b"100.00", b"10<!-- not this -->0.00").replace(b"<Ntry>", b"<?pi?><Ntry><!-- c -->")
    assert items(content) == items(GOOD)


class Endless(io.RawIOBase):
    """A statement of `count` lines that never stands in memory as a whole."""

    def __init__(self, count: int) -> None:
        start, _, end = message(HEAD + "@").partition(b"@")
        self._parts = iter([start, *[ntry().encode()] * count, end])
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            part = next(self._parts, b"")
            if not part:
                break
            self._rest += part
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def test_reading_takes_the_same_memory_for_any_number_of_distinct_chunks() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            for _ in read(Endless(count)):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(8000) < peak(1000) + 2_000_000
