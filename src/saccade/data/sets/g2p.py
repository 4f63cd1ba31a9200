"""Grapheme to phoneme: words and how they are said, in eleven languages."""

from typing import Final

from saccade.data.pairs import Pairs
from saccade.data.read import read_pairs
from saccade.data.sets.home import check_choice, check_split, set_file

SIZES: Final = {"eng_us": "high"} | dict.fromkeys(
    ("arm_e", "bul", "dut", "fre", "geo", "hbs_latn", "hun", "jpn_hira", "kor", "vie_hanoi"), "medium"
)
"""The languages, and the track of the shared task that each was in."""


def g2p(split: str, *, language: str = "eng_us") -> Pairs:
    """Words, and their phones with spaces between.

    English has 33,344 to train and 4,168 to validate and to test, each other language 8,000, 1,000 and 1,000.

    Args:
        split: train, validation or test.
        language: eng_us, arm_e, bul, dut, fre, geo, hbs_latn, hun, jpn_hira, kor or vie_hanoi.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.

    Source:
        Ashby et al. 2021, "Results of the second SIGMORPHON shared task on multilingual grapheme-to-phoneme
        conversion".
    """
    check_split(split)
    check_choice("language", language, tuple(SIZES))
    stem = "dev" if split == "validation" else split
    path = set_file("g2p", f"{SIZES[language]}_{language}_{stem}.tsv")
    return read_pairs(path, source=0, target=1, header=False)
