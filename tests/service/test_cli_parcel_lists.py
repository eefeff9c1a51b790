"""`kvit import` of lists of parcels, and keys of programs that tell of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from gateway.orders.tables import invoices
from gateway.service.config import Home, load_config
from gateway.service.opening import open_store
from tests.service.conftest import Kvit

TRACK, OTHER = "14102192069353", "62009147017544"
HEADS = ("Трек", "Кому", "Телефон", "Наложенный платеж")


@pytest.fixture
def watching(kvit: Kvit, home: Path) -> Path:
    """A home that watches parcels, with a person of the warehouse."""
    where = Home(home)
    where.config_file.write_text(where.config_file.read_text(encoding="utf-8") + "\n[parcels]\n", encoding="utf-8")
    assert kvit("user", "add", "Пётр", "--role", "warehouse", "--home", home).code == 0
    return home


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = Workbook()
    page = made.active
    assert page is not None
    for row in (HEADS, (int(TRACK), "Анна", "8 916 123-45-67", "1 234,50"), ("нет", "Пётр", "", "")):
        page.append(row)
    made.save(tmp_path / "list.xlsx")
    return tmp_path / "list.xlsx"


def test_a_list_is_rehearsed_taken_in_and_known_again(kvit: Kvit, watching: Path, book: Path) -> None:
    given = ("import", book, "--by", "Пётр", "--home", watching)
    seen = kvit(*given, "--dry-run", "--map", "name=Кому", "--json")
    assert (seen.code, seen.json["lists"][0]["counts"]["taken"], seen.json["lists"][0]["id"]) == (1, 1, None)
    done = kvit(*given, "--map", "name=Кому", "--json")
    [one] = done.json["lists"]
    assert done.code == 1, "a row was refused"
    assert one["mapping"] == {"track": "Трек", "phone": "Телефон", "cod": "Наложенный платеж", "name": "Кому"}
    assert one["counts"] == {"taken": 1, "known": 0, "changed": 0, "warned": 0, "refused": 1}
    assert [(row["row"], row["remarks"][0]["code"]) for row in one["problems"]] == [(3, "parcel.track_wrong")]
    store = open_store(Home(watching), load_config(Home(watching)))
    with store.reading() as connection:
        debts = connection.execute(select(invoices.c.number, invoices.c.rest)).all()
    store.close()
    assert [tuple(row) for row in debts] == [(TRACK, 123_450)]  # its money is waited for at once
    again = kvit(*given, "--language", "ru")
    assert "было раньше 1" in again.out and "name = Кому" in again.out  # as it was said the first time


def test_a_table_in_text_is_a_list_and_other_files_are_not(
    kvit: Kvit, watching: Path, book: Path, tmp_path: Path
) -> None:
    table = tmp_path / "list.csv"
    table.write_text(f"Трек;Кому\n{OTHER};Анна\n", encoding="cp1251")
    assert kvit("import", table, "--by", "Пётр", "--home", watching).code == 0
    nobody = kvit("import", table, "--home", watching, "--json")
    assert (nobody.code, nobody.json["error"]["code"]) == (1, "file.who")
    other = tmp_path / "kl_to_1c.txt"
    other.write_bytes("1CClientBankExchange\r\n".encode("cp1251"))
    assert kvit("import", other, book, "--by", "Пётр", "--home", watching).code == 2
    no_track = kvit("import", table, "--by", "Пётр", "--map", "track=", "--home", watching, "--json")
    assert no_track.json["error"]["code"] == "parcel.mapping_no_track"


def test_programs_get_keys_that_can_be_taken_back(kvit: Kvit, watching: Path) -> None:
    made = kvit("parcels", "key", "mebel.example", "--shop", "mebel", "--home", watching, "--json").json
    assert made["key"].startswith("kvitparcels_") and made["shop"] == "mebel"
    [listed] = kvit("parcels", "keys", "--home", watching, "--json").json["keys"]
    assert (listed["name"], listed["shop"], "key" in listed) == ("mebel.example", "mebel", False)
    twice = kvit("parcels", "key", "MEBEL.example", "--home", watching, "--json")
    assert (twice.code, twice.json["error"]["code"]) == (1, "parcel.feed_taken")
    assert kvit("parcels", "revoke", "mebel.example", "--home", watching).code == 0
    assert kvit("parcels", "keys", "--home", watching, "--json").json["keys"] == []
