"""The stage of the bank's story: one bank, two accounts, each by a protocol of its own, and nothing between.

No service runs: the story itself asks the bank, round by round, as `kvit bank poll` does.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.statement import Party
from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.service.config import PROGRAM_PROFILES, Home
from gateway.service.demo import shop as shops
from gateway.service.demo.prepare import COMPANY_KEY, CREDENTIALS
from gateway.service.private_files import write_private
from gateway.service.setup import (
    DIRECTBANK_PROFILE,
    SANDBOX_PROFILE,
    Company,
    connect_directbank,
    connect_sandbox,
    make_home,
)
from gateway.service.wiring import Bank, Installation, open_banks, open_installation
from gateway.signing.master_key import CREDENTIAL

BXD, DIRECTBANK = "bxd", "directbank"
_OPENING = Money(100_000_000)
# The bank's misbehaviour is waited out by the clock; the story is impatient, and its bank sends nothing large.
_IMPATIENT = {"message_mib": "2", "read_s": "1.0", "total_s": "4"}
_AT_ONCE = {"ask_every_s": "0", "answer_wait_s": "2", "answer_pause_s": "0.05"}


@dataclass
class BankStage:
    """Everything is in place; the bank's server is not started yet.

    Attributes:
        accounts: ours, by protocol.
    """

    home: Home
    sandbox: Sandbox
    installation: Installation
    banks: Mapping[str, Bank]
    accounts: Mapping[str, str]

    def reopen(self) -> None:
        """Open the channels anew, as a restarted service does: keys may have changed."""
        self.close_channels()
        self.banks = _by_protocol(self.installation)

    def close_channels(self) -> None:
        for bank in self.banks.values():
            bank.channel.close()


@contextmanager
def bank_stage(home: Home, language: str, clock: Clock | None = None) -> Iterator[BankStage]:
    """A home that is a customer of the sandbox bank twice over.

    Raises:
        Refused: what setting up may say.
    """
    clock = clock or SystemClock()
    sandbox, enrolment = Sandbox.create(
        home.root,
        company=Party(name=shops.NAME, inn=shops.INN, kpp=shops.KPP),
        accounts=2,
        opening=_OPENING,
        clock=clock,
    )
    first, second = enrolment.accounts
    key_file = None if sys.platform == "win32" else home.root / CREDENTIALS / CREDENTIAL
    company = Company(
        COMPANY_KEY,
        shops.NAME,
        shops.INN,
        shops.KPP,
        enrolment.bic,
        enrolment.bank_name,
        language=language,
    )
    made = make_home(home, company, master_key_to=key_file, clock=clock)
    if made.vault is None:
        raise Refused("vault.no_master_key")
    for profile, changes in ((SANDBOX_PROFILE, _IMPATIENT), (DIRECTBANK_PROFILE, {**_IMPATIENT, **_AT_ONCE})):
        _own_profile(home, profile, changes)
    connect_sandbox(home, enrolment, made.vault, accounts=[first])
    connect_directbank(home, enrolment, made.vault, [second])
    with master_key(key_file):
        installation = open_installation(home, clock)
        try:
            stage = BankStage(home, sandbox, installation, _by_protocol(installation), {BXD: first, DIRECTBANK: second})
            try:
                yield stage
            finally:
                stage.close_channels()
        finally:
            installation.close()


def _by_protocol(installation: Installation) -> dict[str, Bank]:
    return {bank.profile.protocol: bank for bank in open_banks(installation)}


def _own_profile(home: Home, name: str, changes: Mapping[str, str]) -> None:
    text = (PROGRAM_PROFILES / f"{name}.toml").read_text(encoding="utf-8")
    for setting, value in changes.items():
        text, found = re.subn(rf"(?m)^{setting} = \S+", f"{setting} = {value}", text)
        if found != 1:
            raise Refused("bank.profile_invalid", file=f"{name}.toml", field=setting, detail="not there")
    write_private(home.profiles / f"{name}.toml", text.encode("utf-8"))


@contextmanager
def master_key(key_file: Path | None) -> Iterator[None]:
    """Hand the master key to ourselves, as systemd hands it to the service."""
    if key_file is None:
        yield
        return
    before = os.environ.get("CREDENTIALS_DIRECTORY")
    os.environ["CREDENTIALS_DIRECTORY"] = str(key_file.parent)
    try:
        yield
    finally:
        if before is None:
            del os.environ["CREDENTIALS_DIRECTORY"]
        else:
            os.environ["CREDENTIALS_DIRECTORY"] = before
