"""How probable an answer to a text is, where only some of its tokens may be seen."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.data.tokenizers import UNKNOWN
from saccade.encoders import Encoded, TextEncoder
from saccade.maps.erasing import Answer, Remembered, occlusion
from saccade.maps.gradients import gradient_times_input, integrated_gradients

AT_ONCE: Final = 256
STEPS: Final = 16
"""Of integrated gradients."""


class ErasedText(ABC):
    """A text that was read, and the answer to it.

    Tokens are erased in two ways: out of the memory, where all was read, but may not be looked at; and by reading the
    unknown token instead.

    Args:
        encoder: Reads the text, in evaluation.
        source: Its tokens.
    """

    def __init__(self, encoder: TextEncoder, source: list[int]) -> None:
        self._encoder = encoder
        self._source = torch.tensor([source], device=encoder.embedding.weight.device)

    @abstractmethod
    def log_prob(self, encoded: Encoded, source: Tensor) -> Float[Tensor, " variant"]:
        """How probable the answer is, given what was read.

        Args:
            encoded: A row for each variant of what was read.
            source: The tokens that were read: those of each variant, or the same for all.
        """

    def answers(self, layer: str) -> dict[str, Answer]:
        """Both ways to erase tokens; the same for all layers."""
        return self._answers

    def shares(self, layer: str) -> dict[str, Float[np.ndarray, " item"]]:
        """What each token had to do with the answer, by occlusion and by gradients; the same for all layers."""
        return self._shares

    @torch.no_grad()
    def without_memory(self, seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
        """Its probability where items are erased from the memory: all is read, but they may not be looked at."""
        everything = torch.ones_like(self._source, dtype=torch.bool)
        encoded = self._encoder(self._source, everything)

        def answers(rows: Bool[Tensor, "variant item"]) -> Tensor:
            return self.log_prob(seeing(encoded, rows), self._source).exp()

        return in_parts(seen, answers, self._source.device, AT_ONCE)

    @torch.no_grad()
    def with_unknown(self, seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
        """Its probability where tokens are read as the unknown one."""

        def answers(rows: Bool[Tensor, "variant item"]) -> Tensor:
            source = torch.where(rows, self._source, UNKNOWN)
            return self.log_prob(self._encoder(source, torch.ones_like(rows)), source).exp()

        return in_parts(seen, answers, self._source.device, AT_ONCE)

    def vectors(self) -> Float[Tensor, "item feature"]:
        """The embeddings of what was read."""
        with torch.no_grad():
            return self._encoder.embedding(self._source)[0]

    def score(self, vectors: Float[Tensor, "variant item feature"]) -> Float[Tensor, " variant"]:
        """Its log-probability where the source is embedded so."""
        if len(vectors) == vectors.shape[1] > 1:  # a square would not tell along which side its items lie
            return torch.cat([self.score(vectors[:1]), self.score(vectors[1:])])
        source = self._source.expand(len(vectors), -1)
        with _embedded(self._encoder.embedding, vectors):
            encoded = self._encoder(source, torch.ones_like(source, dtype=torch.bool))
        return self.log_prob(encoded, self._source)

    @cached_property
    def _answers(self) -> dict[str, Answer]:
        return {"memory": Remembered(self.without_memory), "unknown token": Remembered(self.with_unknown)}

    @cached_property
    def _shares(self) -> dict[str, Float[np.ndarray, " item"]]:
        vectors = self.vectors()
        return {
            "occlusion": occlusion(len(vectors), self._answers["unknown token"]),
            "gradient × input": gradient_times_input(vectors, self.score).cpu().numpy(),
            "integrated gradients": integrated_gradients(vectors, self.score, steps=STEPS).cpu().numpy(),
        }


def in_parts(
    seen: Bool[np.ndarray, "variant item"], answers: Callable[[Tensor], Tensor], device: torch.device, at_once: int
) -> Float[np.ndarray, " variant"]:
    """Ask for some variants at a time, so that many items fit into memory."""
    rows = torch.from_numpy(seen).to(device)
    return torch.cat([answers(part) for part in rows.split(at_once)]).double().cpu().numpy()


def seeing(encoded: Encoded, rows: Bool[Tensor, "variant item"]) -> Encoded:
    """What was read once, for several variants of what may be looked at."""
    count = len(rows)
    states = tuple(tuple(part.expand(count, -1) for part in layer) for layer in encoded.states)
    memory = encoded.memory
    keys = memory.keys.expand(count, -1, -1)
    values = keys if memory.values is memory.keys else memory.values.expand(count, -1, -1)
    return Encoded(memory._replace(keys=keys, values=values, mask=rows), states)


@contextmanager
def _embedded(embedding: torch.nn.Embedding, vectors: Float[Tensor, "variant item feature"]) -> Iterator[None]:
    """Let an embedding give these vectors for the tokens that it is asked for, whichever side comes first."""

    def given(module: torch.nn.Module, tokens: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return vectors if tokens[0].shape == vectors.shape[:2] else vectors.transpose(0, 1)

    hook = embedding.register_forward_hook(given)
    try:
        yield
    finally:
        hook.remove()
