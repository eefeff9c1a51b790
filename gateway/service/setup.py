"""Making a home: folders, settings, database, vault; and joining it to the sandbox bank."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import ValidationError

from gateway.bank.bxd.profile import load_profile
from gateway.bank.sandbox.enrol import Enrolment
from gateway.core import requisites
from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.service.account import check_account, operator
from gateway.service.config import BANK_TEMPLATE, PROGRAM_PROFILES, TEMPLATE, Config, Home, load_config
from gateway.service.instance import running_pid
from gateway.service.open_keys import VAULT_SERVICE
from gateway.service.private_files import make_private_folder, write_private
from gateway.signing.master_key import CREDENTIAL, master_key_from_environment, new_master_key
from gateway.signing.vault import SealedVault, open_vault
from gateway.store import Store
from gateway.store.journal import head
from gateway.store.migrate import upgrade

if sys.platform == "win32":
    from gateway.signing.master_key import seal_master_key

SANDBOX_PROFILE = "sandbox"
SANDBOX_KEY = "sandbox.p12"
DIRECTBANK_PROFILE = "directbank-sandbox"
DIRECTBANK_KEY = "directbank-sandbox.p12"
CHECK_SERVICE, CHECK_USER, CHECK_VALUE = "kvit.check", "master-key", "opened"

# What may lie in a folder that becomes a home: IT puts keys and anchors there first, the sandbox bank is its own.
_KNOWN = {"data", "vault", "keys", "anchors", "profiles", "exchange", "run", "logs", "sandbox", "heads"}


@dataclass(frozen=True, slots=True)
class Company:
    """The company's requisites, as typed.

    Attributes:
        key: short and latin; the company's key in the database for ever.
        bank: the bank's name; `bic` and `corr_account` are that bank's.
    """

    key: str
    name: str
    inn: str = ""
    kpp: str = ""
    bic: str = ""
    bank: str = ""
    corr_account: str = ""
    language: str = "ru"

    def checked(self) -> Company:
        """Without spaces inside numbers.

        Raises:
            Refused: `requisites.*`; `setup.corr_account_needs_bic`.
        """
        if self.corr_account and not self.bic:
            raise Refused("setup.corr_account_needs_bic")
        return Company(
            key=self.key.strip(),
            name=" ".join(self.name.split()),
            inn=requisites.check_inn(self.inn) if self.inn else "",
            kpp=requisites.check_kpp(self.kpp) if self.kpp else "",
            bic=requisites.check_bic(self.bic) if self.bic else "",
            bank=" ".join(self.bank.split()),
            corr_account=requisites.check_correspondent(self.corr_account, self.bic) if self.corr_account else "",
            language=self.language,
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A new home.

    Attributes:
        vault: opened with this machine's master key; None where there is none: the home is whole then, but no secret
            can be kept yet.
        master_key_file: the key file that was written, None where none was asked for.
    """

    home: Home
    config: Config
    vault: SealedVault | None
    master_key_file: Path | None = None


def make_home(home: Home, company: Company, *, master_key_to: Path | None = None, clock: Clock | None = None) -> Made:
    """Make a home where none is. Interrupted, it can be called again: the settings are written last.

    Args:
        master_key_to: write a new master key into this file (or `kvit-master` in this folder) and use it.

    Raises:
        Refused: `config.exists`, `setup.not_empty`, `setup.wrong_value`, `setup.key_file_exists`, `requisites.*`.
    """
    if home.config_file.exists():
        raise Refused("config.exists", home=str(home.root))
    company = company.checked()
    text = settings_text(company)
    config = parse_settings(text)
    _check_folder(home)
    key_file = _key_file(master_key_to) if master_key_to else None
    make_tree(home, config)
    url = home.database_url(config)
    upgrade(url)
    _register(Store(url, clock or SystemClock(), company.key), company)
    vault = _vault(home, key_file)
    write_private(home.config_file, text.encode("utf-8"))
    return Made(home, config, vault, key_file)


def upgrade_home(home: Home) -> bool:
    """Bring the database of an existing home up to date; True when something changed.

    Raises:
        Refused: `config.*`, `service.already_running`, `store.newer`. Unavailable: `store.unreachable`.
    """
    check_account(home)
    config = load_config(home)
    pid = running_pid(home.run)
    if pid is not None:
        raise Refused("service.already_running", pid=pid, home=str(home.root))
    make_tree(home, config)
    return upgrade(home.database_url(config))


def make_tree(home: Home, config: Config) -> None:
    """The folders of a home, readable by their owner only; those that exist are left as they are, but for the home."""
    make_private_folder(home.root, tighten=True)
    for folder in (home.data, home.vault_file.parent, home.keys, home.anchors, home.profiles, home.run, home.logs):
        make_private_folder(folder)
    exchange = home.exchange(config)
    for folder in (exchange, *(exchange / name for name in ("in", "out", "done", "rejected"))):
        make_private_folder(folder)


def settings_text(company: Company) -> str:
    """kvit.toml of a new home."""
    return TEMPLATE.format(**{name: _quoted(value) for name, value in asdict(company).items()})


def parse_settings(text: str) -> Config:
    """The same checks as at every start, before anything is written.

    Raises:
        Refused: `setup.wrong_value` naming the option.
    """
    try:
        return Config.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        first = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else None
        field = ".".join(str(part) for part in first["loc"]) if first else "kvit.toml"
        detail = first["msg"] if first else str(error)[:200]
        raise Refused("setup.wrong_value", field=field, detail=detail) from None


