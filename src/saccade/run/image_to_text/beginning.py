"""What a network begins with that does not begin with chance: `model.start_from`."""

from pathlib import Path

from saccade.data.text_images import TextImages
from saccade.data.tokenizers import Tokenizer
from saccade.errors import RunError
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.run import folder
from saccade.run.beginning import check_knows
from saccade.run.image_to_text.files import read_texts
from saccade.training.published import MODEL
from saccade.training.weights import fill, read_weights

_ENCODER, _GRID = "encoder.", "encoder.grid."


def tokenizer_from(run: Path, images: TextImages) -> Tokenizer | None:
    """The tokenizer of a run that writes texts; None: it is one of labels, and has none.

    Raises:
        MissingError: There is no such run.
        RunError: It is no run of images, or its tokenizer lacks a character of the texts.
    """
    before = folder.read(run)
    if before.recipe.task == "image-to-label":
        return None
    if before.recipe.task != "image-to-text":
        raise RunError(f"`model.start_from` is {run}, which is a run of {before.recipe.task}. Name one of images.")
    tokenizer = read_texts(run).tokenizer
    check_knows(run, tokenizer, images.texts)
    return tokenizer


def start_from(network: SequenceToSequence, run: Path) -> None:
    """Begin with what another run has learnt: all of it if it writes texts, what reads the image if it gives labels.

    Raises:
        MissingError: There is no such run.
        RunError: It is not trained, or a network of other parts.
    """
    task = folder.read(run).recipe.task
    folder.check_there(run, MODEL)
    weights = read_weights(run / MODEL)
    try:
        if task == "image-to-text":
            fill(network, weights)
        else:
            own = {name: value for name, value in network.state_dict().items() if not name.startswith(_GRID)}
            read = {name: value for name, value in weights.items() if name.startswith(_ENCODER)}
            fill(network, own | {_GRID + name.removeprefix(_ENCODER): value for name, value in read.items()})
    except ValueError as error:
        raise RunError(
            f"`model.start_from` is {run}, a network of other parts: {error}. Give both the same parts under `model`."
        ) from error
