"""Putting the house together: from a home folder to objects that work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from gateway.bank.bxd import profile as bxd
from gateway.bank.bxd import response
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.channel import Channel
from gateway.bank.directbank import profile as directbank
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.memory import StoredMemory
from gateway.bank.directbank.session import CertificateLogon, PasswordLogon
from gateway.bank.profiles import BankProfile, Judge, Prove, load_judge, load_profile
from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.flows.terms import Terms
from gateway.orders.numbers import read_again
from gateway.service.broker_keys import loans_of
from gateway.service.config import PROGRAM_PROFILES, BankTable, Config, Home, load_config, terms_of
from gateway.service.config_parcels import with_parcels
from gateway.service.evidence_keeper import HeadKeeper
from gateway.service.key_slot import slots_of
from gateway.service.open_keys import VAULT_SERVICE, signing_key, tls_key
from gateway.signing.keys import Pkcs12Key
from gateway.signing.master_key import master_key_from_environment
from gateway.signing.vault import SealedVault, open_vault
from gateway.store import Store
from gateway.store.migrate import upgrade


@dataclass(frozen=True, slots=True)
class Bank:
    """One configured bank: its profile, our agreement and the channel to it."""

    table: BankTable
    profile: BankProfile
    channel: Channel

    def terms(self, house: Terms) -> Terms:
        """The house's terms with this bank's habits in place of the strictest of all banks."""
        facts = self.profile.facts
        return replace(
            house,
            ids_restart_yearly=facts.bank_ids == "per_year",
            ids_unstable=facts.bank_ids == "unstable",
            closing_always_debit=facts.closing_balance == "always_debit",
        )

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
    read_again(store)
    terms = terms_of(
        config,
        # One rule for the house: the strictest of its banks.
        accepts_channel=bool(profiles) and all("channel" in p.facts.release for p in profiles),
        ids_restart_yearly=any(p.facts.bank_ids == "per_year" for p in profiles),
        ids_unstable=any(p.facts.bank_ids == "unstable" for p in profiles),
    )
    loans = loans_of(config, terms, partial(vault_of, home))
    terms = replace(with_parcels(terms, config), loans=loans)
    return Installation(home=home, config=config, clock=clock, store=store, terms=terms)


def profile_of(home: Home, bank: BankTable) -> BankProfile:
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


def channel_name(profile: BankProfile) -> str:
    """What the channel of this profile calls itself: "bxd:sandbox"."""
    return f"{profile.protocol}:{profile.name}"


def judge_of(home: Home, table: BankTable) -> Judge:
    """Whom a bank entry believes.

    Raises:
        Refused: `config.no_profile`, `bank.profile_*`, `bank.anchor_unreadable`.
    """
    return load_judge(profile_of(home, table), home.anchors)


def prover_of(home: Home, table: BankTable) -> Prove:
    """What verifies a stored reply of a bank once more: offline, without a channel, and without keys unless the bank
    encrypts.

    Raises:
        Refused: `config.no_profile`, `bank.profile_*`, `bank.anchor_unreadable`; see `bxd_trust`.
    """
    profile = profile_of(home, table)
    if isinstance(profile, bxd.Profile) and profile.encryption:
        rules = bxd_trust(home, vault_of(home), table, profile).rules
        return lambda reply, at: response.prove(reply, rules, at)
    return judge_of(home, table).prove


def bxd_trust(home: Home, vault: SealedVault, table: BankTable, profile: bxd.Profile) -> bxd.BankTrust:
    """Whom a bxd bank's entry believes, with our keys for what that bank encrypts to us.

    Raises:
        Refused: `bank.anchor_unreadable`, `certificates.no_encryption_key`, `config.no_passphrase`, `signing.*`,
            `vault.*`.
    """
    trust = bxd.load_trust(profile, home.anchors)
    return trust.opening_with(slots_of(home, vault, table, profile).decryptors()) if profile.encryption else trust


def memory_of(store: Store, profile: BankProfile) -> StoredMemory:
    """Where a DirectBank channel keeps what waits for a person; `kvit bank otp` and `resume` work on it."""
    return StoredMemory(store, channel_name(profile))


def vault_of(home: Home) -> SealedVault:
    """The vault, opened with the master key this machine hands to the service.

    Raises:
        Refused: `vault.*`.
    """
    return open_vault(home.vault_file, master_key_from_environment(home.sealed_master_key))


def login_password(vault: SealedVault, table: BankTable) -> str:
    """The password of a bank entry's login, kept in the vault under "<profile>.login".

    Raises:
        Refused: `config.no_login`, `vault.*`.
    """
    found = vault.get_password(VAULT_SERVICE, f"{table.profile}.login")
    if found is None:
        raise Refused("config.no_login", profile=table.profile, login=table.login)
    return found


def keep_login_password(home: Home, table: BankTable, password: str) -> None:
    """Put the password of a bank entry's login into the vault.

    Raises:
        Refused: `vault.*`.
    """
    vault_of(home).set_password(VAULT_SERVICE, f"{table.profile}.login", password)


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
    profile = profile_of(installation.home, table)
    if isinstance(profile, directbank.DirectBankProfile):
        return Bank(table, profile, _open_directbank(installation, vault, table, profile))
    home = installation.home
    key = signing_key(home, vault, table)
    channel = BxdChannel(
        profile,
        bxd.Agreement(table.customer_id, table.target_id, url=table.url),
        bxd_trust(home, vault, table, profile),
        installation.clock,
        key,
        key if isinstance(key, Pkcs12Key) and not table.tls_key else tls_key(home, vault, table),
    )
    return Bank(table, profile, channel)


def _open_directbank(
    installation: Installation, vault: SealedVault, table: BankTable, profile: directbank.DirectBankProfile
) -> DirectBankChannel:
    """With a login: by password, and a signing key only where one is there. Without: by the certificate."""
    home, company = installation.home, installation.config.company
    key = None if keyless(home, table) else signing_key(home, vault, table)
    logon: PasswordLogon | CertificateLogon
    if table.login:
        password = partial(login_password, vault, table)
        password()  # a missing one is said now, not at the first poll
        logon = PasswordLogon(table.login, password)
    else:
        assert key is not None
        logon = CertificateLogon(key)
    return DirectBankChannel(
        profile,
        directbank.Agreement(
            table.customer_id, company.name, company.inn, company.kpp, tuple(table.accounts), table.url
        ),
        directbank.load_trust(profile, home.anchors),
        installation.clock,
        memory_of(installation.store, profile),
        logon,
        key,
        tls_key(home, vault, table) if table.tls_key else None,
    )


def keyless(home: Home, table: BankTable) -> bool:
    """A password logs on, and no key was ever put in place: statements need none."""
    return bool(table.login) and table.key_kind == "pkcs12" and not (home.keys / table.key).is_file()
