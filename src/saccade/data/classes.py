"""The names of classes: their order, and whether one was in the training."""

from collections.abc import Collection, Iterable

from saccade.errors import DataError, did_you_mean


def in_order(names: Iterable[str]) -> list[str]:
    """Names of classes, numbers by their value and before the others.

    Example:
        >>> in_order(["dog", "10", "9", "cat"])
        ['9', '10', 'cat', 'dog']
    """
    return sorted(names, key=lambda name: (0, int(name), name) if name.isdecimal() else (1, 0, name))


def check_class(name: str, classes: Collection[str] | None, where: str) -> None:
    """Refuse a class that the training has not.

    Raises:
        DataError: The training's are known, and it is none of them.
    """
    if classes is not None and name not in classes:
        raise DataError(f"{where}: the class `{name}` is not one of the training's. {did_you_mean(name, classes)}")
