"""The tray's one connection to the service: who we are, how it is, what changed, and whether it can be trusted now.

Views read `status`, `me`, `now()` and listen to the signals; they never look for the service themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from gui.api.client import Client
from gui.api.connection import NoConnection, discover
from gui.api.errors import ApiError, Away, Missing, NotAllowed
from gui.api.events import BACK_OFF_S, EventStream
from gui.api.types import Change, Me, Needs, Status, Undone
from gui.store.loans import LoanWatch, without_loans
from gui.store.ops import Form, Op
from gui.store.parcels import NEEDED as PARCELS_NEEDED
from gui.store.parcels import ParcelWatch, without_parcels
from gui.store.undo import Undoable, UndoStack

POLL_MS = 15_000
COALESCE_MS = 300
STATUS_MS = 700
TOPICS = (
    "payment",
    "payer_rule",
    "order",
    "pick",
    "task",
    "outgoing",
    "registry",
    "loans",
    "shops",
    "settlement",
    "parcels",
    "notifications",
    "notification_texts",
)


class Link(Enum):
    """Whether the service answers."""

    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"


class Session(QObject):
    """State shared by all views.

    Attributes:
        client: the HTTP client.
        link: whether the service answers.
        why: what is wrong while OFFLINE: `NoConnection` (no file) or an `ApiError`.
        me: user and rights, None before the first answer.
        status: the last status heard; old while OFFLINE.
        heard_at: server's clock at the last answer.

    Signals:
        link_changed: `link` or `why` is another one.
        me_changed: user or rights are known or others.
        status_changed: a new `status`.
        changed: (topic, frozenset of ids); an empty set means "anything of this topic".
        reset: forget everything loaded and load it again.
        refused: an `ApiError` nobody else handled; the shell shows it.
    """

    link_changed = Signal()
    me_changed = Signal()
    status_changed = Signal()
    changed = Signal(str, object)
    reset = Signal()
    refused = Signal(object)

    def __init__(self, home: Path, parent: QObject | None = None, *, second_ms: int = 1000) -> None:
        """`second_ms`: length of a back-off second; tests shorten it."""
        super().__init__(parent)
        self.home = home
        self.client = Client(self)
        self.events = EventStream(self.client, self, second_ms=second_ms)
        self.undo = UndoStack(self)
        self.loans = LoanWatch(self.client, self, second_ms=second_ms)
        self.parcels = ParcelWatch(self.client, self, second_ms=second_ms)
        self.link = Link.STARTING
        self.why: NoConnection | ApiError | None = None
        self.me: Me | None = None
        self.status: Status | None = None
        self.heard_at: datetime | None = None
        self._ahead = timedelta(0)
        self._tries = 0
        self._second_ms = second_ms
        self._pending: dict[str, set[str] | None] = {}

        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._connect)
        self._poll = QTimer(self, interval=POLL_MS * second_ms // 1000)
        self._poll.timeout.connect(self._poll_fallback)
        self._flush = QTimer(self, singleShot=True, interval=COALESCE_MS)
        self._flush.timeout.connect(self._tell_changes)
        self._status_soon = QTimer(self, singleShot=True, interval=STATUS_MS)
        self._status_soon.timeout.connect(self.load_status)

        self.client.reached.connect(self._reached)
        self.client.lost.connect(self._lost)
        self.events.changed.connect(self._event)
        self.events.reset.connect(self._event_reset)
        self.events.disconnected.connect(self._stream_broke)

    # --- what views ask ----------------------------------------------------------------------------------------------

    @property
    def online(self) -> bool:
        return self.link is Link.ONLINE

    @property
    def needs(self) -> Needs:
        found = self.status.needs if self.status else Needs()
        return replace(
            found,
            loan_calls=self.loans.calls_waiting,
            loans_late=self.loans.late,
            parcels_stuck=self.parcels.stuck,
            cod_missing=self.parcels.cod_missing,
        )

    def may(self, permission: str) -> bool:
        """The right is there and the service would hear us now."""
        return self.online and self.me is not None and self.me.may(permission)

    def now(self) -> datetime:
        """The service's clock, as far as known: deadlines are counted on it, not on this machine's."""
        return datetime.now(UTC) + self._ahead

    def age(self) -> timedelta | None:
        """How old the data on the screen is; None when nothing was ever heard."""
        return None if self.heard_at is None else max(self.now() - self.heard_at, timedelta(0))

    # --- life --------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._connect()

    def stop(self) -> None:
        """Quiet: no timer, no stream, no call; whoever asks later hears that nobody is there."""
        self.link = Link.OFFLINE
        for timer in (self._again, self._poll, self._flush, self._status_soon):
            timer.stop()
        self.loans.stop()
        self.parcels.stop()
        self.events.stop()
        self.client.cancel_all()

    def close(self) -> None:
        """The end: quiet, and destroyed in Qt's own order.

        Destroying a network manager right after its replies were aborted, as Python's garbage collector would do it,
        ends the process (measured with PySide6 6.11.3); by way of the event queue it is orderly.
        """
        self.stop()
        self.deleteLater()

    def reconnect(self) -> None:
        """The person presses F5 or "try again": no waiting for the back-off."""
        if self.online:
            self.load_status()
            self.reset.emit()
        else:
            self._tries = 0
            self._connect()

    def _connect(self) -> None:
        self._again.stop()
        try:
            connection = discover(self.home)
        except NoConnection as reason:
            self._offline(reason)
            return
        if connection != self.client.connection:
            self.events.forget()
        self.client.use(connection)
        self.client.get("/v1/me", Me, self._asked_me, self._offline, owner=self)

    def _asked_me(self, me: Me) -> None:
        """Rights to loans are worth nothing in a company that is no credit broker."""

        def failed(error: ApiError) -> None:
            if isinstance(error, Away):
                self._offline(error)
            else:
                self._ask_parcels(without_loans(me) if isinstance(error, Missing) else me)

        if me.may("loans.read"):
            self.loans.ask(me, lambda: self._ask_parcels(me), failed)
        else:
            self.loans.forget()
            self._ask_parcels(me)

    def _ask_parcels(self, me: Me) -> None:
        """And rights to parcels in one that watches none."""

        def failed(error: ApiError) -> None:
            if isinstance(error, Away):
                self._offline(error)
            else:
                self._got_me(without_parcels(me) if isinstance(error, Missing) else me)

        if me.may(PARCELS_NEEDED):
            self.parcels.ask(lambda: self._got_me(me), failed)
        else:
            self.parcels.forget()
            self._got_me(me)

    def _got_me(self, me: Me) -> None:
        changed, self.me = self.me != me, me
        if changed:
            self.undo.clear()
        self.client.get("/v1/status", Status, self._first_status, self._offline, owner=self)
        if changed:
            self.me_changed.emit()

    def _first_status(self, status: Status) -> None:
        was = self.link
        self.link, self.why, self._tries = Link.ONLINE, None, 0
        self._got_status(status)
        self._poll.start()
        self.events.start()
        if was is not Link.ONLINE:
            self.link_changed.emit()
            self.reset.emit()

    def _offline(self, reason: NoConnection | ApiError) -> None:
        before = (self.link, type(self.why), getattr(self.why, "code", getattr(self.why, "reason", None)))
        self.link, self.why = Link.OFFLINE, reason
        self._poll.stop()
        self.loans.stop()
        self.parcels.stop()
        self.events.stop()
        wait = BACK_OFF_S[min(self._tries, len(BACK_OFF_S) - 1)]
        self._tries += 1
        self._again.start(wait * self._second_ms)
        if before != (self.link, type(reason), getattr(reason, "code", getattr(reason, "reason", None))):
            self.link_changed.emit()

    # --- what is heard -----------------------------------------------------------------------------------------------

    def load_status(self) -> None:
        """Ask how it is; views hear of it by `status_changed`."""
        self._status_soon.stop()
        if self.online:
            self.client.get("/v1/status", Status, self._got_status, self._status_failed, owner=self)

    def _got_status(self, status: Status) -> None:
        self.status = status
        self.status_changed.emit()

    def _status_failed(self, error: ApiError) -> None:
        if isinstance(error, NotAllowed) and error.status == 401:
            self._offline(error)

    def _reached(self, server_time: datetime | None) -> None:
        if server_time is not None:
            self._ahead = server_time - datetime.now(UTC)
        self.heard_at = self.now()

    def _lost(self, text: str) -> None:
        if self.link is Link.ONLINE:
            self._offline(Away("gui.away", detail=text))

    def _event(self, change: Change) -> None:
        if change.topic in ("status", "alarm"):
            self.load_status_soon()
        if change.topic != "status":
            for name in change.ids or ("",):
                self.touched(change.topic, name)

    def _event_reset(self) -> None:
        self.load_status()
        self.loans.ask_soon()
        self.parcels.ask_soon()
        self.reset.emit()

    def _stream_broke(self) -> None:
        # Usually the first to notice that the service is gone: ask, and let the answer decide.
        if self.link is Link.ONLINE:
            self.load_status()

    def _poll_fallback(self) -> None:
        self.load_status()
        if not self.events.is_open:
            for topic in TOPICS:
                self.touched(topic, "")

    # --- changes -----------------------------------------------------------------------------------------------------

    def touched(self, topic: str, name: str) -> None:
        """Something of `topic` changed ("" = anything). The first is told at once, a flood is gathered."""
        known = self._pending.setdefault(topic, set())
        if not name:
            self._pending[topic] = None
        elif known is not None:
            known.add(name)
        self.load_status_soon()
        if not self._flush.isActive():
            self._flush.start(0)

    def load_status_soon(self) -> None:
        if not self._status_soon.isActive():
            self._status_soon.start()

    def _tell_changes(self) -> None:
        pending, self._pending = self._pending, {}
        if not pending:
            return
        self._flush.start(COALESCE_MS)
        for topic, names in pending.items():
            self.changed.emit(topic, frozenset(names or ()))
        if "loans" in pending:
            self.loans.ask_soon()
        if "parcels" in pending:
            self.parcels.ask_soon()

    def act(
        self,
        path: str,
        body: Mapping[str, Any],
        kind: type[Any] | None,
        *,
        touches: tuple[tuple[str, str], ...] = (),
        version: int | None = None,
        form: Form | None = None,
        owner: QObject | None = None,
        method: str = "POST",
    ) -> Op:
        """A change to ask for; see `Op`. It is sent by its `start`."""
        return Op(self, path, body, kind, touches=touches, version=version, form=form, owner=owner, method=method)

    def take_back(
        self, item: Undoable | None = None, *, failure: Callable[[ApiError], None] | None = None
    ) -> Op | None:
        """Undo `item`, or the newest decision of this sitting; None when there is nothing to undo.

        `failure`: hears why it could not be undone, in place of the shell.
        """
        found = item or self.undo.top
        if found is None or not self.online:
            return None
        op = self.act(f"/v1/undo/{found.event_id}", {}, Undone, touches=(("payment", found.payment_id),))

        def failed(error: ApiError) -> None:
            if not isinstance(error, Away):
                self.undo.drop(found.event_id)
            (failure or self.refused.emit)(error)

        return op.success(lambda _: self.undo.take(found)).failure(failed).start()
