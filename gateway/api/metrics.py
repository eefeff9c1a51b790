"""Numbers for Prometheus, in a registry of our own: no process-wide state, no names, no sums of money."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from gateway.api.room import Room
from gateway.bank.tables import polls
from gateway.core.clock import from_text
from gateway.core.errors import KvitError
from gateway.payments.tables import payments
from gateway.store import journal, outbox
from gateway.store.schema import alarms

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Requests counted as they pass; everything else read when somebody asks."""

    def __init__(self, room: Room) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kvit_http_requests", "Requests answered", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "kvit_http_request_seconds", "Time to answer", ("route",), registry=self._registry, buckets=_BUCKETS
        )
        self._registry.register(_Readings(room))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered. A stream's length says nothing about speed and is not timed."""
        known = method if method in ("GET", "HEAD", "POST") else "other"
        self._requests.labels(known, route, str(status)).inc()
        if route != "/v1/events":
            self._seconds.labels(route).observe(seconds)

    def render(self) -> tuple[bytes, str]:
        """The text and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


class _Readings(Collector):
    def __init__(self, room: Room) -> None:
        self._room = room

    def describe(self) -> list[Metric]:
        # Without it the registry would read the database once at start to learn the names.
        return []

    def collect(self) -> Iterator[Metric]:
        room = self._room
        yield GaugeMetricFamily("kvit_event_streams", "Open event streams", room.events.listeners)
        age = room.status.cycle_age()
        if age is not None:
            yield GaugeMetricFamily("kvit_cycle_age_seconds", "Since the work loop's last good round", age)
        left = GaugeMetricFamily(
            "kvit_certificate_days_left", "Until our certificate at the bank ends", labels=("channel",)
        )
        for facts in room.status.bank():
            days = facts.get("days_left")
            if days is not None:
                left.add_metric((facts["channel"],), days)
        yield left
        try:
            readings = list(self._read())
        except KvitError:
            yield GaugeMetricFamily("kvit_store_up", "Whether the database answers", 0)
            return
        yield GaugeMetricFamily("kvit_store_up", "Whether the database answers", 1)
        yield from readings

    def _read(self) -> Iterator[Metric]:
        company, now = self._room.store.company, self._room.store.clock.now()
        by_state = GaugeMetricFamily("kvit_payments", "Payments by state", labels=("state",))
        good = GaugeMetricFamily("kvit_last_good_poll_age_seconds", "Since the bank last answered", labels=("channel",))
        with self._room.store.reading() as connection:
            grouped = select(payments.c.state, func.count()).where(payments.c.company == company)
            for state, number in connection.execute(grouped.group_by(payments.c.state)):
                by_state.add_metric((state,), number)
            answered = select(polls.c.channel, func.max(polls.c.at)).where(
                polls.c.company == company, polls.c.result != "failed"
            )
            for channel, at in connection.execute(answered.group_by(polls.c.channel)):
                good.add_metric((channel,), (now - from_text(at)).total_seconds())
            waiting, dead = outbox.counts(connection, company)
            raised = connection.execute(
                select(func.count()).where(alarms.c.company == company, alarms.c.state == "open")
            ).scalar_one()
            rows = journal.head(connection).seq
        yield by_state
        yield good
        yield GaugeMetricFamily("kvit_outbox_waiting", "Messages waiting to leave", waiting)
        yield GaugeMetricFamily("kvit_outbox_dead", "Messages that need a person", dead)
        yield GaugeMetricFamily("kvit_alarms_open", "Open alarms", raised)
        yield GaugeMetricFamily("kvit_journal_rows", "Rows of the journal", rows)
