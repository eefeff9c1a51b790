"""Rules of payers as a table, and what a rule means in plain words."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import CanLearn, PayerRule
from gui.cells import Pill
from gui.i18n import translate
from gui.models.columns import Column
from gui.models.paged import PagedModel

FILTERS = ("in_force", "revoked", "all")


def filter_title(state: str) -> str:
    titles = {
        "in_force": translate("Rules", "In force"),
        "revoked": translate("Rules", "Revoked"),
        "all": translate("Rules", "All"),
    }
    return titles.get(state, state)


def state_pill(rule: PayerRule) -> Pill:
    if rule.revoked_at is None:
        return Pill(translate("Rules", "in force"), "ok", "check")
    return Pill(translate("Rules", "revoked"), "idle", "ban")


def key_words(inn: str, account: str) -> str:
    """What the payer is known by: "ИНН 7707083893, account …4567"."""
    parts = [f"ИНН {inn}"] if inn else []
    if account:
        parts.append(translate("Rules", "account {account}").format(account=wording.short_account(account)))
    return ", ".join(parts)


def consequence(payer: CanLearn | PayerRule, buyer: str, since: date | None) -> str:
    """What follows from a rule, said to the person who makes it."""
    return translate(
        "Rules",
        "From {date} on, money from {payer} ({key}) is credited to invoices of {buyer} by itself where the invoice "
        "number and the sum agree. What already waits is looked at again. Goods are never released by a rule: that "
        "still waits for a person. The rule can be revoked at any time.",
    ).format(
        date=wording.day(since),
        payer=payer.payer_name,
        key=key_words(payer.payer_inn, payer.payer_account),
        buyer=buyer,
    )


def rule_words(rule: PayerRule) -> str:
    """What the rule does; of a revoked one, what it did and that it does so no longer."""
    if rule.revoked_at is None:
        return consequence(rule, rule.buyer, rule.since)
    return translate(
        "Rules",
        "It is over: {payer} ({key}) paid for {buyer} from {date} on. What was credited by it stays; new money waits "
        "for a person.",
    ).format(
        payer=rule.payer_name,
        key=key_words(rule.payer_inn, rule.payer_account),
        buyer=rule.buyer,
        date=wording.day(rule.since),
    )


def made_words(rule: PayerRule) -> str:
    """Who made the rule and, where it is over, who revoked it."""
    words = translate("Rules", "made by {who}, {when}").format(
        who=person(rule.made_by), when=wording.moment(rule.made_at)
    )
    if rule.revoked_at is not None:
        words += " · " + translate("Rules", "revoked by {who}, {when}").format(
            who=person(rule.revoked_by), when=wording.moment(rule.revoked_at)
        )
    return words


def person(actor: str) -> str:
    """The name in "accountant:ivanova"; any other text as it is."""
    return actor.partition(":")[2] or actor


def columns() -> list[Column]:
    return [
        Column(
            "payer_name",
            lambda: translate("Rules", "Payer"),
            lambda r: r.payer_name,
            sort="payer_name",
            paint="strong",
            width=24,
            tip=lambda r: key_words(r.payer_inn, r.payer_account),
        ),
        Column("buyer", lambda: translate("Rules", "Pays for"), lambda r: r.buyer, sort="buyer", width=0),
        Column("since", lambda: translate("Rules", "Since"), lambda r: wording.day(r.since), sort="since", width=11),
        Column(
            "made",
            lambda: translate("Rules", "Made by"),
            lambda r: f"{person(r.made_by)} · {wording.day(r.made_at)}",
            sort="made_at",
            width=25,
            tip=made_words,
        ),
        Column(
            "state",
            lambda: translate("Rules", "State"),
            lambda r: state_pill(r).text,
            paint="pill",
            pill=state_pill,
            width=14,
        ),
    ]


def model(client: Client, parent: QObject | None = None) -> PagedModel:
    return PagedModel(client, "/v1/payer-rules", PayerRule, columns(), parent)
