"""The machine: program and libraries, disk, clock, calendar."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import version

from sqlalchemy import select

from gateway import __version__
from gateway.api.room import Finding
from gateway.bank.tables import messages
from gateway.core.clock import business_date, from_text
from gateway.core.workdays import is_tabled
from gateway.service.examination.patient import Patient, error, ok, warning

_NAMED = ("cryptography", "lxml", "xmlsec", "zeep", "SQLAlchemy", "fastapi", "uvicorn")
_DISK_LOW = 1 << 30  # bytes: a few months of a shop's messages and journal
_DISK_FULL = 100 << 20
# A bank refuses time stamps some five minutes off; a minute already means that nobody sets the clock.
_SKEW_WARNING = timedelta(seconds=60)
_SKEW_ERROR = timedelta(seconds=240)
_NEXT_YEAR_FROM_MONTH = 11  # the government's decree is out by then


def program(patient: Patient) -> Sequence[Finding]:
    """lxml and xmlsec must be one family: two libxml2 in one process corrupt each other's memory."""
    try:
        import xmlsec
        from lxml import etree
    except ImportError as failure:
        return [error("doctor.libraries_broken", reason=str(failure)[:200])]
    ours, theirs = etree.LIBXML_VERSION, xmlsec.get_libxml_version()
    if ours != theirs:
        return [error("doctor.libraries_differ", lxml=_dotted(ours), xmlsec=_dotted(theirs))]
    return [
        ok(
            "doctor.program_ok",
            version=__version__,
            python=platform.python_version(),
            libraries=", ".join(f"{name} {version(name)}" for name in _NAMED),
            libxml2=_dotted(ours),
        )
    ]


def disk(patient: Patient) -> Sequence[Finding]:
    """Room for messages, database and log."""
    free = shutil.disk_usage(patient.home.root).free
    values = {"free_mib": free >> 20, "folder": str(patient.home.root)}
    if free < _DISK_FULL:
        return [error("doctor.disk_full", **values)]
    if free < _DISK_LOW:
        return [warning("doctor.disk_low", **values)]
    return [ok("doctor.disk_ok", **values)]


def clock(patient: Patient) -> Sequence[Finding]:
    """Our clock beside the bank's, which stands signed in each of its messages."""
    if patient.store is None:
        return []
    now = patient.clock.now()
    with patient.store.reading() as connection:
        last = connection.execute(
            select(messages.c.received_at, messages.c.proof)
            .where(messages.c.company == patient.store.company, messages.c.proof.is_not(None))
            .order_by(messages.c.received_at.desc())
            .limit(1)
        ).one_or_none()
    if last is None:
        return [ok("doctor.clock_unknown", now=f"{now:%Y-%m-%d %H:%M} UTC")]
    received = from_text(last.received_at)
    if received - now > _SKEW_WARNING:
        return [error("doctor.clock_went_back", last=f"{received:%Y-%m-%d %H:%M} UTC", now=f"{now:%Y-%m-%d %H:%M} UTC")]
    skew = received - from_text(json.loads(last.proof)["signed_at"])
    seconds = round(skew.total_seconds())
    if abs(skew) > _SKEW_ERROR:
        return [error("doctor.clock_wrong", seconds=seconds)]
    if abs(skew) > _SKEW_WARNING:
        return [warning("doctor.clock_off", seconds=seconds)]
    return [ok("doctor.clock_ok", seconds=seconds)]


def calendar(patient: Patient) -> Sequence[Finding]:
    """Whether the work calendar knows the government's decree for this year and, late in the year, the next."""
    today = business_date(patient.clock.now(), patient.zone)
    wanted = [today.year] + ([today.year + 1] if today.month >= _NEXT_YEAR_FROM_MONTH else [])
    missing = [year for year in wanted if not is_tabled(year)]
    if missing:
        return [warning("doctor.calendar_ends", years=", ".join(map(str, missing)))]
    return [ok("doctor.calendar_ok", years=", ".join(map(str, wanted)))]


def _dotted(version_numbers: Sequence[int]) -> str:
    return ".".join(map(str, version_numbers))
