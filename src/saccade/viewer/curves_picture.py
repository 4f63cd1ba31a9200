"""Quality against source length as a picture."""

from typing import TYPE_CHECKING

from saccade.viewer.curves import COLOURS, Curves, bucket_labels, score_range
from saccade.viewer.fonts import fonts_for, missing_messages, replaced
from saccade.viewer.picture import INK, SOFT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DASHES = ("-", "--", ":", "-.")
_MARKS = "osD^vP"


def curves_figure(
    curves: Curves, *, title: str = "", x_label: str = "source length", y_label: str = "score"
) -> tuple["Figure", list[str]]:
    """The figure that `save_curves` saves, to be changed at will, and a message for each script without a font."""
    from matplotlib.figure import Figure

    places = bucket_labels(curves)
    texts = [title, x_label, y_label, *curves]
    families, missing = fonts_for(texts)
    figure = Figure(figsize=(7.2, 4.4), dpi=160, layout="constrained")
    axes = figure.subplots()
    for number, (name, scores) in enumerate(curves.items()):
        x = [places.index(score.label) for score in scores]
        colour = COLOURS[number % len(COLOURS)]
        axes.fill_between(x, [s.low for s in scores], [s.high for s in scores], color=colour, alpha=0.15, linewidth=0)
        style = _DASHES[number % 4]
        mark = _MARKS[number % 6]
        label = replaced(name, number + 1, missing)
        axes.plot(x, [s.score for s in scores], color=colour, linestyle=style, marker=mark, markersize=5, label=label)
    axes.set_xticks(range(len(places)), places)
    axes.set_ylim(*score_range(curves))
    axes.grid(axis="y", color="#e4e2da")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0, colors=SOFT)
    for write, text in ((axes.set_title, title), (axes.set_xlabel, x_label), (axes.set_ylabel, y_label)):
        write(replaced(text, 1, missing), family=families, color=INK, parse_math=False)
    legend = axes.legend(frameon=False, prop={"family": families})
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure, missing_messages(texts, missing)
