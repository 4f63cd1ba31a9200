"""The language of a single word, of six languages that are written in Latin letters."""

from collections.abc import Sequence
from typing import Final

from saccade.data.labelled_texts import LabelledTexts
from saccade.data.read import read_pairs
from saccade.data.sets.g2p import SIZES
from saccade.data.sets.home import check_choice, check_split, set_file
from saccade.errors import OptionError

NAMES: Final = {
    "dut": "Dutch",
    "eng_us": "English",
    "fre": "French",
    "hbs_latn": "Serbo-Croatian",
    "hun": "Hungarian",
    "vie_hanoi": "Vietnamese",
}
"""The languages of `g2p` that share a script, so that it says nothing."""


def word_languages(split: str, *, languages: Sequence[str] = tuple(NAMES)) -> LabelledTexts:
    """Words of the lists of `g2p`, each with the name of its language.

    Of each language there are as many words as of the one with the fewest, taken evenly from its list: with all six,
    8,000 to train, 1,000 to validate and to test. A word that two languages have is there twice, so that nobody is
    always right.

    Args:
        split: train, validation or test.
        languages: Two or more of dut, eng_us, fre, hbs_latn, hun, vie_hanoi.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.

    Source:
        Ashby et al. 2021, "Results of the second SIGMORPHON shared task on multilingual grapheme-to-phoneme
        conversion".
    """
    check_split(split)
    for language in languages:
        check_choice("languages", language, tuple(NAMES))
    if len(set(languages)) < 2:
        raise OptionError(f"`languages` must name two or more, but is {list(languages)}. Known: {', '.join(NAMES)}.")
    chosen = sorted(set(languages), key=NAMES.__getitem__)
    lists = [_words(split, language) for language in chosen]
    count = min(map(len, lists))
    texts = [words[place * len(words) // count] for words in lists for place in range(count)]
    labels = [label for label in range(len(chosen)) for _ in range(count)]
    return LabelledTexts(texts, labels, [NAMES[code] for code in chosen], name=f"word-languages {split}")


def _words(split: str, language: str) -> Sequence[str]:
    stem = "dev" if split == "validation" else split
    path = set_file("word-languages", f"{SIZES[language]}_{language}_{stem}.tsv")
    return list(dict.fromkeys(read_pairs(path, source=0, target=1, header=False).source))
