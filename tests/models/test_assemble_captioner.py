"""From image to text: it learns what it must, nothing depends on the batch, and what does not fit is refused."""

from typing import Any

import pytest
import torch
from torch.testing import assert_close

from saccade.data.batches import padded
from saccade.data.text_image_batches import TextImageBatch
from saccade.errors import OptionError
from saccade.models import (
    AttentionOptions,
    DecoderOptions,
    Embeddings,
    ReaderOptions,
    RecurrentOptions,
    SequenceToSequence,
    assemble_captioner,
)
from saccade.search import beam, greedy

BEGIN, END = 1, 2
CONVNET = ("convnet", {"depth": 8, "width": 3})
SIZE = (11, 23)
READERS = {
    "grid": ReaderOptions(CONVNET),
    "columns": ReaderOptions(CONVNET, columns="max"),
    "states": ReaderOptions(CONVNET, columns="stack", recurrent=RecurrentOptions(5)),
    "items": ReaderOptions(CONVNET, columns="mean", recurrent=RecurrentOptions(5, values="items")),
    "gate": ReaderOptions(CONVNET, gate=("spatial", {"kernel_size": 3})),
    "patches": ReaderOptions(("patches", {"patch": 5, "d_model": 8, "heads": 2, "layers": 1})),
    "residual-attention": ReaderOptions(("residual-attention", {"width": 4}), columns="mean"),
}


def tiny(reader: str = "states", **options: Any) -> SequenceToSequence:
    torch.manual_seed(5)
    parts: dict[str, Any] = {"decoder": DecoderOptions(d_state=7), "embeddings": Embeddings(d_embedding=3)}
    size = (32, 64) if reader == "residual-attention" else SIZE
    return assemble_captioner(13, reader=READERS[reader], size=size, **(parts | options))


def batch(lengths: tuple[int, ...], size: tuple[int, int] = SIZE) -> TextImageBatch:
    generator = torch.Generator().manual_seed(sum(lengths))
    images = torch.randint(0, 256, (len(lengths), 3, *size), dtype=torch.uint8, generator=generator)
    rows = [[BEGIN, *(3 + (place * 7 + length) % 10 for place in range(length)), END] for length in lengths]
    return TextImageBatch(images, *padded(rows))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("context", ["initial", "every-step", "attention"])
def test_gradients_reach_every_parameter(reader: str, context: str) -> None:
    model = tiny(reader, decoder=DecoderOptions(d_state=7, context=context))  # pyright: ignore[reportArgumentType]
    model(batch((5, 2), (32, 64) if reader == "residual-attention" else SIZE)).total.backward()
    unreached = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    assert unreached == []


@pytest.mark.parametrize("reader", ["grid", "states", "items"])
@pytest.mark.parametrize("query", ["previous-state", "current-state"])
@pytest.mark.parametrize("gated", [False, True])
def test_an_answer_does_not_depend_on_its_batch(reader: str, query: str, gated: bool) -> None:
    decoder = DecoderOptions(d_state=7, query=query)  # pyright: ignore[reportArgumentType]
    model = tiny(reader, decoder=decoder, gated_context=gated).double().eval()
    images = batch((3, 5, 2)).images
    with torch.no_grad():
        together = beam(model.read(images, None), begin=BEGIN, end=END, max_lengths=[9] * 3, beam=3, n_best=2)
        for place in range(3):
            step = model.read(images[place : place + 1], None)
            [alone] = beam(step, begin=BEGIN, end=END, max_lengths=[9], beam=3, n_best=2)
            for ours, theirs in zip(together[place], alone, strict=True):
                assert ours.tokens == theirs.tokens
                assert ours.score == pytest.approx(theirs.score, abs=1e-10)
                assert ours.weights is not None
                assert theirs.weights is not None
                assert_close(ours.weights, theirs.weights, atol=1e-10, rtol=0)


@pytest.mark.parametrize("heads", [1, 2])
def test_the_penalty_is_added_to_the_loss_alone(heads: int) -> None:
    attention, decoder = AttentionOptions(heads=heads), DecoderOptions(d_state=8)
    plain = tiny(attention=attention, decoder=decoder).eval()
    even = tiny(attention=attention, decoder=decoder, doubly_stochastic=0.5).eval()
    rows = batch((5, 2))
    bare, with_penalty = plain(rows), even(rows)
    assert_close(with_penalty.log_prob, bare.log_prob)
    remembered = plain.remember(rows.source, None)
    decoded, _ = plain.decoder(rows.target[:, :-1], remembered.start, remembered)
    assert decoded.weights is not None
    looks = decoded.weights.mean(1) if heads > 1 else decoded.weights
    seen = [looks[0].sum(0), looks[1, : int(rows.target_mask[1].sum()) - 1].sum(0)]
    penalty = sum(((1 - one) ** 2).sum() for one in seen)
    assert_close(with_penalty.total - bare.total, 0.5 * penalty)


