"""A recipe of texts with hidden tokens that trains in a blink, with its data."""

from pathlib import Path

TEXTS = (
    "a cat sat on a mat",
    "a dog ran",
    "the cat ran to the dog",
    "the mat",
    "a dog sat on the cat",
    "cat",
    "on a mat",
)
TINY = """\
name: tiny-masked
task: masked-text
description: Cats and dogs
data:
  train: train.txt
  validation: validation.txt
tokenizer: {kind: word}
model:
  encoder: {kind: self-attention, d_model: 6, heads: 3, layers: 2}
  embeddings: {d_embedding: 6}
batches: {max_texts: 5}
training:
  max_updates: 4
  validate_every_updates: 2
  precision: float32
  watch: loss
"""


def write_tiny_masked(folder: Path) -> Path:
    """A recipe and its data; gives the recipe."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.txt").write_text("\n".join(TEXTS * 3) + "\n\n", encoding="utf-8")
    (folder / "validation.txt").write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    recipe = folder / "tiny.yaml"
    recipe.write_text(TINY, encoding="utf-8")
    return recipe
