"""Who may do what. Every use case asks here first; the API and the command line only pass the actor on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.errors import Refused


class Role(StrEnum):
    """Parts people play.

    `SERVICE` is the gateway itself: it decides by proof and rule, never by whim. `OWNER` is for a firm so small that
    one person keeps the books, the shelf and the telephone. `SHOP_MANAGER` and `SHOP_CLERK` are people of a shop that
    sells on credit through us: they come in by the web pages and see their own shop only. `SHOP_SITE` is the program of
    the shop's site: it leaves applications and asks how they stand. `PARCEL_FEED` is a program that tells of parcels.
    `NEWCOMER` is anybody who registers a shop on the public site.
    """

    SERVICE = "service"
    ACCOUNTANT = "accountant"
    WAREHOUSE = "warehouse"
    MANAGER = "manager"
    IT = "it"
    DIRECTOR = "director"
    OWNER = "owner"
    CALL_CENTRE = "call_centre"
    SHOP_MANAGER = "shop_manager"
    SHOP_CLERK = "shop_clerk"
    SHOP_SITE = "shop_site"
    PARCEL_FEED = "parcel_feed"
    NEWCOMER = "newcomer"


OUTSIDE = frozenset({Role.SHOP_MANAGER, Role.SHOP_CLERK, Role.SHOP_SITE, Role.PARCEL_FEED, Role.NEWCOMER})
"""Roles of those who are not ours: bound to a party, and let in by the web pages only."""


class Right(StrEnum):
    """One thing one may do."""

    PAYMENTS_READ = "payments.read"
    PAYMENTS_DECIDE = "payments.decide"
    OUTGOING_READ = "outgoing.read"
    OUTGOING_PROPOSE = "outgoing.propose"
    OUTGOING_APPROVE = "outgoing.approve"
    STATEMENTS_IMPORT = "statements.import"
    EVIDENCE_READ = "evidence.read"
    ORDERS_READ = "orders.read"
    ORDERS_WORK = "orders.work"
    PICKS_READ = "picks.read"
    PICKS_WORK = "picks.work"
    TASKS_READ = "tasks.read"
    TASKS_WORK = "tasks.work"
    HEALTH_READ = "health.read"
    HEALTH_OPERATE = "health.operate"
    RELEASE_SWITCH = "release.switch"
    USERS_MANAGE = "users.manage"
    LOANS_READ = "loans.read"
    LOANS_APPLY = "loans.apply"  # leave an application
    LOANS_CALL = "loans.call"  # ring the buyer, fill in the questionnaire, send it to lenders
    LOANS_PERSONAL = "loans.personal"  # see passports and the rest of a questionnaire
    LOANS_CONFIRM = "loans.confirm"  # pick the offer and the way of signing; cancel; report goods shipped or returned
    LOANS_SIGN = "loans.sign"  # check identities, sign, hand papers over
    LOANS_WORK = "loans.work"  # courier visits, checked papers, originals at the bank
    SHOPS_MANAGE = "shops.manage"  # shops, their people, keys and tariffs; lenders' terms
    SHOPS_REGISTER = "shops.register"  # ask to be taken in as a shop
    SETTLEMENT_READ = "settlement.read"
    SETTLEMENT_WORK = "settlement.work"  # statements of account, payouts, claims
    PARCELS_READ = "parcels.read"
    PARCELS_FEED = "parcels.feed"  # enter parcels
    PARCELS_WORK = "parcels.work"  # mark, resend with a reason, claim, end the watch
    NOTIFY_SETUP = "notify.setup"  # texts of messages, and whether guesses are told


# Money goes out by two people's signatures; the gateway carries orders from 1C in and signed ones out, and signs none.
_OUTGOING = frozenset({Right.OUTGOING_READ, Right.OUTGOING_PROPOSE, Right.OUTGOING_APPROVE})
_READ_TRADE = frozenset({Right.ORDERS_READ, Right.PICKS_READ, Right.TASKS_READ, Right.HEALTH_READ, Right.PARCELS_READ})
_AT_THE_SHOP = frozenset({Right.LOANS_READ, Right.LOANS_SIGN})
_PARCELS = frozenset({Right.PARCELS_READ, Right.PARCELS_FEED, Right.PARCELS_WORK})
_SETTLEMENT = frozenset({Right.SETTLEMENT_READ, Right.SETTLEMENT_WORK})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.SERVICE: frozenset(Right)
    - {
        Right.RELEASE_SWITCH,
        Right.USERS_MANAGE,
        Right.OUTGOING_APPROVE,
        Right.SHOPS_MANAGE,
        Right.SHOPS_REGISTER,
        Right.LOANS_PERSONAL,
        Right.NOTIFY_SETUP,
    },
    Role.ACCOUNTANT: _READ_TRADE
    | _OUTGOING
    | {
        Right.PAYMENTS_READ,
        Right.PAYMENTS_DECIDE,
        Right.STATEMENTS_IMPORT,
        Right.EVIDENCE_READ,
        Right.TASKS_WORK,
        Right.LOANS_READ,
    }
    | _SETTLEMENT,
    Role.WAREHOUSE: frozenset(
        {Right.PICKS_READ, Right.PICKS_WORK, Right.TASKS_READ, Right.TASKS_WORK, Right.PARCELS_READ, Right.PARCELS_FEED}
    ),
    Role.MANAGER: _READ_TRADE
    | _AT_THE_SHOP
    | {
        Right.ORDERS_WORK,
        Right.TASKS_WORK,
        Right.LOANS_APPLY,
        Right.LOANS_CALL,
        Right.LOANS_PERSONAL,
        Right.LOANS_CONFIRM,
        Right.LOANS_WORK,
        Right.NOTIFY_SETUP,
    }
    | _PARCELS,
    Role.IT: frozenset({Right.HEALTH_READ, Right.HEALTH_OPERATE, Right.EVIDENCE_READ, Right.USERS_MANAGE}),
    Role.DIRECTOR: _READ_TRADE
    | _OUTGOING
    | _SETTLEMENT
    | {
        Right.PAYMENTS_READ,
        Right.STATEMENTS_IMPORT,
        Right.EVIDENCE_READ,
        Right.RELEASE_SWITCH,
        Right.LOANS_READ,
        Right.SHOPS_MANAGE,
        Right.NOTIFY_SETUP,
    },
    Role.OWNER: frozenset(Right),
    Role.CALL_CENTRE: frozenset(
        {Right.LOANS_READ, Right.LOANS_APPLY, Right.LOANS_CALL, Right.LOANS_PERSONAL, Right.TASKS_READ}
    ),
    Role.SHOP_MANAGER: _AT_THE_SHOP | {Right.LOANS_APPLY, Right.LOANS_CONFIRM, Right.SETTLEMENT_READ},
    Role.SHOP_CLERK: _AT_THE_SHOP,
    Role.SHOP_SITE: frozenset({Right.LOANS_READ, Right.LOANS_APPLY}),
    Role.PARCEL_FEED: frozenset({Right.PARCELS_FEED}),
    Role.NEWCOMER: frozenset({Right.SHOPS_REGISTER}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with a role, or the service itself.

    Attributes:
        name: the person's name as it stands in the journal.
        role: decides the rights.
        personal: False for whoever sits at a machine nobody logs on to: he may be anybody, also the person who has
            signed already, so he signs no payment order.
        party: the shop an outside role belongs to; "" for our own people.
    """

    name: str
    role: Role
    personal: bool = field(default=True, compare=False)
    party: str = ""

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role] and (self.personal or right is not Right.OUTGOING_APPROVE)

    def require(self, right: Right) -> None:
        """Raise unless this actor has the right.

        Raises:
            Refused: `authority.missing`; `authority.nameless` where a personal token would do.
        """
        if not self.may(right):
            if right in RIGHTS[self.role]:
                raise Refused("authority.nameless", name=self.name)
            raise Refused("authority.missing", name=self.name, role=self.role.value, right=right.value)

    def __str__(self) -> str:
        if self.role is Role.SERVICE:
            return self.name
        return f"{self.role.value}:{self.party}:{self.name}" if self.party else f"{self.role.value}:{self.name}"


SERVICE = Actor("service", Role.SERVICE)
