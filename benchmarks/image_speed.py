"""Images: what a gate costs beside the plain network, in the same run; and residual attention and patches beside it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple
from unittest.mock import patch

import torch
from benchmarks.machine import heading, peak_rss_mb
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from saccade.data.image_batches import ImageBatch
from saccade.gates import BLOCK_GATES
from saccade.gates.channel import Channel
from saccade.gates.gate import Gate
from saccade.models.assemble_classifier import assemble_classifier
from saccade.models.classifier import Classifier
from saccade.training.memory import keep_freed_memory
from saccade.training.optimiser import scale_gradients, sgd
from saccade.training.precision import bound_product_code

IMAGES = 64
ROUNDS = 9
PEAK_UPDATES = 5
PLAIN = "ResNet-20"
USUAL = "channel, the usual way"
PATCHES = {"patch": 4, "d_model": 192, "heads": 6, "layers": 6}
# Where a model or an image encoder lays channels last.
LAID_OUT = ("models.normalised", "encoders.convolutional")


class Way(NamedTuple):
    """A precision and a layout of memory."""

    bfloat16: bool
    channels_last: bool

    def __str__(self) -> str:
        return (
            f"{'bfloat16' if self.bfloat16 else 'float32'}, {'channels last' if self.channels_last else 'contiguous'}"
        )


WAYS = {str(way): way for way in (Way(False, False), Way(False, True), Way(True, True))}


class UsualChannel(nn.Module):
    """Squeeze and excitation as it is usually written: autograd makes all the way back."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.perceptron = Channel(channels).perceptron

    def add(self, features: Tensor, shortcut: Tensor) -> Tensor:
        """Weigh the features, then add the shortcut."""
        return features * torch.sigmoid(self.perceptron(features.mean((2, 3))))[:, :, None, None] + shortcut


def networks() -> dict[str, Callable[[], Classifier]]:
    """All networks by name, each ready to be made."""
    gates: dict[str, Callable[[int], Gate | nn.Module]] = {**BLOCK_GATES, USUAL: UsualChannel}
    made = {PLAIN: lambda: assemble_classifier(10, encoder=("convnet", {}))}
    made |= {f"+ {name}": lambda gate=gate: _gated(gate) for name, gate in gates.items()}
    made["Attention-92"] = lambda: assemble_classifier(10, encoder=("residual-attention", {"modules": [2, 2, 2]}))
    made["patches"] = lambda: assemble_classifier(10, encoder=("patches", PATCHES))
    return made


def measure() -> str:
    """Measure all networks in turn, round by round, in every way; give the table."""
    _as_in_training()
    tables = [_table(way, *_measured(way)) for way in WAYS.values()]
    return "\n\n".join([*tables, _footer()])


def _as_in_training() -> None:
    bound_product_code()
    keep_freed_memory()


def _measured(way: Way) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    torch.manual_seed(0)
    with _laid_out(way):
        built = {name: make().to(memory_format=way_format(way)) for name, make in networks().items()}
        steps = {name: _step(model, way) for name, model in built.items()}
        looks = {name: _answer(model, way) for name, model in built.items()}
        training: dict[str, list[float]] = {name: [] for name in built}
        answering: dict[str, list[float]] = {name: [] for name in built}
        for number in range(ROUNDS + 1):
            for name, model in built.items():
                trained, answered = _seconds(steps[name], model.train()), _seconds(looks[name], model.eval())
                if number:  # the first round warms up
                    training[name].append(trained)
                    answering[name].append(answered)
    return training, answering


def way_format(way: Way) -> torch.memory_format:
    """The layout of the weights."""
    return torch.channels_last if way.channels_last else torch.contiguous_format


@contextmanager
def _laid_out(way: Way) -> Iterator[None]:
    """Saccade lays channels last by itself; here it is kept from that where the plain layout is measured."""
    if way.channels_last:
        yield
        return
    with (
        patch(f"saccade.{LAID_OUT[0]}.channels_last", Tensor.contiguous),
        patch(f"saccade.{LAID_OUT[1]}.channels_last", Tensor.contiguous),
    ):
        yield


def _gated(gate: Callable[[int], Gate | nn.Module]) -> Classifier:
    model = assemble_classifier(10, encoder=("convnet", {}), gate=("channel", {}))
    for unit in model.encoder.modules():
        if isinstance(getattr(unit, "gate", None), Channel):
            unit.gate = gate(unit.gate.channels)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
    return model


def _batch() -> ImageBatch:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (IMAGES, 3, 32, 32), dtype=torch.uint8, generator=generator)
    return ImageBatch(images, torch.randint(0, 10, (IMAGES,), generator=generator))


def _step(model: Classifier, way: Way) -> Callable[[], None]:
    """An update as the training loop makes it."""
    batch, optimiser = _batch(), sgd(model, weight_decay=1e-4, momentum=0.9, nesterov=True)

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=way.bfloat16):
            loss = model(batch)
        loss.total.backward()
        scale_gradients(model, 1 / loss.tokens, clip_norm=1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)

    return step


def _answer(model: Classifier, way: Way) -> Callable[[], None]:
    images = _batch().images

    def answer() -> None:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=way.bfloat16):
            model.logits(images)

    return answer


def _seconds(call: Callable[[], None], _model: nn.Module) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _table(way: Way, training: dict[str, list[float]], answering: dict[str, list[float]]) -> str:
    lines = [
        f"**{way}**",
        "",
        "| | ms a step | to plain | ms a batch answered | to plain | images/s trained |",
        "|---|---|---|---|---|---|",
    ]
    for name in training:
        cells = []
        for seconds in (training, answering):
            ratio = median(mine / plain for mine, plain in zip(seconds[name], seconds[PLAIN], strict=True))
            cells += [f"{1000 * median(seconds[name]):.1f}", "" if name == PLAIN else f"{100 * (ratio - 1):+.1f} %"]
        lines.append(f"| {name} | {' | '.join(cells)} | {IMAGES / median(training[name]):,.0f} |")
    return "\n".join(lines)


def _footer() -> str:
    """Sizes of the networks, and the memory of a process that trains each, by the way."""
    columns = ["", "parameters", "MFLOPs an image, forward (multiply-adds twice)", *(f"peak MB, {way}" for way in WAYS)]
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for name, make in networks().items():
        model = make().eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            model.logits(_batch().images[:1])
        parameters = sum(parameter.numel() for parameter in model.parameters())
        peaks = [f"{_peak_in_a_process_of_its_own(name, way):,.0f}" for way in WAYS]
        cells = [name, f"{parameters:,}", f"{counter.get_total_flops() / 1e6:,.1f}", *peaks]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _peak_in_a_process_of_its_own(name: str, way: str) -> float:
    """Peak resident memory of some updates, in MB; some 250 MB of it are PyTorch."""
    command = [sys.executable, "-m", "benchmarks.image_speed", name, way]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _peak(name: str, way: Way) -> float:
    _as_in_training()
    with _laid_out(way):
        step = _step(networks()[name]().to(memory_format=way_format(way)).train(), way)
        for _ in range(PEAK_UPDATES):
            step()
    return peak_rss_mb()


if __name__ == "__main__":
    print(_peak(sys.argv[1], WAYS[sys.argv[2]]) if len(sys.argv) > 1 else f"{heading()}\n\n{measure()}")
