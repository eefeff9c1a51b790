"""The buyer's passport is checked before he signs.

Whoever checks types the number from the passport in front of him, blind: no screen shows him the agreement's. We
compare the two by keyed hash; he compares the face with the photograph. The second failure stops the signing.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.text import one_line
from gateway.loans import agreement_rows, alerts, events, visits
from gateway.loans.desk import open_signing
from gateway.loans.papers import SIGNING, SigningEvent, SigningState
from gateway.loans.tables import identity_checks
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

ATTEMPTS = 2
STOPPED_TASK = "task.loan_stopped"
_NUMBER = re.compile(r"[0-9]{10}")
_SEPARATORS = re.compile(r"[ \u00a0№-]")
_TAIL = 3
_LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True)
class Compared:
    """How a check came out.

    Attributes:
        stopped: it was the last attempt; a person has to look.
    """

    number_matches: bool
    photo_matches: bool
    stopped: bool

    @property
    def ok(self) -> bool:
        return self.number_matches and self.photo_matches


def check(
    unit: Unit,
    terms: LoanTerms,
    application_id: str,
    typed: str,
    photo_matches: bool,
    place: str,
    expected_version: int | None = None,
) -> Compared:
    """Compare a number typed from the passport with the agreement's; keep who did it, when, where, a keyed hash and the
    last three digits.

    Args:
        typed: series and number, ten digits.
        place: where they met: the shop's address, the branch, the buyer's town.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`, `state.not_yet`,
            `loan.passport_unreadable` for anything but ten digits (it is no attempt), `loan.place_missing`,
            `loan.passport_unknown` when there is no number to compare with.
        Conflict: `loan.changed`.
    """
    application, row = open_signing(unit, application_id, expected_version)
    SIGNING.step(SigningState(row.signing), SigningEvent.IDENTIFY, agreement_rows.signing_facts(row))
    digits = _SEPARATORS.sub("", typed)
    if not _NUMBER.fullmatch(digits):
        raise Refused("loan.passport_unreadable")
    place = one_line(place, _LONGEST_PLACE)
    if not place:
        raise Refused("loan.place_missing")
    if not row.passport_hash:
        raise Refused("loan.passport_unknown")
    typed_hash = terms.sealer.mark("passport", digits)
    matches = hmac.compare_digest(typed_hash, row.passport_hash)
    compared = Compared(matches, photo_matches, row.identity_failures + 1 >= ATTEMPTS)
    compared = Compared(matches, photo_matches, stopped=compared.stopped and not compared.ok)
    _keep(unit, row, typed_hash, digits[-_TAIL:], compared, place)
    if compared.ok:
        row = agreement_rows.step(unit, row, SigningEvent.IDENTIFY, identity_checked_at=unit.at)
        events.write(unit, application.id, "identity_ok", agreement=row.number)
        return compared
    failures = row.identity_failures + 1
    events.write(unit, application.id, "identity_failed", agreement=row.number, attempt=failures)
    if compared.stopped:
        row = agreement_rows.step(unit, row, SigningEvent.MISIDENTIFY, identity_failures=failures)
        visits.end(unit, row.id, visits.Result.STOPPED)
        alerts.tell(unit, terms, STOPPED_TASK, application, agreement=row.number)
    else:
        agreement_rows.change(unit, row, identity_failures=failures)
    return compared


def _keep(unit: Unit, row: AnyRow, typed_hash: str, tail: str, compared: Compared, place: str) -> None:
    check_id = new_id()
    unit.insert(
        identity_checks,
        {
            "id": check_id,
            "company": unit.company,
            "agreement_id": row.id,
            "way": row.signing_way,
            "at": unit.at,
            "by": str(unit.actor),
            "place": place,
            "typed_hash": typed_hash,
            "typed_tail": tail,
            "number_matches": int(compared.number_matches),
            "photo_matches": int(compared.photo_matches),
        },
    )
    unit.journal(
        "agreement.identity_checked",
        agreement_rows.subject(row.id),
        application=row.application_id,
        check=check_id,
        way=row.signing_way,
        number_matches=compared.number_matches,
        photo_matches=compared.photo_matches,
        stopped=compared.stopped,
    )
