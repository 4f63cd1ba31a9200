"""Bodies that come slowly, in too many pieces, or not at all; and an application that fails."""

import asyncio
import json
from typing import Any

import pytest

from saccade.server.guard import Access, Guard
from saccade.server.limits import Limits
from saccade.server.metrics import Metrics

HEADERS = [(b"host", b"localhost"), (b"content-type", b"application/json")]
SCOPE = {"type": "http", "path": "/v1/predict", "method": "POST", "headers": HEADERS}


async def echo(scope: Any, receive: Any, send: Any) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


async def broken(scope: Any, receive: Any, send: Any) -> None:
    raise ValueError("a secret")


def asked(app: Any, pieces: list[dict[str, Any]], metrics: Metrics, *, patience: float = 60.0) -> list[dict[str, Any]]:
    """What is sent where the body comes in pieces, after which nothing comes any more."""
    sent: list[dict[str, Any]] = []
    limits = Limits(body_bytes=7, body_seconds=patience)
    guard = Guard(app, access=Access({"localhost"}), limits=limits, metrics=metrics)

    async def run() -> None:
        waiting = iter(pieces)

        async def receive() -> dict[str, Any]:
            for piece in waiting:
                return {"type": "http.request", **piece}
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await guard(SCOPE, receive, send)

    asyncio.run(run())
    return sent


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        ([{"body": b"abc", "more_body": True}, {"body": b"def"}], (200, b"abcdef")),
        ([{"body": b"abcd", "more_body": True}] * 2, (413, "body_too_large")),
    ],
)
def test_a_body_is_read_within_bounds(pieces: list[dict[str, Any]], wanted: tuple[int, Any]) -> None:
    metrics = Metrics()
    start, end = asked(echo, pieces, metrics)
    said = end["body"] if start["status"] == 200 else json.loads(end["body"])["error"]["code"]
    assert (start["status"], said) == wanted
    assert (metrics.taken, metrics.answered) == (1, 1)


def test_a_body_that_stops_coming_is_given_up() -> None:
    start, end = asked(echo, [{"body": b"abc", "more_body": True}], Metrics(), patience=0.01)
    assert (start["status"], json.loads(end["body"])["error"]["code"]) == (408, "too_slow_request")
    assert (b"connection", b"close") in start["headers"]


def test_who_went_away_is_told_nothing() -> None:
    metrics = Metrics()
    assert asked(echo, [{"type": "http.disconnect"}], metrics) == []
    assert (metrics.taken, metrics.answered) == (1, 0)


def test_what_goes_wrong_in_here_stays_in_here(caplog: pytest.LogCaptureFixture) -> None:
    start, end = asked(broken, [{"body": b""}], Metrics())
    assert start["status"] == 500
    assert json.loads(end["body"])["error"]["code"] == "internal"
    assert b"secret" not in end["body"]
    assert "a secret" in caplog.text
