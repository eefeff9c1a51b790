"""Who may do what. Every use case asks here first; the API and the command line only pass the actor on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.errors import Refused


class Role(StrEnum):
    """Parts people play.

    `SERVICE` is the gateway itself: it decides by proof and rule, never by whim. `OWNER` is for a firm so small that
    one person keeps the books, the shelf and the telephone.
    """

    SERVICE = "service"
    ACCOUNTANT = "accountant"
    WAREHOUSE = "warehouse"
    MANAGER = "manager"
    IT = "it"
    DIRECTOR = "director"
    OWNER = "owner"


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


# Money goes out by two people's signatures; the gateway carries orders from 1C in and signed ones out, and signs none.
_OUTGOING = frozenset({Right.OUTGOING_READ, Right.OUTGOING_PROPOSE, Right.OUTGOING_APPROVE})
_READ_TRADE = frozenset({Right.ORDERS_READ, Right.PICKS_READ, Right.TASKS_READ, Right.HEALTH_READ})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.SERVICE: frozenset(Right) - {Right.RELEASE_SWITCH, Right.USERS_MANAGE, Right.OUTGOING_APPROVE},
    Role.ACCOUNTANT: _READ_TRADE
    | _OUTGOING
    | {
        Right.PAYMENTS_READ,
        Right.PAYMENTS_DECIDE,
        Right.STATEMENTS_IMPORT,
        Right.EVIDENCE_READ,
        Right.TASKS_WORK,
    },
    Role.WAREHOUSE: frozenset({Right.PICKS_READ, Right.PICKS_WORK, Right.TASKS_READ, Right.TASKS_WORK}),
    Role.MANAGER: _READ_TRADE | {Right.ORDERS_WORK, Right.TASKS_WORK},
    Role.IT: frozenset({Right.HEALTH_READ, Right.HEALTH_OPERATE, Right.EVIDENCE_READ, Right.USERS_MANAGE}),
    Role.DIRECTOR: _READ_TRADE
    | _OUTGOING
    | {Right.PAYMENTS_READ, Right.STATEMENTS_IMPORT, Right.EVIDENCE_READ, Right.RELEASE_SWITCH},
    Role.OWNER: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with a role, or the service itself.

    Attributes:
        name: the person's name as it stands in the journal.
        role: decides the rights.
        personal: False for whoever sits at a machine nobody logs on to: he may be anybody, also the person who has
            signed already, so he signs no payment order.
    """

    name: str
    role: Role
    personal: bool = field(default=True, compare=False)

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
        return self.name if self.role is Role.SERVICE else f"{self.role.value}:{self.name}"


SERVICE = Actor("service", Role.SERVICE)
