"""How probable a token is that a model wrote, where only some of its source may be seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.data.tokenizers import BEGIN, UNKNOWN
from saccade.encoders import Encoded, TextEncoder
from saccade.models.sequence_to_sequence import SequenceToSequence

AT_ONCE: Final = 256


@final
class Written:
    """One token of a text that a network wrote, or was made to write, and what it read for it.

    Args:
        network: In evaluation.
        source: Tokens that were read, the end included.
        tokens: Tokens that were written.
        place: Which of these is asked about.
    """

    def __init__(self, network: SequenceToSequence, source: list[int], tokens: list[int], place: int) -> None:
        assert isinstance(network.encoder, TextEncoder)
        self.network, self._encoder = network, network.encoder
        self._source = torch.tensor([source], device=next(network.parameters()).device)
        before = self._source.new_tensor([[BEGIN, *tokens[:place]]])
        # What was copied out is no token of the vocabulary: the decoder went on from an unknown one.
        self._before = torch.where(before < network.vocabulary.out_features, before, UNKNOWN)
        self._token = tokens[place]

    @torch.no_grad()
    def without_memory(self, seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
        """Its probability where items are erased from the memory: all is read, but they may not be looked at."""
        everything = torch.ones_like(self._source, dtype=torch.bool)
        encoded = self._encoder(self._source, everything)

        def answers(rows: Bool[Tensor, "variant item"]) -> Tensor:
            spread: Encoded = _repeated(encoded, len(rows))
            return self._log_prob(spread._replace(memory=spread.memory._replace(mask=rows)), self._source).exp()

        return self._in_parts(seen, answers)

    @torch.no_grad()
    def with_unknown(self, seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
        """Its probability where tokens are read as the unknown one."""

        def answers(rows: Bool[Tensor, "variant item"]) -> Tensor:
            source = torch.where(rows, self._source, UNKNOWN)
            return self._log_prob(self._encoder(source, torch.ones_like(rows)), source).exp()

        return self._in_parts(seen, answers)

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
        return self._log_prob(encoded, self._source)

    def _in_parts(
        self, seen: Bool[np.ndarray, "variant item"], answers: Callable[[Tensor], Tensor]
    ) -> Float[np.ndarray, " variant"]:
        rows = torch.from_numpy(seen).to(self._source.device)
        return torch.cat([answers(part) for part in rows.split(AT_ONCE)]).double().cpu().numpy()

    def _log_prob(self, encoded: Encoded, source: Tensor) -> Float[Tensor, " variant"]:
        """As a search has it before it writes the token."""
        count = len(encoded.memory.keys)
        remembered = self.network.decoder.remember(encoded)
        before = self._before.expand(count, -1)
        decoded, _ = self.network.decoder(before, remembered.start, remembered)
        return self.network.says(decoded, source.expand(count, -1), before).next_log_probs()[:, self._token]


def _repeated(encoded: Encoded, count: int) -> Encoded:
    states = tuple(tuple(part.expand(count, -1) for part in layer) for layer in encoded.states)
    memory = encoded.memory
    keys = memory.keys.expand(count, -1, -1)
    values = keys if memory.values is memory.keys else memory.values.expand(count, -1, -1)
    return Encoded(memory._replace(keys=keys, values=values), states)


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
