"""What is set aside in a purpose before its numbers are read: ИНН, dates, the НДС clause, sums, phones, shares.

Each kind is found in the folded text, noted with its place, and painted over with one character of its kind, so that
the places of everything else stay those of the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from gateway.core.requisites import is_inn
from gateway.core.text import fold

DATE, MONEY, INN, ASIDE, OTHER_DOCUMENT, CLOSING, QUOTED = "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x07"
PAINTS = DATE + MONEY + INN + ASIDE + OTHER_DOCUMENT + CLOSING


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in the text. Year None when only day and month stand there."""

    day: int
    month: int
    year: int | None
    start: int
    end: int

    def agrees(self, other: date) -> bool:
        """Whether this is that date, as far as it says."""
        return self.day == other.day and self.month == other.month and self.year in (None, other.year)


@dataclass(frozen=True, slots=True)
class SumMention:
    """A sum in the text, in kopecks."""

    kopecks: int
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
    """The text with everything set aside painted over, and what was found."""

    text: str
    dates: list[DateMention] = field(default_factory=list)
    sums: list[SumMention] = field(default_factory=list)
    inns: list[InnMention] = field(default_factory=list)
    vat: tuple[int, int] | None = None
    shares: list[int] = field(default_factory=list)
    payment_orders: bool = False

    def paint(self, start: int, end: int, character: str) -> None:
        self.text = self.text[:start] + character * (end - start) + self.text[end:]


def _re(pattern: str) -> re.Pattern[str]:
    """A pattern written in plain Russian, matched against folded text.

    Only letters are folded: classes such as [а-я] and escapes are safe, lookalike Latin letters are not used in them.
    """
    return re.compile(pattern)


_W = "а-яa-z"
_SUM = r"(?:\d{1,3}(?:[ ']{1,2}\d{3})+|\d+)(?:[.,=-]\d{2}(?!\d))?(?!\d)"
_KOPECKS = r"(?:\d{1,3}(?:[ ']{1,2}\d{3})+|\d+)[.,=-]\d{2}(?!\d)"
_CURRENCY = fold(r"(?:руб(?:л[а-я]*)?|rub|rur|р(?![а-я/])|₽)\.?(?:\s*\d{2}\s*к(?:оп[а-я]*)?\.?(?![а-я]))?")

