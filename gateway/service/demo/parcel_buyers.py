"""Buyers of the parcels story who do something: want no more messages, or say that they have their parcel."""

from __future__ import annotations

import re

import httpx
from sqlalchemy import select

from gateway.core.errors import Unavailable
from gateway.notify.model import NotificationState
from gateway.notify.tables import notifications
from gateway.parcels.model import Stage
from gateway.parcels.tables import parcels
from gateway.parcels.wording import about
from gateway.service.demo.parcel_cast import Box, Role, boxes
from gateway.service.demo.parcel_shop import Shop
from gateway.service.demo.parcel_stage import ParcelStage
from gateway.store.schema import AnyRow

_SECONDS = 30.0
_SEES_OTHER = 303
_TOLD = (NotificationState.SENT, NotificationState.DELIVERED)
_ACTORS = (Role.BY_LINK, Role.BY_SMS, Role.SAYS_SO)


class Buyers:
    """They act once they were told that their parcel waits."""

    def __init__(self, stage: ParcelStage, shop: Shop) -> None:
        self._stage = stage
        self._shop = shop
        self._waiting = [box for box in boxes() if box.role in _ACTORS]
        for box in boxes():
            if box.role is Role.UNREACHABLE:
                stage.outside.sms.number(_dialled(box), "failed")
            if box.role is Role.NOBODY:
                stage.outside.letters.nobody(box.email)

    def act(self) -> list[Box]:
        """Whoever has read his message by now; the parcels of those who did something."""
        done = []
        for box in list(self._waiting):
            row = self._parcel(box)
            if row is not None and self._told(row) and self._acts(box, row):
                self._waiting.remove(box)
                done.append(box)
        return done

    def _acts(self, box: Box, row: AnyRow) -> bool:
        if box.role is Role.BY_SMS:
            self._stage.outside.sms.say(_dialled(box), "СТОП")
        elif box.role is Role.BY_LINK:
            self._says(row, "silence")
        elif self._has_it(box):
            self._says(row, "received")
        else:
            return False
        return True

    def _has_it(self, box: Box) -> bool:
        """Whether he has fetched it, whatever the office wrote down."""
        carriers = self._stage.outside.carriers
        self._shop.speak(box)
        delivered = carriers.story(self._shop.tracks[box.number])[-1].at
        self._shop.keep_silent(box)
        return delivered <= carriers.now()

    def _says(self, row: AnyRow, what: str) -> None:
        """By the form on his page, to which the link in his last message leads.

        Raises:
            Unavailable: `demo.went_otherwise`.
        """
        texts: dict[str, str] = {}
        for one in self._stage.outside.sms.accepted():
            if one.phone == row.phone:  # long ones come in parts
                texts[one.ours] = texts.get(one.ours, "") + one.text
        links = re.findall(r"http://\S+/t/[\w-]+", "\n".join(texts.values()))
        for link in links[-1:]:
            httpx.get(link, timeout=_SECONDS).raise_for_status()  # his telephone shows what is there first
            if httpx.post(f"{link}/{what}", timeout=_SECONDS).status_code == _SEES_OTHER:
                return
        raise Unavailable("demo.went_otherwise", what=f"{what}: {row.track}")

    def _parcel(self, box: Box) -> AnyRow | None:
        query = select(parcels).where(parcels.c.track == self._shop.tracks.get(box.number, ""))
        with self._stage.store.reading() as connection:
            return connection.execute(query).one_or_none()

    def _told(self, row: AnyRow) -> bool:
        query = select(notifications.c.id).where(
            notifications.c.about == about(row.id),
            notifications.c.event.startswith("ready."),
            notifications.c.state.in_(_TOLD),
        )
        with self._stage.store.reading() as connection:
            return row.stage == Stage.READY and connection.execute(query).first() is not None


def _dialled(box: Box) -> str:
    """His number as a centre knows it."""
    return "+" + "".join(filter(str.isdigit, box.phone))
