"""Who is named in a payment: the payer behind a bank, and somebody else the money is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from gateway.core.text import fold, name_key
from gateway.matching.hints import has_any
from gateway.matching.masks import InnMention
from gateway.matching.naming import contradicts
from gateway.matching.spelling import distance
from gateway.matching.words import Role, classify


@dataclass(frozen=True, slots=True)
class NamedParty:
    """Somebody the text names as the one it pays for.

    Attributes:
        inn: "" when only a name is given.
        name: `name_key` of the name when only that is given; beside an ИНН the name as written, folded; else "".
        cued: "за …", "по поручению …" stands before it; without such words it is a hint only: an ИНН somewhere in the
            text, or a name in quotes after "за" that may be the goods'.
    """

    inn: str
    name: str
    cued: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Payer:
    """What the payer's name and account say.

    Attributes:
        names: `name_key`s of the parts of "БАНК//ФИО//адрес//" that can be a name.
        transit: the account is a bank's that passes on somebody's money.
        written: the whole name, folded.
    """

    names: tuple[str, ...]
    transit: bool
    written: str

    @property
    def key(self) -> str:
        """`name_key` of the whole name."""
        return name_key(self.written)


_BANK_WORD = re.compile(fold(r"банк|сбер|bank|(?<![а-я])р?нко(?![а-я])|кредитн|почта россии|казначейств"))
# Accounts of banks themselves, of money in transit and of card clearing; a customer's never begin so.
BANK_ACCOUNTS = ("301", "302", "303", "304", "40911", "40914", "47416", "47422", "47423")
_WORDS_ONLY = re.compile(r"[а-я]+(?:-[а-я]+)?(?:\s+[а-я]+(?:-[а-я]+)?){1,4}")
_PATRONYMIC = re.compile(
    r"(?<![а-я-])[а-я]{2,}(?:-[а-я]+)?\s+[а-я]{2,}\s+[а-я]+(?:ович|евич|ич|овна|евна|ична|инична|оглы|кызы)(?![а-я])"
)
_LABELLED_PERSON = re.compile(
    r"(?:ф\.?\s?и\.?\s?о\.?|плательщик|от кого)\s*[:;-]\s*([а-я-]+\s+[а-я]+(?:\s+[а-я]+)?)(?![а-я])"
)
_PARENTHESES = re.compile(r"\([^)]*\)|р/с.*$|счет\s*\d.*$")
_FORM = (
    r"(?:ооо|оао|зао|пао|нао|ао|ип|чп|пк|тсж|снт|фгуп|гуп|муп|мбу|мку|гбу|кфх|тд|фгбу|фгбоу|мбоу|мбдоу|гбоу|мкоу"
    r"|мауд?о?|нко|ано|чоу|торгов(?:ый|ого)\s+дом[а-я]*)"
)
_WHO = (
    rf"(?:(?:компани[а-я]+|фирм[а-я]+|организаци[а-я]+|обществ[а-я]+)(?=\s*(?:\"|{_FORM}(?![а-яa-z])|инн))"
    r"|контрагент[а-я]*|клиент[а-я]*|покупател[а-я]+"
    r"|третье\s+лицо|3-?е?\s+лицо|третьих\s+лиц|партнер[а-я]*|сотрудник[а-я]*|индивидуальн[а-я]+|гражданин[а-я]*)"
)
_W = "а-яa-z"
# The look behind follows the first letter: a pattern that begins with a letter is found much faster.
_CUE = re.compile(
    rf"(?:з(?<![{_W}]з)а(?:\s+счет)?|о(?<![{_W}]о)т\s+имени|п(?<![{_W}]п)о\s+(?:поручению|письму(?:\s+от)?|просьбе)"
    rf"|в(?<![{_W}]в)(?:место|\s+интересах|\s+счет\s+(?:расчетов|задолженности|оплаты)\s+(?:с|за))"
    rf"|п(?<![{_W}]п)(?:лательщик|окупатель)|д(?<![{_W}]д)олжник|з(?<![{_W}]з)аказчик)(?![{_W}])"
)
_CUE_HINTS = (
    *("за", "имени", "поруч", "письм", "просьб", "вместо", "интерес", "расчет", "оплаты"),
    *("плательщ", "покупат", "долж"),
)
_PARTY_AT = re.compile(
    rf"[\s:-]*(?P<who>{_WHO}\s*)?(?P<form>(?:{_FORM}(?![{_W}])\s*){{1,3}})?"
    r"(?P<rest>\"[^\"]{1,100}\"?|[^,;.()№\d\"\x00-\x08]{2,80})?"
)
_PERSON_AT = re.compile(
    r"\s+(?P<name>[а-я]{3,}(?:-[а-я]+)?\s+(?:(?![гт]\.)[а-я]\.\s?[а-я]\.?"
    r"|[а-я]{3,}\s+[а-я]+(?:вича|ича|вичу|вич|вны|вну|вной|вна|ичны|ичну|оглы|кызы)(?![а-я])))"
)
_INITIALS_AT = re.compile(
    rf"\s*(?P<surname>[а-я]{{3,}}(?:-[а-я]+)?)\s+(?P<first>[а-я])\.\s?(?:(?P<second>[а-я])(?![{_W}]))?"
)
_WORDS = re.compile(r"[а-я]+(?:-[а-я]+)?")
_NAME_WORD = re.compile(rf"[{_W}\d]+")
_BEHIND_A_NAME = frozenset({Role.PAY, Role.BREAK, Role.OF, Role.INVOICE, Role.INVOICES, Role.ORDER, Role.SIGN})
_LETTER_OF_A_NAME = frozenset({Role.ORDINARY, Role.UNIT, Role.OTHER_DOCUMENT})
_NAMED_BETWEEN = re.compile(rf"(?<![{_W}]){_FORM}(?![{_W}])|{_WHO}|\"")
_NAME_ENDS = re.compile(
    rf"(?<![{_W}])(?:по|за|согласно|сч|счет[а-я]*|инн|договор[а-я]*|от|на|в|без|ндс|сумма)(?![{_W}])"
)
_ROLE = re.compile(
    rf"(?<![{_W}])(?:(?P<receiver>(?:грузо)?получател[а-я]+|пол(?:уч)?\.|поставщик[а-я]*|продав[а-я]+|грузоотправител[а-я]+"
    r"|достав[а-я]+|перевоз[а-я]+|экспедитор[а-я]*|транспортн[а-я]+)"
    r"|(?:плательщик|покупател|заказчик|клиент|должник)[а-я]*)"
)
_FORM_OR_QUOTE = re.compile(rf"(?<![{_W}]){_FORM}(?![{_W}])(?:\s*\"[^\"]{{1,100}}\"?)?|\"[^\"]{{1,100}}\"")
_FORM_BEHIND = re.compile(rf"[^{_W}\d\"]*((?:{_FORM}(?![{_W}])|\"))")
_QUOTED_FIRM = re.compile(rf"(?:{_FORM}(?![{_W}]))?\s*\"([^\"]{{1,100}})")
_NAME_STOPS = re.compile(r"[,;()№\d\x00-\x08]")
_CUE_REACH = 130  # characters a cue may stand before the ИНН it introduces
_RELATED_HINTS = tuple(
    fold(
        "муж жен мам мат пап отц сын доч брат сестр сосед друг подруг коллег родител бабушк дедушк дочерн партнер"
        " фирм компани организаци предприяти"
    ).split()
)
# "за мужа", "за другую фирму", "за дочернюю компанию": somebody, whoever it is
_RELATED = re.compile(
    rf"з(?<![{_W}]з)а\s+(?:(?:(?:сво|наш|мо)[а-я]+\s+)?(?:мужа|жену|маму|мать|папу|отца|сына|дочь|дочку|брата|сестру"
    rf"|сосед(?:а|ку|ей)|друга|друзей|подругу|коллег[уи]?|родител(?:я|ей)|бабушку|дедушку|партнер[ао]в?|фирму)"
    rf"|(?:наш|друг|дочерн|сестринск|материнск)[а-я]+\s+(?:фирму|компанию|организацию|предприятие))(?![{_W}])"
)
_LABEL_BEFORE = re.compile(rf"(?<![{_W}])инн\s+[а-я]+[\s:№]*$")
_INFLECTING = ("за", "от имени", "по поручению")
_CLOSE = 40  # so near a cue that no company word is needed between


def payer_of(name: str, account: str) -> Payer:
    """Read the payer's name and account."""
    return _payer_named(name, account.startswith(BANK_ACCOUNTS))


