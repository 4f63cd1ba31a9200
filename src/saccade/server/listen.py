"""The server as a process: sockets, signals, and clients that are slow or speak something else."""

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from saccade.errors import OptionError
from saccade.server.guard import HEADERS
from saccade.server.limits import Limits
from saccade.server.problem import Problem

LINGER: Final = 1.0
"""Seconds that what a client still sends is thrown away: a connection that is closed at once takes the answer along."""


def bound(host: str, port: int) -> socket.socket:
    """A socket at an address; port 0 is one that is free.

    Raises:
        OptionError: It cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or error
        raise OptionError(f"{host}, port {port}: {said}. Take another `--port` (0: any that is free).") from None


def address_of(listening: socket.socket) -> str:
    """Where a browser finds it."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def serve(app: Any, listening: socket.socket, limits: Limits, ready: Callable[[], None]) -> bool:
    """Serve until SIGTERM or SIGINT, then finish what was taken; a second SIGINT ends at once.

    Args:
        app: ASGI.
        listening: Bound.
        limits: How much.
        ready: Called when requests are taken.

    Returns:
        Whether everything that was taken is finished; after a second SIGINT it is not, and must not be waited for.
    """
    config = uvicorn.Config(
        app,
        http=_protocol(limits),
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=max(1, int(limits.body_seconds)),
        timeout_graceful_shutdown=int(limits.seconds + limits.body_seconds) + 5,
    )
    server = _Server(config, ready)
    server.run(sockets=[listening])
    return not server.force_exit


@final
class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # A stop that was asked for is no failure: the signal is not raised again at the end.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def _protocol(limits: Limits) -> type[H11Protocol]:
    @final
    class Protocol(_Patience):
        bounds = limits

    return Protocol


class _Patience(H11Protocol):
    """HTTP whose clients must send a request's head in time, and hear of what is wrong in JSON."""

    bounds: Limits
    _head: asyncio.TimerHandle | None = None
    _refused = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > self.bounds.connections:
            self._close_with(
                Problem(
                    503,
                    "too_many_connections",
                    f"{self.bounds.connections} connections are open, which is the most.",
                    "Ask again in a second.",
                    {"Retry-After": "1"},
                )
            )
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if not self._idle():
            self._forget_head()
        elif self._head is None and not self._refused and not self.transport.is_closing():
            self._await_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # From here uvicorn's own patience with idle connections counts.
        self._forget_head()

    def send_400_response(self, msg: str) -> None:
        self._close_with(Problem(400, "not_http", "The request is not HTTP.", "Speak HTTP/1.1; see /openapi.json."))

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        self._head = self.loop.call_later(self.bounds.body_seconds, self._late)

    def _forget_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _late(self) -> None:
        if self._idle() and not self.transport.is_closing():
            self._close_with(
                Problem(
                    408,
                    "too_slow_request",
                    f"The head of the request was not complete after {self.bounds.body_seconds:g} seconds.",
                    "Send it faster.",
                )
            )

    def _close_with(self, problem: Problem) -> None:
        """Say what is wrong, where nothing was said yet, and close."""
        body = problem.body
        headers = {"content-type": "application/json", "connection": "close", **HEADERS, **problem.headers}
        written = [*headers.items(), ("content-length", str(len(body)))]
        events = [
            h11.Response(status_code=problem.status, headers=written, reason=b""),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ]
        try:
            for event in events:
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:  # an answer was on its way already
            self.transport.close()
            return
        self._refused = True
        self._forget_head()
        self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.close)
