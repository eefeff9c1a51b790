"""The morning the make-believe service starts with: open invoices, payments that explain themselves and some that
do not, pick lists at work, calls that are due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gui.api.fake.records import (
    AlarmRecord,
    Allocated,
    DeadRecord,
    Line,
    OrderRecord,
    PaymentRecord,
    PickRecord,
    PollRecord,
    Reason,
    TaskRecord,
)
from gui.api.fake.shop import ARTICLES, PURPOSES, buyers, dice

if TYPE_CHECKING:
    from gui.api.fake.world import World

OPEN_ORDERS = 64


def rubles(kopecks: int) -> str:
    return f"{kopecks // 100}-{kopecks % 100:02d}"


def orders(world: World) -> None:
    """Invoices 1001…: one order each, most of them unpaid."""
    people = buyers()
    for index in range(OPEN_ORDERS):
        rng = dice(f"order{index}")
        buyer = people[index % len(people)]
        number = str(1001 + index)
        small = rng.random() < 0.7
        picked = rng.sample(ARTICLES, rng.randint(1, 3) if small else rng.randint(3, 6))
        lines = [
            Line(f"{number}-{n}", article, rng.randint(1, 2) if small else rng.randint(2, 14))
            for n, article in enumerate(picked)
        ]
        day = (world.now() - timedelta(days=rng.randint(0, 9))).date()
        delivery = "pickup" if buyer.address == "самовывоз" or rng.random() < 0.4 else "delivery"
        world.orders[f"o-{number}"] = OrderRecord(f"o-{number}", number, day, buyer, lines, delivery)


def bulk(world: World, count: int) -> None:
    """`count` settled payments of the past: enough rows to scroll through."""
    people = buyers()
    rng = dice("bulk")
    start = world.now() - timedelta(hours=20)
    for index in range(count):
        buyer = people[rng.randrange(len(people))]
        amount = rng.randrange(90_000, 9_800_000)
        at = start - timedelta(minutes=index * 3, seconds=rng.randrange(60))
        number = str(900_000 - index)
        purpose = PURPOSES[index % len(PURPOSES)].format(
            number=number, date=f"{at:%d.%m.%Y}", vat=rubles(amount * 22 // 122)
        )
        roll = rng.random()
        state, outcome = ("auto", "allocated") if roll < 0.93 else ("manual", "allocated")
        if roll > 0.985:
            state, outcome = "not_ours", "other_income"
        payment = PaymentRecord(f"h-{index:06d}", at, buyer, amount, purpose, state, outcome)
        if state != "not_ours":
            payment.bulk_invoice = number
        world.payments[payment.id] = payment


class _Story:
    def __init__(self, world: World) -> None:
        self.world = world
        self.now = world.now()

    def order(self, number: int) -> OrderRecord:
        return self.world.orders[f"o-{number}"]

    def purpose(self, number: int, form: int = 0) -> str:
        order = self.order(number)
        return PURPOSES[form].format(number=number, date=f"{order.day:%d.%m.%Y}", vat=rubles(order.amount * 22 // 122))

    def payment(self, name: str, minutes: float, number: int, **values: object) -> PaymentRecord:
        order = self.order(number)
        given: dict[str, object] = {
            "payer": order.buyer,
            "amount": order.amount,
            "purpose": self.purpose(number),
            "state": "needs_person",
            "outcome": "unknown",
        }
        given.update(values)
        made = PaymentRecord(f"p-{name}", self.now - timedelta(minutes=minutes), **given)  # type: ignore[arg-type]
        made.history.append(
            (
                made.received_at,
                "Kvit",
                "Получено от банка, подпись проверена",
                "Received from the bank, signature verified",
            )
        )
        self.world.payments[made.id] = made
        return made

    def settled(self, name: str, minutes: float, number: int, form: int = 0) -> PaymentRecord:
        order = self.order(number)
        made = self.payment(
            name, minutes, number, state="auto", outcome="allocated", purpose=self.purpose(number, form)
        )
        made.reasons = [
            ("matching.number_quoted", f"номер счёта {number} назван", f"invoice {number} is named", str(number)),
            ("matching.sum_equal", "сумма сходится до копейки", "the sum agrees to the kopeck", None),
            ("matching.payer_inn", "ИНН плательщика — ИНН покупателя", "the payer's ИНН is the buyer's", None),
        ]
        made.sentence = (
            f"Разнесено на счёт {number}: номер, сумма и ИНН совпали.",
            f"Allocated to invoice {number}: number, sum and ИНН agree.",
        )
        at = made.received_at + timedelta(seconds=1)
        event = self.world.next_id("e")
        made.allocations.append(Allocated(self.world.next_id("a"), order.id, made.amount, "Kvit", at, event))
        made.event = event
        order.pay_state, order.bank_time = "paid", made.bank_time
        order.released_at = made.received_at + timedelta(seconds=2)
        order.stock_state = "picking"
        return made

    def suggest(self, payment: PaymentRecord, numbers: list[int], reasons: list[Reason]) -> None:
        payment.suggested.append(([f"o-{n}" for n in numbers], reasons))


def payments(world: World) -> None:
    """Payments of this morning, the newest first in the list."""
    tell = _Story(world)
    people = buyers()

    short = tell.payment("017", 2, 1017)
    short.amount = tell.order(1017).amount - 50_000
    short.purpose = tell.purpose(1017)
    short.outcome = "underpaid"
    short.sentence = (
        "Не хватает 500,00 ₽ до суммы счёта 1017: зачесть как частичную оплату решает человек.",
        "500.00 ₽ are missing to invoice 1017: a person decides whether it is a part payment.",
    )
    short.reasons = [("matching.sum_short", "сумма меньше счёта на 500,00 ₽", "the sum is 500.00 ₽ short", None)]
    facts: list[Reason] = [
        ("matching.number_quoted", "номер счёта 1017 назван", "invoice 1017 is named", "1017"),
        ("matching.payer_inn", "ИНН совпал", "ИНН agrees", None),
        ("matching.sum_short", "сумма меньше на 500,00 ₽", "500.00 ₽ short", None),
    ]
    tell.suggest(short, [1017], facts)
    other = next(n for n in range(1018, 1060) if tell.order(n).buyer is not short.payer)
    tell.suggest(
        short,
        [other],
        [
            ("matching.for_somebody", "другой покупатель", "another buyer", None),
            ("matching.sum_differs", "сумма близка", "near sum", None),
        ],
    )

    third = tell.payment("016", 6, 1026, payer=people[10])
    third.amount = tell.order(1026).amount
    third.purpose = f"Оплата за рамы по счету № 1026 за {tell.order(1026).buyer.name}. НДС не облагается"
    third.outcome = "third_party"
    third.sentence = (
        "Платит третье лицо без ИНН покупателя в назначении: нужен человек.",
        "A third party pays and the purpose has no ИНН of the buyer: a person is needed.",
    )
    third.reasons = [
        ("matching.for_somebody", "ИНН плательщика — не покупателя", "the payer's ИНН is not the buyer's", None)
    ]
    tell.suggest(
        third,
        [1026],
        [
            ("matching.number_quoted", "номер счёта 1026 назван", "invoice 1026 is named", "1026"),
            ("matching.sum_equal", "сумма сходится до копейки", "the sum agrees to the kopeck", None),
            ("matching.for_somebody", "платит другое лицо", "another payer", f"за {tell.order(1026).buyer.name}"),
        ],
    )

    pair = tell.payment("015", 11, 1003, purpose="")
    mates = [n for n in range(1001, 1001 + OPEN_ORDERS) if tell.order(n).buyer is pair.payer][:2]
    pair.amount = sum(tell.order(n).amount for n in mates)
    pair.purpose = "Оплата по счетам за ноябрь согласно договору 7/26. В т.ч. НДС 22%"
    pair.outcome = "no_number"
    pair.sentence = (
        "Номеров в назначении нет, но сумма равна двум счетам покупателя вместе.",
        "No number in the purpose, but the sum equals two of the buyer's invoices together.",
    )
    tell.suggest(
        pair,
        mates,
        [
            (
                "matching.adds_up",
                "сумма двух счетов сходится до копейки",
                "two invoices add up to the kopeck",
                "по счетам",
            ),
            ("matching.payer_inn", "ИНН совпал", "ИНН agrees", None),
            ("matching.plural_noun", "номер не назван", "no number is named", None),
        ],
    )

    over = tell.payment("014", 19, 1034)
    over.amount = tell.order(1034).amount + 120_000
    over.outcome = "overpaid"
    over.purpose = tell.purpose(1034, 2)
    over.sentence = (
        "Заплачено на 1 200,00 ₽ больше счёта 1034.",
        "1,200.00 ₽ more than invoice 1034 was paid.",
    )
    tell.suggest(
        over,
        [1034],
        [
            ("matching.number_quoted", "заказ 1034 назван", "order 1034 is named", "1034"),
            ("matching.payer_inn", "ИНН совпал", "ИНН agrees", None),
            ("matching.sum_over", "лишние 1 200,00 ₽ останутся авансом", "1,200.00 ₽ stay as an advance", None),
        ],
    )

    unknown = tell.payment("013", 27, 1041, payer=people[16])
    unknown.amount = 1_845_000
    unknown.purpose = "Возврат обеспечения по тендеру 0373-26. НДС нет"
    unknown.outcome = "unknown_payer"
    unknown.sentence = (
        "Не похоже на оплату счёта: номер, сумма и плательщик ни с чем не сходятся.",
        "It does not look like a payment of an invoice: number, sum and payer agree with nothing.",
    )

    by_file = tell.payment("012", 44, 1045, evidence="file", outcome="allocated", state="auto")
    by_file.sentence = (
        "Разнесено, но подтверждено только загруженным файлом: отпуск подтверждает человек.",
        "Allocated, but proved by an imported file only: a person confirms the release.",
    )
    order = tell.order(1045)
    event = world.next_id("e")
    by_file.allocations.append(Allocated(world.next_id("a"), order.id, by_file.amount, "Kvit", tell.now, event))
    by_file.event = event
    order.pay_state, order.bank_time = "paid", by_file.bank_time

    for index, number in enumerate((1005, 1008, 1011, 1015, 1020, 1022, 1029, 1031, 1038, 1043, 1050, 1055)):
        minutes = 1.2 + index * 2.9 if index < 6 else index * 11.0
        tell.settled(f"s{index:02d}", minutes, number, form=index % len(PURPOSES))

    back = tell.settled("011", 96, 1047)
    back.state, back.outcome = "reversed", "reversed"
    back.sentence = (
        "Банк сторнировал поступление после отпуска: сборка остановлена, задача менеджеру.",
        "The bank reversed the entry after the release: picking stopped, a task was raised.",
    )
    tell.order(1047).stock_state = "on_hold"
    tell.order(1047).hold_reason = "reversed"
    again = tell.payment("010", 130, 1005, state="duplicate", outcome="duplicate")
    again.sentence = ("Повторная доставка той же проводки: учтено один раз.", "Delivered twice: counted once.")
    foreign = tell.payment("009", 170, 1052, payer=people[18], state="not_ours", outcome="own_transfer")
    foreign.purpose = "Перевод собственных средств. НДС не облагается"
    foreign.amount = 15_000_000


def work(world: World) -> None:
    """Pick lists and calls of the released orders."""
    now = world.now()
    paid = sorted(
        (o for o in world.orders.values() if o.released_at and o.stock_state == "picking"),
        key=lambda o: o.bank_time or now,
        reverse=True,
    )
    states = ["new", "to_confirm", "taken", "picking", "new", "to_confirm", "closed", "picked", "short", "closed"]
    for index, order in enumerate(paid):
        bank = order.bank_time or now
        if index in (1, 3) and order.buyer.address != "самовывоз":
            order.delivery = "delivery"
        state = states[min(index, len(states) - 1)]
        number = f"PICK-{now:%Y}-{1040 + len(paid) - index:06d}"
        pick = PickRecord(
            f"k-{order.number}",
            number,
            order.id,
            "Основной склад" if index % 3 else "Шоу-рум",
            state,
            bank + timedelta(seconds=6),
            bank + timedelta(minutes=60),
        )
        if state in ("taken", "picking"):
            pick.taken_by = "Николай"
        if state in ("closed", "picked", "short"):
            pick.taken_by = "Рустам"
            for line in order.lines:
                line.picked = line.qty
        if state == "closed":
            order.stock_state, order.ship_state = "picked", "ready"
        if state == "short":
            order.lines[0].picked, order.lines[0].short_reason = order.lines[0].qty - 1, "missing"
        order.priority = index in (1, 4)
        world.picks[pick.id] = pick
        call_state = "done" if index > 5 else ("taken" if index == 2 else "new")
        call = TaskRecord(
            f"t-{order.number}",
            "call",
            (f"Позвонить: заказ {order.number} оплачен", f"Ring: order {order.number} is paid"),
            (
                f"Здравствуйте, {order.buyer.contact}! Деньги по заказу {order.number} получены, товар есть и "
                "собирается. "
                + ("Можно забрать через час." if order.delivery == "pickup" else "Когда удобно принять доставку?"),
                f"Hello, {order.buyer.contact}! The money for order {order.number} has arrived, the goods are here. "
                + ("You may collect them in an hour." if order.delivery == "pickup" else "When may we deliver?"),
            ),
            "manager",
            bank + timedelta(seconds=7),
            bank + timedelta(minutes=15),
            order=order.id,
            state=call_state,
            taken_by="Екатерина" if call_state != "new" else None,
        )
        world.tasks[call.id] = call
    review = TaskRecord(
        "t-review-1",
        "review",
        ("Сторно после отпуска: заказ 1047", "Reversal after release: order 1047"),
        (
            "Банк забрал деньги назад. Проверьте, не уехал ли товар, и свяжитесь с покупателем.",
            "The bank took the money back. Check whether the goods have left and talk to the buyer.",
        ),
        "manager",
        now - timedelta(minutes=40),
        now - timedelta(minutes=10),
        order="o-1047",
        payment="p-011",
    )
    world.tasks[review.id] = review


def machinery(world: World) -> None:
    """Polls, alarms and one dead letter."""
    now = world.now()
    rng = dice("polls")
    for index in range(48):
        at = now - timedelta(minutes=2 + index * 5)
        files = 1 if rng.random() < 0.3 else 0
        poll = PollRecord(at, "new" if files else "nothing_new", 240 + rng.random() * 260, files)
        if index == 9:
            poll = PollRecord(at, "failed", 15000, 0, "bank.slow")
        world.polls.append(poll)
    world.alarms["al-1"] = AlarmRecord(
        "al-1",
        "bank.signature_invalid",
        (
            "Сообщение банка CF-77103 отвергнуто: подпись не сходится с содержимым.",
            "Bank message CF-77103 was refused: the signature does not fit the content.",
        ),
        (
            "Платежей по нему не создано, байты сохранены. Позвоните в банк, если повторится.",
            "No payment was made of it, the bytes are kept. Call the bank if it happens again.",
        ),
        "error",
        now - timedelta(minutes=52),
        2,
    )
    world.dead["d-1"] = DeadRecord(
        "d-1",
        "onec.orders",
        "order:1022",
        8,
        "Папка обмена недоступна: сетевой диск отключён",
        now - timedelta(hours=3),
    )
