"""Who pays: branches, new names, third parties, sole traders and individuals."""

from __future__ import annotations

from tests.matching.noise.catalogue import kind
from tests.matching.noise.grammar import date_form, number_form, purpose, reference, sentence, vat_clause
from tests.matching.noise.people import BANKS, Account, Party, full_name, initials, tax_number
from tests.matching.noise.world import TODAY, Invoice, World, ask, auto


def _for_buyer(w: World, v: Invoice, who: str) -> str:
    text = w.r.choice(
        ("Оплата за {w} {c}", "За {w}: {c}", "Оплата {c} за {w}", "Опл. за {w}, {c}", "{c} (платёж за {w})")
    )
    return f"{text.format(w=who, c=reference(w, v))}. {vat_clause(w, v.due, v.rate)}"


def _with_tax_number(w: World, buyer: Party) -> str:
    plain = buyer.name.replace("«", '"').replace("»", '"')
    form = w.r.choice(("{n} ИНН {i}", "{n} (ИНН {i})", "{n}, ИНН: {i}", "{n} ИНН{i}", "{n} ИНН/КПП {i}/{k}"))
    return form.format(n=w.r.choice((buyer.name, plain, plain.upper())), i=buyer.inn, k=buyer.kpp or "0")


@kind(14)
def third_party_with_tax_number(w: World) -> None:
    v = w.one()
    w.pay(w.firm(), v.due, _for_buyer(w, v, _with_tax_number(w, v.buyer)), auto((v, v.due)))


@kind(5)
def third_party_with_the_same_number_open(w: World) -> None:
    """Whoever pays for another has an open invoice of the same counter and sum himself."""
    v = w.one(series="letters")
    payer = w.firm()
    w.invoice(payer, series=w.free_series(v.counter, TODAY.year), counter=v.counter, amount=v.amount, day=TODAY)
    text = f"Оплата за {_with_tax_number(w, v.buyer)} {reference(w, v, 'full')}. {vat_clause(w, v.due, v.rate)}"
    w.pay(payer, v.due, text, auto((v, v.due)))


@kind(5)
def consignee_named(w: World) -> None:
    """The buyer pays himself; another company only receives the goods."""
    v = w.one()
    other = w.buyer("ul")
    text = f"Оплата {reference(w, v)}, грузополучатель {_with_tax_number(w, other)}. {vat_clause(w, v.due, v.rate)}"
    w.pay(v.buyer, v.due, text, auto((v, v.due)))


@kind(8)
def third_party_without_tax_number(w: World) -> None:
    v = w.one("ul")
    who = w.r.choice((v.buyer.name, v.buyer.core, v.buyer.long_form, "третье лицо", "дочернюю компанию"))
    w.pay(w.firm(), v.due, _for_buyer(w, v, who), ask((v, v.due), note="buyer named without ИНН"))


@kind(8)
def another_buyers_invoice(w: World) -> None:
    """A known customer quotes an invoice that was made out to somebody else."""
    v = w.one()
    payer = w.firm()
    w.around(payer)
    text = purpose(w, v, core=reference(w, v, "full"), parts=())
    w.pay(payer, v.due, text, ask((v, v.due), note="another buyer's invoice, nobody named"))


@kind(4)
def third_party_with_a_wrong_tax_number(w: World) -> None:
    """`за ... ИНН` names somebody who has no such invoice."""
    v = w.one()
    named = w.firm()
    w.invoice(named)
    w.pay(
        w.firm(),
        v.due,
        _for_buyer(w, v, _with_tax_number(w, named)),
        ask((v, v.due), note="the ИНН named is not the buyer's"),
    )


@kind(5)
def director_pays_for_firm(w: World) -> None:
    v = w.one("ul")
    director = w.buyer("fl")
    named = w.r.random() < 0.5
    who = _with_tax_number(w, v.buyer) if named else v.buyer.name
    verdict = auto((v, v.due)) if named else ask((v, v.due), note="a person pays for a firm named without ИНН")
    w.pay(director, v.due, _for_buyer(w, v, who), verdict)


@kind(8)
def branch_with_its_own_kpp(w: World) -> None:
    v = w.one("ul")
    kpp = f"{w.r.randrange(1000, 9999)}43{w.r.randrange(1, 99):03d}"
    name = f"{w.r.choice(('Филиал', 'Обособленное подразделение', 'ФИЛИАЛ'))} {v.buyer.name} в г. Казань"
    w.pay(v.buyer, v.due, purpose(w, v), auto((v, v.due)), name=name, kpp=kpp)


