"""The report of a run, as one page: what it is, how it learnt, how good it is, where it looks, what made it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from saccade.errors import DataError, RunError
from saccade.run import folder
from saccade.run.course import course_of
from saccade.run.model import Model, metric_of
from saccade.run.tasks import TASKS
from saccade.viewer import Block, code_block, courses_block, document, table_block, text_block
from saccade.viewer.saving import write_text

REPORT: Final = "report.html"


def report(model: Model, split: str = "validation") -> str:
    """Tell of a run on one page, complete in itself.

    How it learnt; its figures on the first examples of a split, with their intervals; of texts, quality by length,
    beside runs with a fixed context where they lie next to it; examples with their maps; how far these can be
    trusted; of labels, which are taken for which; and what the run was made with.

    Args:
        model: Of the run.
        split: Of the recipe's data.

    Raises:
        OptionError: The recipe names no such split.
    """
    blocks = [
        text_block(_about(model)),
        *_course(model),
        *TASKS[model.recipe.task].report(model, split),
        *_made_with(model),
    ]
    return document(f"{model.recipe.name}: a report", blocks)


def write_report(model: Model, split: str = "validation", path: Path | None = None) -> Path:
    """Write the report of a run into its folder, or to `path`; give where it lies.

    Raises:
        StorageError: The file can't be written.
    """
    path = model.path / REPORT if path is None else path
    write_text(report(model, split), path)
    return path


def _about(model: Model) -> str:
    recipe = model.recipe
    learnt = sum(parameter.numel() for parameter in model.network.parameters())
    return f"{recipe.description or recipe.name}.\n\nTask {recipe.task}; {learnt:,} parameters; from {model.path.name}."


def _course(model: Model) -> Iterator[Block]:
    """How it learnt, as far as the folder still tells."""
    metric = metric_of(model, None)
    try:
        course = course_of(model.path, metric)
        yield courses_block({model.path.name: course}, figure=metric, title="How it learnt")
    except (RunError, DataError) as error:
        yield text_block(str(error), heading="How it learnt")


def _made_with(model: Model) -> Iterator[Block]:
    """Versions, machine, seed, and the recipe with every option."""
    run = folder.read(model.path)
    rows = [[name, value] for name, value in _flat(run.environment) if name not in ("format", "version")]
    yield table_block(["what", "which"], rows, title="What it was made with")
    yield code_block(folder.dump(model.recipe), summary="Its recipe, with every option")


def _flat(tree: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf, by the names on the way to it."""
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, "–" if value is None else str(value)
