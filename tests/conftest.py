"""What tests share: where the real data lies, a recipe that trains in a blink, and a run of it."""

import os
from pathlib import Path

import pytest

TINY = """\
name: tiny
description: Letters in another order
data:
  train: train.tsv
  validation: validation.tsv
  test: validation.tsv
tokenizer:
  source: {kind: char}
  target: {kind: char}
model:
  encoder: {d_state: 5}
  decoder: {d_state: 7}
  embeddings: {d_embedding: 3}
batches: {max_pairs: 11}
training:
  max_updates: 4
  validate_every_updates: 2
  precision: float32
  watch: loss
search: {kind: beam, beam: 3}
evaluation:
  metrics: [exact, cer]
  length_unit: characters
"""
LINES = [("abc", "cba"), ("ab", "ba"), ("a", "a"), ("bca", "acb"), ("cab b", "b bac"), ("c", "c"), ("bb", "bb")]


@pytest.fixture(scope="session")
def data_home() -> Path:
    """The folder of real sets; the test is skipped where there is none."""
    home = os.environ.get("SACCADE_DATA")
    if not home or not Path(home).is_dir():
        pytest.skip("SACCADE_DATA names no folder: this test reads real data")
    return Path(home)


def write_tiny(folder: Path) -> Path:
    """A recipe and its data; gives the recipe."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, times in (("train.tsv", 5), ("validation.tsv", 1)):
        text = "".join(f"{source}\t{target}\n" for source, target in LINES * times)
        (folder / name).write_text(text, encoding="utf-8")
    recipe = folder / "tiny.yaml"
    recipe.write_text(TINY, encoding="utf-8")
    return recipe


@pytest.fixture
def tiny_recipe(tmp_path: Path) -> Path:
    """A recipe of one's own, with its data beside it."""
    return write_tiny(tmp_path / "own")


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the tiny recipe; to be read, not changed."""
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny")
    return train(write_tiny(folder), folder / "run").path
