"""Numbers equal to sums, dates, contracts and names; neighbours' numbers; money for somebody else or for nothing."""

from __future__ import annotations

from dataclasses import replace

from tests.matching.handwritten.buyers import CITY_FINANCE, DIRECTOR, STRANGER, STRANGER_2, STRANGER_IP
from tests.matching.handwritten.second_world import (
    BAYRAMOV,
    DEL,
    FENIX,
    GIMN,
    GRAFIKA,
    KARAT,
    KUZMIN,
    LESTORG,
    MIRROR,
    PARUS,
    PARUS_M,
    SIGMA,
    VOLNA,
    ZORINA,
)
from tests.matching.handwritten.writing import ask, paid

_DIRECTOR_OF_PARUS = replace(DIRECTOR, name="Парусов Илья Олегович", inn="", account="40817810400000099955")

CASES = (
    # numbers equal to sums and years
    paid("number-equals-the-other-sum", SIGMA, "12300.00", "Счет 5000 от 11.11.2026", "sigma-5000"),
    paid("and-the-other-way", SIGMA, "5000.00", "Счет 12300 от 12.11.2026", "sigma-12300"),
    ask("sum-and-number-swapped", SIGMA, "5000.00", "Счет 5000 от 11.11.2026",
        note="number and date of one, sum of the other"),
    ask("only-the-sum-is-said", SIGMA, "5000.00", "Оплата 5000 руб. за паспарту", "sigma-12300", may_auto=True,
        note="5000 may be the number of the one or the sum of the other"),
    paid("sigma-both", SIGMA, "17300.00", "Счета 5000, 12300 на сумму 17300", "sigma-5000", "sigma-12300"),
    paid("year-as-a-sum", FENIX, "2026.00", "сч. 2026-1101 от 01.11.2026 на 2026-00", "fenix-1101"),
    paid("long-number-not-the-short", FENIX, "15400.00", "Опл. сч. 2026-1102 от 02.11.2026", "fenix-1102"),
    paid("short-number-not-the-long", FENIX, "8800.00", "Опл. сч. 1102 от 11.02.2026 багет", "fenix-short"),
    ask("short-number-long-sum", FENIX, "7700.00", "Аванс по счету 1102", note="two invoices end so"),
    paid("both-that-end-so", FENIX, "24200.00", "Счета: 2026-1102; 1102.", "fenix-1102", "fenix-short"),
    paid("date-like-the-number", FENIX, "8800.00", "счет №1102 от 11.02", "fenix-short"),
    ask("just-the-date-eleventh-of-february", FENIX, "4400.00", "За багет по накладной от 11.02 (11/02), часть"),
    paid("contract-is-the-neighbour", KARAT, "47300.00", "По договору 513 от 06.11.2026 счет К00000512", "karat-512"),
    ask("contract-only-is-a-number", KARAT, "30000.00", "Аванс по договору 513 от 06.11.2025"),
    # one edit away, and equal sums
    ask("swapped-and-both-exist-sum-fits-both", MIRROR, "20480.00", "сч. 91 или 19 уточним, зеркала"),
    paid("mirror-of-november", MIRROR, "20480.00", "сч.ЗС-91 от 06.11.26 зеркало", "mirror-91"),
    paid("mirror-of-march", MIRROR, "20480.00", "ЗС000000019 от 12 марта, простите за задержку", "mirror-19"),
    ask("mirror-no-number", MIRROR, "20480.00", "за зеркало", note="two of the sum"),
    ask("mirror-number-of-one-date-of-the-other", MIRROR, "20480.00", "сч.ЗС-91 от 12.03.26 зеркало",
        "mirror-91", may_auto=True, note="number against date; both have the sum"),
    ask("mirror-unknown-between-two", MIRROR, "20480.00", "сч. ЗС000000099 от 06.11.26",
        "mirror-91", may_auto=True, note="one edit from 91 and from 19 alike; the date is that of 91"),
    ask("typo", GRAFIKA, "11950.00", "счет ГР-6 от 12.11.26 печать", "grafika-5", may_auto=True, note="policy 6"),
    ask("typo-and-another-sum", GRAFIKA, "11900.00", "счет ГР-6 от 12.11.26 печать"),
    ask("quite-another-number", GRAFIKA, "11950.00", "счет 7714 от 03.11.26",
        note="the number is no typo of ours: perhaps a payment meant for somebody else"),
    paid("grafika-by-sum", GRAFIKA, "11950.00", "за печать на холсте, спасибо", "grafika-5"),
    # neighbours with the same number
    paid("parus", PARUS, "26000.00", "счет 140", "parus-140"),
    paid("parus-m", PARUS_M, "26000.00", "счет 140 от 11.11.2026", "parus_m-140"),
    ask("parus-with-the-date-of-parus-m", PARUS, "26000.00", "счет 140 от 11.11.2026 за ООО Парус-М",
        note="names the other firm without ИНН, number and date are its own"),
    paid("parus-for-parus-m-with-inn", PARUS, "26000.00", "счет 140 от 11.11.2026 за ООО «Парус-М» ИНН 7017792389",
         "parus_m-140"),
    paid("stranger-for-parus", STRANGER, "26000.00",
         "Оплата по сч. № 140 от 10.11.26 за ООО «Парус» (ИНН 5260328392) по письму 17 от 16.11.26", "parus-140"),
    ask("stranger-inn-of-one-name-of-the-other", STRANGER, "26000.00", "сч 140 за ООО «Парус» ИНН 7017792389",
        note="the name is one firm, the ИНН the other"),
    ask("stranger-without-inn", STRANGER_2, "26000.00", "за ООО «Парус-М» счет 140 от 11.11.2026"),
    ask("stranger-our-goods-no-name", STRANGER_IP, "11950.00", "счет ГР-5 от 12.11.2026", note="nobody is named"),
    ask("director-out-of-his-pocket", _DIRECTOR_OF_PARUS, "26000.00", "Оплата счета 140 за ООО Парус, директор"),
    ask("finance-department-of-another-city", CITY_FINANCE, "23800.00",
        "МАОУ Гимназия 44 сч НФ-1447 от 02.11.2026", note="the payer is the department; the gymnasia has no ИНН here"),
    ask("buyer-quotes-the-invoice-of-another", KUZMIN, "27350.00", "счет 615 от 06.11.2026",
        note="615 is of ИП Байрамов"),
    ask("own-name-other-firms-number", ZORINA, "14600.00", "оплата сч.916", note="916 is of ИП Кузьмин"),
    # for no sale
    ask("loan", BAYRAMOV, "27350.00", "Предоставление процентного займа по договору 615 от 06.11.2026, 12% годовых"),
    ask("deposit-for-a-hall", DEL, "64500.00", "Обеспечительный платеж по договору аренды ДИ-0318/А"),
    ask("wrong-credit-returned", LESTORG, "18300.00", "Возврат ошибочно перечисленных средств по п/п 62 от 06.11.2026"),
    ask("return-of-our-advance", VOLNA, "15000.00",
        "Возврат аванса по счету поставщика № 10 от 10.11.2026 (нет в наличии)",
        note="they give back what we paid them; the number is theirs"),
    ask("bonus", KARAT, "47300.00", "Премия за объем закупок 3 кв. 2026 соглашение 512"),
    ask("penalty-to-us", GIMN, "7150.00", "Пени за просрочку оплаты по договору 12-ЕП/2026 за октябрь"),
    ask("rent-paid-to-us", GRAFIKA, "11950.00", "Арендная плата за ноябрь 2026 по договору субаренды ГР-5",
        note="a sublease, though its number looks like the invoice"),
    paid("word-return-but-a-sale", GRAFIKA, "11950.00",
         "Оплата по сч. ГР-5 (возвратная тара не включена)", "grafika-5"),
    paid("word-penalty-but-a-sale", LESTORG, "18300.00",
         "сч ЛТ-62 от 06.11.26 за товар, пеня не начислялась", "lestorg-62"),
    paid("word-loan-but-a-sale", KARAT, "52700.00",
         "Счет К00000513, оплата за счет кредитных средств дог. 512-КЛ", "karat-513"),
)  # fmt: skip
