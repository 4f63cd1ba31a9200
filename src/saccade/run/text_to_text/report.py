"""What the report of a model of texts tells: quality by length, outputs with their maps, how far to trust these."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from saccade.errors import SaccadeError
from saccade.run import folder
from saccade.run.figure_blocks import figures_block, trust_blocks
from saccade.run.model import names_of
from saccade.run.tasks import load
from saccade.run.text_to_text.model import TextModel
from saccade.viewer import Block, alignment_block, curves_block, heads_block, table_block

ANSWERED: Final = 300
LISTED: Final = 10
LOOKED_AT: Final = 5
JUDGED: Final = 50
"""Examples that are answered, listed, shown with their maps, and judged by erasing."""

FIXED: Final = ("initial", "every-step")


def blocks(model: TextModel, split: str) -> Iterator[Block]:
    """Everything that is told, from top to bottom."""
    pairs = model.split(split).first(ANSWERED)
    models = [model, *fixed_contexts(model)]
    found = dict(zip(names_of(models), (one.evaluate(pairs) for one in models), strict=True))
    own = next(iter(found.values()))
    yield figures_block(own.figures, f"the first {len(pairs):,} pairs of {split}")
    metric = next(iter(own.figures))
    curves = {name: one.by_length[metric] for name, one in found.items()}
    x_label = f"source length in {own.unit}"
    yield curves_block(curves, x_label=x_label, y_label=metric, title=f"{metric} by length")
    rows = [[source, target, output] for (source, target), output in zip(pairs[:LISTED], own.outputs, strict=False)]
    yield table_block(["source", "target", "output"], rows, title="What it writes")
    if model.looks:
        for source in pairs.source[:LOOKED_AT]:
            yield alignment_block(model.look(source).look)
        first = pairs.source[0]
        layers = list(model.maps(first).values())
        if len(layers) > 1:
            yield heads_block(layers, title=f"Layers and heads, for: {first}")
        yield from trust_blocks(model.trust(pairs.source[:JUDGED]), own.maps)


def fixed_contexts(model: TextModel) -> list[TextModel]:
    """Runs beside this one that read and measure the same, and have a fixed context where it looks."""
    home, own = model.path.resolve(), model.recipe
    found = []
    for path in _beside(home) if model.looks else ():
        try:
            recipe = folder.read(path).recipe if folder.is_run(path) else None
            if recipe is None or recipe.task != own.task:
                continue
            same = (recipe.data, recipe.evaluation) == (own.data, own.evaluation)
            if same and recipe.model.decoder.options.get("context") in FIXED:
                found.append(load(path))
        except (SaccadeError, OSError):
            continue  # damaged, not yet trained, or somebody else's: not ours to tell of
    return found


def _beside(home: Path) -> list[Path]:
    """What lies in the same folder, as far as it may be seen."""
    try:
        return sorted(path for path in home.parent.iterdir() if path != home)
    except OSError:
        return []
