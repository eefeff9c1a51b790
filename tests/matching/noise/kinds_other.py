"""Money that is no sale, numbers that lead nowhere, and documents that come twice."""

from __future__ import annotations

from tests.matching.noise import smudge
from tests.matching.noise.catalogue import kind
from tests.matching.noise.grammar import papers, purpose, reference, vat_clause
from tests.matching.noise.people import OUR_INN, OUR_KPP, OUR_NAME, Account
from tests.matching.noise.world import TODAY, Invoice, World, ask, auto


def _no_sale(w: World, *texts: str) -> None:
    """Money of a known buyer, of exactly the sum of one open invoice; `{c}` of a text is that invoice's number."""
    v = w.one()
    text = w.r.choice(texts).format(n=w.decoy(v.buyer), c=v.counter, d="14.10.2026")
    w.pay(v.buyer, v.due, f"{text}. {vat_clause(w, v.due, v.rate)}", ask(note="no sale"), day=TODAY)


@kind(8)
def money_back(w: World) -> None:
    _no_sale(
        w,
        "Возврат аванса по договору № {n} от {d}",
        "Возврат по претензии {n}, счет {c}",
        "Возврат переплаты по акту сверки",
        "Ошибочно перечислено, возвращаем платеж № {c} от {d}",
        "ВОЗВРАТ ДС ПО П/П {c} ОТ {d}",
        "Возвр. ден. средств за товар сч {c}",
        "Сторно платежа {n} от {d}",
        "Возвращаем ошибочный платёж п.п. {n}",
        "Vozvrat oshibochno perechislennykh sredstv",
    )


@kind(4)
def loan_given_or_returned(w: World) -> None:
    _no_sale(
        w, "Предоставление займа по договору № {n} от {d}", "Возврат займа по дог. {n}", "Процентный заём, дог. № {n}",
        "Погашение процентов по договору займа №{n}", "Беспроцентный займ учредителя, договор {n}",
    )  # fmt: skip


@kind(4)
def own_money(w: World) -> None:
    v = w.one()
    text = w.r.choice(
        (
            "Перевод собственных средств",
            "Пополнение расчетного счета",
            "Перевод между своими счетами",
            "Внутренний перевод",
            "Внесение наличных: торговая выручка",
            "Инкассация",
        )
    )
    own = Account("40702810300000000777", "044525593", 'АО "АЛЬФА-БАНК"')
    verdict = ask(note="our own money")
    w.pay(
        v.buyer,
        v.due,
        f"{text}. НДС не облагается",
        verdict,
        day=TODAY,
        name=OUR_NAME,
        inn=OUR_INN,
        kpp=OUR_KPP,
        account=own,
    )


@kind(4)
def interest_fine_or_court(w: World) -> None:
    _no_sale(
        w,
        "Выплата процентов по депозиту № {n} от {d}",
        "Оплата по исполнительному листу ФС № 0417{n:05d}",
        "Неустойка по договору {n}",
        "Пени за просрочку оплаты по договору № {n}",
        "Возмещение госпошлины по делу А43-{n}/2026",
        "Штраф по договору {n} от {d}",
        "Взыскание по ИП {n}/26/52001-ИП",
    )


@kind(4)
def subsidy_insurance_or_capital(w: World) -> None:
    _no_sale(
        w,
        "Субсидия по соглашению № {n} от {d}",
        "Страховое возмещение по полису {n}",
        "Взнос в уставный капитал",
        "Дивиденды за 2025 год",
        "Обеспечительный платеж по договору аренды {n}",
        "Арендная плата за ноябрь, договор {n}",
        "Обеспечение заявки на участие в закупке {n}",
    )


@kind(6)
def advance_without_invoice(w: World) -> None:
    v = w.one()
    amount = 1_000_000 * w.r.randrange(2, 60) + 7_000
    text = w.r.choice(
        (
            "Авансовый платёж по договору № {n} от 03.02.2026",
            "Предоплата за товар по дог. {n}",
            "Аванс за поставку мебельных деталей",
            "Депозит на лицевой счёт клиента",
            "Предоплата за будущие поставки",
        )
    )
    verdict = ask(note="no invoice for it")
    w.pay(v.buyer, amount, f"{text.format(n=w.decoy(v.buyer))}. {vat_clause(w, amount, 22)}", verdict, day=TODAY)


@kind(6)
def sale_with_frightening_words(w: World) -> None:
    """A sale all the same: the words of the other kinds only pass by."""
    v = w.one()
    words = w.r.choice(
        (
            "за поддоны (возвратная тара)",
            "за товар, возврату и обмену не подлежит",
            "за штрафные фишки настольной игры",
            "за шкаф для депозитных ячеек",
            "за мебель в зал суда",
            "по договору без штрафных санкций",
            "для ООО МФК Быстрый заём",
            "за бланки страховых полисов",
            "отгрузка без аванса",
            "за комод «Кредо»",
        )
    )
    w.pay(v.buyer, v.due, f"Оплата {reference(w, v)} {words}. {vat_clause(w, v.due, v.rate)}", auto((v, v.due)))


# ---- numbers that lead nowhere


@kind(8)
def paid_invoice_quoted(w: World) -> None:
    buyer = w.firm()
    old = w.invoice(buyer, status="paid")
    w.invoice(buyer, amount=old.amount if w.r.random() < 0.6 else 0)
    text = purpose(w, old, old.amount, core=reference(w, old), parts=())
    w.pay(buyer, old.amount, text, ask(note="paid already"), day=TODAY)


