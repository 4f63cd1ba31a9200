"""How a map over an image is coloured and called, in pictures and pages alike."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from saccade.maps import AttentionMap, is_grid

COLOUR_MAP = "inferno"
"""Even to the eye, in grey too, and legible to the colour-blind."""

# No map is shown with more contrast than this share of what its range allows: what hardly varies shall look so.
_LEAST_SHARE = 0.1


def shade_range(weights: np.ndarray, ends: tuple[float, float] | None) -> tuple[float, float]:
    """From which weight to which the colours go: what is there, but never less than a tenth of what could be.

    Weights of no known range are shares of a look: of these, never less than the upper half.

    Example:
        >>> shade_range(np.array([0.25, 0.75]), (0.0, 1.0)), shade_range(np.array([0.625, 0.75]), None)
        ((0.25, 0.75), (0.375, 0.75))
        >>> shade_range(np.array([0.5, 0.5]), (0.0, 1.0))
        (0.45, 0.55)
    """
    if not weights.size:
        return 0.0, 1.0
    low, high = float(weights.min()), float(weights.max())
    if ends is None:
        return min(low, high / 2) if high > 0 else low, high if high > min(low, 0.0) else 1.0
    least = _LEAST_SHARE * (ends[1] - ends[0])
    if high - low >= least:
        return low, high
    middle = min(max((low + high) / 2, ends[0] + least / 2), ends[1] - least / 2)
    return round(middle - least / 2, 9), round(middle + least / 2, 9)


def short_names(names: Sequence[str]) -> list[str]:
    """Module names without the leading parts that most of them share, as long as they stay different, and names.

    Example:
        >>> short_names(["encoder.stage1.gate", "encoder.stage2.gate", "pooling.attention"])
        ['stage1.gate', 'stage2.gate', 'pooling.attention']
    """
    short = list(names)
    while True:
        leading = Counter(name.partition(".")[0] for name in short if "." in name)
        part, times = leading.most_common(1)[0] if leading else ("", 0)
        cut = [name.removeprefix(f"{part}.") for name in short]
        # `layers.3.look` stays: a number alone says nothing.
        if times <= len(short) / 2 or len(set(cut)) < len(cut) or any(name[:1].isdigit() for name in cut):
            return short
        short = cut


def choice_axis(seen: AttentionMap) -> str | None:
    """Along which axis one can be chosen: the channels or heads of a map over the image, the channels of a scale."""
    others = seen.axes[:-2] if is_grid(seen) else seen.axes[1:]
    return others[0].name if others and len(others[0].labels) > 1 else None
