"""Another buyer of ours named in a text without his ИНН: "Счет 125 ООО Бета", "за Бету по счету 125".

A name identifies nobody and releases nothing; but a text that names another buyer leaves open whose money it is. The
name may stand in any case, with or without quotes and legal form. It says nothing where goods, their maker or a
carrier are named ("краска «Бета»", "доставка ТК Бета"), nor where it may be a common noun.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from itertools import islice, product

from gateway.core.text import fold, name_key
from gateway.matching.decision import Policy
from gateway.matching.facts import Facts
from gateway.matching.index import InvoiceIndex
from gateway.matching.naming import contradicts
from gateway.matching.people import person_ends
from gateway.matching.transliteration import in_cyrillic
from gateway.matching.words import Role, classify

Span = tuple[int, int]
_W = "а-яa-z"
_MOST_WORDS = 4  # of a name
_MOST_KEYS = 12  # of a name looked up
_SHORTEST, _SHORTEST_STEM = 2, 3
_SENTENCE = 4  # letters before a full stop; fewer are an abbreviation ("тк.")
_REACH = 48  # characters before a name that say what it is there for
_FORMS = "ооо|оао|зао|пао|нао|ао|ип|чп|кфх|муп|гуп|тоо"
_FORM_WORDS = frozenset(_FORMS.split("|"))
_TITLES = _FORM_WORDS | {"тд"}
_FORM_BEFORE = re.compile(rf"(?<![{_W}])(?:{_FORMS}|тд)[\s\"]*$")
_QUOTE_BEFORE = re.compile(r"\"\s*$")
_QUOTE_BEHIND = re.compile(r"\s*\"")
_RUN = re.compile(rf"[{_W}\d]+(?:(?: ?- ?|[ .])[{_W}\d]+){{0,{_MOST_WORDS - 1}}}")
_WORD = re.compile(rf"[{_W}\d]+")
_WORD_BEFORE = re.compile(rf"([{_W}]+)[\s\"(:.-]*$")
_LETTERS_JOINED = re.compile(rf"-[{_W}]")
_NO_BUYER = re.compile(
    rf"(?<![{_W}])(?:перевоз|достав|экспед|транспорт|тк(?![{_W}])|через|ч/з|поставщик|продав|(?:грузо)?(?:получат|отправит)"
    rf"|производ|изготов|завод|фабрик|марк|бренд|банк|монтаж)[а-я]*\.?(?:\s+[{_W}]+)?\s*(?:(?:{_FORMS})(?![{_W}]))?"
    r"[\s\"(:.-]*$"
)
_WHOSE = (
    *("клиент", "покупател", "плательщик", "заказчик", "должник", "контрагент", "партнер", "фирм", "компани"),
    *("организаци", "договор", "контракт", "соглашен"),
)
_TOWARDS = frozenset(fold("за по для от с со к ко на вместо for").split())
_COUNTING = frozenset({Role.PAY, Role.INVOICE, Role.INVOICES, Role.ORDER, Role.CLOSING, Role.SIGN, Role.OF})
_OF_A_NAME = frozenset({Role.ORDINARY, Role.UNIT, Role.OTHER_DOCUMENT})
# Nouns by which firms are called, and goods as well.
_COMMON = frozenset(
    fold(
        "свет дом мебель текстиль стекло зеркало картина багет рамка краска бумага ткань обувь одежда окно дверь дерево"
        " металл сталь камень бетон кирпич пластик упаковка посуда продукты хлеб вода молоко мясо рыба сад цветы книга"
        " игрушка инструмент техника оборудование запчасти шина масло топливо газ лес пиломатериалы крепеж кабель"
        " электрика сантехника отделка ремонт монтаж доставка сервис реклама печать полиграфия дизайн проект услуга"
        " товар материал изделие фурнитура канцелярия подарок сувенир праздник спорт здоровье аптека медицина косметика"
        " мастер студия галерея художник искусство театр музей школа центр союз мир город север юг восток запад"
    ).split()
)
# Endings of the oblique cases, and what a name may end in instead of them when it is written by itself.
_ENDINGS: dict[str, tuple[str, ...]] = {
    "ого": ("ый", "ий", "ое"), "ому": ("ый", "ий", "ое"), "ую": ("ая",), "ой": ("а", "ая", "ый"), "ою": ("а",),
    "ей": ("я",), "ом": ("", "о", "ый"), "ем": ("ь", "й", "е"), "ым": ("", "ый"), "им": ("ий",), "ью": ("ь",),
    "а": ("", "о"), "у": ("а", "", "о"), "ы": ("а",), "и": ("а", "я", "ь"), "е": ("а", "", "я", "о"),
    "ю": ("я", "ь", "й"), "я": ("ь", "й", "е"),
}  # fmt: skip
_TRADING_HOUSE = "тд"
_TRADER = re.compile(
    rf"(?<![{_W}])ип\s+(?P<name>[а-я]{{3,}}(?:-[а-я]+)?(?:\s+[а-я]\.\s?(?:[а-я](?![{_W}]))?|(?:\s+[а-я]{{3,}}){{2}})?)"
)
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z\d]+(?:[ -][A-Za-z\d]+){0,2}")
_LATIN_WORD = re.compile(r"[A-Za-z\d]+")
_TRADERS_INN = 12  # digits


class _Place(Enum):
    """What a name may be where it stands."""

    BUYER = "buyer"
    IF_INFLECTED = "if inflected"  # "долг Беты", but "краска Бета"
    NOBODY = "nobody"


def another_buyer(facts: Facts, index: InvoiceIndex, parties: Collection[str], policy: Policy) -> Span | None:
    """Where the text names somebody who is neither the payer nor one of `parties`; None when it does not.

    Args:
        parties: whom the payment is for, as far as that is known.
        policy: tells who we are. A sole trader in the text may be us only if one of our ИНН is a sole trader's.
    """
    if not facts.words:
        return None
    for span, found in _named(facts, index, policy.own_names):
        if not any(party in parties for party in found):
            return span
    if "ип " in facts.text and not any(len(inn) == _TRADERS_INN for inn in policy.own_inns):
        return _another_trader(facts)
    return None


def _named(facts: Facts, index: InvoiceIndex, own_names: Sequence[str]) -> Iterator[tuple[Span, Sequence[str]]]:
    """Names in the text other than the payer's, and whose they are: buyers', or nobody's we know."""
    text, purpose = facts.text, facts.payment.purpose
    formal, capitals = '"' in text, False
    for word in facts.words:
        if word.text in _TITLES:
            formal = True
        elif purpose[word.start].isupper():
            capitals = True
    uniform = purpose[1:].islower() or purpose.isupper()  # no capital tells a name from a noun
    if not (capitals or uniform or formal):
        return
    # a name beside an ИНН is that buyer's, or has been doubted with the ИНН (`Case.allocate`)
    beside_inn = [name_key(named.name) for named in facts.named if named.inn]
    own = frozenset((name_key(facts.payment.payer_name), *facts.persons, *beside_inn))
    done = 0
    for word in facts.words:
        start = word.start
        capital = purpose[start].isupper()
        if not (capital or uniform or formal) or start < done or word.text in _FORM_WORDS:
            continue
        titled = formal and _FORM_BEFORE.search(text, max(0, start - 8), start) is not None
        quoted = formal and not titled and _QUOTE_BEFORE.search(text, max(0, start - 3), start) is not None
        if not (titled or quoted or (len(word.text) >= _SHORTEST and (capital or uniform))):
            continue
        place = _place(text, start, titled=titled)
        if place is _Place.NOBODY:
            continue
        noun = not (titled or quoted or (capital and not uniform and _behind_preposition(text, start)))
        for end, key, inflected in _readings(text, start):
            if key in own:
                done = end
                if titled and _LETTERS_JOINED.match(text, end):  # "ООО Парус-М" is not "Парус"
                    yield (start, end), ()
                break
            if (place is _Place.IF_INFLECTED and not inflected) or (noun and key in _COMMON):
                continue
            if quoted and _QUOTE_BEHIND.match(text, end) is None:
                continue
            found = index.parties_by_name(key)
            if found:
                done = end
                yield (start, end), found
                break
        else:
            # a brand stands in brackets: "багет Ларсон (Larson-Juhl)"
            if place is _Place.BUYER and purpose[start].isascii() and purpose[start - 1 : start] != "(":
                end, found = _in_latin(purpose, start, index)
                if found:
                    yield (start, end), found
                    continue
            told = any(named.inn and named.start <= start < named.end for named in facts.named)
            if place is _Place.BUYER and capital and not uniform and not told:
                end = person_ends(text, start, facts.payment.payer_name)
                if end:
                    yield (start, end), ()
            if titled and not told and own_names:
                end = _firm(text, start, (facts.payment.payer_name, *own_names))
                if end:
                    yield (start, end), ()


