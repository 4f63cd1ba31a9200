"""`saccade predict`."""

import json
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saccade.cli.options import Beam, Run, Search, search_options

if TYPE_CHECKING:
    from saccade.run.answers import Answer


class Format(StrEnum):
    """How results are written."""

    tsv = "tsv"
    jsonl = "jsonl"


def predict(
    run: Run,
    texts: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", help="Texts; without any, stdin.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file of one text a line; .gz and .xz too.")] = None,
    format: Annotated[
        Format, typer.Option(help="tsv: the output (with --n-best, rank, score and output).")
    ] = Format.tsv,
    beam: Beam = None,
    n_best: Annotated[int, typer.Option(min=1, help="How many answers to each text.")] = 1,
    seed: Annotated[int | None, typer.Option(min=0, help="Of sampling.")] = None,
    search: Search = None,
) -> None:
    """Answer texts: one output a line, in their order, as they come. An empty line gets an empty one."""
    options = search_options(beam, search)
    lines, window = _lines(texts, file)
    from saccade.run.model import load

    model = load(run)
    strange = 0
    for number, answers in enumerate(
        model.answers(lines, n_best=n_best, seed=seed, **({"window": window} if window else {}), **options), start=1
    ):
        strange += bool(answers[0].unknown)
        if answers[0].unknown and strange == 1:
            shown = " ".join(answers[0].unknown[:5])
            print(f"saccade: text {number} has what the model never saw: {shown}", file=sys.stderr)
        _write(number, answers, format, ranked=n_best > 1)
    if strange > 1:
        print(f"saccade: {strange:,} texts have what the model never saw", file=sys.stderr)


def _lines(texts: list[str] | None, file: Path | None) -> tuple[Iterable[str], int | None]:
    """The texts, and how many to read ahead: at a terminal, an answer follows each line."""
    from saccade.errors import OptionError

    if texts and file:
        raise OptionError(f"There are texts ({texts[0]!r}, …) and `--file {file}`. Give one of them.")
    if texts:
        return texts, None
    if file:
        from saccade.data.lines import lines_of

        return (text for _, text in lines_of(file)), None
    if sys.stdin.isatty():
        print("saccade: one text a line; Ctrl-D ends", file=sys.stderr)
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


def _write(number: int, answers: "list[Answer]", format: Format, *, ranked: bool) -> None:
    for rank, answer in enumerate(answers, start=1):
        if format is Format.jsonl:
            row = {
                "number": number,
                "rank": rank,
                "source": answer.source,
                "output": answer.output,
                "score": answer.score,
                "log_prob": answer.log_prob,
                "finished": answer.finished,
            }
            line = json.dumps(row, ensure_ascii=False)
        else:
            line = f"{number}\t{rank}\t{answer.score:.4f}\t{answer.output}" if ranked else answer.output
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
