"""Which labels are taken for which, as a block."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Int

from saccade.errors import DataError
from saccade.viewer.segments import visible


def confusion_block(
    matrix: Int[np.ndarray, "true predicted"], names: Sequence[str], *, title: str = ""
) -> dict[str, Any]:
    """What a page shows of a confusion matrix: a row for each right label, shaded by its share of the row.

    Args:
        matrix: What `confusion` gave.
        names: Of the classes.
        title: Heading of the block.

    Raises:
        DataError: Not as many names as classes, or none.

    Example:
        >>> confusion_block(np.array([[3, 1], [0, 5]]), ["cat", "dog"])["counts"]
        [[3, 1], [0, 5]]
    """
    if not names or matrix.shape != (len(names), len(names)):
        raise DataError(
            f"A confusion matrix needs a name for each row and column, but is {matrix.shape[0]} × {matrix.shape[1]} "
            f"with {len(names)} names. Give those of the model's classes."
        )
    return {"kind": "confusion", "title": title, "names": [visible(name) for name in names], "counts": matrix.tolist()}
