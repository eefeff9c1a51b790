"""The questionnaire of a buyer: filled in during a call, saved as it is typed, sealed, sent when it is complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.loans import applications, events
from gateway.loans.applications import decisions_of
from gateway.loans.fields import FIELDS, Fault, faults_of, kept
from gateway.loans.model import ApplicationState, DecisionState
from gateway.loans.personal import about_buyer, about_questionnaire
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_CONSENT = "consent"
_BUYER = ("surname", "name", "patronymic", "phone")
_S = ApplicationState


@dataclass(frozen=True, slots=True)
class Sheet:
    """A questionnaire as it stands.

    Attributes:
        values: field → value; nothing for what was never typed.
        faults: what is wrong; nothing may be sent while there is one that is no warning.
        consent: version of the text the buyer agreed to, "" before that.
        version: of the application; give it back with the next save.
    """

    values: Mapping[str, str] = field(repr=False)
    faults: tuple[Fault, ...]
    consent: str
    version: int

    @property
    def complete(self) -> bool:
        return bool(self.consent) and all(fault.warning for fault in self.faults)


def read(unit: Unit, terms: LoanTerms, application_id: str) -> Sheet:
    """The questionnaire for a screen; that it was read stands in the journal.

    Raises:
        Refused: `authority.missing`, `loan.not_found`.
        Corrupt: `loan.unsealable`.
    """
    unit.actor.require(Right.LOANS_PERSONAL)
    row = applications.open_for(unit, application_id)
    unit.journal("loan.personal_read", f"loan:{row.id}", what="questionnaire")
    return _sheet(unit, terms, row)


def save(
    unit: Unit,
    terms: LoanTerms,
    application_id: str,
    values: Mapping[str, str],
    expected_version: int | None = None,
) -> Sheet:
    """Keep what was typed so far, right or wrong; fields not named stay. The same again changes nothing.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.unknown_field`; `loan.not_editable` before the buyer was
            reached, and when no lender wants anything put right any more.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.LOANS_CALL)
    unit.actor.require(Right.LOANS_PERSONAL)
    row = applications.open_for(unit, application_id, expected_version)
    _need_editable(unit, row)
    unknown = sorted(values.keys() - FIELDS.keys())
    if unknown:
        raise Refused("loan.unknown_field", field=unknown[0][:40])
    before = _opened(terms, row)
    after = before | {name: kept(name, typed) for name, typed in values.items()}
    if after != before:
        row = _keep(unit, terms, row, after)
        changed = sorted(name for name in after if after[name] != before.get(name, ""))
        unit.journal("loan.questionnaire_saved", f"loan:{row.id}", fields=changed)
    return _sheet(unit, terms, row)


def consent(unit: Unit, terms: LoanTerms, application_id: str, expected_version: int | None = None) -> Sheet:
    """The buyer has heard the text of the consent and agreed; when, to whom and to which text is kept for ever.

    Raises:
        Refused: as `save`.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.LOANS_CALL)
    row = applications.open_for(unit, application_id, expected_version)
    _need_editable(unit, row)
    values = _opened(terms, row)
    if values.get(_CONSENT) != terms.consent:
        row = _keep(unit, terms, row, values | {_CONSENT: terms.consent})
        unit.journal("loan.consented", f"loan:{row.id}", text=terms.consent)
        events.write(unit, row.id, "consented", text=terms.consent)
    return _sheet(unit, terms, row)


def need_complete(unit: Unit, terms: LoanTerms, row: AnyRow) -> None:
    """Raise unless the questionnaire may be sent.

    Raises:
        Refused: `loan.no_consent`, `loan.incomplete` with the names of the fields.
    """
    sheet = _sheet(unit, terms, row)
    if sheet.consent != terms.consent:
        raise Refused("loan.no_consent", text=terms.consent)
    wrong = list(dict.fromkeys(fault.field for fault in sheet.faults if not fault.warning))
    if wrong:
        raise Refused("loan.incomplete", fields=", ".join(wrong))


def for_lender(terms: LoanTerms, row: AnyRow) -> dict[str, str]:
    """The fields as they go to a lender; whoever sends them journals that ("loan.personal_sent", the lender's key).

    Raises:
        Corrupt: `loan.unsealable`.
    """
    values = _opened(terms, row)
    return {name: values[name] for name in FIELDS if values.get(name)}


def _sheet(unit: Unit, terms: LoanTerms, row: AnyRow) -> Sheet:
    values = _opened(terms, row)
    faults = faults_of(values, business_date(unit.now, terms.zone))
    agreed = values.pop(_CONSENT, "")
    return Sheet(values, tuple(faults), agreed, row.version)


def _opened(terms: LoanTerms, row: AnyRow) -> dict[str, str]:
    """What is typed already; the phone number the application came with counts as typed."""
    values = terms.sealer.open(about_questionnaire(row.id), row.questionnaire)
    if not values:
        buyer = terms.sealer.open(about_buyer(row.id), row.buyer)
        values = {"phone": buyer["phone"]} if buyer.get("phone") else {}
    return values


def _keep(unit: Unit, terms: LoanTerms, row: AnyRow, values: dict[str, str]) -> AnyRow:
    """Seal what was typed, with the buyer's name and phone beside it, and the hashes it is found by."""
    sealer = terms.sealer
    buyer = sealer.open(about_buyer(row.id), row.buyer)
    buyer |= {name: values[name] for name in _BUYER if values.get(name)}
    return applications.change(
        unit,
        row,
        questionnaire=sealer.seal(about_questionnaire(row.id), values),
        buyer=sealer.seal(about_buyer(row.id), buyer),
        phone_hash=sealer.mark("phone", buyer.get("phone", "")),
        surname_hash=sealer.mark("surname", values.get("surname", "")),
        passport_hash=sealer.mark("passport", values.get("passport", "")),
    )


def _need_editable(unit: Unit, row: AnyRow) -> None:
    if row.state == _S.QUESTIONNAIRE:
        return
    with_lenders = row.state in (_S.SUBMITTED, _S.APPROVED)
    if not with_lenders or all(d.state != DecisionState.NEEDS_INFO for d in decisions_of(unit, row.id)):
        raise Refused("loan.not_editable", state=row.state)
