"""Which PINs were refused, kept in the vault: a restart of the service must not spend another try."""

from __future__ import annotations

from contextlib import suppress

from keyring.errors import PasswordDeleteError

from gateway.signing.vault import SealedVault

_SERVICE = "kvit.refused-pin"


class VaultPins:
    """Remembers, for each token, the PIN it refused last; sealed like every other secret.

    The PIN itself is kept, not a digest: a PIN of a few digits is found from its digest at once.
    """

    def __init__(self, vault: SealedVault) -> None:
        self._vault = vault

    def is_refused(self, serial: str, pin: str) -> bool:
        return self._vault.get_password(_SERVICE, serial) == pin

    def remember(self, serial: str, pin: str) -> None:
        self._vault.set_password(_SERVICE, serial, pin)

    def forget(self, serial: str) -> None:
        if self._vault.get_password(_SERVICE, serial) is not None:
            with suppress(PasswordDeleteError):  # another process was faster
                self._vault.delete_password(_SERVICE, serial)
