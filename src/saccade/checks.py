"""Whether options have values that are allowed: what the constructors of all parts refuse alike."""

from collections.abc import Iterable

from saccade.errors import OptionError, did_you_mean


def check_positive(**sizes: int) -> None:
    """Refuse a size below 1.

    Raises:
        OptionError: Names the first such size.
    """
    for name, size in sizes.items():
        if size < 1:
            raise OptionError(f"`{name}` must be at least 1, but is {size}. Set it to a whole number from 1 on.")


def check_odd(**sizes: int) -> None:
    """Refuse a window that has no middle.

    Raises:
        OptionError: Names the first size that is even, or below 1.
    """
    for name, size in sizes.items():
        if size < 1 or size % 2 == 0:
            raise OptionError(
                f"`{name}` must be odd, so that the window has a middle, but is {size}. Try {max(size, 0) | 1}."
            )


def check_dropout(**shares: float) -> None:
    """Refuse to drop less than nothing, or all there is.

    Raises:
        OptionError: Names the first such share.
    """
    for name, share in shares.items():
        if not 0 <= share < 1:
            raise OptionError(f"`{name}` must be at least 0 and below 1, but is {share}. 0 drops nothing.")


def check_known(name: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse a kind that does not exist.

    Raises:
        OptionError: Names the nearest one that does.
    """
    if value not in allowed:
        raise OptionError(f"`{name}` is {value!r}, which is not known. {did_you_mean(value, allowed)}")
