"""Parts and their options are held against the constructors before any data is read; recipes become what they say."""

from pathlib import Path

import pytest
import torch

from saccade.attention import SCORES, SELECTIONS, Score, Selection
from saccade.decoders import DECODERS, RecurrentDecoder
from saccade.encoders import ENCODERS, RecurrentEncoder
from saccade.errors import OptionError
from saccade.recipes.build import check_parts
from saccade.recipes.load import builtin_recipes, load_recipe
from saccade.recipes.parts import option_kinds
from saccade.recipes.text_to_text import build
from saccade.recipes.text_to_text.build import make_metrics, make_model, read_split, train_tokenizers

# About what the tokenizers find in the data.
VOCABULARIES = {"dates": (230, 17), "multi30k": (8000, 8000), "bible": (8000, 8000), "tatoeba": (3200, 6000)}


@pytest.mark.parametrize("name", builtin_recipes())
def test_builtin_recipes_fit_their_parts(name: str) -> None:
    check_parts(load_recipe(name))


@pytest.mark.parametrize("name", [name for name in builtin_recipes() if name.endswith(("-initial", "-every-step"))])
def test_fixed_contexts_have_as_many_parameters(name: str) -> None:
    base = name.removesuffix("-initial").removesuffix("-every-step")
    assert parameters(name) == pytest.approx(parameters(base), rel=0.02)


def parameters(name: str) -> int:
    sizes = next(sizes for start, sizes in VOCABULARIES.items() if name.startswith(start))
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in make_model(load_recipe(name).recipe, *sizes).parameters())


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("model.decoder.cell=gruu", r"--set model.decoder.cell=gruu: .*'gruu'.*Did you mean `gru`\?"),
        (
            "model.decoder.cel=gru",
            r"`model.decoder.cel` is not an option of the recurrent decoder. Did you mean `cell`\?",
        ),
        ("model.decoder.context=atention", r"`model.decoder.context` is 'atention', .* Did you mean `attention`\?"),
        ("model.encoder.kind=convolution", r"`model.encoder.kind` is 'convolution', which is not known"),
        ("model.encoder.layers=two", r"`model.encoder.layers` must be a whole number, but is 'two'"),
        ("model.encoder.layers=2", r"--set model.encoder.layers=2: .*same number of layers"),
        ("model.encoder.d_state=0", r"--set model.encoder.d_state=0: `encoder.d_state` must be at least 1, but is 0"),
        ("model.encoder.layers=0", r"--set model.encoder.layers=0: `encoder.layers` must be at least 1, but is 0"),
        ("model.encoder.directions=3", r"directions=3: `directions` must be 1 .* or 2 .*, but is 3"),
        ("model.encoder.dropout=1.5", r"dropout=1.5: `encoder.dropout` must be at least 0 and below 1, but is 1.5"),
        ("model.decoder.dropout=-0.1", r"dropout=-0.1: `decoder.dropout` must be at least 0 and below 1, but is -0.1"),
        ("model.decoder.d_readout=0", r"d_readout=0: `decoder.d_readout` must be at least 1, but is 0"),
        ("model.decoder.d_summary=-3", r"d_summary=-3: `decoder.d_summary` must be at least 1, but is -3"),
        ("model.attention.score=addtive", r"'addtive', which is not known. Did you mean `additive`\?"),
        ("model.attention.score.d_scor=3", r"not an option of the additive score. Did you mean `d_score`\?"),
        ("model.attention.score.d_query=3", r"not an option of the additive score"),
        ("model.attention.selection.widow=3", r"not an option of the soft selection"),
        (
            "model.attention.selection={kind: hard, estimator: gumble}",
            r"`estimator` is 'gumble', which is not known. Did you mean `gumbel`\?",
        ),
        ("model.output=copying", r"`output` is `copying`, which needs one vocabulary for both sides"),
        ("model.output=mixtur", r"`model.output.kind` is 'mixtur', which is not known. Did you mean `mixture`\?"),
        ("model.output=mixture", r"`decoder.query` must be current-state, but is previous-state"),
        ("model.output={kind: monotonic, ordr: 1}", r"not an option of the monotonic output. Did you mean `order`\?"),
        ("model.output={kind: monotonic, dropout: 0.1}", r"`model.output.dropout` is not an option of the monotonic"),
        (
            "model.encoder.history=atention",
            r"`model.encoder.history.kind` is 'atention', .* Did you mean `attention`\?",
        ),
        (
            "model.encoder.history.scor=additive",
            r"`model.encoder.history.scor` is not an option. Did you mean `score`\?",
        ),
        (
            "model.decoder.history.score=aditive",
            r"--set model.decoder.history.score=aditive: .*'aditive', which is not known. Did you mean `additive`\?",
        ),
        (
            "model.encoder.history.score={kind: additive, d_scor: 3}",
            r"`model.encoder.history.score.d_scor` is not an option of the additive score. Did you mean `d_score`\?",
        ),
        (
            "model.encoder.history.score=dot",
            r"--set model.encoder.history.score=dot: `encoder.history.score`: a query is the input beside a state, "
            r"a key is a state. The score `dot` needs queries as wide as keys",
        ),
        (
            "model.decoder.history.score=coverage",
            r"--set model.decoder.history.score=coverage: `history.score` is Coverage, which depends on earlier looks",
        ),
        (
            "model.encoder.history.selection={kind: hard, estimator: reinforce}",
            r"only looks at the source are rewarded",
        ),
        ("model.attention.score=dot", r"`dot` needs queries as wide as keys"),
        ("model.attention.score={kind: location, reach: 0}", r"`reach` must be at least 1, but is 0"),
        ("model.attention.score={kind: coverage, fertility: 0.0}", r"`fertility` must be a number above 0, but is 0.0"),
        ("model.attention.selection={kind: local_m, window: 0}", r"`window` must be at least 1, but is 0"),
        ("model.attention.selection={kind: local_p, window: 2.5}", r"window` must be a whole number, but is 2.5"),
        ("model.attention.selection={kind: local_p, widow: 2}", r"the local_p selection. Did you mean `window`\?"),
        ("model.attention.selection={kind: local_p, d_query: 2}", r"not an option of the local_p selection"),
        (
            "model.attention.selection={kind: monotonic, noise: -1.0}",
            r"`noise` must be a number of at least 0, but is -1",
        ),
        ("model.attention.selection=localp", r"'localp', which is not known. Did you mean `local_p`\?"),
        ("model.attention.coverage_loss=-1", r"`model.attention.coverage_loss` must be .*, but is -1"),
        ("model.embeddings.tie=all", r"one vocabulary"),
        ("data.set=date", r"`data.set` is 'date', which is not known. Did you mean `dates`\?"),
        ("data.options.lins=3", r"`data.options.lins` is not an option of the set `dates`. Did you mean `lines`\?"),
        ("data.test.lines=x", r"`data.test.lines` must be a whole number, but is 'x'"),
        ("data.options.langage=fr", r"`data.options.langage` is not an option of the set"),
        ("evaluation.metrics=[bleuu]", r"`evaluation.metrics.0` is 'bleuu', .* Did you mean `bleu`\?"),
        ("training.watch=bleu", r"`training.watch` is 'bleu', which is neither"),
    ],
)
def test_a_part_that_does_not_exist_or_fit_is_refused(option: str, message: str) -> None:
    changes = [option] if option != "model.attention.score=dot" else [option, "model.decoder.d_state=31"]
    with pytest.raises(OptionError, match=message):
        check_parts(load_recipe("dates", changes))


