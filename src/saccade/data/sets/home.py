"""Where the files of the built-in sets lie."""

import os
from pathlib import Path
from typing import Final, NamedTuple

from saccade.errors import MissingError, OptionError, did_you_mean

SPLITS: Final = ("train", "validation", "test")
SETTING: Final = "SACCADE_DATA"


class Place(NamedTuple):
    """Where a set lies that is not part of Saccade: its folder below `SACCADE_DATA`, and where it can be had."""

    folder: str
    source: str


MNIST: Final = Place("mnist", "https://yann.lecun.com/exdb/mnist (as train.npz and test.npz with the arrays x and y)")
G2P: Final = Place(
    "g2p_sigmorphon2021",
    "https://github.com/sigmorphon/2021-task1 (all .tsv files of its data in one folder, named as in "
    "high_eng_us_train.tsv)",
)
PLACES: Final = {
    "bible": Place(
        "bible_long",
        "https://github.com/christos-c/bible-corpus (English, Spanish, Chinese; the verses that all three have as "
        "lines of bible.en.gz, bible.es.gz, bible.zh.gz, and their book.chapter.verse in bible.ref.gz)",
    ),
    "cifar10": Place(
        "cifar10_jpeg",
        "https://www.cs.toronto.edu/~kriz/cifar.html (as JPEG in train.npz and test.npz with the arrays jpeg, offset, "
        "label and classes)",
    ),
    "cluttered-mnist": MNIST,
    "g2p": G2P,
    "hansards": Place(
        "hansards_fr_en",
        "https://web.eecs.umich.edu/~mihalcea/wpt (Canadian Hansards, English and French, in lower case and cut into "
        "words: 200,000 pairs as train200k.en.xz and train200k.fr.xz; trial.tsv and test.tsv with the columns English, "
        "French, and links as in 0-0 1p2, English first)",
    ),
    "iiit5k": Place(
        "iiit5k",
        "https://cvit.iiit.ac.in/research/projects/cvit-projects/the-iiit-5k-word-dataset (as train.npz and test.npz "
        "with the arrays jpeg and offset, and train.json and test.json, a list of words with text, boxes as in its "
        ".mat files, size and orig_size, width first)",
    ),
    "mnist": MNIST,
    "multi30k": Place("multi30k", "https://github.com/multi30k/dataset (task 1, raw text)"),
    "tatoeba-zh-en": Place(
        "tatoeba_zh_en",
        "https://www.manythings.org/anki (Mandarin Chinese – English; split by English sentence into train.tsv, "
        "valid.tsv and test.tsv with the columns source, target, attribution)",
    ),
    "word-languages": G2P,
}


def set_file(set_name: str, name: str = "") -> Path:
    """The path of a set's file, or of its folder.

    Args:
        set_name: The set, as a recipe names it.
        name: The file, in the set's folder.

    Raises:
        MissingError: No such file, or no `SACCADE_DATA`.
    """
    place, source = f"{PLACES[set_name].folder}/{name}".rstrip("/"), PLACES[set_name].source
    home = os.environ.get(SETTING)
    if not home:
        raise MissingError(
            f"The set `{set_name}` is not part of Saccade, and `{SETTING}` is not set. Get it from {source}, and set "
            f"`{SETTING}` to the folder that holds {place}."
        )
    path = Path(home, place)
    if not path.exists():
        raise MissingError(
            f"The set `{set_name}` is not where `{SETTING}` says: there is no {path}. Get it from {source}, or set "
            f"`{SETTING}` to the folder that holds {place}."
        )
    return path


def check_set_is_there(set_name: str) -> None:
    """Ask whether a set's folder is where it should be, without reading it; of a set that is made, nothing is asked.

    Raises:
        MissingError: It is not there; says where the set can be had.
    """
    if set_name in PLACES:
        set_file(set_name)


def check_least(**numbers: tuple[int, int]) -> None:
    """Refuse numbers that are too small; each is given with the least that it may be.

    Raises:
        OptionError: Names the first such number.
    """
    for name, (value, least) in numbers.items():
        if value < least:
            raise OptionError(f"`{name}` must be {least} or more, but is {value}.")


def check_split(split: str) -> None:
    """Refuse a split that no set has.

    Raises:
        OptionError: It is none of train, validation, test.
    """
    check_choice("split", split, SPLITS)


def check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse an option's value that is not among those allowed.

    Raises:
        OptionError: It is not.
    """
    if value not in allowed:
        raise OptionError(f"`{name}` is `{value}`. {did_you_mean(value, allowed)}")
