"""Tables for people, as plain text: one line a row, columns aligned."""

from collections.abc import Sequence


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
