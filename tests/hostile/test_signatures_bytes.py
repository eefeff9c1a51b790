"""Hostile bytes: DTDs in every disguise, bombs, broken encodings, broken-off, oversized and random messages."""

from __future__ import annotations

import base64
import copy
import gzip
import random
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.bank.bxd import response
from gateway.core.errors import Corrupt, Refused
from gateway.signing.xmldsig import sign_enveloped
from tests.bank.bxd import pretend
from tests.hostile.reasons import refusal


@cache
def honest() -> bytes:
    return pretend.download()


def body() -> str:
    return honest().decode().split("?>", 1)[1].lstrip()


BOMB = (
    '<!DOCTYPE b [<!ENTITY a "' + "a" * 100 + '">'
    + "".join(f'<!ENTITY a{n} "{"&a" + (str(n - 1) if n else "") + ";"}">' for n in range(10))
    + "]>"
)  # fmt: skip
DTDS = {
    "plain": "<!DOCTYPE x>",
    "xxe_file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "xxe_network": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
    "parameter_entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname">%p;]>',
    "billion_laughs": BOMB,
    "id_attribute": '<!DOCTYPE x [<!ATTLIST x any ID #IMPLIED>]>',
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
@pytest.mark.parametrize("name", sorted(DTDS))
def test_a_dtd_is_refused_in_any_encoding(name: str, encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{declared}"?>{DTDS[name]}{body()}'
    assert refusal(text.encode(encoding)) == "bank.dtd"


def test_the_honest_message_passes_in_other_encodings() -> None:
    for encoding in ("utf-16", "iso-8859-15"):
        raw = f'<?xml version="1.0" encoding="{encoding}"?>{body()}'.encode(encoding)
        assert response.prove(pretend.reply(raw), pretend.rules(), pretend.NOW).content == pretend.STATEMENT


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00\x00<\x00\x00\x00",
        b'<?xml version="1.0" encoding="utf-7"?>+ADw-x/+AD4-',
        b'<?xml version="1.0" encoding="cp037"?><x/>',
        b'<?xml version="1.0" encoding="utf-16"?><x/>',
        '<?xml version="1.0" encoding="utf-8"?><x/>'.encode("utf-16"),
        '<?xml version="1.0" encoding="utf-8"?><x>Оплата</x>'.encode("windows-1251"),
        b"<x>\xd0\x9e\xd0</x>",
        b"<x>\x00</x>",
        b"<x>\x01</x>",
        b"\xef\xbb\xbf" + b'<?xml version="1.0" encoding="iso-8859-1"?><x/>',
    ],
)
def test_bytes_that_belie_their_encoding_are_refused(raw: bytes) -> None:
    assert refusal(raw) == "bank.wrong_encoding"


@pytest.mark.parametrize("raw", [b"", b"  \r\n\t "])
def test_an_empty_message_is_refused(raw: bytes) -> None:
    assert refusal(raw) == "bank.empty"


def test_a_message_that_breaks_off_anywhere_is_refused() -> None:
    raw = honest()
    for end in [*range(1, len(raw) - 1, 97), len(raw) - 1]:
        assert refusal(raw[:end]) == "bank.truncated", raw[:end][-40:]


def test_a_message_cut_by_the_network_is_truncated_even_where_it_looks_whole() -> None:
    reply = pretend.reply(honest())
    reply.transport["incomplete"] = "ReadError"
    with pytest.raises(Corrupt) as caught:
        response.prove(reply, pretend.rules(), pretend.NOW)
    assert caught.value.code == "bank.truncated"


@pytest.mark.parametrize("raw", [b"not XML at all", b"<a></b>", b"%PDF-1.7", b"<a/><b/>", b"<a b=1/>", b"<a:b/>"])
def test_what_is_not_xml_is_refused(raw: bytes) -> None:
    assert refusal(raw) in ("bank.malformed", "bank.truncated")


def test_an_oversized_message_is_refused() -> None:
    assert refusal(honest(), max_bytes=len(honest()) - 1) == "bank.too_large"
    assert response.prove(pretend.reply(honest()), pretend.rules(max_bytes=len(honest())), pretend.NOW)


def test_a_very_deep_message_is_refused_quickly() -> None:
    assert refusal(b"<a>" * 300_000 + b"</a>" * 300_000) == "bank.malformed"


@pytest.mark.parametrize("raw", [b"<a>" + b"<b/>" * 2_000_001 + b"</a>", b"<a " + b"b='' " * 1_000_001 + b"/>"])
def test_a_message_of_millions_of_elements_is_refused_quickly(raw: bytes) -> None:
    assert refusal(raw) == "bank.too_complex"


