"""1C's files: goods, stock, orders, invoices, and what they set in motion."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.core.quantity import Quantity
from gateway.flows import picking
from gateway.flows.from_1c import take_file
from gateway.onec import read_file
from gateway.orders.tables import buyers, invoices, order_lines, orders
from gateway.payments.tables import payments
from gateway.service.demo.shop import catalogue_file, make_shop, offers_file, orders_file
from gateway.store.schema import alarms
from gateway.tasks.tables import tasks
from gateway.warehouse import stock as stock_service
from gateway.warehouse.tables import backorders, pick_lists, products, stock, warehouses
from tests.flows.shop import MORNING, STOREMAN, TERMS, Shop
from tests.flows.test_paid_to_pick import one

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.10" ДатаФормирования="2026-11-23T10:00:00">'
)
BUYER_XML = (
    "<Контрагенты><Контрагент><Ид>b1</Ид><Наименование>ООО «Вернисаж»</Наименование>"
    "<ОфициальноеНаименование>ООО «Вернисаж»</ОфициальноеНаименование><ИНН>7705123453</ИНН><КПП>770501001</КПП>"
    "<Роль>Покупатель</Роль></Контрагент></Контрагенты>"
)


def document(
    number: str, total: str = "2000.00", *, key: str = "", kind: str = "Заказ товара", lines: str = "", extra: str = "",
    values: str = "",
) -> str:  # fmt: skip
    return (
        f"<Документ><Ид>{key or 'o-' + number}</Ид><Номер>{number}</Номер><Дата>2026-11-20</Дата>"
        f"<ХозОперация>{kind}</ХозОперация><Роль>Продавец</Роль><Валюта>RUB</Валюта><Курс>1</Курс>"
        f"<Сумма>{total}</Сумма>{BUYER_XML}{extra}<Товары>{lines or line('a4', 2)}</Товары>{values}</Документ>"
    )


def line(product: str, pieces: int, price: int = 1000) -> str:
    return (
        f"<Товар><Ид>{product}</Ид><Наименование>Рама {product}</Наименование>"
        f'<БазоваяЕдиница Код="796">шт</БазоваяЕдиница><ЦенаЗаЕдиницу>{price}.00</ЦенаЗаЕдиницу>'
        f"<Количество>{pieces}</Количество><Сумма>{price * pieces}.00</Сумма></Товар>"
    )


def take(shop: Shop, *documents: str):
    body = (HEAD + "".join(documents) + "</КоммерческаяИнформация>").encode()
    content = read_file(body, "orders.xml").content
    return take_file(shop.store, TERMS, content)


def test_the_whole_frame_shop_comes_in_and_coming_again_changes_nothing(shop: Shop) -> None:
    made = make_shop(MORNING.date())
    for _ in range(2):
        for write in (catalogue_file, offers_file, orders_file):
            take_file(shop.store, TERMS, read_file(write(made, datetime(2026, 11, 23, 9, 0)), "f.xml").content)
    assert len(shop.rows(products)) == len(made.goods)
    assert len(shop.rows(orders)) == len(shop.rows(invoices)) == len(made.orders) == 60
    assert {row.version for row in shop.rows(orders)} == {1}
    assert sum(row.on_hand for row in shop.rows(stock)) == sum(sum(g.stock) for g in made.goods) * 1000
    assert sum(row.amount for row in shop.rows(order_lines)) == sum(o.amount.kopecks for o in made.orders)
    assert {row.kind for row in shop.rows(buyers)} == {"ul", "ip", "fl"}
    assert [row.name for row in shop.rows(warehouses)][2:] == ["Основной склад", "Склад магазина"]


def test_an_order_brings_an_invoice_of_its_own_number(shop: Shop) -> None:
    take(shop, document("СР-101"))
    invoice = one(shop.rows(invoices))
    assert (invoice.number, invoice.order_no, invoice.rest, invoice.counter) == ("СР-101", "СР-101", 200_000, 101)


def invoice_of(order: str, number: str, total: str = "2000.00") -> str:
    return document(number, total, key=f"i-{number}", kind="Счет на оплату", extra=f"<Основание>{order}</Основание>")


def test_a_real_invoice_takes_the_place_of_the_orders_own(shop: Shop) -> None:
    shop.goods("a4", main=10)
    take(shop, document("СР-101"))
    take(shop, invoice_of("o-СР-101", "77"))
    states = {row.number: (row.state, row.order_id) for row in shop.rows(invoices)}
    order = one(shop.rows(orders))
    assert states == {"СР-101": ("cancelled", order.id), "77": ("open", order.id)}
    shop.deliver(shop.line(200_000, "Оплата по счету № 77 от 20.11.2026"))
    assert one(shop.rows(pick_lists)).state == "new"


def test_money_that_came_before_its_invoice_is_matched_when_it_comes(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.deliver(shop.line(200_000, "Оплата по счету СР-101 от 20.11.2026"))
    assert one(shop.rows(payments)).state == "needs_person"
    done = take(shop, document("СР-101"))
    assert done.decided == 1
    assert one(shop.rows(payments)).state == "auto"
    assert one(shop.rows(pick_lists)).state == "new"
    assert one(shop.rows(tasks, reason="task.review_payment")).state == "done"


def test_an_order_changed_in_1c_after_it_was_paid_is_not_altered_but_told(shop: Shop) -> None:
    shop.goods("a4", main=10)
    take(shop, document("СР-101"))
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    for _ in range(2):
        take(shop, document("СР-101", "3000.00", lines=line("a4", 3)))
    assert one(shop.rows(order_lines)).qty == 2000
    assert one(shop.rows(tasks, reason="task.order_touched")).role == "manager"


def test_an_unpaid_order_follows_1c(shop: Shop) -> None:
    take(shop, document("СР-101"))
    take(shop, document("СР-101", "3000.00", lines=line("a4", 3)))
    assert one(shop.rows(order_lines)).qty == 3000
    assert one(shop.rows(invoices)).amount == 300_000


def test_an_order_cancelled_in_1c_frees_its_goods(shop: Shop) -> None:
    shop.goods("a4", main=10)
    take(shop, document("СР-101"))
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    cancelled = (
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Отменен</Наименование>"
        "<Значение>true</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
    )
    take(shop, document("СР-101", values=cancelled))
    assert one(shop.rows(orders)).headline == "cancelled"
    assert one(shop.rows(stock, product_id="a4", warehouse_id="main")).reserved == 0


def test_1cs_word_that_an_order_is_paid_is_no_evidence(shop: Shop) -> None:
    shop.goods("a4", main=10)
    paid = (
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Заказ оплачен</Наименование>"
        "<Значение>true</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
    )
    take(shop, document("СР-101", values=paid))
    assert one(shop.rows(orders)).headline == "unpaid"
    assert shop.rows(pick_lists) == []


def test_a_bad_document_is_reported_and_the_rest_goes_on(shop: Shop) -> None:
    shop.goods("a4", main=10)
    take(shop, document("СР-101"), invoice_of("o-СР-101", "77"))
    shop.deliver(shop.line(50_000, "По счету № 77"))
    done = take(shop, invoice_of("o-СР-101", "77", "2500.00"), document("СР-102", key="o-2"))
    [(number, error)] = done.refused
    assert (number, error.code) == ("77", "invoice.changed_after_payment")
    assert len(shop.rows(orders)) == 2
    assert one(shop.rows(alarms)).code == "onec.document_refused"
    take(shop, invoice_of("o-СР-101", "77"))
    assert one(shop.rows(alarms)).state == "cleared"


def test_what_was_shipped_after_the_count_is_not_counted_twice(shop: Shop) -> None:
    shop.goods("a4", main=10)
    order_id = shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    counted_at = shop.clock.now()
    shop.clock.advance(timedelta(minutes=5))
    pick = one(shop.rows(pick_lists))
    for event in ("pick", "close"):
        with shop.store.unit(STOREMAN) as unit:
            picking.act(unit, TERMS, pick.id, event)
            unit.commit()
    with shop.store.unit() as unit:
        from gateway.flows.by_hand import ship_order

        ship_order(unit, TERMS, order_id)
        unit.commit()
    assert one(shop.rows(stock, product_id="a4", warehouse_id="main")).on_hand == 8000
    with shop.store.unit() as unit:  # 1C's file was made before the goods left
        stock_service.count(unit, [stock_service.Count("a4", "main", Quantity.of(10))], counted_at, "onec")
        unit.commit()
    balance = one(shop.rows(stock, product_id="a4", warehouse_id="main"))
    assert (balance.on_hand, balance.reserved) == (8000, 0)


def test_goods_that_arrive_fill_the_longest_waiting_order_first(shop: Shop) -> None:
    shop.goods("a4")
    shop.order("СР-101", {"a4": 2})
    shop.order("СР-102", {"a4": 2}, price=110_000)
    shop.deliver(shop.line(200_000, "По счету СР-101"))
    shop.clock.advance(timedelta(minutes=1))
    shop.deliver(shop.line(220_000, "По счету СР-102"))
    assert shop.rows(pick_lists) == []
    with shop.store.unit() as unit:
        rows = [stock_service.Count("a4", "main", Quantity.of(3))]
        stock_service.count(unit, rows, unit.now, "onec")
        assert picking.goods_arrived(unit, TERMS, ["a4"]) == 2
        unit.commit()
    assert sorted(row.qty_total for row in shop.rows(pick_lists)) == [1000, 2000]
    assert [row.qty for row in shop.rows(backorders, state="open")] == [1000]
    assert [row.stock_state for row in shop.rows(orders)] == ["reserved", "short"]


def test_1c_showing_less_than_is_promised_is_told_once(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 4})
    shop.deliver(shop.line(400_000, "По счету СР-101"))
    offers = HEAD + (
        '<ПакетПредложений СодержитТолькоИзменения="true"><Ид>p</Ид><Предложения><Предложение><Ид>a4</Ид>'
        '<Наименование>Рама</Наименование><Склад ИдСклада="main" КоличествоНаСкладе="1"/></Предложение></Предложения>'
        "</ПакетПредложений></КоммерческаяИнформация>"
    )
    for _ in range(2):
        take_file(shop.store, TERMS, read_file(offers.encode(), "offers.xml").content)
    balance = one(shop.rows(stock, product_id="a4", warehouse_id="main"))
    assert (balance.on_hand, balance.reserved) == (1000, 4000)
    assert one(shop.rows(tasks, reason="task.over_promised")).role == "warehouse"


def test_a_full_count_empties_what_it_does_not_name(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.goods("a3", main=5)
    offers = HEAD + (
        '<ПакетПредложений СодержитТолькоИзменения="false"><Ид>p</Ид><Предложения><Предложение><Ид>a4</Ид>'
        '<Наименование>Рама</Наименование><Склад ИдСклада="main" КоличествоНаСкладе="7"/></Предложение></Предложения>'
        "</ПакетПредложений></КоммерческаяИнформация>"
    )
    take_file(shop.store, TERMS, read_file(offers.encode(), "offers.xml").content)
    assert {(r.product_id, r.on_hand) for r in shop.rows(stock, warehouse_id="main")} == {("a4", 7000), ("a3", 0)}
