"""What every request passes before it is answered: from where, how much, how often; and headers.

The service has no login and speaks to this machine alone. A page of elsewhere that a browser has
open can still send requests here, so names of other hosts and origins are refused.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stroomstad.api.problems import problem

HOSTS = ("127.0.0.1", "localhost", "[::1]")
BODY_BYTES_MAX = 10_000_000
QUERY_BYTES_MAX = 4_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# A page of a run holds its own style and pictures, and runs nothing.
PAGE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass
class Rate:
    """How much may be asked: so many requests a second, and so many at once on top.

    Attributes
    ----------
    per_second, burst
        Requests.
    """

    per_second: float = 300.0
    burst: float = 900.0
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def allows(self, client: str) -> bool:
        """Whether a client may ask once more now."""
        now = time.monotonic()
        with self._lock:
            left, since = self._left.get(client, (self.burst, now))
            left = min(self.burst, left + (now - since) * self.per_second)
            self._left[client] = (max(left - 1.0, 0.0), now)
        return left >= 1.0


@dataclass
class Guard:
    """Refuses what may not pass, and puts headers on every answer.

    Attributes
    ----------
    app
        What answers.
    version
        Version of the interface, told with every answer.
    rate
        How much may be asked.
    """

    app: ASGIApp
    version: str
    rate: Rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        sent = _with_headers(send, self.version, request.url.path)
        refused = self._refusal(request)
        if refused:
            status, detail = refused
            answer = problem(request, status, detail)
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                answer.headers["Retry-After"] = "1"
            await answer(scope, receive, sent)
            return
        await self.app(scope, _limited(receive), sent)

    def _refusal(self, request: Request) -> tuple[int, str] | None:
        headers = request.headers
        if _host_of(headers.get("host", "")) not in HOSTS:
            return 421, f"Ask this machine by one of {', '.join(HOSTS)}."
        if request.method not in _SAFE and not _from_here(headers):
            return 403, "Only pages of this service may change something here."
        if int(headers.get("content-length", "0") or 0) > BODY_BYTES_MAX:
            return 413, f"At most {BODY_BYTES_MAX / 1e6:.0f} MB is read at once."
        if len(request.url.query) > QUERY_BYTES_MAX:
            return 400, f"The address holds more than {QUERY_BYTES_MAX} signs of questions."
        client = request.client.host if request.client else ""
        if not self.rate.allows(client):
            return 429, f"At most {self.rate.per_second:g} requests a second. Wait a second."
        return None


def _host_of(said: str) -> str:
    """Name of a host without its port."""
    if said.startswith("["):
        return said.partition("]")[0] + "]"
    return said.partition(":")[0].lower()


def _from_here(headers: Headers) -> bool:
    """Whether a request that changes something comes from a page of ours, or from no page."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.split("://")[-1] == headers.get("host")


class BodyTooLarge(Exception):
    """More was sent than is read at once."""


def _limited(receive: Receive) -> Receive:
    """Stop reading a body that turns out longer than it may be."""
    read = 0

    async def received() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > BODY_BYTES_MAX:
            raise BodyTooLarge
        return message

    return received


def _with_headers(send: Send, version: str, path: str) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", POLICY)
            if path.startswith("/v"):
                headers.setdefault("API-Version", version)
                headers.setdefault("Cache-Control", "no-cache")
        await send(message)

    return sent
