"""More buyers and invoices, for the second author: the state, wholesale in series, foreigners, people on phones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from tests.matching.handwritten.building import company, invoice, person, trader
from tests.matching.handwritten.model import Invoice, Payer

# the state
GIMN = company("gimn", "МАОУ «Гимназия № 44 имени А.Н. Островского»", "5904408755", "00001230044")
MUSEUM = company("museum", "ГБУК «Краевой художественный музей»", "5902602267", "00001230051")
ADMIN = company("admin", "Администрация Сосновского муниципального округа", "7448257001", "00001230052")
VCH = company("vch", "ФКУ «Войсковая часть 03213»", "7719867035", "00001230053")
POLIK = company("polik", "ГАУЗ «Поликлиника № 8»", "1655122731", "00001230008")
# wholesale
ATLAS = company("atlas", "ООО «Торговая сеть Атлас»", "6671477610", "60000000301", on_record=True)
VOLNA = company("volna", "ООО «Фабрика рам Волна»", "7842096190", "60000000302")
DEL = company("del", "ООО «Деловой интерьер»", "2310658227", "60000000303")
KARAT = company("karat", "ООО «Карат»", "5406688242", "60000000304")
FENIX = company("fenix", "ООО «Феникс»", "3664152694", "60000000305")
SIGMA = company("sigma", "ООО «Сигма-Сити»", "7451690303", "60000000306")
LESTORG = company("lestorg", "ООО «Лесторг»", "6450387729", "60000000307")
KRONA = company("krona", "ООО «Крона»", "7726212128", "60000000308")
FEMIDA = company("femida", "ООО «Юридическое бюро Фемида»", "4345934383", "60000000309")
MIRROR = company("mirror", "ООО «Зеркала и стёкла»", "4345961820", "60000000310")
PARUS = company("parus", "ООО «Парус»", "5260328392", "60000000311")
PARUS_M = company("parus_m", "ООО «Парус-М»", "7017792389", "60000000312")
GRAFIKA = company("grafika", "ООО «Графика»", "2224683124", "60000000313")
VYATKA = company("vyatka", "ООО «Вятка-Декор»", "3525090546", "60000000314")
PODRYAD = company("podryad", "ООО «Подряд-52»", "6315160288", "60000000315")
# from abroad: two with a Russian ИНН, one without
BISHKEK = company("bishkek", "ОсОО «Ала-Тоо Арт»", "9909024703", "60000000316")
ALMATY = company("almaty", "ТОО «Алматы Рамка»", "9909282221", "60000000317")
MINSK = company("minsk", "ЧТУП «Багет Минск»", "", "60000000318")

ZORINA = trader("zorina", "Зорина Лада Игоревна", "590444568710", "70000000401")
BAYRAMOV = trader("bayramov", "Байрамов Тофик Аллахверди оглы", "026809974184", "70000000402")
KUZMIN = trader("kuzmin", "Кузьмин Егор Ильич", "720380177317", "70000000403")
ERMAKOV = trader("ermakov", "Ермаков Савва Янович", "231114904479", "70000000404")

BELOVA = person("belova", "Белова Ксения Андреевна", "80000000501")
BELOV = person("belov", "Белов Кирилл Андреевич", "80000000502")
GALIEV = person("galiev", "Галиев Ильдар Фанисович", "80000000503")
ANTONOV = person("antonov", "Антонов Лев Ильич", "80000000504")
ANTONOVA = person("antonova", "Антонова Лия Ильинична", "80000000505")
TSYRENOV = person("tsyrenov", "Цыренов Баир Доржиевич", "80000000506")
SHMIDT = person("shmidt", "Шмидт Екатерина-Мария Карловна", "80000000507")
DUBOV = person("dubov", "Дубов Пётр Сергеевич", "80000000508")
ULYANOVA = person("ulyanova", "Ульянова Софья Тимуровна", "80000000509")
VETROV = person("vetrov", "Ветров Глеб Наумович", "80000000510")
LARINA = person("larina", "Ларина Ева Робертовна", "80000000511")

# not our buyers
BAILIFFS = Payer("УФК по г. Москве (ОСП по Тверскому району)", "7710135358", "771001001", "03212643000000017300")
COLLECTOR_CAR = Payer("АО «Инкассаторская служба»", "7702432149", "770201001", "40702810300000088801")
FACTOR = Payer("ООО «Факторинг Плюс»", "5018013384", "501801001", "40702810300000088802")
INSURER = Payer("АО СК «Защита»", "7743555541", "774301001", "40702810300000088803")
ACQUIRER_2 = Payer("АО «Касса Рядом»", "6658026418", "665801001", "40702810300000088804")
MOTHER = Payer("Белова Раиса Захаровна", "", "", "40817810400000088805")


def _atlas(series: str, n: int, price: int) -> Invoice:
    """Two series with one counter, АК-000701 … АК-000720 and АМ-000701 … АМ-000720; sum = n × price, no two equal."""
    on = date(2026, 8, 3) + timedelta(days=5 * (n - 701))
    latin = {"К": "k", "М": "m"}[series]
    total = n * price
    return Invoice(f"atlas-{latin}-{n}", f"А{series}-{n:06d}", on, total, total, "open", ATLAS)


INVOICES = (
    # the state
    invoice("gimn-1447", "НФ-1447", "02.11.2026", "23800.00", GIMN),
    invoice("gimn-1462", "НФ-1462", "10.11.2026", "7150.00", GIMN),
    invoice("museum-3318", "РД00-003318", "28.10.2026", "146900.00", MUSEUM),
    invoice("museum-3325", "РД00-003325", "05.11.2026", "39480.00", MUSEUM),
    invoice("museum-3340", "РД00-003340", "12.11.2026", "39480.00", MUSEUM),
    invoice("admin-418", "418/11", "09.11.2026", "61200.00", ADMIN),
    invoice("admin-44", "44", "10.11.2026", "4400.00", ADMIN),
    invoice("vch-3213", "3213", "03.11.2026", "18640.00", VCH),
    invoice("vch-3240", "3240", "10.11.2026", "9900.00", VCH),
    invoice("polik-8", "8", "06.11.2026", "15750.00", POLIK),
    invoice("polik-80", "80", "11.11.2026", "15750.00", POLIK),
    # wholesale
    invoice("atlas-k-700", "АК-000700", "29.07.2026", "147700.00", ATLAS, state="paid"),
    *(_atlas("К", n, 21100) for n in range(701, 721)),
    *(_atlas("М", n, 17350) for n in range(701, 721)),
    invoice("volna-9", "9", "09.11.2026", "14000.00", VOLNA),
    invoice("volna-10", "10", "10.11.2026", "15000.00", VOLNA),
    invoice("volna-11", "11", "11.11.2026", "16000.00", VOLNA),
    invoice("volna-12", "12", "12.11.2026", "29000.00", VOLNA),
    invoice("del-311", "ДИ-0311", "14.09.2026", "180000.00", DEL, rest="90000.00"),
    invoice("del-318", "ДИ-0318", "21.10.2026", "64500.00", DEL),
    invoice("del-320", "ДИ-0320", "28.10.2026", "25500.00", DEL),
    invoice("karat-512", "К00000512", "05.11.2026", "47300.00", KARAT),
    invoice("karat-513", "К00000513", "06.11.2026", "52700.00", KARAT),
    invoice("karat-514", "К00000514", "09.11.2026", "100000.00", KARAT),
    invoice("fenix-1101", "2026-1101", "01.11.2026", "2026.00", FENIX),
    invoice("fenix-1102", "2026-1102", "02.11.2026", "15400.00", FENIX),
    invoice("fenix-short", "1102", "11.02.2026", "8800.00", FENIX),
    invoice("sigma-5000", "5000", "11.11.2026", "12300.00", SIGMA),
    invoice("sigma-12300", "12300", "12.11.2026", "5000.00", SIGMA),
    invoice("lestorg-61", "ЛТ-61", "30.10.2026", "72000.00", LESTORG),
    invoice("lestorg-62", "ЛТ-62", "06.11.2026", "18300.00", LESTORG),
    invoice("lestorg-63", "ЛТ-63", "09.11.2026", "9400.00", LESTORG, state="paid"),
    invoice("krona-s15", "КР/С-15", "03.11.2026", "33500.00", KRONA),
    invoice("krona-u15", "КР/Ю-15", "03.11.2026", "44700.00", KRONA),
    invoice("femida-77", "ЮР-77/2026", "27.10.2026", "33000.00", FEMIDA),
    invoice("femida-78", "ЮР-78/2026", "05.11.2026", "12000.00", FEMIDA),
    invoice("mirror-91", "ЗС000000091", "06.11.2026", "20480.00", MIRROR),
    invoice("mirror-19", "ЗС000000019", "12.03.2026", "20480.00", MIRROR),
    invoice("mirror-90", "ЗС000000090", "05.11.2026", "3072.00", MIRROR),
    invoice("parus-140", "140", "10.11.2026", "26000.00", PARUS),
    invoice("parus_m-140", "140", "11.11.2026", "26000.00", PARUS_M),
    invoice("grafika-5", "ГР-5", "12.11.2026", "11950.00", GRAFIKA),
    invoice("vyatka-1", "ВД-1001", "05.10.2026", "10000.00", VYATKA),
    invoice("vyatka-2", "ВД-1002", "12.10.2026", "20000.00", VYATKA),
    invoice("vyatka-3", "ВД-1003", "19.10.2026", "30000.00", VYATKA),
    invoice("vyatka-4", "ВД-1004", "26.10.2026", "40000.00", VYATKA),
    invoice("podryad-1", "1/2026", "15.10.2026", "9000.00", PODRYAD),
    invoice("podryad-12", "1-2/2026", "16.10.2026", "9100.00", PODRYAD),
    invoice("podryad-2", "2/2026", "19.10.2026", "9200.00", PODRYAD),
    invoice("bishkek-40", "EX-26/40", "29.10.2026", "77000.00", BISHKEK),
    invoice("almaty-31", "EX-26/31", "19.10.2026", "410000.00", ALMATY),
    invoice("almaty-32", "EX-26/32", "02.11.2026", "95000.00", ALMATY),
    invoice("minsk-51", "EX-26/51", "06.11.2026", "58300.00", MINSK),
    # sole traders
    invoice("zorina-3", "ЗЛ-3", "05.11.2026", "6600.00", ZORINA),
    invoice("zorina-4", "ЗЛ-4", "11.11.2026", "4400.00", ZORINA),
    invoice("bayramov-615", "615", "06.11.2026", "27350.00", BAYRAMOV),
    invoice("kuzmin-916", "916", "06.11.2026", "14600.00", KUZMIN),
    invoice("kuzmin-961", "961", "11.11.2026", "16400.00", KUZMIN),
    invoice("ermakov-10", "ЕР-10", "12.10.2026", "5000.00", ERMAKOV, state="paid"),
    invoice("ermakov-11", "ЕР-11", "09.11.2026", "5000.00", ERMAKOV),
    # individuals
    invoice("belova-511", "З-20511", "10.11.2026", "3850.00", BELOVA, order_no="20511"),
    invoice("belova-518", "З-20518", "13.11.2026", "1240.00", BELOVA, order_no="20518"),
    invoice("belov-512", "З-20512", "10.11.2026", "3850.00", BELOV, order_no="20512"),
    invoice("galiev-522", "З-20522", "11.11.2026", "6400.00", GALIEV, order_no="20522"),
    invoice("antonov-530", "З-20530", "11.11.2026", "12700.00", ANTONOV, order_no="20530"),
    invoice("antonova-531", "З-20531", "11.11.2026", "12700.00", ANTONOVA, order_no="20531"),
    invoice("tsyrenov-540", "З-20540", "12.11.2026", "999.00", TSYRENOV, order_no="20540"),
    invoice("shmidt-544", "З-20544", "12.11.2026", "8015.50", SHMIDT, order_no="20544"),
    invoice("dubov-550", "З-20550", "13.11.2026", "2500.00", DUBOV, order_no="20550"),
    invoice("dubov-551", "З-20551", "13.11.2026", "2500.00", DUBOV, order_no="20551"),
    invoice("ulyanova-560", "З-20560", "02.11.2026", "18000.00", ULYANOVA, rest="6000.00", order_no="20560"),
    invoice("vetrov-570", "З-20570", "05.11.2026", "52300.00", VETROV, order_no="20570", loan_no="81330117"),
    invoice("larina-571", "З-20571", "06.11.2026", "18750.00", LARINA, order_no="20571", loan_no="81330125"),
)

_DUE = {one.id: one.rest for one in INVOICES}


def due(ids: Iterable[str], *, plus: int = 0) -> str:
    """What is still due of these invoices together, and `plus` kopecks: "1234.50"."""
    total = sum(_DUE[id] for id in ids) + plus
    return f"{total // 100}.{total % 100:02d}"
