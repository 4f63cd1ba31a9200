"""A recipe of texts with labels that trains in a blink, with its data: moods."""

from pathlib import Path

TINY = """\
name: tiny-labels
task: text-to-label
description: Good or bad
data:
  train: train.csv
  validation: validation.csv
tokenizer: {kind: word}
model:
  encoder: {d_state: 5}
  embeddings: {d_embedding: 6}
  dropout: 0.1
batches: {max_texts: 7}
training:
  learning_rate: 0.05
  schedule: constant
  max_updates: 4
  validate_every_updates: 2
  precision: float32
  watch: top1
evaluation:
  metrics: [top1, nll]
"""
ROWS = [
    ("this is good", "good"),
    ("this is bad", "bad"),
    ("not so good", "bad"),
    ("not bad, not bad", "good"),
    ("so, so good", "good"),
]


def write_tiny_labels(folder: Path) -> Path:
    """A recipe and its data; gives the recipe."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, times in (("train.csv", 5), ("validation.csv", 1)):
        rows = "".join(f'"{text}",{label}\n' for text, label in ROWS * times)
        (folder / name).write_text(f"text,label\n{rows}", encoding="utf-8")
    recipe = folder / "tiny.yaml"
    recipe.write_text(TINY, encoding="utf-8")
    return recipe
