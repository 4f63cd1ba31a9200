"""What the report of a model that guesses hidden tokens tells."""

from collections.abc import Iterator

from saccade.run.figure_blocks import figures_block
from saccade.run.masked_text.model import MaskedTextModel
from saccade.viewer import Block


def blocks(model: MaskedTextModel, split: str) -> Iterator[Block]:
    """Its figures."""
    found = model.evaluate(split)
    yield figures_block(found.figures, f"{found.tokens:,} hidden tokens in {found.texts:,} texts of {split}")
