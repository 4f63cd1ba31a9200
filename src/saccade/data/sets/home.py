"""Where the files of the built-in sets lie."""

import os
from pathlib import Path
from typing import Final

from saccade.errors import MissingError, OptionError, did_you_mean

SPLITS: Final = ("train", "validation", "test")
SETTING: Final = "SACCADE_DATA"


def set_file(set_name: str, place: str, source: str) -> Path:
    """The path of a set's file.

    Args:
        set_name: The set, as a recipe names it.
        place: The file, below the folder that `SACCADE_DATA` names.
        source: Where the set can be had.

    Raises:
        MissingError: No such file, or no `SACCADE_DATA`.
    """
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
