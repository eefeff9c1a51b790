"""What only several words together say: a list that goes on elsewhere, a number that is denied, a return that is none.

All are looked for in the painted text (`masks.set_aside`); places are (start, end) in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.core.text import fold
from gateway.matching.hints import any_of, has_any
from gateway.matching.masks import ASIDE, DATE, MONEY, ShareMention

_W = "а-яa-z"
Span = tuple[int, int]
_INVOICE = rf"(?:№|\d|(?:сч(?:ет[а-я]*)?|заказ[а-я]*|зак|инвойс[а-я]*)(?![{_W}]))"

# "125, 126 от 12.11 и др.": after a number, with nothing but its date and sum between
_OTHERS_HINTS = (
    "др",
    "дал",
    "следую",
    "проч",
    "остальн",
    "иным",
    "иных",
    "иные",
    " пр",
    "...",
    "…",
    "т.д",
    "т.п",
    "т. д",
    "т. п",
    "тд",
    "тп",
)
_AND_OTHERS = re.compile(
    rf"(?<=[\d{DATE}{MONEY}])[{_W}]?(?:[\s,;()№]|от(?![{_W}])|г\.?(?![{_W}])|р(?:уб)?\.?(?![{_W}]))*"
    rf"((?:и\s+|а\s+также\s+)?(?:др(?:уг[а-я]+)?|проч[а-я]*|остальн[а-я]+|ины[мхе]|т\.?\s?[дп])(?![{_W}])"
    rf"|(?:и\s+)?(?:далее|последующ[а-я]+|следующ[а-я]+)(?![{_W}])|и\s+пр(?![{_W}])|(?:\.{{3,}}|…)(?=\s*(?:$|[,;(){ASIDE}])))"
)
# "согласно реестру", but not "согласно приложению № 1 к договору"
_LIST_HINTS = ("реестр", "прилож", "списк", "перечн", "ведомост")
_LIST_ELSEWHERE = re.compile(
    rf"(?<![{_W}])(?:согласно|согл\.?|по|см\.?|смотри|соотв[а-я]*\.?|в|из)\s+(?:прил[а-я]+\s+)?"
    rf"(?:реестр[а-я]*|приложени[а-я]+|списк[а-я]+|перечн[а-я]+|ведомост[а-я]+)"
    rf"(?![\s№\d.,]*(?:от\s*)?{DATE}*\s*к(?:\s|о\s))"
)
_AMONG_OTHERS_HINT = r"т(?:ом)?\.?\s*ч"
_AMONG_OTHERS = re.compile(rf"в(?<![{_W}]в)\s*т(?:ом)?\.?\s*ч(?:исле)?\.?\s*(?:и\s+)?(?:по\s+)?{_INVOICE}")
# "кроме счета 45", "взамен аннулированного счета 44", "не по счету 45", "верно: 46"
_DENIAL_HINTS = (
    *("кроме", "исключ", "замен", "вместо", "не ", "верн", "правильн", "читать", "учета", "помимо", "минус"),
    *("вычетом", "сверх", "без "),
)  # fmt: skip
_CANCELLED_HINTS = (
    *("отмен", "недейств", "отозва", "отклон", "отлож", "замен", "переде", "перевыс", "переоф", "неверн", "неправ"),
    *("ошибоч", "закрыт", "закро", "погашен", "погас", "оплатим", "оплатил", "будет", "исправ"),
    *("приостан", "спорн", "вопрос", "переплач", "старый"),
)
_DENIED = re.compile(
    rf"(?<![{_W}])(?:(?:кроме|исключая|(?:за\s+)?исключением|в?замен|вместо|без\s+учета|помимо|минус|за\s+вычетом|сверх)"
    rf"\s+(?:[{_W}]+\s+){{0,2}}?"
    rf"|без\s+(?=№|\d|сч)|не\s+(?:по\s+|к\s+|за\s+)?|(?:верно|верный|верная|правильн[а-я]+|читать)(?:\s+(?:номер|как|счет[а-я]*))?[\s:-]*)"
    + rf"(?:{_INVOICE}|[{_W}]{{1,5}}-?\d)"
)
# "счет 125 от 12.11 отменён"
_CANCELLED = re.compile(
    rf"(?:№|(?<![{_W}])сч(?:ет[а-я]*)?(?![{_W}]))[\s№.]*[{_W}]{{0,4}}-?\d[\d/-]*[\s),.-]*"
    rf"(?:от\s*{DATE}+[\s),.-]*)?[\s(]*(?:(?:был|уже|пока|нами|ранее)\s+)*"
    rf"(?:отмен[ае]|недейств|отозва|отклон[еи]|отлож[еи]|замен[еи]|переделать|перевыстав|переоформ|неверн|неправильн|ошибоч"
    rf"|(?:закрыт|погашен)[ао]?(?![{_W}])(?!\s*{MONEY})|закроем|погасим|оплатим|оплатил|будет\s+(?:опла|погаш|закры)|исправ"
    rf"|приостан|спорн|под\s+вопросом|переплач|старый)"
)

# "91 или 19", "то ли 91 то ли 19", "91?"; but "?125" is a № that an encoding lost, and " ? " a dash
_OPEN_HINTS = (
    "или",
    "иль",
    "может",
    "если",
    "либо",
    "?",
    ">",
    "→",
    "ли ",
    "не то",
    "возможн",
    "вероятн",
    " новы",
    "наверн",
    "кажется",
    "вроде",
    "предпол",
    "оr ",
    "ili",
    "liво",
)
# a number glued to more digits by a sign that joins no list, or to a run of digits too long for a number
_JOINTS = frozenset(".:\\=_*-/ ")
_GOES_ON = re.compile(rf"[.:\\=_*]\d|[-/.]{ASIDE}| (?:\d{{3}} ){{0,2}}0\d\d(?![\d/.-])")
_GOES_ON_BEFORE = re.compile(rf"(?:\d[.:\\=_*]|{ASIDE}[-/.])$")
_LATIN_OR = fold("or|ili|libo")
_OR = rf"(?<![{_W}])(?:или|иль|либо|(?:а\s+)?может(?:\s+быть)?|если\s+нет\W+то|{_LATIN_OR})(?![{_W}])"
_BESIDE = rf"(?:[^{_W}\d]|(?:от|г|руб|р)(?![{_W}]))"
_LEFT_OPEN = re.compile(
    rf"\d[{_W}]?{_BESIDE}{{0,24}}(?:и\s?/\s?)?{_OR}(?:[^{_W}\d]|(?:по|за|от|сч[а-я]*|заказ[а-я]*|ном[а-я]*|n)(?![{_W}])"
    rf"|[{_W}]{{1,5}}(?=[-/ ]?\d)){{0,24}}\d"
    rf"|(?<![{_W}])(?:то\s+ли|не\s+то|возможно|вероятно|наверное?|кажется|вроде|предположительно)(?![{_W}])"
    rf"|\d\s*(?:[-=]+>|→)\s*№?\s*[{_W}]{{0,4}}-?\d"
    rf"|\d[^{_W}\d]{{0,6}}(?:[{_W}]+[\s,]+){{0,2}}новый\s+(?:сч[а-я]*|номер)?[\s.№]*[{_W}]{{0,4}}-?\d"
    r"|\d\?|\d\s*\(\s*\?|\d\s+\?+\s*(?:$|[,;.)])|\d\s*\?\s+\d"
)

# a penalty, a claim, a loan of which the text says only that it is not this
_NONE_AFTER = re.compile(
    rf"\s*[:,-]?\s*(?:нет(?![{_W}])|отсутству|не\s+(?:начисл|взима|предъявл|име|требу|удержив|выставл|призна))"
)
_NONE_BEFORE = re.compile(
    rf"(?<![{_W}])(?:без\s+(?:признания|учета|начисления|взимания|предъявления|каких-либо)|за\s+счет(?:\s+средств)?)\s+$"
)
_TRANCHE = "транш"
_OF_INVOICE_AFTER = re.compile(rf"\s+(?:[{_W}\d-]+\s+){{0,3}}по\s+сч")
_EXCLUDED = re.compile(
    rf"(?<![{_W}])(?:(?:кроме|исключая|исключением|в?замен|вместо)\s+(?:[{_W}]+\s+){{0,2}}?|не\s+(?:по\s+|за\s+)?)"
    rf"(?:сч[а-я]*\.?\s*|заказ[а-я]*\s*)?[№\s]*[{_W}]{{0,5}}[-\s]?\d+"
)
_ADVANCES_NEXT = re.compile(
    rf"(?:(?<![{_W}])(?:с|и|плюс|включая|остаток|остальное|излишек|разница)\s|\+)[\s-]*(?:в\s+)?(?:предоплат|аванс)[а-я]*\s+"
    rf"(?:(?:за|на|по|в\s+счет)\s+)?(?:следующ|будущ|нов)"
)

_RATE_BEFORE = re.compile(
    rf"{ASIDE}[\s(:,-]*(?:по\s+ставке\s+)?(?:двадцать(?:\s+дв[ае])?|восемнадцать|десять|семь|пять|ноль)\s+$"
)

# a part of an invoice, not a reduction of its price
_FRACTION_HINTS = ("1/2", "1/3", "1/4", "2/3", "3/4", "перв", "не полн", "не в полн")
_FRACTION = re.compile(
    r"(?<![\d/])(?:1/[234]|2/3|3/4)(?![\d/-])\s*(?:част|по\s+сч|сч|сумм|опл|стоим)"
    rf"|(?<![{_W}])перв(?:ая|ой|ую)\s+(?:част|половин)(?![а-я]*\s+(?:месяц|янв|фев|мар|апр|ма|июн|июл|авг|сен|окт|ноя|дек))"
    rf"|(?<![{_W}])не\s+(?:полностью|в\s+полном)"
)
_SHARE_OF_AFTER = re.compile(rf"\s*(?:(?:пред)?оплат|аванс|от\s+(?:сумм|стоим|сч)|по\s+сч|за(?![{_W}])|сумм|стоим|сч)")
_SHARE_OF_BEFORE = re.compile(r"(?:(?:пред|до)?оплат[аы]|аванс[а-я]*)\s*\(?$")

# a return that is none
_NOT_NOUN_BEFORE = re.compile(rf"(?<![{_W}])(?<!за )не\s+$")
_ENDS = re.compile(r"\s*(?:$|[.,;!)])")
_INSTEAD_BEFORE = re.compile(rf"(?<![{_W}])(?:в?замен|вместо)\s+$")
_NOT_BEFORE = re.compile(rf"(?<![{_W}])не\s+$")
_WITHOUT_BEFORE = re.compile(rf"(?<![{_W}])без\s+(?:права\s+)?$")
_FINITE = ("ть", "ться", "йте", "ется", "ются", "аем", "ают")
_NOT_SUBJECT = re.compile(
    r"(?:\s+(?:и|или)\s+обмену)?\s+не\s+(?:подлеж[иа]т|требует(?:ся)?|предусмотрен[а-я]*|производится|осуществляется)"
    r"|(?<=возврата)(?:\s+[а-я]+)?\s+не\s+(?:было|будет|требовали)(?![а-я])"
)
_RETURNABLE = "возвратн"
_TARE = r"(?:стекло)?тар[аоуые]|упаков|поддон|пал+ет|ящик|контейнер|бутыл|кег|баллон|бочк|мешк|бидон"
_TARE_AFTER = re.compile(rf"[\s,]+(?:и\s+)?(?:много[а-я]+\s+)?(?:{_TARE})")
_TARE_BEFORE = re.compile(rf"(?<![{_W}])(?:{_TARE})[а-я]*\s+(?:много[а-я]+\s+)?$")

_ALL_HINTS = (*_OTHERS_HINTS, *_LIST_HINTS, *_DENIAL_HINTS, *_CANCELLED_HINTS, *_OPEN_HINTS, *_FRACTION_HINTS)
HINTS = f"{any_of(_ALL_HINTS)}|{_AMONG_OTHERS_HINT}"
"""A pattern: where it is not found, no list is incomplete, no number denied, left open or paid in part."""


def incomplete_list(text: str, first: int) -> Span | None:
    """Where the text says that it does not name everything it pays for.

    Args:
        first: where its first number stands; "согласно реестру" before it is what the numbers are quoted from.
    """
    found = None
    if has_any(text, _OTHERS_HINTS):
        others = _AND_OTHERS.search(text, first)
        if others is not None:
            return others.span(1)
    if has_any(text, _LIST_HINTS):
        found = _LIST_ELSEWHERE.search(text, first)
    if found is None:
        found = _AMONG_OTHERS.search(text)
    return found.span() if found is not None else None


def denied_number(text: str) -> Span | None:
    """Where the text excludes, replaces or corrects a number."""
    found = _DENIED.search(text) if has_any(text, _DENIAL_HINTS) else None
    if found is None and has_any(text, _CANCELLED_HINTS):
        found = _CANCELLED.search(text)
    return found.span() if found is not None else None


def left_open(text: str) -> Span | None:
    """Where the text itself does not settle which number is meant."""
    if not has_any(text, _OPEN_HINTS):
        return None
    found = _LEFT_OPEN.search(text)
    return found.span() if found is not None else None


def piece_of_number(text: str, numbers: Iterable[Span]) -> Span | None:
    """The first of these numbers that is only a piece of what stands there: "125.126", "125:7", before an account."""
    for start, end in numbers:
        if text[end : end + 1] in _JOINTS and _GOES_ON.match(text, end) is not None:
            return start, end
        if text[start - 1 : start] in _JOINTS and _GOES_ON_BEFORE.search(text, max(0, start - 2), start) is not None:
            return start, end
    return None


def says_no_such(text: str, start: int, end: int) -> bool:
    """Whether the word at this place names what the money is not: "претензий нет", "за счет кредитных средств"."""
    if _NONE_AFTER.match(text, end) is not None or _NONE_BEFORE.search(text, max(0, start - 40), start) is not None:
        return True
    return text.startswith(_TRANCHE, start) and _OF_INVOICE_AFTER.match(text, end) is not None


def rate_in_words(text: str, start: int) -> bool:
    """Whether the "процентов" that begins here is the rate of the tax: "НДС двадцать два процента"."""
    return _RATE_BEFORE.search(text, max(0, start - 40), start) is not None


def excluded_number(text: str) -> Span | None:
    """ "кроме счета 45", "взамен аннулированного НФ-1461", "(не 45)": where the one number stands that is not paid.

    None when the text says more against its numbers than that.
    """
    if _CANCELLED.search(text) is not None or len(_DENIED.findall(text)) != 1:
        return None
    found = _EXCLUDED.search(text)
    return found.span() if found is not None else None


def named_fraction(text: str) -> Span | None:
    """ "1/2 по счету 125", "первая часть", "не полностью": where the text says that it pays no whole invoice."""
    found = _FRACTION.search(text) if has_any(text, _FRACTION_HINTS) else None
    return found.span() if found is not None else None


def share_of_invoice(text: str, share: ShareMention) -> Span | None:
    """ "50% по счету 125", "аванс 50%", but neither "скидка 50%" nor "100%": where a part of an invoice is named."""
    if not 0 < share.percent < 100:
        return None
    before = _SHARE_OF_BEFORE.search(text, max(0, share.start - 16), share.start)
    if before is None and _SHARE_OF_AFTER.match(text, share.end) is None:
        return None
    return share.start, share.end


def advances_next(purpose: str) -> bool:
    """ "с предоплатой следующего": what is over is meant to be."""
    return _ADVANCES_NEXT.search(fold(purpose)) is not None


def no_return(text: str, start: int, end: int) -> bool:
    """Whether the word of returning at this place speaks of no money coming back.

    "Просим не возвращать", "возврату не подлежит", "возврата товара не было", "без возврата", "за возвратную тару".
    """
    word, before = text[start:end], text[max(0, start - 40) : start]
    if word.startswith("аннулир") and _INSTEAD_BEFORE.search(before) is not None:
        return True
    if _WITHOUT_BEFORE.search(before) is not None or _NOT_SUBJECT.match(text, end) is not None:
        return True
    if word == "возврат" and _NOT_NOUN_BEFORE.search(before) is not None and _ENDS.match(text, end) is not None:
        return True  # "оплата, не возврат", but "за не возврат тары"
    if word.endswith(_FINITE) and _NOT_BEFORE.search(before) is not None:
        return True
    if not word.startswith(_RETURNABLE):
        return False
    return _TARE_AFTER.match(text, end) is not None or _TARE_BEFORE.search(before) is not None
