"""Answers of the REST lender: JSON read strictly where we rely on it; fields we do not know are let be."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from gateway.core.money import Money
from gateway.loans.lenders.errors import UnreadableAnswer
from gateway.loans.lenders.ports import AgreementView, LenderView, Offer
from gateway.loans.lenders.words import REST

T = TypeVar("T")
_LARGEST_SUM = 10**15


class _Unfit(Exception):
    """A field is missing or is not what it should be."""


class Fields:
    """The fields of one JSON object."""

    def __init__(self, given: Any, path: str = "") -> None:
        if not isinstance(given, dict):
            raise _Unfit(path or "an object expected")
        self._given = given
        self._path = path

    def _of(self, name: str, fits: Callable[[Any], bool]) -> Any:
        value = self._given.get(name)
        if not fits(value):
            raise _Unfit(f"{self._path}{name}")
        return value

    def text(self, name: str, *, optional: bool = False) -> str:
        if optional and self._given.get(name) is None:
            return ""
        found: str = self._of(name, lambda v: isinstance(v, str) and (bool(v) or optional) and len(v) <= 1000)
        return found

    def whole(self, name: str) -> int:
        found: int = self._of(name, lambda v: type(v) is int and 0 <= v <= _LARGEST_SUM)
        return found

    def money(self, name: str) -> Money:
        return Money(self.whole(name))

    def flag(self, name: str) -> bool:
        return bool(self._of(name, lambda v: v is None or isinstance(v, bool)))

    def day(self, name: str) -> date | None:
        return self._parsed(name, date.fromisoformat)

    def instant(self, name: str) -> datetime | None:
        found = self._parsed(name, datetime.fromisoformat)
        if found is not None and found.tzinfo is None:
            raise _Unfit(f"{self._path}{name}")
        return None if found is None else found.astimezone(UTC)

    def _parsed(self, name: str, read: Callable[[str], T]) -> T | None:
        text = self.text(name, optional=True)
        try:
            return read(text) if text else None
        except (ValueError, OverflowError):
            raise _Unfit(f"{self._path}{name}") from None

    def words(self, name: str) -> list[str]:
        found = self._of(name, lambda v: isinstance(v, list) and all(isinstance(word, str) for word in v))
        return list(found)

    def texts(self, name: str) -> dict[str, str]:
        found = self._of(
            name, lambda v: v is None or (isinstance(v, dict) and all(isinstance(t, str) for t in v.values()))
        )
        return dict(found or {})

    def objects(self, name: str) -> list[Fields]:
        found = self._of(name, lambda v: v is None or isinstance(v, list))
        return [Fields(one, f"{self._path}{name}.") for one in found or []]

    def part(self, name: str) -> Fields | None:
        return None if self._given.get(name) is None else Fields(self._given[name], f"{self._path}{name}.")


def read_view(lender: str, raw: bytes) -> LenderView:
    """An application as the lender shows it.

    Raises:
        UnreadableAnswer.
    """
    try:
        return _view(_object(raw), raw)
    except _Unfit as error:
        raise UnreadableAnswer(lender, str(error), raw) from None


def read_hint(raw: bytes) -> str:
    """The lender's id of the application a webhook is about; "" when it names none."""
    try:
        return _object(raw).text("id")
    except _Unfit:
        return ""


def read_error(raw: bytes) -> str:
    """The lender's code of an error, "" when he gives none. His text may quote the questionnaire: it is not read."""
    try:
        return _object(raw).text("code")
    except _Unfit:
        return ""


def _object(raw: bytes) -> Fields:
    try:
        return Fields(json.loads(raw))
    except (ValueError, RecursionError):
        raise _Unfit("no JSON") from None


def _view(fields: Fields, raw: bytes) -> LenderView:
    offers = tuple(_offer(one) for one in fields.objects("offers"))
    word = fields.text("status")
    status = REST.status(word, offers)
    agreement = fields.part("agreement")
    return LenderView(
        external_id=fields.text("id"),
        version=fields.whole("version"),
        status=status,
        status_text=word,
        raw=raw,
        reason=fields.text("reason", optional=True),
        offers=offers,
        wanted=fields.texts("corrections"),
        agreement=None if agreement is None else _agreement(agreement),
        original=REST.original(fields.text("documents", optional=True), status),
    )


def _offer(fields: Fields) -> Offer:
    return Offer(
        id=fields.text("id"),
        loan=fields.money("amount"),
        months=fields.whole("termMonths"),
        rate=fields.text("rate"),
        psk=fields.text("psk", optional=True),
        payment=fields.money("monthlyPayment"),
        discount=fields.money("subsidy"),
        ways=REST.signing_ways(fields.words("signingTypes")),
        until=fields.day("validUntil"),
    )


def _agreement(fields: Fields) -> AgreementView:
    dated = fields.day("date")
    if dated is None:
        raise _Unfit("agreement.date")
    return AgreementView(
        number=fields.text("number"),
        dated=dated,
        loan=fields.money("amount"),
        discount=fields.money("subsidy"),
        months=fields.whole("termMonths"),
        rate=fields.text("rate"),
        psk=fields.text("psk", optional=True),
        document=fields.text("documentId"),
        passport=fields.text("passport", optional=True),
        cooling_until=fields.instant("commitCooldown"),
        sign_by=fields.day("signBefore"),
        digital=fields.flag("digital"),
    )
