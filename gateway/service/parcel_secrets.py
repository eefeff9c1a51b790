"""Passwords of carriers and of message gateways: in the vault and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.errors import Refused
from gateway.service.config import Config
from gateway.signing.vault import SealedVault

VAULT_SERVICE = "kvit.parcels"
SMPP, HTTP, MAIL = "smpp", "http", "mail"


def names(config: Config) -> tuple[str, ...]:
    """What this configuration needs secrets for: "carrier.post", "notify.smpp"."""
    found = [f"carrier.{table.key}" for table in config.carrier]
    ways = ((SMPP, config.notify.smpp), (HTTP, config.notify.http))
    found += [f"notify.{name}" for name, table in ways if table is not None]
    if config.notify.mail is not None and config.notify.mail.user:
        found.append(f"notify.{MAIL}")
    return tuple(found)


def check_name(config: Config, name: str) -> None:
    """
    Raises:
        Refused: `parcel.no_such_account` when the configuration has no account of this name.
    """
    if name not in names(config):
        raise Refused("parcel.no_such_account", name=name[:40], known=", ".join(names(config)) or "—")


def keep(vault: SealedVault, name: str, secret: str) -> None:
    """Put a secret into the vault.

    Raises:
        Corrupt: `vault.unreadable`.
    """
    vault.set_password(VAULT_SERVICE, name, secret)


def has(vault: SealedVault, name: str) -> bool:
    """Whether it was put there."""
    return bool(vault.get_password(VAULT_SERVICE, name))


def reader(vault: SealedVault, name: str) -> Callable[[], str]:
    """Gives a secret each time it is needed.

    Raises (when called):
        Refused: `parcel.no_secret`.
    """

    def read() -> str:
        found = vault.get_password(VAULT_SERVICE, name)
        if not found:
            raise Refused("parcel.no_secret", name=name)
        return found

    return read