@lru_cache(maxsize=65536)
def _payer_named(name: str, in_transit: bool) -> Payer:
    """One of a name, whatever account it pays from, as long as that is no bank's own."""
    folded = fold(name)
    parts = folded.split("//")
    transit = in_transit or (len(parts) > 1 and _BANK_WORD.search(parts[0]) is not None)
    keys: list[str] = []
    for part in parts:
        if '"' in part and "(" not in part:
            continue  # a firm's name
        clean = _PARENTHESES.sub(" ", part).strip(" ,;:/")
        if _WORDS_ONLY.fullmatch(clean) and not _BANK_WORD.search(clean):
            keys.append(name_key(clean))
    return Payer(tuple(k for k in dict.fromkeys(keys) if k), transit, folded)


def persons(payer: Payer, purpose: str) -> tuple[tuple[str, ...], bool]:
    """Full names of the payer; whether his name and a labelled name in the purpose are two people.

    The purpose is asked only behind a bank.

    Args:
        purpose: folded.
    """
    if not payer.transit:
        return payer.names, False
    inside = [name_key(m[1]) for m in _LABELLED_PERSON.finditer(purpose)]
    if payer.names:
        return payer.names, not all(_misspelt(name, payer.names) for name in inside)
    inside += [name_key(m[0]) for m in _PATRONYMIC.finditer(purpose)]
    unique = tuple(dict.fromkeys(inside))
    return unique, len(unique) > 1


