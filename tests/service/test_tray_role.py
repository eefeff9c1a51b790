"""`tray_role`: whoever may have a personal token may sit at the tray of the service's machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from gateway.api.tokens import PERSONAL_ROLES
from gateway.core.authority import Role
from gateway.core.errors import Refused
from gateway.service import config
from gateway.service.config import ApiTable, Home, load_config

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_personal_role_may_sit_at_the_tray() -> None:
    roles = {role.value for role in PERSONAL_ROLES}
    assert set(get_args(get_type_hints(ApiTable)["tray_role"])) == roles
    source = Path(config.__file__).read_text(encoding="utf-8")
    told = re.search(r"# who sits here: ([a-z_, ]+) \(all\)", source)
    assert told is not None and set(told[1].split(", ")) == roles
    people = (DOCS / "it.md").read_text(encoding="utf-8").split("## People")[1].split("\n## ")[0]
    assert {role for role in roles if f"`{role}`" in people} == roles


def test_the_call_centre_sits_at_the_tray_and_a_shop_never(home: Path) -> None:
    file = home / "kvit.toml"
    text = file.read_text(encoding="utf-8")

    def configured(role: str) -> str:
        file.write_text(text.replace('tray_role = "accountant"', f'tray_role = "{role}"'), encoding="utf-8")
        return load_config(Home(home)).api.tray_role

    assert Role(configured("call_centre")) is Role.CALL_CENTRE
    with pytest.raises(Refused) as refused:
        configured("shop_manager")
    assert refused.value.code == "config.invalid"
