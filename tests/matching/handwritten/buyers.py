"""The buyers: companies, holdings with like names, namesakes, sole traders and individuals."""

from __future__ import annotations

from tests.matching.handwritten.building import company as _company
from tests.matching.handwritten.building import person as _person
from tests.matching.handwritten.building import trader as _trader
from tests.matching.handwritten.model import Payer

# three firms of one holding, then three of another: the names differ by a word
ORION = _company("orion", "ООО «Орион Трейд»", "7745333142", "00000014201", on_record=True)
ORION_TORG = _company("orion_torg", "ООО «Орион-Торг»", "5278932887", "00000014202")
ORION_NEVA = _company("orion_neva", "ООО «Орион Трейд Нева»", "7804072382", "00000014203")
VEGA = _company("vega", "ООО «Вега»", "5062551180", "38000005511", on_record=True)
VEGA_PLUS = _company("vega_plus", "ООО «Вега Плюс»", "1648733313", "38000005512")
VEGA_UK = _company("vega_uk", "АО «УК Вега Групп»", "6613879818", "38000005513")
SEVER = _company("sever", "АО «Северный завод металлоконструкций»", "7713511970", "70010000777")
SEVER_TD = _company("sever_td", "ООО ТД «Северный завод»", "5218147811", "70010000778")
# one name, two firms
ROMASHKA = _company("romashka", "ООО «Ромашка»", "7858069989", "12000003344")
ROMASHKA_KZN = _company("romashka_kzn", "ООО «Ромашка»", "5033976260", "12000009988")
# numbers in the name
SHKOLA = _company("shkola", "МБОУ «Средняя общеобразовательная школа № 15»", "1600070562", "00001230015")
BOLNICA = _company("bolnica", "ГБУЗ «Городская клиническая больница № 3»", "6614897070", "00001230003")
HOTEL = _company("hotel", "ООО «Отель Волга 21»", "7712481071", "55500002121")
KOMBINAT = _company("kombinat", "ОАО «Комбинат питания № 7»", "5256900722", "55500000007")
SVET = _company("svet", "ООО «Свет-2000»", "5264684144", "55500002000")
SAD = _company("sad", "МАДОУ «Детский сад № 12»", "7757900727", "00001230012")
# a retailer with 135 open invoices
MEGA = _company("mega", "ООО «Мега Ритейл»", "7800317169", "90000100500", on_record=True)
TWIN = _company("twin", "ООО «Близнецы»", "5071234318", "31000000222")
METIZ = _company("metiz", "ООО «Метизная компания»", "1622200381", "31000000223")
LIRA = _company("lira", "ООО «Лира»", "6669967840", "31000000224", on_record=True)
PECHAT = _company("pechat", "ООО «Печатный двор»", "7791796480", "31000000225")
GALERY = _company("galery", "АНО «Галерея современного искусства»", "5244730970", "31000000226")
BAGET = _company("baget", "ООО «Багетная мастерская на Арбате»", "7810020110", "31000000227")
STROY = _company("stroy", "ООО СК «СтройГарант»", "5083162160", "31000000228")
KLINIKA = _company("klinika", "ООО «Клиника Здоровье+»", "1647786369", "31000000229")
KOLOS = _company("kolos", "СПК «Колос»", "6644185538", "31000000230")
LOGIST = _company("logist", "ООО «Логистик Экспресс»", "7745786880", "31000000231")
TSJ = _company("tsj", "ТСЖ «Уют»", "7812250399", "31000000232")
UNI = _company("uni", "ФГБОУ ВО «Технический университет»", "5098990801", "00001230099")
KONTUR = _company("kontur", "ООО РА «Контур»", "1691242505", "31000000233")
KONTUR_NN = _company("kontur_nn", "ООО «Контур-НН»", "6689961413", "31000000234")
OPT = _company("opt", "ООО «Опт-Сервис»", "5276816010", "31000000235")
ETAP = _company("etap", "ООО «Этап»", "7806204940", "31000000236")
PUNKTIR = _company("punktir", "ООО «Пунктир»", "5028110860", "31000000237")
NOVICHOK = _company("novichok", "ООО «Новичок»", "1681273896", "31000000238")
SKLAD = _company("sklad", "ООО «Складские решения»", "6655733793", "31000000239")
BALTIC = _company("baltic", "Филиал компании «Балтик Фрэйм Лимитед»", "9978577628", "31000000240")

