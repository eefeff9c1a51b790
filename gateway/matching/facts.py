"""What a payment says: who paid, and everything its purpose states, each with its place in the original text.

Reading is pure and knows no invoices. What the facts mean together is decided in `gateway.matching.decide`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from gateway.core.money import Money
from gateway.core.text import fold, fold_numbers, name_key
from gateway.matching.masks import DateMention, InnMention, SumMention, set_aside
from gateway.matching.quotes import Grade, Kind, Quote
from gateway.matching.scan import scan
from gateway.matching.words import Mark, distance

__all__ = [
    "DateMention",
    "Facts",
    "Grade",
    "InnMention",
    "Kind",
    "Mark",
    "NamedParty",
    "PaymentIn",
    "Quote",
    "SumMention",
    "payer_names",
    "read_facts",
]


@dataclass(frozen=True, slots=True)
class PaymentIn:
    """An incoming payment as the matcher takes it.

    Attributes:
        id: ours; appears in decisions only.
        payer_name: as the bank gives it; "БАНК//ФИО//адрес//" for an individual paying through a bank.
        payer_inn: "" when the bank gives none ("0" counts as none).
        amount: > 0.
        doc_no, doc_date: the payer's payment order; "" and None when unknown.
        booked: date in the statement; None while pending.
        evidence_kind: "signed", "channel" or "file"; what it is worth is the release rule's business.
        final: False for a preliminary (intraday, pending) line: it may be allocated, never released.
    """

    id: str
    account: str
    payer_name: str
    payer_inn: str
    payer_kpp: str
    payer_account: str
    amount: Money
    purpose: str
    doc_no: str
    doc_date: date | None
    booked: date | None
    evidence_kind: str = "signed"
    final: bool = True


@dataclass(frozen=True, slots=True)
class NamedParty:
    """Somebody the text names as the one it pays for.

    Attributes:
        inn: "" when only a name is given.
        name: `name_key` of the name, "" when only an ИНН is given.
        cued: "за …", "по поручению …" stands before it; without such words it is a hint only: an ИНН somewhere in the
            text, or a name in quotes after "за" that may be the goods'.
    """

    inn: str
    name: str
    cued: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything read from one payment. Places are (start, end) in the original purpose.

    Attributes:
        quotes: numbers in the order of the text, every grade.
        marks: what the words say about the money, with the place of the first.
        named: parties named in the text other than the payer.
        persons: `name_key`s of full names standing in the payer's name, or, behind a bank, in the purpose.
        transit: the payer's ИНН and account are a bank's that passes on an individual's money.
        plural_noun: "счетам": several invoices are meant.
        invoice_dates: dates right after "счет", with or without a number.
        full_advance: "предоплата 100%".
        pays: a word says that something is paid for.
    """

    payment: PaymentIn
    quotes: tuple[Quote, ...]
    dates: tuple[DateMention, ...]
    sums: tuple[SumMention, ...]
    marks: dict[Mark, tuple[int, int]]
    named: tuple[NamedParty, ...]
    persons: tuple[str, ...]
    persons_differ: bool
    transit: bool
    plural_noun: bool
    invoice_dates: tuple[DateMention, ...]
    full_advance: bool
    pays: bool
    vat: tuple[int, int] | None

    def of_grade(self, *grades: Grade) -> tuple[Quote, ...]:
        return tuple(q for q in self.quotes if q.grade in grades)


_BANK_WORD = re.compile(fold(r"банк|сбер|bank|(?<![а-я])р?нко(?![а-я])|кредитн|почта россии|казначейств"))
# Accounts of banks themselves, of money in transit and of card clearing; a customer's never begin so.
_BANK_ACCOUNTS = ("301", "302", "303", "304", "40911", "40914", "47416", "47422", "47423")
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
    r"|мауд?о?|нко|ано|чоу)"
)
_WHO = (
    rf"(?:(?:компани[а-я]+|фирм[а-я]+|организаци[а-я]+|обществ[а-я]+)(?=\s*(?:\"|{_FORM}(?![а-яa-z])|инн))"
    r"|контрагент[а-я]*|клиент[а-я]*|покупател[а-я]+"
    r"|третье\s+лицо|3-?е?\s+лицо|третьих\s+лиц|партнер[а-я]*|сотрудник[а-я]*|индивидуальн[а-я]+|гражданин[а-я]*)"
)
_CUE = (
    r"(?<![а-яa-z])(?:за(?:\s+счет)?|от\s+имени|по\s+поручению|по\s+письму(?:\s+от)?|по\s+просьбе|в\s+интересах|вместо"
    r"|в\s+счет\s+(?:расчетов|задолженности|оплаты)\s+(?:с|за)|плательщик|должник|покупатель|заказчик)(?![а-яa-z])"
)
_FOR_PARTY = re.compile(
    rf"{_CUE}[\s:-]*(?P<who>{_WHO}\s*)?(?P<form>{_FORM}(?![а-яa-z])\s*)?(?P<rest>\"[^\"]{{1,100}}\"?|[^,;.()№\d\"\x00-\x08]{{2,80}})?"
)
_FOR_PERSON = re.compile(
    r"(?<![а-яa-z])за\s+(?P<name>[а-я]{3,}(?:-[а-я]+)?\s+(?:(?![гт]\.)[а-я]\.\s?[а-я]\.?|[а-я]{3,}\s+[а-я]+(?:вича|ича|вичу|вич|вны|вну|вной|вна|ичны|ичну|оглы|кызы)(?![а-я])))"
)
_CUE_BEFORE_INN = re.compile(_CUE)
_NAMED_BETWEEN = re.compile(rf"(?<![а-яa-z]){_FORM}(?![а-яa-z])|{_WHO}|\"")
_NAME_ENDS = re.compile(
    r"(?<![а-яa-z])(?:по|за|согласно|сч|счет[а-я]*|инн|договор[а-я]*|от|на|в|без|ндс|сумма)(?![а-яa-z])"
)


