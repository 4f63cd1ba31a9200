"""Refuse parts that do not exist, or that do not fit each other."""

from collections.abc import Iterable

from saccade.attention import SCORES, SELECTIONS
from saccade.cells import CELLS
from saccade.checks import check_dropout, check_known, check_positive
from saccade.decoders import OUTPUTS
from saccade.errors import OptionError
from saccade.models.coverage_loss import check_coverage_loss
from saccade.models.options import (
    AttentionOptions,
    DecoderOptions,
    Embeddings,
    EncoderOptions,
    HistoryOptions,
    OutputOptions,
    SelfAttentionOptions,
)

CONTEXTS = ("initial", "every-step", "attention")
QUERIES = ("previous-state", "current-state")
TIES = ("none", "decoder", "all")
SIZES = ("d_state", "layers", "d_summary", "d_readout", "d_model", "heads", "longest")


def check_fit(
    vocabularies: tuple[int, int],
    encoder: EncoderOptions | SelfAttentionOptions,
    decoder: DecoderOptions | SelfAttentionOptions,
    attention: AttentionOptions,
    output: OutputOptions,
    embeddings: Embeddings,
) -> None:
    """Refuse what cannot be put together into a model that reads texts and writes texts.

    Args:
        vocabularies: How many tokens the source and the target side know.
        encoder: Options of the encoder.
        decoder: Options of the decoder.
        attention: How it looks.
        output: How what was read out becomes a distribution.
        embeddings: Options of the token vectors.

    Raises:
        OptionError: A part that there is not, or parts that do not fit each other.
    """
    check_names({**_names(encoder, decoder, attention, embeddings), "output": (output.kind, OUTPUTS)})
    check_sizes("encoder", encoder)
    check_sizes("decoder", decoder)
    _check_sides(*vocabularies, encoder, decoder, embeddings)
    _check_self_attention(encoder, decoder, attention, embeddings)
    _check_output(output.kind, decoder, attention)
    _check_copying(output.kind, decoder, *vocabularies)
    if isinstance(decoder, DecoderOptions):
        check_coverage_loss(attention.coverage_loss, decoder.context)


def _names(
    encoder: EncoderOptions | SelfAttentionOptions,
    decoder: DecoderOptions | SelfAttentionOptions,
    attention: AttentionOptions,
    embeddings: Embeddings,
) -> dict[str, tuple[str, Iterable[str]]]:
    """What is named, and what there is."""
    names: dict[str, tuple[str, Iterable[str]]] = {
        "attention.score": (attention.score, SCORES),
        "attention.selection": (attention.selection, SELECTIONS),
        "embeddings.tie": (embeddings.tie, TIES),
    }
    if isinstance(encoder, EncoderOptions):
        names |= {"encoder.cell": (encoder.cell, CELLS), **history_names("encoder", encoder.history)}
    if isinstance(decoder, DecoderOptions):
        names["decoder.cell"] = (decoder.cell, CELLS)
        names["decoder.context"] = (decoder.context, CONTEXTS)
        names["decoder.query"] = (decoder.query, QUERIES)
        names |= history_names("decoder", decoder.history)
    return names


def history_names(side: str, history: HistoryOptions | None) -> dict[str, tuple[str, Iterable[str]]]:
    """What is named in how a network looks at its own past, and what there is."""
    if history is None:
        return {}
    return {
        f"{side}.history.score": (history.score, SCORES),
        f"{side}.history.selection": (history.selection, SELECTIONS),
    }


def check_names(names: dict[str, tuple[str, Iterable[str]]]) -> None:
    """Refuse a part that there is not.

    Raises:
        OptionError: Names the first such part.
    """
    for name, (value, allowed) in names.items():
        check_known(name, value, allowed)


def check_sizes(side: str, options: EncoderOptions | DecoderOptions | SelfAttentionOptions) -> None:
    """Refuse widths and depths below 1, and a share to drop that is none.

    Args:
        side: What the options are said of, such as `encoder`, for the message.
        options: All of it; those that are None or not there are passed over.

    Raises:
        OptionError: Names the first such option.
    """
    said = options._asdict()
    check_positive(**{f"{side}.{name}": said[name] for name in SIZES if said.get(name) is not None})
    check_dropout(**{f"{side}.dropout": said["dropout"]})


