"""The house: who may enter it, its settings, the folder shared with 1C."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from gateway.api.room import Finding
from gateway.core import requisites
from gateway.core.errors import KvitError, Refused
from gateway.onec.exchange_report import SUFFIX as REPORT_SUFFIX
from gateway.service.config import load_config
from gateway.service.examination.patient import Patient, error, of, ok, warning
from gateway.service.private_files import open_to_others

_SHOWN = 3


def home(patient: Patient) -> Sequence[Finding]:
    """The folder is there, closed to others, and everything in it belongs to one owner."""
    root = patient.home.root
    if not root.is_dir():
        return [error("doctor.no_home", home=str(root))]
    found: list[Finding] = []
    exposed = [path for path in _secret_paths(patient) if open_to_others(path)]
    if exposed:
        found.append(error("doctor.open_to_others", paths=_named(exposed, root), home=str(root)))
    strangers = _owned_by_others(patient)
    if strangers:
        found.append(error("doctor.foreign_owner", paths=_named(strangers, root), home=str(root)))
    return found or [ok("doctor.home_ok", home=str(root))]


def settings(patient: Patient) -> Sequence[Finding]:
    """kvit.toml is read, its requisites hold, no secret stands in it."""
    config = patient.config
    if config is None:
        try:
            config = load_config(patient.home)
        except Refused as failure:
            return [of(failure)]
    company, found = config.company, []
    if not company.inn:
        found.append(warning("doctor.no_inn"))
    for check in (
        lambda: company.inn and requisites.check_inn(company.inn),
        lambda: company.kpp and requisites.check_kpp(company.kpp),
        lambda: company.bic and requisites.check_bic(company.bic),
        lambda: company.corr_account and requisites.check_correspondent(company.corr_account, company.bic),
    ):
        try:
            check()
        except KvitError as failure:
            found.append(of(failure, "warning"))
    if _has_password(config.database.url):
        found.append(error("doctor.password_in_settings"))
    return found or [ok("doctor.settings_ok", company=company.name, banks=len(config.bank))]


def exchange(patient: Patient) -> Sequence[Finding]:
    """1C's folder can be written to; what lies in `rejected` waits for a person."""
    if patient.config is None:
        return []
    folder = patient.home.exchange(patient.config)
    for name in ("in", "out", "done", "rejected"):
        reason = _cannot_write(folder / name)
        if reason:
            return [error("doctor.exchange_closed", folder=str(folder / name), reason=reason)]
    rejected = [f for f in (folder / "rejected").iterdir() if f.is_file() and not f.name.endswith(REPORT_SUFFIX)]
    if rejected:
        return [warning("doctor.exchange_rejected", count=len(rejected), folder=str(folder / "rejected"))]
    return [ok("doctor.exchange_ok", folder=str(folder))]


def _secret_paths(patient: Patient) -> Iterator[Path]:
    home = patient.home
    candidates = [home.root, home.vault_file.parent, home.vault_file, home.keys, home.run, home.token_file, home.data]
    yield from (path for path in candidates if path.exists())
    if home.keys.is_dir():
        yield from sorted(home.keys.iterdir())


def _owned_by_others(patient: Patient) -> list[Path]:
    """Files another account made, as happens when root runs a command: the service cannot open them then."""
    if sys.platform == "win32":
        return []
    else:  # noqa: RET505 - mypy reads the platform test, not the early return
        root = patient.home.root
        owner = root.stat().st_uid
        looked_at = [root / "kvit.toml", *_secret_paths(patient)]
        for folder in (patient.home.data, patient.home.run, patient.home.logs):
            if folder.is_dir():
                looked_at += sorted(folder.iterdir())
        return [path for path in dict.fromkeys(looked_at) if path.exists() and path.stat().st_uid != owner]


def _has_password(url: str) -> bool:
    try:
        return bool(url) and make_url(url).password is not None
    except ArgumentError:
        return False


def _cannot_write(folder: Path) -> str:
    """Why no file can be put there; "" when one can. The name is one that nobody takes for a finished file."""
    probe = folder / f".kvit-{uuid.uuid4().hex}.tmp"
    try:
        os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        probe.unlink()
    except OSError as failure:
        return failure.strerror or type(failure).__name__
    return ""


def _named(paths: Sequence[Path], root: Path) -> str:
    names = [str(path.relative_to(root)) if path != root else "." for path in paths]
    more = f" (+{len(names) - _SHOWN})" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
