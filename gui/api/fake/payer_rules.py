"""Rules of payers of the make-believe service: "this payer pays for that buyer"."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from gui.api.fake.records import PaymentRecord, RuleRecord
from gui.api.fake.render import payer_rule
from gui.api.fake.shop import Buyer, buyers
from gui.api.fake.world import Problem

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]


def allocate(world: World, payment: PaymentRecord, body: Json) -> Json:
    """Allocate, and with `learn` make a rule of it; a rule that is refused refuses both."""
    parts, learn = body.get("allocations") or [], body.get("learn")
    if learn is None:
        return world.allocate(payment.id, parts)
    with world.lock:
        meant = {world.orders[invoice].buyer for invoice, _ in parts if invoice in world.orders}
        if len(meant) != 1:
            names = ", ".join(sorted(buyer.name for buyer in meant))
            raise Problem(
                422,
                "rule.several_buyers",
                f"Платёж отнесён к счетам разных покупателей ({names}): правило может назвать только одного.",
                f"The payment went to invoices of several buyers ({names}): a rule can name only one.",
            )
        _make(world, payment.payer, meant.pop(), learn, payment)
        return world.allocate(payment.id, parts)


def make(world: World, body: Json) -> Json:
    """A rule of a payment, or one written by hand."""
    known = {buyer.inn: buyer for buyer in buyers()}
    buyer = known.get(str(body.get("party")))
    if buyer is None:
        raise Problem(
            422,
            "rule.buyer_unknown",
            f"Покупателя «{body.get('party')}» со счетами здесь нет.",
            f"There is no buyer “{body.get('party')}” with invoices here.",
        )
    if body.get("payment_id"):
        payment = world.payment(str(body["payment_id"]))
        return payer_rule(_make(world, payment.payer, buyer, body, payment))
    account = str(body.get("payer_account") or "")
    payer = Buyer(str(body["payer_name"]), str(body.get("payer_inn") or ""), account, "", "", "", "", "")
    return payer_rule(_make(world, payer, buyer, body, None))


def revoke(world: World, name: str, body: Json, wanted: int | None) -> Json:
    rule = world.rules.get(name)
    if rule is None:
        raise Problem(404, "api.not_found", "Такого правила нет.", "There is no such rule.")
    if rule.revoked is not None or wanted not in (None, rule.version):
        raise Problem(
            412,
            "rule.changed",
            f"Это правило уже отозвал {rule.revoked_by}.",
            f"{rule.revoked_by} has revoked this rule already.",
        )
    rule.revoked, rule.revoked_by, rule.version = world.now(), world.user, rule.version + 1
    rule.note = str(body.get("note") or rule.note)
    world.tell("payer_rule", name)
    return payer_rule(rule)


def _make(world: World, payer: Buyer, buyer: Buyer, asked: Json, payment: PaymentRecord | None) -> RuleRecord:
    same = [r for r in world.rules.values() if (r.payer_inn, r.party) == (payer.inn, buyer.inn) and r.revoked is None]
    if same and payer.inn:
        raise Problem(
            409,
            "rule.exists",
            f"Такое правило уже завёл {same[0].by}: «{payer.name}» платит за «{buyer.name}».",
            f"{same[0].by} made this rule already: “{payer.name}” pays for “{buyer.name}”.",
        )
    first = payment.bank_time.date() if payment is not None else world.now().date()
    since = date.fromisoformat(asked["since"]) if asked.get("since") else first
    name = world.next_id("pr")
    account = "" if payer.inn else payer.account
    made = RuleRecord(
        name,
        payer.name,
        payer.inn,
        account,
        buyer.inn,
        buyer.name,
        since,
        world.now(),
        world.user,
        str(asked.get("note") or ""),
        payment.id if payment is not None else "",
    )
    world.rules[name] = made
    world.tell("payer_rule", name)
    return made
