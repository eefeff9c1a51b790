"""How it is typed: entities, broken encodings, underscores, glued letters, double and cut texts, latin letters."""

from __future__ import annotations

from tests.matching.handwritten import fourth_world as w
from tests.matching.handwritten.model import Case
from tests.matching.handwritten.writing import ask, paid

CASES: tuple[Case, ...] = (
    paid("html quotes", w.PARUS, "36600.00",
         "Оплата от ООО &quot;Парус&quot; по счету &#8470; ПС-2101 от 12.10.2026&nbsp;г. НДС 22% 6600.00",
         "parus-2101"),
    paid("double escaped", w.PARUS_M, "19520.00",
         "Счет &amp;#8470;2117 от 10.11.2026 &amp;quot;багет&amp;quot; НДС 3520",
         "parus_m-2117"),
    paid("br and p", w.NEW_PARUS, "24400.00", "<p>Оплата по счету НП000144</p><br/>от 05.11.2026<br>НДС 4400.00",
         "new_parus-144"),
    paid("url escapes", w.OMEGA, "13420.00", "Оплата%20по%20счету%20%E2%84%966288%20от%2010.11.2026", "omega-6288"),
    paid("question marks for the sign", w.OMEGA_PRINT, "13420.00", "Оплата по счету ? 6289 от 10.11.2026 ?., НДС 2420",
         "omega_print-6289"),
    ask("all is question marks", w.VIRAZH, "9760.00", "?????? ?? ????? ? 3510 ?? 02.11.2026, ??? 1760.00",
        "virazh-3510", may_auto=True),
    ask("mojibake", w.ATLAS, "27450.00", "Îïëàòà ïî ñ÷åòó 5209 îò 06.11.2026", "atlas-5209", may_auto=True),
    ask("mojibake, no number", w.ATLAS, "10000.00", "РћРїР»Р°С‚Р° Р·Р° Р±Р°РіРµС‚"),
    paid("underscores", w.LARSON, "33550.00", "Оплата_по_счету_№_1-7722_от_10.11.2026_НДС_22%_6050.00", "larson-7722"),
    paid("underscore inside the number", w.NIELSEN, "21960.00", "сч_НС_61_от_03_11_2026_ндс_3960", "nielsen-61"),
    paid("glued all", w.ORBITA, "6100.00", "оплатапосчету2026-0417от06.11.2026вт.ч.НДС22%1100.00", "orbita-417"),
    paid("glued word and number", w.MIRAZH, "25620.00", "СчетМЖ-21от09.11.26НДС4620", "mirazh-21"),
    paid("number glued to date", w.VIRAZH, "14640.00", "Опл.по сч.3513от06.11.26г.в т.ч.НДС2640-00р.", "virazh-3513"),
    paid("spaces within letters", w.OMEGA, "13420.00", "О п л а т а  п о  с ч е т у  6288", "omega-6288"),
    paid("no vowels", w.ATLAS, "17080.00", "Опл п сч № 5290 т 06.11.26 нкл НДС 3080", "atlas-5290"),
    paid("latin look-alikes", w.LAZUR, "12810.00", "Oплaтa пo cчeтy Л3-14 oт 09.11.2026, HДC 2310.00", "lazur-14",
         note="З typed as 3 as well"),
    paid("latin prefix", w.PARUS, "12200.00", "Счет PS-2115 от 09.11.2026 НДС 2200", "parus-2115"),
    paid("translit", w.ATLAS, "27450.00", "Oplata po schetu 5209 ot 06.11.2026, v t.ch. NDS 22% 4950.00", "atlas-5209"),
    paid("translit, short", w.MOROZ, "6710.00", "Opl sch N 8333 bez NDS", "moroz-8333"),
    paid("english", w.ZARYA, "45750.00", "Payment for goods, Invoice No. AZ-90001 dd 29.10.2026, VAT 22% 8250.00",
         "zarya-90001"),
    paid("inv", w.VIRAZH, "10980.00", "INV 3511 / 03.11.2026 / frames / VAT incl. 1980.00", "virazh-3511"),
    paid("invoice in the middle", w.MIRAZH, "8540.00", "Frames and mouldings as per invoice MZH-22 of 12 Nov 2026",
         "mirazh-22", note="the digits and the sum are those of one invoice of the payer"),
    ask("po number in english", w.ORBITA, "20000.00", "PO 416/26 prepayment 30%"),
    paid("caps lock wrong layout", w.OMEGA_PRINT, "47580.00", "Jgkfnf gj cxtne 6295 jn 12.11.2026", "omega_print-6295",
         note="the whole text in the other layout; payer, number and sum remain"),
    paid("text twice", w.DOM_RAM, "18910.00",
         "Оплата по счету ДР-404 от 11.11.2026 НДС 3410.00 Оплата по счету ДР-404 от 11.11.2026 НДС 3410.00",
         "dom_ram-404"),
    paid("text twice, glued", w.KEDR, "15860.00",
         "Сч КД00-000748 от 10.11.2026 НДС 2860.00Сч КД00-000748 от 10.11.2026 НДС 2860.00", "kedr-748"),
    ask("twice with two numbers", w.VIRAZH, "9760.00", "Оплата по счету 3510. Оплата по счету 3511. НДС 1760.00",
        "virazh-3510", may_auto=True),
    paid("cut in the vat", w.RADAR, "54900.00",
         ("Оплата по счету Р-2026-560 от 09.11.2026 г. по договору № 17-26/ГОЗ от 12.01.2026 г. за тару деревянную "
          "ящичную по спецификации № 4 к договору, товарная накладная б/н, в том числе налог на добавленную стоимость "
          "22 %")[:210], "radar-560"),
    ask("cut in the number", w.VIRAZH, "30500.00",
        ("Оплата за багет деревянный, паспарту, стекло антибликовое, фурнитуру, подвесы, клей, скобы, уголки, крепёж, "
         "картон бескислотный, а также за услуги по резке и сборке рам в количестве двадцати штук по счетам 3510, 3514"
         )[:208], "virazh-3510", "virazh-3514", may_auto=True, note="the second number is cut"),
    ask("cut number, other sum", w.ATLAS, "12000.00",
        ("Частичная оплата за багет деревянный, паспарту, стекло антибликовое, фурнитуру, подвесы, клей, скобы, "
         "уголки, крепёж, картон бескислотный и за прочие материалы по спецификации к договору по сч. 520")),
    paid("line breaks", w.LOBANOV, "12750.00", "Заказ\n№ 40720\nЛобанов К.Д.", "lobanov-720"),
    paid("tabs and zero-width", w.ZHUKOV, "6120.00", "заказ\t407\u200b15\u00a0Жуков", "zhukov-715"),
    paid("emoji", w.ZHUKOVA, "3480.00", "🖼️ рамка!! заказ№40711 спс 🙏", "zhukova-711"),
    paid("one word", w.MELNIK, "1740.00", "40733", "melnik-733"),
    paid("ocr", w.KEDROV, "9150.00", "0плата п0 счёту КЛ-7 0т 1О.11.2О26 6ез НДС", "kedrov-7"),
    paid("slashes of the client bank", w.TER, "16470.00", "//Реестр//Счет ТА-5//02.11.2026//НДС не облагается//",
         "ter-5"),
    paid("number with spaces", w.SULTANOVA, "5856.00", "счет N 94 17 от 10.11.2026, без НДС", "sultanova-9417"),
    paid("leading zeros lost", w.NEW_PARUS, "36600.00", "Оплата по счету НП-151 от 12.11.2026. НДС 6600",
         "new_parus-151"),
    paid("leading zeros added", w.SOKOLOV, "7930.00", "Счет СП-00051 от 06.11.2026, без НДС", "sokolov-51"),
)  # fmt: skip
