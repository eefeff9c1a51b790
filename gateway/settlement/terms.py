"""The terms statements are made and paid under."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gateway.core.errors import Refused
from gateway.orders.model import Buyer
from gateway.payments.outgoing.model import OutgoingTerms, Payee
from gateway.settlement.model import Party, PartyKind
from gateway.store.unit import Unit

PayeeOf = Callable[[Unit, Party], Payee]
"""Where a party's requisites come from; raises Refused when it has none, or is not to be paid."""


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays what a party owes us.

    Attributes:
        buyer: as a payer of the bank's statement is known.
        at_once: its debt is claimed with the statement, not carried into the next one.
    """

    buyer: Buyer
    at_once: bool = False


DebtorOf = Callable[[Unit, Party], Debtor | None]
"""Who pays what a party owes us; None where a debt can only be carried."""


def nobody(unit: Unit, party: Party) -> Debtor | None:
    """No party's debt is claimed."""
    return None


SILENCE_DAYS = 5
_NO_VAT = "none"


@dataclass(frozen=True, slots=True)
class SettlementTerms:
    """How this company settles.

    Attributes:
        outgoing: how it pays.
        payee_of: requisites of a party.
        debtor_of: who pays what a party owes us.
        account: ours, from which statements are paid; "" where there is only one.
        silence_days: working days without a remark after which a statement that was sent is accepted.
        vat: what the payment's purpose says of VAT, by kind of party, as `OrderDraft.vat` has it. What a shop gets is
            its buyers' money and a premium goes to firms of the simplified tax, so nothing is charged by default.
    """

    outgoing: OutgoingTerms
    payee_of: PayeeOf
    debtor_of: DebtorOf = nobody
    account: str = ""
    silence_days: int = SILENCE_DAYS
    vat: Mapping[PartyKind, str] = field(default_factory=lambda: MappingProxyType(dict.fromkeys(PartyKind, _NO_VAT)))

    def paying_account(self) -> str:
        """Our account statements are paid from.

        Raises:
            Refused: `settlement.no_account` when none is named and there is not exactly one.
        """
        if self.account:
            return self.account
        if len(self.outgoing.accounts) != 1:
            raise Refused("settlement.no_account", count=len(self.outgoing.accounts))
        return next(iter(self.outgoing.accounts))
