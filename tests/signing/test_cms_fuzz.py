"""No change of a signature or of its content is ever accepted, and none ends in anything but our own errors."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core.errors import Corrupt, KvitError
from gateway.signing import der
from gateway.signing.cms import VerifiedCms, sign_detached, verify_detached
from gateway.signing.gost import GostKey
from gateway.signing.keys import Pkcs12Key
from gateway.signing.policy import TrustPolicy
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.bank.bxd import pretend
from tests.signing.cms_craft import CONTENT, indefinite
from tests.signing.gost_files import gost_files

KINDS = ["rsa", "gost"]
DOCUMENT = "<a xmlns='urn:x' b='1'>Оплата<c/></a>".encode()


@cache
def signer(kind: str) -> tuple[Pkcs12Key | GostKey, TrustPolicy]:
    if kind == "gost":
        files = gost_files()
        return files.key(), files.policy()
    return pretend.bank_key(), pretend.policy()


@cache
def instant(kind: str) -> datetime:
    """One at which the signer's certificate is valid; openssl's begin to be when they are made."""
    return signer(kind)[0].certificate.not_valid_before_utc + timedelta(hours=1)


@cache
def honest(kind: str) -> bytes:
    return sign_detached(CONTENT, signer(kind)[0], at=instant(kind))


@cache
def honest_xml(kind: str) -> bytes:
    key, _ = signer(kind)
    return sign_enveloped(DOCUMENT, key, algorithm="rsa-sha256" if kind == "rsa" else "gost2012-256")


def verified(kind: str, octets: bytes, content: bytes = CONTENT) -> VerifiedCms | None:
    """What the verifier hands on, None when it refuses; any other exception fails the test."""
    try:
        return verify_detached(octets, content, signer(kind)[1], instant(kind))
    except KvitError:
        return None


@pytest.mark.parametrize("kind", KINDS)
def test_no_single_octet_can_be_changed(kind: str) -> None:
    octets = honest(kind)
    assert verified(kind, octets) is not None
    choose = random.Random(7)
    for place in range(len(octets)):
        changed = bytearray(octets)
        changed[place] ^= choose.randint(1, 255)
        assert verified(kind, bytes(changed)) is None, f"octet {place} was changed"


@pytest.mark.parametrize("kind", KINDS)
def test_no_single_bit_of_the_structure_can_be_changed(kind: str) -> None:
    """All eight bits of every tag, length and short value, where forgeries of structure would begin."""
    octets = honest(kind)
    for place in sorted(_structure(octets)):
        for bit in range(8):
            changed = bytearray(octets)
            changed[place] ^= 1 << bit
            assert verified(kind, bytes(changed)) is None, f"bit {bit} of octet {place} was changed"


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_cut_spliced_and_repeated_octets_are_refused(kind: str, data: st.DataObject) -> None:
    octets = honest(kind)
    start = data.draw(st.integers(0, len(octets)))
    end = data.draw(st.integers(start, min(len(octets), start + 40)))
    put = data.draw(st.one_of(st.binary(max_size=12), st.just(octets[start:end] * 2)))
    changed = octets[:start] + put + octets[end:]
    found = verified(kind, changed)
    assert found is None or changed == octets


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_elements_moved_doubled_and_dropped_change_nothing_that_is_handed_on(kind: str, data: st.DataObject) -> None:
    """Lengths stay right, so this reaches every check behind the reader. What the standard leaves unsigned may be
    added to; then what is handed on is what was signed, and the content is still the signed one."""
    octets = honest(kind)
    places = _elements(octets)
    target = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from(places))
    how = data.draw(st.sampled_from(["drop", "double", "replace", "before", "behind", "empty"]))
    changed = _rebuilt(octets, target, other, how)
    found = verified(kind, changed)
    assert found is None or found == verified(kind, octets)
    assert verified(kind, changed, CONTENT + b"!") is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_random_content_under_an_honest_signature_is_refused(content: bytes) -> None:
    assert (verified("rsa", honest("rsa"), content) is not None) == (content == CONTENT)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=120),
        st.binary(max_size=60).map(lambda b: der.sequence(b)),
        st.binary(max_size=60).map(lambda b: b"\x30\x80" + b),
    )
)
def test_garbage_is_refused(octets: bytes) -> None:
    with pytest.raises(Corrupt) as caught:
        verify_detached(octets, CONTENT, pretend.policy(), pretend.NOW)
    assert caught.value.code in {"cms.malformed", "cms.shape"}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_streamed_signature_is_no_easier_to_change(data: st.DataObject) -> None:
    octets = indefinite(honest("rsa"))
    assert verified("rsa", octets) is not None
    changed = bytearray(octets)
    changed[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    assert verified("rsa", bytes(changed)) is None


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_changed_document_is_refused_or_says_the_same(kind: str, data: st.DataObject) -> None:
    octets = honest_xml(kind)
    changed = bytearray(octets)
    changed[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    _, rules = signer(kind)
    try:
        found = verify_enveloped(bytes(changed), rules, instant(kind))
    except KvitError:
        return
    assert found.content == verify_enveloped(octets, rules, instant(kind)).content


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_moved_and_doubled_parts_of_a_document_change_nothing(kind: str, data: st.DataObject) -> None:
    root = etree.fromstring(honest_xml(kind))
    nodes = list(root.iter("*"))
    node, place = (nodes[data.draw(st.integers(0, len(nodes) - 1))] for _ in range(2))
    if data.draw(st.booleans()):
        node = etree.fromstring(etree.tostring(node))
    elif node is root or place in list(node.iter("*")):
        return
    place.insert(data.draw(st.integers(0, len(place))), node)
    _, rules = signer(kind)
    try:
        found = verify_enveloped(etree.tostring(root), rules, instant(kind))
    except KvitError:
        return
    assert found.content == verify_enveloped(honest_xml(kind), rules, instant(kind)).content


def _elements(octets: bytes, at: int = 0) -> list[tuple[int, int]]:
    """Start and end of every element that is in `octets`, nested ones included."""
    found = []
    for element in der.split(octets):
        end = at + len(element.raw)
        found.append((at, end))
        if element.tag & 0x20:
            found += _elements(element.content, end - len(element.content))
        at = end
    return found


def _structure(octets: bytes) -> set[int]:
    """Places of everything but long values."""
    long_values: set[int] = set()
    for start, end in _elements(octets):
        element = der.only(octets[start:end])
        if not element.tag & 0x20 and len(element.content) > 12:
            long_values.update(range(end - len(element.content), end))
    return set(range(len(octets))) - long_values


def _rebuilt(octets: bytes, target: tuple[int, int], other: tuple[int, int], how: str) -> bytes:
    """`octets` with one element changed and every length around it made right."""
    old, stranger = octets[slice(*target)], octets[slice(*other)]
    new = {
        "drop": b"",
        "double": old + old,
        "replace": stranger,
        "before": stranger + old,
        "behind": old + stranger,
        "empty": der.tlv(old[0]),
    }[how]

    def walk(part: bytes, at: int) -> bytes:
        if (at, at + len(part)) == target:
            return new
        element = der.only(part)
        if not (at <= target[0] and target[1] <= at + len(part)) or not element.tag & 0x20:
            return part
        inner, found = at + len(part) - len(element.content), []
        for child in der.split(element.content):
            found.append(walk(child.raw, inner))
            inner += len(child.raw)
        return der.tlv(element.tag, *found)

    return walk(octets, 0)
