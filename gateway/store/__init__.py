"""The database: engine, unit of work, journal, outbox, idempotency, alarms, changes."""

from gateway.store.engine import Store
from gateway.store.unit import Unit

__all__ = ["Store", "Unit"]
