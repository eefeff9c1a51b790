"""A parcel typed in by hand, its number looked at while it is typed; and who waits for one, corrected."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Parcel, ParcelPut, TrackCheck
from gui.i18n import translate
from gui.models import parcel_form as words
from gui.models.parcels import CARRIERS, carrier_title
from gui.store.session import Session
from gui.theme import theme
from gui.views.shops_dialog import AskingDialog, tick
from gui.widgets.parts import dress, label

CHECK_MS = 250


class ParcelForm(AskingDialog):
    """What a form about a parcel has of its own: whose fields refusals are about."""

    topic = "parcels"

    def about_field(self, error: ApiError) -> str:
        return words.field_of(error)

    def titled(self, *names: str, limit: int = 200) -> None:
        """Fields of one line by their usual names, side by side."""
        for name in names:
            self.line(name, words.field_title(name), limit=limit)
        self.beside(*names)


class ContactsDialog(ParcelForm):
    """Who waits for a parcel, as a whole: an emptied field is forgotten."""

    def __init__(self, session: Session, parcel: Parcel, parent: QWidget | None = None) -> None:
        super().__init__(
            session,
            translate("ParcelForm", "Who waits for it"),
            translate("ParcelForm", "Save"),
            parent,
            note=translate("ParcelForm", "Messages that are already made go to the former address."),
        )
        self.parcel = parcel
        self.titled("name")
        self.titled("phone", "email")
        self.fill({"name": parcel.name, "phone": wording.phone(parcel.phone), "email": parcel.email})
        self.fields["phone"].editor.setFocus()

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        body = {name: " ".join(self.text(name).split()) for name in words.CONTACTS}
        return f"/v1/parcels/{self.parcel.id}/contacts", body, Parcel

    def ask(self, *, method: str = "PUT", version: int | None = None) -> None:
        super().ask(method=method, version=self.parcel.version if version is None else version)


class AddParcelDialog(ParcelForm):
    """A new parcel. What is odd about its number is said at once and keeps nobody from going on.

    Attributes:
        checked: what the service said last of the number.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(
            session,
            translate("ParcelForm", "New parcel"),
            translate("ParcelForm", "Enter it"),
            parent,
            note=translate("ParcelForm", "One that is known already is filled in where it was empty."),
            icon="plus",
        )
        self.setMinimumWidth(theme.px(640))
        self.checked: TrackCheck | None = None
        self._call: Call | None = None
        self._soon = QTimer(self, singleShot=True, interval=CHECK_MS)
        self._soon.timeout.connect(self._check)
        self.line("track", words.field_title("track"), limit=60, hint="80115012345678, RA644000001RU…")
        carriers = [("", translate("ParcelForm", "by its number")), *((one, carrier_title(one)) for one in CARRIERS)]
        self.choice("carrier", words.field_title("carrier"), carriers)
        self.beside("track", "carrier")
        self.odd = label("", wrap=True, tone="warn")
        self.odd.hide()
        self.box.addWidget(self.odd)
        self.titled("order_no", "name")
        self.titled("phone", "email")
        self.titled("index_to", "address")
        self.titled("cod", "declared")
        self.titled("order_sum", "postage")
        self.titled("shop", limit=60)
        self.consent = tick(
            translate("ParcelForm", "The shop has the buyer's consent to messages about the parcel"),
            translate("ParcelForm", "Without it only what the settings allow is written"),
        )
        self.box.addWidget(self.consent)
        track = self.fields["track"].editor
        if isinstance(track, QLineEdit):
            track.textChanged.connect(self._typed)
        track.setFocus()

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        return "/v1/parcels", words.body(self.texts(), consent=self.consent.isChecked()), ParcelPut

    def errors(self) -> dict[str, str]:
        return words.errors(self.texts())

    # --- the number --------------------------------------------------------------------------------------------------

    def _typed(self, _text: str) -> None:
        self.checked = None
        self._tell("", "")
        self._soon.start()

    def _check(self) -> None:
        typed = self.text("track").strip()
        if self._call is not None:
            self._call.cancel()
        if typed and self.session.online:
            self._call = self.session.client.send(
                "POST", "/v1/parcel-check", {"track": typed}, TrackCheck, self._got, self._wrong, owner=self
            )

    def _got(self, found: TrackCheck) -> None:
        self.checked = found
        self.fields["track"].say("")
        self._tell(words.checked_words(found), words.warnings_of(found))

    def _wrong(self, error: ApiError) -> None:
        """It is no number of a parcel: said at its field, without taking the person out of it."""
        self._tell("", "")
        self.fields["track"].say(wording.error_text(error))

    def _tell(self, fine: str, odd: str) -> None:
        self.fields["track"].note.setText(fine)
        self.odd.setText(f"⚠ {odd}" if odd else "")
        self.odd.setVisible(bool(odd))
        dress(self.odd, tone="warn")
