"""The agreement's paper: a real PDF whose Russian can be read."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from datetime import date
from pathlib import Path

import pytest

from gateway.loans.sandbox import pdf
from gateway.loans.sandbox.agreement import write_paper

PERSON = {"surname": "Щёголев-Ёжиков", "name": "Пётр", "patronymic": "Ильич"}
MADE = {
    "number": "2611000001",
    "loan": 54_000_00,
    "months": 60,
    "rate": "24.9",
    "psk": "24.900",
    "passport": "4510123456",
    "sign_by": "2026-12-01",
}


def paper() -> bytes:
    return write_paper("АО «Песочница (банк)»", PERSON, MADE, date(2026, 11, 21))


def test_the_cross_reference_table_points_at_the_objects() -> None:
    made = paper()
    start = int(re.findall(rb"startxref\n(\d+)", made)[0])
    assert made[start : start + 4] == b"xref"
    places = [int(place) for place in re.findall(rb"^(\d{10}) 00000 n ", made, re.MULTILINE)]
    assert len(places) == int(re.findall(rb"/Size (\d+)", made)[0]) - 1
    for number, place in enumerate(places, 1):
        assert made[place:].startswith(b"%d 0 obj" % number)


def test_every_stream_is_as_long_as_it_says() -> None:
    made = paper()
    streams = re.findall(rb"/Length (\d+) /Filter /FlateDecode >>\nstream\n", made)
    for match, length in zip(re.finditer(rb"stream\n(?=x)", made), streams, strict=True):
        body = made[match.end() : match.end() + int(length)]
        assert zlib.decompress(body) and made[match.end() + int(length) :].startswith(b"\nendstream")


def test_a_letter_nobody_knows_is_a_question_mark_and_brackets_are_safe() -> None:
    made = pdf.write([[pdf.Word(10, 10, "漢 (a\\b)")]], "t")
    page = zlib.decompress(re.findall(rb"stream\n(x.*?)\nendstream", made, re.DOTALL)[-1])
    assert b"(? \\(a\\\\b\\))" in page


def test_a_reader_finds_the_text(tmp_path: Path) -> None:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed (Debian: apt-get install poppler-utils)")
    (tmp_path / "a.pdf").write_bytes(paper())
    ended = subprocess.run([program, "-layout", "a.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    text = ended.stdout.decode()
    assert not ended.stderr
    for wanted in ("Щёголев-Ёжиков Пётр Ильич", "АО «Песочница (банк)»", "№ 2611000001", "24.900 %", "54 000,00"):
        assert wanted in text
    assert len(re.findall(r"^ *\d+\. +\d\d\.\d\d\.\d{4}", text, re.MULTILINE)) == 60
