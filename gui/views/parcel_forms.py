"""A parcel typed in by hand, its number looked at while it is typed; and who waits for one, corrected."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Order, Parcel, ParcelPut, TrackCheck
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


class NumberForm(ParcelForm):
    """A form that begins with a parcel's number. What is odd about it is said at once and keeps nobody from going on.

    Attributes:
        checked: what the service said last of the number. odd: what is odd about it.
    """

    def __init__(
        self, session: Session, title: str, action: str, parent: QWidget | None = None, *, note: str = ""
    ) -> None:
        super().__init__(session, title, action, parent, note=note, icon="plus")
        self.checked: TrackCheck | None = None
        self._call: Call | None = None
        self._soon = QTimer(self, singleShot=True, interval=CHECK_MS)
        self._soon.timeout.connect(self._check)
        self.odd = label("", wrap=True, tone="warn")
        self.odd.hide()

    def number(self) -> None:
        """The field of the number itself."""
        editor = self.line("track", words.field_title("track"), limit=60, hint="80115012345678, RA644000001RU…").editor
        if isinstance(editor, QLineEdit):
            editor.textChanged.connect(self._typed)

    def errors(self) -> dict[str, str]:
        return words.errors(self.texts())

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


class AddParcelDialog(NumberForm):
    """A new parcel, with all that is known of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(
            session,
            translate("ParcelForm", "New parcel"),
            translate("ParcelForm", "Enter it"),
            parent,
            note=translate("ParcelForm", "One that is known already is filled in where it was empty."),
        )
        self.setMinimumWidth(theme.px(640))
        self.number()
        carriers = [("", translate("ParcelForm", "by its number")), *((one, carrier_title(one)) for one in CARRIERS)]
        self.choice("carrier", words.field_title("carrier"), carriers)
        self.beside("track", "carrier")
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
        self.fields["track"].editor.setFocus()

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        return "/v1/parcels", words.body(self.texts(), consent=self.consent.isChecked()), ParcelPut


class OrderParcelDialog(NumberForm):
    """The number of the parcel an order was sent in; all else is the order's."""

    def __init__(self, session: Session, order: Order, parent: QWidget | None = None) -> None:
        super().__init__(
            session,
            translate("ParcelForm", "Parcel of order {number}").format(number=order.number),
            translate("ParcelForm", "Enter it"),
            parent,
            note=translate("ParcelForm", "Buyer, address and sum are taken from the order."),
        )
        self.order = order
        self.number()
        self.line("cod", words.field_title("cod"), hint=translate("ParcelForm", "empty: what the carrier says"))
        self.beside("track", "cod")
        self.box.addWidget(self.odd)
        self.fields["track"].editor.setFocus()

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        return f"/v1/orders/{self.order.id}/parcels", words.number_body(self.texts()), ParcelPut
