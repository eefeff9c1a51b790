"""The doctor: what is wrong with an installation, each finding with its remedy. It looks and changes nothing.

`examine` is what the running service does every few minutes; `examine_home` is `kvit doctor`, which also copes with
what does not open.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from gateway.api.room import Finding
from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import KvitError
from gateway.service.config import Home, load_config
from gateway.service.examination import house, machine, records, trust
from gateway.service.examination.patient import Check, Patient, error, of
from gateway.service.opening import open_store
from gateway.service.wiring import Bank, Installation
from gateway.store import Store, alarms, marks

_log = logging.getLogger("service.doctor")

# Part of the house → who looks at it, in the order they are shown.
PARTS: tuple[tuple[str, Check], ...] = (
    ("doctor.part.program", machine.program),
    ("doctor.part.home", house.home),
    ("doctor.part.settings", house.settings),
    ("doctor.part.database", records.database),
    ("doctor.part.journal", records.chain),
    ("doctor.part.vault", trust.vault),
    ("doctor.part.certificate", trust.keys),
    ("doctor.part.anchors", trust.anchors),
    ("doctor.part.bank", trust.bank),
    ("doctor.part.exchange", house.exchange),
    ("doctor.part.disk", machine.disk),
    ("doctor.part.clock", machine.clock),
    ("doctor.part.calendar", machine.calendar),
    ("doctor.part.outbox", records.letters),
    ("doctor.part.release", records.release),
)


def examine(installation: Installation, banks: Sequence[Bank] = (), *, thorough: bool = False) -> list[Finding]:
    """Look at an opened installation. Never raises.

    Args:
        banks: its opened channels.
        thorough: also walk through the whole database and knock at the bank's door; takes seconds.
    """
    return _findings(
        Patient(
            home=installation.home,
            clock=installation.clock,
            config=installation.config,
            store=installation.store,
            banks=banks,
            thorough=thorough,
        )
    )


def examine_home(home: Home, clock: Clock | None = None, *, thorough: bool = True) -> list[Finding]:
    """Look at a home that may not even open. Never raises, changes nothing."""
    patient = Patient(home=home, clock=clock or SystemClock(), thorough=thorough)
    try:
        patient = replace(patient, config=load_config(home))
    except KvitError:
        return _findings(patient)  # the settings' own finding says it
    with _store_of(patient) as store:
        return _findings(replace(patient, store=store))


def warn_of_endings(store: Store, findings: Iterable[Finding]) -> None:
    """Raise an alarm for each certificate that has come down to another of 60, 30, 14, 7, 1 days, once for each step.

    Raises:
        Unavailable: the database is away.
    """
    for finding in findings:
        step = finding.values.get("step")
        if not finding.code.startswith(("doctor.certificate_", "doctor.anchor_")):
            continue
        subject = f"certificate:{finding.values['name']}"
        with store.unit() as unit:
            if marks.get(unit.connection, unit.company, f"told:{subject}") == step:
                continue
            marks.put(unit, f"told:{subject}", step)
            for code in alarms.open_about(unit, subject):
                alarms.clear(unit, code, subject)
            if finding.state != "ok":
                alarms.raise_alarm(unit, finding.code, subject, finding.values, severity=finding.state)
            unit.commit()


def _findings(patient: Patient) -> list[Finding]:
    found: list[Finding] = []
    for part, check in PARTS:
        try:
            of_part = check(patient)
        except KvitError as failure:
            of_part = [of(failure)]
        except Exception as failure:  # a check that stumbles is a finding, and the others have their turn
            _log.error("check failed: %s", part, exc_info=failure)
            of_part = [error("doctor.check_failed", reason=f"{type(failure).__name__}: {failure}"[:200])]
        found += [replace(finding, component=part) for finding in of_part]
    return found


@contextmanager
def _store_of(patient: Patient) -> Iterator[Store | None]:
    """The database as it is; None when it cannot be used, which its own finding says."""
    assert patient.config is not None
    try:
        store = open_store(patient.home, patient.config, patient.clock)
    except KvitError:
        yield None
        return
    try:
        yield store
    finally:
        store.close()
