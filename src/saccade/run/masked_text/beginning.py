"""What another network begins with: the tokenizer and the encoder of a run that guesses hidden tokens."""

from pathlib import Path

from saccade.data.tokenizers import Tokenizer
from saccade.encoders import TextEncoder
from saccade.errors import RunError
from saccade.recipes.text_to_text.schema import TokenizerOptions
from saccade.run import folder
from saccade.run.text_to_text.files import read_tokenizers
from saccade.training.published import MODEL
from saccade.training.weights import fill, read_weights

_ENCODER, _EMBEDDING = "encoder.", "embedding.weight"


def tokenizer_from(run: Path, wished: TokenizerOptions, key: str) -> Tokenizer:
    """The tokenizer of a run: an encoder knows no other tokens than its own.

    Args:
        run: The folder.
        wished: What a recipe says of its tokenizer.
        key: Where it says so.

    Raises:
        MissingError: There is no such run.
        RunError: It is of another task, or its tokenizer was made in another way than is wished.
    """
    before = folder.read(run)
    if before.recipe.task != "masked-text":
        raise RunError(f"`model.start_from` is {run}, which is a run of {before.recipe.task}. Name one of masked-text.")
    for name, was in before.recipe.tokenizer.model_dump().items():
        if (now := getattr(wished, name)) != was:
            raise RunError(
                f"`model.start_from` is {run}, whose tokenizer has `{name}: {was}`, and `{key}.{name}` is {now}: its "
                "encoder knows its own tokens alone. Give both the same options."
            )
    return read_tokenizers(run).source


def start_encoder(encoder: TextEncoder, run: Path) -> None:
    """Put into an encoder what that of a run has learnt, all but the vector of the mask, the last of its embedding.

    Raises:
        RunError: The run is not trained, or its encoder is of other parts.
    """
    folder.check_there(run, MODEL)
    weights = read_weights(run / MODEL)
    learnt = {name.removeprefix(_ENCODER): value for name, value in weights.items() if name.startswith(_ENCODER)}
    learnt[_EMBEDDING] = learnt[_EMBEDDING][:-1]
    try:
        fill(encoder, learnt)
    except ValueError as error:
        raise RunError(
            f"`model.start_from` is {run}, an encoder of other parts: {error}. Give both the same `model.encoder` and "
            "`model.embeddings.d_embedding`."
        ) from error
