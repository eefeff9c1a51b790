"""A shop registers by itself on the public site: checked field by field, it then waits for the director.

Whoever fills the form in is anybody. He is told what is wrong with what he typed, and nothing of what is there
already: a known ИНН is taken in like any other, the short name is ours to give, and it is told to us alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from itertools import chain, count
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, exists, func, or_, select

from gateway.core.authority import Actor, Right, Role
from gateway.core.clock import to_text
from gateway.core.errors import Refused, Unavailable
from gateway.core.requisites import check_inn
from gateway.loans import shops, waiting
from gateway.loans.particulars import Particulars, check_key
from gateway.loans.personal import about_contact
from gateway.loans.shops import NewShop, ShopState
from gateway.loans.tables import applications, shop_access, shop_registrations, shop_tariffs
from gateway.loans.tables import shops as shop_rows
from gateway.loans.terms import LoanTerms
from gateway.store.schema import dumps
from gateway.store.unit import Unit

STRANGER = Actor("registration", Role.NEWCOMER, party="-")
"""Who acts where nobody is known; no shop is his."""
CONSENT = "2026-11"
"""Version of the text the contact agrees to."""
MOST_WAITING = 50
KEPT_DAYS = 30
_AT_ONCE = 200
_LONGEST = {"name": 200, "bank_name": 200, "email": 254, "site": 200, "contact": 120}
_LONGEST_OTHER = 40
_RETRY_S = 24 * 3600.0
_KEY_LETTERS = 24  # room for a number behind


class Segment(StrEnum):
    """What a shop sells, in the words of baskets and lenders' terms."""

    APPLIANCES = "appliances"
    ELECTRONICS = "electronics"
    FURNITURE = "furniture"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody tells of a shop, as typed; most of it as in `NewShop`.

    Attributes:
        contact: whom to ring.
        site: with or without "https://"; "" for none.
    """

    name: str
    inn: str
    kpp: str
    account: str
    bic: str
    bank_name: str
    corr_account: str
    email: str
    phone: str = field(repr=False)
    region: str
    site: str
    contact: str = field(repr=False)
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Registration:
    """What a shop told of itself beside its particulars.

    Attributes:
        contact: "" where the registration was forgotten.
    """

    contact: str
    segments: tuple[str, ...]


def faults(newcomer: Newcomer) -> dict[str, Refused]:
    """What is wrong, by the field of `Newcomer`, in the order of the form."""
    too_long = {
        each.name: Refused("shop.too_long", longest=longest)
        for each in fields(Newcomer)
        if len(getattr(newcomer, each.name)) > (longest := _LONGEST.get(each.name, _LONGEST_OTHER))
    }
    if too_long:
        return too_long  # what is checked further is short
    found = {"site" if name == "sites" else name: fault for name, fault in Particulars(_shop(newcomer)).faults.items()}
    contact = _one_line(newcomer.contact)
    if not contact or not contact.isprintable():
        found["contact"] = Refused("shop.no_contact")
    if not newcomer.segments:
        found["segments"] = Refused("shop.no_segment")
    return {each.name: found[each.name] for each in fields(Newcomer) if each.name in found}


def register(unit: Unit, terms: LoanTerms, newcomer: Newcomer) -> str:
    """Take down a shop that wants to work with us, and tell the director. Returns its id.

    Raises:
        Refused: `authority.missing`, and the first of `faults`.
        Unavailable: `shop.registrations_full` while so many wait that nobody could look at them.
    """
    unit.actor.require(Right.SHOPS_REGISTER)
    for fault in faults(newcomer).values():
        raise fault
    if _waiting(unit.connection, unit.company) >= MOST_WAITING:
        raise Unavailable("shop.registrations_full", retry_after=_RETRY_S)
    key = _free_key(unit, newcomer)
    shop_id = shops.insert(unit, key, Particulars(_shop(newcomer, key)).columns())
    unit.insert(
        shop_registrations,
        {
            "id": shop_id,
            "company": unit.company,
            "contact": terms.sealer.seal(about_contact(shop_id), {"name": _one_line(newcomer.contact)}),
            "segments": dumps([segment.value for segment in newcomer.segments]),
            "consent": CONSENT,
            "made_at": unit.at,
        },
    )
    # No requisites: what lapses is forgotten, and the journal forgets nothing.
    unit.journal("shop.registered", f"shop:{shop_id}", key=key, itself=True, consent=CONSENT)
    waiting.begin(unit, terms, key)
    return shop_id


def told(connection: Connection, terms: LoanTerms, shop_id: str) -> Registration | None:
    """What a shop told of itself, or None where we took it in."""
    row = connection.execute(select(shop_registrations).where(shop_registrations.c.id == shop_id)).one_or_none()
    if row is None:
        return None
    contact = terms.sealer.open(about_contact(shop_id), row.contact)
    return Registration(contact.get("name", ""), tuple(json.loads(row.segments)))


def ids(connection: Connection, shop_ids: Sequence[str]) -> frozenset[str]:
    """Which of these shops registered by themselves."""
    query = select(shop_registrations.c.id).where(shop_registrations.c.id.in_(shop_ids))
    return frozenset(connection.execute(query).scalars())


def lapse_due(unit: Unit, terms: LoanTerms) -> int:
    """Forget registrations of `KEPT_DAYS` ago nobody has touched or that were turned away: shop, contact and task. Of a
    shop that worked and was closed, the contact alone.

    At most 200 in one go; call again until it returns 0.

    Returns:
        How many registrations were forgotten.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.LOANS_WORK)
    untouched = (shop_rows.c.state == ShopState.NEW) & (shop_rows.c.version == 1)
    bound = [exists().where(table.c.shop_id == shop_rows.c.id) for table in (shop_access, shop_tariffs, applications)]
    began = or_(*bound)
    due = unit.connection.execute(
        select(shop_rows.c.id, shop_rows.c.key, began.label("began"))
        .join(shop_registrations, shop_registrations.c.id == shop_rows.c.id)
        .where(
            shop_rows.c.company == unit.company,
            shop_registrations.c.made_at < to_text(unit.now - timedelta(days=KEPT_DAYS)),
            or_(shop_rows.c.state == ShopState.CLOSED, untouched & ~began),
        )
        .limit(_AT_ONCE)
    ).all()
    for row in due:
        unit.connection.execute(delete(shop_registrations).where(shop_registrations.c.id == row.id))
        if not row.began:
            unit.connection.execute(delete(shop_rows).where(shop_rows.c.id == row.id))
            waiting.end(unit, row.key, cancel=True)
        unit.journal("shop.registration_forgotten", f"shop:{row.id}", key=row.key, shop_kept=bool(row.began))
        unit.changed("shops", row.id)
    return len(due)


