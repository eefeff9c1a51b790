"""A key on a PKCS#11 token: it never leaves the token, which signs and decrypts for us.

The token may be pulled out and put back while the service runs: what needs it then is `Unavailable`
(`signing.token_gone`), and the next use after its return logs in anew and looks its objects up again. The PIN is asked
from its keeper (the vault) at each log-in and held nowhere here.

Needs python-pkcs11 (`pip install kvit[token]`), which is imported when a token is first used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

from asn1crypto.algos import DigestInfo
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from gateway.core.errors import Corrupt, Refused, Unavailable
from gateway.signing.keys import KEY_TRANSPORTS
from gateway.signing.policy import HASHES, Algorithm
from gateway.signing.token_module import (
    RETRY_S,
    RefusedPins,
    RememberedHere,
    TokenFacts,
    TokenModule,
    TokenPlace,
    token_module,
)
from gateway.signing.token_objects import certificates, find_key

if TYPE_CHECKING:
    from pkcs11 import PrivateKey, Session

__all__ = ["RefusedPins", "RememberedHere", "TokenFacts", "TokenKey", "TokenPlace", "list_tokens", "look_for"]

T = TypeVar("T")

# What an answer of the token means, by the name of its error; everything else is worth one new session.
_WRONG_PIN = frozenset({"PinIncorrect", "PinInvalid", "PinLenRange"})
_BAD_INPUT = frozenset({"EncryptedDataInvalid", "EncryptedDataLenRange", "DataInvalid", "DataLenRange"})
_CANNOT = frozenset({"MechanismInvalid", "MechanismParamInvalid", "FunctionNotSupported", "ArgumentsBad"})


@dataclass(slots=True)
class _Held:
    """A key of a session; both end together."""

    session: Session
    key: PrivateKey
    serial: str
    asks_each_time: bool


class TokenKey:
    """An RSA key on a token: a `Signer` and a `Decryptor`. Safe for threads: one use at a time.

    Args:
        place: the token.
        pin: the PIN's keeper; asked at each log-in.
        key_label, key_id: which key, where the token has several; the id in hex.
        certificate: where it does not lie on the token, or so that a start does without the token.
        chain: of that certificate.
        refused: remembers PINs that were refused beyond this process.
        by_hand: a person has just typed the PIN: earlier refusals do not count, and the last try may be spent.

    Raises:
        Refused: `signing.token_not_installed`; without `certificate` also `signing.wrong_pin`, `signing.pin_locked`,
            `signing.pin_last_try`, `signing.pin_not_ready`, `signing.token_no_module`, `signing.token_ambiguous`,
            `signing.token_no_key`, `signing.token_many_keys`, `signing.token_no_certificate`, `signing.key_kind`.
        Unavailable: `signing.token_gone`, `signing.token_failed`, without `certificate` only.
    """

    def __init__(
        self,
        place: TokenPlace,
        pin: Callable[[], str],
        *,
        key_label: str = "",
        key_id: str = "",
        certificate: x509.Certificate | None = None,
        chain: tuple[x509.Certificate, ...] = (),
        refused: RefusedPins | None = None,
        by_hand: bool = False,
    ) -> None:
        self.place = place
        self._pin = pin
        self._key_label, self._key_id = key_label, bytes.fromhex(key_id)
        self._refused: RefusedPins = refused if refused is not None else RememberedHere()
        self._by_hand = by_hand
        self._module: TokenModule = token_module(place.module)
        self._held: _Held | None = None
        if certificate is None:
            certificate, chain = self._use(self._own_certificate)
        self._certificate, self._chain = certificate, chain
        if not isinstance(certificate.public_key(), rsa.RSAPublicKey):
            raise Refused("signing.key_kind", kind=type(certificate.public_key()).__name__)

    @property
    def certificate(self) -> x509.Certificate:
        return self._certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return self._chain

    def sign(self, octets: bytes, algorithm: Algorithm) -> bytes:
        """PKCS#1 v1.5 over `octets`, which are hashed here: only the hash goes to the token.

        Raises:
            Refused: `signing.key_cannot`, `signing.key_mismatch` (the certificate is another key's) and what a
                log-in may raise.
            Unavailable: `signing.token_gone`, `signing.token_failed`.
        """
        if not algorithm.name.startswith("rsa-") or algorithm.digest not in HASHES:
            raise Refused("signing.key_cannot", algorithm=algorithm.name)
        digest = hashlib.new(algorithm.digest, octets).digest()
        info = DigestInfo({"digest_algorithm": {"algorithm": algorithm.digest}, "digest": digest}).dump()
        value = self._use(lambda held: self._sign(held, info), signing=algorithm.name)
        self._check(value, octets, algorithm)
        return value

    def decrypt_key(self, wrapped: bytes, algorithm: str) -> bytes:
        """The content key that was encrypted to us.

        Raises:
            Refused: `signing.key_cannot_decrypt` (the key or the token does not know the algorithm) and what a
                log-in may raise.
            Corrupt: `cms.undecryptable`.
            Unavailable: `signing.token_gone`, `signing.token_failed`.
        """
        if algorithm not in KEY_TRANSPORTS:
            raise Refused("signing.key_cannot_decrypt", algorithm=algorithm)
        public = cast("rsa.RSAPublicKey", self._certificate.public_key())
        if len(wrapped) != public.key_size // 8:
            raise Corrupt("cms.undecryptable")
        try:
            return self._use(lambda held: self._decrypt(held, wrapped, algorithm), decrypting=algorithm)
        except Unavailable as failure:
            if failure.code != "signing.token_failed":
                raise
            # Some libraries say "general error" to a bad cryptogram. If ours is opened, theirs was bad.
            own = public.encrypt(b"kvit", KEY_TRANSPORTS[algorithm])
            if self._use(lambda held: self._decrypt(held, own, algorithm), decrypting=algorithm) != b"kvit":
                raise
            raise Corrupt("cms.undecryptable") from None

    def close(self) -> None:
        """Log out; a later use logs in again."""
        self._module.run(self._drop)

    def __repr__(self) -> str:
        return f"TokenKey({self.place.name!r}, {self._key_label or self._key_id.hex()!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key on a token stays there: it cannot be copied or pickled")

    def _check(self, value: bytes, octets: bytes, algorithm: Algorithm) -> None:
        """The token signed with the certificate's key, and rightly: a bank would only say "invalid"."""
        public = self._certificate.public_key()
        try:
            if not isinstance(public, rsa.RSAPublicKey):
                raise InvalidSignature
            public.verify(value, octets, padding.PKCS1v15(), HASHES[algorithm.digest])
        except InvalidSignature:
            subject = self._certificate.subject.rfc4514_string()
            raise Refused("signing.key_mismatch", subject=subject) from None

    def _use(self, action: Callable[[_Held], T], *, signing: str = "", decrypting: str = "") -> T:
        """Do something with the key; once more with a new session where the token does not answer any longer."""

        def tried() -> T:
            for _ in range(2):
                try:
                    return action(self._opened())
                except RuntimeError as failure:  # what pkcs11.PKCS11Error is, whose import waits for the first use
                    reason = type(failure).__name__
                    self._translate(failure, signing, decrypting)
                    self._drop()
            raise Unavailable("signing.token_failed", retry_after=RETRY_S, token=self.place.name, reason=reason)

        return self._module.run(tried)

    def _translate(self, failure: RuntimeError, signing: str, decrypting: str) -> None:
        """Raise what a second try would not change."""
        from pkcs11 import PKCS11Error

        if not isinstance(failure, PKCS11Error):
            raise failure
        name = type(failure).__name__
        if name in _WRONG_PIN and self._held is not None:
            raise self._module.refuse(self._held.serial, self._pin(), self._refused, self.place.name) from None
        if name == "PinLocked":
            raise Refused("signing.pin_locked", token=self.place.name) from None
        if name in _BAD_INPUT and decrypting:
            raise Corrupt("cms.undecryptable") from None
        if name in _CANNOT and decrypting:
            raise Refused("signing.key_cannot_decrypt", algorithm=decrypting) from None
        if name in _CANNOT and signing:
            raise Refused("signing.key_cannot", algorithm=signing) from None

    def _opened(self) -> _Held:
        held = self._held
        if held is not None and self._module.is_live(held.session):
            return held
        session = self._module.session(self.place, self._pin, self._refused, by_hand=self._by_hand)
        key, asks_each_time = find_key(session, self._key_label, self._key_id, self.place.name)
        serial = session.token.serial.decode("ascii", "replace").strip()
        self._held = _Held(session, key, serial, asks_each_time)
        return self._held

    def _sign(self, held: _Held, info: bytes) -> bytes:
        from pkcs11 import Mechanism, SignMixin

        if not isinstance(held.key, SignMixin):
            raise Refused("signing.key_cannot", algorithm="rsa")  # CKA_SIGN is false: a key for decryption only
        return held.key.sign(info, mechanism=Mechanism.RSA_PKCS, pin=self._again(held))

    def _decrypt(self, held: _Held, wrapped: bytes, algorithm: str) -> bytes:
        from pkcs11 import MGF, DecryptMixin, Mechanism

        if not isinstance(held.key, DecryptMixin):
            raise Refused("signing.key_cannot_decrypt", algorithm=algorithm)  # CKA_DECRYPT is false
        if algorithm == "rsa-pkcs1v15":
            how, parameters = Mechanism.RSA_PKCS, None
        else:
            oaep = (Mechanism.SHA_1, MGF.SHA1) if algorithm == "rsa-oaep-sha1" else (Mechanism.SHA256, MGF.SHA256)
            how, parameters = Mechanism.RSA_PKCS_OAEP, (*oaep, None)
        opened = held.key.decrypt(wrapped, mechanism=how, mechanism_param=parameters, pin=self._again(held))
        return cast("bytes", opened)  # an iterator only for an iterator

    def _again(self, held: _Held) -> str | None:
        """Some keys want the PIN again for every use (CKA_ALWAYS_AUTHENTICATE)."""
        return self._pin() if held.asks_each_time else None

    def _drop(self) -> None:
        if self._held is not None:
            if self._module.is_live(self._held.session):
                self._module.drop(self._held.serial)
            self._held = None

    def _own_certificate(self, held: _Held) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
        found = certificates(held.session, held.key)
        if not found:
            raise Refused("signing.token_no_certificate", token=self.place.name)
        return found[0], found[1:]


def list_tokens(module: str) -> list[TokenFacts]:
    """Every token that a library sees now.

    Raises:
        Refused: `signing.token_not_installed`, `signing.token_no_module`.
    """
    return token_module(module).tokens()


def look_for(place: TokenPlace) -> TokenFacts:
    """The token as it is now, without logging in.

    Raises:
        Refused: `signing.token_ambiguous`, `signing.token_not_installed`, `signing.token_no_module`.
        Unavailable: `signing.token_gone`.
    """
    return token_module(place.module).look_for(place)