def _misspelt(name: str, keys: tuple[str, ...]) -> bool:
    """Whether `name` is one of `keys` with slips of the pen. Only to raise no doubt; it identifies nobody."""
    return any(
        all(any(w[:3] == k[:3] or distance(w, k, 2) <= 2 for k in key.split()) for w in name.split()) for key in keys
    )


def named_parties(payer: Payer, payer_inn: str, painted: str, inns: list[InnMention]) -> tuple[NamedParty, ...]:
    """Parties other than the payer that a text names: by ИНН, and by name alone after "за".

    Args:
        painted: the purpose after `masks.set_aside`.
    """
    cues = [m.span() for m in _CUE.finditer(painted)] if has_any(painted, _CUE_HINTS) else []
    if not (cues or inns):
        return ()
    found: list[NamedParty] = []
    covered: list[tuple[int, int]] = []
    if cues and has_any(painted, _RELATED_HINTS):
        found += [NamedParty("", "", True, *m.span()) for m in _RELATED.finditer(painted)]
    for mention in inns:
        cue = _cue_of(mention, cues, painted)
        start = cue[0] if cue is not None else mention.start
        covered.append((start, mention.end))
        if mention.inn == payer_inn and cue is not None:
            name = _beside(painted, cue[1], mention)
            if name and contradicts(name, payer.written):  # somebody else's name with the payer's own ИНН
                found.append(NamedParty("", name_key(name), True, start, mention.end))
        elif (
            mention.inn != payer_inn
            and not _receiver(painted, cue, mention)
            and (cue is not None or _labelled(mention, painted))
        ):
            name = _beside(painted, cue[1] if cue is not None else None, mention)
            found.append(NamedParty(mention.inn, name, cue is not None, start, mention.end))
    for start, end in cues:
        if not any(first <= start < last for first, last in covered):
            party = _by_name(painted, start, end, payer)
            if party is not None:
                found.append(party)
    return tuple(found)


def _labelled(mention: InnMention, painted: str) -> bool:
    """Whether it is said to be an ИНН: "ИНН 52…", "ИНН плательщика 52…"."""
    return mention.labelled or _LABEL_BEFORE.search(painted, max(0, mention.start - 30), mention.start) is not None


def _cue_of(mention: InnMention, cues: list[tuple[int, int]], painted: str) -> tuple[int, int] | None:
    """The last "за", "по поручению", … before an ИНН, when what stands between can be a name."""
    before = [c for c in cues if mention.start - _CUE_REACH <= c[0] and c[1] <= mention.start]
    if not before:
        return None
    between = painted[before[-1][1] : mention.start]
    # "за рамки по счету … ИНН": goods, not somebody
    return before[-1] if len(between) <= _CLOSE or _NAMED_BETWEEN.search(between) else None


def _receiver(painted: str, cue: tuple[int, int] | None, mention: InnMention) -> bool:
    """Whether the ИНН is that of who gets the money or gets or carries the goods, not of whom they are paid for."""
    first = cue[1] if cue is not None else max(0, mention.start - _CUE_REACH)
    roles = list(_ROLE.finditer(painted, first, mention.start))
    return bool(roles) and roles[-1]["receiver"] is not None


def _beside(painted: str, cue_end: int | None, mention: InnMention) -> str:
    """The name written before an ИНН, else behind it; "" when there is none.

    Args:
        cue_end: where the "за" before it ends; without one only a legal form or quotes make a name.
    """
    before = painted[max(0, mention.start - _CUE_REACH) if cue_end is None else cue_end : mention.start]
    forms = list(_FORM_OR_QUOTE.finditer(before))
    if forms:
        name = _firm_name(before[forms[-1].start() :])
        if name:
            return name
    elif cue_end is not None:
        name = _firm_name(before)
        if name:
            return name
    behind = _FORM_BEHIND.match(painted, mention.end)
    return _firm_name(painted[behind.start(1) :]) if behind is not None else ""