@kind(7)
def renamed_company(w: World) -> None:
    v = w.one("ul")
    name = f"ООО «{w.r.choice(('Новые решения', 'Прогресс', 'Мебельград', 'УК Север'))}»"
    w.pay(v.buyer, v.due, purpose(w, v), auto((v, v.due)), name=name)


@kind(5)
def own_tax_number_mistyped(w: World) -> None:
    """The text gives the payer's own ИНН with a slip; the field of the bank gives it right."""
    v = w.one("ul")
    slip = v.buyer.inn[:4] + v.buyer.inn[5] + v.buyer.inn[4] + v.buyer.inn[6:]
    text = f"Оплата {reference(w, v)} ({v.buyer.name} ИНН {slip}). {vat_clause(w, v.due, v.rate)}"
    verdict = auto((v, v.due)) if slip == v.buyer.inn else ask((v, v.due), tolerated=True, note="two ИНН")
    w.pay(v.buyer, v.due, text, verdict)


@kind(5)
def no_tax_number_but_known_account(w: World) -> None:
    v = w.one("ul")
    v.known_accounts = (v.buyer.accounts[0].number,)
    verdict = ask((v, v.due), tolerated=True, note="known by account only")
    w.pay(v.buyer, v.due, purpose(w, v), verdict, inn="", kpp="", account=v.buyer.accounts[0])


@kind(8)
def sole_trader_in_other_forms(w: World) -> None:
    v = w.one("ip")
    name = w.r.choice(
        (
            f"Индивидуальный предприниматель {initials(v.buyer.core)}",
            f"{v.buyer.core} (ИП)",
            f"ИП {initials(v.buyer.core, 1)}",
            v.buyer.core.upper(),
            f"ГЛАВА КФХ {v.buyer.core.upper()}",
            f"И.П. {v.buyer.core}",
        )
    )
    w.pay(v.buyer, v.due, purpose(w, v), auto((v, v.due)), name=name)


@kind(5)
def sole_trader_from_private_account(w: World) -> None:
    """The trader pays from a private account; where the bank gives the ИНН it is the same."""
    v = w.one("ip")
    private = Account(f"408178109{w.r.randrange(10**10, 10**11)}", *BANKS[2][:2])
    given = w.r.random() < 0.5
    verdict = (
        auto((v, v.due)) if given else ask((v, v.due), tolerated=True, note="no ИНН; a person of the trader's name")
    )
    inn = v.buyer.inn if given else ""
    w.pay(v.buyer, v.due, purpose(w, v, parts=()), verdict, name=v.buyer.core, inn=inn, account=private)


@kind(5)
def factor_pays(w: World) -> None:
    v = w.one("ul")
    form = w.r.choice(
        ("Финансирование по договору факторинга №{n} {c} дебитор {w}", "Оплата за {w} по дог.факторинга {n}, {c}")
    )
    text = form.format(n=w.decoy(v.buyer), c=reference(w, v), w=v.buyer.name)
    w.pay(
        w.buyer("ul"),
        v.due * w.r.choice((80, 90, 100)) // 100,
        text,
        ask(note="a factor pays, nobody named with ИНН"),
        day=TODAY,
    )


@kind(4)
def claim_ceded(w: World) -> None:
    v = w.one("ul")
    contract = f"по договору уступки права требования (цессии) № {w.decoy(v.buyer)}"
    text = f"Оплата {contract}, долг {v.buyer.name} {reference(w, v)}"
    w.pay(w.buyer("ul"), v.due, text, ask((v, v.due), note="a new creditor, nobody named with ИНН"))


# ---- individuals


def _private_text(w: World, v: Invoice) -> str:
    n = number_form(w, v, w.r.choice(("full", "full", "short", "light")))
    return w.r.choice(
        (
            f"счет {n}",
            f"Оплата счета {n} {date_form(w, v.day)}",
            f"сч. № {n}",
            f"за мебель счёт {n}",
            f"Оплата по счету {n}",
            f"оплата по счету №{n}, без НДС",
            f"счет №{n} НДС не облагается",
            f"Платеж по счету N{n} за кухню",
        )
    )


