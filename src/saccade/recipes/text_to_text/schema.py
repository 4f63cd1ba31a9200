"""The frame of a recipe from text to text, checked without torch."""

from itertools import pairwise
from typing import Annotated, Any, Literal, final

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from saccade.recipes.schema import (
    Count,
    Frame,
    Measures,
    NamedPart,
    Origins,
    Part,
    Positive,
    Probability,
    Recipe,
    SearchOptions,
    part,
)


@final
class Data(Origins):
    """Where the pairs come from: a built-in set, or files of one's own.

    How files are read is said by `options`: `format`, `source`, `target`, `header`. A split of files is one path (TSV,
    JSONL, Parquet, `hub:owner/name`) or two (source lines, target lines).
    """

    max_tokens: Count | None = None

    def _check_path(self, split: str, path: Any) -> None:
        if isinstance(path, list) and len(path) != 2:
            raise ValueError(
                f"has a `{split}` that must be one file or two (source lines, target lines), but names {len(path)}"
            )

    def origin(self, split: str) -> tuple[str | tuple[str, str] | None, dict[str, Any]]:
        """The file or files of a split (None for a set), and its options."""
        path, options = super().origin(split)
        return (path[0], path[1]) if isinstance(path, list) else path, options


@final
class TokenizerOptions(Frame):
    """How one side is cut into tokens."""

    kind: Literal["char", "word", "bpe", "unigram"] = "bpe"
    vocabulary_size: Annotated[int, Field(ge=8)] | None = None
    lowercase: bool = False
    normalisation: Literal["NFC", "NFD", "NFKC", "NFKD"] = "NFC"
    punctuation: Literal["separate", "attached"] = "separate"
    min_count: Count = 1


@final
class Tokenizers(Frame):
    """Both sides, or one for both."""

    source: TokenizerOptions = TokenizerOptions()
    target: TokenizerOptions = TokenizerOptions()
    shared: bool = False

    @model_validator(mode="after")
    def _shared_is_equal(self) -> "Tokenizers":
        if self.shared and self.source != self.target:
            raise ValueError("is `shared`, but `source` and `target` differ. Give both sides the same options")
        return self


@final
class Embeddings(Frame):
    """The vectors of the tokens."""

    d_embedding: Count = 256
    tie: Literal["none", "decoder", "all"] = "none"
    dropout: Probability = 0.0


@final
class AttentionOptions(Frame):
    """How the decoder looks at what the encoder gave."""

    score: Annotated[Part, part("additive")] = Part(kind="additive")
    selection: Annotated[Part, part("soft")] = Part(kind="soft")
    heads: Count = 1
    d_model: Count | None = None
    coverage_loss: Annotated[float, Field(ge=0)] = 0.0


@final
class History(Frame):
    """How a recurrent network looks at its own past."""

    kind: Literal["attention"] = "attention"
    score: Annotated[Part, part("additive")] = Part(kind="additive")
    selection: Annotated[Part, part("soft")] = Part(kind="soft")


@final
class Network(Frame):
    """An encoder or a decoder: its own options, and how it looks at its own past, if it does."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    kind: str
    history: Annotated[History | None, part("attention")] = None

    @property
    def options(self) -> dict[str, Any]:
        """All but the kind and the history."""
        return dict(self.model_extra or {})


@final
class Model(Frame):
    """The parts of the network; with `start_from`, its encoder begins with the weights of another run."""

    encoder: Annotated[Network, part("recurrent")] = Network(kind="recurrent")
    decoder: Annotated[Network, part("recurrent")] = Network(kind="recurrent")
    attention: AttentionOptions = AttentionOptions()
    output: Annotated[Part, part("vocabulary")] = Part(kind="vocabulary")
    embeddings: Embeddings = Embeddings()
    start_from: str | None = None


@final
class BatchOptions(Frame):
    """How many pairs make a batch; both limits may be set, and hold together."""

    max_pairs: Count | None = 64
    max_tokens: Count | None = None

    @model_validator(mode="after")
    def _limited(self) -> "BatchOptions":
        if self.max_pairs is None and self.max_tokens is None:
            raise ValueError("needs a limit, but `max_pairs` and `max_tokens` are both unset. Set one of them")
        return self


@final
class Search(SearchOptions):
    """How an output is sought; a length is at most `length_ratio` × source tokens + `length_extra`."""

    length_ratio: Positive = 2.0
    length_extra: Annotated[int, Field(ge=0)] = 10


def _rising(edges: list[int] | None) -> list[int] | None:
    if edges is not None and any(after <= before for before, after in pairwise(edges)):
        raise ValueError(f"must rise, since each is the longest length of a group, but is {edges}")
    return edges


@final
class Evaluation(Measures):
    """What an output is held against, and in what the length of a source is counted."""

    metrics: Annotated[tuple[NamedPart, ...], Field(min_length=1)] = (
        Part(kind="bleu"),
        Part(kind="chrf"),
        Part(kind="exact"),
    )
    length_unit: Literal["words", "characters", "items"] = "words"
    separator: str = ";"
    edges: Annotated[list[Count] | None, AfterValidator(_rising)] = None


@final
class TextRecipe(Recipe):
    """A recipe that reads a text and writes a text."""

    # Narrower than in every recipe: what is frozen can't be given another kind of value.
    task: Literal["text-to-text"] = "text-to-text"  # pyright: ignore[reportIncompatibleVariableOverride]
    data: Data  # pyright: ignore[reportIncompatibleVariableOverride]
    tokenizer: Tokenizers = Tokenizers()
    model: Model = Model()
    batches: BatchOptions = BatchOptions()
    search: Search = Search()
    evaluation: Evaluation = Evaluation()  # pyright: ignore[reportIncompatibleVariableOverride]
