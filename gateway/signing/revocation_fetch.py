"""Fetching what a certificate points to, without letting it point anywhere.

The URLs come out of certificates we trust already; still they are other people's, and this service stands inside an
office network. So: http and https only, no address that is not on the public Internet unless IT allows it, the
address that was judged is the one connected to, few redirects and each judged anew, no proxies, size and time limited.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from gateway.core.errors import Unavailable
from gateway.signing.revocation import is_allowed

_MOST_REDIRECTS = 3
_REDIRECTS = {301, 302, 303, 307, 308}


class HttpFetch:
    """A `Fetch` over HTTP.

    Args:
        timeout: seconds for a whole answer.
        largest: octets of the largest answer; public authorities have lists of some megabytes.
        private: also ask addresses of private networks and of this machine (an authority of one's own; tests).
        verify: TLS anchors other than the usual ones.
    """

    def __init__(
        self,
        *,
        timeout: float = 15.0,
        largest: int = 32 * 1024 * 1024,
        private: bool = False,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout, self._largest, self._private = timeout, largest, private
        self._client = httpx.Client(
            follow_redirects=False,
            trust_env=False,
            timeout=timeout,
            verify=verify if verify is not None else ssl.create_default_context(),
            headers={"Accept-Encoding": "identity", "User-Agent": "Kvit"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def __call__(self, url: str, body: bytes | None) -> bytes:
        """The octets behind `url`.

        Raises:
            Unavailable: `revocation.unreachable`.
        """
        end = time.monotonic() + self._timeout
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                found, elsewhere = self._once(url, body, end)
                if elsewhere is None:
                    return found
                if body is not None:
                    break  # a question is not carried elsewhere
                url = urljoin(url, elsewhere)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
            raise Unavailable("revocation.unreachable", retry_after=900.0) from None
        raise Unavailable("revocation.unreachable", retry_after=900.0)

    def _once(self, url: str, body: bytes | None, end: float) -> tuple[bytes, str | None]:
        """The body of an answer, or where it says to look instead."""
        request = self._request(url, body)
        response = self._client.send(request, stream=True)
        try:
            if response.status_code in _REDIRECTS:
                return b"", response.headers.get("Location", "")
            if response.status_code != 200:
                raise Unavailable("revocation.unreachable", retry_after=900.0)
            parts, size = [], 0
            for part in response.iter_raw():
                size += len(part)
                if size > self._largest or time.monotonic() > end:
                    raise Unavailable("revocation.unreachable", retry_after=900.0)
                parts.append(part)
            return b"".join(parts), None
        finally:
            response.close()

    def _request(self, url: str, body: bytes | None) -> httpx.Request:
        """A request to the judged address; name and certificate stay those of the URL."""
        if not is_allowed(url):
            raise Unavailable("revocation.unreachable", retry_after=900.0)
        parts = urlsplit(url)
        host = str(parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = self._address(host, port)
        place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        headers = {"Host": parts.netloc}
        if body is not None:
            headers["Content-Type"] = "application/ocsp-request"
        return self._client.build_request(
            "GET" if body is None else "POST",
            urlunsplit((parts.scheme, place, parts.path or "/", parts.query, "")),
            content=body,
            headers=headers,
            extensions={"sni_hostname": host},
        )

    def _address(self, host: str, port: int) -> str:
        """The first address of a host, all of which must be public ones."""
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not found or not (self._private or all(ipaddress.ip_address(a).is_global for a in found)):
            raise Unavailable("revocation.unreachable", retry_after=900.0)
        return found[0]