def test_layers_start_from_the_mean_of_the_grid() -> None:
    model = tiny("grid", decoder=DecoderOptions(d_state=7, cell="lstm", layers=2))
    encoded = model.encoder(batch((3, 2)).images, None)
    assert len(encoded.states) == 2
    assert_close(encoded.states[1][0], encoded.memory.values.mean(1))
    assert [len(layer) for layer in model.remember(batch((3, 2)).images, None).start.layers] == [2, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reader": ReaderOptions(("convnett", {}))}, r"`encoder.kind` is 'convnett'.*Did you mean `convnet`"),
        ({"reader": ReaderOptions(CONVNET, recurrent=RecurrentOptions(5))}, "`columns` is not set"),
        (
            {"reader": ReaderOptions(CONVNET, columns="mean", recurrent=RecurrentOptions(5, layers=2))},
            "`recurrent.layers` is 2 and `decoder.layers` is 1",
        ),
        (
            {"reader": ReaderOptions(CONVNET, columns="mean", recurrent=RecurrentOptions(5, cell="grru"))},
            r"`recurrent.cell` is 'grru'.*Did you mean `gru`",
        ),
        ({"embeddings": Embeddings(3, tie="all")}, r"`embeddings.tie` is 'all'.*Allowed: decoder, none"),
        ({"embeddings": Embeddings(3, tie="decoder"), "decoder": DecoderOptions(7, d_readout=5)}, "must be as wide as"),
        ({"gated_context": True, "decoder": DecoderOptions(7, context="initial")}, "`gated_context` is about looks"),
        (
            {"doubly_stochastic": 0.1, "decoder": DecoderOptions(7, context="every-step")},
            "`doubly_stochastic` is about looks",
        ),
        ({"doubly_stochastic": -0.1}, "`doubly_stochastic` must be 0 or more"),
        ({"size": (2, 23)}, "`size` is 2×23 pixels"),
    ],
)
def test_parts_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        assemble_captioner(13, **({"reader": READERS["states"], "size": SIZE} | options))


def stripes(count: int, generator: torch.Generator) -> tuple[TextImageBatch, list[list[int]]]:
    """Images of up to four stripes of three colours from left to right, and the colours as tokens."""
    images = torch.full((count, 3, 8, 32), 30, dtype=torch.uint8)
    rows = []
    for image in images:
        length = int(torch.randint(1, 5, (), generator=generator))
        colours = torch.randint(0, 3, (length,), generator=generator).tolist()
        for place, colour in enumerate(colours):
            image[colour, :, 8 * place : 8 * place + 6] = 230
        rows.append([BEGIN, *(3 + colour for colour in colours), END])
    return TextImageBatch(images, *padded(rows)), [row[1:-1] for row in rows]


def test_learns_to_read_stripes_and_looks_at_the_one_it_writes() -> None:
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    reader = ReaderOptions(
        ("convnet", {"depth": 8, "width": 8}), columns="mean", recurrent=RecurrentOptions(16, values="items")
    )
    model = assemble_captioner(
        6, reader=reader, decoder=DecoderOptions(d_state=24), embeddings=Embeddings(d_embedding=8), size=(8, 32)
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=160)
    for _ in range(160):
        rows, _ = stripes(32, generator)
        loss = model(rows)
        optimiser.zero_grad()
        (loss.total / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    model.eval()
    rows, wanted = stripes(53, generator)
    with torch.no_grad():
        found = [one[0] for one in greedy(model.read(rows.images, None), begin=BEGIN, end=END, max_lengths=[9] * 53)]
    right = [one.tokens[:-1] == colours for one, colours in zip(found, wanted, strict=True)]
    assert sum(right) >= 51
    boxes = model.encoder.boxes(8, 32)
    near = [
        8 * place - 4 <= boxes[int(one.weights[place].argmax())].left < 8 * place + 8
        for one, colours in zip(found, wanted, strict=True)
        if one.weights is not None and len(one.tokens) == len(colours) + 1
        for place in range(len(colours))
    ]
    assert sum(near) >= 0.9 * len(near)
