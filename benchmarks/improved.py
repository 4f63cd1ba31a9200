"""The textbook's model with each of the toolkit's improvements switched on alone, to see what each is worth."""

from collections.abc import Callable
from typing import Literal

import torch
from benchmarks.textbook import PAD, Sentences, Textbook
from torch import Tensor, nn
from torch.nn import functional

from saccade.attention.scores import Additive
from saccade.cells import Repeated
from saccade.decoders import VocabularyOutput

Improvement = Literal["keys once", "gates hoisted", "readout hoisted", "weight gradients once", "real positions only"]
IMPROVEMENTS: tuple[Improvement, ...] = (
    "keys once",
    "gates hoisted",
    "readout hoisted",
    "weight gradients once",
    "real positions only",
)
"""Beside these, two need no change of the model: batches by length, and the score without its inner tensor kept."""


def loss_with(on: Improvement, model: Textbook, source: Sentences, target: Sentences) -> Tensor:
    """The mean cross-entropy of a target word, as `Textbook.forward` gives it, with one improvement.

    Args:
        on: `keys once`: keys are projected before the first step. `gates hoisted`: the embedding's part of the gates
            is one product over all steps. `readout hoisted`: so is the readout. `weight gradients once`: the gradient
            of the recurrent weights is one product over all steps. `real positions only`: the vocabulary's product
            and log-softmax skip padding, in one pass over the logits.
        model: The textbook's, with its weights.
        source: What is read.
        target: What is to be written.
    """
    decoder, attention = model.decoder, model.decoder.attention
    memory, state = model.encoder(source)
    mask = source.mask
    embedded = decoder.dropout(decoder.embedding(target.ids[:, :-1]))
    keys = attention.key(memory) if on == "keys once" else None
    step = _cell(decoder.cell, embedded, hoisted=on == "gates hoisted", once=on == "weight gradients once")
    states, contexts, readouts = [], [], []
    for place in range(embedded.shape[1]):
        projected = attention.key(memory) if keys is None else keys
        scores = attention.score(torch.tanh(attention.query(state)[:, None] + projected)).squeeze(2)
        weights = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=1)
        context = torch.bmm(weights[:, None], memory).squeeze(1)
        state = step(place, context, state)
        states.append(state)
        contexts.append(context)
        if on != "readout hoisted":
            readouts.append(torch.tanh(decoder.readout(torch.cat([state, context, embedded[:, place]], dim=1))))
    if on == "readout hoisted":
        seen = [torch.stack(states, dim=1), torch.stack(contexts, dim=1), embedded]
        features = torch.tanh(decoder.readout(torch.cat(seen, dim=2)))
    else:
        features = torch.stack(readouts, dim=1)
    return _cross_entropy(on, model, decoder.dropout(features), target.ids[:, 1:])


def _cross_entropy(on: Improvement, model: Textbook, features: Tensor, goal: Tensor) -> Tensor:
    vocabulary = model.decoder.vocabulary
    if on == "real positions only":
        return -VocabularyOutput(features, vocabulary).log_probs(goal, goal != PAD).chosen.mean()
    log_probs = torch.log_softmax(vocabulary(features), dim=2)
    return functional.nll_loss(log_probs.flatten(0, 1), goal.flatten(), ignore_index=PAD)


def _cell(cell: nn.GRUCell, embedded: Tensor, *, hoisted: bool, once: bool) -> Callable[[int, Tensor, Tensor], Tensor]:
    """One step of the decoder's cell: as it is, or with one of the two improvements."""
    width = embedded.shape[2]
    if not hoisted and not once:
        return lambda place, context, state: cell(torch.cat([embedded[:, place], context], dim=1), state)
    from_state, from_inputs = _linear(cell.weight_hh, cell.bias_hh), _linear(cell.weight_ih, cell.bias_ih)
    if hoisted:
        from_embedded = functional.linear(embedded, cell.weight_ih[:, :width], cell.bias_ih).unbind(1)
        of_context = cell.weight_ih[:, width:]
        return lambda place, context, state: _advance(
            from_embedded[place] + functional.linear(context, of_context), from_state(state), state
        )
    repeated, recurrent = Repeated(from_inputs), Repeated(from_state)
    return lambda place, context, state: _advance(
        repeated(torch.cat([embedded[:, place], context], dim=1)), recurrent(state), state
    )


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    """A layer of parameters that are already there."""
    with torch.device("meta"):
        linear = nn.Linear(weight.shape[1], weight.shape[0])
    assert isinstance(weight, nn.Parameter)
    assert isinstance(bias, nn.Parameter)
    linear.weight, linear.bias = weight, bias
    return linear


def _advance(from_input: Tensor, from_state: Tensor, state: Tensor) -> Tensor:
    """The GRU's own arithmetic, by autograd."""
    reset_i, update_i, new_i = from_input.chunk(3, dim=1)
    reset_s, update_s, new_s = from_state.chunk(3, dim=1)
    update = torch.sigmoid(update_i + update_s)
    candidate = torch.tanh(new_i + torch.sigmoid(reset_i + reset_s) * new_s)
    return candidate + update * (state - candidate)


def without_inner_tensor(model: Textbook) -> Textbook:
    """The same model whose score is the toolkit's, which never keeps the tensor (batch, key, d_attention)."""
    attention = model.decoder.attention
    score = Additive(attention.query.in_features, attention.key.in_features, attention.key.out_features)
    score.project_query, score.project_key = attention.query, attention.key
    score.v = nn.Parameter(attention.score.weight.data[0])

    def look(state: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        scores = score(state[:, None], score.prepare(memory)).squeeze(1)
        weights = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=1)
        return torch.bmm(weights[:, None].to(memory.dtype), memory).squeeze(1)

    attention.forward = look
    return model
