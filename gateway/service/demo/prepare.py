"""A fresh home for the demo: sandbox bank, our installation as its customer, 1C's files."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.api.tokens import create_user
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.statement import Party
from gateway.core.authority import Role
from gateway.core.clock import SystemClock, business_date
from gateway.core.errors import Refused
from gateway.flows.by_hand import set_release_mode
from gateway.onec.exchange_files import write_atomic
from gateway.service.account import known_person, operator
from gateway.service.config import Home
from gateway.service.demo import shop as shops
from gateway.service.private_files import write_private
from gateway.service.setup import Company, connect_sandbox, make_home
from gateway.service.wiring import open_installation
from gateway.signing.master_key import CREDENTIAL

COMPANY_KEY = "svetorama"
CREDENTIALS = "credentials"
DIRECTOR = "Борис Директор"
POLL_EVERY_S = 1
# The demo is shown at any hour and to one person, so its shop is always open and that person does everything.
_ALWAYS_OPEN = {
    "opens = 09:00:00": "opens = 00:00:00",
    "closes = 18:00:00": "closes = 23:59:59",
    "also_weekdays = [] ": "also_weekdays = [5, 6] ",
    'tray_role = "accountant" ': 'tray_role = "owner"      ',
    "look_every_s = 5.0": "look_every_s = 1.0\nsettle_s = 0.5",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything is in place, nothing runs yet.

    Attributes:
        environment: what the service needs in its environment to open the vault.
    """

    home: Home
    sandbox: Sandbox
    shop: shops.Shop
    account: str
    environment: dict[str, str]


def fresh_home(given: Path | None) -> Home:
    """The folder asked for, else $KVIT_HOME, else a new one of our own.

    Raises:
        Refused: `demo.home_taken` when an installation is there already.
    """
    named = os.environ.get("KVIT_HOME", "")
    if given is None and not named:
        return Home(Path(tempfile.mkdtemp(prefix="kvit-demo-")))
    home = Home((given or Path(named)).expanduser().resolve())
    if home.config_file.exists() or (home.root / "sandbox").exists():
        raise Refused("demo.home_taken", home=str(home.root))
    home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home


def set_stage(home: Home, language: str) -> Stage:
    """Found the bank, make our installation as IT would, become the bank's customer, lay 1C's files ready."""
    clock = SystemClock()
    sandbox, enrolment = Sandbox.create(
        home.root, company=Party(name=shops.NAME, inn=shops.INN, kpp=shops.KPP), clock=clock
    )
    key_file = None if sys.platform == "win32" else home.root / CREDENTIALS / CREDENTIAL
    made = make_home(
        home,
        Company(COMPANY_KEY, shops.NAME, shops.INN, shops.KPP, enrolment.bic, enrolment.bank_name, language=language),
        master_key_to=key_file,
        clock=clock,
    )
    if made.vault is None:
        raise Refused("vault.no_master_key")
    text = home.config_file.read_text(encoding="utf-8")
    for usual, always in _ALWAYS_OPEN.items():
        text = text.replace(usual, always)
    write_private(home.config_file, text.encode("utf-8"))
    connect_sandbox(home, enrolment, made.vault, poll_every_s=POLL_EVERY_S)
    _switch_release_on(home, language)
    now = clock.now()
    shop = shops.make_shop(business_date(now))
    lay_files(home, shop, now)
    environment = {} if key_file is None else {"CREDENTIALS_DIRECTORY": str(key_file.parent)}
    return Stage(home, sandbox, shop, enrolment.accounts[0], environment)


def _switch_release_on(home: Home, language: str) -> None:
    """Automatic release is off until a director switches it on; in this story he did so yesterday."""
    installation = open_installation(home)
    try:
        with installation.store.unit(operator()) as unit:
            create_user(unit, DIRECTOR, Role.DIRECTOR.value, language)
            unit.commit()
        with installation.store.unit(known_person(installation.store, DIRECTOR)) as unit:
            set_release_mode(unit, "automatic")
            unit.commit()
    finally:
        installation.close()


def lay_files(home: Home, shop: shops.Shop, now: datetime) -> None:
    """Put what 1C exports into the exchange folder: goods, stock, open orders."""
    incoming = home.root / "exchange" / "in"
    incoming.mkdir(parents=True, exist_ok=True)
    for name, make in (
        ("import.xml", shops.catalogue_file),
        ("offers.xml", shops.offers_file),
        ("orders.xml", shops.orders_file),
    ):
        write_atomic(incoming, name, make(shop, now))
