"""A sandbox lender listening on loopback, and our adapter for him."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from gateway.bank.outside import Pace
from gateway.bank.transport import Limits
from gateway.core.clock import FixedClock
from gateway.core.money import Money
from gateway.loans.lenders.ports import BasketLine, Lender, LenderView, LoanRequest
from gateway.loans.lenders.rest import RestLender
from gateway.loans.lenders.soap import SoapLender
from gateway.loans.sandbox.control import LENDERS, SOAP, LenderSandbox
from gateway.loans.sandbox.server import LenderServer

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PERSON = {
    "surname": "Щёголев",
    "name": "Пётр",
    "patronymic": "Ильич",
    "phone": "+79161234567",
    "passport": "4510123456",
}
LIMITS = Limits(message=4 * 1024 * 1024, connect=20.0, read=20.0, total=40.0)
"""Patient: an answer that is only late, on a machine with much to do, is no silence."""
HASTY = Limits(message=4 * 1024 * 1024, connect=20.0, read=1.0, total=3.0)
"""For tests in which a lender never answers; they ask for it by `@pytest.mark.usefixtures("hasty")`."""


def basket(*kopecks: int) -> tuple[BasketLine, ...]:
    return tuple(
        BasketLine(f"Товар {place}", "appliances", 1000, Money(price), Money(price))
        for place, price in enumerate(kopecks, start=1)
    )


REQUEST = LoanRequest(
    id="01JD4QZX0000000000000000AA",
    number=7,
    shop_key="ural",
    shop_order="A-17",
    basket=basket(45_990_00, 14_010_00),
    goods=Money(60_000_00),
    down=Money(6_000_00),
    months=12,
    region="66",
    person=PERSON,
)


def request(application_id: str, **changes: object) -> LoanRequest:
    return replace(REQUEST, id=application_id, **changes)  # type: ignore[arg-type]


@dataclass
class House:
    """Everything a test needs of one lender.

    Attributes:
        key: the lender's.
        adapter: ours.
    """

    key: str
    adapter: Lender
    sandbox: LenderSandbox
    server: LenderServer
    clock: FixedClock

    def approved(self, application_id: str = REQUEST.id) -> LenderView:
        """An application handed in and approved."""
        self.adapter.submit(request(application_id))
        self.sandbox.decide(self.key, application_id, "approve")
        return self.adapter.view(application_id, "")


def adapter(key: str, sandbox: LenderSandbox, url: str, limits: Limits = LIMITS) -> SoapLender | RestLender:
    """Our adapter for a sandbox lender; not slowed down."""
    account = sandbox.account(key)
    pace = Pace(10_000)
    if key == SOAP:
        return SoapLender(key, url, account.user, lambda: account.token, lambda: account.hint_secret, (), limits, pace)
    return RestLender(key, url, lambda: account.token, lambda: account.hint_secret, (), limits, pace)


@contextmanager
def houses(home: Path, hint_url: str = "", limits: Limits = LIMITS) -> Iterator[dict[str, House]]:
    """Both lenders, listening."""
    clock = FixedClock(NOW)
    sandbox = LenderSandbox.create(home, clock, hint_url=hint_url)
    with LenderServer(home, clock=clock) as server:
        adapters = {key: adapter(key, sandbox, server.url(key), limits) for key in LENDERS}
        try:
            yield {key: House(key, one, sandbox, server, clock) for key, one in adapters.items()}
        finally:
            for one in adapters.values():
                one.close()
