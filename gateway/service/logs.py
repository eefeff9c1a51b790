"""Logging: one shape for our own words and for the libraries', and no secret in either.

Three styles: `console` for a person, `json` for a file or another program, `journal` for systemd (the JSON line with
the priority systemd reads from the front, <3> for an error). A log line is an event in plain words and named values;
values under a name that sounds like a secret, and bearer tokens or private keys inside any text, are blotted out.
Tracebacks never show local variables.
"""

from __future__ import annotations

import logging
import logging.config
import os
import re
import sys
from collections.abc import Mapping
from itertools import pairwise
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from gateway.core.errors import KvitError

Style = Literal["console", "json", "journal"]
HIDDEN = "[hidden]"

_SECRET_WORDS = {
    "password", "passwd", "passphrase", "secret", "secrets", "token", "tokens", "authorization", "cookie", "cookies",
    "pin", "otp", "credential", "credentials", "pkcs12", "p12",
}  # fmt: skip
_SECRET_KEYS = {"private", "api", "master", "signing", "access", "session", "encryption"}  # … _key
_IN_TEXT = re.compile(
    r"(?P<bearer>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{6,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?P<pair>\b(?:password|passphrase|secret|token)\s*[=:]\s*)[^\s,;&\"']+"
    r"|(?P<login>://[^\s/:@]+:)[^\s/@]+(?=@)",
    re.IGNORECASE | re.DOTALL,
)
_PRIORITY = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
# These speak of every request, some with whole messages in it, at levels below this.
_QUIET = ("zeep", "httpx", "httpcore", "urllib3", "asyncio", "alembic", "keyring")

_FILE_BYTES = 10 * 1024 * 1024
_FILES_KEPT = 5


def configure(
    style: Style | None = None, level: str = "INFO", *, stream: IO[str] | None = None, file: Path | None = None
) -> None:
    """Sets logging up for the whole process; calling it again replaces the setting.

    Args:
        style: of `stream`; by default the one `natural_style` finds.
        level: the least level shown, "DEBUG" to "CRITICAL".
        stream: standard error by default: standard output belongs to what commands print.
        file: also write JSON here, kept to five files of 10 MB.
    """
    stream = stream if stream is not None else sys.stderr
    handlers: list[logging.Handler] = [_formatted(logging.StreamHandler(stream), style or natural_style(stream))]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        rotating = RotatingFileHandler(file, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8")
        handlers.append(_formatted(rotating, "json"))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if getattr(old, "kvit", False):
            root.removeHandler(old)
            old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def natural_style(stream: IO[str], environment: Mapping[str, str] = os.environ) -> Style:
    """journal under systemd, console before a person, json otherwise."""
    if environment.get("JOURNAL_STREAM"):
        return "journal"
    return "console" if stream.isatty() else "json"


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The processor that blots secrets out, however deep they lie."""
    for name in event:
        event[name] = HIDDEN if _sounds_secret(name) else _clean(event[name])
    return event


def _formatted(handler: logging.Handler, style: Style) -> logging.Handler:
    handler.kvit = True  # type: ignore[attr-defined]  # ours to replace at the next configure
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(style)],
        )
    )
    return handler


def _shared() -> list[Processor]:
    """What happens to every line, ours or a library's, before it is put into a style."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _in_its_own_words,
    ]


def _last(style: Style) -> list[Processor]:
    if style == "console":
        colours = sys.platform != "win32" and sys.stderr.isatty()
        renderer = structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)
        return [structlog.processors.format_exc_info, redact, renderer]
    as_json: list[Processor] = [
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
        redact,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]
    return [*as_json[:-1], _journal] if style == "journal" else as_json


def _journal(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """The JSON line behind its priority; systemd stamps the time itself."""
    event.pop("timestamp", None)
    priority = _PRIORITY.get(str(event.pop("level", "info")), 6)
    line = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)(logger, method, event)
    return f"<{priority}>{line if isinstance(line, str) else line.decode()}"


def _in_its_own_words(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An error of our tree given as a value is shown by its code and its values."""
    for name, value in list(event.items()):
        if isinstance(value, KvitError):
            event[name] = {"code": value.code, **value.values}
    return event


def _sounds_secret(name: str) -> bool:
    words = re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())
    if _SECRET_WORDS.intersection(words):
        return True
    return any(first in _SECRET_KEYS and second == "key" for first, second in pairwise(words))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _IN_TEXT.sub(_blot, value)
    if isinstance(value, Mapping):
        return {key: HIDDEN if _sounds_secret(str(key)) else _clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(inner) for inner in value]
    return value


def _blot(found: re.Match[str]) -> str:
    return (found["bearer"] or found["pair"] or found["login"] or "") + HIDDEN
