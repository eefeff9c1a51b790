"""Shops that sell on credit as a table, and the words for what is done about them."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import Changed, Shop, ShopAccess, ShopEvent, ShopItem
from gui.cells import Pill
from gui.i18n import said, translate
from gui.models.columns import Column
from gui.models.cursor import CursorModel
from gui.models.loans import person
from gui.models.shop_terms import category_title
from gui.models.table import RowsModel

FILTERS = ("all", "new", "active", "suspended", "closed")
PEOPLE = ("shop_manager", "shop_clerk")
SITE = "shop_site"
_LOOK: dict[str, tuple[str, str]] = {
    "new": ("warn", "pen"),
    "active": ("ok", "check"),
    "suspended": ("bad", "hand"),
    "closed": ("idle", "ban"),
}
_SUMS = ("risk_limit",)
_FLAGS = ("own", "trusts_lender")


def filter_title(state: str) -> str:
    titles = {
        "all": translate("Shops", "All"),
        "new": translate("Shops", "Being set up"),
        "active": translate("Shops", "Working"),
        "suspended": translate("Shops", "Suspended"),
        "closed": translate("Shops", "Closed"),
    }
    return titles.get(state, state)


def state_pill(shop: ShopItem) -> Pill:
    tone, icon = _LOOK.get(shop.state, ("info", "flag"))
    if shop.by_itself and shop.state == "new":
        return Pill(translate("Shops", "Waits for us"), tone, "flag")
    return Pill(said(shop.state_said), tone, icon)


# --- what may be done ------------------------------------------------------------------------------------------------


def move_title(shop: Shop, event: str) -> str:
    """The words of a button; one that was suspended is not let work for the first time."""
    titles = {
        "activate": translate("Shops", "Let it work again")
        if shop.state == "suspended"
        else translate("Shops", "Let it work"),
        "suspend": translate("Shops", "Suspend"),
        "close": translate("Shops", "Close for good"),
    }
    return titles.get(event, event)


def move_icon(event: str) -> str:
    return {"activate": "check", "suspend": "hand", "close": "ban"}.get(event, "chevron")


def consequence(event: str) -> str:
    """What a move brings about."""
    told = {
        "activate": translate("Shops", "New applications are taken in, its people and its site come in."),
        "suspend": translate(
            "Shops", "Nothing new begins; its goods are held and its payments wait until it works again."
        ),
        "close": translate(
            "Shops", "Nobody of the shop comes in any more, and it cannot be opened again. Its papers and sums stay."
        ),
    }
    return told.get(event, "")


def moved_words(event: str) -> str:
    """What was done, said after it."""
    told = {
        "activate": translate("Shops", "{shop}: works"),
        "suspend": translate("Shops", "{shop}: suspended"),
        "close": translate("Shops", "{shop}: closed"),
    }
    return told.get(event, "{shop}")


def lacking_title(step: str) -> str:
    """A step before the first application that is still to be done."""
    titles = {
        "contract": translate("Shops", "The contract: its number and date"),
        "tariff": translate("Shops", "A tariff: its own or the general one"),
        "lender": translate("Shops", "Terms of at least one lender"),
        "manager": translate("Shops", "A manager who sees the web account"),
    }
    return titles.get(step, step)


def lacking_action(step: str) -> str:
    """The words of the button that does it."""
    titles = {
        "contract": translate("Shops", "Write it down…"),
        "tariff": translate("Shops", "Set a tariff…"),
        "lender": translate("Shops", "Lenders' terms…"),
        "manager": translate("Shops", "Give access…"),
    }
    return titles.get(step, "")


# --- people and particulars ------------------------------------------------------------------------------------------


def kind_title(kind: str) -> str:
    titles = {
        "shop_manager": translate("Shops", "Manager"),
        "shop_clerk": translate("Shops", "Clerk"),
        "shop_site": translate("Shops", "The site's program"),
    }
    return titles.get(kind, kind)


def kind_words(kind: str) -> str:
    """What a kind of access lets do."""
    told = {
        "shop_manager": translate(
            "Shops", "Sees all applications, takes new ones in, chooses offers, signs, and accepts statements."
        ),
        "shop_clerk": translate("Shops", "Checks passports, signs and hands papers over; leaves no applications."),
        "shop_site": translate(
            "Shops", "A key for the server of the shop's site: leaves applications and asks how they stand."
        ),
    }
    return told.get(kind, "")


def access_words(access: ShopAccess) -> str:
    given = translate("Shops", "given {day} by {who}")
    return given.format(day=wording.day(access.made_at), who=person(access.made_by))


def field_title(name: str) -> str:
    """What one of a shop's particulars is called."""
    titles = {
        "name": translate("Shops", "Name"),
        "key": translate("Shops", "Short name"),
        "inn": translate("Shops", "ИНН"),
        "kpp": translate("Shops", "КПП"),
        "bic": translate("Shops", "БИК"),
        "account": translate("Shops", "Account"),
        "corr_account": translate("Shops", "Correspondent account"),
        "bank_name": translate("Shops", "Bank"),
        "email": translate("Shops", "E-mail"),
        "phone": translate("Shops", "Phone"),
        "region": translate("Shops", "Region"),
        "contract": translate("Shops", "Contract"),
        "risk_limit": translate("Shops", "Risk limit, ₽"),
        "sites": translate("Shops", "Sites of the button"),
        "own": translate("Shops", "Our own shop"),
        "trusts_lender": translate("Shops", "Trusts the lender"),
    }
    return titles.get(name, name)


