"""A look at a text with its label in a terminal: the text, and below each word a shade for its weight."""

from saccade.maps import LabelLook
from saccade.viewer.segments import segments, visible
from saccade.viewer.terminal import cells, fitted, shade


def shaded_text(look: LabelLook, layer: str, width: int = 80) -> str:
    """Write a text in lines, and below each word how much of the highest weight it has, darkest for the highest.

    Args:
        look: What to write.
        layer: Whose map.
        width: Columns of the terminal.

    Returns:
        Lines, none wider than `width`; a line of text in which nothing was looked at has none below it.

    Raises:
        OptionError: No layer of that name showed a map.

    Example:
        >>> import numpy as np
        >>> from saccade.maps import AttentionMap, Axis
        >>> axes = Axis("target", ("bad",)), Axis("source", ("so", "very", "bad"), ((0, 2), (3, 7), (8, 11)))
        >>> seen = AttentionMap(np.array([[0.0, 0.25, 0.75]]), axes, "look")
        >>> print(shaded_text(LabelLook("so very bad", (("bad", 1.0),), (seen,)), "look"))
        so very bad
           ▒▒▒▒ ███
    """
    seen = look.words(layer)
    weights = seen.weights[0]
    highest = float(weights.max()) or 1.0
    lines: list[tuple[str, str]] = []
    text = below = ""
    for part in segments(look.text, seen.axes[1]):
        written = fitted(visible(part.text), min(cells(visible(part.text)), width))
        if text and cells(text) + cells(written) > width:
            lines.append((text, below))
            text = below = ""
        if part.token is None and not text:
            continue  # no line begins with a blank
        text += written
        below += (" " if part.token is None else shade(float(weights[part.token]) / highest)) * cells(written)
    lines.append((text, below))
    return "\n".join(line.rstrip() for pair in lines for line in pair if line.strip())