SMIRNOVA = _trader("smirnova", "Смирнова Ольга Викторовна", "776686940970", "40000000101")
SMIRNOV = _trader("smirnov", "Смирнов Олег Викторович", "524478790987", "40000000102")
KUZNETSOV_AN = _trader("kuznetsov_an", "Кузнецов Андрей Петрович", "781655491513", "40000000103")
KUZNETSOV_AL = _trader("kuznetsov_al", "Кузнецов Алексей Петрович", "505217220780", "40000000104")
ABDULLAEV = _trader("abdullaev", "Абдуллаев Рустам Маратович", "169455142214", "40000000105")
LI = _trader("li", "Ли Елена Сергеевна", "665607918691", "40000000106")
PETRENKO = _trader("petrenko", "Глава КФХ Петренко Иван Ильич", "773390719647", "40000000107")
TKACH = _trader("tkach", "Ткач Надежда Васильевна", "520100577493", "40000000108", on_record=True)
FEDOROVA_IP = _trader("fedorova_ip", "Федорова Анна Юрьевна", "786813858300", "40000000109")
ZAYTSEV = _trader("zaytsev", "Зайцев Павел Романович", "509092283405", "40000000110")

IVANOVA = _person("ivanova", "Иванова Мария Петровна", "50000000201")
IVANOV = _person("ivanov", "Иванов Михаил Петрович", "50000000202")
SIDOROV = _person("sidorov", "Сидоров Антон Павлович", "50000000203")
SIDOROV_2 = _person("sidorov_2", "Сидоров Антон Павлович", "50000000204")
SEMYONOV = _person("semyonov", "Семёнов Артём Алексеевич", "50000000205")
MAMEDOV = _person("mamedov", "Мамедов Эльдар Ганифа оглы", "50000000206")
PETROVA = _person("petrova", "Петрова-Водкина Анна Львовна", "50000000207")
TSOI = _person("tsoi", "Цой Виктор", "50000000208")
KRYLOVA = _person("krylova", "Крылова Дарья Олеговна", "50000000209")
BORISENKO = _person("borisenko", "Борисенко Геннадий Юрьевич", "50000000210")
FEDOROVA = _person("fedorova", "Федорова Анна Юрьевна", "50000000211")
SHEVCHUK = _person("shevchuk", "Шевчук Лариса Ивановна", "50000000212")
GUSEVA = _person("guseva", "Гусева Инна Борисовна", "50000000213")
ORLOV = _person("orlov", "Орлов Денис Игоревич", "50000000214")
NIKITINA = _person("nikitina", "Никитина Вера Фёдоровна", "50000000215")

# not our buyers
STRANGER = Payer("ООО «Финансовый партнёр»", "1647317913", "164701001", "40702810200000099901")
STRANGER_2 = Payer("ООО «ТК Попутчик»", "6644204967", "664401001", "40702810200000099902")
STRANGER_IP = Payer("ИП Гаврилов Степан Олегович", "165408818339", "", "40802810700000099903")
DIRECTOR = Payer("Лебедев Константин Ильич", "665773187705", "", "40817810400000099904")
CITY_FINANCE = Payer(
    "ДЕПАРТАМЕНТ ФИНАНСОВ ГОРОДА (МБОУ СОШ №15 л/с 20907011234)", "7768896617", "776801001", "03234643577010005400"
)

# ourselves and those who collect for us
OWN_INN, OWN_ACCOUNT, OWN_SECOND_ACCOUNT = "7769683611", "40702810900000000001", "40702810200000000002"
OURSELVES = Payer("ООО «Рамочный дом»", OWN_INN, "776901001", OWN_SECOND_ACCOUNT)
ACQUIRER = Payer("ООО «Эквайринг Онлайн»", "5239455630", "523901001", "40702810200000077701")
POST = Payer("АО «Почта России»", "7724490000", "772401001", "40502810200000077702")
LENDER = Payer("ООО МФК «Рассрочка всем»", "7888534538", "788801001", "40701810200000077703")
MARKETPLACE = Payer("ООО «Большая Витрина»", "5025248740", "502501001", "40702810200000077704")

SBER, TBANK, ALFA, VTB = "7707083893", "7710140679", "7728168971", "7702070139"


def through(bank: str, inn: str, text: str) -> Payer:
    """An individual behind his bank's transit account: "БАНК//ФИО//адрес//", the bank's own ИНН."""
    return Payer(f"{bank}//{text}//", inn, "", "30232810000000009" + inn[-3:])
