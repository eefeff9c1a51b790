"""A questionnaire that is kept while it is typed: one save at a time, nothing lost when the line breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from gui.api.errors import ApiError, Away, Conflicting
from gui.api.types import Loan, Sheet
from gui.store.session import Session


class Questionnaire(QObject):
    """Attributes:
    loan: whose it is. sheet: as the service keeps it; None until it came.
    pending: field → text that is not kept yet. purchase: the purchase as typed, while it is not kept yet.

    Signals:
    loaded: `sheet` is another one.
    bought: the purchase was kept; carries the application.
    kept: nothing is pending any more.
    failed: an `ApiError`.
    """

    loaded = Signal()
    bought = Signal(object)
    kept = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, loan: Loan, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.loan = loan
        self.sheet: Sheet | None = None
        self.pending: dict[str, str] = {}
        self.purchase: dict[str, Any] | None = None
        self._version = loan.version
        self._busy = False
        self._fresh = False
        self._then: Callable[[], None] | None = None
        session.link_changed.connect(self.flush)

    @property
    def saved(self) -> bool:
        return not (self._busy or self.pending or self.purchase)

    @property
    def on_its_way(self) -> bool:
        """Something is being sent, or will be as soon as the line is back; False too for what was refused."""
        return self._busy or not (self.saved or self.session.online)

    def when_kept(self, then: Callable[[], None]) -> None:
        """Call this once when nothing is pending any more; never, if something is refused before that."""
        self._then = then

    def load(self) -> None:
        """Read it; that is journalled."""
        self._busy = True
        path = f"/v1/loans/{self.loan.id}/questionnaire"
        self.session.client.get(path, Sheet, self._loaded, self._failed, owner=self)

    def write(self, field: str, text: str) -> None:
        """Something was typed; it is on its way."""
        self.pending[field] = text
        self.flush()

    def buy(self, purchase: dict[str, Any]) -> None:
        self.purchase = purchase
        self.flush()

    def consent(self) -> None:
        """The buyer has heard the text and agreed."""
        path = f"/v1/loans/{self.loan.id}/consent"
        op = self.session.act(path, {}, Sheet, touches=(("loans", self.loan.id),), owner=self)
        op.success(self._agreed).failure(self.failed.emit).start()

    def _agreed(self, sheet: Sheet) -> None:
        """A field may be under way meanwhile: that goes on."""
        self.sheet, self._version = sheet, sheet.version
        self.loaded.emit()

    def flush(self) -> None:
        """Send what is pending, one thing at a time."""
        if self._busy or self.sheet is None or not self.session.online:
            return
        if self.purchase is not None:
            self._send_purchase(self.purchase)
        elif self.pending:
            self._send_values(dict(self.pending))

    def _send_values(self, values: dict[str, str]) -> None:
        def done(sheet: Sheet) -> None:
            # What was typed meanwhile stays pending.
            self.pending = {name: text for name, text in self.pending.items() if values.get(name) != text}
            self._loaded(sheet)

        self._put(f"/v1/loans/{self.loan.id}/questionnaire", {"values": values}, Sheet, done)

    def _send_purchase(self, purchase: dict[str, Any]) -> None:
        def done(loan: Loan) -> None:
            if self.purchase is purchase:
                self.purchase = None
            self.loan, self._version, self._fresh = loan, loan.version, False
            self._over()
            self.bought.emit(loan)

        def failed(error: ApiError) -> None:
            if self.purchase is purchase and not isinstance(error, (Away, Conflicting)):
                self.purchase = None  # refused as it is: typed anew it is tried again
            self._failed(error)

        self._put(f"/v1/loans/{self.loan.id}/purchase", purchase, Loan, done, failed)

    def _put(self, path: str, body: dict[str, Any], kind: type[Any], done: Any, failed: Any = None) -> None:
        self._busy = True
        op = self.session.act(path, body, kind, version=self._version, owner=self, method="PUT")
        op.success(done).failure(failed or self._failed).start()

    def _loaded(self, sheet: Sheet) -> None:
        self.sheet, self._version = sheet, sheet.version
        self._fresh = False
        self._over()
        self.loaded.emit()

    def _over(self) -> None:
        self._busy = False
        if self.pending or self.purchase is not None:
            self.flush()
        else:
            self.kept.emit()
            then, self._then = self._then, None
            if then is not None:
                then()

    def _failed(self, error: ApiError) -> None:
        """A lender's answer moves the version on as well: read anew and try once more before it is told."""
        if isinstance(error, Conflicting) and not self._fresh:
            self._fresh = True
            path = f"/v1/loans/{self.loan.id}/questionnaire"
            self.session.client.get(path, Sheet, self._again, self._failed, owner=self)
            return
        self._busy = self._fresh = False
        if not isinstance(error, Away):  # a cut line is mended by the next `flush`
            self._then = None
            self.failed.emit(error)

    def _again(self, sheet: Sheet) -> None:
        self.sheet, self._version = sheet, sheet.version
        self._busy = False
        self.flush()