def risk_words(shop: Shop) -> str:
    """How much is out and not yet paid for by lenders, and how much may be."""
    out = wording.money(shop.exposure)
    if not shop.risk_limit:
        return translate("Shops", "no limit; out now {sum}").format(sum=out)
    return translate("Shops", "{limit}; out now {sum}").format(limit=wording.money(shop.risk_limit), sum=out)


def itself_words(shop: Shop) -> list[str]:
    """What a shop that registered by itself told, and what to look at first; nothing of one we took in."""
    if not shop.by_itself:
        return []
    told = []
    if shop.contact:
        told.append(translate("Shops", "Ring {who}, {phone}").format(who=shop.contact, phone=wording.phone(shop.phone)))
    if shop.segments:
        goods = ", ".join(category_title(segment) for segment in shop.segments)
        told.append(translate("Shops", "Sells: {goods}").format(goods=goods))
    if shop.same_inn:
        known = translate("Shops", "The same ИНН: {shops}. Ask a person of it you know.")
        told.append(known.format(shops=", ".join(shop.same_inn)))
    return told


def change_words(change: Changed) -> str:
    """ "Account: …0001 → …0002"."""
    before, after = (_shown(change.field, text) for text in (change.before, change.after))
    return f"{field_title(change.field)}: {before} → {after}"


def _shown(field: str, text: str) -> str:
    if field in _SUMS and text.isdigit():
        return wording.money(int(text))
    if field in _FLAGS:
        return translate("Shops", "yes") if text == "1" else translate("Shops", "no")
    if field == "sites":
        return text.strip("[]").replace('"', "").replace(",", ", ") or "—"
    return text or "—"


def standing_words(shop: Shop) -> str:
    """Since when and why a shop is suspended or closed; "" for one that is neither."""
    last = {"suspended": "suspend", "closed": "close"}.get(shop.state)
    event = next((event for event in shop.history if event.event == last), None)
    if event is None:
        return ""
    told = f"{wording.day(event.at)}, {person(event.by)}"
    return f"{told}: {event.note}" if event.note else told


def event_words(event: ShopEvent) -> list[str]:
    """A thing that was done, and below it why and what of it."""
    return [said(event.text) or event.event, *([event.note] if event.note else []), *map(change_words, event.changes)]


# --- tables ----------------------------------------------------------------------------------------------------------


def columns() -> list[Column]:
    return [
        Column("name", lambda: translate("Shops", "Shop"), lambda s: s.name, sort="name", paint="strong", width=0),
        Column("key", lambda: translate("Shops", "Short name"), lambda s: s.key, sort="key", width=13),
        Column("inn", lambda: translate("Shops", "ИНН"), lambda s: s.inn, sort="inn", width=13),
        Column("region", lambda: translate("Shops", "Region"), lambda s: s.region, sort="region", width=8),
        Column(
            "open",
            lambda: translate("Shops", "Open"),
            lambda s: str(s.open_applications or ""),
            sort="open_applications",
            width=9,
            right=True,
        ),
        Column(
            "state",
            lambda: translate("Shops", "State"),
            lambda s: state_pill(s).text,
            sort="state",
            paint="pill",
            pill=state_pill,
            width=17,
        ),
        Column(
            "made",
            lambda: translate("Shops", "Taken in"),
            lambda s: wording.day(s.made_at),
            sort="made_at",
            width=12,
            hidden=True,
        ),
    ]


def model(client: Client, parent: QObject | None = None) -> CursorModel:
    return CursorModel(client, "/v1/shops", ShopItem, columns(), parent)


def access_model(parent: QObject | None = None) -> RowsModel:
    """Who of a shop may come in."""
    return RowsModel(
        [
            Column("name", lambda: translate("Shops", "Who"), lambda a: a.name, paint="strong", width=0),
            Column("kind", lambda: translate("Shops", "Access"), lambda a: kind_title(a.kind), width=18),
            Column(
                "given",
                lambda: translate("Shops", "Given"),
                lambda a: wording.day(a.made_at),
                width=12,
                tip=access_words,
            ),
        ],
        parent,
    )
