"""What is set aside in a purpose before its numbers are read: ИНН, dates, the НДС clause, sums, phones, shares.

Each kind is found in the folded text, noted with its place, and painted over with one character of its kind, so that
the places of everything else stay those of the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from gateway.core.requisites import is_inn
from gateway.core.text import fold
from gateway.matching.hints import any_of, has_any

DATE, MONEY, INN, ASIDE, OTHER_DOCUMENT, CLOSING, QUOTED = "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x07"
PAINTS = DATE + MONEY + INN + ASIDE + OTHER_DOCUMENT + CLOSING


class DateMention(NamedTuple):
    """A date in the text. Year None when only day and month stand there."""

    day: int
    month: int
    year: int | None
    start: int
    end: int

    def agrees(self, other: date) -> bool:
        """Whether this is that date, as far as it says."""
        return self.day == other.day and self.month == other.month and self.year in (None, other.year)


class SumMention(NamedTuple):
    """A sum in the text, in kopecks."""

    kopecks: int
    start: int
    end: int


class ShareMention(NamedTuple):
    """A percentage in the text, outside the tax clause."""

    percent: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class InnMention:
    """An ИНН in the text.

    Attributes:
        labelled: the letters "ИНН" stand before it; otherwise only its control digits speak for it.
    """

    inn: str
    labelled: bool
    start: int
    end: int


@dataclass(slots=True)
class Painted:
    """The text with everything set aside painted over, and what was found.

    Attributes:
        runs: places of the runs of digits in the text as it came.
        years: years alone ("2025 г."), by their place.
        payment_orders: "п/п" stands in the text: it speaks of another payment.
    """

    text: str
    dates: list[DateMention] = field(default_factory=list)
    sums: list[SumMention] = field(default_factory=list)
    inns: list[InnMention] = field(default_factory=list)
    vat: tuple[int, int] | None = None
    shares: list[ShareMention] = field(default_factory=list)
    payment_orders: bool = False
    years: dict[int, int] = field(default_factory=dict)
    runs: list[tuple[int, int]] = field(default_factory=list)

    def covers(self, place: int) -> bool:
        """Whether what stood here is painted over."""
        return self.text[place] < "0"  # for a digit's place: paints stand before all digits

    def paint(self, start: int, end: int, character: str) -> None:
        self.text = self.text[:start] + character * (end - start) + self.text[end:]


# Patterns are written in Cyrillic and small letters, as folded text is; fold() where a Latin lookalike is needed.
# Those ending in _AT are tried where a run of digits begins, which is faster than searching the whole text.
_W = "а-яa-z"
_DIGITS = re.compile(r"\d+")
_SUM = r"(?:\d{1,3}(?:[ ']{1,3}\d{3})+|\d{1,3}(?:\.\d{3})+(?=,\d\d)|\d+)(?:[.,=-]\d{2}(?!\d))?(?!\d)"
_KOPECKS = r"(?:\d{1,3}(?:[ ']{1,3}\d{3})+|\d{1,3}(?:\.\d{3})+(?=,\d\d)|\d+)[.,=-]\d{2}(?!\d)"
_CURRENCY = fold(r"(?:руб(?:л[а-я]*)?|rub|rur|р(?![а-я/])|₽)\.?(?:\s*\d{2}\s*к(?:оп[а-я]*)?\.?(?![а-я]))?")

_INN = re.compile(
    rf"(?<![{_W}])(?:ин{{1,3}}|inn|и\.\s?н\.\s?н\.?)(?:\s*/?\s*кпп)?[\s:№.,n=/-]*(\d{{12}}|\d{{10}})(?!\d)"
    r"(?:\s*/\s*\d{9}(?!\d))?"
)
_REQUISITE_WORDS = ("кпп", "бик", "огрн", "окпо", "октмо", "окато", "кбк", "уин", "уип", "снилс")
_REQUISITE_HINT = re.compile(any_of(_REQUISITE_WORDS))
_REQUISITE = re.compile(rf"(?<![{_W}])(?:{'|'.join(_REQUISITE_WORDS)})(?:ип)?[\s:№.]*[\d/]+")
_LONGEST_NUMBER = 15  # longer runs are accounts and identifiers
_INN_LENGTHS = (10, 12)

_MONTHS = (
    "янв(?:аря?|арь)?|фев(?:р(?:аля?|аль)?)?|мар(?:та?)?|апр(?:еля?|ель)?|ма[йя]|июн[ья]?|июл[ья]?|авг(?:уста?)?"
    "|сен(?:т(?:ября?|ябрь)?)?|окт(?:ября?|ябрь)?|ноя(?:бря?|брь)?|дек(?:абря?|абрь)?"
)
_MONTH_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_YEAR_WORD = rf"(?:\s?г(?:г|ода?)?(?![{_W}])\.?)?"
_DATE_AT = re.compile(
    r"(?:(?P<d>\d{1,2})\s?(?P<s>[./-])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<y>20\d\d|\d\d)(?!\d)"
    r"|(?P<iy>20\d\d)(?P<is>[./-])(?P<im>\d{1,2})(?P=is)(?P<id>\d{1,2})(?!\d)"
    r"|(?P<wd>\d{1,2})\"?\s*(?:-?(?:го|ого))?\s*"
    rf"(?P<wm>{_MONTHS})(?![{_W}])\.?(?:\s*(?P<wy>20\d\d|\d\d)(?!\d))?"
    rf"|(?P<period>(?:(?:0?[1-9]|1[0-2])[./])?20[1-3]\d(?=\s?(?:г(?:г|ода?|од[а-я]+)?(?![{_W}])))"
    r"|(?<=за )(?:0?[1-9]|1[0-2])[./]20[1-3]\d(?![\d./-]))"
    rf"){_YEAR_WORD}"
)
_SHORT_DATE_AT = re.compile(
    rf"(?P<d>\d{{1,2}})\s?[./]\s?(?P<m>\d{{1,2}})(?P<y>(?!))?(?P<period>(?!))?(?!\d|\s?[./]\s?\d){_YEAR_WORD}"
)
# What stands right behind the first digits of a date (a day's, or a year's) and behind those of a sum.
_BEHIND_DAY = frozenset('./- "гояфмаиснд')
_NEVER_BEHIND_YEAR = frozenset(",;)(%№")
_BEHIND_SUM = frozenset("'.,=-рr₽")
_BEHIND_SUM_AND_SPACE = frozenset(" '0123456789рr₽")
_SERIES_BEFORE = re.compile(rf"(?<![{_W}])(?!от-)[{_W}]{{1,5}}-$")
_MONTH_BEFORE = re.compile(rf"(?<![{_W}])(?:{_MONTHS}|квартал[а-я]*)\.?\s*$")

_RATE = r"(?:\d{1,2}(?:[.,]\d{1,2})?\s*(?:%|проц[а-я]*\.?)|(?:0|5|7|10|18|20|22)(?:/1\d\d)?(?![\d.,%-]))"
_VAT = re.compile(
    r"(?=[бнвкс(])(?:"  # what it can begin with: tried at few places instead of at all
    r"без\s*(?:учета\s*)?(?:налога?)?\s*\(?\s*ндс\)?|(?:не\s*облагается\s*(?:налогом\s*)?\(?ндс\)?)"
    r"|(?:(?:в\s*т(?:ом)?\.?\s*ч(?:исле)?\.?|вкл(?:ючая)?\.?|сумма|кроме\s*того)[\s,.:-]*)?(?:налог\s*)?"
    rf"\(?(?<![{_W}])ндс\)?"
    r"(?:\s*(?:не\s*облаг[а-я]*|нет)"
    rf"|[\s(:,.=-]*(?:по\s*ставке\s*)?(?:{_RATE}[\s):,=-]*)?(?:(?:в\s*)?сумм[аеу]?[\s:=-]*)?[\s(:,=-]*"
    rf"(?:{_KOPECKS}\)?(?:\s*{_CURRENCY})?|{_SUM}\s*{_CURRENCY}"
    rf"|(?<=[-:= ]){_SUM}(?!\s*(?:от|[,;]\s*\d|[-/]\d)))?))"
)
_VAT_REACH = 60  # characters the tax clause may begin before "ндс"
_PHONE_LABELS = ("тел", "моб", "факс", " т", ",т", ".т")
_LABELLED_PHONE = re.compile(rf"(?<![{_W}])(?:тел(?:ефон)?|моб|факс|т)\s?[.:]?\s?\+?\d[\d\s()-]{{5,}}\d")
_PHONE_BEGINS = re.compile(r"[78](?<![\d.,/-].)(?:[\s(-]|\d{10}(?!\d))")
_PHONE_AT = re.compile(
    r"[87][\s(-]{1,2}\d{3}[\s)-]{1,2}\d{2,3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)|(?<=\+)7\d{10}(?!\d)|(?:(?<=\+)7|8)[\s-]9\d{9}(?!\d)|89\d{9}(?!\d)"
)
_SHARE = re.compile(r"(\d{1,3})(?:[.,]\d{1,2})?\s*-?\s*(?:х\s*)?(?:%|проц[а-я]*\.?)")
_SUM_WORDS = ("сумм", "размере", "стоимост", "итого", "всего")
_SUM_WORD_BEFORE = re.compile(
    rf"(?<![{_W}])(?:на\s*)?(?:сумм[аеуы]|в\s*размере|стоимост[а-я]*|итого|всего)"
    r"(?:\s*(?:оплаты|платежа|счета|по\s*счету))?[\s:=-]*$"
)
_SUM_AT = re.compile(_SUM)
_MONEY_AT = re.compile(
    rf"(?P<currency>{_SUM})\s*{_CURRENCY}"
    r"|(?P<dot>(?:\d{1,3}(?:[ ']{1,3}\d{3})+|\d+)\.\d\d)(?![\d.,]\d|\d)"
    rf"|(?P<grouped>\d{{1,3}}(?:[ ']{{1,3}}\d{{3}})+[,-]\d\d|\d{{1,3}}(?:\.\d{{3}})+,\d\d|[1-9]\d{{3,}},\d\d)"
    rf"(?![\d{_W}])"
    r"|(?P<equals>\d+=\d\d)(?!\d|\s\d{3})|(?P<zero>\d{3,}-00)(?!\d)"
)
_AFTER_NUMBER_AT = re.compile(r"\d{3,}-\d\d(?![\d-])")  # "125-12500-00": number, hyphen, sum
_KOPECKS_APART = re.compile(r"(\d{2})\s*к")
_ANCHOR_BEFORE = re.compile(r"(?:сч[а-я]*|зак[а-я]*|№|n|nо)[\s.:№]*$")

_NO_INN_BEFORE = re.compile(rf"{_ANCHOR_BEFORE.pattern}|(?:\+7|(?<!\d)8)[\s-]?$")

_ABBREVIATIONS = re.compile(
    rf"(?<![{_W}])(?:(?P<order>п\s?/\s?п(?:ор[а-я]*)?|п\.\s?п\.|пл\.?\s?пор[а-я]*|плат\.?\s?пор[а-я]*)"
    r"|(?P<other>р\s?/\s?с(?:ч[а-я]*)?|к\s?/\s?с|л\s?/\s?с(?:ч[а-я]*)?|д\s?/\s?с|т\s?/\s?н|т\s?/\s?ц|м-?н|пр-?т|б-р"
    r"|а/м|а/я|доп\.?\s?согл[а-я]*|р\.\s?счет[а-я]*|р-счет[а-я]*)"
    r"|(?P<closing>с\s?/\s?ф(?:акт[а-я]*)?|сч\.?\s?-?/?\s?факт?[а-я]*|сч\.?\s?/\s?ф)|(?P<none>б\s?/\s?н))"
    rf"(?![{_W}])"
)
_ABBREVIATION_HINTS = ("фак", "пор", "п.п", "п. п", "доп", "мн", "м-н", "прт", "пр-т", "б-р", "р.сч", "р. сч", "р-сч")
_ABBREVIATION_HINT = re.compile(rf"{any_of(_ABBREVIATION_HINTS)}|/(?<!\d/)")  # "125/26" is no "т/н"
_CODE = re.compile(r"\{\s?v[о0]\s?\d{5}[^}]{0,20}\}|(?<![а-яa-z\d._-])[а-яa-z\d._-]{1,64}@[а-яa-z\d.-]+")
_QUOTED_NAME = re.compile(r'"([^"]{1,120})"')
_NUMBER_ONLY = re.compile(rf"\s*(?:№|n)?\s*[{_W}]{{0,4}}[-/ ]?\d+(?:[-/]\d+)*(?:[-/]?[{_W}]{{1,4}})?\s*")


def set_aside(folded: str) -> Painted:
    """Find and paint over what is no document number.

    The order matters: an ИНН is no phone, a date is no sum, the sum of the tax clause is nobody's.
    """
    painted = Painted(folded)
    if "ин" in folded or "inn" in folded or "и.н" in folded or "и. н" in folded:
        _find_labelled_inns(painted)
    painted.runs = [run.span() for run in _DIGITS.finditer(folded)]
    has_digits = bool(painted.runs)
    if has_digits:
        _find_requisites(painted)
        _find_dates(painted)
    if "{" in folded or "@" in folded:
        _find_codes(painted)
    _find_abbreviations(painted)
    _find_vat(painted)
    if has_digits:
        _find_phones(painted)
        _find_shares(painted)
        _find_sums(painted)
    return painted


def quoted_names(painted: Painted) -> list[tuple[int, int]]:
    """Places of names in quotation marks; `счет "125"` is no name."""
    if '"' not in painted.text:
        return []
    return [f.span(1) for f in _QUOTED_NAME.finditer(painted.text) if not _NUMBER_ONLY.fullmatch(f[1])]


def _find_labelled_inns(painted: Painted) -> None:
    for found in _INN.finditer(painted.text):
        painted.inns.append(InnMention(found[1], True, found.start(), found.end()))
        painted.paint(found.start(), found.end(), INN)


def _find_requisites(painted: Painted) -> None:
    text = painted.text
    if _REQUISITE_HINT.search(text) is not None:
        for found in _REQUISITE.finditer(text):
            painted.paint(found.start(), found.end(), ASIDE)
    for start, end in painted.runs:
        length = end - start
        if length < _INN_LENGTHS[0] or painted.covers(start):
            continue
        digits = painted.text[start:end]
        if length > _LONGEST_NUMBER:
            painted.paint(start, end, ASIDE)
        elif length in _INN_LENGTHS and _stands_alone(painted.text, start) and is_inn(digits):
            painted.inns.append(InnMention(digits, False, start, end))
            painted.paint(start, end, INN)


def _stands_alone(text: str, start: int) -> bool:
    """Whether the digits here may be an ИНН: it never begins with 00, and is no part nor number of a document."""
    before = text[start - 1 : start]
    if text.startswith("00", start) or before in (".", ",", "-", "/") or before.isalpha():
        return False
    return _NO_INN_BEFORE.search(text, max(0, start - 12), start) is None


def _find_dates(painted: Painted) -> None:
    text, done = painted.text, 0
    for start, end in painted.runs:
        length = end - start
        if length > 4 or length == 3 or start < done or painted.covers(start):
            continue
        behind = text[end : end + 1]
        if length < 4:
            if (behind if behind != " " else text[end + 1 : end + 2]) not in _BEHIND_DAY:
                continue
        elif behind in _NEVER_BEHIND_YEAR or not text.startswith("20", start):
            continue
        if text[start - 1 : start] in (".", ",") and text[start - 2].isdigit():
            continue
        found = _DATE_AT.match(text, start)
        if found is None and text[max(0, start - 5) : start].rstrip(" :_").endswith("от"):
            found = _SHORT_DATE_AT.match(text, start)
        if found is not None and not _lists_numbers(text, found):
            quoted = text[start - 1 : start] == '"' and '"' in found[0]  # "12" ноября
            done = _note_date(painted, found, start - quoted) or done
        elif length == 4:
            before = _MONTH_BEFORE.search(text, max(0, start - 20), start)  # "ноябрь 2026": a period
            if before is not None:
                painted.paint(before.start(), end, ASIDE)


def _lists_numbers(text: str, found: re.Match[str]) -> bool:
    """ "ЛЗ-10/11/12": no date stands joined to a series."""
    start = found.start()
    if text[start - 1 : start] != "-" or "/" not in found[0]:
        return False
    return _SERIES_BEFORE.search(text, max(0, start - 8), start) is not None


def _note_date(painted: Painted, found: re.Match[str], start: int) -> int:
    """Note and paint a date; its end, 0 when there is no such day."""
    day, month, year, period = found.group("d", "m", "y", "period")
    if period is not None:
        if len(period) == 4:
            painted.years[start] = int(period)
        painted.paint(start, found.end(), ASIDE)
        return found.end()
    if day is None and found["id"] is not None:
        day, month, year = found["id"], found["im"], found["iy"]
    elif day is None:
        stem = found["wm"]
        day, year = found["wd"], found["wy"]
        month = str(next(i for i, s in enumerate(_MONTH_STEMS, 1) if stem.startswith(s)))
    d, m = int(day), int(month)
    y = None if not year else int(year) if len(year) == 4 else 2000 + int(year)
    if not (1 <= d <= 31 and 1 <= m <= 12) or (y is not None and not 2005 <= y <= 2039):
        return 0
    painted.dates.append(DateMention(d, m, y, start, found.end()))
    painted.paint(start, found.end(), DATE)
    return found.end()


def _find_abbreviations(painted: Painted) -> None:
    if _ABBREVIATION_HINT.search(painted.text) is None:
        return
    for found in _ABBREVIATIONS.finditer(painted.text):
        kind = found.lastgroup
        painted.payment_orders |= kind == "order"
        paint = CLOSING if kind == "closing" else ASIDE if kind == "none" else OTHER_DOCUMENT
        painted.paint(found.start(), found.end(), paint)


def _find_codes(painted: Painted) -> None:
    """ "{VO10100}", the code of a currency operation, and mail addresses."""
    for found in _CODE.finditer(painted.text):
        painted.paint(found.start(), found.end(), ASIDE)


def _find_vat(painted: Painted) -> None:
    text = painted.text
    start = max(0, text.find("ндс") - _VAT_REACH)
    while text.find("ндс", start) >= 0:  # behind the last one nothing is left to find
        found = _VAT.search(text, start)
        if found is None:
            return
        painted.vat = painted.vat or found.span()
        painted.paint(found.start(), found.end(), ASIDE)
        start = found.end()


def _find_phones(painted: Painted) -> None:
    text = painted.text
    if has_any(text, _PHONE_LABELS):
        for found in _LABELLED_PHONE.finditer(text):
            painted.paint(found.start(), found.end(), ASIDE)
        text = painted.text
    for begins in _PHONE_BEGINS.finditer(text):
        phone = _PHONE_AT.match(text, begins.start())
        if phone is not None:
            painted.paint(begins.start(), phone.end(), ASIDE)


def _find_shares(painted: Painted) -> None:
    if "%" in painted.text or "проц" in painted.text:
        for found in _SHARE.finditer(painted.text):
            painted.shares.append(ShareMention(int(found[1]), found.start(), found.end()))
            painted.paint(found.start(), found.end(), ASIDE)


def _find_sums(painted: Painted) -> None:
    text, done = painted.text, 0
    words = has_any(text, _SUM_WORDS)
    for start, end in painted.runs:
        if start < done or painted.covers(start) or not (words or _goes_on_as_sum(text, end)):
            continue
        before = text[start - 1 : start]
        found = _MONEY_AT.match(text, start)
        if found is not None and found.lastgroup == "dot" and before in (".", ","):
            found = None
        if found is None and before == "-" and text[start - 2 : start - 1].isdigit():
            found = _AFTER_NUMBER_AT.match(text, start)
        first = start
        if words:
            word = _SUM_WORD_BEFORE.search(text, max(0, start - 40), start)
            if word is not None:
                first = word.start()
                found = found or _SUM_AT.match(text, start)
        if found is not None:
            done = _note_sum(painted, found, first)


def _goes_on_as_sum(text: str, end: int) -> bool:
    """Whether a sum can go on behind the digits that end here: most numbers are none, and are passed over."""
    behind = text[end : end + 1]
    return text[end + 1 : end + 2] in _BEHIND_SUM_AND_SPACE if behind == " " else behind in _BEHIND_SUM


def _note_sum(painted: Painted, found: re.Match[str], first: int) -> int:
    """Note a sum and paint it from `first`; where it ends."""
    kind = found.lastgroup
    value, start, end = (found[kind], *found.span(kind)) if kind else (found[0], *found.span())
    if (" " in value or "'" in value) and _ANCHOR_BEFORE.search(painted.text, max(0, start - 12), start):
        # "счет 125 500 руб": the first group belongs to the word before it
        cut = min(i for i in (value.find(" "), value.find("'")) if i >= 0) + 1
        value, start = value[cut:], start + cut
        first = start
    kopecks = _KOPECKS_APART.search(painted.text, end, found.end()) if kind == "currency" else None
    total = _kopecks(value) + (int(kopecks[1]) if kopecks is not None else 0)
    painted.sums.append(SumMention(total, start, end))
    painted.paint(first, found.end(), MONEY)
    return found.end()


def _kopecks(text: str) -> int:
    digits = text.replace(" ", "").replace("'", "")
    if "." in digits and "," in digits:
        digits = digits.replace(".", "")
    if len(digits) > 3 and digits[-3] in ".,=-":
        return int(digits[:-3]) * 100 + int(digits[-2:])
    return int(digits) * 100
