"""`kvit parcels …` on a home."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from gateway.core.authority import SERVICE
from gateway.parcels.model import Source
from gateway.parcels.parcels import NewParcel, put
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.service.config import Home, load_config
from gateway.service.opening import open_store
from tests.service.conftest import Kvit

LONG_AGO = "2026-01-05T09:00:00.000000Z"


@pytest.fixture
def watching(home: Path) -> Path:
    """A home that watches parcels, one of which its carrier has not known for long."""
    where = Home(home)
    where.config_file.write_text(where.config_file.read_text(encoding="utf-8") + "\n[parcels]\n", encoding="utf-8")
    store = open_store(where, load_config(where))
    with store.unit(SERVICE) as unit:
        made = put(unit, ParcelTerms(), NewParcel("14102192069353", Source.HAND, order_no="К-17", phone="+79161234567"))
        unit.update(parcels, made.id, made_at=LONG_AGO, moved_at=LONG_AGO)
        unit.commit()
    store.close()
    return home


def test_the_report_is_shown_as_text_as_json_and_as_a_workbook(kvit: Kvit, watching: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    answer = kvit("parcels", "report", "--home", watching, "--xlsx", file, "--language", "ru")
    assert answer.code == 0, answer.err
    assert "Перевозчик их не видел: 1" in answer.out
    assert "14102192069353 (К-17)" in answer.out
    assert load_workbook(file).sheetnames == ["Перевозчик их не видел"]
    found = kvit("parcels", "stuck", "--home", watching, "--json").json
    assert [(section["trouble"], section["count"]) for section in found["sections"]] == [("never_seen", 1)]
    assert found["sections"][0]["lines"][0]["at_stake"] == "0.00"


def test_figures_of_a_house_that_is_young(kvit: Kvit, watching: Path) -> None:
    answer = kvit("parcels", "kpi", "--home", watching, "--language", "en")
    assert answer.code == 0, answer.err
    assert "No parcel has been accepted" in answer.out
    assert "is not claimed" in answer.out
    assert kvit("parcels", "kpi", "--home", watching, "--json").json["comparison"] is None
    assert kvit("parcels", "evaluate", "--home", watching, "--json").json["error"]["code"] == "parcels.evaluate.nothing"


def test_guesses_are_measured_on_made_up_parcels_without_a_home(kvit: Kvit) -> None:
    answer = kvit("parcels", "evaluate", "--generated", "3", "--count", "600")
    assert answer.code == 0, answer.err
    assert "days after the last record" in answer.out
    found = kvit("parcels", "evaluate", "--generated", "3", "--count", "600", "--json").json
    assert found == kvit("parcels", "evaluate", "--generated", "3", "--count", "600", "--json").json
    assert set(found["guess"]) == {"parcels", "abstained", "premature", "delay_hours"}
    assert found["trained"] == 421


def test_a_house_that_watches_no_parcels_says_so(kvit: Kvit, home: Path) -> None:
    answer = kvit("parcels", "report", "--home", home, "--language", "en")
    assert (answer.code, "has no [parcels]" in answer.err) == (1, True)
