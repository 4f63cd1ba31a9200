"""What can go wrong, each kind once: an error subclasses SaccadeError and the fitting built-in."""

import difflib
from collections.abc import Iterable


class SaccadeError(Exception):
    """What the user can mend. The command line prints it as one line and exits with code 2."""


class OptionError(SaccadeError, ValueError):
    """An option that does not exist, or has a value that is not allowed."""


class DataError(SaccadeError, ValueError):
    """Data that cannot be read as what it was said to be."""


class MissingError(SaccadeError, FileNotFoundError):
    """A file, a folder or a set that is not there."""


class RunError(SaccadeError, ValueError):
    """A run folder that is incomplete, damaged, too new, or of another kind."""


class DivergedError(SaccadeError, ArithmeticError):
    """A loss that is no longer a finite number."""


class StorageError(SaccadeError, OSError):
    """A file that could not be written; what stood there before is untouched."""


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """Suggest the nearest allowed name, and list them all.

    Example:
        >>> did_you_mean("widow", ["window", "width"])
        'Did you mean `window`? Allowed: width, window.'
    """
    names = sorted(allowed)
    near = difflib.get_close_matches(name, names, n=1)
    suggestion = f"Did you mean `{near[0]}`? " if near else ""
    return f"{suggestion}Allowed: {', '.join(names)}."
