"""What the routes of the public port share, and what the service lends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.core.errors import Refused
from gateway.flows.terms import Terms
from gateway.loans.lenders.ports import Lender
from gateway.loans.terms import LoanTerms
from gateway.notify.terms import NotifyTerms
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store, Unit

KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Pace:
    """How many requests are answered: (a minute, at once).

    Attributes:
        address: from one address, all routes together.
        shop_key: with one secret key of a shop's site.
        calculator: of the button, from one address.
        button: applications by the button, from one address; `button_shop`: to one shop, from everywhere;
            `button_phone`: of one phone, to all shops and from everywhere.
        apply: applications people of one shop type at the counter.
        upload: papers people of one shop bring in.
        register: shops that register, from one address.
        entry: wrong tokens at the account's door, from one address.
        feed: of a program that tells of parcels.
        tracking: buyers' pages, from one address; `tracking_act`: what is said by the links of one parcel.
        hint: lenders' webhooks, from one address; `forged`: those whose signature does not hold. Each of them is kept.
    """

    address: tuple[float, int] = (600, 200)
    shop_key: tuple[float, int] = (300, 100)
    calculator: tuple[float, int] = (60, 60)
    button: tuple[float, int] = (0.2, 5)
    button_shop: tuple[float, int] = (10, 60)
    button_phone: tuple[float, int] = (0.05, 5)
    apply: tuple[float, int] = (6, 40)
    upload: tuple[float, int] = (6, 20)
    register: tuple[float, int] = (0.02, 3)
    entry: tuple[float, int] = (1, 5)
    feed: tuple[float, int] = (60, 60)
    tracking: tuple[float, int] = (60, 60)
    tracking_act: tuple[float, int] = (1, 12)
    hint: tuple[float, int] = (300, 100)
    forged: tuple[float, int] = (1, 10)


@dataclass(frozen=True, slots=True)
class Seller:
    """Whose goods a parcel holds, as its buyer knows them, and where he may ring."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ParcelsWeb:
    """What a company that watches parcels adds to the public port.

    Attributes:
        follow: brings a parcel's money in line with what was done to it, in the same unit.
        phone: where buyers of its own goods may ring.
        sellers: by key, of goods that are neither its own nor a credit shop's; "" replaces its own name and phone.
    """

    terms: ParcelTerms
    notify: NotifyTerms
    follow: Callable[[Unit, str], None]
    phone: str = ""
    sellers: Mapping[str, Seller] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRoom:
    """What every public port needs, whatever is served there.

    Attributes:
        url: the address the world knows it by, "https://credit.example"; decides the names it answers to, and that
            cookies travel over TLS only.
        changed: told after every change, so that the tray's screens look; must return at once.
        behind_proxy: a reverse proxy on this machine speaks for the buyers; the last address it has added to
            X-Forwarded-For is theirs.
        parcels: None where parcels are not served.
    """

    store: Store
    url: str
    changed: Callable[[], None] = lambda: None
    behind_proxy: bool = False
    pace: Pace = Pace()
    parcels: ParcelsWeb | None = None

    def __post_init__(self) -> None:
        """
        Raises:
            Refused: `web.bad_url`.
        """
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise Refused("web.bad_url", url=self.url[:80])

    @property
    def secure(self) -> bool:
        """Whether the world reaches it over TLS."""
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        """The name it answers to."""
        return urlsplit(self.url).hostname or ""

    @property
    def origin(self) -> str:
        """As browsers send it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}".lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRoom(PublicRoom):
    """The public port of a company that brokers loans.

    Attributes:
        terms, loans: what the use cases of the flows and of loans ask of the configuration.
        session_key: 32 secret bytes, kept over restarts; sessions of the account are signed with it.
        lenders: adapters by key: whose webhooks are taken.
        asked: told when a lender has something new for us; must return at once.
        titles: names of lenders by key, as people read them.
    """

    terms: Terms
    loans: LoanTerms
    session_key: bytes = field(repr=False)
    lenders: Mapping[str, Lender] = field(default_factory=dict)
    asked: Callable[[], None] = lambda: None
    titles: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """
        Raises:
            Refused: `web.bad_url`, `web.bad_session_key`.
        """
        PublicRoom.__post_init__(self)
        if len(self.session_key) != KEY_LENGTH:
            raise Refused("web.bad_session_key", length=KEY_LENGTH)
