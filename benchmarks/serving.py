"""The server under load: `python -m benchmarks.serving RUN`, with a trained run of dates. Writes a dated table.

Many clients, each with one connection, ask one line of dates after the other; with batches and without; then memory
after many requests, the time to the first byte of the page, and a stop in the middle. Server and clients share the
cores.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from benchmarks.machine import heading

from saccade.data.sets import SETS

RESULTS = Path(__file__).parent / "results"


class Server(NamedTuple):
    """A server of its own process."""

    process: asyncio.subprocess.Process
    port: int

    def rss_mb(self) -> float:
        """Its resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) * 1.024e-3


class Load(NamedTuple):
    """What clients met: the seconds of each answer by its status, and how long they asked."""

    seconds: dict[int, list[float]]
    took: float

    @property
    def rate(self) -> float:
        """Answers of 200 a second."""
        return len(self.seconds.get(200, ())) / self.took

    def percentile(self, percent: int) -> float:
        """Of the milliseconds of answers."""
        return 1000 * quantiles(self.seconds[200], n=100, method="inclusive")[percent - 1]

    @property
    def others(self) -> str:
        """How many answers were something else."""
        return ", ".join(f"{len(all)} × {status}" for status, all in self.seconds.items() if status != 200) or "none"


@asynccontextmanager
async def serving(run: Path, batch: int) -> AsyncIterator[Server]:
    """Start a server; it is gone afterwards."""
    environment = {name: value for name, value in os.environ.items() if name != "SACCADE_TOKEN"}
    command = [sys.executable, "-m", "saccade", "serve", str(run), "--port", "0", "--batch", str(batch)]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode()
    found = re.search(r":(\d+)/$", address.strip())
    if found is None:
        raise SystemExit(f"the server did not start: {address}")
    try:
        yield Server(process, int(found[1]))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Client:
    """One connection, kept open, that asks by hand: a library for it would take more of the cores than the server."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, body: bytes, route: str = "POST /v1/predict") -> tuple[int, bytes]:
        """One request; the status and the body of its answer.

        Raises:
            OSError, asyncio.IncompleteReadError: There is no whole answer.
        """
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"{route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(f"{head}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        assert length is not None
        return int(answer.split(maxsplit=2)[1]), await reader.readexactly(int(length[1]))

    def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            self._streams[1].close()


async def loaded(server: Server, bodies: Sequence[bytes], clients: int, *, seconds: float = 1e9, most: int = 0) -> Load:
    """Ask with so many clients for so long, or so often."""
    found: dict[int, list[float]] = {}
    began, asked = time.perf_counter(), iter(range(most or sys.maxsize))

    async def one() -> None:
        client = Client(server.port)
        while time.perf_counter() - began < seconds and (number := next(asked, None)) is not None:
            start = time.perf_counter()
            status, _ = await client.ask(bodies[number % len(bodies)])
            found.setdefault(status, []).append(time.perf_counter() - start)
        client.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    return Load(found, time.perf_counter() - began)


async def stopped(server: Server, bodies: Sequence[bytes], clients: int, seconds: float) -> str:
    """Send SIGTERM while all clients ask; hold what they got against what the server says that it took."""
    got: list[int] = []
    lost = 0

    async def one(first: int) -> None:
        nonlocal lost
        client, number = Client(server.port), first
        while True:
            try:
                status, _ = await client.ask(bodies[number % len(bodies)])
            except asyncio.IncompleteReadError as error:
                # An answer that broke off is lost; none at all was not taken, which the server's count must bear out.
                lost += bool(error.partial)
                return
            except OSError:
                return
            got.append(status)
            number += clients

    asking = [asyncio.create_task(one(first)) for first in range(clients)]
    await asyncio.sleep(seconds)
    server.process.send_signal(signal.SIGTERM)
    began = time.perf_counter()
    await asyncio.gather(*asking)
    assert server.process.stderr is not None
    said = (await server.process.stderr.read()).decode()
    code = await server.process.wait()
    took = time.perf_counter() - began
    counts = re.search(r"([\d,]+) requests taken, ([\d,]+) answered", said)
    if counts is None:
        raise SystemExit(f"the server said nothing at its end: {said}")
    taken, answered = (int(count.replace(",", "")) for count in counts.groups())
    missing = taken - len(got)
    return (
        f"{taken:,} taken, {answered:,} answered, {len(got):,} received by {clients} clients: {missing} lost, {lost} "
        f"cut off; exit code {code}, {took:.1f} s after the signal"
    )


async def first_byte_ms(server: Server) -> float:
    """Milliseconds from a connection's beginning to the page's first byte: the median of 50."""
    times = []
    for _ in range(50):
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        await reader.readexactly(1)
        times.append(time.perf_counter() - began)
        await reader.read()
        writer.close()
    return 1000 * median(times)


async def measure(options: argparse.Namespace) -> AsyncIterator[str]:
    """Each part as it is there."""
    run = options.run
    pairs = SETS["dates"]("test", lines=2_000)
    bodies = [json.dumps({"run": run.resolve().name, "inputs": [text]}).encode() for text in pairs.source]
    yield f"# Serving `{run.name}`\n\n{heading()}"

    loads = {}
    for batch in (32, 1):
        async with serving(run, batch) as server:
            await loaded(server, bodies, options.clients, most=20 * options.clients)
            if batch > 1:
                page = await first_byte_ms(server)
            loads[batch] = await loaded(server, bodies, options.clients, seconds=options.seconds)
    rows = [
        f"| {batch} | {load.rate:,.0f} | {load.percentile(50):.1f} | {load.percentile(99):.1f} | {load.others} |"
        for batch, load in loads.items()
    ]
    yield "\n".join(
        [
            f"\n## {options.clients} clients, {options.seconds:g} s, one line of dates a request\n",
            "| batch bound | answers/s | p50, ms | p99, ms | other than 200 |",
            "|---|---|---|---|---|",
            *rows,
            f"\nWith batches {loads[32].rate / loads[1].rate:.1f} × the answers a second.",
            f"\nFirst byte of the page: {page:.1f} ms.",
        ]
    )

    async with serving(run, 32) as server:
        await loaded(server, bodies, options.clients, most=options.few)
        few = server.rss_mb()
        await loaded(server, bodies, options.clients, most=options.many - options.few)
        many = server.rss_mb()
    yield (
        f"\n## Memory\n\n{few:.0f} MB after {options.few:,} requests, {many:.0f} MB after {options.many:,}: "
        f"{100 * (many / few - 1):+.1f} %."
    )

    async with serving(run, 32) as server:
        yield f"\n## SIGTERM under load\n\n{await stopped(server, bodies, options.clients, min(options.seconds, 10))}."


async def main() -> None:
    """Print each part, and write all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="a run of dates")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--few", type=int, default=5_000, help="requests before the first look at the memory")
    parser.add_argument("--many", type=int, default=50_000, help="requests before the second")
    parser.add_argument("--out", type=Path, default=RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-serving.md")
    options = parser.parse_args()
    parts = []
    async for part in measure(options):
        print(part, flush=True)
        parts.append(part)
    options.out.write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