def _in_latin(purpose: str, start: int, index: InvoiceIndex) -> tuple[int, Sequence[str]]:
    """The buyers whose name stands here in Latin letters, and where it ends: "Beta LLC"."""
    run = _LATIN_RUN.match(purpose, start)
    ends = [start + w.end() for w in _LATIN_WORD.finditer(run[0])] if run is not None else []
    for end in reversed(ends):
        key = name_key(in_cyrillic(purpose[start:end]))
        found = index.parties_by_name(key) if key not in _COMMON else ()
        if found:
            return end, found
    return start, ()


def _firm(text: str, start: int, known: Sequence[str]) -> int:
    """Where a firm's name ends that is none of those known, 0 when it may be one of them."""
    form = _FORM_BEFORE.search(text, max(0, start - 8), start)
    if form is None or _place(text, form.start(), titled=False) is not _Place.BUYER:
        return 0  # "краска ООО Ромашка" is made there
    end = next((end for end, _, _ in _readings(text, start)), 0)
    return end if end and all(contradicts(text[start:end], name) for name in known) else 0


def _place(text: str, start: int, *, titled: bool) -> _Place:
    """What a name here may be, by the words before it.

    Args:
        titled: a legal form stands right before.
    """
    first = max(0, start - _REACH)
    if _NO_BUYER.search(text, first, start) is not None:
        return _Place.NOBODY
    if titled:
        return _Place.BUYER
    before = _WORD_BEFORE.search(text, first, start)
    if before is None:
        return _Place.BUYER
    word = before[1]
    role = classify(word).role
    if role in _COUNTING or word in _TOWARDS or word in _FORM_WORDS or word.startswith(_WHOSE):
        return _Place.BUYER
    if role is Role.OTHER_DOCUMENT:
        return _Place.IF_INFLECTED  # "по письму Беты", but "ул. Бета"
    if role is Role.ORDINARY:
        between = text[before.end(1) : start]
        apart = any(sign in between for sign in "(:-") or ("." in between and len(word) >= _SENTENCE)
        return _Place.BUYER if apart else _Place.IF_INFLECTED
    return _Place.NOBODY


