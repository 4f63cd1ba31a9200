"""The textbook model of the benchmarks computes what it says: loss, gradients and search, against the slow loops."""

import pytest
import torch
from benchmarks.textbook import BEGIN, END, Sentences, Sizes, Textbook, batches, beam_search, greedy, pad, training_step
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.models.assemble import assemble
from saccade.models.options import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions

from . import attention
from .comparing import draw
from .decoder import Kind, Written, decode, log_prob
from .recurrent import State, encode

SIZES = Sizes(source_types=17, target_types=13, d_embedding=3, d_encoder=5, d_decoder=7, d_attention=11, d_readout=19)
SOURCES = [[4, 9, 16, 5, END], [7, END], [12, 3, 3, END]]
TARGETS = [[BEGIN, 5, 6, END], [BEGIN, 12, 4, 8, 9, 4, END], [BEGIN, END]]
KIND = Kind("gru", "attention", "previous-state")


@pytest.fixture
def model() -> Textbook:
    torch.manual_seed(7)
    return Textbook(SIZES).double()


def gru_parameters(module: nn.Module, ending: str) -> dict[str, Tensor]:
    return {name: getattr(module, name + ending) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}


def decoder_parameters(model: Textbook) -> dict[str, Tensor]:
    d, e, c = SIZES.d_decoder, SIZES.d_embedding, 2 * SIZES.d_encoder
    cell = model.decoder.cell
    read_e, read_c = cell.weight_ih.split([e, c], dim=1)
    out_s, out_c, out_e = model.decoder.readout.weight.split([d, c, e], dim=1)
    return {
        "embedding": model.decoder.embedding.weight,
        "cell.0.weight_ih.embedding": read_e,
        "cell.0.weight_ih.context": read_c,
        "cell.0.weight_hh": cell.weight_hh,
        "cell.0.bias_ih": cell.bias_ih,
        "cell.0.bias_hh": cell.bias_hh,
        "readout.state": out_s,
        "readout.context": out_c,
        "readout.embedding": out_e,
        "readout.bias": model.decoder.readout.bias,
        "vocabulary.weight": model.decoder.vocabulary.weight,
        "vocabulary.bias": model.decoder.vocabulary.bias,
    }


def write(model: Textbook, source: list[int], words: list[int]) -> Written:
    """Read a source and write after the given words, by the oracle."""
    encoder, looker = model.encoder, model.decoder.attention
    layer = [gru_parameters(encoder.gru, "_l0"), gru_parameters(encoder.gru, "_l0_reverse")]
    outputs, states = encode("gru", [layer], [encoder.embedding.weight[word] for word in source])
    memory = torch.stack(outputs)
    assert isinstance(encoder.bridge, nn.Sequential)
    linear = encoder.bridge[0]
    assert isinstance(linear, nn.Linear)
    bridged = torch.tanh(attention.product(linear.weight, states[0][0]) + linear.bias)
    first: list[State] = [(bridged,)]
    score = attention.additive(looker.query.weight, looker.key.weight, looker.score.weight[0])

    def look(query: Tensor) -> tuple[Tensor, Tensor]:
        return attention.look(score, attention.soft, query, memory, memory, [True] * len(source))

    return decode(KIND, decoder_parameters(model), words, first, look=look)


def sentence_log_prob(model: Textbook, source: list[int], target: list[int]) -> Tensor:
    logits = write(model, source, target[:-1]).logits
    return torch.stack([log_prob(step, word) for step, word in zip(logits, target[1:], strict=True)]).sum()


def test_loss_and_every_gradient_of_a_padded_batch(model: Textbook):
    loss = model(pad(SOURCES), pad(TARGETS))
    words = sum(len(target) - 1 for target in TARGETS)
    total = torch.stack([sentence_log_prob(model, s, t) for s, t in zip(SOURCES, TARGETS, strict=True)]).sum()
    assert_close(loss, -total / words)
    parameters = list(model.parameters())
    names = [name for name, _ in model.named_parameters()]
    mine = torch.autograd.grad(loss, parameters)
    theirs = torch.autograd.grad(-total / words, parameters)
    assert_close(dict(zip(names, mine, strict=True)), dict(zip(names, theirs, strict=True)))


