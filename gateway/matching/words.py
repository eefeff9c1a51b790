"""The vocabulary of payment purposes: what a word makes of the number after it, and what it says about the money.

Words are compared folded (`core.text.fold`) and by stem, so case and endings do not matter. A list of important stems
is also recognised with a slip of the pen (letters swapped, lost, doubled, replaced): a misspelt "возврат" must never
pass for a sale. Each word is classified once and remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from gateway.core.text import fold


class Role(StrEnum):
    """What a word does to the numbers near it."""

    INVOICE = "invoice"  # счёт: the number after it is an invoice's
    INVOICES = "invoices"  # счетам: several are meant
    ORDER = "order"  # заказ: an order's, or an invoice's of the series "З-"
    OTHER_DOCUMENT = "other_document"  # договор, акт, накладная, улица: the number after it is none of ours
    CLOSING = "closing"  # счёт-фактура: may or may not carry the invoice's number
    ACCOUNT = "account"  # "расчётный" before "счёт": a bank account
    SIGN = "sign"  # №, N, номер
    PAY = "pay"  # оплата: neither names nor ends anything
    NEUTRAL = "neutral"  # клиента, покупателя
    LINK = "link"  # и, также: the list goes on
    OF = "of"  # от: a date follows
    BREAK = "break"  # за, на, по: the list ends here
    UNIT = "unit"  # шт: the number before it is a quantity
    ORDINARY = "ordinary"


class Mark(StrEnum):
    """What a word says about the money."""

    REFUND = "refund"
    OWN_TRANSFER = "own_transfer"
    LOAN = "loan"
    OTHER_INCOME = "other_income"
    ADVANCE = "advance"
    PART = "part"
    BALANCE = "balance"  # доплата, остаток, задолженность
    FULL = "full"
    DOUBTFUL = "doubtful"  # аренда, агентское, взнос: maybe not a sale
    # Halves of a phrase; `gateway.matching.scan` puts them together.
    MISTAKEN = "mistaken"  # ошибочно, излишне
    OWN = "own"  # собственных, своими
    FUNDS = "funds"  # средств
    TOP_UP = "top_up"  # пополнение, между
    PERCENT = "percent"  # проценты (a number before it makes it a share)


@dataclass(frozen=True, slots=True)
class Word:
    """A classified word."""

    role: Role
    mark: Mark | None = None


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(w) for w in words.split())


def _stems(words: str) -> tuple[str, ...]:
    return tuple(sorted((fold(w) for w in words.split()), key=len, reverse=True))


_EXACT: dict[Role, frozenset[str]] = {
    Role.INVOICE: _set("сч счет счета счету счете счетом счт счету-оферте schet scheta schetu invoice inv bill инвойс"),
    Role.INVOICES: _set("счетам счетов счетами счетах сч-там invoices bills"),
    Role.ORDER: _set("зак заказ заказа заказу заказам заказы заказов order orders zakaz zakaza zakazu"),
    Role.OTHER_DOCUMENT: _set(
        "дог дг договор акт акта акту актам акты упд ттн тн торг накл спец спецификация прил пп плат пл пор рег"
        " исх вх мск кв ул пр пер ш бул наб пл-дь д дом дома корп к стр оф офис эт этаж ком комн каб пом лит вл"
        " г гор пос с-з обл р-н инд маг тт тц трц касса кассе чек чека чеку арт код id ид лс рс кс тел моб факс"
        " уин уип кпп бик огрн огрнип окпо октмо окато кбк фз гост ту лот этап кадастр мо вид док тз зп поз пункт"
        " ст статья пост приказ приказу кс-2 кс-3 фрахт рейс авто гос рнп инн рпо шпи трек track contract dogovor"
        " dogovoru act agreement nakladnaya spec паспорт месяц мес школа школы лицей гимназия детсад дс доу мбоу"
        " мбдоу мкоу гбоу филиал цех отдел участок стенд павильон бокс гараж подъезд"
    ),
    Role.SIGN: _set("n nо nr no num number ном номер номера номеру номером номерам нр нум nnо"),
    Role.PAY: _set(
        "оплата оплату оплаты оплате опл оплачен оплачено оплачиваем оплатить плата платеж платежа платежи pay payment"
        " oplata оплачивается погашение погашения"
    ),
    Role.NEUTRAL: _set(
        "клиента клиенту покупателя покупателю поставщика поставщику наш ваш наша ваша вашему нашему вашим нашим"
        " выставленный выставленному выставленного выставленным согласно соответственно соотв отгрузки с со"
        " интернет инет сайта сайт г год года гг сумма сумму суммой руб рублей коп tovar online онлайн"
        " ниже нижеследующим следующим указанным"
    ),
    Role.LINK: _set("и а также так же плюс and i"),
    Role.OF: _set("от оt dd dated ot датированный датированному"),
    Role.BREAK: _set("за на по для в во к до из под при без через о об не что как у is for pо za"),
    Role.UNIT: _set(
        "шт штук штука штуки кг гр мм см м мп пм м2 м3 кв.м л уп упак упаковка упаковки упаковок пач ед компл комплект"
        " комплекта комплектов кор коробка коробок рул рулон рулона рулонов пар пара пары лист листа листов листы"
        " рамка рамки рамок рам шины шин дн дня дней день дней часов час часа чел человек человека мест место места"
        " багета багет погонных метров метра метр позиций позиции наименований наименования раз раза месяца месяцев"
        " экз экземпляра экземпляров тонн тонна тонны т тыс руб рублей р коп копеек"
    ),
}

_STEMS: tuple[tuple[Role, tuple[str, ...]], ...] = (
    (Role.CLOSING, _stems("фактур счетфактур счф")),
    (
        Role.OTHER_DOCUMENT,
        _stems(
            "договор контракт соглашен накладн спецификац заявк заявлен приложен поручен платежк ведомост реестр"
            " письм протокол аукцион смет артикул модел размер формат доверенн лицензи сертификат квартир помещен"
            " проспект переулок улиц шоссе бульвар корпус строени магазин склад терминал телефон идентификат"
            " индекс постановлен госконтракт муниципальн извещен закупк требован претензи удостоверен дополнит"
            " квитанц наряд отчет полис товарн карт серия серии партия партии партию позици"
        ),
    ),
    (Role.ACCOUNT, _stems("расчетн лицев корреспондентск банковск транзитн ссудн депозитн спецсч кассов валютн")),
    (Role.PAY, _stems("оплач оплат предоплат доплат аванс погаш")),
)

# stem → mark. Those marked True are also recognised when misspelt.
_MARKS: tuple[tuple[Mark, str, bool], ...] = (
    (Mark.REFUND, "возврат возвращ", True),
    (Mark.REFUND, "возвр вернул вернут сторн refund vozvrat return chargeback расторжен аннулир", False),
    (Mark.MISTAKEN, "ошибочн излишн", True),
    (Mark.MISTAKEN, "ошиб", False),
    (Mark.OWN, "собственн", True),
    (Mark.OWN, "своих свои своими", False),
    (Mark.FUNDS, "средств", True),
    (Mark.FUNDS, "деньг денег денежн ср-в", False),
    (Mark.TOP_UP, "пополнен", True),
    (Mark.TOP_UP, "между перемещен", False),
    (Mark.OWN_TRANSFER, "инкасс выручк внесен самоинкасс", False),
    (Mark.LOAN, "займ заем заим ссуд транш кредит овердрафт loan", False),
    (Mark.PERCENT, "процент", True),
    (Mark.OTHER_INCOME, "депозит дивиденд неустойк", True),
    (
        Mark.OTHER_INCOME,
        "неснижаем субсид субвенц страхов штраф пени пеня пеней ущерб претенз госпошлин судебн исполнительн взыскан"
        " уставн алимент зарплат заработн компенсац возмещ благотвор пожертв обеспечен кешбэк кэшбэк cashback"
        " дотац грант взаимозач неосновательн",
        False,
    ),
    (Mark.ADVANCE, "аванс предоплат предварит", True),
    (Mark.ADVANCE, "задат пред-та", False),
    (Mark.PART, "частичн", True),
    (Mark.PART, "част половин рассрочк", False),
    (Mark.BALANCE, "доплат остат остав задолжен долг окончат баланс сверк", False),
    (Mark.FULL, "полност полная полную полный", False),
    (
        Mark.DOUBTFUL,
        "аренд агентск вознагражд бонус премия премии взнос гарантийн комисс роялти письм поручен платежк уточнен"
        " лизинг цесси уступк переуступ переплат зачет зачесть удержан помощ",
        False,
    ),
)
_MARK_STEMS = tuple(
    sorted(((fold(s), m) for m, stems, _ in _MARKS for s in stems.split()), key=lambda x: len(x[0]), reverse=True)
)
_MISSPELT: tuple[tuple[str, Word], ...] = (
    *((fold(s), Word(Role.ORDINARY, m)) for m, stems, fuzzy in _MARKS if fuzzy for s in stems.split()),
    *((s, Word(Role.OTHER_DOCUMENT)) for s in _stems("договор накладн заявк спецификац контракт поручен реестр")),
)
# Ordinary words that are one slip away from an important one.
_INNOCENT = _set("сет сета сету смета сметы смету сметe зачет расчет учет расчеты расчета считать возраст возведение")
_INVOICE_FORMS = _set("счет счета счету счете счетам счетов счетом")
_NOT_A_MARK = _set("страховочн частн частник частного частное")


@lru_cache(maxsize=65536)
def classify(word: str) -> Word:
    """The role and mark of a folded word."""
    mark = _mark(word)
    for role, words in _EXACT.items():
        if word in words:
            return Word(role, mark)
    for role, stems in _STEMS:
        if word.startswith(stems):
            return Word(role, mark)
    if mark is not None:
        return Word(Role.ORDINARY, mark)
    return _misspelt(word)


def _mark(word: str) -> Mark | None:
    if word.startswith(tuple(_NOT_A_MARK)):
        return None
    return next((mark for stem, mark in _MARK_STEMS if word.startswith(stem)), None)


def _misspelt(word: str) -> Word:
    if len(word) < 4 or word in _INNOCENT:
        return Word(Role.ORDINARY)
    if any(w[0] == word[0] and _slip(word, w) for w in _INVOICE_FORMS):
        return Word(Role.INVOICE)
    for stem, meaning in _MISSPELT:
        allowed = 2 if len(stem) >= 7 else 1
        if word[0] != stem[0] or len(word) < len(stem) - allowed:
            continue
        if any(distance(word[: len(stem) + k], stem, allowed) <= allowed for k in range(-allowed, 2)):
            return meaning
    return Word(Role.ORDINARY)


def _slip(word: str, form: str) -> bool:
    """Two neighbours swapped, one letter lost or doubled; never one replaced by another ("смета" is no "счета")."""
    if len(word) == len(form):
        return any(
            form[:i] + form[i + 1] + form[i] + form[i + 2 :] == word
            for i in range(len(form) - 1)
            if form[i] != form[i + 1]
        )
    if len(word) == len(form) - 1:
        return any(form[:i] + form[i + 1 :] == word for i in range(1, len(form) - 1))
    if len(word) == len(form) + 1:
        return any(form[: i + 1] + form[i:] == word for i in range(len(form)))
    return False


def distance(one: str, other: str, limit: int) -> int:
    """Edits (change, add, lose, swap neighbours) between two short words; `limit` + 1 when there are more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return row[-1]
