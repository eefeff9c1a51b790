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
from gateway.matching.spelling import begins_like, distance, one_slip


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

    __hash__ = str.__hash__  # that of Enum is written in Python, and these are looked up for every word


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
    # What a phrase says about the numbers (`gateway.matching.phrases`).
    INCOMPLETE = "incomplete"  # "и др.", "согласно реестру"
    CUT = "cut"  # the text is as long as a bank allows and ends in a list of numbers
    DENIED = "denied"  # "кроме счета 45"
    OPEN = "open"  # "91 или 19", "91?"
    FRACTION = "fraction"  # "50% по счету", "первая часть"
    NO_NUMBER = "no_number"  # "на хранение": no sale unless a number says so

    __hash__ = str.__hash__  # that of Enum is written in Python, and these are looked up for every payment


@dataclass(frozen=True, slots=True)
class Word:
    """A classified word.

    Attributes:
        ground: it names what something is paid for.
    """

    role: Role
    mark: Mark | None = None
    ground: bool = False


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
        " лота лоту лоты школе школу школ лицея гимназии сош оош црб гкб сад сада саду садик садика ясли"
        " карта карты карте карту мбдоу мкоу гбоу филиал цех отдел участок стенд павильон бокс гараж подъезд"
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
        " квартал квартала кварталу полугодие полугодия"
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
            " поликлиник больниц роддом санатор интернат училищ колледж техникум диспансер амбулатор детсад"
            " квитанц наряд отчет полис товарн серия серии партия партии партию позици"
        ),
    ),
    (Role.ACCOUNT, _stems("расчетн лицев корреспондентск банковск транзитн ссудн депозитн спецсч кассов валютн")),
    (Role.PAY, _stems("оплач оплат предоплат доплат аванс погаш")),
)

