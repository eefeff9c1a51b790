"""Every warning a reader can give has words for people."""

from __future__ import annotations

import re

from gateway.bank import statement
from gateway.core.catalogue import entries


def test_every_documented_warning_has_a_sentence() -> None:
    documented = set(re.findall(r"^ {4}([a-z]+_?[a-z_]+) {2,}\S", statement.__doc__ or "", re.MULTILINE))
    documented |= set(re.findall(r"^ {4}(details_without_amounts) ", statement.__doc__ or "", re.MULTILINE))
    worded = {code.removeprefix("statement.") for code in entries() if code.startswith("statement.")}
    assert documented | {"balance_unreadable"} == worded
    assert len(documented) == 12
