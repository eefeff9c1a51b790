"""Acquirer, post and lender paying out for many buyers at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.matching.noise.catalogue import kind
from tests.matching.noise.grammar import money
from tests.matching.noise.world import TODAY, Invoice, Verdict, World, ask, in_full

_KEYS = {"acquirer": "order", "post": "track", "loan": "loan"}
_TEXTS = {
    "acquirer": (
        "Перевод средств по договору эквайринга, реестр {n} от {d}, комиссия {f}. НДС не облагается",
        "Зачисление по операциям с картами за {d}. Реестр №{n} на сумму {g}, удержано {f}",
        "Расчёты с ТСП по реестру операций N {n} от {d} (оборот {g}; комиссия {f}) Без НДС",
        "//РЕЕСТР//{n}//{d}//Возмещение СБП и карты, за вычетом комиссии {f}",
    ),
    "post": (
        "Перечисление наложенного платежа, реестр {n} от {d}, сумма {g}, плата за пересылку {f}",
        "Наложенные платежи за {d}, реестр № {n}. НДС не облагается",
        "НП по реестру №{n} от {d} ({k} отправлений), удержано {f}",
    ),
    "loan": (
        "Перечисление кредитных средств покупателей, реестр {n} от {d}. НДС не облагается",
        "Оплата товара за счёт кредитов физ.лиц по реестру № {n} от {d}, комиссия {f}",
    ),
}


def _sold(w: World, source: str, least: int = 2, most: int = 9) -> list[Invoice]:
    made = [w.invoice(w.buyer(w.r.choice(("fl", "fl", "fl", "ip")))) for _ in range(w.r.randrange(least, most))]
    for v in made:
        if source == "post":
            v.track = f"{w.r.randrange(10**13, 10**14)}"
        if source == "loan":
            v.loan_no = f"{60_000_000 + 17 * len(w.invoices) + int(v.id[1:]) % 17 + 1000 * made.index(v)}"
    return made


def _key(source: str, v: Invoice) -> str:
    value = {"acquirer": v.order_no, "post": v.track, "loan": v.loan_no}[source]
    return f"{_KEYS[source]}:{value}"


def _lines(source: str, vs: list[Invoice]) -> list[tuple[str, int]]:
    return [(_key(source, v), v.due) for v in vs]


def _day(w: World, vs: list[Invoice]) -> date:
    return min(max(v.day for v in vs) + timedelta(days=w.r.randrange(1, 3)), TODAY)


def _pay_out(
    w: World,
    source: str,
    registry: dict[str, Any],
    verdict: Verdict,
    *,
    net: int = 0,
    number: str = "",
    day: date | None = None,
) -> None:
    quoted = day or date.fromisoformat(registry["date"])
    text = w.r.choice(_TEXTS[source]).format(
        n=number or registry["number"],
        d=f"{quoted:{w.r.choice(('%d.%m.%Y', '%d.%m.%Y', '%d.%m.%y'))}}",
        g=money(w, registry["gross"], "{r}.{k:02d}"),
        f=money(w, registry["fee"], "{r}.{k:02d}"),
        k=len(registry["lines"]),
    )
    arrival = min(date.fromisoformat(registry["date"]) + timedelta(days=w.r.randrange(2)), TODAY)
    w.pay(w.partner(source), net or registry["net"], text, verdict, day=arrival)


def _honest(w: World, source: str) -> tuple[list[Invoice], dict[str, Any]]:
    vs = _sold(w, source)
    return vs, w.registry(source, _lines(source, vs), day=_day(w, vs))


@kind(7)
def acquirer_pays_out(w: World) -> None:
    vs, registry = _honest(w, "acquirer")
    _pay_out(w, "acquirer", registry, in_full(vs))


@kind(6)
def post_pays_out(w: World) -> None:
    vs, registry = _honest(w, "post")
    _pay_out(w, "post", registry, in_full(vs))


@kind(6)
def lender_pays_out(w: World) -> None:
    vs, registry = _honest(w, "loan")
    _pay_out(w, "loan", registry, in_full(vs))


@kind(5)
def lender_lists_loans(w: World) -> None:
    vs = _sold(w, "loan", 1, 6)
    form = w.r.choice(
        ("Кредитные средства по заявкам №№ {l}", "Перечисление по кред. договорам {l} за товар", "Опл. по заявке {l}")
    )
    listed = w.r.choice((", ", "; ", ",", " и ")).join(v.loan_no for v in vs)
    w.pay(w.partner("loan"), sum(v.due for v in vs), form.format(l=listed) + ". НДС не облагается", in_full(vs))


@kind(3)
def lender_lists_loans_other_sum(w: World) -> None:
    vs = _sold(w, "loan", 2, 5)
    text = f"Кредитные средства по заявкам {', '.join(v.loan_no for v in vs)}. Без НДС"
    amount = sum(v.due for v in vs) - w.r.choice((1, 9900, vs[0].due // 3))
    w.pay(w.partner("loan"), amount, text, ask(note="loans listed, another sum"), day=TODAY)


@kind(4)
def payout_of_another_sum(w: World) -> None:
    source = w.r.choice(tuple(_TEXTS))
    _, registry = _honest(w, source)
    net = registry["net"] + w.r.choice((-1, 1, -10_000, registry["fee"] or 100))
    _pay_out(w, source, registry, ask(note="not the registry's net"), net=net)


@kind(3)
def payout_of_gross(w: World) -> None:
    """The gross arrives although the registry says a fee is kept."""
    source = w.r.choice(tuple(_TEXTS))
    vs = _sold(w, source)
    registry = w.registry(source, _lines(source, vs), day=_day(w, vs), fee=w.r.randrange(100, 9000))
    _pay_out(w, source, registry, ask(note="gross instead of net"), net=registry["gross"])


@kind(3)
def payout_of_unknown_number(w: World) -> None:
    source = w.r.choice(tuple(_TEXTS))
    _, registry = _honest(w, source)
    _pay_out(w, source, registry, ask(note="no registry of this number"), number=f"{w.r.randrange(90_000, 99_999)}")


@kind(3)
def payout_of_another_number(w: World) -> None:
    """The text names one registry, the sum is another's."""
    source = w.r.choice(tuple(_TEXTS))
    _, named = _honest(w, source)
    _, meant = _honest(w, source)
    _pay_out(w, source, named, ask(note="number of one, sum of another"), net=meant["net"])


