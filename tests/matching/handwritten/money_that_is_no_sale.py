"""Money that settles no invoice, though its text or sum may look as if it did."""

from __future__ import annotations

from tests.matching.handwritten import buyers as b
from tests.matching.handwritten.model import Payer
from tests.matching.handwritten.writing import ask, paid

_BANK = Payer("ПАО СБЕРБАНК", b.SBER, "773643001", "70606810900000000011")
_TAX = Payer("Межрегиональное операционное УФК (ФНС России)", "7727406020", "770801001", "03100643000000018500")
_INSURER = Payer("САО «Надежда»", "7768896617", "776801001", "40701810200000099908")
_SUPPLIER = Payer("ООО «Поставщик багета»", "6644204967", "664401001", "40702810200000099907")

CASES = (
    ask(
        "refund_by_supplier",
        _SUPPLIER,
        "19990.00",
        "Возврат излишне перечисленных денежных средств по п/п 88 от 09.11.2026",
    ),
    ask(
        "refund_own_buyer_same_sum",
        b.LIRA,
        "19990.00",
        "Возврат ошибочно перечисленных средств по платежному поручению № 12 от 13.11.2026. НДС 22%",
    ),
    ask(
        "refund_naming_an_open_invoice",
        b.ORION,
        "18750.00",
        "Возврат денежных средств по счету УТ00-000046 от 12.10.2026 в связи с расторжением договора",
    ),
    ask("refund_abbreviated", b.KOLOS, "39000.00", "возвр. ден. ср-в по акту сверки от 31.10"),
    ask("refund_caps_typo", b.SKLAD, "41200.00", "ВОЗВАРТ СРЕДСТВ ПО ПИСЬМУ № 2270"),
    ask(
        "refund_of_our_overpayment",
        b.PECHAT,
        "13860.00",
        "Возврат переплаты за печать каталога, счет № 121 от 02.03.2026",
        note="their own invoice to us",
    ),
    ask("return_of_goods", b.TKACH, "9100.00", "За возвращенный товар по накладной ТН-0405"),
    ask("return_of_guarantee", b.UNI, "118000.00", "Возврат обеспечения исполнения контракта 0000-000777"),
    ask("wrong_requisites_back", _BANK, "64200.50", "Возврат п/п 51 от 26.10.2026 г. счет получателя закрыт"),
    ask(
        "loan_from_owner", b.DIRECTOR, "500000.00", "Предоставление беспроцентного займа по договору №45 от 01.11.2026"
    ),
    ask(
        "loan_by_a_buyer_same_sum", b.STROY, "98000.00", "Перечисление по договору займа № 4530 от 09.11.2026. Без НДС"
    ),
    ask("loan_paid_back_to_us", b.ETAP, "50000.00", "Погашение займа по дог. 905 от 12.10.2026, НДС не облагается"),
    ask("loan_interest", b.ETAP, "50000.00", "Проценты по договору займа от 12.01.2026 за октябрь"),
    ask("zayom_with_yo", b.METIZ, "5210.00", "Процентный заём, договор 1180"),
    ask("own_transfer", b.OURSELVES, "125400.00", "Перевод собственных средств на другой счет. НДС не облагается"),
    ask("own_transfer_with_a_number", b.OURSELVES, "19990.00", "Пополнение расчетного счета, для оплаты счета 88"),
    ask("deposit_back", _BANK, "1000000.00", "Возврат депозита по договору 12/3 от 09.11.2026"),
    ask("deposit_interest", _BANK, "5400.00", "Выплата процентов по депозиту дог. 12/4 за ноябрь 2026"),
    ask("cash_in", _BANK, "87600.00", "Взнос наличных через АТМ 60012345 торговая выручка символ 02"),
    ask("tax_refund", _TAX, "33300.00", "Возврат сальдо ЕНС по распоряжению №7 от 10.11.2026"),
    ask(
        "subsidy",
        Payer(
            "УФК по г. Москве (Фонд поддержки предпринимательства)", "7768896617", "776801001", "03224643450000007300"
        ),
        "300000.00",
        "Субсидия на возмещение части затрат по соглашению 900 от 14.09.2026",
    ),
    ask("insurance", _INSURER, "46200.00", "Страховое возмещение по договору 118-26 от 05.11.2026"),
    ask("share_capital", b.DIRECTOR, "10000.00", "Взнос в уставный капитал ООО Рамочный дом"),
    ask("founder_help", b.DIRECTOR, "41200.00", "Безвозмездная финансовая помощь учредителя"),
    ask("penalty", b.SEVER, "2780.00", "Пени за просрочку оплаты по счету 2026/11-016", note="a tenth as well"),
    ask("forfeit_same_sum", b.SEVER, "27800.00", "Неустойка по договору 45 согласно претензии исх. 16"),
    ask("court_costs", b.PUNKTIR, "20000.00", "Возмещение госпошлины по решению суда дело А56-650/2026"),
    ask("court_debt", b.ORION_TORG, "60000.00", "Оплата по исполнительному листу ФС 045778213 дело А40-45/2026"),
    ask(
        "rent",
        b.TSJ,
        "7200.00",
        "Арендная плата за ноябрь 2026 по договору аренды 314",
        note="we have let a room to them? no sale of goods",
    ),
    ask("utilities_compensation", b.KLINIKA, "12000.00", "Возмещение коммунальных расходов за октябрь"),
    ask("agent_reward", b.LOGIST, "17250.00", "Агентское вознаграждение по отчету агента 301"),
    ask("bid_security", b.BALTIC, "120000.00", "{VO10100} Обеспечение заявки на участие в закупке 15"),
    ask("wages_back", b.DIRECTOR, "9600.00", "Возврат подотчетных средств"),
    ask("debt_assignment", b.STRANGER, "125400.00", "Оплата по договору цессии 45 от 01.11.2026 за право требования"),
    ask(
        "prepayment_without_invoice",
        b.NOVICHOK,
        "80000.00",
        "Предоплата по договору поставки 12 от 16.11.2026. НДС 22%",
    ),
    ask("prepayment_other_sum", b.SMIRNOVA, "50000.00", "Аванс под будущие поставки без НДС"),
    ask(
        "prepayment_of_an_open_sum",
        b.KOLOS,
        "39000.00",
        "Предоплата за рамки",
        "kolos-77",
        may_auto=True,
        note="policy 8 against policy 5",
    ),
    ask("currency_sale", _BANK, "300000.00", "Зачисление средств от продажи валюты по заявке 14"),
    ask(
        "factoring",
        b.STRANGER,
        "450000.00",
        "Финансирование под уступку денежного требования (дебитор ООО Мега Ритейл ИНН 7800317169), реестр 512",
    ),
    ask(
        "salary_project",
        b.LIRA,
        "19990.00",
        "Заработная плата за октябрь 2026 по реестру № 88",
        note="sent to the wrong account",
    ),
    ask(
        "agreement_of_set_off", b.ORION, "125000.00", "Возврат займа по договору 58, частично в счет оплаты УТ00-000058"
    ),
    ask("unclear_money", b.VEGA_PLUS, "10000.00", "Согласно договоренности"),
    paid(
        "goods_of_a_credit_shop",
        b.LIRA,
        "19990.00",
        "Оплата по счету 88 за рамки для кредитных договоров",
        "lira-88",
        note="'credit' in the goods",
    ),
    paid(
        "insurance_company_s_frames",
        b.SKLAD,
        "134500.00",
        "Оплата по счету № 2207: стенд «Страхование и возмещение»",
        "sklad-2207",
        note="the words are the goods",
    ),
)
