"""Registries of cash on delivery, as carriers head their columns, are understood without anybody naming one."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.parcels.sandbox import registry_file
from gateway.payments.registries.guess import propose
from gateway.payments.registries.interpret import ReadRegistry
from gateway.payments.registries.model import PayoutSource

TITLE = "Реестр № 77 от 18.11.2026"
POST, CDEK = "14102192000011", "1234567890"
SHAPES = {
    "the Post, in short": (TITLE, "ШПИ;Сумма НП;Плата;Дата", f"{POST};1200,00;36,00;17.11.2026"),
    "the Post, the fee of a transfer": (
        f"{TITLE} наложенных платежей",
        "№ п/п;Номер РПО;Номер перевода;Сумма перевода, руб.;Тариф, руб.;Дата оплаты",
        f"1;{POST};55512;1200,00;36,00;17.11.2026",
    ),
    "the Post, with totals": (
        TITLE,
        "ШК РПО;Дата вручения;Сумма наложенного платежа;Плата за пересылку перевода;К перечислению",
        f"{POST};17.11.2026;1 200,00;36,00;1 164,00",
        "Итого;;1 200,00;36,00;1 164,00",
    ),
    "CDEK, as an agent": (
        TITLE,
        "Номер заказа СДЭК;Номер отправления ИМ;Дата вручения;Сумма наложенного платежа;Агентское вознаграждение;"
        "Сумма к перечислению",
        f"{CDEK};ИМ-1;17.11.2026;1200,00;36,00;1164,00",
        "Итого;;;1200,00;36,00;1164,00",
    ),
    "CDEK, by waybill": (
        TITLE,
        "№ п/п;Номер накладной;Номер отправления в ИС клиента;Сумма к возврату клиенту;Наложенный платеж;"
        "Вознаграждение агента",
        f"1;{CDEK};ИМ-1;1164,00;1200,00;36,00",
    ),
    "CDEK, in short": (
        TITLE,
        "Накладная;Номер ИМ;Получено НП;Комиссия;К выплате",
        f"{CDEK};ИМ-1;1200,00;36,00;1164,00",
    ),
}


@pytest.mark.parametrize("rows", SHAPES.values(), ids=SHAPES)
def test_a_carriers_registry_is_understood(rows: tuple[str, ...]) -> None:
    proposal = propose("\r\n".join(rows).encode("cp1251"), "r.csv", PayoutSource.POST)
    assert proposal.missing == () and proposal.error is None
    [registry] = proposal.registries
    [line] = registry.lines
    assert (registry.number, registry.date, registry.sound) == ("77", date(2026, 11, 18), True)
    assert (registry.gross, registry.fee, registry.net) == (Money(120_000), Money(3_600), Money(116_400))
    assert line.kind is Reference.TRACK and line.key in (POST, CDEK)
    assert (line.amount, line.fee) == (Money(120_000), Money(3_600))


def test_the_day_in_a_files_name_is_the_registrys_not_that_of_a_buyers_payment() -> None:
    def read(*rows: str) -> list[ReadRegistry]:
        data = "\r\n".join(rows).encode("cp1251")
        return list(propose(data, "reestr_77_18.11.2026.csv", PayoutSource.POST).registries)

    first, second = f"{POST};1200,00;36,00;17.11.2026", "14102192000028;100,00;3,00;16.11.2026"
    [registry] = read("ШПИ;Сумма НП;Плата;Дата", first, second)
    assert (registry.number, registry.date, len(registry.lines)) == ("77", date(2026, 11, 18), 2)
    [registry] = read("ШПИ;Сумма НП;Дата перечисления", f"{POST};1200,00;19.11.2026")
    assert registry.date == date(2026, 11, 19)


@pytest.mark.parametrize("write", [registry_file.csv, registry_file.xlsx], ids=["csv", "xlsx"])
def test_the_sandboxs_own_registry(write: object) -> None:
    assert callable(write)
    line = registry_file.Line(POST, Money(120_000), Money(3_600), date(2026, 11, 17))
    content = write(registry_file.title(77, date(2026, 11, 18)), [line])
    [registry] = propose(content, "post_77_20261118", PayoutSource.POST).registries
    assert (registry.number, registry.net, registry.sound) == ("77", Money(116_400), True)
