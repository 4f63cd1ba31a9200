"""Looks, curves and courses into files, by the name's suffix, and looks back."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from saccade.errors import DataError, MissingError, OptionError
from saccade.maps import ImageLook, LabelLook, Look
from saccade.storage import written_aside
from saccade.viewer.courses import Courses
from saccade.viewer.courses_picture import courses_figure
from saccade.viewer.curves import Curves
from saccade.viewer.curves_picture import curves_figure
from saccade.viewer.image_picture import draw_images
from saccade.viewer.pages import AnyLook, courses_page, curves_page, page
from saccade.viewer.picture import draw, draw_labels, save_figure


class Kind(NamedTuple):
    """A kind of look, and what writes several of it.

    Attributes:
        format: What a file of them says it is.
        what: What was looked at, for messages.
        read: The function that reads such a file.
        draw: Draws a picture to a path, and gives what the user should know.
    """

    format: str
    what: str
    read: str
    draw: Callable[[Any, str | Path], list[str]]


KINDS: Final[dict[type, Kind]] = {
    Look: Kind("saccade.looks", "texts", "read", draw),
    ImageLook: Kind("saccade.image-looks", "images", "read_images", draw_images),
    LabelLook: Kind("saccade.label-looks", "texts with labels", "read_labels", draw_labels),
}
SUFFIXES = (".html", ".png", ".json")
CURVE_SUFFIXES = (".html", ".png")


def save(
    looks: AnyLook | Sequence[AnyLook],
    path: str | Path,
    title: str = "Where the model looked",
) -> list[str]:
    """Write looks to a file: a page (.html), a picture (.png) or the figures themselves (.json).

    Args:
        looks: One or several, of one kind: at texts, at images, or at texts with labels.
        path: Where to; its suffix says as what. A file of that name is replaced at the very end.
        title: Heading of a page.

    Returns:
        What the user should know, such as a script that no font can write; empty if all is well.

    Raises:
        OptionError: There is no such kind of file.
        DataError: They are of several kinds, or there is none.
        StorageError: The file could not be written; what stood there before is untouched.
    """
    path = Path(path)
    check_suffix(path, SUFFIXES)
    several = [looks] if isinstance(looks, Look | ImageLook | LabelLook) else list(looks)
    kind, suffix = _kind_of(several), path.suffix.lower()
    if suffix == ".png":
        return kind.draw(several, path)
    text = page(several, title) if suffix == ".html" else _json(kind.format, several)
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


def save_courses(courses: Courses, path: str | Path, *, title: str = "", figure: str = "score") -> list[str]:
    """Draw how runs learnt and what of each class they find, as .png or .html.

    Args:
        courses: The course of each run, by the run's name.
        path: Where to; its suffix says as what. A file of that name is replaced at the very end.
        title: Heading.
        figure: What the courses' figure is: `top1`.

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
        write_text(courses_page(courses, title=title, figure=figure), path)
        return []
    drawn, messages = courses_figure(courses, title=title, figure=figure)
    save_figure(drawn, path)
    return messages


def read(path: str | Path) -> list[Look]:
    """Read the looks at texts that `save` wrote as .json.

    Raises:
        MissingError: No such file.
        DataError: It holds something else, or is damaged.
    """
    return [Look.from_json(look) for look in _saved(Path(path), Look, "TEXT")]


def read_images(path: str | Path) -> list[ImageLook]:
    """Read the looks at images that `save` wrote as .json.

    Raises:
        MissingError: No such file.
        DataError: It holds something else, or is damaged.
    """
    return [ImageLook.from_json(look) for look in _saved(Path(path), ImageLook, "IMAGE")]


def read_labels(path: str | Path) -> list[LabelLook]:
    """Read the looks at texts with labels that `save` wrote as .json.

    Raises:
        MissingError: No such file.
        DataError: It holds something else, or is damaged.
    """
    return [LabelLook.from_json(look) for look in _saved(Path(path), LabelLook, "TEXT")]


def check_suffix(path: Path, allowed: Sequence[str]) -> None:
    """Refuse a file name whose suffix says nothing that can be written; to be called before the work."""
    if path.suffix.lower() not in allowed:
        said = f"has the suffix `{path.suffix}`" if path.suffix else "has no suffix"
        raise OptionError(f"The name of {path} must say what to write, but {said}. Allowed: {', '.join(allowed)}.")


def write_text(text: str, path: Path) -> None:
    """Write a whole file, aside first."""
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _kind_of(looks: Sequence[AnyLook]) -> Kind:
    """The kind of all looks."""
    kinds = list(dict.fromkeys(type(look) for look in looks))
    if len(kinds) > 1:
        counts = [f"{sum(type(look) is kind for look in looks)} at {KINDS[kind].what}" for kind in kinds]
        raise DataError(
            f"One file holds looks of one kind, but these are {' and '.join(counts)}. Save them to files of their own."
        )
    if not kinds:
        raise DataError("There is no look to save. Give one or several.")
    return KINDS[kinds[0]]


def _json(format: str, looks: Sequence[AnyLook]) -> str:
    saved = {"format": format, "version": 1, "looks": [look.to_json() for look in looks]}
    return json.dumps(saved, ensure_ascii=False, allow_nan=False) + "\n"


def _saved(path: Path, kind: type, what: str) -> list[Any]:
    if not path.is_file():
        raise MissingError(f"There is no file {path}. Write one with `saccade look RUN {what} --out {path.name}`.")
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is no JSON ({error}). Give what `saccade look --out x.json` wrote.") from error
    wanted = KINDS[kind].format
    if not isinstance(saved, dict) or saved.get("format") != wanted or not isinstance(saved.get("looks"), list):
        found = saved.get("format") if isinstance(saved, dict) else None
        other = {each.format: f"`{each.read}` reads it." for each in KINDS.values() if each.format != wanted}
        raise DataError(
            f"{path} holds no looks of {wanted}. "
            f"{other.get(str(found)) or 'Give what `saccade look --out x.json` wrote.'}"
        )
    return saved["looks"]
