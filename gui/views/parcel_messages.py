"""What was written to a parcel's buyer: the text, its fate, the receipts; and whether he may be written to."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from gui import icons, wording
from gui.api.errors import ApiError
from gui.api.types import BuyerMessage, Consent, Parcel
from gui.i18n import translate
from gui.models import buyer_messages as words
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.confirm import ReasonDialog
from gui.views.shops_dialog import opened
from gui.widgets.parts import button, clear, columns, frame, label, rows
from gui.widgets.pill import PillLabel

REASON_LIMIT = 300
"""Characters the service keeps of why a message is sent again."""


class ParcelMessages(QWidget):
    """Attributes:
    dialog: the one that is open. consents: what is on record, by channel, once it was asked for.

    Signals:
    acted: something was done; carries None (the parcel is to be loaded again) and the words for it.
    refused: an `ApiError`.
    """

    acted = Signal(object, str)
    refused = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.parcel: Parcel | None = None
        self.dialog: QDialog | None = None
        self.consents: dict[str, Consent] = {}
        self._asked: tuple[str, str, str] = ("", "", "")
        self._form = Form()
        box = rows(self, gap=8)
        self._words = QWidget()
        self._lines = rows(self._words, gap=3)
        box.addWidget(self._words)
        self._box = rows(gap=8)
        box.addLayout(self._box)

    # --- whether he may be written to --------------------------------------------------------------------------------

    def ask_consents(self) -> None:
        """What is on record of the buyer's phone and address; once for each buyer that is looked at."""
        parcel = self.parcel
        if parcel is None or parcel.purged_at is not None or not self.session.may("parcels.work"):
            return
        wanted = (parcel.id, parcel.phone, parcel.email)
        if wanted == self._asked:
            return
        self._asked = wanted
        self.consents.clear()
        for channel, address in (("sms", parcel.phone), ("email", parcel.email)):
            if address:
                query = {"channel": channel, "address": address}
                got = partial(self._got_consent, parcel.id)
                self.session.client.get("/v1/consents", Consent, got, self._no_consent, owner=self, query=query)

    def _got_consent(self, parcel_id: str, found: Consent) -> None:
        if self.parcel is not None and self.parcel.id == parcel_id:
            self.consents[found.channel] = found
            self._show_consents()

    def _no_consent(self, error: ApiError) -> None:
        """An address that can get no message has nothing on record: its messages say why."""

    def _show_consents(self) -> None:
        clear(self._lines)
        for channel in ("sms", "email"):
            found = self.consents.get(channel)
            if found is None:
                continue
            line = columns(gap=6)
            sign = QLabel()
            tone = "ok" if found.may else "bad"
            sign.setPixmap(icons.pixmap("check" if found.may else "ban", theme.tokens.tone(tone)[0], 16))
            line.addWidget(sign)
            line.addWidget(label(words.consent_words(found), "" if not found.may else "muted", wrap=True), 1)
            word = "withdrawn" if found.may else "given"
            title = words.word_title(word)
            name = f"{words.channel_title(channel)}: {title}"
            put = button(title, "ghost", slot=partial(self.ask_word, found, word), name=name)
            put.setEnabled(self.session.online)
            line.addWidget(put)
            self._lines.addLayout(line)

    def ask_word(self, found: Consent, word: str) -> None:
        """The buyer told one of ours that he wants no messages, or that he wants them."""
        if self.dialog is not None or not self.session.online:
            return
        dialog = ReasonDialog(
            words.word_title(word).rstrip("…"),
            f"{words.channel_title(found.channel)} · {found.address}",
            translate("ParcelMessages", "Put down"),
            self,
            role="primary",
            icon="pen",
            limit=REASON_LIMIT,
            consequence=translate("ParcelMessages", "It holds for every parcel of this address from now on."),
            prompt=translate("ParcelMessages", "When and how did the buyer say so?"),
        )
        self.dialog = opened(dialog, lambda: self._put_word(found, word, dialog.reason), self._closed)

    def _put_word(self, found: Consent, word: str, evidence: str) -> None:
        def done(fresh: Consent) -> None:
            self._form = Form()
            self.consents[fresh.channel] = fresh
            self._show_consents()
            self.acted.emit(None, translate("ParcelMessages", "put down"))

        body = {"address": found.address, "channel": found.channel, "word": word, "evidence": evidence}
        op = self.session.act("/v1/consents", body, Consent, form=self._form, owner=self)
        op.success(done).failure(self.refused.emit).start()

    # --- messages ----------------------------------------------------------------------------------------------------

    def show_parcel(self, parcel: Parcel | None) -> None:
        if parcel is None or self.parcel is None or parcel.id != self.parcel.id:
            self._asked = ("", "", "")
            self.consents.clear()
        self.parcel = parcel
        clear(self._box)
        self._show_consents()
        if parcel is None:
            return
        if parcel.no_messages:
            told = translate("ParcelMessages", "It was decided not to write to this parcel's buyer.")
            self._box.addWidget(label(told, wrap=True))
        if parcel.control:
            told = translate(
                "ParcelMessages", "It is of the control group: its buyer gets no reminders, so that their worth shows."
            )
            self._box.addWidget(label(told, "muted", wrap=True))
        if parcel.remind_at is not None and parcel.watch == "active" and not parcel.no_messages:
            told = translate("ParcelMessages", "Next reminder: {time}").format(
                time=wording.moment(parcel.remind_at, self.session.now())
            )
            self._box.addWidget(label(told, "muted"))
        for message in reversed(parcel.messages):
            self._box.addWidget(self._card(message))
        if not parcel.messages:
            self._box.addWidget(label(translate("ParcelMessages", "Nothing was written yet."), "muted"))
        self._box.addStretch(1)

    def _card(self, message: BuyerMessage) -> QWidget:
        now = self.session.now()
        card = frame("card", tone="warn" if message.state == "unknown" else "")
        stack = rows(card, gap=4, margin=9)
        head = columns(gap=6)
        title = f"{words.channel_title(message.channel)} · {words.event_title(message)}"
        head.addWidget(label(title, "heading", wrap=True), 1)
        head.addWidget(PillLabel(words.state_pill(message)), 0, Qt.AlignmentFlag.AlignTop)
        stack.addLayout(head)
        facts = (words.when(message, now), words.address(message), words.cost(message))
        stack.addWidget(label(" · ".join(part for part in facts if part), "small", wrap=True, select=True))
        if message.subject:
            stack.addWidget(label(message.subject, wrap=True, select=True))
        if message.body:
            stack.addWidget(label(message.body, wrap=True, select=True))
        unsure = words.unknown_words(message)
        if unsure:
            stack.addWidget(label(f"⚠ {unsure}", wrap=True, tone="warn"))
        bad = message.state in ("failed", "expired")
        for told in (words.why(message), words.by_hand(message)):
            if told:
                stack.addWidget(label(told, "" if bad else "muted", wrap=True, tone="bad" if bad else ""))
        for receipt in message.receipts:
            stack.addWidget(label(f"↩ {words.receipt_words(receipt, now)}", "small", wrap=True, select=True))
        if message.can_resend and self.session.me is not None and self.session.me.may("parcels.work"):
            again = button(
                translate("ParcelMessages", "Send again…"), icon="send", slot=partial(self.ask_resend, message),
                name=translate("ParcelMessages", "Send again: {what}").format(what=title),
            )  # fmt: skip
            again.setEnabled(self.session.online)
            line = columns()
            line.addStretch(1)
            line.addWidget(again)
            stack.addLayout(line)
        return card

    def allow(self) -> None:
        self.show_parcel(self.parcel)

    # --- sending again -----------------------------------------------------------------------------------------------

    def ask_resend(self, message: BuyerMessage) -> None:
        """Why it is to go out once more."""
        if self.dialog is not None or not self.session.online:
            return
        dialog = ReasonDialog(
            translate("ParcelMessages", "Send the message again"),
            f"{words.channel_title(message.channel)} · {words.event_title(message)} · {words.address(message)}",
            translate("ParcelMessages", "Send again"),
            self,
            role="primary",
            icon="send",
            limit=REASON_LIMIT,
            consequence=words.unknown_words(message)
            or translate("ParcelMessages", "The same text goes to the same address; the buyer may have it twice."),
            prompt=translate("ParcelMessages", "Why? The reason stays with the message."),
        )
        self.dialog = opened(dialog, lambda: self._resend(message, dialog.reason), self._closed)

    def _closed(self) -> None:
        self.dialog = None

    def _resend(self, message: BuyerMessage, reason: str) -> None:
        def done(_: object) -> None:
            self._form = Form()
            self.acted.emit(None, translate("ParcelMessages", "the message is sent again"))

        path = f"/v1/notifications/{message.id}/resend"
        parcel = self.parcel.id if self.parcel is not None else ""
        op = self.session.act(
            path, {"reason": reason}, None, touches=(("parcels", parcel),), form=self._form, owner=self
        )
        op.success(done).failure(self.refused.emit).start()
