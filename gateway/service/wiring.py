"""Putting the house together: from a home folder to objects that work."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, Profile, load_profile, load_trust
from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.flows.terms import Terms
from gateway.service.config import PROGRAM_PROFILES, BankTable, Config, Home, load_config, terms_of
from gateway.service.evidence_keeper import HeadKeeper
from gateway.service.open_keys import signing_key, tls_key
from gateway.signing.keys import Pkcs12Key
from gateway.signing.master_key import master_key_from_environment
from gateway.signing.vault import SealedVault, open_vault
from gateway.store import Store
from gateway.store.migrate import upgrade


@dataclass(frozen=True, slots=True)
class Bank:
    """One configured bank: its profile, our agreement and the channel to it."""

    table: BankTable
    profile: Profile
    channel: BxdChannel

    def title(self, language: str = "ru") -> str:
        return self.profile.title_ru if language == "ru" else self.profile.title_en


@dataclass(frozen=True, slots=True)
class Installation:
    """An opened home."""

    home: Home
    config: Config
    clock: Clock
    store: Store
    terms: Terms

    def close(self) -> None:
        self.store.close()


def open_installation(home: Home, clock: Clock | None = None) -> Installation:
    """Read the configuration and open the database, bringing it up to date.

    Raises:
        Refused: `config.*`, `store.newer`. Unavailable: `store.unreachable`.
    """
    config = load_config(home)
    clock = clock or SystemClock()
    url = home.database_url(config)
    if not config.database.url:
        home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(url)
    profiles = [profile_of(home, bank) for bank in config.bank]
    store = Store(url, clock, config.company.key)
    store.keeper = HeadKeeper(home, config)
    return Installation(
        home=home,
        config=config,
        clock=clock,
        store=store,
        terms=terms_of(
            config,
            # One rule for the house: the strictest of its banks.
            accepts_channel=bool(profiles) and all("channel" in p.facts.release for p in profiles),
            ids_restart_yearly=any(p.facts.bank_ids == "per_year" for p in profiles),
        ),
    )


def profile_of(home: Home, bank: BankTable) -> Profile:
    """The profile a bank entry names: the installation's own before the program's.

    Raises:
        Refused: `config.no_profile`, `bank.profile_*`, `bank.no_test_environment`.
    """
    for folder in (home.profiles, PROGRAM_PROFILES):
        file = folder / f"{bank.profile}.toml"
        if file.is_file():
            profile = load_profile(file)
            return profile.in_test() if bank.test else profile
    known = sorted({f.stem for folder in (home.profiles, PROGRAM_PROFILES) for f in folder.glob("*.toml")})
    raise Refused("config.no_profile", profile=bank.profile, known=", ".join(known) or "—")


def vault_of(home: Home) -> SealedVault:
    """The vault, opened with the master key this machine hands to the service.

    Raises:
        Refused: `vault.*`.
    """
    return open_vault(home.vault_file, master_key_from_environment(home.sealed_master_key))


def open_banks(installation: Installation) -> list[Bank]:
    """Channels to all configured banks, with keys opened from the vault.

    Raises:
        Refused: `config.no_key`, `config.no_passphrase`, `signing.*`, `vault.*`, `bank.*`.
    """
    if not installation.config.bank:
        return []
    vault = vault_of(installation.home)
    return [_open_bank(installation, vault, table) for table in installation.config.bank]


def _open_bank(installation: Installation, vault: SealedVault, table: BankTable) -> Bank:
    home = installation.home
    profile = profile_of(home, table)
    key = signing_key(home, vault, table)
    channel = BxdChannel(
        profile,
        Agreement(table.customer_id, table.target_id, url=table.url),
        load_trust(profile, home.anchors),
        installation.clock,
        key,
        key if isinstance(key, Pkcs12Key) and not table.tls_key else tls_key(home, vault, table),
    )
    return Bank(table, profile, channel)
