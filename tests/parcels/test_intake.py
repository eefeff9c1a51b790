"""Lists of parcels: whatever program wrote them, row by row."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
from openpyxl import Workbook

from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.parcels import intake_file
from gateway.parcels.intake_file import Report
from gateway.parcels.tables import intakes, parcels
from tests.parcels.house import COMPANY, OTHER, PACKER, THIRD, TRACK, House

HEADS = ("Трек-номер", "Номер заказа", "ФИО получателя", "Телефон", "E-mail", "Сумма заказа",
         "Сумма наложенного платежа", "Индекс", "Согласие")  # fmt: skip
GOOD = (TRACK, "К-17", "Иванова Анна", "89161234567", "anna@example.ru", "2 500,00", "1 234,50", "170100", "да")
CSV = "\n".join(
    [
        "Отправления за 5 октября",
        ";".join(HEADS),
        ";".join(GOOD),
        f"{OTHER};К-18;Петров Пётр;нет;;100;;170100;",
        "9,10000E+13;К-19;;;;;;;",
        f"{THIRD};К-20;;;;сто рублей;;;",
        f"{TRACK};К-17;Иванова Анна;89161234567;anna@example.ru;2 500,00;1 234,50;170100;да",
    ]
)


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def ods(*rows: tuple[str, ...]) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")}
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in names.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="A">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return kept.getvalue()


def read(house: House, data: bytes) -> intake_file.List:
    with house.store.reading() as connection:
        return intake_file.read(connection, COMPANY, "список.csv", data)


def take(house: House, data: bytes, mapping: dict[str, str] | None = None, stop_after: int = 99, **more: str) -> Report:
    made = read(house, data)
    intake_id = house.do(PACKER, lambda unit: intake_file.begin(unit, made, mapping or made.mapping, **more))
    commits: list[int] = []
    return intake_file.take(
        house.store, PACKER, house.terms, made, intake_id,
        progress=lambda done, _: commits.append(done), stopped=lambda: len(commits) >= stop_after,
    )  # fmt: skip


def rows_of(house: House, report: Report) -> list[tuple[int, str, list[str]]]:
    with house.store.reading() as connection:
        found = intake_file.outcomes(connection, COMPANY, report.id)
    return [(row["row"], row["outcome"], [remark["code"] for remark in row["remarks"]]) for row in found]


def test_each_row_of_a_list_is_taken_or_says_why_not(house: House) -> None:
    report = take(house, CSV.encode("cp1251"), shop="mebel")
    assert rows_of(house, report) == [
        (3, "taken", []),
        (4, "warned", ["parcel.phone_wrong"]),
        (5, "refused", ["parcel.track_rounded"]),
        (6, "refused", ["parcel.list_sum"]),
        (7, "known", []),
    ]
    assert report.counts == {"taken": 1, "warned": 1, "refused": 2, "known": 1, "changed": 0}
    with house.store.reading() as connection:
        row = connection.execute(parcels.select().where(parcels.c.track == TRACK)).one()
    assert (row.order_no, row.phone, row.order_sum, row.cod, row.shop) == (
        "К-17", "+79161234567", 250_000, 123_450, "mebel",
    )  # fmt: skip


def test_the_same_file_again_is_all_known(house: House) -> None:
    data = workbook(HEADS, GOOD, (int(OTHER), *GOOD[1:]))
    assert take(house, data).counts["taken"] == 2
    again = take(house, data)
    assert again.counts == {"taken": 0, "known": 2, "changed": 0, "warned": 0, "refused": 0}
    assert (house.count(), house.count(intakes)) == (2, 2)


def test_spreadsheets_of_every_kind_say_the_same(house: House) -> None:
    table = (HEADS, GOOD)
    lists = [read(house, data) for data in (workbook(*table), ods(*table), "\n".join(map(";".join, table)).encode())]
    assert {(made.table.heads, tuple(row.cells for row in made.table.rows)) for made in lists} == {(HEADS, (GOOD,))}
    assert dict(lists[0].mapping) == {
        "track": HEADS[0], "order_no": HEADS[1], "name": HEADS[2], "phone": HEADS[3], "email": HEADS[4],
        "order_sum": HEADS[5], "cod": HEADS[6], "index_to": HEADS[7], "consent": HEADS[8],
    }  # fmt: skip
    for broken in (base64.b64decode("0M8R4KGxGuE=") + b"\0" * 600, ods(*table)[:300]):
        with pytest.raises(Refused) as refused:
            read(house, broken)
        assert refused.value.code == "registry.workbook_broken"


def test_a_list_without_heads_is_read_by_its_numbers(house: House) -> None:
    made = read(house, f"Иванова;{TRACK};100\nПетров;{OTHER};200\n".encode())
    assert (made.table.heads, dict(made.mapping)) == (("№1", "№2", "№3"), {"track": "№2"})
    assert len(made.table.rows) == 2
    english = read(house, b"Tracking number,Recipient,Customer phone,COD,Order\nX,Y,Z,1,2\n")
    assert dict(english.mapping) == {
        "track": "Tracking number", "name": "Recipient", "phone": "Customer phone", "cod": "COD", "order_no": "Order",
    }  # fmt: skip


def test_what_somebody_said_of_the_columns_is_remembered_for_such_lists(house: House) -> None:
    first = f"Код;Кому\n{TRACK};Анна\n".encode()
    made = read(house, first)
    assert (dict(made.mapping), made.remembered) == ({"track": "Код"}, False)
    with pytest.raises(Refused) as refused:
        take(house, first, {"name": "Кому"})
    assert refused.value.code == "parcel.mapping_no_track"
    with pytest.raises(Refused) as refused:
        take(house, first, {"track": "Код", "name": "Нет такого"})
    assert refused.value.code == "parcel.mapping_unknown"
    take(house, first, {"track": "Код", "name": "Кому"})
    again = read(house, f"Код;Кому\n{OTHER};Пётр\n".encode())
    assert (dict(again.mapping), again.remembered) == ({"track": "Код", "name": "Кому"}, True)


def test_a_long_list_is_broken_off_and_goes_on_where_it_stopped(house: House) -> None:
    numbers = [f"{14_102_192_000_000 + n}" for n in range(450)]
    data = "\n".join(["Трек", *numbers]).encode()
    stopped = take(house, data, stop_after=1)
    assert (stopped.state, house.count()) == ("stopped", 200)
    done = take(house, data)
    assert (done.id, done.state, done.resumed, house.count()) == (stopped.id, "done", 200, 450)
    assert sum(done.counts.values()) == 450
    with house.store.reading() as connection:
        second = intake_file.outcomes(connection, COMPANY, done.id, after=200, limit=300)
    assert [row["row"] for row in second] == list(range(201, 452))


def test_a_list_has_its_limits_and_its_people(house: House) -> None:
    with pytest.raises(Refused) as refused:
        read(house, "\n".join(["Трек", *(str(10**13 + n) for n in range(10_001))]).encode())
    assert refused.value.code == "parcel.list_too_long"
    made = read(house, CSV.encode())
    with pytest.raises(Refused) as refused:
        house.do(Actor("Б", Role.ACCOUNTANT), lambda unit: intake_file.begin(unit, made, made.mapping))
    assert refused.value.code == "authority.missing"
