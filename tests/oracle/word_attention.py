"""Attention over the words of a text, in slow loops: Yang et al. 2016, NAACL, equations 5 to 7."""

import torch
from torch import Tensor


def word_attention(states: Tensor, weight: Tensor, bias: Tensor, context: Tensor, lengths: list[int]) -> Tensor:
    """The vector of each text.

    Args:
        states: $h_{it}$, (text, word, d).
        weight: $W_w$.
        bias: $b_w$.
        context: $u_w$, the vector of the informative word.
        lengths: Words of each text.
    """
    vectors = []
    for text, length in enumerate(lengths):
        hidden = [torch.tanh(weight @ states[text, word] + bias) for word in range(length)]
        shares = [torch.exp(one @ context) for one in hidden]
        total = sum(shares)
        vectors.append(sum(share / total * states[text, word] for word, share in enumerate(shares)))
    return torch.stack(vectors)  # pyright: ignore[reportArgumentType]