@pytest.mark.parametrize(("part", "name"), [("selection.local_m", "window"), ("score.location", "reach")])
def test_what_a_score_or_a_selection_refuses_has_its_line(tmp_path: Path, part: str, name: str) -> None:
    key, _, kind = part.partition(".")
    recipe = tmp_path / "own.yaml"
    recipe.write_text(
        f"extends: dates\nname: own\nmodel:\n  attention:\n    {key}:\n      kind: {kind}\n      {name}: 0\n"
    )
    with pytest.raises(OptionError, match=rf"own.yaml, line 7: `{name}` must be at least 1, but is 0"):
        check_parts(load_recipe(recipe))


@pytest.mark.parametrize(
    "options",
    [
        ["model.attention.selection={kind: local_p, window: 3}", "model.attention.score=location"],
        ["model.attention.selection={kind: monotonic, offset: -2.0}", "model.attention.score=general"],
        ["model.attention.selection={kind: local_m, window: 99}", "model.attention.heads=2"],
        ["model.attention.score={kind: coverage, fertility: 2.0}", "model.attention.selection=entmax"],
    ],
)
def test_options_of_an_attention_reach_it(options: list[str]) -> None:
    loaded = load_recipe("dates", options)
    check_parts(loaded)
    model = make_model(loaded.recipe, 11, 13)
    parts = [part for part in model.modules() if isinstance(part, Score | Selection)]
    assert {SELECTIONS[loaded.recipe.model.attention.selection.kind]} < {type(part) for part in parts}
    for name, value in loaded.recipe.model.attention.selection.options.items():
        assert [getattr(part, name) for part in parts if hasattr(part, name)] == [value]


def test_a_coverage_loss_reaches_the_model_and_needs_looks() -> None:
    assert make_model(load_recipe("dates", ["model.attention.coverage_loss=0.5"]).recipe, 11, 13).coverage == 0.5
    with pytest.raises(OptionError, match=r"is 0.5, but with `decoder.context: initial` there are no looks"):
        check_parts(load_recipe("dates-initial", ["model.attention.coverage_loss=0.5"]))


