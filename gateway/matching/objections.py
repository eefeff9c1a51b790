"""Words by which a text speaks against its own number, against the party it names, or against being a sale."""

from __future__ import annotations

import re

from gateway.core.text import fold
from gateway.matching.hints import any_of, has_any
from gateway.matching.masks import DATE, INN, MONEY, OTHER_DOCUMENT
from gateway.matching.naming import contradicts

_W = "а-яa-z"
Span = tuple[int, int]

_SETTLED_HINTS = (
    *("оплачен", "не ", "отмен", "распоряж", "отношен", "назначен", "считать", "перенест", "перезач", "зачесть"),
    *("исправ", "отказ", "брак", "рекламац", "недо", "пересорт", "излиш", "корректир", "удерж", "скидк", "обратно"),
    *("архив", "взаимн", "встречн"),
)  # fmt: skip
_OF_NUMBER = r"(?:по|к|из|от|со?)\s+(?:сч(?:ет[а-я]*)?|заказ[а-я]*)?[\s№.]*\d"
_SETTLED = re.compile(
    rf"(?<![{_W}])(?:(?:был|(?:уже|ранее)(?!\s+оплачен[оы]?\s*{MONEY}))\s+оплачен[оы]?(?![{_W}])"
    rf"|оплачен[оы]?\s+(?:уже|ранее|п/п|[{DATE}{OTHER_DOCUMENT}])"
    rf"|если\s+(?:[{_W}]+\s+){{0,2}}оплачен"
    rf"|(?<!за\s)(?<!претензий\s)не\s+(?:[{_W}]+\s+)?(?:опл[ао](?:чива|ти|чен[оа]?(?![{_W}]))"
    rf"|отгружать|отправлять|выдавать|закры|зачис|зачит|зачес|засчит|относ|учит|учест|учтен|трог|прин(?:ят|има)|про(?:водить|вести)|в\s+счет|оплата|платеж)"
    rf"|отношения\s+не\s+име|не\s+имеет\s+отношения"
    rf"|(?:измен|уточн)[а-я]+\s+назначени|считать\s+(?:оплат|сч|плат|аванс)|перенести\s+(?:на|со?)(?![{_W}])"
    rf"|перезач|зачесть\s+(?:переплат|излиш)|исправ[а-я]+\s+на(?![{_W}])|отказ[а-я]*\s+от\s+(?:товар|постав|заказ|сч)"
    rf"|(?:брак[а-я]?|рекламаци[а-я]|недопостав[а-я]+|недостач[а-я]|пересорт[а-я]*|излиш[а-я]+|корректировк[а-я]"
    rf"|удержани[а-я]|скидк[а-я]|обратно)\s+{_OF_NUMBER}"
    rf"|в\s+архив|взаимн[а-я]+\s+(?:зачет|требован)|зачет[а-я]*\s+(?:взаимн|встречн)"
    rf"|отмен[аыу]\s+(?:сч(?:ет[а-я]*)?|заказ[а-я]*)(?![{_W}])"
    rf"|до\s+(?:особого|отдельного)\s+распоряж|не\s+ваш(?![{_W}]))"
)
_FORM_HINTS = ("ооо", "ао", "дочерн", "сестринск", "материнск", "сторонн")
_SISTER = re.compile(
    rf"(?<![{_W}])(?:дочерн|сестринск|материнск|сторонн)[а-я]+\s+(?:компани|фирм|организаци|предприяти|обществ|структур)[а-я]+"
)
_FORM = r"(?:ооо|оао|зао|пао|ао)"
_FORM_BEHIND = re.compile(rf"(?<![{_W}])за\s+(?P<name>[{_W}-]{{3,}}\s+{_FORM})(?=\s*(?:$|[,;.)]))")
_FOR_FIRM = re.compile(
    rf"(?<![{_W}])(?:(?:товар[а-я]*\s+)?для|взаиморасчет[а-я]*\s+с)\s+(?P<name>{_FORM}\s+(?:\"[^\"]+\"|[{_W}-]+))"
)
_AGAINST_HINTS = (
    *("не за", "вместо", "кроме", "исключ", "цесс", "уступ", "получател", "дебитор", "цедент", "заемщик"),
    "векселедат",
)
_AGAINST_PARTY = re.compile(
    rf"(?<![{_W}])(?:(?:не\s+за|вместо|кроме|исключая|за\s+исключением)(?![{_W}])[^,;№\d{INN}]{{1,80}}{INN}"
    rf"|(?:цесси|(?:пере)?уступ|дебитор|цедент|заемщик|лизингополучател|векселедат)"
    rf"[а-я]*[^{INN}]{{0,80}}{INN}"
    rf"|от\s+(?!имени)[^,;№\d{INN}]{{1,60}}{INN}+\s*получател)"
)
_FINANCED = re.compile(
    rf"(?<![{_W}])(?:факторинг|фактор(?:а|у|ом)?(?![{_W}])|финансирован|регресс|аккредитив|форфейтинг|кредитор(?!ск))"
)
_NO_SALE_HINTS = tuple(
    fold(
        "будущ будет без хранен изли возм брак рекламац обратн корректир повторн перенос закрыт невыясн ретро"
        " мотивац скидк миров упущен субаренд электроэн коммунал связи обучен маркетинг реклам утилиз металлол"
        " автомоб тс вексел дол выкуп валют эквайр налог енп ндфл тест"
    ).split()
)
_NO_SALE = re.compile(
    rf"(?<![{_W}])(?:будущ|(?:который\s+)?будет\s+выставлен|без\s+счета(?![{_W}])|хранени|излиш[еин]|возм\.|рекламаци"
    rf"|(?:за\s+)брак(?![{_W}])|обратно(?![{_W}])|корректировк|повторн[а-я]+\s+плат|перенос\s+плат"
    rf"|при\s+закрыти|невыясненн|ретро-?бонус|мотивационн|скидк[аи]\s+за\s+объем|миров(?:ое|ому)\s+соглаш|упущенн"
    rf"|субаренд|электроэнерги|коммунальн|услуги\s+связи|обучени|маркетингов|рекламн[а-я]+\s+услуг|утилизаци|металлолом"
    rf"|автомобил|тс(?![{_W}])|вексел|дол[яию](?![{_W}])|выкуп|валют[аыу](?![{_W}])|эквайринг|налог[аи]?\s+на\s+(?!доб)"
    rf"|енп(?![{_W}])|ндфл|тест(?:овый)?(?![{_W}]))"
)

