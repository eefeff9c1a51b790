"""Payouts of partners, one that its registry explains and one it does not, and rules of payers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gui.api.fake.records import Allocated, PaymentRecord, PayoutRegistry, Reason, RuleRecord
from gui.api.fake.shop import buyers
from gui.api.fake.story_registries import ACQUIRER

if TYPE_CHECKING:
    from gui.api.fake.world import World

NBSP = "\u00a0"
_PERCENT_FEE = 2


def spoken(kopecks: int) -> str:
    """123456 → "1 234,56", as the service writes sums in Russian sentences."""
    return f"{kopecks // 100:,}".replace(",", NBSP) + f",{kopecks % 100:02d}"


def payouts(world: World) -> None:
    """Two payouts of the acquirer, the newest three hours old."""
    _agreeing(world)
    _differing(world)


def _payout(world: World, name: str, minutes: float, registry: str, numbers: list[int], short: int) -> PaymentRecord:
    partner = replace(buyers()[0], name="АО «Эквайринг-Сервис»", inn=ACQUIRER, account="40702810400000011800")
    gross = sum(world.orders[f"o-{n}"].amount for n in numbers)
    fee = gross * _PERCENT_FEE // 100
    at = world.now() - timedelta(minutes=minutes)
    made = PaymentRecord(
        name,
        at,
        partner,
        gross - fee - short,
        f"Возмещение по эквайрингу, реестр № {registry} от {at:%d.%m.%Y}. Комиссия {spoken(fee)}. НДС не облагается",
        "needs_person",
        "payout_unexplained",
        payout=True,
        registry=PayoutRegistry(f"r-acq-{int(registry) - 117}", registry, at.date(), fee),
    )
    made.history.append((made.received_at, "Kvit", "Получено от банка, подпись проверена", "Received from the bank"))
    world.payments[name] = made
    return made


def _facts(payment: PaymentRecord) -> list[Reason]:
    registry = payment.registry
    assert registry is not None
    day = f"{registry.day:%d.%m.%Y}"
    return [
        (
            "matching.payout_partner",
            f"Платит партнёр по выплатам, ИНН {payment.payer.inn}",
            f"A payout partner pays, ИНН {payment.payer.inn}",
            None,
        ),
        (
            "matching.registry",
            f"Реестр № {registry.number} от {day}",
            f"Registry No. {registry.number} of {day}",
            f"реестр № {registry.number}",
        ),
    ]


def _agreeing(world: World) -> None:
    numbers = [1057, 1058, 1059]
    made = _payout(world, "p-008", 200, "118", numbers, 0)
    made.state, made.outcome = "auto", "registry"
    made.sentence = ("Выплата разнесена по реестру.", "The payout is explained by a registry.")
    made.reasons = [
        *_facts(made),
        (
            "matching.registry_adds_up",
            f"Реестр сходится до копейки: {spoken(made.amount)}",
            f"The registry adds up to the kopeck: {spoken(made.amount)}",
            None,
        ),
    ]
    made.event = world.next_id("e")
    for number in numbers:
        order = world.orders[f"o-{number}"]
        part = Allocated(world.next_id("a"), order.id, order.amount, "Kvit", made.received_at, made.event)
        made.allocations.append(part)


def _differing(world: World) -> None:
    numbers, short = [1061, 1062], 32_000
    made = _payout(world, "p-007", 230, "119", numbers, short)
    registry = made.registry
    assert registry is not None
    expected = made.amount + short
    made.sentence = (
        "Выплата партнёра реестром не объясняется.",
        "The partner's payout is not explained by a registry.",
    )
    told = (spoken(expected), spoken(made.amount), spoken(short))
    made.reasons = [
        *_facts(made),
        (
            "matching.registry_differs",
            "По реестру должно прийти {}, пришло {}, разница {}".format(*told),
            "By the registry {} must arrive, {} came, difference {}".format(*told),
            None,
        ),
        (
            "matching.registry_line",
            "Строка 6 реестра: 4471 на 3 200,00 — счёта с таким ключом нет",
            "Row 6 of the registry: 4471 of 3 200,00 is on no invoice",
            None,
        ),
    ]
    fitting: Reason = (
        "matching.registry_fitting_lines",
        "Строк реестра, которым нашёлся счёт: 1 из 3",
        "Lines of the registry that found their invoice: 1 of 3",
        None,
    )
    made.suggested.append((["o-1061"], [_facts(made)[1], fitting]))


def rules(world: World) -> None:
    """Two rules in force and one revoked."""
    people, now = buyers(), world.now()
    for number, (payer, buyer, days, note) in enumerate(
        [(10, 5, 41, "Письмо покупателя от 02.10"), (12, 0, 12, "Директор платит за фирму"), (14, 7, 90, "")], start=1
    ):
        made = now - timedelta(days=days)
        name = f"pr-{number}"
        rule = RuleRecord(
            name,
            people[payer].name,
            people[payer].inn,
            "",
            people[buyer].inn,
            people[buyer].name,
            made.date(),
            made,
            "Мария Ковалёва",
            note,
        )
        world.rules[name] = rule
    rule.revoked, rule.revoked_by, rule.version = now - timedelta(days=3), "Сидорова Ирина", 2
