"""A fresh home for the demo: sandbox bank, our installation as its customer, 1C's files."""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.statement import Party
from gateway.core.authority import Actor, Role
from gateway.core.clock import SystemClock, business_date
from gateway.core.errors import Refused
from gateway.flows.by_hand import set_release_mode
from gateway.onec.exchange_files import write_atomic
from gateway.service.config import BANK_TEMPLATE, PROGRAM_PROFILES, TEMPLATE, Home
from gateway.service.demo import shop as shops
from gateway.service.wiring import VAULT_SERVICE, open_installation
from gateway.signing.master_key import new_master_key
from gateway.signing.vault import SealedVault

COMPANY_KEY = "svetorama"
PROFILE = "demo-bank"
CREDENTIALS = "credentials"
POLL_EVERY_S = 1
# The demo is shown at any hour, so the shop in it is open at any hour; a real one keeps office hours.
_HOURS = {
    "opens = 09:00:00": "opens = 00:00:00",
    "closes = 18:00:00": "closes = 23:59:59",
    "[]             # 5": "[5, 6]         # 5",
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
    """Found the bank, enrol us as its customer, write the configuration, seal the pass phrase, lay 1C's files ready."""
    clock = SystemClock()
    sandbox, enrolment = Sandbox.create(
        home.root, company=Party(name=shops.NAME, inn=shops.INN, kpp=shops.KPP), clock=clock
    )
    for folder in (home.data, home.keys, home.anchors, home.profiles, home.run, home.logs, home.vault_file.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home.keys / "bank.p12").write_bytes(enrolment.pkcs12)
    (home.anchors / "demo-tls.pem").write_bytes(enrolment.tls_anchors)
    (home.anchors / "demo-signing.pem").write_bytes(enrolment.signing_anchors)
    (home.profiles / f"{PROFILE}.toml").write_text(_profile(enrolment.url, enrolment.signers), encoding="utf-8")
    config = TEMPLATE.format(
        key=COMPANY_KEY,
        name=shops.NAME,
        inn=shops.INN,
        kpp=shops.KPP,
        bic=enrolment.bic,
        bank=enrolment.bank_name,
        corr_account="",
        language=language,
    )
    for usual, always in _HOURS.items():
        config = config.replace(usual, always)
    config = config.replace("look_every_s = 5.0", "look_every_s = 1.0\nsettle_s = 0.5")
    config += BANK_TEMPLATE.format(
        profile=PROFILE,
        customer_id=enrolment.customer_id,
        url="",
        key="bank.p12",
        accounts=str(list(enrolment.accounts)).replace("'", '"'),
        poll_every_s=POLL_EVERY_S,
    )
    home.config_file.write_text(config, encoding="utf-8")
    environment = _master_key(home, enrolment.passphrase)
    _switch_release_on(home)
    now = clock.now()
    shop = shops.make_shop(business_date(now))
    _lay_files(home, shop, now)
    return Stage(home, sandbox, shop, enrolment.accounts[0], environment)


def _profile(url: str, signers: tuple[str, ...]) -> str:
    """The sandbox's profile, as it comes with the program, with this bank's address and anchors."""
    text = (PROGRAM_PROFILES / "sandbox.toml").read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        name = line.partition("=")[0].strip()
        match name:
            case "name":
                line = f'name = "{PROFILE}"'
            case "url":
                line = f'url = "{url}"'
            case "tls_anchors":
                line = 'tls_anchors = ["demo-tls.pem"]'
            case "signing_anchors":
                line = 'signing_anchors = ["demo-signing.pem"]'
            case "signers":
                line = f"signers = {str(list(signers)).replace(chr(39), chr(34))}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _master_key(home: Home, passphrase: str) -> dict[str, str]:
    """Make this installation's master key where systemd (or DPAPI) would keep it, and seal the pass phrase with it."""
    key = new_master_key()
    environment: dict[str, str] = {}
    if sys.platform == "win32":
        from gateway.signing.master_key import seal_master_key

        seal_master_key(key, home.sealed_master_key)
    else:
        folder = home.root / CREDENTIALS
        folder.mkdir(mode=0o700)
        file = folder / "kvit-master"
        file.touch(mode=0o600)
        file.write_bytes(base64.b64encode(key) + b"\n")
        environment["CREDENTIALS_DIRECTORY"] = str(folder)
    SealedVault(home.vault_file, key).set_password(VAULT_SERVICE, PROFILE, passphrase)
    return environment


def _switch_release_on(home: Home) -> None:
    """Automatic release is off until a director switches it on; in this story he did so yesterday."""
    installation = open_installation(home)
    try:
        with installation.store.unit(Actor("demo", Role.DIRECTOR)) as unit:
            set_release_mode(unit, "automatic")
            unit.commit()
    finally:
        installation.close()


def _lay_files(home: Home, shop: shops.Shop, now: datetime) -> None:
    incoming = home.root / "exchange" / "in"
    incoming.mkdir(parents=True, exist_ok=True)
    for name, make in (
        ("import.xml", shops.catalogue_file),
        ("offers.xml", shops.offers_file),
        ("orders.xml", shops.orders_file),
    ):
        write_atomic(incoming, name, make(shop, now))
