"""Wholesale: two series with one counter, dozens of numbers, ranges, schedules, lists cut off by the bank."""

from __future__ import annotations

from collections.abc import Iterable

from tests.matching.handwritten.second_world import ATLAS, DEL, KARAT, PODRYAD, VOLNA, VYATKA, due
from tests.matching.handwritten.writing import ask, paid


def _k(*numbers: int) -> tuple[str, ...]:
    return tuple(f"atlas-k-{n}" for n in numbers)


def _m(*numbers: int) -> tuple[str, ...]:
    return tuple(f"atlas-m-{n}" for n in numbers)


def _listed(prefix: str, numbers: Iterable[int], gap: str) -> str:
    return gap.join(f"{prefix}{n}" for n in numbers)


_TEN = range(701, 711)
_SHORT = _k(704, 705)

CASES = (
    # one of a series
    paid("series-k", ATLAS, due(_k(707)), "Оплата по счету АК-000707 от 02.09.2026 за рамы НДС 22%", *_k(707)),
    paid("series-m", ATLAS, due(_m(707)), "Оплата по счету АМ-000707 от 02.09.2026 за рамы НДС 22%", *_m(707)),
    paid("series-without-zeros", ATLAS, due(_k(712)), "сч. АК-712 от 27/09/26", *_k(712)),
    paid("series-glued", ATLAS, due(_m(713)), "сч АМ713 багет", *_m(713)),
    paid("series-latin-letters", ATLAS, due(_k(715)), "Оплата сч.AK-000715 (договор АТ-2026/9)", *_k(715)),
    paid("series-small-letters", ATLAS, due(_m(716)), "опл ам-000716", *_m(716)),
    paid("counter-alone-sum-decides", ATLAS, due(_m(703)), "Счет 703 от 13.08.2026, рамы", *_m(703)),
    ask("counter-alone-part", ATLAS, "50000.00", "Частичная оплата по счету 703 от 13.08.2026", note="two series"),
    ask("series-k-sum-of-m", ATLAS, due(_m(709)), "Оплата счета АК-000709 за рамы",
        _k(709)[0], note="series К is quoted, the sum is that of М to the kopeck: a mistake of the series"),
    paid("series-spaced", ATLAS, due(_k(718)), "Счет № А К - 0 0 0 7 1 8 от 27.10.2026", *_k(718)),
    # several
    paid("two-series-in-turn", ATLAS, due([*_k(701, 702), *_m(701, 702)]),
         "Оплата по сч. АК-000701, АМ-000701, АК-000702, АМ-000702", *_k(701, 702), *_m(701, 702)),
    paid("series-before-its-numbers", ATLAS, due([*_k(703, 705), *_m(704, 706)]),
         "Счета АК: 703, 705; АМ: 704, 706. НДС в т.ч.", *_k(703, 705), *_m(704, 706)),
    paid("ten-of-k", ATLAS, due(_k(*_TEN)), "Счета " + _listed("АК-", _TEN, ",") + " за август-сентябрь",
         *_k(*_TEN)),
    paid("ten-of-k-newlines", ATLAS, due(_k(*_TEN)), "АВГУСТ " + _listed("АК", _TEN, " "), *_k(*_TEN)),
    paid("ten-of-m-tails", ATLAS, due(_m(*_TEN)), "сч. АМ-000" + "/".join(str(n) for n in _TEN), *_m(*_TEN)),
    paid("twenty-of-k", ATLAS, due(_k(*range(701, 721))),
         "По счетам АК " + ",".join(str(n) for n in range(701, 721)) + " полностью", *_k(*range(701, 721))),
    paid("range-with-dash", ATLAS, due(_k(*range(706, 712))), "Оплата по счетам с АК-000706 по АК-000711",
         *_k(*range(706, 712))),
    paid("range-short", ATLAS, due(_m(*range(714, 718))), "сч. АМ-000714 - АМ-000717, багет, НДС 22%",
         *_m(*range(714, 718))),
    ask("range-and-another-sum", ATLAS, "400000.00", "сч. АМ-000714 - АМ-000717 частично",
        note="which of the four is paid in part is not said"),
    ask("list-is-longer-than-the-money", ATLAS, due(_k(701, 702), plus=-1000000),
        "Оплата счетов АК-000701, АК-000702, АК-000703", note="one is missing, ten thousand too little for two"),
    paid("each-with-its-sum", ATLAS, due([*_k(719), *_m(719)]),
         f"АК-000719 - {due(_k(719))}; АМ-000719 - {due(_m(719))}", *_k(719), *_m(719)),
    paid("each-with-its-part", ATLAS, "130000.00", "АК-000719 от 01.11.26 - 80000,00; АМ-000719 от 01.11.26 - 50000,00",
         ("atlas-k-719", "80000.00"), ("atlas-m-719", "50000.00")),
    ask("parts-do-not-add-up", ATLAS, "140000.00",
        "АК-000719 от 01.11.26 - 80000,00; АМ-000719 от 01.11.26 - 50000,00",
        note="ten thousand are explained by nothing"),
    ask("with-one-paid-already", ATLAS, due(_k(701), plus=14770000), "Счета АК-000700, АК-000701", *_k(701),
        note="700 is paid; half of the money has no home"),
    ask("the-paid-one-alone", ATLAS, "147700.00", "Оплата по счету АК-000700 от 29.07.2026"),
    ask("unknown-number-beside-a-known", ATLAS, due(_k(702), plus=9999900),
        "Оплата по счетам АК-000702, АК-000799", note="799 is not ours"),
    ask("cut-list-says-etc", ATLAS, due(_k(*range(701, 705))),
        "Оплата по счетам АК-000701, АК-000702 и др. согласно акту сверки",
        note="adds up to four of a row, two are named"),
    ask("reconciliation-no-numbers", ATLAS, "1000000.00",
        "Погашение задолженности по акту сверки на 31.10.2026, дог. АТ-2026/9"),
    paid("everything", ATLAS, due([*_k(*range(701, 721)), *_m(*range(701, 721))]),
         "Полное погашение задолженности по договору АТ-2026/9 согласно акта сверки",
         *_k(*range(701, 721)), *_m(*range(701, 721))),
    ask("oldest-first-they-say", ATLAS, "250000.00", "Оплата за рамы по договору, в счет более ранних счетов"),
    paid("payment-order-number-in-text", ATLAS, due(_k(720)), "п/п 719 от 18.11.26 счет АК-000720 от 06.11.26 1 шт",
         *_k(720)),
    paid("order-of-the-payer-like-a-number", ATLAS, due(_m(720)), "Заказ поставщику АТ-000701. Счет АМ-000720",
         *_m(720)),
    paid("upd-numbers-beside", ATLAS, due(_SHORT), "УПД 1701 от 20.08.26, УПД 1702 от 25.08.26 по сч АК-704, АК-705",
         *_SHORT),
    paid("over", ATLAS, "170000.00", "Счет АК-000720 с предоплатой следующего", ("atlas-k-720", due(_k(720)))),
    paid("twice-the-text", ATLAS, due(_k(711)),
         "Оплата по счету АК-000711 от 22.09.2026. Оплата по счету АК-000711 от 22.09.2026.", *_k(711)),
    # short plain numbers
    paid("nine", VOLNA, "14000.00", "Счет 9 от 09.11.2026", "volna-9"),
    paid("ten-on-the-tenth", VOLNA, "15000.00", "Счет от 10.11.2026 № 10 на 10 шт", "volna-10"),
    paid("four-short", VOLNA, "74000.00", "сч 9,10,11,12", "volna-9", "volna-10", "volna-11", "volna-12"),
    paid("sum-of-two-quoted-as-one", VOLNA, "29000.00", "счет № 12 от 12.11", "volna-12"),
    paid("two-that-add-up-to-a-third", VOLNA, "29000.00", "счета № 9 и № 10", "volna-9", "volna-10"),
    ask("sum-of-two-and-no-number", VOLNA, "29000.00", "за рамы", "volna-12", may_auto=True,
        note="one invoice of the sum, and two that add up to it"),
    ask("date-only-eleventh", VOLNA, "14500.00", "за рамы 11.11.2026, 12 мест"),
    paid("short-range", VOLNA, "45000.00", "Оплата счетов №9-11 за ноябрь", "volna-9", "volna-10", "volna-11"),
    ask("quoted-sum-of-the-neighbour", VOLNA, "16000.00", "счет № 10 от 10.11.2026",
        note="overpays 10 by a thousand, or pays 11: 16000 is exactly the sum of 11"),
    # sums that equal sums
    paid("hundred-by-number", KARAT, "100000.00", "сч К00000514 от 09.11", "karat-514"),
    paid("hundred-by-two-numbers", KARAT, "100000.00", "сч. К512, К513", "karat-512", "karat-513"),
    ask("hundred-by-nothing", KARAT, "100000.00", "Оплата по договору за ноябрь", "karat-514", may_auto=True,
        note="one invoice of the sum, and two that add up to it"),
    paid("two-hundred", KARAT, "200000.00", "Расчет по договору полностью", "karat-512", "karat-513", "karat-514"),
    ask("vyatka-third", VYATKA, "30000.00", "Оплата за декор", "vyatka-3", may_auto=True,
        note="ВД-1003, or ВД-1001 and ВД-1002"),
    ask("vyatka-fifty", VYATKA, "50000.00", "Оплата за декор", note="1001+1004 or 1002+1003"),
    paid("vyatka-fifty-by-number", VYATKA, "50000.00", "ВД-1001 ВД-1004", "vyatka-1", "vyatka-4"),
    paid("vyatka-all", VYATKA, "100000.00", "погашаем все что есть", "vyatka-1", "vyatka-2", "vyatka-3", "vyatka-4"),
    paid("del-two-not-the-rest", DEL, "90000.00", "сч. ДИ-0318, ДИ-0320", "del-318", "del-320"),
    paid("del-the-rest", DEL, "90000.00", "Окончательный расчет по сч. ДИ-0311 (50%)", "del-311"),
    paid("inner-number", PODRYAD, "9100.00", "счет 1-2/2026 от 16.10.26", "podryad-12"),
    paid("inner-numbers-two", PODRYAD, "18200.00", "счета 1/2026 и 2/2026", "podryad-1", "podryad-2"),
    paid("inner-three", PODRYAD, "27300.00", "1/2026, 1-2/2026, 2/2026", "podryad-1", "podryad-12", "podryad-2"),
    ask("inner-contradiction", PODRYAD, "9200.00", "счет 1/2026", note="the sum is that of 2/2026 exactly"),
)  # fmt: skip
