"""The parcels an order was sent in, as a step of its way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui import wording
from gui.api.types import Order, OrderParcel
from gui.i18n import translate
from gui.models.parcels import carrier_title, money_words, stage_pill, track_words
from gui.store.session import Session
from gui.widgets.chain import Step
from gui.widgets.parts import Link, button, columns, label, rows
from gui.widgets.pill import PillLabel

_BACK = frozenset({"return_started", "returned", "lost"})


def parcels_belong(session: Session, order: Order) -> bool:
    """Whether there is anything to say of parcels: some are here, or the person may enter one."""
    return bool(order.parcels) or may_enter(session, order)


def may_enter(session: Session, order: Order) -> bool:
    return session.may("parcels.feed") and order.headline != "cancelled"


class ParcelsStep(Step):
    """Attributes: enter: asks for the number of one more parcel."""

    def __init__(
        self, session: Session, order: Order, go: Callable[[str, str], object], ask: Callable[[], object]
    ) -> None:
        """`go` leads to a parcel's card, `ask` asks for the number of one."""
        super().__init__("parcels", translate("OrderParcels", "Parcels"), _state(order), last=True)
        self.session, self.order = session, order
        if not order.parcels:
            self.body.addWidget(label(translate("OrderParcels", "No number yet"), "muted"))
        linked = session.may("parcels.read")
        for parcel in order.parcels:
            self.body.addWidget(_parcel(parcel, go if linked else None))
        self.enter = button(translate("OrderParcels", "Track number…"), icon="plus", slot=ask)
        line = columns(gap=6)
        line.addWidget(self.enter)
        line.addStretch(1)
        self.body.addLayout(line)
        session.link_changed.connect(self.allow)
        self.allow()

    def allow(self) -> None:
        online = self.session.online
        self.enter.setVisible(may_enter(self.session, self.order))
        self.enter.setEnabled(online)
        why = "" if online else translate("OrderParcels", "No link to the Kvit service.")
        self.enter.setToolTip(why)
        self.enter.setAccessibleDescription(why)


def _state(order: Order) -> str:
    if any(one.stage in _BACK or one.cod_state in ("missing", "claimed") for one in order.parcels):
        return "bad"
    if order.parcels and all(one.stage == "delivered" for one in order.parcels):
        return "done"
    return "now" if order.parcels else "todo"


def _parcel(parcel: OrderParcel, go: Callable[[str, str], object] | None) -> QWidget:
    made = QWidget()
    box = rows(made, gap=1)
    line = columns(gap=6)
    track = track_words(parcel.track)
    if go is not None:
        name = translate("OrderParcels", "Open the parcel {track}").format(track=track)
        line.addWidget(Link(track, lambda: go("parcels", parcel.id), name))
    else:
        line.addWidget(label(track, select=True))
    line.addWidget(PillLabel(stage_pill(parcel)))
    line.addStretch(1)
    box.addLayout(line)
    facts = [carrier_title(parcel.carrier)]
    if parcel.cod:
        facts.append(f"{money_words(parcel).text} · {wording.money(parcel.cod)}")
    box.addWidget(label(" · ".join(facts), "muted", wrap=True))
    return made
