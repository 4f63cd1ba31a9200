"""The built-in sets: `SETS[name](split, **options)` gives pairs."""

from collections.abc import Callable
from typing import Final

from saccade.data.pairs import Pairs
from saccade.data.sets.bible import bible
from saccade.data.sets.dates import dates
from saccade.data.sets.g2p import g2p
from saccade.data.sets.multi30k import multi30k
from saccade.data.sets.tatoeba_zh_en import tatoeba_zh_en

SETS: Final[dict[str, Callable[..., Pairs]]] = {
    "bible": bible,
    "dates": dates,
    "g2p": g2p,
    "multi30k": multi30k,
    "tatoeba-zh-en": tatoeba_zh_en,
}
