"""The machine of cash on delivery, and what a parcel's invoice asks for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.core.money import Money
from gateway.parcels import cod, cod_claim, cod_debt
from gateway.parcels.model import COD, CarrierKey, CodEvent, CodState, EndedHow, Stage

_S, _E = CodState, CodEvent


def row(**values: Any) -> Any:
    plain = {"cod": 120_000, "cod_state": "expected", "cod_received": 0, "ended_how": "", "stage": "ready", "back": 0}
    return SimpleNamespace(**(plain | values))


def test_money_is_believed_wherever_the_carriers_word_stands() -> None:
    for state in _S:
        assert (_E.ARRIVE in COD.allowed(state)) == (state not in (_S.NONE, _S.ARRIVED))
    taken_back = COD.step(_S.ARRIVED, _E.REVERSE)
    assert set(taken_back.clears) == {"cod_payment_id", "cod_arrived_at"}
    assert COD.step(taken_back.to, _E.EXPECT).to is _S.EXPECTED and COD.step(taken_back.to, _E.CALL_OFF).to is _S.VOID
    assert all(COD.allowed(state) for state in _S)


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({}, 120_000),
        ({"cod_state": "claimed"}, 120_000),
        ({"cod_state": "arrived", "cod_received": 120_000}, 120_000),
        ({"cod_state": "void"}, 0),
        ({"cod_state": "none", "cod": 0}, 0),
        ({"ended_how": EndedHow.REMOVED.value}, 0),
        ({"ended_how": EndedHow.REMOVED.value, "cod_received": 500}, 120_000),
    ],
)
def test_what_is_to_come(values: dict[str, Any], due: int) -> None:
    assert cod_debt.owed(row(**values)) == Money(due)


def test_who_is_not_to_pay() -> None:
    back = {stage for stage in Stage if cod.goes_back(row(stage=stage.value))}
    assert back == {Stage.RETURN_STARTED, Stage.RETURNED, Stage.LOST}
    assert cod.goes_back(row(stage="delivered", back=1)) and not cod.goes_back(row(stage="partial", back=1))


def test_every_carrier_can_be_written_to() -> None:
    for carrier in CarrierKey:
        assert cod_debt.FIRMS[carrier].name
        assert {"title", "about", "body", "demand"} <= set(cod_claim.templates()[carrier.value])
