"""What people do in the loans story, each in his own name and by the same use cases as in the tray and on the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import httpx
from sqlalchemy import select

from gateway.core.authority import Actor
from gateway.core.clock import business_date
from gateway.core.errors import Refused, Unavailable
from gateway.core.money import Money
from gateway.flows import loan_release, loan_return
from gateway.flows.loan_release import settle_application
from gateway.loans import (
    agreement_rows,
    applications,
    applying,
    callbacks,
    coverage,
    documents,
    ending,
    identity,
    originals,
    questionnaire,
    signing,
    submission,
    visits,
)
from gateway.loans.applying import NewApplication
from gateway.loans.callbacks import CallResult
from gateway.loans.documents import Kind
from gateway.loans.model import Origin, SigningWay
from gateway.loans.reasons import EndReason, ReturnReason
from gateway.loans.sandbox import pdf
from gateway.loans.tables import decisions
from gateway.loans.visits import NewVisit
from gateway.service.demo.loan_cast import BY_KEY, Wish
from gateway.service.demo.loan_house import CALLER, MANAGER, ShopDesk
from gateway.service.demo.loan_stage import LoanStage
from gateway.store import Unit
from gateway.store.schema import AnyRow

_SECONDS = 10.0


class People:
    """Everybody at work.

    Attributes:
        ids: our id of each application, by the story's key.
    """

    def __init__(self, stage: LoanStage, desks: Mapping[str, ShopDesk]) -> None:
        self._stage = stage
        self._loans = stage.loans
        self._desks = desks
        self.ids: dict[str, str] = {}

    # ------------------------------------------------------------------ an application comes in

    def apply_on_site(self, wish: Wish, *, phone_alone: bool = False) -> int:
        """The program of the shop's site leaves an application at our public port, and asks twice, as programs do when
        the line breaks; our number of it.

        Raises:
            Unavailable: `demo.went_otherwise` when the port takes it otherwise than once.
        """
        asked: dict[str, object] = {"phone": wish.buyer.phone, "order": wish.order}
        if not phone_alone:
            line, purchase = wish.line, wish.purchase
            bought = {"name": line.name, "category": line.category, "qty": line.qty, "price": line.price.kopecks}
            asked |= {"name": wish.buyer.name, "basket": [bought], "goods": line.amount.kopecks}
            asked |= {"down": wish.down.kopecks, "months": wish.months, "region": "77", "delivery": purchase.delivery}
        headers = {"Authorization": f"Bearer {self._desk(wish).site_key}", "Idempotency-Key": wish.order.encode().hex()}
        url = f"{self._stage.url}/shop/v1/applications"
        answers = [httpx.post(url, json=asked, headers=headers, timeout=_SECONDS) for _ in range(2)]
        for answer in answers:
            answer.raise_for_status()
        first, again = (answer.json() for answer in answers)
        if first["id"] != again["id"]:
            raise Unavailable("demo.went_otherwise", what=wish.order)
        self.ids[wish.key] = str(first["id"])
        return int(first["number"])

    def apply_by_phone(self, wish: Wish, origin: Origin) -> int:
        """Somebody rings, or stands before us: an application typed by our own people."""
        shop = self._desk(wish).id
        purchase = wish.purchase
        new = NewApplication(
            shop, wish.order, wish.buyer.phone, wish.buyer.name, purchase.basket, purchase.goods, purchase.down,
            purchase.months, purchase.region, purchase.delivery, origin,
        )  # fmt: skip
        actor = CALLER if origin is Origin.CALL_CENTRE else MANAGER
        made = self._stage.do(actor, lambda unit: applying.apply(unit, self._loans, new))
        self.ids[wish.key] = made.id
        return made.number

    # ------------------------------------------------------------------ the call centre

    def next_call(self) -> Wish | None:
        """The next buyer is on the line; None when there is nobody to call now."""
        row = self._stage.do(CALLER, lambda unit: callbacks.take_next(unit, self._loans))
        return None if row is None else next(BY_KEY[key] for key, one in self.ids.items() if one == row.id)

    def no_answer(self, wish: Wish) -> None:
        def work(unit: Unit) -> None:
            callbacks.record(unit, self._loans, self.ids[wish.key], CallResult.NO_ANSWER)

        self._stage.do(CALLER, work)

    def fill_in(self, wish: Wish) -> None:
        """The buyer answers: purchase, questionnaire, consent, and off to the lenders."""

        def work(unit: Unit) -> None:
            application_id = self.ids[wish.key]
            callbacks.record(unit, self._loans, application_id, CallResult.REACHED)
            applying.set_purchase(unit, application_id, wish.purchase)
            questionnaire.save(unit, self._loans, application_id, wish.buyer.answers)
            questionnaire.consent(unit, self._loans, application_id)
            submission.submit(unit, self._loans, application_id, wish.asked)

        self._stage.do(CALLER, work)

    def changes_mind(self, wish: Wish) -> None:
        def work(unit: Unit) -> None:
            ending.cancel(unit, self.ids[wish.key], ending.By.BUYER, EndReason.CHANGED_MIND)

        self._stage.do(CALLER, work)

    # ------------------------------------------------------------------ the shop chooses

    def choose(self, wish: Wish) -> None:
        """The shop's manager picks the offer and the way of signing."""
        way = wish.way
        assert way is not None
        offer = f"{wish.offer}-{wish.months}"

        def work(unit: Unit) -> None:
            coverage.accept(unit, self._loans, self.ids[wish.key], wish.lender, offer, way)

        self._stage.do(self._desk(wish).manager, work)

    # ------------------------------------------------------------------ signing

    def order_courier(self, wish: Wish, days: int) -> None:
        """A courier is ordered for a day to come."""
        day = business_date(self._stage.clock.now()) + timedelta(days=days)
        self._work(wish, lambda unit, loan: visits.order(unit, self._loans, loan, NewVisit(day, "10-14")))

    def courier_comes_back(self, wish: Wish) -> None:
        """Nobody was at home."""
        self._work(wish, visits.depart)
        self._work(wish, lambda unit, loan: visits.come_back_empty(unit, loan, "никого нет дома"))

    def courier_signs(self, wish: Wish) -> None:
        self._work(wish, visits.depart)
        self._work(wish, visits.meet)
        self.sign(wish)

    def check_passport(self, wish: Wish, typed: str = "") -> bool:
        """The number is typed blind from the passport, the face compared; whether it fits."""
        compared = self._stage.do(
            self._signer(wish),
            lambda unit: identity.check(
                unit, self._loans, self.ids[wish.key], typed or wish.buyer.passport, True, "Москва, Примерная, 5"
            ),
        )
        return compared.ok

    def sign(self, wish: Wish) -> None:
        """Passport, signature, and a scan of the signed paper."""
        self.check_passport(wish)

        def work(unit: Unit) -> None:
            row = signing.sign(unit, self._loans, self.ids[wish.key])
            scan = pdf.write([[pdf.Word(50, 780, f"Договор № {row.number}: подписан")]], f"Договор {row.number}")
            documents.keep(unit, self._loans, self.ids[wish.key], Kind.SIGNED, f"{row.number}.pdf", scan)
            self._look_at_goods(unit, wish)

        self._stage.do(self._signer(wish), work)

    def approve_papers(self, wish: Wish) -> None:
        """Our manager has looked the signed papers through."""
        self._work(wish, signing.verify)

    def find_fault(self, wish: Wish) -> None:
        self._work(wish, lambda unit, loan: signing.find_fault(unit, self._loans, loan, "нет подписи на графике"))

    def sign_anew(self, wish: Wish) -> None:
        """Faulty papers are signed once more, with the passport checked again."""
        self._work(wish, signing.resign)
        self.sign(wish)

    def give_up(self, wish: Wish) -> None:
        """Our manager ends what was stopped."""

        def work(unit: Unit) -> None:
            ending.cancel(unit, self.ids[wish.key], ending.By.US, EndReason.IDENTITY)
            self._look_at_goods(unit, wish)

        self._stage.do(MANAGER, work)

    # ------------------------------------------------------------------ goods and papers

    def may_ship(self, wish: Wish) -> bool:
        """The shop tries to send the goods; False when the rule says no."""
        try:
            self.ship(wish)
        except Refused as refused:
            if refused.code != "loan.goods_held":
                raise
            return False
        return True

    def ship(self, wish: Wish) -> None:
        self._at_shop(wish, loan_release.report_shipped)

    def hand_over(self, wish: Wish) -> None:
        self._at_shop(wish, loan_release.report_delivered)

    def give_back(self, wish: Wish, goods: Money) -> None:
        """The buyer brings back what cost so much."""
        stage = self._stage

        def work(unit: Unit) -> None:
            loan_return.return_goods(unit, stage.terms, self._loans, self.ids[wish.key], goods, ReturnReason.NOT_RIGHT)

        stage.do(self._desk(wish).manager, work)

    def send_paper(self, wish: Wish, waybill: str) -> None:
        """The signed original leaves for the lender."""
        carrier = "внутренняя почта банка" if wish.way is SigningWay.BRANCH else "СДЭК"
        self._work(wish, lambda unit, loan: originals.send(unit, loan, carrier, waybill))

    def paper_arrives(self, wish: Wish) -> None:
        self._work(wish, originals.arrive)

    # ------------------------------------------------------------------ looking

    def application(self, wish: Wish) -> AnyRow:
        with self._stage.store.reading() as connection:
            return applications.read(connection, self._stage.store.company, self.ids[wish.key])

    def agreement(self, wish: Wish) -> AnyRow | None:
        """The live one."""
        with self._stage.store.reading() as connection:
            return agreement_rows.live(connection, self.ids[wish.key])

    def answers(self, wish: Wish) -> dict[str, str]:
        """Each lender's decision."""
        query = select(decisions).where(decisions.c.application_id == self.ids[wish.key])
        with self._stage.store.reading() as connection:
            return {row.lender: row.state for row in connection.execute(query)}

    # ------------------------------------------------------------------ inside

    def _desk(self, wish: Wish) -> ShopDesk:
        return self._desks[wish.shop]

    def _signer(self, wish: Wish) -> Actor:
        return self._desk(wish).clerk if wish.way is SigningWay.CLERK else MANAGER

    def _work(self, wish: Wish, step: Callable[[Unit, str], AnyRow]) -> None:
        """A step of our manager on the papers; what it means for the goods is looked at in the same unit."""

        def work(unit: Unit) -> None:
            step(unit, self.ids[wish.key])
            self._look_at_goods(unit, wish)

        self._stage.do(MANAGER, work)

    def _at_shop(self, wish: Wish, report: Callable[..., object]) -> None:
        stage = self._stage
        stage.do(self._desk(wish).manager, lambda unit: report(unit, stage.terms, self._loans, self.ids[wish.key]))

    def _look_at_goods(self, unit: Unit, wish: Wish) -> None:
        settle_application(unit, self._stage.terms, self._loans, self.ids[wish.key])