def _firm_name(text: str) -> str:
    """The name at the beginning of `text`: what the quotation marks hold, else what stands before the next cue."""
    quoted = _QUOTED_FIRM.match(text)
    if quoted is not None:
        return quoted[1].strip()
    return _NAME_ENDS.split(_NAME_STOPS.split(text, maxsplit=1)[0], maxsplit=1)[0].strip(" -:/")


def _by_name(painted: str, start: int, end: int, payer: Payer) -> NamedParty | None:
    """Who stands behind a cue without an ИНН; None when it is goods, or the payer himself."""
    person = _PERSON_AT.match(painted, end) if painted[start:end] == "за" else None
    if person is not None:
        name = name_key(person["name"])
        return None if _inflected(name, payer.key) else NamedParty("", name, True, start, person.end())
    party = _PARTY_AT.match(painted, end)
    if party is None:
        return None
    rest = (party["rest"] or "").strip()
    quoted = rest.startswith('"')
    sure = bool(party["form"] or party["who"])
    if not quoted:
        rest = _NAME_ENDS.split(rest, maxsplit=1)[0]
    if not (sure or quoted):
        longer = _longer_name(rest, payer)
        return NamedParty("", longer, True, start, party.end()) if longer else None
    if party["form"] and _own_initials(painted, party, payer, inflected=painted[start:end] in _INFLECTING):
        return None
    whole = f"{party['form'] or ''} {rest}"
    name = name_key(whole)
    if rest and painted[party.end() - 1].isalpha() and painted[party.end() : party.end() + 1].isdigit():
        return NamedParty("", f"{name}{painted[party.end()]}", sure, start, party.end())  # "Парус2"
    if name and payer.key and (name == payer.key or (not quoted and _goes_on(whole, payer))):
        return None
    return NamedParty("", name, sure, start, party.end())


def _inflected(name: str, payer: str) -> bool:
    """Whether `name` may be the payer in another case: every word has a partner with the same beginning."""
    words = payer.split()
    return bool(words) and all(any(w.startswith(word[: max(1, len(word) - 3)]) for w in words) for word in name.split())


def _own_initials(painted: str, party: re.Match[str], payer: Payer, *, inflected: bool) -> bool:
    """ "ИП Смирнова О.В." is the payer Смирнова Ольга Викторовна: the surname, and both initials in their order.

    Args:
        inflected: the surname may stand in another case, which never makes it shorter ("Смирнов" is another person).
    """
    found = _INITIALS_AT.match(painted, party.start("rest"))
    words = [w for part in payer.written.split("//") for w in _WORDS.findall(part)]
    if found is None:
        return False
    surname = found["surname"]
    stem = surname[: max(3, len(surname) - 2)]
    letters = [found["first"], found["second"]] if found["second"] else [found["first"]]
    return any(
        (w == surname or (inflected and w.startswith(stem) and len(surname) >= len(w)))
        and [x[0] for x in words[i + 1 : i + 1 + len(letters)]] == letters
        for i, w in enumerate(words)
    )


def _goes_on(named: str, payer: Payer) -> bool:
    """Whether the words named are the payer's own whole name, and what follows cannot belong to a longer one.

    "Парус-М" and "Парус Плюс" are not "Парус"; behind a full name, or before "оплата", the name is at its end.
    """
    key = payer.key.split()
    words = [w for w in _NAME_WORD.finditer(named) if name_key(w[0])]
    if not key or sorted(w[0] for w in words[: len(key)]) != key:
        return False
    following = words[len(key)] if len(words) > len(key) else None
    if following is None or _PATRONYMIC.search(payer.written) is not None:
        return True
    apart = named[words[len(key) - 1].end() : following.start()].isspace()
    return apart and classify(following[0]).role in _BEHIND_A_NAME


def _longer_name(rest: str, payer: Payer) -> str:
    """ "Парус-М", "Парус М" where the payer is "Парус": the key of the name, "" when it is no such one."""
    for word, following in pairwise([*rest.split(), ""]):
        head, _, tail = word.partition("-")
        if head != payer.key:
            continue
        if tail:
            return name_key(word)
        if len(following) == 1 and classify(following).role in _LETTER_OF_A_NAME:
            return name_key(f"{word} {following}")
    return ""
