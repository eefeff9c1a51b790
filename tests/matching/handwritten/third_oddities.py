"""Unusual lines a careful accountant still books without asking anybody."""

from __future__ import annotations

from dataclasses import replace

from tests.matching.handwritten import third_world as w
from tests.matching.handwritten.buyers import ALFA, LENDER, SBER, TBANK, through
from tests.matching.handwritten.model import Case
from tests.matching.handwritten.writing import after, paid, payout

_THIRTY_PERCENT = paid(
    "thirty percent", w.ANTEY, "36600.00",
    "30% предоплата по сч.А-2026-15 от 06.11.2026 (остаток 70% по готовности). В т.ч. НДС 22% 6600.00",
    ("antey-15", "36600.00"), doc_no="12",
)  # fmt: skip
_FIRST_TWIN = paid("first of two equal", w.DYACHKOVA, "4880.00", "Оплата по счету Д-28 от 02.11.2026. НДС не "
    "облагается",
                   "dyachkova-28", doc_no="5")  # fmt: skip

CASES: tuple[Case, ...] = (
    _THIRTY_PERCENT,
    _FIRST_TWIN,
    after(_THIRTY_PERCENT, paid(
        "seventy percent", w.ANTEY, "85400.00",
        "70% окончат.расчет по сч.А-2026-15 от 06.11.2026, готовность подтверждена 17.11. В т.ч. НДС 22% 15400.00",
        ("antey-15", "85400.00"), doc_no="19")),
    after(_FIRST_TWIN, paid(
        "the other of two equal when one is paid", w.DYACHKOVA, "4880.00", "за рамки без ндс", "dyachkova-29",
        doc_no="6")),
    # glued, cut, doubled
    paid("not one space", w.DOMOTEKA, "132980.00", "ОПЛ.ПОСЧ.ЦБ-4115ОТ05.11.2026ЗАРАМКИВТ.Ч.НДС22%-23980.00",
         "domoteka-4115"),
    paid("number glued to both neighbours", w.UGRA, "166530.00", "Опл.сч3377от28.10.26в т.ч.НДС 22%30030=",
         "ugra-3377"),
    paid("text twice", w.SOKOL, "28060.00",
         "Оплата по счету № 5566 от 05.11.2026 В т.ч. НДС 22% 5060.00 Оплата по счету № 5566 от 05.11.2026 В т.ч. "
         "НДС 22% 5060.00",
         "sokol-5566"),
    paid("cut off in the vat clause", w.RASSVET, "97600.00",
         "Оплата поставщику ООО \"Рамочный дом\" за товарно-материальные ценности (багет деревянный, паспарту, стекло, "
         "крепеж и упаковку) по счету на оплату № УТРД-002833 от 30.10.2026 г. В том числе НД", "rassvet-2833"),
    paid("line breaks and tabs", w.INTERIO, "57340.00",
         "Оплата:\r\n1)\tсч. 6022 от 20.10.2026\t15860,00\r\n2)\tсч. 6030 от 03.11.2026\t41480,00\r\nв т.ч. НДС 22%",
         "interio-6022", "interio-6030"),
    paid("entities of a web form", w.POLYUS, "46360.00",
         "Оплата &quot;по счету&quot; &#8470; 9034 от 05.11.2026&nbsp;г. В т.ч. НДС 22% &mdash; 8360.00",
         "polyus-9034"),
    paid("words broken by hyphenation", w.IMPULS, "62220.00",
         "Опла- та по сче- ту ИМ-3/0071 от 09.11.2026 за рамы алюми- ниевые, в т.ч. НДС 22% 11220.00", "impuls-71"),
    paid("a letter to the bookkeeper", w.MAYAK, "33550.00",
         "Добрый день! Оплачиваем Ваш счёт № 7719 от 10.11, просим отгрузить до пятницы. Спасибо! НДС 22% 6050",
         "mayak-7719"),
    paid("budget classification before the bill", w.TEATR, "52460.00",
         "(00000000000000000244 ВР 244, л/с 20426У33210, СГОЗ 1) сч №45 от 02.11.26 к-т 31705/26 НДС 9460-00",
         "teatr-45"),
    paid("currency code", w.POLYUS, "46360.00", "{VO10100} Оплата по счету № 9034 от 05.11.2026. НДС 22% 8360.00",
         "polyus-9034"),
    paid("weights and sizes", w.TAYGA, "35380.00",
         "За багет 4500 м, 1147 кг, арт. 6021-30, по сч. ТГ00-000192 от 04.11.2026, НДС 22% 6380.00", "tayga-192"),
    paid("bill in the middle of an order chain", w.VESNA, "26840.00",
         "Заявка 118 -> счет 8181 -> заказ поставщику 00ВС-000077. НДС 22% 4840.00", "vesna-8181"),
    paid("table in one line", w.DOMOTEKA, "30500.00",
         "|ЦБ-4101|26.10.2026|21960.00|ЦБ-4102|26.10.2026|8540.00|ИТОГО 30500.00|НДС 5500.00|",
         "domoteka-4101", "domoteka-4102"),
    paid("misspelt words", w.KASKAD, "20740.00", "Аплата по щету КД-2026-67 от 06.11.2026 с НДС", "kaskad-67"),
    paid("month in letters, year in two digits", w.TEKSTIL, "7320.00", "сч ТД260913 от 21 окт 26, НДС 22% 1320",
         "tekstil-913"),
    # scripts and signs
    paid("latin look-alikes", w.OAZIS, "6710.00", "Oплaтa пo cчeтy № OЗ-95 oт 09.11.2026, в т.ч. HДC 22% 1210.00",
         "oazis-95",
         note="а, о, е, с, у, Н and О are latin"),
    paid("digit three for the letter", w.OAZIS, "13420.00", "оплата сч. О3-96 от 11.11.2026 НДС 22% 2420.00",
         "oazis-96"),
    paid("transliterated", w.POLYUS, "46360.00", "Oplata po schetu N 9034 ot 05.11.2026 za ramy, v t.ch. NDS 22% "
         "8360.00",
         "polyus-9034"),
    paid("in english", w.SOKOL, "28060.00", "Payment for picture frames under invoice No. 5566 dated 05 November "
         "2026, VAT 22% incl.",
         "sokol-5566"),
    paid("en dashes", w.TEKSTIL, "42700.00", "Оплата по счету ТД–26–0930 от 09.11.2026 – НДС 22% – 7700.00",
         "tekstil-930"),
    paid("underscores of a file name", w.TEKSTIL, "85400.00", "Оплата по счету Счет_ТД_26_0912_от_20102026.pdf, НДС "
         "15400.00",
         "tekstil-912"),
    paid("slashes for hyphens", w.KASKAD, "79300.00", "опл. сч. КД/2026/66 от 29.10.26 в т.ч. ндс 14300", "kaskad-66"),
    paid("number in quotes", w.VESNA, "23180.00", "Оплата по счёту «8118» от «02» ноября 2026 г., НДС 22% – 4180 "
         "руб. 00 коп.",
         "vesna-8118"),
    paid("hash sign", w.INTERIO, "41480.00", "Оплата счета #6030 (03.11.2026), НДС 7480", "interio-6030"),
    paid("number sign as letters", w.UGRA, "9150.00", "Оплата по счету Nо.3391 от 11.11.2026. НДС 22%, 1650.00",
         "ugra-3391"),
    paid("colon", w.GRANIT, "67100.00", "Основание: счет №: К-1160; дата: 05.11.2026; НДС: 12100.00; договор: ГС-19",
         "granit-1160"),
    # dates
    paid("iso date", w.VESNA, "26840.00", "Счёт 8181 / 2026-11-03 / багет / НДС 22% 4840,00", "vesna-8181"),
    paid("date as a spreadsheet has it", w.SOKOL, "28060.00", "Оплата по счету № 5566 от 46331 за рамы. НДС 22% "
         "5060.00",
         "sokol-5566"),
    paid("only the date of the bill, the sum is unique", w.MASTER, "18300.00",
         "Оплата по счету от 28.10.2026 за багет. В т.ч. НДС 22% 3300.00", "master-611"),
    # numbers of other things
    paid("delivery note with the number of another bill", w.INTERIO, "15860.00",
         "Оплата по счету 6022 от 20.10.2026, УПД 6030 от 05.11.2026. В т.ч. НДС 22% 2860.00", "interio-6022"),
    paid("address and telephone", w.UGRA, "9150.00",
         "Оплата по счету № 3391 от 11.11.2026, доставка: ул. Ленина, д. 33, оф. 77, тел. 8(3462)33-77-05. НДС 1650.00",
         "ugra-3391"),
    paid("accounts in the text", w.PRIMOR, "51240.00",
         "На р/с 40702810900000000001 БИК 044525593 ИНН 7769683611 оплата по сч.1-0233 от 02.11.2026 НДС 9240.00",
         "primor-233"),
    paid("both spellings of one number", w.RASSVET, "36600.00",
         "Оплата сч. 2849 (УТРД-002849 от 13.11.2026), НДС 22% 6600.00", "rassvet-2849"),
    paid("half of a bill as a fraction", w.SOKOL, "14030.00", "Оплата 1/2 суммы счета № 5566 от 05.11.2026. НДС 22% "
         "2530.00",
         ("sokol-5566", "14030.00")),
    paid("number in words, the only bill", w.MAYAK, "33550.00",
         "Оплата по счету номер семь тысяч семьсот девятнадцать за багет, с НДС", "mayak-7719"),
    paid("one rouble short", w.MAYAK, "33549.00", "Оплата по счету 7719 от 10.11.2026. В т.ч. НДС 22% 6049.82",
         ("mayak-7719", "33549.00"), note="credited, not released"),
    # shorthand lists
    paid("last two digits", w.KVADRAT, "34160.00", "Оплата по сч. 4871, 72, 73 за ноябрь, в т.ч. НДС 22% 6160.00",
         "kvadrat-4871", "kvadrat-4872", "kvadrat-4873"),
    paid("bills over a slash", w.KVADRAT, "21960.00", "оплата по счетам 4871/4872 в т.ч. НДС 3960.00",
         "kvadrat-4871", "kvadrat-4872"),
    paid("bills with plus signs", w.KVADRAT, "42700.00", "сч.4873+сч.4874 НДС 7700", "kvadrat-4873", "kvadrat-4874"),
    paid("range and single", w.FOTOMIR, "63586.40", "Оплата по счетам ФМ-001301 - ФМ-001303, ФМ-001306. НДС 22% "
         "11466.40",
         "fotomir-1301", "fotomir-1302", "fotomir-1303", "fotomir-1306"),
    paid("sums in brackets", w.GAMMA, "32330.00",
         "За паспарту: ГН-154 от 02.11 (12 810,00), ГН-155 от 05.11 (19 520,00), НДС 22% 5 830,00", "gamma-154",
         "gamma-155"),
    # who pays
    paid("ministry for a theatre", w.TREASURY_SAMARA, "52460.00",
         "(055-0801-0210144090-244 л/с 20426У33210) за ГБУК \"Театр драмы\" ИНН 6452411487 сч.00ТЗ-000045 от "
         "02.11.2026 "
         "контр. 31705/26 НДС 22% 9460-00", "teatr-45"),
    paid("library through its own account", w.BIBLIO.called("УФК по г. Москве (МБУК ЦБС л/с 20736Щ55510)"), "9760.00",
         "(20736Щ55510, КВР 244 КОСГУ 346) Рамы для выставки сч.1893 от 06.11.26 ГК б/н от 06.11.26, НДС "
         "1760.00//УИН 0//",
         "biblio-1893"),
    paid("director for his firm", w.DIRECTOR_MAYAK, "33550.00",
         "Оплата за ООО \"Маяк\" ИНН 7451155120 по счету № 7719 от 10.11.2026. В т.ч. НДС 22% 6050.00", "mayak-7719"),
    paid("sister firm with the inn", w.SISTER, "73200.00",
         "Оплата по счету №6021 от 19.10.2026 за ООО Интерьер-Опт (ИНН 5001856900 КПП 500101001), в т.ч. НДС 13200.00",
         "interio-6021"),
    paid("managing company with the inn", w.MANAGING, "85400.00",
         "За ООО \"Рассвет\", ИНН 7718622762, по счетам УТРД-002801 и УТРД-002817, договор 118/25. НДС 22% 15400.00",
         "rassvet-2801", "rassvet-2817"),
    paid("branch with its own kpp", replace(w.GRANIT.payer, name="Филиал ООО «Гранит Строй» в г. Казани",
         kpp="165543001"),
         "67100.00", "Оплата по сч. К-1160 от 05.11.2026. В т.ч. НДС 22% 12100.00", "granit-1160"),
    paid("sole trader from a private account",
         replace(w.SAVELYEVA.payer, name="САВЕЛЬЕВА ТАМАРА НИКОЛАЕВНА", account="40817810042000000799"), "7930.00",
         "Оплата по счету СВ-331 от 05.11.2026", "savelyeva-331"),
    paid("individual through the savings bank", through("ПАО СБЕРБАНК", SBER, "РЯБОВА НАТАЛЬЯ ЕВГЕНЬЕВНА//603005 НН "
         "УЛ ПИСКУНОВА 9"),
         "2890.00", "ЗА 13/11/2026;РЯБОВА НАТАЛЬЯ ЕВГЕНЬЕВНА;заказ 30601", "ryabova-601"),
    paid("individual, two orders", w.RYABOVA, "7040.00", "за рамки заказы 30601 и 30602 НДС не облагается",
         "ryabova-601", "ryabova-602"),
    paid("without the dots of ё", through("АО ТБАНК", TBANK, "Мухина Алена Сергеевна"), "3270.00",
         "Оплата заказа З-30615 от 11.11.2026", "mukhina-615"),
    paid("name in the text of a telephone", w.TIKHONOV.called("ТИХОНОВ МАТВЕЙ ИЛЬИЧ"), "11300.00",
         "Перевод по номеру телефона +79160030611. Зеркало, заказ №30610", "tikhonov-610"),
    paid("first name first", through("АО \"АЛЬФА-БАНК\"", ALFA, "Полина Артёмовна Котова"), "5480.00",
         "Оплата по счёту З-30625. Без НДС", "kotova-625"),
    payout("lender names two loans", LENDER, "73790.00",
           "Перечисление по кредитным заявкам 92440018, 92440026 согл. договора 5/РВ. НДС не облагается",
           "pakhomov-630", "karimova-640"),
)  # fmt: skip
