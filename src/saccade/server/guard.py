"""What stands before every route: who may ask, how much, how slowly; and what every answer carries."""

import asyncio
import hmac
import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from saccade.server.limits import Limits
from saccade.server.metrics import Metrics
from saccade.server.problem import Problem, internal

ROUTES: Final = ("/", "/healthz", "/metrics", "/openapi.json", "/v1/look", "/v1/models", "/v1/predict", "/v1/trust")
ASKED: Final = ("/v1/look", "/v1/predict", "/v1/trust")
"""What takes a body."""
OPEN: Final = ("/", "/favicon.ico", "/healthz")
"""What is answered without a token: the page knows nothing until it has one."""
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Of every answer that has none of its own."""

_LOG = logging.getLogger("saccade.server")


@final
@dataclass(frozen=True)
class Access:
    """Who may ask.

    Attributes:
        hosts: Names, without a port, by which a browser may have come here. Others are pages that let their own name
            lead to this machine (DNS rebinding).
        token: What requests must carry, if anything.
    """

    hosts: Collection[str]
    token: str | None = None


@final
class Guard:
    """Lets through to an ASGI application what may pass, its body complete.

    Args:
        app: What answers.
        access: Who may ask.
        limits: How much, and how slowly.
        metrics: Told of every request.
    """

    def __init__(self, app: Any, *, access: Access, limits: Limits, metrics: Metrics) -> None:
        self._app, self._access, self._limits, self._metrics = app, access, limits, metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, statuses = time.perf_counter(), []
        self._metrics.take()

        async def noting(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                there = {name.lower() for name, _ in message["headers"]}
                missing = {name.encode(): text.encode() for name, text in HEADERS.items()}
                message["headers"] = [*message["headers"], *(one for one in missing.items() if one[0] not in there)]
            await send(message)

        try:
            body = await self._admitted(scope, receive)
            if body is None:
                return
            await self._app(scope, _replayed(body, receive), noting)
        except Problem as problem:
            await _refuse(noting, problem)
        except Exception:
            _LOG.exception("a request to %s failed", _route(scope["path"]))
            if statuses:
                raise
            await _refuse(noting, internal())
        finally:
            if statuses:
                self._metrics.request(_route(scope["path"]), statuses[0], time.perf_counter() - began)

    async def _admitted(self, scope: Any, receive: Any) -> bytes | None:
        """The body of a request that may pass; None where the client went away.

        Raises:
            Problem: It may not.
        """
        headers: dict[bytes, bytes] = dict(scope["headers"])
        self._check_host(headers)
        self._check_token(headers, scope["path"])
        if scope["method"] == "POST" and scope["path"] in ASKED:
            _check_json(headers)
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._limits.body_bytes:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._body(receive)
        except TimeoutError:
            raise Problem(
                408,
                "too_slow_request",
                f"The request was not complete after {self._limits.body_seconds:g} seconds.",
                "Send it faster, or less at a time.",
                {"Connection": "close"},
            ) from None

    async def _body(self, receive: Any) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._limits.body_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> Problem:
        return Problem(
            413,
            "body_too_large",
            f"The request has more than {self._limits.body_bytes:,} bytes.",
            "Send fewer inputs at a time, or smaller images.",
            {"Connection": "close"},
        )

    def _check_host(self, headers: Mapping[bytes, bytes]) -> None:
        host = headers.get(b"host", b"").decode("latin-1")
        if host_name(host) not in self._access.hosts:
            raise Problem(
                421,
                "wrong_host",
                f"This server is not {host!r:.100}.",
                "Ask it by the address that it printed, or start it with `--allow-host NAME`.",
            )

    def _check_token(self, headers: Mapping[bytes, bytes], path: str) -> None:
        if self._access.token is None or path in OPEN:
            return
        scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
        wanted = self._access.token.encode()
        # Compared in a time that does not depend on how much of it is right.
        if not hmac.compare_digest(given.strip(), wanted) or scheme.lower() != b"bearer":
            raise Problem(
                401,
                "no_token",
                "The request does not carry this server's token.",
                "Send it as `Authorization: Bearer TOKEN`.",
                {"WWW-Authenticate": "Bearer"},
            )


def _check_json(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a body that a page of somebody else may send without asking first, as browsers let it."""
    said = headers.get(b"content-type", b"").decode("latin-1")
    if said.partition(";")[0].strip().lower() != "application/json":
        raise Problem(
            415,
            "not_json",
            f"The body is said to be {said!r:.100}.",
            "Send JSON, and say so: `Content-Type: application/json`.",
        )


def host_name(host: str) -> str:
    """A host without its port.

    Example:
        >>> host_name("LOCALHOST:8000"), host_name("[::1]:8000"), host_name("[::1]"), host_name("a.example.:x")
        ('localhost', '[::1]', '[::1]', 'a.example.:x')
    """
    name, colon, port = host.rpartition(":")
    whole = name if colon and (port.isdigit() or not port) and (":" not in name or name.endswith("]")) else host
    return whole.lower()


def _route(path: str) -> str:
    """The route as it is counted: addresses that are made up must not fill the memory."""
    return path if path in ROUTES else "other"


def _replayed(body: bytes, receive: Any) -> Any:
    """A `receive` that gives the body, which was read already, and then what comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Any:
        return waiting.pop() if waiting else await receive()

    return next_message


async def _refuse(send: Any, problem: Problem) -> None:
    body = problem.body
    headers = {"content-type": "application/json", "content-length": str(len(body)), **problem.headers}
    written = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": written})
    await send({"type": "http.response.body", "body": body})
