"""The frame of a recipe from text to label, checked without torch."""

from typing import Annotated, Any, Literal, final

from pydantic import Field, model_validator

from saccade.recipes.schema import Count, Frame, Measures, NamedPart, Origins, Part, Probability, Recipe, part
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
class Embeddings(Frame):
    """The vectors of the tokens."""

    d_embedding: Count = 256
    dropout: Probability = 0.0


@final
class Model(Frame):
    """The parts of the network."""

    encoder: Annotated[Part, part("recurrent")] = Part(kind="recurrent")
    pooling: Annotated[Part, part("attention")] = Part(kind="attention")
    embeddings: Embeddings = Embeddings()
    dropout: Probability = 0.0


@final
class BatchOptions(Frame):
    """How many texts make a batch; both limits may be set, and hold together."""

    max_texts: Count | None = 64
    max_tokens: Count | None = None

    @model_validator(mode="after")
    def _limited(self) -> "BatchOptions":
        if self.max_texts is None and self.max_tokens is None:
            raise ValueError("needs a limit, but `max_texts` and `max_tokens` are both unset. Set one of them")
        return self


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
    batches: BatchOptions = BatchOptions()
    evaluation: Evaluation = Evaluation()  # pyright: ignore[reportIncompatibleVariableOverride]
