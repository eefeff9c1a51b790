"""IT's page: why is it red, what to do about it, and the buttons that do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QTabWidget, QWidget

from gui import icons, wording
from gui.api.client import Call
from gui.api.types import Alarm, Component, DeadLetter, Health, Me, Needs
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models import health
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.loan_lenders import LenderHealth
from gui.views.page import Page
from gui.views.release import ReleaseCard
from gui.widgets.parts import Elided, button, clear, columns, frame, label, rows
from gui.widgets.pill import PillLabel
from gui.widgets.sparkline import Sparkline
from gui.widgets.tableview import TableView


class HealthPage(Page):
    """Components with remedies, alarms, polls, dead letters, refused messages, and the switch of the release."""

    key = "health"
    topic = "health"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.health: Health | None = None
        self._call: Call | None = None
        body = QWidget()
        box = rows(body, gap=14, margin=16)
        box.addLayout(self._top())
        self.release = ReleaseCard(session)
        self.release.switched.connect(lambda: self._done(None))
        self.release.refused.connect(session.refused)
        box.addWidget(self.release)
        self._alarms = rows(gap=7)
        box.addLayout(self._alarms)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.px(9))
        box.addLayout(self._grid)
        box.addWidget(self._poll_card())
        box.addWidget(self._tables(), 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(body)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows(self, gap=0).addWidget(self._scroll)
        session.reset.connect(self.reload)
        session.status_changed.connect(self._status)
        session.changed.connect(self._changed)
        theme.changed.connect(self._rethemed)
        self._show_alarms()
        self._show_numbers()
        self.allow()

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Health", "Health")

    @classmethod
    def badge(cls, needs: Needs) -> int:
        return needs.alarms

    def _top(self) -> Any:
        line = columns(gap=10)
        self._headline = label("", "title")
        self.poll_now = button(translate("Health", "Ask the bank now"), "primary", icon="refresh", slot=self.poll)
        line.addWidget(self._headline, 1)
        line.addWidget(self.poll_now)
        return line

    def _poll_card(self) -> QFrame:
        card = frame("card")
        line = columns(card, gap=18, margin=12)
        words = rows(gap=2)
        words.addWidget(label(translate("Health", "Polls of the bank"), "heading"))
        self._poll_words = label("", "muted", wrap=True)
        words.addWidget(self._poll_words)
        line.addLayout(words, 2)
        self.sparkline = Sparkline()
        self.sparkline.setAccessibleName(translate("Health", "How long the last polls took"))
        line.addWidget(self.sparkline, 3)
        sla = rows(gap=2)
        sla.addWidget(label(translate("Health", "Money → pick list today"), "heading"))
        self._sla = label("", "muted", wrap=True)
        sla.addWidget(self._sla)
        line.addLayout(sla, 2)
        return card

    def _tables(self) -> QTabWidget:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(translate("Health", "Lists"))
        self._models = [health.dead_letters(self), health.polls(self), health.messages(self)]
        names = (
            translate("Health", "Not delivered"),
            translate("Health", "Polls"),
            translate("Health", "Messages"),
        )
        self._tab_names = names
        for model, name in zip(self._models, names, strict=True):
            table = TableView(name)
            table.empty_text = translate("Health", "Nothing here, and that is good.")
            table.empty_icon = "ok"
            shown: list[Any] = model.columns
            table.show_model(model, shown)
            table.setMinimumHeight(theme.px(190))
            page = QWidget()
            stack = rows(page, gap=0)
            stack.addWidget(table, 1)
            if model is self._models[0]:
                self.dead_table = table
                self.retry_button = button(translate("Health", "Try again"), icon="refresh", slot=self.retry_current)
                line = columns(margin=7)
                line.addStretch(1)
                line.addWidget(self.retry_button)
                stack.addLayout(line)
                table.picked.connect(lambda _: self.allow())
            self.tabs.addTab(page, name)
        self.lenders = LenderHealth(self.session, self)
        self.lenders.hide()
        self.lenders.setMinimumHeight(theme.px(420))
        self.lenders.told.connect(self._lenders_told)
        return self.tabs

    def _lenders_told(self, troubled: int) -> None:
        """A company with lenders has a list of them too."""
        name = translate("Health", "Lenders")
        shown = f"{name} · {troubled}" if troubled else name
        if self.tabs.indexOf(self.lenders) < 0:
            self.tabs.addTab(self.lenders, shown)
        self.tabs.setTabText(self.tabs.indexOf(self.lenders), shown)

    # --- loading -----------------------------------------------------------------------------------------------------

    def activate(self) -> None:
        self.reload()
        self.tabs.setFocus()

    def reload(self) -> None:
        me = self.session.me
        if not self.session.online or me is None or not me.sees("health"):
            return
        if self._call is not None:
            self._call.cancel()
        self._call = self.session.client.get("/v1/health", Health, self._got, self.session.refused.emit, owner=self)
        self.release.reload()
        self.lenders.reload()

    def _changed(self, topic: str, _names: frozenset[str]) -> None:
        if topic in ("alarm",) and self.isVisible():
            self.reload()

    def _status(self) -> None:
        self._show_alarms()
        self._show_numbers()
        self.allow()
        if self.isVisible():
            self.reload()

    def _got(self, found: Health) -> None:
        # The clock of the answer changes every time; what is drawn anew is only what is really new.
        before, self.health = self.health, found
        if before is None or before.components != found.components:
            self._show_components(found.components)
        self._models[0].show(found.dead_letters)
        self._models[1].show(found.polls)
        self._models[2].show(found.messages)
        counts = (len(found.dead_letters), 0, sum(1 for m in found.messages if m.state == "refused"))
        for number, (name, count) in enumerate(zip(self._tab_names, counts, strict=True)):
            self.tabs.setTabText(number, f"{name} · {count}" if count else name)
        if found.dead_letters and not self.dead_table.currentIndex().isValid():
            self.dead_table.select_row(0)
        self.sparkline.show_values(
            [None if p.result == "failed" else p.duration_ms for p in reversed(found.polls[:60])]
        )
        self._show_numbers()
        self.allow()
        self.loaded()

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _rethemed(self) -> None:
        if self.health is not None:
            self._show_components(self.health.components)
        self._show_alarms()

    def _show_components(self, components: tuple[Component, ...]) -> None:
        clear(self._grid)
        worst = {"error": 0, "warning": 1}
        ordered = sorted(components, key=lambda c: worst.get(c.state, 2))
        troubles = sum(1 for c in ordered if c.state != "ok")
        for number, component in enumerate(ordered):
            # What is in order begins on a row of its own: a tall neighbour would stretch it.
            place = number if number < troubles else number - troubles + -(-troubles // 3) * 3
            self._grid.addWidget(self._component(component), place // 3, place % 3)
        for column in range(3):
            self._grid.setColumnStretch(column, 1)

    def _component(self, component: Component) -> QFrame:
        pill = health.component_pill(component.state)
        card = frame("card", tone="" if pill.tone == "ok" else pill.tone)
        card.setAccessibleName(f"{said(component.title)}: {pill.text}. {said(component.text)} {said(component.hint)}")
        line = columns(card, gap=10, margin=11)
        sign = QLabel()
        sign.setPixmap(icons.pixmap(pill.icon, theme.tokens.tone(pill.tone)[0], 22))
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        words = rows(gap=2)
        head = columns(gap=6)
        head.addWidget(label(said(component.title), "heading", wrap=True), 1)
        if component.state != "ok":
            head.addWidget(PillLabel(pill), 0, Qt.AlignmentFlag.AlignTop)
        words.addLayout(head)
        text = said(component.text)
        words.addWidget(Elided(text, "muted") if component.state == "ok" else label(text, "muted", wrap=True))
        hint = said(component.hint)
        if hint:
            words.addWidget(label(f"→ {hint}", wrap=True))
        words.addStretch(1)
        line.addLayout(words, 1)
        return card

    def _show_alarms(self) -> None:
        clear(self._alarms)
        for alarm in self.session.status.alarms if self.session.status else ():
            self._alarms.addWidget(self._alarm(alarm))

    def _alarm(self, alarm: Alarm) -> QFrame:
        tone = "bad" if alarm.severity == "error" else "warn"
        card = frame("card", tone=tone)
        line = columns(card, gap=11, margin=11)
        sign = QLabel()
        icon = "error" if tone == "bad" else "warning"
        sign.setPixmap(icons.pixmap(icon, theme.tokens.tone(tone)[0], 22))
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        words = rows(gap=2)
        words.addWidget(label(said(alarm.text) or alarm.code, "heading", wrap=True))
        hint = said(alarm.hint)
        if hint:
            words.addWidget(label(f"→ {hint}", wrap=True))
        times = counts.times(alarm.count)
        when = wording.moment(alarm.last_at or alarm.raised_at, self.session.now())
        words.addWidget(label(f"{when} · {times} · {alarm.code}", "small"))
        line.addLayout(words, 1)
        known = button(
            translate("Health", "Understood"),
            icon="check",
            slot=self._doer(f"/v1/alarms/{alarm.id}/acknowledge"),
            name=translate("Health", "Understood: {text}").format(text=said(alarm.text)),
        )
        known.setProperty("operates", "yes")
        line.addWidget(known, 0, Qt.AlignmentFlag.AlignVCenter)
        return card

    def _show_numbers(self) -> None:
        status = self.session.status
        if status is None:
            return
        errors = sum(1 for a in status.alarms if a.severity == "error")
        broken = sum(1 for c in self.health.components if c.state == "error") if self.health else 0
        if broken or errors:
            self._headline.setText(translate("Health", "Something needs IT"))
        elif status.alarms or (self.health and any(c.state != "ok" for c in self.health.components)):
            self._headline.setText(translate("Health", "Working, with remarks"))
        else:
            self._headline.setText(translate("Health", "Everything is in order"))
        self.release.show_mode(status.release_mode)
        now = self.session.now()
        parts = []
        for link in status.bank:
            last = translate("Health", "{bank}: last good poll {ago}").format(
                bank=link.title, ago=wording.ago(now - link.last_good_at if link.last_good_at else None)
            )
            parts.append(last)
            if link.certificate_expires:
                parts.append(_certificate(link.certificate_expires))
        self._poll_words.setText("\n".join(parts))
        sla = status.sla
        share = "—" if sla.within_15_min is None else f"{round(sla.within_15_min * 100)} %"
        self._sla.setText(
            translate(
                "Health", "released: {n} · half within {p50} · 95 % within {p95}\nwithin 15 minutes: {share}"
            ).format(n=sla.released_today, p50=wording.span(sla.p50_s), p95=wording.span(sla.p95_s), share=share)
        )

    def tick(self) -> None:
        self._show_numbers()

    # --- acting ------------------------------------------------------------------------------------------------------

    def allow(self) -> None:
        operates = self.session.may("health.operate")
        self.poll_now.setEnabled(operates)
        self.release.allow()
        self.lenders.allow()
        self.retry_button.setEnabled(operates and isinstance(self.dead_table.current_row(), DeadLetter))
        for number in range(self._alarms.count()):
            item = self._alarms.itemAt(number)
            card = item.widget() if item is not None else None
            if card is not None:
                for child in card.findChildren(QWidget):
                    if child.property("operates"):
                        child.setEnabled(operates)

    def _doer(self, path: str) -> Callable[[], None]:
        def act() -> None:
            op = self.session.act(path, {}, None, touches=(("status", ""),), owner=self)
            op.success(self._done).start()

        return act

    def _done(self, _answer: object) -> None:
        self.session.load_status()
        self.reload()

    def poll(self) -> None:
        self._doer("/v1/health/poll")()

    def retry_current(self) -> None:
        letter = self.dead_table.current_row()
        if isinstance(letter, DeadLetter):
            self._doer(f"/v1/outbox/{letter.id}/retry")()


def _certificate(text: str) -> str:
    """ "certificate until 12.02.2027"; the service sends a date or an instant."""
    try:
        shown = wording.day(date.fromisoformat(text[:10]))
    except ValueError:
        shown = text
    return translate("Health", "certificate until {date}").format(date=shown)
