"""verify.py on packets of 1C:DirectBank: detached PKCS#7 over exact bytes, read by a DER reader of its own.

The signatures are made by Kvit's CMS and, as a third opinion, by `cryptography`; refused is whatever differs by a bit.
"""

from __future__ import annotations

import base64
import io
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from gateway.service.verifier import verify
from gateway.signing import cms
from gateway.signing.ca import DemoAuthority
from gateway.signing.keys import Pkcs12Key

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PACKET = "6ec0f0c2-8a58-4d2e-9a53-0c1f8b7a0c11"
STATEMENT = (
    "\ufeff<?xml version='1.0' encoding='UTF-8'?>"
    "<Statement xmlns='http://directbank.1c.ru/XMLSchema' id='s1' formatVersion='2.3.2'><Data>"
    "<Account>40702810900000000002</Account>"
    "<OperationInfo><PayDoc id='p1' docKind='10'><PayDocRu><DocNo>17</DocNo><Sum>10980.00</Sum>"
    "<Payer><Name>ООО «Багет»</Name><INN>7728168971</INN><Account>40702810900000000001</Account></Payer>"
    "<Purpose>Оплата по счёту СР-001031</Purpose></PayDocRu></PayDoc><DC>2</DC><Date>2026-11-21</Date></OperationInfo>"
    "<OperationInfo><PayDoc id='p2' docKind='10'><PayDocRu><DocNo>18</DocNo><Sum>500.00</Sum>"
    "<Payer><Name>Мы</Name><INN>7729500100</INN><Account>40702810900000000002</Account></Payer>"
    "<Purpose>Аренда</Purpose></PayDocRu></PayDoc><DC>1</DC><Date>2026-11-21</Date></OperationInfo>"
    "</Data></Statement>"
).encode()
# What a reader of bytes that are none may raise beside Bad: `Report.check` takes each of these for "no proof".
UNREADABLE = (ValueError, IndexError, UnsupportedAlgorithm)
REQUEST = {"reference": PACKET, "operation": "GetPack", "request_id": "r1"}


@pytest.fixture(scope="module")
def authority() -> DemoAuthority:
    return DemoAuthority.create(NOW, "Bank Root")


@pytest.fixture(scope="module")
def bank(authority: DemoAuthority) -> Pkcs12Key:
    return authority.issue_signing("The Bank", NOW - timedelta(days=1), NOW + timedelta(days=700))


@pytest.fixture
def policy(authority: DemoAuthority) -> verify.Policy:
    return verify.Policy(
        "directbank", [authority.certificate], [], ["The Bank"], [], False, [], False, timedelta(0), timedelta(0)
    )


def packet(content: bytes, *signatures: bytes, zipped: bool = False, packet_id: str = PACKET) -> bytes:
    carried = content
    if zipped:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("d.xml", content)
        carried = archive.getvalue()
    signed = "".join(
        f"<Signature x509IssuerName='Bank Root' x509SerialNumber='01'>"
        f"<SignedData>{base64.b64encode(one).decode()}</SignedData></Signature>"
        for one in signatures
    )
    return (
        f"\ufeff<?xml version='1.0' encoding='UTF-8'?><ResultBank xmlns='http://directbank.1c.ru/XMLSchema'><Success>"
        f"<GetPacketResponse id='{packet_id}'><Document id='d1' dockind='15' compressed='{str(zipped).lower()}'>"
        f"<Data>{base64.b64encode(carried).decode()}</Data>{signed}</Document></GetPacketResponse></Success></ResultBank>"
    ).encode()


def by_kvit(key: Pkcs12Key, content: bytes = STATEMENT) -> bytes:
    return cms.sign_detached(content, key, at=NOW)


def by_cryptography(key: Pkcs12Key, content: bytes = STATEMENT) -> bytes:
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(content)
        .add_signer(key.certificate, key.private_key, hashes.SHA384())
        .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )


