"""Russian numerals, dates in words, and texts typed in another alphabet."""

from __future__ import annotations

from datetime import date


def listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_UNITS = listed(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
    "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
_TENS = listed("- - двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
_HUNDREDS = listed("- сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
_DAYS = listed(
    "первого второго третьего четвертого пятого шестого седьмого восьмого девятого десятого одиннадцатого двенадцатого "
    "тринадцатого четырнадцатого пятнадцатого шестнадцатого семнадцатого восемнадцатого девятнадцатого двадцатого"
)
MONTHS = listed("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")


def _below_thousand(n: int, feminine: bool = False) -> list[str]:
    out = [_HUNDREDS[n // 100]] if n >= 100 else []
    n %= 100
    if n >= 20:
        out.append(_TENS[n // 10])
        n %= 10
    if n:
        out.append({1: "одна", 2: "две"}.get(n, _UNITS[n]) if feminine else _UNITS[n])
    return out


def _plural(n: int, one: str, few: str, many: str) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return one
    return few if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else many


def in_words(n: int) -> str:
    """A number from 0 to 999 999 999 in the nominative."""
    parts: list[str] = []
    millions, thousands, rest = n // 1_000_000, n // 1000 % 1000, n % 1000
    if millions:
        parts += [*_below_thousand(millions), _plural(millions, "миллион", "миллиона", "миллионов")]
    if thousands:
        parts += [*_below_thousand(thousands, True), _plural(thousands, "тысяча", "тысячи", "тысяч")]
    parts += _below_thousand(rest)
    return " ".join(parts) or _UNITS[0]


def roubles_in_words(kopecks: int) -> str:
    roubles, rest = divmod(kopecks, 100)
    unit = _plural(roubles, "рубль", "рубля", "рублей")
    return f"{in_words(roubles).capitalize()} {unit} {rest:02d} {_plural(rest, 'копейка', 'копейки', 'копеек')}"


def day_in_words(day: date) -> str:
    """`двадцать первого ноября`."""
    n = day.day
    if n <= 20:
        ordinal = _DAYS[n - 1]
    elif n == 30:
        ordinal = "тридцатого"
    else:
        ordinal = f"{_TENS[n // 10]} {_DAYS[n % 10 - 1]}"
    return f"{ordinal} {MONTHS[day.month - 1]}"


_SOUNDS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщыэюя",
        listed("a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch y e yu ya"),
        strict=True,
    )
) | {"ъ": "", "ь": "", "№": "N", "«": '"', "»": '"'}
_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбю.№«»,", 'qwertyuiop[]asdfghjkl;\'zxcvbnm,./#""?')


def transliterated(text: str) -> str:
    return "".join(
        _SOUNDS[c.lower()].upper() if c.isupper() and c.lower() in _SOUNDS else _SOUNDS.get(c, c) for c in text
    )


def wrong_layout(text: str) -> str:
    """Russian typed with the Latin layout switched on."""
    return text.lower().translate(_KEYS)
