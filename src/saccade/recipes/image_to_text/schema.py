"""The frame of a recipe from image to text, checked without torch."""

from typing import Annotated, Literal, final

from pydantic import BeforeValidator, Field

from saccade.recipes.image_to_label.schema import BatchOptions, Data, Encoder, NotNegative
from saccade.recipes.schema import Count, Frame, Measures, NamedPart, Part, Probability, Recipe, SearchOptions, part
from saccade.recipes.text_to_text.schema import AttentionOptions, Embeddings, Network, TokenizerOptions


def _of_characters(value: object) -> object:
    """A tokenizer whose kind is not said is one of characters: these are what one sees."""
    return {"kind": "char", **value} if isinstance(value, dict) else value


@final
class Recurrent(Frame):
    """The recurrent network that reads the columns."""

    d_state: Count = 128
    cell: str = "gru"
    layers: Count = 1
    directions: Literal[1, 2] = 2
    dropout: Probability = 0.0
    values: Literal["states", "items"] = "states"


@final
class Model(Frame):
    """The parts of the network; with `start_from`, it begins as another run ended."""

    encoder: Annotated[Encoder, part("convnet")] = Encoder()
    columns: Literal["max", "mean", "stack"] | None = None
    recurrent: Recurrent | None = None
    decoder: Annotated[Network, part("recurrent")] = Network(kind="recurrent")
    attention: AttentionOptions = AttentionOptions()
    gated_context: bool = False
    doubly_stochastic: NotNegative = 0.0
    embeddings: Embeddings = Embeddings()
    start_from: str | None = None


@final
class Search(SearchOptions):
    """How a text is sought; it has at most `max_length` tokens."""

    max_length: Count = 64


@final
class Evaluation(Measures):
    """What an output is held against."""

    metrics: Annotated[tuple[NamedPart, ...], Field(min_length=1)] = (Part(kind="exact"), Part(kind="cer"))


@final
class ImageTextRecipe(Recipe):
    """A recipe that reads an image and writes a text."""

    # Narrower than in every recipe: what is frozen can't be given another kind of value.
    task: Literal["image-to-text"] = "image-to-text"  # pyright: ignore[reportIncompatibleVariableOverride]
    data: Data  # pyright: ignore[reportIncompatibleVariableOverride]
    tokenizer: Annotated[TokenizerOptions, BeforeValidator(_of_characters)] = TokenizerOptions(kind="char")
    model: Model = Model()
    batches: BatchOptions = BatchOptions()
    search: Search = Search()
    evaluation: Evaluation = Evaluation()  # pyright: ignore[reportIncompatibleVariableOverride]
