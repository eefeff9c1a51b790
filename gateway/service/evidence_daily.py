"""Every day the journal's end leaves this machine, as the settings say, and the journal notes that it did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.core.errors import KvitError
from gateway.service.config import Config, Home
from gateway.service.evidence_check import EXPORTED, SUBJECT, export_note
from gateway.service.evidence_export import MAIL_SERVICE, export_folder, letter, put_into_folder, send
from gateway.service.evidence_keeper import HeadKeeper, heads_folder
from gateway.service.wiring import vault_of
from gateway.store import Store, alarms
from gateway.store.heads import HeadBook, HeadLine

_ALARM = "heads.not_exported"


@dataclass(frozen=True, slots=True)
class Exported:
    """A head that was kept and sent away.

    Attributes:
        file: in the folder; None where none is set or it could not be reached.
        mailed: to how many.
        failures: what did not work.
    """

    line: HeadLine
    file: Path | None
    mailed: int
    failures: tuple[KvitError, ...]


def export_head(store: Store, home: Home, config: Config, why: str) -> Exported:
    """Write a sealed line for the journal as it ends now, and send it where the settings say.

    What cannot be reached raises an alarm and does not stop the rest; a later head stands for all earlier rows.

    Raises:
        Refused: `vault.no_master_key`. Corrupt: `heads.journal_broken`. Unavailable: the database is away.
        OSError: the disk refuses.
    """
    keeper = HeadKeeper(home, config)
    line = keeper.keep(store, why)
    failures: list[KvitError] = []
    file, mailed = None, 0
    folder = export_folder(home, config)
    if folder is not None:
        try:
            file = put_into_folder(home, line, folder)
        except KvitError as error:
            failures.append(error)
    mail = config.proof.mail
    if mail is not None:
        try:
            password = vault_of(home).get_password(MAIL_SERVICE, mail.user) if mail.user else None
            send(letter(line, config.company.name, mail.sender, mail.to), mail, password, home.anchors)
            mailed = len(mail.to)
        except KvitError as error:
            failures.append(error)
    if folder is not None or mail is not None:
        _note(store, home, line, file, mailed, failures)
    return Exported(line, file, mailed, tuple(failures))


def _note(store: Store, home: Home, line: HeadLine, file: Path | None, mailed: int, failures: list[KvitError]) -> None:
    note = export_note(line, HeadBook(heads_folder(home)))
    with store.unit() as unit:
        if file is not None or mailed:
            unit.journal(EXPORTED, SUBJECT, **note, folder=file is not None, mailed=mailed)
        if failures:
            reasons = {"reason": failures[0].text("ru"), "reason_en": failures[0].text("en")}
            alarms.raise_alarm(unit, _ALARM, "journal", reasons, severity="warning")
        else:
            alarms.clear(unit, _ALARM, "journal")
        unit.commit()
