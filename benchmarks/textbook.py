"""The same model as a good tutorial would write it: what Saccade's speed is measured against.

Bahdanau, Cho, Bengio 2015 (arXiv:1409.0473) in plain PyTorch, competent and unhurried: `nn.GRU` over a packed batch
reads, an `nn.GRUCell` in a loop writes, additive attention is four lines. It does on purpose what tutorials do and what
the toolkit does otherwise:

- batches of random sentences, padded to the longest;
- the keys are projected at every step of the decoder;
- the gates' product with the embedding is made at every step;
- the vocabulary product and the log-softmax run over all positions, padding too.

Nothing is slowed down: it is what a reader would write without thinking of speed, but without a mistake either. Its
parameters are as many as those of the toolkit's model of the same sizes.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PAD, BEGIN, END = 0, 1, 2


@final
@dataclass(frozen=True)
class Sizes:
    """How wide each part is; the default is the model that the peers were measured with."""

    source_types: int = 8000
    target_types: int = 8000
    d_embedding: int = 256
    d_encoder: int = 256
    d_decoder: int = 512
    d_attention: int = 512
    d_readout: int = 512
    dropout: float = 0.0


# --- batches ----------------------------------------------------------------------------------------------------------


class Sentences(NamedTuple):
    """Sentences padded to the longest of them: ids (batch, length) and how long each is (batch,)."""

    ids: Tensor
    lengths: Tensor

    @property
    def mask(self) -> Tensor:
        """True at words, False at padding: (batch, length)."""
        return torch.arange(self.ids.shape[1])[None, :] < self.lengths[:, None]


def pad(rows: Sequence[Sequence[int]]) -> Sentences:
    """Pad lists of ids to the longest one."""
    ids = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=PAD)
    return Sentences(ids, torch.tensor([len(row) for row in rows]))


def batches(
    sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], size: int, seed: int
) -> Iterator[tuple[Sentences, Sentences]]:
    """Give one epoch of shuffled batches.

    Args:
        sources: Ids of each source sentence, ending with END.
        targets: Ids of each target sentence, from BEGIN to END.
        size: Pairs a batch.
        seed: Of the shuffling.
    """
    order = list(range(len(sources)))
    random.Random(seed).shuffle(order)
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        yield pad([sources[i] for i in rows]), pad([targets[i] for i in rows])


# --- the model --------------------------------------------------------------------------------------------------------


@final
class Encoder(nn.Module):
    """Read a sentence from both sides."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.embedding = nn.Embedding(sizes.source_types, sizes.d_embedding, padding_idx=PAD)
        self.dropout = nn.Dropout(sizes.dropout)
        self.gru = nn.GRU(sizes.d_embedding, sizes.d_encoder, batch_first=True, bidirectional=True)
        # Where the widths agree the decoder starts from the last states themselves, as the toolkit's model does.
        d_last = 2 * sizes.d_encoder
        learnt = nn.Sequential(nn.Linear(d_last, sizes.d_decoder), nn.Tanh())
        self.bridge = nn.Identity() if d_last == sizes.d_decoder else learnt

    def forward(self, source: Sentences) -> tuple[Tensor, Tensor]:
        """Give the annotation of each word (batch, key, 2·d_encoder) and the decoder's first state."""
        embedded = self.dropout(self.embedding(source.ids))
        packed = nn.utils.rnn.pack_padded_sequence(embedded, source.lengths, batch_first=True, enforce_sorted=False)
        outputs, last = self.gru(packed)
        memory, _ = nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True)
        return memory, self.bridge(torch.cat([last[0], last[1]], dim=1))


@final
class AdditiveAttention(nn.Module):
    """Look with the decoder's state over the memory: v·tanh(W s + U h), softmax over the words."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.query = nn.Linear(sizes.d_decoder, sizes.d_attention, bias=False)
        self.key = nn.Linear(2 * sizes.d_encoder, sizes.d_attention, bias=False)
        self.score = nn.Linear(sizes.d_attention, 1, bias=False)

    def forward(self, state: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Give the context (batch, 2·d_encoder) of a state (batch, d_decoder)."""
        scores = self.score(torch.tanh(self.query(state)[:, None] + self.key(memory))).squeeze(2)
        weights = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=1)
        return torch.bmm(weights[:, None], memory).squeeze(1)


