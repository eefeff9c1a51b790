"""What a payment order must be before anybody is asked to sign it. Pure: the same draft and day, the same findings.

Sources: form 0401060 and the lengths of its fields by the Bank of Russia's rule 762-П; keys and control digits in
`gateway.core.requisites`; the fields of payments to the budget in `rules_tax`, VAT in `rules_vat`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from gateway.core import requisites
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.workdays import is_workday
from gateway.payments.outgoing.model import Finding, OrderDraft, OutgoingTerms, Payee
from gateway.payments.outgoing.rules_tax import is_budget, tax_findings
from gateway.payments.outgoing.rules_vat import add_vat, vat_findings

NAME_LIMIT = 160
PURPOSE_LIMIT = 210
DATE_WINDOW = timedelta(days=10)  # a bank takes an order within ten days of its date
_NUMBER = re.compile(r"(?!0+$)[0-9]{1,6}")
_LARGEST = Money(10**18 - 1)  # field 7: 18 digits, two of them kopecks
_CENTRAL_BANK = ("000", "001", "002")  # BIC 7–9 of the Bank of Russia's own branches: no correspondent account
_PERSON = ("40817", "40820", "423", "426")
_TRADER = "40802"
_COMPANY = ("405", "406", "407")


def complete(draft: OrderDraft, today: date) -> OrderDraft:
    """The draft as it will stand on paper: spaces tidied, zeros for "none" gone, date and VAT clause filled in."""
    payee = draft.payee
    purpose = _line(draft.purpose)
    if draft.kind == "ordinary":
        purpose = add_vat(purpose, draft.vat, draft.amount)
    return replace(
        draft,
        account=_compact(draft.account),
        payee=Payee(
            name=_line(payee.name),
            inn=_none(payee.inn),
            kpp=_none(payee.kpp).upper(),
            account=_compact(payee.account).upper(),
            bic=_compact(payee.bic),
            bank_name=_line(payee.bank_name),
            corr_account=_compact(payee.corr_account).upper(),
        ),
        purpose=purpose,
        number=draft.number.strip(),
        date=draft.date or today,
        uin=_none(draft.uin),
        source_id=draft.source_id.strip(),
    )


def validate(draft: OrderDraft, terms: OutgoingTerms, today: date) -> tuple[Finding, ...]:
    """What forbids the order, by field; empty when nothing does.

    Args:
        draft: as `complete` returns it.
        today: the business date.
    """
    return tuple(_errors(draft, terms, today))


def advise(draft: OrderDraft) -> tuple[Finding, ...]:
    """What a person should know of a valid draft, though nobody has to confirm it."""
    found = [*vat_findings(draft)]
    if draft.date is not None and not is_workday(draft.date):
        found.append(Finding("outgoing.not_workday", "date", {"date": draft.date.strftime("%d.%m.%Y")}))
    return tuple(found)


def _errors(draft: OrderDraft, terms: OutgoingTerms, today: date) -> Iterator[Finding]:
    if draft.amount <= Money.zero():
        yield Finding("outgoing.amount", "amount", {"amount": str(draft.amount)})
    elif draft.amount > _LARGEST:
        yield Finding("outgoing.amount_too_large", "amount", {"amount": str(draft.amount)})
    if draft.account not in terms.accounts:
        yield Finding("outgoing.account_unknown", "account", {"account": draft.account[:40]})
    elif not requisites.is_bic(terms.accounts[draft.account].bic):
        yield Finding("outgoing.own_bank", "account", {"account": draft.account})
    if draft.number and not _NUMBER.fullmatch(draft.number):
        yield Finding("outgoing.number", "number", {"number": draft.number[:40]})
    if draft.date is not None and abs(draft.date - today) > DATE_WINDOW:
        yield Finding("outgoing.date", "date", {"date": draft.date.strftime("%d.%m.%Y")})
    if not 1 <= draft.priority <= 5:
        yield Finding("outgoing.priority", "priority", {"priority": str(draft.priority)})
    if draft.uin:
        yield from _uin(draft.uin)
    yield from _payee(draft.payee)
    if draft.payee.account and draft.payee.account == draft.account:
        yield Finding("outgoing.own_account", "payee.account", {"account": draft.account})
    yield from _purpose(draft)
    yield from tax_findings(draft)


def _payee(payee: Payee) -> Iterator[Finding]:
    if not payee.name:
        yield Finding("outgoing.no_name", "payee.name")
    elif len(payee.name) > NAME_LIMIT:
        yield Finding("outgoing.name_long", "payee.name", {"length": str(len(payee.name)), "limit": str(NAME_LIMIT)})
    yield from _characters(payee.name, "payee.name")
    yield from _characters(payee.bank_name, "payee.bank_name")
    yield from _inn(payee)
    yield from _kpp(payee)
    if found := _asked(requisites.check_bic, "payee.bic", payee.bic):
        yield found
        return
    if found := _asked(requisites.check_account, "payee.account", payee.account, payee.bic, payee.corr_account):
        yield found
    if payee.corr_account:
        if found := _asked(requisites.check_correspondent, "payee.corr_account", payee.corr_account, payee.bic):
            yield found
    elif payee.bic[6:] not in _CENTRAL_BANK:
        yield Finding("outgoing.no_corr_account", "payee.corr_account", {"bic": payee.bic})


def _inn(payee: Payee) -> Iterator[Finding]:
    """ИНН by who holds the account: 40802 a sole trader, 40817 and its kin a person, 405–407 a company."""
    inn, account = payee.inn, payee.account
    if not inn:
        if not account.startswith(_PERSON):
            yield Finding("outgoing.no_inn", "payee.inn", {"account": account[:20]})
        return
    if len(inn) == 5:  # КИО of a foreign company
        if not (inn.isascii() and inn.isdigit() and inn.strip("0")):
            yield Finding("requisites.inn", "payee.inn", {"value": inn})
    elif found := _asked(requisites.check_inn, "payee.inn", inn):
        yield found
        return
    wanted = ""
    if account.startswith((*_PERSON, _TRADER)):
        wanted = "12"
    elif account.startswith(_COMPANY) or is_budget(account):
        wanted = "10"
    if wanted and len(inn) != int(wanted) and not (wanted == "10" and len(inn) == 5):
        values = {"inn": inn, "account": account, "digits": wanted}
        yield Finding("outgoing.inn_kind", "payee.inn", values)


def _kpp(payee: Payee) -> Iterator[Finding]:
    if payee.kpp and len(payee.inn) == 12:
        yield Finding("outgoing.kpp_of_person", "payee.kpp", {"kpp": payee.kpp[:20]})
    elif payee.kpp and (found := _asked(requisites.check_kpp, "payee.kpp", payee.kpp)):
        yield found


def _uin(uin: str) -> Iterator[Finding]:
    if len(uin) not in (20, 25):  # an index of four digits is for field 20 of other forms
        yield Finding("requisites.uin", "uin", {"value": uin[:40]})
    elif found := _asked(requisites.check_uin, "uin", uin):
        yield found


def _purpose(draft: OrderDraft) -> Iterator[Finding]:
    purpose = draft.purpose
    if not purpose:
        yield Finding("outgoing.no_purpose", "purpose")
        return
    if len(purpose) > PURPOSE_LIMIT:
        yield Finding("outgoing.purpose_long", "purpose", {"length": str(len(purpose)), "limit": str(PURPOSE_LIMIT)})
    yield from _characters(purpose, "purpose")


def _characters(text: str, about: str) -> Iterator[Finding]:
    """Only what the payment system's own character set (windows-1251, printable) can carry."""
    strange = sorted({c for c in text if not _carried(c)})
    if strange:
        shown = " ".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in strange[:10])
        yield Finding("outgoing.characters", about, {"characters": shown})


def _carried(character: str) -> bool:
    if not character.isprintable():
        return False
    try:
        character.encode("cp1251")
    except UnicodeEncodeError:
        return False
    return True


def _asked(check: Callable[..., str], about: str, *values: str) -> Finding | None:
    try:
        check(*values)
    except Refused as error:
        return Finding(error.code, about, {name: str(value) for name, value in error.values.items()})
    return None


def _line(text: str) -> str:
    return " ".join(text.split())


def _compact(text: str) -> str:
    return "".join(text.split())


def _none(text: str) -> str:
    """Requisites write "0" for none."""
    value = _compact(text)
    return "" if value == "0" else value
