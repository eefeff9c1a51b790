"""Money in the parcels story: the Post's lump sums with their registries, and the claim for what did not come."""

from __future__ import annotations

from sqlalchemy import select

from gateway.core.errors import Unavailable
from gateway.flows import parcel_cod_desk, registries
from gateway.onec.exchange_files import write_atomic
from gateway.parcels.cod_claim import Claim
from gateway.parcels.model import CarrierKey, CodState
from gateway.parcels.sandbox.payouts import Payout
from gateway.parcels.tables import parcels
from gateway.payments.registries.guess import propose
from gateway.payments.registries.model import PayoutSource
from gateway.service.demo.parcel_cast import Role, boxes
from gateway.service.demo.parcel_house import ACCOUNTANT, BIC, MANAGER, POST_ACCOUNT, POST_INN
from gateway.service.demo.parcel_shop import Shop
from gateway.service.demo.parcel_stage import ParcelStage
from gateway.service.registry_folders import FOLDER


class CodMoney:
    """What the Post pays, and what we do where it does not.

    Attributes:
        paid: its lump sums, in order.
    """

    def __init__(self, stage: ParcelStage, shop: Shop) -> None:
        self._stage = stage
        self._shop = shop
        self.paid: list[Payout] = []

    def post_pays(self) -> Payout:
        """One sum for everything that was collected since the last one, and its registry in the partner's folder.

        Raises:
            Unavailable: `demo.went_otherwise` when there is nothing to pay.
        """
        stage = self._stage
        unwritten = [box for box in boxes() if box.role is Role.UNWRITTEN]
        for box in unwritten:  # the office has the money, whatever it wrote down
            self._shop.speak(box)
        payout = stage.outside.carriers.pay_out(CarrierKey.POST)
        for box in unwritten:
            self._shop.keep_silent(box)
        if payout is None:
            raise Unavailable("demo.went_otherwise", what="payout")
        ending, content = (".xlsx", payout.xlsx) if self.paid else (".csv", payout.csv)
        if not self.paid:
            self._learn_to_read(payout.file_name + ending, content)
        folder = stage.home.exchange(stage.installation.config) / "in" / FOLDER / POST_INN
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder, payout.file_name + ending, content)
        stage.sandbox.pay(
            amount=payout.net,
            payer=payout.payer,
            inn=POST_INN,
            account=POST_ACCOUNT,
            bic=BIC,
            purpose=payout.purpose,
        )
        self.paid.append(payout)
        return payout

    def _learn_to_read(self, name: str, content: bytes) -> None:
        """The accountant confirms how the Post's files are read, as the program proposes it.

        Raises:
            Unavailable: `demo.went_otherwise` when it proposes nothing.
        """
        mapping = propose(content, name, PayoutSource.POST).mapping
        if mapping is None:
            raise Unavailable("demo.went_otherwise", what=name)
        self._stage.do(ACCOUNTANT, lambda unit: registries.save_mapping(unit, self._stage.terms, POST_INN, mapping))

    def claim_missing(self) -> Claim | None:
        """A manager asks the Post in writing for all that is overdue; None when nothing is."""
        query = select(parcels.c.id).where(parcels.c.cod_state == CodState.MISSING).order_by(parcels.c.id)
        with self._stage.store.reading() as connection:
            overdue = connection.execute(query).scalars().all()
        if not overdue:
            return None
        return self._stage.do(
            MANAGER, lambda unit: parcel_cod_desk.claim(unit, self._stage.terms, overdue, signer=MANAGER.name)
        )
