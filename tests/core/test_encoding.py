"""What the bytes of a file stand for, whatever the file says about itself."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.encoding import broken_at_the_end, decode_bank, decode_xml
from gateway.core.errors import Refused
from tests.onec.facts import bank_document, commerceml, order, statement

XML = commerceml(order())
BANK = statement(bank_document())


def declaring(name: str) -> str:
    return XML.replace('encoding="UTF-8"', f'encoding="{name}"')


@pytest.mark.parametrize(
    ("declared", "real", "differs"),
    [
        ("UTF-8", "utf-8", False),
        ("windows-1251", "cp1251", False),
        ("WINDOWS-1251", "cp1251", False),
        ("windows-1251", "utf-8", True),
        ("UTF-8", "cp1251", True),
        ("UTF-8", "cp866", True),
        ("windows-1251", "cp866", True),
        ("UTF-8", "koi8-r", True),
        ("koi8-r", "koi8-r", False),
    ],
)
def test_the_bytes_decide_not_the_declaration(declared: str, real: str, differs: bool) -> None:
    text = declaring(declared)
    found = decode_xml(text.encode(real))
    assert (found.text, found.encoding, found.differs) == (text, real, differs)


@pytest.mark.parametrize(
    ("bom", "real"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_decides(bom: bytes, real: str) -> None:
    found = decode_xml(bom + declaring("windows-1251").encode(real))
    assert (found.encoding, found.text[0], found.differs) == (real, "<", True)


@pytest.mark.parametrize("real", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_a_mark(real: str) -> None:
    assert decode_xml(declaring("UTF-16").encode(real)).text == declaring("UTF-16")


@pytest.mark.parametrize("name", ["utf-7", "ebcdic-cp-us", "utf-32", "hex"])
def test_an_unknown_declaration_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=r"unknown encoding") as caught:
        decode_xml(declaring(name).encode())
    assert caught.value.code == "onec.encoding_unknown"


def test_a_spoilt_byte_is_named_with_its_line() -> None:
    """A program that cuts names by bytes leaves half a character; cp1251 would read the file, as nonsense."""
    data = XML.encode()
    at = data.index("Рамка".encode())
    with pytest.raises(Refused) as caught:
        decode_xml(data[: at + 1] + data[at + 2 :])
    assert caught.value.code == "onec.encoding_unreadable"
    assert caught.value.values["line"] == XML[: XML.index("Рамка")].count("\n") + 1


def test_a_mark_before_bytes_that_are_not_utf_8_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        decode_xml(codecs.BOM_UTF8 + XML.encode("cp1251"))
    assert caught.value.code == "onec.encoding_unreadable"


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("Windows", "cp1251"),
        ("windows", "cp1251"),
        ("DOS", "cp866"),
        ("Windows", "utf-8"),
        ("Windows", "cp866"),
        ("DOS", "cp1251"),
    ],
)
def test_a_statement_is_read_in_what_it_is_written_in(declared: str, real: str) -> None:
    text = BANK.replace("Кодировка=Windows", f"Кодировка={declared}")
    found = decode_bank(text.encode(real))
    assert (found.text, found.encoding, found.declared) == (text, real, declared)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_file_cut_inside_a_character_is_told_from_another_encoding(cut: int) -> None:
    whole = "счёт ₽".encode()
    assert not broken_at_the_end(whole)
    assert broken_at_the_end(whole[:-cut])
    assert not broken_at_the_end("счёт".encode("cp1251"))


@given(st.binary(max_size=400))
def test_any_bytes_end_in_text_or_a_named_refusal(data: bytes) -> None:
    for decode in (decode_xml, decode_bank):
        try:
            decode(data)
        except Refused as error:
            assert error.code.startswith("onec.encoding_")