SELF = "{kind: self-attention, d_model: 256, heads: 4}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            ["model.decoder={kind: self-attention, context: initial}"],
            r"`model.decoder.context` is not an option of the self-attention decoder. Allowed: d_model,",
        ),
        (
            ["model.encoder={kind: self-attention, head: 4}"],
            r"not an option of the self-attention encoder. Did .*`heads`",
        ),
        (["model.encoder={kind: self-attention, positions: sin}"], r"`model.encoder.positions` is 'sin'.*`sine`"),
        (["model.encoder={kind: self-attention, heads: 5}"], r"`d_model` must be a multiple of `heads`, but is 256"),
        (
            ["model.encoder={kind: self-attention, d_model: 128}"],
            r"`encoder.d_model` must be as wide as `embeddings.d_embedding`, 256,.* but is 128",
        ),
        (
            ["model.encoder={kind: self-attention, history: attention}"],
            r"`model.encoder.history` is not an option of the self-attention encoder",
        ),
        (
            [f"model.decoder={SELF}", "model.attention.score=dot"],
            r"--set model.attention.score=dot: `attention.score` is 'dot', but a decoder of self-attention",
        ),
    ],
)
def test_what_self_attention_does_not_fit_is_refused(changes: list[str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        check_parts(load_recipe("multi30k-en-de", changes))


def test_a_history_is_said_in_short_or_option_by_option() -> None:
    changes = ["model.encoder.history=attention", "model.decoder.history={score: general, selection: sparsemax}"]
    loaded = load_recipe("dates", [*changes, "model.encoder.history.score.d_score=31"])
    check_parts(loaded)
    model = make_model(loaded.recipe, 11, 13)
    assert isinstance(model.encoder, RecurrentEncoder)
    assert isinstance(model.decoder, RecurrentDecoder)
    assert model.encoder.histories is not None
    assert model.decoder.histories is not None
    both, (after,) = model.encoder.histories[0], model.decoder.histories
    assert [history.attention.score.v.shape for history in both] == [(31,), (31,)]
    assert isinstance(after.attention.score, SCORES["general"])
    assert isinstance(after.attention.selection, SELECTIONS["sparsemax"])


def test_a_decoder_of_texts_in_images_may_have_a_history() -> None:
    changes = ["model.decoder.history=attention"]
    check_parts(load_recipe("printed-numbers", changes))
    with pytest.raises(OptionError, match=r"`model.decoder.history.selection.kind` is 'sof', .* Did you mean `soft`\?"):
        check_parts(load_recipe("printed-numbers", ["model.decoder.history.selection=sof"]))


def test_every_encoder_and_decoder_has_its_options() -> None:
    assert set(build.ENCODERS) == set(ENCODERS)
    assert set(build.DECODERS) == set(DECODERS)


def test_kinds_may_be_mixed_and_a_recurrent_decoder_may_have_other_layers() -> None:
    changes = [f"model.encoder={SELF}", "model.decoder.layers=2", "model.decoder.context=every-step"]
    check_parts(load_recipe("multi30k-en-de", changes))


def test_the_same_seed_gives_the_same_weights_and_leaves_the_generator_alone(tiny_recipe: Path) -> None:
    recipe = load_recipe(tiny_recipe).recipe
    before = torch.get_rng_state()
    first, second = (make_model(recipe, 11, 13).state_dict() for _ in range(2))
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    assert torch.equal(before, torch.get_rng_state())
    other = make_model(load_recipe(tiny_recipe, ["seed=2"]).recipe, 11, 13).state_dict()
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_pairs_and_tokenizers_are_those_of_the_recipe(tiny_recipe: Path) -> None:
    recipe = load_recipe(tiny_recipe).recipe
    pairs = read_split(recipe, "train")
    tokenizers = train_tokenizers(recipe, pairs)
    assert pairs[0] == ("abc", "cba")
    assert not tokenizers.shared
    assert tokenizers.source.decode(tokenizers.source.encode("cab").ids) == "cab"
    assert sorted(make_metrics(recipe)) == ["cer", "exact"]


def test_a_shared_tokenizer_is_one(tiny_recipe: Path) -> None:
    recipe = load_recipe(tiny_recipe, ["tokenizer.shared=true"]).recipe
    assert train_tokenizers(recipe, read_split(recipe, "train")).shared


def test_a_split_that_the_recipe_does_not_name_is_refused(tmp_path: Path, tiny_recipe: Path) -> None:
    recipe = load_recipe(tiny_recipe, ["data.test=null"]).recipe
    with pytest.raises(OptionError, match=r"names no `data.test`"):
        read_split(recipe, "test")


def test_options_are_read_from_a_signature() -> None:
    def part(d_key: int, width: int = 3, *, name: str = "x") -> None: ...

    assert option_kinds(part, given={"d_key"}) == {"width": int, "name": str}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("sorce=de", r"--set data.options.sorce=de: .*not an option of files of pairs. Did you mean `source`"),
        ("header=yes please", r"`data.options.header` must be `true` or `false`, but is 'yes please'"),
        ("source=1.5", r"`data.options.source` "),
        ("alike=3", r"`data.options.alike` is not an option of files of pairs"),
    ],
)
def test_how_files_are_read_is_checked_before_they_are(tmp_path: Path, option: str, message: str) -> None:
    recipe = tmp_path / "own.yaml"
    text = "name: own\ndata: {train: a.tsv, validation: b.tsv}\ntraining: {max_epochs: 1}"
    recipe.write_text(text, encoding="utf-8")
    with pytest.raises(OptionError, match=message):
        check_parts(load_recipe(recipe, [f"data.options.{option}"]))
