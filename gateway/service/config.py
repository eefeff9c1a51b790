"""The home of an installation and its configuration file.

<home>/kvit.toml          what IT edits; no secret ever
<home>/data/kvit.db       the database
<home>/vault/secrets.json sealed secrets: pass phrases, tokens
<home>/keys/              key files, closed by pass phrases from the vault, and certificates of keys that lie elsewhere
<home>/anchors/           the bank's public certificates
<home>/profiles/          bank profiles of this installation (before those that come with the program)
<home>/exchange/          1C's folder: in, out, done, rejected
<home>/run/               lock, connection of the tray, due times
<home>/logs/
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gateway.core.errors import Refused
from gateway.core.workdays import WorkHours
from gateway.flows.terms import OwnCompany, Terms
from gateway.service.config_loans import LenderTable, LoansTable, WebTable
from gateway.service.config_matching import MatchingTable, dated_policies, policy_of
from gateway.service.config_outgoing import OutgoingTable, outgoing_terms
from gateway.service.config_parcels import AgentTable, CarrierTable, CodTariffTable, NotifyTable, ParcelsTable

CONFIG_FILE = "kvit.toml"
KeyKind = Literal["pkcs12", "token", "gost", "windows"]
PROGRAM_PROFILES = Path(__file__).resolve().parents[2] / "certs" / "profiles"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CompanyTable(_Part):
    """Ourselves, as our documents name us."""

    key: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    name: str = Field(min_length=1)
    inn: str = ""
    kpp: str = ""
    bic: str = ""
    bank: str = ""
    corr_account: str = ""
    zone: str = "Europe/Moscow"
    language: Literal["ru", "en"] = "ru"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError) as error:
            raise ValueError(f"unknown time zone {name}") from error
        return name


class DatabaseTable(_Part):
    """Where the data are; an empty URL means SQLite in `data/`."""

    url: str = ""


class TokenTable(_Part):
    """`[bank.token]`: a key on a PKCS#11 token. `kvit bank tokens` shows what to write here."""

    module: str = Field(min_length=1)
    token_label: str = ""
    serial: str = ""
    key_label: str = ""
    key_id: str = Field(default="", pattern=r"^([0-9a-fA-F]{2})*$")

    @model_validator(mode="after")
    def _names_a_token(self) -> Self:
        if not self.token_label and not self.serial:
            raise ValueError("token_label or serial is needed")
        return self


class WindowsTable(_Part):
    """`[bank.windows]`: a key in the Windows certificate store."""

    store: Literal["CurrentUser", "LocalMachine"] = "LocalMachine"
    thumbprint: str = ""
    subject: str = ""

    @field_validator("thumbprint")
    @classmethod
    def _forty_digits(cls, text: str) -> str:
        """As the certificate dialog shows it: spaces, capitals, and an invisible mark before the first digit."""
        digits = "".join(c for c in text.lower() if c.isalnum())
        if digits and not re.fullmatch("[0-9a-f]{40}", digits):
            raise ValueError("a thumbprint is 40 hexadecimal digits")
        return digits

    @model_validator(mode="after")
    def _names_a_certificate(self) -> Self:
        if not self.thumbprint and not self.subject:
            raise ValueError("thumbprint or subject is needed")
        return self


class BankTable(_Part):
    """One agreement with one bank.

    `key_kind` says where the key is that signs (and decrypts): "pkcs12", the file `key`; "token", see `token`; "gost",
    the file `key` (PKCS#12, or PKCS#8 with its `certificate` beside); "windows", see `windows`. The TLS connection
    always uses a PKCS#12 file: `tls_key`, or `key` where that signs too.

    Attributes:
        customer_id: ours at the bank: up to 16 characters for bxd, 50 for DirectBank ("0" until the bank tells it).
        login: DirectBank: log on with a password, which is in the vault; "" logs on with the certificate.
        certificate: a file in keys/: of a GOST key in PKCS#8, or of a token's key.
        encryption_key: a PKCS#12 file in keys/, for a bank that encrypts its answers to a key of its own.
        test: the bank's test environment, as its profile says.
        renew_days_before: a certificate with fewer days left is renewed by the service; 0 leaves it to a person.
    """

    profile: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    customer_id: str = Field(min_length=1, max_length=50)
    target_id: str = ""
    login: str = ""
    url: str = ""
    key_kind: KeyKind = "pkcs12"
    key: str = "bank.p12"
    certificate: str = ""
    tls_key: str = ""
    encryption_key: str = ""
    test: bool = False
    renew_days_before: int = Field(default=60, ge=0, le=365)
    token: TokenTable | None = None
    windows: WindowsTable | None = None
    accounts: list[str] = []
    poll_every_s: int = Field(default=300, ge=1, le=86400)

    @model_validator(mode="after")
    def _says_where_its_key_is(self) -> Self:
        for kind, table in (("token", self.token), ("windows", self.windows)):
            if (self.key_kind == kind) != (table is not None):
                raise ValueError(f'key_kind = "{kind}" and the table [bank.{kind}] belong together')
        return self


