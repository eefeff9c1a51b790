"""Found by a hostile reading: the tray of the service's own machine is a desk, and no second person."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.api.tokens import authenticate, local_token, permissions
from gateway.core.authority import Actor, Right, Role
from gateway.core.errors import Refused
from gateway.store import Store
from tests.api.shop import COMPANY
from tests.payments.outgoing.desk import ANNA, Desk


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.DIRECTOR, Role.OWNER])
def test_the_trays_own_token_signs_nothing(store: Store, tmp_path: Path, role: Role) -> None:
    path = tmp_path / "tray.token"
    local_token(store, path, role)
    with store.reading() as connection:
        caller = authenticate(connection, COMPANY, path.read_text().strip())
    assert caller is not None
    assert not caller.actor.may(Right.OUTGOING_APPROVE)
    assert "outgoing.approve" not in permissions(caller.actor)
    assert {"outgoing.propose", "outgoing.read"} <= set(permissions(caller.actor))
    local_token(store, path, role)
    with store.reading() as connection:
        assert authenticate(connection, COMPANY, path.read_text().strip()) == caller  # it is not made anew each start


def test_a_person_and_her_own_desk_are_not_two_people(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    tray = Actor("tray", Role.OWNER, personal=False)
    order_id = desk.propose(by=ANNA)
    with pytest.raises(Refused) as refused:
        desk.approve(order_id, by=tray)
    assert refused.value.code == "authority.nameless"
    other = desk.propose(by=tray, confirmed=["outgoing.new_payee", "outgoing.duplicate"])
    assert (desk.state(other), desk.row(other).approvals) == ("draft", "[]")
    desk.close()