HINTS = any_of((*_SETTLED_HINTS, *_NO_SALE_HINTS))
"""A pattern: where it is not found, no number is settled and nothing is said against a sale."""


def settled_number(text: str) -> Span | None:
    """Where the painted text says that its number is paid, called off or not to be acted upon."""
    found = _SETTLED.search(text) if has_any(text, _SETTLED_HINTS) else None
    return found.span() if found is not None else None


def against_party(text: str) -> Span | None:
    """ "не за ООО … ИНН", "кроме …", "уступка права требования к …", "дебитор …": an ИНН in no role of one paid for."""
    found = _AGAINST_PARTY.search(text) if INN in text and has_any(text, _AGAINST_HINTS) else None
    return found.span() if found is not None else None


def financed(text: str) -> Span | None:
    """Where a text that names a buyer speaks of credit on his debt: factoring, recourse, a letter of credit."""
    found = _FINANCED.search(text)
    return found.span() if found is not None else None


def firm_for(text: str, payer: str) -> Span | None:
    """A firm that is not the payer: "за Омега ООО", "товар для ООО Бета", "расчеты с ООО Бета", "дочерней компании"."""
    if not has_any(text, _FORM_HINTS):
        return None
    sister = _SISTER.search(text)
    if sister is not None:
        return sister.span()
    found = _FORM_BEHIND.search(text) or _FOR_FIRM.search(text)
    return found.span() if found is not None and contradicts(found["name"], payer) else None


def maybe_no_sale(text: str) -> Span | None:
    """Where a text without a number speaks of something we may not sell, or of no invoice yet."""
    found = _NO_SALE.search(text) if has_any(text, _NO_SALE_HINTS) else None
    return found.span() if found is not None else None