def test_a_decompression_bomb_is_refused() -> None:
    for packed in (gzip.compress(b"\0" * (20 << 20)), gzip.compress(b"\0" * (600 << 10)) * 3):
        payload = sign_enveloped(pretend.application(content=packed, compressed=True), pretend.bank_key())
        assert refusal(pretend.signed(pretend.envelope(payload))) == "bank.too_large"


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (b"not gzip", "bank.malformed"),
        (gzip.compress(b"x" * 999, mtime=0)[:-9], "bank.truncated"),
        (b"\x1f\x8b", "bank.truncated"),
    ],
)
def test_broken_compression_is_refused(packed: bytes, code: str) -> None:
    payload = sign_enveloped(pretend.application(content=packed, compressed=True), pretend.bank_key())
    assert refusal(pretend.signed(pretend.envelope(payload))) == code


def test_comments_cannot_cut_a_value_in_two() -> None:
    """Canonical XML does not sign comments; a program that reads text up to the first one reads something else."""
    raw = honest().replace(pretend.ID.encode(), b"01JD4QZX<!-- -->0000000000000000AA")
    proven = response.prove(pretend.reply(raw), pretend.rules(), pretend.NOW)
    assert (proven.content, proven.proof.request_id) == (pretend.STATEMENT, pretend.ID)


def _accepted(raw: bytes) -> tuple[object, ...] | None:
    """What a message says where it is believed; None where it is refused, in whatever way is allowed."""
    try:
        proven = response.prove(pretend.reply(raw), pretend.rules(), pretend.NOW)
    except (Corrupt, Refused):
        return None
    return (proven.content, proven.ref, proven.codes, proven.proof.request_id, proven.proof.signer_sha256)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_flipping_a_byte_never_changes_what_is_believed(where: float, flip: int) -> None:
    raw = bytearray(honest())
    raw[int(where * len(raw))] ^= flip
    assert _accepted(bytes(raw)) in (None, _accepted(honest()))


@settings(max_examples=400, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_broken_certificate_is_refused_and_breaks_nothing(where: float, flip: int) -> None:
    der = bytearray(pretend.bank_key().certificate.public_bytes(Encoding.DER))
    good = base64.b64encode(der)
    der[int(where * len(der))] ^= flip
    raw = honest().replace(good, base64.b64encode(der))
    assert _accepted(raw) is None


@settings(max_examples=200, deadline=None)
@given(
    where=st.floats(0, 1, exclude_max=True),
    length=st.integers(0, 40),
    put=st.sampled_from(
        [b"", b" ", b"<", b"<x/>", b"<!-- -->", b"<?p?>", b"&#48;", b"]]>", b'Id="a"', b"\xd0\x9e", b"0"]
    ),
)
def test_splicing_bytes_never_changes_what_is_believed(where: float, length: int, put: bytes) -> None:
    raw = honest()
    start = int(where * len(raw))
    assert _accepted(raw[:start] + put + raw[start + length :]) in (None, _accepted(raw))


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_moving_elements_about_never_changes_what_is_believed(seed: int) -> None:
    """Random wrapping: elements moved, copied, altered, renamed and stripped of ids, a few steps at a time."""
    chance = random.Random(seed)
    root = etree.fromstring(honest())
    for _ in range(chance.randint(1, 4)):
        _scramble(root, chance)
    assert _accepted(etree.tostring(root)) in (None, _accepted(honest()))


def _scramble(root: etree._Element, chance: random.Random) -> None:
    nodes = list(root.iter("*"))
    node, target = chance.choice(nodes), chance.choice(nodes)
    kind = chance.choice(["move", "copy", "alter", "drop_ids", "swap_ids", "remove", "forge"])
    if kind == "drop_ids":
        node.attrib.clear()
    elif kind == "swap_ids" and node.attrib and target.attrib:
        mine = dict(node.attrib)
        node.attrib.clear()
        node.attrib.update(dict(target.attrib))
        target.attrib.update(mine)
    elif kind == "alter":
        node.text = "forged"
    elif kind in ("move", "copy", "forge") and node is not root:
        moved = node if kind == "move" and target not in set(node.iter("*")) else copy.deepcopy(node)
        if kind == "forge":
            for inner in moved.iter("*"):
                inner.text = inner.text and inner.text.replace("0", "1")
        if target is not root and chance.random() < 0.5:
            target.addprevious(moved)
        else:
            target.append(moved)
    elif kind == "remove" and node is not root:
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)
