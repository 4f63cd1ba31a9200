"""Answering: sentences per second, greedy and with a beam of 5, beside the textbook with the same weights."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import torch
from benchmarks.textbook import Sentences, Sizes, Textbook, beam_search, greedy, pad
from torch import nn

import saccade
from saccade.data.sets import SETS
from saccade.models import SequenceToSequence
from saccade.run.text_to_text.answers import Answerer

COMPARED = 300
ROUNDS = 3


def measure(run: Path) -> str:
    """Answer test_2016 with a trained run of multi30k-en-de; give the table."""
    model = saccade.load(run)
    texts = list(SETS["multi30k"]("test", source="en", target="de").source)
    theirs = as_textbook(model.network)
    lines = [
        f"| | saccade, all {len(texts):,} | saccade, first {COMPARED} | textbook, the same | × |",
        "|---|---|---|---|---|",
    ]
    for name, beam in (("greedy", 1), ("beam 5", 5)):
        search = model.recipe.search.model_copy(update={"kind": "greedy" if beam == 1 else "beam", "beam": beam})
        answerer = Answerer(model.network, model.tokenizers, search)
        ours, others = _compared(answerer, theirs, texts[:COMPARED], beam)
        whole = median(_rate(lambda a=answerer: list(a(texts)), len(texts)) for _ in range(ROUNDS))
        ratio = median(mine / other for mine, other in zip(ours, others, strict=True))
        lines.append(f"| {name} | {whole:,.0f} | {median(ours):,.0f} | {median(others):,.0f} | {ratio:.1f} |")
    return "\n".join(lines)


def _compared(answerer: Answerer, theirs: Textbook, texts: list[str], beam: int) -> tuple[list[float], list[float]]:
    """Sentences a second of both, one after the other in each round."""
    rows = [encoding.ids for encoding in answerer.tokenizers.source.encode_batch(texts)]
    ours, others = [], []
    for _ in range(ROUNDS):
        ours.append(_rate(lambda: list(answerer(texts)), len(texts)))
        others.append(_rate(lambda: _answer(theirs, rows, beam), len(texts)))
    return ours, others


def as_textbook(network: SequenceToSequence) -> Textbook:
    """The textbook's model with the same weights: it says the same."""
    encoder, decoder = network.encoder, network.decoder
    assert decoder.attention is not None
    assert decoder.from_context is not None
    d_encoder = encoder.d_memory // 2
    mix, score = decoder.readout.mix, decoder.attention.score
    theirs = Textbook(
        Sizes(
            encoder.embedding.num_embeddings,
            decoder.embedding.num_embeddings,
            encoder.embedding.embedding_dim,
            d_encoder,
            mix.in_features - encoder.d_memory - encoder.embedding.embedding_dim,
            len(score.v),
            mix.out_features,
        )
    ).eval()
    pairs: list[tuple[torch.Tensor, torch.Tensor]] = [
        (theirs.encoder.embedding.weight, encoder.embedding.weight),
        (theirs.decoder.embedding.weight, decoder.embedding.weight),
        (theirs.decoder.attention.query.weight, score.project_query.weight),
        (theirs.decoder.attention.key.weight, score.project_key.weight),
        (theirs.decoder.attention.score.weight, score.v[None]),
        (theirs.decoder.cell.weight_ih, torch.cat([decoder.cells[0].input.weight, decoder.from_context.weight], 1)),
        *_linears(theirs.decoder.readout, mix),
        *_linears(theirs.decoder.vocabulary, network.vocabulary),
    ]
    for ending, cell in zip(("_l0", "_l0_reverse"), encoder.layers[0], strict=True):
        pairs += _cells(theirs.encoder.gru, ending, cell)
    pairs += _cells(theirs.decoder.cell, "", decoder.cells[0])[1:]
    if isinstance(theirs.encoder.bridge, nn.Sequential):
        pairs += _linears(theirs.encoder.bridge[0], decoder.bridge.layers[0][0])
    for mine, given in pairs:
        mine.data.copy_(given)
    return theirs


def _linears(mine: nn.Linear, given: nn.Linear) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [(mine.weight, given.weight), (mine.bias, given.bias)]


def _cells(mine: nn.Module, ending: str, cell: nn.Module) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [
        (getattr(mine, "weight_ih" + ending), cell.input.weight),
        (getattr(mine, "weight_hh" + ending), cell.recurrent.weight),
        (getattr(mine, "bias_ih" + ending), cell.input.bias),
        (getattr(mine, "bias_hh" + ending), cell.recurrent.bias),
    ]


def _answer(model: Textbook, rows: Sequence[Sequence[int]], beam: int) -> None:
    for start in range(0, len(rows), 64):
        source: Sentences = pad(rows[start : start + 64])
        longest = 2 * source.ids.shape[1] + 10
        if beam == 1:
            greedy(model, source, longest)
        else:
            beam_search(model, source, longest, beam)


def _rate(call: Callable[[], object], sentences: int) -> float:
    began = time.perf_counter()
    call()
    return sentences / (time.perf_counter() - began)
