"""How much a server takes on."""

from dataclasses import dataclass
from typing import Final, final

INPUTS: Final = 64
"""Most inputs of one request."""
N_BEST: Final = 16
"""Most answers to one input."""
JUDGED: Final = 4
"""Most looks that wait to be judged."""
MEBI: Final = 1 << 20


@final
@dataclass(frozen=True)
class Limits:
    """Bounds of a server, each of which a client meets as an error that names it.

    Attributes:
        batch: Inputs that are computed together, at most.
        queue: Inputs that may wait for each run.
        seconds: That a request may wait for its answer.
        characters: Of a text.
        image_bytes: Of an image's file.
        pixels: Of an image, width times height, by its head.
        weights: Of a look that is judged: tokens written times tokens read; of a text with a label, four times its
            tokens for each layer; of an image that was read as a text, 64 for each token.
        body_bytes: Of a request.
        body_seconds: That a client may take to send a request's head, and then its body.
        connections: That are open at once.
    """

    batch: int = 32
    queue: int = 256
    seconds: float = 30.0
    characters: int = 1_000
    image_bytes: int = 4 * MEBI
    pixels: int = 20_000_000
    weights: int = 1_000
    body_bytes: int = 8 * MEBI
    body_seconds: float = 10.0
    connections: int = 128
