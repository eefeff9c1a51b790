"""The catalogue against the source: every code that is raised has its sentences, and they can be filled in."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.core import catalogue

ROOT = Path(__file__).resolve().parents[2]
ERRORS = {"Refused", "Conflict", "Unavailable", "Corrupt"}
NOT_VALUES = {"retry_after"}  # arguments of the error itself


class Raised(NamedTuple):
    code: str
    values: frozenset[str] | None  # None when a call passes **values
    where: str


def literal_codes(argument: ast.expr) -> Iterator[str]:
    """The codes an argument can be: a literal, or either side of `a if x else b`."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from literal_codes(argument.body)
        yield from literal_codes(argument.orelse)


def raised_in(path: Path) -> Iterator[Raised]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in ERRORS:
            continue
        names = {keyword.arg for keyword in node.keywords}
        values = None if None in names else frozenset(str(n) for n in names) - NOT_VALUES
        for code in literal_codes(node.args[0]):
            yield Raised(code, values, f"{path.relative_to(ROOT)}:{node.lineno}")


def all_raised() -> list[Raised]:
    return [raised for path in sorted((ROOT / "gateway").rglob("*.py")) for raised in raised_in(path)]


def fields(template: str) -> set[str]:
    return {
        name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(template) if name is not None
    }


def told(template: str) -> set[str]:
    """What a sentence tells: its fields, where `reason_en` is the English form of `reason`."""
    return {re.sub("_(ru|en)$", "", name) for name in fields(template)}


def test_every_raised_code_has_both_languages() -> None:
    known = catalogue.entries()
    missing = [
        f"{raised.where}: {raised.code}"
        for raised in all_raised()
        if not all(known.get(raised.code, {}).get(language, "").strip() for language in ("ru", "en"))
    ]
    assert not missing, "codes without a sentence:\n" + "\n".join(missing)


def test_every_raise_gives_the_values_its_sentence_names() -> None:
    known = catalogue.entries()
    short = []
    for raised in all_raised():
        if raised.values is None or raised.code not in known:
            continue
        wanted = set().union(*(fields(template) for template in known[raised.code].values()))
        if not wanted <= raised.values:
            short.append(f"{raised.where}: {raised.code} lacks {sorted(wanted - raised.values)}")
    assert not short, "\n".join(short)


@pytest.mark.parametrize("topic", sorted({code.partition(".")[0] for code in catalogue.entries()}))
def test_entries_are_whole(topic: str) -> None:
    for code, entry in catalogue.entries().items():
        if code.partition(".")[0] == topic:
            is_whole(code, entry)


def is_whole(code: str, entry: Mapping[str, str]) -> None:
    assert set(entry) <= set(catalogue.FIELDS), f"unknown field in {code}"
    assert entry.get("ru", "").strip() and entry.get("en", "").strip(), f"{code} lacks a language"
    assert told(entry["ru"]) == told(entry["en"]), f"{code} names different values in ru and en"
    assert ("hint_ru" in entry) == ("hint_en" in entry), f"{code} has its hint in one language only"
    assert told(entry.get("hint_ru", "")) == told(entry.get("hint_en", "")), f"{code}: hints differ in values"
    assert code.count(".") >= 1 and code == code.lower(), f"{code} is not topic.what_happened"


def test_the_scanner_sees_calls() -> None:
    codes = {raised.code for raised in raised_in(ROOT / "gateway/core/money.py")}
    assert codes == {"money.unreadable", "money.subkopeck"}


def test_a_sentence_survives_missing_values() -> None:
    assert "{" in catalogue.sentence("money.unreadable", "ru", {})
    assert catalogue.sentence("no.such", "ru", {}) == "no.such"
    assert catalogue.sentence("no.such", "hint_ru", {}) == ""


def test_sums_are_grouped_as_people_read_them() -> None:
    values = {"number": "125.10", "rest": "10980.00", "amount": "-1234567.05"}
    assert catalogue.sentence("task.underpaid", "ru", values) == "Недоплата 10\u00a0980,00 ₽ по счёту 125.10"
    assert catalogue.sentence("task.underpaid", "en", values) == "Invoice 125.10 is 10,980.00 roubles short"
