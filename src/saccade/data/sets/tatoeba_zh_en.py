"""Tatoeba: short everyday sentences in Chinese and English."""

from typing import Final

from saccade.data.pairs import Pairs
from saccade.data.read import read_pairs
from saccade.data.sets.home import check_choice, check_split, set_file

LANGUAGES: Final = ("zh", "en")


def tatoeba_zh_en(split: str, *, source: str = "zh") -> Pairs:
    """Sentences of six words in the mean: 26,946 to train, 1,060 to validate, 1,049 to test.

    Args:
        split: train, validation or test; no English sentence is in two of them.
        source: zh or en; the other is the target.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.

    Source:
        tatoeba.org, by way of manythings.org; CC BY 2.0 FR, the authors in the file's third column.
    """
    check_split(split)
    check_choice("source", source, LANGUAGES)
    stem = "valid" if split == "validation" else split
    path = set_file("tatoeba-zh-en", f"{stem}.tsv")
    columns = ("source", "target") if source == "zh" else ("target", "source")
    return read_pairs(path, source=columns[0], target=columns[1], header=True)
