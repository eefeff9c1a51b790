"""Unusual lines only a person may settle, among look-alikes that are harmless."""

from __future__ import annotations

from dataclasses import replace

from tests.matching.handwritten import third_world as w
from tests.matching.handwritten.buyers import ACQUIRER, LENDER, POST, SBER, through
from tests.matching.handwritten.model import Case
from tests.matching.handwritten.writing import after, again, ask, paid

_BOTH = paid(
    "small bill", w.IMPULS, "5490.00", "Оплата по счету ИМ-3/0079 от 12.11.2026. В т.ч. НДС 22% 990.00",
    "impuls-79", doc_no="400",
)  # fmt: skip

CASES: tuple[Case, ...] = (
    _BOTH,
    again("the bill again, capitals and no dots", _BOTH, payer_name="ЗАО ИМПУЛЬС",
          purpose="ОПЛАТА ПО СЧЕТУ ИМ-3/0079 ОТ 12.11.2026 В Т.Ч. НДС 22% 990.00"),
    after(_BOTH, ask("paid twice under another number of order", w.IMPULS, "5490.00",
                     "Оплата по счету ИМ-3/0079 от 12.11.2026. В т.ч. НДС 22% 990.00", doc_no="403")),
    after(_BOTH, paid("what is left, without a number", w.IMPULS, "62220.00", "Оплата остатка задолженности, в т.ч. "
         "НДС 22% 11220.00",
                      "impuls-71", doc_no="404")),
    # numbers
    ask("neighbours swapped, and both numbers live", w.VESNA, "26840.00", "Оплата по счету № 8118 от 02.11.2026. НДС "
        "22% 4840.00",
        note="the sum is that of 8181"),
    ask("corrects itself", w.INTERIO, "15860.00", "Оплата по счету 6020 (исправлено: 6022). В т.ч. НДС 22% 2860.00",
        "interio-6022", may_auto=True),
    ask("all but one", w.INTERIO, "130540.00", "Оплата по договору ИО-7, все открытые счета кроме № 6044. НДС 22% "
        "23540.00",
        "interio-6021", "interio-6022", "interio-6030", may_auto=True),
    ask("letter for a digit", w.INTERIO, "41480.00", "Оплата по счету № б030 от 03.11.2026, НДС 7480.00",
        "interio-6030",
        may_auto=True),
    ask("bill of last year", w.MAYAK, "33550.00", "Оплата по счету № 7719 от 10.11.2025. НДС 22% 6050.00", "mayak-7719",
        may_auto=True),
    ask("american date", w.SOKOL, "28060.00", "invoice 5566 dd 11/05/2026", "sokol-5566", may_auto=True),
    ask("range beyond the last bill", w.KVADRAT, "64660.00", "Оплата по счетам 4871-4875. НДС 22% 11660.00",
        "kvadrat-4871", "kvadrat-4872", "kvadrat-4873", "kvadrat-4874", may_auto=True),
    ask("range, but the sum of three", w.KVADRAT, "52460.00", "Оплата по счетам 4871-4874. НДС 22% 9460.00",
        note="10370 + 11590 + 30500 by chance"),
    ask("contract with the number of a bill", w.KVADRAT, "12200.00", "Оплата по договору № 4871 от 02.11.2026. НДС "
        "22% 2200.00",
        "kvadrat-4873", may_auto=True),
    ask("ten times too little", w.PRIMOR, "5124.00", "Оплата по счету № 1-0233 от 02.11.2026, полностью. НДС 22% "
        "924.00",
        ("primor-233", "5124.00"), may_auto=True),
    ask("a kopeck off without a number", w.OAZIS, "13420.01", "Оплата за рамки. НДС 22% 2420.00"),
    ask("bill without a number, of another day", w.OAZIS, "13420.00", "Оплата по счету от 09.11.2026. НДС 22% 2420.00",
        "oazis-96", may_auto=True),
    ask("half, says the text, but it is a third", w.KASKAD, "26433.33", "Предоплата 50% по счету КД-2026-66 от "
        "29.10.2026",
        ("kaskad-66", "26433.33"), may_auto=True),
    ask("two bills and more money than both", w.GAMMA, "35000.00", "Оплата по счетам ГН000000154, ГН000000155. НДС "
        "22% 6311.48",
        "gamma-154", "gamma-155", may_auto=True),
    paid("more money than the bill, by one bill", w.GAMMA, "20000.00", "Оплата по счету ГН000000155 от 05.11.2026. "
         "НДС 3606.56",
         "gamma-155"),
    # who pays
    ask("inn with a wrong digit", w.DIRECTOR_MAYAK, "33550.00", "За ООО Маяк ИНН 7451155121 по счету 7719 от "
        "10.11.2026"),
    ask("inn of the payer himself", w.SISTER, "73200.00",
        "ООО Интерьер-Розница ИНН 5001730217 за Интерьер-Опт по сч. 6021 от 19.10.2026, НДС 13200.00", "interio-6021"),
    ask("inn of one buyer, bill of another", w.SISTER, "28060.00",
        "За ООО Интерьер-Опт ИНН 5001856900 по счету № 5566 от 05.11.2026. НДС 22% 5060.00"),
    ask("for himself and for another", w.MAYAK, "40260.00",
        "Оплата по счету 7719 (33550,00) и за ООО Оазис по счету ОЗ-95 (6710,00). НДС 22% 7260.00",
        "mayak-7719", "oazis-95"),
    ask("husband", w.HUSBAND, "2890.00", "Оплата заказа 30601 Рябова Наталья Евгеньевна", "ryabova-601"),
    ask("initials only", through("ПАО СБЕРБАНК", SBER, "РЯБОВА Н.Е."), "2890.00", "заказ 30601", "ryabova-601",
        may_auto=True),
    ask("individual without a number", w.KOTOVA, "5480.00", "за зеркало", "kotova-625"),
    ask("order of somebody else", w.EGOROVA, "3270.00", "Оплата заказа 30615"),
    ask("individual pays another sum", w.EGOROVA, "1500.00", "Заказ 30635 частично", ("egorova-635", "1500.00"),
        may_auto=True),
    ask("sole trader whose bank gives no inn", replace(w.GORDEEV.payer, inn="", name="Гордеев Никита Львович"),
        "22570.00",
        "Оплата по счету 4409", "gordeev-4409", may_auto=True),
    ask("agent's report", w.MANAGING, "97600.00",
        "Перечисление средств, полученных по агентскому договору 14, за ноябрь. НДС 22% 17600.00"),
    # no sale
    ask("security of a contract", w.TEATR, "52460.00", "Обеспечение исполнения контракта № 31705/26. НДС не "
        "облагается"),
    ask("loan", w.OAZIS, "6710.00", "Предоставление беспроцентного займа по договору № 3 от 12.11.2026. НДС не "
        "облагается"),
    ask("sent by mistake", w.SOKOL, "28060.00", "Ошибочно перечисленные средства по п/п 77 от 12.11.2026. Без НДС"),
    ask("refund for returned goods", w.LADOGA, "17080.00", "Возврат за некачественный товар по накладной № 733 от "
        "09.11.2026"),
    ask("rent", w.POLYUS, "46360.00", "Арендная плата за ноябрь 2026 г. по договору аренды склада № 9. В т.ч. НДС "
        "22% 8360.00"),
    ask("assignment of a claim", w.YUG, "57340.00", "Оплата по договору цессии № 2611-Ц от 10.11.2026. НДС не "
        "облагается"),
    ask("set-off named in the text", w.MASTER, "36600.00",
        "Оплата по счету 00БП-000640 за вычетом взаимозачета 18300,00 по акту № 5. НДС 22% 6600.00",
        ("master-640", "36600.00"), may_auto=True),
    ask("two firms in one order", w.INTERIO, "43920.00",
        "Оплата по счету 6022 (15860,00) и счету 5566 (28060,00) за ООО Сокол. НДС 22% 7920.00",
        "interio-6022", "sokol-5566"),
    ask("the payer doubts", w.ALTAY, "45140.00", "Оплата по счету 58 или 60, уточним письмом. НДС 22% 8140.00"),
    ask("return of an advance we gave", w.KASKAD, "20740.00",
        "Возврат аванса по договору комиссии № 67 от 06.11.2026. В т.ч. НДС 22% 3740.00"),
    ask("authorised capital", w.MANAGING, "48800.00", "Взнос в имущество общества по решению № 2801 от 02.10.2026"),
    # collectors
    ask("acquirer without a registry", ACQUIRER, "61000.00", "Возмещение по операциям эквайринга за 17.11.2026, "
        "мерчант 900771"),
    ask("post without a registry", POST, "24400.00", "Наложенный платеж по списку 4411 от 16.11.2026"),
    ask("lender a rouble short", LENDER, "73789.00", "Перечисление по заявкам 92440018, 92440026. НДС не облагается"),
    # harmless look-alikes
    paid("returnable boxes are no return", w.YUG, "57340.00", "Оплата по счету 2611 от 05.11.2026 за возвратную тару "
         "и рамы. НДС 10340.00",
         "yug-2611"),
    paid("corrected bill", w.RUBIN, "29280.00", "Оплата по счету РБ-815 от 09.11.2026 взамен счета РБ-810. НДС 22% "
         "5280.00",
         "rubin-815"),
    paid("bill open though its twin is paid", w.ELEGANT, "16470.00", "опл сч Э-49 от 10.11.26, ндс 22% 2970",
         "elegant-49"),
)  # fmt: skip
