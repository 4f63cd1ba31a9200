"""The oracle itself, held against PyTorch where PyTorch has the same thing, and against numbers worked out by hand."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from . import attention, decoder, recurrent

BATCH, QUERY, KEY, WIDTH, D_VALUE = 2, 3, 7, 5, 11


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed + sum(shape)))


def test_scaled_dot_is_pytorchs_scaled_dot_product_attention():
    queries, keys, values = draw(BATCH, QUERY, WIDTH), draw(BATCH, KEY, WIDTH, seed=1), draw(BATCH, KEY, D_VALUE)
    open_keys = torch.tensor([[True] * 6 + [False], [True, False, True, True, False, False, True]])
    contexts, _ = attention.attend(attention.scaled_dot(), attention.soft, queries, keys, values, open_keys)
    expected = nn.functional.scaled_dot_product_attention(queries, keys, values, attn_mask=open_keys[:, None, :])
    assert_close(contexts, expected)


def test_multi_head_is_pytorchs_multi_head_attention():
    heads, width = 3, 3 * WIDTH
    theirs = nn.MultiheadAttention(width, heads, bias=False, batch_first=True, dtype=torch.float64)
    queries, keys, values = draw(BATCH, QUERY, width), draw(BATCH, KEY, width, seed=1), draw(BATCH, KEY, width, seed=2)
    closed = torch.tensor([[False] * 7, [False, True, False, False, True, True, False]])
    w_query, w_key, w_value = theirs.in_proj_weight.detach().chunk(3)
    ours = attention.multi_head(
        [attention.scaled_dot()] * heads,
        attention.soft,
        queries,
        keys,
        values,
        w_query,
        w_key,
        w_value,
        theirs.out_proj.weight.detach(),
        ~closed,
    )
    expected = theirs(queries, keys, values, key_padding_mask=closed, average_attn_weights=False)
    assert_close(ours, tuple(x.detach() for x in expected))


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (attention.dot(), 3.0 - 8.0),
        (attention.scaled_dot(), -5.0 / 2**0.5),
        (attention.cosine(), -5.0 / (5**0.5 * 5.0)),
        (attention.general(torch.tensor([[0.0, 1.0], [2.0, 0.0]], dtype=torch.float64)), 1.0 * -4.0 + 2.0 * 6.0),
    ],
    ids=["dot", "scaled dot", "cosine", "general"],
)
def test_scores_of_two_vectors_worked_out_by_hand(score: attention.Score, expected: float):
    query, key = torch.tensor([1.0, 2.0], dtype=torch.float64), torch.tensor([3.0, -4.0], dtype=torch.float64)
    assert_close(score(query, key), torch.tensor(expected, dtype=torch.float64))


def test_concat_is_additive_with_the_two_matrices_side_by_side():
    query, key, v = draw(WIDTH), draw(KEY), draw(QUERY)
    w_query, w_key = draw(QUERY, WIDTH), draw(QUERY, KEY)
    together = attention.concat(torch.cat([w_query, w_key], dim=1), v)
    assert_close(together(query, key), attention.additive(w_query, w_key, v)(query, key))


def test_hard_takes_the_first_of_equals_and_straight_through_keeps_the_soft_gradient():
    scores = torch.tensor([1.0, 4.0, 4.0, -2.0], dtype=torch.float64, requires_grad=True)
    assert [w.item() for w in attention.hard(list(scores))] == [0.0, 1.0, 0.0, 0.0]
    through = torch.stack(attention.hard_straight_through(list(scores)))
    assert_close(through.detach(), torch.tensor([0.0, 1.0, 0.0, 0.0], dtype=torch.float64))
    wanted = draw(4)
    (mine,) = torch.autograd.grad((through * wanted).sum(), scores)
    (theirs,) = torch.autograd.grad((torch.softmax(scores, 0) * wanted).sum(), scores)
    assert_close(mine, theirs)


def test_a_row_in_which_nothing_may_be_looked_at_is_zero():
    nobody = torch.zeros(BATCH, KEY, dtype=torch.bool)
    keys = draw(BATCH, KEY, WIDTH)
    context, weights = attention.attend(attention.dot(), attention.soft, draw(BATCH, QUERY, WIDTH), keys, keys, nobody)
    assert_close(context, torch.zeros(BATCH, QUERY, WIDTH, dtype=torch.float64))
    assert_close(weights, torch.zeros(BATCH, QUERY, KEY, dtype=torch.float64))


@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize(("cell", "module"), [("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)])
def test_encoder_is_pytorchs(cell: str, module: type[nn.RNN | nn.GRU | nn.LSTM], directions: int):
    layers, d_in, width, steps = 3, 7, 5, 4
    theirs = module(
        input_size=d_in, hidden_size=width, num_layers=layers, bidirectional=directions == 2, dtype=torch.float64
    )
    xs = draw(steps, d_in)
    outputs, states = recurrent.encode(cell, layers_of(theirs, layers, directions), list(xs))
    expected, last = theirs(xs)
    assert_close(torch.stack(outputs), expected)
    # PyTorch: (layer, direction) rows; ours: a layer's directions side by side.
    for i, tensor in enumerate(last if cell == "lstm" else (last,)):
        assert_close(torch.stack([state[i] for state in states]), tensor.reshape(layers, directions * width))


def layers_of(module: nn.RNNBase, layers: int, directions: int) -> list[list[dict[str, Tensor]]]:
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    endings = ("", "_reverse")[:directions]
    return [
        [{name: getattr(module, f"{name}_l{layer}{end}") for name in names} for end in endings]
        for layer in range(layers)
    ]


def test_reset_before_and_after_the_product_differ_and_agree_where_the_matrix_is_diagonal():
    width = 5
    p = {"weight_ih": draw(15, 7), "weight_hh": draw(15, width), "bias_ih": draw(15), "bias_hh": draw(15, seed=1)}
    x, state = draw(7), (draw(width),)
    (after,), (before,) = recurrent.gru(p, x, state), recurrent.gru_reset_before(p, x, state)
    assert (after - before).abs().max() > 1e-2
    # A diagonal U commutes with the gate, and a bias of zero is not gated: the two orders are then the same.
    p["weight_hh"] = torch.cat([p["weight_hh"][:10], torch.diag(draw(width))])
    p["bias_hh"] = torch.cat([p["bias_hh"][:10], torch.zeros(width, dtype=torch.float64)])
    assert_close(recurrent.gru(p, x, state), recurrent.gru_reset_before(p, x, state))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_is_pytorchs_cross_entropy(smoothing: float):
    logits = draw(7) * 50
    expected = nn.functional.cross_entropy(logits, torch.tensor(3), label_smoothing=smoothing)
    assert_close(decoder.smoothed_loss(logits, 3, smoothing), expected)


def test_one_step_of_the_decoder_worked_out_with_numbers():
    """Width 1, two words, every number plain: the wiring is the formula's, not merely equal to another program's."""
    p = {
        "embedding": column(0.5, -1.0),
        "cell.0.weight_ih.embedding": column(2.0),
        "cell.0.weight_ih.context": column(3.0),
        "cell.0.weight_hh": column(-1.0),
        "cell.0.bias_ih": column(0.1).flatten(),
        "cell.0.bias_hh": column(0.2).flatten(),
        "readout.state": column(1.5),
        "readout.context": column(-0.5),
        "readout.embedding": column(0.25),
        "readout.bias": column(0.05).flatten(),
        "vocabulary.weight": column(1.0, -2.0),
        "vocabulary.bias": column(0.0, 0.3).flatten(),
    }
    start, context = 0.7, 0.4
    state = torch.tanh(column(2.0 * -1.0 + 3.0 * context + 0.1 - 1.0 * start + 0.2))
    readout = torch.tanh(1.5 * state - 0.5 * context + 0.25 * -1.0 + 0.05)
    expected = torch.cat([readout.flatten(), -2.0 * readout.flatten() + 0.3])

    seen: list[float] = []

    def look(query: Tensor) -> tuple[Tensor, Tensor]:
        seen.append(query.item())
        return column(context).flatten(), column(1.0).flatten()

    begin = (column(start).flatten(),)
    written = decoder.decode(decoder.Kind("rnn", "attention", "previous-state"), p, [1], [begin], look=look)
    assert seen == [start]
    assert_close(written.logits[0], expected)


def column(*numbers: float) -> Tensor:
    return torch.tensor([[number] for number in numbers], dtype=torch.float64)