@kind(5)
def cancelled_invoice_quoted(w: World) -> None:
    buyer = w.firm()
    old = w.invoice(buyer, status="cancelled")
    w.invoice(buyer, amount=old.amount if w.r.random() < 0.6 else 0)
    text = purpose(w, old, old.amount, core=reference(w, old), parts=())
    w.pay(buyer, old.amount, text, ask(note="cancelled"), day=TODAY)


@kind(4)
def invoice_instead_of_cancelled(w: World) -> None:
    buyer = w.firm()
    old = w.invoice(buyer, status="cancelled", series="letters")
    v = w.invoice(buyer, amount=old.amount, series="letters")
    text = f"Оплата {reference(w, v, 'full')} (взамен аннулированного {old.number}). {vat_clause(w, v.due, v.rate)}"
    w.pay(buyer, v.due, text, ask((v, v.due), tolerated=True, note="the old one is named too"))


def _slip(w: World, counter: int, edits: int) -> int:
    """A counter that nobody has, `edits` digits away."""
    while True:
        digits = list(str(counter))
        for i in w.r.sample(range(len(digits)), edits):
            digits[i] = w.r.choice([d for d in "123456789" if d != digits[i]])
        if w.reserve(int("".join(digits))):
            return int("".join(digits))


def _misquoted(v: Invoice, counter: int) -> str:
    """The invoice's number printed with another counter."""
    kept, v.counter = v.counter, counter
    number, v.counter = v.number, kept
    return number


def _long_numbered(w: World) -> Invoice:
    return w.one(series="bare", counter=w.counter("bare", 2026) + 40_000 + w.r.randrange(20_000))


@kind(6)
def mistyped_to_nowhere(w: World) -> None:
    v = _long_numbered(w)
    text = purpose(w, v, core=f"по счету № {_misquoted(v, _slip(w, v.counter, 1))}", parts=())
    w.pay(v.buyer, v.due, text, ask((v, v.due), tolerated=True, note="one digit off"))


@kind(4)
def mistyped_badly(w: World) -> None:
    v = _long_numbered(w)
    text = purpose(w, v, core=f"по счету № {_misquoted(v, _slip(w, v.counter, 3))}", parts=())
    w.pay(v.buyer, v.due, text, ask((v, v.due), note="three digits off: some other document"))


@kind(5)
def mistyped_to_a_strangers(w: World) -> None:
    v = _long_numbered(w)
    counter = _slip(w, v.counter, 1)
    w.invoice(w.firm(), series="bare", counter=counter, day=v.day)
    text = purpose(w, v, core=f"по счету № {_misquoted(v, counter)}", parts=())
    w.pay(v.buyer, v.due, text, ask((v, v.due), note="the number is another buyer's"))


# ---- the same again


@kind(14)
def document_sent_again(w: World) -> None:
    v = w.one()
    line = w.pay(v.buyer, v.due, purpose(w, v), auto((v, v.due)))
    changes = (smudge.no_yo, smudge.shouting, smudge.hard_spaces, smudge.question_marks, smudge.glued)
    w.again(line, w.r.choice(changes)(w.r, line["purpose"]) if w.r.random() < 0.8 else line["purpose"])


@kind(6)
def equal_payments_for_two_invoices(w: World) -> None:
    buyer = w.firm()
    first = w.invoice(buyer, day=TODAY)
    second = w.invoice(buyer, amount=first.amount, day=TODAY)
    for v in (first, second):
        w.pay(buyer, v.due, purpose(w, v, core=reference(w, v, "full")), auto((v, v.due)), account=buyer.accounts[0])


@kind(4)
def equal_payments_without_numbers(w: World) -> None:
    buyer = w.firm()
    first = w.invoice(buyer)
    w.invoice(buyer, amount=first.amount)
    for _ in range(2):
        text = f"Оплата за товар. {vat_clause(w, first.due, first.rate)}"
        w.pay(buyer, first.amount, text, ask(note="which of the two?"), day=TODAY, account=buyer.accounts[0])


@kind(5)
def document_number_used_again(w: World) -> None:
    """The same document number on another day, or for another sum: two genuine payments."""
    buyer = w.firm()
    number = str(w.r.randrange(1, 999))
    if w.r.random() < 0.5:
        early = TODAY.replace(day=TODAY.day - 9)
        a = w.invoice(buyer, day=early)
        b = w.invoice(buyer, amount=a.amount, day=early)
        days = (TODAY.replace(day=TODAY.day - 7), TODAY)
    else:
        a, b = w.invoice(buyer), w.invoice(buyer)
        days = (TODAY, TODAY)
    for v, day in zip((a, b), days, strict=True):
        text = purpose(w, v, core=reference(w, v, "full"))
        w.pay(buyer, v.due, text, auto((v, v.due)), day=day, doc_no=number, account=buyer.accounts[0])


@kind(6)
def paid_twice_by_mistake(w: World) -> None:
    """Another document for the invoice that the first one has paid.

    Where a person was asked about the first one, nothing is paid yet, and the second may take its place.
    """
    v = w.one()
    day = max(v.day, TODAY.replace(day=9))
    w.pay(v.buyer, v.due, purpose(w, v, core=reference(w, v, "full"), parts=(papers,)), auto((v, v.due)), day=day)
    text = purpose(w, v, core=reference(w, v, "full"), parts=())
    verdict = ask(
        note="nothing left to pay, unless the first one waits for a person", tolerated=True, alt=[[(v, v.due)]]
    )
    w.pay(v.buyer, v.due, text, verdict, day=TODAY)
