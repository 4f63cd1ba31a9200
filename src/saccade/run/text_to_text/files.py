"""What the folder of a run from text to text holds besides: the tokenizers of both sides."""

from pathlib import Path
from typing import Final

from saccade.data.tokenizers import TokenizerPair
from saccade.errors import RunError
from saccade.run.folder import check_there

TOKENIZER: Final = "tokenizer.json"


def read_tokenizers(run: Path) -> TokenizerPair:
    """Read the tokenizers of a run.

    Raises:
        RunError: They are not there, or damaged.
    """
    check_there(run, TOKENIZER)
    path = run / TOKENIZER
    try:
        return TokenizerPair.load(path)
    except RunError:
        raise
    except Exception as error:  # the tokenizers library raises bare exceptions
        raise RunError(f"{path} is damaged: {error}. Copy the run again, or train it anew.") from error
