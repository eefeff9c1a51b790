"""What leaves for a lender: the outbox's sinks. The adapter is called outside any unit, its answer taken in one.

Every row may come twice, and what became of a call that timed out is unknown: so a row that is tried again first asks
what the lender has, and the call is repeated, under the same ids, only where that shows that it did not arrive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from gateway.core.clock import from_text
from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.core.money import Money
from gateway.loans import applications, questionnaire, reasons
from gateway.loans.lenders import contact
from gateway.loans.lenders.answers import Answers
from gateway.loans.lenders.decisions import load
from gateway.loans.lenders.errors import UnreadableAnswer
from gateway.loans.lenders.ports import Lender, LenderStatus, LenderView, LoanRequest, OriginalVerdict
from gateway.loans.model import DECISION, SigningWay
from gateway.loans.paper_intake import keep_agreement
from gateway.loans.purchase import purchase_of
from gateway.loans.tables import decisions, shops
from gateway.loans.terms import LoanTerms
from gateway.store.outbox import Parcel
from gateway.store.schema import AnyRow

Sink = Callable[[Parcel], None]

_S = LenderStatus
_NOT_GIVEN = frozenset({_S.RECEIVED, _S.THINKING, _S.NEEDS_INFO, _S.APPROVED, _S.UNKNOWN})
_OVER = frozenset({_S.DECLINED, _S.REVOKED, _S.CANCELLED})
_LENT = frozenset({_S.COMMITTED, _S.PAID_OUT})
_SIGNED = _LENT | {_S.SIGNED, _S.ORIGINAL_ACCEPTED, _S.ORIGINAL_REJECTED}
_REST_SECONDS = 45.0
_RESTING = "lender.resting"


@dataclass(frozen=True, slots=True)
class _Case:
    """What one row is about."""

    parcel: Parcel
    lender: Lender
    decision: AnyRow
    application: AnyRow


@dataclass(frozen=True, slots=True)
class _Kind:
    """One topic.

    Attributes:
        call: tells the lender.
        arrived: whether a view shows that he knows already; a call that leaves no trace in a view is repeated.
        wanted: whether it is still to be told.
    """

    call: Callable[[_Case, str], LenderView]
    arrived: Callable[[LenderView], bool]
    wanted: Callable[[_Case], bool] = lambda case: True


class LenderCalls:
    """The sinks of everything that is told to lenders.

    Payloads: {application, lender, decision} and

    * loan.submit, loan.commit: nothing more
    * loan.accept: offer, way
    * loan.cancel: reason
    * loan.signed: at (stored text), identity_checked
    * loan.original_sent: waybill
    * loan.returned: return (id), amount (kopecks)
    * loan.fetch_document: agreement (id), document (the lender's id)

    Args:
        lenders: adapters by key.
    """

    def __init__(
        self,
        answers: Answers,
        lenders: Mapping[str, Lender],
    ) -> None:
        self._store = answers.store
        self._terms = answers.terms
        self._answers = answers
        self._lenders = dict(lenders)
        self._guard = threading.Lock()
        self._resting: dict[str, float] = {}

    def sinks(self) -> dict[str, Sink]:
        """Topic → sink. Each raises Unavailable when the row is to be tried again, Refused when a person is needed."""
        kinds = {
            "loan.submit": _Kind(self._submit, lambda view: True, _is_live),
            "loan.accept": _Kind(_accept, lambda view: view.status not in _NOT_GIVEN, _is_chosen),
            "loan.cancel": _Kind(_cancel, lambda view: view.status in _OVER),
            "loan.signed": _Kind(_signed, lambda view: view.status in _SIGNED and view.original is not _REJECTED),
            "loan.original_sent": _Kind(_original, lambda view: view.original is OriginalVerdict.ACCEPTED),
            "loan.commit": _Kind(lambda case, known: case.lender.commit(known), lambda view: view.status in _LENT),
            "loan.returned": _Kind(_returned, lambda view: False),
        }
        found: dict[str, Sink] = {topic: self._sink(kind) for topic, kind in kinds.items()}
        return {**found, "loan.fetch_document": self._fetch}

    def _sink(self, kind: _Kind) -> Sink:
        def carry(parcel: Parcel) -> None:
            case = self._case(parcel)
            if kind.wanted(case):
                self._answered(case, lambda: self._told(kind, case))

        return carry

    def _told(self, kind: _Kind, case: _Case) -> None:
        """Tell the lender, unless he shows that he knows."""
        known = case.decision.external_id
        if case.parcel.attempts or not known:
            found = self._asked(case, known)
            if found is not None:
                self._take(case, found)
                if kind.arrived(found):
                    return
                known = found.external_id
            elif kind.call is _cancel:
                return  # it never came there
        try:
            view = kind.call(case, known)
        except Refused as refused:
            self._explained(kind, case, known, refused)
            return
        self._take(case, view)

    def _asked(self, case: _Case, known: str) -> LenderView | None:
        """What the lender has; None when he knows nothing of it."""
        try:
            return case.lender.view(case.application.id, known)
        except Refused as refused:
            if refused.code != "lender.unknown_application":
                raise
            return None

    def _explained(self, kind: _Kind, case: _Case, known: str, refused: Refused) -> None:
        """He said no to the call: what he says of the application may tell why, and that it is not wanted any more.

        Raises:
            Refused: when it still is.
        """
        found = self._asked(case, known) if refused.code == "lender.refused" else None
        if found is not None:
            self._take(case, found)
            if kind.arrived(found) or not kind.wanted(self._case(case.parcel)):
                return
        raise refused

    def _fetch(self, parcel: Parcel) -> None:
        case = self._case(parcel)
        payload = parcel.payload

        def fetch() -> None:
            content = case.lender.document(case.decision.external_id, payload["document"])
            if not content.startswith(b"%PDF-"):
                raise Refused("lender.no_pdf", lender=case.lender.key)
            with self._store.unit() as unit:
                keep_agreement(unit, self._terms, case.application.id, payload["agreement"], content)
                contact.reached(unit, load(unit, case.decision.id))
                unit.commit()

        self._answered(case, fetch)

    def _answered(self, case: _Case, talk: Callable[[], None]) -> None:
        """Talk to a lender; that he did not answer is noted, and others are not held up by waiting for him again."""
        key = case.lender.key
        try:
            self._need_rested(key)
            talk()
        except KvitError as error:
            if isinstance(error, Unavailable) and error.code.startswith("lender.") and error.code != _RESTING:
                self._rest(key, error)
            if error.code.startswith("lender."):
                self._answers.failed(case.decision.id, error)
            if isinstance(error, UnreadableAnswer):  # what became of the call is as unknown as after a time-out
                raise Unavailable("lender.unreadable", lender=key, detail=error.values["detail"]) from None
            raise

    def _take(self, case: _Case, view: LenderView) -> None:
        self._answers.take(case.decision.id, case.application.id, view)

    def _case(self, parcel: Parcel) -> _Case:
        payload = parcel.payload
        lender = self._lenders.get(payload["lender"])
        if lender is None:
            raise Refused("lender.unknown", lender=payload["lender"])
        with self._store.reading() as connection:
            decision = connection.execute(select(decisions).where(decisions.c.id == payload["decision"])).one()
            return _Case(
                parcel, lender, decision, applications.read(connection, self._store.company, payload["application"])
            )

    def _submit(self, case: _Case, known: str) -> LenderView:
        """Hand an application in, or hand it in again as it was put right; that personal data leaves is journalled."""
        with self._store.unit() as unit:
            row = applications.load(unit, case.application.id)
            shop = unit.connection.execute(select(shops.c.key).where(shops.c.id == row.shop_id)).scalar_one()
            request = _request(self._terms, row, shop)
            unit.journal("loan.personal_sent", f"loan:{row.id}", lender=case.lender.key)
            unit.commit()
        return case.lender.submit(request)

    def _need_rested(self, key: str) -> None:
        with self._guard:
            until = self._resting.get(key, 0.0)
        left = until - self._store.clock.monotonic()
        if left > 0:
            raise Unavailable(_RESTING, retry_after=left, lender=key)

    def _rest(self, key: str, error: Unavailable) -> None:
        seconds = error.retry_after if error.code == "lender.busy" else _REST_SECONDS
        with self._guard:
            self._resting[key] = self._store.clock.monotonic() + seconds


_REJECTED = OriginalVerdict.REJECTED


def _request(terms: LoanTerms, row: AnyRow, shop: str) -> LoanRequest:
    purchase = purchase_of(row)
    return LoanRequest(
        id=row.id,
        number=row.number,
        shop_key=shop,
        shop_order=row.shop_order,
        basket=purchase.basket,
        goods=purchase.goods,
        down=purchase.down,
        months=purchase.months,
        region=purchase.region,
        person=questionnaire.for_lender(terms, row),
    )


def _is_live(case: _Case) -> bool:
    """Not taken back, nor refused, before it was sent."""
    return case.decision.state not in DECISION.final


def _is_chosen(case: _Case) -> bool:
    """This very offer is still what was chosen."""
    payload, application = case.parcel.payload, case.application
    chosen = (application.lender, application.offer_id, application.signing_way)
    return bool(chosen == (case.lender.key, payload["offer"], payload["way"]))


def _accept(case: _Case, known: str) -> LenderView:
    payload = case.parcel.payload
    return case.lender.accept(known, payload["offer"], SigningWay(payload["way"]))


def _cancel(case: _Case, known: str) -> LenderView:
    return case.lender.cancel(known, reasons.words(case.parcel.payload["reason"]))


def _signed(case: _Case, known: str) -> LenderView:
    payload = case.parcel.payload
    return case.lender.signed(known, from_text(payload["at"]), bool(payload["identity_checked"]))


def _original(case: _Case, known: str) -> LenderView:
    return case.lender.original_sent(known, case.parcel.payload["waybill"])


def _returned(case: _Case, known: str) -> LenderView:
    payload = case.parcel.payload
    return case.lender.returned(known, payload["return"], Money(payload["amount"]))
