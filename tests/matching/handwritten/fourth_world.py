"""The fourth author's buyers: like names, names that are goods, counters in a row, and those who pay for others."""

from __future__ import annotations

from tests.matching.handwritten.building import company, invoice, person, trader
from tests.matching.handwritten.model import Payer

# three firms whose names contain one another
PARUS = company("parus", "ООО «Парус»", "7704870797", "44000000101", on_record=True)
PARUS_M = company("parus_m", "ООО «Парус-М»", "7811627934", "44000000102")
NEW_PARUS = company("new_parus", "ООО «Новый Парус»", "5047751604", "44000000103")
OMEGA = company("omega", "ООО «Омега»", "6315629971", "44000000104")
OMEGA_PRINT = company("omega_print", "ООО «Омега-Принт»", "2308368520", "44000000105")
VIRAZH = company("virazh", "ООО «Вираж»", "6686278544", "44000000106")
MIRAZH = company("mirazh", "ООО «Мираж»", "5406674144", "44000000107")
# names that are also makes of moulding, and one like our own
LARSON = company("larson", "ООО «Ларсон»", "3664527819", "44000000108")
NIELSEN = company("nielsen", "ООО «Студия Нильсен»", "1657576699", "44000000109")
DOM_RAM = company("dom_ram", "ООО «Дом рам»", "7203968093", "44000000110")
LAZUR = company("lazur", "ООО «Лазурь»", "4345854811", "44000000111")
KEDR = company("kedr", "ООО «Кедр»", "3906337062", "44000000112")
RADAR = company("radar", "АО «НПО Радар»", "2130623419", "44000000113")
MUSEUM = company("museum", "ФГБУК «Музей-заповедник „Усадьба“»", "6454504225", "00001230314")
ATLAS = company("atlas", "ООО «Атлас Групп»", "7604715195", "44000000115")
FREGAT = company("fregat", "ООО «Фрегат»", "5262674630", "44000000116")
ORBITA = company("orbita", "ООО «Орбита»", "0268225914", "44000000117")
ZARYA = company("zarya", "ПАО «Заря»", "5503975965", "44000000118")
VOSTOK = company("vostok", "ООО «Восток-Арт»", "7451657465", "44000000119")

SOKOLOVA = trader("sokolova", "Соколова Ирина Павловна", "770487776749", "44000000201")
SOKOLOV = trader("sokolov", "Соколов Игорь Павлович", "781144752300", "44000000202")
MOROZ = trader("moroz", "Мороз Ольга Ивановна", "504776569876", "44000000203")
KEDROV = trader("kedrov", "Кедров Лев Семёнович", "631532414169", "44000000204")
BELAYA = trader("belaya", "Белая Роза Марковна", "230825354686", "44000000205")
TER = trader("ter", "Тер-Аванесян Карен Ашотович", "668639343307", "44000000206")
SULTANOVA = trader("sultanova", "Султанова Айгуль Фаритовна", "540642334408", "44000000207")

ZHUKOVA = person("zhukova", "Жукова Елена Андреевна", "44000000301")
ZHUKOV = person("zhukov", "Жуков Андрей Ильич", "44000000302")
LOBANOV = person("lobanov", "Лобанов Кирилл Денисович", "44000000303")
SAFINA = person("safina", "Сафина Алина Ильдаровна", "44000000304")
RUDENKO = person("rudenko", "Руденко Галина Васильевна", "44000000305")
MELNIK = person("melnik", "Мельник Ян", "44000000306")
DASHKOVA = person("dashkova", "Воронцова-Дашкова Ольга Сергеевна", "44000000307")
KIM = person("kim", "Ким Станислав Робертович", "44000000308")

