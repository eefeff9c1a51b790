"""Asking the running service of a home through its local API."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.service.config import Config, Home

_SECONDS = 15.0


class LocalService:
    """The API of the service that holds this home; a context manager.

    Args:
        token_file: whose token to show; the tray's own by default.

    Raises:
        Unavailable: `service.silent` when the service does not say where it listens.
    """

    def __init__(self, home: Home, config: Config, token_file: Path | None = None) -> None:
        try:
            url = str(json.loads(home.connection_file.read_text(encoding="utf-8"))["url"])
            token = (token_file or home.token_file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("service.silent", retry_after=5, reason=type(error).__name__) from None
        self.url = url
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            verify=_own_certificate(home, config),
            trust_env=False,
            timeout=_SECONDS,
        )

    def get(self, path: str) -> dict[str, Any]:
        """The JSON at `path`; errors as the service's own.

        Raises:
            Refused: what the service refused with. Unavailable: `service.silent`.
        """
        return self._ask("GET", path)

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The same for a change."""
        return self._ask("POST", path, body or {})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, json=body)
            content = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("service.silent", retry_after=5, reason=type(error).__name__) from None
        if answer.is_error:
            raise _refusal(content, answer.status_code)
        return dict(content)

    def __enter__(self) -> LocalService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()


def _own_certificate(home: Home, config: Config) -> ssl.SSLContext | bool:
    """Trust in the service's own certificate and no other; whatever name it carries, we mean this machine."""
    if not config.api.certificate:
        return True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(home.root / config.api.certificate)
    return context


def _refusal(content: Any, status: int) -> KvitError:
    """The error of an answer, as it was raised over there."""
    error = content.get("error", {}) if isinstance(content, dict) else {}
    values = error.get("values")
    if not error.get("code"):
        return Unavailable("service.silent", retry_after=5, reason=f"HTTP {status}")
    return Refused(str(error["code"]), **(values if isinstance(values, dict) else {}))
