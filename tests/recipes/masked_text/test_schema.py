"""Recipes that guess hidden tokens: what they say of themselves, and what is refused before any data is read."""

from pathlib import Path

import pytest

from saccade.errors import OptionError
from saccade.recipes.build import check_parts
from saccade.recipes.load import load_recipe
from saccade.recipes.masked_text.build import make_model
from saccade.recipes.masked_text.schema import MaskedRecipe
from saccade.recipes.text_to_text.build import make_model as make_translator

NAME = "multi30k-en-masked"


def test_the_built_in_one_is_right() -> None:
    loaded = load_recipe(NAME)
    check_parts(loaded)
    assert isinstance(loaded.recipe, MaskedRecipe)
    assert (loaded.recipe.masking.chosen, loaded.recipe.masking.masked, loaded.recipe.masking.random) == (
        0.15,
        0.8,
        0.1,
    )


def test_the_translator_can_begin_from_it() -> None:
    """Encoder and tokenizer are the same, dropout apart; the mask is the one row more."""
    masked, translator = load_recipe(NAME).recipe, load_recipe("multi30k-en-de-transformer").recipe
    assert masked.tokenizer == translator.tokenizer.source
    own, others = (
        {name: tuple(value.shape) for name, value in network.encoder.state_dict().items()}
        for network in (make_model(masked, 7), make_translator(translator, 7, 11))
    )
    assert own.pop("embedding.weight") == (8, 256)
    assert others.pop("embedding.weight") == (7, 256)
    assert own == others


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("data.side=left", r"`data.side` is 'left', which is not allowed.*Allowed: source, target"),
        ("data.set=clutter", r"`data.set` is 'clutter', which is not known.*multi30k"),
        ("data.options.langage=en", r"`data.options.langage` is not an option of the set"),
        ("masking.chosen=0", r"`masking.chosen` must be greater than 0.*, but is 0"),
        (
            "masking.random=0.3",
            r"^multi30k-en-masked.yaml, line \d+: `masked` and `random` must be shares .* 0.8 and 0.3",
        ),
        ("masking.chosn=0.3", r"`masking.chosn` is not an option. Did you mean `chosen`"),
        ("model.encoder.kind=convnet", r"`model.encoder.kind` is 'convnet', which is not known"),
        ("model.encoder.head=4", r"`model.encoder.head` is not an option of the self-attention encoder"),
        ("model.encoder={kind: recurrent, history: attention}", r"`model.encoder.history` is not an option"),
        ("model.encoder.heads=5", r"multi30k-en-masked.yaml, line \d+: .*heads"),
        ("model.embeddings.d_embedding=64", r"`encoder.d_model` must be as wide as `embeddings.d_embedding`, 64"),
        ("model.embeddings.tie=all", r"`model.embeddings.tie` is not an option"),
        ("model.decoder.cell=gru", r"`model.decoder` is not an option"),
        ("batches.max_texts=null", r"`batches` needs a limit, but `max_texts` and `max_tokens` are both unset"),
        ("evaluation.metrics=[bleu]", r"is 'bleu', which is not known.*accuracy"),
        ("training.watch=bleu", r"`training.watch` is 'bleu', which is neither `loss` nor"),
        ("search.beam=3", r"`search` is not an option"),
    ],
)
def test_what_is_not_right_is_refused(option: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        check_parts(load_recipe(NAME, [option]))


def test_files_are_one_path_and_know_their_options(tmp_path: Path) -> None:
    recipe = tmp_path / "own.yaml"
    text = "name: own\ntask: masked-text\ndata: {train: a.en, validation: b.en}\ntraining: {max_epochs: 1}\n"
    recipe.write_text(text, encoding="utf-8")
    check_parts(load_recipe(recipe, ["data.options.column=text"]))
    with pytest.raises(OptionError, match=r"`data.options.colum` is not an option of files of texts.*`column`"):
        check_parts(load_recipe(recipe, ["data.options.colum=text"]))
    with pytest.raises(OptionError, match=r"has a `train` that must be one file, but is \['.*a', '.*b'\]"):
        load_recipe(recipe, ["data.train=[a, b]"])
