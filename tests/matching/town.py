"""A town of buyers with every habit we know of: invoices in many number forms, payments with the answer they deserve.

Unlike the tables of purposes, texts and sums are drawn by a seed; unlike the shared generator, the situations are our
own. `expected` is what the money is for; `automatic` whether the matcher may say so without a person.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from gateway.core.money import Money
from gateway.matching.facts import PaymentIn
from gateway.matching.index import InvoiceCard, card

TODAY = date(2026, 11, 21)
FORMS = (
    "{c}", "{c:06d}", "СФ-{c:06d}", "УТ-{c}/{y}", "З-{c}", "BIT{c}", "0000-{c:06d}", "{c}/{y}", "{y}-{c:05d}",
    "ИП-{c}", "{c}-РМ", "00УТ-{c:06d}", "МСК00-{c:06d}", "INV-{c:05d}", "Р{c:05d}", "К-{c}/1",
)  # fmt: skip
SURNAMES = ("Абрамов", "Белов", "Власов", "Громов", "Дёмин", "Ершов", "Жуков", "Зимин")
NAMES = ("Артём", "Борис", "Виктор", "Глеб", "Денис", "Егор")
FATHERS = ("Львович", "Ильич", "Олегович", "Петрович", "Семёнович")
LIKE = dict(zip("АВСЕНКМОРТХУасеорху", "ABCEHKMOPTXYaceopxy", strict=True))


@dataclass(frozen=True)
class Buyer:
    id: str
    kind: str
    name: str
    inn: str
    account: str


@dataclass(frozen=True)
class Expected:
    """What a payment is really for."""

    situation: str
    automatic: bool
    allocations: dict[str, int]


@dataclass
class Town:
    """Invoices, payments in order, and what is expected of each payment."""

    rng: random.Random
    invoices: dict[str, InvoiceCard] = field(default_factory=dict)
    payments: list[PaymentIn] = field(default_factory=list)
    expected: dict[str, Expected] = field(default_factory=dict)
    counter: int = 100
    people: int = 0

    def buyer(self, kind: str = "") -> Buyer:
        self.people += 1
        kind = kind or self.rng.choice(["ul", "ul", "ip"])
        person = f"{self.rng.choice(SURNAMES)} {self.rng.choice(NAMES)} {self.rng.choice(FATHERS)}"
        name = {"ul": f"ООО «Фирма {self.rng.choice(SURNAMES)}-{self.people}»", "ip": f"ИП {person}", "fl": person}[
            kind
        ]
        inn = {"ul": f"77{self.people:08d}", "ip": f"52{self.people:010d}", "fl": ""}[kind]
        account = {"ul": "40702", "ip": "40802", "fl": "40817"}[kind] + f"{self.people:015d}"
        return Buyer(f"b{self.people}", kind, name, inn, account)

    def invoice(self, buyer: Buyer, kopecks: int = 0, state: str = "open", form: str = "", ago: int = 0) -> InvoiceCard:
        self.counter += self.rng.choice([1, 1, 2, 3])
        on = TODAY - timedelta(days=ago or self.rng.randrange(8, 60))
        amount = Money(kopecks or self.rng.randrange(200_000, 50_000_000))
        number = (form or self.rng.choice(FORMS)).format(c=self.counter, y=on.year % 100)
        made = card(
            f"i{len(self.invoices)}", number, on, amount, amount if state == "open" else Money(0), state,
            buyer_id=buyer.id, buyer_kind=buyer.kind, buyer_name=buyer.name, buyer_inn=buyer.inn,
            order_no=str(500_000 + 3 * len(self.invoices)),
        )  # fmt: skip
        self.invoices[made.id] = made
        return made

    def pay(
        self,
        situation: str,
        payer: Buyer,
        kopecks: int,
        purpose: str,
        automatic: bool,
        *cards: InvoiceCard,
        **also: str,
    ) -> None:
        """`cards` get their rests as far as the money goes."""
        left, given = kopecks, {}
        for each in cards:
            given[each.id] = min(left, each.amount.kopecks)
            left -= given[each.id]
        number = len(self.payments)
        self.payments.append(
            PaymentIn(
                f"p{number}", "40702", also.get("name", payer.name), also.get("inn", payer.inn), "",
                also.get("account", payer.account), Money(kopecks), purpose[:210], str(number + 1), TODAY, TODAY,
            )
        )  # fmt: skip
        self.expected[f"p{number}"] = Expected(situation, automatic, given)

    def date(self, of: InvoiceCard) -> str:
        return self.rng.choice([f"{of.date:%d.%m.%Y}", f"{of.date:%d.%m.%y}г.", f"{of.date.day}.{of.date:%m.%Y}"])

    def vat(self, kopecks: int) -> str:
        rest = f"{kopecks * 22 // 122 // 100}-{kopecks % 100:02d}"
        return self.rng.choice(["Без НДС", f"В т.ч. НДС 22% - {rest} руб.", f"НДС(22%) {rest}", "НДС не облагается."])

    def text(self, of: InvoiceCard) -> str:
        n, d, v = of.number, self.date(of), self.vat(of.amount.kopecks)
        return self.rng.choice(
            [f"Оплата по счету № {n} от {d}. {v}", f"сч.{n} от {d}", f"{v} За товар по сч. {n}", f"Опл. счета {n}, {v}"]
        )


Situation = Callable[[Town], None]


def paid(t: Town) -> None:
    b = t.buyer()
    v, _ = t.invoice(b), t.invoice(b)
    t.pay("paid", b, v.amount.kopecks, t.text(v), True, v)


def several(t: Town) -> None:
    b = t.buyer()
    cards = [t.invoice(b) for _ in range(t.rng.randrange(2, 5))]
    listed = t.rng.choice([", ", " и ", "; "]).join(v.number for v in cards)
    t.pay("several", b, sum(v.amount.kopecks for v in cards), f"Оплата по счетам № {listed}", True, *cards)


def with_sums(t: Town) -> None:
    b = t.buyer()
    cards = [t.invoice(b) for _ in range(t.rng.randrange(2, 4))]
    listed = ", ".join(f"сч. {v.number} - {v.amount.decimal_text()} руб" for v in cards)
    t.pay("with_sums", b, sum(v.amount.kopecks for v in cards), listed, True, *cards)


def range_of(t: Town) -> None:
    b, form = t.buyer(), t.rng.choice(["{c}", "СФ-{c:06d}", "УТ-{c}/{y}"])
    cards = [t.invoice(b, form=form, ago=20) for _ in range(t.rng.randrange(2, 5))]
    how = t.rng.choice(["с {} по {}", "{} - {}"]).format(cards[0].number, cards[-1].number)
    t.pay("range", b, sum(v.amount.kopecks for v in cards), f"Оплата по счетам {how}", True, *cards)


def balance(t: Town) -> None:
    b = t.buyer()
    cards = [t.invoice(b) for _ in range(t.rng.randrange(2, 5))]
    t.pay("balance", b, sum(v.amount.kopecks for v in cards), "Погашение задолженности по акту сверки", True, *cards)


def unique(t: Town) -> None:
    b = t.buyer()
    v, _ = t.invoice(b), t.invoice(b)
    t.pay("unique", b, v.amount.kopecks, f"Оплата за товар. {t.vat(v.amount.kopecks)}", True, v)


def by_order(t: Town) -> None:
    b = t.buyer()
    v, _ = t.invoice(b), t.invoice(b)
    t.pay("by_order", b, v.amount.kopecks, f"Оплата заказа № {v.order_no}", True, v)


def instalments(t: Town) -> None:
    b = t.buyer()
    v, _ = t.invoice(b), t.invoice(b)
    first = v.amount.kopecks * t.rng.choice([30, 45, 60]) // 100
    t.pay("instalment", b, first, f"Частичная оплата по счету {v.number} от {t.date(v)}", True, v)
    rest = v.amount.kopecks - first
    t.pay("instalment", b, rest, f"Доплата по счету {v.number} от {t.date(v)}", True, v)
    t.expected[t.payments[-1].id] = Expected("instalment", True, {v.id: rest})


def over(t: Town) -> None:
    b = t.buyer()
    v, _ = t.invoice(b), t.invoice(b)
    t.pay("over", b, v.amount.kopecks + 12_345, t.text(v), True, v)


def named(t: Town) -> None:
    b, x = t.buyer(), t.buyer(t.rng.choice(["ul", "fl"]))
    v = t.invoice(b)
    who = t.rng.choice(["за {} ИНН {}", "за {} (ИНН {})", "по поручению {}, ИНН {}"]).format(b.name, b.inn)
    t.pay("named", x, v.amount.kopecks, f"Оплата {who} по счету {v.number}", True, v)


def person(t: Town) -> None:
    b = t.buyer("fl")
    v, _ = t.invoice(b), t.invoice(b)
    if t.rng.random() < 0.5:
        t.pay("person", b, v.amount.kopecks, f"Счет {v.number}", True, v)
        return
    name = f"ПАО СБЕРБАНК//{b.name.upper()}//РОССИЯ, Г МОСКВА, УЛ МИРА, Д 5//"
    text = f"ЗА 20/11/2026;ФИО: {b.name.upper()};СЧЕТ № {v.number};"
    t.pay("person", b, v.amount.kopecks, text, True, v, name=name, inn="7728168971", account="30232810000000000001")


def decoys(t: Town) -> None:
    b = t.buyer()
    v, w = t.invoice(b), t.invoice(b)
    text = f"По договору {w.counter} от 01.02.2026, УПД {w.counter}, счет № {v.number} от {t.date(v)}, д. {w.counter}"
    t.pay("decoys", b, v.amount.kopecks, text, True, v)


def stranger(t: Town) -> None:
    b, x = t.buyer(), t.buyer()
    v, _ = t.invoice(b), t.invoice(x)
    t.pay("stranger", x, v.amount.kopecks, t.rng.choice([t.text(v), f"За {b.name} счет {v.number}"]), False, v)


def other_number(t: Town) -> None:
    b, x = t.buyer(), t.buyer()
    v, w = t.invoice(b), t.invoice(x)
    t.pay("other_number", b, t.rng.choice([v, w]).amount.kopecks, t.text(w), False)


def other_sum(t: Town) -> None:
    b = t.buyer()
    v, w = t.invoice(b), t.invoice(b)
    t.pay("other_sum", b, w.amount.kopecks, f"Оплата по счету {v.number}", False)


def dead(t: Town) -> None:
    b = t.buyer()
    v = t.invoice(b, state=t.rng.choice(["paid", "cancelled"]))
    t.invoice(b, kopecks=v.amount.kopecks if t.rng.random() < 0.5 else 0)
    t.pay("dead", b, v.amount.kopecks, t.text(v), False)


def twins(t: Town) -> None:
    b = t.buyer()
    v = t.invoice(b)
    t.invoice(b, kopecks=v.amount.kopecks)
    t.pay("twins", b, v.amount.kopecks, "Оплата за товар", False)


def subset(t: Town) -> None:
    b = t.buyer()
    cards = [t.invoice(b) for _ in range(3)]
    t.pay("subset", b, cards[0].amount.kopecks + cards[1].amount.kopecks, "Оплата за товар", False)


def part_of_person(t: Town) -> None:
    b = t.buyer("fl")
    v = t.invoice(b)
    t.pay("part_of_person", b, v.amount.kopecks // 2, f"Частичная оплата счета {v.number}", False)


def tiny(t: Town) -> None:
    b = t.buyer()
    v = t.invoice(b)
    t.pay("tiny", b, v.amount.kopecks // 50, f"{t.text(v)} оплачено полностью", False)


def no_sale(t: Town) -> None:
    b = t.buyer()
    v = t.invoice(b)
    words = t.rng.choice(
        ["Возврат по п/п № {} от {}", "Возврат аванса, счет {} от {}", "Займ по договору {}, {}", "Пени, счет {} {}",
         "Ошибочно перечислено по счету {} от {}", "Проценты по договору {} от {}", "Субсидия, соглашение {} от {}",
         "Обеспечение контракта {} от {}", "Агентское вознаграждение по отчету {} от {}", "Аванс по договору {} от {}",
         "Собственные средства, счет {} от {}", "Аренда по договору {} от {}", "Страховая выплата {} от {}"]
    )  # fmt: skip
    t.pay("no_sale", b, v.amount.kopecks, words.format(v.number, t.date(v)), False)


SITUATIONS: tuple[Situation, ...] = (
    paid, several, with_sums, range_of, balance, unique, by_order, instalments, over, named, person, decoys,
    stranger, other_number, other_sum, dead, twins, subset, part_of_person, tiny, no_sale,
)  # fmt: skip


def build(seed: int, rounds: int) -> Town:
    """A town where every situation happened `rounds` times, in an order drawn by the seed."""
    town = Town(random.Random(seed))
    for _ in range(rounds):
        for situation in town.rng.sample(SITUATIONS, len(SITUATIONS)):
            situation(town)
    return town


def slips(rng: random.Random, text: str, count: int) -> str:
    """Up to `count` words of Cyrillic letters get a slip: neighbours swapped, a letter lost or doubled.

    The letters at either end of a word stay, and so does everything that is no such word.
    """
    words = text.split(" ")
    places = [i for i, w in enumerate(words) if len(w) > 3 and w.isalpha() and ord(w[0]) > 0x400]
    for place in rng.sample(places, min(count, len(places))):
        word = words[place]
        i = rng.randrange(1, len(word) - 2)
        swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        words[place] = rng.choice([swapped, word[:i] + word[i + 1 :], word[: i + 1] + word[i:]])
    return " ".join(words)[:210]


def noise(rng: random.Random, text: str) -> str:
    """One of: slips of the pen, Latin lookalikes, capitals, small letters, stray spaces, nothing."""
    what = rng.randrange(6)
    if what == 0:
        return slips(rng, text, rng.randrange(1, 5))
    if what == 1:
        return "".join(LIKE.get(c, c) if rng.random() < 0.4 else c for c in text)
    if what == 2:
        return text.upper()
    if what == 3:
        return text.lower()
    if what == 4:
        return text.replace(" ", "\u00a0" if rng.random() < 0.5 else "  ")[:210]
    return text
