"""Whose invoices a payment may pay: by ИНН, by a known account, by full name, by an ИНН named in the text, or by a rule
a person made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.matching.decision import Policy, Reason
from gateway.matching.facts import Facts, NamedParty
from gateway.matching.index import BuyerKind, InvoiceCard, InvoiceIndex
from gateway.matching.rules import PayerRules, rule_reason, rules_in_force, stated_inn, two_rules

_TRADER_ACCOUNTS = ("40802", "407")  # a sole trader, known by his ИНН only


class Known(StrEnum):
    """How the buyer is known."""

    INN = "inn"
    ACCOUNT = "account"
    NAME = "name"
    NAMED = "named"  # the text names him with his ИНН
    RULE = "rule"  # a person said that this payer pays for him
    NOBODY = "nobody"


@dataclass(slots=True, eq=False)
class Identity:
    """Who is paid for. Never changed once it is made; not frozen, which would cost more.

    Attributes:
        parties: whose invoices count as own; empty for NOBODY.
        hint: a party whose ИНН stands in the text without "за …": believed only together with number and exact sum.
        unnamed: the text says it is for somebody else and gives no ИНН, or two of them.
    """

    known: Known
    parties: tuple[str, ...]
    reasons: tuple[Reason, ...]
    hint: str = ""
    unnamed: NamedParty | None = None
    contradiction: Reason | None = None

    def owns(self, card: InvoiceCard) -> bool:
        """Whether this invoice is one of the identified buyer's. A name identifies individuals only."""
        if card.party not in self.parties:
            return False
        return self.known is not Known.NAME or card.buyer_kind == BuyerKind.INDIVIDUAL


def identify(facts: Facts, index: InvoiceIndex, policy: Policy, rules: PayerRules | None = None) -> Identity:
    """Find out whose invoices the payment may pay. Never by a similar name.

    Args:
        rules: asked where the payer himself is nobody we sell to.
    """
    payer = _payer(facts, index)
    return as_told(facts, index, policy, payer if payer.known is not Known.NOBODY else _by_rule(facts, payer, rules))


def as_told(facts: Facts, index: InvoiceIndex, policy: Policy, payer: Identity) -> Identity:
    """The payer, or whom the text names in his place."""
    if not facts.named:
        return payer
    cued = [n for n in facts.named if n.inn and n.cued and n.inn not in policy.own_inns]
    inns = {n.inn for n in cued}
    if len(inns) == 1:
        named = cued[0]
        if index.knows(named.inn):
            reason = Reason("matching.named_inn", {"inn": named.inn}, (named.start, named.end))
            return Identity(Known.NAMED, (named.inn,), (reason,))
        return Identity(payer.known, payer.parties, payer.reasons, unnamed=named)
    if len(inns) > 1:
        return Identity(payer.known, payer.parties, payer.reasons, unnamed=cued[0])
    unnamed = next((n for n in facts.named if _is_somebody_else(n, payer, index, policy)), None)
    hints = [
        n.inn
        for n in facts.named
        if n.inn and not n.cued and n.inn not in policy.own_inns and n.inn not in payer.parties and index.knows(n.inn)
    ]
    contradiction = payer.contradiction
    if len(set(hints)) > 1 and contradiction is None:
        contradiction = Reason("matching.two_inns", {"inns": ", ".join(sorted(set(hints)))})
    return Identity(payer.known, payer.parties, payer.reasons, hints[0] if hints else "", unnamed, contradiction)


def _is_somebody_else(named: NamedParty, payer: Identity, index: InvoiceIndex, policy: Policy) -> bool:
    if named.inn:  # a firm that is neither a buyer nor, as far as we told who we are, us
        known = named.cued or named.inn in payer.parties or named.inn in policy.own_inns or index.knows(named.inn)
        return bool(named.name and policy.own_inns) and not known
    parties = index.parties_by_name(named.name)
    if parties and set(parties) & set(payer.parties):
        return False
    return named.cued or bool(parties)


def _payer(facts: Facts, index: InvoiceIndex) -> Identity:
    payment = facts.payment
    inn = stated_inn(payment.payer_inn)
    if facts.transit:
        return _by_name(facts, index)
    if inn:
        if index.knows(inn):
            return Identity(Known.INN, (inn,), (Reason("matching.payer_inn", {"inn": inn}),))
        if len(inn) == 12 and not payment.payer_account.startswith(_TRADER_ACCOUNTS):
            return _by_name(facts, index)
        return Identity(Known.NOBODY, (), (Reason("matching.payer_inn_unknown", {"inn": inn}),))
    parties = index.parties_by_account(payment.payer_account)
    if parties:
        reason = Reason("matching.payer_account", {"account": payment.payer_account})
        return Identity(Known.ACCOUNT, tuple(parties), (reason,))
    return _by_name(facts, index)


def _by_rule(facts: Facts, payer: Identity, rules: PayerRules | None) -> Identity:
    found = rules_in_force(facts, rules)
    if not found:
        return payer
    if len({rule.party for rule in found}) > 1:
        return replace(payer, contradiction=two_rules(found))
    return replace(payer, known=Known.RULE, parties=(found[0].party,), reasons=(*payer.reasons, rule_reason(found[0])))


def _by_name(facts: Facts, index: InvoiceIndex) -> Identity:
    names = [n for n in facts.persons if len(n.split()) >= 2]
    parties = tuple(dict.fromkeys(p for n in names for p in index.parties_by_name(n)))
    contradiction = Reason("matching.two_persons") if facts.persons_differ else None
    if not parties:
        return Identity(Known.NOBODY, (), (Reason("matching.payer_unknown"),), contradiction=contradiction)
    reason = Reason("matching.payer_name", {"name": facts.payment.payer_name})
    return Identity(Known.NAME, parties, (reason,), contradiction=contradiction)