class TradeTable(_Part):
    """How we trade."""

    small_order_pieces: int = Field(default=5, ge=0, le=1000)
    call_minutes: int = Field(default=15, ge=1, le=1440)
    opens: time = time(9, 0)
    closes: time = time(18, 0)
    also_weekdays: list[int] = []


class ExchangeTable(_Part):
    """1C's folder."""

    folder: str = "exchange"
    look_every_s: float = Field(default=5.0, gt=0, le=3600)
    settle_s: float = Field(default=2.0, ge=0, le=600)


class MailTable(_Part):
    """`[proof.mail]`: where the journal's head is sent every day. The password is kept in the vault
    (`kvit journal mail`).

    Attributes:
        security: "tls" from the first byte (port 465), or "starttls" (port 587); nothing goes in the clear.
        authority: a file in anchors/ with the server's authority; empty: the machine's own authorities.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=465, ge=1, le=65535)
    security: Literal["tls", "starttls"] = "tls"
    user: str = ""
    sender: str = Field(min_length=3)
    to: list[str] = Field(min_length=1)
    authority: str = ""


class ProofTable(_Part):
    """What leaves this machine so that nobody can rewrite history on it.

    Attributes:
        heads_folder: where the journal's head is put every day, best on another machine; empty: nowhere.
        check_signers: ask the banks' authorities every day whether the certificates that signed are revoked.
    """

    heads_folder: str = ""
    check_signers: bool = False
    mail: MailTable | None = None


class ApiTable(_Part):
    """Where programs and trays reach the service."""

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    certificate: str = ""
    key: str = ""
    names: list[str] = []
    tray_role: Literal["accountant", "warehouse", "manager", "call_centre", "it", "director", "owner"] = "accountant"


class Config(_Part):
    """`kvit.toml`, checked."""

    format: Literal[1]
    company: CompanyTable
    database: DatabaseTable = DatabaseTable()
    bank: list[BankTable] = []
    trade: TradeTable = TradeTable()
    matching: MatchingTable = MatchingTable()
    exchange: ExchangeTable = ExchangeTable()
    api: ApiTable = ApiTable()
    proof: ProofTable = ProofTable()
    outgoing: OutgoingTable = OutgoingTable()
    loans: LoansTable | None = None
    lender: list[LenderTable] = []
    web: WebTable = WebTable()
    parcels: ParcelsTable | None = None
    carrier: list[CarrierTable] = []
    cod_tariff: list[CodTariffTable] = []
    agent: list[AgentTable] = []
    notify: NotifyTable = NotifyTable()

    @model_validator(mode="after")
    def _loans_are_whole(self) -> Self:
        twice = _twice([lender.key for lender in self.lender])
        if twice:
            raise ValueError(f"two lenders are called {twice}")
        if self.loans is None and self.lender:
            raise ValueError("[[lender]] belongs to [loans], which is missing")
        return self

    @model_validator(mode="after")
    def _parcels_are_whole(self) -> Self:
        twice = _twice([carrier.key for carrier in self.carrier]) or _twice([agent.key for agent in self.agent])
        if twice:
            raise ValueError(f"two carriers or two agents are called {twice}")
        if self.parcels is None and (self.carrier or self.cod_tariff or self.agent):
            raise ValueError("[[carrier]], [[cod_tariff]] and [[agent]] belong to [parcels], which is missing")
        if self.loans is None and self.parcels is None and self.web.url:
            raise ValueError("[web] belongs to [loans] or [parcels]; both are missing")
        return self


def _twice(keys: Iterable[str]) -> str:
    """A key that stands there more than once; "" for none."""
    return next((key for key, times in Counter(keys).items() if times > 1), "")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder everything of one installation lives in."""

    root: Path

    @property
    def config_file(self) -> Path:
        return self.root / CONFIG_FILE

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def vault_file(self) -> Path:
        return self.root / "vault" / "secrets.json"

    @property
    def sealed_master_key(self) -> Path:
        """Windows only: the master key, closed by DPAPI."""
        return self.root / "vault" / "master.dpapi"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def anchors(self) -> Path:
        return self.root / "anchors"

    @property
    def profiles(self) -> Path:
        return self.root / "profiles"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def connection_file(self) -> Path:
        """Tells the tray of this machine where the service listens."""
        return self.run / "connection.json"

    @property
    def token_file(self) -> Path:
        """The tray's own token, readable by the owner only."""
        return self.run / "tray.token"

    def exchange(self, config: Config) -> Path:
        """1C's folder; relative names are below the home."""
        return self.root / config.exchange.folder

    def database_url(self, config: Config) -> str:
        return config.database.url or f"sqlite:///{(self.data / 'kvit.db').as_posix()}"  # no SQLAlchemy for that


