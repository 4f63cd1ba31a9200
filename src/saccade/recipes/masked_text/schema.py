"""The frame of a recipe that guesses hidden tokens of texts, checked without torch."""

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
    Recipe,
    TextBatches,
    part,
)
from saccade.recipes.text_to_text.schema import TokenizerOptions

Share = Annotated[float, Field(ge=0, le=1)]


@final
class Data(Origins):
    """Where the texts come from: one side of a built-in set's pairs, or files of one's own.

    A split of files is one path: a text a line, or a column of TSV, JSONL, Parquet or `hub:owner/name`, which `options`
    name as `column`; of a file of pairs without it, the one of `side`.
    """

    side: Literal["source", "target"] = "source"
    max_tokens: Count | None = None

    def _check_path(self, split: str, path: Any) -> None:
        if not isinstance(path, str):
            raise ValueError(f"has a `{split}` that must be one file, but is {path!r}. Name the file of one side")


@final
class Masking(Frame):
    """Which tokens are chosen, and what becomes of them; what is neither masked nor random stays as it is."""

    chosen: Annotated[float, Field(gt=0, le=1)] = 0.15
    masked: Share = 0.8
    random: Share = 0.1


@final
class Model(Frame):
    """The parts of the network."""

    encoder: Annotated[Part, part("self-attention")] = Part(kind="self-attention")
    embeddings: Embeddings = Embeddings()


@final
class Evaluation(Measures):
    """What guesses are held against."""

    metrics: Annotated[tuple[NamedPart, ...], Field(min_length=1)] = (
        Part(kind="accuracy"),
        Part(kind="nll"),
        Part(kind="perplexity"),
    )


@final
class MaskedRecipe(Recipe):
    """A recipe that reads texts with hidden tokens, and guesses them."""

    # Narrower than in every recipe: what is frozen can't be given another kind of value.
    task: Literal["masked-text"] = "masked-text"  # pyright: ignore[reportIncompatibleVariableOverride]
    data: Data  # pyright: ignore[reportIncompatibleVariableOverride]
    tokenizer: TokenizerOptions = TokenizerOptions()
    masking: Masking = Masking()
    model: Model = Model()
    batches: TextBatches = TextBatches()
    evaluation: Evaluation = Evaluation()  # pyright: ignore[reportIncompatibleVariableOverride]
