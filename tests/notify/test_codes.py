"""Every reason a message can be shown with has its sentences."""

from __future__ import annotations

import re
from pathlib import Path

import gateway.notify
from gateway.core.catalogue import entries

_CODE = re.compile(r'"(notify\.[a-z_.]*[a-z])"')


def test_every_code_of_the_room_is_in_the_catalogue() -> None:
    folder = Path(gateway.notify.__file__).parent
    used = {code for file in folder.rglob("*.py") for code in _CODE.findall(file.read_text(encoding="utf-8"))}
    assert len(used) > 30
    assert used <= set(entries())