@kind(3)
def payout_of_another_date(w: World) -> None:
    source = w.r.choice(tuple(_TEXTS))
    vs, registry = _honest(w, source)
    verdict = ask(*((v, v.due) for v in vs), tolerated=True, note="date of the registry differs")
    _pay_out(w, source, registry, verdict, day=date.fromisoformat(registry["date"]) - timedelta(days=1))


@kind(4)
def payout_without_number(w: World) -> None:
    vs, registry = _honest(w, "acquirer")
    verdict = ask(*((v, v.due) for v in vs), tolerated=True, note="sum and date fit one registry")
    day = date.fromisoformat(registry["date"])
    text = f"Возмещение по эквайрингу за {day:%d.%m.%Y}. НДС не облагается"
    w.pay(w.partner("acquirer"), registry["net"], text, verdict, day=day)


@kind(3)
def payout_with_doubled_line(w: World) -> None:
    source = w.r.choice(tuple(_TEXTS))
    vs = _sold(w, source)
    lines = _lines(source, vs)
    registry = w.registry(source, [*lines, lines[0]], day=_day(w, vs))
    _pay_out(w, source, registry, ask(note="one sale twice in the registry"))


@kind(3)
def payout_with_paid_invoice(w: World) -> None:
    source = w.r.choice(tuple(_TEXTS))
    vs = _sold(w, source)
    lines = _lines(source, vs)
    vs[-1].due, vs[-1].status = 0, "paid"
    registry = w.registry(source, lines, day=_day(w, vs))
    _pay_out(w, source, registry, ask(note="a paid invoice inside"))


@kind(3)
def payout_with_unknown_sale(w: World) -> None:
    source = w.r.choice(tuple(_TEXTS))
    vs = _sold(w, source)
    unknown = {"order": "3999001", "track": "19999999999999", "loan": "59999999"}[_KEYS[source]]
    registry = w.registry(source, [*_lines(source, vs), (f"{_KEYS[source]}:{unknown}", 123_400)], day=_day(w, vs))
    verdict = ask(*((v, v.due) for v in vs), tolerated=True, note="a line of no invoice")
    _pay_out(w, source, registry, verdict)


@kind(3)
def payout_with_short_line(w: World) -> None:
    """One sale was refunded in part: its line is less than the invoice."""
    source = w.r.choice(tuple(_TEXTS))
    vs = _sold(w, source)
    shares = [(vs[0], vs[0].due // 2), *((v, v.due) for v in vs[1:])]
    registry = w.registry(source, [(_key(source, v), k) for v, k in shares], day=_day(w, vs))
    _pay_out(w, source, registry, ask(*shares, tolerated=True, note="a line short of its invoice"))


@kind(2)
def payout_paid_twice(w: World) -> None:
    vs, registry = _honest(w, "acquirer")
    _pay_out(w, "acquirer", registry, in_full(vs))
    text = f"Перевод средств по договору эквайринга, реестр {registry['number']}. НДС не облагается"
    w.pay(w.partner("acquirer"), registry["net"], text, ask(note="this registry is used up"), day=TODAY)


@kind(2)
def partner_pays_something_else(w: World) -> None:
    _honest(w, "acquirer")
    text = w.r.choice(
        ("Возврат излишне удержанной комиссии", "Вознаграждение за привлечение клиентов", "Кэшбэк по договору")
    )
    w.pay(w.partner("acquirer"), 100 * w.r.randrange(500, 90_000), text, ask(note="no payout"), day=TODAY)


@kind(5)
def marketplace_pays_out(w: World) -> None:
    """A marketplace that is no configured partner; the sum fits an order by chance."""
    v = w.one("ip")
    market = w.buyer("ul")
    text = w.r.choice((
        "Перечисление за реализованный товар по отчету {n} за период 01.11.2026-15.11.2026",
        "Оплата по договору ИР-{n}/26 за товары, отчет о реализации № {n}", "Выплата продавцу, оферта, реестр {n}",
    ))  # fmt: skip
    w.pay(
        market,
        v.due,
        text.format(n=v.counter),
        ask(note="not our partner"),
        day=TODAY,
        name="ООО «Интернет Решения Маркет»",
    )
