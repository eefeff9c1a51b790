"""Heads kept outside the database: sealed, chained, and held against the journal."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from gateway.store import Store, journal
from gateway.store.heads import FIRST, Compared, HeadBook, HeadLine, Signature, check_lines, read_line, seal_holds
from gateway.store.journal import Head
from gateway.store.schema import journal as table
from gateway.store.tail import Tail
from gateway.store.tree import Tree
from tests.store.conftest import COMPANY
from tests.store.test_journal import tamper

AT = "2026-11-21T09:00:00.000000Z"


class Keys:
    """An installation's key, and a "company key" that is another MAC."""

    def __init__(self, installation: bytes = b"ours", company: bytes | None = b"company") -> None:
        self.installation, self.company = installation, company

    def mac(self, octets: bytes) -> str:
        return hmac.new(self.installation, octets, hashlib.sha256).hexdigest()

    def sign(self, octets: bytes) -> Signature | None:
        if self.company is None:
            return None
        return {"algorithm": "test", "certificate": "c", "value": hmac.new(self.company, octets, "sha256").hexdigest()}

    def mac_holds(self, octets: bytes, mac: str) -> bool | None:
        return self.mac(octets) == mac

    def signature_holds(self, octets: bytes, signature: Mapping[str, str]) -> bool | None:
        return self.sign(octets) == dict(signature)


class Blind(Keys):
    """Has no key: can tell nothing."""

    def mac_holds(self, octets: bytes, mac: str) -> bool | None:
        return None

    def signature_holds(self, octets: bytes, signature: Mapping[str, str]) -> bool | None:
        return None


def hash_of(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()


def add(book: HeadBook, seq: int, at: str = AT, keys: Keys | None = None, root: str = "") -> HeadLine:
    return book.append(Head(seq, hash_of(seq)), root, why="minute", at=at, company=COMPANY, sealer=keys or Keys())


@pytest.fixture
def book(tmp_path: Path) -> HeadBook:
    book = HeadBook(tmp_path / "heads")
    for seq in (3, 8, 9, 40):
        add(book, seq)
    return book


@pytest.fixture
def file(book: HeadBook) -> Path:
    return book.folder / "2026-11.jsonl"


def test_lines_come_back_as_they_were_written(book: HeadBook) -> None:
    good, troubles = check_lines(book, Keys())
    assert troubles == []
    assert [(line.number, line.seq) for line in good] == [(1, 3), (2, 8), (3, 9), (4, 40)]
    assert good[0].previous == FIRST
    assert [line.previous for line in good[1:]] == [line.digest for line in good[:-1]]
    assert book.last() == good[-1]
    assert json.loads(good[0].text)["sealed_by"] == "company and installation"


def test_without_the_companys_key_a_line_says_so(tmp_path: Path) -> None:
    book = HeadBook(tmp_path / "heads")
    line = add(book, 5, keys=Keys(company=None))
    assert json.loads(line.text)["sealed_by"] == "installation"
    assert check_lines(book, Keys()) == ([line], [])


def test_a_new_month_begins_a_file_and_the_chain_goes_on(book: HeadBook) -> None:
    add(book, 50, "2026-12-01T00:00:00.000000Z")
    add(book, 60, "2026-11-30T23:59:59.000000Z")  # somebody put the clock back
    assert [file.name for file in book.files()] == ["2026-11.jsonl", "2026-12.jsonl"]
    good, troubles = check_lines(book, Keys())
    assert ([line.seq for line in good][-2:], troubles) == ([50, 60], [])


def test_any_byte_of_any_line_counts(book: HeadBook, file: Path) -> None:
    original = file.read_bytes()
    order = random.Random(20261121)
    for place in order.sample(range(len(original) - 1), 150):
        flipped = original[place] ^ (1 << order.randrange(7))
        file.write_bytes(original[:place] + bytes([flipped]) + original[place + 1 :])
        _, troubles = check_lines(book, Keys())
        assert troubles, f"byte {place}: {original[place]:#x} → {flipped:#x}"


def test_a_line_taken_out_is_found(book: HeadBook, file: Path) -> None:
    lines = file.read_text().splitlines(keepends=True)
    for gone in range(len(lines) - 1):
        file.write_text("".join(lines[:gone] + lines[gone + 1 :]))
        _, troubles = check_lines(book, Keys())
        assert [t.code for t in troubles] == ["unchained"]


def test_a_line_that_broke_off_is_no_line_and_the_next_one_takes_its_place(book: HeadBook, file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:100])
    assert check_lines(book, Keys())[1] == []
    add(book, 41)
    good, troubles = check_lines(book, Keys())
    assert ([line.seq for line in good], troubles) == ([3, 8, 9, 40, 41], [])
    assert file.read_bytes().startswith(whole)


@pytest.mark.parametrize("forger", [Keys(installation=b"theirs"), Keys(company=b"theirs"), Keys(b"x", None)])
def test_a_strangers_seal_does_not_hold(book: HeadBook, forger: Keys) -> None:
    add(book, 41, keys=forger)
    good, troubles = check_lines(book, Keys())
    assert [line.seq for line in good] == [3, 8, 9, 40]
    assert [(t.code, t.seq) for t in troubles] == [("seal", 41)]


def test_a_signature_cannot_be_taken_off(book: HeadBook) -> None:
    line = check_lines(book, Keys())[0][0]
    bare = replace(line, signature=None)
    assert read_line(bare.text) == bare
    assert not seal_holds(bare, Keys())