def connect_sandbox(
    home: Home,
    enrolment: Enrolment,
    vault: SealedVault,
    *,
    accounts: Sequence[str] = (),
    poll_every_s: int = 300,
) -> None:
    """Make a home a customer of the sandbox bank: anchors, key, pass phrase, a [[bank]] table.

    Args:
        accounts: those this channel is for; all of them by default.

    Raises:
        Refused: `setup.bank_exists`.
    """
    config = load_config(home)
    if any(bank.profile == SANDBOX_PROFILE for bank in config.bank):
        raise Refused("setup.bank_exists", profile=SANDBOX_PROFILE)
    trust = load_profile(PROGRAM_PROFILES / f"{SANDBOX_PROFILE}.toml").trust
    write_private(home.anchors / trust.tls_anchors[0], enrolment.tls_anchors)
    write_private(home.anchors / trust.signing_anchors[0], enrolment.signing_anchors)
    write_private(home.keys / SANDBOX_KEY, enrolment.pkcs12)
    vault.set_password(VAULT_SERVICE, SANDBOX_PROFILE, enrolment.passphrase)
    table = BANK_TEMPLATE.format(
        profile=SANDBOX_PROFILE,
        customer_id=enrolment.customer_id,
        url=enrolment.url,
        key=SANDBOX_KEY,
        accounts=list(accounts or enrolment.accounts),
        poll_every_s=poll_every_s,
    )
    text = home.config_file.read_text(encoding="utf-8") + table
    parse_settings(text)
    write_private(home.config_file, text.encode("utf-8"))


def connect_directbank(
    home: Home, enrolment: Enrolment, vault: SealedVault, accounts: Sequence[str], *, poll_every_s: int = 300
) -> None:
    """The same bank by its second protocol, for these accounts: a login with its password in the vault, and the
    sandbox's key to sign payment orders with. `connect_sandbox` comes first.

    Raises:
        Refused: `setup.bank_exists`.
    """
    config = load_config(home)
    if any(bank.profile == DIRECTBANK_PROFILE for bank in config.bank):
        raise Refused("setup.bank_exists", profile=DIRECTBANK_PROFILE)
    # A copy: each agreement keeps and renews its own.
    write_private(home.keys / DIRECTBANK_KEY, enrolment.pkcs12)
    vault.set_password(VAULT_SERVICE, DIRECTBANK_PROFILE, enrolment.passphrase)
    vault.set_password(VAULT_SERVICE, f"{DIRECTBANK_PROFILE}.login", enrolment.directbank_password)
    table = BANK_TEMPLATE.format(
        profile=DIRECTBANK_PROFILE,
        customer_id=enrolment.customer_id,
        url=enrolment.directbank_url,
        key=DIRECTBANK_KEY,
        accounts=list(accounts),
        poll_every_s=poll_every_s,
    )
    text = f'{home.config_file.read_text(encoding="utf-8")}{table}login = "{enrolment.directbank_login}"\n'
    parse_settings(text)
    write_private(home.config_file, text.encode("utf-8"))


def _check_folder(home: Home) -> None:
    """A home is not made among strangers' files."""
    if home.root.is_dir():
        strangers = sorted(e.name for e in home.root.iterdir() if e.name not in _KNOWN and not e.name.startswith("."))
        if strangers:
            raise Refused("setup.not_empty", home=str(home.root), found=", ".join(strangers[:3]))


def _register(store: Store, company: Company) -> None:
    """The journal begins with whose it is."""
    try:
        with store.unit(operator()) as unit:
            if head(unit.connection).seq:
                return
            unit.journal("company.registered", f"company:{company.key}", name=company.name, inn=company.inn)
            unit.commit()
    finally:
        store.close()


def _key_file(given: Path) -> Path:
    """The path of the new master key file; nothing is ever overwritten, the old key may be the only one."""
    file = given.expanduser().resolve()
    if file.is_dir():
        file = file / CREDENTIAL
    if file.exists():
        raise Refused("setup.key_file_exists", file=str(file))
    return file


def master_key_here(home: Home) -> bool:
    """Whether this machine hands out a master key now."""
    return _machine_key(home) is not None


def _vault(home: Home, key_file: Path | None) -> SealedVault | None:
    """The vault, tried; None when this machine hands out no master key."""
    if key_file is not None:
        key = new_master_key()
        make_private_folder(key_file.parent)
        write_private(key_file, key)
    else:
        found = _machine_key(home)
        if found is None:
            return None
        key = found
    vault = open_vault(home.vault_file, key)
    # The doctor reads it to tell a wrong master key from a missing pass phrase.
    vault.set_password(CHECK_SERVICE, CHECK_USER, CHECK_VALUE)
    return vault


def _machine_key(home: Home) -> bytes | None:
    if sys.platform == "win32" and not home.sealed_master_key.exists():
        seal_master_key(new_master_key(), home.sealed_master_key)
    try:
        return master_key_from_environment(home.sealed_master_key)
    except Refused as error:
        if error.code != "vault.no_master_key":
            raise
        return None


def _quoted(value: str) -> str:
    """Fit to stand between the double quotes of a TOML string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped)
