"""The forty days of the parcels story: what the shop, its buyers, carriers and gateways do, day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

from gateway.core.clock import business_date
from gateway.core.errors import Unavailable
from gateway.parcels.cod_claim import Claim
from gateway.parcels.model import CarrierKey
from gateway.service.demo.parcel_buyers import Buyers
from gateway.service.demo.parcel_cast import DAYS, LISTED, POSTED, Box, Role, Told, boxes
from gateway.service.demo.parcel_money import CodMoney
from gateway.service.demo.parcel_shop import Shop
from gateway.service.demo.parcel_stage import ParcelStage
from gateway.service.demo.performance import Tell
from gateway.service.demo.story_clock import at_moscow

_NIGHT = (time(2, 1), time(2, 25), time(4, 15))
_DAYTIME = (time(9, 5), time(13, 0))
_EVENING = time(17, 30)
_PAYOUTS = (14, 27)
_LOST_FROM = 9


class ParcelStory:
    """Three hundred parcels.

    Attributes:
        money: what the Post paid.
        claims: made out for what it did not.
    """

    def __init__(self, stage: ParcelStage, tell: Tell) -> None:
        self._stage = stage
        self._tell = tell
        self._began = business_date(stage.clock.now())
        self.shop = Shop(stage)
        self._buyers = Buyers(stage, self.shop)
        self.money = CodMoney(stage, self.shop)
        self.claims: list[Claim] = []
        self._answer_lost = False
        self._misfortunes: dict[int, Callable[[], None]] = {
            3: self._ticket_takes_longer,
            5: self._centre_throttles,
            6: self._post_mixes_records,
            7: self._letter_put_off,
            8: self._post_breaks_down,
        }

    def play(self) -> None:
        """From the first list to the claim.

        Raises:
            Unavailable: `demo.went_otherwise` when something does not come of what was done.
        """
        for day in range(DAYS + 1):
            self._day(day)
        if not self._answer_lost:
            raise Unavailable("demo.went_otherwise", what="lost answer")

    def _day(self, day: int) -> None:
        for moment in _NIGHT if day else ():
            self._wait(day, moment)
            self._stage.ask_carriers()
        if misfortune := self._misfortunes.get(day):
            misfortune()
        for moment in _DAYTIME if day else ():
            self._wait(day, moment)
            self._round(day)
        self._act(day)
        self._wait(day, POSTED)
        self._shop_sends(day)
        if day in _PAYOUTS:
            self._post_pays(day)
        self._wait(day, _EVENING)
        self._stage.look_into_folders()
        self._stage.ask_bank()
        self._round(day)
        self._claim(day)

    def _round(self, day: int) -> None:
        self._stage.ask_carriers()
        if day >= _LOST_FROM and not self._answer_lost and self._stage.sms_due() == 1:
            self._stage.outside.sms.behave("no-receipt")
            self._stage.outside.sms.behave("hang-up")
            self._answer_lost = True
            self._say(day, "центр SMS принял сообщение, но связь оборвалась", "the SMS centre took one and hung up")
        self._stage.write_to_buyers()

    def _wait(self, day: int, moment: time) -> None:
        self._stage.wait_till(at_moscow(self._began + timedelta(days=day), moment))

    # ------------------------------------------------------------------ people

    def _shop_sends(self, day: int) -> None:
        if not day:
            report = self.shop.tell_by_list(self.shop.send(box for box in boxes() if box.told is Told.LIST))
            if report.counts["taken"] != LISTED:
                raise Unavailable("demo.went_otherwise", what=f"list: {report.counts}")
            self._say(day, f"принят список XLSX: {report.rows}", f"a list of {report.rows} was taken in")
        self.shop.tell_by_feed(self.shop.send(_of(Told.FEED, day)))
        self.shop.type_in(self.shop.send(_of(Told.ORDER, day)))

    def _act(self, day: int) -> None:
        for box in self._buyers.act():
            ru, en = _DONE[box.role]
            self._say(day, f"{box.order}: {ru}", f"{box.order}: {en}")
            self._stage.write_to_buyers()

    def _post_pays(self, day: int) -> None:
        payout = self.money.post_pays()
        self._stage.look_into_folders()
        self._say(
            day,
            f"Почта перечислила {payout.net.screen_text()} по реестру из {len(payout.lines)} посылок",
            f"the Post paid {payout.net.screen_text()} by a registry of {len(payout.lines)} parcels",
        )

    def _claim(self, day: int) -> None:
        made = self.money.claim_missing()
        if made is not None:
            self.claims.append(made)
            self._say(
                day,
                f"не пришло {made.amount.screen_text()}: претензия № {made.number}",
                f"{made.amount.screen_text()} did not come: claim no. {made.number}",
            )

    # ------------------------------------------------------------------ misfortunes

    def _ticket_takes_longer(self) -> None:
        self._stage.outside.carriers.behave(CarrierKey.POST, "not-ready")

    def _post_mixes_records(self) -> None:
        for wrong in ("out-of-order", "repeated"):
            self._stage.outside.carriers.behave(CarrierKey.POST, wrong)

    def _post_breaks_down(self) -> None:
        self._stage.outside.carriers.behave(CarrierKey.POST, "http-500", operation="ticket")

    def _centre_throttles(self) -> None:
        self._stage.outside.sms.behave("throttle", 3)

    def _letter_put_off(self) -> None:
        self._stage.outside.letters.behave("later")

    def _say(self, day: int, ru: str, en: str) -> None:
        self._tell(f"День {day:2}: {ru}", f"Day {day:2}:  {en}")


_DONE = {
    Role.BY_LINK: ("покупатель отказался от сообщений по ссылке", "its buyer wants no messages, by his link"),
    Role.BY_SMS: ("покупатель ответил СТОП", "its buyer answered STOP"),
    Role.SAYS_SO: ("покупатель отметил, что получил", "its buyer says that he has it"),
}


def _of(told: Told, day: int) -> list[Box]:
    return [box for box in boxes() if box.told is told and box.day == day]
