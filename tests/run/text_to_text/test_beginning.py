"""An encoder begins with what one learnt that guesses hidden tokens; its tokenizer comes along."""

from pathlib import Path

import pytest
import torch
from tests.conftest import write_tiny
from tests.run.masked_text.tiny_masked import write_tiny_masked

from saccade.data.tokenizers import TokenizerPair
from saccade.errors import MissingError, RunError
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.load import load_recipe
from saccade.run.train import Begun, train
from saccade.training.weights import read_weights

ENCODERS = {
    "self-attention": "model.encoder={kind: self-attention, d_model: 6, heads: 3, layers: 2}",
    "recurrent": "model.encoder={kind: recurrent, cell: lstm, d_state: 5}",
}
WIDTH = "model.embeddings.d_embedding=6"
# What both recipes say, each in its own words.
MASKED, TEXT = ["tokenizer.kind=char"], [WIDTH, "model.encoder.dropout=0.1"]


@pytest.fixture(scope="module")
def masked_runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of each encoder over sources, in letters."""
    folder = tmp_path_factory.mktemp("masked")
    recipe = write_tiny_masked(folder)
    for name in ("train.txt", "validation.txt"):
        (folder / name).write_text("abc\nab\ncab b\nbb\n", encoding="utf-8")
    options = [*MASKED, "training.max_updates=2"]
    return {kind: train(recipe, folder / kind, [*options, encoder]).path for kind, encoder in ENCODERS.items()}


@pytest.mark.parametrize("kind", ENCODERS)
def test_the_weights_of_the_encoder_are_those_of_the_run(
    masked_runs: dict[str, Path], tiny_recipe: Path, tmp_path: Path, kind: str
) -> None:
    run = masked_runs[kind]
    options = [ENCODERS[kind], *TEXT, f"model.start_from={run}"]
    begun = Begun(load_recipe(tiny_recipe, options), tmp_path / "run")
    network, learnt = begun.lesson.network, read_weights(run / "model.safetensors")
    assert isinstance(network, SequenceToSequence)
    assert begun.facts[2] == f"encoder begins as that of {run}"
    own = {f"encoder.{name}": value for name, value in network.encoder.state_dict().items()}
    wanted = {name: value for name, value in learnt.items() if name.startswith("encoder.")}
    wanted["encoder.embedding.weight"] = wanted["encoder.embedding.weight"][:-1]
    torch.testing.assert_close(own, wanted, rtol=0, atol=0)
    plain = Begun(load_recipe(tiny_recipe, options[:-1]), tmp_path / "plain").lesson.network
    rest = {name: value for name, value in network.state_dict().items() if not name.startswith("encoder.")}
    assert rest
    torch.testing.assert_close(rest, {name: plain.state_dict()[name] for name in rest}, rtol=0, atol=0)


def test_the_tokenizer_comes_along_and_resuming_begins_no_second_time(
    masked_runs: dict[str, Path], tiny_recipe: Path, tmp_path: Path
) -> None:
    kind = "self-attention"
    options = [ENCODERS[kind], *TEXT, f"model.start_from={masked_runs[kind]}", "training.schedule=constant"]
    whole = train(tiny_recipe, tmp_path / "whole", options)
    parts = train(tiny_recipe, tmp_path / "parts", [*options, "training.max_updates=2"])
    Begun(load_recipe(tiny_recipe, options), parts.path, resume=True).train()
    weights = [read_weights(model.path / "checkpoints" / "00000004" / "model.safetensors") for model in (whole, parts)]
    torch.testing.assert_close(*weights, rtol=0, atol=0)
    read, handed = (TokenizerPair.load(run / "tokenizer.json") for run in (whole.path, masked_runs[kind]))
    assert read.source.to_json() == handed.source.to_json()
    assert not read.shared
    assert len(whole.predict(["abc", "b"])) == 2


def test_one_tokenizer_for_both_sides_must_know_the_targets(masked_runs: dict[str, Path], tmp_path: Path) -> None:
    recipe, run = write_tiny(tmp_path), masked_runs["self-attention"]
    options = [ENCODERS["self-attention"], *TEXT, f"model.start_from={run}"]
    shared = [*options, "tokenizer.shared=true", "model.embeddings.tie=all", "model.decoder.d_readout=6"]
    network = Begun(load_recipe(recipe, shared), tmp_path / "run").lesson.network
    assert isinstance(network, SequenceToSequence)
    assert network.vocabulary.weight is network.encoder.embedding.weight  # pyright: ignore[reportAttributeAccessIssue]
    learnt = read_weights(run / "model.safetensors")["encoder.embedding.weight"][:-1]
    torch.testing.assert_close(network.vocabulary.weight.data, learnt, rtol=0, atol=0)
    (tmp_path / "train.tsv").write_text("abc\tçé\nab\tab\n", encoding="utf-8")
    with pytest.raises(RunError, match=r"which never saw 'ç', 'é', and so can't write it"):
        Begun(load_recipe(recipe, shared), tmp_path / "other")
    # A tokenizer of its own learns them.
    Begun(load_recipe(recipe, options), tmp_path / "other")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["model.encoder.layers=3"], r"an encoder of other parts: `look.layers.2.\S+` is missing in the file"),
        (
            ["model.encoder.d_model=12", "model.embeddings.d_embedding=12"],
            r"an encoder of other parts: `embedding.weight` is \(8, 6\) in the file and \(8, 12\) in the model. Give",
        ),
        ([ENCODERS["recurrent"]], r"an encoder of other parts: `layers.0.0.\S+` is missing in the file"),
        (
            ["tokenizer.source.kind=word"],
            r"tokenizer has `kind: char`, and `tokenizer.source.kind` is word: its encoder",
        ),
        (["tokenizer.source.lowercase=true"], r"tokenizer has `lowercase: False`, and `tokenizer.source.lowercase` is"),
    ],
)
def test_another_encoder_or_tokenizer_is_refused(
    masked_runs: dict[str, Path], tiny_recipe: Path, tmp_path: Path, changes: list[str], message: str
) -> None:
    options = [ENCODERS["self-attention"], WIDTH, f"model.start_from={masked_runs['self-attention']}", *changes]
    with pytest.raises(RunError, match=rf"`model.start_from` is .*{message}"):
        Begun(load_recipe(tiny_recipe, options), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_what_is_no_run_of_hidden_tokens_is_refused(tiny_recipe: Path, tiny_run: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"`model.start_from` is .*, which is a run of text-to-text. Name one of masked"):
        Begun(load_recipe(tiny_recipe, [f"model.start_from={tiny_run}"]), tmp_path / "run")
    with pytest.raises(MissingError, match=r"no-run does not exist"):
        Begun(load_recipe(tiny_recipe, ["model.start_from=no-run"]), tmp_path / "run")
