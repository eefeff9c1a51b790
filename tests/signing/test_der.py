"""DER: what is written is read back, and nothing but DER is read. asn1crypto is the second opinion."""

from __future__ import annotations

import pytest
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import Corrupt
from gateway.signing import der


@given(st.integers(min_value=-(2**200), max_value=2**200))
def test_integers(value: int) -> None:
    assert der.only(core.Integer(value).dump()).integer() == value
    if value >= 0:
        assert der.integer(value) == core.Integer(value).dump()


@pytest.mark.parametrize(
    "dotted", ["1.2.840.113549.1.7.2", "2.16.840.1.101.3.4.2.1", "0.9", "1.39.1", "2.999.3", "2.5.4.3"]
)
def test_object_identifiers(dotted: str) -> None:
    assert der.oid(dotted) == core.ObjectIdentifier(dotted).dump()
    assert der.only(der.oid(dotted)).oid() == dotted


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths(length: int) -> None:
    content = bytes(length)
    assert der.octet_string(content) == core.OctetString(content).dump()
    assert der.only(der.octet_string(content)).octets() == content


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x04",
        b"\x04\x02a",
        b"\x04\x00\x00",
        b"\x04\x81\x01a",  # a length that fits into one octet
        b"\x04\x82\x00\x80" + bytes(128),
        b"\x04\x85\x00\x00\x00\x00\x01a",
        b"\x30\x80\x00\x00",
        b"\x04\x80a\x00\x00",
        b"\x1f\x01\x00",
        b"\x00\x00",
    ],
)
def test_anything_else_is_refused(octets: bytes) -> None:
    with pytest.raises(Corrupt) as caught:
        der.only(octets)
    assert caught.value.code == "cms.malformed"


@pytest.mark.parametrize("octets", [b"\x02\x00", b"\x02\x02\x00\x01", b"\x02\x02\xff\x80", b"\x04\x01\x01"])
def test_integers_have_one_form(octets: bytes) -> None:
    with pytest.raises(Corrupt):
        der.only(octets).integer()


@pytest.mark.parametrize("octets", [b"\x06\x00", b"\x06\x01\x80", b"\x06\x02\x80\x01", b"\x06\x41" + b"\x01" * 65])
def test_identifiers_have_one_form(octets: bytes) -> None:
    with pytest.raises(Corrupt):
        der.only(octets).oid()


def test_streamed_messages_become_definite() -> None:
    streamed = bytes.fromhex("3080 0201 01 2480 0402 6162 0401 63 0000 a080 0500 0000 0000")
    assert der.definite(streamed) == bytes.fromhex("300c 0201 01 0403 616263 a002 0500".replace(" ", ""))
    plain = der.sequence(der.integer(1))
    assert der.definite(plain) == plain


@pytest.mark.parametrize(
    "octets",
    [
        b"\x30\x80",
        b"\x30\x80\x00\x00\x00",
        b"\x30\x80" * 40,
        b"\x24\x80\x02\x01\x01\x00\x00",
        b"\x30\x80\x30\x03\x04\x04\x00\x00\x00",
    ],
)
def test_broken_streams_are_refused(octets: bytes) -> None:
    with pytest.raises(Corrupt):
        der.definite(octets)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_garbage_is_refused_or_read_as_it_is(octets: bytes) -> None:
    """Whatever is read is exactly what was given; whatever is not raises our own error."""
    try:
        parts = der.split(octets)
    except Corrupt:
        pass
    else:
        assert b"".join(der.tlv(p.tag, p.content) for p in parts) == octets
    try:
        der.definite(b"\x30\x80" + octets)
    except Corrupt as error:
        assert error.code == "cms.malformed"
