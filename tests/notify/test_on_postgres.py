"""The story of a message on both databases: the statements of the room are the same there."""

from __future__ import annotations

from gateway.core.clock import FixedClock
from gateway.notify import queries, retention, spend
from gateway.notify.gateways.ports import Receipt, Reply, Word
from gateway.notify.sending import Sender
from gateway.notify.terms import NotifyTerms
from gateway.store import Store
from tests.notify.conftest import NOON
from tests.notify.messages import MAIL, PHONE, TERMS, Scripted, all_rows, new, queued
from tests.notify.test_queries import OWNER
from tests.store.conftest import cluster, sqlite_made_once, url

__all__ = ["cluster", "sqlite_made_once", "url"]


def test_a_story_on_both(url: str) -> None:
    store = Store(url, FixedClock(NOON), "frames")
    terms = NotifyTerms(TERMS.company, consent_needed=False, day_limit=2, retention_days=0)
    try:
        for n in range(3):
            queued(store, new(f"parcel:{n}", email=MAIL), terms)
        sms, mail = Scripted(), Scripted("smtp")
        sender = Sender(store, terms, sms, mail)
        sender.round()
        sms.coming = [
            Receipt("1", Word.FAILED, "UNDELIV", number=1, address=PHONE),
            Receipt("02", Word.DELIVERED, "DELIVRD"),
            Receipt("9", Word.DELIVERED, "DELIVRD"),
            Reply(PHONE, "стоп"),
        ]
        sender.round()
        sender.round()
        found = [(each.channel, each.state, each.reason) for each in all_rows(store)]
        assert found == [
            ("sms", "failed", "notify.said"),
            ("sms", "delivered", ""),
            ("sms", "withdrawn", "notify.replied"),
            ("email", "sent", ""),
        ]
        with store.unit() as unit:
            unit.now = NOON.replace(hour=10)
            assert retention.purge_due(unit, terms) == 4
            unit.commit()
        with store.reading() as connection:
            assert queries.months(connection, "frames", terms.zone, OWNER, NOON, 1)[0].sms == 2
            assert spend.handed(connection, "frames", NOON, NOON)[0] == 2
            assert len(queries.page(connection, "frames", terms.zone, OWNER, queries.Filters(phone=PHONE)).items) == 0
    finally:
        store.close()
