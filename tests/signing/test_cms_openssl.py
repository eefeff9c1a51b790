"""openssl and we agree on CMS, each way round, with RSA and with GOST keys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.core.errors import Corrupt
from gateway.signing.cms import decrypt, encrypt, sign_detached, verify_detached
from gateway.signing.keys import KEY_TRANSPORTS
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW, policy
from tests.signing.cms_craft import indefinite
from tests.signing.gost_files import gost_files
from tests.signing.tools import openssl, run

CONTENT = b"\xef\xbb\xbf<?xml version='1.0'?>\r\n<a>\xd0\x9e\xd0\xbf\xd0\xbb\xd0\xb0\xd1\x82\xd0\xb0</a>\n"
GOST_KINDS = [("gost2012-256", "A"), ("gost2012-256", "TCB"), ("gost2012-512", "A"), ("gost2012-512", "B")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """RSA key and certificates of the pretend bank as files, and the content."""
    own = pretend.bank_key()
    (tmp_path / "ca.pem").write_bytes(pretend.authority().certificate.public_bytes(Encoding.PEM))
    (tmp_path / "cert.pem").write_bytes(own.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "customer.pem").write_bytes(pretend.customer_key().certificate.public_bytes(Encoding.PEM))
    key = own.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "content").write_bytes(CONTENT)
    return tmp_path


def test_openssl_verifies_what_we_sign(folder: Path) -> None:
    (folder / "ours").write_bytes(sign_detached(CONTENT, pretend.bank_key(), at=NOW))
    command = ("cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "ours", "-CAfile", folder / "ca.pem")
    when = ("-purpose", "any", "-attime", str(int(NOW.timestamp())))
    assert openssl(*command, *when, "-content", folder / "content") == CONTENT
    (folder / "other").write_bytes(CONTENT + b" ")
    assert run("openssl", *command, *when, "-content", folder / "other").returncode != 0


def test_streaming_signers_are_understood_by_both(folder: Path) -> None:
    streamed = indefinite(sign_detached(CONTENT, pretend.bank_key(), at=NOW))
    (folder / "streamed").write_bytes(streamed)
    command = ("cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "streamed", "-CAfile", folder / "ca.pem")
    when = ("-purpose", "any", "-attime", str(int(NOW.timestamp())))
    assert openssl(*command, *when, "-content", folder / "content") == CONTENT
    assert verify_detached(streamed, CONTENT, policy(), NOW).signed_at == NOW


@pytest.mark.parametrize("options", [(), ("-nosmimecap",), ("-keyid",), ("-cades",), ("-md", "sha512")], ids=" ".join)
def test_we_verify_what_openssl_signs(folder: Path, options: tuple[str, ...]) -> None:
    theirs = openssl(
        *("cms", "-sign", "-binary", "-in", folder / "content", "-outform", "DER", *options),
        *("-signer", folder / "cert.pem", "-inkey", folder / "key.pem"),
    )
    verified = verify_detached(theirs, CONTENT, policy(), NOW)
    assert verified.certificate == pretend.bank_key().certificate
    assert verified.signed_at is not None
    with pytest.raises(Corrupt) as caught:
        verify_detached(theirs, CONTENT[3:], policy(), NOW)  # the byte order mark is signed too
    assert caught.value.code == "signature.invalid"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-nodetach",), "cms.shape"),
        (("-stream",), "cms.shape"),  # openssl puts the content inside then
        (("-noattr",), "cms.shape"),
        (("-nocerts",), "cms.shape"),
        (("-md", "sha1"), "signature.algorithm"),
        (("-md", "md5"), "signature.algorithm"),
        (("-keyopt", "rsa_padding_mode:pss"), "cms.shape"),
        (("-econtent_type", "1.2.3.4"), "cms.shape"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, tuple) else v,
)
def test_other_signatures_of_openssl_are_refused(folder: Path, options: tuple[str, ...], expected: str) -> None:
    theirs = openssl(
        *("cms", "-sign", "-binary", "-in", folder / "content", "-outform", "DER"),
        *("-signer", folder / "cert.pem", "-inkey", folder / "key.pem", *options),
    )
    with pytest.raises(Corrupt) as caught:
        verify_detached(theirs, CONTENT, policy(), NOW)
    assert caught.value.code == expected


@pytest.mark.parametrize("transport", sorted(KEY_TRANSPORTS))
def test_openssl_opens_our_envelopes(folder: Path, transport: str) -> None:
    certificates = (pretend.customer_key().certificate, pretend.bank_key().certificate)
    (folder / "envelope").write_bytes(encrypt(CONTENT, *certificates, transport=transport))
    command = ("cms", "-decrypt", "-binary", "-inform", "DER", "-in", folder / "envelope")
    assert openssl(*command, "-recip", folder / "cert.pem", "-inkey", folder / "key.pem") == CONTENT


@pytest.mark.parametrize("cipher", ["-aes128", "-aes192", "-aes256", "-des3"])
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-stream",),
        ("-keyid",),
        ("-recip", "cert.pem", "-keyopt", "rsa_padding_mode:oaep"),
        ("-recip", "cert.pem", "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"),
    ],
    ids=" ".join,
)
def test_we_open_envelopes_of_openssl(folder: Path, cipher: str, options: tuple[str, ...]) -> None:
    recipients = (folder / "customer.pem",) if "-recip" in options else (folder / "customer.pem", folder / "cert.pem")
    placed = [folder / o if o == "cert.pem" else o for o in options]
    command = ("cms", "-encrypt", "-binary", cipher, "-in", folder / "content", "-outform", "DER")
    theirs = openssl(*command, *placed, *recipients)
    assert decrypt(theirs, pretend.bank_key()) == CONTENT


@pytest.mark.parametrize(("name", "curve"), GOST_KINDS)
def test_openssl_verifies_our_gost_signatures(tmp_path: Path, name: str, curve: str) -> None:
    files = gost_files(name, curve)
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "ours").write_bytes(sign_detached(CONTENT, files.key(), at=datetime.now(UTC)))
    printed = openssl(
        *("cms", "-engine", "gost", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "ours"),
        *("-content", tmp_path / "content", "-CAfile", files.folder / "ca.pem", "-purpose", "any"),
    )
    assert printed == CONTENT


@pytest.mark.parametrize(("name", "curve"), GOST_KINDS)
def test_we_verify_gost_signatures_of_openssl(tmp_path: Path, name: str, curve: str) -> None:
    files = gost_files(name, curve)
    (tmp_path / "content").write_bytes(CONTENT)
    theirs = openssl(
        *("cms", "-engine", "gost", "-sign", "-binary", "-in", tmp_path / "content", "-outform", "DER"),
        *("-signer", files.folder / "cert.pem", "-inkey", files.folder / "plain.pem"),
    )
    at = datetime.now(UTC)
    verified = verify_detached(theirs, CONTENT, files.policy(), at)
    assert verified.certificate == files.key().certificate
    assert verified.anchor == files.anchor
    assert verified.algorithms == (name, "gostr3411" + name.removeprefix("gost"))
    with pytest.raises(Corrupt) as caught:
        verify_detached(theirs, CONTENT + b" ", files.policy(), at)
    assert caught.value.code == "signature.invalid"
    with pytest.raises(Corrupt) as caught:  # a profile that does not name GOST does not get it
        verify_detached(theirs, CONTENT, policy(anchors=(files.anchor,)), at)
    assert caught.value.code == "signature.algorithm"


@pytest.mark.parametrize("cipher", ["gost89", "magma-ctr-acpkm", "kuznyechik-ctr-acpkm"])
def test_we_open_gost_envelopes_of_openssl(tmp_path: Path, cipher: str) -> None:
    files = gost_files()
    (tmp_path / "content").write_bytes(CONTENT)
    command = ("cms", "-engine", "gost", "-encrypt", "-binary", f"-{cipher}", "-in", tmp_path / "content")
    theirs = openssl(*command, "-outform", "DER", files.folder / "cert.pem")
    assert decrypt(theirs, files.key()) == CONTENT


def test_openssl_opens_our_gost_envelopes(tmp_path: Path) -> None:
    files = gost_files()
    certificate = x509.load_pem_x509_certificate((files.folder / "cert.pem").read_bytes())
    (tmp_path / "envelope").write_bytes(encrypt(CONTENT, certificate))
    command = ("cms", "-engine", "gost", "-decrypt", "-binary", "-inform", "DER", "-in", tmp_path / "envelope")
    key = ("-recip", files.folder / "cert.pem", "-inkey", files.folder / "plain.pem")
    assert openssl(*command, *key) == CONTENT
