"""One text of messages with its past, and what all of them go by, for the screens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.api.reads.notifications import text_item
from gateway.loans.tables import shops
from gateway.notify import templates
from gateway.notify.model import NotificationChannel
from gateway.notify.tables import templates as table
from gateway.notify.terms import NotifyTerms
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms

_HOUR = timedelta(hours=1)


def text(
    connection: Connection, company: str, shop: str, event: str, channel: NotificationChannel, tongue: str
) -> dict[str, Any]:
    """A shop's text of an event and channel.

    Raises:
        Refused: `notify.text.event`.
    """
    past = templates.versions(connection, company, shop, event, channel)
    return {
        "in_force": text_item(templates.in_force(connection, company, shop, event, channel, tongue)),
        "base": past[0][0].version if past else 0,
        "kvits": text_item(templates.kvits_own(event, channel, tongue)),
        "versions": [
            {
                "version": one.version,
                "subject": one.subject,
                "body": one.body,
                "active": one.active,
                "made_at": made_at,
                "made_by": made_by,
            }
            for one, made_at, made_by in past
        ],
    }


def settings(connection: Connection, company: str, notify: NotifyTerms, terms: ParcelTerms) -> dict[str, Any]:
    """What all messages go by."""
    return {
        "company": notify.company,
        "sender": notify.sender,
        "language": terms.language,
        "quiet_from": notify.quiet.begin.strftime("%H:%M"),
        "quiet_to": notify.quiet.end.strftime("%H:%M"),
        "segment_price": notify.segment_price.kopecks,
        "lives_hours": notify.lives // _HOUR,
        "fallback_hours": notify.fallback_after // _HOUR,
        "consent_needed": notify.consent_needed,
        "unsubscribe": list(notify.unsubscribe),
        "guess": {"on": terms.guess.on, "share": str(terms.guess.share), "least": terms.guess.least},
        "public_page": terms.url,
        "shops": _shops(connection, company),
    }


def _shops(connection: Connection, company: str) -> list[dict[str, Any]]:
    """Whoever's goods were ever sent, and whoever has texts of his own, by name."""
    own: dict[str, int] = {
        row.shop: row.own
        for row in connection.execute(
            select(table.c.shop, func.count(func.distinct(table.c.event + "/" + table.c.channel)).label("own"))
            .where(table.c.company == company, table.c.shop != "")
            .group_by(table.c.shop)
        )
    }
    sent = connection.execute(
        select(parcels.c.shop).where(parcels.c.company == company, parcels.c.shop != "").distinct()
    ).scalars()
    keys = set(own) | set(sent)
    names: dict[str, str] = {
        row.key: row.name
        for row in connection.execute(
            select(shops.c.key, shops.c.name).where(shops.c.company == company, shops.c.key.in_(keys))
        )
    }
    found = [{"key": key, "name": names.get(key, key), "own_texts": own.get(key, 0)} for key in keys]
    return sorted(found, key=lambda one: (str(one["name"]), str(one["key"])))
