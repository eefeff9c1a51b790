"""The quirks of real CommerceML files, and what a single bad element costs."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.onec.commerceml_read import MAX_PROBLEMS, read
from gateway.onec.model_documents import CommerceML
from tests.onec.facts import commerceml, line, offers, order, requisite


def parse(body: str, **how: str) -> CommerceML:
    return read(commerceml(body, **how).encode())


# Shape of the file


@pytest.mark.parametrize("namespace", ["", "urn:1C.ru:commerceml_2", "urn:1C.ru:commerceml_3", "urn:other"])
def test_any_namespace_or_none_will_do(namespace: str) -> None:
    assert parse(order(), namespace=namespace).documents[0].number == "125"


def test_a_prefix_will_do() -> None:
    text = commerceml(order(), namespace="").replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    text = text.replace("<x:?xml", "<?xml").replace("Информация Вер", 'Информация xmlns:x="urn:1C.ru:commerceml_2" Вер')
    assert read(text.encode()).documents[0].lines[0].qty == Quantity.of(2)


def test_containers_of_3_1_keep_their_documents_together() -> None:
    payment = (
        "<Документ><Ид>pay</Ид><Номер>7</Номер><Дата>2026-11-21</Дата>"
        "<ХозОперация>Выплата безналичных денег</ХозОперация><Сумма>100</Сумма><Основание>o-1</Основание></Документ>"
    )
    found = parse(
        f"<Контейнер>{order()}{payment}</Контейнер><Контейнер>{order('o-2', '126')}</Контейнер>", version="3.1"
    )
    assert [(d.id, d.container, d.basis_id) for d in found.documents] == [
        ("o-1", 1, ""),
        ("pay", 1, "o-1"),
        ("o-2", 2, ""),
    ]
    assert [d.id for d in found.orders] == ["o-1", "o-2"]
    assert found.problems == ()


def test_a_file_of_many_goods_is_read_piece_by_piece() -> None:
    item = "<Предложение><Ид>p-{0}</Ид><Наименование>Рамка {0}</Наименование><Количество>{0}</Количество></Предложение>"
    found = parse(offers(*(item.format(n) for n in range(1, 3001))))
    assert found.stock is not None
    assert [str(row.qty) for row in found.stock.rows] == [str(n) for n in range(1, 3001)]
    assert {extra.path for extra in found.stock.extras} == {"ПакетПредложений/Ид", "ПакетПредложений/Наименование"}


def test_an_unknown_section_is_kept_and_named() -> None:
    found = parse("<Справочники><Валюта><Код>643</Код></Валюта></Справочники>")
    assert [(e.path, e.text) for e in found.extras] == [("Справочники/Валюта/Код", "643")]
    assert [(p.code, p.skipped) for p in found.problems] == [("onec.section_unknown", False)]


def test_an_empty_root_is_a_file_with_nothing_in_it() -> None:
    found = read('<КоммерческаяИнформация ВерсияСхемы="2.10"/>'.encode())
    assert (found.catalogue, found.stock, found.documents, found.problems) == (None, None, (), ())


# Goods


def test_a_product_keeps_everything_it_says() -> None:
    found = parse(
        """<Каталог СодержитТолькоИзменения="true"><Ид>c</Ид><Наименование>Рамки</Наименование><Товары>
        <Товар Статус="Изменен"><Ид>guid#chr</Ид><Артикул> R-3040 </Артикул><Наименование>Рамка 30x40   </Наименование>
        <Штрихкоды><Штрихкод>4600000000017</Штрихкод><Штрихкод>4600000000024</Штрихкод></Штрихкоды>
        <БазоваяЕдиница>796 </БазоваяЕдиница><Группы><Ид>g1</Ид><Ид>g2</Ид></Группы>
        <Изготовитель><Наименование>Фабрика</Наименование></Изготовитель>
        <СтавкиНалогов><СтавкаНалога><Наименование>Акциз</Наименование><Ставка>5</Ставка></СтавкаНалога>
        <СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка></СтавкаНалога></СтавкиНалогов>
        <ЗначенияРеквизитов>"""
        + requisite("Ячейка", "A-12-3")
        + requisite("ТипНоменклатуры", "Товар")
        + """</ЗначенияРеквизитов></Товар></Товары></Каталог>"""
    )
    assert found.catalogue is not None and not found.catalogue.full
    product = found.catalogue.products[0]
    assert (product.id, product.base_id, product.characteristic_id) == ("guid#chr", "guid", "chr")
    assert (product.sku, product.name, product.unit.code, product.unit.label) == ("R-3040", "Рамка 30x40", "796", "шт")
    assert product.barcodes == ("4600000000017", "4600000000024")
    assert (product.vat_rate, product.bin, product.service, product.group_ids) == ("22", "A-12-3", False, ("g1", "g2"))
    assert [(e.path, e.text) for e in product.extras] == [
        ("@Статус", "Изменен"),
        ("Изготовитель/Наименование", "Фабрика"),
        ("СтавкиНалогов/СтавкаНалога/Наименование", "Акциз"),
        ("СтавкиНалогов/СтавкаНалога/Ставка", "5"),
    ]


@pytest.mark.parametrize(
    ("mark", "deleted"),
    [
        ('<Товар Статус="Удален"><Ид>p</Ид>', True),
        ("<Товар><Ид>p</Ид><ПометкаУдаления>true</ПометкаУдаления>", True),
        ("<Товар><Ид>p</Ид>", False),
    ],
)
def test_deleted_products_are_marked(mark: str, deleted: bool) -> None:
    found = parse(f"<Каталог><Товары>{mark}</Товар></Товары></Каталог>")
    assert found.catalogue is not None and found.catalogue.products[0].deleted is deleted


def test_a_product_without_id_is_left_out_and_the_rest_goes_on() -> None:
    found = parse(
        "<Каталог><Товары><Товар><Наименование>Без ключа</Наименование></Товар>\n"
        "<Товар><Ид>p</Ид></Товар></Товары></Каталог>"
    )
    assert found.catalogue is not None and [p.id for p in found.catalogue.products] == ["p"]
    assert [(p.code, p.line, p.fragment, p.skipped) for p in found.problems] == [
        ("onec.product_no_id", 3, "Без ключа", True)
    ]


STOCK_WAYS = {
    "2.04-2.10": '<Склад ИдСклада="w1" КоличествоНаСкладе="3"/><Склад ИдСклада="w2" КоличествоНаСкладе="4.5"/>',
    "changes": '<Склады ИдСклада="w1" КоличествоНаСкладе="3"/><Склады ИдСклада="w2" КоличествоНаСкладе="4,5"/>',
    "2.05": "<КоличествоНаСкладах>"
    "<КоличествоНаСкладе><ИдСклада>w1</ИдСклада><Количество>3</Количество></КоличествоНаСкладе>"
    "<КоличествоНаСкладе><ИдСклада>w2</ИдСклада><Количество>4.500</Количество></КоличествоНаСкладе></КоличествоНаСкладах>",
    "3.1": "<Остатки><Остаток><Склад><Ид>w1</Ид><Количество>3</Количество></Склад></Остаток>"
    "<Остаток><Склад><Ид>w2</Ид><Количество>4.5</Количество></Склад></Остаток></Остатки>",
}


@pytest.mark.parametrize("way", STOCK_WAYS)
def test_stock_per_warehouse_in_the_way_of_each_version(way: str) -> None:
    found = parse(offers(f"<Предложение><Ид>p</Ид>{STOCK_WAYS[way]}</Предложение>"))
    assert found.stock is not None and found.problems == ()
    assert [(r.product_id, r.warehouse_id, str(r.qty)) for r in found.stock.rows] == [
        ("p", "w1", "3"),
        ("p", "w2", "4.5"),
    ]


def test_a_package_of_changes_is_never_full_by_default() -> None:
    body = (
        "<ИзмененияПакетаПредложений><Ид>c#</Ид><Предложения><Предложение><Ид>p</Ид>"
        "<ИдХарактеристики>x</ИдХарактеристики><Количество>1</Количество>"
        "</Предложение></Предложения></ИзмененияПакетаПредложений>"
    )
    found = parse(body)
    assert found.stock is not None and not found.stock.full
    assert found.stock.rows[0].product_id == "p#x"
    silent = parse(offers(changes_only="")).stock
    assert silent is not None and not silent.full, "a file that does not say so is not the whole stock"


def test_the_total_is_used_where_there_are_no_warehouses() -> None:
    found = parse(
        offers("<Предложение><Ид>p</Ид><Остатки><Остаток><Количество>-2</Количество></Остаток></Остатки></Предложение>")
    )
    assert found.stock is not None
    assert [(r.warehouse_id, str(r.qty)) for r in found.stock.rows] == [("", "-2")], (
        "1C allows negative stock; it is told as it is"
    )


def test_a_total_that_differs_from_the_warehouses_is_a_remark() -> None:
    found = parse(
        offers(
            "<Предложение><Ид>p</Ид><Количество>10</Количество>"
            '<Склад ИдСклада="w1" КоличествоНаСкладе="3"/></Предложение>'
        )
    )
    assert found.stock is not None and [str(r.qty) for r in found.stock.rows] == ["3"]
    assert [(p.code, p.values, p.skipped) for p in found.problems] == [
        ("onec.stock_total_differs", {"product": "p", "total": "10", "held": "3"}, False)
    ]


def test_a_bad_quantity_or_price_costs_only_itself() -> None:
    price = "<Цены><Цена><ИдТипаЦены>t</ИдТипаЦены><ЦенаЗаЕдиницу>{}</ЦенаЗаЕдиницу><Валюта>{}</Валюта></Цена></Цены>"
    found = parse(
        offers(
            "<Предложение><Ид>a</Ид><Количество>много</Количество></Предложение>",
            f"<Предложение><Ид>b</Ид>{price.format('10.005', 'RUB')}<Количество>1</Количество></Предложение>",
            f"<Предложение><Ид>c</Ид>{price.format('10', 'USD')}</Предложение>",
            f"<Предложение><Ид>d</Ид>{price.format('1 042,50', 'руб.')}</Предложение>",
        )
    )
    assert found.stock is not None
    assert [(r.product_id, str(r.qty)) for r in found.stock.rows] == [("b", "1")]
    assert [o.prices[0].amount if o.prices else None for o in found.stock.offers] == [None, None, None, Money(104250)]
    assert [p.code for p in found.problems] == ["quantity.unreadable", "money.subkopeck", "onec.currency_not_rouble"]
    assert "10.005" in found.problems[1].text("ru")


# Documents


def test_the_buyer_is_known_with_all_ways_to_reach_him() -> None:
    more = """<Контрагент><Ид>1#admin#Иванов</Ид><Наименование>ИП Иванов Пётр</Наименование>
    <ПолноеНаименование>Иванов Пётр</ПолноеНаименование><Фамилия>Иванов</Фамилия><ИНН>500100732259</ИНН>
    <АдресРегистрации><Представление>Москва</Представление></АдресРегистрации>
    <Адрес><Представление>Тула, Мира 1</Представление></Адрес><Контакты>
    <Контакт><Тип>Телефон рабочий</Тип><Значение>+7 495 000-00-01</Значение></Контакт>
    <Контакт><Тип>ТелефонМобильный</Тип><Значение>+7 900 000-00-02</Значение></Контакт>
    <Контакт><Тип>Почта</Тип><Значение>300000, Тула</Значение></Контакт>
    <Контакт><Тип>Почта</Тип><Значение>ivanov@example.test</Значение></Контакт></Контакты><Роль>Покупатель</Роль></Контрагент>"""
    seller = "<Контрагент><Наименование>Мы</Наименование><Роль>Продавец</Роль></Контрагент>"
    text = order().replace("<Контрагенты>", f"<Контрагенты>{seller}{more}")
    buyer = parse(text).documents[0].buyer
    assert buyer is not None
    assert (buyer.id, buyer.kind, buyer.inn, buyer.person) == ("1#admin#Иванов", "ip", "500100732259", True)
    assert (buyer.phone, buyer.email, buyer.address) == ("+7 900 000-00-02", "ivanov@example.test", "Тула, Мира 1")


@pytest.mark.parametrize(
    ("name", "inn", "kpp", "person", "kind"),
    [
        ("ООО Ромашка", "7707083893", "773601001", False, "ul"),
        ("Индивидуальный предприниматель Иванов", "500100732259", "", True, "ip"),
        ("Иванов Пётр", "500100732259", "", True, "fl"),
        ("Иванов Пётр", "", "", True, "fl"),
        ("Ромашка", "", "", False, "ul"),
    ],
)
def test_what_kind_of_buyer(name: str, inn: str, kpp: str, person: bool, kind: str) -> None:
    full = "ПолноеНаименование" if person else "ОфициальноеНаименование"
    names = f"<Наименование>{name}</Наименование><{full}>{name}</{full}>"
    party = f"<Контрагент>{names}<ИНН>{inn}</ИНН><КПП>{kpp}</КПП></Контрагент>"
    text = order()
    start, end = text.index("<Контрагент>"), text.index("</Контрагенты>")
    found = parse(text[:start] + party + text[end:]).documents[0]
    assert found.buyer is not None and found.buyer.kind == kind


FLAGS = [
    ("Заказ оплачен", "true", "paid", True),
    ("Заказ оплачен", "Нет", "paid", False),
    ("Отменен", "1", "cancelled", True),
    ("Отгружен", "Да", "shipped", True),
    ("Доставка разрешена", "false", "delivery_allowed", False),
    ("Отгружен", "частично", "shipped", None),
    ("Проведен", "истина", "posted", True),
    ("ПометкаУдаления", "true", "deleted", True),
    ("Номер по 1С", "УТ-125", "number_1c", "УТ-125"),
]


@pytest.mark.parametrize(("name", "value", "field", "expected"), FLAGS)
def test_flags_of_the_requisites(name: str, value: str, field: str, expected: object) -> None:
    document = parse(order(more=f"<ЗначенияРеквизитов>{requisite(name, value)}</ЗначенияРеквизитов>")).documents[0]
    assert getattr(document, field) == expected
    assert document.requisites[name] == value


def test_services_need_no_stock() -> None:
    service = f"<ЗначенияРеквизитов>{requisite('ТипНоменклатуры', 'Услуга')}</ЗначенияРеквизитов>"
    lines = line() + line("ORDER_DELIVERY", "1", "0", "0") + line("p-2", "1", "0", "0", service)
    document = parse(order(lines=lines)).documents[0]
    assert [item.service for item in document.lines] == [False, True, True]
    assert document.delivery


def test_self_collection_is_no_delivery() -> None:
    chosen = requisite("Способ доставки", "Самовывоз") + requisite("Адрес доставки", "Тула")
    values = f"<ЗначенияРеквизитов>{chosen}</ЗначенияРеквизитов>"
    document = parse(order(more=values)).documents[0]
    assert not document.delivery and document.delivery_address == "Тула"


BAD_ORDERS = {
    "quantity.unreadable": order("bad", lines=line(qty="две")),
    "onec.line_no_qty": order("bad", lines=line(qty="")),
    "money.unreadable": order("bad", amount="сто"),
    "money.subkopeck": order("bad", amount="100.001"),
    "onec.order_no_amount": order("bad", amount=""),
    "onec.order_date": order("bad").replace("2026-11-20", "20 ноября"),
    "onec.currency_not_rouble": order("bad").replace("RUB", "USD"),
    "onec.order_no_id": order("", ""),
    "onec.line_no_product": order("bad", lines=line("").replace("Рамка 30x40", "")),
}


@pytest.mark.parametrize("code", BAD_ORDERS)
def test_one_bad_document_is_reported_and_the_rest_goes_on(code: str) -> None:
    found = parse(order("first") + "\n" + BAD_ORDERS[code] + "\n" + order("last"))
    assert [d.id for d in found.documents] == ["first", "last"]
    problem = next(p for p in found.problems if p.skipped)
    assert problem.code == code and problem.line > 3
    for language in ("ru", "en"):
        assert problem.text(language) and "{" not in problem.text(language)


def test_a_price_with_part_of_a_kopeck_leaves_the_sum_to_decide() -> None:
    document_line = parse(order(lines=line(qty="3", price="33.3333"))).documents[0].lines[0]
    assert (document_line.price, document_line.amount) == (None, Money(10000))


def test_lines_that_do_not_add_up_are_a_remark_unless_a_discount_explains_it() -> None:
    odd = order(amount="90.00")
    assert [p.code for p in parse(odd).problems] == ["onec.order_sum_differs"]
    discount = "<Скидки><Скидка><Наименование>Скидка</Наименование><Сумма>10</Сумма></Скидка></Скидки>"
    found = parse(order(amount="90.00", more=discount))
    assert found.problems == ()
    assert ("Скидки/Скидка/Сумма", "10") in [(e.path, e.text) for e in found.documents[0].extras]


def test_a_bad_subordinate_document_leaves_its_order() -> None:
    bad = "<ПодчиненныйДокумент><Ид>x</Ид><Дата>нет</Дата></ПодчиненныйДокумент>"
    below = f"<ПодчиненныеДокументы>{bad}</ПодчиненныеДокументы>"
    found = parse(order(more=below))
    assert len(found.documents) == 1 and found.documents[0].subordinates == ()
    assert [(p.code, p.skipped) for p in found.problems] == [("onec.order_date", True)]


def test_local_time_is_the_companys() -> None:
    data = commerceml(order()).encode()
    assert read(data).documents[0].made_at == datetime(2026, 11, 20, 7, 15, tzinfo=UTC)
    assert read(data, ZoneInfo("Asia/Vladivostok")).documents[0].made_at == datetime(2026, 11, 20, 0, 15, tzinfo=UTC)


def test_a_thousand_problems_are_enough() -> None:
    bad = "<Предложение><Наименование>x</Наименование></Предложение>"
    found = parse(offers(*([bad] * (MAX_PROBLEMS + 7))))
    assert len(found.problems) == MAX_PROBLEMS + 1
    assert (found.problems[-1].code, found.problems[-1].values) == ("onec.more_problems", {"count": "7"})


@given(st.text(max_size=200))
def test_any_text_in_a_field_is_kept_or_refused_whole(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    try:
        data = commerceml(order(more=f"<Комментарий>{escaped}</Комментарий>")).encode()
    except UnicodeEncodeError:
        return
    try:
        found = read(data)
    except Refused as error:
        assert error.code in ("onec.xml_broken", "onec.encoding_unknown")
        return
    if "&" not in text:
        assert found.documents[0].comment == text.replace("\r\n", "\n").replace("\r", "\n").strip()
