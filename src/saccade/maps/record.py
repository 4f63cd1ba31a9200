"""Record what a model's modules saw: every map they show, by the module's name."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any, Final

import numpy as np
from torch import Tensor, nn

from saccade.attention import Attention, MultiHead
from saccade.errors import DataError, OptionError, did_you_mean
from saccade.maps.alignment import AttentionMap
from saccade.maps.image_map import EXAMPLE, numbered
from saccade.maps.overhearing import Inside, Overhearing, uncompiled
from saccade.maps.recording import Recording
from saccade.recording import ALL_REAL, Real, listening

Gates = str | Callable[[str, nn.Module], bool]
"""Which modules of a model are gates: a pattern of names, or a function that is asked (name, module)."""

# Axes of features, batch apart: a gate's map broadcasts to them, so its sides of length 1 are known by their place.
_FEATURES = ("scale", "channel", "height", "width")
_ATTENTION = ("head", "query", "key")
_ENDS: Final[dict[type[nn.Module], tuple[float, float]]] = {
    nn.Sigmoid: (0.0, 1.0),
    nn.Hardsigmoid: (0.0, 1.0),
    nn.Softmax: (0.0, 1.0),
    nn.Tanh: (-1.0, 1.0),
}
"""The last step of a gate, by which it may be found, and between what its map lies."""


@contextmanager
def record(model: nn.Module, *, gates: Gates | None = None) -> Iterator[Recording]:
    """Collect the map of every look that a model takes in the block, whoever wrote the model.

    Saccade's own gates and attentions show their maps. Of other modules these are heard: `nn.MultiheadAttention`, each
    call of `scaled_dot_product_attention`, and each softmax that weighs values by a product of matrices, as Hugging
    Face's `eager` attention does. Their maps have the name of the module in which the call falls, heads are kept, and
    the weights are those before dropout, made only here. Gates of other models have to be named, by `gates`.

    The model's outcome is the same; but where PyTorch has a faster way for a whole `nn.TransformerEncoder`, the
    ordinary one is taken, which may differ in the last digits, and in what is written for padding.

    Args:
        model: The model that is called in the block, by its `forward` or that of its parts. What is compiled runs as it
            was written, in the block.
        gates: Modules whose outcome is a gate's map of (batch, channel) or of (batch, channel, height, width), sides
            of length 1 for what is weighed alike: a pattern such as `*.se.gate`, or a function of name and module.

    Returns:
        What is filled while the block runs. A module that shows several maps has them all, the second one named
        `layer (2)`.

    Raises:
        OptionError: `gates` names no module.
        DataError: The block ran without a map, a map has no items or is not finite, or is not what its axes say.

    Example:
        >>> import torch
        >>> model = nn.TransformerEncoder(nn.TransformerEncoderLayer(6, nhead=2, batch_first=True), num_layers=1)
        >>> with record(model) as recording:
        ...     outcome = model(torch.zeros(3, 5, 6))
        >>> [(seen.layer, seen.weights.shape) for seen in recording.of(0)]
        [('layers.0.self_attn', (2, 5, 5))]
    """
    names = _names(model)
    gating = _gating(names, gates)
    times: Counter[nn.Module] = Counter()
    recording = Recording()

    def note(module: nn.Module, weights: Tensor, axes: Sequence[str], real: Real, ends: Any) -> None:
        times[module] += 1
        layer = names[module] if times[module] == 1 else f"{names[module]} ({times[module]})"
        shown = weights.detach().float().cpu().numpy()
        seen = _map_of(module, shown, axes, layer, ends)
        recording.add(seen, names[module], _fitting(seen, real))

    def shown(module: nn.Module, weights: Tensor, real: Real) -> None:
        if module in names:
            axes = getattr(module, "axes", None) or _ATTENTION[-(weights.ndim - 1) :]
            note(module, weights, axes, real, getattr(module, "range", None))

    def overheard(module: nn.Module, weights: Tensor, real: Real) -> None:
        further = tuple(f"axis {number}" for number in range(1, weights.ndim - len(_ATTENTION)))
        note(module, weights, (*further, *_ATTENTION[-(weights.ndim - 1) :]), real, (0.0, 1.0))

    def gated(module: nn.Module, output: Any) -> None:
        weights = _gated(names[module], output)
        note(module, weights, _axes_of_gate(weights), ALL_REAL, _ENDS.get(type(module)))

    inside = Inside(model)
    overhearing = Overhearing(inside, overheard)
    with uncompiled(), listening(shown), inside.following(gating, gated), overhearing:
        yield recording
    if not recording.maps:
        raise DataError(_nothing(model, overhearing.outside))


def _names(model: nn.Module) -> dict[nn.Module, str]:
    """Each module's own name, without what stands for a compiled one that wraps it; the outermost has its kind's."""
    own = {module: f"{name}.".replace("_orig_mod.", "")[:-1] for name, module in model.named_modules()}
    return {module: name or type(module).__name__ for module, name in own.items()}


def _gating(names: dict[nn.Module, str], gates: Gates | None) -> set[nn.Module]:
    if gates is None:
        return set()
    if isinstance(gates, str):
        found = {module for module, name in names.items() if fnmatchcase(name, gates)}
    else:
        found = {module for module, name in names.items() if gates(name, module)}
    if not found:
        given = f"`gates` must name a module, but {gates!r} names none of {len(names)}."
        raise OptionError(f"{given} {_ends_of_gates(names) or did_you_mean(str(gates), list(names.values())[:20])}")
    return found


def _gated(layer: str, output: Any) -> Tensor:
    if not isinstance(output, Tensor) or output.ndim not in (2, 4):
        got = f"a tensor of shape {tuple(output.shape)}" if isinstance(output, Tensor) else f"a {type(output).__name__}"
        raise DataError(
            f"`{layer}` must give a map of (batch, channel) or (batch, channel, height, width) to be a gate, but gave "
            f"{got}. Let `gates` name the module that makes the map, often the last sigmoid."
        )
    return output


def _axes_of_gate(weights: Tensor) -> tuple[str, ...]:
    """What a gate's map tells apart: the axes that are longer than 1; the channel, if there are none."""
    sides = zip(_FEATURES[1:], weights.shape[1:], strict=False)
    return tuple(name for name, size in sides if size > 1) or ("channel",)