def find_home(given: Path | None = None) -> Home:
    """`--home`, else $KVIT_HOME, else the platform's own place for a service's data."""
    if given is not None:
        return Home(given.expanduser().resolve())
    named = os.environ.get("KVIT_HOME", "")
    if named:
        return Home(Path(named).expanduser().resolve())
    return Home(platformdirs.user_data_path("kvit", appauthor=False))


def load_config(home: Home) -> Config:
    """Read and check `kvit.toml`.

    Raises:
        Refused: `config.missing`, `config.unreadable`, `config.invalid` naming the field.
    """
    try:
        text = home.config_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Refused("config.missing", file=str(home.config_file)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("config.unreadable", file=str(home.config_file), detail=str(error)[:200]) from None
    try:
        return Config.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused("config.unreadable", file=str(home.config_file), detail=str(error)[:200]) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refused("config.invalid", file=str(home.config_file), field=where, detail=first["msg"]) from None


def terms_of(
    config: Config, *, accepts_channel: bool = False, ids_restart_yearly: bool = False, ids_unstable: bool = False
) -> Terms:
    """The settings the flows go by."""
    company, trade = config.company, config.trade
    accounts = frozenset(account for bank in config.bank for account in bank.accounts)
    partners = {lender.inn: "loan" for lender in config.lender}
    partners.update({carrier.inn: "post" for carrier in config.carrier if carrier.inn})
    policy = policy_of(config.matching, company.inn, accounts, partners, (company.name,))
    return Terms(
        own=OwnCompany(company.name, company.inn, company.kpp, company.bic, company.bank, company.corr_account),
        policy=policy,
        policies=dated_policies(config.matching, policy),
        small_order_pieces=trade.small_order_pieces,
        call_minutes=trade.call_minutes,
        hours=WorkHours(trade.opens, trade.closes, frozenset(trade.also_weekdays)),
        zone=ZoneInfo(company.zone),
        accepts_channel=accepts_channel,
        ids_restart_yearly=ids_restart_yearly,
        ids_unstable=ids_unstable,
        outgoing=outgoing_terms(
            config.outgoing,
            payer=(company.name, company.inn, company.kpp),
            bank=(company.bic, company.bank, company.corr_account),
            accounts=[account for bank in config.bank for account in bank.accounts],
            zone=ZoneInfo(company.zone),
        ),
    )


TEMPLATE = """\
# Kvit's configuration. No secret belongs here: pass phrases are kept in the vault (`kvit bank key`).
format = 1

[company]
key = "{key}"                  # short, latin: the company's key in the database; never change it
name = "{name}"
inn = "{inn}"
kpp = "{kpp}"
bic = "{bic}"
bank = "{bank}"
corr_account = "{corr_account}"
zone = "Europe/Moscow"
language = "{language}"

[database]
url = ""                       # empty: SQLite in data/; or postgresql+psycopg://user@host/kvit

[trade]
small_order_pieces = 5         # so many pieces, free in one warehouse, are confirmed at once
call_minutes = 15              # the manager calls within so many work minutes of the bank's operation time
opens = 09:00:00
closes = 18:00:00
also_weekdays = []             # 5 is Saturday, 6 Sunday

[matching]
own_accounts = []              # further accounts of ours: money from them is no customer's payment
own_inns = []                  # further companies of ours; dated policies of the matcher: docs/it.md

[exchange]
folder = "exchange"            # 1C's folder: in, out, done, rejected
look_every_s = 5.0

[api]
host = "127.0.0.1"
port = 0                       # 0: a free one; the tray of this machine finds it by itself
tray_role = "accountant"       # who sits here: accountant, warehouse, manager, call_centre, it, director, owner (all)

[outgoing]
signers = ["accountant", "director", "owner"]   # who may sign payment orders; each needs two people
duplicate_days = 30            # within so many days two equal payments look like one made twice

[outgoing.limits.accountant]   # roubles; over them the director or the owner must be one of the two
order = 100000
day = 500000

[proof]
heads_folder = ""              # a folder on another machine: the journal's sealed head is put there every day
"""

BANK_TEMPLATE = """
[[bank]]
profile = "{profile}"          # a file in profiles/ here or in the program's certs/profiles
customer_id = "{customer_id}"
url = "{url}"                  # empty: the profile's
key = "{key}"                  # PKCS#12 in keys/; a key elsewhere: key_kind = "token", "gost" or "windows" (docs/it.md)
accounts = {accounts}
poll_every_s = {poll_every_s}
"""