_INN = re.compile(
    rf"(?<![{_W}])(?:ин{{1,3}}|inn|и\.\s?н\.\s?н\.?)(?:\s*/?\s*кпп)?[\s:№.,n=/-]*(\d{{12}}|\d{{10}})(?!\d)(?:\s*/\s*\d{{9}}(?!\d))?"
)
_NAKED_INN = re.compile(r"(?<![\d.,-])(\d{12}|\d{10})(?![\d.,]\d|\d)")
_REQUISITE = re.compile(
    rf"(?<![{_W}])(?:кпп|бик|огрн(?:ип)?|окпо|октмо|окато|кбк|уин|уип|снилс)[\s:№.]*[\d/]+|(?<!\d)\d{{16,}}(?!\d)"
)
_MONTHS = (
    "янв(?:аря?|арь)?|фев(?:р(?:аля?|аль)?)?|мар(?:та?)?|апр(?:еля?|ель)?|ма[йя]|июн[ья]?|июл[ья]?|авг(?:уста?)?"
    "|сен(?:т(?:ября?|ябрь)?)?|окт(?:ября?|ябрь)?|ноя(?:бря?|брь)?|дек(?:абря?|абрь)?"
)
_MONTH_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_YEAR_WORD = rf"(?:\s?г(?:г|ода?)?(?![{_W}])\.?)?"
_DATE = re.compile(
    rf"(?<!\d)(?<!\d[.,])(?:(?P<d>\d{{1,2}})\s?(?P<s>[./-])\s?(?P<m>\d{{1,2}})\s?(?P=s)\s?(?P<y>20\d\d|\d\d)(?!\d)"
    rf"|(?P<iy>20\d\d)(?P<is>[./-])(?P<im>\d{{1,2}})(?P=is)(?P<id>\d{{1,2}})(?!\d)"
    rf"|(?P<q>\")?(?P<wd>\d{{1,2}})(?(q)\"|\"?)\s*(?:-?(?:го|ого))?\s*(?P<wm>{_MONTHS})(?![{_W}])\.?(?:\s*(?P<wy>20\d\d|\d\d)(?!\d))?"
    rf"|(?:(?:0?[1-9]|1[0-2])[./])?20[1-3]\d(?=\s?(?:г(?:г|ода?|од[а-я]+)?(?![{_W}])))"
    rf"){_YEAR_WORD}"
)
_SHORT_DATE = re.compile(rf"(?<=от)[\s:]*(?P<d>\d{{1,2}})\s?[./]\s?(?P<m>\d{{1,2}})(?!\d|\s?[./]\s?\d){_YEAR_WORD}")
_MONTH_YEAR = re.compile(rf"(?<![{_W}])(?:{_MONTHS}|квартал[а-я]*)(?![{_W}])\.?\s*20\d\d(?!\d){_YEAR_WORD}")
_RATE = r"(?:\d{1,2}(?:[.,]\d{1,2})?\s*(?:%|проц[а-я]*\.?)|(?:0|5|7|10|18|20|22)(?:/1\d\d)?(?![\d.,%-]))"
_VAT = re.compile(
    rf"без\s*(?:учета\s*)?(?:налога?)?\s*\(?\s*ндс\)?|(?:не\s*облагается\s*(?:налогом\s*)?\(?ндс\)?)"
    rf"|(?:(?:в\s*т(?:ом)?\.?\s*ч(?:исле)?\.?|вкл(?:ючая)?\.?|сумма|кроме\s*того)[\s,.:-]*)?(?:налог\s*)?\(?(?<![{_W}])ндс\)?"
    rf"(?:\s*(?:не\s*облаг[а-я]*|нет)"
    rf"|[\s(:,.=-]*(?:по\s*ставке\s*)?(?:{_RATE}[\s):,=-]*)?(?:(?:в\s*)?сумм[аеу]?[\s:=-]*)?[\s(:,=-]*"
    rf"(?:{_KOPECKS}\)?(?:\s*{_CURRENCY})?|{_SUM}\s*{_CURRENCY}|(?<=[-:= ]){_SUM}(?!\s*(?:от|[,;]\s*\d|[-/]\d)))?)"
)
_PHONE = re.compile(
    rf"(?<![{_W}])(?:тел(?:ефон)?|моб|факс|т)\s?[.:]?\s?\+?\d[\d\s()-]{{5,}}\d"
    r"|(?<![\d.,/-])(?:\+7|8|7)[\s(-]{1,2}\d{3}[\s)-]{1,2}\d{2,3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)|\+7\d{10}(?!\d)|(?<!\d)89\d{9}(?!\d)"
)
_SHARE = re.compile(r"(\d{1,3})(?:[.,]\d{1,2})?\s*-?\s*(?:х\s*)?(?:%|проц[а-я]*\.?)")
_MONEY = re.compile(
    rf"(?P<cur>{_SUM})\s*{_CURRENCY}"
    rf"|(?<![{_W}])(?:на\s*)?(?:сумм[аеуы]|в\s*размере|стоимост[а-я]*|итого|всего)(?:\s*(?:оплаты|платежа|счета|по\s*счету))?[\s:=-]*(?P<word>{_SUM})"
    rf"|(?<![\d.,])(?P<dot>(?:\d{{1,3}}(?:[ ']{{1,2}}\d{{3}})+|\d+)\.\d\d)(?![\d.,]\d|\d)"
    rf"|(?<!\d)(?P<grp>\d{{1,3}}(?:[ ']{{1,2}}\d{{3}})+[,-]\d\d|[1-9]\d{{3,}},\d\d)(?![\d{_W}])"
    rf"|(?<=\d)-(?P<tail>\d{{3,}}-\d\d)(?![\d-])"
    rf"|(?<!\d)(?P<eq>\d+=\d\d)(?!\d)|(?<!\d)(?P<zero>\d{{3,}}-00)(?!\d)"
)
_ANCHOR_BEFORE = re.compile(r"(?:сч[а-я]*|зак[а-я]*|№|n|nо)[\s.:№]*$")
_ABBREVIATIONS = re.compile(
    rf"(?<![{_W}])(?:(?P<other>п\s?/\s?п(?:ор[а-я]*)?|п\.\s?п\.|пл\.?\s?пор[а-я]*|плат\.?\s?пор[а-я]*|р\s?/\s?с(?:ч[а-я]*)?|к\s?/\s?с|л\s?/\s?с(?:ч[а-я]*)?"
    rf"|д\s?/\s?с|т\s?/\s?н|т\s?/\s?ц|м-?н|пр-?т|б-р|а/м|а/я|доп\.?\s?согл[а-я]*|р\.\s?счет[а-я]*|р-счет[а-я]*)"
    rf"|(?P<closing>с\s?/\s?ф(?:акт[а-я]*)?|сч\.?\s?-?/?\s?факт?[а-я]*|сч\.?\s?/\s?ф)|(?P<none>б\s?/\s?н))(?![{_W}])"
)
_QUOTED = re.compile(r'"([^"]{1,120})"')
_NUMBER_ONLY = re.compile(rf"\s*(?:№|n)?\s*[{_W}]{{0,4}}[-/ ]?\d+(?:[-/]\d+)*\s*")