def _check_sides(
    source_vocabulary: int,
    target_vocabulary: int,
    encoder: EncoderOptions | SelfAttentionOptions,
    decoder: DecoderOptions | SelfAttentionOptions,
    embeddings: Embeddings,
) -> None:
    recurrent = isinstance(encoder, EncoderOptions) and isinstance(decoder, DecoderOptions)
    if recurrent and encoder.layers != decoder.layers:
        raise OptionError(
            "Each layer of the decoder starts from the same layer of the encoder, but `encoder.layers` is "
            f"{encoder.layers} and `decoder.layers` is {decoder.layers}. Give both the same number of layers."
        )
    d_readout = decoder.d_readout if isinstance(decoder, DecoderOptions) else None
    if embeddings.tie != "none" and d_readout not in (None, embeddings.d_embedding):
        raise OptionError(
            f"`decoder.d_readout` must be as wide as `embeddings.d_embedding`, {embeddings.d_embedding}, where the "
            f"vocabulary layer is tied to the embedding, but is {d_readout}. Leave it out, or set `tie: none`."
        )
    if embeddings.tie == "all" and source_vocabulary != target_vocabulary:
        raise OptionError(
            "`embeddings.tie` is `all`, which needs one vocabulary for both sides, but they have different ones. "
            "Set `tokenizer.shared: true`."
        )


def _check_output(kind: str, decoder: DecoderOptions | SelfAttentionOptions, attention: AttentionOptions) -> None:
    """Refuse what a sum over positions cannot be taken of."""
    if not OUTPUTS[kind].apart:
        return
    if isinstance(decoder, SelfAttentionOptions):
        raise OptionError(
            f"The output `{kind}` looks at one position a step, but a decoder of self-attention looks with every layer "
            "and head. Take `decoder: {kind: recurrent, query: current-state}`, or `output: vocabulary`."
        )
    for name, got, wanted, why in (
        ("decoder.context", decoder.context, "attention", "there must be positions to sum over"),
        ("decoder.query", decoder.query, "current-state", "a state must not know where steps before it looked"),
        ("decoder.input_feeding", decoder.input_feeding, False, "a state must not know where steps before it looked"),
        ("attention.heads", attention.heads, 1, "a step looks at one position alone"),
        ("attention.selection", attention.selection, "soft", "its weights are the shares of the positions"),
        ("attention.coverage_loss", attention.coverage_loss, 0.0, "a step looks at one position alone"),
    ):
        if got != wanted:
            raise OptionError(
                f"With the output `{kind}`, `{name}` must be {_said(wanted)}, but is {_said(got)}: {why}. Set it, or "
                "take `output: vocabulary`."
            )
    if SCORES[attention.score].state_parts:
        raise OptionError(
            f"With the output `{kind}`, `attention.score` is {attention.score!r}, which depends on earlier looks: a "
            "state must not know where steps before it looked. Take a score that remembers nothing, such as "
            "`additive`, or `output: vocabulary`."
        )


def _check_copying(
    kind: str, decoder: DecoderOptions | SelfAttentionOptions, source_vocabulary: int, target_vocabulary: int
) -> None:
    """Refuse to copy where nothing is looked at, or what is read could not be written."""
    if not OUTPUTS[kind].copies:
        return
    if isinstance(decoder, DecoderOptions) and decoder.context != "attention":
        raise OptionError(
            f"With the output `{kind}`, `decoder.context` must be attention, but is {decoder.context}: what is looked "
            "at is copied. Set it, or take `output: vocabulary`."
        )
    if source_vocabulary != target_vocabulary:
        raise OptionError(
            f"`output` is `{kind}`, which needs one vocabulary for both sides, but they have different ones. "
            "Set `tokenizer.shared: true`."
        )


def _said(value: object) -> str:
    """A value as it stands in a recipe."""
    return str(value).lower()


def _check_self_attention(
    encoder: EncoderOptions | SelfAttentionOptions,
    decoder: DecoderOptions | SelfAttentionOptions,
    attention: AttentionOptions,
    embeddings: Embeddings,
) -> None:
    for side, options in (("encoder", encoder), ("decoder", decoder)):
        check_width(side, options, embeddings)
    if isinstance(decoder, SelfAttentionOptions) and attention != AttentionOptions():
        name, got = next(
            (name, value)
            for name, value, usual in zip(attention._fields, attention, AttentionOptions(), strict=True)
            if value != usual
        )
        raise OptionError(
            f"`attention.{name.removesuffix('_options')}` is {got!r}, but a decoder of self-attention looks with soft, "
            "scaled dot products, and with its own heads. Leave `attention` out, set `decoder.heads`, or take a "
            "recurrent decoder."
        )


def check_width(side: str, options: EncoderOptions | DecoderOptions | SelfAttentionOptions, given: Embeddings) -> None:
    """Refuse self-attention that is not as wide as the vectors that it reads.

    Raises:
        OptionError: The widths differ.
    """
    if isinstance(options, SelfAttentionOptions) and options.d_model != given.d_embedding:
        raise OptionError(
            f"`{side}.d_model` must be as wide as `embeddings.d_embedding`, {given.d_embedding}, where the "
            f"{side} is of self-attention, but is {options.d_model}. Give both the same width."
        )
