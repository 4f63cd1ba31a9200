"""What the report of a model that reads images tells: what it reads, where it looks for each character."""

from collections.abc import Iterator
from typing import Final

from saccade.run.examples import Example
from saccade.run.figure_blocks import figures_block, pointing_block, trust_blocks
from saccade.run.image_to_text.model import ImageTextModel
from saccade.viewer import Block, block_of, table_block

READ: Final = 500
LISTED: Final = 10
LOOKED_AT: Final = 5
JUDGED: Final = 30
"""Images that are read, listed, shown with their maps, and judged by erasing."""


def blocks(model: ImageTextModel, split: str) -> Iterator[Block]:
    """Everything that is told, from top to bottom."""
    images = model.split(split).first(READ)
    found = model.evaluate(images)
    yield figures_block(found.figures, f"the first {len(images):,} images of {split}")
    if found.pointing is not None:
        yield pointing_block({"look": found.pointing}, "Does the look fall on the character being written?")
    rows = [[images.name(place), text, found.outputs[place]] for place, text in enumerate(images.texts[:LISTED])]
    yield table_block(["image", "text", "output"], rows, title="What it reads")
    if model.looks:
        for place in range(min(LOOKED_AT, len(images))):
            yield block_of(model.look(Example(images, place)).look)
        yield from trust_blocks(model.trust(images.first(JUDGED)))
