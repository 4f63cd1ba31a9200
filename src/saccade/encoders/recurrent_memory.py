"""A recurrent network over what another encoder saw."""

from typing import Literal, final, get_args

from torch import nn

from saccade.attention import Memory
from saccade.checks import check_known
from saccade.encoders.encoded import Encoded
from saccade.encoders.recurrent import read_layers, recurrent_layers

Values = Literal["states", "items"]


@final
class RecurrentMemory(nn.Module):
    """Read the items of a memory one after the other: each then knows those before it, and those after it.

    So a decoder finds the next character where two are alike: the items themselves do not say where they are.

    Args:
        d_item: Width of an item.
        d_state: Width of the state of one direction.
        cell: A name in `CELLS`.
        layers: How many networks stand above each other.
        directions: 1 reads from left to right; 2 reads both ways and shows the two states side by side.
        dropout: Share of what each layer shows that is dropped in training.
        values: What a look brings back: the `states`; or the `items` as they were, so that the states say no more than
            where to look, and what is written must have been seen there.

    Raises:
        OptionError: `values` that there are not.

    Example:
        >>> import torch
        >>> items = torch.zeros(2, 7, 3)
        >>> read = RecurrentMemory(3, d_state=5, values="items")
        >>> encoded = read(Memory(items, items))
        >>> encoded.memory.keys.shape, encoded.memory.values.shape, encoded.states[-1][0].shape
        (torch.Size([2, 7, 10]), torch.Size([2, 7, 3]), torch.Size([2, 10]))

    Source:
        Shi, Bai, Yao 2017, arXiv:1507.05717, section 2.2: a recurrent network both ways over the columns of an image.
    """

    def __init__(
        self,
        d_item: int,
        d_state: int,
        *,
        cell: str = "gru",
        layers: int = 1,
        directions: int = 2,
        dropout: float = 0.0,
        values: Values = "states",
    ) -> None:
        super().__init__()
        check_known("recurrent.values", values, get_args(Values))
        self.layers = recurrent_layers(d_item, d_state, cell, layers, directions)
        self.dropout = nn.Dropout(dropout)
        self.d_state = directions * d_state
        self.values = values

    def forward(self, memory: Memory) -> Encoded:
        """Read a batch of memories without a mask."""
        items = memory.values.transpose(0, 1)
        shown, finals = read_layers(self.layers, items, [None] * len(items), self.dropout)
        states = shown.transpose(0, 1)
        return Encoded(
            memory._replace(keys=states, values=states if self.values == "states" else memory.values), finals
        )
