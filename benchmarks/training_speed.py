"""Training: target tokens per second beside the textbook's, each improvement alone, and the machine's own bound."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import NamedTuple

import numpy as np
import torch
from benchmarks.improved import IMPROVEMENTS, loss_with, without_inner_tensor
from benchmarks.machine import peak_rss_mb, product_gflops
from benchmarks.textbook import Sentences, Sizes, Textbook, batches, training_step
from torch import Tensor, nn

from saccade.data.batches import Batches, collate
from saccade.data.sets import SETS
from saccade.data.tokenizers import Tokenizer
from saccade.models import DecoderOptions, EncoderOptions, assemble
from saccade.training.optimiser import adamw, scale_gradients
from saccade.training.precision import bound_product_code

PAIRS = 64
UPDATES = 3
ROUNDS = 3
PEAK_UPDATES = 20
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Data(NamedTuple):
    """Multi30k en → de as ids, 8,000 types a side."""

    sources: list[list[int]]
    targets: list[list[int]]
    types: tuple[int, int]


Update = Callable[[], int]
"""Does one update, and says how many target tokens it had."""


def read_data() -> Data:
    """Read the training pairs; needs the folder that `SACCADE_DATA` names."""
    pairs = SETS["multi30k"]("train", source="en", target="de")
    sides = []
    for texts in (pairs.source, pairs.target):
        tokenizer = Tokenizer.train(texts, kind="bpe", vocabulary_size=8000)
        sides.append((tokenizer, [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]))
    (source, sources), (target, targets) = sides
    return Data(sources, [[1, *ids] for ids in targets], (source.vocabulary_size, target.vocabulary_size))


def sides_of(data: Data) -> dict[str, Callable[[], Update]]:
    """All ways on the same pairs, by name, each ready to be made."""
    plain = {f"textbook, {name}": partial(_textbook, data, precision=dtype) for name, dtype in PRECISIONS.items()}
    ours = {f"saccade, {name}": partial(_saccade, data, dtype) for name, dtype in PRECISIONS.items()}
    alone = {f"+ {name}": partial(_improved, data, partial(loss_with, name)) for name in IMPROVEMENTS}
    alone["+ no inner tensor kept"] = partial(_textbook, data, change=without_inner_tensor)
    alone["+ batches by length"] = partial(_textbook, data, by_length=True)
    in_order = ["textbook, float32", *alone, "saccade, float32", "textbook, bfloat16", "saccade, bfloat16"]
    return {name: (plain | ours | alone)[name] for name in in_order}


def measure() -> str:
    """Measure all sides in turn, round by round; give the table."""
    torch.manual_seed(0)
    data = read_data()
    sides = {name: make() for name, make in sides_of(data).items()}
    rates: dict[str, list[float]] = {name: [] for name in sides}
    products: dict[str, list[float]] = {name: [] for name in PRECISIONS}
    for _ in range(ROUNDS):
        for name, dtype in PRECISIONS.items():
            products[name].append(product_gflops(dtype))
        for name, update in sides.items():
            rates[name].append(_tokens_per_second(update))
    rooflines = {name: median(rate) * 1e9 / flops_a_token(data) for name, rate in products.items()}
    peaks = {name: _peak_in_a_process_of_its_own(name) for name in sides if not name.startswith("+")}
    return _table(rates, rooflines, {name: median(rate) for name, rate in products.items()}, peaks)


def flops_a_token(data: Data) -> float:
    """Floating-point operations of all matrix products of an update, forward and backward, a target token."""
    s, sources, targets = Sizes(*data.types), *(np.array([len(row) for row in side]) for side in data[:2])
    steps = targets - 1
    d_memory = 2 * s.d_encoder
    a_source = 2 * 3 * s.d_encoder * (s.d_embedding + s.d_encoder) + d_memory * s.d_attention
    a_target = 3 * s.d_decoder * (s.d_embedding + d_memory + s.d_decoder) + s.d_decoder * s.d_attention
    a_target += s.d_readout * (s.d_decoder + d_memory + s.d_embedding + s.target_types)
    a_look = s.d_attention + d_memory
    products = (sources * a_source + steps * a_target + sources * steps * a_look).sum()
    return float(3 * 2 * products / steps.sum())


def _tokens_per_second(update: Update) -> float:
    update()
    began, tokens = time.perf_counter(), 0
    for _ in range(UPDATES):
        tokens += update()
    return tokens / (time.perf_counter() - began)


def _textbook(
    data: Data,
    *,
    precision: torch.dtype = torch.float32,
    by_length: bool = False,
    change: Callable[[Textbook], Textbook] = lambda model: model,
) -> Update:
    model = change(Textbook(Sizes(*data.types)))
    optimiser = torch.optim.Adam(model.parameters())
    given = _by_length(data) if by_length else batches(data.sources, data.targets, PAIRS, seed=1)
    return lambda: training_step(model, optimiser, *next(given), precision)[1]


def _improved(data: Data, loss_of: Callable[[Textbook, Sentences, Sentences], Tensor]) -> Update:
    model = Textbook(Sizes(*data.types))
    optimiser = torch.optim.Adam(model.parameters())
    given = batches(data.sources, data.targets, PAIRS, seed=1)

    def update() -> int:
        source, target = next(given)
        loss = loss_of(model, source, target)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        return int((target.lengths - 1).sum())

    return update


def _saccade(data: Data, dtype: torch.dtype) -> Update:
    """The toolkit's model, batches, optimiser and scaling of gradients, as its own loop uses them."""
    s = Sizes(*data.types)
    encoder, decoder = EncoderOptions(d_state=s.d_encoder), DecoderOptions(d_state=s.d_decoder)
    bound_product_code()
    model = assemble(*data.types, encoder=encoder, decoder=decoder)
    assert sum(map(torch.numel, model.parameters())) == sum(map(torch.numel, Textbook(s).parameters()))
    optimiser = adamw(model, weight_decay=0.0, betas=(0.9, 0.999))
    optimiser.param_groups[0]["lr"] = 1e-3
    given = iter(_epoch(data))

    def update() -> int:
        batch = collate([(data.sources[index], data.targets[index]) for index in next(given)])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            loss = model(batch)
        loss.total.backward()
        scale_gradients(model, 1 / loss.tokens, clip_norm=1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return int(loss.tokens)

    return update


def _epoch(data: Data) -> Sequence[np.ndarray]:
    lengths = [np.array([len(row) for row in side]) for side in data[:2]]
    return Batches(*lengths, max_pairs=PAIRS, seed=1).epoch(0)


def _by_length(data: Data):
    from benchmarks.textbook import pad

    for rows in _epoch(data):
        yield pad([data.sources[i] for i in rows]), pad([data.targets[i] for i in rows])


def _peak_in_a_process_of_its_own(name: str) -> float:
    """Peak resident memory of some updates, in MB; the data is in it, as it is in a training."""
    command = [sys.executable, "-m", "benchmarks.training_speed", name]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _table(
    rates: dict[str, list[float]], rooflines: dict[str, float], products: dict[str, float], peaks: dict[str, float]
) -> str:
    first = next(iter(rates))
    lines = [
        "| | target tokens/s | × textbook | of the roofline | peak RSS, MB |",
        "|---|---|---|---|---|",
    ]
    for name, values in rates.items():
        precision = "bfloat16" if "bfloat16" in name else "float32"
        base = rates[first if precision == "float32" else f"textbook, {precision}"]
        ratio = median(mine / theirs for mine, theirs in zip(values, base, strict=True))
        share = median(values) / rooflines[precision]
        peak = f"{peaks[name]:,.0f}" if name in peaks else ""
        lines.append(f"| {name} | {median(values):,.0f} | {ratio:.2f} | {share:.0%} | {peak} |")
    bounds = ", ".join(f"{name} {products[name]:,.0f} GFLOP/s = {rooflines[name]:,.0f} tokens/s" for name in PRECISIONS)
    return "\n".join([*lines, "", f"Roofline, from a (64 × 512)(512 × 1536) product in the same run: {bounds}."])


if __name__ == "__main__":
    random.seed(0)
    chosen = sides_of(read_data())[sys.argv[1]]()
    for _ in range(PEAK_UPDATES):
        chosen()
    print(peak_rss_mb())
