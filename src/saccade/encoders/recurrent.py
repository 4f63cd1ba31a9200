"""A recurrent network that reads a sequence of tokens."""

from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.attention import History, Memory
from saccade.cells import CELLS, Cell, CellState
from saccade.checks import check_positive
from saccade.encoders.encoded import Encoded
from saccade.encoders.recurrence import MakeHistory, Recurrence, histories_of
from saccade.encoders.text_encoder import TextEncoder
from saccade.errors import OptionError


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
        history: Makes what looks at a network's own past, in each layer and direction; None: each step starts from the
            state of the last.

    Raises:
        OptionError: A width or a number of layers below 1, or neither one direction nor two.

    Example:
        >>> encoder = RecurrentEncoder(nn.Embedding(11, 3), d_state=5, directions=2)
        >>> encoded = encoder(torch.ones(2, 7, dtype=torch.long), torch.ones(2, 7, dtype=torch.bool))
        >>> encoded.memory.values.shape
        torch.Size([2, 7, 10])

    Source:
        Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, section 3.2; the history: Cheng, Dong, Lapata 2016,
        arXiv:1601.06733, section 3.
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
        history: MakeHistory | None = None,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.dropout, self.embedding_dropout = nn.Dropout(dropout), nn.Dropout(embedding_dropout)
        self.d_memory = directions * d_state
        self.layers = recurrent_layers(embedding.embedding_dim, d_state, cell, layers, directions)
        self.histories: nn.ModuleList | None = None
        if history is not None:
            cells = [directions for directions in self.layers if isinstance(directions, nn.ModuleList)]
            self.histories = nn.ModuleList(histories_of(directions, history) for directions in cells)

    def forward(self, source: Int[Tensor, "batch key"], mask: Bool[Tensor, "batch key"]) -> Encoded:
        """Read a batch of padded sequences; `mask` is True at real tokens."""
        shown = self.embedding_dropout(self.embedding(source.T))
        # A step at which every sequence is real needs no mask: in sorted batches that is nearly all of them.
        masks = [None if column.all() else column[:, None] for column in mask.T.contiguous()]
        shown, finals = read_layers(self.layers, shown, masks, self.dropout, self.histories)
        seen = shown.transpose(0, 1)
        return Encoded(Memory(seen, seen, mask), finals)


def recurrent_layers(d_input: int, d_state: int, cell: str, layers: int, directions: int) -> nn.ModuleList:
    """Networks above each other, in each one or two of them side by side; see `RecurrentEncoder`.

    Raises:
        OptionError: A width or a number of layers below 1, or neither one direction nor two.
    """
    check_positive(d_state=d_state, layers=layers)
    if directions not in (1, 2):
        raise OptionError(f"`directions` must be 1 (from left to right) or 2 (both ways), but is {directions}.")
    widths = [d_input] + [directions * d_state] * (layers - 1)
    return nn.ModuleList(nn.ModuleList(CELLS[cell](width, d_state) for _ in range(directions)) for width in widths)


def read_layers(
    layers: nn.ModuleList,
    shown: Float[Tensor, "key batch d_input"],
    masks: list[Tensor | None],
    dropout: nn.Module,
    histories: nn.ModuleList | None = None,
) -> tuple[Float[Tensor, "key batch d_memory"], tuple[CellState, ...]]:
    """Read a sequence with networks above each other.

    Args:
        layers: What `recurrent_layers` made.
        shown: The sequence.
        masks: At each place which sequences are real there, (batch, 1); None: all of them.
        dropout: Drops of what each layer shows.
        histories: What looks at each network's own past; None: nothing does.

    Returns:
        What the last layer showed at each place, and the final state of each layer.
    """
    finals: list[CellState] = []
    for index, directions in enumerate(layers):
        assert isinstance(directions, nn.ModuleList)
        networks = zip(directions, _looking_back(histories, index, len(directions)), strict=True)
        read = [_read(cell, looking, shown, masks, backwards=bool(way)) for way, (cell, looking) in enumerate(networks)]
        shown = dropout(torch.cat([steps for steps, _ in read], dim=-1))
        finals.append(tuple(torch.cat(parts, dim=-1) for parts in zip(*(final for _, final in read), strict=True)))
    return shown, tuple(finals)


def _looking_back(histories: nn.ModuleList | None, layer: int, directions: int) -> list[nn.Module | None]:
    """What looks at the past of each network of a layer."""
    if histories is None:
        return [None] * directions
    of_layer = histories[layer]
    assert isinstance(of_layer, nn.ModuleList)
    return [*of_layer]


def _read(
    cell: nn.Module,
    history: nn.Module | None,
    inputs_kbd: Float[Tensor, "key batch d_in"],
    masks: list[Tensor | None],
    *,
    backwards: bool,
) -> tuple[Float[Tensor, "key batch d_state"], CellState]:
    """Run one cell over a sequence; give what it showed at each place, and its final state."""
    assert isinstance(cell, Cell)
    assert history is None or isinstance(history, History)
    from_inputs = cell.input(inputs_kbd).to(cell.input.weight.dtype).unbind()
    advance = Recurrence(cell, history, steps=len(masks))
    state, past = cell.start(inputs_kbd[0]), None
    steps = list(zip(inputs_kbd.unbind(), from_inputs, masks, strict=True))
    shown: list[Tensor] = []
    for inputs, from_input, real in reversed(steps) if backwards else steps:
        state, past = advance(inputs, from_input, state, past, real)
        shown.append(state[0])
    advance.show(backwards=backwards)
    return torch.stack(shown[::-1] if backwards else shown), state
