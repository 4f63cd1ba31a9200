"""Decoding by self-attention: the past kept beside the past computed anew, in the same run, with equal output.

`python -m benchmarks.cached_decoding` prints the table.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch
from benchmarks.machine import heading
from torch import Tensor

from saccade.models import Embeddings, SelfAttentionOptions, SequenceToSequence, assemble

SENTENCES, LENGTH, SOURCE, VOCABULARY = 16, 200, 30, 6000
OPTIONS = SelfAttentionOptions(d_model=256, heads=4, layers=3)
BEGIN = 1
ROUNDS = 3


def measure(rounds: int = ROUNDS) -> str:
    """Write 200 tokens for 16 sentences in both ways, by turns; give the table."""
    torch.manual_seed(0)
    model = assemble(VOCABULARY, VOCABULARY, encoder=OPTIONS, decoder=OPTIONS, embeddings=Embeddings(OPTIONS.d_model))
    model.eval()
    source = torch.randint(3, VOCABULARY, (SENTENCES, SOURCE))
    kept_s, anew_s = [], []
    with torch.no_grad():
        remembered = model.remember(source, torch.ones_like(source, dtype=torch.bool))
        for _ in range(rounds):
            kept, seconds = _timed(lambda: _with_past(model, remembered))
            kept_s.append(seconds)
            anew, seconds = _timed(lambda: _without(model, remembered))
            anew_s.append(seconds)
            _check_equal(kept, anew)
    ratio = median(slow / fast for slow, fast in zip(anew_s, kept_s, strict=True))
    rate = SENTENCES * LENGTH
    return "\n".join(
        [
            "| | seconds | tokens/s | × |",
            "|---|---|---|---|",
            f"| past kept | {median(kept_s):.2f} | {rate / median(kept_s):,.0f} | {ratio:.1f} |",
            f"| past computed anew | {median(anew_s):.2f} | {rate / median(anew_s):,.0f} | 1 |",
            "",
            f"{SENTENCES} sentences, {LENGTH} tokens each, greedy; {OPTIONS.layers} layers, {OPTIONS.heads} heads, "
            f"width {OPTIONS.d_model}, {VOCABULARY:,} types; median of {rounds} rounds, by turns. "
            "The tokens are the same.",
        ]
    )


def _with_past(model: SequenceToSequence, remembered: Any) -> Tensor:
    written, state = torch.full((SENTENCES, 1), BEGIN), remembered.start
    for _ in range(LENGTH):
        decoded, state = model.decoder(written[:, -1:], state, remembered)
        written = torch.cat([written, _likeliest(model, decoded.features)], dim=1)
    return written


def _without(model: SequenceToSequence, remembered: Any) -> Tensor:
    written = torch.full((SENTENCES, 1), BEGIN)
    for _ in range(LENGTH):
        decoded, _ = model.decoder(written, remembered.start, remembered)
        written = torch.cat([written, _likeliest(model, decoded.features)], dim=1)
    return written


def _likeliest(model: SequenceToSequence, features: Tensor) -> Tensor:
    """The likeliest token after the last step; only that one goes through the vocabulary, in both ways."""
    return model.vocabulary(features[:, -1]).argmax(-1, keepdim=True)


def _check_equal(kept: Tensor, anew: Tensor) -> None:
    if not torch.equal(kept, anew):
        differing = int((kept != anew).any(1).sum())
        raise AssertionError(f"{differing} of {SENTENCES} outputs differ between the past kept and computed anew.")


def _timed(call: Callable[[], Tensor]) -> tuple[Tensor, float]:
    began = time.perf_counter()
    result = call()
    return result, time.perf_counter() - began


if __name__ == "__main__":
    print(heading())
    print(measure())