def _behind_preposition(text: str, start: int) -> bool:
    before = _WORD_BEFORE.search(text, max(0, start - _REACH), start)
    return before is not None and (before[1] in _TOWARDS or before[1].startswith(_WHOSE))


def _readings(text: str, start: int) -> Iterator[tuple[int, str, bool]]:
    """What name may begin here, the longest first: where it ends, a `name_key`, and whether the text inflects it."""
    run = _RUN.match(text, start)
    words = [w for w in _WORD.finditer(run[0]) if w[0] not in _FORM_WORDS] if run is not None else []
    for place, word in enumerate(words):
        if place and classify(word[0]).role not in _OF_A_NAME and not word[0].isdecimal():
            words = words[:place]
            break
    for count in range(len(words), 0, -1):
        end = start + words[count - 1].end()
        for key, inflected in _keys(tuple(w[0] for w in words[:count])):
            yield end, key, inflected


@lru_cache(maxsize=8192)
def _keys(words: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The `name_key`s these words may be, as they stand and taken for an oblique case."""
    forms = [(word, *_nominatives(word)) for word in words]
    alike = zip(*forms, strict=False)  # all words in the same case come first
    chosen = dict.fromkeys(islice((*alike, *islice(product(*forms), _MOST_KEYS)), _MOST_KEYS))
    houses = [(), (_TRADING_HOUSE,)] if _TRADING_HOUSE not in words else [()]
    keys: dict[str, bool] = {}
    for house in houses:
        for names in chosen:
            keys.setdefault(" ".join(sorted((*names, *house))), names != words)
    return tuple(keys.items())


def _nominatives(word: str) -> list[str]:
    found = []
    for length in (3, 2, 1):
        stem, ending = word[:-length], word[-length:]
        if len(stem) >= _SHORTEST_STEM:
            found += [stem + other for other in _ENDINGS.get(ending, ())]
    return found


def _another_trader(facts: Facts) -> Span | None:
    """ "счет 125 ИП Егоров" where the payer is somebody else."""
    for trader in _TRADER.finditer(facts.text):
        known = (facts.payment.payer_name, *(named.name for named in facts.named if named.inn))
        if not all(known) or _place(facts.text, trader.start(), titled=False) is not _Place.BUYER:
            continue
        if all(contradicts(trader["name"], name) for name in known):
            return trader.span()
    return None
