"""xmlsec1 and we agree on enveloped XML signatures, each way round (RSA: Debian's xmlsec1 is built without GOST)."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.core.errors import Corrupt
from gateway.signing.policy import ALGORITHMS, C14N, DIGESTS, ENVELOPED, EXCLUSIVE_C14N
from gateway.signing.signature import DS
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, policy
from tests.signing.tools import run

DOCUMENT = '<a xmlns="urn:x" xmlns:y="urn:y"> <b y:c="1"/>Оплата &amp; возврат </a>'
WHEN = f"{NOW:%Y-%m-%d %H:%M:%S}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = pretend.bank_key()
    (tmp_path / "ca.pem").write_bytes(pretend.authority().certificate.public_bytes(Encoding.PEM))
    (tmp_path / "stranger.pem").write_bytes(pretend.stranger().certificate.public_bytes(Encoding.PEM))
    (tmp_path / "cert.pem").write_bytes(own.certificate.public_bytes(Encoding.PEM))
    key = own.private_key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    return tmp_path


def accepts(folder: Path, octets: bytes, anchor: str = "ca.pem") -> bool:
    (folder / "document.xml").write_bytes(octets)
    options = ("--verification-time", WHEN, "--trusted-pem", folder / anchor, "--enabled-key-data", "x509")
    return run("xmlsec1", "--verify", *options, folder / "document.xml").returncode == 0


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "rsa-sha384", "rsa-sha512"])
def test_xmlsec1_verifies_what_we_sign(folder: Path, algorithm: str) -> None:
    ours = sign_enveloped(DOCUMENT.encode(), pretend.bank_key(), algorithm=algorithm)
    assert accepts(folder, ours)
    assert not accepts(folder, ours.replace(b'c="1"', b'c="2"'))
    assert not accepts(folder, ours, "stranger.pem")


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "rsa-sha384", "rsa-sha512"])
@pytest.mark.parametrize("canonicalization", [C14N, EXCLUSIVE_C14N], ids=["inclusive", "exclusive"])
@pytest.mark.parametrize("second", [None, C14N, EXCLUSIVE_C14N], ids=["none", "inclusive", "exclusive"])
def test_we_verify_what_xmlsec1_signs(folder: Path, algorithm: str, canonicalization: str, second: str | None) -> None:
    transforms = "".join(f'<Transform Algorithm="{t}"/>' for t in (ENVELOPED, second) if t)
    method = ALGORITHMS[algorithm]
    template = DOCUMENT.replace(
        "</a>",
        f'<Signature xmlns="{DS}"><SignedInfo><CanonicalizationMethod Algorithm="{canonicalization}"/>'
        f'<SignatureMethod Algorithm="{method.uri}"/><Reference URI=""><Transforms>{transforms}</Transforms>'
        f'<DigestMethod Algorithm="{DIGESTS[method.digest]}"/><DigestValue/></Reference></SignedInfo>'
        "<SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature></a>",
    )
    (folder / "template.xml").write_text(template)
    key = f"{folder / 'key.pem'},{folder / 'cert.pem'}"
    done = run("xmlsec1", "--sign", "--privkey-pem", key, "--output", folder / "signed.xml", folder / "template.xml")
    assert done.returncode == 0, done.stderr.decode()
    theirs = (folder / "signed.xml").read_bytes()
    verified = verify_enveloped(theirs, policy(), NOW)
    assert verified.certificate == pretend.bank_key().certificate
    assert verified.root.get("b") is None and verified.root[0].get("{urn:y}c") == "1"
    with pytest.raises(Corrupt) as caught:
        verify_enveloped(theirs.replace(b'c="1"', b'c="2"'), policy(), NOW)
    assert caught.value.code == "signature.invalid"
