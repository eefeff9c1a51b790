"""Which pass phrase opens which key file.

A pass phrase kept under the digest of a file belongs to that very file, so a key is exchanged by renaming one file and
nothing else: whichever of the two is there after a power cut, its pass phrase is there too. A file that somebody put
in place by hand (`kvit bank key`) has its pass phrase under the name of its agreement.
"""

from __future__ import annotations

import hashlib

from keyring.errors import PasswordDeleteError

from gateway.signing.vault import SealedVault

VAULT_SERVICE = "kvit.bank"


def passphrase_of(vault: SealedVault, user: str, content: bytes) -> str | None:
    """The pass phrase of a key file.

    Args:
        user: the agreement's name in the vault: the profile, "<profile>.tls", "<profile>.encryption".
        content: the file.

    Raises:
        Corrupt: `vault.*`.
    """
    own = vault.get_password(VAULT_SERVICE, _of_file(user, content))
    return own if own is not None else vault.get_password(VAULT_SERVICE, user)


def remember(vault: SealedVault, user: str, content: bytes, passphrase: str) -> None:
    """Keep the pass phrase of a file that is about to be written.

    Raises:
        Corrupt: `vault.*`.
    """
    vault.set_password(VAULT_SERVICE, _of_file(user, content), passphrase)


def forget(vault: SealedVault, user: str, content: bytes) -> None:
    """Drop the pass phrase of a file that is no more; nothing happens where there is none.

    Raises:
        Corrupt: `vault.*`.
    """
    try:
        vault.delete_password(VAULT_SERVICE, _of_file(user, content))
    except PasswordDeleteError:
        return


def _of_file(user: str, content: bytes) -> str:
    return f"{user}#{hashlib.sha256(content).hexdigest()[:32]}"
