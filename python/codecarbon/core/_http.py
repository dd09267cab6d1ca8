"""A JSON client over one kept connection, for the outputs and the clients of this package.

Proxies come from the environment as everywhere in Python (``HTTPS_PROXY``, ``NO_PROXY``). Redirects
are not followed. Safe with threads and forks: calls take turns, a child opens its own connection.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
from urllib.parse import urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["Response", "Server", "Unreachable", "get_json", "json_bytes", "json_text"]


class Unreachable(ConnectionError):
    """No answer came: refused, timed out, cut off, or no such host."""


class Response:
    """Status and body of an answer."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body read as JSON; ``None`` when it is empty, :class:`ValueError` when it is none."""
        return json.loads(self.body) if self.body else None


class Server:
    """One base URL, ``http://host:port/prefix``; without a scheme ``http`` is meant."""

    _connection: http.client.HTTPConnection | None = None

    def __init__(self, url: str, timeout_s: float, use_proxy: bool = True) -> None:
        self.url = (url if "://" in url else f"http://{url}").rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is not the address of an HTTP server")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path
        self._query = f"?{parts.query}" if parts.query else ""
        self._timeout_s = timeout_s
        self._use_proxy = use_proxy
        self._lock = threading.Lock()
        self._process = 0

    def request(
        self,
        method: str,
        path: str = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request and wait for the answer, whatever its status.

        Raises :class:`Unreachable` when there is none. A kept connection that the server has closed
        in the meantime is opened again.
        """
        target = f"{self._prefix}{path}{self._query}" or "/"
        with self._lock:
            try:
                if self._connection is not None and self._process == os.getpid():
                    try:
                        return self._exchange(method, target, body, headers)
                    except (http.client.RemoteDisconnected, ConnectionError):
                        self._close()
                self._open()
                return self._exchange(method, target, body, headers)
            except (OSError, http.client.HTTPException) as problem:
                self._close()
                reason = str(problem) or type(problem).__name__
                raise Unreachable(f"{method} {self.url}{path}: {reason}") from problem

    def _exchange(self, method, target, body, headers) -> Response:
        connection = self._connection
        assert connection is not None
        plain_proxy = getattr(connection, "absolute_base", "")
        connection.request(method, plain_proxy + target, body, dict(headers or {}))
        answer = connection.getresponse()
        content = answer.read()
        if answer.will_close:
            self._close()
        return Response(answer.status, content)

    def _open(self) -> None:
        self._close()
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        proxy = self._proxy()
        if proxy is None:
            self._connection = kind(self._host, self._port, timeout=self._timeout_s)
        else:
            via = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            self._connection = kind(via.hostname or "", via.port, timeout=self._timeout_s)
            if self._secure:
                self._connection.set_tunnel(self._host, self._port)
            else:
                port = f":{self._port}" if self._port else ""
                self._connection.absolute_base = f"http://{self._host}{port}"  # type: ignore[attr-defined]
        self._process = os.getpid()

    def _proxy(self) -> str | None:
        variables = ("http_proxy", "https_proxy", "all_proxy")
        if not self._use_proxy or not any(name.lower() in variables for name in os.environ):
            return None
        from urllib.request import getproxies, proxy_bypass

        proxies = getproxies()
        if proxy_bypass(self._host):
            return None
        return proxies.get("https" if self._secure else "http") or proxies.get("all")

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Close the kept connection; the next request opens another."""
        with self._lock:
            self._close()

    def __del__(self) -> None:
        self._close()


def get_json(
    url: str,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
    use_proxy: bool = True,
) -> Any:
    """The JSON at an address, over a connection of its own.

    Raises :class:`Unreachable` without an answer, :class:`ValueError` for one that is refused or no
    JSON.
    """
    server = Server(url, timeout_s, use_proxy)
    try:
        answer = server.request("GET", "", None, headers)
    finally:
        server.close()
    if answer.status != 200:
        raise ValueError(f"{url} answers {answer.status}: {answer.text[:200]}")
    return answer.json()


def json_bytes(values: Mapping[str, Any]) -> bytes:
    """JSON that every reader accepts: no ``NaN``, no ``Infinity``; other objects as their text."""
    return json_text(values).encode()


def json_text(values: Mapping[str, Any]) -> str:
    """Like :func:`json_bytes`, as text."""
    return json.dumps(json_values(values), default=str)


def json_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with ``None`` for the numbers that JSON does not know."""
    return {name: None if _no_number(value) else value for name, value in values.items()}


def _no_number(value: Any) -> bool:
    return isinstance(value, float) and (value != value or value in (float("inf"), float("-inf")))
