"""Still more buyers and invoices, for the third author: a wholesale firm's year, as the statements have it."""

from __future__ import annotations

from datetime import date, timedelta

from tests.matching.handwritten.building import company, invoice, person, trader
from tests.matching.handwritten.model import Invoice, Payer

RASSVET = company("rassvet", "ООО «Рассвет»", "7718622762", "41000000601", on_record=True)
DOMOTEKA = company("domoteka", "ООО «Домотека»", "7810144927", "41000000602")
INTERIO = company("interio", "ООО «Интерьер-Опт»", "5001856900", "41000000603")
MASTER = company("master", "ООО «Мастерская уюта»", "5262001748", "41000000604")
NOVATOR = company("novator", "АО «Новатор»", "6311984421", "41000000605")
GAMMA = company("gamma", "ООО «Гамма-Н»", "5404663620", "41000000606")
TEKSTIL = company("tekstil", "ООО «ТД Текстиль и Декор»", "3123138653", "41000000607")
UGRA = company("ugra", "ООО «Югра Снаб»", "6658066675", "41000000608")
ALTAY = company("altay", "ООО «Алтай Багет»", "2225051350", "41000000609")
PRIMOR = company("primor", "ООО «Приморье-Арт»", "2536609101", "41000000610")
MAYAK = company("mayak", "ООО «Маяк»", "7451155120", "41000000611")
OAZIS = company("oazis", "ООО «Оазис»", "8602864475", "41000000612")
KVADRAT = company("kvadrat", "ООО «Квадрат»", "4703353688", "41000000613")
ZENIT = company("zenit", "ООО «Зенит-М»", "1001257314", "41000000614")
LADOGA = company("ladoga", "ООО «Ладога Интерьер»", "3801663630", "41000000615")
SOKOL = company("sokol", "ООО «Сокол»", "2461090761", "41000000616")
IMPULS = company("impuls", "ЗАО «Импульс»", "6164163598", "41000000617")
VESNA = company("vesna", "ООО «Весна»", "2311932200", "41000000618")
GRANIT = company("granit", "ООО «Гранит Строй»", "0276932836", "41000000619")
ARTEL = company("artel", "ПК «Артель художников»", "1655509305", "41000000620")
KASKAD = company("kaskad", "ООО «Каскад»", "7203899146", "41000000621")
POLYUS = company("polyus", "ООО «Полюс»", "5902793847", "41000000622")
RUBIN = company("rubin", "ООО «Рубин»", "3664355197", "41000000623")
TAYGA = company("tayga", "ООО «Тайга Мебель»", "4027708260", "41000000624")
YUG = company("yug", "ООО «ЮгСтройКомплект»", "7602106261", "41000000625")
ELEGANT = company("elegant", "ООО «Элегант»", "5503891715", "41000000626")
FOTOMIR = company("fotomir", "ООО «Фотомир»", "5610553189", "41000000627", on_record=True)
ANTEY = company("antey", "ООО «Антей»", "7328857110", "41000000628")
TEATR = company("teatr", "ГБУК «Театр драмы»", "6452411487", "00001230145")
BIBLIO = company("biblio", "МБУК «Централизованная библиотечная система»", "7715290815", "00001230146")

SAVELYEVA = trader("savelyeva", "Савельева Тамара Николаевна", "771822595959", "42000000701")
KHABIB = trader("khabib", "Хабибуллин Марат Ринатович", "020264309570", "42000000702")
GORDEEV = trader("gordeev", "Гордеев Никита Львович", "231001117784", "42000000703")
CHZHAN = trader("chzhan", "Чжан Вэй", "540535683186", "42000000704")
OGANESYAN = trader("oganesyan", "Оганесян Гагик Суренович", "616331759603", "42000000705")
DYACHKOVA = trader("dyachkova", "Дьячкова Зинаида Фоминична", "781026377684", "42000000706")

RYABOVA = person("ryabova", "Рябова Наталья Евгеньевна", "43000000801")
TIKHONOV = person("tikhonov", "Тихонов Матвей Ильич", "43000000802")
MUKHINA = person("mukhina", "Мухина Алёна Сергеевна", "43000000803")
KOTOVA = person("kotova", "Котова Полина Артёмовна", "43000000804")
PAKHOMOV = person("pakhomov", "Пахомов Игнат Валерьевич", "43000000805")
KARIMOVA = person("karimova", "Каримова Гузель Рашитовна", "43000000806")
EGOROVA = person("egorova", "Егорова Яна Витальевна", "43000000807")

