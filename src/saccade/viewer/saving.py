"""Looks and curves into files, by the name's suffix, and looks back."""

import json
from collections.abc import Sequence
from pathlib import Path

from saccade.errors import DataError, MissingError, OptionError
from saccade.maps import Look
from saccade.storage import written_aside
from saccade.viewer.curves import Curves
from saccade.viewer.curves_page import curves_page
from saccade.viewer.curves_picture import curves_figure
from saccade.viewer.page import page
from saccade.viewer.picture import draw, save_figure

FORMAT = "saccade.looks"
SUFFIXES = (".html", ".png", ".json")
CURVE_SUFFIXES = (".html", ".png")


def save(looks: Look | Sequence[Look], path: str | Path, title: str = "Where the model looked") -> list[str]:
    """Write looks to a file: a page (.html), a picture (.png) or the figures themselves (.json).

    Args:
        looks: One or several.
        path: Where to; its suffix says as what. A file of that name is replaced at the very end.
        title: Heading of a page.

    Returns:
        What the user should know, such as a script that no font can write; empty if all is well.

    Raises:
        OptionError: There is no such kind of file.
        StorageError: The file could not be written; what stood there before is untouched.
    """
    path = Path(path)
    check_suffix(path, SUFFIXES)
    suffix = path.suffix.lower()
    if suffix == ".png":
        return draw(looks, path)
    text = page(looks, title) if suffix == ".html" else _json(looks)
    write_text(text, path)
    return []


def save_curves(
    curves: Curves, path: str | Path, *, title: str = "", x_label: str = "source length", y_label: str = "score"
) -> list[str]:
    """Draw quality by source length, a line a run with its interval as a band, as .png or .html.

    Args:
        curves: The buckets of each run, by the run's name.
        path: Where to; its suffix says as what. A file of that name is replaced at the very end.
        title: Heading.
        x_label: What the buckets are: `source length in words`.
        y_label: What the score is: `BLEU`.

    Returns:
        What the user should know, such as a script that no font can write; empty if all is well.

    Raises:
        OptionError: The suffix is neither.
        DataError: There is nothing to draw.
        StorageError: The file could not be written.
    """
    path = Path(path)
    check_suffix(path, CURVE_SUFFIXES)
    if path.suffix.lower() == ".html":
        write_text(curves_page(curves, title=title, x_label=x_label, y_label=y_label), path)
        return []
    figure, messages = curves_figure(curves, title=title, x_label=x_label, y_label=y_label)
    save_figure(figure, path)
    return messages


def read(path: str | Path) -> list[Look]:
    """Read the looks that `save` wrote as .json.

    Raises:
        MissingError: No such file.
        DataError: It holds something else, or is damaged.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingError(f"There is no file {path}. Write one with `saccade look RUN TEXT --out {path.name}`.")
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is no JSON ({error}). Give what `saccade look --out x.json` wrote.") from error
    if not isinstance(saved, dict) or saved.get("format") != FORMAT or not isinstance(saved.get("looks"), list):
        raise DataError(f"{path} holds no looks. Give what `saccade look --out x.json` wrote.")
    return [Look.from_json(look) for look in saved["looks"]]


def check_suffix(path: Path, allowed: Sequence[str]) -> None:
    """Refuse a file name whose suffix says nothing that can be written; to be called before the work."""
    if path.suffix.lower() not in allowed:
        said = f"has the suffix `{path.suffix}`" if path.suffix else "has no suffix"
        raise OptionError(f"The name of {path} must say what to write, but {said}. Allowed: {', '.join(allowed)}.")


def write_text(text: str, path: Path) -> None:
    """Write a whole file, aside first."""
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _json(looks: Look | Sequence[Look]) -> str:
    several = [looks] if isinstance(looks, Look) else list(looks)
    saved = {"format": FORMAT, "version": 1, "looks": [look.to_json() for look in several]}
    return json.dumps(saved, ensure_ascii=False, allow_nan=False) + "\n"
