"""A server in this process, of one tiny run of each task."""

import asyncio
import base64
import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np
import pytest
from PIL import Image
from tests.run.image_to_label.tiny_images import write_tiny_images
from tests.run.image_to_text.tiny_texts import write_tiny_texts
from tests.run.masked_text.tiny_masked import write_tiny_masked
from tests.run.text_to_label.tiny_labels import write_tiny_labels

from saccade.run.tasks import load
from saccade.server.app import make_app
from saccade.server.guard import Access
from saccade.server.limits import Limits
from saccade.server.metrics import Metrics
from saccade.server.names import short_names
from saccade.server.served import Runs, Served

Ask = Callable[..., httpx.Response]
LIMITS = Limits(characters=97, image_bytes=20_000, pixels=10_000, body_bytes=80_000, seconds=60.0)
RECIPES = {
    "labels": write_tiny_labels,
    "pictures": write_tiny_images,
    "strips": write_tiny_texts,
    "blanks": write_tiny_masked,
}


def runs_of(paths: dict[str, Path], limits: Limits, metrics: Metrics) -> Runs:
    return Runs([Served(name, load(path), limits, metrics) for name, path in paths.items()])


@pytest.fixture(scope="session")
def served_paths(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of the runs, by their names."""
    from saccade.run.train import train

    paths = {"letters": tiny_run}
    for name, write in RECIPES.items():
        folder = tmp_path_factory.mktemp(name)
        paths[name] = train(write(folder), folder / "run", ["training.max_updates=1"]).path
    return paths


@pytest.fixture(scope="session")
def served(served_paths: dict[str, Path]) -> Iterator[Any]:
    """The application, with limits that are soon met."""
    metrics = Metrics()
    runs = runs_of(served_paths, LIMITS, metrics)
    yield make_app(runs, Access({"localhost"}), LIMITS, metrics)
    runs.stop()


@pytest.fixture
def ask(served: Any) -> Ask:
    """Ask the application."""
    return asker(served)


def asker(app: Any) -> Ask:
    def ask(method: str, path: str, **options: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
                return await client.request(method, path, **options)

        return asyncio.run(asked())

    return ask


class Process(NamedTuple):
    """A server of its own process, where it is, and how it calls its runs."""

    popen: "subprocess.Popen[str]"
    port: int
    names: list[str]


@pytest.fixture(scope="module")
def process(served_paths: dict[str, Path]) -> Iterator[Process]:
    """A server of the runs that read letters and pictures."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("SACCADE_TOKEN", None)
    paths = [served_paths["letters"], served_paths["pictures"]]
    command = [sys.executable, "-m", "saccade", "serve", *map(str, paths), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as popen:
        assert popen.stdout is not None
        address = popen.stdout.readline()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", address)
        if found is None:
            popen.kill()
            pytest.fail(f"{address!r} {popen.communicate()}")
        yield Process(popen, int(found[1]), short_names(paths))
        popen.kill()


def said(port: int, sent: bytes) -> tuple[int, dict[str, str]]:
    """What the server says to bytes: the status, and the error if it is one."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(sent)
        answer = bytearray()
        while part := client.recv(65_536):
            answer += part
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    # Something may follow: an answer to what came after the first request.
    first, _ = json.JSONDecoder().raw_decode(body.decode())
    return int(head.split()[1]), first.get("error", {})


def request(body: bytes, *headers: str) -> bytes:
    named = ("Host: localhost", "Content-Type: application/json", "Connection: close", *headers)
    return "\r\n".join(["POST /v1/predict HTTP/1.1", *named, "", ""]).encode() + body


def picture(height: int = 11, width: int = 13) -> str:
    """An image of noise, as a request carries it."""
    return encoded(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def flat(height: int, width: int) -> str:
    """An image of nothing, which is far smaller as a file."""
    return encoded(np.zeros((height, width), np.uint8))


def encoded(pixels: np.ndarray) -> str:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error, which has the one shape and no traceback."""
    error = answer.json()["error"]
    assert set(answer.json()) == {"error"}
    assert set(error) == {"code", "message", "hint"}
    assert all(isinstance(text, str) and text for text in error.values())
    assert "Traceback" not in answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer.status_code, error["code"]
