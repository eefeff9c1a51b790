"""What lies on a token: private keys and certificates.

Called in the module's thread (`TokenModule.run`); `seen_without_pin` from anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509

from gateway.core.errors import Corrupt, Refused
from gateway.signing.token_module import TokenPlace, token_module
from gateway.signing.trust import common_name, read_certificate

if TYPE_CHECKING:
    from pkcs11 import Attribute, Object, PrivateKey, Session

_LONGEST_CHAIN = 4


@dataclass(frozen=True, slots=True)
class OnToken:
    """A certificate on a token, as it can be seen without a PIN.

    Attributes:
        id: hex, the same as its key's.
    """

    label: str
    id: str
    certificate: x509.Certificate

    @property
    def owner(self) -> str:
        return common_name(self.certificate) or self.certificate.subject.rfc4514_string()


def find_key(session: Session, label: str, key_id: bytes, token: str) -> tuple[PrivateKey, bool]:
    """The private key that is meant, and whether it wants the PIN for every use.

    Raises:
        Refused: `signing.token_no_key`, `signing.token_many_keys`, `signing.key_kind`.
        pkcs11.PKCS11Error: the token fails.
    """
    from pkcs11 import Attribute, KeyType, ObjectClass, PrivateKey

    wanted: dict[Attribute, object] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    if label:
        wanted[Attribute.LABEL] = label
    if key_id:
        wanted[Attribute.ID] = key_id
    found = [item for item in session.get_objects(wanted) if isinstance(item, PrivateKey)]
    named = label or key_id.hex()
    if not found:
        raise Refused("signing.token_no_key", token=token, key=named)
    if len(found) > 1:
        raise Refused("signing.token_many_keys", token=token, count=len(found))
    kind = found[0][Attribute.KEY_TYPE]
    if kind != KeyType.RSA:
        raise Refused("signing.key_kind", kind=getattr(kind, "name", str(kind)))
    return found[0], bool(_value(found[0], Attribute.ALWAYS_AUTHENTICATE))


def certificates(session: Session, key: PrivateKey) -> tuple[x509.Certificate, ...]:
    """The certificate of `key` and its issuers, as far as they lie on the token; empty where there is none.

    A certificate belongs to a key by its id, as PKCS#11 says (CKA_ID); where the key has none, by its label. Of
    several (a renewed one beside the old) the one counts that ends last.

    Raises:
        pkcs11.PKCS11Error: the token fails.
    """
    from pkcs11 import Attribute

    stored = _stored(session)
    own_id, own_label = _octets(key, Attribute.ID).hex(), str(_value(key, Attribute.LABEL) or "")
    own = [c.certificate for c in stored if (c.id == own_id if own_id else c.label == own_label)]
    if not own:
        return ()
    leaf = max(own, key=lambda c: c.not_valid_after_utc)
    chain = [leaf]
    while len(chain) < _LONGEST_CHAIN:
        issuer = next((c.certificate for c in stored if c.certificate.subject == chain[-1].issuer), None)
        if issuer is None or issuer in chain:
            break
        chain.append(issuer)
    return tuple(chain)


def seen_without_pin(place: TokenPlace) -> list[OnToken]:
    """The certificates anybody can read, for choosing a key and for the doctor.

    Raises:
        Refused, Unavailable: see `gateway.signing.token.look_for`.
    """
    module = token_module(place.module)

    def seen() -> list[OnToken]:
        session = module.public_session(place)
        try:
            return _stored(session)
        finally:
            session.close()

    return module.run(seen)


def _stored(session: Session) -> list[OnToken]:
    """All readable X.509 certificates; a broken one is nobody's."""
    from pkcs11 import Attribute, ObjectClass

    found: list[OnToken] = []
    for item in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        try:
            certificate = read_certificate(_octets(item, Attribute.VALUE))
        except Corrupt:
            continue
        label, key_id = str(_value(item, Attribute.LABEL) or ""), _octets(item, Attribute.ID).hex()
        found.append(OnToken(label, key_id, certificate))
    return found


def _octets(item: Object, attribute: Attribute) -> bytes:
    value = _value(item, attribute)
    return value if isinstance(value, bytes) else b""


def _value(item: Object, attribute: Attribute) -> object:
    """An attribute, None where the token does not have it or does not show it."""
    from pkcs11 import AttributeSensitive, AttributeTypeInvalid, FunctionFailed

    try:
        return item[attribute]
    except (AttributeTypeInvalid, AttributeSensitive, FunctionFailed, KeyError):
        return None
