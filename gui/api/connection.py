"""Where the service is: `<home>/run/connection.json` names its address and the file with the tray's token.

The file is read anew before every reconnect, because a restarted service may listen on another port with a new token.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_LOCAL_HOSTS = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Connection:
    """An address and the token that opens it.

    Attributes:
        certificate: the service's own certificate as PEM where it makes its own; it and no other is then trusted.
    """

    url: str
    token: str = field(repr=False)
    certificate: str = field(default="", repr=False)


class NoConnection(Exception):
    """The connection file is absent or unusable.

    Attributes:
        reason: "absent" (no file), "unreadable" (no right to read), "broken" (not the agreed content) or "foreign"
            (an address outside this machine without TLS).
        path: the file in question.
    """

    def __init__(self, reason: str, path: Path, detail: str = "") -> None:
        self.reason = reason
        self.path = path
        self.detail = detail
        super().__init__(f"{reason}: {path} {detail}".strip())


def default_home(environment: Mapping[str, str] | None = None) -> Path:
    """The home directory the service uses when nobody says otherwise: `KVIT_HOME`, else the user's data folder."""
    env = os.environ if environment is None else environment
    if env.get("KVIT_HOME"):
        return Path(env["KVIT_HOME"]).expanduser()
    # The same place as platformdirs.user_data_path, which the service asks.
    if sys.platform == "win32":
        base = Path(env.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "kvit"


def connection_file(home: Path) -> Path:
    return home / "run" / "connection.json"


def discover(home: Path) -> Connection:
    """The running service's address and token.

    Raises:
        NoConnection: see its `reason`; the service is not running, or this user may not read its files.
    """
    path = connection_file(home)
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        url, token_path = str(raw["url"]), path.parent / Path(str(raw["token_file"]))
        pinned = raw.get("certificate")
        certificate_path = path.parent / Path(str(pinned)) if pinned else None
    except FileNotFoundError as error:
        raise NoConnection("absent", path) from error
    except OSError as error:
        raise NoConnection("unreadable", path, error.strerror or "") from error
    except (ValueError, KeyError, TypeError) as error:
        raise NoConnection("broken", path, str(error)) from error
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise NoConnection("broken", path, url)
    # A bearer token must not cross a network in clear text.
    if parts.scheme == "http" and parts.hostname not in _LOCAL_HOSTS:
        raise NoConnection("foreign", path, url)
    token = _read(token_path).strip()
    if not token:
        raise NoConnection("broken", token_path)
    return Connection(url.rstrip("/"), token, _read(certificate_path) if certificate_path else "")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NoConnection("absent", path) from error
    except OSError as error:
        raise NoConnection("unreadable", path, error.strerror or "") from error
    except ValueError as error:
        raise NoConnection("broken", path, "not a text") from error
