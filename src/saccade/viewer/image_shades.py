"""How a map over an image is coloured and called, in pictures and pages alike."""

from collections.abc import Sequence

import numpy as np

from saccade.maps import AttentionMap, is_grid

COLOUR_MAP = "inferno"
"""Even to the eye, in grey too, and legible to the colour-blind."""

# No map is shown with more contrast than this share of what its range allows: what hardly varies shall look so.
_LEAST_SHARE = 0.1


def colours(steps: int = 256) -> list[str]:
    """The colour map from the lowest to the highest weight, as hexadecimal codes."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colour) for colour in colormaps[COLOUR_MAP](np.linspace(0, 1, steps))]


def shade_range(weights: np.ndarray, ends: tuple[float, float] | None) -> tuple[float, float]:
    """From which weight to which the colours go: what is there, but never less than a tenth of what could be.

    Weights of no known range are shares of a look, and begin at 0.

    Example:
        >>> shade_range(np.array([0.25, 0.75]), (0.0, 1.0)), shade_range(np.array([0.25, 0.75]), None)
        ((0.25, 0.75), (0.0, 0.75))
        >>> shade_range(np.array([0.5, 0.5]), (0.0, 1.0))
        (0.45, 0.55)
    """
    low, high = float(weights.min(initial=np.inf)), float(weights.max(initial=-np.inf))
    if low > high:
        return 0.0, 1.0
    if ends is None:
        return min(low, 0.0), high if high > min(low, 0.0) else 1.0
    least = _LEAST_SHARE * (ends[1] - ends[0])
    if high - low >= least:
        return low, high
    middle = min(max((low + high) / 2, ends[0] + least / 2), ends[1] - least / 2)
    return round(middle - least / 2, 9), round(middle + least / 2, 9)


def short_names(names: Sequence[str]) -> list[str]:
    """Module names without the leading parts that all of them share.

    Example:
        >>> short_names(["encoder.stage1.gate", "encoder.stage2.gate", "rollout"])
        ['stage1.gate', 'stage2.gate', 'rollout']
    """
    parts = [name.split(".") for name in names]
    dotted = [part for part in parts if len(part) > 1]
    shared = 0
    while dotted and all(len(part) > shared + 1 and part[shared] == dotted[0][shared] for part in dotted):
        shared += 1
    return [".".join(part[shared:] if len(part) > 1 else part) for part in parts]


def choice_axis(seen: AttentionMap) -> str | None:
    """Along which axis one can be chosen: the channels or heads of a map over the image, the channels of a scale."""
    others = seen.axes[:-2] if is_grid(seen) else seen.axes[1:]
    return others[0].name if others and len(others[0].labels) > 1 else None
