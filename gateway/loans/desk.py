"""The agreement a person works on: loaded with its application, for whoever may see it."""

from __future__ import annotations

from typing import NamedTuple

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.loans import agreement_rows, applications, rows
from gateway.loans.model import SigningWay
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


class Case(NamedTuple):
    """An application and its live agreement."""

    application: AnyRow
    agreement: AnyRow


def open_signing(unit: Unit, application_id: str, expected_version: int | None = None) -> Case:
    """What everything begins with that is done where the buyer signs: a shop's people meet him at their counter only;
    what happened in a branch or with a courier, our own people enter.

    Raises:
        Refused: as `open_case`; `loan.not_at_shop`.
        Conflict: `loan.changed`.
    """
    case = open_case(unit, Right.LOANS_SIGN, application_id, expected_version)
    if unit.actor.party and case.agreement.signing_way != SigningWay.CLERK:
        raise Refused("loan.not_at_shop", agreement=case.agreement.number)
    return case


def open_case(unit: Unit, right: Right, application_id: str, expected_version: int | None = None) -> Case:
    """What a use case begins with.

    Args:
        right: the actor needs it.
        expected_version: of the agreement, as the caller saw it.

    Raises:
        Refused: `authority.missing`, `loan.not_found` (also another shop's), `loan.no_agreement`.
        Conflict: `loan.changed`.
    """
    unit.actor.require(right)
    application = applications.open_for(unit, application_id)
    agreement = agreement_rows.live(unit, application.id)
    if agreement is None:
        raise Refused("loan.no_agreement")
    rows.need_version(agreement, expected_version)
    return Case(application, agreement)
