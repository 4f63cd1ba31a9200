"""Tables for people, as plain text: one line a row, columns aligned."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saccade.metrics import Interval
    from saccade.run.scores import Scores


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows below their head; all but the first column to the right.

    Example:
        >>> print(table(["run", "bleu"], [["a", "31.2"], ["longer", "7.0"]]))
        run     bleu
        a       31.2
        longer   7.0
    """
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = []
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def table_of_scores(found: "Scores") -> str:
    """How many examples there were, and a row for each run: its score, and its difference to the first."""
    rows = []
    for name, count, score, gap in zip(found.names, found.parameters, found.scores, found.to_first, strict=True):
        difference = ["", "", ""]
        if gap is not None:
            difference = [f"{gap.difference:+.2f}", f"{gap.low:+.2f} … {gap.high:+.2f}", f"{gap.p_value:.3f}"]
        rows.append([name, f"{count:,}", *scored(score), *difference])
    head = ["run", "parameters", found.metric, "95 % interval", "to the first", "95 % interval", "p"]
    return f"{found.examples:,} {found.unit}\n\n{table(head, rows)}"


def scored(one: "Interval", digits: int = 2) -> list[str]:
    """A score and its interval."""
    return [f"{one.score:.{digits}f}", f"{one.low:.{digits}f} … {one.high:.{digits}f}"]