# not our buyers
HOLDING = Payer("ООО «УК Парус Холдинг»", "7451667801", "745101001", "40702810400000066601")
STEEL = Payer("ООО «Сталь-Трейд»", "3525813770", "352501001", "40702810400000066602")
CARRIER = Payer("ООО «Экспресс-Авто»", "2540464988", "254001001", "40702810400000066603")
FACTORING = Payer("АО «Факторинг Капитал»", "3812318970", "381201001", "40702810400000066604")
NOSOV = Payer("Индивидуальный предприниматель Носов Глеб Титович", "366446912379", "", "40802810400000066605")
BROTHER = Payer("Соколов Павел Павлович", "", "", "40817810400000066606")
OMEGA_DIRECTOR = Payer("Дроздова Вера Эдуардовна", "", "", "40817810400000066607")
ZHUKOVA_HUSBAND = Payer("Жуков Сергей Андреевич", "", "", "40817810400000066608")
BAILIFFS = Payer("УФК по Вологодской области (ОСП по г. Череповцу)", "3528042591", "352801001", "03212643000000013000")

INVOICES = (
    invoice("parus-2101", "ПС-2101", "12.10.2026", "36600.00", PARUS, contract_no="П-14/25"),
    invoice("parus-2108", "ПС-2108", "26.10.2026", "48800.00", PARUS, contract_no="П-14/25"),
    invoice("parus-2115", "ПС-2115", "09.11.2026", "12200.00", PARUS, contract_no="П-14/25"),
    invoice("parus_m-2101", "2101", "20.10.2026", "61000.00", PARUS_M),
    invoice("parus_m-2117", "2117", "10.11.2026", "19520.00", PARUS_M),
    invoice("new_parus-144", "НП000144", "05.11.2026", "24400.00", NEW_PARUS),
    invoice("new_parus-151", "НП000151", "12.11.2026", "36600.00", NEW_PARUS),
    invoice("omega-6288", "6288", "10.11.2026", "13420.00", OMEGA),
    invoice("omega_print-6289", "6289", "10.11.2026", "13420.00", OMEGA_PRINT),
    invoice("omega_print-6295", "6295", "12.11.2026", "47580.00", OMEGA_PRINT),
    invoice("virazh-3510", "3510", "02.11.2026", "9760.00", VIRAZH),
    invoice("virazh-3511", "3511", "03.11.2026", "10980.00", VIRAZH),
    invoice("virazh-3512", "3512", "05.11.2026", "8540.00", VIRAZH),
    invoice("virazh-3513", "3513", "06.11.2026", "14640.00", VIRAZH),
    invoice("virazh-3514", "3514", "09.11.2026", "20740.00", VIRAZH),
    invoice("mirazh-18", "МЖ-18", "20.10.2026", "25620.00", MIRAZH, state="cancelled"),
    invoice("mirazh-21", "МЖ-21", "09.11.2026", "25620.00", MIRAZH),
    invoice("mirazh-22", "МЖ-22", "12.11.2026", "8540.00", MIRAZH),
    invoice("larson-7715", "1-7715", "05.11.2026", "18300.00", LARSON),
    invoice("larson-7722", "1-7722", "10.11.2026", "33550.00", LARSON),
    invoice("nielsen-61", "НС-61", "03.11.2026", "21960.00", NIELSEN),
    invoice("nielsen-64", "НС-64", "10.11.2026", "5490.00", NIELSEN),
    invoice("dom_ram-404", "ДР-404", "11.11.2026", "18910.00", DOM_RAM),
    invoice("lazur-10", "ЛЗ-10", "02.11.2026", "7320.00", LAZUR),
    invoice("lazur-11", "ЛЗ-11", "03.11.2026", "8540.00", LAZUR),
    invoice("lazur-12", "ЛЗ-12", "05.11.2026", "9150.00", LAZUR),
    invoice("lazur-13", "ЛЗ-13", "06.11.2026", "11590.00", LAZUR),
    invoice("lazur-14", "ЛЗ-14", "09.11.2026", "12810.00", LAZUR),
    invoice("kedr-730", "КД00-000730", "20.10.2026", "30500.00", KEDR, contract_no="55-К"),
    invoice("kedr-731", "КД00-000731", "27.10.2026", "42700.00", KEDR, rest="22700.00", contract_no="55-К"),
    invoice("kedr-745", "КД00-000745", "06.11.2026", "15860.00", KEDR, state="paid", contract_no="55-К"),
    invoice("kedr-748", "КД00-000748", "10.11.2026", "15860.00", KEDR, contract_no="55-К"),
    invoice("radar-556", "Р-2026-556", "28.10.2026", "122000.00", RADAR, contract_no="17-26/ГОЗ"),
    invoice("radar-560", "Р-2026-560", "09.11.2026", "54900.00", RADAR, contract_no="17-26/ГОЗ"),
    invoice("museum-317", "00УС-000317", "02.11.2026", "91500.00", MUSEUM, contract_no="0360100004126000087"),
    invoice("museum-318", "00УС-000318", "03.11.2026", "12200.00", MUSEUM),
    invoice("atlas-5209", "5209", "06.11.2026", "27450.00", ATLAS),
    invoice("atlas-5290", "5290", "06.11.2026", "17080.00", ATLAS),
    invoice("fregat-330", "Ф-330", "05.11.2026", "10980.00", FREGAT),
    invoice("fregat-331", "Ф-331", "10.11.2026", "10980.00", FREGAT),
    invoice("orbita-416", "2026-0416", "05.11.2026", "73200.00", ORBITA),
    invoice("orbita-417", "2026-0417", "06.11.2026", "6100.00", ORBITA),
    invoice("zarya-90001", "АЗ-90001", "29.10.2026", "45750.00", ZARYA),
    invoice("zarya-90010", "АЗ-90010", "10.11.2026", "9760.00", ZARYA),
    invoice("vostok-1905", "В-1905", "05.11.2026", "61000.00", VOSTOK, rest="30500.00", contract_no="ВА-2"),
    invoice("vostok-1912", "В-1912", "11.11.2026", "24400.00", VOSTOK, contract_no="ВА-2"),
    invoice("sokolova-51", "СИ-51", "05.11.2026", "7930.00", SOKOLOVA),
    invoice("sokolova-52", "СИ-52", "10.11.2026", "4270.00", SOKOLOVA),
    invoice("sokolov-51", "СП-51", "06.11.2026", "7930.00", SOKOLOV),
    invoice("moroz-8330", "8330", "09.11.2026", "14030.00", MOROZ),
    invoice("moroz-8333", "8333", "12.11.2026", "6710.00", MOROZ),
    invoice("kedrov-7", "КЛ-7", "10.11.2026", "9150.00", KEDROV),
    invoice("belaya-19", "БР-19", "06.11.2026", "11590.00", BELAYA),
    invoice("belaya-20", "БР-20", "11.11.2026", "2440.00", BELAYA),
    invoice("ter-5", "ТА-5", "02.11.2026", "16470.00", TER),
    invoice("sultanova-9417", "9417", "10.11.2026", "5856.00", SULTANOVA),
    invoice("zhukova-711", "З-40711", "09.11.2026", "3480.00", ZHUKOVA, order_no="40711"),
    invoice("zhukov-715", "З-40715", "10.11.2026", "6120.00", ZHUKOV, order_no="40715"),
    invoice("lobanov-720", "З-40720", "10.11.2026", "12750.00", LOBANOV, order_no="40720"),
    invoice("safina-722", "З-40722", "11.11.2026", "2260.00", SAFINA, order_no="40722"),
    invoice("safina-723", "З-40723", "11.11.2026", "2260.00", SAFINA, order_no="40723"),
    invoice("rudenko-730", "З-40730", "11.11.2026", "8990.00", RUDENKO, order_no="40730"),
    invoice("melnik-733", "З-40733", "12.11.2026", "1740.00", MELNIK, order_no="40733"),
    invoice("dashkova-741", "З-40741", "02.11.2026", "19400.00", DASHKOVA, rest="9400.00", order_no="40741"),
    invoice("kim-744", "З-40744", "12.11.2026", "4315.50", KIM, order_no="40744"),
)
