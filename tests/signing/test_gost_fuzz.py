"""Signed SOAP envelopes under change, RSA and GOST: what is handed on is what was signed, or there is our own error.

GOST envelopes take another way through the verifier (the XML engine does not know the algorithm), so the same attacks
go over both.
"""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core.clock import FixedClock
from gateway.core.errors import KvitError
from gateway.signing.policy import TrustPolicy
from gateway.signing.wsse import SOAP, VerifiedEnvelope, sign_envelope, verify_envelope
from tests.bank.bxd import pretend
from tests.signing.gost_files import gost_files

KINDS = ["rsa", "gost"]
ENVELOPE = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body><p xmlns="urn:p"><sum>10.00</sum></p></s:Body></s:Envelope>'
)


@cache
def honest(kind: str) -> tuple[bytes, TrustPolicy, datetime]:
    """A signed envelope, the policy it verifies under, and when."""
    root = etree.fromstring(ENVELOPE)
    if kind == "rsa":
        sign_envelope(root, pretend.bank_key(), FixedClock(pretend.NOW))
        return etree.tostring(root), pretend.policy(), pretend.NOW
    files = gost_files()
    at = files.key().certificate.not_valid_before_utc + timedelta(hours=1)
    sign_envelope(root, files.key(), FixedClock(at), algorithm="gost2012-256")
    return etree.tostring(root), files.policy(), at


def verified(kind: str, octets: bytes) -> VerifiedEnvelope | None:
    _, rules, at = honest(kind)
    try:
        return verify_envelope(octets, rules, at)
    except KvitError:
        return None


def holds(kind: str, octets: bytes) -> bool:
    """Refused, or handed on exactly as signed."""
    found = verified(kind, octets)
    signed = verified(kind, honest(kind)[0])
    assert signed is not None
    return found is None or (found.content, found.created, found.certificate) == (
        signed.content,
        signed.created,
        signed.certificate,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_octet_changed_in_turn(kind: str) -> None:
    octets = honest(kind)[0]
    assert verified(kind, octets) is not None
    for place in range(0, len(octets), 3):
        changed = bytearray(octets)
        changed[place] ^= 1 << place % 7
        assert holds(kind, bytes(changed)), f"octet {place} was changed"


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_parts_moved_doubled_and_forged(kind: str, data: st.DataObject) -> None:
    """The signed Body put elsewhere with a forged one in its place is one of these."""
    root = etree.fromstring(honest(kind)[0])
    nodes = list(root.iter("*"))

    def pick() -> etree._Element:
        return nodes[data.draw(st.integers(0, len(nodes) - 1))]

    for _ in range(data.draw(st.integers(1, 3))):
        node, place = pick(), pick()
        how = data.draw(st.sampled_from(["copy", "move", "text", "identifier", "drop"]))
        if how == "copy":
            place.insert(data.draw(st.integers(0, len(place))), copy.deepcopy(node))
        elif how == "move" and place not in list(node.iter("*")) and node is not root:
            place.insert(data.draw(st.integers(0, len(place))), node)
        elif how == "text":
            node.text = data.draw(st.sampled_from(["99.00", "", " ", None]))
        elif how == "identifier":
            for name, value in node.attrib.items():
                place.set(name, value)
        elif how == "drop" and (parent := node.getparent()) is not None:
            parent.remove(node)
    assert holds(kind, etree.tostring(root))


@pytest.mark.parametrize("kind", KINDS)
def test_the_classic_wrapping(kind: str) -> None:
    """The signed Body goes into the Header under its id, a forged one takes its place."""
    root = etree.fromstring(honest(kind)[0])
    header, body = root
    forged = copy.deepcopy(body)
    forged[0][0].text = "99999.00"
    for keep_identifier in (True, False):
        attempt = copy.deepcopy(root)
        other = copy.deepcopy(forged)
        if not keep_identifier:
            other.attrib.clear()
        attempt.replace(attempt[1], other)
        etree.SubElement(attempt[0], "wrapper").append(copy.deepcopy(body))
        assert verified(kind, etree.tostring(attempt)) is None
    assert len(header)
