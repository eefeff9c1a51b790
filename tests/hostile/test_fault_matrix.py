"""The fault matrix: everything the bank can do wrong × both channels, the whole way into the books, a test for each.

The story of `kvit demo --story bank` plays the same trials one after the other; here each is a test with a name, asked
for what it must come to: nothing lost, nothing doubled, no forgery accepted, no order paid twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.bank.sandbox.kinds import CHANNELS, KINDS
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.authority import Actor, Role
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.flows.pay_out import Route, send_waiting
from gateway.flows.terms import Terms
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import NeedsConfirming, OrderDraft, OutgoingTerms, OwnAccount, Payee
from gateway.payments.outgoing.tables import payment_orders
from gateway.payments.tables import entries
from gateway.service.config import Home
from gateway.service.demo import bank_trials
from gateway.service.demo.bank_stage import BXD, DIRECTBANK, BankStage, bank_stage
from gateway.service.demo.bank_trials import Books, Trials, reckoned
from gateway.service.rounds import bank_round
from gateway.store import journal
from tests.payments.outgoing.desk import let_in

_NOTICE = "id-off-by-one"  # goes wrong with a notice about an order, wherever it stands in the bank's list
_WITHHELD = (BXD, "gap")  # shows only over several days: a test of its own
# What a behaviour can also be like, beyond what it is by default. The first protocol's are in test_messages.
VARIANTS: list[tuple[str, str, dict[str, str]]] = [
    (DIRECTBANK, "wrapped-signature", {"variant": "swapped"}),
    (DIRECTBANK, "wrapped-signature", {"variant": "second-signature"}),
    (DIRECTBANK, "truncated", {"mode": "short"}),
    (DIRECTBANK, "dtd", {"encoding": "utf-16"}),
    (DIRECTBANK, "duplicate-file", {"mode": "listed"}),
    (DIRECTBANK, "gap", {"mode": "opening"}),
    (DIRECTBANK, "read-once", {"reply": "cut"}),
    (DIRECTBANK, "bare-requisites", {"sum": "missing"}),
]
CELLS: list[tuple[str, str, dict[str, str]]] = [
    (channel, name, {})
    for channel in CHANNELS
    for name, kind in KINDS.items()
    if channel in kind.channels and kind.level != "order" and name != _NOTICE and (channel, name) != _WITHHELD
] + VARIANTS
# What must be refused, and for what; anything else may be taken in stride.
REASONS = {
    (BXD, "forged-signature"): "bank.signature_invalid",
    (BXD, "forged-payload"): "bank.payload_signature_invalid",
    (BXD, "wrapped-signature"): "bank.signature_wrapped",
    (BXD, "stale-timestamp"): "bank.stale_timestamp",
    (BXD, "wrong-request-id"): "bank.wrong_request_id",
    (BXD, "replayed"): "bank.wrong_request_id",
    (DIRECTBANK, "forged-signature"): "bank.signature_invalid",
    (DIRECTBANK, "forged-payload"): "bank.signature_invalid",
    (DIRECTBANK, "wrong-request-id"): "bank.wrong_file",
    (DIRECTBANK, "replayed"): "bank.wrong_file",
    **{(channel, "certificate-expired"): "bank.certificate_expired" for channel in CHANNELS},
    **{(channel, "truncated"): "bank.truncated" for channel in CHANNELS},
    **{(channel, "dtd"): "bank.dtd" for channel in CHANNELS},
    **{(channel, "wrong-encoding"): "bank.wrong_encoding" for channel in CHANNELS},
    **{(channel, "huge"): "bank.too_large" for channel in CHANNELS},
    **{(channel, "empty"): "bank.empty" for channel in CHANNELS},
    **{(channel, "unknown-code"): "bank.response_refused" for channel in CHANNELS},
    **{(channel, "silent"): "bank.slow" for channel in CHANNELS},
    **{(channel, "slow"): "bank.slow" for channel in CHANNELS},
    **{(channel, "http-500"): "bank.fault" for channel in CHANNELS},
}
MISSIGNED = {"attached": "bank.signature_unreadable", "swapped": "bank.signature_invalid"}


@contextmanager
def playing(folder: Path) -> Iterator[BankStage]:
    with bank_stage(Home(folder), "ru") as stage, SandboxServer(folder):
        yield stage


@dataclass
class Matrix:
    """A stage for the cells of one channel."""

    channel: str
    stage: BankStage
    books: Books = field(default_factory=Books)

    def __post_init__(self) -> None:
        self.trials = Trials(self.stage, self.books)

    def wrong(self) -> dict[str, int]:
        """What must stay nought."""
        found = reckoned(self.stage, self.books)
        return {name: found[name] for name in ("lost", "doubled", "forged_accepted")}


@pytest.fixture(scope="module")
def matrix_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Matrix]]:
    """The stage of a channel, made when its first cell is tried."""
    made: dict[str, Matrix] = {}
    with ExitStack() as held:

        def matrix_of(channel: str) -> Matrix:
            if channel not in made:
                matrix = made[channel] = Matrix(channel, held.enter_context(playing(tmp_path_factory.mktemp(channel))))
                matrix.trials.pay(channel, 2)  # an earlier reply, for what is replayed
                matrix.trials.poll(channel)
            return made[channel]

        yield matrix_of


def cell_id(cell: tuple[str, str, dict[str, str]]) -> str:
    return "-".join([cell[0], cell[1], *cell[2].values()])


def test_every_misbehaviour_has_its_cell() -> None:
    known = {(channel, name) for name, kind in KINDS.items() for channel in kind.channels}
    cells = {(channel, name) for channel, name, _ in CELLS} | {(channel, name) for channel, name in ORDERS}
    assert known == cells | {_WITHHELD}


@pytest.mark.parametrize(("channel", "name", "options"), [pytest.param(*cell, id=cell_id(cell)) for cell in CELLS])
def test_nothing_is_lost_doubled_or_believed(
    matrix_of: Callable[[str], Matrix],
    channel: str,
    name: str,
    options: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = matrix_of(channel)
    if options:
        monkeypatch.setitem(bank_trials._OPTIONS, name, options)  # type: ignore[index]
    if channel == BXD and name != "late":
        monkeypatch.setattr(bank_trials, "_LATE_S", 0)  # nothing has to be waited for: files are made at once
    before = matrix.wrong()
    trial = matrix.trials.one(channel, name)
    assert trial.happened, "the bank was honest: this tried nothing"
    assert matrix.wrong() == before == {"lost": 0, "doubled": 0, "forged_accepted": 0}
    reason = REASONS.get((channel, name), "")
    if (channel, name) == (DIRECTBANK, "wrapped-signature"):
        reason = MISSIGNED.get(options.get("variant", "attached"), "")
    if reason:
        assert set(trial.refused) == {reason}
    with matrix.stage.installation.store.reading() as connection:
        assert journal.verify(connection).ok


def test_a_withheld_statement_loses_nothing_and_is_told(tmp_path: Path) -> None:
    with playing(tmp_path) as stage:
        matrix = Matrix(BXD, stage)
        trial = matrix.trials.gap()
        assert trial.happened
        assert matrix.wrong() == {"lost": 0, "doubled": 0, "forged_accepted": 0}
        assert reckoned(stage, matrix.books)["gaps_found"] >= 1


# --- payment orders --------------------------------------------------------------------------------------------------

_ACCOUNTANT = Actor("Анна Бухгалтер", Role.ACCOUNTANT)
_DIRECTOR = Actor("Борис Директор", Role.DIRECTOR)
_BIC, _CORR = "044525225", "30101810400000000225"
_PATIENCE_S, _PAUSE_S = 8.0, 0.1
_ENDS = {"order-refused": "refused", "order-returned": "returned"}  # the others: executed
_WAITS = {"order-silent": {"seconds": "1"}, "order-late": {"seconds": "1"}}
_NO_ANSWER = ("order-lost-reply", "order-not-received")
ORDERS = [
    (channel, name)
    for channel in CHANNELS
    for name, kind in KINDS.items()
    if channel in kind.channels and (kind.level == "order" or name == _NOTICE)
]


class Payments:
    """Payment orders of one channel: proposed and signed by two people, carried, followed."""

    def __init__(self, matrix: Matrix) -> None:
        self._stage, self._channel = matrix.stage, matrix.channel
        installation = self._stage.installation
        company = installation.config.company
        own = {
            number: OwnAccount(number, company.bic, company.bank, company.corr_account)
            for number in self._stage.accounts.values()
        }
        self._terms: Terms = replace(
            installation.terms,
            outgoing=OutgoingTerms(company.name, company.inn, company.kpp, accounts=own, absent_after_s=0),
        )

    def signed(self, amount: Money) -> str:
        account = with_key("40702810000000000777", _BIC)
        payee = Payee("ООО «Багет-Опт»", "7728168971", "772801001", account, _BIC, "ПАО Сбербанк", _CORR)
        draft = OrderDraft(
            account=self._stage.accounts[self._channel],
            payee=payee,
            amount=amount,
            purpose=f"Оплата по счёту № {amount.kopecks} за материалы. НДС не облагается",
        )
        store = self._stage.installation.store
        let_in(store, _ACCOUNTANT, _DIRECTOR)
        confirmed: list[str] = []
        while True:
            try:
                with store.unit(_ACCOUNTANT) as unit:
                    order_id = outgoing.propose(unit, self._terms.outgoing, draft, confirmed)
                    unit.commit()
                break
            except NeedsConfirming as error:  # read and confirmed by the person
                new = [warning.code for warning in error.warnings if warning.code not in confirmed]
                assert new, "confirmed, and asked again"
                confirmed += new
        with store.unit(_DIRECTOR) as unit:
            outgoing.approve(unit, self._terms.outgoing, order_id, 1, confirmed)
            unit.commit()
        return str(order_id)

    def carry(self) -> None:
        bank = self._stage.banks[self._channel]
        routes = {self._stage.accounts[self._channel]: Route(bank.channel, customer_id=bank.table.customer_id)}
        send_waiting(self._stage.installation.store, self._terms, routes)

    def round(self) -> None:
        self.carry()
        self._stage.sandbox.process()
        bank_round(self._stage.installation.store, self._terms, self._stage.banks[self._channel].channel)

    def state(self, order_id: str) -> str:
        with self._stage.installation.store.reading() as connection:
            wanted = select(payment_orders.c.state).where(payment_orders.c.id == order_id)
            return str(connection.execute(wanted).scalar_one())

    def debits(self, amount: Money) -> int:
        """In the bank's own books, whatever number the bank put on it."""
        with self._stage.sandbox.books.read() as db:
            found = db.execute(
                "SELECT COUNT(*) FROM operations WHERE incoming = 0 AND amount = ?", (amount.kopecks,)
            ).fetchone()
        return int(found[0])


