"""Sealed heads that leave the machine: into a folder, and by e-mail. What is elsewhere nobody here can take back."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

from gateway.core.errors import Refused, Unavailable
from gateway.service.config import Config, Home, MailTable
from gateway.service.evidence_keeper import heads_folder
from gateway.service.private_files import write_private
from gateway.store.heads import HeadLine

MAIL_SERVICE = "kvit.mail"
_NAME = re.compile(r"kvit-head-.*\.json")
_PATIENCE_S = 30


def export_folder(home: Home, config: Config) -> Path | None:
    """Where heads are put; relative names are below the home."""
    return home.root / config.proof.heads_folder if config.proof.heads_folder else None


def exported_files(home: Home, config: Config) -> Sequence[Path]:
    """Heads of this company that were put there, oldest first; none while the folder cannot be reached."""
    folder = export_folder(home, config)
    if folder is None or not folder.is_dir():
        return []
    start = f"kvit-head-{config.company.key}-"
    return sorted(f for f in folder.iterdir() if _NAME.fullmatch(f.name) and f.name.startswith(start))


def put_into_folder(home: Home, line: HeadLine, folder: Path) -> Path:
    """Write a line as a file of its own, with the certificate of its signature beside it.

    Raises:
        Unavailable: `heads.folder_away`.
    """
    file = folder / f"kvit-head-{line.company}-{line.at[:10]}-{line.number:07}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_private(file, f"{line.text}\n".encode())
        if line.signature is not None:
            name = f"{line.signature['certificate']}.pem"
            write_private(folder / name, (heads_folder(home) / "certificates" / name).read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unavailable("heads.folder_away", folder=str(folder), reason=reason) from None
    return file


def letter(line: HeadLine, company_name: str, sender: str, to: Sequence[str]) -> EmailMessage:
    """The letter a head is sent in: readable, and with the line itself attached."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Date"] = formatdate()
    message["Subject"] = f"Kvit: {line.company}: {line.seq}, {line.at[:10]}"
    message.set_content(
        f"{company_name}\n\n"
        f"Конец журнала Kvit: строка {line.seq}, {line.at}\n{line.hash}\n"
        "Сохраните письмо: с ним «kvit journal verify --head-file» покажет, что журнал не обрезан и не переписан.\n\n"
        f"The end of Kvit's journal: row {line.seq}, {line.at}\n{line.hash}\n"
        "Keep this letter: `kvit journal verify --head-file` shows with it that nothing was cut off or written anew.\n"
    )
    message.add_attachment(
        f"{line.text}\n".encode(),
        maintype="application",
        subtype="json",
        filename=f"kvit-head-{line.company}-{line.at[:10]}-{line.number:07}.json",
    )
    return message


def send(message: EmailMessage, table: MailTable, password: str | None, anchors: Path) -> None:
    """Hand a letter to the mail server, over TLS and nothing less.

    Raises:
        Refused: `mail.no_password`, `mail.login_refused`, `mail.letter_refused`, `mail.bad_authority`.
        Unavailable: `mail.away`, `mail.untrusted`.
    """
    if table.user and password is None:
        raise Refused("mail.no_password", host=table.host)
    try:
        context = ssl.create_default_context(cafile=str(anchors / table.authority) if table.authority else None)
    except OSError:  # ssl.SSLError is one
        raise Refused("mail.bad_authority", file=table.authority) from None
    try:
        with _opened(table, context) as server:
            if table.user:
                server.login(table.user, password or "")
            server.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise Refused("mail.login_refused", host=table.host, user=table.user) from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        raise Refused("mail.letter_refused", host=table.host, reason=type(error).__name__) from None
    except ssl.SSLError as error:
        raise Unavailable("mail.untrusted", host=table.host, reason=error.reason or "TLS") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable("mail.away", host=table.host, port=table.port, reason=type(error).__name__) from None


def _opened(table: MailTable, context: ssl.SSLContext) -> smtplib.SMTP:
    if table.security == "tls":
        return smtplib.SMTP_SSL(table.host, table.port, timeout=_PATIENCE_S, context=context)
    server = smtplib.SMTP(table.host, table.port, timeout=_PATIENCE_S)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server
