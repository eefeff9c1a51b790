"""Found by a hostile reading: what a profile says of a bank's ids has to reach those who recognise lines by them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.service.config import PROGRAM_PROFILES, Home
from gateway.service.wiring import open_installation


@pytest.mark.parametrize(
    ("says", "restart", "unstable"),
    [("stable", False, False), ("per_year", True, False), ("unstable", False, True), ("", False, True)],
    ids=["stable", "per year", "unstable", "silent"],
)
def test_the_house_believes_ids_as_far_as_its_bank_does(
    sandbox_home: Path, says: str, restart: bool, unstable: bool
) -> None:
    home = Home(sandbox_home)
    text = (PROGRAM_PROFILES / "sandbox.toml").read_text(encoding="utf-8")
    said, count = re.subn(r'^bank_ids = "stable"', f'bank_ids = "{says}"' if says else "", text, flags=re.MULTILINE)
    assert count == 1
    home.profiles.mkdir(parents=True, exist_ok=True)
    (home.profiles / "sandbox.toml").write_text(said, encoding="utf-8")
    installation = open_installation(home)
    try:
        habits = installation.terms.habits
    finally:
        installation.close()
    assert (habits.ids_restart_yearly, habits.ids_unstable) == (restart, unstable)
