"""Recording: what it costs while nobody records, and while somebody does, in the same run by turns.

`python -m benchmarks.recording` prints the table.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any
from unittest.mock import patch

import torch
from benchmarks.machine import heading
from torch import nn

from saccade.data.batches import Batch
from saccade.gates import Channel
from saccade.maps import record
from saccade.models import Embeddings, SelfAttentionOptions, assemble

BATCH, LENGTH, TYPES, ROUNDS = 16, 40, 2000, 9
OPTIONS = SelfAttentionOptions(d_model=256, heads=4, layers=3)
SWITCHES = ("decoders.causal_attention", "decoders.cross_attention", "encoders.self_attention", "gates.pooled")
SHOWN = ("gates.gate",)
Step = Callable[[], Any]


def measure(rounds: int = ROUNDS) -> str:
    """Take a step of training in each way, by turns, and a step without a gradient; give the table."""
    lines = [
        "| network | step | ms, nobody records | without the switch | recording |",
        "|---|---|---|---|---|",
    ]
    for name, (network, step, has_switch) in _networks().items():
        for kind, learns in (("training", True), ("answering", False)):
            network.train(learns)
            ways = {"nobody": _plain, **({"none": _without_switch} if has_switch else {}), "recording": record}
            seconds = _by_turns(network, _learning(network, step) if learns else torch.no_grad()(step), ways, rounds)
            ratios = {
                way: median(one / plain for one, plain in zip(times, seconds["nobody"], strict=True))
                for way, times in seconds.items()
            }
            bare = f"× {ratios['none']:.3f}" if has_switch else "has none"
            lines.append(
                f"| {name} | {kind} | {1000 * median(seconds['nobody']):.1f} | {bare} | × {ratios['recording']:.2f} |"
            )
    return "\n".join([*lines, "", f"Ratios to a step while nobody records, medians of {rounds} rounds by turns."])


def _networks() -> dict[str, tuple[nn.Module, Step, bool]]:
    torch.manual_seed(0)
    tokens, mask = torch.randint(3, TYPES, (BATCH, LENGTH)), torch.ones(BATCH, LENGTH, dtype=torch.bool)
    batch = Batch(tokens, mask, tokens, mask)
    translator = assemble(TYPES, TYPES, encoder=OPTIONS, decoder=OPTIONS, embeddings=Embeddings(OPTIONS.d_model))
    images = torch.randn(64, 16, 32, 32)
    blocks = ((nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), Channel(16)) for _ in range(6))
    gated = nn.Sequential(*itertools.chain.from_iterable(blocks))
    layer = nn.TransformerEncoderLayer(256, 4, 1024, dropout=0.0, batch_first=True)
    torchs = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
    items = torch.randn(BATCH, LENGTH, 256)
    return {
        "self-attention, 3 + 3 layers of 256": (translator, lambda: translator(batch).total, True),
        "6 convolutions with channel gates": (gated, lambda: gated(images).mean(), True),
        "`nn.TransformerEncoder`, 3 layers of 256": (torchs, lambda: torchs(items).mean(), False),
    }


def _learning(network: nn.Module, step: Step) -> Step:
    def learn() -> None:
        network.zero_grad()
        step().backward()

    return learn


def _by_turns(
    network: nn.Module, step: Step, ways: dict[str, Callable[[nn.Module], Any]], rounds: int
) -> dict[str, list[float]]:
    """Seconds of each way, a round being one step in each, there and back; the first round is not counted."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for round_ in range(rounds + 1):
        for way, entered in list(ways.items())[:: 1 if round_ % 2 else -1]:
            with entered(network):
                began = time.perf_counter()
                step()
                ended = time.perf_counter()
            if round_:
                seconds[way].append(ended - began)
    return seconds


@contextmanager
def _plain(_: nn.Module) -> Iterator[None]:
    yield


@contextmanager
def _without_switch(_: nn.Module) -> Iterator[None]:
    """The same network, where nothing asks whether somebody records, and nothing is shown."""
    places = [(f"saccade.{place}.is_recording", lambda: False) for place in SWITCHES]
    places += [(f"saccade.{place}.show", lambda *_: None) for place in (*SWITCHES[:3], *SHOWN)]
    patches = [patch(*place) for place in places]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


if __name__ == "__main__":
    print(heading())
    print(measure())
