"""1C's files by hand."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.core.clock import business_date
from gateway.service.demo import shop as shops
from gateway.service.instance import InstanceLock
from tests.service.conftest import Kvit

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small shop as 1C exports it."""
    folder = tmp_path_factory.mktemp("from-1c")
    shop = shops.make_shop(business_date(NOW))
    made = {
        "import.xml": shops.catalogue_file(shop, NOW),
        "offers.xml": shops.offers_file(shop, NOW),
        "orders.xml": shops.orders_file(shop, NOW),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in made}


def test_files_are_taken_in_the_order_that_suits_them(kvit: Kvit, home: Path, files: dict[str, Path]) -> None:
    answer = kvit("import", files["orders.xml"], files["offers.xml"], files["import.xml"], "--home", home, "--json")
    assert answer.code == 0
    taken = {Path(result["file"]).name: result for result in answer.json["files"]}
    assert list(taken) == ["import.xml", "offers.xml", "orders.xml"]
    assert taken["import.xml"]["products"] == 20
    assert taken["offers.xml"]["stock_rows"] == 40
    assert taken["orders.xml"]["orders"] == shops.ORDERS


def test_a_file_taken_before_changes_nothing(kvit: Kvit, home: Path, files: dict[str, Path]) -> None:
    assert kvit("import", files["import.xml"], "--home", home).code == 0
    again = kvit("import", files["import.xml"], "--home", home, "--json")
    assert again.code == 0
    assert again.json["files"][0]["known"] is True
    assert "taken in before" in kvit("import", files["import.xml"], "--home", home, "--language", "en").out


def test_an_archive_is_opened(kvit: Kvit, home: Path, files: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "exchange.zip", "w") as archive:
        for name, file in files.items():
            archive.write(file, name)
    answer = kvit("import", tmp_path / "exchange.zip", "--home", home, "--json")
    assert answer.code == 0
    assert [Path(result["file"]).name for result in answer.json["files"]] == ["import.xml", "offers.xml", "orders.xml"]


def test_a_broken_file_is_named_and_the_others_are_taken(
    kvit: Kvit, home: Path, files: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "broken.xml").write_bytes(files["orders.xml"].read_bytes()[:3000])
    (tmp_path / "empty.xml").touch()
    answer = kvit(
        "import", tmp_path / "broken.xml", tmp_path / "empty.xml", files["import.xml"], "--home", home, "--json"
    )
    assert answer.code == 1
    results = {Path(result["file"]).name: result for result in answer.json["files"]}
    assert results["broken.xml"]["error"]["code"] == "onec.xml_truncated"
    assert results["empty.xml"]["error"]["code"] == "onec.file_empty"
    assert results["import.xml"]["error"] is None and results["import.xml"]["products"] == 20


def test_what_could_not_be_used_is_shown_with_its_line(
    kvit: Kvit, home: Path, files: dict[str, Path], tmp_path: Path
) -> None:
    text = files["orders.xml"].read_text(encoding="utf-8")
    total = text.index("<Сумма>") + len("<Сумма>")
    (tmp_path / "orders.xml").write_text(f"{text[:total]}много{text[text.index('<', total) :]}", encoding="utf-8")
    answer = kvit("import", tmp_path / "orders.xml", "--home", home, "--json")
    problems = answer.json["files"][0]["problems"]
    assert problems and problems[0]["line"] > 0 and problems[0]["text"]
    assert answer.json["files"][0]["orders"] >= shops.ORDERS - 1
    told = kvit("import", tmp_path / "orders.xml", "--home", home, "--language", "en").out
    assert f"line {problems[0]['line']}" in told


STATEMENT = """1CClientBankExchange
ВерсияФормата=1.03
Кодировка=Windows
ДатаНачала=20.11.2026
ДатаКонца=20.11.2026
РасчСчет=40702810900000000001
СекцияРасчСчет
ДатаНачала=20.11.2026
ДатаКонца=20.11.2026
РасчСчет=40702810900000000001
НачальныйОстаток=0.00
ВсегоПоступило=1500.00
ВсегоСписано=0.00
КонечныйОстаток=1500.00
КонецРасчСчет
СекцияДокумент=Платежное поручение
Номер=17
Дата=20.11.2026
Сумма=1500.00
ДатаПоступило=20.11.2026
Плательщик=ООО "Вернисаж"
ПлательщикИНН=7705123453
ПлательщикСчет=40702810500000000077
ПолучательСчет=40702810900000000001
НазначениеПлатежа=По счету 101
КонецДокумента
КонецФайла
""".replace("\n", "\r\n").encode("cp1251")


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    file = tmp_path / "kl_to_1c.txt"
    file.write_bytes(STATEMENT)
    return file