def read_facts(payment: PaymentIn) -> Facts:
    """Read one payment. Never fails: what is not understood is simply not among the facts."""
    purpose = fold_numbers(fold(payment.purpose))
    painted = set_aside(purpose)
    scanned = scan(painted, len(payment.purpose))
    transit = _is_transit(payment)
    persons, differ = _persons(payment, purpose, transit)
    return Facts(
        payment=payment,
        quotes=tuple(scanned.quotes),
        dates=tuple(painted.dates),
        sums=tuple(painted.sums),
        marks=scanned.marks,
        named=_named(payment, purpose, painted.inns, painted.text),
        persons=persons,
        persons_differ=differ,
        transit=transit,
        plural_noun=scanned.plural_noun,
        invoice_dates=tuple(scanned.invoice_dates),
        full_advance=100 in painted.shares,
        pays=scanned.pays,
        vat=painted.vat,
    )


def payer_names(payer_name: str) -> tuple[str, ...]:
    """`name_key`s under which the payer may be known: the parts of "БАНК//ФИО//адрес//" that can be a name."""
    folded = fold(payer_name)
    parts = folded.split("//") if "//" in folded else [folded]
    keys = []
    for part in parts:
        clean = _PARENTHESES.sub(" ", part).strip(" ,;:/")
        if _WORDS_ONLY.fullmatch(clean) and not _BANK_WORD.search(clean):
            key = name_key(clean)
            if key and key not in keys:
                keys.append(key)
    return tuple(keys)


def _is_transit(payment: PaymentIn) -> bool:
    if payment.payer_account.startswith(_BANK_ACCOUNTS):
        return True
    folded = fold(payment.payer_name)
    return "//" in folded and _BANK_WORD.search(folded.split("//", 1)[0]) is not None


def _persons(payment: PaymentIn, purpose: str, transit: bool) -> tuple[tuple[str, ...], bool]:
    """Full names of the payer; whether the payer's name and a labelled name in the purpose are two people."""
    keys = payer_names(payment.payer_name)
    if not transit and keys:
        return keys, False
    if not transit:
        return (), False
    inside = [name_key(m[1]) for m in _LABELLED_PERSON.finditer(purpose)]
    if not keys:
        inside += [name_key(m[0]) for m in _PATRONYMIC.finditer(purpose)]
        unique = tuple(dict.fromkeys(inside))
        return unique, len(unique) > 1
    return keys, not all(_misspelt(name, keys) for name in inside)


def _misspelt(name: str, keys: tuple[str, ...]) -> bool:
    """Whether `name` is one of `keys` with slips of the pen. Only to raise no doubt; it identifies nobody."""
    return any(
        all(any(w[:3] == k[:3] or distance(w, k, 2) <= 2 for k in key.split()) for w in name.split()) for key in keys
    )


def _named(payment: PaymentIn, purpose: str, inns: list[InnMention], painted: str) -> tuple[NamedParty, ...]:
    """Parties the text names: by ИНН, and by name alone after "за"."""
    payer_key = name_key(payment.payer_name)
    found: list[NamedParty] = []
    covered: list[tuple[int, int]] = []
    for mention in inns:
        window_start = max(0, mention.start - 130)
        cues = list(_CUE_BEFORE_INN.finditer(painted, window_start, mention.start))
        cue = cues[-1] if cues else None
        between = painted[cue.end() : mention.start] if cue is not None else ""
        if len(between) > 40 and not _NAMED_BETWEEN.search(between):  # "за рамки …": goods, not somebody
            cue = None
        start = cue.start() if cue is not None else mention.start
        covered.append((start, mention.end))
        if mention.inn == payment.payer_inn or (cue is None and not mention.labelled):
            continue
        found.append(NamedParty(mention.inn, "", cue is not None, start, mention.end))
    if "за" not in purpose and "по " not in purpose and "от имени" not in purpose and "плательщик" not in purpose:
        return tuple(found)
    for match in _FOR_PARTY.finditer(painted):
        if any(start <= match.start() < end for start, end in covered):
            continue
        rest = (match["rest"] or "").strip()
        sure = bool(match["form"] or match["who"])
        if not (sure or rest.startswith('"')):
            continue
        if not rest.startswith('"'):
            rest = _NAME_ENDS.split(rest, maxsplit=1)[0]
        name = name_key(rest)
        if name and payer_key and (name == payer_key or _begins_with(rest, payment.payer_name)):
            continue
        found.append(NamedParty("", name, sure, match.start(), match.end()))
    for match in _FOR_PERSON.finditer(painted):
        if any(start <= match.start() < end for start, end in covered):
            continue
        if not _inflected(name_key(match["name"]), payer_key):
            found.append(NamedParty("", name_key(match["name"]), True, match.start(), match.end()))
    return tuple(found)


def _inflected(name: str, payer: str) -> bool:
    """Whether `name` may be the payer in another case: every word has a partner with the same beginning."""
    words = payer.split()
    return bool(words) and all(any(w.startswith(word[: max(1, len(word) - 3)]) for w in words) for word in name.split())


def _begins_with(rest: str, payer_name: str) -> bool:
    """Whether the words named are the payer's own name followed by something else."""
    payer = set(name_key(payer_name).split())
    words = [w for w in re.split(r"[^а-яa-z0-9]+", rest) if w]
    return bool(payer) and payer <= set(words[: len(payer) + 1])
