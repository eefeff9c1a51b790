"""The message catalogue: code → sentence, in Russian and English.

Each topic has a file in `gateway/core/messages/`; an entry is

    ["bank.gap"]
    ru = "…{account}…"
    en = "…{account}…"
    hint_ru = "…"
    hint_en = "…"

Only `ru` and `en` are obligatory.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

FIELDS = ("ru", "en", "hint_ru", "hint_en")
# Values of these names are sums as stored, "10980.00"; sentences show them grouped.
_SUMS = frozenset({"advance", "amount", "closing", "difference", "expected", "given", "opening", "paid", "rest"})
_SUM = re.compile(r"-?\d{1,17}\.\d\d")
NO_BREAK = "\u00a0"


@cache
def entries() -> dict[str, dict[str, str]]:
    """All entries of all topics. Raises ValueError when a code stands in two files."""
    found: dict[str, dict[str, str]] = {}
    folder = resources.files("gateway.core") / "messages"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        for code, fields in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if code in found:
                raise ValueError(f"message {code} is defined twice, the second time in {file.name}")
            found[code] = fields
    return found


def sentence(code: str, field: str, values: Mapping[str, object]) -> str:
    """The sentence of `code` in `field` (one of FIELDS) with `values` put in.

    An unknown code, or a value the caller forgot, never hides the error it describes: the code and what is known
    are shown instead.
    """
    template = entries().get(code, {}).get(field)
    if template is None:
        return "" if field.startswith("hint_") else f"{code} {dict(values)}" if values else code
    russian = field.endswith("ru")
    shown = {name: _grouped(value, russian) if name in _SUMS else value for name, value in values.items()}
    try:
        return template.format_map(shown)
    except (KeyError, IndexError, ValueError):
        return f"{template} {dict(values)}"


def _grouped(value: object, russian: bool) -> object:
    """A sum as people read it: "10 980,00" in Russian, "10,980.00" in English. Anything else stays as it is."""
    text = str(value)
    if not _SUM.fullmatch(text):
        return value
    whole, _, kopecks = text.partition(".")
    grouped = f"{int(whole):,}"
    return f"{grouped.replace(',', NO_BREAK)},{kopecks}" if russian else f"{grouped}.{kopecks}"
