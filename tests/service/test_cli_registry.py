"""`kvit registry …`: from the first look at a partner's file to its payout."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.desk import text_document, text_file
from tests.service.conftest import Kvit
from tests.service.match_stage import decisions

PARTNER = "7700000122"
FILE = (
    "Реестр операций № 105 от 18.11.2026\r\nНомер заказа;Сумма операции;Комиссия\r\n"
    "1001;1 500,00;22,50\r\n1002;2 000,00;30,00\r\n"
)


@pytest.fixture
def partner_home(kvit: Kvit, home: Path) -> Path:
    """A home with one payout partner and an accountant."""
    config = home / "kvit.toml"
    text = config.read_text(encoding="utf-8")
    table = f'payout_partners = {{ "{PARTNER}" = "acquirer" }}'
    lines = [table if line.startswith("payout_partners") else line for line in text.splitlines()]
    if table not in lines:
        at = lines.index("[matching]") if "[matching]" in lines else len(lines)
        lines[at : at + 1] = ["[matching]", table]
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert kvit("user", "add", "Анна", "--role", "accountant", "--home", home).code == 0
    return home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reestr.csv"
    path.write_bytes(FILE.encode("cp1251"))
    return path


def test_a_partners_first_file(kvit: Kvit, partner_home: Path, file: Path) -> None:
    home = ("--home", partner_home, "--json")
    at = ("registry", "import", file, "--partner", PARTNER)
    assert kvit(*at, "--by", "Анна", *home).json["error"]["code"] == "registry.no_mapping"
    looked = kvit(*at, "--dry-run", *home)
    assert looked.code == 0 and looked.json["registries"][0]["net"] == 344_750
    assert "number.heading=" in kvit(*at, "--dry-run", "--home", partner_home).out
    saved = kvit("registry", "mapping", PARTNER, "--like", file, "--set", "fee_percent=", "--by", "Анна", *home)
    assert saved.code == 0 and saved.json["mapping"]["amount"] == "Сумма операции"
    done = kvit(*at, "--by", "Анна", *home)
    assert (done.code, done.json["decided"], done.json["known"]) == (0, 0, [])
    [registry] = done.json["registries"]
    assert [line["against"]["code"] for line in registry["lines"]] == ["matching.registry_line"] * 2
    assert kvit(*at, "--by", "Анна", *home).json["known"] == [registry["id"]]
    assert [one["id"] for one in kvit("registry", "list", *home).json["registries"]] == [registry["id"]]
    shown = kvit("registry", "show", registry["id"], "--home", partner_home, "--language", "en")
    assert "1001" in shown.out and "is on no invoice" in shown.out and "3447.50" in shown.out
    gone = kvit("registry", "withdraw", registry["id"], "--note", "повтор", "--by", "Анна", *home)
    assert gone.code == 0
    assert kvit("registry", "list", "--state", "withdrawn", *home).json["total"] == 1
    assert "105" in kvit("registry", "list", "--home", partner_home).out


def test_columns_may_be_named_for_this_once(kvit: Kvit, partner_home: Path, file: Path) -> None:
    file.write_bytes(FILE.replace("Номер заказа", "Ссылка").encode("utf-8"))
    home = ("--home", partner_home, "--json")
    at = ("registry", "import", file, "--partner", PARTNER, "--by", "Анна")
    looked = kvit(*at, "--dry-run", *home)
    assert looked.code == 1 and "key" in looked.json["missing"] and looked.json["mapping"] is None
    assert kvit(*at, "--map", "amount=Сумма операции", *home).json["error"]["code"] == "registry.mapping_incomplete"
    done = kvit(*at, "--map", "key=Ссылка", "--map", "kind=order", "--map", "number.heading=№ (\\d+)", *home)
    assert done.code == 0 and done.json["registries"][0]["sound"]
    assert kvit("registry", "mapping", PARTNER, *home).json["mapping"] is None


def test_what_does_not_add_up_is_kept_and_ends_in_one(kvit: Kvit, partner_home: Path, file: Path) -> None:
    file.write_bytes(f"{FILE}1003;много;0\r\nИтого;3500,00;52,50\r\n".encode())
    kvit("registry", "mapping", PARTNER, "--like", file, "--set", "kind=order", "--by", "Анна", "--home", partner_home)
    at = ("registry", "import", file, "--partner", PARTNER, "--by", "Анна", "--home", partner_home)
    answer = kvit(*at, "--language", "en")
    assert answer.code == 1
    assert "does not add up" in answer.out and "line 5" in answer.out and "1003 много 0" in answer.out
    unsound = kvit("registry", "list", "--state", "unsound", "--home", partner_home, "--json").json
    assert [one["bad_rows"] for one in unsound["registries"]] == [1]


def test_who_may_not_and_what_is_not_there(kvit: Kvit, partner_home: Path, file: Path) -> None:
    home = ("--home", partner_home, "--json")
    kvit("user", "add", "Пётр", "--role", "warehouse", "--home", partner_home)
    assert kvit("registry", "list", "--state", "odd", *home).code == 2
    for code, asked in (
        ("file.who", ("import", file, "--partner", PARTNER)),
        ("authority.missing", ("mapping", PARTNER, "--like", file, "--by", "Пётр")),
        ("registry.partner_unknown", ("mapping", "7705123453")),
        ("registry.unknown", ("show", "none")),
        ("registry.unknown", ("withdraw", "none", "--note", "x", "--by", "Анна")),
    ):
        answer = kvit("registry", *asked, *home)
        assert (answer.code, answer.json["error"]["code"]) == (1, code)


def test_a_back_test_on_real_files_explains_payouts_by_the_homes_registries(
    kvit: Kvit, partner_home: Path, file: Path, tmp_path: Path
) -> None:
    purpose = "Возмещение по реестру № 105 от 18.11.2026"
    statement, invoices = tmp_path / "kl_to_1c.txt", tmp_path / "invoices.csv"
    statement.write_bytes(text_file(text_document(344_750, doc_no="9", inn=PARTNER, purpose=purpose)))
    invoices.write_text(
        "Номер счета;Дата;Контрагент;ИНН;Сумма;Номер заказа\n"
        "11;12.11.2026;ООО «Вернисаж»;7705123453;1500,00;1001\n"
        "12;12.11.2026;ООО «Вернисаж»;7705123453;2000,00;1002\n",
        encoding="utf-8",
    )
    out, home = tmp_path / "d.jsonl", ("--home", partner_home)
    at = ("match", "--from-statement", statement, "--invoices", invoices, "--out", out, *home)
    assert kvit(*at).code == 0 and decisions(out)[0]["outcome"] == "payout_unexplained"
    kvit("registry", "mapping", PARTNER, "--like", file, "--set", "fee_percent=", "--by", "Анна", *home)
    taken = kvit("registry", "import", file, "--partner", PARTNER, "--by", "Анна", *home, "--json")
    assert taken.code == 0
    assert kvit(*at).code == 0
    [decision] = decisions(out)
    assert decision["outcome"] == "registry"
    assert sorted(amount for _, amount in decision["allocations"]) == [150_000, 200_000]
    gone = ("registry", "withdraw", taken.json["registries"][0]["id"], "--note", "ошибка", "--by", "Анна")
    assert kvit(*gone, *home).code == 0
    assert kvit(*at).code == 0 and decisions(out)[0]["outcome"] == "payout_unexplained"