# not our buyers
MANAGING = Payer("ООО «УК Рассвет Групп»", "7718945805", "771801001", "40702810400000088901")
SISTER = Payer("ООО «Интерьер-Розница»", "5001730217", "500101001", "40702810400000088902")
HUSBAND = Payer("Рябов Юрий Олегович", "", "", "40817810400000088903")
DIRECTOR_MAYAK = Payer("Кривцов Борис Андреевич", "745119303687", "", "40817810400000088904")
TREASURY_SAMARA = Payer(
    "Министерство финансов области (ГБУК «Театр драмы» л/с 20426У33210)", "6452573689", "645201001",
    "03224643630000006000",
)  # fmt: skip


def _fotomir(n: int) -> Invoice:
    """ФМ-001301 … ФМ-001312, every Monday from 24 August; sum = n × 12.20, no two equal."""
    on = date(2026, 8, 24) + timedelta(days=7 * (n - 1301))
    return Invoice(f"fotomir-{n}", f"ФМ-{n:06d}", on, n * 1220, n * 1220, "open", FOTOMIR, contract_no="ФМ/24")


INVOICES = (
    invoice("rassvet-2801", "УТРД-002801", "02.10.2026", "48800.00", RASSVET, contract_no="118/25"),
    invoice("rassvet-2817", "УТРД-002817", "16.10.2026", "36600.00", RASSVET, contract_no="118/25"),
    invoice("rassvet-2833", "УТРД-002833", "30.10.2026", "97600.00", RASSVET, contract_no="118/25"),
    invoice("rassvet-2849", "УТРД-002849", "13.11.2026", "36600.00", RASSVET, contract_no="118/25"),
    invoice("domoteka-4101", "ЦБ-4101", "26.10.2026", "21960.00", DOMOTEKA),
    invoice("domoteka-4102", "ЦБ-4102", "26.10.2026", "8540.00", DOMOTEKA),
    invoice("domoteka-4115", "ЦБ-4115", "05.11.2026", "132980.00", DOMOTEKA),
    invoice("domoteka-4120", "ЦБ-4120", "10.11.2026", "61000.00", DOMOTEKA),
    invoice("interio-6021", "6021", "19.10.2026", "73200.00", INTERIO, contract_no="ИО-7"),
    invoice("interio-6022", "6022", "20.10.2026", "15860.00", INTERIO, contract_no="ИО-7"),
    invoice("interio-6030", "6030", "03.11.2026", "41480.00", INTERIO, contract_no="ИО-7"),
    invoice("interio-6044", "6044", "12.11.2026", "109800.00", INTERIO, contract_no="ИО-7"),
    invoice("master-611", "00БП-000611", "28.10.2026", "18300.00", MASTER),
    invoice("master-612", "00БП-000612", "28.10.2026", "27450.00", MASTER),
    invoice("master-640", "00БП-000640", "11.11.2026", "54900.00", MASTER),
    invoice("novator-87", "26/11-087", "06.11.2026", "244000.00", NOVATOR, rest="144000.00", contract_no="Н-2026/31"),
    invoice("novator-93", "26/11-093", "11.11.2026", "30500.00", NOVATOR, contract_no="Н-2026/31"),
    invoice("gamma-154", "ГН000000154", "02.11.2026", "12810.00", GAMMA),
    invoice("gamma-155", "ГН000000155", "05.11.2026", "19520.00", GAMMA),
    invoice("tekstil-912", "ТД-26-0912", "20.10.2026", "85400.00", TEKSTIL),
    invoice("tekstil-913", "ТД-26-0913", "21.10.2026", "7320.00", TEKSTIL),
    invoice("tekstil-930", "ТД-26-0930", "09.11.2026", "42700.00", TEKSTIL),
    invoice("ugra-3377", "3377", "28.10.2026", "166530.00", UGRA),
    invoice("ugra-3391", "3391", "11.11.2026", "9150.00", UGRA),
    invoice("altay-58", "АБ-0058/26", "30.10.2026", "45140.00", ALTAY),
    invoice("altay-60", "АБ-0060/26", "06.11.2026", "45140.00", ALTAY),
    invoice("primor-233", "1-0233", "02.11.2026", "51240.00", PRIMOR),
    invoice("primor-240", "1-0240", "09.11.2026", "24400.00", PRIMOR),
    invoice("mayak-7719", "7719", "10.11.2026", "33550.00", MAYAK),
    invoice("oazis-95", "ОЗ-95", "09.11.2026", "6710.00", OAZIS),
    invoice("oazis-96", "ОЗ-96", "11.11.2026", "13420.00", OAZIS),
    invoice("kvadrat-4871", "4871", "02.11.2026", "10370.00", KVADRAT),
    invoice("kvadrat-4872", "4872", "03.11.2026", "11590.00", KVADRAT),
    invoice("kvadrat-4873", "4873", "05.11.2026", "12200.00", KVADRAT),
    invoice("kvadrat-4874", "4874", "06.11.2026", "30500.00", KVADRAT),
    invoice("zenit-418", "ЗМ00-000418", "15.10.2026", "91500.00", ZENIT),
    invoice("zenit-427", "ЗМ00-000427", "03.11.2026", "58560.00", ZENIT, state="paid"),
    invoice("zenit-431", "ЗМ00-000431", "06.11.2026", "58560.00", ZENIT),
    invoice("ladoga-714", "2026/0714", "27.10.2026", "39040.00", LADOGA),
    invoice("ladoga-733", "2026/0733", "09.11.2026", "17080.00", LADOGA),
    invoice("sokol-5566", "5566", "05.11.2026", "28060.00", SOKOL),
    invoice("impuls-71", "ИМ-3/0071", "09.11.2026", "62220.00", IMPULS),
    invoice("impuls-79", "ИМ-3/0079", "12.11.2026", "5490.00", IMPULS),
    invoice("vesna-8118", "8118", "02.11.2026", "23180.00", VESNA),
    invoice("vesna-8181", "8181", "03.11.2026", "26840.00", VESNA),
    invoice("granit-1147", "К-1147", "12.10.2026", "305000.00", GRANIT, rest="205000.00", contract_no="ГС-19"),
    invoice("granit-1160", "К-1160", "05.11.2026", "67100.00", GRANIT, contract_no="ГС-19"),
    invoice("artel-377", "377/А", "03.11.2026", "14640.00", ARTEL),
    invoice("artel-378", "378/А", "10.11.2026", "3660.00", ARTEL),
    invoice("kaskad-66", "КД-2026-66", "29.10.2026", "79300.00", KASKAD),
    invoice("kaskad-67", "КД-2026-67", "06.11.2026", "20740.00", KASKAD),
    invoice("polyus-9034", "9034", "05.11.2026", "46360.00", POLYUS),
    invoice("rubin-810", "РБ-810", "29.10.2026", "29280.00", RUBIN, state="cancelled"),
    invoice("rubin-815", "РБ-815", "09.11.2026", "29280.00", RUBIN),
    invoice("tayga-192", "ТГ00-000192", "04.11.2026", "35380.00", TAYGA),
    invoice("tayga-198", "ТГ00-000198", "11.11.2026", "70760.00", TAYGA),
    invoice("yug-2611", "2611", "05.11.2026", "57340.00", YUG),
    invoice("yug-2618", "2618", "11.11.2026", "57340.00", YUG),
    invoice("elegant-44", "Э-44", "11.09.2026", "16470.00", ELEGANT, state="paid"),
    invoice("elegant-49", "Э-49", "10.11.2026", "16470.00", ELEGANT),
    *(_fotomir(n) for n in range(1301, 1313)),
    invoice("antey-15", "А-2026-15", "06.11.2026", "122000.00", ANTEY),
    invoice("teatr-45", "00ТЗ-000045", "02.11.2026", "52460.00", TEATR, contract_no="31705/26"),
    invoice("biblio-1893", "1893", "06.11.2026", "9760.00", BIBLIO),
    invoice("savelyeva-331", "СВ-331", "05.11.2026", "7930.00", SAVELYEVA),
    invoice("savelyeva-332", "СВ-332", "10.11.2026", "5246.00", SAVELYEVA),
    invoice("khabib-12", "ХБ-12", "02.11.2026", "10980.00", KHABIB),
    invoice("khabib-13", "ХБ-13", "09.11.2026", "14030.00", KHABIB),
    invoice("gordeev-4409", "4409", "06.11.2026", "22570.00", GORDEEV),
    invoice("chzhan-6702", "6702", "05.11.2026", "8906.00", CHZHAN),
    invoice("oganesyan-6650", "6650", "03.11.2026", "31720.00", OGANESYAN),
    invoice("dyachkova-28", "Д-28", "02.11.2026", "4880.00", DYACHKOVA),
    invoice("dyachkova-29", "Д-29", "09.11.2026", "4880.00", DYACHKOVA),
    invoice("ryabova-601", "З-30601", "09.11.2026", "2890.00", RYABOVA, order_no="30601"),
    invoice("ryabova-602", "З-30602", "12.11.2026", "4150.00", RYABOVA, order_no="30602"),
    invoice("tikhonov-610", "З-30610", "10.11.2026", "11300.00", TIKHONOV, order_no="30610"),
    invoice("mukhina-615", "З-30615", "11.11.2026", "3270.00", MUKHINA, order_no="30615"),
    invoice("kotova-625", "З-30625", "11.11.2026", "5480.00", KOTOVA, order_no="30625"),
    invoice("pakhomov-630", "З-30630", "05.11.2026", "27640.00", PAKHOMOV, order_no="30630", loan_no="92440018"),
    invoice("karimova-640", "З-30640", "06.11.2026", "46150.00", KARIMOVA, order_no="30640", loan_no="92440026"),
    invoice("egorova-635", "З-30635", "12.11.2026", "1990.00", EGOROVA, order_no="30635"),
)
