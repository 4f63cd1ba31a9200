"""The frame of a recipe from text to label, checked without torch."""

from typing import Annotated, Any, Literal, final

from pydantic import Field

from saccade.recipes.schema import (
    Count,
    Embeddings,
    Frame,
    Measures,
    NamedPart,
    Origins,
    Part,
    Probability,
    Recipe,
    TextBatches,
    part,
)
from saccade.recipes.text_to_text.schema import TokenizerOptions


@final
class Data(Origins):
    """Where the texts and their labels come from: a built-in set, or files of one's own.

    How files are read is said by `options`: `format`, `text`, `label`, `header`. A split of files is one path: CSV,
    TSV, JSONL, Parquet or `hub:owner/name`.
    """

    max_tokens: Count | None = None

    def _check_path(self, split: str, path: Any) -> None:
        if not isinstance(path, str):
            raise ValueError(f"has a `{split}` that must be one file of texts and labels, but is {path!r}")


@final
class Model(Frame):
    """The parts of the network."""

    encoder: Annotated[Part, part("recurrent")] = Part(kind="recurrent")
    pooling: Annotated[Part, part("attention")] = Part(kind="attention")
    embeddings: Embeddings = Embeddings()
    dropout: Probability = 0.0


@final
class Evaluation(Measures):
    """What an answer is held against."""

    metrics: Annotated[tuple[NamedPart, ...], Field(min_length=1)] = (Part(kind="top1"), Part(kind="nll"))


@final
class TextLabelRecipe(Recipe):
    """A recipe that reads a text and gives it a label."""

    # Narrower than in every recipe: what is frozen can't be given another kind of value.
    task: Literal["text-to-label"] = "text-to-label"  # pyright: ignore[reportIncompatibleVariableOverride]
    data: Data  # pyright: ignore[reportIncompatibleVariableOverride]
    tokenizer: TokenizerOptions = TokenizerOptions()
    model: Model = Model()
    batches: TextBatches = TextBatches()
    evaluation: Evaluation = Evaluation()  # pyright: ignore[reportIncompatibleVariableOverride]