def test_a_bank_statement_is_taken_in_the_name_of_a_person_who_may(kvit: Kvit, home: Path, statement: Path) -> None:
    for name, role in (("Анна", "accountant"), ("Пётр", "warehouse")):
        assert kvit("user", "add", name, "--role", role, "--home", home).code == 0
    results = {
        who: kvit("import", statement, *(("--by", who) if who else ()), "--home", home, "--json")
        for who in ("", "Никто", "Пётр", "Анна")
    }
    codes = {who: (answer.json["files"][0]["error"] or {}).get("code") for who, answer in results.items()}
    assert codes == {"": "file.who", "Никто": "user.unknown", "Пётр": "authority.missing", "Анна": None}
    taken = results["Анна"].json["files"][0]
    assert taken["statement"] == {"lines": 1, "fresh": 1, "payments": 1, "failed": 0}
    assert (taken["format"], taken["by"]) == ("1c-text", "accountant:Анна")
    again = kvit("import", statement, "--by", "Анна", "--home", home, "--json")
    assert again.code == 0 and again.json["files"][0]["known"] is True


def test_payment_orders_for_the_bank_are_no_statement(kvit: Kvit, home: Path, tmp_path: Path) -> None:
    orders = "1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\nКонецФайла\r\n"
    (tmp_path / "kl.txt").write_bytes(orders.encode("cp1251"))
    kvit("user", "add", "Анна", "--role", "accountant", "--home", home)
    answer = kvit("import", tmp_path / "kl.txt", "--by", "Анна", "--home", home, "--json")
    assert answer.code == 1
    assert answer.json["files"][0]["error"]["code"] == "file.payment_orders"


def test_a_stored_statement_can_be_read_again(kvit: Kvit, home: Path, statement: Path) -> None:
    kvit("user", "add", "Анна", "--role", "director", "--home", home)
    message = kvit("import", statement, "--by", "Анна", "--home", home, "--json").json["files"][0]["message"]
    for asked in ((message,), ("--all",)):
        answer = kvit("bank", "reimport", *asked, "--home", home, "--json")
        assert answer.code == 0
        [again] = answer.json["messages"]
        assert (again["message"], again["state"], again["lines"], again["fresh"]) == (message, "taken", 1, 0)
    assert kvit("bank", "reimport", "--home", home).code == 2
    assert kvit("bank", "reimport", "no-such", "--home", home).code == 1


def test_who_handed_a_statement_to_the_running_service_is_kept(kvit: Kvit, home: Path, statement: Path) -> None:
    kvit("user", "add", "Анна", "--role", "accountant", "--home", home)
    with InstanceLock(home / "run"):
        assert kvit("import", statement, "--home", home).code == 1
        answer = kvit("import", statement, "--by", "Анна", "--home", home, "--json")
    [handed] = answer.json["handed_over"]
    assert Path(handed).read_bytes() == STATEMENT


def test_while_the_service_runs_the_files_go_through_its_folder(kvit: Kvit, home: Path, files: dict[str, Path]) -> None:
    with InstanceLock(home / "run"):
        answer = kvit("import", files["import.xml"], "--home", home, "--json")
        again = kvit("import", files["import.xml"], "--home", home, "--language", "en")
    assert answer.code == again.code == 0
    first, second = sorted((home / "exchange" / "in").glob("*.xml"), key=lambda path: len(path.name))
    assert answer.json["handed_over"] == [str(first)]
    assert first.read_bytes() == second.read_bytes() == files["import.xml"].read_bytes()
    assert "The service is running" in again.out


def test_a_file_that_is_not_there(kvit: Kvit, home: Path, tmp_path: Path) -> None:
    assert kvit("import", tmp_path / "nowhere.xml", "--home", home).code == 2
    assert kvit("import", "--home", home).code == 2
