"""The built-in sets: `SETS[name](split, **options)` gives pairs."""

from collections.abc import Callable
from typing import Final

from saccade.data.pairs import Pairs
from saccade.data.sets.dates import dates
from saccade.data.sets.multi30k import multi30k

SETS: Final[dict[str, Callable[..., Pairs]]] = {
    "dates": dates,
    "multi30k": multi30k,
}
