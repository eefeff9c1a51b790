"""Keys and secrets of credit broking, in the vault and nowhere else."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import date

from gateway.flows.terms import Terms
from gateway.loans.lenders.standing import Keys
from gateway.loans.personal import KEY_LENGTH, Sealer
from gateway.loans.terms import LoanTerms
from gateway.service.config import Config
from gateway.service.config_loans import loan_terms
from gateway.signing.vault import SealedVault

VAULT_SERVICE = "kvit.loans"
PERSONAL, SESSIONS = "personal", "sessions"


def vault_key(vault: SealedVault, name: str) -> bytes:
    """A key of 32 bytes that is kept in the vault, made at first use.

    Raises:
        Corrupt: `vault.unreadable`, `vault.wrong_key`.
    """
    kept = vault.get_password(VAULT_SERVICE, name)
    if kept is None:
        kept = base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode("ascii")
        vault.set_password(VAULT_SERVICE, name, kept)
    return base64.b64decode(kept, validate=True)


def loans_of(config: Config, terms: Terms, vault: Callable[[], SealedVault]) -> LoanTerms | None:
    """The terms of loans, with the key personal data is sealed with; None in a company that brokers none.

    Raises:
        Refused, Corrupt: `vault.*`.
    """
    if config.loans is None:
        return None
    return loan_terms(config.loans, config.lender, terms, Sealer(vault_key(vault(), PERSONAL)))


def token_name(lender: str) -> str:
    """Under which a lender's token stands in the vault."""
    return f"{lender}.token"


def token_end_name(lender: str) -> str:
    """Under which the last day of a lender's token stands beside it."""
    return f"{lender}.token_until"


def keys_of(vault: SealedVault, lender: str) -> Keys:
    """What the vault holds for a lender.

    Raises:
        Corrupt: `vault.unreadable`, `vault.wrong_key`.
    """
    until = vault.get_password(VAULT_SERVICE, token_end_name(lender))
    return Keys(
        token=bool(vault.get_password(VAULT_SERVICE, token_name(lender))),
        hints=bool(vault.get_password(VAULT_SERVICE, hint_secret_name(lender))),
        until=date.fromisoformat(until) if until else None,
    )


def keep_token(vault: SealedVault, lender: str, token: str, until: date | None) -> None:
    """Put a lender's token into the vault; its last day replaces that of the one before, also by nothing.

    Raises:
        Corrupt: `vault.unreadable`.
    """
    vault.set_password(VAULT_SERVICE, token_name(lender), token)
    vault.set_password(VAULT_SERVICE, token_end_name(lender), until.isoformat() if until else "")


def hint_secret_name(lender: str) -> str:
    """Under which the secret of a lender's webhooks stands in the vault."""
    return f"{lender}.hints"
