"""A thousand requests that are wrong, to a real process: each is told so, and the server goes on."""

import base64
import json
import random
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.server.conftest import Process, flat, request, said

HEAD = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> str:
    """A PNG of a few kilobytes that says that it is huge, and is."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(4_000_000), 9))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b"")).decode()


def cut(body: bytes) -> bytes:
    return request(body, f"Content-Length: {len(body)}")


def asked(run: str, *inputs: str) -> bytes:
    return cut(json.dumps({"run": run, "inputs": inputs}).encode())


def malformed(letters: str, pictures: str) -> Iterator[bytes]:
    chance = random.Random(7)
    for size in range(1, 301):
        yield chance.randbytes(size) + b"\r\n\r\n"
    for size in range(1, 301):
        yield cut(b"\x00" + chance.randbytes(size))
    for size in range(1, 201):
        yield asked(pictures, base64.b64encode(chance.randbytes(size)).decode())
    for size in range(1, 101):
        whole = base64.b64decode(flat(11, 13))
        yield asked(pictures, base64.b64encode(whole[: size % (len(whole) - 20)]).decode())
    for side in range(50):
        yield asked(pictures, bomb(2_000_000_000 + side, 2_000_000_000))
        yield asked(pictures, bomb(5_000 + side, 5_000))
    yield cut(b"[" * 1_000_000)
    yield cut(b'{"run":' * 100_000)
    yield cut(b'{"run": "' + letters.encode() + b'", "inputs": ["a"], "n_best": ' + b"9" * 100_000 + b"}")
    yield asked(letters, "a" * 1_000_000)
    yield HEAD + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n"
    yield HEAD + b"X: a\r\n" * 20_000 + b"\r\n"
    yield HEAD + b"Content-Length: -1\r\n\r\n"
    yield HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345"
    yield HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n"
    yield b"GET " + b"/a" * 1_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    yield b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    yield b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    yield b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@pytest.mark.slow
def test_a_thousand_malformed_requests_get_4xx(process: Process) -> None:
    letters, pictures = process.names
    requests = list(malformed(letters, pictures))
    assert len(requests) > 1_000
    # Heads and bodies that never end, beside the others.
    slow = [HEAD[: 10 + place] for place in range(20)] + [request(b"{", "Content-Length: 99")] * 20
    with ThreadPoolExecutor(len(slow) + 4) as threads:
        late = [threads.submit(said, process.port, one) for one in slow]
        answers = list(threads.map(lambda one: said(process.port, one), requests))
        assert {status for status, _ in (each.result() for each in late)} == {408}
    assert {status // 100 for status, _ in answers} == {4}
    assert all(set(error) == {"code", "message", "hint"} for _, error in answers)
    assert process.popen.poll() is None
    assert said(process.port, asked(letters, "abc"))[0] == 200
