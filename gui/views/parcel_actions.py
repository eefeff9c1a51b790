"""The buttons under a parcel: what is called for now, and a menu of the rest; dialogs where something is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QMenu, QWidget

from gui import icons, wording
from gui.api.errors import ApiError
from gui.api.types import Letter, Parcel
from gui.i18n import translate
from gui.models import parcel_actions as words
from gui.models.parcels import track_words
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.confirm import ReasonDialog
from gui.views.parcel_forms import ContactsDialog
from gui.views.parcel_letter import LetterDialog
from gui.views.settlement_dialogs import SureDialog
from gui.views.shops_dialog import opened
from gui.widgets.parts import button, caption, columns, dress_icon

NOTE_LIMIT = 300
"""Characters the service keeps of a note."""


class ParcelActions(QFrame):
    """Attributes: dialog: the one that is open.

    Signals:
    acted: something was done; carries the fresh parcel (None where it is to be loaded again) and the words for it.
    refused: an `ApiError`.
    """

    acted = Signal(object, str)
    refused = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "foot")
        self.session = session
        self.parcel: Parcel | None = None
        self.dialog: QDialog | None = None
        self._busy = False
        self._form = Form()
        self._first = ""
        line = columns(self, gap=8, margin=9)
        self.more = button(translate("ParcelActions", "More"), name=translate("ParcelActions", "More actions"))
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        keys = QKeySequence("M").toString(QKeySequence.SequenceFormat.NativeText)
        self.more.setToolTip(translate("ParcelActions", "What else can be done ({keys})").format(keys=keys))
        self.delivered = button(
            words.title("delivered"), icon="check", slot=partial(self.do, "delivered"), shortcut="D"
        )
        self.first = button("", "primary", icon="check", slot=self.do_first)
        line.addWidget(self.more)
        line.addStretch(1)
        line.addWidget(self.delivered)
        line.addWidget(self.first)
        self.show_parcel(None)

    def show_parcel(self, parcel: Parcel | None) -> None:
        if (
            parcel is None
            or self.parcel is None
            or parcel.version != self.parcel.version
            or parcel.id != self.parcel.id
        ):
            self._form = Form()
        self.parcel = parcel
        offered = words.offered(parcel) if parcel is not None else []
        self._first = words.first_of(parcel) if parcel is not None else ""
        self.menu.clear()
        for action in offered:
            if action in (self._first, "delivered"):
                continue
            if action in words.LAST and not any(entry.isSeparator() for entry in self.menu.actions()):
                self.menu.addSeparator()
            entry = self.menu.addAction(icons.icon(words.icon(action), theme.tokens.text), words.title(action))
            entry.setData(action)
            entry.triggered.connect(partial(self.do, action))
        caption(self.first, words.title(self._first), icon=True)
        self.first.setAccessibleName(words.title(self._first) or translate("ParcelActions", "Nothing to do"))
        dress_icon(self.first, words.icon(self._first))
        self.first.setVisible(bool(self._first))
        self.delivered.setVisible("delivered" in offered)
        self.more.setVisible(not self.menu.isEmpty())
        self.setVisible(bool(offered))
        self.allow()

    def allow(self) -> None:
        may = self.session.online and not self._busy
        why = "" if self.session.online else translate("ParcelActions", "No link to the Kvit service.")
        for made in (self.first, self.more, self.delivered):
            made.setEnabled(may)
            made.setAccessibleDescription(why)
        self.first.setToolTip(why or translate("ParcelActions", "Enter in the list does the same"))

    # --- doing -------------------------------------------------------------------------------------------------------

    def do_first(self) -> None:
        if self._first and self.first.isEnabled():
            self.do(self._first)

    def open_menu(self) -> None:
        """The other actions, by a key."""
        if self.more.isVisible() and self.more.isEnabled():
            self.more.showMenu()

    def do(self, action: str, *_: object) -> None:
        """Ask what has to be asked, then do it."""
        parcel = self.parcel
        if parcel is None or action not in words.offered(parcel) or self.dialog is not None or not self.session.online:
            return
        if action in words.REASONED:
            self._ask_reason(parcel, action)
        elif action in words.LETTERS:
            self._ask_letter(parcel, action)
        elif action == "contacts":
            self._ask_contacts(parcel)
        elif words.consequence(action):
            self._confirm(parcel, action)
        elif action in ("mute", "unmute"):
            self.send(parcel, action, {"silent": action == "mute"})
        else:
            self.send(parcel, action, {})

    def _ask_reason(self, parcel: Parcel, action: str) -> None:
        title = words.title(action).rstrip("…")
        dialog = ReasonDialog(
            title,
            about(parcel),
            title,
            self,
            consequence=words.consequence(action),
            prompt=words.prompt(action),
            role="danger" if action in words.DANGER else "primary",
            icon=words.icon(action),
            limit=NOTE_LIMIT,
        )
        self._open(dialog, lambda: self.send(parcel, action, {"note": dialog.reason}))

    def _confirm(self, parcel: Parcel, action: str) -> None:
        dialog = SureDialog(words.title(action), about(parcel), words.consequence(action), self)
        self._open(dialog, lambda: self.send(parcel, action, {}))

    def _ask_contacts(self, parcel: Parcel) -> None:
        dialog = ContactsDialog(self.session, parcel, self)

        def corrected() -> None:
            if isinstance(dialog.answer, Parcel):
                self.acted.emit(dialog.answer, words.done_words("contacts"))

        self._open(dialog, corrected)

    def _ask_letter(self, parcel: Parcel, action: str) -> None:
        """A claim binds us: it is numbered, kept, and the money stands as claimed from then on. So it is asked first;
        a search request only says what is known."""
        if action == "claim":
            dialog = SureDialog(words.title(action).rstrip("…"), about(parcel), words.claim_words(parcel), self)
            self._open(dialog, lambda: self._make_letter(parcel, action))
        else:
            self._make_letter(parcel, action)

    def _make_letter(self, parcel: Parcel, action: str) -> None:
        path, body = words.letter_path(parcel, action)

        def done(letter: Letter) -> None:
            self._busy = False
            self._form = Form()
            self.allow()
            shown = LetterDialog(words.letter_title(parcel, action), letter, self)
            self._open(shown, lambda: None)
            self.acted.emit(None, words.done_words(action))

        self._ask(path, body, Letter, parcel, done)

    def _open(self, dialog: QDialog, accepted: Callable[[], object]) -> None:
        def closed() -> None:
            self.dialog = None

        self.dialog = opened(dialog, accepted, closed)

    def send(self, parcel: Parcel, action: str, body: dict[str, Any]) -> None:
        """Ask for it on the version the person has seen."""

        def done(fresh: Parcel) -> None:
            self._busy = False
            self._form = Form()
            self.allow()
            self.acted.emit(fresh, words.done_words(action))

        version = None if action == "ask" else parcel.version
        self._ask(f"/v1/parcels/{parcel.id}/{words.path(action)}", body, Parcel, parcel, done, version)

    def _ask(
        self,
        path: str,
        body: dict[str, Any],
        kind: type[Any],
        parcel: Parcel,
        done: Callable[[Any], None],
        version: int | None = None,
    ) -> None:
        self._busy = True
        self.allow()

        def failed(error: ApiError) -> None:
            self._busy = False
            self.allow()
            self.refused.emit(error)

        touches = (("parcels", parcel.id),)
        op = self.session.act(path, body, kind, touches=touches, version=version, form=self._form, owner=self)
        op.success(done).failure(failed).start()


def about(parcel: Parcel) -> str:
    """Which parcel, in one line."""
    cod = wording.money(parcel.cod) if parcel.cod else ""
    return " · ".join(part for part in (track_words(parcel.track), parcel.name, cod) if part)