def _transit(w: World, name: str) -> tuple[str, str, Account]:
    """Payer's name, ИНН and account when a bank pays for a person."""
    bik, bank, inn = w.r.choice(BANKS)
    shown = w.r.choice((name, name.upper(), name.upper().replace("Ё", "Е"), name.replace(" ", "  ")))
    address = w.r.choice(
        ("Россия, г Бор, ул Мира, д 4, кв 17", "606000,РФ,ДЗЕРЖИНСК,ГАЙДАРА 61-8", "", "РОССИЯ г.Кстово")
    )
    form = w.r.choice(("{b}//{n}//{a}//", "{b} //{n}// {a}//", "{b}//{n}//{a}"))
    return form.format(b=bank, n=shown, a=address), inn, Account(f"30232810{w.r.randrange(10**11, 10**12)}", bik, bank)


def _pay_privately(
    w: World, v: Invoice, shown: str, verdict_auto: bool, note: str = "", *, text: str = "", amount: int = 0
) -> None:
    amount = amount or v.due
    name, inn, account = _transit(w, shown)
    verdict = auto((v, v.due)) if verdict_auto else ask((v, amount), note=note)
    w.pay(v.buyer, amount, text or _private_text(w, v), verdict, name=name, inn=inn, account=account)


@kind(14)
def person_through_bank(w: World) -> None:
    v = w.one("fl", 2)
    _pay_privately(w, v, v.buyer.name, True)


@kind(10)
def person_directly(w: World) -> None:
    v = w.one("fl", 2)
    w.pay(v.buyer, v.due, _private_text(w, v), auto((v, v.due)), name=w.r.choice((v.buyer.name, v.buyer.name.upper())))


@kind(4)
def person_with_tax_number(w: World) -> None:
    v = w.one("fl", 2)
    w.pay(v.buyer, v.due, _private_text(w, v), auto((v, v.due)), name=v.buyer.name, inn=tax_number(w.r, 12))


@kind(7)
def person_with_initials(w: World) -> None:
    v = w.one("fl", 2)
    _pay_privately(w, v, initials(v.buyer.name, w.r.randrange(3)), False, "initials do not identify")


@kind(4)
def person_named_in_text_only(w: World) -> None:
    v = w.one("fl", 2)
    _, inn, account = _transit(w, v.buyer.name)
    verdict = ask((v, v.due), tolerated=True, note="the name stands in the text, the bank is the payer")
    text = f"ОТ {v.buyer.name.upper()}; {_private_text(w, v)}"
    w.pay(v.buyer, v.due, text, verdict, name=account.bank, inn=inn, account=account)


@kind(5)
def namesakes_with_number(w: World) -> None:
    v = w.one("fl", 1)
    other = w.buyer("fl")
    other.name = other.core = other.long_form = v.buyer.name
    w.invoice(other)
    _pay_privately(w, v, v.buyer.name, True)


@kind(4)
def namesakes_with_equal_sums(w: World) -> None:
    """Two people of one name, one sum; no number."""
    v = w.one("fl", 1)
    other = w.buyer("fl")
    other.name = other.core = other.long_form = v.buyer.name
    w.invoice(other, amount=v.amount)
    _pay_privately(w, v, v.buyer.name, False, "which of the two?", text="Оплата по счету за мебель")


@kind(5)
def person_without_number(w: World) -> None:
    v = w.one("fl", 2)
    text = w.r.choice(("Перевод денежных средств", "оплата по счету", "за мебель", "Оплата товара, НДС не облагается"))
    _pay_privately(w, v, v.buyer.name, False, "a person needs the number", text=text)


@kind(5)
def person_with_another_sum(w: World) -> None:
    v = w.one("fl", 2)
    amount = v.due * w.r.choice((50, 90)) // 100
    _pay_privately(w, v, v.buyer.name, False, "a person needs the exact sum", amount=amount)


@kind(5)
def relative_pays(w: World) -> None:
    v = w.one("fl", 2)
    text = f"{_private_text(w, v)} за {w.r.choice((v.buyer.name, initials(v.buyer.name)))}"
    name = full_name(w.r)
    while name == v.buyer.name:
        name = full_name(w.r)
    _pay_privately(w, v, name, False, "another person pays", text=text)


@kind(4)
def stranger_without_anything(w: World) -> None:
    """A firm never seen, no number, a sum that fits somebody's invoice."""
    v = w.one()
    text = sentence(w, v.buyer, v.due, v.rate, "за товар по счету", parts=())
    w.pay(w.firm(), v.due, text, ask(note="unknown payer"), day=TODAY)
