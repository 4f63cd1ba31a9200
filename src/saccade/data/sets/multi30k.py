"""Multi30k: descriptions of images in English, German and French."""

from typing import Final

from saccade.data.pairs import Pairs
from saccade.data.read import read_pairs
from saccade.data.sets.home import check_choice, check_split, set_file
from saccade.errors import OptionError

LANGUAGES: Final = ("en", "de", "fr")
TESTS: Final = ("test_2016", "test_2017_flickr", "test_2017_mscoco", "test_2018_flickr")


def multi30k(split: str, *, source: str = "en", target: str = "de", test: str = "test_2016") -> Pairs:
    """Descriptions of images: 29,000 to train, 1,014 to validate, 1,000 to test.

    Args:
        split: train, validation or test.
        source: en, de or fr.
        target: en, de or fr; another one.
        test: Which of the test sets: test_2016, test_2017_flickr, test_2017_mscoco, test_2018_flickr.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.

    Source:
        Elliott, Frank, Sima'an, Specia 2016, arXiv:1605.00459.
    """
    check_split(split)
    check_choice("source", source, LANGUAGES)
    check_choice("target", target, LANGUAGES)
    check_choice("test", test, TESTS)
    if source == target:
        raise OptionError(f"`source` and `target` are both `{source}`. Take two of {', '.join(LANGUAGES)}.")
    stem = {"train": "train", "validation": "valid", "test": test}[split]
    files = [set_file("multi30k", f"{stem}.{language}") for language in (source, target)]
    return read_pairs((files[0], files[1]))
