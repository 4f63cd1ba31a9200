"""Record what a model's modules saw: every map they show, by the module's name."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

import numpy as np
from torch import Tensor, nn

from saccade.attention import Attention, MultiHead
from saccade.errors import DataError, OptionError
from saccade.maps.alignment import AttentionMap
from saccade.maps.image_map import EXAMPLE, numbered
from saccade.recording import listening

# Axes of features, batch apart: a gate's map broadcasts to them, so its sides of length 1 are known by their place.
_FEATURES = ("scale", "channel", "height", "width")
_ATTENTION = ("head", "query", "key")


@final
class Recording:
    """What was recorded: `maps`, in the order in which they were shown, the examples of the batch as first axis."""

    def __init__(self) -> None:
        self.maps: list[AttentionMap] = []

    def of(self, example: int) -> tuple[AttentionMap, ...]:
        """The maps of one example of the batch.

        Raises:
            OptionError: The batch has no such example.
        """
        fewest = min((len(seen.axes[0].labels) for seen in self.maps), default=0)
        if not 0 <= example < fewest:
            raise OptionError(f"`example` must be 0 to {fewest - 1}, the batch that was recorded, but is {example}.")
        return tuple(AttentionMap(seen.weights[example], seen.axes[1:], seen.layer, seen.range) for seen in self.maps)


@contextmanager
def record(model: nn.Module) -> Iterator[Recording]:
    """Collect every map that a module of `model` shows in the block.

    A gate says itself what the axes of its map are (`gate.axes`, `gate.range`); the others are attentions, of (query,
    key), with heads before them if there are several. What modules of other models show is not heard.

    Args:
        model: The model that is called in the block, as it is: compiled, it shows nothing.

    Returns:
        What is filled while the block runs. A module that shows several maps has them all, the second one named
        `layer (2)`.

    Raises:
        DataError: The block ran without a map, or a gate shows another map than its axes say.

    Example:
        >>> import torch
        >>> from saccade.attention import Memory
        >>> from saccade.attention.scores import Dot
        >>> from saccade.attention.selections import Soft
        >>> model = nn.ModuleDict({"look": Attention(Dot(d_query=3, d_key=3), Soft())})
        >>> prepared = model["look"].remember(Memory(keys=torch.zeros(2, 5, 3), values=torch.zeros(2, 5, 7)))
        >>> with record(model) as recording:
        ...     attended = model["look"](torch.zeros(2, 1, 3), prepared)
        >>> [(seen.layer, seen.weights.shape) for seen in recording.of(0)]
        [('look', (1, 5))]
    """
    names = {module: name or type(module).__name__ for name, module in model.named_modules()}
    times: Counter[nn.Module] = Counter()
    recording = Recording()

    def hear(module: nn.Module, weights: Tensor) -> None:
        if module in names:
            times[module] += 1
            layer = names[module] if times[module] == 1 else f"{names[module]} ({times[module]})"
            recording.maps.append(_map_of(module, weights.detach().float().cpu().numpy(), layer))

    with listening(hear):
        yield recording
    if not recording.maps:
        raise DataError(_nothing(model))


def _map_of(module: nn.Module, weights: np.ndarray, layer: str) -> AttentionMap:
    axes = getattr(module, "axes", None) or _ATTENTION[-(weights.ndim - 1) :]
    weights = _without_ones(weights, axes)
    if weights.ndim != len(axes) + 1:
        raise DataError(
            f"`{layer}` ({type(module).__name__}) must show a map of (batch, {', '.join(axes)}), but showed one of "
            f"shape {weights.shape}. Let its `axes` say what it shows."
        )
    named = (numbered(name, size) for name, size in zip((EXAMPLE, *axes), weights.shape, strict=True))
    return AttentionMap(weights, tuple(named), layer, _range_of(module))


def _without_ones(weights: np.ndarray, axes: tuple[str, ...]) -> np.ndarray:
    """The map without the sides that only let it broadcast."""
    if not set(axes) <= set(_FEATURES) or not len(axes) + 1 < weights.ndim <= len(_FEATURES) + 1:
        return weights
    sides = _FEATURES[-(weights.ndim - 1) :]
    ones = [place for place, name in enumerate(sides, 1) if name not in axes and weights.shape[place] == 1]
    return weights.squeeze(tuple(ones))


def _range_of(module: nn.Module) -> tuple[float, float] | None:
    ends = getattr(module, "range", None)
    return (float(ends[0]), float(ends[1])) if ends is not None and np.isfinite(ends).all() else None


def _nothing(model: nn.Module) -> str:
    modules = list(model.modules())
    gates = sum(hasattr(module, "axes") for module in modules)
    attentions = sum(isinstance(module, (Attention, MultiHead)) for module in modules)
    return (
        f"Nothing was recorded: none of the {len(modules)} modules of {type(model).__name__}, among them {gates} gates "
        f"and {attentions} attentions, showed a map. Gates, attentions and self-attentions show theirs when they are "
        "called. Call this very model within the block, and not compiled; or take a model that has such a part."
    )
