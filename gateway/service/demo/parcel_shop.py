"""The shop of the parcels story: it hands its parcels to the carriers, and tells us of them in three ways."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import httpx
from openpyxl import Workbook
from sqlalchemy import select

from gateway.core.clock import business_date
from gateway.core.errors import Unavailable
from gateway.flows import shipped_to_parcel
from gateway.notify import consents
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.orders.tables import orders as order_rows
from gateway.parcels import intake_file
from gateway.parcels.model import Effect
from gateway.parcels.post_codes import effect_of
from gateway.parcels.sandbox.journey import Step
from gateway.parcels.tables import parcels
from gateway.service.demo.parcel_cast import NOT_WRITTEN, ORIGIN, POSTAGE, POSTED, Box, Told, boxes
from gateway.service.demo.parcel_house import MANAGER, WAREHOUSE
from gateway.service.demo.parcel_stage import ParcelStage
from gateway.service.demo.story_clock import at_moscow
from gateway.store import Unit
from gateway.store.schema import AnyRow

_HEADINGS = (
    "Трек-номер", "Номер заказа", "Получатель", "Телефон", "E-mail", "Индекс", "Сумма заказа", "Наложенный платёж",
    "Стоимость доставки", "Согласие на сообщения",
)  # fmt: skip
_SECONDS = 30.0
_HANDED_OVER = frozenset({Effect.DELIVER, Effect.COD_PAID})


class Shop:
    """What it does.

    Attributes:
        tracks: numbers of parcels it has sent, by their places.
    """

    def __init__(self, stage: ParcelStage) -> None:
        self._stage = stage
        self._began = business_date(stage.clock.now())
        self.tracks: dict[int, str] = {}

    def send(self, chosen: Iterable[Box]) -> list[Box]:
        """Hand parcels over to their carriers, each on the afternoon of its day."""
        sent = list(chosen)
        carriers = self._stage.outside.carriers
        for box in sent:
            plan = carriers.send(
                box.carrier,
                sent=at_moscow(self._began + timedelta(days=box.day), POSTED),
                origin=ORIGIN,
                destination=box.destination,
                fate=box.fate,
                waits_days=box.waits_days,
                cod=box.cod,
                declared=box.value,
                order=box.order,
                forgotten=box.forgotten,
                pays_out=box.pays_out,
            )
            self.tracks[box.number] = plan.track
            if box.role in NOT_WRITTEN:
                self.keep_silent(box)
        return sent

    def keep_silent(self, box: Box) -> None:
        """The office will not write down that this one was handed over."""
        carriers, track = self._stage.outside.carriers, self.tracks[box.number]
        posted = carriers.plan(track).sent
        told = [event for event in carriers.story(track) if effect_of(event.code) not in _HANDED_OVER]
        steps = tuple(Step(event.code, event.at - posted, event.office) for event in told)
        carriers.change(track, script=steps)

    def speak(self, box: Box) -> None:
        """It is as it really is."""
        self._stage.outside.carriers.change(self.tracks[box.number], script=())

    # ------------------------------------------------------------------ three ways to tell

    def tell_by_list(self, sent: Iterable[Box]) -> intake_file.Report:
        """A workbook, taken in by the warehouse as a guess reads it."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Отправления")
        sheet.append(_HEADINGS)
        for box in sent:
            sheet.append(
                [
                    self.tracks[box.number], box.order, box.name, box.phone, box.email, box.destination,
                    box.value.decimal_text(), box.cod.decimal_text(), POSTAGE.decimal_text(),
                    "да" if box.consent else "",
                ]
            )  # fmt: skip
        content = io.BytesIO()
        book.save(content)
        stage = self._stage
        with stage.store.reading() as connection:
            made = intake_file.read(connection, stage.store.company, "отправления.xlsx", content.getvalue())
        intake_id = stage.do(WAREHOUSE, lambda unit: intake_file.begin(unit, made, made.mapping))
        return intake_file.take(stage.store, WAREHOUSE, stage.parcels, made, intake_id)

    def tell_by_feed(self, sent: Iterable[Box]) -> None:
        """The program of the shop's site, on the public port; once more, as programs do that heard no answer.

        Raises:
            Unavailable: `demo.went_otherwise`.
        """
        told = [
            {
                "track": self.tracks[box.number],
                "carrier": box.carrier.value,
                "order_no": box.order,
                "name": box.name,
                "phone": box.phone,
                "email": box.email,
                "index_to": box.destination,
                "order_sum": box.value.kopecks,
                "cod": box.cod.kopecks,
                "postage": POSTAGE.kopecks,
                "consent": box.consent,
            }
            for box in sent
        ]
        if not told:
            return
        headers = {"Authorization": f"Bearer {self._stage.key}", "Idempotency-Key": f"sent-{told[0]['track']}"}
        for _ in range(2):
            answer = httpx.post(
                f"{self._stage.url}/parcels/v1/parcels", json={"parcels": told}, headers=headers, timeout=_SECONDS
            )
            answer.raise_for_status()
            if {one["outcome"] for one in answer.json()["items"]} != {"taken"}:
                raise Unavailable("demo.went_otherwise", what="parcels told of")

    def type_in(self, sent: Iterable[Box]) -> None:
        """A manager types the numbers of orders of 1C; their buyers have said on the site that they may be written
        to."""
        orders = self._orders()
        first = min(box.number for box in boxes() if box.told is Told.ORDER)
        for box in sent:
            order, track = orders[box.number - first], self.tracks[box.number]
            self._stage.do(MANAGER, partial(self._type, order=order, track=track))

    def _type(self, unit: Unit, order: AnyRow, track: str) -> None:
        put = shipped_to_parcel.typed(unit, self._stage.terms, order.id, track)
        phone = unit.connection.execute(select(parcels.c.phone).where(parcels.c.id == put.id)).scalar_one()
        if phone:
            consents.put(
                unit, phone, NotificationChannel.SMS, ConsentWord.GIVEN, ConsentSource.FORM, f"order:{order.id}"
            )

    def _orders(self) -> list[AnyRow]:
        with self._stage.store.reading() as connection:
            return list(connection.execute(select(order_rows).order_by(order_rows.c.number)))
