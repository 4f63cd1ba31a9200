"""Headings, paragraphs and tables as blocks, to stand between pictures."""

from collections.abc import Sequence
from typing import Any


def text_block(text: str = "", *, heading: str = "") -> dict[str, Any]:
    """A heading, and paragraphs of plain text below it, which blank lines part; either may be missing."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    return {"kind": "text", "title": heading, "paragraphs": paragraphs}


def table_block(
    head: Sequence[str], rows: Sequence[Sequence[Any]], *, caption: str = "", title: str = ""
) -> dict[str, Any]:
    """A table: the first column names the rows, strings are set to their start, numbers to their end.

    Example:
        >>> table_block(["run", "BLEU"], [["plain", 31.5]])["rows"]
        [['plain', 31.5]]
    """
    return {
        "kind": "table",
        "title": title,
        "caption": caption,
        "head": list(head),
        "rows": [list(row) for row in rows],
    }