def test_a_return_marked_by_our_own_id_only_is_never_paid_twice_and_never_lost(tmp_path: Path) -> None:
    """1C:DirectBank has no word for a return: both lines are on record, once, and the second is nobody's payment."""
    with playing(tmp_path) as stage:
        matrix = Matrix(DIRECTBANK, stage)
        payments = Payments(matrix)
        amount = Money(2_999_999)
        stage.sandbox.behave("order-returned", channel=DIRECTBANK)
        order_id = payments.signed(amount)
        until = time.monotonic() + _PATIENCE_S
        while payments.state(order_id) not in ("executed", "returned") and time.monotonic() < until:
            payments.round()
        for _ in range(2):
            payments.round()
        assert payments.debits(amount) == 1
        with stage.installation.store.reading() as connection:
            found = connection.execute(select(entries.c.direction).where(entries.c.amount == amount.kopecks))
            assert sorted(found.scalars()) == ["in", "out"]


@pytest.mark.parametrize(
    ("channel", "name"),
    ORDERS,
    ids="-".join,
)
def test_an_order_ends_as_it_should_and_is_never_paid_twice(
    matrix_of: Callable[[str], Matrix], channel: str, name: str
) -> None:
    _order_cell(matrix_of(channel), name)


def _order_cell(matrix: Matrix, name: str) -> None:
    channel = matrix.channel
    sandbox, payments = matrix.stage.sandbox, Payments(matrix)
    amount = Money(2_000_000 + ORDERS.index((channel, name)))
    sandbox.behave(name, channel=channel, **_WAITS.get(name, {}))
    order_id = payments.signed(amount)
    payments.carry()
    if name in _NO_ANSWER:
        assert payments.state(order_id) == "unknown"
        assert payments.debits(amount) == 0 or name == "order-lost-reply"
    expected = _ENDS.get(name, "executed")
    until = time.monotonic() + _PATIENCE_S
    while payments.state(order_id) != expected and time.monotonic() < until:
        payments.round()
        time.sleep(_PAUSE_S)
    assert payments.state(order_id) == expected
    state: dict[str, Any] = sandbox.state()
    assert not state["behaviours"], "the bank was honest: this tried nothing"
    sandbox.calm()
    for _ in range(2):  # what comes later changes nothing
        payments.round()
    assert payments.state(order_id) == expected
    assert payments.debits(amount) == (0 if expected == "refused" else 1)
    assert matrix.wrong() == {"lost": 0, "doubled": 0, "forged_accepted": 0}