# stem → mark. Those marked True are recognised with any slip of the pen, the others with none but letters swapped,
# lost or doubled.
_MARKS: tuple[tuple[Mark, str, bool], ...] = (
    (Mark.REFUND, "возврат возвращ", True),
    (
        Mark.REFUND,
        "возвр вернул вернут сторн refund vozvrat return chargeback рефанд манибэк манибек расторжен аннулир",
        False,
    ),
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
        " залог дарени наследств конверси уставн алимент зарплат заработн компенсац возмещ благотвор пожертв обеспечен"
        " обеспечит кешбэк кэшбэк cashback дотац грант взаимозач неосновательн",
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
# Stems that are recognised with a slip of the pen: (stem, meaning, cost of a replaced letter). A replaced letter is
# forgiven only in the first kind; else "транспорт" would be a "транш".
_ANY_SLIP, _NO_REPLACING = 1, 9
_SHORTEST_MISSPELT = 5
_LONG = 8  # in stems this long two slips are recognised; in those of a refund always
_MISSPELT: tuple[tuple[str, Word, int], ...] = (
    *((fold(s), Word(Role.ORDINARY, m), _ANY_SLIP) for m, stems, any_slip in _MARKS if any_slip for s in stems.split()),
    *(
        (fold(s), Word(Role.ORDINARY, m), _NO_REPLACING)
        for m, stems, any_slip in _MARKS
        if not any_slip
        for s in stems.split()
        if len(s) >= _SHORTEST_MISSPELT and m is not Mark.REFUND  # the long stems of a refund are above
    ),
    *(
        (s, Word(Role.OTHER_DOCUMENT), _ANY_SLIP)
        for s in _stems("договор накладн заявк спецификац контракт поручен реестр")
    ),
    *((s, Word(Role.OTHER_DOCUMENT), _NO_REPLACING) for s in _stems("соглашен приложен доверенн требован отчет")),
)
# Whole forms, for short words and for slips at the end of a stem. Long ones may have two slips.
_FORMS: tuple[tuple[frozenset[str], Word], ...] = (
    (_set("счет счета счету счете счетам счетов счетом"), Word(Role.INVOICE)),
    (_set("займ займа займу займы заем кредит кредита"), Word(Role.ORDINARY, Mark.LOAN)),
    (
        _set(
            "пени пеня пеней пеню штраф штрафа штрафы субсидия субсидии субсидию страховая страховое страховой"
            " страховых страхование страховка возмещение возмещения компенсация компенсации обеспечение обеспечения"
            " взыскание взыскания неустойка неустойки депозит депозита депозиту дивиденды дивидендов проценты"
            " процентов госпошлина пошлина ущерб ущерба претензия претензии"
        ),
        Word(Role.ORDINARY, Mark.OTHER_INCOME),
    ),
    (
        _set("возврат возврата возвращение возвращаем возвращено сторно ошибочно ошибочный излишне излишки"),
        Word(Role.ORDINARY, Mark.REFUND),
    ),
    (_set("выручка выручки инкассация внесение"), Word(Role.ORDINARY, Mark.OWN_TRANSFER)),
    (_set("собственные собственных собственными"), Word(Role.ORDINARY, Mark.OWN)),
    (_set("средства средств средствами"), Word(Role.ORDINARY, Mark.FUNDS)),
    (_set("аванс аванса авансом предоплата предоплаты предоплату"), Word(Role.ORDINARY, Mark.ADVANCE)),
    (
        _set("аренда аренды аренду арендная вознаграждение агентское взнос взноса комиссия комиссии"),
        Word(Role.ORDINARY, Mark.DOUBTFUL),
    ),
)
_SHORTEST_LONG_FORM = 8
# Both by their first letter, which a slip of the pen leaves as it is.
_FORMS_OF: dict[str, list[tuple[str, Word]]] = {}
for _forms, _meaning in _FORMS:
    for _form in sorted(_forms):
        _FORMS_OF.setdefault(_form[0], []).append((_form, _meaning))
_MISSPELT_OF: dict[str, list[tuple[str, Word, int]]] = {}
for _stem in _MISSPELT:
    _MISSPELT_OF.setdefault(_stem[0][0], []).append(_stem)
# Ordinary words that are one slip away from an important one.
_INNOCENT = _set(
    "сет сета сету смета сметы смету зачет расчет учет расчеты расчета считать возраст возведение пение зам"
)
_INNOCENT_STEMS = _stems(
    "страховочн частн устан трансп трансф возраст обеспечив исполнител сторон настой арена грани гарант сувенир проект"
    " процес процед получен наград кредитор карти картон картр"
)
_GROUNDS = _stems("договор контракт накладн упд поставк товар долг задолженност")
_ALL_MARK_STEMS = tuple(stem for stem, _ in _MARK_STEMS)
_NOT_A_MARK = _stems("страховочн частн кредитор")


@lru_cache(maxsize=65536)
def classify(word: str) -> Word:
    """The role and mark of a folded word."""
    found = _classify(word)
    return Word(found.role, found.mark, True) if word == "за" or word.startswith(_GROUNDS) else found


def _classify(word: str) -> Word:
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
    if not word.startswith(_ALL_MARK_STEMS) or word.startswith(_NOT_A_MARK):
        return None
    return next((mark for stem, mark in _MARK_STEMS if word.startswith(stem)), None)


def _near(word: str, form: str) -> bool:
    if len(form) < _SHORTEST_LONG_FORM:
        return one_slip(word, form)
    return distance(word, form, 2, _NO_REPLACING) <= 2


def _misspelt(word: str) -> Word:
    if len(word) < 3 or word in _INNOCENT or word.startswith(_INNOCENT_STEMS):
        return Word(Role.ORDINARY)
    for form, meaning in _FORMS_OF.get(word[0], ()):
        if _near(word, form):
            return meaning
    best, found = 3, Word(Role.ORDINARY)
    for stem, meaning, replacing in _MISSPELT_OF.get(word[0], ()):
        two = len(stem) >= _LONG or meaning.mark in (Mark.REFUND, Mark.MISTAKEN)
        limit = min(2 if two and len(stem) >= 7 else 1, best - 1)
        if limit < 1:
            break
        edits = begins_like(word, stem, limit, replacing)
        if edits <= limit:
            best, found = edits, meaning
    return found