@final
class Decoder(nn.Module):
    """Write a sentence word by word, looking before each."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        d_memory = 2 * sizes.d_encoder
        self.embedding = nn.Embedding(sizes.target_types, sizes.d_embedding, padding_idx=PAD)
        self.dropout = nn.Dropout(sizes.dropout)
        self.attention = AdditiveAttention(sizes)
        self.cell = nn.GRUCell(sizes.d_embedding + d_memory, sizes.d_decoder)
        self.readout = nn.Linear(sizes.d_decoder + d_memory + sizes.d_embedding, sizes.d_readout)
        self.vocabulary = nn.Linear(sizes.d_readout, sizes.target_types)

    def step(self, word: Tensor, state: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read the previous words (batch,); give the readout (batch, d_readout) and the new state."""
        embedded = self.dropout(self.embedding(word))
        context = self.attention(state, memory, mask)
        state = self.cell(torch.cat([embedded, context], dim=1), state)
        readout = torch.tanh(self.readout(torch.cat([state, context, embedded], dim=1)))
        return self.dropout(readout), state

    def forward(self, target: Tensor, state: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Give the logits (batch, target, vocab) after each of the given words (batch, target)."""
        readouts = []
        for i in range(target.shape[1]):
            readout, state = self.step(target[:, i], state, memory, mask)
            readouts.append(readout)
        return self.vocabulary(torch.stack(readouts, dim=1))


@final
class Textbook(nn.Module):
    """A bidirectional GRU reads, a GRU with additive attention writes."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.encoder = Encoder(sizes)
        self.decoder = Decoder(sizes)

    def forward(self, source: Sentences, target: Sentences) -> Tensor:
        """Give the mean cross-entropy of a target word, in nats."""
        memory, state = self.encoder(source)
        logits = self.decoder(target.ids[:, :-1], state, memory, source.mask)
        log_probs = torch.log_softmax(logits, dim=2)
        return F.nll_loss(log_probs.flatten(0, 1), target.ids[:, 1:].flatten(), ignore_index=PAD)


# --- training ---------------------------------------------------------------------------------------------------------


def training_step(
    model: Textbook,
    optimiser: torch.optim.Optimizer,
    source: Sentences,
    target: Sentences,
    precision: torch.dtype = torch.float32,
) -> tuple[float, int]:
    """Update once: loss, gradients clipped to norm 1, optimiser (Adam, as `torch.optim.Adam(model.parameters())`).

    Args:
        precision: Of the forward pass; bfloat16 by autocast, as PyTorch's own recipes do.

    Returns:
        The loss, and how many words it was taken over (padding and BEGIN not counted).
    """
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == torch.bfloat16):
        loss = model(source, target)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return loss.item(), int((target.lengths - 1).sum())


# --- search -----------------------------------------------------------------------------------------------------------


@torch.no_grad()
def greedy(model: Textbook, source: Sentences, max_length: int) -> list[list[int]]:
    """Take the likeliest word at each step until every sentence has ended; END is left out of the result."""
    memory, state = model.encoder(source)
    word = torch.full((len(source.ids),), BEGIN)
    ended = torch.zeros(len(source.ids), dtype=torch.bool)
    words = []
    for _ in range(max_length):
        readout, state = model.decoder.step(word, state, memory, source.mask)
        word = model.decoder.vocabulary(readout).argmax(dim=1)
        words.append(word)
        ended |= word == END
        if ended.all():
            break
    return [until_end(row) for row in torch.stack(words, dim=1).tolist()]


@torch.no_grad()
def beam_search(model: Textbook, source: Sentences, max_length: int, beam: int = 5) -> list[list[int]]:
    """Keep the `beam` likeliest beginnings of each sentence at each step; END is left out of the result.

    A beginning that has ended stays in the beam as it is. The best at the end is the one with the highest
    log-probability per word.
    """
    memory, state = model.encoder(source)
    count, vocab = len(source.ids), model.decoder.vocabulary.out_features
    memory, state, mask = (x.repeat_interleave(beam, dim=0) for x in (memory, state, source.mask))
    words = torch.full((count * beam, 1), BEGIN)
    # At first all beginnings are the same: only the first of each sentence counts.
    log_probs = torch.full((count, beam), float("-inf"))
    log_probs[:, 0] = 0.0
    ended = torch.zeros(count * beam, dtype=torch.bool)
    lengths = torch.zeros(count * beam)
    stay = torch.full((vocab,), float("-inf"))
    stay[END] = 0.0
    for _ in range(max_length):
        readout, state = model.decoder.step(words[:, -1], state, memory, mask)
        next_log_probs = torch.log_softmax(model.decoder.vocabulary(readout), dim=1)
        next_log_probs = torch.where(ended[:, None], stay, next_log_probs)
        totals = log_probs[:, :, None] + next_log_probs.view(count, beam, vocab)
        log_probs, best = totals.flatten(1).topk(beam, dim=1)
        rows = (best // vocab + torch.arange(count)[:, None] * beam).flatten()
        word = (best % vocab).flatten()
        state, words = state[rows], torch.cat([words[rows], word[:, None]], dim=1)
        lengths = lengths[rows] + (~ended[rows]).float()
        ended = ended[rows] | (word == END)
        if ended.all():
            break
    chosen = (log_probs / lengths.view(count, beam)).argmax(dim=1) + torch.arange(count) * beam
    return [until_end(row) for row in words[chosen, 1:].tolist()]


def until_end(row: list[int]) -> list[int]:
    """Cut a row of ids at its END."""
    return row[: row.index(END)] if END in row else row
