"""A home with one paid and released order, and verify.py run as an auditor would: without Kvit."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.launch import launch
from gateway.bank.statement import Party
from gateway.core.clock import business_date
from gateway.service.config import PROGRAM_PROFILES, Home
from gateway.service.demo import shop as shops
from gateway.service.setup import DIRECTBANK_PROFILE, connect_directbank, connect_sandbox, make_home
from gateway.signing.master_key import CREDENTIAL, new_master_key
from tests.service.conftest import COMPANY, CREDENTIALS, Answer, Kvit

# Only these may be imported beside the standard library; everything of Kvit is out of reach.
_ALONE = """
import importlib.util, runpy, sys
allowed = {"cryptography", "lxml", "cffi", "_cffi_backend", "pycparser"}
outside = [p for p in sys.path if "site-packages" in p]
class Fence:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in allowed:
            return None
        raise ModuleNotFoundError(f"out of reach: {name}", name=name)
sys.meta_path.insert(0, Fence())
program, *arguments = sys.argv[1:]
try:
    import gateway
except ModuleNotFoundError:
    pass
else:
    raise SystemExit("gateway is within reach")
sys.argv = [program, *arguments]
runpy.run_path(program, run_name="__main__")
"""


@dataclass(frozen=True)
class Traded:
    """A home in which `order` was paid through the sandbox bank and released.

    Attributes:
        other: paid too, by another statement or in the same one.
        credentials: the folder that CREDENTIALS_DIRECTORY names for it.
    """

    home: Path
    order: shops.Order
    other: shops.Order
    credentials: Path


def trade(folder: Path, protocol: str = "bxd") -> Traded:
    """Make it: two orders paid, on a real sandbox bank over HTTPS, with real signatures.

    Args:
        protocol: "bxd" or "directbank", by which the statements come. With the latter the house has two accounts at
            the bank, one for each protocol, and the money comes to the second.
    """
    kvit = Kvit()
    credentials = folder / "credentials"
    credentials.mkdir(parents=True)
    (credentials / CREDENTIAL).write_bytes(new_master_key())
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CREDENTIALS, str(credentials))
        made = make_home(Home(home), COMPANY)
        customer = Party(name=COMPANY.name, inn=COMPANY.inn, kpp=COMPANY.kpp)
        _, enrolment = Sandbox.create(home, company=customer, accounts=2)
        assert made.vault is not None
        first, second = enrolment.accounts
        account = first
        connect_sandbox(made.home, enrolment, made.vault, accounts=[first])
        if protocol == "directbank":
            account = second
            _own_profile(made.home)
            connect_directbank(made.home, enrolment, made.vault, [second])
        now = datetime.now(UTC)
        shop = shops.make_shop(business_date(now))
        for name, make in (("1", shops.catalogue_file), ("2", shops.offers_file), ("3", shops.orders_file)):
            (folder / f"{name}.xml").write_bytes(make(shop, now))
        well(kvit("import", *sorted(folder.glob("*.xml")), "--home", home))
        well(kvit("user", "add", "Пётр", "--role", "director", "--home", home))
        well(kvit("release", "automatic", "--by", "Пётр", "--yes", "--home", home))
        small = [order for order in shop.orders if order.pieces <= 5 and not order.delivery]
        with launch(home):
            for order in small[:2]:
                pay(home, order, account, notify=protocol == "bxd")
                well(kvit("bank", "poll", "--home", home))
    return Traded(home, small[0], small[1], credentials)


def _own_profile(home: Home) -> None:
    """A bank that answers at once and is asked about one day."""
    text = (PROGRAM_PROFILES / f"{DIRECTBANK_PROFILE}.toml").read_text(encoding="utf-8")
    for name, value in (("first_days", "1"), ("ask_every_s", "0"), ("answer_pause_s", "0.05")):
        text, found = re.subn(rf"(?m)^{name} = \S+", f"{name} = {value}", text)
        assert found == 1
    (home.profiles / f"{DIRECTBANK_PROFILE}.toml").write_text(text, encoding="utf-8")


def pay(home: Path, order: shops.Order, account: str, *, notify: bool) -> None:
    """The customer pays the order's invoice to our `account`."""
    Sandbox(home).pay(
        invoice=order.number,
        amount=order.amount,
        payer=order.customer.name,
        inn=order.customer.inn,
        account=order.customer.account,
        to=account,
        notify=notify,
    )


def well(answer: Answer) -> None:
    assert answer.code == 0, answer.err


def verify_alone(program: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run verify.py in a process of its own that can import neither Kvit nor anything else but what it may."""
    return subprocess.run(
        [sys.executable, "-I", "-c", _ALONE, str(program), *map(str, arguments), "--language", "en"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=program.parent,
        timeout=60,
    )
