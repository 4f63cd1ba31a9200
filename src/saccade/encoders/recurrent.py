"""A recurrent network that reads a sequence of tokens."""

from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.attention import Memory
from saccade.cells import CELLS, Cell, CellState, Repeated
from saccade.encoders.encoded import Encoded
from saccade.encoders.text_encoder import TextEncoder


@final
class RecurrentEncoder(TextEncoder):
    """Read tokens with a recurrent network, one way or both ways, and remember what it showed at each.

    Padding has no influence: at a masked place the state passes through unchanged, so that the final state is that
    of the last real token, and a reading from right to left starts there.

    Args:
        embedding: Turns tokens into vectors.
        d_state: Width of the state of one direction.
        cell: A name in `CELLS`.
        layers: How many networks stand above each other; each reads what the one below showed.
        directions: 1 reads from left to right; 2 reads both ways and shows the two states side by side.
        dropout: Share of what each layer shows that is dropped in training.
        embedding_dropout: Share of the embeddings that is dropped in training.

    Example:
        >>> encoder = RecurrentEncoder(nn.Embedding(11, 3), d_state=5, directions=2)
        >>> encoded = encoder(torch.ones(2, 7, dtype=torch.long), torch.ones(2, 7, dtype=torch.bool))
        >>> encoded.memory.values.shape
        torch.Size([2, 7, 10])

    Source:
        Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, section 3.2.
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        d_state: int,
        *,
        cell: str = "gru",
        layers: int = 1,
        directions: int = 2,
        dropout: float = 0.0,
        embedding_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.dropout, self.embedding_dropout = nn.Dropout(dropout), nn.Dropout(embedding_dropout)
        self.d_memory = directions * d_state
        self.layers = recurrent_layers(embedding.embedding_dim, d_state, cell, layers, directions)

    def forward(self, source: Int[Tensor, "batch key"], mask: Bool[Tensor, "batch key"]) -> Encoded:
        """Read a batch of padded sequences; `mask` is True at real tokens."""
        shown = self.embedding_dropout(self.embedding(source.T))
        # A step at which every sequence is real needs no mask: in sorted batches that is nearly all of them.
        masks = [None if column.all() else column[:, None] for column in mask.T.contiguous()]
        shown, finals = read_layers(self.layers, shown, masks, self.dropout)
        seen = shown.transpose(0, 1)
        return Encoded(Memory(seen, seen, mask), finals)


def recurrent_layers(d_input: int, d_state: int, cell: str, layers: int, directions: int) -> nn.ModuleList:
    """Networks above each other, in each one or two of them side by side; see `RecurrentEncoder`."""
    widths = [d_input] + [directions * d_state] * (layers - 1)
    return nn.ModuleList(nn.ModuleList(CELLS[cell](width, d_state) for _ in range(directions)) for width in widths)


def read_layers(
    layers: nn.ModuleList, shown: Float[Tensor, "key batch d_input"], masks: list[Tensor | None], dropout: nn.Module
) -> tuple[Float[Tensor, "key batch d_memory"], tuple[CellState, ...]]:
    """Read a sequence with networks above each other.

    Args:
        layers: What `recurrent_layers` made.
        shown: The sequence.
        masks: At each place which sequences are real there, (batch, 1); None: all of them.
        dropout: Drops of what each layer shows.

    Returns:
        What the last layer showed at each place, and the final state of each layer.
    """
    finals: list[CellState] = []
    for directions in layers:
        assert isinstance(directions, nn.ModuleList)
        read = [_read(cell, shown, masks, backwards=bool(index)) for index, cell in enumerate(directions)]
        shown = dropout(torch.cat([steps for steps, _ in read], dim=-1))
        finals.append(tuple(torch.cat(parts, dim=-1) for parts in zip(*(final for _, final in read), strict=True)))
    return shown, tuple(finals)


def _read(
    cell: nn.Module, inputs_kbd: Float[Tensor, "key batch d_in"], masks: list[Tensor | None], *, backwards: bool
) -> tuple[Float[Tensor, "key batch d_state"], CellState]:
    """Run one cell over a sequence; give what it showed at each place, and its final state."""
    assert isinstance(cell, Cell)
    from_inputs = cell.input(inputs_kbd).to(cell.input.weight.dtype).unbind()
    recurrent = Repeated(cell.recurrent)
    state = cell.start(inputs_kbd[0])
    steps = list(zip(from_inputs, masks, strict=True))
    shown: list[Tensor] = []
    for from_input, real in reversed(steps) if backwards else steps:
        stepped = cell.advance(from_input, recurrent(state[0]), state)
        state = stepped if real is None else _where(real, stepped, state)
        shown.append(state[0])
    return torch.stack(shown[::-1] if backwards else shown), state


def _where(real: Bool[Tensor, "batch 1"], stepped: CellState, state: CellState) -> CellState:
    return tuple(torch.where(real, new, old) for new, old in zip(stepped, state, strict=True))
