"""gzip with a limit."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bank.bxd.compression import compress, decompress
from gateway.core.errors import Corrupt


@given(content=st.binary(max_size=5000))
def test_it_round_trips(content: bytes) -> None:
    assert decompress(compress(content), len(content)) == content
    assert gzip.decompress(compress(content)) == content


def test_the_same_content_gives_the_same_bytes() -> None:
    assert compress(b"a" * 1000) == compress(b"a" * 1000)


def test_several_members_are_one_file() -> None:
    assert decompress(compress(b"one ") + compress(b"") + compress(b"two"), 100) == b"one two"


def test_the_limit_is_exact() -> None:
    packed = compress(b"x" * 3_000_000)
    assert len(decompress(packed, 3_000_000)) == 3_000_000
    with pytest.raises(Corrupt) as caught:
        decompress(packed, 2_999_999)
    assert caught.value.code == "bank.too_large"


def test_a_bomb_costs_no_more_than_its_limit() -> None:
    bomb = compress(b"\0" * (256 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(Corrupt):
            decompress(bomb, 1 << 20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


@given(cut=st.integers(0, 40))
def test_what_breaks_off_is_refused(cut: int) -> None:
    packed = compress(b"statement" * 10)
    with pytest.raises(Corrupt) as caught:
        decompress(packed[: min(cut, len(packed) - 1)], 1000)
    assert caught.value.code == "bank.truncated"


@pytest.mark.parametrize(
    "packed", [b"plain text", compress(b"x") + b"trailing garbage", b"\x1f\x8b\x08\xff" + b"\0" * 20]
)
def test_what_is_not_gzip_is_refused(packed: bytes) -> None:
    with pytest.raises(Corrupt) as caught:
        decompress(packed, 1000)
    assert caught.value.code in ("bank.malformed", "bank.truncated")
