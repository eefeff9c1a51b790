"""Small makers of 1C files for the tests of this room."""

from __future__ import annotations

NS = "urn:1C.ru:commerceml_2"


def commerceml(body: str, *, version: str = "2.10", namespace: str = NS, made: str = "2026-11-21T12:00:00") -> str:
    """A CommerceML text around `body`."""
    xmlns = f' xmlns="{namespace}"' if namespace else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<КоммерческаяИнформация{xmlns} ВерсияСхемы="{version}" ДатаФормирования="{made}">\n{body}\n'
        "</КоммерческаяИнформация>\n"
    )


def order(
    outer_id: str = "o-1", number: str = "125", *, amount: str = "100.00", lines: str = "", more: str = ""
) -> str:
    """One <Документ> with a buyer."""
    goods = lines or line()
    return f"""<Документ>
<Ид>{outer_id}</Ид><Номер>{number}</Номер><Дата>2026-11-20</Дата>
<ХозОперация>Заказ товара</ХозОперация><Роль>Продавец</Роль><Валюта>RUB</Валюта><Курс>1</Курс><Сумма>{amount}</Сумма>
<Контрагенты><Контрагент><Ид>k-1</Ид><Наименование>ООО "Ромашка"</Наименование>
<ОфициальноеНаименование>Общество "Ромашка"</ОфициальноеНаименование><ИНН>7707083893</ИНН><КПП>773601001</КПП>
<Роль>Покупатель</Роль></Контрагент></Контрагенты>
<Время>10:15:00</Время><Товары>{goods}</Товары>{more}
</Документ>"""


def line(product_id: str = "p-1", qty: str = "2", price: str = "50.00", amount: str = "100.00", more: str = "") -> str:
    """One <Товар> of a document."""
    return (
        f"<Товар><Ид>{product_id}</Ид><Наименование>Рамка 30x40</Наименование>"
        '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт</БазоваяЕдиница>'
        f"<ЦенаЗаЕдиницу>{price}</ЦенаЗаЕдиницу><Количество>{qty}</Количество><Сумма>{amount}</Сумма>{more}</Товар>"
    )


def requisite(name: str, value: str) -> str:
    return f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение></ЗначениеРеквизита>"


def offers(*items: str, changes_only: str = ' СодержитТолькоИзменения="false"', head: str = "") -> str:
    """A package of offers."""
    return (
        f"<ПакетПредложений{changes_only}><Ид>c#</Ид><Наименование>Пакет</Наименование><ИдКаталога>c</ИдКаталога>"
        f"{head}<Предложения>{''.join(items)}</Предложения></ПакетПредложений>"
    )


def statement(documents: str = "", *, header: str = "", end: str = "КонецФайла\r\n") -> str:
    """A 1CClientBankExchange text."""
    return (
        "1CClientBankExchange\r\nВерсияФормата=1.03\r\nКодировка=Windows\r\nОтправитель=Банк\r\n"
        f"ДатаНачала=21.11.2026\r\nДатаКонца=21.11.2026\r\nРасчСчет=40702810900000000001\r\n{header}{documents}{end}"
    )


def bank_document(**fields: str) -> str:
    """One СекцияДокумент with the usual incoming payment, changed by `fields`; a None-like "-" drops a key."""
    usual = {
        "Номер": "55",
        "Дата": "21.11.2026",
        "Сумма": "100.00",
        "ПлательщикСчет": "40702810500000000055",
        "Плательщик": "ИНН 7707083893 ООО Ромашка",
        "ПолучательСчет": "40702810900000000001",
        "ДатаПоступило": "21.11.2026",
        "Получатель": "ООО Рамочная",
        "НазначениеПлатежа": "Оплата по счету 125 от 20.11.2026",
    }
    usual.update(fields)
    body = "".join(f"{key}={value}\r\n" for key, value in usual.items() if value != "-")
    return f"СекцияДокумент=Платежное поручение\r\n{body}КонецДокумента\r\n"