@pytest.mark.parametrize("sign", [by_kvit, by_cryptography])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_signed_statement_is_confirmed(
    bank: Pkcs12Key, policy: verify.Policy, sign: Callable[[Pkcs12Key], bytes], zipped: bool
) -> None:
    raw = packet(STATEMENT, sign(bank), zipped=zipped)
    documents, path = verify.verify_directbank(raw, REQUEST, policy, NOW)
    assert documents == [STATEMENT], "byte order mark and all"
    assert [verify.common_name(c) for c in path] == ["The Bank", "Bank Root"]


@pytest.mark.parametrize("sign", [by_kvit, by_cryptography])
def test_no_bit_of_the_signature_or_document_can_be_another_one(
    bank: Pkcs12Key, policy: verify.Policy, sign: Callable[[Pkcs12Key], bytes]
) -> None:
    der: bytes = sign(bank)
    verify.verify_cms(der, STATEMENT, policy, NOW)
    order = random.Random(5)
    outside = 0
    for place in order.sample(range(len(der)), 250):
        flipped = der[:place] + bytes([der[place] ^ (1 << order.randrange(8))]) + der[place + 1 :]
        try:
            path = verify.verify_cms(flipped, STATEMENT, policy, NOW)
        except (verify.Bad, *UNREADABLE):
            continue
        # what the standard leaves outside of the signature (version numbers, digest lists) proves nothing else
        outside += 1
        assert path[0] == bank.certificate
    assert outside < 25
    for place in order.sample(range(len(STATEMENT)), 60):
        altered = STATEMENT[:place] + bytes([STATEMENT[place] ^ 1]) + STATEMENT[place + 1 :]
        with pytest.raises(verify.Bad, match="altered"):
            verify.verify_cms(der, altered, policy, NOW)


def test_a_strangers_signature_is_refused(policy: verify.Policy, authority: DemoAuthority) -> None:
    stranger = DemoAuthority.create(NOW, "Bank Root").issue_signing(
        "The Bank", NOW - timedelta(days=1), NOW + timedelta(days=1)
    )
    with pytest.raises(verify.Bad, match="no chain"):
        verify.verify_directbank(packet(STATEMENT, by_kvit(stranger)), REQUEST, policy, NOW)
    customer = authority.issue_signing("A Customer", NOW - timedelta(days=1), NOW + timedelta(days=1))
    with pytest.raises(verify.Bad, match="does not sign for the bank"):
        verify.verify_directbank(packet(STATEMENT, by_kvit(customer)), REQUEST, policy, NOW)


def test_a_certificate_counts_as_of_the_instant_the_message_came(bank: Pkcs12Key, policy: verify.Policy) -> None:
    raw = packet(STATEMENT, by_kvit(bank))
    for at in (NOW - timedelta(days=30), NOW + timedelta(days=800)):
        with pytest.raises(verify.Bad, match="not valid at"):
            verify.verify_directbank(raw, REQUEST, policy, at)


def test_an_unsigned_statement_rests_on_the_companys_word(policy: verify.Policy) -> None:
    with pytest.raises(verify.Bad, match="did not sign the statement"):
        verify.verify_directbank(packet(STATEMENT), REQUEST, policy, NOW)


def test_another_packet_than_the_one_asked_for(bank: Pkcs12Key, policy: verify.Policy) -> None:
    with pytest.raises(verify.Bad, match="not the packet"):
        verify.verify_directbank(packet(STATEMENT, by_kvit(bank), packet_id="other"), REQUEST, policy, NOW)


def test_one_good_signature_does_not_cover_for_a_bad_one(bank: Pkcs12Key, policy: verify.Policy) -> None:
    raw = packet(STATEMENT, by_kvit(bank), by_kvit(bank, b"something else"))
    with pytest.raises(verify.Bad, match="altered"):
        verify.verify_directbank(raw, REQUEST, policy, NOW)


@pytest.mark.parametrize(
    "der", [b"", b"\x30", b"\x30\x80\x00\x00", b"\x30\x03\x02\x01\x01", b"\x30\x84\xff\xff\xff\xff"]
)
def test_what_is_no_signature_is_refused(policy: verify.Policy, der: bytes) -> None:
    with pytest.raises((verify.Bad, ValueError, IndexError)):
        verify.verify_cms(der, STATEMENT, policy, NOW)
