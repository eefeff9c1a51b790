"""The banks in one strip: when each was asked and what it said, and how long our certificate there still lasts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QWidget

from gui import icons
from gui.api.types import Bank, BankCertificate, BankLink
from gui.i18n import said, translate
from gui.models import bank as words
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import Elided, clear, columns, dress, label, rows
from gui.widgets.pill import PillLabel

ACROSS = 3


class LinkCard(QFrame):
    """One bank channel."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        line = columns(self, gap=9, margin=9)
        self._sign = QLabel()
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        box = rows(gap=3)
        head = columns(gap=7)
        self.title = Elided("", "heading")
        self.said = PillLabel()
        head.addWidget(self.title, 1)
        head.addWidget(self.said)
        box.addLayout(head)
        self.times = label("", "muted", wrap=True)
        box.addWidget(self.times)
        self.error = label("", wrap=True, tone="bad")
        self.remedy = label("", wrap=True, select=True)
        box.addWidget(self.error)
        box.addWidget(self.remedy)
        proof = columns(gap=7)
        self.certificate = PillLabel()
        self.until = Elided("", "muted")
        proof.addWidget(self.certificate)
        proof.addWidget(self.until, 1)
        box.addLayout(proof)
        self.to_do = label("", "muted", wrap=True, select=True)
        box.addWidget(self.to_do)
        box.addStretch(1)
        line.addLayout(box, 1)

    def show_link(self, link: BankLink, certificate: BankCertificate | None, session: Session) -> None:
        now = session.now()
        pill = words.link_pill(link)
        next_words, late = words.next_poll(link, now)
        self.title.say(link.title or link.channel)
        if self.said.pill != pill:
            self.said.say(pill)
        self.times.setText(f"{words.polled(link, now)} · {next_words}")
        error = said(link.error.text) or link.error.code if link.error else ""
        hint = said(link.error.hint) if link.error else ""
        _say(self.error, error)
        _say(self.remedy, f"→ {hint}" if hint else "")
        proof = words.certificate(
            certificate or BankCertificate(channel=link.channel, days_left=link.days_left),
            renewal_due=link.renewal_due,
        )
        if self.certificate.pill != proof.pill:
            self.certificate.say(proof.pill)
        self.until.say(proof.until)
        _say(self.to_do, f"→ {proof.what_to_do}" if proof.what_to_do else "")
        tones = {pill.tone, proof.pill.tone, "warn" if late else ""}
        tone = "bad" if "bad" in tones else "warn" if "warn" in tones else ""
        dress(self, tone=tone)
        icon = {"bad": "error", "warn": "warning"}.get(tone, "bank")
        self._sign.setPixmap(icons.pixmap(icon, theme.tokens.tone(tone or "info")[0], 20))
        self.setAccessibleName(f"{link.title}: {pill.text}. {self.times.text()}. {error} {hint} {proof.pill.text}")


def _say(shown: QLabel, text: str) -> None:
    if shown.text() != text:
        shown.setText(text)
    shown.setVisible(bool(text))


class BankStrip(QFrame):
    """All channels side by side."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.session = session
        self.cards: dict[str, LinkCard] = {}
        self._bank: Bank | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        box = rows(self, gap=0, margin=8)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.px(8))
        box.addLayout(self._grid)
        self._empty = label(translate("Bank", "No bank is set up yet: kvit bank enrol makes the first link."), "muted")
        self._empty.hide()
        box.addWidget(self._empty)

    def show_bank(self, bank: Bank) -> None:
        self._bank = bank
        names = [link.channel for link in bank.links]
        if names != list(self.cards):
            clear(self._grid)
            self.cards = {name: LinkCard() for name in names}
            # Two banks share the whole width, more stand three in a row.
            across = min(max(len(names), 1), ACROSS)
            for number, card in enumerate(self.cards.values()):
                self._grid.addWidget(card, number // across, number % across)
            for column in range(ACROSS):
                self._grid.setColumnStretch(column, 1 if column < across else 0)
        self._empty.setVisible(not names)
        self.refresh()

    def refresh(self) -> None:
        """The ages move on with the clock."""
        if self._bank is None:
            return
        certificates = {found.channel: found for found in self._bank.certificates}
        for link in self._bank.links:
            if link.channel in self.cards:
                self.cards[link.channel].show_link(link, certificates.get(link.channel), self.session)