def _map_of(module: nn.Module, weights: np.ndarray, axes: Sequence[str], layer: str, ends: Any) -> AttentionMap:
    if 0 in weights.shape:
        raise DataError(
            f"`{layer}` ({type(module).__name__}) showed a map without items, of shape {weights.shape}: the source, or "
            "the batch, is empty. Give at least one item to be looked at."
        )
    weights = _without_ones(weights, tuple(axes))
    if weights.ndim != len(axes) + 1:
        raise DataError(
            f"`{layer}` ({type(module).__name__}) must show a map of (batch, {', '.join(axes)}), but showed one of "
            f"shape {weights.shape}. Let its `axes` say what it shows."
        )
    named = (numbered(name, size) for name, size in zip((EXAMPLE, *axes), weights.shape, strict=True))
    known = (float(ends[0]), float(ends[1])) if ends is not None and np.isfinite(ends).all() else None
    return AttentionMap(weights, tuple(named), layer, known)


def _without_ones(weights: np.ndarray, axes: tuple[str, ...]) -> np.ndarray:
    """The map without the sides that only let it broadcast."""
    if not set(axes) <= set(_FEATURES) or not len(axes) + 1 < weights.ndim <= len(_FEATURES) + 1:
        return weights
    sides = _FEATURES[-(weights.ndim - 1) :]
    ones = [place for place, name in enumerate(sides, 1) if name not in axes and weights.shape[place] == 1]
    return weights.squeeze(tuple(ones))


def _fitting(seen: AttentionMap, real: Real) -> dict[str, np.ndarray]:
    """Which items are real, for the axes that the map has, where that is known and not all are."""
    sizes = {axis.name: len(axis.labels) for axis in seen.axes}
    masks = {
        name: mask.detach().cpu().numpy()
        for name, mask in (("query", real.queries), ("key", real.keys))
        if mask is not None and mask.shape == (sizes[EXAMPLE], sizes.get(name))
    }
    return {name: mask for name, mask in masks.items() if not mask.all()}


def _ends_of_gates(names: dict[nn.Module, str]) -> str:
    ends = [f"`{name}` ({type(module).__name__})" for module, name in names.items() if type(module) in _ENDS]
    if not ends:
        return ""
    return f"What a gate often ends with is there {len(ends)} times: {', '.join(ends[:3])}{', …' * (len(ends) > 3)}."


def _nothing(model: nn.Module, outside: int) -> str:
    modules = list(model.modules())
    gates = sum(hasattr(module, "axes") for module in modules)
    attentions = sum(isinstance(module, (Attention, MultiHead)) for module in modules)
    several = sum(isinstance(module, nn.MultiheadAttention) for module in modules)
    ends = _ends_of_gates(_names(model))
    told = [
        f"Nothing was recorded: none of the {len(modules)} modules of {type(model).__name__}, among them {gates} gates "
        f"and {attentions} attentions, showed a map; nor was a look overheard, of {several} `nn.MultiheadAttention`, "
        "by `scaled_dot_product_attention`, or by a softmax that weighs values in a product of matrices.",
        f"{outside} looks fell outside of the model's modules." if outside else "",
        f"{ends} Name those that weigh features with `gates`." if ends else "",
        "Call this very model within the block; load a model of Hugging Face with "
        "`attn_implementation` `sdpa` or `eager`, since other kernels show nothing; or take a model that has such a "
        "part.",
    ]
    return " ".join(part for part in told if part)