def test_who_has_no_key_still_sees_the_chain(book: HeadBook, file: Path) -> None:
    assert check_lines(book, Blind())[1] == []
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(reversed(lines)))
    assert check_lines(book, Blind())[1]


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "12", '{"seq": 1}', "\x00", "{" * 5000])
def test_what_is_no_line(text: str) -> None:
    with pytest.raises(ValueError):
        read_line(text)


# Held against the journal


@pytest.fixture
def written(store: Store) -> Store:
    for numbers in ((1, 2, 3), (4,), (5, 6, 7, 8, 9, 10)):
        with store.unit() as unit:
            for number in numbers:
                unit.journal("money.came", f"payment:{number}", kopecks=number * 100)
            unit.commit()
    return store


def heads_of(store: Store, *wanted: int) -> dict[str, HeadLine]:
    """Sealed lines for these rows, roots included."""
    tree, lines = Tree(), {}
    with store.reading() as connection:
        for seq, row_hash in enumerate(journal.hashes(connection), start=1):
            tree.add(row_hash)
            if seq in wanted:
                lines[f"line {seq}"] = HeadLine(seq, AT, COMPANY, seq, row_hash, tree.root(), "minute", FIRST)
    return lines


def found(store: Store, lines: dict[str, HeadLine]) -> list[tuple[str, int]]:
    compared = Compared(lines)
    with store.reading() as connection:
        assert journal.verify(connection, met=compared.met).ok
    return [(trouble.code, trouble.seq) for trouble in compared.troubles()]


def test_heads_of_this_journal_are_in_it(written: Store) -> None:
    assert found(written, heads_of(written, 1, 3, 7, 10)) == []


def test_hashes_are_told_in_pieces_too(written: Store) -> None:
    with written.reading() as connection:
        whole = list(journal.hashes(connection))
        assert list(journal.hashes(connection, 4, 7)) == whole[4:7]


def test_a_cut_tail_ends_before_the_head(written: Store) -> None:
    lines = heads_of(written, 3, 10)
    tamper(written, delete(table).where(table.c.seq > 9))
    assert found(written, lines) == [("ends_before", 10)]


def test_a_journal_written_anew_does_not_have_the_head(written: Store) -> None:
    lines = heads_of(written, 3, 10)
    tamper(written, delete(table))
    with written.unit() as unit:
        for number in range(1, 20):
            unit.journal("money.came", f"payment:{number}", kopecks=1)
        unit.commit()
    assert found(written, lines) == [("not_in_journal", 3), ("not_in_journal", 10)]


def test_a_root_over_other_rows_is_not_this_journals(written: Store) -> None:
    lines = heads_of(written, 10)
    lines["line 10"] = replace(lines["line 10"], root=hash_of(1))
    assert found(written, lines) == [("not_in_journal", 10)]


# The note after each commit


def test_the_newest_head_is_noted(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "last", Keys().mac)
    assert tail.get() is None
    for seq in (5, 9, 7, 12):
        tail.put(Head(seq, hash_of(seq)), AT)
    assert tail.get() == Head(12, hash_of(12))
    assert Tail(tmp_path / "last", Keys(b"theirs").mac).get() is None
    blind = Tail(tmp_path / "last", None)
    assert blind.get() == Head(12, hash_of(12))
    with pytest.raises(ValueError, match="installation's key"):
        blind.put(Head(13, hash_of(13)), AT)


def test_a_torn_write_leaves_the_note_before_it(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "last", Keys().mac)
    for seq in (5, 9, 12):
        tail.put(Head(seq, hash_of(seq)), AT)
    raw = bytearray((tmp_path / "last").read_bytes())
    place = raw.index(hash_of(12).encode())
    raw[place] ^= 1
    (tmp_path / "last").write_bytes(raw)
    assert tail.get() == Head(9, hash_of(9))
    tail.put(Head(13, hash_of(13)), AT)
    assert tail.get() == Head(13, hash_of(13))


class Keeper:
    """Remembers what the store told it."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.closed = 0

    def committed(self, store: Store, head: Head) -> None:
        self.told.append(head.seq)

    def closing(self, store: Store) -> None:
        self.closed += 1


def test_the_store_tells_of_commits_and_of_nothing_else(store: Store) -> None:
    keeper = Keeper()
    store.keeper = keeper
    with store.unit() as unit:
        unit.journal("thing.made", "thing:1")
        unit.journal("thing.made", "thing:2")
        unit.commit()
    with store.unit() as unit:
        unit.journal("thing.made", "thing:3")  # taken back
    with store.unit() as unit:
        unit.changed("thing", "1")  # not a word in the journal
        unit.commit()
    assert keeper.told == [2]
    store.close()
    assert keeper.closed == 1


def test_a_write_that_broke_off_at_the_end_of_a_month_is_no_tampering(book: HeadBook) -> None:
    [november] = book.files()
    with november.open("ab") as file:
        file.write(b'{"at":"2026-11-30T20:59:59')  # the disk was full
    add(book, 41, "2026-12-01T09:00:00.000000Z")
    lines, troubles = check_lines(book, Keys())
    assert ([line.seq for line in lines], troubles) == ([3, 8, 9, 40, 41], [])
    whole = november.read_bytes()
    november.write_bytes(whole[: whole.rstrip(b"\n").rfind(b"\n", 0, whole.rfind(b"\n")) + 1])
    assert [trouble.code for trouble in check_lines(book, Keys())[1]] == ["unchained"]
