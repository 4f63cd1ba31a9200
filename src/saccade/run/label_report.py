"""What the report of a classifier tells: class by class, what is taken for what, examples with their maps."""

from collections.abc import Iterator
from typing import Final

from saccade.run.examples import Example, drawn
from saccade.run.figure_blocks import figures_block, pointing_block, trust_blocks
from saccade.run.label_model import LabelModel
from saccade.viewer import Block, block_of, confusion_block, table_block

LABELLED: Final = 1000
LOOKED_AT: Final = 5
JUDGED: Final = 30
"""Examples that are labelled, shown with their maps, and judged by erasing; drawn, since data may lie in the order of
its classes."""


def blocks(model: LabelModel, split: str) -> Iterator[Block]:
    """Everything that is told, from top to bottom."""
    examples = model.split(split)
    places = drawn(len(examples), LABELLED, seed=0)
    found = model.evaluate(examples.some(places))
    which = f"all {found.examples:,}" if len(examples) == found.examples else f"{found.examples:,} drawn"
    yield figures_block(found.figures, f"{which} {found.unit} of {split}")
    rows = [
        [one.name, f"{one.support:,}", *("–" if value is None else f"{value:.2f}" for value in one[1:4])]
        for one in found.per_class
    ]
    yield table_block(["class", found.unit, "precision", "recall", "F1"], rows, title="Class by class")
    yield confusion_block(found.confusion, found.classes, title="What is taken for what")
    if found.pointing:
        yield pointing_block(found.pointing, "Does the map fall on what is to be seen?")
    if model.looks:
        for place in places[:LOOKED_AT].tolist():
            yield block_of(model.look(Example(examples, place)).look)
        yield from trust_blocks(model.trust(examples.some(places[:JUDGED])))