@pytest.mark.parametrize("sizes", [SIZES, Sizes(), Sizes(d_encoder=128)], ids=["small", "measured", "bridged"])
def test_as_many_parameters_as_the_toolkits_model(sizes: Sizes):
    with torch.device("meta"):
        theirs = assemble(
            sizes.source_types,
            sizes.target_types,
            encoder=EncoderOptions(d_state=sizes.d_encoder),
            decoder=DecoderOptions(d_state=sizes.d_decoder, d_readout=sizes.d_readout),
            attention=AttentionOptions(score_options={"d_score": sizes.d_attention}),
            embeddings=Embeddings(sizes.d_embedding),
        )
        mine = Textbook(sizes)
    assert sum(p.numel() for p in mine.parameters()) == sum(p.numel() for p in theirs.parameters())


def test_a_step_makes_the_loss_smaller_and_counts_words_without_padding(model: Textbook):
    model = model.float()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = [training_step(model, optimiser, pad(SOURCES), pad(TARGETS)) for _ in range(5)]
    assert [count for _, count in losses] == [10] * 5
    assert losses[-1][0] < losses[0][0]


def test_greedy_takes_the_likeliest_word_and_a_beam_of_one_is_greedy(model: Textbook):
    found = greedy(model, pad(SOURCES), max_length=6)
    for source, words in zip(SOURCES, found, strict=True):
        logits = write(model, source, [BEGIN, *words]).logits
        best = [int(step.argmax()) for step in logits]
        assert best[: len(words)] == words
        assert len(words) == 6 or best[len(words)] == END
    assert beam_search(model, pad(SOURCES), max_length=6, beam=1) == found


@pytest.mark.parametrize("beam", [2, 5])
@pytest.mark.parametrize("scale", [0.7, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_beam_search_finds_what_a_search_with_lists_finds(model: Textbook, seed: int, scale: float, beam: int):
    with torch.no_grad():
        for i, parameter in enumerate(model.parameters()):
            parameter.copy_(scale * draw(*parameter.shape, seed=100 * seed + i))
        model.decoder.vocabulary.bias[[0, BEGIN, *range(6, SIZES.target_types)]] = -1e3
    expected = [search_with_lists(model, source, [END, 3, 4, 5], beam, longest=5) for source in SOURCES]
    assert beam_search(model, pad(SOURCES), max_length=5, beam=beam) == expected


def search_with_lists(model: Textbook, source: list[int], types: list[int], beam: int, longest: int) -> list[int]:
    """Search one sentence with plain lists, the model started anew for every beginning."""
    kept: list[tuple[float, list[int]]] = [(0.0, [])]
    for _ in range(longest):
        ended = [(score, words) for score, words in kept if words[-1:] == [END]]
        longer = []
        for score, words in kept:
            if words[-1:] != [END]:
                after = next_log_probs(model, source, words)
                longer += [(score + after[word], [*words, word]) for word in types]
        kept = sorted(ended + longer, reverse=True)[:beam]
    _, best = max(kept, key=lambda scored: scored[0] / len(scored[1]))
    return [word for word in best if word != END]


@torch.no_grad()
def next_log_probs(model: Textbook, source: list[int], words: list[int]) -> list[float]:
    """Give the log-probability of each next word by the model itself, which another test holds against the oracle."""
    memory, state = model.encoder(pad([source]))
    logits = model.decoder(torch.tensor([[BEGIN, *words]]), state, memory, pad([source]).mask)
    return torch.log_softmax(logits[0, -1], dim=0).tolist()


def test_an_epoch_holds_every_pair_once_and_pads_to_the_longest():
    sources = [[n + 3] * (n % 5 + 1) for n in range(11)]
    seen: list[int] = []
    for source, target in batches(sources, sources, size=4, seed=3):
        assert isinstance(source, Sentences)
        assert source.ids.shape[1] == int(source.lengths.max())
        assert_close(source, target)
        assert_close(source.mask, source.ids != 0)
        seen += source.ids[:, 0].tolist()
    assert sorted(seen) == [row[0] for row in sources]
    assert seen != sorted(seen)
