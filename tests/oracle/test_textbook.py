"""The textbook model of the benchmarks computes what it says: loss, gradients and search, against the slow loops."""

from itertools import product as every

import pytest
import torch
from benchmarks.textbook import BEGIN, END, Sentences, Sizes, Textbook, batches, beam_search, greedy, pad, training_step
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.models.assemble import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, assemble

from . import attention
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


def test_a_beam_as_wide_as_everything_finds_the_best_of_all_sentences(model: Textbook):
    # Three letters and END are left, so that every sentence of up to three words can be tried.
    with torch.no_grad():
        model.decoder.vocabulary.bias[6:] = -1e3
        model.decoder.vocabulary.bias[[0, BEGIN]] = -1e3
        model.decoder.vocabulary.bias[END] = 1.0
    letters = [3, 4, 5]
    found = beam_search(model, pad(SOURCES), max_length=3, beam=4**3)
    for source, words in zip(SOURCES, found, strict=True):
        candidates = [[*head, END] for n in range(3) for head in every(letters, repeat=n)]
        candidates += [list(head) for head in every(letters, repeat=3)]
        scores = [sentence_log_prob(model, source, [BEGIN, *row]).item() / len(row) for row in candidates]
        best = candidates[scores.index(max(scores))]
        assert words == [word for word in best if word != END]


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