def set_aside(folded: str) -> Painted:
    """Find and paint over what is no document number. The order of the steps matters: see facts in each."""
    painted = Painted(folded)
    has_digits = any(c.isdigit() for c in folded)
    if "ин" in folded or "inn" in folded or "и.н" in folded:
        for found in _INN.finditer(painted.text):
            painted.inns.append(InnMention(found[1], True, found.start(), found.end()))
            painted.paint(found.start(), found.end(), INN)
    if not has_digits:
        _paint_abbreviations(painted)
        _find_vat(painted)
        return painted
    for found in _REQUISITE.finditer(painted.text):
        painted.paint(found.start(), found.end(), ASIDE)
    for found in _NAKED_INN.finditer(painted.text):
        if is_inn(found[1]):
            painted.inns.append(InnMention(found[1], False, found.start(), found.end()))
            painted.paint(found.start(), found.end(), INN)
    _find_dates(painted)
    _paint_abbreviations(painted)
    _find_vat(painted)
    if "+" in folded or "8" in folded or "7" in folded or "т" in folded or "ф" in folded:
        for found in _PHONE.finditer(painted.text):
            painted.paint(found.start(), found.end(), ASIDE)
    if "%" in folded or "проц" in folded:
        for found in _SHARE.finditer(painted.text):
            painted.shares.append(int(found[1]))
            painted.paint(found.start(), found.end(), ASIDE)
    _find_sums(painted)
    return painted


def quoted_names(painted: Painted) -> list[tuple[int, int]]:
    """Places of names in quotation marks; `счет "125"` is no name."""
    if '"' not in painted.text:
        return []
    return [f.span(1) for f in _QUOTED.finditer(painted.text) if not _NUMBER_ONLY.fullmatch(f[1])]


def _find_dates(painted: Painted) -> None:
    for pattern in (_DATE, _SHORT_DATE, _MONTH_YEAR):
        for found in pattern.finditer(painted.text):
            groups = found.groupdict()
            mention = None
            if groups.get("d"):
                mention = _mention(groups["d"], groups["m"], groups.get("y"), found)
            elif groups.get("id"):
                mention = _mention(groups["id"], groups["im"], groups["iy"], found)
            elif groups.get("wd"):
                stem = groups["wm"]
                month = next(i for i, s in enumerate(_MONTH_STEMS, 1) if stem.startswith(s))
                mention = _mention(groups["wd"], str(month), groups["wy"], found)
            elif not found[0].strip():
                continue
            else:  # "ноябрь 2026", "2026 г.": a period
                painted.paint(found.start(), found.end(), ASIDE)
                continue
            if mention is not None:
                painted.dates.append(mention)
                painted.paint(found.start(), found.end(), DATE)
    painted.dates.sort(key=lambda d: d.start)


def _mention(day: str, month: str, year: str | None, found: re.Match[str]) -> DateMention | None:
    d, m = int(day), int(month)
    y = None if not year else int(year) if len(year) == 4 else 2000 + int(year)
    if not (1 <= d <= 31 and 1 <= m <= 12) or (y is not None and not 2005 <= y <= 2039):
        return None
    return DateMention(d, m, y, found.start(), found.end())


def _paint_abbreviations(painted: Painted) -> None:
    for found in _ABBREVIATIONS.finditer(painted.text):
        paint = OTHER_DOCUMENT if found["other"] else CLOSING if found["closing"] else ASIDE
        painted.payment_orders |= found["other"] is not None and found[0].startswith("п") and "р-т" not in found[0]
        painted.paint(found.start(), found.end(), paint)


def _find_vat(painted: Painted) -> None:
    if "ндс" not in painted.text:
        return
    for found in _VAT.finditer(painted.text):
        painted.vat = painted.vat or found.span()
        painted.paint(found.start(), found.end(), ASIDE)


def _find_sums(painted: Painted) -> None:
    for found in _MONEY.finditer(painted.text):
        kind = found.lastgroup or "cur"
        start, end = found.start(), found.end()
        value = found[kind]
        value_start = found.start(kind)
        grouped = kind in ("cur", "grp", "dot") and (" " in value or "'" in value)
        # "счет 125 500 руб": the first group belongs to the word before it
        if grouped and _ANCHOR_BEFORE.search(painted.text, max(0, value_start - 12), value_start):
            cut = min(i for i in (value.find(" "), value.find("'")) if i >= 0) + 1
            value, value_start = value[cut:], value_start + cut
            start = value_start
        painted.sums.append(SumMention(_kopecks(value), value_start, found.end(kind)))
        painted.paint(start, end, MONEY)


def _kopecks(text: str) -> int:
    digits = text.replace(" ", "").replace("'", "")
    if len(digits) > 3 and digits[-3] in ".,=-":
        return int(digits[:-3]) * 100 + int(digits[-2:])
    return int(digits) * 100
