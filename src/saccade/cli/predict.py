"""`saccade predict`."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saccade.cli import image_to_label, image_to_text, masked_text, text_to_label, text_to_text
from saccade.cli.options import Beam, Format, PredictWish, Run, Search, Together, load_together, search_options

TASKS: Final[dict[str, Callable[[Any, Iterable[str], PredictWish], None]]] = {
    "image-to-label": image_to_label.predict,
    "image-to-text": image_to_text.predict,
    "masked-text": masked_text.predict,
    "text-to-label": text_to_label.predict,
    "text-to-text": text_to_text.predict,
}


def predict(
    run: Run,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TEXT | IMAGE]...", help="Texts, or files of images; without any, stdin."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A file of one text, or one image's name, a line; .gz and .xz too.")
    ] = None,
    format: Annotated[
        Format,
        typer.Option(
            help="tsv: the output (with --n-best, rank, score and output), or the label and its probability; of "
            "images, after the file."
        ),
    ] = Format.tsv,
    beam: Beam = None,
    n_best: Annotated[int, typer.Option(min=1, help="How many answers to each input.")] = 1,
    seed: Annotated[int | None, typer.Option(min=0, help="Texts: of sampling.")] = None,
    search: Search = None,
    together: Together = None,
) -> None:
    """Answer texts, label or read images: a line each, in order, as they come. An empty text gets an empty line."""
    search_options(beam, tuple(search or ()))
    lines, window = _lines(inputs, file)

    model = load_together(run, together)
    wish = PredictWish(format, n_best, window, beam, tuple(search or ()), seed)
    TASKS[model.recipe.task](model, lines, wish)


def _lines(inputs: list[str] | None, file: Path | None) -> tuple[Iterable[str], int | None]:
    """The inputs, and how many to read ahead: at a terminal, an answer follows each line."""
    from saccade.errors import OptionError

    if inputs and file:
        raise OptionError(f"There are inputs ({inputs[0]!r}, …) and `--file {file}`. Give one of them.")
    if inputs:
        return inputs, None
    if file:
        from saccade.data.lines import lines_of

        return (text for _, text in lines_of(file)), None
    if sys.stdin.isatty():
        print("saccade: one text, or one image's name, a line; Ctrl-D ends", file=sys.stderr)
        return _from_stdin(), 1
    return _from_stdin(), None


def _from_stdin() -> Iterator[str]:
    from saccade.errors import DataError

    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            yield line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(
                f"stdin, line {number}: not UTF-8 (byte {line[error.start]:#04x} at place {error.start + 1}). "
                "Convert it to UTF-8."
            ) from None
