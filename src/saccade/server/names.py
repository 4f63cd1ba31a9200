"""Short names for runs."""

from collections.abc import Sequence
from pathlib import Path

from saccade.errors import OptionError


def short_names(paths: Sequence[Path]) -> list[str]:
    """The shortest ends of paths that tell them apart: mostly the names of the folders.

    Raises:
        OptionError: A run is there twice.

    Example:
        >>> short_names([Path("/runs/dates"), Path("/runs/clutter")])
        ['dates', 'clutter']
        >>> short_names([Path("/a/1/dates"), Path("/b/1/dates"), Path("/b/1/clutter")])
        ['a/1/dates', 'b/1/dates', 'clutter']
    """
    whole = [path.resolve() for path in paths]
    for path in whole:
        if whole.count(path) > 1:
            raise OptionError(f"{path} is named {whole.count(path)} times. Name each run once.")
    names: dict[Path, str] = {}
    for path in whole:
        others = [other for other in whole if other != path]
        size = next(
            size
            for size in range(1, len(path.parts) + 1)
            if all(other.parts[-size:] != path.parts[-size:] for other in others)
        )
        names[path] = "/".join(part.strip("/") for part in path.parts[-size:])
    return [names[path] for path in whole]
