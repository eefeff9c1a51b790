"""The invoices: number forms of 1C and other systems, equal sums, years that restart, paid, cancelled, paid in part."""

from __future__ import annotations

from datetime import date, timedelta

from tests.matching.handwritten import buyers as b
from tests.matching.handwritten import fourth_world, second_world, third_world
from tests.matching.handwritten.building import invoice as _invoice
from tests.matching.handwritten.model import Invoice


def _mega(n: int) -> Invoice:
    """МР00-000466 … МР00-000600, every second day of 2026 from 21 February; sum = n × 137.50, no two equal."""
    on = date(2026, 5, 2) + timedelta(days=2 * (n - 501))
    total = n * 13750
    return Invoice(
        f"mega-{n}", f"МР00-{n:06d}", on, total, total, "open", b.MEGA, order_no=str(880000 + n), contract_no="2026/МР"
    )


INVOICES = (
    # the Orion holding
    _invoice("orion-39", "УТ00-000039", "01.09.2026", "99000.00", b.ORION, state="paid"),
    _invoice("orion-45", "УТ00-000045", "12.10.2026", "125400.00", b.ORION, contract_no="77"),
    _invoice("orion-46", "УТ00-000046", "12.10.2026", "18750.00", b.ORION, contract_no="77"),
    _invoice("orion-51", "УТ00-000051", "26.10.2026", "64200.50", b.ORION),
    _invoice("orion-58", "УТ00-000058", "09.11.2026", "125000.00", b.ORION),
    _invoice("torg-45", "45", "05.11.2026", "31000.00", b.ORION_TORG),
    _invoice("torg-77", "77", "06.11.2026", "125400.00", b.ORION_TORG),
    _invoice("torg-78", "78", "13.11.2026", "15300.00", b.ORION_TORG),
    _invoice("neva-7", "7-К", "02.11.2026", "48000.00", b.ORION_NEVA),
    _invoice("neva-8", "8-К", "03.11.2026", "52000.00", b.ORION_NEVA),
    # the Vega holding
    _invoice("vega-123", "0000-000123", "01.10.2026", "74900.00", b.VEGA),
    _invoice("vega-124", "0000-000124", "15.10.2026", "74900.00", b.VEGA),
    _invoice("vega-125", "0000-000125", "29.10.2026", "12600.00", b.VEGA),
    _invoice("vega_plus-123", "123", "20.10.2026", "56300.00", b.VEGA_PLUS),
    _invoice("vega_plus-130", "130", "11.11.2026", "8450.00", b.VEGA_PLUS),
    _invoice("vega_uk-9", "9", "12.05.2026", "10000.00", b.VEGA_UK, state="paid"),
    # the northern works and its trading house
    _invoice("sever-102", "2026/10-102", "20.10.2026", "610500.00", b.SEVER, rest="310500.00", contract_no="45"),
    _invoice("sever-15", "2026/11-015", "03.11.2026", "340000.00", b.SEVER, contract_no="45"),
    _invoice("sever-16", "2026/11-016", "05.11.2026", "27800.00", b.SEVER, contract_no="45"),
    _invoice("sever_td-a17", "А-17", "28.10.2026", "91250.00", b.SEVER_TD),
    _invoice("sever_td-a18", "А-18", "04.11.2026", "40000.00", b.SEVER_TD),
    _invoice("sever_td-b17", "Б-17", "10.11.2026", "15600.00", b.SEVER_TD),
    # two firms of one name; a number of last year
    _invoice("romashka-15-old", "15", "17.11.2025", "8000.00", b.ROMASHKA),
    _invoice("romashka-12", "12", "02.11.2026", "15000.00", b.ROMASHKA, state="paid"),
    _invoice("romashka-15", "15", "16.11.2026", "15000.00", b.ROMASHKA),
    _invoice("romashka-16", "16", "17.11.2026", "22340.00", b.ROMASHKA),
    _invoice("romashka_kzn-215", "215", "12.11.2026", "15000.00", b.ROMASHKA_KZN),
    _invoice("romashka_kzn-218", "218", "13.11.2026", "67000.00", b.ROMASHKA_KZN),
    # the state and the numbered
    _invoice("shkola-981", "СЧ-2026-00981", "02.11.2026", "43500.00", b.SHKOLA, contract_no="0372200012326000015"),
    _invoice("shkola-990", "СЧ-2026-00990", "10.11.2026", "12780.00", b.SHKOLA),
    _invoice("bolnica-3", "12/3", "09.11.2026", "87600.00", b.BOLNICA),
    _invoice("bolnica-4", "12/4", "09.11.2026", "5400.00", b.BOLNICA),
    _invoice("hotel-21", "ЦБ-21", "15.10.2026", "9900.00", b.HOTEL),
    _invoice("hotel-1234", "ЦБ-1234", "06.11.2026", "210000.00", b.HOTEL),
    _invoice("hotel-1235", "ЦБ-1235", "06.11.2026", "36000.00", b.HOTEL),
    _invoice("kombinat-7", "00НФ-000007", "21.10.2026", "33300.00", b.KOMBINAT),
    _invoice("kombinat-19", "00НФ-000019", "30.10.2026", "71000.00", b.KOMBINAT),
    _invoice("svet-1999", "1999", "11.11.2026", "54000.00", b.SVET),
    _invoice("svet-2000", "2000", "12.11.2026", "20100.00", b.SVET),
    _invoice("svet-2001", "2001", "12.11.2026", "6000.00", b.SVET),
    _invoice("sad-12", "12", "03.11.2026", "18400.00", b.SAD),
    _invoice("sad-1212", "1212", "12.11.2026", "9600.00", b.SAD),
    _invoice("uni-777", "0000-000777", "08.10.2026", "118000.00", b.UNI),
    _invoice("uni-778", "0000-000778", "09.10.2026", "118000.00", b.UNI),
    # four equal ones
    _invoice("twin-301", "301", "05.10.2026", "25000.00", b.TWIN),
    _invoice("twin-302", "302", "12.10.2026", "25000.00", b.TWIN),
    _invoice("twin-303", "303", "19.10.2026", "25000.00", b.TWIN),
    _invoice("twin-304", "304", "26.10.2026", "25000.00", b.TWIN),
    # various companies
    _invoice("metiz-1172", "ТДМ00-01172", "11.11.2026", "158720.40", b.METIZ),
    _invoice("metiz-1180", "ТДМ00-01180", "13.11.2026", "5210.00", b.METIZ),
    _invoice("lira-88", "88", "09.11.2026", "19990.00", b.LIRA),
    _invoice("pechat-118", "118-26", "05.11.2026", "46200.00", b.PECHAT),
    _invoice("pechat-121", "121-26", "12.11.2026", "13860.00", b.PECHAT),
    _invoice("galery-3", "Г-3/26", "02.10.2026", "28000.00", b.GALERY),
    _invoice("galery-4", "Г-4/26", "16.10.2026", "30500.00", b.GALERY),
    _invoice("baget-31", "Б0000000031", "30.10.2026", "77777.00", b.BAGET),
    _invoice("baget-32", "Б0000000032", "30.10.2026", "22223.00", b.BAGET),
    _invoice("stroy-4512", "4512", "22.10.2026", "1250000.00", b.STROY, rest="750000.00", contract_no="14/СП"),
    _invoice("stroy-4530", "4530", "09.11.2026", "98000.00", b.STROY, contract_no="14/СП"),
    _invoice("klinika-56", "ЗД-56", "10.11.2026", "64300.00", b.KLINIKA),
    _invoice("klinika-57", "ЗД-57", "11.11.2026", "12000.00", b.KLINIKA),
    _invoice("kolos-77", "К-2026/77", "01.11.2026", "39000.00", b.KOLOS),
    _invoice("logist-301", "ЛЭ00-000301", "03.11.2026", "17250.00", b.LOGIST),
    _invoice("logist-302", "ЛЭ00-000302", "05.11.2026", "8625.00", b.LOGIST),
    _invoice("logist-303", "ЛЭ00-000303", "07.11.2026", "25875.00", b.LOGIST),
    _invoice("tsj-314", "314", "12.11.2026", "7200.00", b.TSJ),
    _invoice("kontur-55", "К-55", "09.11.2026", "14500.00", b.KONTUR),
    _invoice("kontur_nn-55", "55", "09.11.2026", "14500.00", b.KONTUR_NN),
    _invoice("kontur_nn-60", "60", "16.11.2026", "3100.00", b.KONTUR_NN),
    _invoice("opt-210", "ОС-000210", "02.11.2026", "42000.00", b.OPT, order_no="700155"),
    _invoice("opt-211", "ОС-000211", "03.11.2026", "16000.00", b.OPT, order_no="700160"),
    _invoice("opt-212", "ОС-000212", "03.11.2026", "16000.00", b.OPT, order_no="700161"),
    _invoice("etap-900", "900", "14.09.2026", "300000.00", b.ETAP, rest="200000.00"),
    _invoice("etap-905", "905", "12.10.2026", "50000.00", b.ETAP),
    _invoice("etap-910", "910", "09.11.2026", "80400.00", b.ETAP),
    _invoice("punktir-640", "640", "05.10.2026", "20000.00", b.PUNKTIR, state="paid"),
    _invoice("punktir-641", "641", "06.10.2026", "35000.00", b.PUNKTIR, state="cancelled"),
    _invoice("punktir-650", "650", "09.11.2026", "20000.00", b.PUNKTIR),
    _invoice("novichok-1", "СФ-000333", "12.01.2026", "6500.00", b.NOVICHOK, state="paid"),
    _invoice("sklad-2207", "2207", "12.11.2026", "134500.00", b.SKLAD),
    _invoice("sklad-2270", "2270", "13.11.2026", "41200.00", b.SKLAD),
    _invoice("baltic-14", "EX-2026-14", "02.11.2026", "300000.00", b.BALTIC),
    _invoice("baltic-15", "EX-2026-15", "09.11.2026", "120000.00", b.BALTIC),
    # sole traders
    _invoice("smirnova-12", "ИП000012", "05.11.2026", "12500.00", b.SMIRNOVA),
    _invoice("smirnova-13", "ИП000013", "12.11.2026", "7800.00", b.SMIRNOVA),
    _invoice("smirnov-12", "ИП-12", "06.11.2026", "12500.00", b.SMIRNOV),
    _invoice("kuznetsov_an-1041", "1041", "09.11.2026", "33000.00", b.KUZNETSOV_AN),
    _invoice("kuznetsov_an-1042", "1042", "10.11.2026", "4100.00", b.KUZNETSOV_AN),
    _invoice("kuznetsov_al-1043", "1043", "10.11.2026", "33000.00", b.KUZNETSOV_AL),
    _invoice("abdullaev-231", "000000231", "30.10.2026", "56000.00", b.ABDULLAEV),
    _invoice("li-5", "5/11", "12.11.2026", "10400.00", b.LI),
    _invoice("li-6", "6/11", "13.11.2026", "11800.00", b.LI),
    _invoice("petrenko-9", "Ф-9", "06.11.2026", "25000.00", b.PETRENKO),
    _invoice("tkach-404", "ТН-0404", "09.11.2026", "16800.00", b.TKACH),
    _invoice("tkach-405", "ТН-0405", "11.11.2026", "9100.00", b.TKACH),
    _invoice("fedorova_ip-2210", "2210", "10.11.2026", "13300.00", b.FEDOROVA_IP),
    _invoice("zaytsev-71", "71", "05.11.2026", "5500.00", b.ZAYTSEV),
    _invoice("zaytsev-17", "17", "09.11.2026", "7300.00", b.ZAYTSEV),
    # individuals, orders of the shop
    _invoice("ivanova-234", "З-10234", "08.11.2026", "4590.00", b.IVANOVA, order_no="10234"),
    _invoice("ivanova-240", "З-10240", "12.11.2026", "2150.00", b.IVANOVA, order_no="10240"),
    _invoice("ivanov-235", "З-10235", "08.11.2026", "4590.00", b.IVANOV, order_no="10235"),
    _invoice("sidorov-301", "З-10301", "09.11.2026", "7200.00", b.SIDOROV, order_no="10301"),
    _invoice("sidorov_2-302", "З-10302", "10.11.2026", "7200.00", b.SIDOROV_2, order_no="10302"),
    _invoice("semyonov-311", "З-10311", "10.11.2026", "3300.00", b.SEMYONOV, order_no="10311"),
    _invoice("mamedov-320", "З-10320", "11.11.2026", "15990.00", b.MAMEDOV, order_no="10320"),
    _invoice("petrova-333", "З-10333", "12.11.2026", "1200.50", b.PETROVA, order_no="10333"),
    _invoice("tsoi-341", "З-10341", "12.11.2026", "890.00", b.TSOI, order_no="10341"),
    _invoice("krylova-350", "З-10350", "13.11.2026", "5600.00", b.KRYLOVA, order_no="10350"),
    _invoice("krylova-351", "З-10351", "13.11.2026", "5600.00", b.KRYLOVA, order_no="10351"),
    _invoice("borisenko-360", "З-10360", "02.11.2026", "24000.00", b.BORISENKO, rest="12000.00", order_no="10360"),
    _invoice("fedorova-2211", "2211", "10.11.2026", "13300.00", b.FEDOROVA),
    _invoice("shevchuk-370", "З-10370", "03.11.2026", "45900.00", b.SHEVCHUK, order_no="10370", loan_no="71204461"),
    _invoice("guseva-371", "З-10371", "03.11.2026", "31500.00", b.GUSEVA, order_no="10371", loan_no="71204478"),
    _invoice("orlov-380", "З-10380", "01.11.2026", "2790.00", b.ORLOV, order_no="10380", track="80085112345671"),
    _invoice("nikitina-381", "З-10381", "01.11.2026", "3460.00", b.NIKITINA, order_no="10381", track="80085112345688"),
    _invoice("nikitina-382", "З-10382", "04.11.2026", "1999.00", b.NIKITINA, state="cancelled", order_no="10382"),
    *(_mega(n) for n in range(466, 601)),
    *second_world.INVOICES,
    *third_world.INVOICES,
    *fourth_world.INVOICES,
)

BY_ID = {invoice.id: invoice for invoice in INVOICES}
