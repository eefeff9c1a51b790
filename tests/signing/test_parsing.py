"""XML from outside: what is read, and what a reader must never meet. Attacks are in tests/hostile."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import Corrupt
from gateway.signing.parsing import parse


def code(raw: bytes, limit: int = 1000) -> str:
    with pytest.raises(Corrupt) as caught:
        parse(raw, limit)
    assert "{" not in caught.value.text("ru") + caught.value.text("en")
    return caught.value.code


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""),
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16", ""),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("windows-1251", "windows-1251"),
    ],
)
def test_russian_text_in_the_encodings_banks_use(encoding: str, declared: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}" standalone="yes"?>\n' if declared else ""
    assert parse(f"{head}<a>Оплата</a>".encode(encoding)).text == "Оплата"


def test_comments_are_gone_and_texts_whole() -> None:
    root = parse(b"<a>1<!-- 2 -->3<b/><!-- 4 --></a>")
    assert (root.text, len(root)) == ("13", 1)


def test_the_limit_counts_bytes() -> None:
    raw = b"<a>" + b"x" * 93 + b"</a>"
    assert parse(raw, len(raw)).tag == "a"
    assert code(raw, len(raw) - 1) == "xml.too_large"


def test_a_statement_longer_than_ten_megabytes_in_one_text_is_read() -> None:
    assert len(parse(b"<a>" + b"x" * 11_000_000 + b"</a>").text or "") == 11_000_000


def test_a_document_type_in_a_text_is_not_quoted_past_us() -> None:
    assert code(b"<a><![CDATA[<!DOCTYPE x>]]></a>") == "xml.dtd"
    assert parse(b"<a>&lt;!DOCTYPE x&gt;</a>").text == "<!DOCTYPE x>"


def test_reasons_tell_where() -> None:
    with pytest.raises(Corrupt) as caught:
        parse(b"<a>\n<b></c></a>")
    assert (caught.value.code, caught.value.values["line"]) == ("xml.malformed", 2)


@settings(max_examples=300, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_end_in_a_tree_or_a_reason(raw: bytes) -> None:
    try:
        parse(raw)
    except Corrupt as error:
        assert error.code.startswith("xml.")