def _shop(newcomer: Newcomer, key: str = "") -> NewShop:
    site = newcomer.site.strip()
    return NewShop(
        key=key,
        name=newcomer.name,
        inn=newcomer.inn,
        kpp=newcomer.kpp,
        account=newcomer.account,
        bic=newcomer.bic,
        bank_name=newcomer.bank_name,
        corr_account=newcomer.corr_account,
        email=newcomer.email,
        phone=newcomer.phone,
        region=newcomer.region,
        sites=(_with_scheme(site),) if site else (),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _with_scheme(site: str) -> str:
    return site if "://" in site else f"https://{site}"


def _free_key(unit: Unit, newcomer: Newcomer) -> str:
    """A short name nobody has: of the site's name if it will do, else of the ИНН."""
    host = urlsplit(_with_scheme(newcomer.site.strip().lower())).hostname or ""
    letters = re.sub(r"[^a-z0-9-]", "", host.removeprefix("www.").partition(".")[0])[:_KEY_LETTERS].strip("-")
    try:
        stem = check_key(letters)
    except Refused:
        stem = f"shop-{check_inn(newcomer.inn)}"
    like = shop_rows.c.key.startswith(stem, autoescape=True)
    taken = set(
        unit.connection.execute(select(shop_rows.c.key).where(shop_rows.c.company == unit.company, like)).scalars()
    )
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(key for key in chain((stem,), numbered) if key not in taken)


def _waiting(connection: Connection, company: str) -> int:
    query = (
        select(func.count())
        .select_from(shop_registrations.join(shop_rows, shop_rows.c.id == shop_registrations.c.id))
        .where(shop_rows.c.company == company, shop_rows.c.state == ShopState.NEW)
    )
    return int(connection.execute(query).scalar_one())
