"""The window: pages by the rights of the person, one line of news above, one line of state below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QSizePolicy, QStackedWidget, QToolButton, QWidget

from gui import icons, wording
from gui.actions import COMMANDS, Action
from gui.api.errors import ApiError, Away, Conflicting
from gui.i18n import said, translate
from gui.settings import Settings
from gui.store.session import Link, Session
from gui.theme import theme
from gui.views.bank import BankPage
from gui.views.call_centre import CallCentrePage
from gui.views.calls import CallsPage
from gui.views.health import HealthPage
from gui.views.keys_sheet import KeysSheet
from gui.views.loans import LoansPage
from gui.views.offline import offline_words
from gui.views.orders import OrdersPage
from gui.views.page import Page
from gui.views.parcels import ParcelsPage
from gui.views.payments import PaymentsPage
from gui.views.picks import PicksPage
from gui.views.registries import RegistriesPage
from gui.views.settlement import SettlementPage
from gui.views.shops import ShopsPage
from gui.views.statusline import StatusLine
from gui.views.texts import TextsPage
from gui.widgets.banner import Banner
from gui.widgets.parts import columns, redress_icons, rows
from gui.widgets.rail import Rail
from gui.widgets.toast import desk as desk_area

PAGES: tuple[type[Page], ...] = (
    PaymentsPage,
    RegistriesPage,
    OrdersPage,
    PicksPage,
    ParcelsPage,
    TextsPage,
    CallsPage,
    LoansPage,
    CallCentrePage,
    SettlementPage,
    ShopsPage,
    BankPage,
    HealthPage,
)
"""In the order of the rail."""
KINDS: dict[str, type[Page]] = {kind.key: kind for kind in PAGES}
NUMBERED = (
    "payments", "registries", "orders", "picks", "calls", "bank", "health", "loans", "call_centre", "settlement",
    "shops", "parcels", "texts",
)  # fmt: skip
"""In the order of their keys: a page keeps its key though another is put beside it on the rail."""


class Pages(Mapping[str, Page]):
    """The pages by key; each is made when it is first asked for, which keeps the start of the program short."""

    def __init__(self, make: Callable[[type[Page]], Page]) -> None:
        self._make = make
        self._made: dict[str, Page] = {}

    def __getitem__(self, key: str) -> Page:
        if key not in self._made:
            self._made[key] = self._make(KINDS[key])
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(KINDS)

    def __len__(self) -> int:
        return len(KINDS)


class Shell(QMainWindow):
    """The main window.

    Attributes:
        pages: by key, in the order of the rail.

    Signals:
        first_loaded: the first page's list is on the screen.
        closing: the person closes the window (the tray stays).
        quit_asked: the person wants to end the program.
        language_asked: the person wants this language.
    """

    first_loaded = Signal()
    closing = Signal()
    quit_asked = Signal()
    language_asked = Signal(str)

    def __init__(
        self, session: Session, settings: Settings, *, wanted: str = "", parent: QWidget | None = None
    ) -> None:
        """`wanted`: key of the page to start with."""
        super().__init__(parent)
        self.session = session
        self.settings = settings
        self._wanted = wanted
        area = desk_area()
        self.resize(min(theme.px(1400), area.width() - 20), min(theme.px(860), area.height() - 40))
        desk = QWidget()
        desk.setObjectName("desk")
        across = columns(desk, gap=0)
        self.rail = Rail()
        self.rail.asked.connect(self.open_page)
        across.addWidget(self.rail)
        down = rows(gap=0)
        self.offline = Banner()
        self.news = Banner()
        self.stack = QStackedWidget()
        down.addWidget(self.offline)
        down.addWidget(self.news)
        down.addWidget(self.stack, 1)
        across.addLayout(down, 1)
        self.setCentralWidget(desk)
        self.status_line = StatusLine(session)
        self.setStatusBar(self.status_line)

        self.pages = Pages(self._make_page)
        for kind in PAGES:
            keys = COMMANDS[Action(f"page_{NUMBERED.index(kind.key) + 1}")].keys[0]
            made = self.rail.add(kind.key, kind.key, kind.title(None), keys)
            made.setVisible(False)
        self._menu_button()
        self._actions: dict[Action, QAction] = {}
        self._make_actions()

        session.me_changed.connect(self._rights)
        session.status_changed.connect(self._badges)
        session.loans.changed.connect(self._badges)
        session.parcels.changed.connect(self._badges)
        session.link_changed.connect(self._link)
        session.refused.connect(self.refused)
        theme.changed.connect(self._themed)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._tick)
        self._second.start()
        if not settings.geometry.isEmpty():
            self.restoreGeometry(settings.geometry)
        self._rights()
        self._badges()
        self._link()

    def _make_page(self, kind: type[Page]) -> Page:
        page = kind(self.session, self.settings)
        self.stack.addWidget(page)
        page.first_loaded.connect(self.first_loaded)
        page.go.connect(self.go)
        page.reload()
        return page

    # --- commands ----------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        slots: dict[Action, Callable[[], object]] = {
            Action.SEARCH: self._search,
            Action.REFRESH: self.session.reconnect,
            Action.UNDO: self.undo,
            Action.ZOOM_IN: lambda: self.zoom(1),
            Action.ZOOM_OUT: lambda: self.zoom(-1),
            Action.ZOOM_NORMAL: lambda: self.zoom(0),
            Action.KEYS: self.show_keys,
            Action.CLOSE: self.close,
            Action.QUIT: self.quit_asked.emit,
        }
        for number, key in enumerate(NUMBERED, start=1):
            slots[Action(f"page_{number}")] = partial(self.open_page, key)
        for action, command in COMMANDS.items():
            made = QAction(command.title(), self)
            made.setShortcuts([QKeySequence(keys) for keys in command.keys])
            slot = slots[action]
            made.triggered.connect(lambda _=False, slot=slot: slot())
            self.addAction(made)
            self._actions[action] = made
        escape = QAction(self)
        escape.setShortcut(QKeySequence("Esc"))
        escape.triggered.connect(self._escape)
        self.addAction(escape)

    def _menu_button(self) -> None:
        more = QToolButton()
        more.setText(translate("Shell", "Menu"))
        more.setAccessibleName(translate("Shell", "Menu"))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more = more
        menu = QMenu(more)
        menu.aboutToShow.connect(self._fill_menu)
        more.setMenu(menu)
        more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.rail.foot.addWidget(more)
        self._themed()

    def _fill_menu(self) -> None:
        menu = self._more.menu()
        menu.clear()
        for action in (Action.REFRESH, Action.UNDO, Action.ZOOM_IN, Action.ZOOM_OUT, Action.ZOOM_NORMAL):
            menu.addAction(self._actions[action])
        menu.addSeparator()
        looks = menu.addMenu(translate("Shell", "Theme"))
        for name, words in (
            ("auto", translate("Shell", "As the system")),
            ("light", translate("Shell", "Light")),
            ("dark", translate("Shell", "Dark")),
        ):
            choice = looks.addAction(words)
            choice.setCheckable(True)
            choice.setChecked(self.settings.theme == name)
            choice.triggered.connect(lambda _=False, name=name: self.set_theme(name))
        tongues = menu.addMenu(translate("Shell", "Language"))
        for name, words in (("ru", "Русский"), ("en", "English")):
            tongues.addAction(words).triggered.connect(lambda _=False, name=name: self.language_asked.emit(name))
        menu.addAction(self._actions[Action.KEYS])
        menu.addSeparator()
        menu.addAction(self._actions[Action.QUIT])

    # --- pages -------------------------------------------------------------------------------------------------------

    @property
    def current(self) -> Page | None:
        """The page in front; None before it is known which ones may be opened."""
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, Page) else None

    def open_page(self, key: str) -> None:
        if not self._allowed(key):
            return
        page = self.pages[key]
        self.stack.setCurrentWidget(page)
        self.rail.choose(key)
        page.activate()
        self._title()

    def go(self, key: str, name: str) -> None:
        """To another page, on one thing."""
        if self._allowed(key):
            self.open_page(key)
            self.pages[key].show_item(name)

    def _allowed(self, key: str) -> bool:
        me = self.session.me
        return me is not None and key in KINDS and KINDS[key].opens_to(me)

    def _rights(self) -> None:
        allowed = [key for key in KINDS if self._allowed(key)]
        for key, made in self.rail.buttons.items():
            made.setVisible(key in allowed)
            made.setText(KINDS[key].title(self.session.me))
        current = self.current
        if allowed and (current is None or current.key not in allowed):
            self.open_page(self._wanted if self._wanted in allowed else allowed[0])
        if self.session.me is not None and not allowed:
            self.news.say(
                "warn",
                translate("Shell", "Your role opens no page of this program."),
                translate("Shell", "Ask IT which role your token should have."),
            )
        self._title()

    def _badges(self) -> None:
        for key, kind in KINDS.items():
            self.rail.buttons[key].set_count(kind.badge(self.session.needs))
        self._title()

    def _title(self) -> None:
        status = self.session.status
        company = status.company if status and status.company else ""
        page = self.current.title(self.session.me) if self.current is not None else ""
        parts = [page, company, "Kvit"]
        self.setWindowTitle(" — ".join(p for p in parts if p))

    # --- news --------------------------------------------------------------------------------------------------------

    def _link(self) -> None:
        if self.session.link is Link.OFFLINE:
            text, hint = offline_words(self.session)
            self.offline.say(
                "bad", text, hint, action=translate("Shell", "Try now"), slot=self.session.reconnect, closable=False
            )
        else:
            self.offline.hide()

    def refused(self, error: ApiError) -> None:
        """Say it above the page; a lost link has its own banner."""
        if isinstance(error, Away):
            return
        tone = "warn" if isinstance(error, Conflicting) else "bad"
        self.news.say(tone, wording.error_text(error), wording.error_hint(error), seconds=20)

    def undo(self) -> None:
        top = self.session.undo.top
        if top is None:
            self.news.say("info", translate("Shell", "Nothing to undo in this sitting."), seconds=4)
            return
        op = self.session.take_back()
        if op is not None:
            self.news.say("ok", translate("Shell", "Taken back: {what}").format(what=said(top.text)), seconds=6)

    def show_keys(self) -> None:
        sheet = KeysSheet(self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.setModal(True)
        sheet.open()

    def _escape(self) -> None:
        if self.news.isVisible():
            self.news.hide()
        elif self.current is not None:
            self.current.escape()

    def _search(self) -> None:
        if self.current is not None:
            self.current.focus_search()

    # --- look --------------------------------------------------------------------------------------------------------

    def zoom(self, steps: int) -> None:
        self.settings.zoom = theme.zoom_by(steps)
        self._apply()

    def set_theme(self, name: str) -> None:
        self.settings.theme = name
        self._apply()

    def _apply(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, self.settings.theme, self.settings.zoom)

    def _themed(self) -> None:
        redress_icons(self)
        self._more.setIcon(icons.icon("settings", theme.tokens.rail_text, 22))
        self._more.setIconSize(self.rail.buttons["payments"].iconSize())

    def _tick(self) -> None:
        if not self.isVisible() or self.isMinimized():
            return
        self.status_line.refresh()
        if self.current is not None:
            self.current.tick()
        if self.session.link is Link.OFFLINE:
            text, hint = offline_words(self.session)
            self.offline.text.setText(text)
            self.offline.hint.setText(hint)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.session.online:
            self.session.load_status_soon()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.settings.geometry = self.saveGeometry()
        self.closing.emit()
        super().closeEvent(event)
