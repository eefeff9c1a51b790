"""`[matching]`: dated policies reach the matcher by the day a payment was booked; what cannot be meant is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows.terms import Terms
from gateway.service.config import Home, load_config, terms_of

HEAD = 'format = 1\n[company]\nkey = "one"\nname = "ООО «Рамка»"\ninn = "7707083893"\n'
TWO = """
[matching]
own_inns = ["7728168971"]
own_accounts = ["40702810900000000009"]
payout_partners = { "7724490000" = "post" }

[[matching.policy]]
from = 2026-07-01
tolerance = "1,50"
tiny_percent = 10
typo = false

[[matching.policy]]
from = 2026-01-01
tolerance = "10"
"""


def terms(folder: Path, text: str) -> Terms:
    (folder / "kvit.toml").write_text(HEAD + text, encoding="utf-8")
    return terms_of(load_config(Home(folder)))


@pytest.mark.parametrize(
    ("day", "tolerance", "tiny", "typo"),
    [
        (None, 0, 5, True),
        (date(2025, 12, 31), 0, 5, True),
        (date(2026, 1, 1), 1000, 5, True),
        (date(2026, 6, 30), 1000, 5, True),
        (date(2026, 7, 1), 150, 10, False),
        (date(2030, 1, 1), 150, 10, False),
    ],
)
def test_the_policy_is_that_of_the_day_in_whatever_order_the_file_has_them(
    tmp_path: Path, day: date | None, tolerance: int, tiny: int, typo: bool
) -> None:
    policy = terms(tmp_path, TWO).policy_on(day)
    assert (policy.tolerance, policy.tiny_percent, policy.typo) == (Money(tolerance), tiny, typo)


def test_what_is_true_on_every_day_stands_in_every_policy(tmp_path: Path) -> None:
    made = terms(tmp_path, TWO)
    for policy in (made.policy, *(dated.policy for dated in made.policies)):
        assert policy.own_inns == {"7707083893", "7728168971"}
        assert policy.own_accounts == {"40702810900000000009"}
        assert policy.payout_partners == {"7724490000": "post"}
        assert policy.own_names == (made.own.name,)


def test_without_a_table_the_strict_defaults_hold_for_ever(tmp_path: Path) -> None:
    made = terms(tmp_path, "")
    assert made.policies == ()
    assert made.policy_on(date(2026, 11, 22)) is made.policy
    assert made.policy.tolerance == Money(0)


@pytest.mark.parametrize(
    ("table", "field", "why"),
    [
        ('from = 2026-01-01\ntolerance = "-1"', "matching.policy.0.tolerance", "between"),
        ('from = 2026-01-01\ntolerance = "1000.01"', "matching.policy.0.tolerance", "between"),
        ('from = 2026-01-01\ntolerance = "рубль"', "matching.policy.0.tolerance", "no sum"),
        ('from = 2026-01-01\ntolerance = "0.005"', "matching.policy.0.tolerance", "no sum"),
        ("from = 2026-01-01\ntolerance = 1.5", "matching.policy.0.tolerance", "string"),
        ("from = 2026-01-01\ntiny_percent = 0", "matching.policy.0.tiny_percent", "greater"),
        ("from = 2026-01-01\ntiny_percent = 51", "matching.policy.0.tiny_percent", "less"),
        ("from = 2026-01-01\ntypo = 1", "matching.policy.0.typo", "boolean"),
        ('from = "2026-01-01"', "matching.policy.0.from", "date"),
        ("from = 2026-01-01T10:00:00", "matching.policy.0.from", "date"),
        ('tolerance = "1"', "matching.policy.0.from", "required"),
        ("from = 2026-01-01\nsoon = true", "matching.policy.0.soon", "not permitted"),
        ("from = 2026-01-01\n[[matching.policy]]\nfrom = 2026-01-01", "matching.policy", "2026-01-01"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused_by_its_name(tmp_path: Path, table: str, field: str, why: str) -> None:
    with pytest.raises(Refused) as caught:
        terms(tmp_path, f"[[matching.policy]]\n{table}\n")
    assert caught.value.code == "config.invalid"
    assert caught.value.values["field"] == field
    assert why in str(caught.value.values["detail"])


def test_an_inn_of_ours_must_hold(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        terms(tmp_path, '[matching]\nown_inns = ["7707083894"]\n')
    assert caught.value.values["field"] == "matching.own_inns"
